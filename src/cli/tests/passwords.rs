//! Passwords for real servers, from each place that may say one; none is shown.
#![cfg(unix)]
#![allow(clippy::expect_used, reason = "a test that cannot go on")]

mod common;
#[path = "common/terminal.rs"]
mod terminal;

use common::{Ran, folder, noctra};
use noctra_test_servers::{MariaDb, Postgres};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use terminal::Terminal;

/// What no output may hold: characters that a URL and a password file escape.
const SECRET: &str = "s3c:r@t\\/'é";

fn connect(home: &Path, url: &str, environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_noctra"))
        .args(["--db", url, "--format", "csv", "--no-header"])
        .args(arguments)
        .args(["-c", "SELECT 6 * 7 AS x; SHOW CONNECTIONS"])
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env_remove("PGPASSWORD")
        .env_remove("PGPASSFILE")
        .env_remove("MYSQL_PWD")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let ran = Ran {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    };
    assert!(
        !format!("{}{}", ran.out, ran.err).contains("s3c"),
        "{} {}",
        ran.out,
        ran.err
    );
    ran
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its mode");
}

fn works(ran: &Ran) {
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(ran.out.starts_with("42\n"), "{}", ran.out);
}

/// `[connections.shop]` with a command that says the password.
fn profile(home: &Path, url: &str, command: &str) {
    let folder = home.join("noctra");
    fs::create_dir_all(&folder).expect("a folder");
    let text = format!("[connections.shop]\nurl = '{url}'\npassword_command = \"{command}\"\n");
    fs::write(folder.join("noctra.toml"), text).expect("a file");
}

#[test]
fn postgresql_is_given_a_password_from_each_place() {
    let Ok(server) = Postgres::start() else {
        return println!("NOT RUN: there is no PostgreSQL");
    };
    // The server asks everybody but its own user for a password.
    let role = format!(
        "CREATE ROLE ann LOGIN PASSWORD '{}'",
        SECRET.replace('\'', "''")
    );
    let hba = "COPY (SELECT unnest(ARRAY['host all noctra all trust', 'host all all all scram-sha-256'])) \
               TO PROGRAM 'cat > pg_hba.conf'";
    for text in [role.as_str(), hba, "SELECT pg_reload_conf()"] {
        let ran = noctra(
            &["--db", &server.url(), "-c", &format!("NATIVE {text}")],
            "",
        );
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let url = server.url().replace("noctra@", "ann@");
    let port = url
        .rsplit(':')
        .next()
        .and_then(|rest| rest.split('/').next());
    let port = port.expect("a port");
    let home = folder(&[("secret", &format!("{SECRET}\n"))]);
    let home = home.path();

    let none = connect(home, &url, &[], &[]);
    assert_eq!(none.code, Some(1));
    works(&connect(home, &url, &[("PGPASSWORD", SECRET)], &[]));
    let wrong = connect(home, &url, &[("PGPASSWORD", "other")], &[]);
    assert_eq!(wrong.code, Some(1));
    assert!(
        wrong.err.contains("PGPASSWORD in the environment"),
        "{}",
        wrong.err
    );

    let file = home.join(".pgpass");
    let line = format!("127.0.0.1:{port}:*:ann:{}\n", SECRET.replace('\\', "\\\\"));
    write(&file, &line, 0o600);
    works(&connect(home, &url, &[], &[]));
    write(&file, &line, 0o644);
    let open = connect(home, &url, &[], &[]);
    assert_eq!(open.code, Some(1));
    assert!(
        open.err.contains("others than you may read it; chmod 600"),
        "{}",
        open.err
    );
    write(&file, "127.0.0.1:*:*:bob:x\n", 0o600);
    assert_eq!(connect(home, &url, &[], &[]).code, Some(1));

    let secret = home.join("secret").display().to_string();
    profile(home, &url, &format!("cat {secret}"));
    works(&connect(home, "shop", &[("PGPASSWORD", "other")], &[]));
    profile(home, &url, "exit 3");
    let failed = connect(home, "shop", &[], &[]);
    assert_eq!(failed.code, Some(1));
    assert!(
        failed
            .err
            .contains("password_command of the connection shop has failed"),
        "{}",
        failed.err
    );

    // At a terminal a person is asked, and nothing is echoed.
    fs::remove_file(&file).expect("it goes");
    let place = home.display().to_string();
    let environment = [("HOME", place.as_str()), ("XDG_CONFIG_HOME", &place)];
    let mut terminal = Terminal::noctra(home, &[&url], &environment);
    terminal.ends("Password for ann@127.0.0.1:");
    terminal.send(&format!("{SECRET}\r"));
    terminal.until("a prompt", |screen| screen.ends_with(" postgresql>"));
    terminal.send("PRINT 'we are ' || 'in';\r");
    terminal.shows("we are in");
    terminal.send(".exit\r");
    terminal.end();
    assert!(!String::from_utf8_lossy(&terminal.raw).contains("s3c"));
}

#[test]
fn mariadb_is_given_a_password_from_each_place() {
    let Ok(server) = MariaDb::start() else {
        return println!("NOT RUN: there is no MariaDB");
    };
    let role = format!(
        "CREATE USER ann@'127.0.0.1' IDENTIFIED BY '{}'",
        SECRET.replace('\'', "''")
    );
    let made = noctra(
        &["--db", &server.url(), "-c", &format!("NATIVE {role}")],
        "",
    );
    assert_eq!(made.code, Some(0), "{}", made.err);
    let url = server
        .url()
        .replace("noctra:noctra@", "ann@")
        .replace("/noctra", "/information_schema");
    let home = folder(&[("secret", &format!("{SECRET}\n"))]);
    let home = home.path();
    let none = connect(home, &url, &[], &[]);
    assert_eq!(none.code, Some(1));
    works(&connect(home, &url, &[("MYSQL_PWD", SECRET)], &[]));
    let file = home.join(".my.cnf");
    let quoted = SECRET.replace('\\', "\\\\");
    write(
        &file,
        &format!("[client]\nuser=ann\npassword=\"{quoted}\"\n"),
        0o600,
    );
    works(&connect(home, &url, &[], &[]));
    works(&connect(home, &url.replace("ann@", ""), &[], &[]));
    write(&file, &format!("[client]\npassword=\"{quoted}\"\n"), 0o666);
    let open = connect(home, &url, &[], &[]);
    assert_eq!(open.code, Some(1));
    assert!(
        open.err.contains("everybody may write to it"),
        "{}",
        open.err
    );
    let secret = home.join("secret").display().to_string();
    profile(home, &url, &format!("cat {secret}"));
    works(&connect(home, "shop", &[], &[]));
}

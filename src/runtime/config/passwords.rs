//! Passwords that a URL does not say: from a command, the environment, `.pgpass`, `.my.cnf`. They go into the
//! target, which never shows them.

use crate::Error;
use crate::config::profiles::Place;
use crate::config::server::Server;
use crate::config::target::Target;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Asks a person for a password, without an echo; none where the person would rather not.
pub type AskPassword = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// A target with as much of a password as is known without asking.
#[derive(Debug, Default)]
pub(crate) struct Supplied {
    /// Where the password came from, where it was not the URL.
    pub(crate) from: Option<String>,
    /// What a person should know.
    pub(crate) remarks: Vec<String>,
}

/// Finds the password of a server, where its URL has none.
///
/// # Errors
/// Where a command that is to say it fails.
pub(crate) fn supply(place: &mut Place) -> Result<Supplied, Error> {
    let mut supplied = Supplied::default();
    let (url, postgres) = match &place.target {
        Target::Postgres(url) => (url, true),
        Target::Mysql(url) => (url, false),
        _ => return Ok(supplied),
    };
    let Some(server) = Server::read(url).filter(|server| !server.has_password()) else {
        return Ok(supplied);
    };
    let command = place
        .profile
        .as_ref()
        .and_then(|profile| Some((&profile.name, profile.password_command.as_ref()?)));
    let variable = if postgres { "PGPASSWORD" } else { "MYSQL_PWD" };
    let login = if let Some((name, command)) = command {
        supplied.from = Some(format!("password_command of {name}"));
        Some(Login::password(said(name, command)?))
    } else if let Some(password) = variable_of(variable) {
        supplied.from = Some(format!("{variable} in the environment"));
        Some(Login::password(password))
    } else {
        let file = if postgres { pgpass() } else { my_cnf() };
        let text = file
            .as_deref()
            .and_then(|file| private(file, postgres, &mut supplied.remarks));
        let login = text.and_then(|text| match postgres {
            true => in_pgpass(&text, &server).map(Login::password),
            false => in_my_cnf(&text, &server),
        });
        supplied.from = login
            .as_ref()
            .and(file)
            .map(|file| file.display().to_string());
        login
    };
    if let Some(login) = login {
        place.target = with(
            &place.target,
            &server,
            login.user.as_deref(),
            &login.password,
        );
    }
    Ok(supplied)
}

/// The same server with a password that a person has typed.
pub(crate) fn with_typed(target: &Target, password: &str) -> Option<Target> {
    let (Target::Postgres(url) | Target::Mysql(url)) = target else {
        return None;
    };
    Some(with(target, &Server::read(url)?, None, password))
}

fn with(target: &Target, server: &Server<'_>, user: Option<&str>, password: &str) -> Target {
    let url = server.with_password(user, password);
    match target {
        Target::Mysql(_) => Target::Mysql(url),
        _ => Target::Postgres(url),
    }
}

struct Login {
    /// Where the URL names none.
    user: Option<String>,
    password: String,
}

impl Login {
    fn password(password: String) -> Self {
        Self {
            user: None,
            password,
        }
    }
}

fn variable_of(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The first line that a command says.
fn said(name: &str, command: &str) -> Result<String, Error> {
    let failed = |why: String| {
        Error::Connect(format!(
            "the password_command of the connection {name} {why}"
        ))
    };
    let (shell, flag) = match cfg!(windows) {
        true => ("cmd", "/C"),
        false => ("sh", "-c"),
    };
    // It may ask the person itself, and what it complains of is seen.
    let ran = Command::new(shell)
        .args([flag, command])
        .stderr(Stdio::inherit())
        .output();
    let ran = ran.map_err(|error| failed(format!("cannot run: {error}")))?;
    if !ran.status.success() {
        return Err(failed(format!("has failed ({})", ran.status)));
    }
    let text = String::from_utf8(ran.stdout).map_err(|_| failed("says no UTF-8".into()))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(failed("says nothing".into())),
    }
}

fn home(file: &str) -> Option<PathBuf> {
    Some(PathBuf::from(variable_of("HOME")?).join(file))
}

/// See PostgreSQL's manual, "The Password File".
fn pgpass() -> Option<PathBuf> {
    variable_of("PGPASSFILE")
        .map(PathBuf::from)
        .or_else(|| match variable_of("APPDATA") {
            Some(folder) if cfg!(windows) => {
                Some(PathBuf::from(folder).join("postgresql/pgpass.conf"))
            }
            _ => home(".pgpass"),
        })
}

fn my_cnf() -> Option<PathBuf> {
    home(".my.cnf")
}

/// A file of passwords, where only those may read it who should: as libpq has it, nobody else; as MariaDB's
/// clients have it, others may read and not write.
fn private(file: &Path, strict: bool, remarks: &mut Vec<String>) -> Option<String> {
    let known = file.metadata().ok()?;
    let name = file.display();
    if !known.is_file() {
        remarks.push(format!("{name} is no plain file, and is not read"));
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = known.permissions().mode();
        if strict && mode & 0o077 != 0 {
            remarks.push(format!(
                "{name} is not read, for others than you may read it; chmod 600 {name}"
            ));
            return None;
        }
        if !strict && mode & 0o002 != 0 {
            remarks.push(format!(
                "{name} is not read, for everybody may write to it; chmod 600 {name}"
            ));
            return None;
        }
    }
    #[cfg(not(unix))]
    let _ = strict;
    std::fs::read_to_string(file).ok()
}

/// `host:port:database:user:password`, where `*` stands for anything and `\` before `:` and `\`; the first line
/// that fits.
fn in_pgpass(text: &str, server: &Server<'_>) -> Option<String> {
    let system = ["USER", "LOGNAME"].into_iter().find_map(variable_of);
    let user = server.user().or(system).unwrap_or_default();
    let database = server.database().unwrap_or_else(|| user.clone());
    let port = server.port().unwrap_or("5432");
    let wanted = [server.host(), port, &database, &user];
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(fields).find_map(|fields| {
        let (password, before) = fields.split_last()?;
        let fits = before.len() == wanted.len()
            && (before.iter().zip(wanted)).all(|(field, wanted)| field == "*" || field == wanted);
        (fits && !password.is_empty()).then(|| password.clone())
    })
}

/// The fields of a line; in the last one `:` may stand as it is.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let last = fields.len() == 5;
        match c {
            ':' if !last => fields.push(String::new()),
            other => {
                let other = if other == '\\' {
                    chars.next().unwrap_or('\\')
                } else {
                    other
                };
                if let Some(field) = fields.last_mut() {
                    field.push(other);
                }
            }
        }
    }
    fields
}

/// `password` and `user` of the groups that every client reads; the last that says one.
fn in_my_cnf(text: &str, server: &Server<'_>) -> Option<Login> {
    let (mut ours, mut user, mut password) = (false, None, None);
    for line in text.lines() {
        let line = line.trim();
        if let Some(group) = line.strip_prefix('[') {
            let group = group.split(']').next().unwrap_or("").trim();
            ours = matches!(group, "client" | "client-server" | "client-mariadb");
        }
        let (Some((name, value)), true) = (line.split_once('='), ours) else {
            continue;
        };
        match name.trim() {
            "password" => password = Some(unquoted(value)),
            "user" => user = Some(unquoted(value)),
            _ => {}
        }
    }
    let named = server.user();
    Some(Login {
        user: user.filter(|_| named.is_none()),
        password: password.filter(|password| !password.is_empty())?,
    })
}

/// A value of an option file: quoted or up to a comment, with its escapes.
fn unquoted(value: &str) -> String {
    let value = value.trim();
    let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let inner = match quote {
        Some(quote) => {
            let rest = &value[1..];
            rest.rfind(quote).map_or(rest, |end| &rest[..end])
        }
        None => value.split('#').next().unwrap_or("").trim_end(),
    };
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('b') => out.push('\u{8}'),
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('s') => out.push(' '),
            Some('\\') | None => out.push('\\'),
            Some(other) => out.extend(['\\', other]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{in_my_cnf, in_pgpass};
    use crate::config::server::Server;

    #[test]
    fn the_first_line_of_the_password_file_that_fits() {
        let file = "# a comment\nother:5432:shop:ann:no\n*:5433:*:ann:by port\n\
                    db.local:*:shop:ann:a\\:b\\\\c:d\ndb.local:*:*:*:late\nbroken\n";
        let of = |url: &str| in_pgpass(file, &Server::read(url)?);
        assert_eq!(
            of("postgres://ann@db.local/shop").as_deref(),
            Some("a:b\\c:d")
        );
        assert_eq!(of("postgres://ann@x:5433/shop").as_deref(), Some("by port"));
        assert_eq!(
            of("postgres://bob@db.local/shop?sslmode=disable").as_deref(),
            Some("late")
        );
        assert_eq!(of("postgres://ann@nowhere/shop"), None);
    }

    #[test]
    fn option_files_have_groups_quotes_comments_and_escapes() {
        let of = |text: &str| {
            let login = in_my_cnf(text, &Server::read("mariadb://host/db")?)?;
            Some((login.user.unwrap_or_default(), login.password))
        };
        let login = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(
            of("[mysqld]\npassword=no\n[client]\nuser = ann\npassword = 'a#b' # c\n"),
            login("ann", "a#b")
        );
        assert_eq!(of("[client]\npassword=ab\\s\\\\c#d"), login("", "ab \\c"));
        assert_eq!(of("[mysqldump]\npassword=x"), None);
        assert_eq!(of("[client]\npassword="), None);
    }
}

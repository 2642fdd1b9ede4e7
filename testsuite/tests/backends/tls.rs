//! Connections by TLS: to servers with a certificate for `localhost` that an authority of their own has
//! signed, and to servers without.

use crate::endings::{LONG, run_until};
use crate::servers::{Backend, open, refusal, rows, servers};
use noctra_runtime::{Failure, Session, Target};
use noctra_test_servers::{KEYHOLDER, MariaDb, NAME, Postgres};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A server with a certificate, as the tests see it.
struct Protected {
    backend: Backend,
    /// By the name in the certificate, and by another.
    named: String,
    unnamed: String,
    authority: PathBuf,
    /// The server, until the test ends.
    _server: Box<dyn std::any::Any>,
}

fn protected() -> Vec<Protected> {
    let not_run = |name: &str, reason: String| println!("NOT RUN on {name}: {reason}");
    let file = |file: Option<&Path>| file.map(Path::to_owned).unwrap_or_default();
    let postgres = Postgres::start_with_tls()
        .map_err(|error| not_run("PostgreSQL", error))
        .map(|server| Protected {
            backend: Backend::Postgresql,
            named: server.url_at(NAME),
            unnamed: server.url_at("127.0.0.1"),
            authority: file(server.authority()),
            _server: Box::new(server),
        });
    let mariadb = MariaDb::start_with_tls()
        .map_err(|error| not_run("MariaDB", error))
        .map(|server| Protected {
            backend: Backend::Mariadb,
            named: server.url_at(NAME),
            unnamed: server.url_at("127.0.0.1"),
            authority: file(server.authority()),
            _server: Box::new(server),
        });
    postgres.into_iter().chain(mariadb).collect()
}

/// Whether the server says that this connection is protected.
fn is_protected(session: &mut Session, backend: Backend) -> bool {
    let asked = match backend {
        Backend::Mariadb => {
            "NATIVE SELECT VARIABLE_VALUE <> '' FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'"
        }
        _ => "NATIVE SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    };
    let said = rows(session, asked);
    said == ["1"]
}

fn refused(url: &str) -> String {
    match Target::parse(url).and_then(Session::open) {
        Ok(_) => panic!("{url} was opened"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_connection_is_protected_as_far_as_it_is_asked() {
    for server in protected() {
        let (named, unnamed) = (&server.named, &server.unnamed);
        let authority = server.authority.display();
        let all = [
            (format!("{unnamed}?sslmode=disable"), false),
            (unnamed.clone(), true),
            (format!("{unnamed}?sslmode=prefer"), true),
            (format!("{unnamed}?sslmode=require"), true),
            (format!("{unnamed}?ssl-mode=REQUIRED"), true),
            (
                format!("{named}?sslmode=verify-full&sslrootcert={authority}"),
                true,
            ),
        ];
        for (url, expected) in all {
            let found = is_protected(&mut open(&url), server.backend);
            assert_eq!(found, expected, "{url}");
        }
        // Another name, no authority, and one that has not signed it.
        let wrong = refused(&format!(
            "{unnamed}?sslmode=verify-full&sslrootcert={authority}"
        ));
        assert_eq!(
            wrong,
            "the server's certificate is for localhost, not for 127.0.0.1: connect by a name that it has"
        );
        let unsaid = refused(&format!("{named}?sslmode=verify-full"));
        assert!(unsaid.contains("sslrootcert=FILE"), "{unsaid}");
        let strange = refused(&format!("{named}?sslmode=verify-full&sslrootcert=system"));
        assert!(
            strange.starts_with("the server's certificate is signed by no authority that is"),
            "{strange}"
        );
        let authority_alone = format!("{unnamed}?sslmode=verify-ca&sslrootcert={authority}");
        match server.backend {
            Backend::Mariadb => {
                let said = refused(&authority_alone);
                assert!(said.ends_with("write sslmode=verify-full"), "{said}");
            }
            _ => assert!(is_protected(&mut open(&authority_alone), server.backend)),
        }
        // A certificate that is handed over as it is, as PostgreSQL's manual begins.
        if server.backend == Backend::Postgresql {
            let own = server.authority.with_file_name("server.crt");
            let url = format!("{named}?sslmode=verify-full&sslrootcert={}", own.display());
            assert!(is_protected(&mut open(&url), server.backend));
        }
    }
}

#[test]
fn a_server_that_asks_for_a_certificate_gets_ours() {
    for server in protected() {
        let (make, expected) = match server.backend {
            Backend::Mariadb => (
                format!(
                    "NATIVE CREATE USER {KEYHOLDER}@'127.0.0.1' IDENTIFIED BY 'noctra' REQUIRE X509;
                     NATIVE GRANT ALL ON noctra.* TO {KEYHOLDER}@'127.0.0.1'"
                ),
                "Access denied",
            ),
            _ => (
                format!("NATIVE CREATE ROLE {KEYHOLDER} LOGIN"),
                "requires a valid client certificate",
            ),
        };
        rows(&mut open(&server.unnamed), &make);
        let url = server
            .unnamed
            .replace("//noctra", &format!("//{KEYHOLDER}"));
        let (certificate, key) = (
            server.authority.with_file_name("client.crt"),
            server.authority.with_file_name("client.key"),
        );
        let without = refused(&format!("{url}?sslmode=require"));
        assert!(without.contains(expected), "{without}");
        for names in [["sslcert", "sslkey"], ["ssl-cert", "ssl-key"]] {
            let [first, second] = names;
            let (certificate, key) = (certificate.display(), key.display());
            let shown = format!("{url}?sslmode=require&{first}={certificate}&{second}={key}");
            assert!(is_protected(&mut open(&shown), server.backend), "{shown}");
        }
        // What others may read is no secret.
        let copy = tempfile::tempdir().expect("a directory");
        let open_key = copy.path().join("client.key");
        std::fs::write(&open_key, std::fs::read(&key).expect("the key")).expect("a copy");
        let readable = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(&open_key, readable).expect("a mode");
        let said = refused(&format!(
            "{url}?sslcert={}&sslkey={}",
            certificate.display(),
            open_key.display()
        ));
        assert!(said.starts_with("sslkey: others may read"), "{said}");
    }
}

#[test]
fn statements_are_cancelled_over_tls_too() {
    for server in protected() {
        let mut session = open(&format!("{}?sslmode=require", server.unnamed));
        let handle = session.cancel_handle();
        let query = format!("SELECT a.i + b.i AS x {LONG}");
        let done = run_until(&mut session, &query, move || {
            let _ = std::thread::spawn(move || handle.cancel()).join();
        });
        let backend = server.backend;
        assert!(
            matches!(done, Err(Failure::Cancelled)),
            "{backend:?}: {done:?}"
        );
        let text = format!("SET timeout = 0.2; SELECT SUM(a.i * b.i) {LONG}");
        let said = refusal(&mut session, &text);
        assert!(said.starts_with("RQL0706"), "{backend:?}: {said}");
        assert!(is_protected(&mut session, backend), "{backend:?}");
    }
}

#[test]
fn a_server_without_tls_is_said_to_have_none() {
    let servers = servers();
    for backend in [Backend::Postgresql, Backend::Mariadb] {
        if !servers.all().contains(&backend) {
            continue;
        }
        let url = servers.database(backend);
        for mode in ["disable", "prefer"] {
            let mut session = open(&format!("{url}?sslmode={mode}"));
            assert!(!is_protected(&mut session, backend), "{backend:?}, {mode}");
        }
        assert_eq!(
            refused(&format!("{url}?sslmode=require")),
            "the server has no TLS: sslmode=prefer or sslmode=disable connects without"
        );
    }
}

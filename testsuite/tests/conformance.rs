//! The judge: each case of `conformance/` on every backend, beside PostgreSQL's recorded answer.
//!
//! The matrix at the end counts per backend what is equal, refused by the compiler (and listed so),
//! different, or an error where the reference has rows. `CASES=word` runs the files with that word in
//! their name, `ON=mariadb` asks one backend (`ON=bare` the bare SQLite), `REFUSED=1` lists what a bare SQLite
//! does not run.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use noctra_runtime::{Session, Target};
use noctra_test_servers::{MariaDb, Postgres};
use noctra_testsuite::conformance::{Answer, Case, parse, same_rows};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a backend made of its cases.
#[derive(Debug, Default)]
struct Tally {
    equal: usize,
    refused: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

/// How a case ended where that is as the file says.
enum Verdict {
    Equal,
    Refused(String),
}

fn judge(session: &mut Session, dialect: &str, case: &Case) -> Result<Verdict, String> {
    let listed = case.refused_on(dialect);
    let given = common::run_csv(session, &case.sql);
    let code = |said: &str| -> Option<String> {
        let code = said.get(..7)?;
        code.starts_with("RQL").then(|| code.to_owned())
    };
    match (&case.answer, given) {
        (Answer::Unknown, _) => Err("not recorded: run the example `record`".into()),
        (Answer::Error(_), Err(_)) => Ok(Verdict::Equal),
        (Answer::Error(sqlstate), Ok(rows)) => {
            Err(format!("refused with {sqlstate}, here: {rows:?}"))
        }
        (_, Err(said)) => match (code(&said), listed) {
            (Some(code), Some(listed)) if code == listed => Ok(Verdict::Refused(code)),
            _ => Err(said),
        },
        (_, Ok(_)) if listed.is_some() => {
            Err("is no longer refused: strike it from the file".into())
        }
        (Answer::Done, Ok(_)) => Ok(Verdict::Equal),
        (Answer::Rows(types, expected), Ok(given)) => {
            if same_rows(types, expected, &given, case.sorted) {
                Ok(Verdict::Equal)
            } else {
                Err(format!("expected {expected:?}, given {given:?}"))
            }
        }
    }
}

/// The types that the compiler gives a query; they do not depend on the backend.
fn types(session: &mut Session, case: &Case) -> Result<(), String> {
    let (Answer::Rows(types, _), None) = (&case.answer, case.refused_on("*")) else {
        return Ok(());
    };
    let first = case.sql.split_whitespace().next().unwrap_or_default();
    if case.sql.contains("RETURNING") || !["SELECT", "WITH", "VALUES", "FROM"].contains(&first) {
        return Ok(());
    }
    let described = common::run(session, &format!("DESCRIBE {}", case.sql))?;
    let own: Vec<&str> = described
        .iter()
        .skip(1)
        .filter_map(|line| line.split('\t').nth(1)?.split('(').next())
        .collect();
    if own.len() == types.len() && own.iter().zip(types).all(|(own, ty)| own == ty) {
        return Ok(());
    }
    Err(format!("of types {types:?}, here {own:?}"))
}

fn cases() -> Vec<(String, Vec<Case>)> {
    let only = std::env::var("CASES").unwrap_or_default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        match parse(&text) {
            Ok(cases) if name.contains(&only) => found.push((name.into_owned(), cases)),
            Ok(_) => {}
            Err(what) => panic!("{name}: {what}"),
        }
    }
    found
}

/// Runs every file on a backend; `open` gives an empty database.
fn run(
    dialect: &str,
    files: &[(String, Vec<Case>)],
    mut open: impl FnMut(usize) -> Result<Session, String>,
) -> Tally {
    let mut tally = Tally::default();
    for (at, (name, cases)) in files.iter().enumerate() {
        let mut session = match open(at) {
            Ok(session) => session,
            Err(reason) => panic!("{dialect}: {reason}"),
        };
        for case in cases {
            let typed = match dialect {
                "postgresql" => types(&mut session, case),
                _ => Ok(()),
            };
            match typed.and_then(|()| judge(&mut session, dialect, case)) {
                Ok(Verdict::Equal) => tally.equal += 1,
                Ok(Verdict::Refused(code)) => *tally.refused.entry(code).or_default() += 1,
                Err(what) => tally.wrong.push(format!(
                    "{name}:{} on {dialect}: {}\n    {what}",
                    case.line, case.sql
                )),
            }
        }
    }
    tally
}

/// Runs every file on a SQLite that has no function and no setting of ours, by what `rqlc compile` prints. What
/// changes the database and is refused there is done by a session, so that the cases after it find their rows.
fn bare(files: &[(String, Vec<Case>)], folder: &Path) -> Result<(Tally, String), String> {
    let mut tally = Tally::default();
    let mut called: BTreeMap<String, usize> = BTreeMap::new();
    for (at, (name, cases)) in files.iter().enumerate() {
        let file = folder.join(format!("{at}.db"));
        let opened = Session::standalone(&file);
        let mut own = opened.map_err(|error| error.to_string())?;
        let full = format!("sqlite:{}", file.display());
        let mut inside = false;
        for case in cases {
            match case.sql.as_str() {
                "BEGIN" => inside = true,
                "COMMIT" | "ROLLBACK" => inside = false,
                _ => {}
            }
            let said = match judge(&mut own, "sqlite", case) {
                Ok(Verdict::Equal) => {
                    tally.equal += 1;
                    continue;
                }
                Ok(Verdict::Refused(code)) => {
                    *tally.refused.entry(code).or_default() += 1;
                    continue;
                }
                Err(said) => said,
            };
            let compiled = said.starts_with("RQL0504");
            // A default or a view that a session has written calls its functions.
            let words = [
                "a bare SQLite ",
                "integer overflow",
                "unknown function: rql_",
                "no such function: rql_",
            ];
            let at_run_time = !compiled && words.iter().any(|words| said.contains(words));
            if !said.starts_with("RQL0504") && !at_run_time {
                tally.wrong.push(format!(
                    "{name}:{} on a bare SQLite: {}\n    {said}",
                    case.line, case.sql
                ));
                continue;
            }
            let code = if at_run_time {
                "at run time"
            } else {
                "RQL0504"
            };
            *tally.refused.entry(code.into()).or_default() += 1;
            if std::env::var_os("REFUSED").is_some() {
                println!("{name}:{} {}\n    {said}", case.line, case.sql);
            }
            let calls = said.split_once("it calls ").map_or("", |(_, calls)| calls);
            let calls = calls.lines().next().unwrap_or_default();
            for name in calls.split(", ").filter(|name| !name.is_empty()) {
                *called.entry(name.to_owned()).or_default() += 1;
            }
            // Inside a transaction the other session may have to leave it, and what it does goes with that one;
            // numbers that it takes do not come back.
            let does = ["INSERT", "nextval(", "setval("];
            let changes = case.sql.starts_with("WITH ");
            if changes || does.iter().any(|word| case.sql.contains(word)) {
                let mut other = session(&full)?;
                let steps = ["BEGIN", &case.sql, "ROLLBACK"];
                for sql in if inside { &steps[..] } else { &steps[1..2] } {
                    let _ = common::run_csv(&mut other, sql);
                }
                let _ = common::run_csv(&mut own, "NATIVE SELECT 1");
            } else if case.answer == Answer::Done {
                let sql = case.sql.replace("CREATE TEMP ", "CREATE ");
                common::run_csv(&mut session(&full)?, &sql)?;
                // Only a statement of the backend makes a session look again.
                common::run_csv(&mut own, "NATIVE SELECT 1")?;
            }
        }
    }
    let mut called: Vec<_> = called.into_iter().collect();
    called.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.clone()));
    let most: Vec<_> = called
        .iter()
        .take(12)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    Ok((tally, most.join(", ")))
}

fn session(target: &str) -> Result<Session, String> {
    Target::parse(target)
        .and_then(Session::open)
        .map_err(|error| error.to_string())
}

/// A server's address with another database behind it.
fn in_database(url: &str, name: &str) -> String {
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    format!("{server}/{name}")
}

#[test]
fn every_backend_gives_postgresqls_answers() {
    let files = cases();
    let count: usize = files.iter().map(|(_, cases)| cases.len()).sum();
    let only = std::env::var("ON").unwrap_or_default();
    let asked = |name: &str| match name.contains(&only) {
        true => Ok(()),
        false => Err(format!("{only} alone is asked")),
    };
    let sqlite = || -> Result<Tally, String> {
        asked("sqlite")?;
        Ok(run("sqlite", &files, |_| session("sqlite::memory:")))
    };
    let server = asked("postgresql").and_then(|()| Postgres::start());
    let postgresql = || -> Result<Tally, String> {
        let server = server.as_ref().map_err(Clone::clone)?;
        Ok(run("postgresql", &files, |at| {
            let name = format!("case_{at}");
            let mut admin = session(&server.url())?;
            common::run_csv(&mut admin, &format!("NATIVE CREATE DATABASE {name}"))?;
            session(&server.url().replace("/postgres", &format!("/{name}")))
        }))
    };
    let duckdb = || -> Result<Tally, String> {
        asked("duckdb")?;
        session("duckdb::memory:")?;
        Ok(run("duckdb", &files, |_| session("duckdb::memory:")))
    };
    let mariadb = || -> Result<Tally, String> {
        asked("mariadb")?;
        let server = MariaDb::start()?;
        Ok(run("mariadb", &files, |at| {
            let name = format!("case_{at}");
            let mut admin = session(&server.url())?;
            common::run_csv(&mut admin, &format!("NATIVE CREATE DATABASE {name}"))?;
            session(&in_database(&server.url(), &name))
        }))
    };
    let tallies = std::thread::scope(|scope| {
        let other = scope.spawn(postgresql);
        let third = scope.spawn(mariadb);
        let joined = |thread: std::thread::ScopedJoinHandle<'_, Result<Tally, String>>| {
            thread.join().unwrap_or_else(|_| Err("it panicked".into()))
        };
        [
            ("sqlite", sqlite()),
            ("duckdb", duckdb()),
            ("postgresql", joined(other)),
            ("mariadb", joined(third)),
        ]
    });
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let bare = asked("bare").and_then(|()| bare(&files, folder.path()));
    let most = bare.as_ref().map_or("", |found| found.1.as_str());
    println!("{count} cases      equal  refused  wrong");
    println!("refused for a bare SQLite, as they call: {most}");
    let tallies = [("sqlite bare", bare.map(|found| found.0))]
        .into_iter()
        .chain(tallies);
    let mut wrong = Vec::new();
    for (dialect, tally) in tallies {
        match tally {
            // It needs no server.
            Err(reason) if dialect == "sqlite bare" && asked("bare").is_ok() => {
                wrong.push(format!("{dialect}: {reason}"));
            }
            Err(reason) => println!("{dialect:<14} NOT RUN: {reason}"),
            Ok(tally) => {
                let refused: usize = tally.refused.values().sum();
                println!(
                    "{dialect:<14} {:>5}    {refused:>5}  {:>5}   {:?}",
                    tally.equal,
                    tally.wrong.len(),
                    tally.refused
                );
                wrong.extend(tally.wrong);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

//! The language construct by construct, in the order of its description, on SQLite: each runs and answers as a real
//! PostgreSQL does, or is listed as refused, with the reason. The list is `language.txt`.

mod common;

use noctra_runtime::{Session, Target};
use noctra_test_servers::Postgres;
use noctra_testsuite::conformance::same_rows;
use std::path::Path;

const TABLES: &str = "CREATE TABLE dept (dept TEXT PRIMARY KEY, title TEXT);
CREATE TABLE emp (id INTEGER PRIMARY KEY, name TEXT, dept TEXT, salary DECIMAL(10,2), hired DATE);
INSERT INTO dept VALUES ('IT', 'Computers'), ('HR', 'People'), ('LAW', 'Lawyers');
INSERT INTO emp VALUES (1, 'Ada', 'IT', 500, '2020-02-29'), (2, 'Bob', 'HR', 90.5, '2021-01-01'), (3, 'Cy', NULL, NULL, NULL), (4, 'Dee', 'IT', 90.5, '2023-12-31');
CREATE VIEW names AS SELECT name FROM emp";

fn open(target: &str) -> Result<Session, String> {
    let opened = Target::parse(target).and_then(Session::open);
    opened.map_err(|error| error.to_string())
}

fn filled(target: &str) -> Result<Session, String> {
    let mut session = open(target)?;
    for statement in TABLES.split(";\n") {
        common::run_csv(&mut session, statement)?;
    }
    Ok(session)
}

/// A line of the list.
struct Line<'a> {
    /// The code of the message, where SQLite refuses it.
    refused: Option<&'a str>,
    /// What it gives is the backend's own.
    own: bool,
    /// Both refuse it.
    error: bool,
    statement: &'a str,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        let plain = Line {
            refused: None,
            own: false,
            error: false,
            statement: line,
        };
        match line.split_once(" | ") {
            Some(("own", statement)) => Line {
                own: true,
                statement,
                ..plain
            },
            Some(("error", statement)) => Line {
                error: true,
                statement,
                ..plain
            },
            Some((why, statement)) if why.starts_with("RQL") => Line {
                refused: why.get(..7),
                statement,
                ..plain
            },
            _ => plain,
        }
    }
}

/// The same value is the same row, however many digits are open.
fn same(expected: &[String], given: &[String]) -> bool {
    let types = vec!["numeric".to_owned(); 64];
    same_rows(&types, expected, given, false)
}

#[test]
fn all_of_the_language_runs_on_sqlite() -> Result<(), String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("language.txt");
    let text = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
    let server = Postgres::start()
        .inspect_err(|reason| println!("NOT RUN on PostgreSQL: {reason}"))
        .ok();
    let folders = [tempfile::tempdir(), tempfile::tempdir()];
    let [Ok(here), Ok(there)] = &folders else {
        return Err("no folder for files".into());
    };
    let mut sqlite = filled("sqlite::memory:")?;
    let mut postgresql = None;
    let (mut sections, mut count, mut refused, mut wrong) = (0, 0, 0, Vec::new());
    for line in text.lines() {
        if line.starts_with("# ") {
            sections += 1;
            sqlite = filled("sqlite::memory:")?;
            if let Some(server) = &server {
                let name = format!("section_{sections}");
                let mut admin = open(&server.url())?;
                common::run_csv(&mut admin, &format!("NATIVE CREATE DATABASE {name}"))?;
                let url = server.url().replace("/postgres", &format!("/{name}"));
                postgresql = Some(filled(&url)?);
            }
            continue;
        }
        if line.is_empty() || line.starts_with('-') {
            continue;
        }
        let line = Line::read(line);
        count += 1;
        let written = |folder: &tempfile::TempDir| {
            let folder = folder.path().to_string_lossy();
            line.statement.replace("{dir}", &folder)
        };
        let given = common::run_csv(&mut sqlite, &written(here));
        if let Some(code) = line.refused {
            refused += 1;
            match given {
                Err(said) if said.starts_with(code) => {}
                given => wrong.push(format!(
                    "{}\n  is listed as {code}: {given:?}",
                    line.statement
                )),
            }
            continue;
        }
        let expected = match &mut postgresql {
            Some(session) if !line.own => Some(common::run_csv(session, &written(there))),
            _ => None,
        };
        match (given, expected) {
            (Ok(given), Some(Ok(expected))) if !line.error && same(&expected, &given) => {}
            (Ok(_), None) if !line.error => {}
            (Err(_), Some(Err(_)) | None) if line.error => {}
            (given, expected) => wrong.push(format!(
                "{}\n  SQLite: {given:?}\n  PostgreSQL: {expected:?}",
                line.statement
            )),
        }
    }
    println!("{count} statements in {sections} parts, {refused} refused on SQLite");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    Ok(())
}

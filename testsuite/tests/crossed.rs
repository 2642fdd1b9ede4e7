//! Every expression in every context, on every backend, beside PostgreSQL: what random queries meet once in a hundred
//! thousand is met here at once. The lists are in `testsuite/crossed`.
//!
//! `NOCTRA_CROSSED=1 cargo test -p noctra-testsuite --test crossed -- --nocapture` asks all of them, without it every
//! nineteenth is asked, and `NOCTRA_CROSSED=19/7` asks every nineteenth from the eighth on.
#![allow(clippy::panic, reason = "a test that cannot go on")]

#[path = "judged/answers.rs"]
mod answers;
mod common;

use answers::{difference, in_database, refused};
use noctra_runtime::Session;
use noctra_test_servers::{MariaDb, Postgres};
use noctra_testsuite::conformance::{Answer, OPEN, same_rows};
use postgres::{Client, NoTls};
use std::path::Path;

/// How many there are for one that is asked where nobody says so.
const STRIDE: usize = 19;

/// A file: tables, expressions in lists of one kind, and contexts with places for them.
struct Crossing {
    name: String,
    tables: Vec<String>,
    queries: Vec<String>,
}

impl Crossing {
    fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let (mut tables, mut lists, mut contexts) = (Vec::new(), Vec::new(), Vec::new());
        let mut section = "";
        for line in text.lines() {
            match (line, section) {
                ("", _) => {}
                (line, _) if line.starts_with('#') => {}
                ("TABLES" | "CONTEXTS", _) => section = line,
                ("EXPRESSIONS", _) => {
                    section = line;
                    lists.push(Vec::new());
                }
                (line, "TABLES") => tables.push(line.to_owned()),
                (line, "CONTEXTS") => contexts.push(line),
                (line, _) => match lists.last_mut() {
                    Some(list) => list.push(line),
                    None => return Err(format!("{}: {line}", path.display())),
                },
            }
        }
        let name = path.file_stem().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            tables,
            queries: crossed(&lists, &contexts),
        })
    }
}

/// Each expression in each context of one; each pair of a list in each of two.
fn crossed(lists: &[Vec<&str>], contexts: &[&str]) -> Vec<String> {
    let mut queries = Vec::new();
    for list in lists {
        for context in contexts {
            if context.contains("{e}") {
                queries.extend(list.iter().map(|one| context.replace("{e}", one)));
                continue;
            }
            for first in list {
                let with = context.replace("{a}", first);
                queries.extend(list.iter().map(|second| with.replace("{b}", second)));
            }
        }
    }
    queries
}

/// Every how many and from which one on, by `NOCTRA_CROSSED`.
fn stride() -> (usize, usize) {
    let said = std::env::var("NOCTRA_CROSSED").unwrap_or_default();
    let (stride, first) = said.split_once('/').unwrap_or((&said, "0"));
    let stride = stride.parse().unwrap_or(STRIDE).max(1);
    (stride, first.parse().unwrap_or(0))
}

/// What is wrong with what a session gives for a query, and whether it refused.
fn judge(session: &mut Session, query: &str, expected: &Answer) -> Result<bool, String> {
    let given = common::run_csv(session, query);
    match (expected, given) {
        (Answer::Rows(types, rows), Ok(given)) => {
            let open = |ty: &String| match ty.as_str() {
                "numeric" => OPEN.to_owned(),
                ty => ty.to_owned(),
            };
            let types: Vec<String> = types.iter().map(open).collect();
            match same_rows(&types, rows, &given, true) {
                true => Ok(false),
                false => Err(difference(rows, &given)),
            }
        }
        (Answer::Rows(..), Err(said)) if refused(&said) => Ok(true),
        (Answer::Rows(..), Err(said)) => Err(said),
        (_, Err(_)) => Ok(false),
        (Answer::Error(code), Ok(given)) => {
            Err(format!("PostgreSQL: error {code}\nhere: {given:?}"))
        }
        (Answer::Done | Answer::Unknown, Ok(_)) => Ok(false),
    }
}

/// Asks one backend everything; gives how many it refused, and what was wrong.
fn ask(
    target: &str,
    crossing: &Crossing,
    asked: &[(&String, Answer)],
) -> Result<(usize, Vec<String>), String> {
    let mut session = answers::session(target)?;
    for statement in &crossing.tables {
        common::run_csv(&mut session, statement)?;
    }
    let (mut refused, mut wrong) = (0, Vec::new());
    for (query, expected) in asked {
        match judge(&mut session, query, expected) {
            Ok(said) => refused += usize::from(said),
            Err(said) => wrong.push(format!("{query}\n{said}\n")),
        }
    }
    Ok((refused, wrong))
}

#[test]
fn every_expression_is_right_in_every_context() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let mariadb = MariaDb::start();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crossed");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{error}"));
    let mut files: Vec<_> = files.flatten().map(|file| file.path()).collect();
    files.sort();
    let (stride, first) = stride();
    let mut all = Vec::new();
    for path in files {
        let crossing = Crossing::read(&path).unwrap_or_else(|said| panic!("{said}"));
        let name = format!("crossed_{}", crossing.name);
        let own = |url: &str, name: &str| in_database(url, name);
        let reference = own(&server.url(), &name).unwrap_or_else(|said| panic!("{said}"));
        let asked = expected(&reference, &crossing, (stride, first));
        let asked = asked.unwrap_or_else(|said| panic!("{said}"));
        let second = own(&server.url(), &format!("{name}_2"));
        let third = match &mariadb {
            Ok(server) => own(&server.url(), &name),
            Err(reason) => Err(reason.clone()),
        };
        let targets = [
            ("sqlite", Ok("sqlite::memory:".to_owned())),
            ("duckdb", Ok("duckdb::memory:".to_owned())),
            ("postgresql", second),
            ("mariadb", third),
        ];
        for (backend, target) in targets {
            let target = match target {
                Ok(target) => target,
                Err(reason) => {
                    println!("{backend} NOT RUN: {reason}");
                    continue;
                }
            };
            let (refused, wrong) =
                ask(&target, &crossing, &asked).unwrap_or_else(|said| panic!("{said}"));
            let (count, failed) = (asked.len(), wrong.len());
            println!(
                "{:<12} {backend:<12} {count:>6} asked {refused:>5} refused {failed:>4} wrong",
                crossing.name
            );
            all.extend(wrong.into_iter().map(|said| format!("{backend}: {said}")));
        }
    }
    let shown: Vec<_> = all.iter().take(40).map(String::as_str).collect();
    assert!(all.is_empty(), "{} wrong:\n{}", all.len(), shown.join("\n"));
}

/// The queries that are asked, with PostgreSQL's answers.
fn expected<'a>(
    url: &str,
    crossing: &'a Crossing,
    (stride, first): (usize, usize),
) -> Result<Vec<(&'a String, Answer)>, String> {
    let mut client = Client::connect(url, NoTls).map_err(|error| error.to_string())?;
    let settings = "SET TIME ZONE 'UTC'; SET client_min_messages = error";
    let tables = crossing.tables.join(";\n");
    let made = client.batch_execute(&format!("{settings};\n{tables}"));
    made.map_err(|error| error.to_string())?;
    let chosen = crossing.queries.iter().skip(first).step_by(stride);
    Ok(chosen
        .map(|query| (query, common::ask(&mut client, query, true)))
        .collect())
}

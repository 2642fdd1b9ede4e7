//! Every expression in every context, on every backend, beside PostgreSQL: what random queries meet once in a hundred
//! thousand is met here at once. The lists are in `testsuite/crossed`.
//!
//! `NOCTRA_CROSSED=1 cargo test -p noctra-testsuite --test crossed -- --nocapture` asks all of them, without it every
//! sixty-first is asked, `NOCTRA_CROSSED=19/7` asks every nineteenth from the eighth on, and `NOCTRA_CROSSED_FILE=pairs`
//! those of one file.
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
const STRIDE: usize = 61;

/// How many that are wrong are shown.
const SHOWN: usize = 2000;

/// A file: expressions in lists of one kind, further lists, and contexts with places for what is in them.
struct Crossing {
    name: String,
    queries: Vec<String>,
    /// Whether their order says which row comes before which.
    ordered: bool,
}

/// A list, and the name of the places that it fills.
type List<'a> = (&'a str, Vec<&'a str>);

impl Crossing {
    fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let (mut kinds, mut lists, mut contexts) =
            (Vec::<Vec<&str>>::new(), Vec::<List<'_>>::new(), Vec::new());
        let (mut section, mut ordered) = ("", false);
        for line in text.lines() {
            match (line, section) {
                ("", _) => {}
                (line, _) if line.starts_with('#') => {}
                ("IN ORDER", _) => ordered = true,
                ("CONTEXTS", _) => section = line,
                ("EXPRESSIONS", _) => {
                    section = line;
                    kinds.push(Vec::new());
                }
                (line, _) if line.starts_with("LIST ") => {
                    section = "LIST";
                    lists.push((&line[5..], Vec::new()));
                }
                (line, "CONTEXTS") => contexts.push(line),
                (line, "EXPRESSIONS") => kinds.last_mut().map_or((), |list| list.push(line)),
                (line, "LIST") => lists.last_mut().map_or((), |(_, list)| list.push(line)),
                (line, _) => return Err(format!("{}: {line}", path.display())),
            }
        }
        let mut queries = Vec::new();
        for kind in kinds {
            let own = ["e", "a", "b"].map(|place| (place, kind.clone()));
            // A list may name the expressions that its context names.
            let lists: Vec<_> = lists.iter().cloned().chain(own).collect();
            for context in &contexts {
                cross((*context).to_owned(), &lists, &mut queries);
            }
        }
        let name = path.file_stem().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        Ok(Self {
            name,
            queries,
            ordered,
        })
    }
}

/// Fills the places of a text with all that belongs there, whose own places are filled as well.
fn cross(text: String, lists: &[List<'_>], queries: &mut Vec<String>) {
    let place = |name: &str| format!("{{{name}}}");
    let open = lists.iter().find(|list| text.contains(&place(list.0)));
    match open {
        None => queries.push(text),
        Some((name, list)) => {
            for one in list {
                cross(text.replace(&place(name), one), lists, queries);
            }
        }
    }
}

/// Every how many and from which one on, by `NOCTRA_CROSSED`.
fn stride() -> (usize, usize) {
    let said = std::env::var("NOCTRA_CROSSED").unwrap_or_default();
    let (stride, first) = said.split_once('/').unwrap_or((&said, "0"));
    let stride = stride.parse().unwrap_or(STRIDE).max(1);
    (stride, first.parse().unwrap_or(0))
}

/// What is wrong with what a session gives for a query, and whether it refused.
fn judge(
    session: &mut Session,
    query: &str,
    expected: &Answer,
    ordered: bool,
) -> Result<bool, String> {
    let given = common::run_csv(session, query);
    match (expected, given) {
        (Answer::Rows(types, rows), Ok(given)) => {
            let open = |ty: &String| match ty.as_str() {
                "numeric" => OPEN.to_owned(),
                ty => ty.to_owned(),
            };
            let types: Vec<String> = types.iter().map(open).collect();
            match same_rows(&types, rows, &given, !ordered) {
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
    tables: &str,
    asked: &[(&String, Answer)],
    ordered: bool,
) -> Result<(usize, Vec<String>), String> {
    let mut session = answers::session(target)?;
    common::run_csv(&mut session, tables)?;
    let (mut refused, mut wrong) = (0, Vec::new());
    for (query, expected) in asked {
        match judge(&mut session, query, expected, ordered) {
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
    files.retain(|file| file.extension().is_some_and(|ending| ending == "txt"));
    let only = std::env::var("NOCTRA_CROSSED_FILE").ok();
    files.retain(|file| {
        only.as_ref()
            .is_none_or(|only| file.ends_with(format!("{only}.txt")))
    });
    files.sort();
    let tables = std::fs::read_to_string(folder.join("tables.sql"));
    let tables = tables.unwrap_or_else(|error| panic!("{error}"));
    let (stride, first) = stride();
    let mut all = Vec::new();
    for path in files {
        let crossing = Crossing::read(&path).unwrap_or_else(|said| panic!("{said}"));
        let name = format!("crossed_{}", crossing.name);
        let own = |url: &str, name: &str| in_database(url, name);
        let reference = own(&server.url(), &name).unwrap_or_else(|said| panic!("{said}"));
        let asked = expected(&reference, &tables, &crossing, (stride, first));
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
            let answered = ask(&target, &tables, &asked, crossing.ordered);
            let (refused, wrong) = answered.unwrap_or_else(|said| panic!("{said}"));
            let (count, failed) = (asked.len(), wrong.len());
            println!(
                "{:<12} {backend:<12} {count:>6} asked {refused:>5} refused {failed:>4} wrong",
                crossing.name
            );
            all.extend(wrong.into_iter().map(|said| format!("{backend}: {said}")));
        }
    }
    let shown: Vec<_> = all.iter().take(SHOWN).map(String::as_str).collect();
    assert!(all.is_empty(), "{} wrong:\n{}", all.len(), shown.join("\n"));
}

/// The queries that are asked, with PostgreSQL's answers.
fn expected<'a>(
    url: &str,
    tables: &str,
    crossing: &'a Crossing,
    (stride, first): (usize, usize),
) -> Result<Vec<(&'a String, Answer)>, String> {
    let mut client = Client::connect(url, NoTls).map_err(|error| error.to_string())?;
    let settings = "SET TIME ZONE 'UTC'; SET client_min_messages = error";
    let made = client.batch_execute(&format!("{settings};\n{tables}"));
    made.map_err(|error| error.to_string())?;
    let chosen = crossing.queries.iter().skip(first).step_by(stride);
    Ok(chosen
        .map(|query| (query, common::ask(&mut client, query, true)))
        .collect())
}

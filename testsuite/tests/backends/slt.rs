//! The sqllogictest sets through RQL on every backend, beside PostgreSQL.

use crate::common::run_csv;
use crate::servers::{Backend, servers};
use noctra_testsuite::conformance::same_rows;
use std::path::Path;

const SETS: [&str; 6] = [
    "evidence", "select1", "select2", "select3", "select4", "select5",
];

/// Of queries every so many is run, and of a set's statements so many at most, unless `NOCTRA_SLT=all`.
const SAMPLE: (usize, usize) = (7, 60);

struct Record {
    sql: String,
    query: bool,
}

/// The records of a set that are for PostgreSQL too, and must go well.
fn records(folder: &Path, set: &str) -> Vec<Record> {
    let file = folder.join(format!("slt_{set}.jsonl"));
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let all = std::env::var("NOCTRA_SLT").is_ok_and(|which| which == "all");
    let (every, most) = if all { (1, usize::MAX) } else { SAMPLE };
    let (mut queries, mut statements) = (0, 0);
    let record = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        let kind = line.get("kind")?.as_str()?;
        let conditions = line.get("conds").and_then(|conds| conds.as_array());
        let elsewhere = conditions.into_iter().flatten().any(|condition| {
            let (what, whose) = (condition[0].as_str(), condition[1].as_str());
            (what == Some("onlyif")) != (whose == Some("postgresql"))
                && (what == Some("onlyif") || whose == Some("postgresql"))
        });
        if elsewhere || kind == "statement error" {
            return None;
        }
        let query = kind.starts_with("query");
        let count = if query { &mut queries } else { &mut statements };
        *count += 1;
        let wanted = if query {
            (*count - 1) % every == 0
        } else {
            *count <= most
        };
        let sql = line.get("sql")?.as_str()?.to_owned();
        wanted.then_some(Record { sql, query })
    };
    text.lines().filter_map(record).collect()
}

#[test]
fn sets_give_postgresqls_answers_everywhere() {
    let servers = servers();
    let all = servers.all();
    let Some(folder) = noctra_testsuite::corpora_dir() else {
        return println!("NOT RUN: no corpora");
    };
    if !all.contains(&Backend::Postgresql) {
        return;
    }
    let mut wrong = Vec::new();
    println!(
        "{:<10} {:<12} equal  refused  theirs  wrong",
        "set", "backend"
    );
    for set in SETS {
        let records = records(&folder, set);
        let mut reference = servers.session(Backend::Postgresql);
        let expected: Vec<_> = records
            .iter()
            .map(|record| run_csv(&mut reference, &record.sql))
            .collect();
        for &backend in all
            .iter()
            .filter(|&&backend| backend != Backend::Postgresql)
        {
            let mut session = servers.session(backend);
            let (mut equal, mut refused, mut theirs, mut differs) = (0, 0, 0, 0);
            for (record, expected) in records.iter().zip(&expected) {
                let given = run_csv(&mut session, &record.sql);
                match (expected, given) {
                    (Err(_), Err(_)) => equal += 1,
                    // What is SQLite's own language (triggers, say), PostgreSQL refuses.
                    (Err(_), Ok(_)) => theirs += 1,
                    (Ok(_), Err(said)) if said.starts_with("RQL05") => refused += 1,
                    (Ok(expected), Ok(given)) if !record.query || alike(expected, &given) => {
                        equal += 1
                    }
                    (expected, given) => {
                        differs += 1;
                        wrong.push(format!(
                            "{backend:?}, {set}: {}\n  {expected:?}\n  {given:?}",
                            record.sql
                        ));
                    }
                }
            }
            println!(
                "{set:<10} {backend:<12?} {equal:>5}    {refused:>5}  {theirs:>5}   {differs:>5}",
                backend = backend
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(10)].join("\n")
    );
}

fn alike(expected: &[String], given: &[String]) -> bool {
    let width = expected.first().map_or(0, |row| row.split(',').count());
    same_rows(&vec!["numeric".to_owned(); width], expected, given, true)
}

//! What backends answer: what is a refusal, what differs, and sessions to ask.

use crate::common;
use noctra_runtime::{Session, Target};

/// What our own text says of a value with which that backend cannot compute as PostgreSQL does.
const AT_RUN_TIME: &[&str] = &[
    "the result needs more digits than DuckDB computes",
    "the result needs more digits than MariaDB computes",
    "the result needs more digits than the 38 of a decimal here",
    "a double has too few digits for this",
    "has the years 1 to 9999",
];

/// Seconds that a query may take; those that are written take a fraction of one.
pub(crate) const PATIENCE: u64 = 60;

/// True for what is refused where PostgreSQL has an answer.
pub(crate) fn refused(said: &str) -> bool {
    // What the compiler says has a number below those of what happens while a statement runs.
    // What it cannot read is a mistake: PostgreSQL has.
    let compiler = said.starts_with("RQL0") && said > "RQL02" && said < "RQL06";
    compiler || AT_RUN_TIME.iter().any(|ours| said.contains(ours))
}

/// The rows that only one of them has.
pub(crate) fn difference(expected: &[String], given: &[String]) -> String {
    let only = |a: &[String], b: &[String]| {
        let mut rest: Vec<&String> = b.iter().collect();
        let mut only: Vec<String> = Vec::new();
        for row in a {
            match rest.iter().position(|other| *other == row) {
                Some(at) => drop(rest.swap_remove(at)),
                None => only.push(row.clone()),
            }
        }
        only.truncate(6);
        only.join("\n    ")
    };
    format!(
        "PostgreSQL, {} rows:\n    {}\nhere, {} rows:\n    {}",
        expected.len(),
        only(expected, given),
        given.len(),
        only(given, expected)
    )
}

/// A server's address with another database behind it, which is made.
pub(crate) fn in_database(url: &str, name: &str) -> Result<String, String> {
    let mut admin = session(url)?;
    common::run_csv(&mut admin, &format!("NATIVE CREATE DATABASE {name}"))?;
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    Ok(format!("{server}/{name}"))
}

pub(crate) fn session(target: &str) -> Result<Session, String> {
    let mut session = Target::parse(target)
        .and_then(Session::open)
        .map_err(|error| error.to_string())?;
    common::run_csv(&mut session, &format!("SET timeout = {PATIENCE}"))?;
    Ok(session)
}

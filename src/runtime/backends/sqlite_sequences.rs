//! Sequences as the database keeps them. A statement that may count reads them first and writes them behind it,
//! under the lock of the one writer, so that no other process gets the same number. What a transaction takes back
//! stays given: it is written again where the transaction has ended.

use super::sqlite_functions::{Counted, Place, Sequence, Sequences};
use rql::sqlite::SEQUENCES;
use rusqlite::Connection;
use std::collections::HashMap;

/// What calls count.
const COUNTING: &[&str] = &["rql_nextval(", "rql_setval("];

/// What calls look at sequences alone.
const LOOKING: &[&str] = &[
    "rql_currval(",
    "rql_lastval(",
    "rql_sequence(",
    "rql_new_sequence(",
    "rql_free_schema(",
];

/// With which words a statement begins that may count by a default, or in a trigger.
const WRITING: &[&str] = &["INSERT", "REPLACE", "UPDATE", "DELETE", "WITH"];

/// What a statement has to do with sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concern {
    /// Nothing.
    None,
    /// It looks at them.
    Looks,
    /// It writes rows, which may count.
    Writes,
    /// It counts.
    Counts,
    /// A table may be gone, or have another name.
    Renames,
    /// A schema is gone.
    Leaves,
}

impl Concern {
    pub(super) fn of(sql: &str) -> Self {
        let calls = |calls: &[&str]| calls.iter().any(|call| sql.contains(call));
        let begins = |words: &[&str]| words.iter().any(|word| sql.starts_with(word));
        if calls(COUNTING) && !begins(&["CREATE", "ALTER"]) {
            return Self::Counts;
        }
        match sql {
            _ if sql.starts_with("DELETE FROM main.rql_schemas") && !calls(LOOKING) => Self::Leaves,
            _ if calls(LOOKING) => Self::Looks,
            _ if begins(WRITING) => Self::Writes,
            _ if begins(&["DROP TABLE", "ALTER TABLE"]) => Self::Renames,
            _ => Self::None,
        }
    }
}

/// Whether the database has sequences.
pub(super) fn has(db: &Connection) -> bool {
    db.prepare("SELECT 1 FROM main.rql_sequences").is_ok()
}

/// Takes the lock of the one writer: a transaction, true where it is of the statement's own.
pub(super) fn lock(db: &Connection, counts: bool) -> rusqlite::Result<bool> {
    let own = db.is_autocommit();
    if own {
        db.execute_batch("BEGIN IMMEDIATE")?;
    }
    if counts || !own {
        // A database that may not be written says so before anything is counted.
        let locked = db.execute_batch(&format!("UPDATE {SEQUENCES} SET name = name WHERE FALSE"));
        if own && locked.is_err() {
            let _ = db.execute_batch("ROLLBACK");
        }
        locked?;
    }
    Ok(own)
}

/// Reads them; what this transaction has counted stands.
pub(super) fn read(db: &Connection, sequences: &Sequences) -> rusqlite::Result<()> {
    let mut all = stored(db)?;
    let mut counted = sequences.counted();
    for (name, sequence) in &mut all {
        if let Some((_, now)) = counted.ahead.get(&(name.clone(), sequence.generation)) {
            sequence.place = *now;
        }
    }
    counted.stand(all);
    Ok(())
}

/// Says which sequence that a query names there is not: PostgreSQL looks for them before it looks at a row, whether or not
/// that asks.
pub(super) fn known(sql: &str, sequences: &Sequences) -> rusqlite::Result<()> {
    if ["CREATE", "ALTER"].iter().any(|word| sql.starts_with(word)) {
        return Ok(());
    }
    let calls = ["rql_nextval('", "rql_currval('", "rql_setval('"];
    let behind = calls.into_iter().flat_map(|call| sql.split(call).skip(1));
    // In a text, and in such a name, a quote is two; more than a name is computed.
    let mut names = behind
        .filter_map(|rest| rest.split_once('\''))
        .filter(|(_, rest)| rest.starts_with([')', ',']))
        // A number is not a name to PostgreSQL, and is not looked for before.
        .filter(|(name, _)| !name.bytes().all(|letter| letter.is_ascii_digit()));
    let known = names.try_for_each(|(name, _)| sequences.counted().knows(name));
    known.map_err(|message| rusqlite::Error::UserFunctionError(message.into()))
}

fn stored(db: &Connection) -> rusqlite::Result<HashMap<String, Sequence>> {
    let mut statement = db.prepare(
        "SELECT name, generation, steps, least, most, cycles, last, called FROM main.rql_sequences",
    )?;
    let rows = statement.query_map([], |row| {
        let sequence = Sequence {
            generation: row.get(1)?,
            steps: row.get(2)?,
            least: row.get(3)?,
            most: row.get(4)?,
            cycles: row.get(5)?,
            place: Place {
                last: row.get(6)?,
                called: row.get(7)?,
            },
        };
        Ok((row.get(0)?, sequence))
    })?;
    rows.collect()
}

fn write(db: &Connection, name: &str, generation: i64, place: Place) -> rusqlite::Result<()> {
    let mut statement = db.prepare(
        "UPDATE main.rql_sequences SET last = ?3, called = ?4 WHERE name = ?1 AND generation = ?2",
    )?;
    statement
        .execute((name, generation, place.last, place.called))
        .map(|_| ())
}

/// Writes what has been counted, and ends the statement's own transaction.
pub(super) fn keep(db: &Connection, sequences: &Sequences, own: bool) -> rusqlite::Result<()> {
    if db.is_autocommit() {
        // The statement has failed with its transaction; what it has counted is kept by `settle`.
        return Ok(());
    }
    let mut counted = sequences.counted();
    for ((name, generation), (_, now)) in &counted.ahead {
        write(db, name, *generation, *now)?;
    }
    if own {
        db.execute_batch("COMMIT")?;
        counted.ahead.clear();
    }
    Ok(())
}

/// What a transaction has counted that is over stays counted, whether it was kept or not.
pub(super) fn settle(db: &Connection, sequences: &Sequences) -> rusqlite::Result<()> {
    let mut counted = sequences.counted();
    if counted.ahead.is_empty() || !db.is_autocommit() {
        return Ok(());
    }
    if has(db) && !left(&stored(db)?, &counted).is_empty() {
        db.execute_batch("BEGIN IMMEDIATE")?;
        let done = stored(db).and_then(|stored| {
            let mut left = left(&stored, &counted).into_iter();
            left.try_for_each(|(name, generation, place)| write(db, &name, generation, place))
        });
        let ended = db.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" });
        done.and(ended)?;
    }
    counted.ahead.clear();
    Ok(())
}

/// What stands behind where it has been counted. Another process may have gone on meanwhile: the further holds.
fn left(stored: &HashMap<String, Sequence>, counted: &Counted) -> Vec<(String, i64, Place)> {
    let mut left = Vec::new();
    for ((name, generation), (before, now)) in &counted.ahead {
        let Some(sequence) = stored.get(name).filter(|s| s.generation == *generation) else {
            continue;
        };
        let further = match sequence.steps > 0 {
            true => now.last > sequence.place.last,
            false => now.last < sequence.place.last,
        };
        let same = now.last == sequence.place.last && now.called && !sequence.place.called;
        if sequence.place != *now && (sequence.place == *before || further || same) {
            left.push((name.clone(), *generation, *now));
        }
    }
    left
}

/// The names of tables.
pub(super) fn tables(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The names of schemas.
pub(super) fn schemas(db: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare("SELECT name FROM main.rql_schemas")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The sequences of a schema go with it.
pub(super) fn leave(db: &Connection, before: &[String]) -> rusqlite::Result<()> {
    let now = schemas(db)?;
    let mut gone = before.iter().filter(|name| !now.contains(name));
    gone.try_for_each(|name| {
        let sql = "DELETE FROM main.rql_sequences \
                   WHERE lower(substr(name, 1, length(?1) + 1)) = lower(?1 || '.')";
        db.execute(sql, [name]).map(|_| ())
    })
}

/// A sequence goes with the table that it belongs to, and stays with it under another name.
pub(super) fn follow(db: &Connection, before: &[String]) -> rusqlite::Result<()> {
    let now = tables(db)?;
    let gone: Vec<_> = before.iter().filter(|name| !now.contains(name)).collect();
    let new: Vec<_> = now.iter().filter(|name| !before.contains(name)).collect();
    match (gone.as_slice(), new.as_slice()) {
        ([from], [to]) => {
            let sql = "UPDATE main.rql_sequences SET owner = ?2 WHERE owner = ?1";
            db.execute(sql, (from, to)).map(|_| ())
        }
        (gone, []) => gone.iter().try_for_each(|name| {
            let sql = "DELETE FROM main.rql_sequences WHERE owner = ?1";
            db.execute(sql, [name]).map(|_| ())
        }),
        _ => Ok(()),
    }
}

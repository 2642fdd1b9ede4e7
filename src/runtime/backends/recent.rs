//! Statements that stay prepared: the most recent ones of a connection.

use crate::cache::Usage;
use std::hash::{BuildHasher as _, RandomState};

/// How many are kept. Each takes memory, a server's or our own.
pub(super) const KEPT: usize = 64;

/// A longer text is not kept: rows that are written out come once.
const LONGEST: usize = 1 << 14;

/// They, the latest last.
pub(super) struct Recent<T> {
    kept: Vec<(Box<str>, T)>,
    /// Hashes of texts that were asked for once.
    once: Vec<u64>,
    hasher: RandomState,
    hits: u64,
    misses: u64,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            once: Vec::new(),
            hasher: RandomState::new(),
            hits: 0,
            misses: 0,
        }
    }
}

/// What is known of a text.
pub(super) enum Asked<T> {
    /// Its statement, which nobody else has until it is [kept](Recent::keep) again.
    Kept(T),
    /// It has been asked for before.
    Again,
    /// It has not.
    First,
}

impl<T> Recent<T> {
    /// Asks for the statement of a text.
    pub(super) fn ask(&mut self, sql: &str) -> Asked<T> {
        let at = self.kept.iter().rposition(|(text, _)| **text == *sql);
        if let Some(at) = at {
            self.hits += 1;
            return Asked::Kept(self.kept.remove(at).1);
        }
        self.misses += 1;
        let hash = self.hasher.hash_one(sql);
        if self.once.contains(&hash) {
            return Asked::Again;
        }
        if self.once.len() == KEPT {
            self.once.remove(0);
        }
        self.once.push(hash);
        Asked::First
    }

    /// Keeps a statement; the oldest goes where there are too many.
    pub(super) fn keep(&mut self, sql: &str, statement: T) {
        if sql.len() > LONGEST {
            return;
        }
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        self.kept.push((sql.into(), statement));
    }

    /// Forgets one; true where it was kept.
    pub(super) fn drop_one(&mut self, sql: &str) -> bool {
        let count = self.kept.len();
        self.kept.retain(|(text, _)| **text != *sql);
        self.kept.len() < count
    }

    /// A statement is about to run or has run: one that may change what others mean makes them unknown. True where it has.
    pub(super) fn after(&mut self, sql: &str) -> bool {
        let harmless = is_one(sql, &ROWS) || is_one(sql, &HARMLESS);
        if !harmless {
            self.kept.clear();
        }
        !harmless
    }

    /// Of what use they have been; the bytes are those of the texts, for what is prepared is held elsewhere.
    pub(super) fn usage(&self) -> Usage {
        Usage {
            hits: self.hits,
            misses: self.misses,
            entries: self.kept.len(),
            bytes: self.kept.iter().map(|(text, _)| text.len() as u64).sum(),
        }
    }
}

/// True for a statement that reads or changes rows and is short enough to be kept.
pub(super) fn stays(sql: &str) -> bool {
    sql.len() <= LONGEST && is_one(sql, &ROWS)
}

fn is_one(sql: &str, of: &[&str]) -> bool {
    let mut words = sql.split(|c: char| !c.is_ascii_alphabetic());
    let first = words.find(|word| !word.is_empty());
    first.is_some_and(|word| of.iter().any(|w| word.eq_ignore_ascii_case(w)))
}

/// What the statements begin with that are about rows.
const ROWS: [&str; 8] = [
    "SELECT", "WITH", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE",
];

/// What others begin with that change neither a table nor a setting.
const HARMLESS: [&str; 6] = ["BEGIN", "START", "COMMIT", "SAVEPOINT", "RELEASE", "SHOW"];

//! What a session keeps so as not to do it again: statements that are compiled, and results where that is
//! asked for.

mod results;
mod statements;

pub(crate) use results::{Results, again};
pub(crate) use statements::{Compiling, Key, Piece, Statements};

use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::session::show::values;
use crate::{Column, Kind, Value};

/// How often a cache has had what was wanted, and what it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// What was wanted was there.
    pub hits: u64,
    /// It had to be made.
    pub misses: u64,
    /// What is there.
    pub entries: usize,
    /// How long that is, in bytes: texts, as they are written and as they are sent, and rows.
    pub bytes: u64,
}

impl Session {
    /// `SHOW CACHE`: each cache, and for what it has been of use.
    pub(crate) fn show_cache(
        &self,
        keep: impl Fn(&str) -> bool,
        out: &mut Output,
    ) -> Result<(), Failure> {
        let all = [
            ("statements", Some(self.statements.borrow().usage())),
            ("prepared", self.connection.prepared()),
            ("results", Some(self.results.usage())),
        ];
        let row = |(name, usage): (&str, Option<Usage>)| {
            let usage = usage.filter(|_| keep(name))?;
            let numbers = [usage.hits, usage.misses, usage.entries as u64, usage.bytes];
            let numbers = numbers.map(|number| i64::try_from(number).unwrap_or(i64::MAX));
            let name = [Value::Text(name.to_owned())].into_iter();
            Some(name.chain(numbers.map(Value::Integer)).collect())
        };
        let numbers = ["hits", "misses", "entries", "bytes"].map(|name| (name, Kind::Integer));
        let columns = [("cache", Kind::Text)].into_iter().chain(numbers);
        let columns: Vec<Column> = columns
            .map(|(name, kind)| Column::new(name, kind))
            .collect();
        values(out, &columns, all.into_iter().filter_map(row).collect())
    }

    /// `RESET CACHE`: what is kept is forgotten, and counted from 0 again.
    pub(crate) fn reset_cache(&mut self) {
        self.statements.take();
        self.results = Results::default();
        self.connection.forget_prepared();
    }
}

//! What a prompt asks of its session without running anything.

use crate::connection::connect;
use crate::session::Variable;
use crate::session::show::SUBJECTS;
use crate::value::arguments::type_of;
use crate::{Error, Failure, Output, Session, Source, Target};
use rql::{Catalog, Dialect, Type};
use std::sync::Arc;

/// Reads a catalog on a connection of its own.
pub type ReadCatalog = Box<dyn FnOnce() -> Result<Catalog, Error> + Send>;

/// A variable that has another value for a while.
#[derive(Debug)]
pub struct Lent {
    name: String,
    before: Option<Variable>,
}

impl Session {
    /// What the connection holds, where that has been read already.
    #[must_use]
    pub fn known_catalog(&self) -> Option<&Catalog> {
        self.known.peek()
    }

    /// Reads what the connection holds beside it; `None` where no second connection sees the same, or two are
    /// in each other's way.
    #[must_use]
    pub fn catalog_reader(&self) -> Option<ReadCatalog> {
        let target = self.target.clone();
        match target {
            Target::Sqlite(_) | Target::Postgres(_) | Target::Mysql(_) => {
                Some(Box::new(move || connect(&target)?.catalog()))
            }
            Target::SqliteMemory
            | Target::Demo
            | Target::Duckdb(_)
            | Target::DuckdbMemory
            | Target::DataFile(_) => None,
        }
    }

    /// LET relations and macros, the newest last.
    #[must_use]
    pub fn definitions(&self) -> Vec<std::sync::Arc<rql::Definition>> {
        self.definitions.clone()
    }

    /// The dialect of the connection.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.connection.dialect()
    }

    /// Name, type and value of each variable, as people may see them.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, Type, String)> {
        // Names with a point are what LET relations have captured.
        let own = self
            .variables
            .iter()
            .filter(|(name, _)| !name.contains('.'));
        own.map(|(name, variable)| (name.clone(), type_of(variable), variable.value.shown()))
            .collect()
    }

    /// True where a cancel was asked for since [`Session::rearm`].
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.stop.is_asked()
    }

    /// Runs a text of the prompt's own; an error leaves the person's transaction as it was, and what `last` is
    /// stays.
    ///
    /// # Errors
    /// As [`Session::run_script`].
    pub fn run_apart(&mut self, source: &Arc<Source>, out: &mut Output) -> Result<(), Failure> {
        let (keeps, last) = (std::mem::take(&mut self.keeps), self.last.take());
        let failed = self.failed;
        let done = self.run_source(source, out);
        (self.keeps, self.last) = (keeps, last);
        // A server has its own view of a failed transaction; elsewhere it is the session's alone.
        if self.connection.dialect() != Dialect::Postgresql {
            self.failed = failed;
        }
        done
    }

    /// True where a variable has a value.
    #[must_use]
    pub fn has_value(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Gives a variable a text for a while, as [`Session::set_text`] does.
    pub fn lend_text(&mut self, name: &str, text: String) -> Lent {
        let before = self.variables.get(name).cloned();
        self.set_text(name, text);
        Lent {
            name: name.to_owned(),
            before,
        }
    }

    /// The while is over: the variable has the value from before, or none.
    pub fn take_back(&mut self, lent: Lent) {
        match lent.before {
            Some(before) => self.variables.insert(lent.name, before),
            None => self.variables.remove(&lent.name),
        };
    }

    /// What SHOW shows.
    #[must_use]
    pub fn subjects() -> &'static [&'static str] {
        SUBJECTS
    }
}

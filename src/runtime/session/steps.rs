//! A statement that is several on its backend: all of them, or none.

use crate::connection::{Outcome, Query};
use crate::failure::Failure;
use crate::session::Session;
use crate::session::prepare::Prepared;
use crate::sinks::Collect;
use crate::{BackendError, Error};
use rql::Dialect;
use rql_ast::{Ast, Span};

/// What begins, keeps and takes back the steps: a transaction of their own, and inside another one a
/// savepoint.
const OWN: [&str; 3] = ["BEGIN", "COMMIT", "ROLLBACK"];
const WITHIN: [&str; 3] = [
    "SAVEPOINT rql_steps",
    "RELEASE SAVEPOINT rql_steps",
    "ROLLBACK TO SAVEPOINT rql_steps; RELEASE SAVEPOINT rql_steps",
];
/// DuckDB has no savepoints: what fails there has ended the whole transaction.
const NOTHING: [&str; 3] = [""; 3];

impl Session {
    /// Runs the steps of a statement; what they change together is counted.
    pub(crate) fn run_steps(
        &mut self,
        prepared: &Prepared,
        ast: &Ast,
        span: Span,
    ) -> Result<Outcome, Failure> {
        let fail = |error: Error| prepared.failure(error, ast, span);
        let [begin, keep, back] = self.marks();
        self.tell(begin).map_err(fail)?;
        let mut changed = 0;
        let mut done = Ok(());
        for step in &prepared.steps {
            match self.run_step(prepared, step) {
                Ok(count) if step.counts => changed += count,
                Ok(_) => {}
                Err(error) => {
                    done = Err(error);
                    break;
                }
            }
        }
        let ended = match done {
            Ok(()) => self.tell(keep),
            Err(_) => Ok(()),
        };
        match done.and(ended) {
            Ok(()) => Ok(Outcome::Changed(changed)),
            Err(error) => {
                // Where the whole transaction is gone, there is no savepoint any more.
                let _ = self.tell(back);
                Err(fail(error))
            }
        }
    }

    fn marks(&self) -> [&'static str; 3] {
        let duckdb = self.connection.dialect() == Dialect::Duckdb;
        match self.connection.in_transaction() {
            true if duckdb => NOTHING,
            true => WITHIN,
            false => OWN,
        }
    }

    /// Keeps all that `act` changes where it says so, or nothing of it: in a transaction of its own, or behind a
    /// savepoint in the one that is open.
    ///
    /// # Errors
    /// Those of `act`, and what the backend says of the transaction.
    pub fn whole<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<(T, bool), Failure>,
    ) -> Result<T, Failure> {
        let fail = |error: Error| Failure::at(error, Span::default());
        let [begin, keep, back] = self.marks();
        self.tell(begin).map_err(fail)?;
        let done = act(self);
        match done {
            Ok((value, true)) => match self.tell(keep) {
                Ok(()) => Ok(value),
                Err(error) => {
                    let _ = self.tell(back);
                    Err(fail(error))
                }
            },
            Ok((value, false)) => {
                self.tell(back).map_err(fail)?;
                // Where nothing goes back, nothing may be kept either.
                self.failed = back.is_empty();
                Ok(value)
            }
            Err(failure) => {
                // The first error is the one to tell.
                if self.tell(back).is_ok() && !back.is_empty() {
                    self.failed = false;
                }
                Err(failure)
            }
        }
    }

    /// Tells the connection, where there is something to tell.
    fn tell(&mut self, text: &str) -> Result<(), Error> {
        match text {
            "" => Ok(()),
            text => self.connection.batch(text),
        }
    }

    fn run_step(&mut self, prepared: &Prepared, step: &rql::Step) -> Result<u64, Error> {
        let query = Query {
            sql: prepared.sql.get(step.text.clone()).unwrap_or_default(),
            params: &prepared.params,
            columns: &[],
        };
        match self.connection.run(query, &mut Collect::default()) {
            Ok(Outcome::Changed(count)) => Ok(count),
            Ok(Outcome::Rows(_)) => Ok(0),
            Err(Error::Backend(error)) => Err(Error::Backend(within(error, step))),
            Err(other) => Err(other),
        }
    }
}

/// An error of a step as one of the whole text.
fn within(mut error: BackendError, step: &rql::Step) -> BackendError {
    let unique = error.sqlstate.as_deref() == Some("23505");
    if let Some(meaning) = step.meaning.filter(|_| unique) {
        return BackendError {
            message: meaning.into(),
            sqlstate: Some("21000".into()),
            hint: Some("not more than one row of the source may match a row of the table".into()),
            ..BackendError::default()
        };
    }
    let start = u32::try_from(step.text.start).ok();
    error.position = error.position.and_then(|at| at.checked_add(start?));
    error
}

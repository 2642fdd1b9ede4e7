//! A statement that is several on its backend: all of them, or none.

use crate::cache::again;
use crate::connection::{Outcome, Query, Rows};
use crate::failure::Failure;
use crate::session::Session;
use crate::session::explain::{Plan, Plans};
use crate::session::last::Last;
use crate::session::prepare::{self, Prepared};
use crate::sinks::Collect;
use crate::value::store::Store;
use crate::{BackendError, Column, Error, Value};
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
    /// Runs the steps of a statement; what they change together is counted, where none gives the rows of the whole.
    pub(crate) fn run_steps(
        &mut self,
        prepared: &Prepared,
        rows: &mut dyn Rows,
        ast: &Ast,
        span: Span,
    ) -> Result<Outcome, Failure> {
        let fail = |error: Error| prepared.failure(error, ast, span);
        let [begin, keep, back] = self.marks();
        self.tell(begin).map_err(fail)?;
        // What is shown is kept.
        let mut result = Store::default();
        let done = self.run_all_steps(prepared, &mut result, ast, span);
        let kept = prepared.steps.iter().filter_map(|step| step.keeps.as_ref());
        for kept in kept {
            self.drop_table(&kept.table, span);
        }
        let ended = match done {
            Ok(_) => self.tell(keep).map_err(fail),
            Err(_) => Ok(()),
        };
        let done = done.and_then(|outcome| ended.map(|()| outcome));
        if done.is_err() {
            // Where the whole transaction is gone, there is no savepoint any more.
            let _ = self.tell(back);
        }
        match done? {
            Outcome::Rows(_) => Ok(again(&mut result, rows)?),
            changed => Ok(changed),
        }
    }

    fn run_all_steps(
        &mut self,
        prepared: &Prepared,
        result: &mut Store,
        ast: &Ast,
        span: Span,
    ) -> Result<Outcome, Failure> {
        if let Some(explained) = &prepared.explained {
            return self.explain_steps(prepared, &explained.before, result, ast, span);
        }
        let (mut changed, mut given) = (0, None);
        for step in &prepared.steps {
            let fail = |error: Error| prepared.failure(error, ast, span);
            match &step.keeps {
                Some(keep) => {
                    let mut kept = Last::default();
                    let columns = prepare::columns(&keep.columns);
                    let ran = self.run_step(prepared, ("", step), &columns, &mut kept.store);
                    // Where no row can be meant, MariaDB does not say what columns they would have.
                    if let Outcome::Changed(_) = ran.map_err(fail)? {
                        kept.store.begin(&columns)?;
                    }
                    kept.types = keep.columns.iter().map(|column| column.ty).collect();
                    self.make_table(&keep.table, &mut kept, span)?;
                }
                None if step.last => {
                    let ran = self.run_step(prepared, ("", step), &prepared.columns, result);
                    match ran.map_err(fail)? {
                        Outcome::Changed(count) => changed += count,
                        whole => given = Some(whole),
                    }
                }
                None => {
                    let ran = self.run_step(prepared, ("", step), &[], &mut Collect::default());
                    match ran.map_err(fail)? {
                        Outcome::Changed(count) if step.counts => changed += count,
                        _ => {}
                    }
                }
            }
        }
        Ok(given.unwrap_or(Outcome::Changed(changed)))
    }

    /// Shows the plan of each step, over tables that are empty yet.
    fn explain_steps(
        &mut self,
        prepared: &Prepared,
        before: &str,
        result: &mut Store,
        ast: &Ast,
        span: Span,
    ) -> Result<Outcome, Failure> {
        let mut plans = Plans {
            rows: result,
            begun: false,
        };
        for step in &prepared.steps {
            let fail = |error: Error| prepared.failure(error, ast, span);
            let mut plan = Plan::new(&mut plans);
            self.run_step(prepared, (before, step), &[], &mut plan)
                .map_err(fail)?;
            if let Some(keep) = &step.keeps {
                plan.line(&format!("the rows are kept in {}", keep.table))?;
                let mut kept = Last::default();
                kept.store.begin(&prepare::columns(&keep.columns))?;
                kept.types = keep.columns.iter().map(|column| column.ty).collect();
                self.writing(span, |this| this.make_table(&keep.table, &mut kept, span))?;
            }
        }
        Ok(Outcome::Rows(0))
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

    fn run_step(
        &mut self,
        prepared: &Prepared,
        (before, step): (&str, &rql::Step),
        columns: &[Column],
        rows: &mut dyn Rows,
    ) -> Result<Outcome, Error> {
        let own: Vec<Value>;
        let params = match &step.params {
            Some(places) => {
                let values = places.iter().filter_map(|&at| prepared.params.get(at));
                own = values.cloned().collect();
                &own
            }
            None => &prepared.params,
        };
        let text = prepared.sql.get(step.text.clone()).unwrap_or_default();
        let sql = format!("{before}{text}");
        let query = Query {
            sql: &sql,
            params,
            columns,
        };
        match self.connection.run(query, rows) {
            Err(Error::Backend(error)) => Err(Error::Backend(within(error, step))),
            done => done,
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

//! A query whose running aggregates are added up into tables of the session's own before it runs.

use crate::connection::{Outcome, Rows};
use crate::failure::Failure;
use crate::session::Session;
use crate::session::last::Last;
use crate::session::prepare::Prepared;
use rql::Dialect;
use rql_ast::{Ast, Span};

impl Session {
    /// Fills the tables of the stages and runs the query over them, all in one transaction; the tables
    /// are gone afterwards.
    pub(crate) fn run_staged(
        &mut self,
        prepared: &Prepared,
        rows: &mut dyn Rows,
        ast: &Ast,
        span: Span,
    ) -> Result<Outcome, Failure> {
        let own = !self.connection.in_transaction();
        let fail = |error| Failure::at(error, span);
        if own {
            // Every stage sees the rows that the others see.
            let begin = match self.connection.dialect() {
                Dialect::Postgresql => "BEGIN ISOLATION LEVEL REPEATABLE READ",
                _ => "BEGIN",
            };
            self.connection.batch(begin).map_err(fail)?;
        }
        let done = self.run_stages(prepared, rows, ast, span);
        for (table, _) in &prepared.stages {
            self.drop_table(table, span);
        }
        if own {
            let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
            let ended = self.connection.batch(end).map_err(fail);
            return done.and_then(|outcome| ended.map(|()| outcome));
        }
        done
    }

    fn run_stages(
        &mut self,
        prepared: &Prepared,
        rows: &mut dyn Rows,
        ast: &Ast,
        span: Span,
    ) -> Result<Outcome, Failure> {
        for (table, stage) in &prepared.stages {
            let mut filled = Last::default();
            self.stream_all(stage, &mut filled.store, ast, span)?;
            filled.types = stage.described().iter().map(|column| column.ty).collect();
            self.writing(span, |this| this.make_table(table, &mut filled, span))?;
        }
        let done = self.connection.run(prepared.query(), rows);
        done.map_err(|error| prepared.failure(error, ast, span))
    }
}

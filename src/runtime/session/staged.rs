//! A query whose running aggregates are added up into tables of the session's own before it runs.

use crate::connection::{Outcome, Rows};
use crate::failure::Failure;
use crate::session::Session;
use crate::session::explain::Plans;
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
        let mut plans = Plans { rows, begun: false };
        let mut shown = 0;
        for (table, stage) in &prepared.stages {
            let mut filled = Last::default();
            match &stage.accumulation {
                // What reads the table is explained over an empty one.
                Some((_, columns)) if stage.explained.is_some() => {
                    if let Outcome::Rows(count) = self.stream_all(stage, &mut plans, ast, span)? {
                        shown += count;
                    }
                    filled.store.begin(columns)?;
                }
                _ => {
                    self.stream_all(stage, &mut filled.store, ast, span)?;
                }
            }
            filled.types = stage.gives().iter().map(|column| column.ty).collect();
            self.writing(span, |this| this.make_table(table, &mut filled, span))?;
        }
        Ok(match self.stream_all(prepared, &mut plans, ast, span)? {
            Outcome::Rows(count) => Outcome::Rows(shown + count),
            changed => changed,
        })
    }
}

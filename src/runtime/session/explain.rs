//! EXPLAIN shows what the session runs: where it adds up running aggregates itself, the plan of their feed and what
//! becomes of its rows.

use crate::connection::{Outcome, Rows};
use crate::failure::Failure;
use crate::session::Session;
use crate::session::prepare::{self, Against, Prepared};
use crate::{Column, ValueRef};
use rql::Accumulation;
use rql_ast::{Ast, Explain, Span};
use std::io;

/// How a statement is explained.
#[derive(Debug)]
pub(crate) struct Explained {
    /// What the backend has before a text to explain it.
    pub(crate) before: String,
    /// What the session does with the rows.
    pub(crate) lines: Vec<String>,
}

/// Prepares a statement that is explained.
pub(crate) fn statement(
    ast: &Ast,
    explain: Explain,
    span: Span,
    on: Against<'_>,
) -> Result<Prepared, Failure> {
    let prepared = prepare::statement(ast, explain.statement, on)?;
    // What fills a table for the next one cannot be timed without it.
    let staged = ast.analyzes(explain) && !prepared.stages.is_empty();
    let parts = !ast.analyzes(explain) && prepared.steps.iter().any(|step| step.last);
    let steps = !parts && !prepared.steps.is_empty();
    let several = steps || prepared.rebuilt.is_some() || staged;
    let before = rql::explaining(ast, explain, several, on.dialect, span);
    let before = before.map_err(Failure::Diagnostics)?;
    Ok(explained(ast, prepared, &before, None))
}

fn explained(ast: &Ast, mut prepared: Prepared, before: &str, table: Option<&str>) -> Prepared {
    let plan = prepared.accumulation.as_ref();
    let lines = plan.map_or_else(Vec::new, |(plan, _)| lines(ast, plan, table));
    let own = before.to_owned();
    prepared.explained = Some(Explained { before: own, lines });
    if prepared.steps.is_empty() {
        prepared.sql.insert_str(0, before);
    }
    prepared.columns.clear();
    let stages = prepared.stages.into_iter().map(|(table, stage)| {
        let stage = explained(ast, stage, before, Some(&table));
        (table, stage)
    });
    prepared.stages = stages.collect();
    prepared
}

/// What is done with the rows of a feed, a line for each running aggregate; `table` takes the result.
pub(crate) fn lines(ast: &Ast, plan: &Accumulation, table: Option<&str>) -> Vec<String> {
    let text = |span: Span| {
        let words: Vec<_> = ast.text(span).split_whitespace().collect();
        words.join(" ")
    };
    let into = table.map_or(String::new(), |table| format!(", into {table}"));
    let lines = plan.running.iter().map(|running| {
        let keys: Vec<_> = running.keys.iter().map(|&key| text(key)).collect();
        let each = match keys.is_empty() {
            true => String::new(),
            false => format!(" for each {}", keys.join(", ")),
        };
        let what = text(running.span);
        format!("{what}: added up{each} while these rows pass (running = manual){into}")
    });
    lines.collect()
}

impl Session {
    /// Shows the plan of what is prepared, then what is done with its rows.
    pub(crate) fn stream_plan(
        &mut self,
        prepared: &Prepared,
        explained: &Explained,
        rows: &mut dyn Rows,
        ast: &Ast,
        span: Span,
    ) -> Result<Outcome, Failure> {
        let mut plan = Plan::new(rows);
        let done = self.connection.run(prepared.query(), &mut plan);
        let done = done.map_err(|error| prepared.failure(error, ast, span))?;
        if let Outcome::Changed(_) = done {
            return Ok(done);
        }
        for line in &explained.lines {
            plan.line(line)?;
        }
        Ok(Outcome::Rows(plan.shown))
    }
}

/// Rows of a plan, of which every backend has the words in the last column. A picture of many lines, as DuckDB draws it,
/// is a row for each.
pub(crate) struct Plan<'r> {
    rows: &'r mut dyn Rows,
    width: usize,
    shown: u64,
}

impl<'r> Plan<'r> {
    pub(crate) fn new(rows: &'r mut dyn Rows) -> Self {
        Self {
            rows,
            width: 0,
            shown: 0,
        }
    }

    /// Adds what the backend does not know.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        let mut cells = vec![ValueRef::Null; self.width];
        if let Some(last) = cells.last_mut() {
            *last = ValueRef::Text(line);
        }
        self.row(&cells)
    }
}

impl Rows for Plan<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.width = columns.len();
        self.rows.begin(columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        let Some((ValueRef::Text(text), before)) = row.split_last() else {
            self.shown += 1;
            return self.rows.row(row);
        };
        let mut cells = before.to_vec();
        for line in text.lines() {
            cells.push(ValueRef::Text(line));
            self.rows.row(&cells)?;
            self.shown += 1;
            cells.clear();
            cells.resize(before.len(), ValueRef::Null);
        }
        Ok(())
    }
}

/// The plans of several statements as one.
pub(crate) struct Plans<'r> {
    pub(crate) rows: &'r mut dyn Rows,
    pub(crate) begun: bool,
}

impl Rows for Plans<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        match std::mem::replace(&mut self.begun, true) {
            true => Ok(()),
            false => self.rows.begin(columns),
        }
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.rows.row(row)
    }
}

//! Rows out of SQLite's machine without a call into it for each: an aggregate over the query takes them, so
//! that one step is the whole result and a cell costs a third of what `sqlite3_column_…` takes.

use super::sqlite_values::read;
use crate::connection::Rows;
use crate::value::with_room;
use crate::{Column, Error, Kind, ValueRef};
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{Null, ValueRef as Cell};
use scoped_tls_hkt::{ReborrowMut, scoped_thread_local};

/// The most arguments that a function of SQLite may have (limits.html, "Maximum Number Of Arguments On A
/// Function").
const MOST: usize = 127;

/// A query whose single row comes when the rows of `sql` have gone to the feed; nothing where they cannot:
/// what changes data is no part of another query.
///
/// Its ORDER BY holds: SQLite drops that of a query within another only where the outer one's aggregates
/// are its own `count`, `min` and `max`. Nor is the inner one's result kept anywhere, for it is the first
/// and only one that is read from, and once.
pub(super) fn fed(sql: &str, columns: usize) -> Option<String> {
    let query = ["SELECT ", "WITH ", "VALUES "];
    if !(1..=MOST).contains(&columns) || !query.iter().any(|word| sql.starts_with(word)) {
        return None;
    }
    let names: Vec<String> = (1..=columns).map(|at| format!("c{at}")).collect();
    let names = names.join(",");
    Some(format!(
        "WITH noctra_feed({names}) AS ({sql}) SELECT noctra_rows({names}) FROM noctra_feed"
    ))
}

/// Registers the aggregate.
pub(super) fn register(db: &rusqlite::Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    db.create_aggregate_function("noctra_rows", -1, flags, Taken)
}

/// Where the rows of the running query go.
pub(super) struct Feed<'r> {
    rows: &'r mut dyn Rows,
    columns: &'r [Column],
    pub(super) count: u64,
    /// What went wrong on our side of it.
    pub(super) failed: Option<Error>,
}

impl<'r> Feed<'r> {
    pub(super) fn new(rows: &'r mut dyn Rows, columns: &'r [Column]) -> Self {
        Self {
            rows,
            columns,
            count: 0,
            failed: None,
        }
    }

    /// Runs what steps through the query with this feed as the one that is fed.
    pub(super) fn while_runs<R>(&mut self, run: impl FnOnce() -> R) -> R {
        FEED.set(Fed(self), run)
    }
}

/// A feed in its thread's place.
struct Fed<'r>(&'r mut dyn Take);

impl<'a> ReborrowMut<'a> for Fed<'_> {
    type Result = Fed<'a>;

    fn reborrow_mut(&'a mut self) -> Fed<'a> {
        Fed(self.0)
    }
}

scoped_thread_local!(static mut FEED: for<'a> Fed<'a>);

/// Takes the row that a call has as its arguments.
trait Take {
    fn take(&mut self, row: &Context<'_>) -> Result<(), Error>;
    fn fail(&mut self, error: Error);
}

impl Take for Feed<'_> {
    fn take(&mut self, row: &Context<'_>) -> Result<(), Error> {
        with_room(self.columns.len(), |cells| {
            for (at, (place, column)) in cells.iter_mut().zip(self.columns).enumerate() {
                // The usual ones go in by themselves: a copy of what is just written makes the processor wait.
                match (row.get_raw(at), column.kind) {
                    (Cell::Integer(value), Kind::Integer | Kind::Any) => {
                        *place = ValueRef::Integer(value);
                    }
                    (Cell::Null, _) => *place = ValueRef::Null,
                    (cell, _) => *place = read(cell, column)?,
                }
            }
            self.rows.row(cells)?;
            self.count += 1;
            Ok(())
        })
    }

    fn fail(&mut self, error: Error) {
        self.failed = Some(error);
    }
}

struct Taken;

impl Aggregate<u64, Null> for Taken {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<u64> {
        if !FEED.is_set() {
            let message = "noctra_rows takes the rows of Noctra's own queries only";
            return Err(rusqlite::Error::UserFunctionError(message.into()));
        }
        Ok(0)
    }

    fn step(&self, context: &mut Context<'_>, _: &mut u64) -> rusqlite::Result<()> {
        FEED.with(|feed| {
            feed.0.take(context).map_err(|error| {
                feed.0.fail(error);
                rusqlite::Error::UserFunctionError("the row was not taken".into())
            })
        })
    }

    fn finalize(&self, _: &mut Context<'_>, _: Option<u64>) -> rusqlite::Result<Null> {
        Ok(Null)
    }
}

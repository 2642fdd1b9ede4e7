//! DuckDB's memory while a long result passes.
//!
//! DuckDB keeps every block of a table that it has read, up to four fifths of the machine's memory: good for the next query,
//! but a table that is carried away row by row would fill it once for nothing.

use adbc_core::{Connection as _, Database as _, Statement as _};
use adbc_driver_manager::{ManagedConnection, ManagedDatabase};
use arrow_array::{Array as _, Int64Array, RecordBatch};

/// The bytes of a result after which what was read of tables is let go of, again and again.
const LONG: usize = 8 << 20;

/// What a long result has left in memory.
#[derive(Default)]
pub(super) struct Pool {
    /// Bytes that have passed since DuckDB let go of blocks.
    passed: usize,
    /// The session of its own: the one that the result comes from has its hands full.
    beside: Option<ManagedConnection>,
    /// The limit is in force: what the result holds has left no room for taking it back.
    limited: bool,
}

impl Pool {
    /// So many bytes of the result have passed.
    ///
    /// A limit makes DuckDB let go of what it holds beyond. It must not be in force while the result is computed, which may need
    /// more: so it is set and taken back while no thread of DuckDB's works, and the caller is none of them between two batches.
    pub(super) fn passed(&mut self, bytes: usize, database: &ManagedDatabase) {
        self.passed += bytes;
        self.unlimit();
        if self.passed < LONG || self.limited {
            return;
        }
        self.passed = 0;
        if self.beside.is_none() {
            self.beside = database.new_connection().ok();
        }
        if let Some(beside) = &mut self.beside
            && let Some(threads) = number(beside, "SELECT current_setting('threads')")
            && run(beside, "SET threads = 1").is_some()
        {
            // Where what runs needs more, DuckDB refuses it and holds what it holds.
            self.limited = run(beside, "SET memory_limit = '12MB'").is_some();
            self.unlimit();
            if let Some(beside) = &mut self.beside {
                let _ = run(beside, &format!("SET threads = {threads}"));
            }
        }
    }

    fn unlimit(&mut self) {
        if let (true, Some(beside)) = (self.limited, &mut self.beside) {
            self.limited = run(beside, "RESET memory_limit").is_none();
        }
    }
}

impl Drop for Pool {
    /// The result is let go of before, and its room with it.
    fn drop(&mut self) {
        self.unlimit();
    }
}

/// The settings that bound the memory: who has said one is to be obeyed.
pub(super) const BOUNDS: [&str; 2] = ["MEMORY_LIMIT", "MAX_MEMORY"];

/// Runs a statement to its end.
fn run(on: &mut ManagedConnection, sql: &str) -> Option<Vec<RecordBatch>> {
    let mut statement = on.new_statement().ok()?;
    statement.set_sql_query(sql).ok()?;
    statement.execute().ok()?.collect::<Result<_, _>>().ok()
}

/// The number that a query gives.
fn number(on: &mut ManagedConnection, sql: &str) -> Option<i64> {
    let batches = run(on, sql)?;
    let column = batches.first()?.columns().first()?;
    let numbers = column.as_any().downcast_ref::<Int64Array>()?;
    numbers.iter().next()?
}

//! DuckDB's memory while a long result passes.
//!
//! DuckDB keeps every block of a table that it has read, up to four fifths of the machine's memory: good for the next query,
//! but a table that is carried away row by row would fill it once for nothing.

use adbc_core::{Connection as _, Database as _, Statement as _};
use adbc_driver_manager::{ManagedConnection, ManagedDatabase};

/// The rows of a result that make it a long one: what is computed of a table has fewer, as a rule.
pub(super) const LONG: u64 = 100_000;

/// DuckDB may hold little while the rest of a long result passes; dropped, as much as ever.
pub(super) struct Bound {
    /// The one that the result comes from has its hands full.
    beside: ManagedConnection,
}

impl Bound {
    /// Bounds the memory; `None` where what runs needs more, which DuckDB looks at itself.
    pub(super) fn set(database: &ManagedDatabase) -> Option<Self> {
        let mut beside = database.new_connection().ok()?;
        run(&mut beside, "SET memory_limit = '16MB'")?;
        Some(Self { beside })
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        // Where this fails, DuckDB takes from its files again what it would have kept.
        let _ = run(&mut self.beside, "RESET memory_limit");
    }
}

/// The settings that bound the memory: who has said one is to be obeyed.
pub(super) const BOUNDS: [&str; 2] = ["MEMORY_LIMIT", "MAX_MEMORY"];

/// Runs a statement to its end.
fn run(on: &mut ManagedConnection, sql: &str) -> Option<()> {
    let mut statement = on.new_statement().ok()?;
    statement.set_sql_query(sql).ok()?;
    statement
        .execute()
        .ok()?
        .try_for_each(|batch| batch.map(drop))
        .ok()
}

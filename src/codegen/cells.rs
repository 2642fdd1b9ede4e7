//! What codegen reads of the table of functions (`rql_ir::function`).

use crate::Dialect;
use rql_ir::Agg;
use rql_ir::function::{Cell, Cells, Shape};

impl Dialect {
    /// Its own of a function's cells.
    #[must_use]
    pub const fn cell(self, cells: &Cells) -> Cell {
        match self {
            Self::Sqlite => cells.sqlite,
            Self::Duckdb => cells.duckdb,
            Self::Postgresql => cells.postgresql,
            Self::Mysql => cells.mysql,
            Self::Mariadb => cells.mariadb,
            Self::Spark => cells.spark,
        }
    }
}

/// The standard name of an aggregate.
pub(crate) fn aggregate_name(agg: Agg) -> &'static str {
    match agg.row().shape {
        Shape::Call(name) => name,
        _ => agg.name(),
    }
}

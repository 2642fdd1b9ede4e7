//! Values in Arrow's columns, for DuckDB and for files of Parquet and Arrow: the one place that knows
//! Arrow's types.

pub(crate) mod columns;
pub(crate) mod rows;

//! The backends, one file each; [`connect`](crate::connect) is the only place that knows them all.

pub(crate) mod postgres;
mod postgres_catalog;
pub(crate) mod postgres_values;
pub(crate) mod sqlite;
mod sqlite_catalog;
pub(crate) mod sqlite_functions;
pub(crate) mod sqlite_values;

//! Rows into DuckDB: batches of Arrow in a temporary table, and from there by one INSERT each.
//!
//! The way over a temporary table lets the compiler say what a column takes (the length of VARCHAR, say,
//! which DuckDB does not look at).

use super::duckdb::Duckdb;
use crate::arrow::columns::batch;
use crate::connection::{Connection as _, Query};
use crate::sinks::Collect;
use crate::transfer::load::{Insert, Load, Loading, keep, problem};
use crate::{Error, Outcome, Value, ValueRef};
use adbc_core::options::{IngestMode, OptionStatement};
use adbc_core::{Optionable as _, Statement as _};
use rql::Type;

/// The temporary table.
const STAGING: &str = "rql_staging";

/// Values that go at a time: enough that a batch costs little, few enough for flat memory.
const VALUES: usize = 1 << 17;

/// As many bytes of long values end a batch too.
const BYTES: usize = 1 << 23;

pub(super) struct Batches<'c> {
    duckdb: &'c mut Duckdb,
    insert: Insert,
    types: Vec<Type>,
    kept: Vec<Value>,
    bytes: usize,
    count: u64,
}

impl<'c> Batches<'c> {
    pub(super) fn new(duckdb: &'c mut Duckdb, into: &Load<'_>) -> Result<Self, Error> {
        Ok(Self {
            duckdb,
            insert: into.of_table(STAGING)?,
            types: into.types(),
            kept: Vec::new(),
            bytes: 0,
            count: 0,
        })
    }

    fn send(&mut self) -> Result<(), Error> {
        let batch = batch(&self.types, &self.kept).map_err(|error| problem(error.to_string()))?;
        self.kept.clear();
        self.bytes = 0;
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let fail = |error: adbc_core::error::Error| problem(error.message);
        let mut ingest = self.duckdb.statement()?;
        let options = [
            (OptionStatement::TargetTable, STAGING.into()),
            (OptionStatement::IngestMode, IngestMode::Create.into()),
            (OptionStatement::Temporary, "true".into()),
        ];
        for (option, value) in options {
            ingest.set_option(option, value).map_err(fail)?;
        }
        ingest
            .bind(batch)
            .and_then(|()| ingest.execute_update())
            .map_err(fail)?;
        let query = Query {
            sql: &self.insert.sql,
            params: &[],
            columns: &[],
        };
        if let Outcome::Changed(count) = self.duckdb.run(query, &mut Collect::default())? {
            self.count += count;
        }
        self.duckdb.batch(&format!("DROP TABLE {STAGING}"))
    }
}

impl Loading for Batches<'_> {
    fn row(&mut self, row: &[ValueRef<'_>]) -> Result<(), Error> {
        keep(row, &self.types, &mut self.kept);
        self.bytes += row.iter().map(length).sum::<usize>();
        if self.kept.len() < VALUES && self.bytes < BYTES {
            return Ok(());
        }
        self.send()
    }

    fn finish(mut self: Box<Self>) -> Result<u64, Error> {
        self.send()?;
        Ok(self.count)
    }
}

fn length(value: &ValueRef<'_>) -> usize {
    match value {
        ValueRef::Text(text) | ValueRef::Json(text) => text.len(),
        ValueRef::Blob(bytes) => bytes.len(),
        _ => 0,
    }
}

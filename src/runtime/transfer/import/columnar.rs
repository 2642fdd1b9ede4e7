//! parquet and arrow: files of columns, whose types they have themselves.

use super::records::{CellKind, Record, Records, Wrong};
use crate::arrow::rows::{kind, push, type_of};
use crate::sinks::Collect;
use crate::{Column, Value};
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rql::Type;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};
use std::path::Path;

/// Rows that are read at a time.
const ROWS: usize = 2_048;
/// What a file of Arrow begins with that is no stream.
const MAGIC: &[u8; 6] = b"ARROW1";

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>>>;

pub(super) struct Columnar {
    batches: Batches,
    names: Vec<String>,
    types: Vec<Type>,
    columns: Vec<Column>,
    /// The rows of a batch that have not been given yet, the first one last.
    waiting: Vec<Vec<Value>>,
    read: u64,
    total: u64,
}

impl Columnar {
    pub(super) fn parquet(path: &Path) -> Result<Self, Wrong> {
        let file = File::open(path)?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(Wrong::file)?;
        let total = builder.metadata().file_metadata().num_rows();
        let reader = builder.with_batch_size(ROWS).build().map_err(Wrong::file)?;
        let schema = reader.schema();
        Self::new(&schema, Box::new(reader), u64::try_from(total).unwrap_or(0))
    }

    /// A file of Arrow, or its stream.
    pub(super) fn arrow(path: &Path) -> Result<Self, Wrong> {
        let mut file = BufReader::new(File::open(path)?);
        let mut magic = [0; MAGIC.len()];
        let whole = file.read_exact(&mut magic).is_ok() && magic == *MAGIC;
        file.rewind()?;
        if whole {
            let reader = FileReader::try_new(file, None).map_err(Wrong::file)?;
            let schema = reader.schema();
            return Self::new(&schema, Box::new(reader), 0);
        }
        let reader = StreamReader::try_new(file, None).map_err(Wrong::file)?;
        let schema = reader.schema();
        Self::new(&schema, Box::new(reader), 0)
    }

    fn new(schema: &Schema, batches: Batches, total: u64) -> Result<Self, Wrong> {
        let fields = schema.fields().iter();
        let columns = fields.clone().map(|field| {
            let ty = field.data_type();
            Column::new(field.name(), kind(ty))
        });
        let types = fields.clone().map(|field| {
            let unknown = || {
                let (name, ty) = (field.name(), field.data_type());
                Wrong::file(format!("column {name}: no type is known for Arrow's {ty}"))
            };
            type_of(field.data_type()).ok_or_else(unknown)
        });
        Ok(Self {
            names: fields.map(|field| field.name().clone()).collect(),
            types: types.collect::<Result<_, Wrong>>()?,
            columns: columns.collect(),
            batches,
            waiting: Vec::new(),
            read: 0,
            total,
        })
    }
}

impl Records for Columnar {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn types(&self) -> Option<&[Type]> {
        Some(&self.types)
    }

    fn next(&mut self, record: &mut Record) -> Result<bool, Wrong> {
        record.clear();
        while self.waiting.is_empty() {
            let Some(batch) = self.batches.next() else {
                return Ok(false);
            };
            let batch = batch.map_err(Wrong::file)?;
            let mut rows = Collect::default();
            push(&batch, &self.columns, &mut rows).map_err(Wrong::file)?;
            self.waiting = rows.rows;
            self.waiting.reverse();
        }
        self.read += 1;
        record.line = self.read;
        record.values = self.waiting.pop().unwrap_or_default();
        for at in 0..record.values.len() {
            let null = record.values[at] == Value::Null;
            record.end(if null {
                CellKind::Null
            } else {
                CellKind::Typed
            });
        }
        Ok(true)
    }

    fn place(&self, line: u64, _: Option<usize>) -> String {
        format!(", row {line}")
    }

    fn done(&self) -> (u64, u64) {
        (self.read, self.total)
    }
}

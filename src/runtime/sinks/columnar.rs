//! parquet and arrow: rows in Arrow's columns, a batch at a time, so that memory stays flat.

use super::Sink;
use crate::arrow::columns::{arrays, data_type};
use crate::transfer::load::fitted;
use crate::value::{owned, unique};
use crate::{Column, Rows, Value, ValueRef};
use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use rql::{Dialect, Type};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Values of a batch, and the bytes of long ones that end one too.
const VALUES: usize = 1 << 16;
const BYTES: usize = 1 << 21;
/// Rows, and encoded bytes, of a row group of Parquet, which is written at once.
const GROUP_ROWS: usize = 122_880;
const GROUP_BYTES: usize = 1 << 24;

/// The two formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Parquet,
    Arrow,
}

/// Bytes on their way out: the writers of files want an owner that could change its thread.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Pipe {
    fn drain(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(&bytes)?;
        bytes.clear();
        Ok(())
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Writer {
    Parquet(Box<ArrowWriter<Pipe>>),
    Arrow(Box<FileWriter<Pipe>>),
}

impl Writer {
    fn new(container: Container, schema: &SchemaRef, pipe: Pipe) -> io::Result<Self> {
        Ok(match container {
            Container::Parquet => {
                let properties = WriterProperties::builder()
                    .set_created_by(concat!("noctra ", env!("CARGO_PKG_VERSION")).into())
                    .set_compression(Compression::SNAPPY)
                    .set_max_row_group_row_count(Some(GROUP_ROWS))
                    .set_max_row_group_bytes(Some(GROUP_BYTES))
                    .build();
                let writer = ArrowWriter::try_new(pipe, Arc::clone(schema), Some(properties));
                Self::Parquet(Box::new(writer.map_err(io::Error::other)?))
            }
            Container::Arrow => {
                let writer = FileWriter::try_new(pipe, schema);
                Self::Arrow(Box::new(writer.map_err(wrong)?))
            }
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        match self {
            Self::Parquet(writer) => writer.write(batch).map_err(io::Error::other),
            Self::Arrow(writer) => writer.write(batch).map_err(wrong),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Parquet(writer) => writer.finish().map(|_| ()).map_err(io::Error::other),
            Self::Arrow(writer) => writer.finish().map_err(wrong),
        }
    }
}

/// What Arrow says, without the name that it gives the kind of error.
fn wrong(error: ArrowError) -> io::Error {
    match error {
        ArrowError::InvalidArgumentError(what) => io::Error::other(what),
        other => io::Error::other(other),
    }
}

pub(super) struct Columnar<'w> {
    out: &'w mut dyn Write,
    container: Container,
    pipe: Pipe,
    writer: Option<(Writer, SchemaRef)>,
    names: Vec<String>,
    types: Vec<Type>,
    /// For values that become text.
    rooms: Vec<String>,
    kept: Vec<Value>,
    bytes: usize,
    rows: u64,
}

impl<'w> Columnar<'w> {
    pub(super) fn new(out: &'w mut dyn Write, container: Container) -> Self {
        Self {
            out,
            container,
            pipe: Pipe::default(),
            writer: None,
            names: Vec::new(),
            types: Vec::new(),
            rooms: Vec::new(),
            kept: Vec::new(),
            bytes: 0,
            rows: 0,
        }
    }

    fn send(&mut self) -> io::Result<()> {
        let Some((writer, schema)) = &mut self.writer else {
            return Ok(());
        };
        if !self.kept.is_empty() {
            let columns = arrays(&self.types, &self.kept).map_err(wrong)?;
            let batch = RecordBatch::try_new(Arc::clone(schema), columns).map_err(wrong)?;
            self.kept.clear();
            self.bytes = 0;
            writer.write(&batch)?;
        }
        self.pipe.drain(self.out)
    }
}

/// The type as the file has it: what has no column of its own is its text, and a NUMERIC without a scale too, whose
/// values share none.
fn stored(ty: Type, container: Container) -> Type {
    match ty {
        Type::Decimal {
            precision,
            scale: Some(scale),
        } => Type::Decimal {
            precision: precision.or(Some(38)),
            scale: Some(scale),
        },
        Type::Interval if container == Container::Parquet => Type::Text,
        Type::Decimal { .. }
        | Type::Uuid
        | Type::Json
        | Type::Jsonb
        | Type::Unknown
        | Type::Record => Type::Text,
        Type::Array(element) if stored(*element, container) != *element => Type::Text,
        ty => ty,
    }
}

impl Rows for Columnar<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.names = unique(columns.iter().map(|column| column.name.as_str()));
        let types = columns.iter();
        self.types = types
            .map(|column| stored(column.known_type(), self.container))
            .collect();
        self.rooms = vec![String::new(); columns.len()];
        let fields = self.names.iter().zip(&self.types);
        let fields = fields.map(|(name, &ty)| Ok(Field::new(name, data_type(ty)?, true)));
        let fields: Vec<Field> = fields.collect::<Result<_, ArrowError>>().map_err(wrong)?;
        let schema = Arc::new(Schema::new(fields));
        let writer = Writer::new(self.container, &schema, self.pipe.clone())?;
        self.writer = Some((writer, schema));
        Ok(())
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.rows += 1;
        let places = self.types.iter().zip(&mut self.rooms).zip(&self.names);
        for (value, ((&ty, room), name)) in row.iter().zip(places) {
            // DuckDB's columns are Arrow's.
            let value = fitted(*value, ty, Dialect::Duckdb, room).map_err(|what| {
                let row = self.rows;
                io::Error::other(format!("row {row}, column {name}: {what}; CAST it to TEXT"))
            })?;
            self.bytes += match value {
                ValueRef::Text(text) => text.len(),
                ValueRef::Blob(bytes) => bytes.len(),
                _ => 0,
            };
            self.kept.push(owned(&value, ty));
        }
        if self.kept.len() < VALUES && self.bytes < BYTES {
            return Ok(());
        }
        self.send()
    }
}

impl Sink for Columnar<'_> {
    fn finish(&mut self) -> io::Result<()> {
        self.send()?;
        if let Some((writer, _)) = &mut self.writer {
            writer.finish()?;
        }
        self.pipe.drain(self.out)?;
        self.out.flush()
    }
}

//! Rows into a table of PostgreSQL: COPY … FROM STDIN, in its binary format where that of all columns is known, and as text.

use super::killer::Running;
use super::postgres::backend;
use super::postgres_binary::{self as binary, Form};
use super::postgres_wire::Wire;
use crate::transfer::load::{Load, Loading};
use crate::{Error, ValueRef};
use bytes::Bytes;
use core::fmt::Write as _;
use core::pin::Pin;
use futures_util::SinkExt as _;
use tokio_postgres::CopyInSink;

/// A COPY that takes rows. Dropped unfinished, it takes back what it has sent.
pub(super) struct CopyIn<'c> {
    wire: &'c Wire,
    /// None after an error.
    sink: Option<Pin<Box<CopyInSink<Bytes>>>>,
    _running: Running,
    /// The table and its columns.
    target: String,
    /// How the columns go; none where rows go as text.
    forms: Option<Vec<Form>>,
    /// What is to be sent.
    out: Vec<u8>,
    cell: String,
    /// The rows that went before in another format.
    count: u64,
}

/// Bytes that are sent at a time.
const SENT: usize = 1 << 16;

impl<'c> CopyIn<'c> {
    pub(super) fn begin(wire: &'c Wire, into: &Load<'_>, running: Running) -> Result<Self, Error> {
        let mut copy = Self {
            wire,
            sink: None,
            _running: running,
            target: into.target(),
            forms: into.declared().map(binary::form).collect(),
            out: Vec::new(),
            cell: String::new(),
            count: 0,
        };
        copy.open()?;
        Ok(copy)
    }

    fn open(&mut self) -> Result<(), Error> {
        let format = if self.forms.is_some() {
            " (FORMAT binary)"
        } else {
            ""
        };
        let sql = format!("COPY {} FROM STDIN{format}", self.target);
        let sink = self.wire.wait(self.wire.client.copy_in(&sql));
        self.sink = Some(Box::pin(sink.map_err(|error| backend(&error, &sql))?));
        if self.forms.is_some() {
            self.out.extend(binary::HEAD);
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Error> {
        let Some(sink) = &mut self.sink else {
            return Ok(());
        };
        let bytes = Bytes::copy_from_slice(&self.out);
        if let Err(error) = self.wire.wait(sink.as_mut().send(bytes)) {
            // Where the server has stopped listening, its answer says why.
            return Err(match self.answer() {
                Err(answer) => answer,
                Ok(_) => backend(&error, ""),
            });
        }
        self.out.clear();
        Ok(())
    }

    /// Sends what is left, and counts the rows.
    fn close(&mut self) -> Result<(), Error> {
        if self.forms.is_some() {
            self.out.extend(binary::TAIL);
        }
        self.send()?;
        self.count += self.answer()?;
        Ok(())
    }

    /// How many rows the server has taken.
    fn answer(&mut self) -> Result<u64, Error> {
        let Some(mut sink) = self.sink.take() else {
            return Ok(0);
        };
        let answer = self.wire.wait(sink.as_mut().finish());
        answer.map_err(|error| backend(&error, ""))
    }
}

impl Loading for CopyIn<'_> {
    fn row(&mut self, row: &[ValueRef<'_>]) -> Result<(), Error> {
        if let Some(forms) = &self.forms {
            let begun = self.out.len();
            if binary::row(forms, row, &mut self.out).is_none() {
                // The server may know what to make of the value.
                self.out.truncate(begun);
                self.close()?;
                self.forms = None;
                self.open()?;
            }
        }
        if self.forms.is_none() {
            line(row, &mut self.cell, &mut self.out);
        }
        if self.out.len() < SENT {
            return Ok(());
        }
        self.send()
    }

    fn finish(mut self: Box<Self>) -> Result<u64, Error> {
        self.close()?;
        Ok(self.count)
    }
}

/// A row in the text format.
fn line(row: &[ValueRef<'_>], cell: &mut String, out: &mut Vec<u8>) {
    for (at, value) in row.iter().enumerate() {
        out.extend(if at == 0 { "" } else { "\t" }.as_bytes());
        if *value == ValueRef::Null {
            out.extend(b"\\N");
            continue;
        }
        cell.clear();
        // Writing to a String cannot fail.
        let _ = write!(cell, "{value}");
        for &byte in cell.as_bytes() {
            match byte {
                b'\\' => out.extend(b"\\\\"),
                b'\n' => out.extend(b"\\n"),
                b'\r' => out.extend(b"\\r"),
                b'\t' => out.extend(b"\\t"),
                other => out.push(other),
            }
        }
    }
    out.push(b'\n');
}

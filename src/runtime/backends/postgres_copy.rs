//! Rows into a table of PostgreSQL: COPY … FROM STDIN in its text format.

use super::killer::Running;
use super::postgres::backend;
use super::postgres_wire::Wire;
use crate::transfer::load::Loading;
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
    lines: String,
    cell: String,
}

/// Bytes that are sent at a time.
const SENT: usize = 1 << 16;

impl<'c> CopyIn<'c> {
    pub(super) fn begin(
        wire: &'c Wire,
        sql: &str,
        running: Running,
    ) -> Result<Self, tokio_postgres::Error> {
        let sink = wire.wait(wire.client.copy_in(sql))?;
        Ok(Self {
            wire,
            sink: Some(Box::pin(sink)),
            _running: running,
            lines: String::new(),
            cell: String::new(),
        })
    }

    fn send(&mut self) -> Result<(), Error> {
        let Some(sink) = &mut self.sink else {
            return Ok(());
        };
        let lines = Bytes::copy_from_slice(self.lines.as_bytes());
        if let Err(error) = self.wire.wait(sink.as_mut().send(lines)) {
            // Where the server has stopped listening, its answer says why.
            return Err(match self.answer() {
                Err(answer) => answer,
                Ok(_) => backend(&error, ""),
            });
        }
        self.lines.clear();
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
        for (at, value) in row.iter().enumerate() {
            self.lines.push_str(if at == 0 { "" } else { "\t" });
            if *value == ValueRef::Null {
                self.lines.push_str("\\N");
                continue;
            }
            self.cell.clear();
            // Writing to a String cannot fail.
            let _ = write!(self.cell, "{value}");
            for c in self.cell.chars() {
                match c {
                    '\\' => self.lines.push_str("\\\\"),
                    '\n' => self.lines.push_str("\\n"),
                    '\r' => self.lines.push_str("\\r"),
                    '\t' => self.lines.push_str("\\t"),
                    other => self.lines.push(other),
                }
            }
        }
        self.lines.push('\n');
        if self.lines.len() < SENT {
            return Ok(());
        }
        self.send()
    }

    fn finish(mut self: Box<Self>) -> Result<u64, Error> {
        self.send()?;
        self.answer()
    }
}

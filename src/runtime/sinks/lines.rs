//! Lines on their way to a writer: many at a time, for a call for each costs more than its text.

use std::io::{self, Write};

/// Lines are collected to about this many bytes before they are written.
const CHUNK: usize = 1 << 15;

/// The text of the lines that are not written yet, and where it goes.
pub(super) struct Lines<'w> {
    out: &'w mut dyn Write,
    pub(super) text: String,
}

impl<'w> Lines<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self {
            out,
            text: String::new(),
        }
    }

    /// A line has ended.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.text.push('\n');
        self.full()
    }

    /// Writes where there is enough to write.
    pub(super) fn full(&mut self) -> io::Result<()> {
        if self.text.len() < CHUNK {
            return Ok(());
        }
        self.write()
    }

    /// All lines have come.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.write()?;
        self.out.flush()
    }

    fn write(&mut self) -> io::Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

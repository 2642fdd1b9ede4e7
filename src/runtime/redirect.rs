//! Results that go to a file: whole or not at all.

use crate::WholeFile;
use crate::sinks::Format;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// A file that results go to for now.
#[derive(Debug)]
pub(crate) struct Redirection {
    pub(crate) format: &'static Format,
    writer: BufWriter<File>,
    file: WholeFile,
}

impl Redirection {
    /// Opens the file; with `append`, what it holds comes first.
    pub(crate) fn open(path: &Path, format: &'static Format, append: bool) -> io::Result<Self> {
        let file = WholeFile::create(path)?;
        let mut writer = BufWriter::new(file.writer()?);
        if append && path.exists() {
            io::copy(&mut File::open(path)?, &mut writer)?;
        }
        Ok(Self {
            format,
            writer,
            file,
        })
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> io::Result<()> {
        let Self {
            mut writer, file, ..
        } = self;
        writer.flush()?;
        drop(writer);
        file.keep()
    }
}

impl Write for Redirection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The format that a file's ending names.
pub(crate) fn format_of(path: &Path) -> Option<&'static Format> {
    let ending = path.extension()?.to_str()?;
    match ending.to_ascii_lowercase().as_str() {
        "txt" => Format::named("box"),
        "ndjson" => Format::named("jsonl"),
        other => Format::named(other),
    }
}

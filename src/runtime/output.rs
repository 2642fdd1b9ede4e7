//! Where a session's results and remarks go.

use crate::connection::Rows;
use crate::redirect::Redirection;
use crate::sinks::{Format, Options, Sink};
use crate::{Column, ValueRef};
use rql_diagnostics::Diagnostic;
use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

/// Results and remarks: data to one stream, narration to another.
pub struct Output {
    /// How results are written.
    pub format: &'static Format,
    /// Header, NULL, width, colour.
    pub options: Options,
    /// The time stands in the footer.
    pub timing: bool,
    /// Session statements say what they did.
    pub chatty: bool,
    /// Warnings about the text that runs; the caller, who knows its name, draws them.
    pub warnings: Vec<Diagnostic>,
    /// Where results go.
    pub data: Box<dyn Write>,
    /// Where remarks go.
    pub narration: Box<dyn Write>,
    /// The file that results go to for now.
    pub(crate) redirection: Option<Redirection>,
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("format", &self.format.name)
            .finish_non_exhaustive()
    }
}

impl Output {
    /// Results as a format to `data`, remarks to `narration`.
    #[must_use]
    pub fn new(
        format: &'static Format,
        options: Options,
        data: Box<dyn Write>,
        narration: Box<dyn Write>,
    ) -> Self {
        Self {
            format,
            options,
            timing: false,
            chatty: false,
            warnings: Vec::new(),
            data,
            narration,
            redirection: None,
        }
    }

    /// A sink for one result, which writes nothing where no rows are begun.
    pub(crate) fn result(&mut self) -> OneResult<'_> {
        let sink = match &mut self.redirection {
            // A file gets everything: no width of a terminal cuts it.
            Some(file) => {
                let options = Options {
                    width: None,
                    color: false,
                    ..self.options.clone()
                };
                file.format.sink(file, &options)
            }
            None => self.format.sink(&mut self.data, &self.options),
        };
        OneResult { sink, begun: false }
    }

    /// Sends the results that follow to a file.
    pub(crate) fn redirect(&mut self, redirection: Redirection) {
        self.redirection = Some(redirection);
    }

    /// Gives the file that results went to its name.
    pub(crate) fn end_redirection(&mut self) -> io::Result<()> {
        self.redirection.take().map_or(Ok(()), Redirection::finish)
    }

    /// Forgets the file that results went to: it is not whole.
    pub(crate) fn drop_redirection(&mut self) {
        self.redirection = None;
    }

    /// `(2 rows, 12.3 ms)` under a table.
    pub(crate) fn footer(&mut self, count: u64, thing: &str, time: Duration) -> io::Result<()> {
        if !self.format.for_people || self.redirection.is_some() {
            return Ok(());
        }
        let (noun, rest) = thing.split_once(' ').unwrap_or((thing, ""));
        let plural = if count == 1 { "" } else { "s" };
        let space = if rest.is_empty() { "" } else { " " };
        let time = if self.timing {
            format!(", {}", milliseconds(time))
        } else {
            String::new()
        };
        writeln!(
            self.data,
            "({} {noun}{plural}{space}{rest}{time})",
            grouped(count)
        )
    }

    /// A remark, on a line of its own.
    pub(crate) fn remark(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.narration, "{text}")
    }
}

/// One result on its way.
pub(crate) struct OneResult<'o> {
    sink: Box<dyn Sink + 'o>,
    begun: bool,
}

impl OneResult<'_> {
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.begun {
            self.sink.finish()
        } else {
            Ok(())
        }
    }
}

impl Rows for OneResult<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.begun = true;
        self.sink.begin(columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.sink.row(row)
    }
}

/// `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `0.4 ms`, `12.3 ms`, `1.52 s`.
fn milliseconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 1.0 {
        format!("{:.1} ms", seconds * 1_000.0)
    } else {
        format!("{seconds:.2} s")
    }
}

#[cfg(test)]
mod tests {
    use super::{grouped, milliseconds};
    use std::time::Duration;

    #[test]
    fn footers_read_well() {
        assert_eq!(
            [grouped(0), grouped(999), grouped(1_234_567)],
            ["0", "999", "1,234,567"]
        );
        assert_eq!(milliseconds(Duration::from_micros(12_345)), "12.3 ms");
        assert_eq!(milliseconds(Duration::from_millis(1_520)), "1.52 s");
    }
}

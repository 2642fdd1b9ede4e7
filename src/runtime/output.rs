//! Where a session's results and remarks go.

use crate::connection::Rows;
use crate::sinks::{Format, Options, Several, Sink};
use crate::transfer::progress::{Meter, Meters, Unseen};
use crate::transfer::redirect::Redirection;
use crate::value::store::Store;
use crate::{Column, Failure, Source, ValueRef};
use rql_diagnostics::Diagnostic;
use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

/// Writes what was wrong in a text. What cannot be written is lost: there is nowhere else to say it.
pub type Draw = Box<dyn Fn(&[Diagnostic], &Source, &mut dyn Write)>;

/// Takes a result in the place of its text, with the first row or when it has none: the others come into it
/// while it is looked at, also by other threads.
pub type Show = Box<dyn FnMut(Store)>;

/// Results and remarks: data to one stream, narration to another.
pub struct Output {
    /// How results are written.
    pub format: &'static Format,
    /// How they are written where no setting says so.
    pub(crate) usual: &'static Format,
    /// Header, NULL, width, colour.
    pub options: Options,
    /// The time stands in the footer.
    pub timing: bool,
    /// Session statements say what they did.
    pub chatty: bool,
    /// Drawings may use more than ASCII.
    pub unicode: bool,
    /// How many rows the results since it was last emptied had.
    pub counted: Option<u64>,
    /// Results of a format whose whole is one document are a list in it, which [`Output::end`] ends.
    pub listed: bool,
    /// The data goes to a screen, which takes no bytes that are no text.
    pub screen: bool,
    /// Remarks, and failures without a place, are objects of JSON, one a line.
    pub machine: bool,
    /// Shows how far long work is; none where nobody looks.
    pub meters: Option<Meters>,
    /// How errors and warnings are drawn on the narration.
    pub draw: Draw,
    /// Shows results, unless they go to a file.
    pub show: Option<Show>,
    /// Where results go.
    pub data: Box<dyn Write>,
    /// Where remarks go.
    pub narration: Box<dyn Write>,
    /// The file that results go to for now.
    pub(crate) redirection: Option<Redirection>,
    /// What has gone to the data so far.
    course: Rc<Course>,
}

/// What has gone to one place so far.
#[derive(Debug, Default)]
pub(crate) struct Course {
    /// Results that have begun.
    pub(crate) begun: Cell<u64>,
    /// One has stopped on its way: the whole is none.
    half: Cell<bool>,
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
            usual: format,
            options,
            timing: false,
            chatty: false,
            unicode: true,
            counted: None,
            listed: false,
            screen: false,
            machine: false,
            meters: None,
            draw: Box::new(plain),
            show: None,
            data,
            narration,
            redirection: None,
            course: Rc::default(),
        }
    }

    /// A sink for one result, which writes nothing where no rows are begun.
    pub(crate) fn result(&mut self) -> OneResult<'_> {
        let redirected = self.redirection.is_some();
        let screen = self.screen && !redirected;
        let (format, course, mut options, to): (_, _, _, &mut dyn Write) =
            match &mut self.redirection {
                Some(file) => {
                    let (format, course) = (file.format, Rc::clone(&file.course));
                    let mut options = file.options.clone();
                    // The bracket before the first comes with the second: it may stay the only one.
                    options.listed = Some(course.begun.get()).filter(|&before| before > 0);
                    (format, course, options, file)
                }
                None => {
                    let course = Rc::clone(&self.course);
                    let mut options = self.options.clone();
                    options.listed = self.listed.then(|| course.begun.get());
                    (self.format, course, options, &mut self.data)
                }
            };
        if format.several != Several::List {
            options.listed = None;
        }
        let show = self.show.as_mut().filter(|_| !redirected);
        OneResult {
            shown: show.map(|show| (Store::default(), show)),
            told: false,
            sink: format.sink(to, &options),
            format,
            screen,
            begun: false,
            course,
        }
    }

    /// Ends a document that results are in, as far as they have come.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn end(&mut self) -> io::Result<()> {
        if self.format.several == Several::List {
            let end = match (self.course.begun.get(), self.listed) {
                (0, _) => "[]\n",
                (_, true) => "]\n",
                (_, false) => "",
            };
            self.data.write_all(end.as_bytes())?;
        }
        self.data.flush()
    }

    /// How many results have begun in the data.
    #[must_use]
    pub fn results(&self) -> u64 {
        self.course.begun.get()
    }

    /// True where no result has stopped on its way.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.course.half.get()
    }

    /// What shows how far a work is.
    pub(crate) fn meter(&self, what: &str) -> Box<dyn Meter> {
        match &self.meters {
            Some(meters) => meters(what),
            None => Box::new(Unseen),
        }
    }

    /// Sends the results that follow to a file.
    pub(crate) fn redirect(&mut self, redirection: Redirection) {
        self.redirection = Some(redirection);
    }

    /// Gives the file that results went to its name, if it is whole.
    pub(crate) fn end_redirection(&mut self) -> io::Result<()> {
        let file = self.redirection.take();
        let Some(file) = file.filter(|file| !file.course.half.get()) else {
            return Ok(());
        };
        if file.format.is_binary() && file.course.begun.get() == 0 {
            let name = file.path.display();
            return self.remark(&format!("{name} is not written: no result went there"));
        }
        file.finish()
    }

    /// A line of the script's own, which is no result: data where the data is lines.
    pub(crate) fn print(&mut self, line: &str) -> io::Result<()> {
        match self.format.several {
            Several::Follow => self.data.write_all(line.as_bytes()),
            Several::List | Several::Never => self.remark(line.trim_end_matches('\n')),
        }
    }

    /// Forgets the file that results went to: it is not whole.
    pub(crate) fn drop_redirection(&mut self) {
        self.redirection = None;
    }

    /// True where results may be drawn with more than ASCII; a file is asked for, and its ending says it.
    pub(crate) fn unicode(&self) -> bool {
        (self.unicode || self.redirection.is_some()) && self.format().name != "ascii"
    }

    /// The format of the results that follow.
    pub(crate) fn format(&self) -> &'static Format {
        self.redirection
            .as_ref()
            .map_or(self.format, |file| file.format)
    }

    /// A text in the place of a result.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        match &mut self.redirection {
            Some(file) => file.write_all(text.as_bytes()),
            None => self.data.write_all(text.as_bytes()),
        }
    }

    /// `(2 rows, 12.3 ms)` under a table.
    pub(crate) fn footer(&mut self, count: u64, thing: &str, time: Duration) -> io::Result<()> {
        self.counted = Some(self.counted.unwrap_or(0) + count);
        // Whoever shows a result counts its rows.
        let shown = self.show.is_some() && thing == "row";
        if !self.format.for_people || self.redirection.is_some() || shown {
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

    /// Says what is wrong in a text, after the data that came before it.
    pub(crate) fn report(&mut self, all: &[Diagnostic], source: &Source) {
        // The data that cannot be written is found by whoever writes on.
        let _ = self.data.flush();
        (self.draw)(all, source, &mut *self.narration);
        let _ = self.narration.flush();
    }

    /// Says why a text did not run to its end.
    pub fn failure(&mut self, failure: &Failure, source: &Source) {
        match failure {
            Failure::Diagnostics(all) => self.report(all, source),
            Failure::Elsewhere(inner, failure) => self.failure(failure, inner),
            // The reader has gone: there is nobody to tell.
            failure if failure.is_broken_pipe() => {}
            Failure::Output(error) => {
                let _ = self.say("error", &format!("cannot write the result: {error}"));
            }
            Failure::Cancelled => {
                let _ = self.say("error", "cancelled");
            }
            Failure::Reported => {}
        }
    }

    /// A remark, on a line of its own.
    pub(crate) fn remark(&mut self, text: &str) -> io::Result<()> {
        self.say("note", text)
    }

    /// What the server says beside an answer.
    pub(crate) fn told(&mut self, severity: &str, text: &str) -> io::Result<()> {
        match self.machine {
            true => self.say(severity, text),
            false => self.say(severity, &format!("{severity}: {text}")),
        }
    }

    fn say(&mut self, severity: &str, text: &str) -> io::Result<()> {
        if !self.machine {
            return writeln!(self.narration, "{text}");
        }
        writeln!(self.narration, "{}", as_json(severity, text))
    }
}

/// What is said, as an object of JSON.
#[must_use]
pub fn as_json(severity: &str, text: &str) -> String {
    let text = serde_json::Value::from(text);
    format!("{{\"severity\":\"{severity}\",\"message\":{text}}}")
}

/// A line for each, where nobody draws them better.
fn plain(all: &[Diagnostic], source: &Source, to: &mut dyn Write) {
    for diagnostic in all {
        let (severity, message) = (diagnostic.severity.name(), &diagnostic.message);
        let _ = writeln!(to, "{}: {severity}: {message}", source.name);
    }
}

/// One result on its way.
pub(crate) struct OneResult<'o> {
    sink: Box<dyn Sink + 'o>,
    /// Where the rows are shown, and by whom.
    shown: Option<(Store, &'o mut Show)>,
    /// Whoever shows them has been told.
    told: bool,
    format: &'static Format,
    screen: bool,
    begun: bool,
    course: Rc<Course>,
}

impl Drop for OneResult<'_> {
    fn drop(&mut self) {
        match &self.shown {
            Some((store, _)) if self.begun => store.break_off(),
            Some((store, _)) => store.end(),
            None => {}
        }
        if !self.begun {
            return;
        }
        self.course.half.set(true);
        if self.format.several == Several::List && self.shown.is_none() {
            // Whoever reads the document reads as far as it came; what is wrong is said elsewhere.
            let _ = self.sink.finish();
        }
    }
}

impl OneResult<'_> {
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.begun {
            self.tell();
        }
        if self.begun && self.shown.is_none() {
            self.sink.finish()?;
        }
        self.begun = false;
        Ok(())
    }

    /// Says that there is something to show: the first row, or that there are none.
    fn tell(&mut self) {
        if let (Some((store, show)), false) = (&mut self.shown, self.told) {
            show(store.clone());
            self.told = true;
        }
    }

    /// The rows, where they are shown.
    pub(crate) fn store(&self) -> Option<Store> {
        self.shown.as_ref().map(|(store, _)| store.clone())
    }
}

impl Rows for OneResult<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        let before = self.course.begun.get();
        let name = self.format.name;
        if self.format.is_binary() && self.screen {
            return Err(io::Error::other(format!(
                "{name} is no text for a screen; OUTPUT TO 'file.{name}' takes it"
            )));
        }
        if self.format.several == Several::Never && before > 0 {
            return Err(io::Error::other(format!(
                "{name} holds one result; EXPORT (query) TO 'file' gives each a file of its own"
            )));
        }
        self.course.begun.set(before + 1);
        self.begun = true;
        match &mut self.shown {
            Some((store, _)) => store.begin(columns),
            None => self.sink.begin(columns),
        }
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        self.tell();
        match &mut self.shown {
            Some((store, _)) => store.row(row),
            None => self.sink.row(row),
        }
    }
}

/// `1,234,567`.
#[must_use]
pub fn grouped(count: u64) -> String {
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

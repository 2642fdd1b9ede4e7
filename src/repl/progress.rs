//! How far long work is, in one line of a terminal.

use crate::live::locked;
use indicatif::{ProgressBar, ProgressStyle};
use noctra_runtime::{Meter, Meters};
use std::io::{self, IsTerminal as _, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Work that is shorter shows nothing.
const SOON: Duration = Duration::from_millis(300);

/// Draws on standard error, where that is a terminal; `None` where it is none.
#[must_use]
pub fn meters() -> Option<Meters> {
    io::stderr().is_terminal().then(|| {
        let meters: Meters = Box::new(|what: &str| {
            quiet();
            Box::new(Line::new(what))
        });
        meters
    })
}

/// A statement that gives nothing for so long says that it runs.
const LONG: Duration = Duration::from_secs(1);

/// What waits for a statement of the prompt.
#[derive(Debug)]
struct Waiting {
    /// Counts the statements, so that a thread knows its own.
    turn: u64,
    runs: bool,
    /// Since when nothing is written.
    since: Option<Instant>,
    /// The line stands there.
    drawn: bool,
}

static WAITING: Mutex<Waiting> = Mutex::new(Waiting {
    turn: 0,
    runs: false,
    since: None,
    drawn: false,
});

/// What begins a line of the terminal anew.
const ANEW: &str = "\r\x1b[K";

/// Statements run: where nothing comes for a while, a line says for how long, until something is written.
pub(crate) fn begin() {
    if !io::stderr().is_terminal() {
        return;
    }
    let turn = {
        let mut waiting = locked(&WAITING);
        waiting.turn += 1;
        waiting.runs = true;
        waiting.since = Some(Instant::now());
        waiting.turn
    };
    let thread = std::thread::Builder::new().name("waiting".into());
    // Where there is no thread, nothing is said.
    let _ = thread.spawn(move || {
        loop {
            std::thread::sleep(LONG);
            let mut waiting = locked(&WAITING);
            if waiting.turn != turn || !waiting.runs {
                return;
            }
            let time = waiting.since.map(|since| since.elapsed());
            if let Some(time) = time.filter(|time| *time >= LONG) {
                waiting.drawn = true;
                let time = time.as_secs();
                // No blanks behind it: there the terminal writes ^C.
                let _ = write!(io::stderr(), "{ANEW}running for {time} s, Ctrl-C cancels");
            }
        }
    });
}

/// A result is whole, and the next statement runs.
pub(crate) fn again() {
    let mut waiting = locked(&WAITING);
    waiting.since = waiting.runs.then(Instant::now);
}

/// Nothing runs any more.
pub(crate) fn end() {
    quiet();
    locked(&WAITING).runs = false;
}

/// Takes the line away before something else is written.
pub fn quiet() {
    let mut waiting = locked(&WAITING);
    waiting.since = None;
    if std::mem::take(&mut waiting.drawn) {
        let _ = write!(io::stderr(), "{ANEW}");
    }
}

/// A stream that is written behind that line.
pub(crate) struct Behind(pub(crate) Box<dyn Write>);

impl Write for Behind {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        quiet();
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

struct Line {
    what: String,
    start: Instant,
    bar: Option<ProgressBar>,
}

impl Line {
    fn new(what: &str) -> Self {
        Self {
            what: what.to_owned(),
            start: Instant::now(),
            bar: None,
        }
    }

    fn bar(whole: u64) -> ProgressBar {
        let template = match whole {
            0 => "{prefix} {spinner} {msg}",
            _ => "{prefix} {bar:24} {percent:>3}%  {msg}, {eta} left",
        };
        let bar = match whole {
            0 => ProgressBar::new_spinner(),
            whole => ProgressBar::new(whole),
        };
        // The templates are ours.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        }
        bar
    }
}

impl Meter for Line {
    fn at(&mut self, rows: u64, done: u64, whole: u64) {
        let time = self.start.elapsed();
        if time < SOON {
            return;
        }
        let (start, what) = (self.start, &self.what);
        let bar = self.bar.get_or_insert_with(|| {
            let bar = Self::bar(whole).with_elapsed(start.elapsed());
            bar.set_prefix(what.clone());
            bar
        });
        let rate = rows as f64 / time.as_secs_f64();
        bar.set_message(format!("{rows} rows, {rate:.0}/s"));
        if whole > 0 {
            bar.set_length(whole);
        }
        // A spinner turns with each.
        bar.set_position(if whole == 0 { rows } else { done });
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

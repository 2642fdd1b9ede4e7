//! How far long work is, in one line of a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use noctra_runtime::{Meter, Meters};
use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

/// Work that is shorter shows nothing.
const SOON: Duration = Duration::from_millis(300);

/// Draws on standard error, where that is a terminal; `None` where it is none.
#[must_use]
pub fn meters() -> Option<Meters> {
    io::stderr().is_terminal().then(|| {
        let meters: Meters = Box::new(|what: &str| Box::new(Line::new(what)));
        meters
    })
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

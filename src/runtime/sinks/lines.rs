//! Lines on their way to a writer: many at a time, for a call for each costs more than its text.

use crate::value::text::Line;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// Lines are collected to about this many bytes before they are written.
const CHUNK: usize = 1 << 15;

/// The text of the lines that are not written yet, and where it goes.
pub(super) struct Lines<'w> {
    out: &'w mut dyn Write,
    pub(super) text: Line,
    pace: Pace,
}

impl<'w> Lines<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        Self {
            out,
            text: Line::default(),
            pace: Pace::new(SHOWN_AFTER),
        }
    }

    /// A line has ended.
    #[inline]
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.text.byte(b'\n');
        match self.pace.is_due(Instant::now) {
            true => self.finish(),
            false => self.full(),
        }
    }

    /// Writes where there is enough to write.
    #[inline]
    pub(super) fn full(&mut self) -> io::Result<()> {
        match self.text.len() < CHUNK {
            true => Ok(()),
            false => self.write(),
        }
    }

    /// Writes all lines that have come.
    #[cold]
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.write()?;
        self.out.flush()
    }

    #[inline(never)]
    fn write(&mut self) -> io::Result<()> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

/// Lines that come slowly are shown after so long.
const SHOWN_AFTER: Duration = Duration::from_millis(200);

/// Tells whether rows come so slowly that those which are held back should be shown. The clock is asked at
/// every row only where they do.
pub(super) struct Pace {
    patience: Duration,
    since: Instant,
    /// Rows since the clock was asked, and how many may come before it is asked again.
    rows: u32,
    unasked: u32,
}

impl Pace {
    /// The most rows for which the clock is not asked.
    const UNASKED: u32 = 1024;

    /// Waits from now on.
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            patience,
            since: Instant::now(),
            rows: 0,
            unasked: 1,
        }
    }

    /// A row has come: true where the wait has been long, and begins anew.
    #[inline]
    pub(super) fn is_due(&mut self, now: impl FnOnce() -> Instant) -> bool {
        self.rows += 1;
        self.rows >= self.unasked && self.asked(now())
    }

    #[cold]
    fn asked(&mut self, now: Instant) -> bool {
        self.rows = 0;
        let due = now.saturating_duration_since(self.since) >= self.patience;
        (self.since, self.unasked) = match due {
            true => (now, 1),
            false => (self.since, (self.unasked * 2).min(Self::UNASKED)),
        };
        due
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::time::{Duration, Instant};

    const TENTH: Duration = Duration::from_millis(100);

    #[test]
    fn rows_that_come_slowly_are_shown_as_they_come() {
        let mut pace = Pace::new(TENTH);
        let mut now = Instant::now();
        for _ in 0..5 {
            now += TENTH;
            assert!(pace.is_due(|| now));
        }
    }

    #[test]
    fn rows_that_come_fast_ask_the_clock_now_and_then() {
        let mut pace = Pace::new(TENTH);
        let (now, mut asked) = (Instant::now(), 0);
        for _ in 0..100_000 {
            let due = pace.is_due(|| {
                asked += 1;
                now
            });
            assert!(!due);
        }
        assert_eq!(
            asked,
            10 + 100_000 / 1024 - 1,
            "1, 2, 4 … 512, then each 1024"
        );
        let later = (0..1024).filter(|_| pace.is_due(|| now + TENTH));
        assert!(later.count() >= 1, "what becomes slow is seen");
    }
}

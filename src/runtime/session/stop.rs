//! What ends a statement before its time: a cancel, a limit of time, a limit of rows.

use crate::connection::{CancelHandle, Rows};
use crate::sinks::Collect;
use crate::{Column, Value, ValueRef};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// Says that what runs is to end; whoever runs looks at it. It stays until it is taken, so that what asks
/// in the moment between two statements is heard too.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicU8>);

const CANCELLED: u8 = 1;
const TIMED_OUT: u8 = 2;

impl Stop {
    /// Asks for the end; true where that has been asked already.
    pub(crate) fn cancel(&self) -> bool {
        self.0.swap(CANCELLED, Ordering::SeqCst) == CANCELLED
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// Nothing is asked any more.
    pub(crate) fn clear(&self) {
        self.0.store(0, Ordering::SeqCst);
    }

    fn time_out(&self) {
        // Who has cancelled is told so.
        let _ = self
            .0
            .compare_exchange(0, TIMED_OUT, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Takes back the end for lack of time; true where it was asked.
    fn take_time_out(&self) -> bool {
        self.0
            .compare_exchange(TIMED_OUT, 0, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
    }
}

/// Cancels a statement when its time is up.
pub(crate) struct Timer {
    stop: Stop,
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Timer {
    /// Starts where there is a limit.
    pub(crate) fn start(limit: Option<Duration>, stop: Stop, handle: CancelHandle) -> Self {
        let running = limit.map(|limit| {
            let (ended, end) = mpsc::channel();
            let stop = stop.clone();
            let thread = std::thread::spawn(move || {
                if end.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                    stop.time_out();
                    handle.cancel();
                }
            });
            (ended, thread)
        });
        Self { stop, running }
    }

    /// The statement has ended; true where its time was up. After that nothing cancels the next one.
    pub(crate) fn end(self) -> bool {
        if let Some((ended, thread)) = self.running {
            drop(ended);
            // It has nothing that could panic.
            let _ = thread.join();
        }
        self.stop.take_time_out()
    }
}

/// Rows on their way, until the end is asked.
pub(crate) struct Stoppable<'r> {
    pub(crate) rows: &'r mut dyn Rows,
    pub(crate) stop: &'r Stop,
}

impl Rows for Stoppable<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.rows.begin(columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        if self.stop.is_asked() {
            return Err(io::Error::other("the statement is to end"));
        }
        self.rows.row(row)
    }
}

/// Rows that are held at once, with about how much memory they take.
pub(crate) struct Held {
    pub(crate) rows: Collect,
    /// More than so many bytes are too many.
    pub(crate) most: Option<u64>,
    pub(crate) bytes: u64,
}

impl Rows for Held {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.rows.begin(columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        let inline = size_of::<Value>() * row.len();
        let texts = row.iter().map(|value| match value {
            ValueRef::Text(text) | ValueRef::Json(text) | ValueRef::Numeric(text) => text.len(),
            ValueRef::Blob(bytes) => bytes.len(),
            _ => 0,
        });
        self.bytes += (inline + texts.sum::<usize>()) as u64;
        if self.most.is_some_and(|most| self.bytes > most) {
            return Err(io::Error::other("there are more rows than may be held"));
        }
        self.rows.row(row)
    }
}

/// The first rows.
pub(crate) struct First<'r> {
    rows: &'r mut dyn Rows,
    /// How many may come yet.
    left: u64,
    /// There were more.
    pub(crate) cut: bool,
}

impl<'r> First<'r> {
    /// At most so many.
    pub(crate) fn new(rows: &'r mut dyn Rows, limit: u64) -> Self {
        Self {
            rows,
            left: limit,
            cut: false,
        }
    }
}

impl Rows for First<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        self.rows.begin(columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => {
                self.cut = true;
                return Err(io::Error::other("there are more rows than wanted"));
            }
        }
        self.rows.row(row)
    }
}

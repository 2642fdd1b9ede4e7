//! Ends what runs on a connection to a server, from another thread and by a second connection.
//!
//! Two things want care. A server that has nothing to end just then (the statement is prepared and not
//! executed yet, a batch of rows has gone) forgets that it was asked: so it is asked until the statement
//! has ended. And what is asked late must not end the next statement: so it is told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a cancel waits before it is sent again.
const AGAIN: Duration = Duration::from_millis(20);

/// Asks the server to end what runs.
type Kill = dyn Fn() + Send + Sync;

/// What may end the statements of a connection.
pub(super) struct Killer {
    kill: Box<Kill>,
    run: Mutex<Run>,
    ended: Condvar,
    late: AtomicBool,
}

/// The statement that runs.
#[derive(Clone, Copy, Default)]
struct Run {
    /// None runs where it is false.
    running: bool,
    /// A handle has ended it.
    cancelled: bool,
    /// How often the server was asked.
    asked: u32,
}

impl Killer {
    pub(super) fn new(kill: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            kill: Box::new(kill),
            run: Mutex::default(),
            ended: Condvar::new(),
            late: AtomicBool::new(false),
        })
    }

    /// The state is whole even where a thread that held it has panicked.
    fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A statement begins, and ends when what this gives is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Running {
        *self.run() = Run {
            running: true,
            ..Run::default()
        };
        Running {
            killer: Arc::clone(self),
            heard: false,
        }
    }

    /// True where the server may hear only now that the statement before should end.
    pub(super) fn take_late(&self) -> bool {
        self.late.swap(false, Ordering::SeqCst)
    }

    /// Ends the statement for its reader; where none runs, nothing happens.
    pub(super) fn cancel(self: &Arc<Self>) {
        if !self.ask(true) {
            return;
        }
        let killer = Arc::clone(self);
        std::thread::spawn(move || {
            loop {
                let waited = killer.ended.wait_timeout(killer.run(), AGAIN);
                let (mut run, _) = waited.unwrap_or_else(PoisonError::into_inner);
                // The next statement may run by now.
                if !(run.running && run.cancelled) {
                    return;
                }
                killer.kill(&mut run);
            }
        });
    }

    /// Asks the server; false where nothing runs.
    fn ask(&self, cancelled: bool) -> bool {
        let mut run = self.run();
        if run.running {
            run.cancelled |= cancelled;
            self.kill(&mut run);
        }
        run.running
    }

    /// Asks the server to end what runs. The state is held since it was looked at, so that the statement does not end, and
    /// the next one begin, between the look and the deed.
    fn kill(&self, run: &mut MutexGuard<'_, Run>) {
        run.asked += 1;
        (self.kill)();
    }
}

/// A statement that runs.
pub(super) struct Running {
    killer: Arc<Killer>,
    heard: bool,
}

impl Running {
    /// A handle has ended it.
    pub(super) fn is_cancelled(&self) -> bool {
        self.killer.run().cancelled
    }

    /// Nobody wants the rest of its rows.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn is_unwanted(&self) {
        self.killer.ask(false);
    }

    /// The server says that it has ended it because it was asked to.
    pub(super) fn was_heard(&mut self) {
        self.heard = true;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let run = std::mem::take(&mut *self.killer.run());
        if run.asked > u32::from(self.heard) {
            self.killer.late.store(true, Ordering::SeqCst);
        }
        self.killer.ended.notify_all();
    }
}

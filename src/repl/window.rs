//! The way to a window on the whole screen and back: who makes windows is told by whoever makes the prompt.

use crate::live::locked;
use crate::store::Entry;
use crate::{Next, Repl};
use noctra_runtime::{Session, holds_secret};

/// Opens a window on a session, until the person leaves it.
pub type Window = fn(Room<'_>) -> Result<(), String>;

/// What a window works with.
pub struct Room<'r> {
    /// The session; it stays on its thread.
    pub session: &'r mut Session,
    /// What has run before, the oldest first.
    pub history: Vec<String>,
    /// Remembers what has run.
    pub keep: &'r mut dyn FnMut(Ran),
}

impl std::fmt::Debug for Room<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Room")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// A statement that has run in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// The statement.
    pub statement: String,
    /// When it began, in milliseconds since 1970.
    pub began: i64,
    /// How long it took.
    pub milliseconds: f64,
    /// What was wrong.
    pub error: Option<String>,
}

impl Repl {
    /// Opens the window, and comes back to the prompt when it is left.
    ///
    /// # Errors
    /// Where there is none, or the terminal does not do for one.
    pub fn window(&mut self) -> Result<(), String> {
        let window = self.window.ok_or("this build has no window")?;
        let connection = self.place();
        let Self {
            session,
            entries,
            store,
            ..
        } = self;
        let history = locked(entries)
            .iter()
            .map(|e| e.statement.clone())
            .collect();
        let mut keep = |ran: Ran| {
            if holds_secret(&ran.statement) {
                return;
            }
            let entry = Entry {
                statement: ran.statement,
                began: ran.began,
                connection: connection.clone(),
                milliseconds: Some(ran.milliseconds),
                rows: None,
                error: ran.error,
            };
            if let Some(store) = store {
                // A history that cannot be kept is no reason to stop.
                let _ = store.add(&entry);
            }
            locked(entries).push(entry);
        };
        window(Room {
            session,
            history,
            keep: &mut keep,
        })
    }
}

/// `.tui`
pub(crate) fn tui(repl: &mut Repl, _: &str) -> Result<Next, String> {
    repl.window()?;
    Ok(Next::Continue)
}

//! What SET changes: one entry of [`SETTINGS`] for each setting.

use rql::{Accumulation, Dialect};
use std::time::Duration;

/// Seconds a statement may run, as people write them.
pub(crate) fn shown_timeout(settings: &Settings) -> String {
    let seconds = settings
        .timeout
        .map(|limit| limit.as_secs_f64().to_string());
    seconds.unwrap_or_else(|| OFF.to_owned())
}

const OFF: &str = "off";

/// The values of a session's settings.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How running aggregates are computed.
    pub running: Strategy,
    /// What a script does after an error.
    pub on_error: OnError,
    /// Whose answers are given.
    pub semantics: Semantics,
    /// How long a statement may run.
    pub timeout: Option<Duration>,
    /// How many rows of a query are given.
    pub max_rows: Option<u64>,
}

/// Whose answers are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Semantics {
    /// PostgreSQL's, on every backend.
    #[default]
    Postgresql,
    /// The backend's own: statements are checked and sent as they are written.
    Native,
}

/// What a script does after an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// It ends.
    #[default]
    Stop,
    /// It goes on with the next statement, and fails in the end.
    Continue,
}

/// How running aggregates are computed; the answer is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// Whichever is faster.
    #[default]
    Auto,
    /// By the database's window functions.
    Window,
    /// While the rows pass, where the query allows it.
    Manual,
}

impl Strategy {
    /// True where a plan for adding up is to be taken.
    pub(crate) fn adds_up(self, dialect: Dialect, plan: &Accumulation) -> bool {
        match self {
            Self::Window => false,
            Self::Manual => true,
            Self::Auto => plan.is_faster(dialect),
        }
    }
}

/// A setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it may be; the first is its default.
    pub values: &'static [&'static str],
    /// What it does.
    pub about: &'static str,
    set: fn(&mut Settings, &str) -> bool,
    get: fn(&Settings) -> String,
}

impl Setting {
    /// Changes it; false where it takes no such value.
    pub fn set(&self, settings: &mut Settings, value: &str) -> bool {
        (self.set)(settings, value)
    }

    /// Its value.
    #[must_use]
    pub fn get(&self, settings: &Settings) -> String {
        (self.get)(settings)
    }

    /// The setting of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|s| s.name.eq_ignore_ascii_case(name))
    }
}

/// Every setting.
pub static SETTINGS: &[Setting] = &[
    Setting {
        name: "max_rows",
        values: &[OFF, "a number"],
        about: "rows of a query, at most",
        set: |settings, value| {
            settings.max_rows = match value {
                OFF => None,
                rows => match rows.parse() {
                    Ok(rows) => Some(rows),
                    Err(_) => return false,
                },
            };
            true
        },
        get: |settings| {
            settings
                .max_rows
                .map_or(OFF.to_owned(), |rows| rows.to_string())
        },
    },
    Setting {
        name: "on_error",
        values: &["stop", "continue"],
        about: "after an error, a script …",
        set: |settings, value| {
            settings.on_error = match value {
                "stop" => OnError::Stop,
                "continue" => OnError::Continue,
                _ => return false,
            };
            true
        },
        get: |settings| format!("{:?}", settings.on_error).to_lowercase(),
    },
    Setting {
        name: "running",
        values: &["auto", "window", "manual"],
        about: "how RUNSUM and its kin run",
        set: |settings, value| {
            settings.running = match value {
                "auto" => Strategy::Auto,
                "window" => Strategy::Window,
                "manual" => Strategy::Manual,
                _ => return false,
            };
            true
        },
        get: |settings| format!("{:?}", settings.running).to_lowercase(),
    },
    Setting {
        name: "semantics",
        values: &["postgresql", "native"],
        about: "whose answers are given",
        set: |settings, value| {
            settings.semantics = match value {
                "postgresql" => Semantics::Postgresql,
                "native" => Semantics::Native,
                _ => return false,
            };
            true
        },
        get: |settings| format!("{:?}", settings.semantics).to_lowercase(),
    },
    Setting {
        name: "timeout",
        values: &[OFF, "a number"],
        about: "seconds for a statement",
        set: |settings, value| {
            settings.timeout = match value {
                OFF => None,
                seconds => match seconds.parse().map(Duration::try_from_secs_f64) {
                    Ok(Ok(limit)) if !limit.is_zero() => Some(limit),
                    _ => return false,
                },
            };
            true
        },
        get: shown_timeout,
    },
];

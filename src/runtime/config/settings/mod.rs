//! What a session is told by files, the environment, the command line and SET: one entry of [`SETTINGS`] for
//! each setting, and with each value where it came from.

mod table;

pub use table::SETTINGS;
pub(crate) use table::{shown_size, shown_timeout};

use crate::config::limits::Confirm;
use crate::output::Output;
use crate::sinks::{FORMATS, Format};
use rql::{Accumulation, Dialect};
use rql_diagnostics::did_you_mean;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The values of a session's settings.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Files stand in these directories only.
    pub allow_path: Option<Vec<PathBuf>>,
    /// What happens to a statement that takes away many rows at once.
    pub confirm: Confirm,
    /// How results are written.
    pub format: Option<&'static Format>,
    /// Results have no line with the names of their columns.
    pub no_header: bool,
    /// The keys of the prompt's line.
    pub keys: Option<String>,
    /// The language of forms, where they have it.
    pub language: Option<String>,
    /// The file that says what has run.
    pub log: Option<PathBuf>,
    /// How many bytes of rows are held at once, and of memory by an embedded database.
    pub max_memory: Option<u64>,
    /// How many bytes a statement's text may have.
    pub max_query: Option<u64>,
    /// How many rows of a query are given.
    pub max_rows: Option<u64>,
    /// What stands for NULL.
    pub null: Option<String>,
    /// What a script does after an error.
    pub on_error: OnError,
    /// The program that pages what does not fit the prompt's screen; none where it is empty.
    pub pager: Option<String>,
    /// Changes are refused.
    pub read_only: bool,
    /// Results are kept for the same query.
    pub result_cache: bool,
    /// How many bytes of them.
    result_cache_size: Option<u64>,
    /// And how long.
    result_cache_ttl: Option<Duration>,
    /// How running aggregates are computed.
    pub running: Strategy,
    /// Other keys for the window manager: `action=keys, …`.
    pub screen_keys: Option<String>,
    /// The window manager heeds the mouse.
    pub screen_mouse: bool,
    /// The window manager's colours and lines.
    pub screen_theme: Option<String>,
    /// Which numbers of the window's grid have commas between their thousands.
    pub screen_thousands: Thousands,
    /// Whose answers are given.
    pub semantics: Semantics,
    /// The prompt's colours.
    pub theme: Option<String>,
    /// How long a statement may run.
    pub timeout: Option<Duration>,
    /// The time stands below results.
    pub timing: Option<bool>,
    /// Where each value that is no default came from.
    origins: Vec<(&'static str, Origin)>,
}

/// Where the value of a setting came from; each goes before those above it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody has said anything.
    #[default]
    Default,
    /// The person's own file, by its name and line.
    User(String, usize),
    /// The file of the project that is worked in, by its name and line.
    Project(String, usize),
    /// A variable of the environment.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
    /// SET, or a command of the prompt.
    Set,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::User(file, line) => write!(f, "user {file}:{line}"),
            Self::Project(file, line) => write!(f, "project {file}:{line}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Set => f.write_str("SET"),
        }
    }
}

/// Why a setting is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It takes no such value.
    Value,
    /// What comes from there is not made looser by a script or a project.
    Strict(Origin),
}

impl Settings {
    /// Where the value of a setting came from.
    #[must_use]
    pub fn origin(&self, setting: &Setting) -> &Origin {
        let mut known = self.origins.iter();
        let found = known.find(|(name, _)| *name == setting.name);
        found.map_or(&Origin::Default, |(_, origin)| origin)
    }

    /// Gives a setting a value.
    ///
    /// # Errors
    /// Where it takes no such value; where a script or a project would loosen what bounds it.
    pub fn change(
        &mut self,
        setting: &'static Setting,
        value: &str,
        origin: Origin,
    ) -> Result<(), Refused> {
        let mut changed = self.clone();
        if !(setting.set)(&mut changed, value) {
            return Err(Refused::Value);
        }
        let bound = matches!(origin, Origin::Set | Origin::Project(..));
        if bound
            && setting
                .loosens
                .is_some_and(|loosens| loosens(self, &changed))
        {
            return Err(Refused::Strict(self.origin(setting).clone()));
        }
        changed.ascribe(setting, origin);
        *self = changed;
        Ok(())
    }

    /// Says where the value of a setting came from.
    pub(crate) fn ascribe(&mut self, setting: &Setting, origin: Origin) {
        self.origins.retain(|(name, _)| *name != setting.name);
        if origin != Origin::Default {
            self.origins.push((setting.name, origin));
        }
    }
}

impl Settings {
    /// How many bytes of results are kept.
    pub(crate) fn result_cache_size(&self) -> u64 {
        self.result_cache_size.unwrap_or(16 << 20)
    }

    /// How long a result is kept.
    pub(crate) fn result_cache_ttl(&self) -> Duration {
        self.result_cache_ttl.unwrap_or(Duration::from_secs(60))
    }

    /// Writes results as a setting says that somebody has set.
    pub fn present(&self, setting: &Setting, out: &mut Output) {
        match setting.name {
            "format" => out.format = self.format.unwrap_or(out.usual),
            "header" => out.options.header = !self.no_header,
            "null_text" => out.options.null.clone_from(&self.null),
            "timing" => out.timing = self.timing.unwrap_or(out.screen),
            _ => {}
        }
    }
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
    /// The same, and where the query does not allow it, it is refused: as a database without window functions has it.
    Windowless,
}

impl Strategy {
    /// True where a plan for adding up is to be taken.
    pub(crate) fn adds_up(self, dialect: Dialect, plan: &Accumulation) -> bool {
        match self {
            Self::Window => false,
            Self::Manual | Self::Windowless => true,
            Self::Auto => plan.is_faster(dialect),
        }
    }
}

/// Which numbers a grid shows with commas between their thousands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Thousands {
    /// Those of columns in which some have a fraction. Integers are often keys and years.
    #[default]
    Amounts,
    /// All.
    All,
    /// None.
    Off,
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
    /// True where the second allows what the first does not: for what bounds a script.
    loosens: Option<fn(&Settings, &Settings) -> bool>,
}

impl Setting {
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

    /// What it takes, in words.
    #[must_use]
    pub fn wanted(&self) -> String {
        self.values.join(", ")
    }

    /// The value that one that it does not take is perhaps meant for.
    #[must_use]
    pub fn near(&self, value: &str) -> Option<&'static str> {
        did_you_mean(value, self.values.iter().copied())
    }

    /// The variable of the environment that sets it.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("NOCTRA_{}", self.name.to_ascii_uppercase())
    }
}

/// What is said where a setting takes no such value: `a format` and its like are named.
pub(crate) fn refusal(setting: &Setting, value: &str, refused: &Refused) -> String {
    match refused {
        Refused::Strict(origin) => format!(
            "{} is {origin}; a script or a project does not change it",
            setting.name
        ),
        Refused::Value if setting.name == "format" => {
            let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            match did_you_mean(value, names.iter().copied()) {
                Some(near) => format!("there is no format {value}; did you mean {near}?"),
                None => format!("there is no format {value}; there are {}", names.join(", ")),
            }
        }
        Refused::Value => format!("{} cannot be {value}", setting.name),
    }
}

/// The same where there is no place to point to: with what the setting takes.
#[must_use]
pub fn refusal_whole(setting: &Setting, value: &str, refused: &Refused) -> String {
    let said = refusal(setting, value, refused);
    match refused {
        Refused::Value if setting.name != "format" => {
            format!("{said}; it is one of {}", setting.wanted())
        }
        _ => said,
    }
}

/// Where a path that a file of settings names stands.
pub(crate) fn from(folder: Option<&Path>, path: &str) -> PathBuf {
    let home = path.strip_prefix("~/").and_then(|rest| {
        let home = std::env::var_os("HOME").filter(|home| !home.is_empty())?;
        Some(PathBuf::from(home).join(rest))
    });
    match (home, folder) {
        (Some(path), _) => path,
        (None, Some(folder)) => folder.join(path),
        (None, None) => path.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::table::size;
    use super::{Origin, Refused, SETTINGS, Setting, Settings, shown_size};

    #[test]
    fn the_first_value_is_the_default_and_every_default_is_taken() {
        for setting in SETTINGS {
            let mut settings = Settings::default();
            let value = setting.get(&settings);
            assert_eq!(value, setting.values[0]);
            let taken = settings.change(setting, &value, Origin::Set);
            assert_eq!(taken, Ok(()), "{}", setting.name);
            assert_eq!(settings.origin(setting), &Origin::Set);
        }
        assert!(SETTINGS.is_sorted_by_key(|setting| setting.name));
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("64MB"), Some(64 << 20));
        assert_eq!(size("2 gb"), Some(2 << 30));
        assert_eq!(size("100"), Some(100));
        for wrong in ["", "0", "MB", "-1", "1.5MB", "1TB", "99999999999GB"] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
        assert_eq!([shown_size(64 << 20), shown_size(1500)], ["64MB", "1500"]);
    }

    #[test]
    fn what_bounds_a_script_is_only_made_tighter_by_it() {
        let mut settings = Settings::default();
        let mut change = |name: &str, value: &str, origin: Origin| {
            let setting = Setting::named(name).ok_or(Refused::Value)?;
            settings.change(setting, value, origin)
        };
        let flag = Origin::Flag("--read-only".into());
        assert_eq!(change("read_only", "on", flag.clone()), Ok(()));
        let refused = Err(Refused::Strict(flag.clone()));
        assert_eq!(change("read_only", "off", Origin::Set), refused);
        assert_eq!(change("read_only", "off", flag), Ok(()));
        assert_eq!(change("read_only", "on", Origin::Set), Ok(()));
        assert_eq!(change("allow_path", "data", Origin::Set), Ok(()));
        let refused = Err(Refused::Strict(Origin::Set));
        assert_eq!(change("allow_path", "off", Origin::Set), refused);
    }
}

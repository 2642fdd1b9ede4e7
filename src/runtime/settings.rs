//! What a session is told by files, the environment, the command line and SET: one entry of [`SETTINGS`] for
//! each setting, and with each value where it came from.

use crate::limits::Confirm;
use crate::output::Output;
use crate::sinks::{FORMATS, Format};
use rql::{Accumulation, Dialect};
use rql_diagnostics::did_you_mean;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

const OFF: &str = "off";
const ON: &str = "on";
const SWITCH: &[&str] = &[OFF, ON];

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
    /// How running aggregates are computed.
    pub running: Strategy,
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
        changed.origins.retain(|(name, _)| *name != setting.name);
        changed.origins.push((setting.name, origin));
        *self = changed;
        Ok(())
    }
}

impl Settings {
    /// Writes results as a setting says that somebody has set.
    pub fn present(&self, setting: &Setting, out: &mut Output) {
        match setting.name {
            "format" => {
                if let Some(format) = self.format {
                    out.format = format;
                }
            }
            "header" => out.options.header = !self.no_header,
            "null_text" => out.options.null.clone_from(&self.null),
            "timing" => out.timing = self.timing.unwrap_or(out.timing),
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

/// Reads a word in the place of a value.
macro_rules! word {
    ($field:ident: $($word:literal => $value:expr),*) => {
        |settings, value| {
            settings.$field = match value.to_ascii_lowercase().as_str() {
                $($word => $value,)*
                _ => return false,
            };
            true
        }
    };
}

/// The value that `off` takes away, where the rest reads as one.
fn limit<T>(field: &mut Option<T>, value: &str, read: impl FnOnce(&str) -> Option<T>) -> bool {
    if value.eq_ignore_ascii_case(OFF) {
        *field = None;
        return true;
    }
    match read(value) {
        Some(read) => {
            *field = Some(read);
            true
        }
        None => false,
    }
}

fn shown<T>(field: Option<&T>, show: impl FnOnce(&T) -> String) -> String {
    field.map_or(OFF.to_owned(), show)
}

fn switch(value: bool) -> String {
    SWITCH[usize::from(value)].to_owned()
}

fn is_on(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "on" | "true" => Some(true),
        "off" | "false" => Some(false),
        _ => None,
    }
}

/// Units of memory as PostgreSQL writes them, each 1,024 of the one before.
const UNITS: [(&str, u32); 4] = [("GB", 30), ("MB", 20), ("kB", 10), ("", 0)];

/// A number of bytes, with a unit or without.
pub(crate) fn size(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let unit = unit.trim();
    let (_, shift) = UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    let bytes = number.parse::<u64>().ok()?.checked_mul(1 << shift)?;
    (bytes > 0).then_some(bytes)
}

/// The same in the largest unit that says it exactly.
pub(crate) fn shown_size(bytes: u64) -> String {
    let exact = |(_, shift): &&(&str, u32)| bytes.is_multiple_of(1 << shift);
    let (name, shift) = UNITS.iter().find(exact).unwrap_or(&("", 0));
    format!("{}{name}", bytes >> shift)
}

fn directories(text: &str) -> Option<Vec<PathBuf>> {
    let all: Vec<PathBuf> = std::env::split_paths(text)
        .filter(|path| !path.as_os_str().is_empty())
        .collect();
    (!all.is_empty()).then_some(all)
}

fn shown_paths(paths: &[PathBuf]) -> String {
    let joined = std::env::join_paths(paths).unwrap_or_default();
    joined.to_string_lossy().into_owned()
}

/// Seconds a statement may run, as people write them.
pub(crate) fn shown_timeout(settings: &Settings) -> String {
    shown(settings.timeout.as_ref(), |limit| {
        limit.as_secs_f64().to_string()
    })
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// Every setting, in the order of their names.
pub static SETTINGS: &[Setting] = &[
    Setting {
        name: "allow_path",
        values: &[OFF, "directories"],
        about: "files are read and written in these directories only",
        set: |settings, value| limit(&mut settings.allow_path, value, directories),
        get: |settings| shown(settings.allow_path.as_ref(), |all| shown_paths(all)),
        loosens: Some(|old, new| old.allow_path.is_some() && old.allow_path != new.allow_path),
    },
    Setting {
        name: "confirm",
        values: &["terminal", "always", "never"],
        about: "where changes of all rows, DROP and TRUNCATE are asked about; with always scripts refuse them",
        set: word!(confirm: "terminal" => Confirm::Terminal, "always" => Confirm::Always, "never" => Confirm::Never),
        get: |settings| format!("{:?}", settings.confirm).to_lowercase(),
        loosens: None,
    },
    Setting {
        name: "format",
        values: &["auto", "a format"],
        about: "how results are written",
        set: |settings, value| {
            settings.format = match value.to_ascii_lowercase().as_str() {
                "auto" => None,
                name => match Format::named(name) {
                    Some(format) => Some(format),
                    None => return false,
                },
            };
            true
        },
        get: |settings| {
            settings
                .format
                .map_or("auto", |format| format.name)
                .to_owned()
        },
        loosens: None,
    },
    Setting {
        name: "header",
        values: &[ON, OFF],
        about: "results begin with the names of their columns",
        set: |settings, value| {
            settings.no_header = match is_on(value) {
                Some(on) => !on,
                None => return false,
            };
            true
        },
        get: |settings| switch(!settings.no_header),
        loosens: None,
    },
    Setting {
        name: "keys",
        values: &["emacs", "vi"],
        about: "the keys of the prompt's line",
        set: word!(keys: "emacs" => text("emacs"), "vi" => text("vi")),
        get: |settings| settings.keys.as_deref().unwrap_or("emacs").to_owned(),
        loosens: None,
    },
    Setting {
        name: "language",
        values: &[OFF, "a language"],
        about: "the language of forms that have their texts in several, as de",
        set: |settings, value| {
            limit(&mut settings.language, value, |value| {
                let letter = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
                let word = !value.is_empty() && value.chars().all(letter);
                word.then(|| value.to_owned())
            })
        },
        get: |settings| shown(settings.language.as_ref(), String::clone),
        loosens: None,
    },
    Setting {
        name: "log",
        values: &[OFF, "a file"],
        about: "the file that says what has run, a line of JSON for each statement",
        set: |settings, value| limit(&mut settings.log, value, |file| Some(file.into())),
        get: |settings| shown(settings.log.as_ref(), |file| file.display().to_string()),
        loosens: Some(|old, new| old.log.is_some() && old.log != new.log),
    },
    Setting {
        name: "max_memory",
        values: &[OFF, "a size"],
        about: "rows held at once, and what SQLite and DuckDB may take, as 64MB",
        set: |settings, value| limit(&mut settings.max_memory, value, size),
        get: |settings| shown(settings.max_memory.as_ref(), |&bytes| shown_size(bytes)),
        loosens: None,
    },
    Setting {
        name: "max_query",
        values: &[OFF, "a size"],
        about: "the length of a statement, at most",
        set: |settings, value| limit(&mut settings.max_query, value, size),
        get: |settings| shown(settings.max_query.as_ref(), |&bytes| shown_size(bytes)),
        loosens: None,
    },
    Setting {
        name: "max_rows",
        values: &[OFF, "a number"],
        about: "rows of a query, at most",
        set: |settings, value| limit(&mut settings.max_rows, value, |rows| rows.parse().ok()),
        get: |settings| shown(settings.max_rows.as_ref(), u64::to_string),
        loosens: None,
    },
    Setting {
        name: "null_text",
        values: &["auto", "a text"],
        about: "what stands for NULL",
        set: |settings, value| {
            settings.null = (value != "auto").then(|| value.to_owned());
            true
        },
        get: |settings| settings.null.clone().unwrap_or_else(|| "auto".to_owned()),
        loosens: None,
    },
    Setting {
        name: "on_error",
        values: &["stop", "continue"],
        about: "after an error, a script …",
        set: word!(on_error: "stop" => OnError::Stop, "continue" => OnError::Continue),
        get: |settings| format!("{:?}", settings.on_error).to_lowercase(),
        loosens: None,
    },
    Setting {
        name: "pager",
        values: &["auto", OFF, "a command"],
        about: "what pages results that do not fit the prompt's screen; auto is $PAGER",
        set: |settings, value| {
            settings.pager = match value {
                "auto" => None,
                OFF => Some(String::new()),
                command => Some(command.to_owned()),
            };
            true
        },
        get: |settings| match settings.pager.as_deref() {
            None => "auto".to_owned(),
            Some("") => OFF.to_owned(),
            Some(command) => command.to_owned(),
        },
        loosens: None,
    },
    Setting {
        name: "read_only",
        values: SWITCH,
        about: "nothing is changed",
        set: |settings, value| {
            settings.read_only = match is_on(value) {
                Some(on) => on,
                None => return false,
            };
            true
        },
        get: |settings| switch(settings.read_only),
        loosens: Some(|old, new| old.read_only && !new.read_only),
    },
    Setting {
        name: "running",
        values: &["auto", "window", "manual"],
        about: "how RUNSUM and its kin run",
        set: word!(running: "auto" => Strategy::Auto, "window" => Strategy::Window, "manual" => Strategy::Manual),
        get: |settings| format!("{:?}", settings.running).to_lowercase(),
        loosens: None,
    },
    Setting {
        name: "semantics",
        values: &["postgresql", "native"],
        about: "whose answers are given",
        set: word!(semantics: "postgresql" => Semantics::Postgresql, "native" => Semantics::Native),
        get: |settings| format!("{:?}", settings.semantics).to_lowercase(),
        loosens: None,
    },
    Setting {
        name: "theme",
        values: &["dark", "light", "calm", "plain"],
        about: "the prompt's colours",
        set: word!(theme: "dark" => text("dark"), "light" => text("light"), "calm" => text("calm"), "plain" => text("plain")),
        get: |settings| settings.theme.as_deref().unwrap_or("dark").to_owned(),
        loosens: None,
    },
    Setting {
        name: "timeout",
        values: &[OFF, "a number"],
        about: "seconds for a statement",
        set: |settings, value| {
            limit(&mut settings.timeout, value, |seconds| {
                let limit = Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?;
                (!limit.is_zero()).then_some(limit)
            })
        },
        get: shown_timeout,
        loosens: None,
    },
    Setting {
        name: "timing",
        values: &["auto", ON, OFF],
        about: "the time stands below results; auto is on at a terminal",
        set: |settings, value| {
            settings.timing = match value.to_ascii_lowercase().as_str() {
                "auto" => None,
                other => match is_on(other) {
                    Some(on) => Some(on),
                    None => return false,
                },
            };
            true
        },
        get: |settings| settings.timing.map_or("auto".to_owned(), switch),
        loosens: None,
    },
];

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
    use super::{Origin, Refused, SETTINGS, Setting, Settings, shown_size, size};

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

//! The table of settings: what each takes, and how it reads and shows it.

use super::{OnError, Semantics, Setting, Settings, Strategy, Thousands};
use crate::config::limits::Confirm;
use crate::sinks::Format;
use std::path::PathBuf;
use std::time::Duration;

const OFF: &str = "off";
const ON: &str = "on";
const SWITCH: &[&str] = &[OFF, ON];

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

/// A time in seconds, which is not 0.
fn seconds(text: &str) -> Option<Duration> {
    let time = Duration::try_from_secs_f64(text.parse().ok()?).ok()?;
    (!time.is_zero()).then_some(time)
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
        about: "whether a script goes on after an error",
        set: word!(on_error: "stop" => OnError::Stop, "continue" => OnError::Continue),
        get: |settings| format!("{:?}", settings.on_error).to_lowercase(),
        loosens: None,
    },
    Setting {
        name: "pager",
        values: &["auto", OFF, "a command"],
        about: "what pages results that do not fit the prompt's screen; auto is $PAGER, or less",
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
        name: "result_cache",
        values: SWITCH,
        about: "the rows of a query are kept for the same query, until the session changes something",
        set: |settings, value| match is_on(value) {
            Some(on) => {
                settings.result_cache = on;
                true
            }
            None => false,
        },
        get: |settings| switch(settings.result_cache),
        loosens: None,
    },
    Setting {
        name: "result_cache_size",
        values: &["16MB", "a size"],
        about: "how much of them, at most",
        set: |settings, value| {
            settings.result_cache_size = size(value);
            settings.result_cache_size.is_some()
        },
        get: |settings| shown_size(settings.result_cache_size()),
        loosens: None,
    },
    Setting {
        name: "result_cache_ttl",
        values: &["60", "a number"],
        about: "seconds for which they are kept, whatever others change",
        set: |settings, value| {
            settings.result_cache_ttl = seconds(value);
            settings.result_cache_ttl.is_some()
        },
        get: |settings| settings.result_cache_ttl().as_secs_f64().to_string(),
        loosens: None,
    },
    Setting {
        name: "running",
        values: &["auto", "window", "manual", "windowless"],
        about: "how RUNSUM and its kin run",
        set: word!(running: "auto" => Strategy::Auto, "window" => Strategy::Window, "manual" => Strategy::Manual, "windowless" => Strategy::Windowless),
        get: |settings| format!("{:?}", settings.running).to_lowercase(),
        loosens: None,
    },
    Setting {
        name: "screen_keys",
        values: &[OFF, "a list"],
        about: "other keys for the window manager, as action=keys, …",
        set: |settings, value| limit(&mut settings.screen_keys, value, text),
        get: |settings| shown(settings.screen_keys.as_ref(), Clone::clone),
        loosens: None,
    },
    Setting {
        name: "screen_mouse",
        values: SWITCH,
        about: "the window manager heeds the mouse",
        set: |settings, value| match is_on(value) {
            Some(on) => {
                settings.screen_mouse = on;
                true
            }
            None => false,
        },
        get: |settings| switch(settings.screen_mouse),
        loosens: None,
    },
    Setting {
        name: "screen_theme",
        values: &["classic", "modern", "mono", "ascii"],
        about: "the window manager's colours and lines",
        set: word!(screen_theme: "classic" => text("classic"), "modern" => text("modern"), "mono" => text("mono"), "ascii" => text("ascii")),
        get: |settings| {
            let theme = settings.screen_theme.as_deref();
            theme.unwrap_or("classic").to_owned()
        },
        loosens: None,
    },
    Setting {
        name: "screen_thousands",
        values: &["amounts", "all", "off"],
        about: "which numbers of the window manager's grid have commas: those of columns with fractions, all, none",
        set: word!(screen_thousands: "amounts" => Thousands::Amounts, "all" => Thousands::All, "off" => Thousands::Off),
        get: |settings| format!("{:?}", settings.screen_thousands).to_lowercase(),
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
        set: |settings, value| limit(&mut settings.timeout, value, seconds),
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

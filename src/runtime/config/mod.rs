//! Where settings and connections are written down: the person's `noctra.toml`, the project's, and the
//! environment. What the files may say is the table of settings, `db`, and [`KEYS`] of each connection.

pub(crate) mod limits;
pub(crate) mod passwords;
pub(crate) mod profiles;
pub(crate) mod reach;
pub(crate) mod secrets;
pub(crate) mod server;
pub(crate) mod settings;
pub(crate) mod target;

use crate::Source;
use crate::config::limits::Confirm;
use crate::config::profiles::{COLORS, Profile, Profiles};
use crate::config::settings::{Origin, Refused, Setting, Settings};
use crate::config::target::Target;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, LineIndex, codes, did_you_mean};
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};
use toml::{Spanned, de::DeString};

/// What is configured before a session begins.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    /// The settings, with where each came from.
    pub settings: Settings,
    /// The connections that have a name.
    pub connections: Profiles,
    /// Where to work where the command line does not say.
    pub database: Option<String>,
}

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The person's own, which may name programs.
    User,
    /// The project's, which may have come from anywhere: it names no programs and loosens no limits.
    Project,
}

/// What is wrong with a configuration.
#[derive(Debug)]
pub enum Misconfigured {
    /// In a file, at these places.
    File(Source, Vec<Diagnostic>),
    /// A file that cannot be read, or a variable.
    Other(String),
}

/// The name of a file of settings.
const FILE: &str = "noctra.toml";
/// What names the database where nothing else does; `NOCTRA_DB` in the environment.
const DATABASE: &str = "db";
/// The part of the file that has the connections.
const CONNECTIONS: &str = "connections";

/// What is said of a connection.
const KEYS: &[&str] = &["url", "color", "read_only", "confirm", "password_command"];

/// What a project's file may not say: programs that run and files that are written.
const OWN: &[&str] = &["log", "pager", "password_command"];

impl Configuration {
    /// The files that there are: the person's, then the nearest above a directory.
    #[must_use]
    pub fn files(directory: &Path) -> Vec<(PathBuf, Owner)> {
        let user = user_file().filter(|file| file.is_file());
        let above = directory.ancestors().map(|folder| folder.join(FILE));
        let project = above
            .filter(|file| Some(file) != user.as_ref())
            .find(|file| file.is_file());
        let user = user.map(|file| (file, Owner::User));
        user.into_iter()
            .chain(project.map(|file| (file, Owner::Project)))
            .collect()
    }

    /// Reads files, each going before the one before it, and then the environment.
    ///
    /// # Errors
    /// What is wrong in the first of them where something is.
    pub fn load(
        files: &[(PathBuf, Owner)],
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Misconfigured> {
        let mut configuration = Self::default();
        for (path, owner) in files {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Misconfigured::Other(format!("cannot read {}: {error}", path.display()))
            })?;
            let name = path.display().to_string();
            let mut reading = Reading {
                lines: LineIndex::new(&text),
                name: &name,
                owner: *owner,
                folder: path.parent(),
                into: &mut configuration,
                wrong: Vec::new(),
            };
            reading.file(&text);
            let wrong = reading.wrong;
            if !wrong.is_empty() {
                return Err(Misconfigured::File(Source::new(name, text), wrong));
            }
        }
        configuration.environment(environment)?;
        Ok(configuration)
    }

    fn environment(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(), Misconfigured> {
        let known = || settings::SETTINGS.iter().map(Setting::variable);
        for (name, value) in variables {
            if !name.starts_with("NOCTRA_") || value.is_empty() {
                continue;
            }
            if name == "NOCTRA_DB" {
                self.database = Some(value);
                continue;
            }
            let Some(at) = known().position(|variable| variable == name) else {
                let known: Vec<String> = known().collect();
                // Others have variables of this beginning too; one letter wrong is a mistake.
                match did_you_mean(&name, known.iter().map(String::as_str)) {
                    Some(near) => {
                        return Err(Misconfigured::Other(format!(
                            "no setting is named by {name} in the environment; did you mean {near}?"
                        )));
                    }
                    None => continue,
                }
            };
            let setting = &settings::SETTINGS[at];
            let origin = Origin::Environment(name.clone());
            self.settings
                .change(setting, &value, origin)
                .map_err(|refused| {
                    let why = settings::refusal_whole(setting, &value, &refused);
                    Misconfigured::Other(format!("{name} in the environment: {why}"))
                })?;
        }
        Ok(())
    }
}

/// `$XDG_CONFIG_HOME/noctra/noctra.toml`, by default under `~/.config` (`%APPDATA%` on Windows).
fn user_file() -> Option<PathBuf> {
    let variable = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let folder = variable("XDG_CONFIG_HOME")
        .or_else(|| variable("APPDATA"))
        .or_else(|| Some(variable("HOME")?.join(".config")))?;
    Some(folder.join("noctra").join(FILE))
}

/// A file that is being read.
struct Reading<'r> {
    lines: LineIndex<'r>,
    name: &'r str,
    owner: Owner,
    folder: Option<&'r Path>,
    into: &'r mut Configuration,
    wrong: Vec<Diagnostic>,
}

fn span(range: Range<usize>) -> Span {
    let at = |place| u32::try_from(place).unwrap_or(u32::MAX);
    Span::new(at(range.start), at(range.end))
}

fn wrong(message: impl Into<String>, place: Range<usize>, label: &str) -> Diagnostic {
    Diagnostic::error(codes::CONFIGURATION, message).label(span(place), label)
}

type Key<'t> = Spanned<DeString<'t>>;
type Item<'t> = Spanned<DeValue<'t>>;

impl Reading<'_> {
    fn file(&mut self, text: &str) {
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let place = error.span().unwrap_or(0..0);
                let message = error.message().lines().next().unwrap_or("").to_owned();
                return self.wrong.push(wrong(message, place, "this is not TOML"));
            }
        };
        for (key, value) in &table {
            let name: &str = key.get_ref();
            match (name, value.get_ref()) {
                (CONNECTIONS, DeValue::Table(connections)) => {
                    for (name, value) in connections {
                        self.connection(name, value);
                    }
                }
                (CONNECTIONS, _) => self.wrong.push(
                    wrong("connections is a table", value.span(), "not this")
                        .help("[connections.shop] begins one that is named shop"),
                ),
                (DATABASE, _) => {
                    if let Some(url) = self.text(value) {
                        self.into.database = Some(url);
                    }
                }
                _ => self.setting(key, value),
            }
        }
    }

    fn origin(&self, place: usize) -> Origin {
        let line = self.lines.position(span(place..place).start).line;
        let name = self.name.to_owned();
        match self.owner {
            Owner::User => Origin::User(name, line),
            Owner::Project => Origin::Project(name, line),
        }
    }

    fn setting(&mut self, key: &Key<'_>, value: &Item<'_>) {
        let name: &str = key.get_ref();
        let Some(setting) = settings::SETTINGS.iter().find(|s| s.name == name) else {
            let known = settings::SETTINGS.iter().map(|setting| setting.name);
            let known = known.chain([DATABASE, CONNECTIONS]);
            return self.unknown("there is no setting", key, known);
        };
        if !self.may(key) {
            return;
        }
        let Some(text) = self.value(setting, value) else {
            return;
        };
        let origin = self.origin(key.span().start);
        let Err(refused) = self.into.settings.change(setting, &text, origin) else {
            return;
        };
        let message = settings::refusal(setting, &text, &refused);
        let label = match refused {
            Refused::Value => format!("it is one of {}", setting.wanted()),
            Refused::Strict(_) => "not this".to_owned(),
        };
        let error = wrong(message, value.span(), &label);
        let near = setting
            .near(&text)
            .filter(|near| refused == Refused::Value && !near.contains(' '));
        self.wrong.push(match near {
            Some(near) => error.suggest(
                format!("did you mean {near}?"),
                span(value.span()),
                format!("\"{near}\""),
            ),
            None => error,
        });
    }

    fn unknown<'k>(
        &mut self,
        what: &str,
        key: &Key<'_>,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        let name: &str = key.get_ref();
        let error = wrong(format!("{what} {name}"), key.span(), "not known here");
        self.wrong.push(match did_you_mean(name, known.clone()) {
            Some(near) => error.suggest(format!("did you mean {near}?"), span(key.span()), near),
            None => error.help(format!(
                "there are {}",
                known.collect::<Vec<_>>().join(", ")
            )),
        });
    }

    /// True where this file may say that.
    fn may(&mut self, key: &Key<'_>) -> bool {
        let name: &str = key.get_ref();
        let may = self.owner == Owner::User || !OWN.contains(&name);
        if !may {
            let error = wrong(
                format!("{name} is no matter of a project"),
                key.span(),
                "it runs a program or writes a file",
            );
            let own = user_file().map_or(FILE.to_owned(), |file| file.display().to_string());
            self.wrong
                .push(error.help(format!("it may stand in {own}")));
        }
        may
    }

    /// A value of a setting as people write it behind SET.
    fn value(&mut self, setting: &Setting, value: &Item<'_>) -> Option<String> {
        let paths = matches!(setting.name, "allow_path" | "log");
        let path = |text: &str| match text {
            "off" => text.to_owned(),
            text => settings::from(self.folder, text).display().to_string(),
        };
        match value.get_ref() {
            DeValue::String(text) if paths => Some(path(text)),
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) => Some(number.as_str().replace('_', "")),
            DeValue::Float(number) => Some(number.as_str().replace('_', "")),
            DeValue::Boolean(on) => Some(if *on { "on" } else { "off" }.to_owned()),
            DeValue::Array(items) if setting.name == "allow_path" => {
                let texts = items.iter().map(|item| item.get_ref().as_str().map(path));
                let texts: Option<Vec<String>> = texts.collect();
                let joined = texts.and_then(|texts| std::env::join_paths(texts).ok());
                let joined = joined.map(|joined| joined.to_string_lossy().into_owned());
                if joined.is_none() {
                    let error = wrong("a list of directories is wanted", value.span(), "not this");
                    self.wrong.push(error);
                }
                joined
            }
            other => {
                let message = format!("{} takes no {}", setting.name, other.type_str());
                let label = format!("it is one of {}", setting.wanted());
                self.wrong.push(wrong(message, value.span(), &label));
                None
            }
        }
    }

    fn text(&mut self, value: &Item<'_>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong
                .push(wrong("a text is wanted here", value.span(), "not this"));
        }
        text
    }

    fn connection(&mut self, name: &Key<'_>, value: &Item<'_>) {
        let DeValue::Table(table) = value.get_ref() else {
            let error = wrong("a connection is a table", value.span(), "not this");
            return self.wrong.push(error.help("[connections.shop] begins one"));
        };
        let before = self.wrong.len();
        let mut profile = Profile::new(name.get_ref().to_lowercase());
        for (key, value) in table {
            if KEYS.contains(&key.get_ref().as_ref()) {
                if self.may(key) {
                    self.key(&mut profile, key.get_ref(), value);
                }
            } else {
                self.unknown("a connection has no", key, KEYS.iter().copied());
            }
        }
        if profile.target.is_none() && self.wrong.len() == before {
            let message = format!("the connection {} has no url", profile.name);
            let error = wrong(message, name.span(), "this one");
            self.wrong
                .push(error.help("url = \"postgres://host/database\""));
        }
        // Whole, never mixed with another file's: a password does not go where a project says.
        self.into.connections.add(profile);
    }

    fn key(&mut self, profile: &mut Profile, key: &str, value: &Item<'_>) {
        if key == "read_only" {
            match value.get_ref().as_bool() {
                Some(on) => profile.read_only = on,
                None => {
                    let error = wrong("read_only is true or false", value.span(), "not this");
                    self.wrong.push(error);
                }
            }
            return;
        }
        let Some(text) = self.text(value) else {
            return;
        };
        let problem = match key {
            "url" => match Target::parse(&text) {
                Ok(target) => {
                    profile.target = Some(target.within(self.folder));
                    return;
                }
                Err(error) => wrong(error.to_string(), value.span(), "not this"),
            },
            "color" => match COLORS.iter().find(|(name, _)| *name == text) {
                Some((name, _)) => {
                    profile.color = Some(name);
                    return;
                }
                None => {
                    let names = COLORS.iter().map(|(name, _)| *name);
                    let error = wrong(
                        format!("there is no color {text}"),
                        value.span(),
                        "not this",
                    );
                    match did_you_mean(&text, names.clone()) {
                        Some(near) => error.help(format!("did you mean {near}?")),
                        None => error.help(format!(
                            "there are {}",
                            names.collect::<Vec<_>>().join(", ")
                        )),
                    }
                }
            },
            "confirm" => match text.as_str() {
                "terminal" | "always" | "never" => {
                    profile.confirm = Some(match text.as_str() {
                        "always" => Confirm::Always,
                        "never" => Confirm::Never,
                        _ => Confirm::Terminal,
                    });
                    return;
                }
                _ => wrong(
                    format!("confirm cannot be {text}"),
                    value.span(),
                    "it is one of terminal, always, never",
                ),
            },
            _ => {
                profile.password_command = Some(text);
                return;
            }
        };
        self.wrong.push(problem);
    }
}

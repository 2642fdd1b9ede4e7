//! What `noctra` takes on its command line.

use clap::Parser;
use noctra_runtime::sinks::{FORMATS, Format, Options, set_option};
use noctra_runtime::{
    Configuration, Origin, Owner, Place, SETTINGS, Settings, Target, refusal_whole,
};
use std::path::{Path, PathBuf};

/// RQL for every database: run a script, a statement, or work at the prompt.
#[derive(Debug, Parser)]
#[command(name = "noctra", version)]
pub(crate) struct Arguments {
    /// A script (.rql, .sql) to run, or a database to open; a script may follow the database.
    #[arg(value_name = "FILE|DATABASE")]
    place: Option<PathBuf>,
    /// Arguments of the script: $1, $2, …
    #[arg(value_name = "ARG")]
    arguments: Vec<String>,
    /// Run this text; may stand several times.
    #[arg(short = 'c', long = "command", value_name = "RQL")]
    commands: Vec<String>,
    /// Open this database: sqlite:FILE, duckdb:FILE, postgres://…, mariadb://…, a file, or the name of a
    /// connection in noctra.toml; NOCTRA_DB may name it instead.
    #[arg(long, value_name = "URL")]
    db: Option<String>,
    /// Open the demo database.
    #[arg(long, conflicts_with = "db")]
    demo: bool,
    /// Give a variable a value; may stand several times.
    #[arg(long = "var", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// How results are written.
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// An option of the format, as OPTIONS of EXPORT takes them: delimiter=';', date_format=DD.MM.YYYY; may stand
    /// several times.
    #[arg(long = "option", value_name = "NAME=VALUE")]
    options: Vec<String>,
    /// Write results to this file, which appears when all has run.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Leave the columns' names out.
    #[arg(long)]
    no_header: bool,
    /// What stands for NULL.
    #[arg(long, value_name = "TEXT")]
    null: Option<String>,
    /// Open the window manager on the whole screen.
    #[arg(long)]
    pub(crate) tui: bool,
    /// Change nothing: what would is refused.
    #[arg(long)]
    read_only: bool,
    /// Cancel a statement that runs longer.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<String>,
    /// Give the first rows of a query only.
    #[arg(long, value_name = "N")]
    max_rows: Option<String>,
    /// Refuse statements that are longer, in bytes or as 64kB.
    #[arg(long, value_name = "SIZE")]
    max_query: Option<String>,
    /// Hold no more rows at once, and let SQLite and DuckDB take no more, in bytes or as 64MB.
    #[arg(long, value_name = "SIZE")]
    max_memory: Option<String>,
    /// Read and write files in this directory only; may stand several times.
    #[arg(long, value_name = "DIRECTORY")]
    allow_path: Vec<PathBuf>,
    /// Where to ask before all rows of a table are changed: terminal, always (scripts do not run it), never.
    #[arg(long, value_name = "WHERE")]
    confirm: Option<String>,
    /// Add a line of JSON to this file for each statement that runs.
    #[arg(long, value_name = "FILE")]
    log: Option<String>,
    /// What a script does after an error: stop, or continue, which exits 1 in the end.
    #[arg(long, value_name = "WHAT")]
    on_error: Option<String>,
    /// Read this file of settings in the place of noctra.toml.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Arguments {
    /// The script to run: the first argument, or the second where the first is a database.
    pub(crate) fn script(&self) -> Option<&Path> {
        let place = self.place.as_deref()?;
        let second = || self.arguments.first().map(Path::new);
        match is_script(place) {
            true => Some(place),
            false => second().filter(|second| is_script(second)),
        }
    }

    /// The arguments of the script.
    pub(crate) fn positional(&self) -> &[String] {
        let first = self.place.as_deref();
        let script = self.script();
        let behind = match script {
            Some(script) => usize::from(Some(script) != first),
            None => self
                .arguments
                .iter()
                .take_while(|text| is_typed(text))
                .count(),
        };
        self.arguments.get(behind..).unwrap_or(&[])
    }

    /// The texts to run: those of `-c`; without them, statements where the shells of SQLite and DuckDB take them.
    pub(crate) fn texts(&self) -> Vec<&str> {
        if self.script().is_some() || !self.commands.is_empty() {
            return self.commands.iter().map(String::as_str).collect();
        }
        let first = self.place.as_deref().and_then(Path::to_str);
        let first = first.filter(|text| is_typed(text));
        let more = self.arguments.iter().map(String::as_str);
        first
            .into_iter()
            .chain(more.take_while(|text| is_typed(text)))
            .collect()
    }

    /// The database that the first argument names.
    fn database(&self) -> Option<&Path> {
        let place = self.place.as_deref()?;
        let typed = self.commands.is_empty() && place.to_str().is_some_and(is_typed);
        (!is_script(place) && !typed).then_some(place)
    }

    /// Where to work: `--db`, `--demo`, a file, what is configured, or an empty database in memory.
    pub(crate) fn place(&self, configuration: &Configuration) -> Result<Place, String> {
        let named = |text: &str| {
            let place = configuration.connections.place(text);
            place.map_err(|error| error.to_string())
        };
        match (self.database(), &self.db, self.demo) {
            (Some(place), None, false) => {
                let text = place
                    .to_str()
                    .ok_or("the name of the database is not UTF-8")?;
                named(text)
            }
            (Some(place), ..) => Err(format!(
                "{} is no script, and the database is given already; -c takes a statement",
                place.display()
            )),
            (None, Some(url), _) => named(url),
            (None, None, true) => Ok(Target::Demo.into()),
            (None, None, false) => match &configuration.database {
                Some(url) => named(url),
                None => Ok(Target::SqliteMemory.into()),
            },
        }
    }

    /// The files of settings that are read.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Owner)> {
        match &self.config {
            Some(file) => vec![(file.clone(), Owner::User)],
            None => {
                let here = std::env::current_dir();
                here.map_or_else(|_| Vec::new(), |here| Configuration::files(&here))
            }
        }
    }

    /// The output format: as told, by the output file's extension, or the box.
    pub(crate) fn format(&self, settings: &Settings) -> Result<&'static Format, String> {
        let file = self.output.as_deref().filter(|_| self.format.is_none());
        match file.map(|file| (file, Format::of_file(file))) {
            Some((_, Some(format))) => Ok(format),
            Some((file, None)) if settings.format.is_none() => {
                let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
                let (file, names) = (file.display(), names.join(", "));
                Err(format!(
                    "which format {file} has is not clear; --format takes {names}"
                ))
            }
            _ => Ok(settings.format.unwrap_or(&FORMATS[0])),
        }
    }

    /// True where a program reads what is written, and what is said of it.
    pub(crate) fn is_for_programs(&self) -> bool {
        let format = self.format.as_deref().and_then(Format::named);
        format.is_some_and(Format::is_json)
    }

    /// Writes results by the options that are given.
    pub(crate) fn set_options(&self, format: &Format, to: &mut Options) -> Result<(), String> {
        for option in &self.options {
            let (name, value) = option
                .split_once('=')
                .ok_or_else(|| format!("--option takes NAME=VALUE, not {option}"))?;
            set_option(to, format, name.trim(), value)?;
        }
        Ok(())
    }

    /// What the command line sets.
    pub(crate) fn apply(&self, settings: &mut Settings) -> Result<(), String> {
        let paths = std::env::join_paths(&self.allow_path).map_err(|error| error.to_string())?;
        let paths = (!paths.is_empty()).then(|| paths.to_string_lossy().into_owned());
        let on = |on: bool, value: &str| on.then(|| value.to_owned());
        for (name, value) in [
            ("allow_path", paths),
            ("confirm", self.confirm.clone()),
            ("format", self.format.clone()),
            ("header", on(self.no_header, "off")),
            ("log", self.log.clone()),
            ("max_memory", self.max_memory.clone()),
            ("max_query", self.max_query.clone()),
            ("max_rows", self.max_rows.clone()),
            ("null_text", self.null.clone()),
            ("on_error", self.on_error.clone()),
            ("read_only", on(self.read_only, "on")),
            ("timeout", self.timeout.clone()),
        ] {
            let setting = SETTINGS.iter().find(|setting| setting.name == name);
            let (Some(value), Some(setting)) = (value, setting) else {
                continue;
            };
            let flag = match name {
                "header" => "--no-header".to_owned(),
                "null_text" => "--null".to_owned(),
                _ => format!("--{}", name.replace('_', "-")),
            };
            let changed = settings.change(setting, &value, Origin::Flag(flag.clone()));
            changed.map_err(|refused| {
                format!("{flag}: {}", refusal_whole(setting, &value, &refused))
            })?;
        }
        Ok(())
    }

    /// Variables and positional arguments, by name.
    pub(crate) fn variables(&self) -> Result<Vec<(String, String)>, String> {
        let positional = (1..).zip(self.positional());
        let positional = positional.map(|(at, value)| Ok((at.to_string(), value.clone())));
        let named = self
            .variables
            .iter()
            .map(|text| match text.split_once('=') {
                Some((name, value)) if !name.trim().is_empty() => {
                    Ok((name.trim().to_lowercase(), value.to_owned()))
                }
                _ => Err(format!("--var takes NAME=VALUE, not {text}")),
            });
        positional.chain(named).collect()
    }
}

/// True where an argument is meant to run, and no file of this name is there.
fn is_typed(text: &str) -> bool {
    noctra_repl::is_typed(text) && !Path::new(text).exists()
}

fn is_script(place: &Path) -> bool {
    let extension = place
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or("");
    ["rql", "sql"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::{CommandFactory as _, Parser as _};
    use noctra_runtime::{Configuration, Target};

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_first_argument_is_a_script_or_a_database() {
        let target = |args: &[&str]| {
            let all = [&["noctra"], args].concat();
            let given = Arguments::try_parse_from(all).map_err(|error| error.to_string())?;
            let place = given.place(&Configuration::default());
            place.map(|place| place.target)
        };
        assert_eq!(target(&["a.sqlite"]), Ok(Target::Sqlite("a.sqlite".into())));
        assert_eq!(target(&["a.rql"]), Ok(Target::SqliteMemory));
        assert_eq!(target(&["--demo", "a.rql"]), Ok(Target::Demo));
        assert!(target(&["a.sqlite", "--demo"]).is_err());
        let script = |args: &[&str]| {
            let all = [&["noctra"], args].concat();
            let given = Arguments::try_parse_from(all).map_err(|error| error.to_string())?;
            let name = given.script().map(|path| path.display().to_string());
            Ok::<_, String>((name, given.positional().to_vec()))
        };
        let one = vec!["1".to_owned()];
        assert_eq!(
            script(&["a.rql", "1"]),
            Ok((Some("a.rql".into()), one.clone()))
        );
        assert_eq!(
            script(&["a.db", "a.rql", "1"]),
            Ok((Some("a.rql".into()), one.clone()))
        );
        assert_eq!(script(&["a.db", "1"]), Ok((None, one)));
        assert!(target(&["--demo", "--db", "x"]).is_err());
    }
}

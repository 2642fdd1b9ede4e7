//! What `noctra` takes on its command line.

use clap::Parser;
use noctra_runtime::sinks::{FORMATS, Format};
use noctra_runtime::{OnError, Setting, Settings, Target};
use rql_diagnostics::did_you_mean;
use std::path::{Path, PathBuf};

/// The variable that names the database where the command line does not: a password in it is not seen by who
/// lists the processes.
const DATABASE: &str = "NOCTRA_DB";

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
    pub(crate) commands: Vec<String>,
    /// Open this database: sqlite:FILE, duckdb:FILE, postgres://…, mariadb://…, or a file; NOCTRA_DB may name
    /// it instead.
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
    /// Write results to this file, which appears when all has run.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Leave the columns' names out.
    #[arg(long)]
    pub(crate) no_header: bool,
    /// What stands for NULL.
    #[arg(long, value_name = "TEXT")]
    pub(crate) null: Option<String>,
    /// Change nothing: what would is refused.
    #[arg(long)]
    pub(crate) read_only: bool,
    /// Cancel a statement that runs longer.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<String>,
    /// Give the first rows of a query only.
    #[arg(long, value_name = "N")]
    max_rows: Option<String>,
    /// What a script does after an error; with continue it goes on and exits 1 in the end.
    #[arg(long, value_name = "WHAT", value_parser = ["stop", "continue"], default_value = "stop")]
    on_error: String,
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
        let behind = self.script().is_some() && self.script() != first;
        self.arguments.get(usize::from(behind)..).unwrap_or(&[])
    }

    /// Where to work: `--db`, `--demo`, a file, what the environment says, or an empty database in memory.
    pub(crate) fn target(&self) -> Result<Target, String> {
        let place = self.place.as_deref().filter(|place| !is_script(place));
        match (place, &self.db, self.demo) {
            (Some(place), None, false) => {
                let text = place
                    .to_str()
                    .ok_or("the name of the database is not UTF-8")?;
                Target::parse(text).map_err(|error| error.to_string())
            }
            (Some(place), ..) => Err(format!(
                "{} is no script, and the database is given already",
                place.display()
            )),
            (None, Some(url), _) => Target::parse(url).map_err(|error| error.to_string()),
            (None, None, true) => Ok(Target::Demo),
            (None, None, false) => match std::env::var(DATABASE) {
                Ok(url) if !url.is_empty() => Target::parse(&url).map_err(|e| e.to_string()),
                _ => Ok(Target::SqliteMemory),
            },
        }
    }

    /// The output format: as told, by the output file's extension, or the box.
    pub(crate) fn format(&self) -> Result<&'static Format, String> {
        let by_extension = || {
            let extension = self.output.as_deref()?.extension()?.to_str()?;
            Format::named(extension)
        };
        let Some(name) = &self.format else {
            return Ok(by_extension().unwrap_or(&FORMATS[0]));
        };
        Format::named(name).ok_or_else(|| {
            let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            match did_you_mean(name, names.iter().copied()) {
                Some(near) => format!("there is no format {name}; did you mean {near}?"),
                None => format!("there is no format {name}; there are {}", names.join(", ")),
            }
        })
    }

    /// True where the command line says how results are written.
    pub(crate) fn asks_for_format(&self) -> bool {
        self.format.is_some()
    }

    /// What a script does after an error.
    pub(crate) fn on_error(&self) -> OnError {
        match self.on_error.as_str() {
            "continue" => OnError::Continue,
            _ => OnError::Stop,
        }
    }

    /// What the command line sets.
    pub(crate) fn apply(&self, settings: &mut Settings) -> Result<(), String> {
        for (name, value) in [("timeout", &self.timeout), ("max_rows", &self.max_rows)] {
            let (Some(value), Some(setting)) = (value, Setting::named(name)) else {
                continue;
            };
            if !setting.set(settings, value) {
                let wanted = setting.values.join(" or ");
                let flag = name.replace('_', "-");
                return Err(format!("--{flag} takes {wanted}, not {value}"));
            }
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
    use noctra_runtime::Target;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_first_argument_is_a_script_or_a_database() {
        let target = |args: &[&str]| {
            let all = [&["noctra"], args].concat();
            Arguments::try_parse_from(all)
                .map_err(|error| error.to_string())?
                .target()
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

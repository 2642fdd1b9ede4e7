//! `noctra`: the prompt and the script runner.
//!
//! Knows: the command line, files, terminals, signals. Must never know: a statement, a database.
//!
//! Shape: the arguments say where to work (`Target`) and what to run: texts of `-c`, a file, standard
//! input, or the prompt. Exit codes: 0 success; 1 the program failed; 2 wrong command line or
//! configuration; 130 interrupted.

mod arguments;
mod forms;
mod help;
mod welcome;

use arguments::Arguments;
use clap::{CommandFactory as _, FromArgMatches as _};
use noctra_repl::report::{self, Style};
use noctra_repl::{Manner, Repl, progress};
use noctra_runtime::sinks::{Format, Options, Several};
use noctra_runtime::{
    Access, AskPassword, Configuration, Failure, Limits, Misconfigured, OnError, Output, SETTINGS,
    Session, Settings, Source, as_json, results, unread,
};
use rql_diagnostics::{Diagnostic, RenderOptions};
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    if let Some(code) = forms::command(&words, style(false)) {
        return code;
    }
    let matches = match welcome::AROUND.read(Arguments::command) {
        Ok(matches) => matches,
        Err(code) => return code,
    };
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let (code, message, more) = match run(&arguments) {
        Ok(code) => return code,
        Err(Stop::Said) => return ExitCode::from(2),
        Err(Stop::Usage(message)) => (
            ExitCode::from(2),
            message,
            "\nnoctra --help shows what it takes",
        ),
        Err(Stop::Failed(message)) => (ExitCode::FAILURE, message, ""),
    };
    match arguments.is_for_programs() {
        true => eprintln!("{}", as_json("error", &message)),
        false => eprintln!("noctra: {message}{more}"),
    }
    code
}

/// Why nothing was run, or not to the end.
enum Stop {
    Usage(String),
    Failed(String),
    /// It has been said, and is about what was configured.
    Said,
}

fn failed(error: impl ToString) -> Stop {
    Stop::Failed(error.to_string())
}

/// What is to run: a text, or why its bytes are none.
type Script = Result<Arc<Source>, (Source, Vec<Diagnostic>)>;

fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let mut configuration = configured(arguments)?;
    arguments
        .apply(&mut configuration.settings)
        .map_err(Stop::Usage)?;
    let place = arguments.place(&configuration).map_err(Stop::Usage)?;
    let settings = configuration.settings.clone();
    let variables = arguments.variables().map_err(Stop::Usage)?;
    let format = arguments.format(&settings).map_err(Stop::Usage)?;
    if format.is_binary() && arguments.output.is_none() && io::stdout().is_terminal() {
        let name = format.name;
        return Err(Stop::Usage(format!(
            "{name} is no text for a terminal; --output FILE.{name} takes it"
        )));
    }
    let to = allowed(arguments, &settings)?;
    let scripts = scripts(arguments)?;
    if arguments.tui && scripts.is_some() {
        return Err(Stop::Usage(
            "--tui opens a window, which takes no script".to_owned(),
        ));
    }
    let machine = format.is_json() && scripts.is_some();
    let made = place.target.file().filter(|file| !file.exists());
    let made = made.filter(|_| scripts.is_none()).map(Path::to_owned);
    let mut session = Session::begin(place, configuration, password()).map_err(failed)?;
    for remark in session.take_remarks() {
        match machine {
            true => eprintln!("{}", as_json("note", &remark)),
            false => eprintln!("{remark}"),
        }
    }
    if let Some(file) = made {
        eprintln!("{} was not there: it is a new database", file.display());
    }
    for (name, value) in variables {
        session.set_text(&name, value);
    }
    interrupt(&session, scripts.is_some())?;
    let file = to
        .as_deref()
        .map(noctra_runtime::WholeFile::create)
        .transpose()
        .map_err(failed)?;
    let terminal = io::stdout().is_terminal() && file.is_none();
    let mut output = output(format, terminal, scripts.is_none(), file.as_ref())?;
    for setting in SETTINGS.iter().filter(|setting| setting.name != "format") {
        settings.present(setting, &mut output);
    }
    // Whoever reads a pipe may not know more than ASCII, unless a format was asked for.
    output.unicode |= settings.format.is_some();
    let set = arguments.set_options(format, &mut output.options);
    set.map_err(Stop::Usage)?;
    output.machine = machine;
    output.meters = progress::meters();
    output.draw = report::draw(style(machine));
    let Some(scripts) = scripts else {
        let interactive = io::stdin().is_terminal();
        debug_assert!(interactive, "a pipe is a script");
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let manner = Manner {
            history: history(),
            color: color_wanted() && !dumb,
            asks: true,
            window: window(),
        };
        let mut repl = Repl::new(session, output, manner);
        if arguments.tui {
            repl.window().map_err(Stop::Failed)?;
            repl.leave();
            return Ok(ExitCode::SUCCESS);
        }
        repl.run().map_err(Stop::Failed)?;
        return Ok(ExitCode::SUCCESS);
    };
    if format.several == Several::List {
        let counts = scripts.iter().flatten().map(|text| results(text));
        output.listed = counts.sum::<u32>() != 1;
    }
    let mut code = ExitCode::SUCCESS;
    for script in scripts {
        match run_script(&mut session, &mut output, &script) {
            Ended::Well => {}
            Ended::WithErrors => code = ExitCode::FAILURE,
            Ended::Early(code) => {
                // Where nobody reads any more, nobody misses the end.
                let _ = output.end();
                return Ok(code);
            }
        }
    }
    output.end().map_err(failed)?;
    let (whole, empty) = (output.is_whole(), output.results() == 0);
    drop(output);
    match (file, &arguments.output) {
        (Some(_), Some(name)) if format.is_binary() && empty => Err(Stop::Failed(format!(
            "{} is not written: there was no result",
            name.display()
        ))),
        (Some(file), _) if whole => file.keep().map_err(failed).map(|()| code),
        _ => Ok(code),
    }
}

/// The file for results, where the limits let it be written and the script be read.
fn allowed(arguments: &Arguments, settings: &Settings) -> Result<Option<PathBuf>, Stop> {
    let limits = Limits::of(settings);
    let file = |path: &Path, access| {
        let real = limits.file(path, access);
        real.map_err(|message| failed(format!("{message}; --allow-path DIRECTORY allows more")))
    };
    if let Some(script) = arguments.script() {
        file(script, Access::Read)?;
    }
    let to = arguments.output.as_deref();
    to.map(|to| file(to, Access::Write)).transpose()
}

/// The configuration; what is wrong in a file of it is shown there.
fn configured(arguments: &Arguments) -> Result<Configuration, Stop> {
    let loaded = Configuration::load(&arguments.files(), std::env::vars());
    loaded.map_err(|wrong| match wrong {
        Misconfigured::Other(message) => Stop::Usage(message),
        Misconfigured::File(source, wrong) => {
            report::draw(style(false))(&wrong, &source, &mut io::stderr());
            Stop::Said
        }
    })
}

/// Asks for a password where there is somebody to ask, without an echo.
fn password() -> Option<AskPassword> {
    let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    terminal.then(|| -> AskPassword {
        Arc::new(|question: &str| {
            progress::quiet();
            rpassword::prompt_password(question).ok()
        })
    })
}

/// How a script has ended.
enum Ended {
    Well,
    /// It has run to its end and said what failed.
    WithErrors,
    Early(ExitCode),
}

fn run_script(session: &mut Session, output: &mut Output, script: &Script) -> Ended {
    let source = match script {
        Ok(source) => source,
        Err((source, wrong)) => {
            let failure = Failure::Diagnostics(wrong.clone());
            output.failure(&failure, source);
            return ended(session, &failure);
        }
    };
    let Err(mut failure) = session.run_script(source, output) else {
        return Ended::Well;
    };
    if let Failure::Diagnostics(all) = &mut failure {
        all.iter_mut().for_each(|wrong| advise(wrong, &source.text));
    }
    output.failure(&failure, source);
    ended(session, &failure)
}

/// What a failure means for the texts behind it.
fn ended(session: &mut Session, failure: &Failure) -> Ended {
    let stop = session.settings().on_error == OnError::Stop;
    match failure {
        Failure::Cancelled => Ended::Early(ExitCode::from(130)),
        failure if failure.is_broken_pipe() => Ended::Early(ExitCode::SUCCESS),
        Failure::Reported => Ended::WithErrors,
        failure if failure.ends_everything(stop) => Ended::Early(ExitCode::FAILURE),
        _ => Ended::WithErrors,
    }
}

/// Says what to write for a command of the prompt that stands in a script.
fn advise(wrong: &mut Diagnostic, text: &str) {
    let at = wrong.labels.first().map(|label| label.span.start as usize);
    if let Some(instead) = at.and_then(|at| noctra_repl::instead(text, at)) {
        wrong.help = Some(instead);
    }
}

/// What is to run; `None` for the prompt.
fn scripts(arguments: &Arguments) -> Result<Option<Vec<Script>>, Stop> {
    let mut scripts = Vec::new();
    if let Some(file) = arguments.script() {
        let bytes = std::fs::read(file);
        let name = file.display();
        let bytes =
            bytes.map_err(|error| failed(format!("cannot read {name}: {}", unread(&error))))?;
        scripts.push(script(file.display().to_string(), bytes, Some(file)));
    }
    for (at, text) in arguments.texts().into_iter().enumerate() {
        let name = if at == 0 {
            "-c".to_owned()
        } else {
            format!("-c {}", at + 1)
        };
        scripts.push(typed(Source::new(name, text)));
    }
    if !scripts.is_empty() {
        return Ok(Some(scripts));
    }
    if io::stdin().is_terminal() {
        return match arguments.positional() {
            [] => Ok(None),
            [first, ..] => Err(Stop::Usage(format!(
                "{first} is no script (.rql, .sql), and the prompt takes no arguments"
            ))),
        };
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(failed)?;
    let piped = script("stdin".into(), bytes, None);
    Ok(Some(vec![piped.and_then(|text| typed((*text).clone()))]))
}

/// A text as it is typed, with its commands as RQL.
fn typed(source: Source) -> Script {
    match noctra_repl::written(&source) {
        Ok(text) => Ok(Arc::new(Source::new(source.name, text))),
        Err(wrong) => Err((source, wrong)),
    }
}

fn script(name: String, bytes: Vec<u8>, file: Option<&Path>) -> Script {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Arc::new(Source {
            name,
            text: text.into(),
            path: file.and_then(|file| file.canonicalize().ok()),
        })),
        Err(error) => {
            let parse = rql_grammar::parse_bytes(error.as_bytes());
            let text = Arc::clone(parse.ast.source());
            Err((Source::new(name, text), parse.diagnostics))
        }
    }
}

fn output(
    format: &'static Format,
    terminal: bool,
    interactive: bool,
    file: Option<&noctra_runtime::WholeFile>,
) -> Result<Output, Stop> {
    let data: Box<dyn Write> = match file {
        Some(file) => Box::new(BufWriter::new(file.writer().map_err(failed)?)),
        None => Box::new(BufWriter::with_capacity(1 << 16, io::stdout())),
    };
    let width = terminal.then(terminal_size::terminal_size).flatten();
    let options = Options {
        width: width.map(|(width, _)| usize::from(width.0)),
        color: terminal && color_wanted(),
        ..Options::default()
    };
    let mut output = Output::new(format, options, data, Box::new(io::stderr()));
    output.timing = terminal;
    output.screen = terminal;
    output.chatty = interactive;
    output.unicode = terminal || file.is_some();
    Ok(output)
}

/// What opens on the whole screen.
fn window() -> Option<noctra_repl::Window> {
    #[cfg(feature = "tui")]
    return Some(noctra_tui::open);
    #[cfg(not(feature = "tui"))]
    None
}

fn style(json: bool) -> Style {
    let terminal = io::stderr().is_terminal();
    let render = RenderOptions {
        color: terminal && color_wanted(),
        unicode: terminal,
    };
    Style { json, render }
}

/// See <https://no-color.org>.
fn color_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Ctrl-C cancels what runs; the second one within a statement of a script that does not end leaves.
fn interrupt(session: &Session, script: bool) -> Result<(), Stop> {
    let handle = session.cancel_handle();
    let cancel = move || {
        if handle.cancel() && script {
            std::process::exit(130);
        }
    };
    ctrlc::set_handler(cancel).map_err(failed)
}

/// `$XDG_STATE_HOME/noctra/history.sqlite`, by default under `~/.local/state` (`%LOCALAPPDATA%` on Windows).
fn history() -> Option<PathBuf> {
    let variable = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let state = variable("XDG_STATE_HOME")
        .or_else(|| variable("LOCALAPPDATA"))
        .or_else(|| Some(variable("HOME")?.join(".local/state")))?;
    Some(state.join("noctra").join("history.sqlite"))
}

//! `noctra`: the prompt and the script runner.
//!
//! Knows: the command line, files, terminals, signals. Must never know: a statement, a database.
//!
//! Shape: the arguments say where to work (`Target`) and what to run: texts of `-c`, a file, standard
//! input, or the prompt. Exit codes: 0 success; 1 the program failed; 2 wrong command line; 130
//! interrupted.

mod arguments;

use arguments::Arguments;
use clap::Parser as _;
use noctra_repl::Repl;
use noctra_repl::report::{self, Style};
use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Failure, Output, Session};
use rql_diagnostics::RenderOptions;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(Stop::Usage(message)) => {
            eprintln!("noctra: {message}\nnoctra --help shows what it takes");
            ExitCode::from(2)
        }
        Err(Stop::Failed(message)) => {
            eprintln!("noctra: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Why nothing was run, or not to the end.
enum Stop {
    Usage(String),
    Failed(String),
}

fn failed(error: impl ToString) -> Stop {
    Stop::Failed(error.to_string())
}

/// A text to run and the name by which people know it.
struct Script {
    name: String,
    text: Vec<u8>,
}

fn run(arguments: &Arguments) -> Result<ExitCode, Stop> {
    let target = arguments.target().map_err(Stop::Usage)?;
    let format = arguments.format().map_err(Stop::Usage)?;
    let scripts = scripts(arguments)?;
    let mut session = Session::open(target).map_err(failed)?;
    for (name, value) in arguments.variables().map_err(Stop::Usage)? {
        session.set_text(&name, value);
    }
    interrupt(&session)?;
    let file = arguments
        .output
        .as_deref()
        .map(noctra_runtime::WholeFile::create)
        .transpose()
        .map_err(failed)?;
    let terminal = io::stdout().is_terminal() && file.is_none();
    let mut output = output(
        arguments,
        format,
        terminal,
        scripts.is_none(),
        file.as_ref(),
    )?;
    let style = style();
    let Some(scripts) = scripts else {
        let interactive = io::stdin().is_terminal();
        debug_assert!(interactive, "a pipe is a script");
        let mut repl = Repl::new(session, output, style, history());
        repl.run().map_err(Stop::Failed)?;
        return Ok(ExitCode::SUCCESS);
    };
    for script in scripts {
        if let Err(code) = run_script(&mut session, &mut output, &script, style) {
            return Ok(code);
        }
    }
    drop(output);
    if let Some(file) = file {
        file.keep().map_err(failed)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn run_script(
    session: &mut Session,
    output: &mut Output,
    script: &Script,
    style: Style,
) -> Result<(), ExitCode> {
    let (name, mut err) = (&script.name, io::stderr().lock());
    let Ok(text) = core::str::from_utf8(&script.text) else {
        let parse = rql_grammar::parse_bytes(&script.text);
        report::diagnostics(
            &mut err,
            &parse.diagnostics,
            name,
            parse.ast.source(),
            style,
        );
        return Err(ExitCode::FAILURE);
    };
    let done = session.run_script(text, output);
    let warnings = core::mem::take(&mut output.warnings);
    report::warnings(&mut err, &warnings, name, text, style);
    let Err(failure) = done else { return Ok(()) };
    // What was done before the failure comes before its report.
    let _ = output.data.flush();
    report::failure(&mut err, &failure, name, text, style);
    Err(match failure {
        Failure::Cancelled => ExitCode::from(130),
        failure if failure.is_broken_pipe() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// What is to run; `None` for the prompt.
fn scripts(arguments: &Arguments) -> Result<Option<Vec<Script>>, Stop> {
    let mut scripts = Vec::new();
    if let Some(file) = arguments.script() {
        let text = std::fs::read(file)
            .map_err(|error| Stop::Failed(format!("cannot read {}: {error}", file.display())))?;
        scripts.push(Script {
            name: file.display().to_string(),
            text,
        });
    }
    for (at, text) in arguments.commands.iter().enumerate() {
        let name = if at == 0 {
            "-c".to_owned()
        } else {
            format!("-c {}", at + 1)
        };
        scripts.push(Script {
            name,
            text: text.clone().into_bytes(),
        });
    }
    if !scripts.is_empty() {
        return Ok(Some(scripts));
    }
    if io::stdin().is_terminal() {
        return Ok(None);
    }
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text).map_err(failed)?;
    Ok(Some(vec![Script {
        name: "stdin".into(),
        text,
    }]))
}

fn output(
    arguments: &Arguments,
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
        header: !arguments.no_header,
        null: arguments.null.clone(),
        width: width.map(|(width, _)| usize::from(width.0)),
        color: terminal && color_wanted(),
    };
    let mut output = Output::new(format, options, data, Box::new(io::stderr()));
    output.timing = terminal;
    output.chatty = interactive;
    Ok(output)
}

fn style() -> Style {
    let terminal = io::stderr().is_terminal();
    let render = RenderOptions {
        color: terminal && color_wanted(),
        unicode: terminal,
    };
    Style {
        json: false,
        render,
    }
}

/// See <https://no-color.org>.
fn color_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Ctrl-C cancels what runs; the second one within a statement that does not end leaves.
fn interrupt(session: &Session) -> Result<(), Stop> {
    let handle = session.cancel_handle();
    ctrlc::set_handler(move || handle.cancel()).map_err(failed)
}

/// `$XDG_STATE_HOME/noctra/history`, by default under `~/.local/state` (`%LOCALAPPDATA%` on Windows).
fn history() -> Option<PathBuf> {
    let variable = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let state = variable("XDG_STATE_HOME")
        .or_else(|| variable("LOCALAPPDATA"))
        .or_else(|| Some(variable("HOME")?.join(".local/state")))?;
    Some(state.join("noctra").join("history"))
}

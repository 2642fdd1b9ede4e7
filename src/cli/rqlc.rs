//! `rqlc`: the compiler on its own: check, format, explain, compile.
//!
//! Knows: the command line, files. Must never know: how anything is compiled; the library does all.
//!
//! Diagnostics go to standard error, text to standard output. Exit codes: 0 success; 1 a text has
//! errors or is not formatted; 2 wrong command line.

use clap::{Parser, Subcommand, ValueEnum};
use noctra_repl::report::{self, Style};
use rql_diagnostics::{Code, RenderOptions, Severity, codes};
use rql_grammar::{Parse, parse_bytes};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The compiler of RQL.
#[derive(Debug, Parser)]
#[command(name = "rqlc", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How diagnostics are written: drawn, or one JSON object a line.
    #[arg(long, global = true, value_enum, default_value_t = Diagnostics::Human)]
    diagnostics: Diagnostics,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Diagnostics {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Report what is wrong.
    Check {
        /// Parse and stop.
        #[arg(long)]
        syntax_only: bool,
        /// Files; - is standard input.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Format files in place.
    Fmt {
        /// Change nothing; fail where a file is not formatted.
        #[arg(long)]
        check: bool,
        /// Format standard input to standard output.
        #[arg(long, conflicts_with = "files")]
        stdin: bool,
        /// Files.
        #[arg(required_unless_present = "stdin")]
        files: Vec<PathBuf>,
    },
    /// Explain a code (RQL0101), or show a stage of the compiler.
    Explain {
        /// The stage.
        #[arg(long, value_enum, requires = "what")]
        stage: Option<Stage>,
        /// A code, or with --stage a file; - is standard input.
        what: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Stage {
    Tokens,
    Ast,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = run(&arguments);
    done.unwrap_or_else(|error| {
        // The reader has gone away: no failure of the compiler.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return ExitCode::SUCCESS;
        }
        eprintln!("rqlc: {error}");
        ExitCode::FAILURE
    })
}

fn run(arguments: &Arguments) -> io::Result<ExitCode> {
    let style = style(arguments.diagnostics);
    match &arguments.command {
        Command::Check { files, .. } => {
            let mut sound = true;
            for file in files {
                sound &= read(file, style)?.is_ok();
            }
            Ok(code(sound))
        }
        Command::Fmt {
            stdin: true, check, ..
        } => {
            let parse = read(Path::new("-"), style)?;
            if !parse.is_ok() {
                return Ok(ExitCode::FAILURE);
            }
            let formatted = rql_ast::format(&parse.ast, &rql_ast::FormatOptions::default());
            if *check {
                return Ok(code(formatted == parse.ast.source().as_ref()));
            }
            io::stdout().lock().write_all(formatted.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Fmt { files, check, .. } => {
            let mut sound = true;
            for file in files {
                sound &= format_file(file, *check, style)?;
            }
            Ok(code(sound))
        }
        Command::Explain {
            stage: Some(stage),
            what,
        } => {
            let parse = read(Path::new(what), style)?;
            let mut out = io::stdout().lock();
            match stage {
                Stage::Tokens => {
                    let source = parse.ast.source();
                    for token in rql_lexer::lex(source).tokens {
                        writeln!(out, "{:?} {:?}", token.kind, token.span.text(source))?;
                    }
                }
                Stage::Ast => writeln!(out, "{:#?}", parse.ast)?,
            }
            Ok(code(parse.is_ok()))
        }
        Command::Explain { stage: None, what } => explain(what),
    }
}

fn code(sound: bool) -> ExitCode {
    if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn style(diagnostics: Diagnostics) -> Style {
    let terminal = io::stderr().is_terminal();
    let color = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let render = RenderOptions {
        color,
        unicode: terminal,
    };
    Style {
        json: matches!(diagnostics, Diagnostics::Json),
        render,
    }
}

/// Reads and parses a file, and reports what is wrong with it.
fn read(file: &Path, style: Style) -> io::Result<Parse> {
    let mut bytes = Vec::new();
    let name = if file == Path::new("-") {
        io::stdin().lock().read_to_end(&mut bytes)?;
        "stdin".to_owned()
    } else {
        let name = file.display().to_string();
        let add_name = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
        bytes = std::fs::read(file).map_err(add_name)?;
        name
    };
    let parse = parse_bytes(&bytes);
    let mut err = io::stderr().lock();
    report::diagnostics(
        &mut err,
        &parse.diagnostics,
        &name,
        parse.ast.source(),
        style,
    );
    let errors = parse
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count();
    if errors > 1 && !style.json {
        writeln!(err, "{name}: {errors} errors")?;
    }
    Ok(parse)
}

/// Formats a file in place, or says that it is not formatted; true where all is well.
fn format_file(file: &Path, check: bool, style: Style) -> io::Result<bool> {
    let parse = read(file, style)?;
    if !parse.is_ok() {
        return Ok(false);
    }
    let formatted = rql_ast::format(&parse.ast, &rql_ast::FormatOptions::default());
    if formatted == parse.ast.source().as_ref() {
        return Ok(true);
    }
    if check {
        eprintln!("{}: not formatted", file.display());
        return Ok(false);
    }
    // Beside the file and renamed, so that a failure leaves the old text whole.
    let mut temporary = file.as_os_str().to_owned();
    temporary.push(format!(".{}.tmp", std::process::id()));
    std::fs::write(&temporary, formatted)?;
    std::fs::rename(&temporary, file)?;
    Ok(true)
}

fn explain(what: &str) -> io::Result<ExitCode> {
    let Some((number, (title, text))) = what
        .parse::<Code>()
        .ok()
        .and_then(|code| Some((code, codes::explain(code)?)))
    else {
        eprintln!("rqlc: {what} is no code; codes look like RQL0101");
        return Ok(ExitCode::from(2));
    };
    writeln!(io::stdout().lock(), "{number}: {title}\n\n{text}")?;
    Ok(ExitCode::SUCCESS)
}

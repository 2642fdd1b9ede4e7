//! `rqlc`: the compiler on its own: check, format, explain, compile, and the language server.
//!
//! Knows: the command line, files. Must never know: how anything is compiled; the library does all.
//!
//! Diagnostics go to standard error, text to standard output. Exit codes: 0 success; 1 a text has
//! errors or is not formatted; 2 wrong command line.

mod against;
mod beside;
mod check;
mod compile;
mod explain;
mod form;
mod help;
mod texts;

use against::Against;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use rql::Dialect;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use texts::{code, format_file, read, style};

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
    /// Report what is wrong, and the parameters of what is sound.
    Check {
        /// Parse and stop.
        #[arg(long)]
        syntax_only: bool,
        #[command(flatten)]
        against: Against,
        /// Files; - is standard input.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Print the SQL of each statement.
    Compile {
        #[command(flatten)]
        against: Against,
        /// For a session of noctra, which has functions that SQLite lacks; without it, what any SQLite runs.
        #[arg(long)]
        session: bool,
        /// A file; - is standard input.
        file: PathBuf,
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
        /// Each function and rewrite that is used, and why: --stage cells.
        #[arg(long, conflicts_with = "stage")]
        cells: bool,
        #[command(flatten)]
        against: Against,
        /// A code, or with --stage a file; - is standard input.
        what: String,
    },
    /// Serve an editor: the language server, on standard input and output.
    Lsp {
        #[command(flatten)]
        against: Against,
        /// Standard input and output, which are the only way; editors pass it by habit.
        #[arg(long, hide = true)]
        stdio: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Stage {
    /// Words, numbers, signs, and where they stand.
    Tokens,
    /// The syntax tree.
    Ast,
    /// The relational algebra, with names resolved and types given.
    Ir,
    /// The algebra after each rewrite for the dialect.
    Passes,
    /// The SQL, what is bound and what comes back.
    Sql,
    /// What is sent, and how running aggregates are computed.
    Plan,
    /// Each function, operator and rewrite that is used: how the dialect has it, and why.
    Cells,
}

static AROUND: help::Around = help::Around {
    groups: &[],
    short: &["diagnostics", "help", "version"],
    values: &[("dialect", || {
        let filled = Dialect::ALL
            .into_iter()
            .filter(|dialect| dialect.traits().filled);
        let names = filled.map(|dialect| dialect.traits().name);
        names.chain(["all"]).map(Into::into).collect()
    })],
    says: &[],
    files: &["file", "files", "what", "schema", "db"],
    folders: &[],
    elsewhere: &[],
    after_short: "rqlc COMMAND --help shows what a command takes.",
    after_long: "\
Examples:
  rqlc check report.rql                               mistakes, and what the script must be given
  rqlc check --db shop.db report.rql                  with the tables of a database
  rqlc compile --schema shop.sql --dialect duckdb -   the SQL of what standard input holds
  rqlc compile --db shop.db --dialect all query.rql   for every dialect side by side
  rqlc fmt --check *.rql                              fails where a file is not formatted
  rqlc explain RQL0101                                what an error means, with an example
  rqlc explain --stage sql query.rql                  what becomes of a statement

Exit codes: 0 success; 1 a text has errors or is not formatted; 2 wrong command line.",
};

fn main() -> ExitCode {
    let matches = match AROUND.read(Arguments::command) {
        Ok(matches) => matches,
        Err(code) => return code,
    };
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
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
        Command::Check {
            files,
            syntax_only,
            against,
        } => check::check(files, *syntax_only, against, style),
        Command::Compile {
            file,
            against,
            session,
        } => compile::compile(file, against, *session, style),
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
            stage,
            cells,
            what,
            against,
        } => match stage.or(cells.then_some(Stage::Cells)) {
            Some(stage) => explain::stages(Path::new(what), stage, against, style),
            None => explain::explain(what),
        },
        Command::Lsp { against, .. } => {
            let (wire, threads) = rql_lsp::Wire::stdio()?;
            let ended = rql_lsp::serve(&wire, against.origin()).map_err(io::Error::other)?;
            // The threads end when nobody can send any more.
            drop(wire);
            if ended == rql_lsp::Ended::Left {
                return Ok(ExitCode::FAILURE);
            }
            threads.join()?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

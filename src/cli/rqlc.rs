//! `rqlc`: the compiler on its own: check, format, explain, compile, and the language server.
//!
//! Knows: the command line, files. Must never know: how anything is compiled; the library does all.
//!
//! Diagnostics go to standard error, text to standard output. Exit codes: 0 success; 1 a text has
//! errors or is not formatted; 2 wrong command line.

mod against;
mod beside;
mod form;
mod help;

use against::Against;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use noctra_repl::report::{self, Style};
use rql::{Compiled, Dialect, Outcome, Program};
use rql_diagnostics::{Code, Diagnostic, RenderOptions, Severity, codes};
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
        } => check(files, *syntax_only, against, style),
        Command::Compile {
            file,
            against,
            session,
        } => compile(file, against, *session, style),
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
            Some(stage) => stages(Path::new(what), stage, against, style),
            None => explain(what),
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

fn check(files: &[PathBuf], syntax: bool, against: &Against, style: Style) -> io::Result<ExitCode> {
    let schema = if syntax {
        None
    } else {
        Some(against.open(style)?)
    };
    let mut sound = true;
    for file in files {
        if file
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
        {
            sound &= form::check(file, schema.as_ref(), style)?;
            continue;
        }
        let parse = read(file, style)?;
        sound &= parse.is_ok();
        let Some(schema) = &schema else { continue };
        for &dialect in &schema.dialects {
            let mut program = schema.program(&parse.ast, file, dialect, &mut |_, _, _| {});
            program
                .diagnostics
                .extend(form::wrong(&parse.ast, file, dialect, schema));
            only_warn(&mut program);
            tell(&program, file, &parse, style)?;
            sound &= program.is_sound();
            if parse.is_ok() && program.is_sound() && dialect == schema.dialects[0] {
                signature(file, &program)?;
            }
        }
        for dialect in schema.others() {
            let mut program = schema.program(&parse.ast, file, dialect, &mut |_, _, _| {});
            only_warn(&mut program);
            for all in diagnostics(&mut program) {
                all.retain(|diagnostic| diagnostic.code == codes::UNKNOWN_TYPE);
            }
            // What is wrong with the syntax of an included text has been said.
            for text in &mut program.included {
                text.parse.diagnostics.clear();
            }
            tell(&program, file, &parse, style)?;
        }
    }
    Ok(code(sound))
}

/// It says nothing about a text that this version does not run it yet, or that nobody has said which types
/// there are.
fn only_warn(program: &mut Program) {
    for diagnostic in diagnostics(program).flatten() {
        if matches!(
            diagnostic.code,
            codes::NOT_EXECUTABLE_YET | codes::UNKNOWN_TYPE
        ) {
            diagnostic.severity = Severity::Warning;
        }
    }
}

/// What is said of a program and of the texts that it includes.
fn diagnostics(program: &mut Program) -> impl Iterator<Item = &mut Vec<Diagnostic>> {
    let included = program.included.iter_mut();
    let included = included.map(|text| &mut text.diagnostics);
    std::iter::once(&mut program.diagnostics).chain(included)
}

/// The parameters of a program, one a line.
fn signature(file: &Path, program: &Program) -> io::Result<()> {
    if program.parameters.is_empty() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    writeln!(out, "{}:", name(file))?;
    let columns = |p: &rql::Parameter| {
        let ty = match p.ty {
            rql::Type::Unknown => "any".to_owned(),
            ty => ty.to_string(),
        };
        (p.name.clone(), ty)
    };
    let rows: Vec<_> = program.parameters.iter().map(|p| (columns(p), p)).collect();
    let names = rows.iter().map(|row| row.0.0.chars().count()).max();
    let types = rows.iter().map(|row| row.0.1.chars().count()).max();
    let (names, types) = (names.unwrap_or(0), types.unwrap_or(0));
    for ((name, ty), parameter) in &rows {
        let null = if parameter.nullable {
            "nullable"
        } else {
            "not null"
        };
        let need = match &parameter.default {
            Some(default) => format!("default {default}"),
            None if parameter.perhaps_set => "required unless a branch sets it".into(),
            None => "required".into(),
        };
        writeln!(out, "  {name:names$}  {ty:types$}  {null}  {need}")?;
    }
    Ok(())
}

fn compile(file: &Path, against: &Against, session: bool, style: Style) -> io::Result<ExitCode> {
    let schema = against.open(style)?;
    let parse = read(file, style)?;
    if !parse.is_ok() {
        return Ok(ExitCode::FAILURE);
    }
    let mut sound = true;
    let mut programs = Vec::new();
    for &dialect in &schema.dialects {
        let mut program = schema.program(&parse.ast, file, dialect, &mut |_, _, _| {});
        if dialect == Dialect::Sqlite && !session {
            only_bare(&mut program);
        }
        tell(&program, file, &parse, style)?;
        sound &= program.is_sound();
        programs.push((dialect, program));
    }
    let bare = |dialect| dialect == Dialect::Sqlite && !session;
    let mut out = io::stdout().lock();
    if programs.len() > 1 {
        let terminal = out.is_terminal();
        let width = terminal.then(terminal_size::terminal_size).flatten();
        let width = width.map(|(width, _)| usize::from(width.0));
        beside::print(&programs, &parse, &bare, width, &mut out)?;
        return Ok(code(sound));
    }
    for &(dialect, ref program) in &programs {
        for part in &program.statements {
            match &part.outcome {
                Outcome::Sql(compiled) => match &compiled.choices {
                    Some(choices) => {
                        let texts = choices.listed(|compiled| ended(compiled, bare(dialect)));
                        write!(out, "{texts}")?;
                    }
                    None if compiled.rebuilt.is_some() => {
                        let ast = tree(program, &parse, part);
                        let what = summary(ast, part.stmt);
                        writeln!(out, "-- {what}: a session builds the table again")?;
                    }
                    None => write!(out, "{}", ended(compiled, bare(dialect)))?,
                },
                Outcome::Session => {
                    let ast = tree(program, &parse, part);
                    writeln!(out, "-- {}: in the session", summary(ast, part.stmt))?;
                }
                Outcome::Failed => {}
            }
        }
    }
    Ok(code(sound))
}

/// A statement and its end; for a bare SQLite behind the settings that a session makes.
fn ended(compiled: &Compiled, bare: bool) -> String {
    if !bare {
        return format!("{};\n", compiled.sql);
    }
    let sql = match compiled.clone().standalone(&noctra_runtime::folded) {
        Ok(compiled) => compiled.sql,
        Err(wrong) => return format!("-- refused, {}: {}\n", wrong.code, wrong.message),
    };
    let setup: &[&str] = rql::sqlite::setup(&sql);
    let before: String = setup
        .iter()
        .map(|statement| format!("{statement};\n"))
        .collect();
    format!("{before}{sql};\n")
}

/// Refuses what only a session can run.
fn only_bare(program: &mut Program) {
    for part in &mut program.statements {
        let Outcome::Sql(compiled) = &part.outcome else {
            continue;
        };
        let wrong = match compiled.clone().standalone(&noctra_runtime::folded) {
            Ok(compiled) => {
                part.outcome = Outcome::Sql(Box::new(compiled));
                continue;
            }
            Err(wrong) => *wrong,
        };
        let included = part.included.and_then(|at| program.included.get_mut(at));
        included
            .map_or(&mut program.diagnostics, |text| &mut text.diagnostics)
            .push(wrong);
        part.outcome = Outcome::Failed;
    }
}

/// A statement on one line; of one that holds others, its first line.
fn summary(ast: &rql::Ast, stmt: rql_ast::Id<rql_ast::Stmt>) -> String {
    use rql_ast::StmtKind as S;
    let text = ast.text(ast[stmt].span);
    match ast[stmt].kind {
        S::If(_) | S::For(_) | S::Template(_) => {
            let first = text.lines().next().unwrap_or_default();
            format!("{} …", first.trim_end())
        }
        _ => text.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// As much of a statement as a heading holds.
fn shortened(text: &str) -> String {
    const MOST: usize = 90;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

fn stages(file: &Path, stage: Stage, against: &Against, style: Style) -> io::Result<ExitCode> {
    if file != Path::new("-") && !file.exists() {
        let what = file.display();
        eprintln!("rqlc: there is no file {what}; --stage takes a file, or - for standard input");
        return Ok(ExitCode::FAILURE);
    }
    let parse = read(file, style)?;
    let mut out = io::stdout().lock();
    let stage = match stage {
        Stage::Tokens => {
            write!(out, "{}", rql::tokens(parse.ast.source()))?;
            return Ok(code(parse.is_ok()));
        }
        Stage::Ast => {
            write!(out, "{}", rql::tree(&parse.ast))?;
            return Ok(code(parse.is_ok()));
        }
        Stage::Ir => rql::Stage::Ir,
        Stage::Passes => rql::Stage::Passes,
        Stage::Sql => rql::Stage::Sql,
        Stage::Plan => rql::Stage::Plan,
        Stage::Cells => rql::Stage::Cells,
    };
    if !parse.is_ok() {
        return Ok(ExitCode::FAILURE);
    }
    let schema = against.open(style)?;
    let mut sound = true;
    for &dialect in &schema.dialects {
        let mut shown = Vec::new();
        let program = schema.program(&parse.ast, file, dialect, &mut |ast, stmt, env| {
            // What does not compile is among the program's diagnostics.
            let place = (ast.source().as_ptr(), stmt);
            shown.extend(rql::explain(ast, stmt, stage, env).map(|text| (place, text)));
        });
        tell(&program, file, &parse, style)?;
        sound &= program.is_sound();
        writeln!(out, "-- {}\n", stage.legend(dialect))?;
        for part in &program.statements {
            let ast = tree(&program, &parse, part);
            let place = (ast.source().as_ptr(), part.stmt);
            let text = shown.iter().find(|shown| shown.0 == place);
            let line = rql_diagnostics::LineIndex::new(ast.source())
                .position(ast[part.stmt].span.start)
                .line;
            let place = match part.included.and_then(|at| program.included.get(at)) {
                Some(text) => format!("{}:{line}", text.name),
                None => format!("line {line}"),
            };
            let said = shortened(&summary(ast, part.stmt));
            match text {
                Some((_, text)) => writeln!(out, "-- {place}: {said}\n{text}")?,
                None if matches!(part.outcome, Outcome::Session) => {
                    writeln!(out, "-- {place}, done by the session: {said}\n")?;
                }
                None => writeln!(out, "-- {place}, nothing (see the diagnostics): {said}\n")?,
            }
        }
    }
    Ok(code(sound))
}

/// Reports what is wrong with a text that was read from a file, and with those that it includes.
fn tell(program: &Program, file: &Path, parse: &Parse, style: Style) -> io::Result<()> {
    let mut err = io::stderr().lock();
    for text in &program.included {
        let all = [&text.parse.diagnostics[..], &text.diagnostics].concat();
        report::diagnostics(&mut err, &all, &text.name, text.parse.ast.source(), style);
    }
    let source = parse.ast.source();
    report::diagnostics(&mut err, &program.diagnostics, &name(file), source, style);
    err.flush()
}

/// The tree in which a statement of a program stands.
fn tree<'p>(program: &'p Program, parse: &'p Parse, part: &rql::Part) -> &'p rql::Ast {
    let included = part.included.and_then(|at| program.included.get(at));
    included.map_or(&parse.ast, |text| &text.parse.ast)
}

fn name(file: &Path) -> String {
    if file == Path::new("-") {
        return "stdin".into();
    }
    file.display().to_string()
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
        eprintln!("rqlc: {}", no_code(what));
        return Ok(ExitCode::from(2));
    };
    writeln!(io::stdout().lock(), "{number}: {title}\n\n{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// Why a word names no code, and what may be meant.
fn no_code(what: &str) -> String {
    if Path::new(what).exists() {
        return format!(
            "{what} is a file; --stage ir (or tokens, ast, passes, sql, plan, cells) shows it"
        );
    }
    let known: Vec<String> = codes::all().iter().map(|row| row.0.to_string()).collect();
    let near = rql_diagnostics::did_you_mean(what, known.iter().map(String::as_str));
    let near = near.map(|near| format!("; did you mean {near}?"));
    let near = near.unwrap_or_else(|| "; codes look like RQL0101".into());
    format!("{what} is no code{near}")
}

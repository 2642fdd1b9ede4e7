//! `rqlc explain`: what a code means, and what each stage of the compiler makes of a text.

use crate::Stage;
use crate::against::Against;
use crate::compile::{summary, tree};
use crate::texts::{code, read, tell};
use noctra_repl::report::Style;
use rql::Outcome;
use rql_diagnostics::{Code, codes};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// As much of a statement as a heading holds.
fn shortened(text: &str) -> String {
    const MOST: usize = 90;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

pub(crate) fn stages(
    file: &Path,
    stage: Stage,
    against: &Against,
    style: Style,
) -> io::Result<ExitCode> {
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

pub(crate) fn explain(what: &str) -> io::Result<ExitCode> {
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

//! `rqlc compile`: the SQL of each statement.

use crate::against::Against;
use crate::beside;
use crate::texts::{code, read, tell};
use noctra_repl::report::Style;
use rql::{Compiled, Dialect, Outcome, Program};
use rql_grammar::Parse;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn compile(
    file: &Path,
    against: &Against,
    session: bool,
    style: Style,
) -> io::Result<ExitCode> {
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
pub(crate) fn ended(compiled: &Compiled, bare: bool) -> String {
    if !bare {
        return format!("{};\n", compiled.sql);
    }
    let sql = match compiled.clone().standalone(noctra_runtime::folded) {
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
        let wrong = match compiled.clone().standalone(noctra_runtime::folded) {
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
pub(crate) fn summary(ast: &rql::Ast, stmt: rql_ast::Id<rql_ast::Stmt>) -> String {
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

/// The tree in which a statement of a program stands.
pub(crate) fn tree<'p>(program: &'p Program, parse: &'p Parse, part: &rql::Part) -> &'p rql::Ast {
    let included = part.included.and_then(|at| program.included.get(at));
    included.map_or(&parse.ast, |text| &text.parse.ast)
}

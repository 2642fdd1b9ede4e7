//! The stages of a statement as text.

use crate::cells::cells;
use crate::compile::ir_env;
use crate::{Compiled, Env, compile};
use core::fmt::Write;
use rql_ast::{Ast, Id, Stmt};
use rql_codegen::{Dialect, Encoding};
use rql_diagnostics::{Diagnostic, LineIndex};
use rql_ir::{Ir, Lowered, ParamName, ScalarKind, lower_statement, print, rewrite};
use rql_lexer::{Keyword, TokenKind};

/// A stage of the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The algebra.
    Ir,
    /// The algebra after each rewrite that changed it.
    Passes,
    /// The text for the dialect, what is bound and what comes back.
    Sql,
    /// What is sent, and how running aggregates are computed.
    Plan,
    /// The cells and rewrites that are used, and why.
    Cells,
}

impl Stage {
    /// How to read it, in a line.
    #[must_use]
    pub fn legend(self, dialect: Dialect) -> String {
        match self {
            Self::Ir => {
                "rows go from the bottom up; name#3 is a column by its identity, ? behind a type \
                         says that it may be NULL"
                    .into()
            }
            Self::Passes => format!(
                "the algebra as lowered, and after each pass that replaces what {dialect} lacks; * marks \
                 the lines that the pass has made"
            ),
            Self::Sql => format!("the text for {dialect}, what is bound and what comes back"),
            Self::Plan => format!("what is sent to {dialect}, and what the runtime adds"),
            Self::Cells => format!(
                "each function and operator: how {dialect} has it and why, as it was written and what it \
                 became; then the rewrites"
            ),
        }
    }
}

/// A statement as it stands behind a stage; statements without algebra show their text.
///
/// # Errors
/// As [`compile`].
pub fn explain(
    ast: &Ast,
    stmt: Id<Stmt>,
    stage: Stage,
    env: &Env<'_>,
) -> Result<String, Vec<Diagnostic>> {
    let compiled = match (compile(ast, stmt, env), stage) {
        // What is refused has cells too.
        (Err(_), Stage::Cells) => return refused_cells(ast, stmt, env),
        (compiled, _) => compiled?,
    };
    if !ast[stmt].kind.is_relational() {
        let why = match stage {
            Stage::Ir | Stage::Passes => "there is no algebra of this statement; its text is\n",
            Stage::Sql | Stage::Plan | Stage::Cells => "",
        };
        return Ok(format!("{why}{}\n", compiled.sql));
    }
    let Lowered { ir, others, .. } = lower_statement(ast, stmt, ir_env(env))?;
    Ok(match stage {
        Stage::Ir => shapes(ir, others, |ir| print(ir)),
        Stage::Passes => shapes(ir, others, |ir| passes(ir, env.dialect)),
        Stage::Sql => match &compiled.choices {
            Some(choices) => choices.listed(sql),
            None => sql(&compiled),
        },
        Stage::Plan => plan(&ir, &compiled, env.dialect),
        Stage::Cells => {
            let text = compiled.choices.is_none().then_some(&compiled);
            shapes(ir, others, |ir| cells(ast, ir, text, env.dialect))
        }
    })
}

fn refused_cells(ast: &Ast, stmt: Id<Stmt>, env: &Env<'_>) -> Result<String, Vec<Diagnostic>> {
    let Lowered { ir, others, .. } = lower_statement(ast, stmt, ir_env(env))?;
    Ok(shapes(ir, others, |ir| cells(ast, ir, None, env.dialect)))
}

/// Each shape that templates of columns, joins and clauses give a statement.
fn shapes(mut first: Ir, mut others: Vec<Ir>, mut show: impl FnMut(&mut Ir) -> String) -> String {
    if others.is_empty() {
        return show(&mut first);
    }
    others.insert(0, first);
    let mut out = String::new();
    for (at, shape) in others.iter_mut().enumerate() {
        let gap = if at == 0 { "" } else { "\n" };
        let _ = writeln!(
            out,
            "{gap}if {}:",
            shape.assumed.describe(&shape.conditions)
        );
        out += &show(shape);
    }
    out
}

fn passes(ir: &mut Ir, dialect: Dialect) -> String {
    let mut before = print(ir);
    let mut out = format!("as lowered:\n{}", marked(&before, &before));
    let mut changed = false;
    rewrite::trace(ir, &dialect.traits().can, &mut |pass, ir| {
        changed = true;
        let after = print(ir);
        let tree = marked(&before, &after);
        let _ = write!(out, "\npass {}: {}\n{tree}", pass.name, pass.about);
        before = after;
    });
    if !changed {
        let _ = writeln!(
            out,
            "\nno pass has anything to do: {dialect} has every operator of this"
        );
    }
    out
}

/// A tree with a mark before each line that was not there before, however far in it stood.
fn marked(before: &str, after: &str) -> String {
    let mut out = String::new();
    for line in after.lines() {
        let old = before.lines().any(|old| old.trim() == line.trim());
        let _ = writeln!(out, "{} {line}", if old { ' ' } else { '*' });
    }
    out
}

/// What is sent, and which way running aggregates go.
fn plan(ir: &Ir, compiled: &Compiled, dialect: Dialect) -> String {
    let mut out = match &compiled.choices {
        Some(choices) => format!(
            "one of {} texts is sent to {dialect}, as the templates are answered; if nothing holds:\n",
            1_u128
                .checked_shl(choices.free().try_into().unwrap_or(u32::MAX))
                .unwrap_or(u128::MAX)
        ),
        None if compiled.steps.is_empty() => format!("one statement is sent to {dialect}\n"),
        None => format!(
            "{} statements are sent to {dialect}, in a savepoint: all of them happen, or none\n",
            compiled.steps.len()
        ),
    };
    let running = |s: &&rql_ir::Scalar| matches!(s.kind, ScalarKind::Window { running: true, .. });
    let count = ir.scalars.iter().filter(running).count();
    let manual = compiled.accumulation.as_ref();
    let auto = manual.is_some_and(|plan| plan.is_faster(dialect));
    if count > 0 {
        let way = if auto {
            "added up by the runtime while rows pass (manual)"
        } else {
            "by the database's window functions (window)"
        };
        let _ = writeln!(out, "running aggregates: {count}, {way}");
    }
    match manual {
        Some(plan) if auto => {
            let _ = write!(out, "\n{}\n", plan.feed.sql);
            let _ = write!(
                out,
                "\nSET running = window sends instead:\n\n{}\n",
                compiled.sql
            );
        }
        Some(plan) => {
            let _ = write!(out, "\n{}\n", compiled.sql);
            let _ = write!(
                out,
                "\nSET running = manual sends instead:\n\n{}\n",
                plan.feed.sql
            );
        }
        None => {
            let _ = write!(out, "\n{}\n", compiled.sql);
        }
    }
    out
}

fn sql(compiled: &Compiled) -> String {
    let mut out = format!("{}\n", compiled.sql);
    for (at, param) in compiled.params.iter().enumerate() {
        let name = match &param.name {
            ParamName::Name(name) => format!(":{name}"),
            ParamName::Position(position) => format!("${position}"),
        };
        let how = encoding(param.encoding);
        let _ = writeln!(out, "-- parameter {}: {name} {}{how}", at + 1, param.ty);
    }
    for (at, column) in compiled.columns.iter().enumerate() {
        let null = if column.nullable { "" } else { " not null" };
        let how = encoding(column.encoding);
        let _ = writeln!(
            out,
            "-- column {}: {} {}{null}{how}",
            at + 1,
            column.name,
            column.ty
        );
    }
    out
}

fn encoding(encoding: Encoding) -> String {
    match encoding {
        Encoding::Stored => String::new(),
        Encoding::Scaled(scale) => format!(", given as a whole number of units of 1e-{scale}"),
        Encoding::Numeric => ", given as text".into(),
    }
}

/// The tokens of a text, one a line: where each stands, what it is, its spelling.
#[must_use]
pub fn tokens(source: &str) -> String {
    let lines = LineIndex::new(source);
    let rows: Vec<[String; 4]> = rql_lexer::lex(source)
        .tokens
        .iter()
        .map(|token| {
            let place = lines.position(token.span.start);
            let kind = match token.kind {
                TokenKind::Word(Keyword::None) => "name".into(),
                TokenKind::Word(_) => "keyword".into(),
                kind => format!("{kind:?}"),
            };
            [
                format!("{}:{}", place.line, place.column),
                format!("{}..{}", token.span.start, token.span.end),
                kind,
                token.span.text(source).escape_debug().to_string(),
            ]
        })
        .collect();
    let head = ["place", "bytes", "kind", "text"].map(str::to_owned);
    let width = |at: usize| {
        let cells = rows.iter().chain([&head]);
        cells.map(|row| row[at].chars().count()).max().unwrap_or(0)
    };
    let (place, bytes, kind) = (width(0), width(1), width(2));
    let mut out = String::new();
    for [p, b, k, text] in [&head].into_iter().chain(&rows) {
        let _ = writeln!(out, "{p:place$}  {b:bytes$}  {k:kind$}  {text}");
    }
    out
}

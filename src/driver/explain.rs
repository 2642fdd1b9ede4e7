//! The stages of a statement as text.

use crate::{Compiled, Env, compile};
use core::fmt::Write;
use rql_ast::{Ast, Id, Stmt, StmtKind};
use rql_codegen::{Dialect, Encoding};
use rql_diagnostics::{Diagnostic, LineIndex};
use rql_ir::{Ir, Lowered, ParamName, ScalarKind, lower_statement, print, rewrite};

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
    let compiled = compile(ast, stmt, env)?;
    use StmtKind as S;
    let algebra = matches!(
        ast[stmt].kind,
        S::Query(_) | S::Insert(_) | S::Update(_) | S::Delete(_)
    );
    if !algebra {
        return Ok(format!("{}\n", compiled.sql));
    }
    let lowering = rql_ir::Env {
        catalog: env.catalog,
        variables: env.variables,
    };
    let Lowered { mut ir, others, .. } = lower_statement(ast, stmt, lowering)?;
    Ok(match stage {
        Stage::Ir => {
            let mut text = String::new();
            for shape in core::iter::once(&ir).chain(&others) {
                if !others.is_empty() {
                    let _ = writeln!(text, "if {}:", shape.assumed.describe(&shape.conditions));
                }
                text += &print(shape);
            }
            text
        }
        Stage::Passes => {
            let mut out = format!("as lowered:\n{}", print(&ir));
            let mut changed = false;
            rewrite::trace(&mut ir, &env.dialect.traits().can, &mut |pass, ir| {
                changed = true;
                let _ = write!(out, "\n{}: {}\n{}", pass.name, pass.about, print(ir));
            });
            if !changed {
                let _ = writeln!(out, "\nno pass has anything to do for {}", env.dialect);
            }
            out
        }
        Stage::Sql => sql(&compiled),
        Stage::Plan => plan(&ir, &compiled, env.dialect),
    })
}

/// What is sent, and which way running aggregates go.
fn plan(ir: &Ir, compiled: &Compiled, dialect: Dialect) -> String {
    let mut out = format!("one statement is sent to {dialect}\n");
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
        Encoding::Scaled(scale) => format!(", as a whole number of units of 1e-{scale}"),
        Encoding::Numeric => ", as text".into(),
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
            [
                format!("{}:{}", place.line, place.column),
                format!("{}..{}", token.span.start, token.span.end),
                format!("{:?}", token.kind),
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

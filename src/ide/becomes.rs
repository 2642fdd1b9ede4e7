//! What a construct becomes on each dialect.

use crate::Span;
use crate::known::Before;
use crate::look::{holds, parts};
use rql::{Compiled, Diagnostic, Dialect};
use rql_ast::Ast;
use rql_ir::Part;

/// What a construct is on some dialects: their names, and the text, or why there is none.
pub(crate) type Ways = Vec<(String, Result<String, String>)>;

fn compiled(
    ast: &Ast,
    known: &Before,
    part: Part,
    dialect: Dialect,
) -> Result<Compiled, Vec<Diagnostic>> {
    known.on(dialect, |env| match part {
        Part::Stmt(id) => rql::compile(ast, id, env),
        Part::Query(id) => rql::compile_query(ast, id, env),
        Part::Expr(id) => rql::compile_expr(ast, id, env),
    })
}

/// What the piece at a span becomes, dialects of the same text together; nothing where it is everywhere what is
/// written, or nobody knows.
pub(crate) fn becomes(ast: &Ast, known: &Before, span: Span) -> Ways {
    let Some((part, _)) = parts(ast)
        .into_iter()
        .find(|(_, own)| holds(*own, span.start))
    else {
        return Vec::new();
    };
    let mut ways: Vec<(Vec<&str>, Result<String, String>)> = Vec::new();
    for dialect in Dialect::ALL {
        let way = match compiled(ast, known, part, dialect) {
            Ok(compiled) => match compiled.written(span) {
                Some(text) => Ok(one_line(text)),
                None => continue,
            },
            Err(wrong) => {
                let touches = |one: &&Diagnostic| {
                    let place = one.primary_span();
                    place.is_some_and(|at| span.start <= at.start && at.end <= span.end)
                };
                match wrong.iter().find(touches) {
                    Some(why) => Err(why.message.clone()),
                    None => continue,
                }
            }
        };
        match ways.iter_mut().find(|known| known.1 == way) {
            Some(known) => known.0.push(dialect.name()),
            None => ways.push((vec![dialect.name()], way)),
        }
    }
    // What nobody takes is said by the diagnostics.
    let all_refuse = ways.iter().all(|way| way.1.is_err());
    let bare = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let source = bare(ast.text(span));
    let as_written = |way: &Result<String, String>| way.as_ref().is_ok_and(|it| bare(it) == source);
    let as_written = ways.iter().all(|way| as_written(&way.1));
    if all_refuse || as_written {
        return Vec::new();
    }
    ways.into_iter()
        .map(|(names, way)| (names.join(", "), way))
        .collect()
}

/// The whole text for one dialect of the part of a statement at a place.
pub(crate) fn whole(ast: &Ast, known: &Before, at: u32) -> Option<(String, String)> {
    let (part, _) = parts(ast).into_iter().find(|(_, own)| holds(*own, at))?;
    let compiled = compiled(ast, known, part, known.dialect()).ok()?;
    Some((known.dialect().name().to_owned(), compiled.sql))
}

pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

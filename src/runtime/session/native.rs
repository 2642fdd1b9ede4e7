//! `SET semantics = native`: statements are parsed, resolved and typed, and sent as they are written.

use crate::failure::Failure;
use crate::session::prepare::{self, Against, Origin, Prepared};
use rql_ast::{Ast, ClauseKind, Expr, ExprKind, Id, ParamName, Span, Stmt, StmtKind};
use rql_diagnostics::{Diagnostic, codes};

/// Functions that no backend has.
const RUNNING: [&str; 5] = ["runsum", "runcount", "runavg", "runmin", "runmax"];

/// Prepares a statement as it is written, its parameters bound. What the compiler found wrong in names and types
/// stands; that the backend answers otherwise is what was asked for.
pub(crate) fn statement(
    ast: &Ast,
    id: Id<Stmt>,
    checked: Result<Prepared, Failure>,
    on: Against<'_>,
) -> Result<Prepared, Failure> {
    let stmt = ast[id];
    if let Some((span, what)) = vocabulary(ast, stmt, on) {
        let message = format!("{what} cannot be sent as it is written");
        return Err(Diagnostic::error(codes::BACKEND_ONLY, message)
            .label(span, "RQL would have to write this anew")
            .help("SET semantics = postgresql lets it")
            .into());
    }
    let warnings = match checked {
        Ok(prepared) => prepared.warnings,
        Err(Failure::Diagnostics(all)) if all.iter().all(is_about_the_backend) => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let end = chart(ast, stmt).map_or(stmt.span.end, |chart| chart.start);
    let mut prepared = Prepared {
        warnings,
        ..Prepared::default()
    };
    let traits = on.dialect.traits();
    let mut names: Vec<ParamName<'_>> = Vec::new();
    let mut pieces = Vec::new();
    let mut from = stmt.span.start;
    for span in params(ast, stmt.span) {
        pieces.push((length(&prepared.sql), from));
        prepared.sql.push_str(ast.text(Span::new(from, span.start)));
        let name = ast.param(span);
        let known = names.iter().position(|known| *known == name);
        let at = known
            .filter(|_| name != ParamName::Next && traits.numbered_params)
            .unwrap_or(names.len());
        if at == names.len() {
            names.push(name);
            prepared
                .params
                .push(prepare::argument(ast, span, on.variables)?.value.clone());
        }
        pieces.push((length(&prepared.sql), span.start));
        prepared.sql.push(traits.param);
        if traits.numbered_params {
            prepared.sql.push_str(&(at + 1).to_string());
        }
        from = span.end;
    }
    pieces.push((length(&prepared.sql), from));
    prepared.sql.push_str(ast.text(Span::new(from, end)));
    prepared.origin = Origin::Verbatim(pieces);
    Ok(prepared)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// Refusals of a dialect, and functions that perhaps the backend has; other names and types are right.
fn is_about_the_backend(diagnostic: &Diagnostic) -> bool {
    let code = diagnostic.code;
    [
        codes::NOT_PORTABLE,
        codes::NOT_EXECUTABLE_YET,
        codes::UNKNOWN_FUNCTION,
    ]
    .contains(&code)
}

fn within(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The parameters, in the order of the text.
fn params(ast: &Ast, outer: Span) -> Vec<Span> {
    let all = ast.all::<Expr>().iter();
    let all = all.filter(|expr| expr.kind == ExprKind::Param && within(outer, expr.span));
    let mut spans: Vec<Span> = all.map(|expr| expr.span).collect();
    spans.sort_by_key(|span| span.start);
    spans.dedup();
    spans
}

fn chart(ast: &Ast, stmt: Stmt) -> Option<Span> {
    let StmtKind::Query(query) = stmt.kind else {
        return None;
    };
    let mut clauses = ast[ast[query].clauses].iter();
    let chart = clauses.find(|clause| matches!(clause.kind, ClauseKind::Chart(_)));
    chart.map(|chart| chart.span)
}

/// What only RQL understands, and where: a template, a running aggregate, a macro, a LET relation, a chart.
fn vocabulary(ast: &Ast, stmt: Stmt, on: Against<'_>) -> Option<(Span, String)> {
    if let Some(chart) = chart(ast, stmt) {
        return Some((chart, "a chart".to_owned()));
    }
    let text = ast.text(stmt.span);
    let place = |at: usize, len: usize| {
        let start = stmt.span.start + length(&text[..at]);
        Span::new(start, start + u32::try_from(len).unwrap_or(0))
    };
    if let Some(at) = text.find("{{") {
        return Some((place(at, 2), "a template".to_owned()));
    }
    for call in ast
        .all::<Expr>()
        .iter()
        .filter(|expr| within(stmt.span, expr.span))
    {
        let ExprKind::Call(id) = call.kind else {
            continue;
        };
        let name = ast.dotted(ast[id].name);
        if RUNNING.contains(&name.as_str()) {
            return Some((call.span, name.to_uppercase()));
        }
    }
    let defined = on.catalog.definitions();
    let mut words = text.match_indices(|c: char| c.is_alphanumeric() || c == '_');
    let first = words.by_ref().filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    });
    for (at, _) in first {
        let rest = &text[at..];
        let len = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let word = rest[..len].to_lowercase();
        if let Some(definition) = defined.iter().find(|definition| definition.name == word) {
            let kind = if definition.is_macro() {
                "the macro"
            } else {
                "the LET relation"
            };
            return Some((place(at, len), format!("{kind} {word}")));
        }
    }
    None
}

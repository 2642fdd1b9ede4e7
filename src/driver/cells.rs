//! Which cells and rewrites a statement uses, and why.

use crate::Compiled;
use core::fmt::Write;
use rql_ast::{Ast, Span};
use rql_codegen::{Dialect, reason};
use rql_diagnostics::LineIndex;
use rql_ir::function::{Cell, Entry, FORMS, Form};
use rql_ir::{Ir, RelKind, ScalarId, ScalarKind, rewrite};

/// A use of a function.
struct Used {
    entry: &'static Entry,
    span: Span,
}

/// What is known of what a scalar is, where that stands in the table of functions.
fn entry_of(kind: &ScalarKind) -> Option<&'static Entry> {
    let form = |form: Form| Some(&FORMS[form as usize].entry);
    match kind {
        ScalarKind::Call { func, .. } => Some(&func.row().entry),
        ScalarKind::Aggregate { func, .. } => Some(&func.row().entry),
        ScalarKind::Window { func, .. } => Some(func.entry()),
        ScalarKind::Cast {
            implicit: false,
            fallible,
            ..
        } => form(if *fallible { Form::TryCast } else { Form::Cast }),
        ScalarKind::InList { .. } | ScalarKind::InQuery { .. } => form(Form::In),
        ScalarKind::Quantified { all, .. } | ScalarKind::OfArray { all, .. } => {
            form(if *all { Form::All } else { Form::Any })
        }
        ScalarKind::Exists(_) => form(Form::Exists),
        ScalarKind::Array(_) | ScalarKind::ArrayQuery { .. } => form(Form::Array),
        ScalarKind::Grouping(_) => form(Form::Grouping),
        ScalarKind::Case { .. } => form(Form::Case),
        _ => None,
    }
}

/// Every use, in the order of the source; one that stands there twice is one.
fn used(ir: &Ir) -> Vec<Used> {
    let mut all: Vec<Used> = Vec::new();
    let mut add = |entry: &'static Entry, span: Span| {
        let known = all
            .iter()
            .any(|use_| use_.span == span && use_.entry.name() == entry.name());
        if !known {
            all.push(Used { entry, span });
        }
    };
    let Some(root) = ir.root else { return all };
    ir.each_below(root, &mut |rel| {
        if let RelKind::TableFunction { func, .. } = &ir.rel(rel).kind
            && let Some(entry) = func.entry()
        {
            add(entry, ir.rel(rel).span);
        }
        let mut scalars: Vec<ScalarId> = Vec::new();
        ir.each_scalar(rel, &mut |scalar| scalars.push(scalar));
        for scalar in scalars {
            ir.walk(scalar, &mut |scalar| {
                if let Some(entry) = entry_of(&scalar.kind) {
                    add(entry, scalar.span);
                }
            });
        }
    });
    all.sort_by_key(|use_| (use_.span.start, use_.span.end));
    all
}

/// A text on one line, of no more than so many characters.
fn short(text: &str) -> String {
    const MOST: usize = 100;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// The cells and rewrites of a statement; `compiled` is what it became, where nothing is refused.
pub(crate) fn cells(
    ast: &Ast,
    ir: &mut Ir,
    compiled: Option<&Compiled>,
    dialect: Dialect,
) -> String {
    let lines = LineIndex::new(ast.source());
    let mut out = String::new();
    for Used { entry, span } in used(ir) {
        let place = lines.position(span.start);
        let cell = dialect.cell(&entry.cells);
        let source = short(ast.text(span));
        let _ = writeln!(
            out,
            "{} ({}:{}): {cell}: {}\n    {source}",
            entry.title(),
            place.line,
            place.column,
            reason(dialect, entry)
        );
        let text = compiled
            .and_then(|compiled| compiled.written(span))
            .map(short);
        if let (Some(text), false) = (text, cell == Cell::Native)
            && text != source
        {
            let _ = writeln!(out, "    {text}");
        }
    }
    if out.is_empty() {
        out.push_str("no function or operator\n");
    }
    rewrite::trace(ir, &dialect.traits().can, &mut |pass, _| {
        let _ = writeln!(out, "rewrite {}: {}", pass.name, pass.about);
    });
    out
}

//! The syntax tree as text: what stands inside what.

use core::fmt::Debug;
use rql_ast::{Ast, Clause, ColumnDef, Cte, Expr, FromItem, Node, Query, Relation};
use rql_ast::{Select, Span, Stmt, TypeName, WindowSpec, With};

/// One node a line, inside the node that holds it, with the beginning of its text.
#[must_use]
pub fn tree(ast: &Ast) -> String {
    let mut lines: Vec<Line> = Vec::new();
    add(ast, &mut lines, 0, |n: &Stmt| {
        (n.span, kind("statement", &n.kind))
    });
    add(ast, &mut lines, 1, |n: &Query| (n.span, "query".into()));
    add(ast, &mut lines, 2, |n: &With| (n.span, "with".into()));
    add(ast, &mut lines, 3, |n: &Cte| (n.span, "with query".into()));
    add(ast, &mut lines, 4, |n: &Select| (n.span, "select".into()));
    add(ast, &mut lines, 5, |n: &Clause| {
        (n.span, kind("clause", &n.kind))
    });
    add(ast, &mut lines, 6, |n: &FromItem| {
        (n.span, "from item".into())
    });
    add(ast, &mut lines, 7, |n: &Relation| {
        (n.span, "relation".into())
    });
    add(ast, &mut lines, 8, |n: &ColumnDef| {
        (n.span, "column".into())
    });
    add(ast, &mut lines, 9, |n: &WindowSpec| {
        (n.span, "window".into())
    });
    add(ast, &mut lines, 10, |n: &Expr| (n.span, kind("", &n.kind)));
    add(ast, &mut lines, 11, |n: &TypeName| (n.span, "type".into()));
    lines.sort_by_key(|line| (line.span.start, u32::MAX - line.span.end, line.rank));
    let mut out = String::new();
    let mut open: Vec<Span> = Vec::new();
    for line in &lines {
        while open
            .last()
            .is_some_and(|outer| outer.end < line.span.end || outer.end <= line.span.start)
        {
            open.pop();
        }
        let text = beginning(ast.text(line.span));
        out.push_str(&format!("{:2$}{}: {text}\n", "", line.what, open.len() * 2));
        open.push(line.span);
    }
    out
}

struct Line {
    span: Span,
    /// Of two nodes with one span the lower one holds the other: by type, and then the later, for a
    /// node is read after what is in it.
    rank: (u8, usize),
    what: String,
}

fn add<T: Node>(ast: &Ast, lines: &mut Vec<Line>, rank: u8, of: impl Fn(&T) -> (Span, String)) {
    for (at, node) in ast.all::<T>().iter().enumerate() {
        let (span, what) = of(node);
        let rank = (rank, usize::MAX - at);
        lines.push(Line { span, rank, what });
    }
}

/// `GroupBy(#3)` is "group by", after what it is one of.
fn kind(of: &str, kind: &impl Debug) -> String {
    let name = format!("{kind:?}");
    let name = name
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("");
    let mut words = of.to_owned();
    for c in name.chars() {
        if c.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}

/// As much of a text as fits a line.
fn beginning(text: &str) -> String {
    const WIDTH: usize = 60;
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = words.char_indices().nth(WIDTH) {
        words.truncate(at);
        words.push('…');
    }
    words
}

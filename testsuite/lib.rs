//! What the whole of RQL is measured against.
//!
//! Knows: every public crate, and where the corpora of SQL lie (`NOCTRA_CORPORA`, by default
//! `shared/corpora` beside the repository). Tests over corpora say NOT RUN where these are missing.
#![deny(missing_docs)]

pub mod conformance;
pub mod fuzz;
pub mod manual;
pub mod random;
mod reference;
pub mod spider;

use std::path::PathBuf;

/// A statement of a corpus.
#[derive(Clone, Debug)]
pub struct Case {
    /// The text.
    pub sql: String,
    /// It must be accepted.
    pub must: bool,
}

/// A corpus: its name and its statements.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// The name of its file, without the ending.
    pub name: String,
    /// Its statements, in order.
    pub cases: Vec<Case>,
}

/// Where the corpora lie, where they are there.
#[must_use]
pub fn corpora_dir() -> Option<PathBuf> {
    let dir = match std::env::var_os("NOCTRA_CORPORA") {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"),
    };
    dir.is_dir().then_some(dir)
}

/// Reads every corpus, in the order of their names; `None` where there are none.
#[must_use]
pub fn corpora() -> Option<Vec<Corpus>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpora_dir()?)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    files.sort();
    files.into_iter().map(|path| corpus(&path)).collect()
}

/// Reads one corpus.
#[must_use]
pub fn corpus(path: &std::path::Path) -> Option<Corpus> {
    let text = std::fs::read_to_string(path).ok()?;
    let cases = text
        .lines()
        .filter_map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(Case {
                sql: value.get("sql")?.as_str()?.to_owned(),
                must: value.get("must")?.as_bool()?,
            })
        })
        .collect();
    Some(Corpus {
        name: path.file_stem()?.to_string_lossy().into_owned(),
        cases,
    })
}

/// Whether two trees are the same but for where things stand; says what differs.
///
/// Nodes are compared pool by pool in the order in which they were read, names by what they say,
/// literals by their text.
///
/// # Errors
/// The first difference, in words.
pub fn same_tree(a: &rql_ast::Ast, b: &rql_ast::Ast) -> Result<(), String> {
    let words = |ast: &rql_ast::Ast| -> Vec<String> {
        ast.all::<rql_ast::Ident>()
            .iter()
            .map(|&ident| ast.name(ident).to_ascii_lowercase())
            .collect()
    };
    first_difference(&words(a), &words(b)).map_err(|what| format!("names: {what}"))?;
    let literals = |ast: &rql_ast::Ast| -> Vec<String> {
        use rql_ast::ExprKind as E;
        ast.all::<rql_ast::Expr>()
            .iter()
            .filter_map(|expr| match expr.kind {
                E::Number | E::Blob | E::Bits | E::Param => Some(ast.text(expr.span).to_owned()),
                E::String => Some(ast.string(expr.span).into_owned()),
                E::Typed { value, .. } => Some(ast.string(value).into_owned()),
                _ => None,
            })
            .collect()
    };
    first_difference(&literals(a), &literals(b)).map_err(|what| format!("literals: {what}"))?;
    let (a, b) = (shape(a), shape(b));
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    first_difference(&lines(&a), &lines(&b)).map_err(|what| format!("shape: {what}"))
}

/// The nodes of a tree, pool by pool, without where they stand and what names say.
#[must_use]
pub fn shape(ast: &rql_ast::Ast) -> String {
    without_spans(&format!("{:#?}", ast.pools()))
}

fn first_difference(a: &[String], b: &[String]) -> Result<(), String> {
    match a.iter().zip(b).position(|(a, b)| a != b) {
        Some(at) => Err(format!("{:?} became {:?}", a[at], b[at])),
        None if a.len() == b.len() => Ok(()),
        None => Err(format!("{} became {}", a.len(), b.len())),
    }
}

/// Drops the lines of spans from a tree's debug form.
fn without_spans(text: &str) -> String {
    text.lines()
        .filter(|line| {
            let line = line.trim_start();
            !(line.starts_with("start: ") || line.starts_with("end: "))
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Formats `source` and checks what the formatter promises: its output reads to the same tree, holds
/// every comment once and in order, and formats to itself. Gives the formatted text.
///
/// # Errors
/// What does not hold, in words.
pub fn check_format(source: &str) -> Result<String, String> {
    let options = rql_ast::FormatOptions::default();
    let before = rql_grammar::parse(source);
    let text = rql_ast::format(&before.ast, &options);
    let after = rql_grammar::parse(&text);
    if before.is_ok() {
        if let Some(error) = after
            .diagnostics
            .iter()
            .find(|d| d.severity == rql_diagnostics::Severity::Error)
        {
            return Err(format!(
                "formatted text does not read: {}\n{text}",
                error.message
            ));
        }
        // A join that nests without parentheses gets them, and its nodes another order.
        let nests = before
            .ast
            .all::<rql_ast::Relation>()
            .iter()
            .any(|relation| {
                matches!(relation.kind, rql_ast::RelationKind::Nested(_))
                    && !before.ast.text(relation.span).starts_with('(')
            });
        if !nests {
            same_tree(&before.ast, &after.ast).map_err(|what| format!("{what}\n{text}"))?;
        }
    }
    let comments = |ast: &rql_ast::Ast| -> Vec<String> {
        ast.comments
            .iter()
            .map(|&span| ast.text(span).trim_end().to_owned())
            .collect()
    };
    first_difference(&comments(&before.ast), &comments(&after.ast))
        .map_err(|what| format!("comments: {what}\n{text}"))?;
    let again = rql_ast::format(&after.ast, &options);
    if before.is_ok() && again != text {
        return Err(format!(
            "formats to something else again:\n{text}---\n{again}"
        ));
    }
    Ok(text)
}

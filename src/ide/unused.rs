//! What a text names and never uses.

use crate::{Language, Snapshot, Span};
use rql_ast::{Ast, Cte, Ident, Stmt, StmtKind};
use std::collections::HashMap;

/// A name that nothing uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// The name.
    pub span: Span,
    /// What it says.
    pub name: String,
    /// What it is, for people: `WITH query`.
    pub what: &'static str,
}

/// What a statement names for those behind it.
fn defined(ast: &Ast, stmt: &Stmt) -> Option<(Ident, &'static str)> {
    match stmt.kind {
        StmtKind::Let(id) => Some((ast[id].name, "variable")),
        StmtKind::Param(id) => Some((ast[id].name, "parameter")),
        StmtKind::Macro(id) => Some((ast[id].name, "macro")),
        _ => None,
    }
}

/// True for statements that only make names: a text of nothing else is there for those that include it.
fn defines(ast: &Ast, stmt: &Stmt) -> bool {
    let includes = matches!(stmt.kind, StmtKind::Include(_) | StmtKind::Set(_));
    includes || defined(ast, stmt).is_some()
}

impl Snapshot {
    /// The variables, parameters, macros and WITH queries that nothing in the text uses, in its order. Text inside of
    /// strings counts as a use, since it may be run.
    #[must_use]
    pub fn unused(&self) -> Vec<Unused> {
        if self.language != Language::Rql {
            return Vec::new();
        }
        let ast = &self.parse().ast;
        let statements = &ast[ast.statements];
        let library = statements.iter().all(|stmt| defines(ast, stmt));
        let names = statements.iter().filter(|_| !library);
        let names: Vec<_> = names.filter_map(|stmt| defined(ast, stmt)).collect();
        let ctes = ast.all::<Cte>();
        if names.is_empty() && ctes.is_empty() {
            return Vec::new();
        }
        let words = Words::of(&self.text, &ast.comments);
        let mut all = Vec::new();
        for (ident, what) in names {
            let name = ast.name(ident).into_owned();
            if !words.is_used(&name, &|place| place != ident.span.start) {
                all.push(unused(ident, name, what));
            }
        }
        for cte in ctes {
            // One that changes rows does so whether or not anybody reads them.
            if !matches!(ast[cte.body].kind, StmtKind::Query(_)) {
                continue;
            }
            let name = ast.name(cte.name).into_owned();
            let Some(own) = self.statement(cte.span.start) else {
                continue;
            };
            let elsewhere = |place: u32| {
                let outside = place < cte.span.start || cte.span.end <= place;
                outside && own.start <= place && place < own.end
            };
            if !words.is_used(&name, &elsewhere) {
                all.push(unused(cte.name, name, "WITH query"));
            }
        }
        all.sort_by_key(|one| one.span.start);
        all
    }
}

fn unused(ident: Ident, name: String, what: &'static str) -> Unused {
    Unused {
        span: ident.span,
        name,
        what,
    }
}

/// The words of a text without its comments: by their letters in lower case, where each stands.
struct Words(HashMap<String, Vec<u32>>);

impl Words {
    fn of(text: &str, comments: &[Span]) -> Self {
        let mut all: HashMap<String, Vec<u32>> = HashMap::new();
        let mut comments = comments.iter().peekable();
        let mut start: Option<usize> = None;
        let ends = text.char_indices().chain([(text.len(), ' ')]);
        for (at, sign) in ends {
            if sign.is_alphanumeric() || sign == '_' {
                start.get_or_insert(at);
                continue;
            }
            let Some(word) = start.take() else { continue };
            let place = u32::try_from(word).unwrap_or(u32::MAX);
            while comments.peek().is_some_and(|comment| comment.end <= place) {
                comments.next();
            }
            if comments.peek().is_none_or(|comment| place < comment.start) {
                let word = text[word..at].to_lowercase();
                all.entry(word).or_default().push(place);
            }
        }
        Self(all)
    }

    /// True where a name, or the last of its words where it has several, stands at a place that counts.
    fn is_used(&self, name: &str, counts: &dyn Fn(u32) -> bool) -> bool {
        let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !plain {
            // Its quotes and signs would have to be looked at; nothing is said of it.
            return true;
        }
        let places = self.0.get(&name.to_lowercase());
        places.is_some_and(|places| places.iter().any(|&place| counts(place)))
    }
}

//! What a text names and never uses.

use crate::entity::moved;
use crate::world::number;
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

/// What a statement names: for those behind it, and in itself without using it; places are from its beginning.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// A name for those behind it.
    defined: Option<Unused>,
    /// It only makes names: a text of nothing else is there for those that include it.
    defines: bool,
    /// WITH queries that nothing in it reads.
    queries: Vec<Unused>,
}

/// The words that statements begin with that make names only.
const DEFINING: &[&str] = &["let", "param", "macro", "include", "set"];

/// What the statements of a text, which is one of an outline, name.
fn own(text: &str) -> Own {
    let parse = rql_grammar::parse(text);
    let ast = &parse.ast;
    let mut own = Own::default();
    if let [only] = &ast[ast.statements] {
        own.defined = defined(ast, only);
        let includes = matches!(only.kind, StmtKind::Include(_) | StmtKind::Set(_));
        own.defines = includes || own.defined.is_some();
    }
    let words = Words::of(text, &ast.comments);
    for cte in ast.all::<Cte>() {
        // One that changes rows does so whether or not anybody reads them.
        if !matches!(ast[cte.body].kind, StmtKind::Query(_)) {
            continue;
        }
        let name = ast.name(cte.name).into_owned();
        let elsewhere = |place: u32| place < cte.span.start || cte.span.end <= place;
        if !words.is_used(&name, &elsewhere) {
            own.queries.push(unused(cte.name, name, "WITH query"));
        }
    }
    own
}

fn defined(ast: &Ast, stmt: &Stmt) -> Option<Unused> {
    let (ident, what) = match stmt.kind {
        StmtKind::Let(id) => (ast[id].name, "variable"),
        StmtKind::Param(id) => (ast[id].name, "parameter"),
        StmtKind::Macro(id) => (ast[id].name, "macro"),
        _ => return None,
    };
    Some(unused(ident, ast.name(ident).into_owned(), what))
}

/// True where a statement may name anything; cheap, and never false where it does.
fn may_name(text: &str) -> bool {
    let word = text
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or("");
    let with = || {
        let mut words = text.as_bytes().windows(4);
        words.any(|word| word.eq_ignore_ascii_case(b"with"))
    };
    DEFINING
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
        || with()
}

impl Snapshot {
    /// The variables, parameters, macros and WITH queries that nothing in the text uses, in its order. Text inside of
    /// strings counts as a use, since it may be run.
    #[must_use]
    pub fn unused(&self) -> Vec<Unused> {
        if self.language != Language::Rql {
            return Vec::new();
        }
        let (mut all, mut names, mut library) = (Vec::new(), Vec::new(), true);
        for piece in self.outline() {
            let text = piece.span.text(&self.text);
            if !may_name(text) {
                library = false;
                continue;
            }
            let own = self.memory.own(number(&text), || own(text));
            library &= own.defines;
            let here = |one: &Unused| Unused {
                span: moved(one.span, piece.span.start),
                ..one.clone()
            };
            names.extend(own.defined.as_ref().map(here));
            all.extend(own.queries.iter().map(here));
        }
        if !library && !names.is_empty() {
            let words = Words::of(&self.text, &rql_lexer::lex(&self.text).comments);
            names.retain(|one| !words.is_used(&one.name, &|place| place != one.span.start));
            all.extend(names);
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

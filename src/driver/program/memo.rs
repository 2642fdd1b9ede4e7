//! What is known of statements that have been looked at before: whoever looks at a text after each keystroke
//! compiles only the statement that has changed, and those that may see another world because of it.

use super::Outcome;
use super::walk::Walk;
use rql_ast::{Id, Span, Stmt, StmtKind};
use rql_codegen::ParamRef;
use rql_diagnostics::Diagnostic;
use rql_ir::{Change, ParamName, Type};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What is kept from one look at a text to the next; one for each text and world.
#[derive(Clone, Debug, Default)]
pub struct Memo {
    kept: HashMap<u64, Kept>,
    /// What this look has used or made; the rest is forgotten at its end.
    used: HashMap<u64, Kept>,
    /// How many statements the last look had to compile.
    compiled: usize,
}

/// What a statement says, with places from its own beginning.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    warnings: Vec<Diagnostic>,
    params: Vec<(String, Type, Span)>,
    changes: Vec<Change>,
    failed: bool,
}

impl Memo {
    /// How many statements the last look had to compile.
    #[must_use]
    pub fn compiled(&self) -> usize {
        self.compiled
    }

    pub(super) fn begin(&mut self) {
        self.compiled = 0;
    }

    pub(super) fn end(&mut self) {
        self.kept = std::mem::take(&mut self.used);
    }

    fn take(&mut self, key: u64) -> Option<Kept> {
        if let Some(kept) = self.kept.remove(&key) {
            self.used.insert(key, kept);
        }
        self.used.get(&key).cloned()
    }

    fn put(&mut self, key: u64, kept: Kept) {
        self.compiled += 1;
        self.used.insert(key, kept);
    }
}

/// A number for what has been said before and this besides.
fn chained(before: u64, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (before, text).hash(&mut hasher);
    hasher.finish()
}

/// True where those behind a statement see the same world as those before it, but for the tables that it
/// changes, which a hit of the memory changes again.
fn leaves_world(kind: StmtKind) -> bool {
    matches!(
        kind,
        StmtKind::Query(_)
            | StmtKind::Insert(_)
            | StmtKind::Update(_)
            | StmtKind::Delete(_)
            | StmtKind::Merge(_)
            | StmtKind::Truncate(_)
            | StmtKind::Print(_)
            | StmtKind::Show(_)
            | StmtKind::Describe(_)
            | StmtKind::Summarize(_)
            | StmtKind::Assert { .. }
            | StmtKind::Explain(_)
            | StmtKind::Native(_)
            | StmtKind::Error
    )
}

/// Diagnostics with their places moved by what `moved` says of a byte.
fn moved(mut all: Vec<Diagnostic>, moved: impl Fn(u32) -> u32) -> Vec<Diagnostic> {
    let shift = |span: Span| Span::new(moved(span.start), moved(span.end));
    for one in &mut all {
        for label in &mut one.labels {
            label.span = shift(label.span);
        }
        for edit in one.suggestions.iter_mut().flat_map(|s| &mut s.edits) {
            edit.span = shift(edit.span);
        }
    }
    all
}

impl Walk<'_> {
    /// The key of a statement of the text's own level; `None` where none is kept.
    pub(super) fn memo_key(&self, stmt: Id<Stmt>) -> Option<u64> {
        self.memo.as_ref()?;
        (self.depth == 1 && self.included.is_none())
            .then(|| chained(self.chain, self.ast.text(self.ast[stmt].span)))
    }

    /// What was known of a statement is said again.
    pub(super) fn recall(&mut self, stmt: Id<Stmt>, key: u64) -> Option<Outcome> {
        let kept = self.memo.as_mut()?.take(key)?;
        let start = self.ast[stmt].span.start;
        self.state.catalog.apply(kept.changes);
        let warnings = moved(kept.warnings, |at| at + start);
        self.done.diagnostics.extend(warnings);
        let mut sound = !kept.failed;
        for (name, ty, span) in kept.params {
            let span = Span::new(span.start + start, span.end + start);
            sound &= self.used(&name, ty, span);
        }
        Some(match sound {
            true => Outcome::Session,
            false => Outcome::Failed,
        })
    }

    /// Keeps what a statement has said; nothing where its places do not all lie in it.
    pub(super) fn remember(
        &mut self,
        stmt: Id<Stmt>,
        key: u64,
        compiled: &Result<crate::Compiled, Vec<Diagnostic>>,
        changes: &[Change],
    ) {
        let span = self.ast[stmt].span;
        let (warnings, params) = match compiled {
            Ok(compiled) if compiled.choices.is_some() => return,
            Ok(compiled) => (&compiled.warnings, compiled.params.as_slice()),
            Err(wrong) => (wrong, [].as_slice()),
        };
        let inside = |at: Span| span.start <= at.start && at.end <= span.end;
        let labels = |d: &Diagnostic| d.labels.iter().all(|label| inside(label.span));
        let edits = |d: &Diagnostic| {
            let mut edits = d.suggestions.iter().flat_map(|s| &s.edits);
            edits.all(|edit| inside(edit.span))
        };
        if !warnings.iter().all(|d| labels(d) && edits(d)) || !params.iter().all(|p| inside(p.span))
        {
            return;
        }
        let params = params.iter().map(|param: &ParamRef| {
            let name = match &param.name {
                ParamName::Name(name) => name.clone(),
                ParamName::Position(at) => at.to_string(),
            };
            let place = Span::new(param.span.start - span.start, param.span.end - span.start);
            (name, param.ty, place)
        });
        let kept = Kept {
            warnings: moved(warnings.clone(), |at| at - span.start),
            params: params.collect(),
            changes: changes.to_vec(),
            failed: compiled.is_err(),
        };
        if let Some(memo) = self.memo.as_mut() {
            memo.put(key, kept);
        }
    }

    /// Those behind a statement may see another world.
    pub(super) fn pass(&mut self, stmt: Id<Stmt>) {
        if self.memo.is_none() || leaves_world(self.ast[stmt].kind) {
            return;
        }
        self.chain = chained(self.chain, self.ast.text(self.ast[stmt].span));
        if matches!(self.ast[stmt].kind, StmtKind::Include(_)) {
            for text in &self.done.included {
                self.chain = chained(self.chain, text.parse.ast.source());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, Options, program_memo};
    use rql_codegen::Dialect;
    use rql_ir::NameMatch;

    fn messages(text: &str, memo: &mut super::Memo) -> Vec<String> {
        let parse = rql_grammar::parse(text);
        let options = Options {
            dialect: Dialect::Postgresql,
            uses: &|_| None,
            file: "",
            includes: &|_, _| Err("no".into()),
        };
        let mut catalog = Catalog::new(NameMatch::Folded);
        let done = program_memo(&parse.ast, &mut catalog, options, memo);
        let said = |d: &crate::Diagnostic| {
            let place = d.primary_span().map(|span| span.text(text).to_owned());
            format!("{} {}", d.message, place.unwrap_or_default())
        };
        let mut all: Vec<String> = done.diagnostics.iter().map(said).collect();
        all.extend(
            done.parameters
                .iter()
                .map(|p| format!(":{} {}", p.name, p.ty)),
        );
        all
    }

    #[test]
    fn only_what_changed_is_compiled_and_the_answer_is_the_same() {
        let table = "CREATE TABLE t (a INTEGER NOT NULL, b TEXT); ";
        let texts = [
            format!("{table}SELECT a FROM t; SELECT c FROM t; SELECT b FROM t WHERE a = :x;"),
            format!("{table}SELECT a FROM t; SELECT bb, c FROM t; SELECT b FROM t WHERE a = :x;"),
            format!(
                "-- one\n{table}SELECT a FROM t; SELECT b FROM t; SELECT b FROM t WHERE a = :x;"
            ),
        ];
        let mut memo = super::Memo::default();
        let mut counts = Vec::new();
        for text in &texts {
            let fresh = messages(text, &mut super::Memo::default());
            assert_eq!(messages(text, &mut memo), fresh, "{text}");
            counts.push(memo.compiled());
        }
        assert_eq!(counts, [4, 1, 1]);
        // Another table: everything behind it is seen anew.
        let text = texts[0].replace("b TEXT", "c TEXT");
        assert_eq!(
            messages(&text, &mut memo),
            messages(&text, &mut super::Memo::default())
        );
        assert_eq!(memo.compiled(), 4);
    }
}

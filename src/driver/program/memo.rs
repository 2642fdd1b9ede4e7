//! What is known of statements that have been looked at before: whoever looks at a text after each keystroke
//! compiles only the statement that has changed, and those that may see another world because of it.

use super::Outcome;
use super::walk::Walk;
use rql_ast::{Id, Span, Stmt, StmtKind};
use rql_codegen::ParamRef;
use rql_diagnostics::Diagnostic;
use rql_grammar::{Outline, Parse};
use rql_ir::{Change, ParamName, Type};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// What is kept from one look at a text to the next; one for each text and world.
#[derive(Clone, Debug, Default)]
pub struct Memo {
    kept: HashMap<u64, Arc<Kept>>,
    /// What this look has used or made; the rest is forgotten at its end.
    used: HashMap<u64, Arc<Kept>>,
    /// The texts of what is kept, as numbers.
    texts: HashSet<u64>,
    /// Those that are not kept everywhere.
    loose: HashSet<u64>,
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
    /// The world behind it is the one before it, but for the changes.
    leaves_world: bool,
    text: u64,
}

impl Memo {
    /// How many statements the last look had to compile.
    #[must_use]
    pub fn compiled(&self) -> usize {
        self.compiled
    }

    pub(super) fn begin(&mut self) {
        self.compiled = 0;
        self.loose.clear();
    }

    /// What the parser has said of a text it has to say again: the statements around are read each time.
    pub(super) fn end(&mut self, text: &str, outline: &[Outline], said: &[Diagnostic]) {
        for wrong in said {
            let at = wrong.primary_span().unwrap_or_default().start;
            let next = outline.partition_point(|piece| piece.span.start <= at);
            let around = outline.iter().skip(next.saturating_sub(1)).take(2);
            let texts = around.map(|piece| chained(0, piece.span.text(text)));
            self.loose.extend(texts);
        }
        self.kept = std::mem::take(&mut self.used);
        self.texts.clear();
        let texts = self.kept.values().map(|kept| kept.text);
        self.texts
            .extend(texts.filter(|text| !self.loose.contains(text)));
    }

    fn take(&mut self, key: u64) -> Option<Arc<Kept>> {
        if let Some(kept) = self.kept.remove(&key) {
            self.used.insert(key, kept);
        }
        self.used.get(&key).cloned()
    }

    fn put(&mut self, key: u64, kept: Kept) {
        self.compiled += 1;
        self.used.insert(key, Arc::new(kept));
    }

    /// Reads of a text only the statements that have not been seen before; `outline` says where they stand. `None` where
    /// reading the whole is as cheap.
    #[must_use]
    pub fn unread(&self, text: &str, outline: &[Outline]) -> Option<Unread> {
        let mut ended = true;
        let known = outline.iter().map(|piece| {
            // One that something else ends is read with what ends it.
            let alone = std::mem::replace(&mut ended, piece.ended) && piece.ended;
            alone && self.texts.contains(&chained(0, piece.span.text(text)))
        });
        let known: Vec<bool> = known.collect();
        if known.iter().filter(|known| **known).count() * 2 < known.len() {
            return None;
        }
        let mut rest = text.as_bytes().to_vec();
        for (piece, _) in outline.iter().zip(&known).filter(|(_, known)| **known) {
            rest.get_mut(piece.span.start as usize..piece.span.end as usize)?
                .fill(b' ');
        }
        let parse = rql_grammar::parse(&String::from_utf8(rest).ok()?);
        Some(Unread { parse, known })
    }
}

/// A text of which only those statements are read that have not been seen before; all have their places.
#[derive(Debug)]
pub struct Unread {
    /// What is read.
    pub parse: Parse,
    /// For each statement of the outline whether it has been seen.
    pub(super) known: Vec<bool>,
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

    /// Statement by statement, of which some are not in the tree; false where one of those is unknown after all.
    pub(super) fn pieces(&mut self, text: &str, outline: &[Outline], known: &[bool]) -> bool {
        let ast = self.ast;
        self.depth += 1;
        let mut read = ast.statements.ids().peekable();
        for (piece, known) in outline.iter().zip(known) {
            if !known {
                while let Some(stmt) = read.next_if(|&id| ast[id].span.start < piece.span.end) {
                    self.one(stmt);
                }
                continue;
            }
            let written = piece.span.text(text);
            let key = chained(self.chain, written);
            let Some((_, leaves_world)) = self.recall(piece.span.start, key) else {
                return false;
            };
            if !leaves_world {
                self.chain = key;
            }
        }
        read.for_each(|stmt| {
            self.one(stmt);
        });
        self.depth -= 1;
        true
    }

    /// What was known of a statement that begins at a byte is said again; also whether it leaves the world as it is.
    pub(super) fn recall(&mut self, start: u32, key: u64) -> Option<(Outcome, bool)> {
        let kept = self.memo.as_mut()?.take(key)?;
        self.state.catalog.apply(kept.changes.clone());
        let warnings = moved(kept.warnings.clone(), |at| at + start);
        self.done.diagnostics.extend(warnings);
        let mut sound = !kept.failed;
        for (name, ty, span) in &kept.params {
            let span = Span::new(span.start + start, span.end + start);
            sound &= self.used(name, *ty, span);
        }
        let outcome = match sound {
            true => Outcome::Session,
            false => Outcome::Failed,
        };
        Some((outcome, kept.leaves_world))
    }

    /// Keeps what a statement has said; nothing where it has failed as DDL, or its places do not all lie in it.
    pub(super) fn remember(
        &mut self,
        stmt: Id<Stmt>,
        key: u64,
        compiled: &Result<crate::Compiled, Vec<Diagnostic>>,
        changes: Option<&[Change]>,
    ) {
        let kept = changes.and_then(|changes| self.kept(stmt, compiled, changes));
        let text = chained(0, self.ast.text(self.ast[stmt].span));
        let Some(memo) = self.memo.as_mut() else {
            return;
        };
        match kept {
            Some(kept) => memo.put(key, kept),
            None => {
                memo.loose.insert(text);
            }
        }
    }

    fn kept(
        &self,
        stmt: Id<Stmt>,
        compiled: &Result<crate::Compiled, Vec<Diagnostic>>,
        changes: &[Change],
    ) -> Option<Kept> {
        let span = self.ast[stmt].span;
        let (warnings, params) = match compiled {
            Ok(compiled) if compiled.choices.is_some() => return None,
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
            return None;
        }
        let params = params.iter().map(|param: &ParamRef| {
            let name = match &param.name {
                ParamName::Name(name) => name.clone(),
                ParamName::Position(at) => at.to_string(),
            };
            let place = Span::new(param.span.start - span.start, param.span.end - span.start);
            (name, param.ty, place)
        });
        Some(Kept {
            warnings: moved(warnings.clone(), |at| at - span.start),
            params: params.collect(),
            changes: changes.to_vec(),
            failed: compiled.is_err(),
            leaves_world: leaves_world(self.ast[stmt].kind),
            text: chained(0, self.ast.text(span)),
        })
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
            fold: None,
        };
        let mut catalog = Catalog::new(NameMatch::Folded);
        let done = program_memo(
            &parse,
            &rql_grammar::outline(text),
            &mut catalog,
            options,
            memo,
        );
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

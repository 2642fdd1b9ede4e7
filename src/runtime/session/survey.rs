//! What a text names that must be there before a statement of it runs: found once for all of its statements,
//! of which it may have very many.

use crate::session::last;
use crate::session::{Session, files};
use rql_ast::{Ast, Relation, Span};
use std::sync::Arc;

/// So many texts are remembered: the one that runs, and those that define what it uses.
const KEPT: usize = 8;

/// Where a text names what is no table of the database.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// The places of `last`.
    last: Vec<Span>,
    /// Files in FROM.
    files: Vec<Relation>,
    /// The system's own tables.
    system: Vec<Relation>,
}

impl Survey {
    fn of(ast: &Ast) -> Self {
        let all = ast.all::<Relation>().iter().copied();
        let (mut files, mut system) = (Vec::new(), Vec::new());
        for relation in all {
            if ast.file_source(relation).is_some() {
                files.push(relation);
            } else if files::of_system(ast, relation).is_some() {
                system.push(relation);
            }
        }
        Self {
            last: last::named(ast).collect(),
            files,
            system,
        }
    }

    /// Where something within a span names what may be the last result.
    pub(crate) fn last(&self, within: Span) -> Option<Span> {
        self.last.iter().copied().find(|&at| covers(within, at))
    }

    /// True where the text names it anywhere.
    pub(crate) fn names_last(&self) -> bool {
        !self.last.is_empty()
    }

    /// The files that stand within a span.
    pub(crate) fn files(&self, within: Span) -> impl Iterator<Item = Relation> {
        let all = self.files.iter().copied();
        all.filter(move |relation| covers(within, relation.span))
    }

    /// The same for the system's own tables.
    pub(crate) fn system(&self, within: Span) -> impl Iterator<Item = Relation> {
        let all = self.system.iter().copied();
        all.filter(move |relation| covers(within, relation.span))
    }

    /// True where the text names no files.
    pub(crate) fn reads_no_files(&self) -> bool {
        self.files.is_empty()
    }
}

impl Session {
    /// What a text names, which is looked for once.
    pub(crate) fn survey(&mut self, ast: &Ast) -> Arc<Survey> {
        let mut known = self.surveys.iter();
        if let Some((_, found)) = known.find(|(source, _)| Arc::ptr_eq(source, ast.source())) {
            return Arc::clone(found);
        }
        let found = Arc::new(Survey::of(ast));
        self.surveys.truncate(KEPT - 1);
        let kept = (Arc::clone(ast.source()), Arc::clone(&found));
        self.surveys.insert(0, kept);
        found
    }
}

/// True where one span stands within another.
pub(crate) fn covers(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

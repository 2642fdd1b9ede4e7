//! What a session knows of the tables on its connection.
//!
//! It is read when it is first needed. After that the session's own DDL changes it, and a transaction
//! that ends without its changes brings back what was known before; what only the backend understands
//! makes it forget.

use crate::Error;
use crate::connection::Connection;
use rql::{Catalog, Change};
use rql_ast::{Ast, StmtKind};

/// The catalog, and what it was at the points to which a transaction can go back.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// `None` where it must be read.
    catalog: Option<Catalog>,
    /// The oldest first: where the transaction began, then its savepoints.
    saved: Vec<Point>,
}

#[derive(Debug)]
struct Point {
    /// The savepoint; `None` where the transaction began.
    name: Option<String>,
    catalog: Option<Catalog>,
}

impl Known {
    /// What the connection holds, where it is known.
    pub(crate) fn peek(&self) -> Option<&Catalog> {
        self.catalog.as_ref()
    }

    /// What the connection holds.
    pub(crate) fn catalog(
        &mut self,
        connection: &mut dyn Connection,
    ) -> Result<&mut Catalog, Error> {
        let catalog = match self.catalog.take() {
            Some(catalog) => catalog,
            None => connection.catalog()?,
        };
        Ok(self.catalog.insert(catalog))
    }

    /// Follows a statement that has run.
    pub(crate) fn follow(
        &mut self,
        ast: &Ast,
        kind: StmtKind,
        changes: Option<Vec<Change>>,
        connection: &dyn Connection,
    ) {
        match kind {
            StmtKind::Begin(_) => self.save(None),
            StmtKind::Savepoint(name) => self.save(Some(ast.name(name).into_owned())),
            StmtKind::Release(name) => {
                let at = self.point(&ast.name(name));
                self.saved.truncate(at.unwrap_or(self.saved.len()));
            }
            StmtKind::Rollback { to: Some(name), .. } => self.go_back(&ast.name(name)),
            StmtKind::Rollback { to: None, .. } => self.rollback(),
            StmtKind::Commit { .. } => self.saved.clear(),
            // It may have begun or ended a transaction, too.
            StmtKind::Native(_) | StmtKind::Backend(_) => *self = Self::default(),
            // The search path says which tables have no schema.
            StmtKind::Set(_) => self.catalog = None,
            _ => match (changes, &mut self.catalog) {
                (Some(changes), Some(catalog)) if exact(ast, kind) => catalog.apply(changes),
                (Some(_), _) => self.catalog = None,
                (None, _) => {}
            },
        }
        let ended = matches!(kind, StmtKind::Commit { .. } | StmtKind::Rollback { .. });
        // AND CHAIN begins the next one at once.
        if ended && self.saved.is_empty() && connection.in_transaction() {
            self.save(None);
        }
    }

    /// The transaction has ended without its changes.
    pub(crate) fn rollback(&mut self) {
        // What is not known to have been saved must be read again.
        let first = self.saved.drain(..).next();
        self.catalog = first
            .filter(|point| point.name.is_none())
            .and_then(|point| point.catalog);
    }

    fn save(&mut self, name: Option<String>) {
        let catalog = self.catalog.clone();
        self.saved.push(Point { name, catalog });
    }

    fn go_back(&mut self, name: &str) {
        let found = self.point(name);
        self.catalog = found.and_then(|at| self.saved[at].catalog.clone());
        // The savepoint itself stays.
        self.saved
            .truncate(found.map_or(self.saved.len(), |at| at + 1));
    }

    /// The newest savepoint of a name.
    fn point(&self, name: &str) -> Option<usize> {
        let is = |point: &Point| {
            point
                .name
                .as_deref()
                .is_some_and(|n| n.eq_ignore_ascii_case(name))
        };
        self.saved.iter().rposition(is)
    }
}

/// True where the compiler knows all that a statement changes: what CASCADE takes along it does not.
fn exact(ast: &Ast, kind: StmtKind) -> bool {
    match kind {
        StmtKind::Drop(id) => ast[id].cascade != Some(true),
        _ => true,
    }
}

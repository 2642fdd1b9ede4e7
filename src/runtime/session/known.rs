//! What a session knows of the tables on its connection.
//!
//! It is read when it is first needed. After that the session's own DDL changes it, and a transaction
//! that ends without its changes brings back what was known before; what only the backend understands
//! makes it forget.

use crate::Error;
use crate::connection::Connection;
use rql::{Catalog, Change, Definition, Dialect, TableColumn, Type};
use rql_ast::{Ast, Create, CreateObject, Id, StmtKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A catalog as it is at a time. No two that differ have the same number, on any connection.
#[derive(Clone, Debug)]
struct Version {
    catalog: Catalog,
    number: u64,
}

/// The number of the catalog of what names nothing.
const NOTHING: u64 = 0;

impl Version {
    fn new(catalog: Catalog) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(NOTHING + 1);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        Self { catalog, number }
    }
}

/// The catalog, and what it was at the points to which a transaction can go back.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// `None` where it must be read.
    now: Option<Version>,
    /// The oldest first: where the transaction began, then its savepoints.
    saved: Vec<Point>,
    nothing: Catalog,
    /// A table goes with the transaction: ON COMMIT DROP.
    passing: bool,
}

#[derive(Debug)]
struct Point {
    /// The savepoint; `None` where the transaction began.
    name: Option<String>,
    then: Option<Version>,
}

impl Known {
    /// What the connection holds, where it is known.
    pub(crate) fn peek(&self) -> Option<&Catalog> {
        self.now.as_ref().map(|version| &version.catalog)
    }

    /// The number of the catalog as it is now, where it is known.
    pub(crate) fn version(&self) -> Option<u64> {
        self.now.as_ref().map(|version| version.number)
    }

    /// What the connection holds.
    pub(crate) fn catalog(&mut self, connection: &mut dyn Connection) -> Result<&Catalog, Error> {
        Ok(&self.read(connection)?.catalog)
    }

    /// The same with the LET relations and macros of the session.
    pub(crate) fn with(
        &mut self,
        connection: &mut dyn Connection,
        definitions: &[Arc<Definition>],
    ) -> Result<(&Catalog, u64), Error> {
        let version = self.read(connection)?;
        // Those that the catalog has are kept by it, so no other stands where one of them is.
        let before = version.catalog.definitions();
        let same = before.len() == definitions.len()
            && before
                .iter()
                .zip(definitions)
                .all(|(a, b)| Arc::ptr_eq(a, b));
        if !same {
            let mut catalog = std::mem::take(&mut version.catalog);
            catalog.set_definitions(definitions.to_vec());
            *version = Version::new(catalog);
        }
        Ok((&version.catalog, version.number))
    }

    /// What a text needs that names nothing.
    pub(crate) fn nothing(&self) -> (&Catalog, u64) {
        (&self.nothing, NOTHING)
    }

    /// What is known changes as `change` says; what is not is read when it is needed.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Catalog)) {
        if let Some(Version { mut catalog, .. }) = self.now.take() {
            change(&mut catalog);
            self.now = Some(Version::new(catalog));
        }
    }

    fn read(&mut self, connection: &mut dyn Connection) -> Result<&mut Version, Error> {
        let version = match self.now.take() {
            Some(version) => version,
            None => Version::new(connection.catalog()?),
        };
        Ok(self.now.insert(version))
    }

    /// What is there is read again.
    pub(crate) fn forget(&mut self) {
        self.now = None;
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
            StmtKind::Commit { .. } => {
                self.saved.clear();
                if std::mem::take(&mut self.passing) {
                    self.now = None;
                }
            }
            // It may have begun or ended a transaction, too.
            StmtKind::Native(_) | StmtKind::Backend(_) => *self = Self::default(),
            // The search path says which tables have no schema.
            StmtKind::Set(_) => self.now = None,
            StmtKind::Create(create)
                if connection.dialect() == Dialect::Postgresql && is_written(ast, create) =>
            {
                self.now = None;
                self.passing = true;
            }
            _ => match changes {
                Some(changes) if exact(ast, kind, &changes, connection.dialect()) => {
                    self.change(|known| known.apply(changes))
                }
                Some(_) => self.now = None,
                None => {}
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
        self.now = first
            .filter(|point| point.name.is_none())
            .and_then(|point| point.then);
    }

    fn save(&mut self, name: Option<String>) {
        let then = self.now.clone();
        self.saved.push(Point { name, then });
    }

    fn go_back(&mut self, name: &str) {
        let found = self.point(name);
        self.now = found.and_then(|at| self.saved[at].then.clone());
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

/// A table of which the database says best what it has: a part of another, an heir, or one that goes with the transaction.
fn is_written(ast: &Ast, create: Id<Create>) -> bool {
    match ast[create].object {
        CreateObject::Table(table) => {
            let table = ast[table];
            table.partition_of.is_some() || !table.options.is_empty()
        }
        _ => false,
    }
}

/// True where the compiler knows all that a statement changes: what CASCADE takes along it does not.
fn exact(ast: &Ast, kind: StmtKind, changes: &[Change], dialect: Dialect) -> bool {
    // Who numbers its rows is read where it is kept, and what scale a decimal has that the statement gives none.
    let own = |column: &TableColumn| {
        let open = matches!(
            column.ty,
            Type::Decimal {
                precision: None,
                ..
            }
        );
        column.identity || open && dialect == Dialect::Duckdb
    };
    // What it has hidden in another schema of the search path is seen again.
    let hides = |home: &str| dialect == Dialect::Postgresql && home != "public";
    let told = |change: &Change| match change {
        Change::Add(table) => table.columns.iter().any(own),
        Change::Remove(table) => table.home.as_deref().is_some_and(hides),
        Change::RemoveSchema(name) => hides(name),
        _ => false,
    };
    if changes.iter().any(told) {
        return false;
    }
    match kind {
        StmtKind::Drop(id) => ast[id].cascade != Some(true),
        _ => true,
    }
}

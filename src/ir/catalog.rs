//! What tables there are.

use crate::{Definition, Type};
use std::sync::Arc;

/// How unquoted names find the names of the catalog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameMatch {
    /// Without regard to case: SQLite, DuckDB, MySQL.
    #[default]
    Insensitive,
    /// Folded to lower case, then exactly: PostgreSQL.
    Folded,
}

/// The tables and views that a statement may name.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    tables: Vec<Table>,
    names: NameMatch,
    open: bool,
    definitions: Vec<Arc<Definition>>,
}

/// A table or view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its schema, where it is not the default one.
    pub schema: Option<String>,
    /// Its name in the backend's spelling.
    pub name: String,
    /// True for a view.
    pub view: bool,
    /// Its columns, in order.
    pub columns: Vec<TableColumn>,
}

impl Table {
    /// The positions of the primary key's columns.
    pub fn key_positions(&self) -> impl Iterator<Item = usize> + '_ {
        core::iter::empty()
    }
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name in the backend's spelling.
    pub name: String,
    /// The type as declared.
    pub declared: String,
    /// What that means.
    pub ty: Type,
    /// True where it may be NULL.
    pub nullable: bool,
}

impl Catalog {
    /// An empty catalog.
    #[must_use]
    pub fn new(names: NameMatch) -> Self {
        Self {
            tables: Vec::new(),
            names,
            open: false,
            definitions: Vec::new(),
        }
    }

    /// A catalog that knows nothing: every name passes, types are unknown.
    #[must_use]
    pub fn open(names: NameMatch) -> Self {
        Self {
            open: true,
            ..Self::new(names)
        }
    }

    /// True where unknown tables are taken to be there.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Puts the LET relations and macros of a session in the place of those before, the newest last.
    pub fn set_definitions(&mut self, definitions: Vec<Arc<Definition>>) {
        self.definitions = definitions;
    }

    /// The LET relations and macros of the session.
    #[must_use]
    pub fn definitions(&self) -> &[Arc<Definition>] {
        &self.definitions
    }

    /// Adds a table; one of the same name is replaced.
    pub fn add(&mut self, table: Table) {
        self.tables
            .retain(|old| (&old.schema, &old.name) != (&table.schema, &table.name));
        self.tables.push(table);
    }

    /// Every table, in the order added.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// How names are compared.
    #[must_use]
    pub fn name_match(&self) -> NameMatch {
        self.names
    }

    /// True where a name as [`rql_ast::Ast::name`] gives it means `stored`.
    #[must_use]
    pub fn matches(&self, written: &str, stored: &str) -> bool {
        match self.names {
            NameMatch::Insensitive => written.eq_ignore_ascii_case(stored),
            NameMatch::Folded => written == stored,
        }
    }

    /// Finds a table by its schema, where one is written, and its name.
    #[must_use]
    pub fn find(&self, schema: Option<&str>, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| {
            self.matches(name, &table.name)
                && match (schema, &table.schema) {
                    (None, _) => true,
                    (Some(written), Some(stored)) => self.matches(written, stored),
                    (Some(written), None) => matches!(written, "main" | "public"),
                }
        })
    }
}

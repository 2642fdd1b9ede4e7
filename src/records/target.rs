//! A table whose rows are edited, and what tells them apart.

use crate::Error;
use noctra_runtime::Session;
use rql::{Catalog, Dialect, Table, TableColumn};
use std::fmt;

/// A table, and the key by which a row is found again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The table.
    pub table: Table,
    /// The positions of the key's columns, or why no row of it can be changed.
    pub key: Result<Vec<usize>, ReadOnly>,
}

/// Why rows cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// A query stands behind the rows of this view.
    View(String),
    /// The rows of this table are elsewhere.
    Foreign(String),
    /// Nothing tells two rows of this table apart.
    NoKey(String),
    /// The result does not show the key of this table: these columns.
    KeyNotShown(String, Vec<String>),
    /// The result is computed: no row of it is a row of a table.
    Computed,
    /// A column of the result is computed.
    Expression,
    /// The database computes this column.
    Generated(String),
    /// An outer join has found no row of this table.
    NoRow(String),
}

impl fmt::Display for ReadOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::View(name) => write!(f, "{name} is a view: its rows are those of a query"),
            Self::Foreign(name) => write!(f, "the rows of {name} are not in this database"),
            Self::NoKey(name) => write!(
                f,
                "{name} has no primary key, and no unique key without NULL: two of its rows may be alike"
            ),
            Self::KeyNotShown(name, columns) => {
                let columns = columns.join(", ");
                write!(f, "the key of {name} ({columns}) is not in the result")
            }
            Self::Computed => f.write_str("no row of the result is a row of a table"),
            Self::Expression => f.write_str("the column is computed by the query"),
            Self::Generated(name) => write!(f, "{name} is computed by the database"),
            Self::NoRow(name) => write!(f, "there is no row of {name} here"),
        }
    }
}

impl Target {
    /// What is known of a table.
    #[must_use]
    pub fn of(table: &Table) -> Self {
        Self {
            key: key(table),
            table: table.clone(),
        }
    }

    /// The table of a name, which may have a schema before it.
    ///
    /// # Errors
    /// Where there is no such table, or the database cannot be asked.
    pub fn named(session: &mut Session, name: &str) -> Result<Self, Error> {
        let catalog = session.catalog().map_err(Error::database)?;
        let found = find(catalog, name).map(Self::of);
        found.ok_or_else(|| Error::NoTable(name.to_owned()))
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[TableColumn] {
        &self.table.columns
    }

    /// The position of a column, by its name in the catalog or by that of its field.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        let exact = self.columns().iter().position(|c| c.name == name);
        exact.or_else(|| {
            let mut columns = self.columns().iter();
            columns.position(|c| rql_forms::field_name(&c.name) == name)
        })
    }

    /// The name as RQL writes it.
    pub(crate) fn written(&self) -> String {
        let parts = self.table.schema.iter().chain([&self.table.name]);
        let parts: Vec<String> = parts.map(|part| name(part)).collect();
        parts.join(".")
    }

    /// A column's name as RQL writes it.
    pub(crate) fn column_written(&self, at: usize) -> String {
        self.columns()
            .get(at)
            .map_or(String::new(), |c| name(&c.name))
    }
}

/// A name as RQL writes it.
pub(crate) fn name(name: &str) -> String {
    rql::quoted(name, Dialect::Postgresql)
}

/// The table of a name with or without a schema.
pub(crate) fn find<'c>(catalog: &'c Catalog, name: &str) -> Option<&'c Table> {
    match name.rsplit_once('.') {
        Some((schema, name)) => catalog.find(Some(schema), name),
        None => catalog.find(None, name),
    }
}

/// The primary key; else a unique one of columns that are never NULL.
fn key(table: &Table) -> Result<Vec<usize>, ReadOnly> {
    if table.kind.is_view() {
        return Err(ReadOnly::View(table.name.clone()));
    }
    let primary: Vec<usize> = table.key_positions().collect();
    if !primary.is_empty() {
        return Ok(primary);
    }
    let constraints = table.keys.iter().map(|key| key.columns.clone());
    let indexes = table.indexes.iter().filter_map(rql::Index::key);
    let never_null =
        |key: &Vec<usize>| !key.is_empty() && key.iter().all(|&at| !table.columns[at].nullable);
    let unique = constraints.chain(indexes).filter(never_null);
    let shortest = unique.min_by_key(Vec::len);
    shortest.ok_or_else(|| match table.kind {
        rql::TableKind::Foreign => ReadOnly::Foreign(table.name.clone()),
        _ => ReadOnly::NoKey(table.name.clone()),
    })
}

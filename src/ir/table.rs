//! What a catalog says of a table.

use crate::ObjectName;
use crate::Type;

/// A table or view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its schema, where it is not the default one.
    pub schema: Option<String>,
    /// The schema that it lies in, where names find it without one and that is known.
    pub home: Option<String>,
    /// True where its schema is a part of its name in the database ([`within`](crate::within)).
    pub within: bool,
    /// Its name in the backend's spelling.
    pub name: String,
    /// What kind of table it is.
    pub kind: TableKind,
    /// True where it ends with the session; it stands before another of its name.
    pub temporary: bool,
    /// True where its rows have no number beside their key: SQLite's WITHOUT ROWID.
    pub without_rowid: bool,
    /// Its columns, in order.
    pub columns: Vec<TableColumn>,
    /// Its keys, the primary one first.
    pub keys: Vec<Key>,
    /// What refers to other tables.
    pub foreign_keys: Vec<ForeignKey>,
    /// True where a change of its rows may set off others: it has triggers. Nobody asks where changes in WITH run.
    pub triggers: bool,
    /// What its rows must satisfy.
    pub checks: Vec<Check>,
    /// Its indexes, without those that only serve a key.
    pub indexes: Vec<Index>,
    /// The text of a view's query.
    pub definition: Option<String>,
    /// What a view shows of one table.
    pub shows: Option<crate::Shows>,
    /// The tables that a view's query names, as they are found from where it stands.
    pub reads: Vec<ObjectName>,
}

/// What kind of table it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableKind {
    /// It holds its rows.
    #[default]
    Table,
    /// A query under a name.
    View,
    /// A query under a name, with the rows that it gave when it was last refreshed.
    MaterializedView,
    /// Its rows are elsewhere: a foreign table, a virtual table.
    Foreign,
}

/// Columns that no two rows have alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// The name of the constraint or index, where it has one.
    pub name: Option<String>,
    /// True for the primary key.
    pub primary: bool,
    /// The positions of its columns, in the key's order.
    pub columns: Vec<usize>,
}

/// Columns whose values stand in another table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignKey {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
    /// The positions of its columns.
    pub columns: Vec<usize>,
    /// The schema of the other table, where it is not the default one.
    pub schema: Option<String>,
    /// The other table.
    pub table: String,
    /// The other table's columns; empty for its primary key.
    pub referred: Vec<String>,
    /// True where rows go or change with those that they refer to: CASCADE, SET NULL, SET DEFAULT.
    pub acts: bool,
}

/// What every row of a table must satisfy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Check {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
    /// The text of the condition, without parentheses around the whole.
    pub condition: String,
}

/// An index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// True where no two rows may have the same entry.
    pub unique: bool,
    /// What it orders rows by.
    pub keys: Vec<IndexKey>,
    /// The text of the condition under which a row has an entry, where not all have one.
    pub predicate: Option<String>,
}

/// What an index orders rows by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexKey {
    /// The column at this position.
    Column(usize),
    /// The text of an expression.
    Expression(String),
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
    /// The text of its default.
    pub default: Option<String>,
    /// True where its value is computed from the row, so that nobody gives it.
    pub generated: bool,
    /// True where the backend numbers the rows by it.
    pub identity: bool,
    /// True where its text has a collation of its own, by which texts are equal that differ, or stand in
    /// another order than that of their bytes.
    pub collated: bool,
    /// True where such a number is never given twice, though its row is gone.
    pub counted: bool,
    /// True where a statement may not give the number itself: GENERATED ALWAYS.
    pub always: bool,
}

impl TableColumn {
    /// The sequence that numbers the rows by this column of a table: that of its default, or as PostgreSQL names it.
    #[must_use]
    pub fn numbered_by(&self, table: &Table) -> Option<ObjectName> {
        if !self.identity {
            return None;
        }
        let told = self.default.as_deref().and_then(sequence);
        let of_column = || ObjectName {
            schema: None,
            name: format!("{}_{}_seq", table.name, self.name),
        };
        let mut found = told.unwrap_or_else(of_column);
        found.schema = found.schema.or_else(|| table.schema.clone());
        Some(found)
    }
}

/// What `nextval('s.t_id_seq')` counts by.
#[must_use]
pub fn sequence(default: &str) -> Option<ObjectName> {
    let text = default.trim().strip_prefix("nextval('")?;
    let text = text.strip_suffix("')")?.replace("''", "'");
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            c => parts.last_mut()?.push(c),
        }
    }
    let name = parts.pop()?;
    Some(ObjectName {
        schema: parts.pop(),
        name,
    })
}

impl TableKind {
    /// True where a query stands behind it.
    #[must_use]
    pub fn is_view(self) -> bool {
        matches!(self, Self::View | Self::MaterializedView)
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Foreign => "foreign table",
        }
    }
}

impl Index {
    /// The positions of its columns where no two rows may have the same there, whatever else they hold.
    #[must_use]
    pub fn key(&self) -> Option<Vec<usize>> {
        if !self.unique || self.predicate.is_some() {
            return None;
        }
        let columns = self.keys.iter().map(|key| match *key {
            IndexKey::Column(at) => Some(at),
            IndexKey::Expression(_) => None,
        });
        columns.collect()
    }
}

impl Table {
    /// The positions of the primary key's columns, in the key's order.
    pub fn key_positions(&self) -> impl Iterator<Item = usize> + '_ {
        let primary = self.keys.iter().find(|key| key.primary);
        primary
            .into_iter()
            .flat_map(|key| key.columns.iter().copied())
    }

    /// Its name with its schema, where that is not the default one.
    #[must_use]
    pub fn qualified(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// What a column is for, in words: `primary key (2), references orders (id)`.
    #[must_use]
    pub fn role(&self, at: usize) -> String {
        let mut roles = Vec::new();
        for key in self.keys.iter().filter(|key| key.columns.contains(&at)) {
            let word = if key.primary { "primary key" } else { "unique" };
            // Where a key has several columns, their order counts.
            let place = key.columns.iter().position(|&column| column == at);
            roles.push(match (key.columns.len(), place) {
                (2.., Some(place)) => format!("{word} ({})", place + 1),
                _ => word.to_owned(),
            });
        }
        for key in &self.foreign_keys {
            if let Some(place) = key.columns.iter().position(|&column| column == at) {
                let column = key.referred.get(place).map_or("", String::as_str);
                roles.push(format!("references {} ({column})", key.table));
            }
        }
        roles.dedup();
        roles.join(", ")
    }

    /// True where both are the same table, however it has changed between them.
    pub(crate) fn is(&self, other: &Self) -> bool {
        (&self.schema, &self.name, self.temporary) == (&other.schema, &other.name, other.temporary)
    }

    /// Renames in the foreign keys what another table has renamed; true where one changed.
    pub(crate) fn follow(&mut self, old: &Self, new: &Self) -> bool {
        let mut changed = false;
        for name in &mut self.reads {
            if *name == old.object() && *name != new.object() {
                *name = new.object();
                changed = true;
            }
        }
        for key in &mut self.foreign_keys {
            if (&key.schema, &key.table) != (&old.schema, &old.name) {
                continue;
            }
            let before = key.clone();
            key.schema.clone_from(&new.schema);
            key.table.clone_from(&new.name);
            if old.columns.len() == new.columns.len() {
                for referred in &mut key.referred {
                    let mut columns = old.columns.iter();
                    if let Some(at) = columns.position(|column| column.name == *referred) {
                        referred.clone_from(&new.columns[at].name);
                    }
                }
            }
            changed |= *key != before;
        }
        changed
    }

    /// Takes a column away, with the keys and indexes that need it; positions behind it move.
    pub(crate) fn drop_column(&mut self, at: usize) {
        self.columns.remove(at);
        let needs = |index: &Index| index.keys.contains(&IndexKey::Column(at));
        self.keys.retain(|key| !key.columns.contains(&at));
        self.foreign_keys.retain(|key| !key.columns.contains(&at));
        self.indexes.retain(|index| !needs(index));
        let keys = self.keys.iter_mut().map(|key| &mut key.columns);
        let foreign = self.foreign_keys.iter_mut().map(|key| &mut key.columns);
        let indexed = self.indexes.iter_mut().flat_map(|index| &mut index.keys);
        let indexed = indexed.filter_map(|key| match key {
            IndexKey::Column(at) => Some(at),
            IndexKey::Expression(_) => None,
        });
        for position in keys.chain(foreign).flatten().chain(indexed) {
            if *position > at {
                *position -= 1;
            }
        }
    }
}

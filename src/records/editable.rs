//! The result of a query whose cells can be edited.

use crate::{Change, Error, ReadOnly, Row, Target};
use noctra_runtime::{Session, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What of a result can be edited.
#[derive(Clone, Debug)]
pub struct Editable {
    /// The tables whose rows it shows.
    pub parts: Vec<Part>,
    /// Why the rest cannot be: for all, or for a table.
    pub reasons: Vec<ReadOnly>,
}

/// A table whose rows a result shows.
#[derive(Clone, Debug)]
pub struct Part {
    /// The table.
    pub target: Arc<Target>,
    /// Column of the result, column of the table.
    pub columns: Vec<(usize, usize)>,
}

impl Editable {
    /// What of a query's result can be edited.
    ///
    /// # Errors
    /// Where the query is wrong, or the database cannot be asked what it holds.
    pub fn of(session: &mut Session, query: &str) -> Result<Self, Error> {
        let origins = session.origins(query).map_err(Error::Failed)?;
        let catalog = session.catalog().map_err(Error::database)?;
        let mut found: BTreeMap<_, Part> = BTreeMap::new();
        for (at, origin) in origins.iter().enumerate() {
            let Some(origin) = origin else { continue };
            let table = catalog.find(origin.schema.as_deref(), &origin.table);
            let Some(target) = table.map(Target::of) else {
                continue;
            };
            let part = found.entry(origin.scan).or_insert_with(|| Part {
                target: Arc::new(target),
                columns: Vec::new(),
            });
            let mut columns = part.target.columns().iter();
            if let Some(column) = columns.position(|column| column.name == origin.column) {
                part.columns.push((at, column));
            }
        }
        let (mut parts, mut reasons) = (Vec::new(), Vec::new());
        for part in found.into_values() {
            match part.lacks() {
                None => parts.push(part),
                Some(why) => reasons.push(why),
            }
        }
        if parts.is_empty() && reasons.is_empty() {
            reasons.push(ReadOnly::Computed);
        }
        Ok(Self { parts, reasons })
    }

    /// The table and its column behind a column of the result; `None` where its cells are read only.
    #[must_use]
    pub fn column(&self, at: usize) -> Option<(&Part, usize)> {
        self.parts.iter().find_map(|part| {
            let (_, column) = part.columns.iter().find(|pair| pair.0 == at)?;
            let known = &part.target.columns()[*column];
            (!known.generated && !known.always).then_some((part, *column))
        })
    }

    /// The change that a row's new values are, one for each table; `row` is the row as it was read.
    #[must_use]
    pub fn update(&self, row: &[Value], edits: &[(usize, Value)]) -> Vec<Change> {
        let changes = self.parts.iter().filter_map(|part| {
            let was = part.row(row)?;
            let mut now = was.clone();
            for (at, value) in edits {
                if let Some((_, column)) = part.columns.iter().find(|pair| pair.0 == *at) {
                    now[*column] = Some(value.clone());
                }
            }
            let target = Arc::clone(&part.target);
            let change = Change::Update { target, was, now };
            (!change.is_empty()).then_some(change)
        });
        changes.collect()
    }
}

impl Part {
    /// Why its rows cannot be changed here.
    fn lacks(&self) -> Option<ReadOnly> {
        let table = &self.target.table;
        let key = match &self.target.key {
            Ok(key) => key,
            Err(why) => return Some(why.clone()),
        };
        let shown = |at: &usize| self.columns.iter().any(|pair| pair.1 == *at);
        let lacking: Vec<String> = key
            .iter()
            .filter(|at| !shown(at))
            .map(|&at| table.columns[at].name.clone())
            .collect();
        (!lacking.is_empty()).then(|| ReadOnly::KeyNotShown(table.name.clone(), lacking))
    }

    /// The row of the table that a row of the result shows; `None` where an outer join has found none.
    #[must_use]
    pub fn row(&self, row: &[Value]) -> Option<Row> {
        let mut known: Row = vec![None; self.target.columns().len()];
        for &(at, column) in &self.columns {
            known[column] = row.get(at).cloned();
        }
        let key = self.target.key.as_ref().ok()?;
        let found = key
            .iter()
            .all(|&at| !matches!(known[at], None | Some(Value::Null)));
        found.then_some(known)
    }
}

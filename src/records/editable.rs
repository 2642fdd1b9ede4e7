//! The result of a query whose cells can be edited.

use crate::{Change, Error, ReadOnly, Row, Target};
use noctra_runtime::{Decimal, Session, Value, fit};
use rql::{TableColumn, Type};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What of a result can be edited.
#[derive(Clone, Debug)]
pub struct Editable {
    /// The tables whose rows it shows.
    pub parts: Vec<Part>,
    /// Why the rest cannot be: for all, or for a table.
    pub reasons: Vec<ReadOnly>,
    /// Columns of the result that a reason is about, with its place.
    withheld: Vec<(usize, usize)>,
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
        let (mut parts, mut reasons, mut withheld) = (Vec::new(), Vec::new(), Vec::new());
        for part in found.into_values() {
            match part.lacks() {
                None => parts.push(part),
                Some(why) => {
                    withheld.extend(part.columns.iter().map(|pair| (pair.0, reasons.len())));
                    reasons.push(why);
                }
            }
        }
        if parts.is_empty() && reasons.is_empty() {
            reasons.push(ReadOnly::Computed);
        }
        Ok(Self {
            parts,
            reasons,
            withheld,
        })
    }

    /// The column of a table that a cell shows; `row` is the row as it was read.
    ///
    /// # Errors
    /// Why the cell cannot be edited.
    pub fn cell(&self, row: &[Value], at: usize) -> Result<&TableColumn, ReadOnly> {
        let place = |part: &Part| part.columns.iter().find(|pair| pair.0 == at).map(|p| p.1);
        let found = self
            .parts
            .iter()
            .find_map(|part| Some((part, place(part)?)));
        let Some((part, column)) = found else {
            let withheld = self.withheld.iter().find(|pair| pair.0 == at);
            let why = withheld.and_then(|pair| self.reasons.get(pair.1));
            let all = self.reasons.first().filter(|_| self.parts.is_empty());
            return Err(why.or(all).cloned().unwrap_or(ReadOnly::Expression));
        };
        let known = &part.target.columns()[column];
        if known.generated || known.always {
            return Err(ReadOnly::Generated(known.name.clone()));
        }
        match part.row(row) {
            Some(_) => Ok(known),
            None => Err(ReadOnly::NoRow(part.target.table.name.clone())),
        }
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

    /// The changes that edits of several rows are. What several rows of the result show of one row of a table is one
    /// change; of two values for the same cell the later row has the last word.
    #[must_use]
    pub fn changes<'e, E>(&self, rows: impl IntoIterator<Item = (&'e [Value], E)>) -> Vec<Change>
    where
        E: IntoIterator<Item = (usize, Value)>,
    {
        let mut all: Vec<Change> = Vec::new();
        for (row, edits) in rows {
            let edits: Vec<(usize, Value)> = edits.into_iter().collect();
            for change in self.update(row, &edits) {
                match all.iter_mut().find(|known| known.is_of_row(&change)) {
                    Some(known) => known.and(&change),
                    None => all.push(change),
                }
            }
        }
        all
    }
}

/// The value that a column gets by what a person writes; NULL is no text.
///
/// # Errors
/// Why it takes none such, in words that follow "must".
pub fn entered(column: &TableColumn, text: Option<&str>, before: &Value) -> Result<Value, String> {
    match text {
        None if column.nullable => Ok(Value::Null),
        None => Err("have a value".to_owned()),
        // Where only the database knows the type, a number stays one.
        Some(text) if column.ty == Type::Unknown => {
            let number = match before {
                Value::Integer(_) => fit(text, Type::BigInt).ok(),
                Value::Double(_) => fit(text, Type::Double).ok(),
                _ => None,
            };
            Ok(number.unwrap_or_else(|| Value::Text(text.to_owned())))
        }
        Some(text) => fit(text, column.ty).map(|value| scaled(value, column.ty)),
    }
}

/// A decimal as its column has it: 5 as 5.00.
fn scaled(value: Value, ty: Type) -> Value {
    match (&value, ty) {
        (
            Value::Decimal(decimal),
            Type::Decimal {
                scale: Some(scale), ..
            },
        ) => decimal.rescale(scale).map_or(value, Value::Decimal),
        _ => value,
    }
}

/// True for values that are one in the database, though one is written otherwise: 5 and 5.00.
#[must_use]
pub fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) if a.as_ref().is_number() && b.as_ref().is_number() => {
            let number = |value: &Value| value.as_ref().to_string().parse::<Decimal>().ok();
            let order = number(a).zip(number(b)).and_then(|(a, b)| a.compare(b));
            order.is_some_and(std::cmp::Ordering::is_eq)
        }
        (Some(Value::Null), Some(Value::Null)) => true,
        (Some(Value::Null), _) | (_, Some(Value::Null)) => false,
        (Some(a), Some(b)) => a.as_ref().to_string() == b.as_ref().to_string(),
        _ => false,
    }
}

/// The text of a value, as it is edited; NULL has none.
#[must_use]
pub fn editing(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Boolean(value) => Some(value.to_string()),
        value => Some(value.as_ref().to_string()),
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

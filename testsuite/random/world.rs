//! Random tables and what is in them, made through RQL on each backend.

use super::scope::{Column, Relation};
use super::values;
use crate::fuzz::Rng;
use rql_ir::Type;

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    columns: Vec<(String, Type, bool)>,
    /// Its rows, as they are written.
    pub rows: Vec<String>,
}

/// Tables and their rows.
#[derive(Clone, Debug)]
pub struct World {
    /// The tables.
    pub tables: Vec<Table>,
}

pub(super) const fn decimal(precision: u8, scale: u8) -> Type {
    Type::Decimal {
        precision: Some(precision),
        scale: Some(scale),
    }
}

/// What columns are declared as; the frequent ones often.
pub(super) const DECLARED: &[Type] = &[
    Type::Boolean,
    Type::SmallInt,
    Type::Integer,
    Type::Integer,
    Type::Integer,
    Type::BigInt,
    decimal(10, 2),
    decimal(10, 2),
    decimal(18, 6),
    decimal(5, 0),
    Type::Double,
    Type::Text,
    Type::Text,
    Type::Text,
    Type::Varchar(6),
    Type::Date,
    Type::Date,
    Type::Timestamp,
    Type::Timestamp,
    Type::TimestampTz,
    Type::Time,
];

impl World {
    /// Three tables with an `id` each, a `k` that repeats, and columns of random types.
    #[must_use]
    pub fn random(rng: &mut Rng) -> Self {
        let tables = (0..3).map(|at| Table::random(rng, at)).collect();
        Self { tables }
    }

    /// The statements that make the tables and fill them.
    #[must_use]
    pub fn statements(&self) -> Vec<String> {
        let mut all = Vec::new();
        for table in &self.tables {
            let columns: Vec<String> = table
                .columns
                .iter()
                .map(|(name, ty, required)| {
                    let end = match (name.as_str(), required) {
                        ("id", _) => " PRIMARY KEY",
                        (_, true) => " NOT NULL",
                        (_, false) => "",
                    };
                    format!("{name} {ty}{end}")
                })
                .collect();
            all.push(format!("DROP TABLE IF EXISTS {}", table.name));
            all.push(format!(
                "CREATE TABLE {} ({})",
                table.name,
                columns.join(", ")
            ));
            if !table.rows.is_empty() {
                all.push(format!(
                    "INSERT INTO {} VALUES {}",
                    table.name,
                    table.rows.join(", ")
                ));
            }
        }
        all
    }
}

impl Table {
    /// With these columns: their names, their types and whether they take no NULL.
    pub(super) fn of(name: &str, columns: Vec<(String, Type, bool)>) -> Self {
        Self {
            name: name.to_owned(),
            columns,
            rows: Vec::new(),
        }
    }

    fn random(rng: &mut Rng, at: usize) -> Self {
        let mut columns = vec![
            ("id".to_owned(), Type::Integer, true),
            ("k".to_owned(), Type::Integer, false),
        ];
        for number in 0..6 + rng.below(5) {
            let ty = *rng.pick(DECLARED);
            columns.push((format!("c{number}"), ty, rng.below(4) == 0));
        }
        let count = match rng.below(12) {
            0 => 0,
            1 => 1,
            _ => 4 + rng.below(14),
        };
        let row = |rng: &mut Rng, id: usize| {
            let cells: Vec<String> = columns
                .iter()
                .map(|(name, ty, required)| match name.as_str() {
                    "id" => (id + 1).to_string(),
                    _ if !required && rng.below(5) == 0 => "NULL".to_owned(),
                    "k" => rng.below(6).to_string(),
                    _ => values::stored(rng, *ty),
                })
                .collect();
            format!("({})", cells.join(", "))
        };
        let rows = (0..count).map(|id| row(rng, id)).collect();
        Self {
            name: format!("t{at}"),
            columns,
            rows,
        }
    }

    /// Its columns under an alias.
    pub(super) fn relation(&self, alias: &str) -> Relation {
        let columns = self
            .columns
            .iter()
            .map(|(name, ty, _)| Column {
                name: format!("{alias}.{name}"),
                ty: super::scope::plain(*ty),
                bound: match (name.as_str(), ty) {
                    ("id" | "k", _) => 20.0,
                    (_, Type::SmallInt) => 32767.0,
                    (_, Type::Integer) => 2_147_483_647.0,
                    (_, Type::BigInt) => 9.3e18,
                    (_, Type::Decimal { .. }) => 1e9,
                    (_, Type::Double) => 1e6,
                    _ => 10.0,
                },
                scale: match ty {
                    Type::Decimal { scale, .. } => scale.unwrap_or(6),
                    _ => 0,
                },
                open: false,
            })
            .collect();
        Relation {
            columns,
            keys: vec![0],
            most: self.rows.len() as f64,
        }
    }
}

//! INSERT: its rows, what it does where there is such a row, and the values that a column is given.

use super::store::{Field, Store};
use super::{Swarm, narrow};
use crate::random::Generator;
use crate::random::piece::{Piece, Role};
use crate::random::scope::{Relation, plain};
use crate::random::values;
use rql_ir::Type;

/// Values of other types that a column of the type takes, or that do not fit it.
fn others(ty: Type) -> &'static [&'static str] {
    match ty {
        Type::SmallInt => &["65536", "1.5", "2.5", "2.5e0", "-32768", "'12'", "40000.2"],
        Type::Integer => &["4.5", "-0.5", "3.5e0", "4294967296", "'-7'", "2147483647.4"],
        Type::BigInt => &["1.5", "2.5e0", "9223372036854775807", "'10'", "1e19"],
        Type::Decimal {
            precision: Some(5), ..
        } => &["99999.4", "99999.5", "2.5", "-2.5e0", "123456", "'8'"],
        Type::Decimal { .. } => &[
            "1.005",
            "2.675",
            "-1.015",
            "12345678901",
            "0.1e0",
            "'1.25'",
            "7",
        ],
        Type::Double => &[
            "1",
            "2.5",
            "'0.5'",
            "12345678901234567890",
            "CAST(3 AS bigint)",
        ],
        Type::Text => &["42", "1.50", "DATE '2024-02-29'", "TRUE", "TIME '12:30:00'"],
        Type::Varchar(_) => &[
            "'straßenbahn'",
            "'abc          '",
            "'abcdef '",
            "1234567",
            "12.50",
            "'abcdefg'",
        ],
        Type::Date => &[
            "TIMESTAMP '2024-02-29 23:59:59'",
            "'2024-02-29'",
            "'2024-02-30'",
        ],
        Type::Timestamp => &[
            "DATE '2024-02-29'",
            "'2024-01-31 12:00:00.5'",
            "'2024-01-31'",
        ],
        Type::TimestampTz => &["DATE '2024-02-29'", "'2024-01-31 12:00:00+02'"],
        Type::Time => &["TIMESTAMP '2024-02-29 23:59:59'", "'12:30'", "'24:00:01'"],
        Type::Boolean => &["'t'", "'yes'", "'off'", "'maybe'"],
        _ => &[],
    }
}

/// Types of which a value is converted where a column is given it.
fn converted(ty: Type) -> &'static [Type] {
    match ty {
        Type::SmallInt => &[Type::Integer, Type::NUMERIC, Type::BigInt],
        Type::Integer => &[Type::BigInt, Type::NUMERIC, Type::SmallInt, Type::Double],
        Type::BigInt => &[Type::Integer, Type::NUMERIC],
        Type::Decimal { .. } => &[Type::Integer, Type::BigInt, Type::SmallInt],
        Type::Double => &[Type::Integer, Type::NUMERIC],
        Type::Text | Type::Varchar(_) => &[Type::Integer, Type::Date, Type::Boolean],
        Type::Date => &[Type::Timestamp],
        Type::Timestamp => &[Type::Date],
        Type::Time => &[Type::Timestamp],
        _ => &[],
    }
}

impl Generator<'_> {
    /// A value as it is written for a column.
    pub(super) fn written(&mut self, field: &Field) -> Piece {
        let role = Role::Value(field.ty);
        match self.rng.below(20) {
            0 | 1 => Piece::form(role, "NULL", vec![]),
            2 => {
                self.note("INSERT DEFAULT");
                Piece::form(role, "DEFAULT", vec![])
            }
            3 | 4 if !others(field.ty).is_empty() => {
                self.note("another type assigned");
                let text = *self.rng.pick(others(field.ty));
                Piece::form(role, text, vec![])
            }
            5 | 6 if !narrow(field.ty) => {
                let blocks = std::mem::take(&mut self.blocks);
                let value = self.expr(plain(field.ty), 1, true).piece;
                self.blocks = blocks;
                value
            }
            _ => Piece::form(role, values::stored(self.rng, field.ty), vec![]),
        }
    }

    /// A value that is computed for a column.
    pub(super) fn computed(&mut self, field: &Field) -> Piece {
        let ty = plain(field.ty);
        let depth = 1 + self.rng.below(2);
        if narrow(ty) {
            return match self.column(ty, true) {
                Some(column) if self.chance(60) => column.piece,
                _ => Piece::text(values::stored(self.rng, field.ty)),
            };
        }
        if self.chance(20) && !converted(field.ty).is_empty() {
            self.note("another type assigned");
            let ty = *self.rng.pick(converted(field.ty));
            return self.expr(ty, 1, true).piece;
        }
        let value = self.expr(ty, depth, true).piece;
        match field.ty {
            Type::Varchar(most) if self.chance(60) => {
                Piece::form(Role::Value(ty), format!("left(‹0›, {most})"), vec![value])
            }
            _ => value,
        }
    }

    /// INSERT.
    pub(super) fn insert(&mut self, stores: &[Store], at: usize, swarm: Swarm) -> Piece {
        let store = &stores[at];
        let name = &store.name;
        if self.chance(4) {
            self.note("DEFAULT VALUES");
            let returning = self.returning(&store.relation(name), swarm);
            return Piece::fixed(
                format!("INSERT INTO {name} DEFAULT VALUES‹0›"),
                vec![returning],
            );
        }
        let fields = self.columns(store);
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let all = store
            .written()
            .iter()
            .map(|field| field.name.as_str())
            .eq(names.iter().copied());
        let list = match all && store.fields.iter().all(|field| !field.generated) && self.chance(40)
        {
            true => String::new(),
            false => format!(" ({})", names.join(", ")),
        };
        let source = match self.chance(65) {
            true => self.rows(&fields),
            false => self.selected(stores, &fields),
        };
        let conflict = match store.keyed && self.chance(35) {
            true => self.conflict(store),
            false => Piece::empty(),
        };
        let returning = self.returning(&store.relation(name), swarm);
        let text = format!("INSERT INTO {name}{list} ‹0›‹1›‹2›");
        Piece::fixed(text, vec![source, conflict, returning])
    }

    /// The columns that an INSERT names: all, or some in another order.
    fn columns<'s>(&mut self, store: &'s Store) -> Vec<&'s Field> {
        let mut fields = store.written();
        if self.chance(40) {
            fields.retain(|field| {
                let optional = !field.required || field.default.is_some();
                field.name == "id" || self.rng.below(100) >= if optional { 40 } else { 4 }
            });
            let by = self.rng.below(fields.len());
            fields.rotate_left(by);
        }
        fields
    }

    fn rows(&mut self, fields: &[&Field]) -> Piece {
        self.note("INSERT VALUES");
        let count = 1 + self.rng.below(3);
        let start = *self.rng.pick(&[1, 4, 20, 20, 21, 30, 40]);
        let rows = (0..count).map(|row| {
            let cells = fields.iter().map(|field| match field.name.as_str() {
                "id" => Piece::text((start + row).to_string()),
                "k" if self.rng.below(4) > 0 => Piece::text((1 + self.rng.below(4)).to_string()),
                _ => self.written(field),
            });
            let cells: Vec<Piece> = cells.collect();
            let holes: Vec<String> = (0..cells.len()).map(|at| format!("‹{at}›")).collect();
            Piece::fixed(format!("({})", holes.join(", ")), cells)
        });
        let rows = rows.collect();
        Piece::fixed("VALUES ‹0›", vec![Piece::List(", ", rows)])
    }

    /// Rows of a query, in the order of a key.
    fn selected(&mut self, stores: &[Store], fields: &[&Field]) -> Piece {
        self.note("INSERT SELECT");
        let from = &stores[self.rng.below(stores.len())];
        let alias = self.alias();
        let sees = from.relation(&alias);
        let ahead = *self.rng.pick(&[0, 3, 20, 50, 60, 70]);
        let cells: Vec<Piece> = self.inside(sees.clone(), |generator| {
            let cells = fields.iter().map(|field| match field.name.as_str() {
                "id" => Piece::text(format!("{alias}.id + {ahead}")),
                "k" if generator.chance(50) => Piece::text(format!("{alias}.k")),
                _ => generator.computed(field),
            });
            cells.collect()
        });
        let filter = self.filter(&sees, 50);
        let holes: Vec<String> = (0..cells.len()).map(|at| format!("‹{at}›")).collect();
        let text = format!(
            "SELECT {} FROM {} AS {alias}‹{}› ORDER BY {alias}.id",
            holes.join(", "),
            from.name,
            cells.len()
        );
        Piece::fixed(text, cells.into_iter().chain([filter]).collect())
    }

    fn conflict(&mut self, store: &Store) -> Piece {
        let target = match store.unique.first() {
            Some(columns) if self.chance(40) => columns.join(", "),
            _ => "id".to_owned(),
        };
        if self.chance(45) {
            self.note("ON CONFLICT DO NOTHING");
            let target = match self.chance(30) {
                true => String::new(),
                false => format!(" ({target})"),
            };
            return Piece::optional(format!(" ON CONFLICT{target} DO NOTHING"), vec![]);
        }
        self.note("ON CONFLICT DO UPDATE");
        let mut sees = store.relation(&store.name);
        sees = sees.join(store.relation("excluded"));
        let (set, filter) = self.inside(sees.clone(), |generator| {
            (generator.set(store), generator.chance(35))
        });
        let filter = match filter {
            true => {
                self.note("ON CONFLICT DO UPDATE WHERE");
                self.filter(&sees, 100)
            }
            false => Piece::empty(),
        };
        let text = format!(" ON CONFLICT ({target}) DO UPDATE SET ‹0›‹1›");
        Piece::optional(text, vec![set, filter])
    }

    /// What SET gives to some columns; the block sees what may be read.
    pub(super) fn set(&mut self, store: &Store) -> Piece {
        let mut fields: Vec<&Field> = store.written();
        fields.retain(|field| field.name != "id");
        let by = self.rng.below(fields.len());
        fields.rotate_left(by);
        fields.truncate(1 + self.rng.below(2));
        let items = fields.into_iter().map(|field| {
            // Rows must not be in each other's way on their way to what they become.
            let key = store
                .unique
                .iter()
                .any(|columns| columns.contains(&field.name));
            let value = match self.rng.below(12) {
                _ if key => Piece::text(values::stored(self.rng, field.ty)),
                0 => Piece::form(Role::Value(field.ty), "DEFAULT", vec![]),
                1 => Piece::form(Role::Value(field.ty), "NULL", vec![]),
                2 | 3 => self.written(field),
                4 if field.name == "k" => Piece::text((1 + self.rng.below(5)).to_string()),
                _ => self.computed(field),
            };
            Piece::fixed(format!("{} = ‹0›", field.name), vec![value])
        });
        let items = items.collect();
        Piece::List(", ", items)
    }

    /// The columns of a table, and those of another one beside it.
    pub(super) fn beside(&self, store: &Store, alias: &str, other: &Store, with: &str) -> Relation {
        store.relation(alias).join(other.relation(with))
    }
}

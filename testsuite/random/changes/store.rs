//! Tables with what holds their rows: keys, checks, defaults, generated columns.

use super::{Swarm, Writer};
use crate::fuzz::Rng;
use crate::random::piece::Piece;
use crate::random::scope::{Relation, plain};
use crate::random::{Table, values, world};
use rql_ir::Type;

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) required: bool,
    pub(super) default: Option<String>,
    pub(super) generated: bool,
}

/// A table that is written.
#[derive(Clone, Debug)]
pub(super) struct Store {
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    /// Columns of which no two rows have the same values, beside `id`.
    pub(super) unique: Vec<Vec<String>>,
    /// `k` refers to the first table.
    pub(super) child: bool,
    /// `id` is its key.
    pub(super) keyed: bool,
}

impl Store {
    /// As queries see it.
    pub(super) fn table(&self) -> Table {
        let columns = self.fields.iter();
        let columns = columns.map(|field| (field.name.clone(), field.ty, field.required));
        Table::of(&self.name, columns.collect())
    }

    /// Its columns under an alias.
    pub(super) fn relation(&self, alias: &str) -> Relation {
        let mut relation = self.table().relation(alias);
        for column in &mut relation.columns {
            // What changes make of a number is any of its type.
            if column.ty == Type::Integer {
                column.bound = f64::from(i32::MAX);
            }
        }
        relation
    }

    /// The columns that may be written.
    pub(super) fn written(&self) -> Vec<&Field> {
        self.fields.iter().filter(|f| !f.generated).collect()
    }
}

/// What a column may be generated from, and how.
fn generated(field: &Field) -> Option<(Type, String)> {
    let name = &field.name;
    Some(match plain(field.ty) {
        Type::Integer if name == "k" => (Type::Integer, format!("{name} * 2 + 1")),
        Type::SmallInt => (Type::Integer, format!("{name} + 1")),
        Type::Integer => (Type::BigInt, format!("CAST({name} AS bigint) * 3")),
        Type::Decimal { .. } => (world::decimal(18, 2), format!("{name} * 2")),
        Type::Text => (Type::Text, format!("upper({name}) || '!'")),
        Type::Boolean => (Type::Boolean, format!("NOT {name}")),
        Type::Date => (Type::Date, format!("{name} + 7")),
        _ => return None,
    })
}

/// What may be demanded of a column.
fn check(rng: &mut Rng, field: &Field) -> Option<String> {
    let name = &field.name;
    let all: Vec<String> = match plain(field.ty) {
        Type::Integer if name == "k" => vec![
            format!("{name} < 6"),
            format!("{name} BETWEEN -50 AND 50 OR {name} IS NULL"),
        ],
        Type::SmallInt | Type::Integer | Type::BigInt => {
            vec![format!("{name} <> 7"), format!("{name} % 5 <> 4")]
        }
        Type::Decimal { .. } => vec![format!("{name} > -100"), format!("{name} <> 1.5")],
        Type::Text => vec![
            format!("{name} <> 'ab'"),
            format!("length({name}) < 12"),
            format!("{name} NOT LIKE '%x'"),
        ],
        Type::Date => vec![format!("{name} > DATE '1910-01-01'")],
        _ => return None,
    };
    Some(rng.pick(&all).clone())
}

impl Writer<'_> {
    /// Two or three tables and their first rows.
    pub(super) fn tables(&mut self) {
        for at in 0..2 + self.rng.below(2) {
            let store = self.table(at);
            let rows = match self.rng.below(10) {
                0 => 0,
                _ => 1 + self.rng.below(7),
            };
            self.fill(&store, rows);
            self.stores.push(store);
        }
    }

    fn table(&mut self, at: usize) -> Store {
        let swarm = self.swarm;
        let mut fields = vec![
            field("id", Type::Integer, true),
            field("k", Type::Integer, false),
        ];
        for number in 0..2 + self.rng.below(4) {
            let ty = *self.rng.pick(world::DECLARED);
            fields.push(field(&format!("c{number}"), ty, self.chance(20)));
        }
        for field in fields.iter_mut().skip(1) {
            if self.rng.below(4) == 0 {
                self.used.insert("DEFAULT".to_owned());
                field.default = Some(match field.name.as_str() {
                    "k" => "2".to_owned(),
                    _ => values::stored(self.rng, field.ty),
                });
            }
        }
        let mut texts: Vec<(String, String)> = Vec::new();
        if self.chance(30) {
            let from = self.rng.pick(&fields[1..]).clone();
            if let Some((ty, text)) = generated(&from) {
                self.note("generated column");
                let mut made = field("g", ty, false);
                made.generated = true;
                texts.push((made.name.clone(), text));
                fields.push(made);
            }
        }
        let mut items = Vec::new();
        for field in &fields {
            let mut text = format!("{} {}", field.name, field.ty);
            if field.name == "id" {
                text.push_str(" PRIMARY KEY");
            } else if field.required {
                text.push_str(" NOT NULL");
            }
            if let Some(default) = &field.default {
                text.push_str(&format!(" DEFAULT {default}"));
            }
            if let Some((_, made)) = texts.iter().find(|(name, _)| *name == field.name) {
                text.push_str(&format!(" GENERATED ALWAYS AS ({made}) STORED"));
            }
            items.push(Piece::text(text));
        }
        let mut store = Store {
            name: format!("t{at}"),
            fields,
            unique: Vec::new(),
            child: false,
            keyed: true,
        };
        self.constrain(&mut store, at, swarm, &mut items);
        let text = format!("CREATE TABLE {} (‹0›)", store.name);
        self.steps
            .push(Piece::fixed(text, vec![Piece::List(", ", items)]));
        store
    }

    fn constrain(&mut self, store: &mut Store, at: usize, swarm: Swarm, items: &mut Vec<Piece>) {
        if self.chance(35) {
            let field = self.rng.pick(&store.fields).clone();
            if let Some(check) = check(self.rng, &field) {
                self.note("CHECK");
                items.push(Piece::text(format!("CHECK ({check})")));
            }
        }
        if self.chance(30) {
            let other = self.rng.pick(&store.fields[1..]).name.clone();
            let columns = match other.as_str() {
                "k" | "g" => vec!["k".to_owned()],
                _ => vec!["k".to_owned(), other],
            };
            self.note("UNIQUE");
            items.push(Piece::text(format!("UNIQUE ({})", columns.join(", "))));
            store.unique.push(columns);
        }
        if at > 0 && self.chance(30) {
            let action = match swarm.actions {
                false => "",
                true => *self.rng.pick(&[
                    " ON DELETE CASCADE",
                    " ON DELETE SET NULL",
                    " ON DELETE SET DEFAULT",
                    " ON UPDATE CASCADE",
                    " ON DELETE CASCADE ON UPDATE SET NULL",
                    " ON DELETE RESTRICT",
                ]),
            };
            self.note("FOREIGN KEY");
            for kind in ["CASCADE", "SET NULL", "SET DEFAULT"] {
                if action.contains(kind) {
                    self.note(&format!("FOREIGN KEY {kind}"));
                }
            }
            let text = format!("FOREIGN KEY (k) REFERENCES t0 (id){action}");
            items.push(Piece::text(text));
            store.child = true;
        }
    }

    /// The first rows: those of two statements, so that one that fails leaves the others.
    fn fill(&mut self, store: &Store, rows: usize) {
        let written = store.written();
        let names: Vec<&str> = written.iter().map(|field| field.name.as_str()).collect();
        let mut all: Vec<Piece> = Vec::new();
        for id in 0..rows {
            let cells: Vec<String> = written
                .iter()
                .map(|field| match field.name.as_str() {
                    "id" => (id + 1).to_string(),
                    _ if !field.required && self.rng.below(6) == 0 => "NULL".to_owned(),
                    "k" if store.child => (1 + self.rng.below(4)).to_string(),
                    "k" => self.rng.below(6).to_string(),
                    _ => values::stored(self.rng, field.ty),
                })
                .collect();
            all.push(Piece::text(format!("({})", cells.join(", "))));
        }
        let second = all.split_off(all.len() / 2);
        for rows in [all, second] {
            if !rows.is_empty() {
                let text = format!(
                    "INSERT INTO {} ({}) VALUES ‹0›",
                    store.name,
                    names.join(", ")
                );
                self.steps
                    .push(Piece::fixed(text, vec![Piece::List(", ", rows)]));
            }
        }
    }
}

pub(super) fn field(name: &str, ty: Type, required: bool) -> Field {
    Field {
        name: name.to_owned(),
        ty,
        required,
        default: None,
        generated: false,
    }
}

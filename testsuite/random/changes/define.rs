//! CREATE, ALTER and DROP between changes.

use super::Writer;
use super::store::{Store, field};
use crate::random::piece::Piece;
use crate::random::scope::plain;
use crate::random::{values, world};
use rql_ir::Type;

/// What a column's type becomes, where a value of it is converted by assignment.
fn wider(ty: Type) -> &'static [Type] {
    match ty {
        Type::SmallInt => &[Type::Integer, Type::BigInt, Type::Text],
        Type::Integer => &[Type::BigInt, Type::SmallInt, Type::NUMERIC, Type::Text],
        Type::BigInt => &[Type::Integer, Type::Text],
        Type::Decimal { .. } => &[Type::Integer, Type::Text],
        Type::Varchar(_) => &[Type::Text],
        Type::Text => &[Type::Varchar(3), Type::Varchar(40)],
        Type::Date => &[Type::Timestamp, Type::Text],
        Type::Timestamp => &[Type::Date],
        _ => &[],
    }
}

impl Writer<'_> {
    /// A definition.
    pub(super) fn define(&mut self) {
        let at = self.rng.below(self.stores.len());
        match self.rng.below(14) {
            0..=2 => self.table_as(at),
            3 | 4 => self.view(at),
            5 | 6 => self.index(at),
            7 if self.stores.len() > 2 => self.drop_table(),
            _ => self.alter(at),
        }
    }

    fn push(&mut self, construct: &str, text: String) {
        self.note(construct);
        self.steps.push(Piece::text(text));
    }

    /// A query that gives `id`, `k` and some more, and the types of those.
    fn made_of(&mut self, at: usize, head: &str) -> Vec<Type> {
        let mut types = Vec::new();
        let given = &mut types;
        let head = head.to_owned();
        self.write(move |generator, stores, _| {
            let store = &stores[at];
            let alias = generator.alias();
            let sees = store.relation(&alias);
            let items: Vec<Piece> = generator.inside(sees.clone(), |generator| {
                let count = 1 + generator.rng.below(3);
                let items = (0..count).map(|at| {
                    let ty = loop {
                        let ty = generator.any_type();
                        let mut all = world::DECLARED.iter();
                        if all.any(|other| plain(*other) == ty) && !super::narrow(ty) {
                            break ty;
                        }
                    };
                    given.push(ty);
                    let value = generator.expr(ty, 1, true).piece;
                    // DuckDB keeps the digits that the query has, and no more.
                    let text = match ty {
                        Type::Decimal { .. } => format!("CAST(‹0› AS numeric(30,12)) AS c{at}"),
                        _ => format!("‹0› AS c{at}"),
                    };
                    Piece::fixed(text, vec![value])
                });
                items.collect()
            });
            let filter = generator.filter(&sees, 40);
            let text = format!(
                "{head} SELECT {alias}.id AS id, {alias}.k AS k, ‹0› FROM {} AS {alias}‹1›",
                store.name
            );
            Piece::fixed(text, vec![Piece::List(", ", items), filter])
        });
        types
    }

    fn made(&self, name: &str, types: Vec<Type>) -> Store {
        let columns = types.into_iter().enumerate();
        let columns = columns.map(|(at, ty)| field(&format!("c{at}"), ty, false));
        let keys = ["id", "k"].map(|name| field(name, Type::Integer, false));
        Store {
            name: name.to_owned(),
            fields: keys.into_iter().chain(columns).collect(),
            unique: Vec::new(),
            child: false,
            keyed: false,
        }
    }

    fn table_as(&mut self, at: usize) {
        self.note("CREATE TABLE AS");
        let name = self.name("m");
        let types = self.made_of(at, &format!("CREATE TABLE {name} AS"));
        let store = self.made(&name, types);
        self.stores.push(store);
    }

    fn view(&mut self, at: usize) {
        self.note("CREATE VIEW");
        let name = self.name("v");
        let types = self.made_of(at, &format!("CREATE VIEW {name} AS"));
        let table = self.made(&name, types).table();
        self.views.push(table);
        if self.chance(30) {
            self.views.pop();
            self.push("DROP VIEW", format!("DROP VIEW {name}"));
        }
    }

    fn index(&mut self, at: usize) {
        let store = &self.stores[at];
        let others = store.fields.len().saturating_sub(2);
        let column = match store.fields.get(2 + self.rng.below(others)) {
            Some(field) => &field.name,
            None => return,
        };
        let (table, column) = (store.name.clone(), column.clone());
        let name = self.name("i");
        match self.chance(50) {
            true => {
                let text = format!("CREATE UNIQUE INDEX {name} ON {table} (id, {column})");
                self.push("CREATE UNIQUE INDEX", text);
            }
            false => {
                let text = format!("CREATE INDEX {name} ON {table} (k, {column} DESC)");
                self.push("CREATE INDEX", text);
            }
        }
    }

    fn drop_table(&mut self) {
        // Views may read any of them, and t0 may be referred to.
        let at = self.stores.len() - 1;
        let store = self.stores[at].clone();
        if self.views.is_empty() && at > 0 {
            self.stores.pop();
        }
        self.push("DROP TABLE", format!("DROP TABLE {}", store.name));
    }

    fn alter(&mut self, at: usize) {
        let store = self.stores[at].clone();
        let name = &store.name;
        let generated = store.fields.iter().any(|field| field.generated);
        let fits = |field: &&super::store::Field| field.name.starts_with('c');
        let own: Vec<_> = store.fields.iter().filter(fits).cloned().collect();
        let number = self.rng.below(own.len().max(1));
        let Some(column) = own.get(number) else {
            return self.index(at);
        };
        let place = store
            .fields
            .iter()
            .position(|f| f.name == column.name)
            .unwrap_or(0);
        let free = self.views.is_empty() && !generated && store.unique.is_empty();
        match self.rng.below(12) {
            0 | 1 => {
                let ty = *self.rng.pick(world::DECLARED);
                let mut new = field(&self.name("n"), ty, self.rng.below(3) == 0);
                if self.chance(50) {
                    new.default = Some(values::stored(self.rng, ty));
                }
                let default = new
                    .default
                    .as_ref()
                    .map_or(String::new(), |d| format!(" DEFAULT {d}"));
                let null = if new.required { " NOT NULL" } else { "" };
                let text = format!(
                    "ALTER TABLE {name} ADD COLUMN {} {ty}{default}{null}",
                    new.name
                );
                if new.default.is_some() || !new.required {
                    self.stores[at].fields.push(new);
                }
                self.push("ADD COLUMN", text);
            }
            2 if free => {
                self.stores[at].fields.remove(place);
                self.push(
                    "DROP COLUMN",
                    format!("ALTER TABLE {name} DROP COLUMN {}", column.name),
                );
            }
            3 if free => {
                let new = self.name("n");
                self.stores[at].fields[place].name = new.clone();
                let text = format!("ALTER TABLE {name} RENAME COLUMN {} TO {new}", column.name);
                self.push("RENAME COLUMN", text);
            }
            4 if self.views.is_empty() => {
                let new = self.name("n");
                self.stores[at].name = new.clone();
                self.push(
                    "RENAME TABLE",
                    format!("ALTER TABLE {name} RENAME TO {new}"),
                );
            }
            5 | 6 if !wider(column.ty).is_empty() && column.default.is_none() => {
                let ty = *self.rng.pick(wider(column.ty));
                if free {
                    self.stores[at].fields[place].ty = ty;
                }
                let text = format!("ALTER TABLE {name} ALTER COLUMN {} TYPE {ty}", column.name);
                self.push("ALTER TYPE", text);
            }
            7 => {
                let value = values::stored(self.rng, column.ty);
                self.stores[at].fields[place].default = Some(value.clone());
                let text = format!(
                    "ALTER TABLE {name} ALTER COLUMN {} SET DEFAULT {value}",
                    column.name
                );
                self.push("SET DEFAULT", text);
            }
            8 => {
                self.stores[at].fields[place].default = None;
                let text = format!(
                    "ALTER TABLE {name} ALTER COLUMN {} DROP DEFAULT",
                    column.name
                );
                self.push("DROP DEFAULT", text);
            }
            9 => {
                let (construct, act) = *self
                    .rng
                    .pick(&[("SET NOT NULL", "SET"), ("DROP NOT NULL", "DROP")]);
                let text = format!(
                    "ALTER TABLE {name} ALTER COLUMN {} {act} NOT NULL",
                    column.name
                );
                self.push(construct, text);
            }
            _ => {
                let (rule, new) = (self.rng.below(3), self.name("r"));
                let rule = match rule {
                    0 => "CHECK (k < 5)".to_owned(),
                    1 => format!("UNIQUE (k, {})", column.name),
                    _ => "CHECK (id > 0)".to_owned(),
                };
                let text = format!("ALTER TABLE {name} ADD CONSTRAINT {new} {rule}");
                self.push("ADD CONSTRAINT", text);
            }
        }
    }
}

//! UPDATE, DELETE, MERGE, TRUNCATE, and changes in WITH.

use super::Swarm;
use super::store::{Field, Store};
use crate::random::Generator;
use crate::random::piece::Piece;

impl Generator<'_> {
    fn other<'s>(&mut self, stores: &'s [Store], at: usize) -> &'s Store {
        let other = self.rng.below(stores.len());
        let other = if other == at {
            (at + 1) % stores.len()
        } else {
            other
        };
        &stores[other]
    }

    /// UPDATE.
    pub(super) fn update(&mut self, stores: &[Store], at: usize, swarm: Swarm) -> Piece {
        let store = &stores[at];
        let alias = self.alias();
        let (named, alias) = match self.chance(40) {
            true => (format!("{} AS {alias}", store.name), alias),
            false => (store.name.clone(), store.name.clone()),
        };
        let own = store.relation(&alias);
        if store.keyed && self.chance(10) {
            self.note("UPDATE of a key");
            let to = *self.rng.pick(&["id + 1000", "-id", "1", "id + 2000"]);
            let filter = self.filter(&own, 60);
            let returning = self.returning(&own, swarm);
            let text = format!("UPDATE {named} SET id = {to}‹0›‹1›");
            return Piece::fixed(text, vec![filter, returning]);
        }
        let other = self.other(stores, at);
        if self.chance(15) {
            self.note("SET row");
            return self.update_row(store, other, &named, &alias, swarm);
        }
        if other.keyed && self.chance(25) {
            self.note("UPDATE FROM");
            let with = self.alias();
            let sees = self.beside(store, &alias, other, &with);
            let set = self.inside(sees.clone(), |generator| generator.set(store));
            let more = self.more(&sees);
            let returning = self.returning(&sees, swarm);
            // Each row meets one of the other's at most.
            let own = *self.rng.pick(&["id", "k"]);
            let text = format!(
                "UPDATE {named} SET ‹0› FROM {} AS {with} WHERE {with}.id = {alias}.{own}‹1›‹2›",
                other.name
            );
            return Piece::fixed(text, vec![set, more, returning]);
        }
        self.note("UPDATE");
        let set = self.inside(own.clone(), |generator| generator.set(store));
        let filter = self.filter(&own, 70);
        let returning = self.returning(&own, swarm);
        Piece::fixed(
            format!("UPDATE {named} SET ‹0›‹1›‹2›"),
            vec![set, filter, returning],
        )
    }

    /// ` AND …`, or nothing.
    fn more(&mut self, sees: &crate::random::scope::Relation) -> Piece {
        if !self.chance(40) {
            return Piece::empty();
        }
        let condition = self.inside(sees.clone(), |generator| generator.condition(1).piece);
        Piece::optional(" AND ‹0›", vec![condition])
    }

    /// Two columns at once, from a query of one row.
    fn update_row(
        &mut self,
        store: &Store,
        other: &Store,
        named: &str,
        alias: &str,
        swarm: Swarm,
    ) -> Piece {
        let mut fields: Vec<&Field> = store.written();
        let key = |field: &Field| store.unique.iter().any(|key| key.contains(&field.name));
        fields.retain(|field| field.name != "id" && !key(field));
        if fields.is_empty() {
            return Piece::text(format!("UPDATE {named} SET k = 1"));
        }
        let by = self.rng.below(fields.len());
        fields.rotate_left(by);
        fields.truncate(2);
        let own = store.relation(alias);
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let with = self.alias();
        let query = self.chance(70);
        let sees = match query {
            true => self.beside(store, alias, other, &with),
            false => own.clone(),
        };
        let values: Vec<Piece> = self.inside(sees, |generator| {
            fields
                .iter()
                .map(|field| generator.computed(field))
                .collect()
        });
        let (filter, returning) = (self.filter(&own, 60), self.returning(&own, swarm));
        let values = Piece::List(", ", values);
        let source = match query {
            true => format!(
                "(SELECT ‹0› FROM {} AS {with} WHERE {with}.id = {alias}.k)",
                other.name
            ),
            false => "ROW(‹0›)".to_owned(),
        };
        let text = format!("UPDATE {named} SET ({}) = {source}‹1›‹2›", names.join(", "));
        Piece::fixed(text, vec![values, filter, returning])
    }

    /// DELETE.
    pub(super) fn delete(&mut self, stores: &[Store], at: usize, swarm: Swarm) -> Piece {
        let store = &stores[at];
        let name = &store.name;
        let own = store.relation(name);
        if self.chance(30) {
            self.note("DELETE USING");
            let (other, with) = (self.other(stores, at), self.alias());
            let sees = self.beside(store, name, other, &with);
            let more = self.more(&sees);
            let column = *self.rng.pick(&["id", "k"]);
            // A row that meets several is gone with either: what is returned is of itself.
            let returning = self.returning(&own, swarm);
            let text = format!(
                "DELETE FROM {name} USING {} AS {with} WHERE {name}.id = {with}.{column}‹0›‹1›",
                other.name
            );
            let returning = match returning.rql().contains('*') {
                true => Piece::empty(),
                false => returning,
            };
            return Piece::fixed(text, vec![more, returning]);
        }
        self.note("DELETE");
        let (filter, returning) = (self.filter(&own, 85), self.returning(&own, swarm));
        Piece::fixed(format!("DELETE FROM {name}‹0›‹1›"), vec![filter, returning])
    }

    /// MERGE: two rows of the source that change one are an error.
    pub(super) fn merge(&mut self, stores: &[Store], at: usize) -> Piece {
        let store = &stores[at];
        self.note("MERGE");
        let other = self.other(stores, at);
        let (alias, with) = (self.alias(), self.alias());
        let both = self.beside(store, &alias, other, &with);
        let source = other.relation(&with);
        let column = *self.rng.pick(&["id", "id", "k"]);
        let mut arms = Vec::new();
        let mut ended = [false; 2];
        for _ in 0..1 + self.rng.below(3) {
            let matched = self.chance(55);
            // Behind an arm without a condition none is reached.
            if ended[usize::from(matched)] {
                continue;
            }
            let sees = if matched { &both } else { &source };
            let more = self.more(sees);
            ended[usize::from(matched)] = more == Piece::empty();
            let (word, (kind, act)) = match matched {
                true => ("MATCHED", self.matched(store, &both)),
                false => ("NOT MATCHED", self.unmatched(store, &source, &with)),
            };
            self.note(kind);
            arms.push(Piece::fixed(
                format!(" WHEN {word}‹0› THEN ‹1›"),
                vec![more, act],
            ));
        }
        let text = format!(
            "MERGE INTO {} AS {alias} USING {} AS {with} ON {alias}.id = {with}.{column}‹0›",
            store.name, other.name
        );
        Piece::fixed(text, vec![Piece::List("", arms)])
    }

    fn matched(
        &mut self,
        store: &Store,
        both: &crate::random::scope::Relation,
    ) -> (&'static str, Piece) {
        match self.rng.below(6) {
            0 => ("MERGE DO NOTHING", Piece::text("DO NOTHING")),
            1 => ("MERGE DELETE", Piece::text("DELETE")),
            _ => {
                let set = self.inside(both.clone(), |generator| generator.set(store));
                ("MERGE UPDATE", Piece::fixed("UPDATE SET ‹0›", vec![set]))
            }
        }
    }

    fn unmatched(
        &mut self,
        store: &Store,
        source: &crate::random::scope::Relation,
        with: &str,
    ) -> (&'static str, Piece) {
        if self.chance(15) {
            return ("MERGE DO NOTHING", Piece::text("DO NOTHING"));
        }
        let fields = store.written();
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let ahead = *self.rng.pick(&[0, 100, 200]);
        let cells: Vec<Piece> = self.inside(source.clone(), |generator| {
            let cells = fields.iter().map(|field| match field.name.as_str() {
                "id" => Piece::text(format!("{with}.id + {ahead}")),
                _ => generator.computed(field),
            });
            cells.collect()
        });
        let text = format!("INSERT ({}) VALUES (‹0›)", names.join(", "));
        (
            "MERGE INSERT",
            Piece::fixed(text, vec![Piece::List(", ", cells)]),
        )
    }

    /// TRUNCATE, which a table that is referred to does not take.
    pub(super) fn truncate(&mut self, stores: &[Store], at: usize) -> Piece {
        self.note("TRUNCATE");
        let end = *self.rng.pick(&["", "", " CASCADE", " RESTRICT"]);
        Piece::text(format!("TRUNCATE TABLE {}{end}", stores[at].name))
    }

    /// A change in WITH, and what is made of the rows that it returns.
    pub(super) fn with_change(&mut self, stores: &[Store], at: usize) -> Piece {
        self.note("WITH a change");
        let swarm = Swarm {
            returning: false,
            merge: false,
            define: false,
            savepoints: false,
            with: false,
            actions: false,
        };
        let (store, name) = (&stores[at], &stores[at].name);
        let inner = match self.rng.below(3) {
            0 => self.insert(stores, at, swarm),
            1 => {
                let own = store.relation(name);
                let set = self.inside(own.clone(), |generator| generator.set(store));
                let filter = self.filter(&own, 70);
                Piece::fixed(format!("UPDATE {name} SET ‹0›‹1›"), vec![set, filter])
            }
            _ => self.delete(stores, at, swarm),
        };
        let other = self.other(stores, at);
        let back = format!("{name}.id, {name}.k");
        let parts = vec![inner];
        let mut text = format!("WITH w AS (‹0› RETURNING {back}) ");
        match self.rng.below(3) {
            0 => text.push_str("SELECT count(*), sum(w.id), min(w.k) FROM w"),
            1 => text.push_str(&format!(
                "DELETE FROM {0} WHERE {0}.id IN (SELECT w.id FROM w)",
                other.name
            )),
            _ => text.push_str(&format!(
                "UPDATE {0} SET k = w.k FROM w WHERE w.id = {0}.id",
                other.name
            )),
        }
        Piece::fixed(text, parts)
    }

    /// A query in WITH before a change, that reads what it changes or another table.
    pub(super) fn with_before(&mut self, stores: &[Store], change: Piece) -> Piece {
        let text = change.rql();
        if !text.starts_with("DELETE FROM ") || !text.contains(" WHERE ") {
            return change;
        }
        self.note("WITH before a change");
        let from = &stores[self.rng.below(stores.len())];
        let alias = self.alias();
        let filter = self.filter(&from.relation(&alias), 60);
        let name = text["DELETE FROM ".len()..]
            .split(' ')
            .next()
            .unwrap_or_default();
        let text = format!("‹1› (SELECT {alias}.id FROM {} AS {alias}‹0›)", from.name);
        let parts = |word: &str| vec![filter.clone(), Piece::text(word)];
        let change = format!("DELETE FROM {name} WHERE id IN (SELECT id FROM chosen)");
        match self.chance(40) {
            true => {
                self.note("LET relation of a change");
                Piece::fixed(format!("{text}; {change}"), parts("LET chosen AS")).asked(format!(
                    "WITH chosen AS (SELECT {alias}.id FROM {} AS {alias}‹0›) {change}",
                    from.name
                ))
            }
            false => Piece::fixed(format!("{text} {change}"), parts("WITH chosen AS")),
        }
    }
}

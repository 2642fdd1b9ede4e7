//! ON CONFLICT names a key: what stands there must be one.

use super::change::Changed;
use super::{Lowerer, Res};
use crate::{IndexKey, Key, ScalarId, ScalarKind, Table, TableKind};
use rql_ast as ast;
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

impl<'a> Lowerer<'a> {
    /// Refuses columns that no key has, and constraints that are no key; `keys` get the columns of a
    /// constraint. What a catalog does not know is left to the backend. True where the table has one key
    /// and no other.
    pub(super) fn known_key(
        &mut self,
        changed: &Changed<'a>,
        conflict: ast::OnConflict,
        keys: &mut Vec<ScalarId>,
    ) -> Res<bool> {
        let target = &changed.target;
        let found = self
            .env
            .catalog
            .find(target.schema.as_deref(), &target.table);
        let Some(table) = found.filter(|found| !target.open && found.kind == TableKind::Table)
        else {
            return Ok(false);
        };
        let alone = only_one_key(table);
        if let Some(name) = conflict.constraint {
            for at in self.known_constraint(table, name)? {
                let column = target.columns[at];
                keys.push(self.reference(column, name.span));
            }
            return Ok(alone);
        }
        let position = |&key: &ScalarId| match self.ir.scalar(key).kind {
            ScalarKind::Column(id) => target.columns.iter().position(|&column| column == id),
            _ => None,
        };
        // An expression is found in an index by the backend alone.
        let Some(mut columns): Option<Vec<usize>> = keys.iter().map(position).collect() else {
            return Ok(false);
        };
        columns.sort_unstable();
        columns.dedup();
        let same = |key: &[usize]| {
            let mut key = key.to_vec();
            key.sort_unstable();
            key.dedup();
            key == columns
        };
        let partial = table
            .indexes
            .iter()
            .filter(|index| index.unique && index.predicate.is_some());
        let partial = partial.filter(|_| conflict.target_where.is_some());
        let partial = partial.filter_map(|index| {
            let plain = index.keys.iter().map(|key| match *key {
                IndexKey::Column(at) => Some(at),
                IndexKey::Expression(_) => None,
            });
            plain.collect::<Option<Vec<usize>>>()
        });
        let mut all = table
            .keys
            .iter()
            .map(|key| key.columns.clone())
            .chain(partial);
        if columns.is_empty() || all.any(|key: Vec<usize>| same(&key)) {
            return Ok(alone && !columns.is_empty());
        }
        let names = |key: &[usize]| {
            let names = key.iter().map(|&at| table.columns[at].name.as_str());
            names.collect::<Vec<_>>().join(", ")
        };
        let written = names(&columns);
        let items = &self.ast[conflict.target];
        let spans = items.iter().filter_map(|item| match *item {
            ast::OrderItem::Expr { expr, .. } => Some(self.ast[expr].span),
            _ => None,
        });
        let span = spans
            .reduce(|first, next| first.to(next))
            .unwrap_or(changed.span);
        let message = format!("no key of {} is ({written})", table.name);
        let error = Diagnostic::error(codes::NO_SUCH_KEY, message)
            .label(
                span,
                "ON CONFLICT takes the columns of a primary or unique key",
            )
            .note(keys_of(table, names));
        Err(Box::new(match table.keys.as_slice() {
            [only] => error.suggest("this is the key", span, names(&only.columns)),
            _ => error.help(format!(
                "CREATE UNIQUE INDEX … ON {} ({written}) makes it one",
                table.name
            )),
        }))
    }

    /// The columns of the key that ON CONSTRAINT names; none where a catalog does not tell.
    fn known_constraint(&self, table: &Table, name: ast::Ident) -> Res<Vec<usize>> {
        let wanted = self.ast.name(name);
        let named = |key: &Key| self.env.catalog.matches(&wanted, &called(table, key));
        if let Some(key) = table.keys.iter().find(|key| named(key)) {
            return Ok(key.columns.clone());
        }
        let names = table.keys.iter().map(|key| called(table, key));
        let names: Vec<String> = names.collect();
        let message = format!("{} has no key named {wanted}", table.name);
        let error = Diagnostic::error(codes::NO_SUCH_KEY, message)
            .label(
                name.span,
                "ON CONSTRAINT takes the name of a primary or unique key",
            )
            .note(keys_of(table, |key| {
                let of = table.keys.iter().find(|k| k.columns == key);
                of.map(|key| called(table, key)).unwrap_or_default()
            }));
        Err(Box::new(
            match did_you_mean(&wanted, names.iter().map(String::as_str)) {
                Some(near) => error.suggest(format!("did you mean {near}?"), name.span, near),
                None => error,
            },
        ))
    }
}

fn only_one_key(table: &Table) -> bool {
    let mut columns: Vec<_> = table.keys.iter().map(|key| &key.columns).collect();
    columns.dedup();
    let mut others = table.indexes.iter().filter(|index| index.unique);
    columns.len() == 1 && others.all(|index| index.key().is_some())
}

/// A key's own name, or the one that PostgreSQL gives.
fn called(table: &Table, key: &Key) -> String {
    if let Some(name) = &key.name {
        return name.clone();
    }
    if key.primary {
        return format!("{}_pkey", table.name);
    }
    let columns = key
        .columns
        .iter()
        .map(|&at| table.columns[at].name.as_str());
    let columns = columns.collect::<Vec<_>>().join("_");
    format!("{}_{columns}_key", table.name)
}

fn keys_of(table: &Table, say: impl Fn(&[usize]) -> String) -> String {
    let keys = table
        .keys
        .iter()
        .map(|key| format!("({})", say(&key.columns)));
    let keys: Vec<String> = keys.collect();
    match keys.as_slice() {
        [] => format!("{} has no key", table.name),
        [only] => format!("the key of {} is {only}", table.name),
        _ => format!("the keys of {} are {}", table.name, keys.join(", ")),
    }
}

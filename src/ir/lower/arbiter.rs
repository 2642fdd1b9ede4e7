//! ON CONFLICT names a key: what stands there must be one.

use super::change::Changed;
use super::{Lowerer, Res};
use crate::{IndexKey, Key, ScalarId, ScalarKind, Table, TableKind};
use rql_ast as ast;
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

impl<'a> Lowerer<'a> {
    /// Refuses columns that no key has, and constraints that are no key. What a catalog does not know is
    /// left to the backend.
    pub(super) fn known_key(
        &self,
        changed: &Changed<'a>,
        conflict: ast::OnConflict,
        keys: &[ScalarId],
    ) -> Res<()> {
        let target = &changed.target;
        let found = self
            .env
            .catalog
            .find(target.schema.as_deref(), &target.table);
        let Some(table) = found.filter(|found| !target.open && found.kind == TableKind::Table)
        else {
            return Ok(());
        };
        if let Some(name) = conflict.constraint {
            return self.known_constraint(table, name);
        }
        let position = |&key: &ScalarId| match self.ir.scalar(key).kind {
            ScalarKind::Column(id) => target.columns.iter().position(|&column| column == id),
            _ => None,
        };
        // An expression is found in an index by the backend alone.
        let Some(mut columns): Option<Vec<usize>> = keys.iter().map(position).collect() else {
            return Ok(());
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
            return Ok(());
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

    fn known_constraint(&self, table: &Table, name: ast::Ident) -> Res<()> {
        let wanted = self.ast.name(name);
        let named = |key: &Key| key.name.clone();
        // Names that the backend gives are not known from a text.
        let Some(names) = table
            .keys
            .iter()
            .map(named)
            .collect::<Option<Vec<String>>>()
        else {
            return Ok(());
        };
        if names
            .iter()
            .any(|known| self.env.catalog.matches(&wanted, known))
        {
            return Ok(());
        }
        let message = format!("{} has no key named {wanted}", table.name);
        let error = Diagnostic::error(codes::NO_SUCH_KEY, message)
            .label(
                name.span,
                "ON CONSTRAINT takes the name of a primary or unique key",
            )
            .note(keys_of(table, |key| {
                let of = table.keys.iter().find(|k| k.columns == key);
                of.and_then(|key| key.name.clone()).unwrap_or_default()
            }));
        Err(Box::new(
            match did_you_mean(&wanted, names.iter().map(String::as_str)) {
                Some(near) => error.suggest(format!("did you mean {near}?"), name.span, near),
                None => error,
            },
        ))
    }
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

//! IF, FOR and templates of statements: which of them run is known only then, so all are checked.

use super::walk::{State, Variable, Walk};
use rql_ast::{For, If, List, Stmt, Template};
use rql_ir::{Catalog, Type, lower_condition};
use std::sync::Arc;

impl Walk<'_> {
    pub(super) fn template(&mut self, template: &Template<Stmt>) -> bool {
        let sound = match lower_condition(self.ast, template.condition) {
            Ok((conditions, _)) => {
                self.asked(&conditions, template.span);
                true
            }
            Err(wrong) => {
                self.done.diagnostics.extend(wrong);
                false
            }
        };
        let otherwise = template.otherwise.unwrap_or(List::EMPTY);
        self.one_of(&[template.then, otherwise]) && sound
    }

    pub(super) fn branches(&mut self, statement: If) -> bool {
        let mut sound = true;
        let mut bodies = Vec::new();
        for branch in &self.ast[statement.branches] {
            sound &= self.condition(branch.condition);
            bodies.push(branch.body);
        }
        bodies.push(statement.otherwise.unwrap_or(List::EMPTY));
        self.one_of(&bodies) && sound
    }

    /// The row's columns are variables in the body, which may never run.
    pub(super) fn repeated(&mut self, statement: For) -> bool {
        let row = self.ast.name(statement.row).into_owned();
        let Some(compiled) = self.query(statement.query) else {
            return false;
        };
        let before = self.state.clone();
        let columns = &compiled.columns;
        if let [only] = columns.as_slice() {
            self.state.set(row.clone(), only.ty);
        }
        for column in columns {
            self.state.set(format!("{row}.{}", column.name), column.ty);
        }
        // Without columns only the backend knows them.
        if !columns.is_empty() {
            let names = columns.iter().map(|column| column.name.clone());
            self.state.rows.insert(row.clone(), names.collect());
        }
        let sound = self.statements(statement.body);
        let inside = |name: &str| name == row || name.split_once('.').is_some_and(|n| n.0 == row);
        let mut after = std::mem::take(&mut self.state);
        after.variables.retain(|name, _| !inside(name));
        let outer = before
            .variables
            .iter()
            .filter(|variable| inside(variable.0));
        after
            .variables
            .extend(outer.map(|(name, variable)| (name.clone(), *variable)));
        after.rows.clone_from(&before.rows);
        self.state = either(&before, [after, before.clone()]);
        sound
    }

    /// Checks each body after what stands before all of them.
    fn one_of(&mut self, bodies: &[List<Stmt>]) -> bool {
        let before = self.state.clone();
        let mut sound = true;
        let mut after = Vec::new();
        for &body in bodies {
            self.state = before.clone();
            sound &= self.statements(body);
            after.push(std::mem::take(&mut self.state));
        }
        self.state = either(&before, after);
        sound
    }
}

/// What may hold after one of several ways: whatever one of them makes is there, and a variable is set
/// for certain where all set it.
fn either(before: &State, ways: impl IntoIterator<Item = State>) -> State {
    let mut ways = ways.into_iter();
    let Some(mut state) = ways.next() else {
        return before.clone();
    };
    for way in ways {
        for variable in state
            .variables
            .iter_mut()
            .filter(|v| !way.variables.contains_key(v.0))
        {
            variable.1.certain = false;
        }
        for (name, &Variable { ty, certain }) in &way.variables {
            let uncertain = Variable { ty, certain: false };
            let known = state.variables.entry(name.clone()).or_insert(uncertain);
            known.ty = match known.ty == ty {
                true => ty,
                false => known.ty.unify(ty).unwrap_or(Type::Unknown),
            };
            known.certain &= certain;
        }
        both(&before.catalog, &mut state.catalog, way.catalog);
    }
    state
}

/// Adds what another way has made to a catalog.
fn both(before: &Catalog, catalog: &mut Catalog, other: Catalog) {
    if catalog.is_open() {
        return;
    }
    if other.is_open() {
        *catalog = other;
        return;
    }
    for table in other.tables() {
        let same = |catalog: &Catalog| {
            let mut tables = catalog.tables().iter();
            let place = |t: &rql_ir::Table| {
                (&t.schema, &t.name, t.temporary) == (&table.schema, &table.name, table.temporary)
            };
            tables.find(|t| place(t)).cloned()
        };
        let here = same(catalog);
        // One that this way has left as it was may be changed by the other.
        if here.is_none() || here == same(before) {
            catalog.add(table.clone());
        }
    }
    let mut definitions = catalog.definitions().to_vec();
    for definition in other.definitions() {
        if !definitions
            .iter()
            .any(|known| Arc::ptr_eq(known, definition))
        {
            definitions.push(Arc::clone(definition));
        }
    }
    catalog.set_definitions(definitions);
}

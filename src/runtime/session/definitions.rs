//! LET relations and macros of a session.

use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::session::prepare;
use rql::Definition;
use rql_ast::{Ast, Id, Query, Stmt};
use std::sync::Arc;

impl Session {
    /// Names a query. It is checked now, keeps the values that its variables have now, and runs where it is
    /// used.
    pub(crate) fn let_relation(
        &mut self,
        ast: &Ast,
        stmt: &Stmt,
        query: Id<Query>,
        out: &mut Output,
    ) -> Result<(), Failure> {
        self.prepare(ast, stmt.span, out, |on| prepare::query(ast, query, on))?;
        let defined = self.read_definition(ast, stmt).map(|mut definition| {
            self.relations += 1;
            definition.key = format!("{}.{}", definition.name, self.relations);
            definition.captured = self.definitions.clone();
            definition.captured.retain(|d| !d.is_macro());
            let body = definition.body().to_lowercase();
            let captured: Vec<_> = self
                .variables
                .iter()
                .filter(|(name, _)| !name.contains('.') && body.contains(name.as_str()))
                .map(|(name, value)| (format!("{}.{name}", definition.key), value.clone()))
                .collect();
            self.variables.extend(captured);
            definition
        });
        self.define(defined);
        Ok(())
    }

    /// What a statement defines, with its tree; several definitions of one text share it.
    pub(crate) fn read_definition(&self, ast: &Ast, stmt: &Stmt) -> Option<Definition> {
        let mut trees = self.definitions.iter().map(|d| &d.ast);
        let shared = trees.find(|tree| Arc::ptr_eq(tree.source(), ast.source()));
        let tree = shared.map_or_else(|| Arc::new(ast.clone()), Arc::clone);
        Definition::read(&tree, stmt)
    }

    /// Adds a definition in the place of one of its name and kind; a variable of the name of a relation goes.
    pub(crate) fn define(&mut self, definition: Option<Definition>) {
        let Some(definition) = definition else { return };
        let is_macro = definition.is_macro();
        self.definitions
            .retain(|old| old.is_macro() != is_macro || old.name != definition.name);
        if !is_macro {
            self.variables.remove(&definition.name);
        }
        self.definitions.push(Arc::new(definition));
    }

    /// Forgets a variable, a LET relation or a macro.
    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.remove(name);
        self.definitions
            .retain(|definition| definition.name != name);
    }

    /// LET relations stay with the connection on which they were defined.
    pub(crate) fn leave(&mut self, left: &str) {
        for definition in &mut self.definitions {
            if !definition.is_macro() && definition.away.is_none() {
                Arc::make_mut(definition).away = Some(left.to_owned());
            }
        }
    }

    /// Back on a connection, the LET relations that were defined there can be used again.
    pub(crate) fn come_back(&mut self, to: &str) {
        for definition in &mut self.definitions {
            if definition.away.as_deref() == Some(to) {
                Arc::make_mut(definition).away = None;
            }
        }
    }
}

//! What ALTER TABLE makes of a table.

use super::{Change, Ddl, Res, is_relation};
use crate::{Table, TableColumn, Type};
use rql_ast::{self as ast, AlterAction, ColumnChange, Name};
use rql_diagnostics::{Diagnostic, codes};

impl Ddl<'_> {
    pub(super) fn alter(&self, alter: ast::AlterTable) -> Res<Vec<Change>> {
        if alter.object == ast::ObjectKind::Index {
            return Ok(self.renamed_index(alter));
        }
        if !is_relation(alter.object) {
            return Ok(Vec::new());
        }
        let Some(old) = self.existing(alter.name, alter.if_exists)? else {
            return Ok(Vec::new());
        };
        let mut table = old.clone();
        for action in &self.ast[alter.actions] {
            self.action(&mut table, action)?;
        }
        let mut changes = Vec::new();
        if !table.is(old) {
            changes.push(Change::Remove(old.clone()));
        }
        let renamed = |new: &Table| {
            let mut others = self.env.catalog.tables().iter();
            let others = others.by_ref().filter(|other| !other.is(old));
            let followed = others.filter_map(|other| {
                let mut other = other.clone();
                other.follow(old, new).then_some(Change::Add(other))
            });
            followed.collect::<Vec<_>>()
        };
        changes.extend(renamed(&table));
        let new = table.clone();
        table.follow(old, &new);
        changes.push(Change::Add(table));
        Ok(changes)
    }

    fn renamed_index(&self, alter: ast::AlterTable) -> Vec<Change> {
        let &[AlterAction::Rename(to)] = &self.ast[alter.actions] else {
            return Vec::new();
        };
        let (from, to) = (self.last(alter.name), self.last(to));
        let catalog = self.env.catalog;
        let mut tables = catalog.tables().iter();
        let Some(table) = tables.find(|table| self.has_index(table, &from)) else {
            return Vec::new();
        };
        let mut table = table.clone();
        let indexes = table.indexes.iter_mut().map(|index| &mut index.name);
        let keys = table.keys.iter_mut().filter_map(|key| key.name.as_mut());
        for name in indexes.chain(keys) {
            if catalog.matches(&from, name) {
                name.clone_from(&to);
            }
        }
        vec![Change::Add(table)]
    }

    fn action(&self, table: &mut Table, action: &AlterAction) -> Res<()> {
        let ast = self.ast;
        match *action {
            AlterAction::AddColumn {
                if_not_exists,
                column,
            } => {
                let there = self.position(table, ast[column].name).is_ok();
                if !(if_not_exists && there) {
                    self.column(table, ast[column])?;
                    self.refer(table);
                }
            }
            AlterAction::DropColumn {
                if_exists, column, ..
            } => match self.named(table, column) {
                Ok(at) => table.drop_column(at),
                Err(_) if if_exists => {}
                Err(error) => return Err(error),
            },
            AlterAction::RenameColumn { from, to } => {
                let at = self.named(table, from)?;
                if self.position(table, to).is_ok_and(|other| other != at) {
                    return Err(self.taken("column", Name { parts: from.parts }));
                }
                table.columns[at].name = ast.name(to).into_owned();
            }
            AlterAction::AlterColumn { column, change } => {
                let at = self.named(table, column)?;
                self.change(&mut table.columns[at], change);
            }
            AlterAction::AddConstraint { ref constraint, .. } => {
                self.constraint(table, constraint)?;
                table.keys.sort_by_key(|key| !key.primary);
                self.refer(table);
            }
            AlterAction::DropConstraint { name, .. } => {
                let name = ast.name(name);
                table.keys.retain(|key| key.name.as_deref() != Some(&*name));
                let keys = &mut table.foreign_keys;
                keys.retain(|key| key.name.as_deref() != Some(&*name));
                let checks = &mut table.checks;
                checks.retain(|check| check.name.as_deref() != Some(&*name));
            }
            AlterAction::RenameConstraint { from, to } => {
                let (from, to) = (ast.name(from), ast.name(to));
                let mut keys = table.foreign_keys.iter_mut().map(|key| &mut key.name);
                let mut checks = table.checks.iter_mut().map(|check| &mut check.name);
                let mut own = table.keys.iter_mut().map(|key| &mut key.name);
                let all = own.by_ref().chain(keys.by_ref()).chain(checks.by_ref());
                for name in all.filter(|name| name.as_deref() == Some(&*from)) {
                    *name = Some(to.clone().into_owned());
                }
            }
            AlterAction::Rename(to) => table.name = self.last(to),
            AlterAction::SetSchema(schema) => {
                let schema = ast.name(schema).into_owned();
                table.within = self.env.catalog.is_within(&schema);
                table.schema = Some(schema).filter(|own| !self.env.catalog.is_default_schema(own));
                table.home = None;
            }
            _ => {}
        }
        Ok(())
    }

    fn named(&self, table: &Table, column: Name) -> Res<usize> {
        match self.ast[column.parts].last() {
            Some(&name) => self.position(table, name),
            None => Err(vec![Diagnostic::error(
                codes::UNKNOWN_COLUMN,
                "a column without a name",
            )]),
        }
    }

    fn change(&self, column: &mut TableColumn, change: ColumnChange) {
        match change {
            ColumnChange::Type { ty, .. } => {
                self.ast
                    .text(self.ast[ty].span)
                    .clone_into(&mut column.declared);
                column.ty = Type::from_declared(&column.declared);
            }
            ColumnChange::SetDefault(expr) => column.default = Some(self.text(expr)),
            ColumnChange::DropDefault => column.default = None,
            ColumnChange::SetNotNull => column.nullable = false,
            ColumnChange::DropNotNull => column.nullable = true,
            ColumnChange::AddIdentity(constraint) => {
                column.identity = true;
                column.counted = true;
                column.always = matches!(
                    constraint.kind,
                    ast::ConstraintKind::Identity { always: true, .. }
                );
            }
            ColumnChange::SetIdentity { always, .. } => {
                column.always = always.unwrap_or(column.always);
            }
            ColumnChange::DropIdentity { .. } => {
                (column.identity, column.counted, column.always) = (false, false, false);
            }
            ColumnChange::DropExpression { .. } => column.generated = false,
        }
    }
}

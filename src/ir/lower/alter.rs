//! ALTER TABLE.

use super::change::Changed;
use super::define::numbers;
use super::scope::{Named, Place};
use super::{Lowerer, Output, Res, error, not_yet};
use crate::define::*;
use crate::{ColumnId, RelId, Type};
use rql_ast::{self as ast, AlterAction, ColumnChange, ObjectKind, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

impl<'a> Lowerer<'a> {
    pub(super) fn alter(&mut self, alter: ast::AlterTable, span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        if let (&[AlterAction::Rename(to)], true) =
            (&ast[alter.actions], alter.object != ObjectKind::Table)
        {
            let name = self.object_name(alter.name);
            let define = Define::Rename {
                kind: alter.object,
                of: self.indexed(&name.name),
                name,
                to: self.object_name(to).name,
                if_exists: alter.if_exists,
            };
            return Ok(self.define(define, span));
        }
        if let &[AlterAction::Sequence(options)] = &ast[alter.actions] {
            let define = Define::AlterSequence {
                name: self.object_name(alter.name),
                if_exists: alter.if_exists,
                options: self.sequence_options(options)?,
            };
            return Ok(self.define(define, span));
        }
        if alter.object != ObjectKind::Table {
            return not_yet(span, "this ALTER");
        }
        if let Some(own) = self.own_alter(alter, span) {
            let define = self.written(own, span)?;
            return Ok(self.define(define, span));
        }
        let mut changed = self.changed_named(alter.name, ast.name_span(alter.name))?;
        self.show_changed(&changed)?;
        let mut changes = Vec::new();
        for action in &ast[alter.actions] {
            changes.push(self.action(&mut changed, *action, span)?);
        }
        let renames = |change: &Alter| {
            use Alter as A;
            matches!(
                change,
                A::Rename(_) | A::RenameColumn(..) | A::RenameConstraint(..) | A::SetSchema { .. }
            )
        };
        if changes.len() > 1 && changes.iter().any(renames) {
            let label = "a statement of its own renames";
            return error(
                codes::NOT_PORTABLE,
                span,
                "RENAME beside other changes",
                label,
            );
        }
        let added = changes.iter().filter_map(|change| match change {
            Alter::AddColumn { column, .. } => Some(column.id),
            Alter::Type { column, .. } => Some(*column),
            _ => None,
        });
        let added: Vec<_> = added.collect();
        let target = self.finished(changed);
        let define = Define::Alter {
            table: ObjectName {
                schema: target.schema,
                name: target.table,
            },
            only: alter.only,
            row: target.columns.into_iter().chain(added).collect(),
            changes,
        };
        Ok(self.define(define, span))
    }

    fn action(&mut self, changed: &mut Changed<'a>, action: AlterAction, span: Span) -> Res<Alter> {
        let ast = self.ast;
        Ok(match action {
            AlterAction::Rename(name) => Alter::Rename(self.object_name(name).name),
            AlterAction::SetSchema(schema) => {
                crate::ddl::has_schema(ast, schema, self.env)?;
                let indexes = changed.table.into_iter().flat_map(|table| &table.indexes);
                let by_sequence = |column: &crate::TableColumn| {
                    let default = column.default.as_deref();
                    column.identity && default.is_some_and(|text| text.starts_with("nextval("))
                };
                let mut columns = changed.table.into_iter().flat_map(|table| &table.columns);
                Alter::SetSchema {
                    schema: ast.name(schema).into_owned(),
                    indexes: indexes.map(|index| index.name.clone()).collect(),
                    numbered: columns.any(by_sequence),
                }
            }
            AlterAction::RenameColumn { from, to } => {
                let from = self.altered(changed, from)?;
                Alter::RenameColumn(self.ir.column(from).name.clone(), ast.name(to).into_owned())
            }
            AlterAction::DropColumn {
                if_exists,
                column,
                cascade,
            } => {
                let name = match if_exists {
                    true => self.object_name(column).name,
                    false => {
                        let id = self.altered(changed, column)?;
                        self.ir.column(id).name.clone()
                    }
                };
                let table = changed.table;
                let sequence = table.and_then(|table| {
                    let mut columns = table.columns.iter();
                    columns.find(|known| known.name == name)?.numbered_by(table)
                });
                Alter::DropColumn {
                    name,
                    if_exists,
                    cascade: cascade == Some(true),
                    sequence,
                }
            }
            AlterAction::AddColumn {
                if_not_exists,
                column,
            } => {
                let def = ast[column];
                let ty = self.column_type(&def)?;
                let name = ast.name(def.name);
                let id = self.ir.add_column(&name, ty, true);
                let named = Named { id, name };
                self.scope().names.push(named.clone());
                changed.named.push(named);
                Alter::AddColumn {
                    column: self.new_column(&def, id)?,
                    if_not_exists,
                }
            }
            AlterAction::AlterColumn { column, change } => {
                let id = self.altered(changed, column)?;
                self.column_change(changed, id, change, span)?
            }
            AlterAction::AddConstraint {
                constraint,
                not_valid: false,
            } => Alter::AddConstraint(self.constraint(constraint)?),
            AlterAction::DropConstraint {
                if_exists,
                name,
                cascade,
            } => Alter::DropConstraint {
                name: ast.name(name).into_owned(),
                if_exists,
                cascade: cascade == Some(true),
            },
            AlterAction::RenameConstraint { from, to } => {
                Alter::RenameConstraint(ast.name(from).into_owned(), ast.name(to).into_owned())
            }
            _ => return not_yet(span, "this ALTER"),
        })
    }

    fn column_change(
        &mut self,
        changed: &mut Changed<'a>,
        id: ColumnId,
        change: ColumnChange,
        span: Span,
    ) -> Res<Alter> {
        Ok(match change {
            ColumnChange::Type {
                ty,
                collation: None,
                using,
            } => {
                let at = self.ast[ty].span;
                let ty = self.type_name(ty)?;
                let name = self.ir.column(id).name.clone();
                let new = self.ir.add_column(&name, ty, true);
                let value = match using {
                    Some(using) => self.within(Place::Where, |this| this.expr(using))?,
                    None => self.reference(id, at),
                };
                let value = self.assign(value, new).map_err(|error| {
                    error.help(format!("USING says how: USING CAST({name} AS {ty})"))
                })?;
                self.now(changed, id, new);
                Alter::Type {
                    column: new,
                    ty,
                    value,
                    using: using.is_some(),
                }
            }
            ColumnChange::SetDefault(expr) => Alter::Default(id, Some(self.default(expr, id)?)),
            ColumnChange::DropDefault => Alter::Default(id, None),
            ColumnChange::SetNotNull => Alter::NotNull(id, true),
            ColumnChange::DropNotNull => Alter::NotNull(id, false),
            ColumnChange::AddIdentity(ast::Constraint {
                kind: ast::ConstraintKind::Identity { always, options },
                span,
                ..
            }) => {
                numbers(self.ir.column(id).ty, span)?;
                Alter::AddIdentity {
                    column: id,
                    always,
                    numbers: self.sequence_options(options)?,
                }
            }
            ColumnChange::SetIdentity { always, options } => Alter::SetIdentity {
                column: id,
                always,
                numbers: self.sequence_options(options)?,
            },
            ColumnChange::DropIdentity { if_exists } => Alter::DropIdentity(id, if_exists),
            _ => return not_yet(span, "this change of a column"),
        })
    }

    /// What stands behind a change of type sees the new one.
    fn now(&mut self, changed: &mut Changed<'a>, old: ColumnId, new: ColumnId) {
        let scope = self.scope();
        let shown = scope.relations.iter_mut().flat_map(|r| &mut r.columns);
        for named in shown.chain(&mut scope.names).chain(&mut changed.named) {
            if named.id == old {
                named.id = new;
            }
        }
    }

    /// The column that a change names.
    fn altered(&mut self, changed: &mut Changed<'a>, name: ast::Name) -> Res<ColumnId> {
        let span = self.ast.name_span(name);
        let written = self.object_name(name).name;
        let mut known = changed.named.iter();
        let catalog = self.env.catalog;
        if let Some(found) = known.find(|n| catalog.matches(&written, &n.name)) {
            return Ok(found.id);
        }
        if changed.open.is_some() {
            return Ok(self.ir.add_column(&written, Type::Unknown, true));
        }
        let table = &changed.target.table;
        let unknown = Diagnostic::error(
            codes::UNKNOWN_COLUMN,
            format!("{table} has no column {written}"),
        )
        .label(span, "no column of this name");
        let near = did_you_mean(&written, changed.named.iter().map(|n| &*n.name));
        Err(Box::new(match near {
            Some(near) => unknown.suggest(format!("did you mean {near}?"), span, near),
            None => unknown,
        }))
    }
}

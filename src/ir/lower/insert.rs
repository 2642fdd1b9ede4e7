//! INSERT.

use super::change::Changed;
use super::scope::{Named, Place};
use super::{Lowerer, Output, Res, Scope, error, not_yet};
use crate::*;
use rql_ast::{self as ast, Body, ClauseKind, Id, InsertOr, Span};
use rql_diagnostics::{Diagnostic, codes};

impl<'a> Lowerer<'a> {
    pub(super) fn insert(&mut self, insert: ast::Insert, span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        or_nothing(insert.or, span)?;
        let mut changed = self.changed_rows(ast[insert.target])?;
        if insert.overriding_system.is_some() {
            self.numbered.clear();
        }
        let mut columns = self.insert_columns(&mut changed, insert.columns)?;
        let listed = !columns.is_empty();
        let source = match insert.source {
            None => None,
            Some(query) => Some(self.insert_rows(&changed, query, insert.by_name, &mut columns)?),
        };
        self.needs_values(&changed, &columns, insert.source);
        let (mut conflict, mut returning, mut output) = (None, Vec::new(), Vec::new());
        self.each(&ast[insert.clauses], &mut |this, clause| {
            match clause.kind {
                ClauseKind::OnConflict(id) => {
                    conflict = Some(this.conflict(&mut changed, ast[id], clause.span)?);
                }
                ClauseKind::OnDuplicateKey(_) => {
                    return Err(Box::new(
                        Diagnostic::error(codes::NOT_PORTABLE, "ON DUPLICATE KEY is MySQL's")
                            .label(clause.span, "it does not say which key is meant")
                            .help("ON CONFLICT (key) DO UPDATE SET … does, on every backend"),
                    ));
                }
                ClauseKind::Returning(items) => {
                    this.show_changed(&changed)?;
                    (returning, output) = this.returning(items)?;
                }
                _ => return not_yet(clause.span, "this clause"),
            }
            Ok(())
        })?;
        let own = changed.table.map_or(&[][..], |table| &table.columns);
        let own = own.iter().zip(&changed.target.columns);
        let numbered = own.filter(|(column, _)| column.identity).map(|c| *c.1);
        let numbered = numbered.collect();
        let kind = RelKind::Insert(Box::new(Insert {
            numbered,
            target: self.finished(changed),
            columns,
            listed,
            overriding: insert.overriding_system,
            source,
            conflict,
            returning,
        }));
        Ok((self.ir.add_rel(kind, span), output))
    }

    /// Warns where every new row lacks a value that it needs.
    fn needs_values(
        &mut self,
        changed: &Changed<'a>,
        columns: &[ColumnId],
        source: Option<Id<ast::Query>>,
    ) {
        let (Some(table), Some(query)) = (changed.table, source) else {
            return;
        };
        // A query may give no row.
        if !matches!(self.ast[query].body, Body::Values(_)) || table.kind != TableKind::Table {
            return;
        }
        for (column, id) in table.columns.iter().zip(&changed.target.columns) {
            let given = column.nullable
                || column.default.is_some()
                || column.generated
                || column.identity
                || columns.contains(id);
            if given {
                continue;
            }
            let message = format!(
                "{} is NOT NULL in {} and gets no value",
                column.name, table.name
            );
            let warning = Diagnostic::warning(codes::MISSING_VALUE, message)
                .label(changed.span, "a new row needs it")
                .help(format!("add {} to the columns", column.name));
            self.warnings.push(warning);
        }
    }

    pub(super) fn insert_columns(
        &mut self,
        changed: &mut Changed<'a>,
        list: ast::List<ast::InsertColumn>,
    ) -> Res<Vec<ColumnId>> {
        let ast = self.ast;
        let mut columns = Vec::new();
        self.each(&ast[list], &mut |this, column| {
            let ast::InsertColumn::Column(expr) = *column else {
                return Ok(());
            };
            let column = this.target_column(changed, expr)?;
            this.once(&columns, column, ast[expr].span)?;
            columns.push(column);
            Ok(())
        })?;
        Ok(columns)
    }

    /// The rows of INSERT; without a list of columns they are the first ones of the table.
    fn insert_rows(
        &mut self,
        changed: &Changed<'a>,
        query: Id<ast::Query>,
        by_name: bool,
        columns: &mut Vec<ColumnId>,
    ) -> Res<RelId> {
        let ast = self.ast;
        let node = ast[query];
        if let (Body::Values(rows), None, true, false) =
            (node.body, node.with, ast[node.clauses].is_empty(), by_name)
        {
            return self.insert_values(changed, &ast[rows], columns, node.span);
        }
        let hidden = core::mem::take(&mut self.scopes);
        let done = self.within_sets(|this| this.query(query));
        self.scopes = hidden;
        let (rel, output) = done?;
        if by_name {
            for (_, name) in &output {
                let mut known = changed.named.iter();
                let found = known.find(|n| self.env.catalog.matches(name, &n.name));
                let Some(found) = found else {
                    let message = format!("{} has no column {name}", changed.target.table);
                    let label = "BY NAME gives each column of the query to the one of its name";
                    return error(codes::UNKNOWN_COLUMN, node.span, message, label);
                };
                columns.push(found.id);
            }
        }
        self.first_columns(changed, output.len(), columns, node.span)?;
        if columns.is_empty() {
            return Ok(rel);
        }
        self.assigned_rows(rel, &output, columns, node.span)
    }

    pub(super) fn first_columns(
        &self,
        changed: &Changed<'a>,
        width: usize,
        columns: &mut Vec<ColumnId>,
        span: Span,
    ) -> Res<()> {
        if !columns.is_empty() {
            return self.as_many(columns.len(), width, span);
        }
        if changed.open.is_some() {
            return Ok(());
        }
        if width > changed.named.len() {
            let (table, has) = (&changed.target.table, changed.named.len());
            let message = format!("{table} has {has} columns, there are {width} values");
            return error(codes::TYPE_MISMATCH, span, message, "too many values");
        }
        columns.extend(changed.named.iter().take(width).map(|n| n.id));
        Ok(())
    }

    /// Each value takes the type of its column, whatever the other rows hold.
    fn insert_values(
        &mut self,
        changed: &Changed<'a>,
        rows: &'a [ast::Row],
        columns: &mut Vec<ColumnId>,
        span: Span,
    ) -> Res<RelId> {
        let mut width = 0;
        let mut given = Vec::new();
        for row in rows {
            let values = self.row_values(row)?;
            width = if given.is_empty() {
                values.len()
            } else {
                width
            };
            given.push((values, row.span));
        }
        let first = rows.first().map_or(span, |row| row.span);
        self.first_columns(changed, width, columns, first)?;
        let mut lowered = Vec::new();
        for (values, span) in given {
            if values.len() != width {
                let message = "the rows of VALUES have different lengths";
                let label = "not like the first row";
                return error(codes::TYPE_MISMATCH, span, message, label);
            }
            self.scopes.push(Scope::default());
            let items = self.within(Place::Values, |this| {
                let mut items = Vec::new();
                for (at, &expr) in values.iter().enumerate() {
                    items.push(match columns.get(at) {
                        Some(&column) => this.assigned_expr(expr, column)?,
                        None => {
                            let value = this.expr(expr)?;
                            this.settle(value)
                        }
                    });
                }
                Ok(items)
            });
            self.scopes.pop();
            lowered.push(items?);
        }
        let made = (0..width).map(|at| {
            let ty = lowered
                .first()
                .map_or(Type::Unknown, |row| self.ty(row[at]));
            self.ir.add_column(&format!("column{}", at + 1), ty, true)
        });
        let kind = RelKind::Values {
            columns: made.collect(),
            rows: lowered,
        };
        Ok(self.ir.add_rel(kind, span))
    }

    fn conflict(
        &mut self,
        changed: &mut Changed<'a>,
        conflict: ast::OnConflict,
        span: Span,
    ) -> Res<Conflict> {
        let ast = self.ast;
        let none = ast[conflict.target].is_empty() && conflict.constraint.is_none();
        if none && conflict.update.is_some() {
            let message = "DO UPDATE needs to know the conflict";
            let label = "ON CONFLICT (columns of a key) says which";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        if let (Some(through), Some(_)) = (&changed.through, conflict.update) {
            return Err(through.no_conflict(span));
        }
        self.scopes.push(Scope::default());
        let keys = self.conflict_keys(changed, conflict);
        self.scopes.pop();
        let (mut keys, keys_where) = keys?;
        let alone = self.known_key(changed, conflict, &mut keys)?;
        let excluded: Vec<Named<'a>> = changed
            .named
            .iter()
            .map(|named| {
                let Column { name, ty, .. } = self.ir.column(named.id).clone();
                Named {
                    id: self.ir.add_column(&name, ty, true),
                    name: named.name.clone(),
                }
            })
            .collect();
        self.scopes.push(Scope::default());
        let update = self.conflict_update(changed, conflict, &excluded);
        self.scopes.pop();
        let (update, predicate) = update?;
        Ok(Conflict {
            keys,
            keys_where,
            alone,
            checked: changed.table.is_some_and(|table| !table.checks.is_empty()),
            constraint: conflict.constraint.map(|name| ast.name(name).into_owned()),
            excluded: excluded.iter().map(|n| n.id).collect(),
            update,
            predicate,
            span,
        })
    }

    fn conflict_keys(
        &mut self,
        changed: &Changed<'a>,
        conflict: ast::OnConflict,
    ) -> Res<(Vec<ScalarId>, Option<ScalarId>)> {
        let ast = self.ast;
        self.show_changed(changed)?;
        let mut keys = Vec::new();
        self.within(Place::Where, |this| {
            this.each(&ast[conflict.target], &mut |this, item| {
                if let ast::OrderItem::Expr { expr, .. } = *item {
                    keys.push(this.expr(expr)?);
                }
                Ok(())
            })?;
            let condition = conflict.target_where.map(|id| this.condition(id));
            Ok((core::mem::take(&mut keys), condition.transpose()?))
        })
    }

    /// DO UPDATE sees the row that is there and, as `excluded`, the one that could not be added.
    fn conflict_update(
        &mut self,
        changed: &mut Changed<'a>,
        conflict: ast::OnConflict,
        excluded: &[Named<'a>],
    ) -> Res<(Option<Vec<Assign>>, Option<ScalarId>)> {
        let span = changed.span;
        self.show_changed(changed)?;
        self.show("excluded".into(), excluded, span)?;
        self.scope().names.extend(excluded.iter().cloned());
        self.within(Place::Where, |this| {
            let update = conflict.update.map(|list| this.assignments(changed, list));
            let predicate = conflict.update_where.map(|id| this.condition(id));
            Ok((update.transpose()?, predicate.transpose()?))
        })
    }
}

/// What other dialects say before INTO and ON CONFLICT says exactly.
pub(super) fn or_nothing(or: InsertOr, span: Span) -> Res<()> {
    let (words, help) = match or {
        InsertOr::None | InsertOr::Abort => return Ok(()),
        InsertOr::Replace | InsertOr::ReplaceInto => (
            "REPLACE",
            "ON CONFLICT (key) DO UPDATE SET a = excluded.a, … changes the row that is there",
        ),
        InsertOr::Ignore => (
            "OR IGNORE",
            "ON CONFLICT DO NOTHING leaves out rows whose key is there, and no others",
        ),
        InsertOr::Fail => ("OR FAIL", "a statement runs whole or not at all"),
        InsertOr::Rollback => ("OR ROLLBACK", "ROLLBACK after the error does this"),
    };
    Err(Box::new(
        Diagnostic::error(
            codes::NOT_PORTABLE,
            format!("{words} is not the same on every backend"),
        )
        .label(span, "PostgreSQL has no such statement")
        .help(help),
    ))
}

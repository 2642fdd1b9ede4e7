//! What INSERT, UPDATE and DELETE share: the table, assignments, RETURNING.

use super::scope::{Named, Place};
use super::select::Columns;
use super::through::Through;
use super::{Lowerer, Name, Output, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, ExprKind, Id, RelationKind, SelectItem, Span, StmtKind};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

/// The table that changes, as it is lowered.
pub(super) struct Changed<'a> {
    pub(super) target: Target,
    /// What the catalog says of it.
    pub(super) table: Option<&'a Table>,
    pub(super) named: Vec<Named<'a>>,
    pub(super) key: Vec<ColumnId>,
    /// A scan that gathers the columns which are named, where no catalog knows them.
    pub(super) open: Option<RelId>,
    /// The view through which it changes, where that does not show every row.
    pub(super) through: Option<Through<'a>>,
    pub(super) span: Span,
}

impl<'a> Lowerer<'a> {
    /// A query or a statement that changes data.
    pub(super) fn statement(&mut self, kind: StmtKind, span: Span) -> Res<(RelId, Output)> {
        let ast = self.ast;
        match kind {
            StmtKind::Query(query) => self.nested(query),
            StmtKind::Insert(id) => {
                let insert = ast[id];
                self.after_with(insert.with, span, |this| this.insert(insert, span))
            }
            StmtKind::Update(id) => {
                let update = ast[id];
                self.after_with(update.with, span, |this| this.update(update, span))
            }
            StmtKind::Delete(id) => {
                let delete = ast[id];
                self.after_with(delete.with, span, |this| this.delete(delete, span))
            }
            StmtKind::Merge(id) => {
                let merge = ast[id];
                self.after_with(merge.with, span, |this| this.merge_into(merge, span))
            }
            StmtKind::Create(id) => self.create(ast[id], span),
            StmtKind::Alter(id) => self.alter(ast[id], span),
            StmtKind::Drop(id) => self.drop(ast[id], span),
            _ => not_yet(span, "this statement"),
        }
    }

    fn after_with(
        &mut self,
        with: Option<Id<ast::With>>,
        span: Span,
        lower: impl FnOnce(&mut Self) -> Res<(RelId, Output)>,
    ) -> Res<(RelId, Output)> {
        let visible = self.ctes.len();
        let ctes = match with {
            Some(with) => self.with(self.ast[with])?,
            None => Vec::new(),
        };
        self.scopes.push(super::Scope::default());
        let done = lower(self);
        self.scopes.pop();
        let (mut rel, output) = done?;
        self.ctes.truncate(visible);
        if !ctes.is_empty() {
            rel = self.ir.add_rel(RelKind::With { ctes, input: rel }, span);
        }
        Ok((rel, output))
    }

    /// The table that a statement names to change it.
    pub(super) fn changed(&mut self, relation: ast::Relation) -> Res<Changed<'a>> {
        let ast = self.ast;
        let span = relation.span;
        let RelationKind::Table { name, only, .. } = relation.kind else {
            return error(
                codes::UNKNOWN_TABLE,
                span,
                "only a table can be changed",
                "this is no table",
            );
        };
        let mut changed = self.changed_named(name, span)?;
        changed.target.only = only;
        let alias = relation.alias.and_then(|alias| ast[alias].name);
        if let Some(alias) = alias {
            changed.target.alias = ast.name(alias).into_owned();
        }
        Ok(changed)
    }

    /// The same for a statement that changes rows: a view stands for the table behind it.
    pub(super) fn changed_rows(&mut self, relation: ast::Relation) -> Res<Changed<'a>> {
        let changed = self.changed(relation)?;
        match changed.table {
            Some(view) if view.kind == TableKind::View && !self.env.changes_through_views => {
                self.changed_through(view, changed)
            }
            _ => Ok(changed),
        }
    }

    /// A table by its name.
    pub(super) fn changed_named(&mut self, name: ast::Name, span: Span) -> Res<Changed<'a>> {
        let ast = self.ast;
        let (schema, table) = match &ast[name.parts] {
            [table] => (None, ast.name(*table)),
            [.., schema, table] => (Some(ast.name(*schema)), ast.name(*table)),
            [] => return not_yet(span, "a table without a name"),
        };
        let catalog = self.env.catalog;
        Ok(match catalog.find(schema.as_deref(), &table) {
            Some(found) => self.changed_table(found, span),
            None if catalog.is_open() => self.open_target(schema.as_deref(), &table, span),
            None => return Err(Box::new(self.unknown_table(&table, name))),
        })
    }

    /// A table of the catalog.
    pub(super) fn changed_table(&mut self, found: &'a Table, span: Span) -> Changed<'a> {
        let columns = found.columns.iter();
        let named: Vec<Named<'a>> = columns
            .map(|c| Named {
                id: self.ir.add_table_column(c),
                name: c.name.as_str().into(),
            })
            .collect();
        let ids: Vec<_> = named.iter().map(|n| n.id).collect();
        let both = found.columns.iter().zip(&ids);
        let computed: Vec<_> = both
            .filter(|(column, _)| column.generated)
            .map(|c| *c.1)
            .collect();
        self.computed.extend(&computed);
        let both = found.columns.iter().zip(&ids);
        let numbered = both.filter(|(column, _)| column.always).map(|c| *c.1);
        self.numbered.extend(numbered);
        let key: Vec<_> = found.key_positions().map(|at| ids[at]).collect();
        let plain = found.kind == TableKind::Table && !found.triggers;
        Changed {
            key: key.clone(),
            target: Target {
                schema: found.schema.clone(),
                table: found.name.clone(),
                alias: found.name.clone(),
                columns: ids,
                open: false,
                only: false,
                key: key.iter().copied().filter(|_| plain).collect(),
                computed,
                row_key: key.into_iter().filter(|_| found.without_rowid).collect(),
            },
            table: Some(found),
            named,
            open: None,
            through: None,
            span,
        }
    }

    fn open_target(&mut self, schema: Option<&str>, table: &str, span: Span) -> Changed<'a> {
        let kind = RelKind::Scan {
            schema: schema.map(str::to_owned),
            table: table.to_owned(),
            alias: table.to_owned(),
            columns: Vec::new(),
            open: true,
            in_order: false,
            only: false,
        };
        Changed {
            target: Target {
                schema: schema.map(str::to_owned),
                table: table.to_owned(),
                alias: table.to_owned(),
                columns: Vec::new(),
                open: true,
                only: false,
                key: Vec::new(),
                computed: Vec::new(),
                row_key: Vec::new(),
            },
            table: None,
            named: Vec::new(),
            key: Vec::new(),
            open: Some(self.ir.add_rel(kind, span)),
            through: None,
            span,
        }
    }

    /// Makes the table's columns visible, before those of FROM.
    pub(super) fn show_changed(&mut self, changed: &Changed<'a>) -> Res<()> {
        self.watch_changed(&changed.target);
        let alias: Name<'a> = changed.target.alias.clone().into();
        let (columns, key) = (&changed.named, changed.key.clone());
        let shown = self.show(alias, columns, changed.span)?;
        shown.open = changed.open;
        shown.key = key;
        let scope = self.scope();
        scope.names.splice(0..0, columns.iter().cloned());
        Ok(())
    }

    /// The columns of an open table are those that the statement has named.
    pub(super) fn finished(&self, changed: Changed<'a>) -> Target {
        let mut target = changed.target;
        if let Some(RelKind::Scan { columns, .. }) =
            changed.open.map(|rel| &self.ir.rels[rel.index()].kind)
        {
            target.columns.clone_from(columns);
        }
        target
    }

    /// A column that is given a value.
    pub(super) fn target_column(
        &mut self,
        changed: &mut Changed<'a>,
        expr: Id<ast::Expr>,
    ) -> Res<ColumnId> {
        let ast = self.ast;
        let ast::Expr { kind, span } = ast[expr];
        let name = match kind {
            ExprKind::Column(name) => match &ast[name.parts] {
                [name] => ast.name(*name),
                _ => {
                    let label = "a column stands here by its name alone";
                    return error(codes::UNKNOWN_COLUMN, span, "a column with a table", label);
                }
            },
            _ => return not_yet(span, "a part of a column"),
        };
        let catalog = self.env.catalog;
        let mut known = changed.named.iter();
        if let Some(found) = known.find(|n| catalog.matches(&name, &n.name)) {
            return Ok(found.id);
        }
        let Some(open) = changed.open else {
            let table = &changed.target.table;
            let diagnostic = Diagnostic::error(
                codes::UNKNOWN_COLUMN,
                format!("{table} has no column {name}"),
            )
            .label(span, "no column of this name");
            let names = changed.named.iter().map(|n| &*n.name);
            return Err(Box::new(match did_you_mean(&name, names) {
                Some(near) => diagnostic.suggest(format!("did you mean {near}?"), span, near),
                None => diagnostic,
            }));
        };
        let id = self.ir.add_column(&name, Type::Unknown, true);
        if let RelKind::Scan { columns, .. } = &mut self.ir.rels[open.index()].kind {
            columns.push(id);
        }
        changed.named.push(Named { id, name });
        Ok(id)
    }

    /// No column twice.
    pub(super) fn once(&self, given: &[ColumnId], id: ColumnId, span: Span) -> Res<()> {
        if !given.contains(&id) {
            return Ok(());
        }
        let message = format!("column {} gets two values", self.ir.column(id).name);
        error(codes::DUPLICATE_NAME, span, message, "it has one already")
    }

    /// The value of an expression as a column takes it.
    pub(super) fn assigned_expr(&mut self, expr: Id<ast::Expr>, column: ColumnId) -> Res<ScalarId> {
        let ast::Expr { kind, span } = self.ast[expr];
        if kind == ExprKind::Default {
            let ty = self.ir.column(column).ty;
            return Ok(self.add(ScalarKind::Default(column), ty, true, span));
        }
        let value = self.expr(expr)?;
        self.assign(value, column)
    }

    /// A value as a column takes it (PostgreSQL manual, 10.4).
    pub(super) fn assign(&mut self, value: ScalarId, column: ColumnId) -> Res<ScalarId> {
        let (from, span) = (self.ty(value), self.span(value));
        let Column { ty: to, name, .. } = self.ir.column(column).clone();
        if self.computed.contains(&column) {
            return Err(Box::new(
                Diagnostic::error(
                    codes::COMPUTED_COLUMN,
                    format!("column {name} is computed, so it takes no value"),
                )
                .label(span, "DEFAULT is all that may stand here")
                .help("name the columns that get values, and leave this one out"),
            ));
        }
        if self.numbered.contains(&column) {
            return Err(Box::new(
                Diagnostic::error(
                    codes::COMPUTED_COLUMN,
                    format!("column {name} is GENERATED ALWAYS AS IDENTITY, so it takes no value"),
                )
                .label(span, "DEFAULT is all that may stand here")
                .help("INSERT INTO … (…) OVERRIDING SYSTEM VALUE gives the number all the same"),
            ));
        }
        if !assignable(from, to) {
            let message = format!("column {name} is {to}, the value is {from}");
            let label = format!("this is {from}; CAST(… AS {to}) converts it");
            return error(codes::TYPE_MISMATCH, span, message, &label);
        }
        let value = match from {
            Type::Unknown => self.coerce(value, to)?,
            _ => value,
        };
        let value = self.settle(value);
        if let ScalarKind::Literal(Literal::Integer(number)) = self.ir.scalar(value).kind
            && !fits(number, to)
        {
            let message = format!("{number} is out of the range of {to}");
            let label = format!("column {name} is {to}");
            return error(codes::TYPE_MISMATCH, span, message, &label);
        }
        // A text takes any value as CAST writes it, whatever a database would make of its own.
        let ty = self.ty(value);
        let value = match to.is_text() && !ty.is_text() && ty != Type::Unknown {
            true => self.cast(value, Type::Text, true),
            false => value,
        };
        let nullable = self.ir.scalar(value).nullable;
        Ok(self.add(ScalarKind::Assigned(value), to, nullable, span))
    }

    /// The rows of a query as columns take them: converted where they are computed, if that is where
    /// the query ends.
    pub(super) fn assigned_rows(
        &mut self,
        rel: RelId,
        output: &Output,
        columns: &[ColumnId],
        span: Span,
    ) -> Res<RelId> {
        match self.ir.rel(rel).kind.clone() {
            RelKind::With { ctes, input } => {
                let input = self.assigned_rows(input, output, columns, span)?;
                self.ir.rels[rel.index()].kind = RelKind::With { ctes, input };
                Ok(rel)
            }
            RelKind::Project {
                input,
                mut items,
                visible,
            } => {
                for (item, &column) in items.iter_mut().zip(columns) {
                    item.1 = self.assign(item.1, column)?;
                    self.ir.columns[item.0.index()].ty = self.ty(item.1);
                }
                self.ir.rels[rel.index()].kind = RelKind::Project {
                    input,
                    items,
                    visible,
                };
                Ok(rel)
            }
            _ => {
                let mut items = Vec::new();
                for ((id, name), &column) in output.iter().zip(columns) {
                    let value = self.reference(*id, span);
                    let value = self.assign(value, column)?;
                    items.push((self.column_for(value, name), value));
                }
                let kind = RelKind::Project {
                    input: rel,
                    visible: items.len(),
                    items,
                };
                Ok(self.ir.add_rel(kind, span))
            }
        }
    }

    /// SET of UPDATE and ON CONFLICT.
    pub(super) fn assignments(
        &mut self,
        changed: &mut Changed<'a>,
        list: ast::List<ast::Assignment>,
    ) -> Res<Vec<Assign>> {
        let ast = self.ast;
        let mut assigns = Vec::new();
        let mut given = Vec::new();
        self.each(&ast[list], &mut |this, assignment| {
            let ast::Assignment::Assign { target, value } = *assignment else {
                return Ok(());
            };
            let targets = match ast[target].kind {
                ExprKind::Tuple(items) => ast[items].to_vec(),
                ExprKind::Paren(item) => vec![item],
                ExprKind::Subscript(part) => {
                    let part = this.array_part(changed, part, value, ast[target].span)?;
                    // Parts of one column are set one after the other.
                    let other = |assign: &Assign| match assign {
                        Assign::Part(known) => known.column != part.column,
                        _ => true,
                    };
                    if assigns.iter().all(other) {
                        this.once(&given, part.column, ast[target].span)?;
                        given.push(part.column);
                    }
                    assigns.push(Assign::Part(Box::new(part)));
                    return Ok(());
                }
                _ => {
                    let column = this.target_column(changed, target)?;
                    this.once(&given, column, ast[target].span)?;
                    given.push(column);
                    let value = this.assigned_expr(value, column)?;
                    assigns.push(Assign::One((column, value)));
                    return Ok(());
                }
            };
            let mut columns = Vec::new();
            for target in targets {
                let column = this.target_column(changed, target)?;
                this.once(&given, column, ast[target].span)?;
                given.push(column);
                columns.push(column);
            }
            this.assign_row(columns, value, &mut assigns)
        })?;
        Ok(assigns)
    }

    /// `a[1] = …`, `a[2:3] = …`.
    fn array_part(
        &mut self,
        changed: &mut Changed<'a>,
        part: Id<ast::Subscript>,
        value: Id<ast::Expr>,
        span: Span,
    ) -> Res<ArrayPart> {
        let ast = self.ast;
        let mut all = vec![ast[part]];
        while let ExprKind::Subscript(inner) = ast[all[0].base].kind {
            all.insert(0, ast[inner]);
        }
        let column = self.target_column(changed, all[0].base)?;
        let ty = self.ir.column(column).ty;
        let Type::Array(element) = ty else {
            let message = format!("{ty} has no elements");
            return error(codes::TYPE_MISMATCH, span, message, "an array is needed");
        };
        if all.iter().any(|part| part.step.is_some()) {
            return not_yet(span, "a slice with a step");
        }
        let slice = all.iter().any(|part| part.to.is_some());
        let mut bounds = Vec::new();
        for part in all {
            let mut bound = |id: Option<Id<ast::Expr>>| match id {
                Some(id) => {
                    let at = self.expr(id)?;
                    self.coerce(at, Type::Integer).map(Some)
                }
                None => Ok(None),
            };
            let from = bound(part.from)?;
            bounds.push((from, part.to.map(bound).transpose()?));
        }
        let ty = if slice { ty } else { *element };
        let name = self.ir.column(column).name.clone();
        let made = self.ir.add_column(&name, ty, true);
        let value = self.assigned_expr(value, made)?;
        Ok(ArrayPart {
            column,
            bounds,
            value,
            span,
        })
    }

    fn assign_row(
        &mut self,
        columns: Vec<ColumnId>,
        value: Id<ast::Expr>,
        assigns: &mut Vec<Assign>,
    ) -> Res<()> {
        let ast = self.ast;
        let ast::Expr { kind, span } = ast[value];
        let values = match kind {
            ExprKind::Tuple(items) | ExprKind::Row(items) => ast[items].to_vec(),
            ExprKind::Paren(item) => vec![item],
            ExprKind::Subquery(query) => {
                let (rel, output) = self.within_sets(|this| this.query(query))?;
                self.as_many(columns.len(), output.len(), span)?;
                let query = self.assigned_rows(rel, &output, &columns, span)?;
                assigns.push(Assign::Row {
                    columns,
                    query,
                    span,
                });
                return Ok(());
            }
            _ => vec![value],
        };
        self.as_many(columns.len(), values.len(), span)?;
        for (column, value) in columns.into_iter().zip(values) {
            let value = self.assigned_expr(value, column)?;
            assigns.push(Assign::One((column, value)));
        }
        Ok(())
    }

    pub(super) fn as_many(&self, columns: usize, values: usize, span: Span) -> Res<()> {
        if columns == values {
            return Ok(());
        }
        let message = format!("{columns} columns and {values} values");
        error(
            codes::TYPE_MISMATCH,
            span,
            message,
            "each column needs one value",
        )
    }

    /// RETURNING.
    pub(super) fn returning(&mut self, items: ast::List<SelectItem>) -> Res<(Vec<Item>, Output)> {
        let ast = self.ast;
        let mut columns = Columns::default();
        self.within(Place::Returning, |this| {
            this.each(&ast[items], &mut |this, item| {
                let SelectItem::Expr { expr, alias } = *item else {
                    return Ok(());
                };
                this.item(expr, alias, &mut columns)
            })
        })?;
        // What a change gives is read once, and a row is read as its text.
        for at in 0..columns.items.len() {
            let (column, scalar) = columns.items[at];
            if self.ty(scalar) == Type::Record {
                columns.items[at].1 = self.cast(scalar, Type::Text, false);
                self.ir.columns[column.index()].ty = Type::Text;
            }
        }
        Ok((columns.items, columns.output))
    }
}

/// True where a value of one type can be stored as another without a written cast.
fn assignable(from: Type, to: Type) -> bool {
    match (from, to) {
        (Type::Unknown, _) | (_, Type::Unknown) => true,
        (a, b) if a == b => true,
        // Whatever prints is text to a column of text.
        (_, b) if b.is_text() => true,
        (a, b) if a.is_number() && b.is_number() => true,
        (a, b) if a.is_moment() && b.is_moment() => true,
        (Type::Timestamp | Type::TimestampTz | Type::Interval, Type::Time)
        | (Type::Time, Type::Interval) => true,
        _ => false,
    }
}

fn fits(number: i64, ty: Type) -> bool {
    match ty {
        Type::SmallInt => i16::try_from(number).is_ok(),
        Type::Integer => i32::try_from(number).is_ok(),
        _ => true,
    }
}

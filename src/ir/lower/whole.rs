//! Rows of relations as one value: `t` of `FROM t`, and what becomes of them.

use super::select::Columns;
use super::{Lowerer, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, ExprKind, Id, Span};
use rql_diagnostics::{Diagnostic, codes};

impl<'a> Lowerer<'a> {
    /// The row of a relation by its name, from the innermost block outwards.
    pub(super) fn whole_row(&mut self, name: &str, span: Span) -> Option<ScalarId> {
        let (depth, columns, missing) =
            (self.floor..self.scopes.len()).rev().find_map(|depth| {
                let relation = self.relation_named(depth, None, name, span).ok()??;
                let known = relation.open.is_none() && !relation.columns.is_empty();
                known.then(|| (depth, relation.columns.clone(), relation.missing))
            })?;
        self.references += 1;
        let column = |this: &mut Self, id: ColumnId| {
            let scalar = this.reference(id, span);
            this.ir.qualified.push(scalar);
            if depth + 1 < this.scopes.len() {
                this.scopes[depth].outer_refs.push((scalar, id));
            }
            scalar
        };
        let fields = columns.iter().map(|named| {
            // A table's row is of the table's own type, whatever FROM calls its columns.
            let name = match self.is_of_table(named.id) {
                true => self.ir.column(named.id).name.clone(),
                false => named.name.clone().into_owned(),
            };
            (name, column(self, named.id))
        });
        let fields = fields.collect();
        let missing = match missing {
            None => Missing::Never,
            Some(None) => Missing::Untold,
            Some(Some(id)) => Missing::WhereNull(column(self, id)),
        };
        let nullable = missing != Missing::Never;
        let kind = ScalarKind::Whole { fields, missing };
        Some(self.add(kind, Type::Record, nullable, span))
    }

    /// True where a name is that of a relation of FROM.
    pub(super) fn is_relation(&self, name: ast::Name) -> bool {
        let text = self.ast.dotted(name);
        let known = |depth| self.relation_named(depth, None, &text, Span::default());
        let mut depths = self.floor..self.scopes.len();
        depths.any(|depth| matches!(known(depth), Ok(Some(_))))
    }

    /// `*` counts all rows, and so does `t.*` where nobody knows the columns of `t`.
    pub(super) fn counts_all(&self, expr: Id<ast::Expr>) -> bool {
        let ExprKind::Star(star) = self.ast[expr].kind else {
            return false;
        };
        let Some(qualifier) = self.ast[star].qualifier else {
            return true;
        };
        let text = self.ast.dotted(qualifier);
        let known = |depth| self.relation_named(depth, None, &text, Span::default());
        let mut found = (self.floor..self.scopes.len()).rev().map(known);
        found.any(|found| matches!(found, Ok(Some(relation)) if relation.open.is_some()))
    }

    fn is_of_table(&self, id: ColumnId) -> bool {
        let mut rels = self.ir.rels.iter();
        rels.any(|rel| matches!(&rel.kind, RelKind::Scan { columns, .. } if columns.contains(&id)))
    }

    /// `t.*` where a value is expected is the row.
    pub(super) fn star_as_row(&mut self, star: ast::Star, span: Span) -> Option<ScalarId> {
        let plain = star.exclude.is_empty() && star.replace.is_empty() && star.rename.is_empty();
        let qualifier = star
            .qualifier
            .filter(|name| plain && name.parts.len() == 1)?;
        let name = self.ast.dotted(qualifier);
        self.whole_row(&name, span)
    }

    /// The fields of a row that is known here, with their names.
    pub(super) fn fields_of(&self, row: ScalarId) -> Option<Vec<(String, ScalarId)>> {
        match &self.ir.scalar(row).kind {
            ScalarKind::Whole { fields, .. } => Some(fields.clone()),
            _ => None,
        }
    }

    /// `(t).a`: the column; `None` where the base is no row of FROM.
    pub(super) fn field_of_row(
        &mut self,
        base: Id<ast::Expr>,
        field: ast::Ident,
    ) -> Res<Option<ScalarId>> {
        let Some(fields) = self.written_row(base)? else {
            return Ok(None);
        };
        let name = self.ast.name(field);
        let catalog = self.env.catalog;
        let found = fields.iter().find(|named| catalog.matches(&name, &named.0));
        if let Some(found) = found {
            return Ok(Some(found.1));
        }
        let names: Vec<_> = fields.iter().map(|named| &*named.0).collect();
        let error = Diagnostic::error(codes::UNKNOWN_COLUMN, format!("no field {name}"));
        Err(Box::new(
            error
                .label(field.span, "the row has none of this name")
                .help(format!("it has {}", names.join(", "))),
        ))
    }

    /// `(t).*` of a SELECT list; false where the base is no row of FROM.
    pub(super) fn row_spread(&mut self, base: Id<ast::Expr>, columns: &mut Columns) -> Res<bool> {
        let Some(fields) = self.written_row(base)? else {
            return Ok(false);
        };
        for (name, scalar) in fields {
            let column = self.column_for(scalar, &name);
            columns.add(column, scalar, name);
        }
        Ok(true)
    }

    /// The fields of a row that is written by the name of its relation.
    fn written_row(&mut self, base: Id<ast::Expr>) -> Res<Option<Vec<(String, ScalarId)>>> {
        match self.ast[base].kind {
            ExprKind::Paren(inner) => self.written_row(inner),
            ExprKind::Column(_) => {
                let row = self.expr(base)?;
                Ok(self.fields_of(row))
            }
            _ => Ok(None),
        }
    }

    /// A row as a document; a query that gives one row gives its document.
    pub(super) fn document_of_row(&mut self, row: ScalarId, func: Func, span: Span) -> ScalarId {
        let ty = if func == Func::ToJsonb {
            Type::Jsonb
        } else {
            Type::Json
        };
        if let ScalarKind::Subquery { query, column } = self.ir.scalar(row).kind
            && let RelKind::Project { items, .. } = &self.ir.rel(query).kind
            && let Some(at) = items.iter().position(|item| item.0 == column)
        {
            let inner = self.document_of_row(items[at].1, func, span);
            if let RelKind::Project { items, .. } = &mut self.ir.rels[query.index()].kind {
                items[at].1 = inner;
            }
            self.ir.columns[column.index()].ty = ty;
            return self.add(ScalarKind::Subquery { query, column }, ty, true, span);
        }
        if let ScalarKind::Row(fields) = self.ir.scalar(row).kind.clone() {
            for field in fields {
                self.settle(field);
            }
        }
        self.call(func, vec![row], ty, span)
    }

    /// Rows among the values of which a document is made stand in it as documents.
    pub(super) fn documents_of_rows(&mut self, values: &mut [ScalarId], jsonb: bool) {
        let func = if jsonb { Func::ToJsonb } else { Func::ToJson };
        for value in values {
            if self.ty(*value) == Type::Record {
                let span = self.span(*value);
                *value = self.document_of_row(*value, func, span);
            }
        }
    }

    /// `count(t)` counts the rows that are there: by the column that tells a missing one, or all of them.
    pub(super) fn counted_rows(&self, values: &mut Vec<ScalarId>, distinct: bool) -> Res<()> {
        let &[row] = values.as_slice() else {
            return Ok(());
        };
        match self.ir.scalar(row).kind {
            ScalarKind::Whole { missing, .. } if !distinct => match missing {
                Missing::Never => values.clear(),
                Missing::WhereNull(column) => values[0] = column,
                Missing::Untold => {}
            },
            // A row is never NULL, whatever its fields are.
            ScalarKind::Row(_) if !distinct => values.clear(),
            _ => {}
        }
        Ok(())
    }

    /// Rows of relations compare as PostgreSQL's records do: fields that are both NULL are equal.
    pub(super) fn compared_wholes(
        &mut self,
        args: &mut [ScalarId],
        func: Func,
        span: Span,
    ) -> Res<Func> {
        let mut wholes = false;
        for arg in args.iter_mut() {
            let ScalarKind::Whole { fields, missing } = &self.ir.scalar(*arg).kind else {
                continue;
            };
            let told = *missing == Missing::Never;
            let fields: Vec<_> = fields.iter().map(|field| field.1).collect();
            if !told && !matches!(func, Func::IsDistinct | Func::IsNotDistinct) {
                return not_yet(span, "a comparison of rows that an outer join may miss");
            }
            let at = self.span(*arg);
            *arg = self.row(fields, at);
            wholes = true;
        }
        match func {
            _ if !wholes => Ok(func),
            Func::Eq | Func::IsNotDistinct => Ok(Func::IsNotDistinct),
            Func::Ne | Func::IsDistinct => Ok(Func::IsDistinct),
            _ => error(
                codes::NOT_EXECUTABLE_YET,
                span,
                "rows of relations are compared by = and <> only",
                "the columns that order them, (t.a, t.b) < (u.a, u.b), compare everywhere",
            ),
        }
    }

    /// The fields of a row that orders or groups: it is there, and compares by them.
    pub(super) fn fields_in_order(&mut self, row: ScalarId) -> Option<Vec<ScalarId>> {
        let fields: Vec<ScalarId> = match &self.ir.scalar(row).kind {
            ScalarKind::Row(fields) => fields.clone(),
            ScalarKind::Whole {
                fields,
                missing: Missing::Never,
            } => fields.iter().map(|field| field.1).collect(),
            _ => return None,
        };
        let fields = fields.into_iter().map(|field| self.settle(field));
        let fields: Vec<_> = fields.collect();
        let plain = fields.iter().all(|&field| self.ty(field) != Type::Record);
        plain.then_some(fields)
    }

    /// A row beside IS NULL: its fields.
    pub(super) fn fields_as_row(&mut self, scalar: ScalarId) -> ScalarId {
        match self.fields_of(scalar) {
            Some(fields) => {
                let fields = fields.into_iter().map(|field| field.1).collect();
                let span = self.span(scalar);
                self.row(fields, span)
            }
            None => scalar,
        }
    }
}

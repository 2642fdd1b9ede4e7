//! UNION, INTERSECT, EXCEPT: two sides brought to the same types.

use super::{Lowerer, Output, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, Body, Span};
use rql_diagnostics::codes;

/// Rows with the columns that are seen.
type Side = (RelId, Output);

impl<'a> Lowerer<'a> {
    /// Lowers operands: what has no type yet may take the other side's.
    pub(super) fn within_sets<T>(&mut self, lower: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        let before = core::mem::replace(&mut self.keep_untyped, true);
        let done = lower(self);
        self.keep_untyped = before;
        done
    }

    /// INTERSECT binds tighter than UNION and EXCEPT; the parser keeps each level apart or gives one
    /// list, which is read here by precedence.
    pub(super) fn set_chain(
        &mut self,
        first: Body,
        rest: &'a [ast::SetItem],
        span: Span,
    ) -> Res<Side> {
        let first = self.body(first, span)?;
        let mut stack = vec![(None, first)];
        for item in rest {
            if item.by_name {
                return not_yet(item.op_span, "BY NAME");
            }
            let right = self.body(item.body, span)?;
            match (item.op, stack.pop()) {
                (ast::SetOp::Intersect, Some((op, left))) => {
                    let joined = self.set_item(item, left, right)?;
                    stack.push((op, joined));
                }
                (_, top) => {
                    stack.extend(top);
                    self.fold_sets(&mut stack)?;
                    stack.push((Some(*item), right));
                }
            }
        }
        self.fold_sets(&mut stack)?;
        match stack.pop() {
            Some((_, done)) => Ok(done),
            None => not_yet(span, "an empty set operation"),
        }
    }

    fn fold_sets(&mut self, stack: &mut Vec<(Option<ast::SetItem>, Side)>) -> Res<()> {
        while stack.len() > 1 {
            let (Some((Some(item), right)), Some((op, left))) = (stack.pop(), stack.pop()) else {
                return Ok(());
            };
            let joined = self.set_item(&item, left, right)?;
            stack.push((op, joined));
        }
        Ok(())
    }

    pub(super) fn set_item(
        &mut self,
        item: &ast::SetItem,
        mut left: Side,
        mut right: Side,
    ) -> Res<Side> {
        let span = item.op_span;
        if left.1.len() != right.1.len() {
            let message = format!(
                "one side has {} columns, the other {}",
                left.1.len(),
                right.1.len()
            );
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "both sides need as many",
            );
        }
        let mut types = Vec::new();
        for ((a, name), (b, _)) in left.1.iter().zip(&right.1) {
            let (x, y) = (self.ir.column(*a).ty, self.ir.column(*b).ty);
            let Some(ty) = x.unify(y) else {
                let message = format!("column {name} is {x} on one side and {y} on the other");
                return error(
                    codes::TYPE_MISMATCH,
                    span,
                    message,
                    "a CAST makes them one type",
                );
            };
            // What neither side gives a type is text, as in PostgreSQL.
            let untyped = ty == Type::Unknown && !self.env.catalog.is_open();
            types.push(if untyped { Type::Text } else { ty });
        }
        left = self.side_of_types(left, &types, span)?;
        right = self.side_of_types(right, &types, span)?;
        let mut output = Vec::new();
        for (((a, name), (b, _)), ty) in left.1.iter().zip(&right.1).zip(types) {
            let nullable = self.ir.column(*a).nullable || self.ir.column(*b).nullable;
            output.push((self.ir.add_column(name, ty, nullable), name.clone()));
        }
        let op = match item.op {
            ast::SetOp::Union => SetOp::Union,
            ast::SetOp::Intersect => SetOp::Intersect,
            ast::SetOp::Except => SetOp::Except,
        };
        let ids = |side: &Output| side.iter().map(|c| c.0).collect();
        let kind = RelKind::SetOp {
            op,
            all: item.quantifier == ast::Quantifier::All,
            sides: (ids(&left.1), ids(&right.1)),
            left: left.0,
            right: right.0,
            columns: ids(&output),
        };
        Ok((self.ir.add_rel(kind, span), output))
    }

    /// What has no type at the end of a set operation is text.
    pub(super) fn settled(&mut self, rel: RelId, output: Output, span: Span) -> Res<Side> {
        let columns = output.iter().map(|c| self.ir.column(c.0).ty);
        let types: Vec<Type> = columns
            .map(|ty| if ty == Type::Unknown { Type::Text } else { ty })
            .collect();
        let open = self.env.catalog.is_open();
        if open {
            return Ok((rel, output));
        }
        self.side_of_types((rel, output), &types, span)
    }

    /// A side whose columns have these types: converted where it is computed if that can be, else by
    /// columns computed above it.
    fn side_of_types(&mut self, side: Side, types: &[Type], span: Span) -> Res<Side> {
        let (rel, mut output) = side;
        let mut left_over = false;
        for ((id, _), &ty) in output.iter().zip(types) {
            let from = self.ir.column(*id).ty;
            if same_kind(from, ty) {
                continue;
            }
            if !self.convert_inside(rel, *id, ty)? {
                left_over = true;
            }
        }
        if !left_over {
            return Ok((rel, output));
        }
        let mut items = Vec::new();
        for ((id, name), &ty) in output.iter_mut().zip(types) {
            let scalar = self.reference(*id, span);
            let scalar = if same_kind(self.ty(scalar), ty) {
                scalar
            } else {
                self.coerce(scalar, ty)?
            };
            *id = self.column_for(scalar, name);
            items.push((*id, scalar));
        }
        let visible = items.len();
        let kind = RelKind::Project {
            input: rel,
            items,
            visible,
        };
        Ok((self.ir.add_rel(kind, span), output))
    }

    /// Converts a column in the list of the SELECT, the rows of the VALUES or the operands of the set
    /// operation that computes it; false where that would change what it means.
    fn convert_inside(&mut self, rel: RelId, id: ColumnId, ty: Type) -> Res<bool> {
        match self.ir.rels[rel.index()].kind.clone() {
            RelKind::Project {
                input,
                mut items,
                visible,
            } => {
                let Some(item) = items.iter_mut().find(|i| i.0 == id) else {
                    return Ok(false);
                };
                item.1 = self.coerce(item.1, ty)?;
                // Nobody knows what a function of the backend gives.
                if !self.is_open(item.1) {
                    self.retype(id, self.ty(item.1), ty);
                }
                self.ir.rels[rel.index()].kind = RelKind::Project {
                    input,
                    items,
                    visible,
                };
                Ok(true)
            }
            RelKind::Values { mut rows, columns } => {
                let Some(at) = columns.iter().position(|&c| c == id) else {
                    return Ok(false);
                };
                for row in &mut rows {
                    row[at] = self.coerce(row[at], ty)?;
                }
                self.retype(id, ty, ty);
                self.ir.rels[rel.index()].kind = RelKind::Values { rows, columns };
                Ok(true)
            }
            RelKind::SetOp {
                op,
                all,
                left,
                right,
                sides,
                columns,
            } if self.ir.column(id).ty == Type::Unknown || (all && op == SetOp::Union) => {
                let Some(at) = columns.iter().position(|&c| c == id) else {
                    return Ok(false);
                };
                let done = self.convert_inside(left, sides.0[at], ty)?
                    && self.convert_inside(right, sides.1[at], ty)?;
                if done {
                    self.retype(id, ty, ty);
                }
                Ok(done)
            }
            // An untyped constant is the same value before and after these.
            RelKind::Distinct { input } if self.ir.column(id).ty == Type::Unknown => {
                self.convert_inside(input, id, ty)
            }
            RelKind::Sort { input, .. } | RelKind::Limit { input, .. }
                if self.ir.column(id).ty == Type::Unknown =>
            {
                self.convert_inside(input, id, ty)
            }
            _ => Ok(false),
        }
    }

    /// A literal may have a more exact type than was asked for.
    fn retype(&mut self, id: ColumnId, has: Type, wanted: Type) {
        let ty = if has == Type::Unknown { wanted } else { has };
        self.ir.columns[id.index()].ty = ty;
    }
}

/// True where no conversion is needed.
fn same_kind(a: Type, b: Type) -> bool {
    a == b || (a.is_text() && b.is_text())
}

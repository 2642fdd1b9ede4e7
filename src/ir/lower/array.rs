//! Arrays: constructors, constants, subscripts, ANY and ALL.

use super::{Lowerer, Res, error, not_yet};
use crate::function::named;
use crate::*;
use rql_ast::{self as ast, BinaryOp, ExprKind, Id, Span};
use rql_diagnostics::{Diagnostic, codes};

impl<'a> Lowerer<'a> {
    /// `ARRAY[a, b]`.
    pub(super) fn array(&mut self, items: &[Id<ast::Expr>], span: Span) -> Res<ScalarId> {
        let mut items = self.exprs(items)?;
        if items.is_empty() {
            let message = "the type of an empty array is not known";
            let label = "ARRAY[]::text[] says that its elements are text";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        let mut types = items.iter().map(|&item| self.ty(item));
        let first = types.find(|&ty| ty != Type::Unknown);
        let ty = match self.together(&mut items, span)? {
            // All texts convert to those of the first.
            ty if ty.is_text() => first.unwrap_or(ty),
            ty => ty,
        };
        for item in &mut items {
            *item = self.settle(*item);
        }
        let length = |&item: &ScalarId| match &self.ir.scalar(item).kind {
            ScalarKind::Array(inner) => Some(inner.len()),
            _ => None,
        };
        let mut lengths = items.iter().filter_map(length);
        if let Some(first) = lengths.next()
            && lengths.any(|other| other != first)
        {
            let message = "the arrays of an array are of different lengths";
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "all have as many elements",
            );
        }
        let ty = if ty == Type::Unknown { Type::Text } else { ty };
        Ok(self.add(ScalarKind::Array(items), ty.array(), false, span))
    }

    /// `ARRAY[]` behind which a cast says of what.
    pub(super) fn empty_array(&mut self, operand: Id<ast::Expr>, ty: Type) -> Option<ScalarId> {
        let ast::Expr { kind, span } = self.ast[operand];
        match kind {
            ExprKind::Array { items, .. } if items.is_empty() => matches!(ty, Type::Array(_))
                .then(|| self.add(ScalarKind::Array(Vec::new()), ty, false, span)),
            ExprKind::Paren(inner) => self.empty_array(inner, ty),
            _ => None,
        }
    }

    /// `ARRAY(SELECT …)`.
    pub(super) fn array_query(&mut self, query: Id<ast::Query>, span: Span) -> Res<ScalarId> {
        let (query, output) = self.nested(query)?;
        let [(column, _)] = output.as_slice() else {
            let message = "ARRAY takes a query of one column";
            return error(codes::TYPE_MISMATCH, span, message, "this one has more");
        };
        let (column, ty) = (*column, self.ir.column(*column).ty);
        let kind = ScalarKind::ArrayQuery { query, column };
        Ok(self.add(kind, ty.array(), false, span))
    }

    /// An array's text, `'{1,2}'`, as the array that it says.
    pub(super) fn array_of_text(&mut self, text: &str, ty: Type, span: Span) -> Res<ScalarId> {
        let read = read_array(text);
        let array = read.and_then(|read| self.array_of(&read, ty, span));
        match array {
            Some(array) => Ok(array),
            None => {
                let message = format!("'{text}' is no {ty}");
                let label = "an array's text is {1,2}, with quotes around what is not plain";
                error(codes::TYPE_MISMATCH, span, message, label)
            }
        }
    }

    fn array_of(&mut self, read: &ArrayText, ty: Type, span: Span) -> Option<ScalarId> {
        let Type::Array(element) = ty else {
            return None;
        };
        Some(match read {
            ArrayText::List(items) => {
                let mut all = Vec::new();
                for item in items {
                    all.push(self.array_of(item, ty, span)?);
                }
                self.add(ScalarKind::Array(all), ty, false, span)
            }
            ArrayText::Null => self.add(ScalarKind::Literal(Literal::Null), *element, true, span),
            ArrayText::Leaf(text) => {
                let (literal, own) = super::coerce::read_literal(text, *element)?;
                self.add(ScalarKind::Literal(literal), own, false, span)
            }
        })
    }

    /// `document['a'][1]`: as `->` has it.
    fn parts(&mut self, document: ScalarId, all: &[ast::Subscript], span: Span) -> Res<ScalarId> {
        let mut part = document;
        for subscript in all {
            let (Some(at), None) = (subscript.from, subscript.to) else {
                let label = "a name or a number leads into it";
                return error(
                    codes::TYPE_MISMATCH,
                    span,
                    "a document has no slices",
                    label,
                );
            };
            let at = self.expr(at)?;
            part = self.invoke("->", named("->"), vec![part, at], span)?;
        }
        Ok(part)
    }

    /// `x[1]`, `x[1][2]`, `x[2:3]`: several subscripts belong together.
    pub(super) fn subscript(&mut self, id: Id<ast::Subscript>, span: Span) -> Res<ScalarId> {
        let ast = self.ast;
        let mut all = vec![ast[id]];
        let mut base = ast[id].base;
        while let ExprKind::Subscript(inner) = ast[base].kind {
            all.insert(0, ast[inner]);
            base = ast[inner].base;
        }
        if all.iter().any(|s| s.step.is_some()) {
            return not_yet(span, "a slice with a step");
        }
        let array = self.expr(base)?;
        if self.ty(array) == Type::Jsonb {
            return self.parts(array, &all, span);
        }
        let Type::Array(element) = self.ty(array) else {
            let message = format!("{} has no elements", self.ty(array));
            return error(codes::TYPE_MISMATCH, span, message, "an array is needed");
        };
        let slice = all.iter().any(|s| s.to.is_some());
        let mut args = vec![array];
        for subscript in all {
            match (slice, subscript.to, subscript.from) {
                (false, _, Some(at)) => args.push(self.subscript_bound(Some(at), 0, span)?),
                // Beside a slice one number counts from the first element.
                (true, None, Some(high)) => {
                    args.push(self.subscript_bound(None, 1, span)?);
                    args.push(self.subscript_bound(Some(high), 0, span)?);
                }
                (_, to, from) => {
                    args.push(self.subscript_bound(from, i32::MIN, span)?);
                    args.push(self.subscript_bound(to.flatten(), i32::MAX, span)?);
                }
            }
        }
        let (func, ty) = match slice {
            true => (Func::ArraySlice, element.array()),
            false => (Func::ArrayGet, *element),
        };
        let scalar = self.call(func, args, ty, span);
        self.ir.scalars[scalar.index()].nullable = true;
        Ok(scalar)
    }

    /// A subscript; where there is none, the number that stands for the array's own bound.
    fn subscript_bound(
        &mut self,
        at: Option<Id<ast::Expr>>,
        none: i32,
        span: Span,
    ) -> Res<ScalarId> {
        match at {
            Some(at) => {
                let at = self.expr(at)?;
                self.coerce(at, Type::Integer)
            }
            None => {
                let literal = ScalarKind::Literal(Literal::Integer(none.into()));
                Ok(self.add(literal, Type::Integer, false, span))
            }
        }
    }

    /// `x op ANY (…)`, `x op ALL (…)`.
    pub(super) fn quantified(
        &mut self,
        left: ScalarId,
        op: BinaryOp,
        all: bool,
        set: Id<ast::Expr>,
        span: Span,
    ) -> Res<ScalarId> {
        let ast = self.ast;
        let func = match op {
            BinaryOp::Eq => Func::Eq,
            BinaryOp::Ne => Func::Ne,
            BinaryOp::Lt => Func::Lt,
            BinaryOp::Le => Func::Le,
            BinaryOp::Gt => Func::Gt,
            BinaryOp::Ge => Func::Ge,
            _ => return not_yet(span, &format!("{} with ANY or ALL", op.text())),
        };
        let set = match ast[set].kind {
            ExprKind::Paren(inner) => inner,
            _ => set,
        };
        let row = matches!(self.ir.scalar(left).kind, ScalarKind::Row(_));
        match (ast[set].kind, func, all) {
            // Rows are looked for as IN does.
            (ExprKind::Subquery(query), Func::Eq, false)
            | (ExprKind::Subquery(query), Func::Ne, true)
                if row =>
            {
                let found = self.nested(query)?;
                return self.in_query(left, all, found, ast[set].span, span);
            }
            _ => {}
        }
        match ast[set].kind {
            ExprKind::Subquery(query) => self.of_query(left, func, all, query, span),
            ExprKind::Array { items, .. } if func == Func::Eq && !all => {
                let items = self.exprs(&ast[items])?;
                self.in_list(left, false, items, span)
            }
            ExprKind::Array { items, .. } if func == Func::Ne && all => {
                let items = self.exprs(&ast[items])?;
                self.in_list(left, true, items, span)
            }
            ExprKind::Array { items, .. } => {
                // Each element is compared by itself.
                let items = self.exprs(&ast[items])?;
                let each = items
                    .into_iter()
                    .map(|item| self.compare(func, left, item, span));
                let args = each.collect::<Res<Vec<_>>>()?;
                if let &[one] = args.as_slice() {
                    return Ok(one);
                }
                let func = if all { Func::And } else { Func::Or };
                Ok(self.call(func, args, Type::Boolean, span))
            }
            _ => self.of_array(left, func, all, set, span),
        }
    }

    fn of_query(
        &mut self,
        left: ScalarId,
        func: Func,
        all: bool,
        query: Id<ast::Query>,
        span: Span,
    ) -> Res<ScalarId> {
        let (query, output) = self.nested(query)?;
        let [(column, _)] = output.as_slice() else {
            let message = "ANY and ALL take a query of one column";
            return error(codes::TYPE_MISMATCH, span, message, "this one has more");
        };
        let mut columns = [*column];
        let (operand, wider) = self.beside_column(left, columns[0], span)?;
        let query = self.widened(query, &mut columns, &[wider]);
        let [column] = columns;
        let kind = ScalarKind::Quantified {
            func,
            all,
            operand,
            query,
            column,
        };
        Ok(self.add(kind, Type::Boolean, true, span))
    }

    /// `x LIKE ANY (ARRAY['a%', 'b%'])`: each pattern by itself.
    pub(super) fn like_each(
        &mut self,
        func: Func,
        like: ast::Like,
        all: bool,
        set: Id<ast::Expr>,
        span: Span,
    ) -> Res<ScalarId> {
        let text = self.expr(like.operand)?;
        let text = self.coerce(text, Type::Text)?;
        let ast = self.ast;
        let patterns = match ast[set].kind {
            ExprKind::Tuple(items) => self.exprs(&ast[items])?,
            _ => {
                let array = self.expr(set)?;
                let array = self.coerce(array, Type::Text.array())?;
                match self.ir.scalar(array).kind.clone() {
                    ScalarKind::Array(items) => items,
                    _ => return not_yet(ast[set].span, "LIKE ANY of patterns that are computed"),
                }
            }
        };
        let mut args = Vec::new();
        for pattern in patterns {
            let mut parts = vec![text, self.coerce(pattern, Type::Text)?];
            if let Some(escape) = like.escape {
                let escape = self.expr(escape)?;
                parts.push(self.coerce(escape, Type::Text)?);
            }
            args.push(self.call(func, parts, Type::Boolean, span));
        }
        match args.as_slice() {
            [] => {
                let kind = ScalarKind::Literal(Literal::Boolean(all));
                Ok(self.add(kind, Type::Boolean, false, span))
            }
            &[one] => Ok(one),
            _ => {
                let func = if all { Func::And } else { Func::Or };
                Ok(self.call(func, args, Type::Boolean, span))
            }
        }
    }

    /// `x op ANY (array)`.
    pub(super) fn of_array(
        &mut self,
        left: ScalarId,
        func: Func,
        all: bool,
        set: Id<ast::Expr>,
        span: Span,
    ) -> Res<ScalarId> {
        let mut array = self.expr(set)?;
        if self.ty(array) == Type::Unknown {
            let ty = match self.ty(left) {
                Type::Unknown => Type::Text,
                ty => ty,
            };
            array = self.coerce(array, ty.array())?;
        }
        let Type::Array(element) = self.ty(array) else {
            let message = format!("a list or an array is needed, not {}", self.ty(array));
            let at = self.span(array);
            let wrong = Diagnostic::error(codes::TYPE_MISMATCH, message)
                .label(at, "this is one value")
                .help("IN (:x) compares with one value, LET x = ['a', 'b'] makes a list");
            return Err(Box::new(wrong));
        };
        let Some(both) = self.ty(left).unify(*element) else {
            let message = format!("{} and {element} do not compare", self.ty(left));
            return error(codes::TYPE_MISMATCH, span, message, "of different types");
        };
        let operand = self.coerce(left, both)?;
        let operand = self.settle(operand);
        let array = self.coerce(array, both.array())?;
        let kind = ScalarKind::OfArray {
            func,
            all,
            operand,
            array,
        };
        Ok(self.add(kind, Type::Boolean, true, span))
    }
}

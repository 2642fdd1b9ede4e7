//! Operators: comparisons, which bring both sides together, and those that the registry knows.

use super::{Lowerer, Res, error, not_yet};
use crate::function::named;
use crate::*;
use rql_ast::{self as ast, BinaryOp, ExprKind, Id, PrefixOp, Span};
use rql_diagnostics::{Diagnostic, codes};

impl<'a> Lowerer<'a> {
    /// A text, or one that may still become something else.
    fn is_text(&self, id: ScalarId) -> bool {
        let scalar = self.ir.scalar(id);
        let written = matches!(scalar.kind, ScalarKind::Literal(Literal::Text(_)));
        scalar.ty.is_text() || scalar.ty == Type::Unknown && written
    }

    pub(super) fn prefix(
        &mut self,
        op: PrefixOp,
        operand: Id<ast::Expr>,
        span: Span,
    ) -> Res<ScalarId> {
        if op == PrefixOp::Not {
            let operand = self.condition(operand)?;
            return Ok(self.call(Func::Not, vec![operand], Type::Boolean, span));
        }
        let operand = self.expr(operand)?;
        if op == PrefixOp::Minus
            && let Some(value) = self.smallest(operand)
        {
            let ty = super::expr::integer_type(value);
            let kind = ScalarKind::Literal(Literal::Integer(value));
            return Ok(self.add(kind, ty, false, span));
        }
        let rows = named(op.text());
        if rows.is_empty() {
            return not_yet(span, &format!("the operator {}", op.text()));
        }
        let scalar = self.invoke(op.text(), rows, vec![operand], span)?;
        Ok(match &self.ir.scalar(scalar).kind {
            ScalarKind::Call {
                func: Func::Plus,
                args,
            } => args[0],
            _ => scalar,
        })
    }

    /// The smallest integer of a width, whose digits alone do not fit it: the sign belongs to the
    /// constant, as in PostgreSQL.
    fn smallest(&self, operand: ScalarId) -> Option<i64> {
        match self.ir.scalar(operand).kind {
            ScalarKind::Literal(Literal::Integer(2_147_483_648)) => Some(i32::MIN.into()),
            ScalarKind::Literal(Literal::Integer(-2_147_483_648)) => Some(2_147_483_648),
            ScalarKind::Literal(Literal::Decimal(9_223_372_036_854_775_808)) => {
                let whole = self.ty(operand).scale() == Some(0);
                whole.then_some(i64::MIN)
            }
            _ => None,
        }
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        a: ScalarId,
        b: ScalarId,
        span: Span,
    ) -> Res<ScalarId> {
        let func = match op {
            BinaryOp::Eq => Func::Eq,
            BinaryOp::Ne => Func::Ne,
            BinaryOp::Lt => Func::Lt,
            BinaryOp::Le => Func::Le,
            BinaryOp::Gt => Func::Gt,
            BinaryOp::Ge => Func::Ge,
            BinaryOp::IsDistinct => Func::IsDistinct,
            BinaryOp::IsNotDistinct => Func::IsNotDistinct,
            BinaryOp::Overlaps => return self.overlaps(a, b, span),
            BinaryOp::Concat => return self.concat(a, b, span),
            BinaryOp::AtTimeZone => {
                let rows = named("timezone");
                return self.invoke("AT TIME ZONE", rows, vec![b, a], span);
            }
            BinaryOp::IntDiv | BinaryOp::Div2 => {
                let message = format!("no operator {}", op.text());
                let label = "/ of integers gives the whole quotient";
                return error(codes::UNKNOWN_FUNCTION, span, message, label);
            }
            _ => {
                let rows = named(op.text());
                if rows.is_empty() {
                    return not_yet(span, &format!("the operator {}", op.text()));
                }
                if op == BinaryOp::Add && self.is_text(a) && self.is_text(b) {
                    let label = "+ adds numbers";
                    return Err(Box::new(
                        Diagnostic::error(codes::TYPE_MISMATCH, "there is no text + text")
                            .label(span, label)
                            .help("|| puts texts together"),
                    ));
                }
                return self.invoke(op.text(), rows, vec![a, b], span);
            }
        };
        self.compare(func, a, b, span)
    }

    pub(super) fn compare(
        &mut self,
        func: Func,
        a: ScalarId,
        b: ScalarId,
        span: Span,
    ) -> Res<ScalarId> {
        let mut args = vec![a, b];
        let func = self.compared_wholes(&mut args, func, span)?;
        self.comparable(&mut args, func, span)?;
        for arg in &mut args {
            *arg = self.settle(*arg);
        }
        let nullable = !matches!(func, Func::IsDistinct | Func::IsNotDistinct)
            && args.iter().any(|&arg| self.ir.scalar(arg).nullable);
        Ok(self.add(
            ScalarKind::Call { func, args },
            Type::Boolean,
            nullable,
            span,
        ))
    }

    /// PostgreSQL converts elements, but no arrays: what takes several takes them of one type.
    pub(super) fn arrays_alike(&self, what: &str, types: &[Type], args: &[ScalarId]) -> Res<()> {
        let kind = |ty: Type| match ty {
            Type::Varchar(_) => Type::Varchar(0),
            Type::Char(_) => Type::Char(0),
            Type::Decimal { .. } => Type::NUMERIC,
            other => other,
        };
        let element = |ty: &Type| match ty {
            Type::Array(element) => Some(**element).filter(|ty| *ty != Type::Unknown),
            _ => None,
        };
        let mut known = types
            .iter()
            .zip(args)
            .filter_map(|(ty, &arg)| Some((element(ty)?, *ty, arg)));
        let Some((first, whole, _)) = known.next() else {
            return Ok(());
        };
        let Some((_, other, arg)) = known.find(|found| kind(found.0) != kind(first)) else {
            return Ok(());
        };
        let message = format!("{what} of {whole} and {other}, which are arrays of different types");
        let label = format!("this is {other}, the other {whole}");
        let diagnostic =
            Diagnostic::error(codes::TYPE_MISMATCH, message).label(self.span(arg), label);
        Err(Box::new(
            diagnostic.help(format!("CAST(… AS {whole}) makes them one type")),
        ))
    }

    /// Brings values together that are compared with each other. Exact numbers stay as they are: they
    /// compare by value, whatever their scales.
    pub(super) fn comparable(&mut self, args: &mut [ScalarId], func: Func, span: Span) -> Res<()> {
        if args.iter().any(|&arg| self.ty(arg) == Type::Record) {
            return self.comparable_rows(args, func, span);
        }
        let exact = |ty: Type| ty.is_integer() || ty.is_decimal();
        if args.iter().all(|&arg| exact(self.ty(arg))) {
            return Ok(());
        }
        let types: Vec<_> = args.iter().map(|&arg| self.ty(arg)).collect();
        self.arrays_alike("comparison", &types, args)?;
        let mut both = types.iter();
        let compared = both.try_fold(Type::Unknown, |ty, &next| ty.unify_compared(next));
        if compared == Some(Type::Double) {
            for arg in args.iter_mut() {
                *arg = self.coerce(*arg, Type::Double)?;
            }
            return Ok(());
        }
        let ty = self.together(args, span)?;
        if ty == Type::Json {
            let message = "json values do not compare";
            let label = "->> gives text, which does; CAST(… AS jsonb) what the document says";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        Ok(())
    }

    /// Rows compare field by field.
    fn comparable_rows(&mut self, args: &mut [ScalarId], func: Func, span: Span) -> Res<()> {
        let mut rows = Vec::new();
        for &arg in &*args {
            match &self.ir.scalar(arg).kind {
                ScalarKind::Row(fields) => rows.push(fields.clone()),
                _ => return not_yet(self.span(arg), "a row that is compared with this"),
            }
        }
        let len = rows[0].len();
        if let Some(other) = rows.iter().position(|row| row.len() != len) {
            let message = format!("a row of {} fields beside one of {len}", rows[other].len());
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "rows of different sizes",
            );
        }
        for at in 0..len {
            let mut column: Vec<_> = rows.iter().map(|row| row[at]).collect();
            self.comparable(&mut column, func, span)?;
            for (row, field) in rows.iter_mut().zip(column) {
                row[at] = self.settle(field);
            }
        }
        for (arg, row) in args.iter_mut().zip(rows) {
            let at = self.span(*arg);
            *arg = self.row(row, at);
        }
        Ok(())
    }

    /// `(a, b) = (SELECT x, y …)`: a query of the comparison with its row; NULL where there is none.
    pub(super) fn row_beside_query(
        &mut self,
        op: BinaryOp,
        fields: Vec<ScalarId>,
        query: Id<ast::Query>,
        span: Span,
    ) -> Res<ScalarId> {
        let (rows, output) = self.nested(query)?;
        if output.len() != fields.len() {
            let (wide, narrow) = (output.len(), fields.len());
            let message = format!("a row of {narrow} fields beside a query of {wide} columns");
            let label = "the query has one column for each field";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        // The fields are the outer block's, seen from inside.
        for &field in &fields {
            let mut columns = Vec::new();
            self.ir.walk_ids(field, &mut |id| {
                if let ScalarKind::Column(column) = self.ir.scalar(id).kind {
                    columns.push((id, column));
                }
            });
            self.scope().outer_refs.extend(columns);
        }
        let left = self.row(fields, span);
        let columns: Vec<_> = output.iter().map(|c| self.reference(c.0, span)).collect();
        let right = self.row(columns, span);
        let compared = self.binary(op, left, right, span)?;
        let column = self.column_for(compared, "compared");
        let kind = RelKind::Project {
            input: rows,
            items: vec![(column, compared)],
            visible: 1,
        };
        let query = self.ir.add_rel(kind, span);
        let kind = ScalarKind::Subquery { query, column };
        Ok(self.add(kind, Type::Boolean, true, span))
    }

    /// Values as one; where one of them is NULL, a comparison of the row may be.
    pub(super) fn row(&mut self, fields: Vec<ScalarId>, span: Span) -> ScalarId {
        let nullable = fields.iter().any(|&field| self.ir.scalar(field).nullable);
        self.add(ScalarKind::Row(fields), Type::Record, nullable, span)
    }

    /// `||`: text and whatever has a text form; bytes; arrays and elements.
    fn concat(&mut self, a: ScalarId, b: ScalarId, span: Span) -> Res<ScalarId> {
        let types = [self.ty(a), self.ty(b)];
        if types.iter().any(|ty| matches!(ty, Type::Array(_))) {
            return self.concat_arrays(a, b, span);
        }
        let of_jsonb = |ty: &Type| matches!(ty, Type::Jsonb | Type::Unknown);
        if types.contains(&Type::Jsonb) && types.iter().all(of_jsonb) {
            let args = vec![self.coerce(a, Type::Jsonb)?, self.coerce(b, Type::Jsonb)?];
            return Ok(self.call(Func::JsonbConcat, args, Type::Jsonb, span));
        }
        if types.contains(&Type::Blob) {
            let args = vec![self.coerce(a, Type::Blob)?, self.coerce(b, Type::Blob)?];
            return Ok(self.call(Func::Concat, args, Type::Blob, span));
        }
        if self.is_open(a) || self.is_open(b) {
            let ty = if types.iter().all(|ty| ty.is_text() || *ty == Type::Unknown) {
                Type::Unknown
            } else {
                Type::Text
            };
            let args = vec![self.settle(a), self.settle(b)];
            return Ok(self.call(Func::Concat, args, ty, span));
        }
        let text = types.iter().any(|ty| ty.is_text() || *ty == Type::Unknown);
        if !text {
            let [left, right] = types;
            let message = format!("there is no {left} || {right}");
            let label = "one side must be text; CAST(… AS text) makes it so";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        let mut args = Vec::with_capacity(2);
        for scalar in [a, b] {
            let ty = self.ty(scalar);
            args.push(match ty {
                _ if ty.is_text() || ty == Type::Unknown => self.coerce(scalar, Type::Text)?,
                Type::Record => return not_yet(self.span(scalar), "a row as text"),
                _ => self.cast(scalar, Type::Text, true),
            });
        }
        Ok(self.call(Func::Concat, args, Type::Text, span))
    }

    fn concat_arrays(&mut self, a: ScalarId, b: ScalarId, span: Span) -> Res<ScalarId> {
        let (left, right) = (self.ty(a), self.ty(b));
        let element = |ty: Type| match ty {
            Type::Array(element) => *element,
            other => other,
        };
        let Some(both) = element(left).unify_elements(element(right)) else {
            let message = format!("there is no {left} || {right}");
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "arrays of different elements",
            );
        };
        let array = both.array();
        let mut args = Vec::with_capacity(2);
        for (scalar, ty) in [(a, left), (b, right)] {
            args.push(match ty {
                Type::Unknown | Type::Array(_) => self.coerce(scalar, array)?,
                _ => self.coerce(scalar, both)?,
            });
        }
        Ok(self.call(Func::ArrayConcat, args, array, span))
    }

    /// `x [NOT] IN …`.
    pub(super) fn is_in(
        &mut self,
        operand: Id<ast::Expr>,
        negated: bool,
        set: Id<ast::Expr>,
        span: Span,
    ) -> Res<ScalarId> {
        let ast = self.ast;
        let operand = self.expr(operand)?;
        let items: Vec<_> = match ast[set].kind {
            ExprKind::Tuple(items) => ast[items].to_vec(),
            // A list beside one value is looked through as without the parentheses.
            ExprKind::Paren(item) if self.is_list(item, operand) => {
                let func = if negated { Func::Ne } else { Func::Eq };
                return self.of_array(operand, func, negated, item, span);
            }
            ExprKind::Paren(item) => vec![item],
            ExprKind::Subquery(query) => {
                let found = self.nested(query)?;
                return self.in_query(operand, negated, found, ast[set].span, span);
            }
            // As SQLite has it: the rows of the table.
            ExprKind::Column(name) => {
                self.scopes.push(super::scope::Scope::default());
                let found = self.whole_table(name);
                self.scopes.pop();
                return self.in_query(operand, negated, found?, ast[set].span, span);
            }
            // A list parameter or an array; an empty one holds nothing.
            _ => {
                let func = if negated { Func::Ne } else { Func::Eq };
                return self.of_array(operand, func, negated, set, span);
            }
        };
        let items = self.exprs(&items)?;
        self.in_list(operand, negated, items, span)
    }

    /// A variable that holds a list, where no list is compared with it.
    fn is_list(&mut self, item: Id<ast::Expr>, operand: ScalarId) -> bool {
        matches!(self.ast[item].kind, ExprKind::Param)
            && !matches!(self.ty(operand), Type::Array(_))
            && (self.expr(item)).is_ok_and(|id| matches!(self.ty(id), Type::Array(_)))
    }

    /// `x IN (a, b)`, or `x = ANY (ARRAY[a, b])`.
    pub(super) fn in_list(
        &mut self,
        operand: ScalarId,
        negated: bool,
        items: Vec<ScalarId>,
        span: Span,
    ) -> Res<ScalarId> {
        let reads = |&item: &ScalarId| {
            let mut reads = false;
            self.ir.walk(item, &mut |scalar| {
                reads |= matches!(scalar.kind, ScalarKind::Column(_));
            });
            reads
        };
        let real =
            self.ty(operand) == Type::Real || items.iter().any(|&i| self.ty(i) == Type::Real);
        // Of several constants PostgreSQL makes an array, whose elements have the type of all.
        let array = real && items.len() > 1 && !items.iter().any(reads);
        let mut all = vec![operand];
        all.extend(items);
        match array {
            true => self.together(&mut all, span).map(|_| ())?,
            false => self.comparable(&mut all, Func::Eq, span)?,
        }
        for scalar in &mut all {
            *scalar = self.settle(*scalar);
        }
        let nullable = all.iter().any(|&s| self.ir.scalar(s).nullable);
        let kind = ScalarKind::InList {
            operand: all[0],
            negated,
            items: all.split_off(1),
        };
        Ok(self.add(kind, Type::Boolean, nullable, span))
    }

    pub(super) fn in_query(
        &mut self,
        operand: ScalarId,
        negated: bool,
        (query, output): (RelId, super::Output),
        at: Span,
        span: Span,
    ) -> Res<ScalarId> {
        let mut columns: Vec<_> = output.iter().map(|c| c.0).collect();
        let mut fields = match &self.ir.scalar(operand).kind {
            ScalarKind::Row(fields) => fields.clone(),
            _ => vec![operand],
        };
        if fields.len() != columns.len() {
            let message = format!(
                "IN with {} on its left and a query of {}",
                fields.len(),
                columns.len()
            );
            let label = "the query must have one column for each value on the left";
            return error(codes::TYPE_MISMATCH, at, message, label);
        }
        let mut wider = Vec::new();
        for (field, &column) in fields.iter_mut().zip(&columns) {
            let both;
            (*field, both) = self.beside_column(*field, column, at)?;
            wider.push(both);
        }
        let query = self.widened(query, &mut columns, &wider);
        let operand = match fields.as_slice() {
            &[one] => one,
            _ => self.row(fields, self.span(operand)),
        };
        let kind = ScalarKind::InQuery {
            operand,
            negated,
            query,
            columns,
        };
        Ok(self.add(kind, Type::Boolean, true, span))
    }

    /// A value that is compared with a query's column, and the type that the column is to have for it, where that is the
    /// narrower one of the two.
    pub(super) fn beside_column(
        &mut self,
        scalar: ScalarId,
        column: ColumnId,
        at: Span,
    ) -> Res<(ScalarId, Option<Type>)> {
        let (from, to) = (self.ty(scalar), self.ir.column(column).ty);
        let exact = |ty: Type| ty.is_integer() || ty.is_decimal();
        if exact(from) && exact(to) {
            return Ok((scalar, None));
        }
        match from.unify_compared(to) {
            Some(both) if both == to || to.is_text() || to == Type::Unknown => {
                let scalar = self.coerce(scalar, to)?;
                Ok((self.settle(scalar), None))
            }
            Some(Type::Double) if to == Type::Real => {
                Ok((self.coerce(scalar, Type::Double)?, None))
            }
            Some(both) if from.is_number() || from.is_moment() => {
                Ok((scalar, Some(both).filter(|_| !to.is_float())))
            }
            _ => {
                let message = format!("{from} and {to} do not compare");
                let label = format!("the query's column is {to}");
                Err(Box::new(
                    Diagnostic::error(codes::TYPE_MISMATCH, message)
                        .label(self.span(scalar), format!("this is {from}"))
                        .label(at, label),
                ))
            }
        }
    }

    /// A query whose columns have these types, where there are any.
    pub(super) fn widened(
        &mut self,
        query: RelId,
        columns: &mut [ColumnId],
        types: &[Option<Type>],
    ) -> RelId {
        if types.iter().all(Option::is_none) {
            return query;
        }
        let span = self.ir.rel(query).span;
        let shown: Vec<ColumnId> = columns.to_vec();
        let mut items = match &self.ir.rel(query).kind {
            RelKind::Project { items, .. } => items.clone(),
            _ => self.ir.let_through(&shown, span),
        };
        for ((column, ty), item) in columns.iter_mut().zip(types).zip(&mut items) {
            if let Some(ty) = *ty {
                let name = self.ir.column(*column).name.clone();
                let value = self.cast(item.1, ty, true);
                *column = self.column_for(value, &name);
                *item = (*column, value);
            }
        }
        if let RelKind::Project { items: own, .. } = &mut self.ir.rels[query.index()].kind {
            *own = items;
            return query;
        }
        self.ir.add_rel(RelKind::project(query, items), span)
    }
}

//! Calls: functions, aggregates, windows.

use super::scope::Place;
use super::{Lowerer, Res, error, not_yet};
use crate::function::{FUNCTIONS, OTHER_NAMES, Signature, function};
use crate::*;
use rql_ast::{self as ast, ArgLabel, ExprKind, Id, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

pub(super) fn aggregate_named(name: &str) -> Option<Agg> {
    Some(match name {
        "count" => Agg::Count,
        "sum" => Agg::Sum,
        "avg" => Agg::Avg,
        "min" => Agg::Min,
        "max" => Agg::Max,
        _ => return None,
    })
}

impl<'a> Lowerer<'a> {
    pub(super) fn function(&mut self, id: Id<ast::Call>, span: Span) -> Res<ScalarId> {
        let ast = self.ast;
        let call = ast[id];
        self.no_placeholders(&ast[call.name.parts], "a function")?;
        if let Some(expanded) = self.scalar_macro(call, span)? {
            return Ok(expanded);
        }
        let name = ast.dotted(call.name);
        if call.limit.is_some()
            || call.separator.is_some()
            || call.ignore_nulls.is_some()
            || !call.within_group.is_empty()
            || !call.order_by.is_empty()
        {
            return not_yet(span, "this form of a call");
        }
        if name == "grouping" && call.over.is_none() {
            return self.grouping(call, span);
        }
        if let Some(agg) = name.strip_prefix("run").and_then(aggregate_named) {
            return self.running(agg, call, span);
        }
        if call.over.is_some() {
            return self.window(&name, call, span);
        }
        if let Some(agg) = aggregate_named(&name) {
            return self.aggregate(agg, call, span);
        }
        if call.filter.is_some() || call.quantifier != ast::Quantifier::None {
            return not_yet(span, "FILTER or DISTINCT in a function");
        }
        let args = &ast[call.args];
        match name.as_str() {
            "extract" => return self.extract(args, span),
            "position" => return not_yet(span, "POSITION (strpos does the same)"),
            _ => {}
        }
        let Some(found) = function(&name) else {
            return Err(Box::new(self.unknown_function(&name, call, span)));
        };
        let mut values = self.arguments(found.func, args, span)?;
        if values.len() < found.arity.0 || values.len() > found.arity.1 {
            let message = format!("{name} does not take {} arguments", values.len());
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "the number of arguments",
            );
        }
        let ty = self.signature(&name, found.signature, &mut values, span)?;
        let scalar = self.call(found.func, values, ty, span);
        match found.func {
            Func::Nullif => self.ir.scalars[scalar.index()].nullable = true,
            Func::Coalesce | Func::Greatest | Func::Least => {
                let ScalarKind::Call { args, .. } = &self.ir.scalar(scalar).kind else {
                    return Ok(scalar);
                };
                let nullable = args.iter().all(|&arg| self.ir.scalar(arg).nullable);
                self.ir.scalars[scalar.index()].nullable = nullable;
            }
            _ => {}
        }
        Ok(scalar)
    }

    fn unknown_function(&self, name: &str, call: ast::Call, span: Span) -> Diagnostic {
        let at = self.ast.name_span(call.name);
        let at = if at.is_empty() { span } else { at };
        let error = Diagnostic::error(codes::UNKNOWN_FUNCTION, format!("no function {name}"));
        let error = error.label(at, "no function of this name can be executed");
        let known = FUNCTIONS.iter().map(|f| f.name);
        match did_you_mean(name, known.chain(OTHER_NAMES.iter().copied())) {
            Some(near) => error.suggest(format!("did you mean {near}?"), at, near),
            None => error.help("NATIVE sends a statement to the backend as it is"),
        }
    }

    /// The arguments in the order of the function's plain form.
    fn arguments(&mut self, func: Func, args: &[ast::Arg], span: Span) -> Res<Vec<ScalarId>> {
        let mut values = Vec::new();
        for arg in args {
            match (func, arg.label) {
                (_, ArgLabel::None) | (Func::Substr, ArgLabel::From | ArgLabel::For) => {}
                _ => return not_yet(span, "this form of a call"),
            }
            values.push(self.expr(arg.value)?);
        }
        Ok(values)
    }

    fn signature(
        &mut self,
        name: &str,
        signature: Signature,
        values: &mut [ScalarId],
        span: Span,
    ) -> Res<Type> {
        let number = |this: &mut Self, values: &mut [ScalarId]| {
            if this.ty(values[0]) == Type::Unknown {
                values[0] = this.coerce(values[0], Type::Double)?;
            }
            let ty = this.ty(values[0]);
            if ty.is_number() {
                return Ok(ty);
            }
            let message = format!("{name} does not take {ty}");
            error(codes::TYPE_MISMATCH, span, message, "a number is needed")
        };
        match signature {
            Signature::Text | Signature::TextToInteger => {
                for value in values.iter_mut() {
                    *value = self.coerce(*value, Type::Text)?;
                }
                Ok(if signature == Signature::Text {
                    Type::Text
                } else {
                    Type::Integer
                })
            }
            Signature::TextThenIntegers => {
                values[0] = self.coerce(values[0], Type::Text)?;
                for value in &mut values[1..] {
                    let ty = self.ty(*value);
                    if !ty.is_integer() && ty != Type::Unknown {
                        let message = format!("{name} takes integers, not {ty}");
                        return error(codes::TYPE_MISMATCH, span, message, "an integer is needed");
                    }
                    *value = self.coerce(*value, Type::Integer)?;
                }
                Ok(Type::Text)
            }
            Signature::Number => number(self, values),
            Signature::Round => {
                let ty = number(self, values)?;
                let Some(&digits) = values.get(1) else {
                    // round(integer) is round(double precision) in PostgreSQL.
                    return Ok(match ty {
                        Type::Decimal { .. } => Type::Decimal {
                            precision: None,
                            scale: Some(0),
                        },
                        _ => Type::Double,
                    });
                };
                if ty.is_float() {
                    let message = "round to digits takes a decimal, not a floating-point number";
                    let label = "CAST(… AS numeric) makes it a decimal";
                    return error(codes::TYPE_MISMATCH, span, message, label);
                }
                let scale = match &self.ir.scalar(digits).kind {
                    ScalarKind::Literal(Literal::Integer(n)) => u8::try_from(*n).ok(),
                    _ => None,
                };
                let Some(scale) = scale.filter(|&s| s <= 38) else {
                    return not_yet(
                        self.span(digits),
                        "round to digits that are no number 0 to 38",
                    );
                };
                Ok(Type::Decimal {
                    precision: None,
                    scale: Some(scale),
                })
            }
            Signature::Same => {
                let ty = self.together(values, span)?;
                for value in values.iter_mut() {
                    *value = self.settle(*value);
                }
                Ok(if ty == Type::Unknown { Type::Text } else { ty })
            }
        }
    }

    fn extract(&mut self, args: &[ast::Arg], span: Span) -> Res<ScalarId> {
        let [field, from] = args else {
            return not_yet(span, "this form of EXTRACT");
        };
        let field_span = self.ast[field.value].span;
        let field = match self.ast[field.value].kind {
            ExprKind::String => self.ast.string(field_span).to_lowercase(),
            _ => self.ast.text(field_span).to_ascii_lowercase(),
        };
        const FIELDS: &[&str] = &[
            "year", "month", "day", "hour", "minute", "second", "quarter", "week", "isoyear",
            "dow", "isodow", "doy", "epoch",
        ];
        if !FIELDS.contains(&field.as_str()) {
            let error = Diagnostic::error(codes::UNKNOWN_FUNCTION, format!("no field {field}"))
                .label(field_span, "EXTRACT has no field of this name");
            return Err(Box::new(
                match did_you_mean(&field, FIELDS.iter().copied()) {
                    Some(near) => error.suggest(format!("did you mean {near}?"), field_span, near),
                    None => error,
                },
            ));
        }
        let mut moment = self.expr(from.value)?;
        if self.ty(moment) == Type::Unknown {
            moment = self.coerce(moment, Type::Timestamp)?;
        }
        let ty = self.ty(moment);
        if !matches!(ty, Type::Date | Type::Timestamp) {
            return not_yet(span, &format!("EXTRACT from {ty}"));
        }
        let timed = matches!(field.as_str(), "hour" | "minute" | "second");
        if ty == Type::Date && timed {
            let message = format!("a date has no {field}");
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "dates have no time of day",
            );
        }
        let scale = match field.as_str() {
            "second" => 6,
            "epoch" if ty == Type::Timestamp => 6,
            _ => 0,
        };
        let kind = ScalarKind::Literal(Literal::Text(field));
        let field = self.add(kind, Type::Text, false, field_span);
        let ty = Type::Decimal {
            precision: None,
            scale: Some(scale),
        };
        Ok(self.call(Func::Extract, vec![field, moment], ty, span))
    }

    /// The argument of an aggregate; `None` for `*`.
    pub(super) fn aggregate_argument(
        &mut self,
        agg: Agg,
        call: ast::Call,
        span: Span,
    ) -> Res<Option<ScalarId>> {
        let ast = self.ast;
        match &ast[call.args] {
            [] if agg == Agg::Count => Ok(None),
            [arg] => match ast[arg.value].kind {
                ExprKind::Star(_) if agg == Agg::Count => Ok(None),
                _ => {
                    let scalar = self.expr(arg.value)?;
                    Ok(Some(self.settle(scalar)))
                }
            },
            _ => error(
                codes::TYPE_MISMATCH,
                span,
                "an aggregate takes one argument",
                "the number of arguments",
            ),
        }
    }

    /// The type of an aggregate's result (PostgreSQL manual, 9.21).
    pub(super) fn aggregate_type(&self, agg: Agg, arg: Option<ScalarId>, span: Span) -> Res<Type> {
        let Some(arg) = arg else {
            return Ok(Type::BigInt);
        };
        let ty = self.ty(arg);
        let of_scale = |scale| Type::Decimal {
            precision: None,
            scale,
        };
        Ok(match (agg, ty) {
            (Agg::Count, _) => Type::BigInt,
            (Agg::Min | Agg::Max, Type::Boolean | Type::Blob | Type::Json | Type::Unknown) => {
                let message = format!("no smallest or largest {ty}");
                return error(
                    codes::TYPE_MISMATCH,
                    span,
                    message,
                    "values without an order",
                );
            }
            (Agg::Min | Agg::Max, ty) => ty,
            (Agg::Sum, Type::SmallInt | Type::Integer) => Type::BigInt,
            (Agg::Sum, Type::BigInt) => of_scale(Some(0)),
            (Agg::Sum, Type::Decimal { scale, .. }) => of_scale(scale),
            (Agg::Sum | Agg::Avg, Type::Real | Type::Double) if agg == Agg::Avg => Type::Double,
            (Agg::Sum, ty) if ty.is_float() => ty,
            (Agg::Avg, ty) if ty.is_number() => Type::NUMERIC,
            _ => {
                let message = format!("no sum or average of {ty}");
                return error(codes::TYPE_MISMATCH, span, message, "numbers are needed");
            }
        })
    }

    /// `GROUPING(a, b)`: a bit for each key, set where the row's grouping set lacks it.
    fn grouping(&mut self, call: ast::Call, span: Span) -> Res<ScalarId> {
        let mut args = Vec::new();
        for arg in &self.ast[call.args] {
            args.push(self.within(Place::Aggregate, |this| this.expr(arg.value))?);
        }
        let depth = self.scopes.len().saturating_sub(1);
        let kind = ScalarKind::Grouping(args);
        let scalar = self.add(kind, Type::Integer, false, span);
        Ok(self.aggregate_column(depth, scalar, "grouping"))
    }

    fn aggregate(&mut self, agg: Agg, call: ast::Call, span: Span) -> Res<ScalarId> {
        let refs: Vec<usize> = self.scopes.iter().map(|s| s.outer_refs.len()).collect();
        let (args, filter) = self.within(Place::Aggregate, |this| {
            let arg = this.aggregate_argument(agg, call, span)?;
            let filter = call.filter.map(|f| this.condition(f)).transpose()?;
            let args: Vec<_> = arg.into_iter().collect();
            Ok((args, filter))
        })?;
        let depth = self.level(args.iter().chain(&filter).copied());
        // What stands inside need not be grouped by.
        if let (Some(scope), Some(&before)) = (self.scopes.get_mut(depth), refs.get(depth)) {
            scope.outer_refs.truncate(before);
        }
        self.may_aggregate(depth, args.iter().chain(&filter).copied(), span)?;
        let ty = self.aggregate_type(agg, args.first().copied(), span)?;
        let nullable = agg != Agg::Count;
        let kind = ScalarKind::Aggregate {
            func: agg,
            distinct: call.quantifier == ast::Quantifier::Distinct,
            args,
            order: Vec::new(),
            filter,
        };
        let scalar = self.add(kind, ty, nullable, span);
        let name = self.ast.dotted(call.name);
        Ok(self.aggregate_column(depth, scalar, &name))
    }

    /// The column of an aggregate in its block; one that says the same is taken once.
    pub(super) fn aggregate_column(
        &mut self,
        depth: usize,
        scalar: ScalarId,
        name: &str,
    ) -> ScalarId {
        let span = self.span(scalar);
        let known = self.scopes[depth].aggregates.iter();
        let known = known
            .into_iter()
            .find(|a| self.same(a.1, scalar))
            .map(|a| a.0);
        let id = known.unwrap_or_else(|| {
            let id = self.column_for(scalar, name);
            self.scopes[depth].aggregates.push((id, scalar));
            id
        });
        self.reference(id, span)
    }

    /// The block whose rows an aggregate sees: the innermost that one of its columns belongs to, its
    /// own where it names none (SQL:2016, 10.9).
    fn level(&mut self, args: impl Iterator<Item = ScalarId>) -> usize {
        let own = self.scopes.len().saturating_sub(1);
        self.scope();
        let mut deepest = None;
        for arg in args {
            self.ir.walk(arg, &mut |s| match s.kind {
                ScalarKind::Column(id) => {
                    let at = self.scopes.iter().rposition(|scope| {
                        scope.owns(id) || scope.aggregates.iter().any(|a| a.0 == id)
                    });
                    deepest = deepest.max(at);
                }
                ScalarKind::Subquery { .. } | ScalarKind::Exists(_) => deepest = Some(own),
                _ => {}
            });
        }
        deepest.unwrap_or(own)
    }

    fn may_aggregate(
        &self,
        depth: usize,
        args: impl Iterator<Item = ScalarId>,
        span: Span,
    ) -> Res<()> {
        let scope = &self.scopes[depth];
        let mut nested = None;
        for arg in args {
            self.ir.walk(arg, &mut |s| {
                if let ScalarKind::Column(id) = s.kind {
                    if scope.aggregates.iter().any(|a| a.0 == id) {
                        nested = Some("another aggregate");
                    } else if scope.windows.iter().any(|w| w.0 == id) {
                        nested = Some("an aggregate that windows are computed after");
                    }
                }
            });
        }
        let clause = nested.or(match scope.place {
            Place::Items | Place::Having | Place::OrderBy | Place::Qualify | Place::Window => None,
            Place::Where => Some("WHERE; HAVING filters by aggregates"),
            Place::On => Some("FROM"),
            Place::GroupBy => Some("GROUP BY"),
            Place::Aggregate => Some("another aggregate"),
            Place::Limit => Some("LIMIT"),
            Place::Values => Some("VALUES"),
            Place::Set => Some("SET; a query in parentheses may hold one"),
            Place::Returning => Some("RETURNING"),
        });
        match clause {
            None => Ok(()),
            Some(clause) => {
                let message = format!("an aggregate does not stand in {clause}");
                error(codes::UNGROUPED_COLUMN, span, message, "not here")
            }
        }
    }
}

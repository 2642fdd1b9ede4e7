//! Expressions: names become identities, every scalar gets its type.

use super::{Lowerer, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, BinaryOp, ExprKind, Id, IsTest, LikeOp, PrefixOp, Span};
use rql_diagnostics::codes;

impl<'a> Lowerer<'a> {
    /// An expression that must be true or false.
    pub(super) fn condition(&mut self, id: Id<ast::Expr>) -> Res<ScalarId> {
        let scalar = self.expr(id)?;
        self.coerce(scalar, Type::Boolean)
    }

    pub(super) fn exprs(&mut self, ids: &[Id<ast::Expr>]) -> Res<Vec<ScalarId>> {
        ids.iter().map(|&id| self.expr(id)).collect()
    }

    pub(super) fn expr(&mut self, id: Id<ast::Expr>) -> Res<ScalarId> {
        let ast = self.ast;
        let ast::Expr { kind, span } = ast[id];
        let literal = |this: &mut Self, literal, ty| {
            let nullable = literal == Literal::Null;
            Ok(this.add(ScalarKind::Literal(literal), ty, nullable, span))
        };
        match kind {
            ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Null => literal(self, Literal::Null, Type::Unknown),
            ExprKind::Bool(value) => literal(self, Literal::Boolean(value), Type::Boolean),
            ExprKind::Number => match number(ast.text(span)) {
                Some((value, ty)) => literal(self, value, ty),
                None => not_yet(span, "a number of this size"),
            },
            ExprKind::String => {
                let text = ast.string(span).into_owned();
                literal(self, Literal::Text(text), Type::Unknown)
            }
            ExprKind::Typed { ty, value } => {
                let ty = self.type_name(ty)?;
                let text = ast.string(value).into_owned();
                match super::coerce::read_literal(&text, ty) {
                    Some((value, ty)) => literal(self, value, ty),
                    None => {
                        let message = format!("'{text}' is no {ty}");
                        error(
                            codes::TYPE_MISMATCH,
                            value,
                            message,
                            "the text does not read so",
                        )
                    }
                }
            }
            ExprKind::Interval(interval) => {
                let ast::Interval { value, unit, to } = ast[interval];
                let unit = unit.map(|unit| ast.name(unit).into_owned());
                let inner = ast[value];
                let text = match inner.kind {
                    ExprKind::String => ast.string(inner.span).into_owned(),
                    ExprKind::Number => ast.text(inner.span).to_owned(),
                    _ => return not_yet(span, "an interval that is computed"),
                };
                match self::interval(&text, unit.as_deref()).filter(|_| to.is_none()) {
                    Some(value) => literal(self, value, Type::Interval),
                    None => not_yet(span, "an interval of this form"),
                }
            }
            ExprKind::Column(name) => self.column_or_word(name, span),
            ExprKind::Param => Ok(self.param(span)),
            ExprKind::Prefix { op, operand } => self.prefix(op, operand, span),
            ExprKind::Binary { left, op, right } => {
                let left = self.expr(left)?;
                let right = self.expr(right)?;
                self.binary(op, left, right, span)
            }
            ExprKind::Chain(items) => self.chain(&ast[items], span),
            ExprKind::Is {
                operand,
                negated,
                test,
            } => {
                let func = match (test, negated) {
                    (IsTest::Null, false) => Func::IsNull,
                    (IsTest::Null, true) => Func::IsNotNull,
                    (IsTest::True, false) => Func::IsTrue,
                    (IsTest::True, true) => Func::IsNotTrue,
                    (IsTest::False, false) => Func::IsFalse,
                    (IsTest::False, true) => Func::IsNotFalse,
                    (IsTest::Unknown, false) => Func::IsNull,
                    (IsTest::Unknown, true) => Func::IsNotNull,
                };
                let mut operand = self.expr(operand)?;
                if test == IsTest::Null {
                    operand = self.settle(operand);
                } else {
                    operand = self.coerce(operand, Type::Boolean)?;
                }
                let args = vec![operand];
                Ok(self.add(ScalarKind::Call { func, args }, Type::Boolean, false, span))
            }
            ExprKind::Between(between) => {
                let between = ast[between];
                if between.symmetric {
                    return not_yet(span, "BETWEEN SYMMETRIC");
                }
                let mut args = self.exprs(&[between.operand, between.low, between.high])?;
                self.together(&mut args, span)?;
                let func = if between.negated {
                    Func::NotBetween
                } else {
                    Func::Between
                };
                Ok(self.call(func, args, Type::Boolean, span))
            }
            ExprKind::In {
                operand,
                negated,
                set,
            } => self.is_in(operand, negated, set, span),
            ExprKind::Like(like) => {
                let like = ast[like];
                let func = match (like.op, like.negated) {
                    (LikeOp::Like, false) => Func::Like,
                    (LikeOp::Like, true) => Func::NotLike,
                    (LikeOp::ILike, false) => Func::ILike,
                    (LikeOp::ILike, true) => Func::NotILike,
                    _ => return not_yet(span, like.op.text()),
                };
                let mut args = self.exprs(&[like.operand, like.pattern])?;
                if let Some(escape) = like.escape {
                    args.push(self.expr(escape)?);
                }
                for arg in &mut args {
                    *arg = self.coerce(*arg, Type::Text)?;
                }
                Ok(self.call(func, args, Type::Boolean, span))
            }
            ExprKind::Case(case) => self.case(ast[case], span),
            ExprKind::Cast(cast) => {
                let cast = ast[cast];
                if cast.form == ast::CastForm::TryCast {
                    return not_yet(span, "TRY_CAST");
                }
                let ty = self.type_name(cast.ty)?;
                let operand = self.expr(cast.operand)?;
                if self.ty(operand) == Type::Unknown {
                    let given = self.coerce(operand, ty)?;
                    if self.ty(given) == ty
                        && matches!(self.ir.scalar(given).kind, ScalarKind::Literal(_))
                    {
                        return Ok(self.cast(given, ty, false));
                    }
                    return Ok(self.cast(given, ty, false));
                }
                Ok(self.cast(operand, ty, false))
            }
            ExprKind::Call(call) => self.function(call, span),
            ExprKind::Subquery(query) => {
                let (query, output) = self.nested(query)?;
                let [(column, _)] = output.as_slice() else {
                    let message = "a query that is a value has one column";
                    return error(codes::TYPE_MISMATCH, span, message, "this one has more");
                };
                let (column, ty) = (*column, self.ir.column(*column).ty);
                Ok(self.add(ScalarKind::Subquery { query, column }, ty, true, span))
            }
            ExprKind::Exists(query) => {
                let (query, _) = self.nested(query)?;
                Ok(self.add(ScalarKind::Exists(query), Type::Boolean, false, span))
            }
            ExprKind::Star(_) => error(
                codes::MISPLACED_STAR,
                span,
                "a star where a value is expected",
                "* stands for all columns",
            ),
            ExprKind::Template(template) => {
                let scalar = self.guarded(template, span)?;
                if self.stays(scalar) {
                    return Ok(scalar);
                }
                error(
                    codes::TEMPLATE_MISPLACED,
                    span,
                    "a template leaves nothing here",
                    "something must stand here for every answer; {{else}} says what",
                )
            }
            ExprKind::Error => not_yet(span, "what could not be read"),
            _ => not_yet(span, "this expression"),
        }
    }

    pub(super) fn nested(&mut self, query: Id<ast::Query>) -> Res<(RelId, super::Output)> {
        let before = core::mem::replace(&mut self.keep_untyped, false);
        let done = self.query(query);
        self.keep_untyped = before;
        done
    }

    fn column_or_word(&mut self, name: ast::Name, span: Span) -> Res<ScalarId> {
        let word = self.ast.text(span).to_ascii_lowercase();
        let (func, ty) = match word.as_str() {
            "current_date" => (Func::CurrentDate, Type::Date),
            "current_timestamp" => (Func::CurrentTimestamp, Type::TimestampTz),
            _ => {
                return match self.macro_argument(name)? {
                    Some(argument) => Ok(argument),
                    None => self.column(name, span),
                };
            }
        };
        Ok(self.call(func, Vec::new(), ty, span))
    }

    fn param(&mut self, span: Span) -> ScalarId {
        let name = match self.ast.param(span) {
            ast::ParamName::Next => {
                self.questions += 1;
                ParamName::Position(self.questions)
            }
            ast::ParamName::Position(at) => ParamName::Position(at),
            ast::ParamName::Name(name) => ParamName::Name(name.to_ascii_lowercase()),
        };
        let name = match self.capturing {
            Some(definition) => ParamName::Name(format!("{}.{name}", definition.key)),
            None => name,
        };
        let known = self.ir.params.iter().position(|p| p.name == name);
        let at = known.unwrap_or_else(|| {
            let key = match &name {
                ParamName::Name(name) => name.clone(),
                ParamName::Position(at) => at.to_string(),
            };
            let typed = self.typed.iter().find(|p| p.name == name).map(|p| p.ty);
            let ty = (self.env.variables)(&key)
                .or(typed)
                .unwrap_or(Type::Unknown);
            self.ir.params.push(Param { name, ty, span });
            self.ir.params.len() - 1
        });
        let ty = self.ir.params[at].ty;
        self.add(ScalarKind::Param(at), ty, true, span)
    }

    fn prefix(&mut self, op: PrefixOp, operand: Id<ast::Expr>, span: Span) -> Res<ScalarId> {
        if op == PrefixOp::Not {
            let operand = self.condition(operand)?;
            return Ok(self.call(Func::Not, vec![operand], Type::Boolean, span));
        }
        let mut operand = self.expr(operand)?;
        if self.ty(operand) == Type::Unknown {
            operand = self.coerce(operand, Type::Double)?;
        }
        let ty = self.ty(operand);
        match op {
            PrefixOp::Plus if ty.is_number() => Ok(operand),
            PrefixOp::Minus if ty.is_number() => Ok(self.call(Func::Neg, vec![operand], ty, span)),
            PrefixOp::Plus | PrefixOp::Minus => {
                let message = format!("{} does not take {ty}", op.text());
                error(codes::TYPE_MISMATCH, span, message, "a number is needed")
            }
            _ => not_yet(span, &format!("the operator {}", op.text())),
        }
    }

    /// Operators of one precedence: AND and OR stay flat, the others are read from the left.
    fn chain(&mut self, items: &[ast::ChainItem], span: Span) -> Res<ScalarId> {
        let logical = items.iter().find_map(|item| match item.op {
            Some(BinaryOp::And) => Some(Func::And),
            Some(BinaryOp::Or) => Some(Func::Or),
            _ => None,
        });
        if let Some(func) = logical {
            let args: Res<Vec<_>> = items.iter().map(|i| self.operand(i.expr)).collect();
            let scalar = self.call(func, args?, Type::Boolean, span);
            if self.stays(scalar) {
                return Ok(scalar);
            }
            let message = "templates may leave nothing of this condition";
            let label = "TRUE AND … or {{else}} says what stands then";
            return error(codes::TEMPLATE_MISPLACED, span, message, label);
        }
        if items.len() > 300 {
            return not_yet(span, "a chain of more than 300 operands");
        }
        let Some((first, rest)) = items.split_first() else {
            return not_yet(span, "an empty chain");
        };
        let mut left = self.expr(first.expr)?;
        for item in rest {
            let right = self.expr(item.expr)?;
            let both = self.span(left).to(self.span(right));
            left = self.binary(item.op.unwrap_or(BinaryOp::Add), left, right, both)?;
        }
        Ok(left)
    }

    fn binary(&mut self, op: BinaryOp, a: ScalarId, b: ScalarId, span: Span) -> Res<ScalarId> {
        let func = match op {
            BinaryOp::Eq => Func::Eq,
            BinaryOp::Ne => Func::Ne,
            BinaryOp::Lt => Func::Lt,
            BinaryOp::Le => Func::Le,
            BinaryOp::Gt => Func::Gt,
            BinaryOp::Ge => Func::Ge,
            BinaryOp::IsDistinct => Func::IsDistinct,
            BinaryOp::IsNotDistinct => Func::IsNotDistinct,
            BinaryOp::Concat => return self.concat(a, b, span),
            BinaryOp::Add => return self.arithmetic(Func::Add, a, b, span),
            BinaryOp::Sub => return self.arithmetic(Func::Sub, a, b, span),
            BinaryOp::Mul => return self.arithmetic(Func::Mul, a, b, span),
            BinaryOp::Div => return self.arithmetic(Func::Div, a, b, span),
            BinaryOp::Mod => return self.arithmetic(Func::Mod, a, b, span),
            _ => return not_yet(span, &format!("the operator {}", op.text())),
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
        self.together(&mut args, span)?;
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

    fn concat(&mut self, a: ScalarId, b: ScalarId, span: Span) -> Res<ScalarId> {
        let mut args = Vec::new();
        let text = [a, b].iter().any(|&x| {
            let ty = self.ty(x);
            ty.is_text() || ty == Type::Unknown
        });
        for scalar in [a, b] {
            let ty = self.ty(scalar);
            args.push(match ty {
                _ if ty.is_text() || ty == Type::Unknown => self.coerce(scalar, Type::Text)?,
                _ if text && ty.is_integer() => self.cast(scalar, Type::Text, true),
                _ if text && (ty.is_number() || ty.is_moment()) => {
                    self.cast(scalar, Type::Text, true)
                }
                _ => {
                    let message = format!("|| does not take {ty}");
                    let at = self.span(scalar);
                    return error(
                        codes::TYPE_MISMATCH,
                        at,
                        message,
                        "CAST(… AS text) makes it text",
                    );
                }
            });
        }
        Ok(self.call(Func::Concat, args, Type::Text, span))
    }

    fn arithmetic(&mut self, func: Func, a: ScalarId, b: ScalarId, span: Span) -> Res<ScalarId> {
        let (left, right) = (self.ty(a), self.ty(b));
        if left.is_moment() || right.is_moment() {
            return self.moment(func, a, b, span);
        }
        if left == Type::Unknown && right == Type::Unknown {
            let message = "the types of both operands are unknown";
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "a CAST says what is meant",
            );
        }
        let mut args = vec![a, b];
        let ty = self.together(&mut args, span)?;
        if !ty.is_number() {
            let message = format!("no arithmetic with {ty}");
            return error(codes::TYPE_MISMATCH, span, message, "numbers are needed");
        }
        let scales = (self.ty(args[0]).scale(), self.ty(args[1]).scale());
        let scaled = |scale| Type::Decimal {
            precision: None,
            scale,
        };
        if ty.is_decimal() && func != Func::Div {
            // The operands keep their own scales: the result's follows from them.
            args = vec![a, b];
            for arg in &mut args {
                if self.ty(*arg) == Type::Unknown {
                    *arg = self.coerce(*arg, ty)?;
                }
            }
            let (a, b) = (self.ty(args[0]).scale(), self.ty(args[1]).scale());
            let both = a.zip(b);
            let scale = match func {
                Func::Mul => both.and_then(|(a, b)| a.checked_add(b)),
                _ => both.map(|(a, b)| a.max(b)),
            };
            return Ok(self.call(func, args, scaled(scale), span));
        }
        let _ = scales;
        let ty = if ty.is_decimal() { Type::NUMERIC } else { ty };
        Ok(self.call(func, args, ty, span))
    }

    /// Dates: `+ days`, `- days`, `- date`, `± interval`.
    fn moment(&mut self, func: Func, a: ScalarId, b: ScalarId, span: Span) -> Res<ScalarId> {
        let (a, b) = if self.ty(a).is_moment() || func != Func::Add {
            (a, b)
        } else {
            (b, a)
        };
        let (left, right) = (self.ty(a), self.ty(b));
        let result = if left == Type::TimestampTz {
            left
        } else {
            Type::Timestamp
        };
        match (func, left, right) {
            (Func::Sub, Type::Date, Type::Date | Type::Unknown) => {
                let b = self.coerce(b, Type::Date)?;
                Ok(self.call(Func::DaysBetween, vec![a, b], Type::Integer, span))
            }
            (Func::Add | Func::Sub, Type::Date, _)
                if right.is_integer() || right == Type::Unknown =>
            {
                let b = self.coerce(b, Type::Integer)?;
                let func = if func == Func::Add {
                    Func::AddDays
                } else {
                    Func::SubDays
                };
                Ok(self.call(func, vec![a, b], Type::Date, span))
            }
            (Func::Add, _, Type::Interval) if left.is_moment() => {
                Ok(self.call(Func::AddInterval, vec![a, b], result, span))
            }
            (Func::Sub, _, Type::Interval) if left.is_moment() => {
                Ok(self.call(Func::SubInterval, vec![a, b], result, span))
            }
            (Func::Sub, _, _) if left.is_moment() && right.is_moment() => {
                not_yet(span, "the interval between two timestamps")
            }
            _ => {
                let message = format!("{left} and {right} do not go together here");
                error(
                    codes::TYPE_MISMATCH,
                    span,
                    message,
                    "no such arithmetic with dates",
                )
            }
        }
    }

    fn is_in(
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
            ExprKind::Paren(item) => vec![item],
            ExprKind::Subquery(query) => {
                let (query, output) = self.nested(query)?;
                let [(column, _)] = output.as_slice() else {
                    let message = "IN takes a query of one column";
                    return error(
                        codes::TYPE_MISMATCH,
                        ast[set].span,
                        message,
                        "this has more",
                    );
                };
                let column = *column;
                let ty = self.ir.column(column).ty;
                let operand = self.coerce(operand, ty)?;
                if self.ty(operand) != ty && !ty.is_text() {
                    return not_yet(span, "IN of a query of another type");
                }
                let kind = ScalarKind::InQuery {
                    operand,
                    negated,
                    query,
                    columns: vec![column],
                };
                return Ok(self.add(kind, Type::Boolean, true, span));
            }
            _ => return not_yet(ast[set].span, "IN of a list parameter"),
        };
        let mut all = vec![operand];
        all.extend(self.exprs(&items)?);
        self.together(&mut all, span)?;
        for scalar in &mut all {
            *scalar = self.settle(*scalar);
        }
        let kind = ScalarKind::InList {
            operand: all[0],
            negated,
            items: all.split_off(1),
        };
        Ok(self.add(kind, Type::Boolean, true, span))
    }

    fn case(&mut self, case: ast::Case, span: Span) -> Res<ScalarId> {
        let ast = self.ast;
        let operand = case.operand.map(|id| self.expr(id)).transpose()?;
        let mut conditions = Vec::new();
        let mut results = Vec::new();
        for branch in &ast[case.branches] {
            let condition = match operand {
                None => self.condition(branch.condition)?,
                Some(operand) => {
                    let value = self.expr(branch.condition)?;
                    let span = self.span(value);
                    self.compare(Func::Eq, operand, value, span)?
                }
            };
            conditions.push(condition);
            results.push(self.expr(branch.result)?);
        }
        if let Some(id) = case.otherwise {
            results.push(self.expr(id)?);
        }
        let ty = self.together(&mut results, span)?;
        for result in &mut results {
            *result = self.settle(*result);
        }
        let ty = if ty == Type::Unknown { Type::Text } else { ty };
        let otherwise = case.otherwise.and_then(|_| results.pop());
        let nullable = otherwise.is_none()
            || results
                .iter()
                .chain(&otherwise)
                .any(|&r| self.ir.scalar(r).nullable);
        let branches = conditions.into_iter().zip(results).collect();
        let kind = ScalarKind::Case {
            branches,
            otherwise,
        };
        Ok(self.add(kind, ty, nullable, span))
    }

    pub(super) fn type_name(&mut self, id: Id<ast::TypeName>) -> Res<Type> {
        let name = self.ast[id];
        let ty = Type::from_declared(self.ast.text(name.span));
        if ty == Type::Unknown || !name.dimensions.is_empty() || !name.fields.is_empty() {
            return not_yet(name.span, "this type");
        }
        Ok(ty)
    }
}

/// Reads a number: an integer, an exact decimal, or with an exponent too (PostgreSQL: numeric).
pub(super) fn number(text: &str) -> Option<(Literal, Type)> {
    let text = text.replace('_', "");
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let value = i64::from_str_radix(hex, 16).ok()?;
        return Some((Literal::Integer(value), integer_type(value)));
    }
    if let Ok(value) = text.parse::<i64>() {
        return Some((Literal::Integer(value), integer_type(value)));
    }
    let (digits, scale) = decimal(&text)?;
    let ty = Type::Decimal {
        precision: None,
        scale: Some(scale),
    };
    Some((Literal::Decimal(digits), ty))
}

fn integer_type(value: i64) -> Type {
    if i32::try_from(value).is_ok() {
        Type::Integer
    } else {
        Type::BigInt
    }
}

/// The digits and scale of a decimal, which may have an exponent.
pub(super) fn decimal(text: &str) -> Option<(i128, u8)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.trim_start_matches(['-', '+']).is_empty() {
        return None;
    }
    let value: i128 = digits.parse().ok()?;
    let scale = i32::try_from(fraction.len()).ok()? - exponent;
    if scale >= 0 {
        return Some((value, u8::try_from(scale).ok().filter(|&s| s <= 38)?));
    }
    let factor = 10_i128.checked_pow(scale.unsigned_abs())?;
    Some((value.checked_mul(factor)?, 0))
}

/// Reads an interval: pairs of a number and a unit, or one number with its unit apart.
pub(super) fn interval(text: &str, unit: Option<&str>) -> Option<Literal> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.extend(unit);
    let (mut months, mut days, mut micros) = (0_i32, 0_i32, 0_i64);
    if words.is_empty() || words.len() % 2 == 1 {
        return None;
    }
    for pair in words.chunks(2) {
        let count: i32 = pair[0].parse().ok()?;
        let name = pair[1].to_ascii_lowercase();
        let time = |unit: i64| i64::from(count).checked_mul(unit);
        match name.strip_suffix('s').unwrap_or(&name) {
            "year" => months = months.checked_add(count.checked_mul(12)?)?,
            "month" | "mon" => months = months.checked_add(count)?,
            "week" => days = days.checked_add(count.checked_mul(7)?)?,
            "day" => days = days.checked_add(count)?,
            "hour" => micros = micros.checked_add(time(3_600_000_000)?)?,
            "minute" | "min" => micros = micros.checked_add(time(60_000_000)?)?,
            "second" | "sec" => micros = micros.checked_add(time(1_000_000)?)?,
            _ => return None,
        }
    }
    Some(Literal::Interval {
        months,
        days,
        micros,
    })
}

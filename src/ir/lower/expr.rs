//! Expressions: names become identities, every scalar gets its type.

use super::{Lowerer, Res, error, not_yet};
use crate::*;
use rql_ast::{self as ast, BinaryOp, ExprKind, Id, IsTest, LikeOp, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

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
        if self.is_watched() {
            return self.watched_expr(self.ast[id].span, |this| this.sound_expr(id));
        }
        self.sound_expr(id)
    }

    fn sound_expr(&mut self, id: Id<ast::Expr>) -> Res<ScalarId> {
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
                if let Type::Array(_) = ty {
                    return self.array_of_text(&text, ty, value);
                }
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
                let to = to.map(|unit| ast.name(unit).into_owned());
                match super::moment::interval_of(&text, unit.as_deref(), to.as_deref()) {
                    Some(value) => literal(self, value, Type::Interval),
                    None => not_yet(span, "an interval of this form"),
                }
            }
            ExprKind::Column(name) => self.column_or_word(name, span),
            ExprKind::Param => Ok(self.param(span, None)),
            ExprKind::Field { base, name } if ast[base].kind == ExprKind::Param => {
                Ok(self.param(ast[base].span, Some(name)))
            }
            ExprKind::Prefix { op, operand } => self.prefix(op, operand, span),
            ExprKind::Blob => {
                let digits = blob(ast.text(span));
                match digits {
                    Some(digits) => literal(self, Literal::Blob(digits), Type::Blob),
                    None => error(
                        codes::TYPE_MISMATCH,
                        span,
                        "bytes are written as pairs of hexadecimal digits",
                        "a digit is missing or is none",
                    ),
                }
            }
            ExprKind::Tuple(fields) | ExprKind::Row(fields) if !fields.is_empty() => {
                let fields = self.exprs(&ast[fields])?;
                Ok(self.row(fields, span))
            }
            ExprKind::Array { items, .. } => self.array(&ast[items], span),
            ExprKind::ArrayQuery(query) => self.array_query(query, span),
            ExprKind::Subscript(subscript) => self.subscript(subscript, span),
            ExprKind::Collate { operand, collation } => {
                let name = ast.dotted(collation);
                if !matches!(&*name, "C" | "POSIX" | "ucs_basic" | "pg_catalog.C") {
                    return not_yet(span, &format!("the collation {name} (\"C\" is known)"));
                }
                let operand = self.expr(operand)?;
                // Text is ordered by code points everywhere, which is what "C" says.
                self.coerce(operand, Type::Text)
            }
            ExprKind::Binary { left, op, right } => {
                let left = self.expr(left)?;
                if let ExprKind::Quantified { all, operand } = ast[right].kind {
                    return self.quantified(left, op, all, operand, span);
                }
                if let (ScalarKind::Row(fields), ExprKind::Subquery(query)) =
                    (self.ir.scalar(left).kind.clone(), ast[right].kind)
                {
                    return self.row_beside_query(op, fields, query, span);
                }
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
                    operand = self.fields_as_row(operand);
                    operand = self.settle(operand);
                } else {
                    operand = self.coerce(operand, Type::Boolean)?;
                }
                let args = vec![operand];
                Ok(self.add(ScalarKind::Call { func, args }, Type::Boolean, false, span))
            }
            ExprKind::Between(between) => {
                let between = ast[between];
                let mut args = self.exprs(&[between.operand, between.low, between.high])?;
                self.comparable(&mut args, Func::Le, span)?;
                for arg in &mut args {
                    *arg = self.settle(*arg);
                }
                let func = match (between.negated, between.symmetric) {
                    (false, false) => Func::Between,
                    (true, false) => Func::NotBetween,
                    (false, true) => Func::BetweenSymmetric,
                    (true, true) => Func::NotBetweenSymmetric,
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
                    (LikeOp::SimilarTo, false) => Func::SimilarTo,
                    (LikeOp::SimilarTo, true) => Func::NotSimilarTo,
                    _ => return not_yet(span, like.op.text()),
                };
                if let ExprKind::Quantified { all, operand } = ast[like.pattern].kind {
                    return self.like_each(func, like, all, operand, span);
                }
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
                let ty = self.type_name(cast.ty)?;
                if let Some(array) = self.empty_array(cast.operand, ty) {
                    return Ok(array);
                }
                let operand = self.expr(cast.operand)?;
                self.explicit_cast(operand, ty, cast.form == ast::CastForm::TryCast, span)
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
            ExprKind::Star(star) => match self.star_as_row(ast[star], span) {
                Some(row) => Ok(row),
                None => error(
                    codes::MISPLACED_STAR,
                    span,
                    "a star where a value is expected",
                    "* stands for all columns",
                ),
            },
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
            ExprKind::Struct { fields, .. } => Err(Box::new(self.no_struct(&ast[fields], span))),
            ExprKind::Field { base, name } => match self.field_of_row(base, name)? {
                Some(column) => Ok(column),
                None => self.member(base, name, span),
            },
            ExprKind::Error => not_yet(span, "what could not be read"),
            _ => not_yet(span, "this expression"),
        }
    }

    /// DuckDB's `{'a': 1}`: a document says it everywhere.
    fn no_struct(&self, fields: &[ast::StructField], span: Span) -> Diagnostic {
        let ast = self.ast;
        let pairs = fields.iter().map(|field| {
            let key = ast[field.key];
            let value = ast.text(ast[field.value].span);
            match key.kind {
                ExprKind::Column(_) => format!("'{}', {value}", ast.text(key.span)),
                _ => format!("{}, {value}", ast.text(key.span)),
            }
        });
        let pairs: Vec<_> = pairs.collect();
        let call = format!("json_build_object({})", pairs.join(", "));
        Diagnostic::error(codes::NOT_PORTABLE, "RQL has no values of named fields")
            .label(span, "no other database than DuckDB has them")
            .suggest(
                format!("a document has them everywhere: {call}"),
                span,
                call,
            )
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
            "localtimestamp" => (Func::LocalTimestamp, Type::Timestamp),
            "localtime" => (Func::CurrentTime, Type::Time),
            _ => {
                if let Some(argument) = self.macro_argument(name)? {
                    return Ok(argument);
                }
                // Only PostgreSQL keeps columns from having these names.
                let column = self.column(name, span);
                // A table of such a name is no value by it.
                let whole =
                    |id: &ScalarId| matches!(self.ir.scalar(*id).kind, ScalarKind::Whole { .. });
                let row = column.as_ref().is_ok_and(whole);
                match word.as_str() {
                    _ if column.is_ok() && !row => return column,
                    "current_user" | "current_role" | "user" => (Func::CurrentUser, Type::Text),
                    "session_user" => (Func::SessionUser, Type::Text),
                    "current_catalog" => (Func::CurrentDatabase, Type::Text),
                    "current_schema" => (Func::CurrentSchema, Type::Text),
                    _ => return column,
                }
            }
        };
        Ok(self.call(func, Vec::new(), ty, span))
    }

    /// A parameter; `:r.name` is a column of the row that FOR has at hand.
    fn param(&mut self, span: Span, field: Option<ast::Ident>) -> ScalarId {
        let whole = field.map_or(span, |field| span.to(field.span));
        let field = field.map(|field| format!(".{}", self.ast.name(field)));
        let name = match self.ast.param(span) {
            ast::ParamName::Next => {
                self.questions += 1;
                ParamName::Position(self.questions)
            }
            ast::ParamName::Position(at) => ParamName::Position(at),
            ast::ParamName::Name(name) => {
                ParamName::Name(name.to_ascii_lowercase() + field.as_deref().unwrap_or(""))
            }
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
            self.ir.params.push(Param {
                name,
                ty,
                span: whole,
            });
            self.ir.params.len() - 1
        });
        let ty = self.ir.params[at].ty;
        self.add(ScalarKind::Param(at), ty, true, whole)
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
        let otherwise = case.otherwise.and_then(|_| results.pop());
        let ty = match otherwise.map(|id| self.ty(id)) {
            _ if ty == Type::Unknown => Type::Text,
            // To PostgreSQL ELSE stands before the others.
            Some(last @ Type::Array(_)) if last.is_like(ty) => last,
            _ => ty,
        };
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
        let text = self.ast.text(name.span);
        let text = text.split('[').next().unwrap_or(text);
        let ty = Type::from_declared(text);
        if !name.fields.is_empty() {
            return not_yet(name.span, "this type");
        }
        if ty == Type::Unknown {
            let written = text.trim();
            let error =
                Diagnostic::error(codes::NO_SUCH_TYPE, format!("no type is named {written}"))
                    .label(name.span, "not a type that every backend has");
            let near = did_you_mean(&written.to_ascii_lowercase(), Type::NAMES.iter().copied());
            if let Some(way) = crate::others::type_name(written) {
                return Err(Box::new(error.help(format!("on every backend: {way}"))));
            }
            return Err(Box::new(match near {
                Some(near) => error.suggest(format!("did you mean {near}?"), name.span, near),
                None => error.help("NATIVE before a statement takes the backend's own types"),
            }));
        }
        Ok(if name.dimensions.is_empty() {
            ty
        } else {
            ty.array()
        })
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
    Some((Literal::Decimal(digits), decimal_type(digits, scale)))
}

/// The type of an exact constant; the precision is said where 64 bits do not hold it.
pub(super) fn decimal_type(digits: i128, scale: u8) -> Type {
    Type::Decimal {
        precision: i64::try_from(digits).is_err().then_some(38),
        scale: Some(scale),
    }
}

pub(super) fn integer_type(value: i64) -> Type {
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

/// The digits of `X'0aff'`.
fn blob(text: &str) -> Option<String> {
    let digits = text.get(2..text.len().checked_sub(1)?)?;
    let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    (hex && digits.len() % 2 == 0).then(|| digits.to_ascii_lowercase())
}

//! Types brought together: literals and parameters take the type of their context, other conversions
//! become explicit.

use super::{Lowerer, Res, error, moment};
use crate::json_path::{JsonPath, NoPath};
use crate::*;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};

impl Lowerer<'_> {
    /// `scalar` as a value of type `to`, as an assignment or an operator wants it.
    pub(super) fn coerce(&mut self, scalar: ScalarId, to: Type) -> Res<ScalarId> {
        let from = self.ty(scalar);
        if from.is_like(to) || to == Type::Unknown {
            return Ok(scalar);
        }
        if from == Type::Unknown {
            return self.give(scalar, to);
        }
        let widens = match (from, to) {
            (a, b) if a.is_number() && b.is_number() => true,
            (Type::Time, Type::Interval) => true,
            (Type::Array(a), Type::Array(b)) => {
                a.is_number() && b.is_number() || a.is_moment() && b.is_moment()
            }
            (a, b) => a.is_moment() && b.is_moment(),
        };
        if let ScalarKind::Literal(literal @ Literal::Integer(_)) = &self.ir.scalar(scalar).kind
            && from.is_integer()
            && to == Type::BigInt
        {
            let literal = ScalarKind::Literal(literal.clone());
            return Ok(self.add(literal, to, false, self.span(scalar)));
        }
        if widens {
            return Ok(self.cast(scalar, to, true));
        }
        let span = self.span(scalar);
        if let ScalarKind::Param(at) = self.ir.scalar(scalar).kind {
            let first = self.ir.params[at].span;
            return Err(Box::new(
                Diagnostic::error(codes::PARAMETER_CONFLICT, "a parameter of two types")
                    .label(span, format!("here it is {to}"))
                    .label(first, format!("here it is {from}")),
            ));
        }
        let message = format!("{from} is no {to}");
        let label = format!("this is {from}; CAST(… AS {to}) converts it");
        error(codes::TYPE_MISMATCH, span, message, &label)
    }

    /// A path of SQL/JSON that is written out has to be one.
    pub(super) fn json_path(&self, path: ScalarId) -> Res<()> {
        let ScalarKind::Literal(Literal::Text(text)) = &self.ir.scalar(path).kind else {
            return Ok(());
        };
        let Err(NoPath { at, message }) = JsonPath::read(text) else {
            return Ok(());
        };
        let mut span = self.span(path);
        // Between plain quotes each byte has its place in the source.
        if span.len() == text.len() + 2
            && let Ok(before) = u32::try_from(at)
        {
            let quote = u32::from(at < text.len());
            span = Span::new(span.start + 1 + before, span.end - quote);
        }
        let wrong = format!("'{text}' is no path of SQL/JSON");
        error(codes::TYPE_MISMATCH, span, wrong, &message)
    }

    pub(super) fn cast(&mut self, operand: ScalarId, to: Type, implicit: bool) -> ScalarId {
        let Scalar { nullable, span, .. } = *self.ir.scalar(operand);
        self.add(
            ScalarKind::Cast {
                operand,
                implicit,
                fallible: false,
            },
            to,
            nullable,
            span,
        )
    }

    /// A conversion that is written. What has no type yet reads as the type that it is converted to.
    pub(super) fn explicit_cast(
        &mut self,
        operand: ScalarId,
        ty: Type,
        fallible: bool,
        span: Span,
    ) -> Res<ScalarId> {
        let from = self.ty(operand);
        if let ScalarKind::Literal(Literal::Text(text)) = &self.ir.scalar(operand).kind
            && from == Type::Unknown
            && fallible
        {
            if read_literal(text, ty).is_some() {
                return self.explicit_cast(operand, ty, false, span);
            }
            return Ok(self.add(ScalarKind::Literal(Literal::Null), ty, true, span));
        }
        let operand = if from == Type::Unknown && !self.is_open(operand) {
            // What is too long is cut by the conversion.
            self.give(operand, if ty.is_text() { Type::Text } else { ty })?
        } else {
            operand
        };
        if !self.ty(operand).casts_to(ty) {
            let message = format!("{from} does not convert to {ty}");
            return error(
                codes::TYPE_MISMATCH,
                span,
                message,
                "there is no such conversion",
            );
        }
        let scalar = self.cast(operand, ty, false);
        let entry = &mut self.ir.scalars[scalar.index()];
        if let ScalarKind::Cast { fallible: f, .. } = &mut entry.kind {
            *f = fallible;
        }
        entry.nullable |= fallible;
        entry.span = span;
        Ok(scalar)
    }

    /// Gives a type to what has none: an untyped string, NULL, a parameter, an open column.
    fn give(&mut self, scalar: ScalarId, to: Type) -> Res<ScalarId> {
        let span = self.span(scalar);
        match &self.ir.scalar(scalar).kind {
            &ScalarKind::Param(at) => {
                // A parameter's text must fit every value, so its context's modifiers do not count.
                let general = match to {
                    t if t.is_text() => Type::Text,
                    Type::SmallInt => Type::Integer,
                    Type::Decimal { .. } => Type::NUMERIC,
                    other => other,
                };
                let known = self.ir.params[at].ty;
                if known == Type::Unknown {
                    self.ir.params[at].ty = general;
                } else if known != general {
                    self.ir.scalars[scalar.index()].ty = known;
                    return self.coerce(scalar, to);
                }
                self.ir.scalars[scalar.index()].ty = general;
                if general.is_decimal() && to != general {
                    return Ok(scalar);
                }
            }
            ScalarKind::Literal(Literal::Text(text)) if matches!(to, Type::Array(_)) => {
                let text = text.clone();
                return self.array_of_text(&text, to, span);
            }
            ScalarKind::Literal(Literal::Text(text)) => {
                let literal = read_literal(text, to);
                let Some((literal, ty)) = literal else {
                    let message = format!("'{text}' is no {to}");
                    let (label, help) = match before_abbreviation(text) {
                        Some((local, Abbreviation::Of(_))) if to == Type::TimestampTz => {
                            let zone = text[local.len()..].trim();
                            let help =
                                format!("TIMESTAMP '{local}' AT TIME ZONE '{zone}' asks that list");
                            (
                                format!("a list of zones says what {zone} meant then"),
                                Some(help),
                            )
                        }
                        _ => ("the text does not read so".to_owned(), None),
                    };
                    let wrong = Diagnostic::error(codes::TYPE_MISMATCH, message).label(span, label);
                    return Err(Box::new(match help {
                        Some(help) => wrong.help(help),
                        None => wrong,
                    }));
                };
                let entry = &mut self.ir.scalars[scalar.index()];
                entry.kind = ScalarKind::Literal(literal);
                entry.ty = ty;
            }
            ScalarKind::Literal(_) => self.ir.scalars[scalar.index()].ty = to,
            // The column of an open relation is taken to be what it is used as.
            _ => {}
        }
        Ok(scalar)
    }

    /// What is still untyped at the end of an expression is text, as in PostgreSQL.
    pub(super) fn settle(&mut self, scalar: ScalarId) -> ScalarId {
        if self.ty(scalar) == Type::Unknown
            && matches!(self.ir.scalar(scalar).kind, ScalarKind::Literal(_))
        {
            self.ir.scalars[scalar.index()].ty = Type::Text;
        }
        if self.ty(scalar) == Type::Unknown
            && matches!(self.ir.scalar(scalar).kind, ScalarKind::Param(_))
        {
            // Giving a type to an untyped parameter does not fail.
            return self.give(scalar, Type::Text).unwrap_or(scalar);
        }
        scalar
    }

    /// Brings values to the type that they have in common.
    pub(super) fn together(&mut self, scalars: &mut [ScalarId], span: Span) -> Res<Type> {
        let mut ty = Type::Unknown;
        for &scalar in &*scalars {
            let next = self.ty(scalar);
            match ty.unify(next) {
                Some(both) => ty = both,
                None => {
                    let message = format!("{ty} and {next} have no type in common");
                    let label = format!("this is {next}, what stands before is {ty}");
                    let at = self.span(scalar);
                    let diagnostic = Diagnostic::error(codes::TYPE_MISMATCH, message);
                    return Err(Box::new(diagnostic.label(at, label).label(span, "here")));
                }
            }
        }
        for scalar in scalars {
            *scalar = self.coerce(*scalar, ty)?;
        }
        Ok(ty)
    }
}

/// Reads an untyped string as a value of a type; the type that it then has.
pub(crate) fn read_literal(text: &str, to: Type) -> Option<(Literal, Type)> {
    let trimmed = text.trim();
    if to.is_moment()
        && let Some(ends) = moment::beyond(trimmed)
    {
        return Some((Literal::Text(ends.to_owned()), to));
    }
    Some(match to {
        t if t.is_integer() => {
            let value: i64 = trimmed.parse().ok()?;
            let fits = match t {
                Type::SmallInt => i16::try_from(value).is_ok(),
                Type::Integer => i32::try_from(value).is_ok(),
                _ => true,
            };
            (fits.then_some(Literal::Integer(value))?, t)
        }
        Type::Decimal { .. } => {
            let (digits, scale) = super::expr::decimal(trimmed)?;
            let ty = super::expr::decimal_type(digits, scale);
            (Literal::Decimal(digits), ty)
        }
        t if t.is_float() => {
            let value: f64 = trimmed.parse().ok()?;
            (
                Literal::Double(if value.is_finite() {
                    trimmed.to_owned()
                } else {
                    value.to_string()
                }),
                t,
            )
        }
        Type::Boolean => {
            // Any beginning of a word that says which one.
            let word = trimmed.to_ascii_lowercase();
            let begins = |full: &str| !word.is_empty() && full.starts_with(&*word);
            let value = if word == "1" || word == "on" || begins("true") || begins("yes") {
                true
            } else if matches!(&*word, "0" | "of" | "off") || begins("false") || begins("no") {
                false
            } else {
                return None;
            };
            (Literal::Boolean(value), to)
        }
        Type::Date => {
            let (date, _) = moment::without_zone(trimmed)?;
            (Literal::Text(date), to)
        }
        Type::Time => (Literal::Text(moment::time_of_day(trimmed)?), to),
        Type::Timestamp => {
            let (date, time) = moment::without_zone(trimmed)?;
            let time = time.unwrap_or_else(|| "00:00:00".into());
            (Literal::Text(format!("{date} {time}")), to)
        }
        Type::TimestampTz => (Literal::Text(moment::zoned(trimmed)?), to),
        Type::Interval => (moment::interval(trimmed, None)?, to),
        Type::Blob => (Literal::Blob(bytes(text)?), to),
        Type::Uuid => (Literal::Text(uuid(trimmed)?), to),
        t if t.is_text() => (Literal::Text(text.to_owned()), t),
        _ => (Literal::Text(text.to_owned()), to),
    })
}

/// The digits of bytes in PostgreSQL's form `\\x0aff`, or of plain characters.
fn bytes(text: &str) -> Option<String> {
    if let Some(digits) = text.strip_prefix("\\x") {
        let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        return (hex && digits.len() % 2 == 0).then(|| digits.to_ascii_lowercase());
    }
    (!text.contains('\\')).then(|| text.bytes().map(|b| format!("{b:02x}")).collect())
}

/// A UUID in its canonical form.
fn uuid(text: &str) -> Option<String> {
    let text = text
        .strip_prefix('{')
        .map_or(text, |t| t.trim_end_matches('}'));
    let digits: String = text.chars().filter(|&c| c != '-').collect();
    let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    let d = digits.to_ascii_lowercase();
    (hex && d.len() == 32).then(|| {
        let (a, b, c, e, f) = (&d[..8], &d[8..12], &d[12..16], &d[16..20], &d[20..]);
        format!("{a}-{b}-{c}-{e}-{f}")
    })
}

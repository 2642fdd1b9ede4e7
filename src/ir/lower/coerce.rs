//! Types brought together: literals and parameters take the type of their context, other conversions
//! become explicit.

use super::{Lowerer, Res, error};
use crate::*;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};

impl Lowerer<'_> {
    /// `scalar` as a value of type `to`, as an assignment or an operator wants it.
    pub(super) fn coerce(&mut self, scalar: ScalarId, to: Type) -> Res<ScalarId> {
        let from = self.ty(scalar);
        if from == to || to == Type::Unknown || (from.is_text() && to.is_text()) {
            return Ok(scalar);
        }
        if from == Type::Unknown {
            return self.give(scalar, to);
        }
        let widens = match (from, to) {
            (a, b) if a.is_number() && b.is_number() => true,
            (a, b) => a.is_moment() && b.is_moment(),
        };
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
            ScalarKind::Literal(Literal::Text(text)) => {
                let literal = read_literal(text, to);
                let Some((literal, ty)) = literal else {
                    let message = format!("'{text}' is no {to}");
                    return error(
                        codes::TYPE_MISMATCH,
                        span,
                        message,
                        "the text does not read so",
                    );
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
pub(super) fn read_literal(text: &str, to: Type) -> Option<(Literal, Type)> {
    let trimmed = text.trim();
    Some(match to {
        t if t.is_integer() => (Literal::Integer(trimmed.parse().ok()?), t),
        Type::Decimal { .. } => {
            let (digits, scale) = super::expr::decimal(trimmed)?;
            let ty = Type::Decimal {
                precision: None,
                scale: Some(scale),
            };
            (Literal::Decimal(digits), ty)
        }
        t if t.is_float() => {
            trimmed.parse::<f64>().ok()?;
            (Literal::Double(trimmed.to_owned()), t)
        }
        Type::Boolean => {
            let value = match trimmed.to_ascii_lowercase().as_str() {
                "t" | "true" | "yes" | "on" | "1" => true,
                "f" | "false" | "no" | "off" | "0" => false,
                _ => return None,
            };
            (Literal::Boolean(value), to)
        }
        Type::Date => {
            let (date, _) = iso(trimmed)?;
            (Literal::Text(date), to)
        }
        Type::Timestamp => {
            let (date, time) = iso(trimmed)?;
            let time = time.unwrap_or_else(|| "00:00:00".into());
            (Literal::Text(format!("{date} {time}")), to)
        }
        Type::Interval => (super::expr::interval(trimmed, None)?, to),
        t if t.is_text() => (Literal::Text(text.to_owned()), t),
        _ => (Literal::Text(text.to_owned()), to),
    })
}

/// Splits an ISO date or timestamp, checking the calendar.
fn iso(text: &str) -> Option<(String, Option<String>)> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time.trim())),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year: u32 = parts.next()?.parse().ok()?;
    let month: u32 = parts.next()?.parse().ok()?;
    let day: u32 = parts.next()?.parse().ok()?;
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if parts.next().is_some() || day == 0 || day > days || year == 0 || year > 9999 {
        return None;
    }
    let time = match time {
        None => None,
        Some(time) => {
            let mut parts = time.split(':');
            let hour: u32 = parts.next()?.parse().ok()?;
            let minute: u32 = parts.next()?.parse().ok()?;
            let second = parts.next().unwrap_or("0");
            let seconds: f64 = second.parse().ok()?;
            if hour > 23 || minute > 59 || !(0.0..60.0).contains(&seconds) {
                return None;
            }
            let (whole, fraction) = second.split_once('.').unwrap_or((second, ""));
            let fraction = fraction.trim_end_matches('0');
            let dot = if fraction.is_empty() { "" } else { "." };
            Some(format!("{hour:02}:{minute:02}:{whole:0>2}{dot}{fraction}"))
        }
    };
    Some((format!("{year:04}-{month:02}-{day:02}"), time))
}

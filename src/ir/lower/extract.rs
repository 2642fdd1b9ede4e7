//! EXTRACT: which fields moments and intervals have.

use super::{FIELDS_OF_MOMENTS, Lowerer, Res, error, not_yet};
use crate::function::named;
use crate::*;
use rql_ast::{self as ast, ExprKind, Span};
use rql_diagnostics::{Diagnostic, codes, did_you_mean};

impl Lowerer<'_> {
    /// The Julian day: of a date the days since another, whose number is known.
    fn julian(&mut self, moment: ScalarId, at: Span, span: Span) -> Res<ScalarId> {
        const NUMBER_OF_1970: i64 = 2_440_588;
        if self.ty(moment) != Type::Date {
            let field = ScalarKind::Literal(Literal::Text("julian".to_owned()));
            let field = self.add(field, Type::Text, false, at);
            return Ok(self.call(Func::Extract, vec![field, moment], Type::NUMERIC, span));
        }
        let first = ScalarKind::Literal(Literal::Text("1970-01-01".to_owned()));
        let first = self.add(first, Type::Date, false, span);
        let days = self.invoke("-", named("-"), vec![moment, first], span)?;
        let number = self.whole(NUMBER_OF_1970, span);
        let number = self.invoke("+", named("+"), vec![days, number], span)?;
        let ty = Type::Decimal {
            precision: None,
            scale: Some(0),
        };
        Ok(self.cast(number, ty, true))
    }

    pub(super) fn extract(&mut self, args: &[ast::Arg], span: Span) -> Res<ScalarId> {
        let [field, from] = args else {
            return not_yet(span, "this form of EXTRACT");
        };
        let field_span = self.ast[field.value].span;
        let field = match self.ast[field.value].kind {
            ExprKind::String => self.ast.string(field_span).to_lowercase(),
            _ => self
                .ast
                .text(field_span)
                .trim_matches('"')
                .to_ascii_lowercase(),
        };
        let field = FIELDS_OF_MOMENTS
            .iter()
            .find(|known| known.trim_end_matches('s') == field.trim_end_matches('s'))
            .map_or(field, |known| (*known).to_owned());
        if !FIELDS_OF_MOMENTS.contains(&field.as_str()) {
            let error = Diagnostic::error(codes::UNKNOWN_FUNCTION, format!("no field {field}"))
                .label(field_span, "EXTRACT has no field of this name");
            return Err(Box::new(
                match did_you_mean(&field, FIELDS_OF_MOMENTS.iter().copied()) {
                    Some(near) => error.suggest(format!("did you mean {near}?"), field_span, near),
                    None => error,
                },
            ));
        }
        let mut moment = self.expr(from.value)?;
        if self.ty(moment) == Type::Unknown && !self.is_open(moment) {
            let message = "the type that EXTRACT reads is not known";
            let label = "write DATE, TIMESTAMP or INTERVAL before it";
            if !matches!(self.ir.scalar(moment).kind, ScalarKind::Param(_)) {
                return error(codes::TYPE_MISMATCH, self.span(moment), message, label);
            }
            moment = self.coerce(moment, Type::Timestamp)?;
        }
        let ty = self.ty(moment);
        let calendar = !matches!(
            field.as_str(),
            "hour" | "minute" | "second" | "milliseconds" | "microseconds" | "epoch"
        );
        let allowed = match ty {
            Type::Date => calendar || field == "epoch",
            Type::Time => !calendar,
            Type::Interval => !matches!(
                field.as_str(),
                "week" | "isoyear" | "dow" | "isodow" | "doy" | "julian"
            ),
            ty => ty.is_moment() || ty == Type::Unknown,
        };
        if !allowed {
            let message = format!("{ty} has no {field}");
            let label = "EXTRACT reads dates, times, timestamps and intervals";
            return error(codes::TYPE_MISMATCH, span, message, label);
        }
        if field == "julian" {
            return self.julian(moment, field_span, span);
        }
        let scale = match field.as_str() {
            "second" => 6,
            "milliseconds" => 3,
            "epoch" if ty != Type::Date => 6,
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
}

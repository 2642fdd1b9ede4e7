//! Fields of moments.

use super::super::{Emitter, Res};
use rql_ir::{Func, ScalarId, Type};

impl Emitter<'_> {
    /// A second has a fraction in PostgreSQL.
    pub(super) fn part(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let Some(field) = self.written_text(args[0]).map(str::to_ascii_lowercase) else {
            return Err(self.refuse(self.ir.scalar(id).span, func.name()));
        };
        let exact = matches!(
            self.ir.scalar(args[1]).ty,
            Type::Timestamp | Type::TimestampTz | Type::Time
        );
        let whole = [
            "year", "month", "day", "hour", "minute", "week", "quarter", "dow", "doy",
        ];
        let whole = whole.contains(&field.as_str()) || ["isodow", "isoyear"].contains(&&*field);
        // What date_part gives is a double, and what stands beside it in one column too.
        if whole && func == Func::DatePart {
            self.push(&format!("CAST(date_part('{field}', "));
            return self.wrapped("", &[args[1]], ") AS double)");
        }
        match field.as_str() {
            // What EXTRACT gives is a decimal.
            "second" | "seconds" if func == Func::Extract => {
                self.wrapped("(date_part('microseconds', ", &[args[1]], ") * 0.000001)")
            }
            "epoch" if func == Func::Extract && exact => self.wrapped(
                "(CAST(epoch_us(",
                &[args[1]],
                ") AS decimal(20, 0)) * 0.000001)",
            ),
            "millisecond" | "milliseconds" if func == Func::Extract => {
                self.wrapped("(date_part('microseconds', ", &[args[1]], ") * 0.001)")
            }
            "second" | "seconds" => {
                self.wrapped("(date_part('microseconds', ", &[args[1]], ") / 1000000)")
            }
            "epoch" if func == Func::Extract && self.ir.scalar(args[1]).ty == Type::Date => {
                self.wrapped("CAST(epoch(", &[args[1]], ") AS decimal(20, 0))")
            }
            // A year has 365.25 days; what epoch_us counts has twelve months of thirty.
            "epoch" if func == Func::Extract && self.ir.scalar(args[1]).ty == Type::Interval => {
                self.wrapped("((CAST(epoch_us(", &[args[1]], ") AS decimal(20, 0)) + ")?;
                let years = ") * 453600000000 AS decimal(20, 0))) * 0.000001)";
                self.wrapped("CAST(date_part('year', ", &[args[1]], years)
            }
            "epoch" => self.wrapped("epoch(", &[args[1]], ")"),
            "millisecond" | "milliseconds" => {
                self.wrapped("(date_part('microseconds', ", &[args[1]], ") / 1000)")
            }
            "microsecond" | "microseconds" | "century" | "decade" | "millennium" => {
                self.push(&format!("date_part('{field}', "));
                self.wrapped("", &[args[1]], ")")
            }
            _ if whole => {
                self.push(&format!("date_part('{field}', "));
                self.wrapped("", &[args[1]], ")")
            }
            _ => Err(self.refuse(self.ir.scalar(id).span, &format!("the field {field}"))),
        }
    }

    /// The digits behind the point of what EXTRACT gives there.
    pub(super) fn extracted_scale(&self, args: &[ScalarId]) -> Option<u8> {
        let field = self.written_text(args[0])?.to_ascii_lowercase();
        match (field.trim_end_matches('s'), self.ir.scalar(args[1]).ty) {
            ("second", _) => Some(6),
            ("millisecond", _) => Some(3),
            ("epoch", Type::Date) => Some(0),
            ("epoch", _) => Some(6),
            _ => Some(0),
        }
    }
}

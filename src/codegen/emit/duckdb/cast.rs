//! Conversions, where the two agree on every value or can be made to.

use super::shown::text_of;
use crate::emit::{Emitter, Rep, Res};
use crate::types::{FALSE, TRUE};
use rql_ir::{Literal, ScalarId, ScalarKind, Type};

/// The microseconds of a time of day, or of an interval beside its months and days.
const MICROS: &str = "CAST(date_part('hour', {0}) * 3600000000 + date_part('minute', {0}) * 60000000 \
    + date_part('microseconds', {0}) AS bigint)";

impl Emitter<'_> {
    /// A written conversion where the two agree on every value.
    pub(in crate::emit) fn duckdb_cast(
        &mut self,
        id: ScalarId,
        operand: ScalarId,
        implicit: bool,
        above: u8,
    ) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        let span = self.ir.scalar(id).span;
        self.sites.push(span);
        let constant = matches!(self.ir.scalar(operand).kind, ScalarKind::Literal(_));
        let plain =
            |this: &mut Self, ty: &str| this.wrapped("CAST(", &[operand], &format!(" AS {ty})"));
        match (from, to) {
            (from, to) if to.is_text() => {
                let text = self.duckdb_text(operand, text_of(from));
                self.only_can(text.is_some(), id, from, to)?;
                let text = text.unwrap_or_default();
                match to {
                    Type::Varchar(n) => self.placed(&format!("left({text}, {n})"), &[operand]),
                    Type::Char(n) => {
                        self.placed(&format!("rtrim(left({text}, {n}), ' ')"), &[operand])
                    }
                    _ if from.is_text() => plain(self, "text"),
                    _ => self.placed(&text, &[operand]),
                }
            }
            (Type::Jsonb, Type::Json) => self.scalar(operand, Rep::Plain, above),
            (Type::Jsonb, to) if to.is_number() || to == Type::Boolean => {
                let text = self.duckdb_of_jsonb(to);
                self.only_can(text.is_some(), id, from, to)?;
                self.placed(&text.unwrap_or_default(), &[operand])
            }
            (from, Type::Boolean) if from.is_text() => self.placed(
                &format!(
                    "CASE WHEN lower(trim({{0}})) IN ({TRUE}) THEN true WHEN lower(trim({{0}})) IN ({FALSE}) THEN false \
                     WHEN {{0}} IS NOT NULL THEN error('invalid input syntax for type boolean') END"
                ),
                &[operand],
            ),
            (from, to) if from.is_text() && to.is_integer() => self.digits_only(id, operand, to),
            // Some quotients are doubles there, of which a half goes to the even number.
            (from, to) if from.is_decimal() && from.scale().is_none() && to.is_integer() => {
                self.push("CAST(");
                self.of_digits("round", &[operand])?;
                self.push(&format!(" AS {to})"));
                Ok(())
            }
            (from, Type::Decimal { precision: Some(_), .. }) if from.is_float() => {
                self.digits_of_float(operand, &to.to_string())
            }
            (_, Type::Decimal { precision: Some(_), .. }) if !implicit && self.is_double(operand) => {
                self.push("CAST(");
                self.sure_digits(operand)?;
                self.push(&format!(" AS {to})"));
                Ok(())
            }
            // What PostgreSQL converts by itself DuckDB does too, and to the scale that all need.
            _ if implicit && from.is_number() && to.is_number() && !to.is_float() => {
                self.scalar(operand, Rep::Plain, above)
            }
            (
                from,
                Type::Decimal {
                    precision: None, ..
                },
            ) => match from {
                Type::SmallInt => plain(self, "decimal(5,0)"),
                Type::Integer => plain(self, "decimal(10,0)"),
                Type::BigInt => plain(self, "decimal(19,0)"),
                from if from.is_decimal() => self.scalar(operand, Rep::Plain, above),
                _ => Err(self.refuse(span, &format!("a conversion from {from} to {to}"))),
            },
            // A comma too many and what is no number of JSON are read there.
            (from, Type::Json) if from.is_text() => self.placed(
                r#"CAST(CASE WHEN regexp_matches(regexp_replace({0}, '"(?:[^"\\]|\\.)*"', '0', 'g'), '(?i)nan|inf|,\s*[\]}]') THEN error('invalid input syntax for type json') ELSE {0} END AS json)"#,
                &[operand],
            ),
            (from, Type::Blob) if from.is_text() && !constant => {
                let encoded = match from {
                    // It is kept without the spaces that fill it.
                    Type::Char(n) => format!("encode(rpad({{0}}, {n}, ' '))"),
                    _ => "encode({0})".to_owned(),
                };
                self.placed(
                    &format!(r"CASE WHEN contains({{0}}, '\') THEN error('bytes of a text with a backslash') ELSE {encoded} END"),
                    &[operand],
                )
            }
            (Type::TimestampTz, Type::Time) => {
                self.wrapped("CAST(timezone('UTC', ", &[operand], ") AS time)")
            }
            // A date alone is midnight there.
            (from, Type::Time) if from.is_text() && !constant => self.placed(
                r"CASE WHEN NOT regexp_matches({0}, '^\s*\d\d?:\d\d(:\d\d(\.\d+)?)?\s*$') THEN error('invalid input syntax for type time') ELSE CAST({0} AS time) END",
                &[operand],
            ),
            // Its own division has the digits of a real.
            (from, Type::Real) if from.is_decimal() => {
                self.wrapped("CAST(CAST(", &[operand], " AS double precision) AS real)")
            }
            (Type::Time, Type::Interval) => self.placed(&format!("to_microseconds({MICROS})"), &[operand]),
            (Type::Interval, Type::Time) => {
                let whole = format!("CAST(TIME '00:00:00' + to_microseconds({MICROS}) AS time)");
                self.placed(&whole, &[operand])
            }
            (_, Type::Interval | Type::Json | Type::Jsonb | Type::Blob | Type::Array(_))
                if !constant =>
            {
                self.only_can(from.is_like(to), id, from, to)?;
                self.scalar(operand, Rep::Plain, above)
            }
            (Type::Interval | Type::Array(_), _) => {
                self.only_can(from.is_like(to), id, from, to)?;
                self.scalar(operand, Rep::Plain, above)
            }
            _ => plain(self, &self.held(to).to_string()),
        }
    }

    /// DuckDB reads `1e3` and `1.5` as integers too.
    fn digits_only(&mut self, id: ScalarId, operand: ScalarId, to: Type) -> Res {
        let from = self.ir.scalar(operand).ty;
        self.only_can(self.twice(operand), id, from, to)?;
        self.push("CASE WHEN regexp_matches(");
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(
            r", '[^-+0-9\s]') THEN error('invalid input syntax for type integer') ELSE CAST(",
        );
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(&format!(" AS {to}) END"));
        Ok(())
    }

    /// A value for a column whose length DuckDB does not watch.
    pub(in crate::emit) fn duckdb_assigned(&mut self, value: ScalarId, to: Type, above: u8) -> Res {
        let (Type::Varchar(n) | Type::Char(n)) = to else {
            return self.scalar(value, self.natural(value), above);
        };
        let char = matches!(to, Type::Char(_));
        let short = |text: &str| u32::try_from(text.chars().count()).is_ok_and(|count| count <= n);
        let null = matches!(
            self.ir.scalar(value).kind,
            ScalarKind::Literal(Literal::Null)
        );
        if null || !char && self.written_text(value).is_some_and(short) {
            return self.scalar(value, Rep::Plain, above);
        }
        self.only_can(self.twice(value), value, self.ir.scalar(value).ty, to)?;
        self.sites.push(self.ir.scalar(value).span);
        self.push("CASE WHEN length(rtrim(");
        self.scalar(value, Rep::Plain, 0)?;
        self.push(&format!(
            ", ' ')) > {n} THEN error('value too long for type {to}') ELSE "
        ));
        self.wrapped(if char { "rtrim(" } else { "left(" }, &[value], "")?;
        self.push(&if char {
            ", ' ') END".to_owned()
        } else {
            format!(", {n}) END")
        });
        Ok(())
    }
}

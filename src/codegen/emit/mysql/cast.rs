//! Conversions, and the names of types that CAST knows.

use super::super::{Emitter, Res};
use super::idiom::unless;
use crate::types::{FALSE, TRUE};
use rql_ir::{Agg, ColumnId, Func, Literal, ScalarId, ScalarKind, Type, WindowFunc};

/// How CAST calls a type; `None` where it has no such.
pub(in crate::emit) fn cast_name(ty: Type) -> Option<String> {
    Some(match ty {
        Type::Boolean | Type::SmallInt | Type::Integer | Type::BigInt => "SIGNED".into(),
        Type::Decimal {
            precision: Some(p),
            scale,
        } if p <= 65 && scale.unwrap_or(0) <= 38 => format!("DECIMAL({p},{})", scale.unwrap_or(0)),
        Type::Decimal {
            precision: None,
            scale: Some(scale),
        } if scale < 30 => format!("DECIMAL(65,{scale})"),
        // One digit less than quotients have, which a session knows by theirs.
        Type::Decimal {
            precision: None, ..
        } => "DECIMAL(65,29)".into(),
        Type::Real => "FLOAT".into(),
        Type::Double => "DOUBLE".into(),
        Type::Text | Type::Varchar(_) | Type::Char(_) | Type::Json | Type::Jsonb => "CHAR".into(),
        Type::Blob => "BINARY".into(),
        Type::Date => "DATE".into(),
        Type::Time => "TIME(6)".into(),
        Type::Timestamp | Type::TimestampTz => "DATETIME(6)".into(),
        Type::Uuid => "UUID".into(),
        _ => return None,
    })
}

/// A double as a decimal of its fifteen digits; of 0 there is no logarithm.
const SURE: &str = "CAST(COALESCE(ROUND(CAST({0} AS DECIMAL(65,30)), 14 - FLOOR(LOG10(ABS(NULLIF({0}, 0))))), {0}) AS {to})";

impl Emitter<'_> {
    /// CASE of converted values, each of which is short where CASE is not.
    fn each_branch(&mut self, id: ScalarId, operand: ScalarId, implicit: bool) -> Res {
        let ScalarKind::Case {
            branches,
            otherwise,
        } = &self.ir.scalar(operand).kind
        else {
            return Ok(());
        };
        self.push("CASE");
        for &(when, then) in branches {
            self.wrapped(" WHEN ", &[when], " THEN ")?;
            self.mysql_cast(id, then, implicit, 0)?;
        }
        if let &Some(otherwise) = otherwise {
            self.push(" ELSE ");
            self.mysql_cast(id, otherwise, implicit, 0)?;
        }
        self.push(" END");
        Ok(())
    }

    pub(in crate::emit) fn mysql_cast(
        &mut self,
        id: ScalarId,
        operand: ScalarId,
        implicit: bool,
        above: u8,
    ) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        self.sites.push(self.ir.scalar(id).span);
        let constant = matches!(self.ir.scalar(operand).kind, ScalarKind::Literal(_));
        let null = matches!(
            self.ir.scalar(operand).kind,
            ScalarKind::Literal(Literal::Null)
        );
        if null {
            // Beside it a decimal is a double, which is rounded otherwise.
            self.push(match to {
                Type::Double => "CAST(NULL AS DOUBLE)",
                _ => "NULL",
            });
            return Ok(());
        }
        if to == Type::Interval && from != to {
            return self.only_can(false, id, from, to);
        }
        if implicit && from.is_integer() && to.is_decimal() && self.is_a_digit_short(operand) {
            return self.bracket(above > 8, |this| {
                this.value(operand, 8)?;
                this.push(" + 0");
                Ok(())
            });
        }
        // What is a number to PostgreSQL is the same one there, without being converted; but a real has fewer digits.
        let alike = from.is_number() && to.is_number() && to != Type::Real;
        if from.is_like(to) && !to.is_text() || implicit && alike {
            return self.value(operand, above);
        }
        match (from, to) {
            (Type::Jsonb, to) if to.is_number() || to == Type::Boolean => {
                let text = self.mysql_of_jsonb(to);
                self.only_can(text.is_some(), id, from, to)?;
                self.placed(&text.unwrap_or_default(), &[operand])
            }
            (_, to) if to.is_text() => self.mysql_to_text(id, operand, above),
            (from, to) if to.is_integer() => {
                let fits = from.is_number() || from.is_text() || from == Type::Boolean;
                self.only_can(fits, id, from, to)?;
                self.integer_of(id, operand, above)
            }
            (
                from,
                Type::Decimal {
                    precision: None, ..
                },
            ) if from.is_integer() => self.wrapped("CAST(", &[operand], " AS DECIMAL(20,0))"),
            (
                from,
                Type::Decimal {
                    precision: None, ..
                },
            ) if from.is_decimal() => self.value(operand, above),
            // Six digits of a real are sure, and it has no more as a text.
            (Type::Real, to) if to.is_decimal() => match cast_name(to) {
                Some(name) => {
                    let more = format!(" AS FLOAT) AS CHAR) AS {name})");
                    self.wrapped("CAST(CAST(CAST(", &[operand], &more)
                }
                None => self.only_can(false, id, from, to),
            },
            // Fifteen digits of a double are sure, and it would have seventeen.
            (Type::Double, to) if to.is_decimal() && !constant => match cast_name(to) {
                Some(_) if let ScalarKind::Case { .. } = self.ir.scalar(operand).kind => {
                    self.each_branch(id, operand, implicit)
                }
                Some(name) => {
                    self.only_can(self.twice(operand), id, from, to)?;
                    let sure = SURE.replace("{to}", &name);
                    self.placed(&sure, &[operand])
                }
                None => self.only_can(false, id, from, to),
            },
            (from, to) if to.is_decimal() && (from.is_number() || from.is_text()) => {
                self.as_type(id, operand, to)
            }
            (from, Type::Double) if from.is_number() || from.is_text() => {
                self.as_type(id, operand, to)
            }
            (from, Type::Real) if from.is_number() => self.real_of(id, operand),
            (Type::Integer, Type::Boolean) => self.bracket(above > 5, |this| {
                this.value(operand, 6)?;
                this.push(" <> 0");
                Ok(())
            }),
            (Type::Unknown, to) if !constant => {
                self.only_can(cast_name(to).is_some(), id, from, to)?;
                self.as_type(id, operand, to)
            }
            (
                Type::Date | Type::Timestamp | Type::TimestampTz,
                Type::Date | Type::Timestamp | Type::TimestampTz,
            ) => self.as_type(id, operand, to),
            (Type::Timestamp | Type::TimestampTz, Type::Time) => self.as_type(id, operand, to),
            (from, to) if from.is_text() && constant => {
                self.only_can(cast_name(to).is_some(), id, from, to)?;
                self.as_type(id, operand, to)
            }
            (from, Type::Date | Type::Timestamp) if from.is_text() => self.moment_of(id, operand),
            (Type::Jsonb, Type::Json) => self.value(operand, above),
            (from, Type::Blob) if from.is_text() && !constant => {
                let bytes = match from {
                    // It is kept without the spaces that fill it.
                    Type::Char(n) => format!("CAST(RPAD({{0}}, {n}, ' ') AS BINARY)"),
                    _ => "CAST({0} AS BINARY)".to_owned(),
                };
                let text = unless(
                    "[0A000] bytes of a text with a backslash",
                    r"LOCATE('\', {0}) > 0",
                    &bytes,
                );
                self.placed(&text, &[operand])
            }
            (from, Type::Boolean) if from.is_text() => {
                let value = format!("LOWER(TRIM({{0}})) IN ({TRUE})");
                let other = format!("LOWER(TRIM({{0}})) NOT IN ({TRUE}, {FALSE})");
                let text = unless(
                    "[22P02] invalid input syntax for type boolean",
                    &other,
                    &value,
                );
                self.placed(&text, &[operand])
            }
            (from, Type::Json) if from.is_text() => {
                self.only_can(self.twice(operand), id, from, to)?;
                self.document(|this| this.value(operand, 0))
            }
            _ => self.only_can(false, id, from, to),
        }
    }

    /// True for an integer that is a written one behind a function: MariaDB counts a digit less there, and cuts
    /// `nullif(42, 1) * 2.5` to 99.9.
    fn is_a_digit_short(&self, id: ScalarId) -> bool {
        self.is_short_of(id, &mut Vec::new())
    }

    /// The same, where the columns that are `seen` are looked at already: what a pass puts around makes them again.
    fn is_short_of(&self, id: ScalarId, seen: &mut Vec<ColumnId>) -> bool {
        let mut written = |id: &ScalarId| {
            matches!(self.ir.scalar(*id).kind, ScalarKind::Literal(_))
                || self.is_short_of(*id, seen)
        };
        match &self.ir.scalar(id).kind {
            ScalarKind::Cast { operand, .. } => written(operand),
            ScalarKind::Column(column) | ScalarKind::Subquery { column, .. } => {
                if seen.contains(column) {
                    return false;
                }
                seen.push(*column);
                let asked = matches!(self.ir.scalar(id).kind, ScalarKind::Subquery { .. });
                self.made_of(*column).is_some_and(|made| {
                    let literal = matches!(self.ir.scalar(made).kind, ScalarKind::Literal(_));
                    asked && literal || self.is_short_of(made, seen)
                })
            }
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                let mut values = branches.iter().map(|branch| branch.1).chain(*otherwise);
                values.all(|value| written(&value))
            }
            ScalarKind::Call { func, args } => match func {
                Func::Coalesce | Func::Greatest | Func::Least => args.iter().all(&mut written),
                Func::Nullif | Func::Abs | Func::Sign | Func::Div | Func::IntDiv | Func::Mod => {
                    args.first().is_some_and(&mut written)
                }
                _ => false,
            },
            ScalarKind::Aggregate { func, args, .. }
            | ScalarKind::Window {
                func: WindowFunc::Agg(func),
                args,
                ..
            } => matches!(func, Agg::Min | Agg::Max) && args.first().is_some_and(&mut written),
            ScalarKind::Window { args, .. } => args.first().is_some_and(&mut written),
            _ => false,
        }
    }

    pub(super) fn as_type(&mut self, id: ScalarId, operand: ScalarId, to: Type) -> Res {
        let from = self.ir.scalar(operand).ty;
        let Some(name) = cast_name(to) else {
            return self.only_can(false, id, from, to);
        };
        self.wrapped("CAST(", &[operand], &format!(" AS {name})"))
    }

    /// FLOAT clamps what it does not hold.
    fn real_of(&mut self, id: ScalarId, operand: ScalarId) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        if from.is_integer() {
            return self.as_type(id, operand, to);
        }
        self.only_can(self.twice(operand), id, from, to)?;
        self.unless(
            "[22003] value out of range: overflow",
            |this| this.wrapped("ABS(", &[operand], ") > 3.4028235e38"),
            |this| this.as_type(id, operand, to),
        )
    }

    /// Only ISO text is read, as many other forms mean other days to the two.
    fn moment_of(&mut self, id: ScalarId, operand: ScalarId) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        self.only_can(self.twice(operand), id, from, to)?;
        self.unless(
            "[22007] invalid input syntax for a date",
            |this| {
                this.value(operand, 7)?;
                let time = if to == Type::Date {
                    ""
                } else {
                    r"([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?"
                };
                this.push(&format!(
                    r" NOT REGEXP '\A\s*\d{{4}}-\d{{2}}-\d{{2}}{time}\s*\z'"
                ));
                Ok(())
            },
            |this| this.as_type(id, operand, to),
        )
    }

    fn mysql_to_text(&mut self, id: ScalarId, operand: ScalarId, above: u8) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        match to {
            Type::Varchar(_) => self.push("LEFT("),
            Type::Char(_) => self.push("RTRIM(LEFT("),
            _ => return self.value_text(id, operand, ("true", "false"), above),
        }
        self.value_text(id, operand, ("true", "false"), 0)?;
        match to {
            Type::Varchar(n) => self.push(&format!(", {n})")),
            Type::Char(n) => self.push(&format!(", {n}))")),
            _ => {}
        }
        self.only_can(from != Type::Unknown, id, from, to)
    }

    /// A value as PostgreSQL writes it; truth values have two spellings.
    pub(super) fn value_text(
        &mut self,
        id: ScalarId,
        operand: ScalarId,
        truth: (&str, &str),
        above: u8,
    ) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        match from {
            from if from.is_text() => self.value(operand, above),
            Type::Unknown => match self.ir.scalar(operand).kind {
                ScalarKind::Literal(_) => self.value(operand, above),
                _ => Err(self.untyped("a conversion to text", operand)),
            },
            Type::Boolean => {
                self.push("CASE ");
                self.value(operand, 20)?;
                self.push(&format!(
                    " WHEN 1 THEN '{}' WHEN 0 THEN '{}' END",
                    truth.0, truth.1
                ));
                Ok(())
            }
            // MariaDB counts the digits of a quotient by those of its dividend, and cuts its sign off where a row is sorted.
            from if from.is_integer()
                && matches!(self.ir.scalar(operand).kind, ScalarKind::Call { .. }) =>
            {
                self.wrapped("CAST(", &[operand], " AS CHAR(20))")
            }
            // The digits of a decimal are the type's where that says how many.
            from if from.is_integer() || from.scale().is_some() && !self.is_of_scales(operand) => {
                self.wrapped("CAST(", &[operand], " AS CHAR)")
            }
            Type::Double => self.placed(&double_text(), &[operand]),
            Type::Array(_) => self.mysql_array_text(operand),
            Type::Interval => self.shown_interval(operand),
            Type::Date | Type::Uuid | Type::Json | Type::Jsonb => {
                self.wrapped("CAST(", &[operand], " AS CHAR)")
            }
            Type::Time | Type::Timestamp => {
                let name = cast_name(from).unwrap_or_default();
                self.push("TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM ");
                self.wrapped("CAST(CAST(", &[operand], &format!(" AS {name}) AS CHAR)))"))
            }
            _ => self.only_can(false, id, from, to),
        }
    }
}

/// The text of a double as PostgreSQL writes it: from 15 digits on with an exponent, as there, and below 0.0001; of a
/// zero's sign MariaDB shows nothing, but its angle.
pub(super) fn double_text() -> String {
    let own = "CAST(({0} * 1e0) AS CHAR)";
    let digits = format!(r"REGEXP_REPLACE({own}, '^(-?)0\.0*', '\1')");
    let zeros = format!(r"CHAR_LENGTH(REGEXP_REPLACE({own}, '^-?0\.(0*).*$', '\1'))");
    format!(
        r"CASE WHEN {{0}} = 0 AND ATAN2({{0}}, -1) < 0 THEN '-0' WHEN {{0}} <> 0 AND ABS({{0}}) < 1e-4 AND LOCATE('e', {own}) = 0 THEN CONCAT(REGEXP_REPLACE({digits}, '^(-?\d)(\d+)$', '\1.\2'), 'e-', LPAD({zeros} + 1, 2, '0')) ELSE REGEXP_REPLACE(REGEXP_REPLACE({own}, 'e(\d+)$', 'e+\1'), 'e([-+])(\d)$', 'e\10\2') END"
    )
}

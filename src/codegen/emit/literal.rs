//! Literals, each in a spelling that gives its value exactly.

use super::{Emitter, Rep, Res};
use crate::Dialect;
use rql_ir::{Literal, Scalar, ScalarKind, Type, decimal_text};

impl Emitter<'_> {
    /// Refuses what lies beyond all moments, where moments are texts or numbers alone.
    pub(super) fn only_moments(&self) -> Res {
        if self.dialect == Dialect::Postgresql {
            return Ok(());
        }
        let beyond = |scalar: &&Scalar| {
            let text = matches!(&scalar.kind, ScalarKind::Literal(Literal::Text(text)) if text.ends_with("infinity"));
            text && scalar.ty.is_moment()
        };
        match self.ir.scalars.iter().find(beyond) {
            Some(scalar) => {
                let help = "a far date stands for it, such as '9999-12-31', or NULL";
                Err(self.no(scalar.span, "infinity as a moment", help))
            }
            None => Ok(()),
        }
    }

    pub(super) fn literal(&mut self, literal: &Literal, scalar: &Scalar, above: u8) -> Res {
        let ty = scalar.ty;
        let sqlite = self.dialect == Dialect::Sqlite;
        if self.is_mysql()
            && let Some(done) = self.mysql_literal(literal, scalar, above)
        {
            return done;
        }
        match literal {
            Literal::Null
                if !sqlite && !matches!(ty, Type::Unknown | Type::Text | Type::Record) =>
            {
                self.push(&format!("CAST(NULL AS {})", self.held(ty)));
            }
            Literal::Null => self.push("NULL"),
            Literal::Boolean(value) => self.push(if *value { "TRUE" } else { "FALSE" }),
            // Its digits alone are a bigint there.
            Literal::Integer(value)
                if *value == i64::from(i32::MIN) && self.dialect == Dialect::Duckdb =>
            {
                self.push(&format!("CAST({value} AS {ty})"));
            }
            Literal::Integer(value) => {
                return self.bracket(*value < 0 && above > 0, |this| {
                    this.push(&value.to_string());
                    Ok(())
                });
            }
            Literal::Decimal(units) => {
                let text = decimal_text(*units, ty.scale().unwrap_or(0));
                match self.computed(ty) {
                    Rep::Scaled(_) => match i64::try_from(*units) {
                        Ok(units) => self.push(&units.to_string()),
                        Err(_) => {
                            return Err(self.refuse(scalar.span, "a decimal of so many digits"));
                        }
                    },
                    Rep::Numeric => self.string(&text),
                    _ => {
                        // Digits alone would be read as an integer.
                        let integer =
                            i64::try_from(*units).is_ok() || self.dialect == Dialect::Duckdb;
                        let whole = !text.contains('.') && integer;
                        return self.bracket(*units < 0 && above > 0, |this| {
                            this.push(&text);
                            this.push(if whole { "." } else { "" });
                            Ok(())
                        });
                    }
                }
            }
            Literal::Double(text) => return self.double(text, scalar),
            Literal::Text(text) => {
                let zone = ty == Type::TimestampTz && !sqlite;
                if sqlite && ty == Type::Json {
                    self.push("rql_json(");
                    self.string(text);
                    self.push(")");
                } else if sqlite && ty == Type::Jsonb {
                    self.push("rql_jsonb(");
                    self.string(text);
                    self.push(")");
                } else if ty == Type::Jsonb && self.dialect == Dialect::Duckdb {
                    let normal = self.normal(text, scalar.span)?;
                    self.push("JSON ");
                    self.string(&normal);
                } else if ty == Type::Json && self.dialect == Dialect::Duckdb {
                    self.only_document(text, scalar.span)?;
                    self.push("JSON ");
                    self.string(text);
                } else if sqlite || ty.is_text() || ty == Type::Unknown {
                    self.string(text);
                } else if let Type::Array(_) = ty {
                    self.push("CAST(");
                    self.string(text);
                    self.push(&format!(" AS {ty})"));
                } else {
                    self.push(&format!("{} ", ty.to_string().to_uppercase()));
                    self.string(&format!("{text}{}", if zone { "+00" } else { "" }));
                }
            }
            Literal::Blob(hex) if sqlite => self.push(&format!("X'{hex}'")),
            Literal::Blob(hex) if self.dialect == Dialect::Duckdb => {
                self.push("CAST('");
                for byte in hex.as_bytes().chunks(2) {
                    self.push("\\x");
                    self.push(core::str::from_utf8(byte).unwrap_or_default());
                }
                self.push("' AS blob)");
            }
            Literal::Blob(hex) => self.push(&format!("CAST('\\x{hex}' AS bytea)")),
            Literal::Interval {
                months,
                days,
                micros,
            } if sqlite => {
                self.push(&format!("rql_make_interval({months}, {days}, {micros})"));
            }
            Literal::Interval {
                months,
                days,
                micros,
            } => {
                let mut parts = Vec::new();
                for (count, unit) in [(*months, "months"), (*days, "days")] {
                    if count != 0 {
                        parts.push(format!("{count} {unit}"));
                    }
                }
                if *micros != 0 || parts.is_empty() {
                    parts.push(format!("{} microseconds", micros));
                }
                self.push(&format!("INTERVAL '{}'", parts.join(" ")));
            }
        }
        Ok(())
    }

    fn double(&mut self, text: &str, scalar: &Scalar) -> Res {
        let value: f64 = text.parse().unwrap_or(f64::NAN);
        if self.dialect != Dialect::Sqlite {
            // What is no number without quotes; bare, a zero has lost its sign before it is converted.
            let bare = value.is_finite() && !(value == 0.0 && value.is_sign_negative());
            let quote = if bare { "" } else { "'" };
            self.push(&format!("CAST({quote}{text}{quote} AS {})", scalar.ty));
            return Ok(());
        }
        if value.is_nan() {
            return Err(self.refuse(scalar.span, "NaN"));
        }
        if value.is_infinite() {
            self.push(if value > 0.0 { "9e999" } else { "-9e999" });
        } else {
            let real = scalar.ty == Type::Real;
            let point = match text.contains(['.', 'e', 'E']) {
                true => "",
                false => ".0",
            };
            self.push(if real { "rql_real(" } else { "" });
            self.push(&format!("{text}{point}"));
            self.push(if real { ")" } else { "" });
        }
        Ok(())
    }
}

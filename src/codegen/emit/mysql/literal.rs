//! Literals and parameters.

use super::super::{Emitter, Res};
use super::cast::cast_name;
use rql_ir::{Literal, Scalar, ScalarId, Type};

impl Emitter<'_> {
    /// Writes a NULL that is a column of a query in FROM, and says so: of none its type is a text's, which a
    /// number beside it in a set operation takes.
    pub(in crate::emit) fn mysql_null(&mut self, id: ScalarId) -> bool {
        self.is_mysql() && self.is_null(id) && self.null_number(self.ir.scalar(id).ty)
    }

    /// Writes the NULL of a type of numbers; false for another type.
    pub(in crate::emit) fn null_number(&mut self, ty: Type) -> bool {
        let name = match ty {
            ty if ty.is_integer() => "SIGNED",
            // More digits would take those of the numbers beside it.
            ty if ty.is_decimal() => "DECIMAL(1,0)",
            Type::Double => "DOUBLE",
            _ => return false,
        };
        self.push(&format!("CAST(NULL AS {name})"));
        true
    }

    /// A literal that is written otherwise there; `None` where it is not.
    pub(in crate::emit) fn mysql_literal(
        &mut self,
        literal: &Literal,
        scalar: &Scalar,
        above: u8,
    ) -> Option<Res> {
        let ty = scalar.ty;
        match literal {
            Literal::Null => self.push("NULL"),
            Literal::Double(text) => {
                let value: f64 = text.parse().unwrap_or(f64::NAN);
                if !value.is_finite() {
                    return Some(Err(self.refuse(scalar.span, "a double that is no number")));
                }
                let exponent = text.contains(['e', 'E']);
                let text = format!("{text}{}", if exponent { "" } else { "e0" });
                return Some(self.bracket(text.starts_with('-') && above > 0, |this| {
                    this.push(&text);
                    Ok(())
                }));
            }
            Literal::Text(text) if ty.is_moment() || ty == Type::Time => {
                // Years of other than four digits are read otherwise.
                let plain = ty == Type::Time || text.as_bytes().get(4) == Some(&b'-');
                if !plain || text.contains("BC") {
                    return Some(Err(self.refuse(scalar.span, "this moment")));
                }
                self.push(match ty {
                    Type::Date => "DATE ",
                    Type::Time => "TIME ",
                    _ => "TIMESTAMP ",
                });
                self.string(text);
            }
            Literal::Text(text) if ty == Type::Uuid => {
                self.push("CAST(");
                self.string(text);
                self.push(" AS UUID)");
            }
            Literal::Text(text) => match ty {
                Type::Interval => return Some(self.only_values_of(scalar)),
                Type::Array(_) => return Some(Err(self.refuse(scalar.span, "such an array"))),
                Type::Json => {
                    return Some(self.document(|this| {
                        this.string(text);
                        Ok(())
                    }));
                }
                Type::Jsonb => match self.normal(text, scalar.span) {
                    Ok(normal) => self.string(&normal),
                    Err(refused) => return Some(Err(refused)),
                },
                _ => self.string(text),
            },
            Literal::Blob(hex) => self.push(&format!("X'{hex}'")),
            Literal::Interval {
                months,
                days,
                micros,
            } => self.push(&format!("'[{months},{days},{micros}]'")),
            Literal::Boolean(_) | Literal::Integer(_) | Literal::Decimal(_) => return None,
        }
        Some(Ok(()))
    }

    /// A mark; what is bound as text says its type.
    pub(in crate::emit) fn mysql_param(&mut self, at: usize, ty: Type) {
        self.marks.push(at);
        let bound = matches!(
            ty,
            Type::Decimal { .. } | Type::Date | Type::Time | Type::Timestamp | Type::TimestampTz
        );
        match cast_name(ty).filter(|_| bound) {
            Some(name) => self.push(&format!("CAST(? AS {name})")),
            None => self.push("?"),
        }
    }
}

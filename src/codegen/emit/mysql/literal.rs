//! Literals and parameters.

use super::super::{Def, Emitter, Res};
use super::cast::cast_name;
use rql_ir::function::Nulls;
use rql_ir::{Agg, Func, Literal, Scalar, ScalarId, ScalarKind, Type, WindowFunc};

/// How far down what makes a value is looked for.
const MOST_LEVELS: u8 = 24;

/// The type of a NULL among numbers.
fn null_name(ty: Type) -> Option<&'static str> {
    Some(match ty {
        ty if ty.is_integer() => "SIGNED",
        // More digits would take those of the numbers beside it.
        ty if ty.is_decimal() => "DECIMAL(1,0)",
        Type::Double => "DOUBLE",
        _ => return None,
    })
}

impl Emitter<'_> {
    /// Writes a NULL that is a column of a query in FROM, and says so: of none its type is a text's, which a
    /// number beside it in a set operation takes.
    pub(in crate::emit) fn mysql_null(&mut self, id: ScalarId) -> Res<bool> {
        let ty = self.ir.scalar(id).ty;
        if !self.is_mysql() || !self.is_only_null(id, MOST_LEVELS) {
            return Ok(false);
        }
        if self.is_null(id) {
            return Ok(self.null_number(ty));
        }
        let Some(name) = null_name(ty) else {
            return Ok(false);
        };
        // What it reads may fail.
        self.wrapped("CAST(", &[id], &format!(" AS {name})"))?;
        Ok(true)
    }

    /// Writes a value that a function passes on, a NULL with its type.
    pub(super) fn typed(&mut self, id: ScalarId) -> Res {
        match self.mysql_null(id)? {
            true => Ok(()),
            false => self.value(id, 0),
        }
    }

    /// True for what is NULL whatever it reads, so many levels down: a recursive query is made of itself.
    fn is_only_null(&self, id: ScalarId, levels: u8) -> bool {
        let Some(levels) = levels.checked_sub(1) else {
            return false;
        };
        match &self.ir.scalar(id).kind {
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                let mut values = branches.iter().map(|branch| branch.1).chain(*otherwise);
                values.all(|id| self.is_only_null(id, levels))
            }
            ScalarKind::Call { func, args } => match func {
                Func::Nullif => self.is_only_null(args[0], levels),
                Func::Coalesce | Func::Greatest | Func::Least => {
                    args.iter().all(|&id| self.is_only_null(id, levels))
                }
                func => {
                    let strict = func.row().nulls == Nulls::Strict;
                    strict && args.iter().any(|&id| self.is_only_null(id, levels))
                }
            },
            ScalarKind::Aggregate { func, args, .. }
            | ScalarKind::Window {
                func: WindowFunc::Agg(func),
                args,
                ..
            } => {
                let kept = matches!(
                    func,
                    Agg::Min | Agg::Max | Agg::AnyValue | Agg::Sum | Agg::Avg
                );
                kept && args.iter().all(|&id| self.is_only_null(id, levels))
            }
            ScalarKind::Window { func, args, .. } => match func {
                WindowFunc::Lag | WindowFunc::Lead => {
                    let values = args.iter().step_by(2);
                    values.copied().all(|id| self.is_only_null(id, levels))
                }
                WindowFunc::FirstValue | WindowFunc::LastValue | WindowFunc::NthValue => {
                    self.is_only_null(args[0], levels)
                }
                _ => false,
            },
            ScalarKind::Subquery { column, .. } => {
                let made = self.made_of(*column);
                made.is_some_and(|made| self.is_only_null(made, levels))
            }
            ScalarKind::Column(column) => match self.definition(*column) {
                Some(&Def::Inline(made)) => self.is_only_null(made, levels),
                _ => {
                    let made = self.made_of(*column);
                    made.is_some_and(|made| self.is_only_null(made, levels))
                }
            },
            _ => self.is_null(id),
        }
    }

    /// Writes the NULL of a type of numbers; false for another type.
    pub(in crate::emit) fn null_number(&mut self, ty: Type) -> bool {
        if let Some(name) = null_name(ty) {
            self.push(&format!("CAST(NULL AS {name})"));
        }
        null_name(ty).is_some()
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
                let mut text = text.clone();
                // It is a double there: the one that this real is.
                if ty == Type::Real {
                    text = f64::from(value as f32).to_string();
                }
                let exponent = text.contains(['e', 'E']);
                text.push_str(if exponent { "" } else { "e0" });
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

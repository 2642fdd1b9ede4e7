//! AND and OR as values, whose second operand PostgreSQL does not compute where the first says it all: elsewhere it is, and
//! may fail.

use super::{Def, Emitter, Rep, Res};
use crate::Dialect;
use rql_ir::{Func, Literal, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    /// Writes a conjunction or a disjunction so that what may fail is behind what guards it; false where nothing has to be.
    /// A condition of rows is computed from the left by itself.
    pub(super) fn guarded(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res<bool> {
        let of_two = matches!(self.dialect, Dialect::Sqlite | Dialect::Duckdb);
        if !of_two || !matches!(func, Func::And | Func::Or) || self.condition == Some(id) {
            return Ok(false);
        }
        let mut parts = Vec::new();
        for &arg in args {
            self.parts_of(arg, func, &mut parts);
        }
        self.guard(func, &parts)
    }

    /// What stands between operators of one kind.
    fn parts_of(&self, id: ScalarId, func: Func, parts: &mut Vec<ScalarId>) {
        match &self.ir.scalar(id).kind {
            ScalarKind::Call { func: own, args } if *own == func => {
                args.iter().for_each(|&arg| self.parts_of(arg, func, parts));
            }
            _ => parts.push(id),
        }
    }

    fn guard(&mut self, func: Func, parts: &[ScalarId]) -> Res<bool> {
        let fails = (1..parts.len()).find(|&at| self.may_fail(parts[at]));
        let Some(at) = fails else {
            return Ok(false);
        };
        let (first, rest) = parts.split_at(at);
        let (when, then) = match func {
            Func::And => ("CASE WHEN NOT (", ") THEN FALSE ELSE "),
            _ => ("CASE WHEN ", " THEN TRUE ELSE "),
        };
        self.push(when);
        self.joined(func, first)?;
        self.push(then);
        if first.iter().any(|&part| self.ir.scalar(part).nullable) {
            self.joined(func, first)?;
            self.push(word(func));
        }
        if !self.guard(func, rest)? {
            self.joined(func, rest)?;
        }
        self.push(" END");
        Ok(true)
    }

    fn joined(&mut self, func: Func, parts: &[ScalarId]) -> Res {
        for (at, &part) in parts.iter().enumerate() {
            self.push(if at > 0 { word(func) } else { "" });
            self.scalar(part, Rep::Plain, 3)?;
        }
        Ok(())
    }

    /// True for what fails for some rows, beyond what has no room: a quotient, a root, a conversion that reads a text or
    /// makes a number shorter.
    fn may_fail(&self, id: ScalarId) -> bool {
        let mut fails = false;
        self.ir.walk(id, &mut |scalar| {
            fails |= match &scalar.kind {
                ScalarKind::Call { func, args } => match func {
                    Func::Div | Func::IntDiv | Func::Mod => {
                        args.get(1).is_none_or(|&by| !self.is_divisor(by))
                    }
                    Func::Sqrt | Func::Ln | Func::Log | Func::LogBase | Func::Power => true,
                    Func::Chr | Func::DateTrunc | Func::MakeDate | Func::ToDate => true,
                    Func::Format | Func::WidthBucket => true,
                    _ => false,
                },
                ScalarKind::Cast { operand, .. } => {
                    let (from, to) = (self.ir.scalar(*operand).ty, scalar.ty);
                    let written = matches!(self.ir.scalar(*operand).kind, ScalarKind::Literal(_));
                    let read = from.is_text() && !to.is_text();
                    let shorter = to.is_integer() || to.is_decimal() && to != Type::NUMERIC;
                    let of_elements = matches!(to, Type::Array(_));
                    !written && (read || of_elements || from.is_number() && shorter)
                }
                ScalarKind::Column(column) => match self.definition(*column) {
                    Some(&Def::Inline(inner)) => self.may_fail(inner),
                    _ => false,
                },
                _ => false,
            };
        });
        fails
    }

    /// True for a written number that is not zero.
    fn is_divisor(&self, id: ScalarId) -> bool {
        match &self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Integer(value)) => *value != 0,
            ScalarKind::Literal(Literal::Decimal(value)) => *value != 0,
            _ => false,
        }
    }
}

const fn word(func: Func) -> &'static str {
    match func {
        Func::And => " AND ",
        _ => " OR ",
    }
}

//! Decimals that DuckDB computes as doubles: roots, logarithms, powers, variances. The double next to 1.005 is less than
//! that, so that its fifteen digits are what is rounded or cut off.

use super::super::{Emitter, Rep, Res};
use super::scale::Seen;
use crate::Dialect;
use rql_ir::{Agg, ColumnId, Func, ScalarId, ScalarKind, Type, WindowFunc};

/// What makes a decimal of fifteen digits of a double.
const SURE: [&str; 2] = ["CAST(printf('%.15g', ", ") AS decimal(38, 16))"];

impl Emitter<'_> {
    /// A function of a number that counts its digits.
    pub(super) fn of_digits(&mut self, name: &str, args: &[ScalarId]) -> Res {
        self.push(name);
        self.push("(");
        for (at, &arg) in args.iter().enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            match at {
                0 => match self.cut_off(args) {
                    Some(wide) => self.wrapped("CAST(", &[arg], &wide)?,
                    None => self.sure_digits(arg)?,
                },
                _ => self.scalar(arg, Rep::Plain, 0)?,
            }
        }
        self.push(")");
        Ok(())
    }

    /// A type that has more digits than are cut off before the point, since of a NULL column with fewer it gives 0; and
    /// one that has those which are kept, since it keeps no more than there are.
    fn cut_off(&self, args: &[ScalarId]) -> Option<String> {
        let &[value, digits] = args else {
            return None;
        };
        let ty = self.ir.scalar(value).ty;
        if !ty.is_decimal() || self.is_double(value) {
            return None;
        }
        let (digits, scale) = (self.number(digits)?, self.duckdb_scale(value)?);
        let wider = digits > i64::from(scale) && digits <= 18;
        let scale = if wider { digits } else { scale.into() };
        (wider || digits < 0).then(|| format!(" AS decimal(38, {scale}))"))
    }

    /// A number; of a double that PostgreSQL has as a decimal the digits that are sure.
    pub(super) fn sure_digits(&mut self, id: ScalarId) -> Res {
        match self.is_double(id) {
            true => self.wrapped(SURE[0], &[id], SURE[1]),
            false => self.scalar(id, Rep::Plain, 0),
        }
    }

    /// True for a decimal that is a double there.
    pub(super) fn is_double(&self, id: ScalarId) -> bool {
        self.dialect == Dialect::Duckdb && self.is_of_doubles(id, &mut Vec::new())
    }

    fn is_of_doubles(&self, id: ScalarId, seen: &mut Vec<ColumnId>) -> bool {
        let scalar = self.ir.scalar(id);
        if !scalar.ty.is_decimal() {
            return false;
        }
        let mut any = |ids: &[ScalarId]| ids.iter().any(|&id| self.is_of_doubles(id, seen));
        match &scalar.kind {
            ScalarKind::Column(column) | ScalarKind::Subquery { column, .. } => {
                if seen.contains(column) {
                    return false;
                }
                seen.push(*column);
                let made = self.made_of(*column);
                made.is_some_and(|made| self.is_of_doubles(made, seen))
            }
            ScalarKind::Cast {
                operand, implicit, ..
            } => {
                let kept = matches!(
                    scalar.ty,
                    Type::Decimal {
                        precision: None,
                        ..
                    }
                );
                (*implicit || kept) && any(&[*operand])
            }
            ScalarKind::Case {
                branches,
                otherwise,
            } => {
                let values = branches.iter().map(|branch| branch.1).chain(*otherwise);
                any(&values.collect::<Vec<_>>())
            }
            ScalarKind::Aggregate { func, args, .. }
            | ScalarKind::Window {
                func: WindowFunc::Agg(func),
                args,
                ..
            } => match func {
                Agg::Avg => !self.is_exact_mean(args, &Seen::default()),
                Agg::StddevSamp | Agg::StddevPop | Agg::VarSamp | Agg::VarPop => true,
                Agg::Sum | Agg::Min | Agg::Max => any(args),
                _ => false,
            },
            ScalarKind::Window { args, .. } => any(args),
            ScalarKind::Call { func, args } => match func {
                Func::Sqrt | Func::Exp | Func::Ln | Func::Log | Func::LogBase | Func::Power => true,
                Func::Div => self.quotient_digits(args, &Seen::default()).is_none(),
                Func::Mul
                    if args
                        .iter()
                        .any(|&arg| self.is_double_factor(*func, arg, args)) =>
                {
                    true
                }
                Func::Mul
                | Func::Add
                | Func::Sub
                | Func::Neg
                | Func::Abs
                | Func::Coalesce
                | Func::Greatest
                | Func::Least
                | Func::Nullif => any(args),
                _ => false,
            },
            _ => false,
        }
    }
}

//! Decimals that DuckDB computes as doubles: roots, logarithms, powers, variances. The double next to 1.005 is less than
//! that, so that its fifteen digits are what is rounded or cut off.

use super::super::scales::Whole;
use super::super::{Emitter, Rep, Res};
use super::scale::Seen;
use crate::Dialect;
use rql_ir::{Agg, ColumnId, Func, ScalarId, ScalarKind, Type, WindowFunc};

/// What makes a decimal of fifteen digits of a double.
const SURE: [&str; 2] = ["CAST(printf('%.15g', ", ") AS decimal(38, 16))"];

/// Where PostgreSQL's decimals have more digits before the point than a double is sure of.
pub(super) const MOST_EXACT: &str = "1e12";
pub(super) const TOO_LONG: &str = "the result needs more digits than DuckDB computes";

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
        match self.ir.scalar(id).kind {
            ScalarKind::Cast { operand, .. } if self.is_of_float(id) => {
                self.digits_of_float(operand, "decimal(38, 20)")
            }
            ScalarKind::Call { ref args, .. } if self.is_of_float(id) => {
                let negated = args[0];
                self.push("-");
                self.sure_digits(negated)
            }
            _ if self.is_double(id) => self.wrapped(SURE[0], &[id], SURE[1]),
            _ => self.scalar(id, Rep::Plain, 0),
        }
    }

    /// True for a float that is converted to a decimal of as many digits as it has, perhaps negated.
    fn is_of_float(&self, id: ScalarId) -> bool {
        let scalar = self.ir.scalar(id);
        match &scalar.kind {
            ScalarKind::Cast { operand, .. } => {
                let open = scalar.ty.is_decimal() && scalar.ty.scale().is_none();
                open && self.ir.scalar(*operand).ty.is_float()
            }
            ScalarKind::Call {
                func: Func::Neg,
                args,
            } => self.is_of_float(args[0]),
            _ => false,
        }
    }

    /// The digits of a float that PostgreSQL takes for sure: fifteen, of a real six.
    pub(super) fn digits_of_float(&mut self, id: ScalarId, to: &str) -> Res {
        let real = self.ir.scalar(id).ty == Type::Real;
        let digits = if real { 6 } else { 15 };
        let open = format!("CAST(printf('%.{digits}g', ");
        self.wrapped(&open, &[id], &format!(") AS {to})"))
    }

    /// Near 1 a double has lost what the logarithm is made of: `ln x = 2 atanh((x - 1) / (x + 1))`.
    pub(super) fn logarithm(&mut self, id: ScalarId, func: Func, arg: ScalarId) -> Res {
        self.only_if(self.twice(arg), id, func)?;
        self.push("CASE WHEN ");
        self.scalar(arg, Rep::Plain, 7)?;
        self.push(" BETWEEN 0.9 AND 1.1 THEN 2 * atanh(CAST(");
        self.scalar(arg, Rep::Plain, 9)?;
        self.push(" - 1 AS double) / CAST(");
        self.scalar(arg, Rep::Plain, 9)?;
        let ln = func == Func::Ln;
        self.push(if ln {
            " + 1 AS double))"
        } else {
            " + 1 AS double)) / ln(10)"
        });
        self.push(if ln { " ELSE ln(" } else { " ELSE log10(" });
        self.scalar(arg, Rep::Plain, 0)?;
        self.push(") END");
        Ok(())
    }

    /// A power that leaves the doubles is an error in PostgreSQL, infinity or NaN there; one of decimals
    /// that needs more digits than doubles have is an error here.
    pub(super) fn finite(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        if self.ir.scalar(id).ty.is_decimal() {
            return self.few_digits(id, func, args);
        }
        let simple = args.iter().all(|&arg| self.twice(arg));
        self.only_if(simple, id, func)?;
        let name = if func == Func::Exp { "exp(" } else { "pow(" };
        self.push("CASE WHEN isfinite(");
        self.wrapped(name, args, ")")?;
        // exp of far below zero is an underflow.
        self.push(if func == Func::Exp { ") AND " } else { ")" });
        if func == Func::Exp {
            self.wrapped(name, args, ") <> 0")?;
        }
        self.push(" OR ");
        for (at, &arg) in args.iter().enumerate() {
            self.push(if at == 0 { "" } else { " OR " });
            self.scalar(arg, Rep::Plain, 5)?;
            self.push(" IS NULL");
        }
        self.push(" THEN ");
        self.wrapped(name, args, ")")?;
        self.push(" ELSE error('value out of range') END");
        Ok(())
    }

    fn few_digits(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let simple = args.iter().all(|&arg| self.twice(arg));
        self.only_if(simple, id, func)?;
        let name = if func == Func::Exp { "exp(" } else { "pow(" };
        self.push("CASE WHEN abs(");
        self.wrapped(
            name,
            args,
            &format!(")) >= {MOST_EXACT} THEN error('{TOO_LONG}')"),
        )?;
        if func == Func::Power {
            let (digits, whole) = self.power_digits(args);
            if whole != Whole::Never {
                self.wrapped(" WHEN abs(pow(", args, ")) < 0.01")?;
            }
            if whole == Whole::ByRow {
                self.wrapped(" AND trunc(", &args[1..], ") = ")?;
                self.scalar(args[1], Rep::Plain, 5)?;
            }
            if whole != Whole::Never {
                self.wrapped(" THEN round(pow(", args, &format!("), {digits})"))?;
            }
        }
        // A double of its sure digits: 1.1 to the power of 2 is more than 1.21.
        let (before, behind) = match func {
            Func::Power => (" ELSE CAST(printf('%.15g', pow(", ")) AS double) END"),
            _ => (" ELSE exp(", ") END"),
        };
        self.wrapped(before, args, behind)
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
                func if func.is_spread() => true,
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

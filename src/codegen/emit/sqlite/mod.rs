//! What SQLite has otherwise: checked integers, decimals as units, dates as text.

mod aggregate;
mod array;
mod call;
mod cast;
mod compare;
mod frame;
mod json;
mod kept;
mod number;
mod sequence;
mod table_function;

pub(super) use array::{form, is_array};
pub(super) use kept::Caught;
pub(super) use sequence::{identity_mark, sequence_sets};

use super::{Emitter, Rep, Res};
use crate::types::DOUBLE_DIGITS;
use rql_ir::{Literal, ScalarId, ScalarKind, Type, decimal_text};

/// Digits after the point to which values are brought for a comparison; more leave too few before it.
const MOST_RESCALED: u8 = 9;

/// The same beside a bigint.
const MOST_OF_BIGINT: u8 = 0;

pub(super) fn bits(ty: Type) -> u8 {
    match ty {
        Type::SmallInt => 16,
        Type::Integer => 32,
        _ => 64,
    }
}

impl Emitter<'_> {
    /// The form in which values compare: units of the largest scale, or decimal text.
    pub(super) fn common(&self, first: ScalarId, rest: &[ScalarId]) -> Rep {
        let all = [first].into_iter().chain(rest.iter().copied());
        all.map(|id| self.computed(self.ir.scalar(id).ty))
            .fold(Rep::Plain, Rep::common)
    }

    /// True where units of the common scale may not hold what the values hold in their own.
    pub(super) fn outgrows(&self, common: Rep, args: &[ScalarId]) -> bool {
        let Rep::Scaled(scale) = common else {
            return false;
        };
        let own =
            |id: &ScalarId| self.computed(self.ir.scalar(self.before_widening(*id)).ty) == common;
        let long = |id: &ScalarId| {
            let scalar = self.ir.scalar(self.before_widening(*id));
            let short = matches!(scalar.kind,
                ScalarKind::Literal(Literal::Integer(value)) if value.unsigned_abs() < 1 << 40);
            scalar.ty == Type::BigInt && !short
        };
        let most = match args.iter().any(long) {
            true => MOST_OF_BIGINT,
            false => MOST_RESCALED,
        };
        scale > most && !args.iter().all(own)
    }

    /// What the compiler has widened to a decimal of a larger scale; numerics compare at any.
    pub(in crate::emit) fn before_widening(&self, id: ScalarId) -> ScalarId {
        let scalar = self.ir.scalar(id);
        match scalar.kind {
            ScalarKind::Cast {
                operand,
                implicit: true,
                ..
            } if scalar.ty.is_decimal() => {
                let from = self.ir.scalar(operand).ty;
                let exact = from.is_integer() || from.is_decimal();
                if exact {
                    self.before_widening(operand)
                } else {
                    id
                }
            }
            _ => id,
        }
    }

    /// What stands around a column of a decimal or integer type to convert it.
    pub(super) fn opening(&mut self, ty: Type, has: Rep, want: Rep) -> Res<(String, String)> {
        let call = |name: &str, more: String| Ok((format!("{name}("), format!("{more})")));
        match (has, want) {
            (Rep::Stored, Rep::Scaled(scale)) if stored_as_text(ty) => {
                call("rql_units", format!(", {scale}"))
            }
            (Rep::Stored, Rep::Scaled(scale)) => {
                let factor = 10_u64.pow(u32::from(scale));
                Ok(("CAST(ROUND(".into(), format!(" * {factor}) AS INTEGER)")))
            }
            (Rep::Stored, Rep::Numeric) => match ty.scale() {
                Some(scale) if !stored_as_text(ty) => {
                    let (open, close) = self.opening(ty, has, Rep::Scaled(scale))?;
                    Ok((format!("rql_num({open}"), format!("{close}, {scale})")))
                }
                Some(scale) => Ok(("rql_num_round(rql_num_of(".into(), format!("), {scale})"))),
                None => call("rql_num_of", String::new()),
            },
            (Rep::Scaled(a), Rep::Scaled(b)) => call("rql_rescale", format!(", {a}, {b}")),
            (Rep::Plain, Rep::Scaled(scale)) if ty.is_integer() => {
                call("rql_rescale", format!(", 0, {scale}"))
            }
            (Rep::Plain, Rep::Numeric) if ty.is_integer() => call("rql_num", ", 0".into()),
            (Rep::Plain, Rep::Numeric) => call("rql_num_of", String::new()),
            (Rep::Scaled(scale), Rep::Numeric) => call("rql_num", format!(", {scale}")),
            (Rep::Plain | Rep::Numeric, Rep::Scaled(scale)) => {
                call("rql_units", format!(", {scale}"))
            }
            // Asked for as its type says: it is a decimal, so its own form is.
            (_, Rep::Plain | Rep::Stored) | (Rep::Numeric, Rep::Numeric) => {
                Ok((String::new(), String::new()))
            }
        }
    }

    /// Writes a scalar that stands as `has` as `want`.
    pub(super) fn convert(&mut self, id: ScalarId, has: Rep, want: Rep) -> Res {
        let scalar = self.ir.scalar(id);
        if let Rep::Scaled(to) = want
            && let Some(units) = constant_units(&scalar.kind, scalar.ty, to)
        {
            self.push(&units.to_string());
            return Ok(());
        }
        if let (Rep::Numeric, Some(text)) = (want, constant_text(&scalar.kind, scalar.ty)) {
            self.string(&text);
            return Ok(());
        }
        let asked = self.own_digits && self.kept != Some(id);
        if asked && want == Rep::Numeric && self.is_of_scales(id) {
            return self.decimal_text(id);
        }
        if !matches!(has, Rep::Stored) {
            self.sites.push(scalar.span);
        }
        let (open, close) = self.opening(scalar.ty, has, want)?;
        self.push(&open);
        let above = if has == Rep::Stored { 10 } else { 0 };
        self.scalar(id, has, above)?;
        self.push(&close);
        Ok(())
    }

    /// Writes a value in a form that compares as the value does: `rep` where that is a number, a key
    /// for decimal text and for intervals.
    pub(super) fn comparable(&mut self, id: ScalarId, rep: Rep, above: u8) -> Res {
        if self.dialect == crate::Dialect::Duckdb {
            return self.scalar(id, Rep::Plain, above);
        }
        if self.is_mysql() {
            return self.mysql_comparable(id, above);
        }
        if self.ir.scalar(id).ty == Type::Interval {
            return self.wrap("rql_interval_key(", id, Rep::Plain);
        }
        let ty = self.ir.scalar(id).ty;
        if ty == Type::Jsonb {
            return self.wrap("rql_jsonb_key(", id, Rep::Plain);
        }
        if is_array(ty) {
            self.wrap_open("rql_array_key(", id)?;
            self.push(&format!(", '{}')", form(ty)));
            return Ok(());
        }
        if rep == Rep::Numeric {
            let id = self.before_widening(id);
            return self.wrap("rql_num_key(", id, rep);
        }
        self.scalar(id, rep, above)
    }

    /// The form in which all these compare.
    pub(super) fn comparable_rep(&self, args: &[ScalarId]) -> Rep {
        let Some((&first, rest)) = args.split_first() else {
            return Rep::Plain;
        };
        let rep = self.common(first, rest);
        if self.outgrows(rep, args) {
            return Rep::Numeric;
        }
        rep
    }

    /// A call of a function of the session; `more` stands behind its arguments.
    fn runtime(&mut self, name: &str, args: &[(ScalarId, Rep)], more: &str) -> Res {
        if core::mem::take(&mut self.trying) {
            self.push("rql_try('");
            self.push(name);
            self.push("'");
            for &(arg, rep) in args {
                self.push(", ");
                self.scalar(arg, rep, 0)?;
            }
        } else {
            self.push(name);
            self.push("(");
            for (at, &(arg, rep)) in args.iter().enumerate() {
                self.push(if at == 0 { "" } else { ", " });
                self.scalar(arg, rep, 0)?;
            }
        }
        self.push(more);
        self.push(")");
        Ok(())
    }

    fn plain_runtime(&mut self, name: &str, args: &[ScalarId], more: &str) -> Res {
        let args: Vec<_> = args.iter().map(|&arg| (arg, Rep::Plain)).collect();
        self.runtime(name, &args, more)
    }

    fn wrap_open(&mut self, open: &str, arg: ScalarId) -> Res {
        self.push(open);
        self.scalar(arg, Rep::Plain, 0)
    }

    fn wrap(&mut self, open: &str, arg: ScalarId, rep: Rep) -> Res {
        self.push(open);
        self.scalar(arg, rep, 0)?;
        self.push(")");
        Ok(())
    }
}

/// A decimal of more digits than a double holds stands in a table as text.
pub(super) fn stored_as_text(ty: Type) -> bool {
    match ty {
        Type::Decimal { precision, .. } => precision.is_none_or(|p| p > DOUBLE_DIGITS),
        _ => false,
    }
}

/// The decimal text of a constant.
fn constant_text(kind: &ScalarKind, ty: Type) -> Option<String> {
    match kind {
        ScalarKind::Literal(Literal::Decimal(units)) => Some(decimal_text(*units, ty.scale()?)),
        ScalarKind::Literal(Literal::Integer(value)) => Some(value.to_string()),
        _ => None,
    }
}

/// The units of a constant at a scale that is no smaller than its own.
fn constant_units(kind: &ScalarKind, ty: Type, to: u8) -> Option<i128> {
    let (units, scale) = match kind {
        ScalarKind::Literal(Literal::Decimal(units)) => (*units, ty.scale()?),
        ScalarKind::Literal(Literal::Integer(value)) => ((*value).into(), 0),
        _ => return None,
    };
    let factor = 10_i128.checked_pow(to.checked_sub(scale)?.into())?;
    let units = units.checked_mul(factor)?;
    i64::try_from(units).is_ok().then_some(units)
}

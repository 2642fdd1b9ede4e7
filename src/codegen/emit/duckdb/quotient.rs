//! Quotients and means of decimals. DuckDB's are doubles, of which 1.005 is less than itself and is rounded to 1.00 where
//! PostgreSQL has 1.01: a few digits of the double are taken, and what they leave, which decimals compute exactly, is
//! divided once more.

use super::super::aggregate::Aggregation;
use super::super::{Emitter, Rep, Res};
use super::scale::Seen;
use rql_ir::{Agg, Func, Literal, ScalarId, ScalarKind, Type, WindowFunc};

/// Digits behind the point of a quotient: as many as PostgreSQL gives one below 1.
pub(super) const DIGITS: u8 = 20;

/// Those that are taken of the double.
const FIRST: u8 = 6;

/// The most digits behind the point of what is divided and of a divisor: with `FIRST` they leave room before it.
const MOST_DIVIDED: u8 = 24;

/// Those of one that may be small, so that at least twelve are left of it.
pub(super) const DIGITS_OF_SMALL: u8 = 24;

/// The power of ten below which no quotient of twenty digits is, and none of twenty-four. With fewer digits left it is a
/// double, which has fifteen anywhere.
const LEAST: i32 = -8;
const LEAST_OF_SMALL: i32 = -12;
/// The same where both values are written.
const LEAST_WRITTEN: i32 = -4;

/// How far what a divisor is made of is looked for.
const MOST_LEVELS: u8 = 16;

/// The most digits of a product with a quotient in it; with more it is one of doubles.
const MOST_OF_PRODUCT: u8 = 28;

impl Emitter<'_> {
    /// The digits of a quotient of decimals; none of one that is a double.
    pub(super) fn quotient_digits(&self, args: &[ScalarId], seen: &Seen) -> Option<u8> {
        let &[above, below] = args else { return None };
        if !self.has_few_digits(above, seen) || !self.has_few_digits(below, seen) {
            return None;
        }
        let [first, second] = [above, below].map(|id| self.written_size(id));
        let written = first.is_some() && second.is_some();
        let first = match first {
            Some(size) => size,
            None => match self.scale_in(self.before_widening(above), seen)? {
                // One that is divided once more.
                DIGITS.. => LEAST,
                scale => -i32::from(scale),
            },
        };
        let second = second.or_else(|| self.largest(below, MOST_LEVELS))?;
        match first - second {
            LEAST_WRITTEN.. => Some(DIGITS),
            _ if written => None,
            LEAST.. => Some(DIGITS),
            LEAST_OF_SMALL.. => Some(DIGITS_OF_SMALL),
            _ => None,
        }
    }

    fn has_few_digits(&self, id: ScalarId, seen: &Seen) -> bool {
        // It has all digits that there are.
        if let ScalarKind::Call {
            func: Func::Factorial,
            ..
        } = self.ir.scalar(id).kind
        {
            return false;
        }
        let scale = self.scale_in(self.before_widening(id), seen);
        scale.is_some_and(|scale| scale <= MOST_DIVIDED)
    }

    /// The power of ten that a written number reaches.
    fn written_size(&self, id: ScalarId) -> Option<i32> {
        let scalar = self.ir.scalar(self.before_widening(id));
        let (units, scale) = match scalar.kind {
            ScalarKind::Literal(Literal::Integer(value)) => (value.into(), 0),
            ScalarKind::Literal(Literal::Decimal(units)) => (units, scalar.ty.scale()?),
            _ => return None,
        };
        let digits = units.unsigned_abs().checked_ilog10()?;
        Some(i32::try_from(digits).ok()? - i32::from(scale))
    }

    /// The power of ten that values do not reach, or as good as never; none where no type says it.
    fn largest(&self, id: ScalarId, levels: u8) -> Option<i32> {
        let levels = levels.checked_sub(1)?;
        let scalar = self.ir.scalar(self.before_widening(id));
        let made = match &scalar.kind {
            ScalarKind::Aggregate { func, args, .. }
            | ScalarKind::Window {
                func: WindowFunc::Agg(func),
                args,
                ..
            } => match func {
                Agg::Count => Some(6),
                Agg::Sum => {
                    let part = self.largest(*args.first()?, levels);
                    part.map(|part| part.max(10))
                }
                Agg::Min | Agg::Max | Agg::Avg => self.largest(*args.first()?, levels),
                _ => None,
            },
            // What groups give is made below.
            ScalarKind::Column(column) => {
                let made = self.made_of(*column);
                made.and_then(|made| self.largest(made, levels))
            }
            // NULLIF(b, 0), by which many divide.
            ScalarKind::Call {
                func: Func::Nullif | Func::Abs | Func::Neg,
                args,
            } => self.largest(*args.first()?, levels),
            _ => None,
        };
        made.or(match scalar.ty {
            Type::SmallInt => Some(5),
            Type::Integer => Some(10),
            Type::BigInt => Some(19),
            Type::Decimal {
                precision: Some(precision),
                scale: Some(scale),
            } => Some(i32::from(precision) - i32::from(scale)),
            _ => None,
        })
    }

    /// True for the mean of such values.
    pub(super) fn is_exact_mean(&self, args: &[ScalarId], seen: &Seen) -> bool {
        let number = |&id: &ScalarId| {
            let ty = self.ir.scalar(id).ty;
            ty.is_integer() || ty.is_decimal()
        };
        args.iter()
            .all(|id| number(id) && self.has_few_digits(*id, seen))
    }

    /// The digits of a product; none of one of doubles.
    pub(super) fn product_scale(&self, scales: &[u8]) -> Option<u8> {
        let all = scales.iter().copied().try_fold(0_u8, u8::checked_add)?;
        let quotient = scales.iter().any(|&scale| scale >= DIGITS);
        (!quotient || all <= MOST_OF_PRODUCT).then_some(all)
    }

    /// True for a quotient that has to be a double, since the product would have no room before the point.
    pub(in crate::emit) fn is_double_factor(
        &self,
        func: Func,
        arg: ScalarId,
        args: &[ScalarId],
    ) -> bool {
        let scale = |id: ScalarId| self.duckdb_scale(self.before_widening(id));
        if func != Func::Mul || scale(arg).is_none_or(|scale| scale < DIGITS) {
            return false;
        }
        let all: Option<Vec<u8>> = args.iter().map(|&id| scale(id)).collect();
        all.is_some_and(|all| self.product_scale(&all).is_none())
    }

    /// A quotient that is a decimal; false for another.
    pub(super) fn duckdb_quotient(&mut self, id: ScalarId, args: &[ScalarId]) -> Res<bool> {
        let decimal = self.ir.scalar(id).ty.is_decimal();
        let digits = self.quotient_digits(args, &Seen::default());
        let Some(digits) = digits.filter(|_| decimal) else {
            return Ok(false);
        };
        let [above, below] = [0, 1].map(|at| self.divided(args[at], at));
        let divisor = match self.is_never_zero(args[1]) {
            true => below.clone(),
            false => {
                format!("CASE WHEN {below} = 0 THEN error('division by zero') ELSE {below} END")
            }
        };
        let text = format!(
            "(CAST({above} / {divisor} AS decimal(38, {FIRST})) + CAST(({above} - CAST({above} / {below} AS \
             decimal(38, {FIRST})) * {below}) / {below} AS decimal(38, {digits})))"
        );
        self.placed(&text, args)?;
        Ok(true)
    }

    /// A value in a quotient; what is bound gets digits.
    fn divided(&self, id: ScalarId, at: usize) -> String {
        let scalar = self.ir.scalar(self.before_widening(id));
        let open = matches!(scalar.ty, Type::Decimal { scale: None, .. });
        match matches!(scalar.kind, ScalarKind::Param(_)) && open {
            true => format!("CAST({{{at}}} AS decimal(38, 18))"),
            false => format!("{{{at}}}"),
        }
    }

    /// A mean to twenty digits, likewise.
    pub(super) fn duckdb_mean(&mut self, call: &Aggregation<'_>) -> Res<bool> {
        if !self.is_exact_mean(call.args, &Seen::default()) {
            return Ok(false);
        }
        let parts = [
            ("(CAST(", "AVG"),
            (&format!(" AS decimal(38, {FIRST})) + CAST(("), "SUM"),
            (" - CAST(", "AVG"),
            (&format!(" AS decimal(38, {FIRST})) * "), "COUNT"),
            (") / ", "COUNT"),
        ];
        for (before, name) in parts {
            self.push(before);
            self.written(name, call, Rep::Plain)?;
        }
        self.push(&format!(" AS decimal(38, {DIGITS})))"));
        Ok(true)
    }
}

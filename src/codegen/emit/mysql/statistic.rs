//! Statistics by the sums of integers and decimals, which are exact: of pairs, of which there are none there, and of
//! values, of which its own are those of doubles, with noise for what is left of two that are alike.
//!
//! Sums of doubles are not, and what is left of two that are alike is noise, so that those are refused.

use super::super::aggregate::Aggregation;
use super::super::{Emitter, Res};
use rql_ir::{Agg, ScalarId, ScalarKind, Type};

/// Each statistic by sums over the pairs: `n` of them, `x`, `y`, and their products. `sxx`, `sxy` and `syy` are
/// the spreads, times `n`.
const BY_SUMS: &[(Agg, &str)] = &[
    (
        Agg::Corr,
        "CASE WHEN {sxx} <> 0 AND {syy} <> 0 THEN {sxy} * 1e0 / (SQRT({sxx}) * SQRT({syy})) END",
    ),
    (Agg::CovarPop, "({sxy} * 1e0 / ({n} * {n}))"),
    (
        Agg::CovarSamp,
        "CASE WHEN {n} > 1 THEN {sxy} * 1e0 / ({n} * ({n} - 1)) END",
    ),
    (
        Agg::RegrIntercept,
        "CASE WHEN {sxx} <> 0 THEN ({y} - {x} * ({sxy} * 1e0 / {sxx})) / {n} END",
    ),
    (
        Agg::RegrR2,
        "CASE WHEN {sxx} = 0 THEN NULL WHEN {syy} = 0 THEN 1e0 \
         ELSE ({sxy} * 1e0) * ({sxy} * 1e0) / (({sxx} * 1e0) * ({syy} * 1e0)) END",
    ),
    (
        Agg::RegrSlope,
        "CASE WHEN {sxx} <> 0 THEN {sxy} * 1e0 / {sxx} END",
    ),
    (Agg::RegrSxx, "({sxx} * 1e0 / {n})"),
    (Agg::RegrSxy, "({sxy} * 1e0 / {n})"),
    (Agg::RegrSyy, "({syy} * 1e0 / {n})"),
    (
        Agg::StddevPop,
        "CASE WHEN {n} > 0 THEN SQRT({sxx} * 1e0 / ({n} * {n})) END",
    ),
    (
        Agg::StddevSamp,
        "CASE WHEN {n} > 1 THEN SQRT({sxx} * 1e0 / ({n} * ({n} - 1))) END",
    ),
    (
        Agg::VarPop,
        "CASE WHEN {n} > 0 THEN {sxx} * 1e0 / ({n} * {n}) END",
    ),
    (
        Agg::VarSamp,
        "CASE WHEN {n} > 1 THEN {sxx} * 1e0 / ({n} * ({n} - 1)) END",
    ),
];

/// The most digits of which 65 hold the sum of so many squares, times their number.
const MOST_DIGITS: u8 = 22;

/// The most digits behind the point of which 38 hold those of a square.
const MOST_SCALE: u8 = 15;

/// The spreads, times the number of pairs.
const SPREADS: &[(&str, &str)] = &[
    ("sxx", "({n} * {xx} - {x} * {x})"),
    ("sxy", "({n} * {xy} - {x} * {y})"),
    ("syy", "({n} * {yy} - {y} * {y})"),
];

impl Emitter<'_> {
    /// A statistic of pairs; false for another aggregate.
    pub(super) fn statistic(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res<bool> {
        let by_sums = BY_SUMS.iter().find(|row| row.0 == call.agg);
        let (Some((agg, text)), &[y, x]) = (by_sums, call.args) else {
            return Ok(false);
        };
        let exact = [y, x].iter().all(|&arg| {
            let ty = self.ir.scalar(self.before_double(arg)).ty;
            ty.is_integer() || ty.is_decimal()
        });
        if call.distinct || !exact {
            let of = if exact { "DISTINCT values" } else { "doubles" };
            let what = format!("{} of {of}", agg.name());
            return Err(self.refuse(self.ir.scalar(id).span, &what));
        }
        self.by_sums(text, call, (y, x)).map(|()| true)
    }

    /// A spread of integers or decimals; false where those are too long, or doubles.
    pub(super) fn mysql_spread(&mut self, call: &Aggregation<'_>) -> Res<bool> {
        let (Some((_, text)), &[x]) = (BY_SUMS.iter().find(|row| row.0 == call.agg), call.args)
        else {
            return Ok(false);
        };
        let exact = match self.ir.scalar(x).ty {
            Type::Decimal { precision, scale } => {
                precision.is_none_or(|p| p <= MOST_DIGITS) && scale.is_some_and(|s| s <= MOST_SCALE)
            }
            ty => ty.is_integer(),
        };
        if exact && !call.distinct {
            self.by_sums(text, call, (x, x))?;
        }
        Ok(exact && !call.distinct)
    }

    /// A variance of decimals that are too long for that, which is MariaDB's where doubles have the digits.
    pub(super) fn mysql_far_spread(&mut self, call: &Aggregation<'_>, sample: bool) -> Res {
        let own = if sample { "VAR_SAMP" } else { "VAR_POP" };
        self.push("CASE WHEN ");
        self.filtered("MIN", call)?;
        self.push(" = ");
        self.filtered("MAX", call)?;
        self.push(" THEN CASE WHEN ");
        self.filtered("COUNT", call)?;
        self.push(if sample { " > 1" } else { " > 0" });
        self.push(" THEN 0e0 END WHEN POW(REPEAT('[54000] the result needs more digits than MariaDB computes', IF(");
        self.filtered(own, call)?;
        self.push(" < POW(");
        self.filtered("AVG", call)?;
        self.push(", 2) * 1e-4, 1, NULL)), -1) THEN NULL ELSE ");
        self.filtered(own, call)?;
        self.push(" END");
        Ok(())
    }

    fn by_sums(&mut self, text: &str, call: &Aggregation<'_>, pair: (ScalarId, ScalarId)) -> Res {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            self.push(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            match SPREADS.iter().find(|spread| spread.0 == name) {
                Some((_, spread)) => self.by_sums(spread, call, pair)?,
                None => self.sum_of_pairs(name, call, pair)?,
            }
            rest = after;
        }
        self.push(rest);
        Ok(())
    }

    /// The sum of a product of `x` and `y` over the pairs of which neither is NULL; `n` is how many there are.
    fn sum_of_pairs(
        &mut self,
        product: &str,
        call: &Aggregation<'_>,
        (y, x): (ScalarId, ScalarId),
    ) -> Res {
        self.push(if product == "n" { "COUNT(" } else { "SUM(" });
        self.push("CASE WHEN ");
        self.value(x, 5)?;
        self.push(" IS NOT NULL AND ");
        self.value(y, 5)?;
        self.push(" IS NOT NULL");
        if let Some(filter) = call.filter {
            self.push(" AND ");
            self.value(filter, 3)?;
        }
        self.push(" THEN ");
        if product == "n" {
            self.push("1");
        }
        let factors = product.chars().filter(|&factor| factor != 'n');
        for (at, factor) in factors.enumerate() {
            self.push(if at == 0 { "" } else { " * " });
            let factor = if factor == 'x' { x } else { y };
            // Of 64 bits a product has no room.
            match self.ir.scalar(self.before_double(factor)).ty {
                Type::BigInt => self.wrapped("(", &[factor], " + 0.0)")?,
                _ => self.value(factor, 10)?,
            }
        }
        self.push(" END)");
        self.mysql_over(call.over)
    }

    /// What the compiler has made a double of.
    fn before_double(&self, mut id: ScalarId) -> ScalarId {
        while let ScalarKind::Cast {
            operand,
            implicit: true,
            ..
        } = self.ir.scalar(id).kind
        {
            id = operand;
        }
        id
    }
}

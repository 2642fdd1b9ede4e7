//! Variances of integers and decimals, which PostgreSQL computes exactly: DuckDB's are those of doubles, in which what is
//! left of two large numbers that are nearly alike is noise.

use super::super::aggregate::Aggregation;
use super::super::{Emitter, Rep, Res};
use super::double::TOO_LONG;
use rql_ir::{Agg, ScalarId, Type};

/// The most digits of which 38 hold the sum of a million squares, times their number.
const MOST_DIGITS: u8 = 12;

/// Where a variance is so small beside the square of the mean, doubles have lost the digits that are compared.
const LEAST_SHARE: &str = "1e-4";

impl Emitter<'_> {
    /// A variance or deviation of integers or decimals, by exact sums where those fit; false for what is one of doubles.
    pub(super) fn duckdb_spread(&mut self, call: &Aggregation<'_>) -> Res<bool> {
        let (root, sample) = match call.agg {
            Agg::StddevSamp => (true, true),
            Agg::StddevPop => (true, false),
            Agg::VarSamp => (false, true),
            Agg::VarPop => (false, false),
            _ => return Ok(false),
        };
        let &[x] = call.args else { return Ok(false) };
        let (digits, scale) = match self.ir.scalar(x).ty {
            Type::SmallInt => (5, 0),
            Type::Integer => (10, 0),
            Type::BigInt => (19, 0),
            Type::Decimal { precision, scale } => {
                let scale = scale.unwrap_or(u8::MAX);
                (precision.unwrap_or(u8::MAX), scale)
            }
            _ => return Ok(false),
        };
        if call.distinct {
            return Ok(false);
        }
        let least = if sample { "1" } else { "0" };
        self.push(if root {
            "sqrt(CASE WHEN "
        } else {
            "CASE WHEN "
        });
        self.sum("COUNT", call, x, 1, None)?;
        self.push(&format!(" > {least} THEN "));
        if digits <= MOST_DIGITS {
            self.spread_by_sums(call, x, sample, None)?;
        } else if scale <= MOST_DIGITS {
            // Values so long are rare: those that are there say whether they are.
            let most = format!("1e{}", MOST_DIGITS - scale);
            self.push("CASE WHEN ");
            self.sum("MAX", call, x, 1, None)?;
            self.push(&format!(" < {most} AND "));
            self.sum("MIN", call, x, 1, None)?;
            self.push(&format!(" > -{most} THEN "));
            self.spread_by_sums(call, x, sample, Some(&most))?;
            self.push(" ELSE ");
            self.spread_by_doubles(call, x, sample)?;
            self.push(" END");
        } else {
            self.spread_by_doubles(call, x, sample)?;
        }
        self.push(if root { " END)" } else { " END" });
        Ok(true)
    }

    fn spread_by_sums(
        &mut self,
        call: &Aggregation<'_>,
        x: ScalarId,
        sample: bool,
        most: Option<&str>,
    ) -> Res {
        self.push("CAST(");
        self.sum("COUNT", call, x, 1, most)?;
        self.push(" * ");
        self.sum("SUM", call, x, 2, most)?;
        self.push(" - ");
        self.sum("SUM", call, x, 1, most)?;
        self.push(" * ");
        self.sum("SUM", call, x, 1, most)?;
        self.push(" AS double) / ");
        self.sum("COUNT", call, x, 1, most)?;
        self.push(" / ");
        match sample {
            true => {
                self.push("(");
                self.sum("COUNT", call, x, 1, most)?;
                self.push(" - 1)");
                Ok(())
            }
            false => self.sum("COUNT", call, x, 1, most),
        }
    }

    fn spread_by_doubles(&mut self, call: &Aggregation<'_>, x: ScalarId, sample: bool) -> Res {
        let own = if sample { "VAR_SAMP" } else { "VAR_POP" };
        self.push("CASE WHEN ");
        self.sum("MIN", call, x, 1, None)?;
        self.push(" = ");
        self.sum("MAX", call, x, 1, None)?;
        self.push(" THEN 0e0 WHEN ");
        self.sum(own, call, x, 1, None)?;
        self.push(" > ");
        self.sum("AVG", call, x, 1, None)?;
        self.push(&format!(" ** 2 * {LEAST_SHARE} THEN "));
        self.sum(own, call, x, 1, None)?;
        self.push(&format!(" ELSE error('{TOO_LONG}') END"));
        Ok(())
    }

    /// An aggregate of a value or of its square; of values below `most`, which others leave no room.
    fn sum(
        &mut self,
        name: &str,
        call: &Aggregation<'_>,
        x: ScalarId,
        power: usize,
        most: Option<&str>,
    ) -> Res {
        self.push(name);
        self.push("(");
        // A square needs twice the digits, and a sum of integers is to be one of 128 bits.
        let wide = match self.ir.scalar(x).ty {
            ty if name != "SUM" || ty.is_decimal() && power == 1 => None,
            Type::Decimal { scale, .. } => Some(format!("decimal(38, {})", scale.unwrap_or(0))),
            _ => Some("hugeint".to_owned()),
        };
        let most = most.filter(|_| name == "SUM");
        self.filtered_value(call, |this| {
            if let Some(most) = most {
                this.push("CASE WHEN ");
                this.scalar(x, Rep::Plain, 7)?;
                this.push(&format!(" BETWEEN -{most} AND {most} THEN "));
            }
            this.push(if wide.is_some() { "CAST(" } else { "" });
            this.scalar(x, Rep::Plain, 0)?;
            if let Some(wide) = wide {
                this.push(&format!(" AS {wide})"));
            }
            for _ in 1..power {
                this.push(" * ");
                this.scalar(x, Rep::Plain, 10)?;
            }
            this.push(if most.is_some() { " END" } else { "" });
            Ok(())
        })?;
        self.push(")");
        self.behind(call)
    }
}

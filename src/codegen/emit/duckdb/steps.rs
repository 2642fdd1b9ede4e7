//! Values cut into equal steps, and numbers that must be written.

use crate::Dialect;
use crate::emit::{Emitter, Rep, Res};
use rql_ir::{Func, Literal, ScalarId, ScalarKind, Type};

impl Emitter<'_> {
    /// A moment of a zone and an interval, as of one without: the session's zone is UTC.
    pub(in crate::emit) fn without_zone(&mut self, func: Func, args: &[ScalarId]) -> Res {
        let is_moment = |&arg: &ScalarId| self.ir.scalar(arg).ty == Type::TimestampTz;
        let op = if func == Func::SubInterval { "-" } else { "+" };
        let text = match args.first().is_some_and(is_moment) {
            true => format!("CAST(CAST({{0}} AS timestamp) {op} {{1}} AS timestamptz)"),
            false => format!("CAST({{0}} {op} CAST({{1}} AS timestamp) AS timestamptz)"),
        };
        self.placed(&text, args)
    }

    /// `width_bucket` between written bounds: exactly, as whole numbers of units, or of doubles.
    pub(super) fn duckdb_bucket(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let func = Func::WidthBucket;
        let &[value, low, high, count] = args else {
            return self.only_if(false, id, func);
        };
        let bounds = self.written_bounds(low, high);
        let count = self.written_count(count);
        let (Some(ascending), Some(count)) = (bounds, count) else {
            return self.only_if(false, id, func);
        };
        self.only_if(self.twice(value), id, func)?;
        let scales = [value, low, high].map(|id| self.scale_of(id));
        let float = self.ir.scalar(value).ty.is_float();
        let factor = match scales {
            [Some(a), Some(b), Some(c)] if a.max(b).max(c) <= 9 => {
                10_u64.pow(a.max(b).max(c).into())
            }
            _ if float => 1,
            _ => return self.only_if(false, id, func),
        };
        let (before, behind) = if ascending {
            (" < ", " >= ")
        } else {
            (" > ", " <= ")
        };
        self.push("CASE WHEN ");
        self.operand(value, 6)?;
        self.push(before);
        self.operand(low, 6)?;
        self.push(" THEN 0 WHEN ");
        self.operand(value, 6)?;
        self.push(behind);
        self.operand(high, 6)?;
        self.push(&format!(" THEN {} WHEN ", count + 1));
        self.operand(value, 4)?;
        self.push(" IS NOT NULL THEN CAST(");
        if float {
            self.push("floor((");
            self.operand(value, 9)?;
            self.push(" - ");
            self.operand(low, 9)?;
            self.push(") / (");
            self.operand(high, 9)?;
            self.push(" - ");
            self.operand(low, 9)?;
            self.push(&format!(") * {count})"));
        } else {
            let of = |this: &mut Self, from: ScalarId, to: ScalarId| -> Res {
                this.push("CAST((");
                this.operand(from, 8)?;
                this.push(" - ");
                this.operand(to, 9)?;
                this.push(&format!(") * {factor} AS hugeint)"));
                Ok(())
            };
            of(self, value, low)?;
            self.push(&format!(" * {count} // "));
            of(self, high, low)?;
        }
        self.push(" AS integer) + 1 END");
        Ok(())
    }

    /// Whether written bounds ascend; `None` where they are computed, or the same.
    pub(in crate::emit) fn written_bounds(&self, low: ScalarId, high: ScalarId) -> Option<bool> {
        let (low, high) = (self.written_value(low)?, self.written_value(high)?);
        (low != high && low.is_finite() && high.is_finite()).then_some(low < high)
    }

    /// A number of TABLESAMPLE, which DuckDB takes as a bare one only, with its unit.
    pub(in crate::emit) fn sampled(&mut self, id: ScalarId, unit: &str) -> Res {
        if self.dialect != Dialect::Duckdb {
            return self.scalar(id, Rep::Plain, 0);
        }
        let Some(value) = self.written_value(id) else {
            let span = self.ir.scalar(id).span;
            let help = "a written number is compiled";
            return Err(self.no(span, "TABLESAMPLE by a value that is computed", help));
        };
        self.push(&format!("{value}{unit}"));
        Ok(())
    }

    fn written_value(&self, id: ScalarId) -> Option<f64> {
        let scalar = self.ir.scalar(id);
        match &scalar.kind {
            ScalarKind::Literal(Literal::Integer(value)) => value.to_string().parse().ok(),
            ScalarKind::Literal(Literal::Decimal(units)) => {
                rql_ir::decimal_text(*units, scalar.ty.scale()?)
                    .parse()
                    .ok()
            }
            ScalarKind::Literal(Literal::Double(text)) => text.parse().ok(),
            ScalarKind::Cast { operand, .. } => self.written_value(*operand),
            ScalarKind::Call {
                func: Func::Neg,
                args,
            } => self.written_value(*args.first()?).map(|value| -value),
            _ => None,
        }
    }

    /// The microseconds of a written step.
    pub(in crate::emit) fn written_step(&self, id: ScalarId) -> Option<i64> {
        match self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Interval {
                months: 0,
                days,
                micros,
            }) => {
                let days = i64::from(days).checked_mul(86_400_000_000)?;
                days.checked_add(micros).filter(|&step| step > 0)
            }
            _ => None,
        }
    }

    /// A written number of steps.
    pub(in crate::emit) fn written_count(&self, id: ScalarId) -> Option<i64> {
        match self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Integer(count)) if count > 0 => i32::try_from(count)
                .ok()
                .filter(|&count| count < i32::MAX)
                .map(i64::from),
            _ => None,
        }
    }

    pub(super) fn duckdb_bin(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let step = self.written_step(args[0]);
        self.only_if(step.is_some(), id, Func::DateBin)?;
        self.push(&format!(
            "time_bucket(to_microseconds({}), ",
            step.unwrap_or(1)
        ));
        self.scalar(args[1], Rep::Plain, 0)?;
        self.push(", ");
        self.scalar(args[2], Rep::Plain, 0)?;
        self.push(")");
        Ok(())
    }
}

//! Aggregates and windows of them.

use super::double::{MOST_EXACT, TOO_LONG};
use crate::cells::aggregate_name;
use crate::emit::aggregate::Aggregation;
use crate::emit::{Emitter, Rep, Res};
use rql_ir::{Agg, ScalarId, Type};

impl Emitter<'_> {
    pub(in crate::emit) fn duckdb_aggregate(
        &mut self,
        id: ScalarId,
        call: &Aggregation<'_>,
    ) -> Res {
        let span = self.ir.scalar(id).span;
        let ty = call.args.first().map(|&arg| self.ir.scalar(arg).ty);
        let by = call.order.first().map(|key| self.ir.scalar(key.scalar).ty);
        if ty == Some(Type::Interval) && matches!(call.agg, Agg::Sum | Agg::Avg) {
            return self.duckdb_spans(call);
        }
        if by == Some(Type::Interval) && call.agg == Agg::PercentileCont {
            return Err(self.refuse(span, "percentile_cont of intervals"));
        }
        if call.agg == Agg::ArrayAgg {
            // Without an order the values of DISTINCT come sorted from PostgreSQL.
            let sorted = call.distinct && call.order.is_empty();
            self.push(if sorted { "list_sort(" } else { "" });
            self.written("array_agg", call, Rep::Plain)?;
            self.push(if sorted { ", 'ASC', 'NULLS LAST')" } else { "" });
            return Ok(());
        }
        if matches!(call.agg, Agg::JsonAgg | Agg::JsonbAgg | Agg::JsonObjectAgg) {
            return self.duckdb_gathered(id, call);
        }
        if call.agg == Agg::StringAgg && call.distinct && call.order.is_empty() {
            let refused = self.refuse(span, "string_agg(DISTINCT) without an order");
            return Err(Box::new(
                refused.help("write ORDER BY behind the separator"),
            ));
        }
        let long = match ty {
            Some(Type::BigInt) => true,
            Some(Type::Decimal {
                precision: Some(p),
                scale: Some(s),
            }) => p - s > 12,
            Some(ty) => ty.is_decimal(),
            None => false,
        };
        if call.agg == Agg::Avg && self.duckdb_mean(call)? {
            return Ok(());
        }
        if call.agg == Agg::Avg && long {
            self.push("CASE WHEN abs(");
            self.written("AVG", call, Rep::Plain)?;
            self.push(&format!(") >= {MOST_EXACT} THEN error('{TOO_LONG}') ELSE "));
            self.written("AVG", call, Rep::Plain)?;
            self.push(" END");
            return Ok(());
        }
        if call.agg.is_spread() && call.distinct && !ty.is_some_and(Type::is_float) {
            let what = format!("{}(DISTINCT) of exact numbers", aggregate_name(call.agg));
            return Err(self.refuse(self.ir.scalar(id).span, &what));
        }
        if self.duckdb_spread(call)? {
            return Ok(());
        }
        // Where nothing varies PostgreSQL has no answer, and DuckDB divides by zero.
        if matches!(
            call.agg,
            Agg::Corr | Agg::RegrR2 | Agg::RegrSlope | Agg::RegrIntercept
        ) {
            self.push("nullif(");
            self.written(aggregate_name(call.agg), call, Rep::Plain)?;
            self.push(", 'NaN'::double)");
            return Ok(());
        }
        // A sum of integers has 128 bits there, and functions of it are of doubles; a number of pairs has no sign. A billion
        // of the largest make 28 digits, which leaves ten behind the point to what the sum meets.
        let whole = self.ir.scalar(id).ty.is_integer();
        // Of no rows that a row around asks for its own says nothing.
        if let (Agg::RegrCount, &[y, x], false) = (call.agg, call.args, call.distinct) {
            self.push("count(");
            self.filtered_value(call, |this| {
                this.placed("CASE WHEN {1} IS NOT NULL THEN {0} END", &[y, x])
            })?;
            self.push(")");
            return self.behind(call);
        }
        let made = match call.agg {
            Agg::Sum | Agg::RegrCount if whole => " AS bigint)",
            Agg::Sum if ty == Some(Type::BigInt) => " AS decimal(28, 0))",
            Agg::Sum if ty == Some(Type::Real) => " AS real)",
            _ => return self.written(aggregate_name(call.agg), call, Rep::Plain),
        };
        self.push("CAST(");
        self.written(aggregate_name(call.agg), call, Rep::Plain)?;
        self.push(made);
        Ok(())
    }
}

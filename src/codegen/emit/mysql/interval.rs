//! Intervals, of which there are none there: a text where one is shown, microseconds where two compare.

use super::super::{Emitter, Res};
use rql_ir::{Func, Literal, ScalarId, ScalarKind, Type};

/// Months, days and microseconds.
type Interval = (i64, i64, i64);

const DAY: i64 = 86_400_000_000;

impl Emitter<'_> {
    /// An interval that is written, also as a sum or a multiple of such.
    pub(super) fn constant_interval(&self, id: ScalarId) -> Option<Interval> {
        match &self.ir.scalar(id).kind {
            &ScalarKind::Literal(Literal::Interval {
                months,
                days,
                micros,
            }) => Some((months.into(), days.into(), micros)),
            ScalarKind::Cast { operand, .. } => self.constant_interval(*operand),
            ScalarKind::Call { func, args } => {
                let one = |at: usize| self.constant_interval(*args.get(at)?);
                match func {
                    Func::IntervalNeg => times(one(0)?, -1),
                    Func::IntervalAdd => plus(one(0)?, one(1)?),
                    Func::IntervalSub => plus(one(0)?, times(one(1)?, -1)?),
                    Func::IntervalMul => {
                        let number = |at: usize| self.written_whole(*args.get(at)?);
                        match one(0) {
                            Some(interval) => times(interval, number(1)?),
                            None => times(one(1)?, number(0)?),
                        }
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A written number without digits after the point.
    fn written_whole(&self, id: ScalarId) -> Option<i64> {
        let value = self.written_double(id)?;
        let whole = format!("{value:.0}").parse().ok()?;
        (value.fract() == 0.0 && value.abs() < 1e9).then_some(whole)
    }

    /// The two moments of which an interval is the difference.
    fn difference(&self, id: ScalarId) -> Option<(Func, [ScalarId; 2])> {
        match &self.ir.scalar(id).kind {
            ScalarKind::Call {
                func: func @ (Func::MomentsBetween | Func::TimesBetween),
                args,
            } => Some((*func, [args[1], args[0]])),
            _ => None,
        }
    }

    /// An interval as text; a result reads it.
    pub(super) fn interval_text(&mut self, id: ScalarId) -> Res {
        if let Some((months, days, micros)) = self.constant_interval(id) {
            self.push(&format!(
                "'{months} months {days} days {micros} microseconds'"
            ));
            return Ok(());
        }
        match self.difference(id) {
            Some((Func::MomentsBetween, of)) if self.twice(of[0]) && self.twice(of[1]) => {
                self.wrapped("CONCAT(TIMESTAMPDIFF(DAY, ", &of, "), ' days ', ")?;
                let micros = format!(") % {DAY}, ' microseconds')");
                self.wrapped("TIMESTAMPDIFF(MICROSECOND, ", &of, &micros)
            }
            Some((Func::TimesBetween, of)) => {
                self.push("CONCAT(");
                self.micros_between(Func::TimesBetween, of)?;
                self.push(", ' microseconds')");
                Ok(())
            }
            _ => Err(self.no_interval(id)),
        }
    }

    /// A number by which intervals compare: a month is thirty days, a day has 24 hours.
    pub(super) fn interval_key(&mut self, id: ScalarId) -> Res {
        let id = self.inlined(id);
        if let Some((months, days, micros)) = self.constant_interval(id) {
            let whole = i128::from(months * 30 + days) * i128::from(DAY) + i128::from(micros);
            self.push(&whole.to_string());
            return Ok(());
        }
        match self.difference(id) {
            Some((func, of)) => self.micros_between(func, of),
            None => Err(self.no_interval(id)),
        }
    }

    /// What a column was computed from in the same block.
    fn inlined(&self, mut id: ScalarId) -> ScalarId {
        while let ScalarKind::Column(column) = self.ir.scalar(id).kind {
            match self.definition(column) {
                Some(super::super::Def::Inline(inner)) => id = *inner,
                _ => break,
            }
        }
        id
    }

    fn micros_between(&mut self, func: Func, of: [ScalarId; 2]) -> Res {
        if func == Func::MomentsBetween {
            return self.wrapped("TIMESTAMPDIFF(MICROSECOND, ", &of, ")");
        }
        let turned = [of[1], of[0]];
        self.wrapped(
            "CAST(TIME_TO_SEC(TIMEDIFF(",
            &turned,
            ")) * 1000000 AS SIGNED)",
        )
    }

    fn no_interval(&self, id: ScalarId) -> Box<rql_diagnostics::Diagnostic> {
        let refused = self.refuse(self.ir.scalar(id).span, "an interval as a value");
        let help = "EXTRACT(EPOCH FROM …) gives its seconds, where the interval is the difference of two moments";
        Box::new(refused.help(help))
    }

    /// A field of an interval.
    pub(super) fn interval_field(&mut self, id: ScalarId, field: &str, interval: ScalarId) -> Res {
        let span = self.ir.scalar(id).span;
        let double = self.ir.scalar(id).ty == Type::Double;
        let of = self.difference(interval).map(|found| found.1);
        let constant = self.constant_interval(interval);
        let unknown = || self.refuse(span, &format!("the field {field} of such an interval"));
        let text = match constant {
            Some(interval) => constant_field(interval, field).ok_or_else(unknown)?,
            None => String::new(),
        };
        let of = match of {
            Some(of) if self.ir.scalar(of[0]).ty.is_moment() => of,
            _ if constant.is_some() => [interval; 2],
            _ => return Err(unknown()),
        };
        self.push(if double { "CAST(" } else { "" });
        match field {
            _ if constant.is_some() => self.push(&text),
            "epoch" => {
                let end = ") / 1000000 AS DECIMAL(20,6))";
                self.wrapped("CAST(TIMESTAMPDIFF(MICROSECOND, ", &of, end)?;
            }
            "day" | "days" => self.wrapped("TIMESTAMPDIFF(DAY, ", &of, ")")?,
            "hour" | "hours" => self.wrapped("(TIMESTAMPDIFF(HOUR, ", &of, ") % 24)")?,
            "minute" | "minutes" => self.wrapped("(TIMESTAMPDIFF(MINUTE, ", &of, ") % 60)")?,
            _ => return Err(self.refuse(span, &format!("the field {field} of such an interval"))),
        }
        self.push(if double { " AS DOUBLE)" } else { "" });
        Ok(())
    }
}

fn times(interval: Interval, by: i64) -> Option<Interval> {
    Some((
        interval.0.checked_mul(by)?,
        interval.1.checked_mul(by)?,
        interval.2.checked_mul(by)?,
    ))
}

fn plus(a: Interval, b: Interval) -> Option<Interval> {
    Some((
        a.0.checked_add(b.0)?,
        a.1.checked_add(b.1)?,
        a.2.checked_add(b.2)?,
    ))
}

/// A field of a written interval.
fn constant_field((months, days, micros): Interval, field: &str) -> Option<String> {
    let seconds = micros / 1_000_000;
    Some(match field {
        "year" | "years" => (months / 12).to_string(),
        "month" | "months" => (months % 12).to_string(),
        "day" | "days" => days.to_string(),
        "hour" | "hours" => (seconds / 3600).to_string(),
        "minute" | "minutes" => (seconds / 60 % 60).to_string(),
        "epoch" if micros >= 0 => {
            // A year has 365.25 days, a month thirty.
            let days = months / 12 * 1461 * 21_600 + (months % 12 * 30 + days) * 86_400;
            format!("{}.{:06}", days + seconds, micros % 1_000_000)
        }
        _ => return None,
    })
}

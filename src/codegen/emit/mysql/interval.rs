//! Intervals, of which there are none there: the text `[months,days,microseconds]`, or microseconds where
//! two compare. JSON_TABLE reads the parts, `rql_i.rql_m`, `rql_i.rql_d` and `rql_i.rql_u` in what follows.

use super::super::aggregate::Aggregation;
use super::super::{Emitter, Res};
use super::idiom::unless;
use rql_ir::{Agg, Func, Literal, ScalarId, ScalarKind, Type};

/// Months, days and microseconds.
type Interval = (i64, i64, i64);

const DAY: i64 = 86_400_000_000;

/// The parts of an interval, as a relation of one row, or of none for NULL.
fn parts(interval: &str, name: &str) -> String {
    format!(
        "JSON_TABLE({interval}, '$' COLUMNS (rql_m BIGINT PATH '$[0]', rql_d BIGINT PATH '$[1]', rql_u BIGINT PATH '$[2]')) AS {name}"
    )
}

/// What is made of the parts of an interval.
fn of_parts(value: &str, interval: &str) -> String {
    format!("(SELECT {value} FROM {})", parts(interval, "rql_i"))
}

/// The interval of parts.
fn whole(m: &str, d: &str, u: &str) -> String {
    format!("CONCAT('[', {m}, ',', {d}, ',', {u}, ']')")
}

/// An interval times or through a number: what is left of a month are days, of a day time (PostgreSQL's
/// `interval_mul`).
fn scaled(op: &str, by: &str) -> String {
    let part = |name: &str| format!("(rql_i.rql_{name} {op} (1e0 * {by}))");
    let cut = |value: &str| format!("TRUNCATE({value}, 0)");
    let (m, d) = (part("m"), part("d"));
    let days = format!("ROUND(({m} - {}) * 30, 6)", cut(&m));
    let seconds = format!(
        "ROUND(({d} - {} + {days} - {}) * 86400, 6)",
        cut(&d),
        cut(&days)
    );
    let more = cut(&format!("{seconds} / 86400"));
    let integer = |value: &str| format!("CAST({value} AS SIGNED)");
    whole(
        &integer(&cut(&m)),
        &integer(&format!("{} + {} + {more}", cut(&d), cut(&days))),
        // What is more than 64 bits is not cut to them, so that nobody reads it.
        &format!(
            "CAST(ROUND({} + ({seconds} - {more} * 86400) * 1000000) AS DECIMAL(20,0))",
            part("u")
        ),
    )
}

/// What a unit borrows from the one above it, where their signs differ.
fn borrowed(above: &str, below: &str) -> String {
    format!(
        "CASE WHEN {above} > 0 AND {below} < 0 THEN 1 WHEN {above} < 0 AND {below} > 0 THEN -1 ELSE 0 END"
    )
}

fn justified(func: Func) -> String {
    let step = |m: &str, d: &str, u: &str, of: String| of_parts(&whole(m, d, u), &of);
    let hours = |of| {
        step(
            "rql_i.rql_m",
            &format!("rql_i.rql_d + rql_i.rql_u DIV {DAY}"),
            &format!("rql_i.rql_u % {DAY}"),
            of,
        )
    };
    let days = |of| {
        step(
            "rql_i.rql_m + rql_i.rql_d DIV 30",
            "rql_i.rql_d % 30",
            "rql_i.rql_u",
            of,
        )
    };
    let day_sign = |of| {
        let one = borrowed("rql_i.rql_d", "rql_i.rql_u");
        step(
            "rql_i.rql_m",
            &format!("rql_i.rql_d - {one}"),
            &format!("rql_i.rql_u + {DAY} * {one}"),
            of,
        )
    };
    let month_sign = |below: &str, of| {
        let one = borrowed("rql_i.rql_m", below);
        step(
            &format!("rql_i.rql_m - {one}"),
            &format!("rql_i.rql_d + 30 * {one}"),
            "rql_i.rql_u",
            of,
        )
    };
    let interval = "{0}".to_owned();
    match func {
        Func::JustifyHours => day_sign(hours(interval)),
        Func::JustifyDays => month_sign("rql_i.rql_d", days(interval)),
        _ => {
            let same = "SIGN(rql_i.rql_d) * SIGN(rql_i.rql_u) > 0";
            let first = step(
                &format!("rql_i.rql_m + IF({same}, rql_i.rql_d DIV 30, 0)"),
                &format!("IF({same}, rql_i.rql_d % 30, rql_i.rql_d)"),
                "rql_i.rql_u",
                interval,
            );
            let lower = "CASE WHEN rql_i.rql_d <> 0 THEN rql_i.rql_d ELSE rql_i.rql_u END";
            day_sign(month_sign(lower, days(hours(first))))
        }
    }
}

/// The text of an interval: a unit behind a negative one has its sign written.
fn text() -> String {
    let unit = |value: &str, before: &str, name: &str| {
        format!(
            "CASE WHEN {value} <> 0 THEN CONCAT(IF({value} > 0 AND {before} < 0, '+', ''), {value}, \
             IF({value} = 1, ' {name}', ' {name}s')) END"
        )
    };
    let (year, month) = ("(rql_i.rql_m DIV 12)", "(rql_i.rql_m % 12)");
    let of_month = format!("IF({month} <> 0, {month}, {year})");
    let of_day = format!("IF(rql_i.rql_d <> 0, rql_i.rql_d, {of_month})");
    let two = |value: &str| format!("IF({value} < 10, CONCAT('0', {value}), {value})");
    let clock = format!(
        "CASE WHEN rql_i.rql_u <> 0 OR rql_i.rql_m = 0 AND rql_i.rql_d = 0 THEN CONCAT(IF(rql_i.rql_u < 0, '-', IF({of_day} < 0, '+', '')), {}, ':', {}, ':', {}, \
         IF(rql_i.rql_u % 1000000 = 0, '', CONCAT('.', TRIM(TRAILING '0' FROM LPAD(ABS(rql_i.rql_u) % 1000000, 6, '0'))))) END",
        two("(ABS(rql_i.rql_u) DIV 3600000000)"),
        two("(ABS(rql_i.rql_u) DIV 60000000 % 60)"),
        two("(ABS(rql_i.rql_u) DIV 1000000 % 60)"),
    );
    format!(
        "CONCAT_WS(' ', {}, {}, {}, {clock})",
        unit(year, "0", "year"),
        unit(month, year, "mon"),
        unit("rql_i.rql_d", &of_month, "day"),
    )
}

/// A field of an interval.
fn field(name: &str) -> Option<&'static str> {
    Some(match name {
        "millennium" => "rql_i.rql_m DIV 12000",
        "century" => "rql_i.rql_m DIV 1200",
        "decade" => "rql_i.rql_m DIV 120",
        "year" | "years" => "rql_i.rql_m DIV 12",
        "quarter" => "rql_i.rql_m % 12 DIV 3 + 1",
        "month" | "months" => "rql_i.rql_m % 12",
        "day" | "days" => "rql_i.rql_d",
        "hour" | "hours" => "rql_i.rql_u DIV 3600000000",
        "minute" | "minutes" => "rql_i.rql_u DIV 60000000 % 60",
        "second" | "seconds" => "CAST(rql_i.rql_u % 60000000 * 0.000001 AS DECIMAL(20,6))",
        "milliseconds" => "CAST(rql_i.rql_u % 60000000 * 0.001 AS DECIMAL(20,3))",
        "microseconds" => "rql_i.rql_u % 60000000",
        // A year has 365.25 days, a month thirty.
        "epoch" => {
            "CAST(rql_i.rql_m DIV 12 * 31557600 + (rql_i.rql_m % 12 * 30 + rql_i.rql_d) * 86400 + rql_i.rql_u * 0.000001 AS DECIMAL(30,6))"
        }
        _ => return None,
    })
}

/// An interval cut to a unit.
fn cut(unit: &str) -> Option<String> {
    let months = |n: &str| whole(&format!("rql_i.rql_m DIV {n} * {n}"), "0", "0");
    let micros = |n: &str| {
        whole(
            "rql_i.rql_m",
            "rql_i.rql_d",
            &format!("rql_i.rql_u DIV {n} * {n}"),
        )
    };
    Some(match unit {
        "millennium" => months("12000"),
        "century" => months("1200"),
        "decade" => months("120"),
        "year" => months("12"),
        "quarter" => months("3"),
        "month" => months("1"),
        "day" => whole("rql_i.rql_m", "rql_i.rql_d", "0"),
        "hour" => micros("3600000000"),
        "minute" => micros("60000000"),
        "second" => micros("1000000"),
        "milliseconds" => micros("1000"),
        "microseconds" => micros("1"),
        _ => return None,
    })
}

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

    /// What a function makes of intervals, or an interval of what it is given.
    pub(super) fn mysql_interval(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        if let Some((months, days, micros)) = self.constant_interval(id) {
            self.push(&format!("'[{months},{days},{micros}]'"));
            return Ok(());
        }
        let both = |op: &str| {
            let part = |name: &str| format!("rql_i.rql_{name} {op} rql_k.rql_{name}");
            let whole = whole(&part("m"), &part("d"), &part("u"));
            format!(
                "(SELECT {whole} FROM {}, {})",
                parts("{0}", "rql_i"),
                parts("{1}", "rql_k")
            )
        };
        let second = self.ir.scalar(*args.last().unwrap_or(&id)).ty == Type::Interval;
        let text = match func {
            Func::MomentsBetween => format!(
                "CONCAT('[0,', TIMESTAMPDIFF(DAY, {{1}}, {{0}}), ',', TIMESTAMPDIFF(MICROSECOND, {{1}}, {{0}}) % {DAY}, ']')"
            ),
            Func::TimesBetween => {
                "CONCAT('[0,0,', CAST(TIME_TO_SEC(TIMEDIFF({0}, {1})) * 1000000 AS SIGNED), ']')"
                    .into()
            }
            Func::IntervalAdd => both("+"),
            Func::IntervalSub => both("-"),
            Func::IntervalNeg => of_parts(
                &whole("-rql_i.rql_m", "-rql_i.rql_d", "-rql_i.rql_u"),
                "{0}",
            ),
            Func::IntervalMul if second => of_parts(&scaled("*", "{0}"), "{1}"),
            Func::IntervalMul => of_parts(&scaled("*", "{1}"), "{0}"),
            Func::IntervalDiv => unless(
                "[22012] division by zero",
                "{1} = 0",
                &of_parts(&scaled("/", "{1}"), "{0}"),
            ),
            Func::MakeInterval => whole(
                "{0} * 12 + {1}",
                "{2} * 7 + {3}",
                "{4} * 3600000000 + {5} * 60000000 + CAST(ROUND({6} * 1e6) AS SIGNED)",
            ),
            Func::JustifyDays | Func::JustifyHours | Func::JustifyInterval => justified(func),
            _ => return self.only_if(false, id, func),
        };
        self.placed(&text, args)
    }

    /// A moment and an interval that is computed.
    pub(super) fn moved_by(&mut self, func: Func, moment: ScalarId, interval: ScalarId) -> Res {
        let sign = if matches!(func, Func::AddInterval | Func::TimeAdd) {
            "+"
        } else {
            "-"
        };
        let ty = self.ir.scalar(moment).ty;
        let value = match ty {
            Type::Time => format!(
                "CAST(TIMESTAMP(DATE '2000-01-01', {{0}}) {sign} INTERVAL rql_i.rql_u % {DAY} MICROSECOND AS TIME(6))"
            ),
            ty => {
                let from = if ty == Type::Date {
                    "CAST({0} AS DATETIME(6))"
                } else {
                    "{0}"
                };
                format!(
                    "{from} {sign} INTERVAL rql_i.rql_m MONTH {sign} INTERVAL rql_i.rql_d DAY {sign} INTERVAL rql_i.rql_u MICROSECOND"
                )
            }
        };
        self.placed(&of_parts(&value, "{1}"), &[moment, interval])
    }

    /// The years, months, days and time between two moments: what a unit lacks is borrowed from the one above
    /// it, days from the month of the earlier moment (PostgreSQL's `timestamp_age`).
    pub(super) fn age(&mut self, args: &[ScalarId]) -> Res {
        let moments = "JSON_TABLE(JSON_ARRAY(GREATEST({0}, {1}), LEAST({0}, {1}), IF({0} < {1}, -1, 1)), '$' COLUMNS (\
                       rql_l DATETIME(6) PATH '$[0]', rql_e DATETIME(6) PATH '$[1]', rql_s BIGINT PATH '$[2]')) AS rql_k";
        let time = |of: &str| format!("TIMESTAMPDIFF(MICROSECOND, CAST({of} AS DATE), {of})");
        let (later, earlier) = (time("rql_k.rql_l"), time("rql_k.rql_e"));
        let units = format!(
            "JSON_ARRAY((YEAR(rql_k.rql_l) - YEAR(rql_k.rql_e)) * 12 + MONTH(rql_k.rql_l) - MONTH(rql_k.rql_e), \
             DAY(rql_k.rql_l) - DAY(rql_k.rql_e) - ({later} < {earlier}), {later} - {earlier})"
        );
        let whole = whole(
            "rql_k.rql_s * (rql_i.rql_m - (rql_i.rql_d < 0))",
            "rql_k.rql_s * (rql_i.rql_d + IF(rql_i.rql_d < 0, DAY(LAST_DAY(rql_k.rql_e)), 0))",
            &format!("rql_k.rql_s * (rql_i.rql_u + IF(rql_i.rql_u < 0, {DAY}, 0))"),
        );
        let text = format!(
            "(SELECT {whole} FROM {moments}, {})",
            parts(&units, "rql_i")
        );
        self.placed(&text, args)
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
            Some((Func::MomentsBetween, of)) => {
                self.wrapped("TIMESTAMPDIFF(MICROSECOND, ", &of, ")")
            }
            _ => self.placed(
                &of_parts(
                    &format!("(rql_i.rql_m * 30 + rql_i.rql_d) * {DAY} + rql_i.rql_u"),
                    "{0}",
                ),
                &[id],
            ),
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

    /// An interval as PostgreSQL writes it.
    pub(super) fn shown_interval(&mut self, id: ScalarId) -> Res {
        self.placed(&of_parts(&text(), "{0}"), &[id])
    }

    /// The sum or average of intervals.
    pub(super) fn summed_intervals(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        let &[value] = call.args else { return Ok(()) };
        if call.over.is_some() || call.distinct {
            let what = format!(
                "{} of intervals in a window, or of DISTINCT ones",
                call.agg.name()
            );
            return Err(self.refuse(self.ir.scalar(id).span, &what));
        }
        let mut args = vec![value];
        args.extend(call.filter);
        let kept = |text: &str| match call.filter {
            Some(_) => format!("CASE WHEN {{1}} THEN {text} END"),
            None => text.to_owned(),
        };
        let sum = |part: &str| format!("SUM({})", kept(&of_parts(part, "{0}")));
        let all = whole(
            &sum("rql_i.rql_m"),
            &sum("rql_i.rql_d"),
            &sum("rql_i.rql_u"),
        );
        let text = match call.agg {
            Agg::Avg => of_parts(&scaled("/", &format!("COUNT({})", kept("{0}"))), &all),
            _ => all,
        };
        // An aggregate's arguments have no name outside of it.
        let twice = args.iter().all(|&arg| self.twice(arg));
        if !twice || call.agg == Agg::Avg {
            let what = format!("{} of such intervals", call.agg.name());
            return Err(self.refuse(self.ir.scalar(id).span, &what));
        }
        self.placed(&text, &args)
    }

    /// A field of an interval.
    pub(super) fn interval_field(&mut self, id: ScalarId, name: &str, interval: ScalarId) -> Res {
        let Some(text) = field(name) else {
            let span = self.ir.scalar(id).span;
            return Err(self.refuse(span, &format!("the field {name} of an interval")));
        };
        let double = self.ir.scalar(id).ty == Type::Double;
        self.push(if double { "CAST(" } else { "" });
        self.placed(&of_parts(text, "{0}"), &[interval])?;
        self.push(if double { " AS DOUBLE)" } else { "" });
        Ok(())
    }

    /// `date_trunc` of an interval.
    pub(super) fn cut_interval(
        &mut self,
        id: ScalarId,
        unit: Option<&str>,
        interval: ScalarId,
    ) -> Res {
        match unit.and_then(cut) {
            Some(text) => self.placed(&of_parts(&text, "{0}"), &[interval]),
            None => self.only_if(false, id, Func::DateTrunc),
        }
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

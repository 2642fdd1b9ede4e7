//! Dates and times. An interval is no value there: it stands behind `+ INTERVAL` or not at all.

use super::super::{Emitter, Res};
use rql_ir::{Func, Literal, ScalarId, ScalarKind, Type};

/// A part of an interval: so many of a unit, times a number that is computed.
struct Part {
    count: i64,
    times: Option<ScalarId>,
    unit: &'static str,
}

const SECOND: i64 = 1_000_000;

impl Emitter<'_> {
    pub(super) fn mysql_moment(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        above: u8,
    ) -> Res {
        use Func as F;
        match func {
            F::AddDays | F::SubDays => {
                let date = |&arg: &ScalarId| self.ir.scalar(arg).ty == Type::Date;
                let (day, days) = match args.iter().position(date) {
                    Some(1) => (args[1], args[0]),
                    _ => (args[0], args[1]),
                };
                self.bracket(above > 8, |this| {
                    this.value(day, 8)?;
                    this.push(if func == F::AddDays {
                        " + INTERVAL "
                    } else {
                        " - INTERVAL "
                    });
                    this.value(days, 12)?;
                    this.push(" DAY");
                    Ok(())
                })
            }
            F::DaysBetween => self.wrapped("DATEDIFF(", args, ")"),
            F::AddInterval | F::SubInterval => self.moved(func, args, above),
            F::DateTime => {
                let date = |&arg: &ScalarId| self.ir.scalar(arg).ty == Type::Date;
                let turned = args.iter().position(date) == Some(1);
                let args = if turned {
                    [args[1], args[0]]
                } else {
                    [args[0], args[1]]
                };
                self.wrapped("TIMESTAMP(", &args, ")")
            }
            F::Extract | F::DatePart => self.mysql_part(id, func, args),
            F::DateTrunc => self.cut(id, args),
            F::MakeDate => {
                // There is a year 0 there, and PostgreSQL has none; of what is no year of four digits none is left.
                self.wrapped("CAST(CONCAT(REGEXP_SUBSTR(LPAD(", &args[..1], ", 5, '0'), ")?;
                self.push("'(?<=^0)(?!0000)[0-9]{4}$'), '-', ");
                self.wrapped("", &args[1..2], ", '-', ")?;
                self.wrapped("", &args[2..3], ") AS DATE)")
            }
            F::ToTimestamp => {
                // PostgreSQL counts from 2000 on, and rounds there (`float8_timestamptz`).
                self.push("(TIMESTAMP '2000-01-01 00:00:00.000000' + INTERVAL ");
                self.wrapped(
                    "CAST(ROUND((",
                    args,
                    " - 946684800e0) * 1e6) AS SIGNED) MICROSECOND)",
                )
            }
            F::ToChar => self.by_template_text(id, args),
            _ => Err(self.refuse(self.ir.scalar(id).span, func.name())),
        }
    }

    /// A moment and an interval: months, then days, then time, as in PostgreSQL.
    fn moved(&mut self, func: Func, args: &[ScalarId], above: u8) -> Res {
        let interval = |&arg: &ScalarId| self.ir.scalar(arg).ty == Type::Interval;
        let (moment, interval) = match args.iter().position(interval) {
            Some(0) => (args[1], args[0]),
            _ => (args[0], args[1]),
        };
        let mut parts = Vec::new();
        let sign = if func == Func::AddInterval { 1 } else { -1 };
        if !self.parts(interval, sign, &mut parts) {
            return self.moved_by(func, moment, interval);
        }
        self.bracket(above > 8, |this| {
            match this.ir.scalar(moment).ty {
                Type::Date => this.wrapped("CAST(", &[moment], " AS DATETIME(6))")?,
                _ => this.value(moment, 8)?,
            }
            this.write_parts(&parts)
        })
    }

    fn write_parts(&mut self, parts: &[Part]) -> Res {
        for part in parts {
            self.push(if part.count < 0 {
                " - INTERVAL "
            } else {
                " + INTERVAL "
            });
            match part.times {
                None => self.push(&part.count.unsigned_abs().to_string()),
                Some(times) => {
                    self.push("(");
                    self.value(times, 9)?;
                    self.push(&format!(" * {})", part.count.unsigned_abs()));
                }
            }
            self.push(" ");
            self.push(part.unit);
        }
        Ok(())
    }

    /// A time of day goes on at midnight: it is that of a day.
    pub(super) fn moved_time(&mut self, func: Func, args: &[ScalarId]) -> Res {
        let interval = |&arg: &ScalarId| self.ir.scalar(arg).ty == Type::Interval;
        let (time, interval) = match args.iter().position(interval) {
            Some(0) => (args[1], args[0]),
            _ => (args[0], args[1]),
        };
        let mut parts = Vec::new();
        let sign = if func == Func::TimeAdd { 1 } else { -1 };
        if !self.parts(interval, sign, &mut parts) {
            return self.moved_by(func, time, interval);
        }
        self.wrapped("CAST(TIMESTAMP(DATE '2000-01-01', ", &[time], ")")?;
        self.write_parts(&parts)?;
        self.push(" AS TIME(6))");
        Ok(())
    }

    /// The session's time is UTC, and no other zone is known for sure.
    pub(super) fn in_utc(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let fixed = match &self.ir.scalar(args[0]).kind {
            &ScalarKind::Literal(Literal::Interval {
                months: 0,
                days: 0,
                micros,
            }) => Some(micros),
            _ => self
                .fixed_zone(args[0])
                .map(|seconds| i64::from(seconds) * 1_000_000),
        };
        self.only_if(fixed.is_some(), id, Func::AtTimeZone)?;
        if let Some(micros) = fixed.filter(|&micros| micros != 0) {
            let sign = match self.ir.scalar(args[1]).ty {
                Type::TimestampTz => "+",
                _ => "-",
            };
            return self.placed(
                &format!("({{1}} {sign} INTERVAL {micros} MICROSECOND)"),
                args,
            );
        }
        self.value(args[1], 20)
    }

    /// The parts of an interval; false where they are not known.
    fn parts(&self, id: ScalarId, sign: i64, parts: &mut Vec<Part>) -> bool {
        match &self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Interval {
                months,
                days,
                micros,
            }) => {
                parts.extend(units(*months, *days, *micros, sign));
                true
            }
            ScalarKind::Cast { operand, .. } if self.ir.scalar(*operand).ty == Type::Interval => {
                self.parts(*operand, sign, parts)
            }
            ScalarKind::Call { func, args } => match func {
                Func::IntervalNeg => self.parts(args[0], -sign, parts),
                Func::IntervalMul => {
                    let interval = |&arg: &ScalarId| self.ir.scalar(arg).ty == Type::Interval;
                    let (interval, times) = match args.iter().position(interval) {
                        Some(0) => (args[0], args[1]),
                        _ => (args[1], args[0]),
                    };
                    let times = self.before_cast(times);
                    let mut own = Vec::new();
                    let plain = self.ir.scalar(times).ty.is_integer()
                        && self.parts(interval, sign, &mut own)
                        && own.iter().all(|part| part.times.is_none());
                    parts.extend(own.into_iter().map(|part| Part {
                        times: Some(times),
                        ..part
                    }));
                    plain
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// What the compiler has made a double of by itself.
    fn before_cast(&self, id: ScalarId) -> ScalarId {
        match self.ir.scalar(id).kind {
            ScalarKind::Cast {
                operand,
                implicit: true,
                ..
            } => operand,
            _ => id,
        }
    }

    /// A field of a moment.
    fn mysql_part(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let span = self.ir.scalar(id).span;
        let Some(field) = self.written_text(args[0]).map(str::to_ascii_lowercase) else {
            return Err(self.refuse(span, func.name()));
        };
        let of = &args[1..2];
        let ty = self.ir.scalar(args[1]).ty;
        if ty == Type::Interval {
            return self.interval_field(id, &field, args[1]);
        }
        let timely = matches!(
            field.as_str(),
            "hour" | "minute" | "second" | "seconds" | "milliseconds" | "microseconds" | "epoch"
        );
        if ty == Type::Time && !timely {
            return Err(self.refuse(span, &format!("the field {field} of a time")));
        }
        // DATE_PART gives doubles.
        let double = func == Func::DatePart;
        self.push(if double { "CAST(" } else { "" });
        match field.as_str() {
            "year" | "month" | "day" | "hour" | "minute" | "quarter" => {
                self.wrapped(&format!("EXTRACT({} FROM ", field.to_uppercase()), of, ")")?;
            }
            "second" | "seconds" => self.fraction(of, "1000000 AS DECIMAL(8,6))")?,
            "milliseconds" => self.fraction(of, "1000 AS DECIMAL(8,3))")?,
            "microseconds" => self.wrapped("EXTRACT(SECOND_MICROSECOND FROM ", of, ")")?,
            "epoch" if ty == Type::Time => self.wrapped("TIME_TO_SEC(", of, ")")?,
            // A decimal, as the square of a bigint leaves its range.
            "epoch" if ty == Type::Date => self.wrapped(
                "CAST(TIMESTAMPDIFF(SECOND, TIMESTAMP '1970-01-01 00:00:00', ",
                of,
                ") AS DECIMAL(12,0))",
            )?,
            "epoch" => self.wrapped(
                "CAST(TIMESTAMPDIFF(MICROSECOND, TIMESTAMP '1970-01-01 00:00:00', ",
                of,
                ") / 1000000 AS DECIMAL(20,6))",
            )?,
            "dow" => self.wrapped("(DAYOFWEEK(", of, ") - 1)")?,
            "isodow" => self.wrapped("(WEEKDAY(", of, ") + 1)")?,
            "doy" => self.wrapped("DAYOFYEAR(", of, ")")?,
            "week" => self.wrapped("WEEK(", of, ", 3)")?,
            "isoyear" => self.wrapped("(YEARWEEK(", of, ", 3) DIV 100)")?,
            "decade" => self.wrapped("(YEAR(", of, ") DIV 10)")?,
            "century" => self.wrapped("((YEAR(", of, ") + 99) DIV 100)")?,
            "millennium" => self.wrapped("((YEAR(", of, ") + 999) DIV 1000)")?,
            _ => return Err(self.refuse(span, &format!("the field {field}"))),
        }
        self.push(if double { " AS DOUBLE)" } else { "" });
        Ok(())
    }

    /// Seconds with their fraction; a date has none.
    fn fraction(&mut self, of: &[ScalarId], unit: &str) -> Res {
        self.wrapped(
            "CAST(EXTRACT(SECOND_MICROSECOND FROM ",
            of,
            &format!(") / {unit}"),
        )
    }

    /// A moment cut to a unit.
    fn cut(&mut self, id: ScalarId, args: &[ScalarId]) -> Res {
        let span = self.ir.scalar(id).span;
        let field = self.written_text(args[0]).map(str::to_ascii_lowercase);
        let of = &args[1..2];
        if self.ir.scalar(args[1]).ty == Type::Interval {
            return self.cut_interval(id, field.as_deref(), args[1]);
        }
        let (open, close) = match field.as_deref() {
            Some("microseconds") => return self.value(args[1], 20),
            Some("milliseconds") => ("DATE_FORMAT(", ", '%Y-%m-%d %H:%i:%s.%f')"),
            Some("second") => ("DATE_FORMAT(", ", '%Y-%m-%d %H:%i:%s')"),
            Some("minute") => ("DATE_FORMAT(", ", '%Y-%m-%d %H:%i:00')"),
            Some("hour") => ("DATE_FORMAT(", ", '%Y-%m-%d %H:00:00')"),
            Some("day") => ("CAST(", " AS DATE)"),
            Some("week") => {
                self.only_if(self.twice(args[1]), id, Func::DateTrunc)?;
                self.wrapped("CAST(CAST(", of, " AS DATE) - INTERVAL ")?;
                return self.wrapped("WEEKDAY(", of, ") DAY AS DATETIME(6))");
            }
            Some("month") => ("DATE_FORMAT(", ", '%Y-%m-01')"),
            // MAKEDATE takes a year before 100 for one of our time.
            Some("year") => ("CONCAT(LPAD(YEAR(", "), 4, '0'), '-01-01')"),
            Some("decade") => ("CONCAT(LPAD(YEAR(", ") DIV 10 * 10, 4, '0'), '-01-01')"),
            Some("century") => (
                "CONCAT(LPAD((YEAR(",
                ") - 1) DIV 100 * 100 + 1, 4, '0'), '-01-01')",
            ),
            Some("quarter") => {
                self.only_if(self.twice(args[1]), id, Func::DateTrunc)?;
                self.wrapped("CAST(CONCAT(LPAD(YEAR(", of, "), 4, '0'), '-', ")?;
                return self.wrapped("QUARTER(", of, ") * 3 - 2, '-01') AS DATETIME(6))");
            }
            field => {
                let what = format!("date_trunc to {}", field.unwrap_or("a computed unit"));
                return Err(self.refuse(span, &what));
            }
        };
        // The format writes six digits of a second.
        let millis = field.as_deref() == Some("milliseconds");
        self.push(if millis { "CAST(LEFT(" } else { "CAST(" });
        self.wrapped(open, of, close)?;
        self.push(if millis {
            ", 23) AS DATETIME(6))"
        } else {
            " AS DATETIME(6))"
        });
        Ok(())
    }
}

/// An interval in units of which there are whole numbers.
fn units(months: i32, days: i32, micros: i64, sign: i64) -> Vec<Part> {
    let part = |count: i64, unit| Part {
        count: count * sign,
        times: None,
        unit,
    };
    let mut parts = Vec::new();
    match months {
        0 => {}
        months if months % 12 == 0 => parts.push(part((months / 12).into(), "YEAR")),
        months => parts.push(part(months.into(), "MONTH")),
    }
    if days != 0 {
        parts.push(part(days.into(), "DAY"));
    }
    let known = [
        (3600 * SECOND, "HOUR"),
        (60 * SECOND, "MINUTE"),
        (SECOND, "SECOND"),
    ];
    let unit = known.into_iter().find(|unit| micros % unit.0 == 0);
    let (size, unit) = unit.unwrap_or((1, "MICROSECOND"));
    if micros != 0 {
        parts.push(part(micros / size, unit));
    }
    parts
}

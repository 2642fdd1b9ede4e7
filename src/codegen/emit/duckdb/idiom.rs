//! Calls that are a text with places on DuckDB: `{0}` is the first argument.
//!
//! What stands in several places, or inside a lambda, and is more than a column or a constant, is named once:
//! `list_transform([{a0: …}], lambda rql_v: … rql_v.a0 …)[1]`.

use super::shown::{PARTS, elements};
use crate::emit::aggregate::Aggregation;
use crate::emit::{Emitter, Rep, Res};
use rql_ir::{Agg, Func, Literal, ScalarId, ScalarKind, Type, is_zone_name};

/// A year as it counts them.
const YEAR: &str = "CASE WHEN {0} = 0 THEN error('date field value out of range') WHEN {0} < 0 THEN {0} + 1 ELSE {0} END";

/// The interval of its parts.
const WHOLE: &str = "to_months(CAST(i['m'] AS integer)) + to_days(CAST(i['d'] AS integer)) + to_microseconds(i['u'])";

const HOURS: &str = "{m: i['m'], d: i['d'] + i['u'] // 86400000000, u: i['u'] % 86400000000}";
const DAYS: &str = "{m: i['m'] + i['d'] // 30, d: i['d'] % 30, u: i['u']}";
const DAYS_FIRST: &str = "CASE WHEN i['d'] > 0 AND i['u'] > 0 OR i['d'] < 0 AND i['u'] < 0 \
    THEN {m: i['m'] + i['d'] // 30, d: i['d'] % 30, u: i['u']} ELSE i END";
/// A unit that has another sign than the one above it borrows from that.
const DAY_SIGN: &str = "{m: i['m'], \
    d: i['d'] - CASE WHEN i['d'] > 0 AND i['u'] < 0 THEN 1 WHEN i['d'] < 0 AND i['u'] > 0 THEN -1 ELSE 0 END, \
    u: i['u'] + 86400000000 * CASE WHEN i['d'] > 0 AND i['u'] < 0 THEN 1 WHEN i['d'] < 0 AND i['u'] > 0 THEN -1 ELSE 0 END}";
const MONTH_SIGN: &str = "{\
    m: i['m'] - CASE WHEN i['m'] > 0 AND i['d'] < 0 THEN 1 WHEN i['m'] < 0 AND i['d'] > 0 THEN -1 ELSE 0 END, \
    d: i['d'] + 30 * CASE WHEN i['m'] > 0 AND i['d'] < 0 THEN 1 WHEN i['m'] < 0 AND i['d'] > 0 THEN -1 ELSE 0 END, u: i['u']}";
const MONTH_SIGN_OF_ALL: &str = "{\
    m: i['m'] - CASE WHEN i['m'] > 0 AND (i['d'] < 0 OR i['d'] = 0 AND i['u'] < 0) THEN 1 \
    WHEN i['m'] < 0 AND (i['d'] > 0 OR i['d'] = 0 AND i['u'] > 0) THEN -1 ELSE 0 END, \
    d: i['d'] + 30 * CASE WHEN i['m'] > 0 AND (i['d'] < 0 OR i['d'] = 0 AND i['u'] < 0) THEN 1 \
    WHEN i['m'] < 0 AND (i['d'] > 0 OR i['d'] = 0 AND i['u'] > 0) THEN -1 ELSE 0 END, u: i['u']}";
/// Months, days and microseconds by a number: what is left of months is days of thirty, and of days seconds, each to
/// six digits.
fn divided([m, d, u]: [&str; 3], by: &str) -> String {
    let first = format!(
        "{{m: {m} / CAST({by} AS double), d: {d} / CAST({by} AS double), u: {u} / CAST({by} AS double)}}"
    );
    let steps = [
        "{m: trunc(s['m']), d: trunc(s['d']), r: round((s['m'] - trunc(s['m'])) * 30, 6), e: s['d'] - trunc(s['d']), u: s['u']}",
        "{m: s['m'], d: s['d'] + trunc(s['r']), t: round((s['e'] + s['r'] - trunc(s['r'])) * 86400, 6), u: s['u']}",
        "{m: s['m'], d: s['d'] + trunc(s['t'] / 86400), u: round_even(s['u'] + (s['t'] - trunc(s['t'] / 86400) * 86400) * 1e6, 0)}",
        "to_months(CAST(s['m'] AS integer)) + to_days(CAST(s['d'] AS integer)) + to_microseconds(CAST(s['u'] AS bigint))",
    ];
    let done = steps.iter().fold(format!("[{first}]"), |value, step| {
        format!("list_transform({value}, lambda s: {step})")
    });
    format!("{done}[1]")
}

impl Emitter<'_> {
    /// The text of a call, where it is one with places.
    pub(super) fn duckdb_idiom(&self, func: Func, args: &[ScalarId]) -> Option<String> {
        use Func as F;
        let ty = |at: usize| self.ir.scalar(args[at]).ty;
        let texts = |range: core::ops::Range<usize>| range.into_iter().all(|at| ty(at).is_text());
        let above = |at: usize, least: i64| match args.get(at) {
            Some(&arg) => self.number(arg).is_some_and(|n| n >= least),
            None => true,
        };
        let written = |at: usize| match args.get(at) {
            Some(&arg) => self.written_text(arg).is_some_and(|text| !text.is_empty()),
            None => true,
        };
        let text = match (func, args.len()) {
            (F::ToDate | F::ToTimestampForm, 2) => return self.duckdb_read(func, args),
            (F::Substr, 2) if above(1, 1) => "substr({0}, {1})".into(),
            (F::Substr, 3) if above(1, 1) && above(2, 0) => "substr({0}, {1}, {2})".into(),
            (F::Lpad, 2) if above(1, 0) => "lpad({0}, {1}, ' ')".into(),
            (F::Rpad, 2) if above(1, 0) => "rpad({0}, {1}, ' ')".into(),
            (F::Lpad, 3) if above(1, 0) && written(2) => "lpad({0}, {1}, {2})".into(),
            (F::Rpad, 3) if above(1, 0) && written(2) => "rpad({0}, {1}, {2})".into(),
            (F::SplitPart, 3) if written(1) && self.number(args[2]).is_some_and(|n| n != 0) => {
                "split_part({0}, {1}, {2})".into()
            }
            (F::Chr, 1) if above(0, 1) => "chr({0})".into(),
            // Of what is NULL by itself it makes bytes.
            (F::Repeat, 2) if !matches!(self.ir.scalar(args[0]).kind, ScalarKind::Literal(_) | ScalarKind::Column(_)) => {
                "CASE WHEN CAST({1} AS bigint) * strlen({0}) > 1073741823 \
                 THEN error('requested length too large') ELSE repeat(CAST({0} AS text), {1}) END"
                    .into()
            }
            (F::Repeat, 2) if self.number(args[1]).is_some_and(|n| n < 1 << 20) => "repeat({0}, {1})".into(),
            (F::Repeat, 2) => "CASE WHEN CAST({1} AS bigint) * strlen({0}) > 1073741823 \
                 THEN error('requested length too large') ELSE repeat({0}, {1}) END"
                .into(),
            (F::Decode, 2) if self.written_text(args[1]).is_some_and(|form| form.eq_ignore_ascii_case("hex")) => {
                "CASE WHEN length({0}) % 2 = 1 THEN error('invalid hexadecimal data: odd number of digits') \
                 ELSE from_hex({0}) END"
                    .into()
            }
            // PostgreSQL counts from 2000 on, and rounds there (`float8_timestamptz`).
            (F::ToTimestamp, 1) => "(TIMESTAMPTZ '2000-01-01 00:00:00+00' + to_microseconds(CAST((CAST({0} AS double) - 946684800) \
                 * 1000000 AS bigint)))"
                .into(),
            (F::Acosh, 1) => "CASE WHEN {0} < 1 THEN error('input is out of range') ELSE acosh({0}) END".into(),
            // The year before the first is 0 there, -1 to PostgreSQL.
            (F::MakeDate, 3) if above(0, 1) => "make_date({0}, {1}, {2})".into(),
            (F::MakeDate, 3) => format!("make_date({YEAR}, {{1}}, {{2}})"),
            (F::MakeTimestamp, 6) if above(0, 1) => "make_timestamp({0}, {1}, {2}, {3}, {4}, {5})".into(),
            (F::MakeTimestamp, 6) => format!("make_timestamp({YEAR}, {{1}}, {{2}}, {{3}}, {{4}}, {{5}})"),
            (F::Overlay, 3 | 4) if texts(0..2) => {
                let count = if args.len() == 4 { "{3}" } else { "length({1})" };
                format!(
                    "CASE WHEN {{2}} <= 0 THEN error('negative substring length not allowed') ELSE left({{0}}, {{2}} - 1) \
                     || {{1}} || substr({{0}}, CASE WHEN {{2}} + {count} < 1 THEN 1 ELSE {{2}} + {count} END) END"
                )
            }
            (F::Substr, 3) => "CASE WHEN {2} < 0 THEN error('negative substring length not allowed') \
                 WHEN {1} + {2} IS NOT NULL THEN substr({0}, greatest({1}, 1), \
                 greatest(CAST({1} AS bigint) + {2} - greatest({1}, 1), 0)) END"
                .into(),
            (F::Substr, 2) => "CASE WHEN {1} IS NOT NULL THEN substr({0}, greatest({1}, 1)) END".into(),
            (F::Lpad | F::Rpad, _) => {
                let name = if func == F::Lpad { "lpad" } else { "rpad" };
                let fill = if args.len() == 3 { "{2}" } else { "' '" };
                format!(
                    "CASE WHEN {{1}} IS NULL OR {fill} IS NULL THEN NULL WHEN {{1}} <= 0 THEN left({{0}}, 0) \
                     WHEN {fill} = '' THEN left({{0}}, {{1}}) ELSE {name}({{0}}, CAST({{1}} AS integer), {fill}) END"
                )
            }
            (F::SplitPart, _) => "CASE WHEN {2} = 0 THEN error('field position must not be zero') WHEN {1} <> '' \
                 THEN split_part({0}, {1}, {2}) WHEN {2} IN (1, -1) AND {1} = '' THEN {0} \
                 WHEN {0} || {1} IS NOT NULL AND {2} IS NOT NULL THEN '' END"
                .into(),
            // It takes 32 bits, and numbers of a series have 64.
            (F::Factorial, 1) => "factorial(CAST({0} AS integer))".into(),
            // Its own keeps a letter and the accent behind it together.
            (F::Reverse, 1) => "array_to_string(list_reverse(regexp_extract_all({0}, '(?s).')), '')".into(),
            (F::Chr, _) => "CASE WHEN {0} = 0 THEN error('null character not permitted') WHEN {0} < 0 OR {0} > 1114111 \
                 THEN error('requested character not valid') ELSE chr(CAST({0} AS integer)) END"
                .into(),
            (F::BetweenSymmetric, _) => "({0} BETWEEN {1} AND {2} OR {0} BETWEEN {2} AND {1})".into(),
            (F::NotBetweenSymmetric, _) => {
                "(NOT ({0} BETWEEN {1} AND {2} OR {0} BETWEEN {2} AND {1}))".into()
            }
            (F::AtTimeZone, 2) => return self.zone(args),
            (F::Round | F::Trunc, 2) if self.number(args[1]).is_none() => {
                return self.to_digits(func, args[0]);
            }
            // Before the first digit DuckDB rounds to 0, NULL too.
            (F::Round | F::Trunc, 2) if !above(1, 0) && ty(0).scale().is_some() && ty(0).is_decimal() => {
                wide(ty(0).scale()?, func.name(), "{1}")
            }
            (F::TimesBetween, _) => "to_microseconds(epoch_us({0}) - epoch_us({1}))".into(),
            (F::MakeInterval, 7) => "(to_months(CAST({0} AS integer) * 12 + {1}) + to_days(CAST({2} AS integer) * 7 + {3}) \
                 + to_microseconds(CAST({4} AS bigint) * 3600000000 + CAST({5} AS bigint) * 60000000 \
                 + CAST(round_even({6} * 1000000, 0) AS bigint)))"
                .into(),
            (F::JustifyHours, _) => justified(&[HOURS, DAY_SIGN]),
            (F::JustifyDays, _) => justified(&[DAYS, MONTH_SIGN]),
            (F::JustifyInterval, _) => justified(&[DAYS_FIRST, HOURS, DAYS, MONTH_SIGN_OF_ALL, DAY_SIGN]),
            (F::DateTrunc, 2) => {
                let years = match self.written_text(args[0])?.to_ascii_lowercase().trim_end_matches('s') {
                    "century" | "centurie" => 100,
                    "millennium" | "millennia" => 1000,
                    _ => return None,
                };
                // Centuries and millennia begin with a year 1.
                let moved = |year: &str| format!("to_years(CAST({year} - date_part('year', {{1}}) AS integer))");
                let first = format!("((date_part('year', {{1}}) - 1) // {years}) * {years} + 1");
                match ty(1) {
                    Type::Timestamp | Type::TimestampTz => format!(
                        "CASE WHEN date_part('year', {{1}}) < 1 THEN error('a {years}-year span before Christ') \
                         ELSE date_trunc('year', {{1}}) + {} END",
                        moved(&first)
                    ),
                    _ => return None,
                }
            }
            (F::ArraySlice, 3) => {
                let [low, high] = [1, 2].map(|at| self.is_open(args[at]));
                let open = |at: usize, open: bool| match open {
                    true => "false".to_owned(),
                    false => format!("{{{at}}} IS NULL"),
                };
                format!(
                    "CASE WHEN {} OR {} THEN NULL ELSE list_slice({{0}}, {}, {}) END",
                    open(1, low),
                    open(2, high),
                    if low { "1" } else { "greatest({1}, 1)" },
                    if high { "len({0})" } else { "greatest({2}, 0)" }
                )
            }
            (F::ArrayLength | F::ArrayUpper, 2) => {
                "CASE WHEN {1} = 1 AND len({0}) > 0 THEN CAST(len({0}) AS integer) END".into()
            }
            (F::ArrayLower, 2) => "CASE WHEN {1} = 1 AND len({0}) > 0 THEN 1 END".into(),
            (F::ArrayDims, 1) => "CASE WHEN len({0}) > 0 THEN '[1:' || len({0}) || ']' END".into(),
            (F::ArrayGet, 2) if above(1, 1) => "({0})[{1}]".into(),
            (F::ArrayGet, 2) => "CASE WHEN {1} > 0 THEN ({0})[{1}] END".into(),
            (F::ArrayNdims, 1) => "CASE WHEN len({0}) > 0 THEN 1 END".into(),
            (F::ArrayPosition, 2) => "CAST(list_position({0}, {1}) AS integer)".into(),
            (F::ArrayPosition, 3) => "CASE WHEN coalesce(len({0}), 0) = 0 OR {1} IS NULL AND len(list_filter({0}, lambda v: v IS NULL)) = 0 THEN NULL \
                 WHEN {2} IS NULL                  THEN error('initial position must not be null') ELSE CAST(list_position(list_slice({0}, \
                 greatest({2}, 1), len({0})), {1}) + greatest({2}, 1) - 1 AS integer) END"
                .into(),
            (F::ArrayPositions, 2) => "CAST(list_filter(generate_series(1, len({0})), \
                 lambda i: {0}[i] IS NOT DISTINCT FROM {1}) AS integer[])"
                .into(),
            (F::ArrayRemove, 2) => "list_filter({0}, lambda v: v IS DISTINCT FROM {1})".into(),
            (F::ArrayReplace, 3) => {
                "list_transform({0}, lambda v: CASE WHEN v IS NOT DISTINCT FROM {1} THEN {2} ELSE v END)".into()
            }
            (F::TrimArray, 2) => "CASE WHEN {1} NOT BETWEEN 0 AND len({0}) \
                 THEN error('number of elements to trim must be between 0 and the length') \
                 ELSE list_slice({0}, 1, len({0}) - {1}) END"
                .into(),
            (F::ArrayContains | F::ArrayContained, 2) => {
                let (all, some) = if func == F::ArrayContains { ("{0}", "{1}") } else { ("{1}", "{0}") };
                format!(
                    "CASE WHEN {all} IS NOT NULL THEN len(list_filter({some}, lambda v: \
                     v IS NULL OR NOT coalesce(list_contains({all}, v), false))) = 0 END"
                )
            }
            (F::ArrayToString, 2 | 3) => {
                let shown = elements(ty(0))?;
                let nulls = if args.len() == 3 { "{2}" } else { "NULL" };
                format!(
                    "CASE WHEN {{0}} IS NOT NULL AND {{1}} IS NOT NULL THEN list_transform([list_filter(\
                     list_transform({shown}, lambda v: coalesce(v, {nulls})), lambda v: v IS NOT NULL)], \
                     lambda l: CASE WHEN len(l) = 0 THEN '' ELSE list_reduce(l, lambda x, y: x || {{1}} || y) END)[1] END"
                )
            }
            (F::StringToArray, 2 | 3) => {
                let split = "CASE WHEN {0} IS NULL THEN NULL WHEN {0} = '' THEN CAST([] AS text[]) WHEN {1} = '' \
                     THEN [{0}] WHEN {1} IS NULL THEN string_split({0}, '') ELSE string_split({0}, {1}) END";
                match args.len() {
                    2 => split.into(),
                    _ => format!("list_transform({split}, lambda v: nullif(v, {{2}}))"),
                }
            }
            _ => return None,
        };
        Some(text)
    }

    /// A moment in a zone with a name, or so far from the zone that sessions are in.
    fn zone(&self, args: &[ScalarId]) -> Option<String> {
        let zoned = self.ir.scalar(args[1]).ty == Type::TimestampTz;
        match &self.ir.scalar(args[0]).kind {
            ScalarKind::Literal(Literal::Text(name)) if is_zone_name(name) => {
                Some("timezone({0}, {1})".into())
            }
            ScalarKind::Literal(Literal::Interval {
                months: 0, days: 0, ..
            }) => Some(match zoned {
                true => "(make_timestamp(epoch_us({1})) + {0})".into(),
                false => "CAST({1} - {0} AS timestamptz)".into(),
            }),
            _ => {
                let seconds = self.fixed_zone(args[0]).filter(|&seconds| seconds != 0)?;
                Some(match zoned {
                    true => format!("(make_timestamp(epoch_us({{1}})) + to_seconds({seconds}))"),
                    false => format!("CAST({{1}} - to_seconds({seconds}) AS timestamptz)"),
                })
            }
        }
    }

    /// To a number of digits that is computed: DuckDB takes a constant, so each has a branch.
    fn to_digits(&self, func: Func, number: ScalarId) -> Option<String> {
        let (precision, scale) = match (self.ir.scalar(number).ty, &self.ir.scalar(number).kind) {
            (
                Type::Decimal {
                    scale: Some(scale), ..
                },
                ScalarKind::Literal(Literal::Decimal(units)),
            ) => {
                let digits = units.unsigned_abs().checked_ilog10().unwrap_or(0) + 1;
                (u8::try_from(digits).ok()?.max(scale), scale)
            }
            (
                Type::Decimal {
                    precision: Some(precision),
                    scale: Some(scale),
                },
                _,
            ) => (precision, scale),
            _ => return None,
        };
        // Of other numbers of digits DuckDB would take those that leave the most before the point.
        let branches: String = (i16::from(scale) - i16::from(precision)..i16::from(scale))
            .map(|digits| {
                let rounded = match digits <= 0 {
                    true => wide(scale, func.name(), &digits.to_string()),
                    false => format!("{}({{0}}, {digits})", func.name()),
                };
                format!("WHEN {{1}} = {digits} THEN CAST({rounded} AS decimal(38, {scale})) ")
            })
            .collect();
        Some(format!(
            "CASE {branches}WHEN {{1}} >= {scale} THEN CAST({{0}} AS decimal(38, {scale})) WHEN {{0}} IS NOT NULL AND {{1}} IS NOT NULL THEN 0 END"
        ))
    }

    /// An interval by a number, as PostgreSQL's `interval_div` does it: DuckDB multiplies by what 1 is by it, so that 49
    /// months by 49 are 30 days.
    pub(super) fn duckdb_span_by(&mut self, args: &[ScalarId]) -> Res {
        let [m, d, u] = ["m", "d", "u"].map(|part| format!("v['i']['{part}']"));
        let quotient = divided([&m, &d, &u].map(String::as_str), "v['f']");
        let parts = PARTS.replace("{0}", "w['i']");
        self.push("list_transform(list_transform([{i: ");
        self.scalar(args[0], Rep::Plain, 0)?;
        self.push(", f: ");
        self.not_zero(args[1])?;
        self.push(&format!(
            "}}], lambda w: {{i: {parts}, f: w['f']}}), lambda v: {quotient})[1]"
        ));
        Ok(())
    }

    /// The sum or average of intervals, by their parts.
    pub(super) fn duckdb_spans(&mut self, call: &Aggregation<'_>) -> Res {
        let sum = |part: &str| format!("list_sum(list_transform(l, lambda i: i['{part}']))");
        let whole = format!(
            "to_months(CAST({} AS integer)) + to_days(CAST({} AS integer)) + to_microseconds(CAST({} AS bigint))",
            sum("m"),
            sum("d"),
            sum("u")
        );
        let parts = PARTS.replace("{0}", "i");
        self.push("list_transform([list_transform(");
        self.written("list", call, Rep::Plain)?;
        self.push(&format!(
            ", lambda i: {parts})], lambda l: {}",
            match call.agg {
                Agg::Avg => {
                    let count = "list_count(list_transform(l, lambda i: i['m']))";
                    let [m, d, u] = ["m", "d", "u"].map(sum);
                    let mean = divided([&m, &d, &u].map(String::as_str), count);
                    format!("CASE WHEN {count} > 0 THEN {mean} END")
                }
                _ => whole,
            }
        ));
        self.push(")[1]");
        Ok(())
    }

    /// A bound of a slice that is not written.
    fn is_open(&self, bound: ScalarId) -> bool {
        let open = [i64::from(i32::MIN), i64::from(i32::MAX)];
        matches!(self.ir.scalar(bound).kind, ScalarKind::Literal(Literal::Integer(at)) if open.contains(&at))
    }
}

/// A decimal rounded with room for a digit more.
fn wide(scale: u8, name: &str, digits: &str) -> String {
    format!("{name}(CAST({{0}} AS decimal(38, {scale})), {digits})")
}

/// What steps make of the parts of an interval.
fn justified(steps: &[&str]) -> String {
    let parts = steps.iter().fold(format!("[{PARTS}]"), |parts, step| {
        format!("list_transform({parts}, lambda i: {step})")
    });
    format!("list_transform({parts}, lambda i: {WHOLE})[1]")
}

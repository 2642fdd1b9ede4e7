//! DuckDB, where it is not PostgreSQL.
//!
//! What may be written twice is short: an expression that would have to stand twice, each time within
//! another, would double with every level.

mod define;
mod document;
mod double;
mod exists;
mod idiom;
mod json;
mod narrow;
mod part;
mod pattern;
mod quotient;
mod re2;
mod reading;
mod regex;
mod rows;
mod scale;
mod sequence;
mod shown;
mod spread;
mod steps;
mod text;

pub(super) use document::key as document_key;
pub(super) use rows::PAIR;
pub use sequence::NUMBERS;

use super::aggregate::Aggregation;
use super::scales::Whole;
use super::{Emitter, Rep, Res};
use crate::Dialect;
use crate::cells::aggregate_name;
use crate::named::named;
use crate::types::{FALSE, TRUE};
use rql_ir::{
    Abbreviation, Agg, Func, Literal, RelId, RelKind, Scalar, ScalarId, ScalarKind, Type,
    zone_abbreviation,
};
use shown::{part_of, text_of};

/// How many pieces of an expression may be written twice.
const MOST_TWICE: usize = 6;

/// Where PostgreSQL's decimals have more digits before the point than a double is sure of.
const MOST_EXACT: &str = "1e12";
const TOO_LONG: &str = "the result needs more digits than DuckDB computes";

/// The microseconds of a time of day, or of an interval beside its months and days.
const MICROS: &str = "CAST(date_part('hour', {0}) * 3600000000 + date_part('minute', {0}) * 60000000 \
    + date_part('microseconds', {0}) AS bigint)";

/// Words that DuckDB reads as more than a name, beside those that others do.
#[rustfmt::skip]
pub(super) const RESERVED: &[&str] = &[
    "anti", "asof", "at", "by", "describe", "lambda", "pivot", "pivot_longer", "pivot_wider",
    "positional", "qualify", "semi", "show", "summarize", "unpack", "unpivot",
];

impl Emitter<'_> {
    /// Refuses GROUPING SETS that have the set of all rows, where they read a row of the query around them: DuckDB
    /// has no row for that set then, where there are none.
    pub(super) fn duckdb_sets(&self, sets: Option<&[Vec<usize>]>, query: RelId) -> Res {
        let whole = sets.is_some_and(|sets| sets.iter().any(Vec::is_empty));
        if self.dialect != Dialect::Duckdb || !whole || rql_ir::rewrite::is_closed(self.ir, query) {
            return Ok(());
        }
        let what = "GROUPING SETS with the empty set, of rows that depend on the query around";
        Err(self.refuse(self.ir.rel(query).span, what))
    }

    /// Refuses a WITH query with LATERAL that reads a row of the query around it: DuckDB ends with an error of its own.
    pub(super) fn duckdb_closed(&self, rel: RelId) -> Res {
        let mut lateral = false;
        self.ir.each_below(rel, &mut |below| {
            lateral |= matches!(self.ir.rel(below).kind, RelKind::Join { lateral: true, .. });
        });
        if self.dialect != Dialect::Duckdb || !lateral || rql_ir::rewrite::is_closed(self.ir, rel) {
            return Ok(());
        }
        let what = "a WITH query with LATERAL that reads a row of the query around it";
        Err(self.refuse(self.ir.rel(rel).span, what))
    }

    pub(super) fn duckdb_call(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        above: u8,
    ) -> Res {
        use Func as F;
        self.sites.push(self.ir.scalar(id).span);
        let text = self.duckdb_idiom(func, args);
        let text = text.or_else(|| self.duckdb_part(func, args));
        if let Some(text) = text.or_else(|| self.duckdb_jsonb(func, args)) {
            return self.placed(&text, args);
        }
        match func {
            F::Div | F::Mod => self.duckdb_divide(id, func, args, above),
            F::IntervalDiv => self.duckdb_span_by(args),
            F::Round if args.len() == 1 && self.ir.scalar(args[0]).ty.is_float() => {
                self.wrapped("round_even(", &[args[0]], ", 0)")
            }
            F::Round | F::Trunc if args.get(1).is_some_and(|&n| self.number(n).is_none()) => {
                self.only_if(false, id, func)
            }
            F::Round | F::Trunc | F::Ceil | F::Floor => self.of_digits(func.name(), args),
            F::Gcd | F::Lcm => {
                let ty = self.ir.scalar(id).ty;
                let name = func.name();
                self.wrapped(&format!("CAST({name}("), args, &format!(") AS {ty})"))
            }
            F::Power | F::Exp => self.finite(id, func, args),
            F::Ln | F::Log if self.ir.scalar(id).ty.is_decimal() => {
                self.logarithm(id, func, args[0])
            }
            F::Ln => self.wrapped("ln(", args, ")"),
            F::Log => self.wrapped("log(", args, ")"),
            F::RegexpLike
            | F::Matches
            | F::NotMatches
            | F::MatchesAnyCase
            | F::NotMatchesAnyCase => self.duckdb_matches(id, func, args, above),
            F::RegexpReplace => self.duckdb_replace(id, args),
            F::RegexpSplitToArray => self.duckdb_split(id, args),
            F::SimilarTo | F::NotSimilarTo => self.duckdb_similar(id, func, args, above),
            F::SubstringRegex | F::RegexpSubstr => self.duckdb_match(id, func, args),
            F::RegexpInstr => self.duckdb_place(id, args),
            F::RegexpCount => {
                self.only_if(args.len() == 2, id, func)?;
                self.agreed(id, func, args[1])?;
                self.push("CAST(len(regexp_extract_all(");
                self.searched(id, func, args, re2::re2)?;
                self.push(", 0, 's')) AS integer)");
                Ok(())
            }
            F::NumNulls | F::NumNonnulls => self.count_nulls(func, args),
            F::Format => self.format(id, args, |this, arg| this.duckdb_piece(func, arg)),
            F::QuoteNullable => {
                self.push("coalesce(");
                self.duckdb_literal(id, args[0])?;
                self.push(", 'NULL')");
                Ok(())
            }
            F::Sha256 => self.wrapped("unhex(sha256(", args, "))"),
            F::WidthBucket => self.duckdb_bucket(id, args),
            F::DateBin => self.duckdb_bin(id, args),
            F::Initcap => self.duckdb_initcap(args),
            F::ToHex => self.duckdb_hex(args[0]),
            F::QuoteLiteral => self.duckdb_literal(id, args[0]),
            F::QuoteIdent => {
                let plain = "regexp_matches({0}, '^[a-z_][a-z0-9_]*$')";
                self.placed(&named("{0}", plain, ["", " || ", ""]), args)
            }
            F::Encode | F::Decode => self.duckdb_coded(id, func, args),
            F::ToChar => self.duckdb_to_char(id, args),
            F::ShiftLeft => self.duckdb_shift(id, args),
            F::ShiftRight if self.ir.scalar(id).ty == Type::SmallInt => {
                self.placed("CAST(CAST({0} AS integer) >> ({1} & 31) AS smallint)", args)
            }
            F::ShiftRight => self.bracket(above > 7, |this| {
                this.scalar(args[0], Rep::Plain, 7)?;
                this.push(" >> (");
                this.scalar(args[1], Rep::Plain, 8)?;
                let bits = if this.ir.scalar(id).ty == Type::BigInt {
                    63
                } else {
                    31
                };
                this.push(&format!(" & {bits})"));
                Ok(())
            }),
            F::IntDiv => self.duckdb_whole(id, args),
            F::AtTimeZone => self.duckdb_zone(id, args),
            F::ArrayConcat | F::ArrayCat => self.duckdb_joined(id, args),
            F::Cardinality => self.wrapped("CAST(len(", args, ") AS integer)"),
            F::ToJson => {
                self.push("CAST(");
                self.json_piece(args[0])?;
                self.push(" AS json)");
                Ok(())
            }
            F::JsonBuildArray | F::JsonBuildObject => self.duckdb_document(id, func, args),
            F::ToJsonb if self.ir.scalar(args[0]).ty == Type::Record => {
                self.push("CAST(");
                self.row_document(args[0], true)?;
                self.push(" AS json)");
                Ok(())
            }
            F::ToJsonb => {
                let args = self.normal_parts(id, func, args)?;
                self.push("CAST(");
                self.json_piece(args[0])?;
                self.push(" AS json)");
                Ok(())
            }
            F::JsonbBuildArray | F::JsonbBuildObject => {
                let args = self.normal_parts(id, func, args)?;
                self.duckdb_document(id, func, &args)
            }
            F::JsonTypeof | F::JsonbTypeof => self.duckdb_kind(id, args[0]),
            // The capital of ß is ẞ there, in PostgreSQL it has none.
            F::Upper => match self.written_text(args[0]) {
                Some(text) if text.is_ascii() => self.wrapped("upper(", args, ")"),
                _ => self.wrapped("replace(upper(", args, "), 'ẞ', 'ß')"),
            },
            // A whole number there, and so is what stands beside it.
            F::Sign if self.ir.scalar(id).ty.is_float() => {
                self.wrapped("CAST(sign(", args, ") AS double precision)")
            }
            F::Sign => self.wrapped("sign(", args, ")"),
            F::OctetLength => match self.ir.scalar(args[0]).ty {
                Type::Blob => self.wrapped("octet_length(", args, ")"),
                _ => self.wrapped("octet_length(encode(", args, "))"),
            },
            F::ConcatAll | F::ConcatWs => self.duckdb_concat(func, args),
            F::Extract | F::DatePart => self.part(id, func, args),
            // So many digits must be known, a dimension the only one, a separator constant.
            F::BitLength => match self.ir.scalar(args[0]).ty {
                Type::Blob => self.wrapped("(octet_length(", args, ") * 8)"),
                _ => self.wrapped("bit_length(", args, ")"),
            },
            F::AddDays | F::SubDays => self.bracket(above > 8, |this| {
                this.days(args[0], 8)?;
                this.push(if func == F::AddDays { " + " } else { " - " });
                this.days(args[1], 9)
            }),
            // `date_trunc('hour', c) <> moment` is true there for a NULL, where the moment is not the start of an hour:
            // DuckDB 1.5 makes a range of it, but not of a sum.
            F::DateTrunc => {
                let moment = self.ir.scalar(args[1]);
                let sum = moment.nullable && moment.ty != Type::Interval;
                self.bracket(sum && above > 8, |this| {
                    this.wrapped("date_trunc(", args, ")")?;
                    this.push(if sum { " + INTERVAL 0 SECOND" } else { "" });
                    Ok(())
                })
            }
            _ => self.only_if(false, id, func),
        }
    }

    /// Whole division cuts, and a zero divisor is an error where DuckDB gives NULL or infinity.
    fn duckdb_divide(&mut self, id: ScalarId, func: Func, args: &[ScalarId], above: u8) -> Res {
        let ty = self.ir.scalar(id).ty;
        if func == Func::Mod && ty.is_integer() && self.number(args[1]) == Some(-1) {
            // Of the least number it fails there.
            return self.wrapped("((", &args[..1], ") * 0)");
        }
        if func == Func::Div && self.duckdb_quotient(id, args)? {
            return Ok(());
        }
        let op = match func {
            Func::Mod => " % ",
            _ if ty.is_integer() => " // ",
            _ => " / ",
        };
        let fits = func == Func::Mod;
        self.bracket(above > 9, |this| {
            let [left, right] = [(args[0], args[1]), (args[1], args[0])]
                .map(|(arg, other)| fits.then(|| this.wide_beside(arg, other)).flatten());
            let narrowed = this.narrowed_operand(id, func, args).is_some();
            let left = left.or(narrowed.then(|| " AS integer)".to_owned()));
            this.push(if left.is_some() { "CAST(" } else { "" });
            this.scalar(args[0], Rep::Plain, if left.is_some() { 0 } else { 9 })?;
            this.push(&left.unwrap_or_default());
            this.push(op);
            this.push(if right.is_some() { "CAST(" } else { "" });
            this.not_zero(args[1])?;
            this.push(&right.unwrap_or_default());
            Ok(())
        })
    }

    /// What gives a decimal of many digits before the point those behind it that it has beside: together they would
    /// be more than DuckDB has, and the rest of a division one of doubles.
    fn wide_beside(&self, arg: ScalarId, other: ScalarId) -> Option<String> {
        let [arg, other] = [arg, other].map(|id| self.before_widening(id));
        let Scalar { kind, ty, .. } = self.ir.scalar(arg);
        let few = matches!(ty, Type::Decimal { precision: Some(p), .. } if *p <= 18);
        if !ty.is_decimal() || few || matches!(kind, ScalarKind::Literal(_)) {
            return None;
        }
        let (own, scale) = (self.duckdb_scale(arg)?, self.duckdb_scale(other)?);
        (scale > own).then(|| format!(" AS decimal(38, {scale}))"))
    }

    /// A date, or days; a wider whole number is no number of days there.
    fn days(&mut self, id: ScalarId, above: u8) -> Res {
        if self.ir.scalar(id).ty == Type::Date || self.number(id).is_some() {
            return self.scalar(id, Rep::Plain, above);
        }
        self.wrapped("CAST(", &[id], " AS integer)")
    }

    fn is_never_zero(&self, id: ScalarId) -> bool {
        match &self.ir.scalar(self.before_widening(id)).kind {
            ScalarKind::Literal(Literal::Integer(value)) => *value != 0,
            ScalarKind::Literal(Literal::Decimal(units)) => *units != 0,
            ScalarKind::Literal(Literal::Double(text)) => {
                text.parse::<f64>().is_ok_and(|value| value != 0.0)
            }
            _ => false,
        }
    }

    /// A divisor; zero is an error.
    fn not_zero(&mut self, divisor: ScalarId) -> Res {
        if self.is_never_zero(divisor) {
            return self.scalar(divisor, Rep::Plain, 10);
        }
        self.push("CASE WHEN ");
        self.scalar(divisor, Rep::Plain, 6)?;
        self.push(" = 0 THEN error('division by zero') ELSE ");
        self.scalar(divisor, Rep::Plain, 0)?;
        self.push(" END");
        Ok(())
    }

    /// Near 1 a double has lost what the logarithm is made of: `ln x = 2 atanh((x - 1) / (x + 1))`.
    fn logarithm(&mut self, id: ScalarId, func: Func, arg: ScalarId) -> Res {
        self.only_if(self.twice(arg), id, func)?;
        self.push("CASE WHEN ");
        self.scalar(arg, Rep::Plain, 7)?;
        self.push(" BETWEEN 0.9 AND 1.1 THEN 2 * atanh(CAST(");
        self.scalar(arg, Rep::Plain, 9)?;
        self.push(" - 1 AS double) / CAST(");
        self.scalar(arg, Rep::Plain, 9)?;
        let ln = func == Func::Ln;
        self.push(if ln {
            " + 1 AS double))"
        } else {
            " + 1 AS double)) / ln(10)"
        });
        self.push(if ln { " ELSE ln(" } else { " ELSE log10(" });
        self.scalar(arg, Rep::Plain, 0)?;
        self.push(") END");
        Ok(())
    }

    /// A power that leaves the doubles is an error in PostgreSQL, infinity or NaN there; one of decimals
    /// that needs more digits than doubles have is an error here.
    fn finite(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        if self.ir.scalar(id).ty.is_decimal() {
            return self.few_digits(id, func, args);
        }
        let simple = args.iter().all(|&arg| self.twice(arg));
        self.only_if(simple, id, func)?;
        let name = if func == Func::Exp { "exp(" } else { "pow(" };
        self.push("CASE WHEN isfinite(");
        self.wrapped(name, args, ")")?;
        // exp of far below zero is an underflow.
        self.push(if func == Func::Exp { ") AND " } else { ")" });
        if func == Func::Exp {
            self.wrapped(name, args, ") <> 0")?;
        }
        self.push(" OR ");
        for (at, &arg) in args.iter().enumerate() {
            self.push(if at == 0 { "" } else { " OR " });
            self.scalar(arg, Rep::Plain, 5)?;
            self.push(" IS NULL");
        }
        self.push(" THEN ");
        self.wrapped(name, args, ")")?;
        self.push(" ELSE error('value out of range') END");
        Ok(())
    }

    fn few_digits(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        let simple = args.iter().all(|&arg| self.twice(arg));
        self.only_if(simple, id, func)?;
        let name = if func == Func::Exp { "exp(" } else { "pow(" };
        self.push("CASE WHEN abs(");
        self.wrapped(
            name,
            args,
            &format!(")) >= {MOST_EXACT} THEN error('{TOO_LONG}')"),
        )?;
        if func == Func::Power {
            let (digits, whole) = self.power_digits(args);
            if whole != Whole::Never {
                self.wrapped(" WHEN abs(pow(", args, ")) < 0.01")?;
            }
            if whole == Whole::ByRow {
                self.wrapped(" AND trunc(", &args[1..], ") = ")?;
                self.scalar(args[1], Rep::Plain, 5)?;
            }
            if whole != Whole::Never {
                self.wrapped(" THEN round(pow(", args, &format!("), {digits})"))?;
            }
        }
        // A double of its sure digits: 1.1 to the power of 2 is more than 1.21.
        let (before, behind) = match func {
            Func::Power => (" ELSE CAST(printf('%.15g', pow(", ")) AS double) END"),
            _ => (" ELSE exp(", ") END"),
        };
        self.wrapped(before, args, behind)
    }

    fn duckdb_concat(&mut self, func: Func, args: &[ScalarId]) -> Res {
        self.push(if func == Func::ConcatAll {
            "concat("
        } else {
            "concat_ws("
        });
        self.list(args, |this, arg| this.duckdb_piece(func, arg))?;
        self.push(")");
        Ok(())
    }

    fn duckdb_piece(&mut self, func: Func, arg: ScalarId) -> Res {
        match self.duckdb_text(arg, part_of(self.ir.scalar(arg).ty)) {
            Some(text) => self.placed(&text, &[arg]),
            None => self.only_if(false, arg, func),
        }
    }

    /// A written conversion where the two agree on every value.
    pub(super) fn duckdb_cast(
        &mut self,
        id: ScalarId,
        operand: ScalarId,
        implicit: bool,
        above: u8,
    ) -> Res {
        let (from, to) = (self.ir.scalar(operand).ty, self.ir.scalar(id).ty);
        let span = self.ir.scalar(id).span;
        self.sites.push(span);
        let constant = matches!(self.ir.scalar(operand).kind, ScalarKind::Literal(_));
        let plain =
            |this: &mut Self, ty: &str| this.wrapped("CAST(", &[operand], &format!(" AS {ty})"));
        match (from, to) {
            (from, to) if to.is_text() => {
                let text = self.duckdb_text(operand, text_of(from));
                self.only_can(text.is_some(), id, from, to)?;
                let text = text.unwrap_or_default();
                match to {
                    Type::Varchar(n) => self.placed(&format!("left({text}, {n})"), &[operand]),
                    Type::Char(n) => {
                        self.placed(&format!("rtrim(left({text}, {n}), ' ')"), &[operand])
                    }
                    _ if from.is_text() => plain(self, "text"),
                    _ => self.placed(&text, &[operand]),
                }
            }
            (Type::Jsonb, Type::Json) => self.scalar(operand, Rep::Plain, above),
            (Type::Jsonb, to) if to.is_number() || to == Type::Boolean => {
                let text = self.duckdb_of_jsonb(to);
                self.only_can(text.is_some(), id, from, to)?;
                self.placed(&text.unwrap_or_default(), &[operand])
            }
            (from, Type::Boolean) if from.is_text() => self.placed(
                &format!(
                    "CASE WHEN lower(trim({{0}})) IN ({TRUE}) THEN true WHEN lower(trim({{0}})) IN ({FALSE}) THEN false \
                     WHEN {{0}} IS NOT NULL THEN error('invalid input syntax for type boolean') END"
                ),
                &[operand],
            ),
            (from, to) if from.is_text() && to.is_integer() => self.digits_only(id, operand, to),
            // Some quotients are doubles there, of which a half goes to the even number.
            (from, to) if from.is_decimal() && from.scale().is_none() && to.is_integer() => {
                self.push("CAST(");
                self.of_digits("round", &[operand])?;
                self.push(&format!(" AS {to})"));
                Ok(())
            }
            (_, Type::Decimal { precision: Some(_), .. }) if !implicit && self.is_double(operand) => {
                self.push("CAST(");
                self.sure_digits(operand)?;
                self.push(&format!(" AS {to})"));
                Ok(())
            }
            // What PostgreSQL converts by itself DuckDB does too, and to the scale that all need.
            _ if implicit && from.is_number() && to.is_number() && !to.is_float() => {
                self.scalar(operand, Rep::Plain, above)
            }
            (
                from,
                Type::Decimal {
                    precision: None, ..
                },
            ) => match from {
                Type::SmallInt => plain(self, "decimal(5,0)"),
                Type::Integer => plain(self, "decimal(10,0)"),
                Type::BigInt => plain(self, "decimal(19,0)"),
                from if from.is_decimal() => self.scalar(operand, Rep::Plain, above),
                _ => Err(self.refuse(span, &format!("a conversion from {from} to {to}"))),
            },
            // A comma too many and what is no number of JSON are read there.
            (from, Type::Json) if from.is_text() => self.placed(
                r#"CAST(CASE WHEN regexp_matches(regexp_replace({0}, '"(?:[^"\\]|\\.)*"', '0', 'g'), '(?i)nan|inf|,\s*[\]}]') THEN error('invalid input syntax for type json') ELSE {0} END AS json)"#,
                &[operand],
            ),
            (from, Type::Blob) if from.is_text() && !constant => self.placed(
                r"CASE WHEN contains({0}, '\') THEN error('bytes of a text with a backslash') ELSE encode({0}) END",
                &[operand],
            ),
            (Type::Time, Type::Interval) => self.placed(&format!("to_microseconds({MICROS})"), &[operand]),
            (Type::Interval, Type::Time) => {
                let whole = format!("CAST(TIME '00:00:00' + to_microseconds({MICROS}) AS time)");
                self.placed(&whole, &[operand])
            }
            (_, Type::Interval | Type::Json | Type::Jsonb | Type::Blob | Type::Array(_))
                if !constant =>
            {
                self.only_can(from.is_like(to), id, from, to)?;
                self.scalar(operand, Rep::Plain, above)
            }
            (Type::Interval | Type::Array(_), _) => {
                self.only_can(from.is_like(to), id, from, to)?;
                self.scalar(operand, Rep::Plain, above)
            }
            _ => plain(self, &self.held(to).to_string()),
        }
    }

    /// DuckDB reads `1e3` and `1.5` as integers too.
    fn digits_only(&mut self, id: ScalarId, operand: ScalarId, to: Type) -> Res {
        let from = self.ir.scalar(operand).ty;
        self.only_can(self.twice(operand), id, from, to)?;
        self.push("CASE WHEN regexp_matches(");
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(
            r", '[^-+0-9\s]') THEN error('invalid input syntax for type integer') ELSE CAST(",
        );
        self.scalar(operand, Rep::Plain, 0)?;
        self.push(&format!(" AS {to}) END"));
        Ok(())
    }

    /// A value for a column whose length DuckDB does not watch.
    pub(super) fn duckdb_assigned(&mut self, value: ScalarId, to: Type, above: u8) -> Res {
        let (Type::Varchar(n) | Type::Char(n)) = to else {
            return self.scalar(value, self.natural(value), above);
        };
        let char = matches!(to, Type::Char(_));
        let short = |text: &str| u32::try_from(text.chars().count()).is_ok_and(|count| count <= n);
        let null = matches!(
            self.ir.scalar(value).kind,
            ScalarKind::Literal(Literal::Null)
        );
        if null || !char && self.written_text(value).is_some_and(short) {
            return self.scalar(value, Rep::Plain, above);
        }
        self.only_can(self.twice(value), value, self.ir.scalar(value).ty, to)?;
        self.sites.push(self.ir.scalar(value).span);
        self.push("CASE WHEN length(rtrim(");
        self.scalar(value, Rep::Plain, 0)?;
        self.push(&format!(
            ", ' ')) > {n} THEN error('value too long for type {to}') ELSE "
        ));
        self.wrapped(if char { "rtrim(" } else { "left(" }, &[value], "")?;
        self.push(&if char {
            ", ' ') END".to_owned()
        } else {
            format!(", {n}) END")
        });
        Ok(())
    }

    pub(super) fn duckdb_aggregate(&mut self, id: ScalarId, call: &Aggregation<'_>) -> Res {
        let span = self.ir.scalar(id).span;
        let ty = call.args.first().map(|&arg| self.ir.scalar(arg).ty);
        let by = call.order.first().map(|key| self.ir.scalar(key.scalar).ty);
        if ty == Some(Type::Interval) && matches!(call.agg, Agg::Sum | Agg::Avg) {
            return self.duckdb_spans(call);
        }
        if by == Some(Type::Interval) && call.agg == Agg::PercentileCont {
            return Err(self.refuse(span, "percentile_cont of intervals"));
        }
        if matches!(call.agg, Agg::JsonAgg | Agg::JsonbAgg | Agg::JsonObjectAgg) {
            return self.duckdb_gathered(id, call);
        }
        // Without an order the values of DISTINCT come sorted from PostgreSQL.
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
        let spread = matches!(
            call.agg,
            Agg::StddevSamp | Agg::StddevPop | Agg::VarSamp | Agg::VarPop
        );
        if spread && call.distinct && !ty.is_some_and(Type::is_float) {
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
            _ => return self.written(aggregate_name(call.agg), call, Rep::Plain),
        };
        self.push("CAST(");
        self.written(aggregate_name(call.agg), call, Rep::Plain)?;
        self.push(made);
        Ok(())
    }

    /// `before a, b after`.
    pub(super) fn wrapped(&mut self, before: &str, args: &[ScalarId], after: &str) -> Res {
        self.push(before);
        self.list(args, |this, arg| this.scalar(arg, Rep::Plain, 0))?;
        self.push(after);
        Ok(())
    }

    /// True for what may be written twice: a column, a constant, a parameter, or little more.
    pub(super) fn twice(&self, id: ScalarId) -> bool {
        self.pieces_of(id) <= MOST_TWICE
    }

    /// How many pieces a scalar has; too many where it may differ each time, or reads rows.
    fn pieces_of(&self, id: ScalarId) -> usize {
        let many = MOST_TWICE + 1;
        match &self.ir.scalar(id).kind {
            ScalarKind::Column(column) => match self.definition(*column) {
                Some(super::Def::Inline(inner)) => self.pieces_of(*inner),
                _ => 1,
            },
            ScalarKind::Literal(_) | ScalarKind::Param(_) => 1,
            ScalarKind::Cast { operand, .. } => self.pieces_of(*operand),
            ScalarKind::Aggregate { args, order, .. } if order.is_empty() => {
                let pieces = args.iter().map(|&arg| self.pieces_of(arg));
                pieces.fold(1, |all, more| many.min(all + more))
            }
            ScalarKind::Call { func, args } => match func {
                Func::Random | Func::GenRandomUuid | Func::ClockTimestamp | Func::Nextval => many,
                _ => {
                    let pieces = args.iter().map(|&arg| self.pieces_of(arg));
                    pieces.fold(1, |all, more| many.min(all + more))
                }
            },
            _ => many,
        }
    }

    pub(super) fn written_text(&self, id: ScalarId) -> Option<&str> {
        match &self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Seconds east of UTC of an abbreviation that is written and means the same the whole year.
    pub(super) fn fixed_zone(&self, id: ScalarId) -> Option<i32> {
        match zone_abbreviation(self.written_text(id)?)? {
            Abbreviation::Fixed(seconds) => Some(seconds),
            Abbreviation::Of(_) => None,
        }
    }

    fn number(&self, id: ScalarId) -> Option<i64> {
        match &self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Integer(value)) => Some(*value),
            ScalarKind::Call {
                func: Func::Neg,
                args,
            } => self.number(*args.first()?).map(|value| -value),
            _ => None,
        }
    }

    pub(super) fn only_if(&self, can: bool, id: ScalarId, func: Func) -> Res {
        if can {
            return Ok(());
        }
        let what = format!("{} of these arguments", func.row().title());
        Err(self.refuse(self.ir.scalar(id).span, &what))
    }

    pub(super) fn only_can(&self, can: bool, id: ScalarId, from: Type, to: Type) -> Res {
        if can {
            return Ok(());
        }
        let what = format!("a conversion from {from} to {to}");
        Err(self.refuse(self.ir.scalar(id).span, &what))
    }
}

//! DuckDB, where it is not PostgreSQL.
//!
//! What may be written twice is short: an expression that would have to stand twice, each time within
//! another, would double with every level.

mod aggregate;
mod cast;
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

use super::{Emitter, Rep, Res};
use crate::Dialect;
use crate::named::named;
use rql_ir::{
    Abbreviation, Func, Literal, RelId, RelKind, Scalar, ScalarId, ScalarKind, Type,
    zone_abbreviation,
};
use shown::part_of;

/// How many pieces of an expression may be written twice.
const MOST_TWICE: usize = 6;

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

    /// True for a WITH query of DuckDB with a parameter, and more than one use: where it puts the query in the place of each,
    /// the parameter is NULL.
    pub(in crate::emit) fn is_bound_twice(&self, id: rql_ir::CteId) -> bool {
        let cte = &self.ir.ctes[id.index()];
        if self.dialect != crate::Dialect::Duckdb || cte.recursive {
            return false;
        }
        let uses = self
            .ir
            .rels
            .iter()
            .filter(|rel| matches!(rel.kind, RelKind::CteScan { cte, .. } if cte == id));
        let mut bound = false;
        self.ir.each_below(cte.rel, &mut |below| {
            self.ir.each_scalar(below, &mut |scalar| {
                self.ir.walk(scalar, &mut |s| {
                    bound |= matches!(s.kind, ScalarKind::Param(_));
                });
            });
        });
        bound && uses.count() > 1
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
        // It is a double, and a decimal has no negative zero.
        let unsigned = func == Func::Div && ty.is_decimal() && !self.is_written_number(args[0]);
        self.bracket(above > if unsigned { 8 } else { 9 }, |this| {
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
            this.push(if unsigned { " + 0" } else { "" });
            Ok(())
        })
    }

    /// True for a number that is written, and is not 0.
    fn is_written_number(&self, id: ScalarId) -> bool {
        match self.ir.scalar(self.before_widening(id)).kind {
            ScalarKind::Literal(Literal::Integer(value)) => value != 0,
            ScalarKind::Literal(Literal::Decimal(units)) => units != 0,
            _ => false,
        }
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

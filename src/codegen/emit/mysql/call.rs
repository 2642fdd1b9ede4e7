//! Operators and functions by other text.

use super::super::placed::column;
use super::super::{Emitter, Rep, Res};
use crate::named::named;
use rql_ir::{Func, Literal, ScalarId, ScalarKind, Type, decimal_text};

impl Emitter<'_> {
    pub(in crate::emit) fn mysql_call(
        &mut self,
        id: ScalarId,
        func: Func,
        args: &[ScalarId],
        above: u8,
    ) -> Res {
        use Func as F;
        let span = self.ir.scalar(id).span;
        let constant = match func {
            F::CurrentTime => "CURRENT_TIME(6)",
            F::CurrentTimestamp | F::LocalTimestamp => "CURRENT_TIMESTAMP(6)",
            F::ClockTimestamp => "SYSDATE(6)",
            F::CurrentUser => "CURRENT_USER()",
            F::SessionUser => "SESSION_USER()",
            F::CurrentDatabase | F::CurrentSchema => "DATABASE()",
            F::Pi => "3.141592653589793e0",
            F::Random => "RAND()",
            _ => "",
        };
        if !constant.is_empty() {
            self.push(constant);
            return Ok(());
        }
        match func {
            F::Eq | F::Ne | F::Lt | F::Le | F::Gt | F::Ge | F::IsDistinct | F::IsNotDistinct => {
                return self.compare(func, args[0], args[1], above);
            }
            F::Between | F::NotBetween | F::BetweenSymmetric | F::NotBetweenSymmetric => {
                return self.between(func, args, above);
            }
            F::IsNull | F::IsNotNull => return self.null_test(func, args[0], above),
            _ => self.sites.push(span),
        }
        let text = self.mysql_idiom(func, args);
        if let Some(text) = text.or_else(|| self.mysql_jsonb(func, args)) {
            return self.placed(&text, args);
        }
        match func {
            F::ArrayGet
            | F::ArraySlice
            | F::ArrayConcat
            | F::ArrayLength
            | F::ArrayUpper
            | F::ArrayLower
            | F::ArrayNdims
            | F::Cardinality
            | F::ArrayPosition
            | F::ArrayPositions
            | F::ArrayAppend
            | F::ArrayPrepend
            | F::ArrayCat
            | F::ArrayRemove
            | F::ArrayReplace
            | F::TrimArray
            | F::ArrayToString
            | F::StringToArray
            | F::ArrayContains
            | F::ArrayContained
            | F::ArrayOverlap => self.mysql_array_call(id, func, args),
            F::Greatest | F::Least => self.mysql_extreme(id, func, args),
            F::Gcd | F::Lcm => self.divisor(id, func, args),
            F::Age => self.age(args),
            F::NumNulls | F::NumNonnulls => self.count_nulls(func, args),
            F::ToJson | F::JsonBuildArray | F::JsonBuildObject => {
                self.mysql_document(id, func, args)
            }
            F::ToJsonb if self.ir.scalar(args[0]).ty == Type::Record => {
                self.row_document(args[0], true)
            }
            F::ToJsonb | F::JsonbBuildArray | F::JsonbBuildObject => {
                let args = self.normal_parts(id, func, args)?;
                self.mysql_document(id, func, &args)
            }
            F::QuoteLiteral | F::QuoteNullable => self.mysql_quoted(id, func, args[0]),
            F::QuoteIdent => {
                let plain = "{0} COLLATE utf8mb4_nopad_bin REGEXP '^[a-z_][a-z0-9_]*\\z'";
                self.placed(&named("{0}", plain, ["CONCAT(", ", ", ")"]), args)
            }
            F::Factorial => self.mysql_factorial(id, args[0]),
            F::Cbrt => {
                self.only_if(self.twice(args[0]), id, func)?;
                self.wrapped("(SIGN(", args, ") * ")?;
                self.wrapped("POW(ABS(", args, "), 1e0 / 3))")
            }
            F::WidthBucket => self.mysql_bucket(id, args),
            F::DateBin => self.mysql_bin(id, args),
            F::Sha224 => self.wrapped("UNHEX(SHA2(", args, ", 224))"),
            F::Sha256 => self.wrapped("UNHEX(SHA2(", args, ", 256))"),
            F::Sha384 => self.wrapped("UNHEX(SHA2(", args, ", 384))"),
            F::Sha512 => self.wrapped("UNHEX(SHA2(", args, ", 512))"),
            F::Format => self.format(id, args, |this, arg| {
                let nullable = this.ir.scalar(arg).nullable;
                this.push(if nullable { "COALESCE(" } else { "" });
                this.value_text(arg, arg, ("t", "f"), 0)?;
                this.push(if nullable { ", '')" } else { "" });
                Ok(())
            }),
            F::Like | F::NotLike | F::ILike | F::NotILike => self.mysql_like(func, args, above),
            F::SimilarTo
            | F::NotSimilarTo
            | F::RegexpCount
            | F::RegexpSplitToArray
            | F::Matches
            | F::NotMatches
            | F::MatchesAnyCase
            | F::NotMatchesAnyCase
            | F::RegexpLike
            | F::RegexpReplace
            | F::RegexpSubstr
            | F::RegexpInstr
            | F::SubstringRegex => self.mysql_regex(id, func, args, above),
            F::Add | F::Sub | F::Mul | F::Div | F::Mod | F::Neg | F::Plus | F::IntDiv => {
                self.mysql_arithmetic(id, func, args, above)
            }
            F::Abs
            | F::Sign
            | F::Ceil
            | F::Floor
            | F::Round
            | F::Trunc
            | F::Power
            | F::Sqrt
            | F::Exp
            | F::Ln
            | F::Log
            | F::LogBase
            | F::Asin
            | F::Acos => self.mysql_number(id, func, args),
            F::BitAnd | F::BitOr | F::BitXor | F::BitNot | F::ShiftLeft | F::ShiftRight => {
                self.mysql_bits(id, func, args)
            }
            F::AddDays
            | F::SubDays
            | F::DaysBetween
            | F::AddInterval
            | F::SubInterval
            | F::DateTime
            | F::Extract
            | F::DatePart
            | F::DateTrunc
            | F::MakeDate
            | F::ToTimestamp
            | F::ToChar => self.mysql_moment(id, func, args, above),
            F::JsonGet
            | F::JsonGetText
            | F::JsonPath
            | F::JsonPathText
            | F::JsonTypeof
            | F::JsonArrayLength
            | F::JsonbTypeof
            | F::JsonbArrayLength => self.mysql_json(id, func, args),
            F::MomentsBetween
            | F::TimesBetween
            | F::IntervalAdd
            | F::IntervalSub
            | F::IntervalMul
            | F::IntervalDiv
            | F::IntervalNeg
            | F::MakeInterval
            | F::JustifyDays
            | F::JustifyHours
            | F::JustifyInterval => self.mysql_interval(id, func, args),
            F::TimeAdd | F::TimeSub => self.moved_time(func, args),
            F::AtTimeZone => self.in_utc(id, args),
            _ => self.mysql_text(id, func, args),
        }
    }

    /// GREATEST and LEAST skip NULLs in PostgreSQL: each operand stands for itself or, where it is NULL,
    /// for one that is not.
    fn mysql_extreme(&mut self, id: ScalarId, func: Func, args: &[ScalarId]) -> Res {
        if let &[only] = args {
            return self.value(only, 20);
        }
        for &arg in args {
            self.only_values(arg)?;
        }
        let ty = self.ir.scalar(id).ty;
        if let Some(of) = super::array::element(ty) {
            return self.extreme_of(func.name(), args, of, true);
        }
        let nullable = args.iter().any(|&arg| self.ir.scalar(arg).nullable);
        let simple = !nullable || args.len() <= 6 && args.iter().all(|&arg| self.twice(arg));
        if let (false, Some(of)) = (simple, column(ty)) {
            return self.extreme_of(func.name(), args, of, false);
        }
        self.only_if(simple, id, func)?;
        self.push(if func == Func::Greatest {
            "GREATEST("
        } else {
            "LEAST("
        });
        if !nullable {
            self.list(args, |this, arg| this.value(arg, 0))?;
            self.push(")");
            return Ok(());
        }
        for at in 0..args.len() {
            self.push(if at == 0 { "COALESCE(" } else { ", COALESCE(" });
            let (before, after) = args.split_at(at);
            let turned: Vec<_> = after.iter().chain(before).copied().collect();
            self.list(&turned, |this, arg| this.value(arg, 0))?;
            self.push(")");
        }
        self.push(")");
        Ok(())
    }

    /// A comparison's spelling, and whether NOT stands before it.
    pub(in crate::emit) fn null_safe(&self, func: Func) -> Option<(&'static str, bool)> {
        match func {
            _ if !self.is_mysql() => None,
            Func::IsNotDistinct => Some(("<=>", false)),
            Func::IsDistinct => Some(("<=>", true)),
            _ => None,
        }
    }

    /// A written integer.
    pub(in crate::emit) fn written_number(&self, id: ScalarId) -> Option<i64> {
        match self.ir.scalar(id).kind {
            ScalarKind::Literal(Literal::Integer(value)) => Some(value),
            ScalarKind::Cast { operand, .. } if self.ir.scalar(id).ty.is_integer() => {
                self.written_number(operand)
            }
            ScalarKind::Call {
                func: Func::Neg,
                ref args,
            } => self.written_number(args[0])?.checked_neg(),
            _ => None,
        }
    }

    /// A written number.
    pub(super) fn written_double(&self, id: ScalarId) -> Option<f64> {
        let scalar = self.ir.scalar(id);
        match &scalar.kind {
            ScalarKind::Literal(Literal::Integer(value)) => value.to_string().parse().ok(),
            ScalarKind::Literal(Literal::Decimal(units)) => {
                decimal_text(*units, scalar.ty.scale()?).parse().ok()
            }
            ScalarKind::Literal(Literal::Double(text)) => text.parse().ok(),
            ScalarKind::Cast { operand, .. } => self.written_double(*operand),
            _ => None,
        }
    }

    /// A comparison of values that are what they compare as.
    pub(in crate::emit) fn mysql_comparable(&mut self, id: ScalarId, above: u8) -> Res {
        if self.ir.scalar(id).ty == Type::Interval {
            return self.interval_key(id);
        }
        if let Type::Array(_) = self.ir.scalar(id).ty {
            return self.mysql_array_key(id);
        }
        self.only_values(id)?;
        if self.ir.scalar(id).ty.is_document() {
            return Err(self.refuse(self.ir.scalar(id).span, "a comparison of documents"));
        }
        self.scalar(id, Rep::Plain, above)
    }
}

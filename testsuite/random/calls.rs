//! Which calls of the registry can be made for a type, and what may stand at their places.
//!
//! A function that the registry gains is called by itself, with anything of the types of its signatures,
//! alone in a query of one table, since it may fail. With a rule here it stands anywhere.

use super::values::{INTEGERS, TEXTS};
use rql_ir::function::{AGGREGATES, FUNCTIONS, Function, Gives, Param, Signature};
use rql_ir::{Agg, Func, Type};

/// What stands at a place of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Arg {
    /// Any value of the type.
    Any,
    /// One of these texts.
    Among(&'static [&'static str]),
    /// A whole number between these.
    Whole(i32, i32),
    /// A number of no more than this amount.
    Within(f64),
    /// A number above zero.
    Positive,
    /// One of these, as they are written.
    Written(&'static [&'static str]),
}

use Arg::{Among, Any, Positive, Whole, Within, Written};

const PATTERNS: &[&str] = &[
    "%", "a%", "%b", "_", "__", "%a%", "\\%", "a\\_b", "A_", "", "%ä%", "a%b", "%é",
];
const REGEXES: &[&str] = &[
    "a",
    "^a",
    "b$",
    "[a-c]+",
    "a|b",
    "(a)(b)?",
    "\\d+",
    ".",
    "",
    "ä",
    "^[[:alpha:]]+$",
    "x*",
    "\\s",
    "[^a]",
];
const SEPARATORS: &[&str] = &[",", " ", "a", "", "ab"];
const UNITS: &[&str] = &[
    "year", "quarter", "month", "week", "day", "hour", "minute", "second", "decade", "century",
];
const DATE_FIELDS: &[&str] = &[
    "year", "month", "day", "quarter", "week", "dow", "isodow", "doy", "isoyear", "epoch",
];
const TIME_FIELDS: &[&str] = &["hour", "minute", "second", "epoch"];
const FORMS: &[&str] = &[
    "YYYY-MM-DD",
    "DD.MM.YYYY HH24:MI:SS",
    "Mon DD",
    "Day",
    "HH12:MI AM",
    "Q",
    "IYYY-IW",
];
const NUMBER_FORMS: &[&str] = &["999", "FM999990.00", "000.0", "9,999", "S99"];

/// What stands at a place of a function.
pub(super) fn place(func: Func, at: usize, param: Param, signature: &Signature) -> Arg {
    let of = |ty| param == Param::Of(ty);
    match (func, at) {
        (Func::Like | Func::NotLike | Func::ILike | Func::NotILike, 1) => Among(PATTERNS),
        (
            Func::Matches
            | Func::NotMatches
            | Func::MatchesAnyCase
            | Func::NotMatchesAnyCase
            | Func::RegexpLike
            | Func::RegexpCount
            | Func::RegexpReplace
            | Func::RegexpSubstr
            | Func::RegexpInstr
            | Func::RegexpMatch
            | Func::SubstringRegex
            | Func::RegexpSplitToArray,
            1,
        ) => Among(REGEXES),
        (Func::RegexpLike | Func::RegexpSplitToArray | Func::RegexpMatch, 2)
        | (Func::RegexpCount, 3)
        | (Func::RegexpSubstr, 4)
        | (Func::RegexpInstr, 5) => Among(&["i", ""]),
        (Func::RegexpCount | Func::RegexpSubstr | Func::RegexpInstr, 2 | 3) => Whole(1, 3),
        (Func::RegexpInstr, 4) => Whole(0, 1),
        (Func::RegexpSubstr, 5) | (Func::RegexpInstr, 6) => Whole(0, 2),
        (Func::WidthBucket, 1) => Written(&["0", "-5"]),
        (Func::WidthBucket, 2) => Written(&["10", "2.5"]),
        (Func::WidthBucket, 3) => Whole(1, 6),
        (Func::DateBin, 0) => Written(&[
            "INTERVAL '15 minutes'",
            "INTERVAL '1 day'",
            "INTERVAL '7 days 01:00:00'",
        ]),
        (Func::Acosh, _) => Written(&["1e0", "2.5e0"]),
        (Func::Atanh, _) => Written(&["0.5e0", "-0.25e0", "0e0"]),
        (Func::RegexpReplace, 2) => Among(&["x", "", "[\\&]", "<\\1>"]),
        (Func::RegexpReplace, 3) => Among(&["g", "i", "gi", ""]),
        (Func::ShiftLeft | Func::ShiftRight, 1) => Whole(0, 15),
        (Func::Round | Func::Trunc, 1) => Whole(-2, 4),
        (Func::Sqrt | Func::Ln | Func::Log, _) | (Func::LogBase, 1) => Positive,
        (Func::LogBase, 0) => Written(&["2.0", "10.0", "0.5"]),
        (Func::Power, 0) => Positive,
        (Func::Power, 1) => Written(&["0", "1", "2", "3", "-1", "0.5"]),
        (Func::Exp | Func::Sinh | Func::Cosh, _) => Within(20.0),
        (Func::Asin | Func::Acos, _) => Written(&["-1e0", "0e0", "0.25e0", "1e0", "0.5e0"]),
        (Func::Cot, _) => Written(&["0.5e0", "1e0", "-1.5e0"]),
        (Func::Sin | Func::Cos | Func::Tan | Func::Degrees | Func::Radians, _) => Within(1e6),
        (Func::Gcd | Func::Lcm, _) => Within(40_000.0),
        (Func::Factorial, _) => Whole(0, 15),
        (Func::IntDiv | Func::Mod | Func::Div, 1) => Written(&["2", "3", "-2", "7", "10"]),
        (Func::Substr, 1) => Whole(-2, 6),
        (Func::Substr, 2) => Whole(0, 5),
        (Func::Left | Func::Right, 1) => Whole(-3, 4),
        (Func::Lpad | Func::Rpad, 1) => Whole(-1, 9),
        (Func::Repeat, 1) => Whole(-1, 3),
        (Func::Trim | Func::Ltrim | Func::Rtrim, 1) => Among(&[" ", "a", "ab", "", "ä"]),
        (Func::Translate, 1 | 2) => Among(&["abc", "xy", "", "aä", "A"]),
        (Func::SplitPart, 1) | (Func::StringToArray, 1) => Among(SEPARATORS),
        (Func::StringToArray, 2) => Among(&["a", ""]),
        (Func::SplitPart, 2) => Written(&["1", "2", "-1", "3", "-2"]),
        (Func::Overlay, 2) => Whole(1, 5),
        (Func::Overlay, 3) => Whole(0, 4),
        (Func::Chr, _) => Whole(1, 900),
        (Func::Encode, 1) => Among(&["hex", "base64", "escape"]),
        (Func::Decode, 0) => Among(&["0aff", "", "61", "c3a4"]),
        (Func::Decode, 1) => Among(&["hex"]),
        (Func::Format, 0) => Among(&["%s", "<%s>", "%%", "%I", "%L", "%1$s"]),
        (Func::ToNumber, 0) => Among(&["12", "-1.5", "1,234.50"]),
        (Func::ToNumber, 1) => Among(&["999", "S99.9", "9,999.99"]),
        (Func::AddDays | Func::SubDays, _) if of(Type::Integer) => Whole(-400, 400),
        (Func::IntervalMul, _) if of(Type::Double) => Written(&["2", "0.5", "-1.5", "3", "0"]),
        (Func::IntervalDiv, 1) => Written(&["2", "0.5", "-4", "3"]),
        (Func::DatePart, 0) => match signature.params {
            [_, Param::Of(Type::Date)] => Among(DATE_FIELDS),
            [_, Param::Of(Type::Time)] => Among(TIME_FIELDS),
            _ => Among(&["year", "month", "day", "hour", "minute", "second", "epoch"]),
        },
        (Func::DateTrunc, 0) if signature.params.contains(&Param::Of(Type::Interval)) => {
            Among(&["year", "month", "day", "hour", "minute", "second"])
        }
        (Func::DateTrunc, 0) => Among(UNITS),
        (Func::MakeDate | Func::MakeTimestamp, 0) => Whole(1900, 2100),
        (Func::MakeDate | Func::MakeTimestamp, 1) => Whole(1, 12),
        (Func::MakeDate | Func::MakeTimestamp, 2) => Whole(1, 28),
        (Func::MakeTime, 0) | (Func::MakeTimestamp, 3) => Whole(0, 23),
        (Func::MakeTime, 1) | (Func::MakeTimestamp, 4) => Whole(0, 59),
        (Func::MakeTime, 2) | (Func::MakeTimestamp, 5) => Written(&["0", "1.5", "59.25"]),
        (Func::ToTimestamp, _) => Within(4e9),
        (Func::ToTimestampForm | Func::ToDate, 0) => Among(&["2024-02-29", "1999-12-31"]),
        (Func::ToTimestampForm | Func::ToDate, 1) => Among(&["YYYY-MM-DD"]),
        (Func::ToChar, 1) => match signature.params {
            [Param::Of(Type::Timestamp | Type::TimestampTz), _] => Among(FORMS),
            [Param::Of(Type::Interval), _] => Among(&["HH24:MI:SS", "DD"]),
            _ => Among(NUMBER_FORMS),
        },
        (Func::ToChar, 0) if of(Type::NUMERIC) || of(Type::Integer) => Within(99.0),
        (Func::AtTimeZone, 0) if of(Type::Text) => {
            Among(&["UTC", "Europe/Berlin", "America/New_York"])
        }
        (Func::AtTimeZone, 0) => Written(&["INTERVAL '2 hours'", "INTERVAL '-5 hours'"]),
        (Func::MakeInterval, 6) => Written(&["0", "1.5"]),
        (Func::MakeInterval, _) => Whole(-3, 14),
        (Func::JsonGet | Func::JsonGetText, 1) if of(Type::Text) => Among(&["a", "b", ""]),
        (Func::JsonGet | Func::JsonGetText, 1) => Whole(-2, 3),
        (
            Func::JsonPath
            | Func::JsonPathText
            | Func::JsonbMinusPath
            | Func::JsonbSet
            | Func::JsonbInsert,
            1,
        ) => Written(&[
            "'{a}'::text[]",
            "'{b,1}'::text[]",
            "'{}'::text[]",
            "'{a,b}'::text[]",
        ]),
        (Func::JsonbHas | Func::JsonbMinus, 1) if of(Type::Text) => Among(&["a", "b", "x"]),
        (Func::JsonbMinus, 1) => Whole(-2, 3),
        (
            Func::JsonbPathFinds
            | Func::JsonbPathHolds
            | Func::JsonbPathExists
            | Func::JsonbPathMatch
            | Func::JsonbPathAll
            | Func::JsonbPathFirst,
            1,
        ) => Among(&["$.a", "$[*]", "$.b[*] ? (@ > 1)", "exists($.a)"]),
        (Func::JsonbSetLax, 4) => Among(&["delete_key", "use_json_null", "return_target"]),
        // A name that is NULL is an error, which is not one where PostgreSQL knows that nobody asks for the document.
        (Func::JsonBuildObject | Func::JsonbBuildObject, at) if at % 2 == 0 => {
            Among(&["a", "b", "", "ä"])
        }
        (Func::JsonbArrayLength, _) => Written(&["'[1, 2]'::jsonb", "'[]'::jsonb"]),
        (Func::JsonArrayLength, _) => Written(&["'[1, 2]'::json", "'[]'::json"]),
        (Func::ArrayLength | Func::ArrayUpper | Func::ArrayLower, 1) => Whole(0, 2),
        (Func::ArrayPosition, 2) => Written(&["1", "2", "3"]),
        (Func::TrimArray, 0) => Written(&["ARRAY[1, 2, 3]"]),
        (Func::TrimArray, 1) => Whole(0, 3),
        _ => Any,
    }
}

/// True where the rules above let no call fail.
pub(super) fn total(func: Func) -> bool {
    use Func as F;
    matches!(
        func,
        F::Like
            | F::NotLike
            | F::ILike
            | F::NotILike
            | F::Matches
            | F::MatchesAnyCase
            | F::NotMatches
            | F::NotMatchesAnyCase
            | F::StartsWith
            | F::Add
            | F::Sub
            | F::Mul
            | F::Div
            | F::Mod
            | F::Neg
            | F::Plus
            | F::Power
            | F::BitAnd
            | F::BitOr
            | F::BitXor
            | F::BitNot
            | F::ShiftLeft
            | F::ShiftRight
            | F::Abs
            | F::Ceil
            | F::Floor
            | F::Round
            | F::Trunc
            | F::Sign
            | F::IntDiv
            | F::Sqrt
            | F::Cbrt
            | F::Exp
            | F::Ln
            | F::Log
            | F::LogBase
            | F::Sin
            | F::Cos
            | F::Tan
            | F::Cot
            | F::Asin
            | F::Acos
            | F::Atan
            | F::Atan2
            | F::Sinh
            | F::Cosh
            | F::Tanh
            | F::Degrees
            | F::Radians
            | F::Pi
            | F::Gcd
            | F::Lcm
            | F::Factorial
            | F::Upper
            | F::Lower
            | F::Initcap
            | F::Length
            | F::BlobLength
            | F::OctetLength
            | F::BitLength
            | F::Substr
            | F::SubstringRegex
            | F::Left
            | F::Right
            | F::Trim
            | F::Ltrim
            | F::Rtrim
            | F::Lpad
            | F::Rpad
            | F::Repeat
            | F::Replace
            | F::Translate
            | F::Reverse
            | F::Strpos
            | F::SplitPart
            | F::ConcatAll
            | F::ConcatWs
            | F::Chr
            | F::Ascii
            | F::Md5
            | F::ToHex
            | F::Decode
            | F::QuoteLiteral
            | F::RegexpReplace
            | F::RegexpLike
            | F::RegexpCount
            | F::AddDays
            | F::SubDays
            | F::DaysBetween
            | F::AddInterval
            | F::SubInterval
            | F::MomentsBetween
            | F::DateTime
            | F::TimeAdd
            | F::TimeSub
            | F::TimesBetween
            | F::IntervalAdd
            | F::IntervalSub
            | F::IntervalMul
            | F::IntervalDiv
            | F::IntervalNeg
            | F::DatePart
            | F::DateTrunc
            | F::Age
            | F::MakeDate
            | F::MakeTime
            | F::MakeTimestamp
            | F::ToTimestamp
            | F::AtTimeZone
            | F::MakeInterval
            | F::JustifyDays
            | F::JustifyHours
            | F::JustifyInterval
            | F::JsonGet
            | F::JsonGetText
            | F::JsonPath
            | F::JsonPathText
            | F::JsonTypeof
            | F::JsonbTypeof
            | F::JsonbArrayLength
            | F::JsonbStripNulls
            | F::JsonbContains
            | F::JsonbContained
            | F::JsonbHas
            | F::JsonbHasAny
            | F::JsonbHasAll
            | F::JsonbConcat
            | F::JsonbPretty
            | F::JsonArrayLength
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
            | F::RegexpSplitToArray
            | F::ArrayContains
            | F::ArrayContained
            | F::ArrayOverlap
    )
}

/// Calls that have no one answer.
pub(super) const OPEN: &[(Func, &str)] = &[
    (Func::Random, "another number each time"),
    (Func::GenRandomUuid, "another one each time"),
    (Func::CurrentDate, "the clock"),
    (Func::CurrentTime, "the clock"),
    (Func::CurrentTimestamp, "the clock"),
    (Func::LocalTimestamp, "the clock"),
    (Func::ClockTimestamp, "the clock"),
    (Func::Version, "the server's own name"),
    (Func::CurrentUser, "the server's own name"),
    (Func::SessionUser, "the server's own name"),
    (Func::CurrentDatabase, "the server's own name"),
    (Func::CurrentSchema, "the server's own name"),
];

/// Aggregates that have no one answer.
pub(super) const OPEN_AGGREGATES: &[(Agg, &str)] = &[
    (Agg::AnyValue, "any of the values"),
    (Agg::Mode, "one of those that are equally frequent"),
];

/// True where the last digits of the result are open.
pub(super) fn open_digits(func: Func, gives: Type) -> bool {
    use Func as F;
    match func {
        F::Div | F::Power | F::Sqrt | F::Exp | F::Ln | F::Log | F::LogBase => true,
        F::Abs
        | F::Neg
        | F::Plus
        | F::Ceil
        | F::Floor
        | F::Round
        | F::Trunc
        | F::Sign
        | F::DatePart
        | F::Add
        | F::Sub
        | F::Mul => false,
        _ => gives == Type::Double,
    }
}

/// The greatest amount of a result.
pub(super) fn bound(func: Func, gives: Type, arguments: &[f64]) -> f64 {
    use Func as F;
    let first = arguments.first().copied().unwrap_or_default();
    let sum: f64 = arguments.iter().sum();
    match (func, gives) {
        (F::Abs | F::Neg | F::Plus | F::Sign, _) => first,
        (F::Ceil | F::Floor | F::Round | F::Trunc | F::Gcd | F::Mod, _) => first + 1.0,
        (F::Repeat, _) => first * 3.0,
        (F::Lpad | F::Rpad, _) => 10.0,
        (F::Replace | F::RegexpReplace | F::Translate, _) => {
            (first + 1.0) * (sum - first + 1.0).max(5.0)
        }
        (F::Md5 | F::ToHex | F::Encode, _) => 64.0 + 2.0 * first,
        (F::Add | F::Sub, Type::Decimal { .. } | Type::Double) => sum,
        (F::Mul, Type::Decimal { .. } | Type::Double) => arguments.iter().product(),
        (_, Type::Text) => sum + 40.0,
        (F::Length | F::BlobLength | F::OctetLength | F::BitLength | F::Strpos, _) => {
            8.0 * 4.0 * (sum + 10.0)
        }
        (F::Factorial, _) => 1.4e12,
        (F::DaysBetween, _) => 200_000.0,
        (F::DatePart, _) => 1e11,
        (F::Ascii, _) => 2e6,
        (_, Type::SmallInt) => 32768.0,
        (_, Type::Integer) => 2_147_483_648.0,
        (_, Type::BigInt) => 9.3e18,
        (_, Type::Decimal { .. }) => 1e18,
        _ => 1e9,
    }
}

/// A way to call a function that gives a type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<F: 'static> {
    pub(super) function: &'static Function<F>,
    pub(super) signature: &'static Signature,
    /// What its places of any one type take.
    pub(super) element: Type,
}

impl<F> Call<F> {
    /// The type of a place.
    pub(super) fn param(&self, at: usize) -> Param {
        let params = self.signature.params;
        params
            .get(at)
            .or(params.last())
            .copied()
            .unwrap_or(Param::Any)
    }
}

fn giving<F>(rows: &'static [Function<F>], ty: Type) -> Vec<Call<F>> {
    let mut found = Vec::new();
    for function in rows.iter().filter(|row| !row.names.is_empty()) {
        for signature in function.signatures {
            for element in [Type::Integer, Type::Text] {
                let mut params = signature.params.iter();
                let generic = params.any(|p| matches!(p, Param::Element | Param::Array));
                let first = match signature.params.first() {
                    Some(Param::Of(ty)) => super::scope::plain(*ty),
                    Some(Param::Array) => element.array(),
                    _ => element,
                };
                let gives = match signature.gives {
                    Gives::Type(ty) => super::scope::plain(ty),
                    Gives::Like | Gives::Total => first,
                    Gives::Element => element,
                    Gives::Array => element.array(),
                    Gives::MaxScale
                    | Gives::SumScale
                    | Gives::Whole
                    | Gives::Long
                    | Gives::Digits => Type::NUMERIC,
                };
                if gives == ty {
                    found.push(Call {
                        function,
                        signature,
                        element,
                    });
                }
                if !generic {
                    break;
                }
            }
        }
    }
    found
}

/// The calls of functions that give a type.
pub(super) fn functions(ty: Type) -> Vec<Call<Func>> {
    let mut found = giving(FUNCTIONS, ty);
    found.retain(|call| OPEN.iter().all(|(func, _)| *func != call.function.func));
    found
}

/// The calls of aggregates that give a type.
pub(super) fn aggregates(ty: Type) -> Vec<Call<Agg>> {
    let mut found = giving(AGGREGATES, ty);
    found.retain(|call| {
        OPEN_AGGREGATES
            .iter()
            .all(|(agg, _)| *agg != call.function.func)
    });
    found
}

/// The type of values at a place.
pub(super) fn wanted<F>(call: &Call<F>, at: usize) -> Option<Type> {
    match call.param(at) {
        Param::Of(ty) => Some(super::scope::plain(ty)),
        Param::Any => None,
        Param::Element => Some(call.element),
        Param::Array if call.element == Type::Integer => Some(INTEGERS),
        Param::Array => Some(TEXTS),
    }
}

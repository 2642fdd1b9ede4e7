//! The table of cells: how each dialect has each operator and function.
//!
//! A row has one cell for each dialect and no default, so a missing cell does not compile.

use rql_ir::{Agg, Func, WindowFunc};

/// How a dialect has an operator or function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// In the standard spelling, with PostgreSQL's meaning.
    Native,
    /// Under another name, with PostgreSQL's meaning.
    Named(&'static str),
    /// By other text, which code of the dialect writes.
    Rewrite,
    /// By a function that the session registers.
    Runtime(&'static str),
    /// Not at all.
    Refuse,
}

/// The standard spelling of an operator or function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Between operands; a higher number binds tighter.
    Infix(&'static str, u8),
    /// Before its operand.
    Prefix(&'static str, u8),
    /// Behind its operand.
    Postfix(&'static str, u8),
    /// A call.
    Call(&'static str),
    /// A form of its own, which the emitter knows.
    Special(u8),
}

use Cell::{Named, Native as N, Refuse as X, Rewrite as W, Runtime as R};

/// The cells of an operator or function, in the order of [`crate::Dialect::ALL`].
#[must_use]
pub fn cells(func: Func) -> [Cell; 6] {
    row(func).1
}

/// The cells of an aggregate.
#[must_use]
pub fn aggregate_cells(agg: Agg) -> [Cell; 6] {
    aggregate_row(agg).1
}

/// The cells of what may stand before OVER.
#[must_use]
pub fn window_cells(func: WindowFunc) -> [Cell; 6] {
    match func {
        WindowFunc::Agg(agg) => aggregate_cells(agg),
        // What SQLite makes of a wrong count is checked, its values are PostgreSQL's.
        WindowFunc::RowNumber => [N, N, N, X, N, X],
        WindowFunc::Rank => [N, N, N, X, W, X],
        WindowFunc::DenseRank => [N, N, N, X, W, X],
        WindowFunc::PercentRank => [N, N, N, X, W, X],
        WindowFunc::CumeDist => [N, N, N, X, W, X],
        WindowFunc::Ntile => [W, N, N, X, N, X],
        WindowFunc::Lag => [N, N, N, X, W, X],
        WindowFunc::Lead => [N, N, N, X, W, X],
        WindowFunc::FirstValue => [N, N, N, X, N, X],
        WindowFunc::LastValue => [N, N, N, X, N, X],
        WindowFunc::NthValue => [W, N, N, X, N, X],
    }
}

pub(crate) fn shape(func: Func) -> Shape {
    row(func).0
}

/// The standard name of an aggregate.
pub(crate) fn aggregate_name(agg: Agg) -> &'static str {
    aggregate_row(agg).0
}

fn row(func: Func) -> (Shape, [Cell; 6]) {
    use Shape::{Call, Infix, Postfix, Prefix, Special};
    // What MySQL and Spark have is refused until it is measured.
    match func {
        //              shape, [sqlite, duckdb, postgresql, mysql, mariadb, spark]
        Func::Or => (Infix("OR", 1), [N, N, N, X, N, X]),
        Func::And => (Infix("AND", 2), [N, N, N, X, N, X]),
        Func::Not => (Prefix("NOT ", 3), [N, N, N, X, N, X]),
        Func::IsNull => (Postfix("IS NULL", 4), [W, N, N, X, W, X]),
        Func::IsNotNull => (Postfix("IS NOT NULL", 4), [W, N, N, X, W, X]),
        Func::IsTrue => (Postfix("IS TRUE", 4), [N, N, N, X, N, X]),
        Func::IsNotTrue => (Postfix("IS NOT TRUE", 4), [N, N, N, X, N, X]),
        Func::IsFalse => (Postfix("IS FALSE", 4), [N, N, N, X, N, X]),
        Func::IsNotFalse => (Postfix("IS NOT FALSE", 4), [N, N, N, X, N, X]),
        Func::Eq => (Infix("=", 5), [W, N, N, X, W, X]),
        Func::Ne => (Infix("<>", 5), [W, N, N, X, W, X]),
        Func::Lt => (Infix("<", 5), [W, N, N, X, W, X]),
        Func::Le => (Infix("<=", 5), [W, N, N, X, W, X]),
        Func::Gt => (Infix(">", 5), [W, N, N, X, W, X]),
        Func::Ge => (Infix(">=", 5), [W, N, N, X, W, X]),
        Func::IsDistinct => (Infix("IS DISTINCT FROM", 4), [W, N, N, X, W, X]),
        Func::IsNotDistinct => (Infix("IS NOT DISTINCT FROM", 4), [W, N, N, X, W, X]),
        Func::Between => (Special(6), [W, N, N, X, W, X]),
        Func::NotBetween => (Special(6), [W, N, N, X, W, X]),
        Func::BetweenSymmetric => (Special(6), [W, W, N, X, W, X]),
        Func::NotBetweenSymmetric => (Special(6), [W, W, N, X, W, X]),
        Func::Like => (Special(6), [N, N, N, X, W, X]),
        Func::NotLike => (Special(6), [N, N, N, X, W, X]),
        Func::ILike => (Special(6), [W, N, N, X, W, X]),
        Func::NotILike => (Special(6), [W, N, N, X, W, X]),
        Func::SimilarTo => (Special(6), [W, W, N, X, W, X]),
        Func::NotSimilarTo => (Special(6), [W, W, N, X, W, X]),
        Func::Matches => (Infix("~", 7), [W, W, N, X, W, X]),
        Func::MatchesAnyCase => (Infix("~*", 7), [W, W, N, X, W, X]),
        Func::NotMatches => (Infix("!~", 7), [W, W, N, X, W, X]),
        Func::NotMatchesAnyCase => (Infix("!~*", 7), [W, W, N, X, W, X]),
        Func::StartsWith => (Call("starts_with"), [R("rql_starts_with"), N, N, X, W, X]),
        Func::Coalesce => (Call("coalesce"), [W, N, N, X, N, X]),
        Func::Nullif => (Call("nullif"), [W, N, N, X, N, X]),
        Func::Greatest => (Call("greatest"), [W, N, N, X, W, X]),
        Func::Least => (Call("least"), [W, N, N, X, W, X]),
        Func::Add => (Infix("+", 8), [W, N, N, X, W, X]),
        Func::Sub => (Infix("-", 8), [W, N, N, X, W, X]),
        Func::Mul => (Infix("*", 9), [W, N, N, X, W, X]),
        Func::Div => (Infix("/", 9), [W, W, N, X, W, X]),
        Func::Mod => (Infix("%", 9), [W, W, N, X, W, X]),
        Func::Neg => (Prefix("-", 10), [W, N, N, X, W, X]),
        Func::Plus => (Prefix("+", 10), [W, N, N, X, W, X]),
        Func::Power => (Infix("^", 11), [W, W, N, X, W, X]),
        Func::BitAnd => (Infix("&", 7), [N, N, N, X, W, X]),
        Func::BitOr => (Infix("|", 7), [N, N, N, X, W, X]),
        Func::BitXor => (Infix("#", 7), [W, Named("xor"), N, X, W, X]),
        Func::ShiftLeft => (Infix("<<", 7), [W, W, N, X, W, X]),
        Func::ShiftRight => (Infix(">>", 7), [W, W, N, X, W, X]),
        Func::BitNot => (Prefix("~ ", 7), [W, N, N, X, W, X]),
        Func::Abs => (Call("abs"), [W, N, N, X, W, X]),
        Func::Ceil => (Call("ceil"), [W, N, N, X, N, X]),
        Func::Floor => (Call("floor"), [W, N, N, X, N, X]),
        Func::Round => (Call("round"), [W, W, N, X, W, X]),
        Func::Trunc => (Call("trunc"), [W, W, N, X, W, X]),
        Func::Sign => (Call("sign"), [W, N, N, X, N, X]),
        Func::IntDiv => (Call("div"), [W, W, N, X, W, X]),
        Func::Sqrt => (Call("sqrt"), [W, N, N, X, W, X]),
        Func::Cbrt => (Call("cbrt"), [R("rql_cbrt"), N, N, X, X, X]),
        Func::Exp => (Call("exp"), [W, W, N, X, W, X]),
        Func::Ln => (Call("ln"), [W, W, N, X, W, X]),
        Func::Log => (Call("log"), [W, W, N, X, Named("log10"), X]),
        Func::LogBase => (Call("log"), [W, N, N, X, W, X]),
        Func::Sin => (Call("sin"), [R("rql_sin"), N, N, X, N, X]),
        Func::Cos => (Call("cos"), [R("rql_cos"), N, N, X, N, X]),
        Func::Tan => (Call("tan"), [R("rql_tan"), N, N, X, N, X]),
        Func::Cot => (Call("cot"), [R("rql_cot"), N, N, X, N, X]),
        Func::Asin => (Call("asin"), [R("rql_asin"), N, N, X, W, X]),
        Func::Acos => (Call("acos"), [R("rql_acos"), N, N, X, W, X]),
        Func::Atan => (Call("atan"), [R("rql_atan"), N, N, X, N, X]),
        Func::Atan2 => (Call("atan2"), [R("rql_atan2"), N, N, X, N, X]),
        Func::Sinh => (Call("sinh"), [R("rql_sinh"), N, N, X, X, X]),
        Func::Cosh => (Call("cosh"), [R("rql_cosh"), N, N, X, X, X]),
        Func::Tanh => (Call("tanh"), [R("rql_tanh"), N, N, X, X, X]),
        Func::Degrees => (Call("degrees"), [R("rql_degrees"), N, N, X, N, X]),
        Func::Radians => (Call("radians"), [R("rql_radians"), N, N, X, N, X]),
        Func::Pi => (Call("pi"), [R("rql_pi"), N, N, X, W, X]),
        Func::Random => (Call("random"), [R("rql_random"), N, N, X, W, X]),
        Func::Gcd => (Call("gcd"), [W, N, N, X, X, X]),
        Func::Lcm => (Call("lcm"), [W, W, N, X, X, X]),
        Func::Factorial => (Call("factorial"), [W, N, N, X, X, X]),
        Func::Concat => (Infix("||", 7), [W, N, N, X, W, X]),
        Func::Upper => (Call("upper"), [R("rql_upper"), W, N, X, N, X]),
        Func::Lower => (Call("lower"), [R("rql_lower"), N, N, X, N, X]),
        Func::Initcap => (Call("initcap"), [R("rql_initcap"), W, N, X, X, X]),
        Func::Length => (Call("length"), [N, N, N, X, Named("char_length"), X]),
        Func::BlobLength => (
            Call("length"),
            [N, Named("octet_length"), N, X, Named("length"), X],
        ),
        Func::OctetLength => (
            Call("octet_length"),
            [R("rql_octet_length"), W, N, X, Named("length"), X],
        ),
        Func::BitLength => (
            Call("bit_length"),
            [R("rql_bit_length"), W, N, X, Named("bit_length"), X],
        ),
        Func::Substr => (Call("substr"), [W, W, N, X, W, X]),
        Func::SubstringRegex => (Call("substring"), [R("rql_substring_regex"), W, N, X, W, X]),
        Func::Left => (Call("left"), [R("rql_left"), N, N, X, W, X]),
        Func::Right => (Call("right"), [R("rql_right"), N, N, X, W, X]),
        Func::Trim => (Call("btrim"), [Named("trim"), Named("trim"), N, X, W, X]),
        Func::Ltrim => (Call("ltrim"), [N, N, N, X, W, X]),
        Func::Rtrim => (Call("rtrim"), [N, N, N, X, W, X]),
        Func::Lpad => (Call("lpad"), [R("rql_lpad"), W, N, X, W, X]),
        Func::Rpad => (Call("rpad"), [R("rql_rpad"), W, N, X, W, X]),
        Func::Repeat => (Call("repeat"), [R("rql_repeat"), N, N, X, N, X]),
        Func::Replace => (Call("replace"), [N, N, N, X, N, X]),
        Func::Translate => (Call("translate"), [R("rql_translate"), N, N, X, W, X]),
        Func::Reverse => (Call("reverse"), [R("rql_reverse"), N, N, X, N, X]),
        Func::Strpos => (Call("strpos"), [Named("instr"), N, N, X, Named("instr"), X]),
        Func::Position => (Call("position"), [X, N, N, X, X, X]),
        Func::SplitPart => (Call("split_part"), [R("rql_split_part"), W, N, X, W, X]),
        Func::Overlay => (Special(20), [R("rql_overlay"), W, N, X, W, X]),
        Func::ConcatAll => (Call("concat"), [W, W, N, X, W, X]),
        Func::ConcatWs => (Call("concat_ws"), [W, W, N, X, W, X]),
        Func::Format => (Call("format"), [X, X, N, X, X, X]),
        Func::Chr => (Call("chr"), [R("rql_chr"), W, N, X, W, X]),
        Func::Ascii => (Call("ascii"), [R("rql_ascii"), N, N, X, W, X]),
        Func::Md5 => (Call("md5"), [R("rql_md5"), N, N, X, N, X]),
        Func::ToHex => (Call("to_hex"), [W, W, N, X, W, X]),
        Func::Encode => (Call("encode"), [R("rql_encode"), W, N, X, W, X]),
        Func::Decode => (Call("decode"), [R("rql_decode"), W, N, X, W, X]),
        Func::QuoteLiteral => (
            Call("quote_literal"),
            [R("rql_quote_literal"), W, N, X, X, X],
        ),
        Func::RegexpReplace => (
            Call("regexp_replace"),
            [R("rql_regexp_replace"), W, N, X, W, X],
        ),
        Func::RegexpLike => (Call("regexp_like"), [R("rql_regexp_like"), W, N, X, W, X]),
        Func::RegexpCount => (Call("regexp_count"), [R("rql_regexp_count"), W, N, X, W, X]),
        Func::ToNumber => (Call("to_number"), [X, X, N, X, X, X]),
        Func::AddDays => (Infix("+", 8), [W, W, N, X, W, X]),
        Func::SubDays => (Infix("-", 8), [W, W, N, X, W, X]),
        Func::DaysBetween => (Infix("-", 8), [W, N, N, X, W, X]),
        Func::AddInterval => (Infix("+", 8), [W, N, N, X, W, X]),
        Func::SubInterval => (Infix("-", 8), [W, N, N, X, W, X]),
        Func::MomentsBetween => (Infix("-", 8), [R("rql_moments_between"), N, N, X, W, X]),
        Func::DateTime => (Infix("+", 8), [R("rql_date_time"), N, N, X, W, X]),
        Func::TimeAdd => (Infix("+", 8), [R("rql_time_add"), N, N, X, W, X]),
        Func::TimeSub => (Infix("-", 8), [R("rql_time_sub"), N, N, X, W, X]),
        Func::TimesBetween => (Infix("-", 8), [R("rql_times_between"), X, N, X, W, X]),
        Func::IntervalAdd => (Infix("+", 8), [R("rql_interval_add"), N, N, X, W, X]),
        Func::IntervalSub => (Infix("-", 8), [R("rql_interval_sub"), N, N, X, W, X]),
        Func::IntervalMul => (Infix("*", 9), [R("rql_interval_mul"), N, N, X, W, X]),
        Func::IntervalDiv => (Infix("/", 9), [R("rql_interval_div"), W, N, X, X, X]),
        Func::IntervalNeg => (Prefix("-", 10), [R("rql_interval_neg"), N, N, X, W, X]),
        Func::Extract => (Special(20), [W, W, N, X, W, X]),
        Func::DatePart => (Call("date_part"), [W, W, N, X, W, X]),
        Func::DateTrunc => (Call("date_trunc"), [W, W, N, X, W, X]),
        Func::Age => (Call("age"), [R("rql_age"), N, N, X, X, X]),
        Func::MakeDate => (Call("make_date"), [R("rql_make_date"), N, N, X, W, X]),
        Func::MakeTime => (Call("make_time"), [R("rql_make_time"), N, N, X, X, X]),
        Func::MakeTimestamp => (
            Call("make_timestamp"),
            [R("rql_make_timestamp"), N, N, X, W, X],
        ),
        Func::ToTimestamp => (Call("to_timestamp"), [R("rql_to_timestamp"), N, N, X, W, X]),
        Func::ToTimestampForm => (
            Call("to_timestamp"),
            [R("rql_to_timestamp_form"), X, N, X, X, X],
        ),
        Func::ToDate => (Call("to_date"), [R("rql_to_date"), X, N, X, X, X]),
        Func::ToChar => (Call("to_char"), [W, W, N, X, W, X]),
        Func::AtTimeZone => (Special(11), [W, W, N, X, W, X]),
        Func::MakeInterval => (Call("make_interval"), [R("rql_interval_of"), X, N, X, X, X]),
        Func::JustifyDays => (Call("justify_days"), [R("rql_justify_days"), X, N, X, X, X]),
        Func::JustifyHours => (
            Call("justify_hours"),
            [R("rql_justify_hours"), X, N, X, X, X],
        ),
        Func::JustifyInterval => (
            Call("justify_interval"),
            [R("rql_justify_interval"), X, N, X, X, X],
        ),
        Func::CurrentDate => (Special(20), [N, N, N, X, N, X]),
        Func::CurrentTime => (Special(20), [W, N, N, X, W, X]),
        Func::CurrentTimestamp => (Special(20), [W, N, N, X, W, X]),
        Func::LocalTimestamp => (Special(20), [W, N, N, X, W, X]),
        Func::ClockTimestamp => (Call("clock_timestamp"), [W, N, N, X, W, X]),
        Func::JsonGet => (Infix("->", 7), [W, X, N, X, W, X]),
        Func::JsonGetText => (Infix("->>", 7), [W, X, N, X, W, X]),
        Func::JsonPath => (Infix("#>", 7), [R("rql_json_path"), X, N, X, X, X]),
        Func::JsonPathText => (Infix("#>>", 7), [R("rql_json_path_text"), X, N, X, X, X]),
        Func::JsonTypeof => (Call("json_typeof"), [R("rql_json_typeof"), W, N, X, W, X]),
        Func::JsonArrayLength => (
            Call("json_array_length"),
            [R("rql_json_array_length"), X, N, X, W, X],
        ),
        Func::JsonBuildObject => (Call("json_build_object"), [W, W, N, X, X, X]),
        Func::JsonBuildArray => (Call("json_build_array"), [W, W, N, X, X, X]),
        Func::ToJson => (Call("to_json"), [W, W, N, X, X, X]),
        Func::ArrayGet => (Special(14), [W, N, N, X, X, X]),
        Func::ArraySlice => (Special(14), [W, X, N, X, X, X]),
        Func::ArrayConcat => (Infix("||", 7), [W, W, N, X, X, X]),
        Func::ArrayLength => (Call("array_length"), [R("rql_array_length"), W, N, X, X, X]),
        Func::ArrayUpper => (Call("array_upper"), [R("rql_array_length"), X, N, X, X, X]),
        Func::ArrayLower => (Call("array_lower"), [R("rql_array_lower"), X, N, X, X, X]),
        Func::ArrayNdims => (Call("array_ndims"), [R("rql_array_ndims"), X, N, X, X, X]),
        Func::Cardinality => (Call("cardinality"), [R("rql_cardinality"), W, N, X, X, X]),
        Func::ArrayPosition => (Call("array_position"), [W, W, N, X, X, X]),
        Func::ArrayPositions => (Call("array_positions"), [W, X, N, X, X, X]),
        Func::ArrayAppend => (Call("array_append"), [W, N, N, X, X, X]),
        Func::ArrayPrepend => (Call("array_prepend"), [W, N, N, X, X, X]),
        Func::ArrayCat => (Call("array_cat"), [W, W, N, X, X, X]),
        Func::ArrayRemove => (Call("array_remove"), [W, X, N, X, X, X]),
        Func::ArrayReplace => (Call("array_replace"), [W, X, N, X, X, X]),
        Func::TrimArray => (Call("trim_array"), [R("rql_trim_array"), X, N, X, X, X]),
        Func::ArrayToString => (Call("array_to_string"), [W, W, N, X, X, X]),
        Func::StringToArray => (Call("string_to_array"), [W, W, N, X, X, X]),
        Func::RegexpSplitToArray => (
            Call("regexp_split_to_array"),
            [R("rql_regexp_split"), X, N, X, X, X],
        ),
        Func::ArrayContains => (Infix("@>", 7), [W, W, N, X, X, X]),
        Func::ArrayContained => (Infix("<@", 7), [W, W, N, X, X, X]),
        Func::ArrayOverlap => (Infix("&&", 7), [W, N, N, X, X, X]),
        Func::GenRandomUuid => (Call("gen_random_uuid"), [R("rql_uuid4"), N, N, X, W, X]),
        Func::Version => (Call("version"), [X, N, N, N, N, X]),
    }
}

fn aggregate_row(agg: Agg) -> (&'static str, [Cell; 6]) {
    match agg {
        //              name, [sqlite, duckdb, postgresql, mysql, mariadb, spark]
        Agg::Count => ("COUNT", [N, N, N, X, N, X]),
        Agg::Sum => ("SUM", [W, W, N, X, W, X]),
        Agg::Avg => ("AVG", [W, W, N, X, N, X]),
        Agg::Min => ("MIN", [W, N, N, X, N, X]),
        Agg::Max => ("MAX", [W, N, N, X, N, X]),
        Agg::BoolAnd => ("bool_and", [Named("min"), N, N, X, Named("min"), X]),
        Agg::BoolOr => ("bool_or", [Named("max"), N, N, X, Named("max"), X]),
        Agg::BitAndAll => ("bit_and", [R("rql_bit_and"), N, N, X, W, X]),
        Agg::BitOrAll => ("bit_or", [R("rql_bit_or"), N, N, X, W, X]),
        Agg::BitXorAll => ("bit_xor", [R("rql_bit_xor"), N, N, X, W, X]),
        Agg::StringAgg => ("string_agg", [W, W, N, X, W, X]),
        Agg::ArrayAgg => ("array_agg", [W, N, N, X, X, X]),
        Agg::JsonAgg => ("json_agg", [W, W, N, X, X, X]),
        Agg::JsonObjectAgg => ("json_object_agg", [W, X, N, X, X, X]),
        Agg::AnyValue => ("any_value", [W, N, N, X, Named("min"), X]),
        Agg::StddevSamp => ("stddev", [W, N, N, X, W, X]),
        Agg::StddevPop => ("stddev_pop", [W, N, N, X, W, X]),
        Agg::VarSamp => ("variance", [W, N, N, X, W, X]),
        Agg::VarPop => ("var_pop", [W, N, N, X, W, X]),
        Agg::Corr => ("corr", [R("rql_corr"), W, N, X, X, X]),
        Agg::CovarPop => ("covar_pop", [R("rql_covar_pop"), N, N, X, X, X]),
        Agg::CovarSamp => ("covar_samp", [R("rql_covar_samp"), N, N, X, X, X]),
        Agg::RegrAvgX => ("regr_avgx", [R("rql_regr_avgx"), N, N, X, W, X]),
        Agg::RegrAvgY => ("regr_avgy", [R("rql_regr_avgy"), N, N, X, W, X]),
        Agg::RegrCount => ("regr_count", [R("rql_regr_count"), N, N, X, W, X]),
        Agg::RegrIntercept => ("regr_intercept", [R("rql_regr_intercept"), W, N, X, X, X]),
        Agg::RegrR2 => ("regr_r2", [R("rql_regr_r2"), W, N, X, X, X]),
        Agg::RegrSlope => ("regr_slope", [R("rql_regr_slope"), W, N, X, X, X]),
        Agg::RegrSxx => ("regr_sxx", [R("rql_regr_sxx"), N, N, X, X, X]),
        Agg::RegrSxy => ("regr_sxy", [R("rql_regr_sxy"), N, N, X, X, X]),
        Agg::RegrSyy => ("regr_syy", [R("rql_regr_syy"), N, N, X, X, X]),
        Agg::PercentileCont => ("percentile_cont", [W, W, N, X, W, X]),
        Agg::PercentileDisc => ("percentile_disc", [W, N, N, X, W, X]),
        Agg::Mode => ("mode", [W, N, N, X, X, X]),
    }
}

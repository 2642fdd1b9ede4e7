//! The table of operators, functions and aggregates: names, when NULL, signatures, a line for people.
//!
//! A row is the whole of what the algebra knows of a function. How a dialect has it says a row of
//! `cells.rs` in rql-codegen.

use super::{Function, Gives, Nulls, Param, many, sig};
use crate::Type;

const B: Param = Param::Of(Type::Boolean);
const I2: Param = Param::Of(Type::SmallInt);
const I4: Param = Param::Of(Type::Integer);
const I8: Param = Param::Of(Type::BigInt);
const N: Param = Param::Of(Type::NUMERIC);
const F4: Param = Param::Of(Type::Real);
const F8: Param = Param::Of(Type::Double);
const T: Param = Param::Of(Type::Text);
const BY: Param = Param::Of(Type::Blob);
const D: Param = Param::Of(Type::Date);
const TI: Param = Param::Of(Type::Time);
const TS: Param = Param::Of(Type::Timestamp);
const TZ: Param = Param::Of(Type::TimestampTz);
const IV: Param = Param::Of(Type::Interval);
const J: Param = Param::Of(Type::Json);
const ANY: Param = Param::Any;
const EL: Param = Param::Element;
const ARR: Param = Param::Array;
const TEXTS: Type = Type::Array(&Type::Text);
const INTEGERS: Type = Type::Array(&Type::Integer);

const BOOL: Gives = Gives::Type(Type::Boolean);
const INT2: Gives = Gives::Type(Type::SmallInt);
const INT4: Gives = Gives::Type(Type::Integer);
const INT8: Gives = Gives::Type(Type::BigInt);
const NUM: Gives = Gives::Type(Type::NUMERIC);
const FLOAT4: Gives = Gives::Type(Type::Real);
const FLOAT8: Gives = Gives::Type(Type::Double);
const TEXT: Gives = Gives::Type(Type::Text);
const BYTEA: Gives = Gives::Type(Type::Blob);
const DATE: Gives = Gives::Type(Type::Date);
const TIME: Gives = Gives::Type(Type::Time);
const STAMP: Gives = Gives::Type(Type::Timestamp);
const STAMPTZ: Gives = Gives::Type(Type::TimestampTz);
const SPAN: Gives = Gives::Type(Type::Interval);
const JSON: Gives = Gives::Type(Type::Json);
const UUID: Gives = Gives::Type(Type::Uuid);
const LIKE: Gives = Gives::Like;
const ELEMENT: Gives = Gives::Element;
const ARRAY: Gives = Gives::Array;
const MAX: Gives = Gives::MaxScale;
const SUM: Gives = Gives::SumScale;
const WHOLE: Gives = Gives::Whole;
const DIGITS: Gives = Gives::Digits;

/// Arithmetic between integers of each pair of widths, doubles, and decimals by a rule.
macro_rules! arithmetic {
    ($decimal:expr) => {
        [
            sig(&[I4, I4], INT4),
            sig(&[I8, I8], INT8),
            sig(&[F8, F8], FLOAT8),
            sig(&[N, N], $decimal),
            sig(&[I2, I2], INT2),
            sig(&[I2, I4], INT4),
            sig(&[I4, I2], INT4),
            sig(&[I2, I8], INT8),
            sig(&[I8, I2], INT8),
            sig(&[I4, I8], INT8),
            sig(&[I8, I4], INT8),
            sig(&[F4, F4], FLOAT4),
            sig(&[F4, F8], FLOAT8),
            sig(&[F8, F4], FLOAT8),
        ]
    };
}
/// The same operation on integers of each width.
macro_rules! integers {
    () => {
        [
            sig(&[I4, I4], INT4),
            sig(&[I8, I8], INT8),
            sig(&[I2, I2], INT2),
        ]
    };
}
/// One number in, the same type out.
macro_rules! number {
    () => {
        [
            sig(&[I4], INT4),
            sig(&[I8], INT8),
            sig(&[F8], FLOAT8),
            sig(&[N], LIKE),
            sig(&[I2], INT2),
            sig(&[F4], FLOAT4),
        ]
    };
}
/// A function of doubles.
macro_rules! double {
    () => {
        [sig(&[F8], FLOAT8)]
    };
}
/// Two texts of which the second matches the first.
macro_rules! matching {
    () => {
        [sig(&[T, T], BOOL)]
    };
}
/// The spread of numbers.
macro_rules! spread {
    () => {
        [
            sig(&[I4], NUM),
            sig(&[I8], NUM),
            sig(&[I2], NUM),
            sig(&[N], NUM),
            sig(&[F8], FLOAT8),
            sig(&[F4], FLOAT8),
        ]
    };
}
/// Two doubles over many rows.
macro_rules! pairs {
    () => {
        [sig(&[F8, F8], FLOAT8)]
    };
}
/// One value of a type with an order.
macro_rules! ordered {
    () => {
        [
            sig(&[I4], LIKE),
            sig(&[I8], LIKE),
            sig(&[I2], LIKE),
            sig(&[N], LIKE),
            sig(&[F8], LIKE),
            sig(&[F4], LIKE),
            sig(&[T], TEXT),
            sig(&[D], LIKE),
            sig(&[TI], LIKE),
            sig(&[TS], LIKE),
            sig(&[TZ], LIKE),
            sig(&[IV], LIKE),
            sig(&[ARR], LIKE),
        ]
    };
}

macro_rules! registry {
    ($(#[$meta:meta])* $name:ident $table:ident {
        $($func:ident [$($spelling:literal),*] $nulls:ident $signatures:expr, $about:literal;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = $about] $func,)*
        }

        impl $name {
            /// Its name or symbol, for people.
            #[must_use]
            pub const fn name(self) -> &'static str {
                let row = &$table[self as usize];
                if let [first, ..] = row.names { first } else { row.about }
            }
        }

        /// Every row, in the order of the variants.
        pub static $table: &[Function<$name>] = &[
            $(Function {
                func: $name::$func,
                names: &[$($spelling),*],
                nulls: Nulls::$nulls,
                signatures: &$signatures,
                about: $about,
            },)*
        ];
    };
}

registry! {
    /// An operator or function with a fixed meaning, whatever a dialect calls it.
    Func FUNCTIONS {
        // Logic and comparison: typed where they are lowered.
        And [] Sometimes [], "AND";
        Or [] Sometimes [], "OR";
        Not [] Strict [], "NOT";
        IsNull [] Never [], "IS NULL";
        IsNotNull [] Never [], "IS NOT NULL";
        IsTrue [] Never [], "IS TRUE";
        IsNotTrue [] Never [], "IS NOT TRUE";
        IsFalse [] Never [], "IS FALSE";
        IsNotFalse [] Never [], "IS NOT FALSE";
        Eq [] Strict [], "=";
        Ne [] Strict [], "<>";
        Lt [] Strict [], "<";
        Le [] Strict [], "<=";
        Gt [] Strict [], ">";
        Ge [] Strict [], ">=";
        IsDistinct [] Never [], "IS DISTINCT FROM";
        IsNotDistinct [] Never [], "IS NOT DISTINCT FROM";
        Between [] Sometimes [], "BETWEEN";
        NotBetween [] Sometimes [], "NOT BETWEEN";
        BetweenSymmetric [] Sometimes [], "BETWEEN SYMMETRIC";
        NotBetweenSymmetric [] Sometimes [], "NOT BETWEEN SYMMETRIC";
        Coalesce [] Sometimes [], "coalesce";
        Nullif [] Sometimes [], "nullif";
        Greatest [] Sometimes [], "greatest";
        Least [] Sometimes [], "least";

        // Patterns.
        Like ["~~"] Strict matching!(), "text LIKE pattern";
        NotLike ["!~~"] Strict matching!(), "text NOT LIKE pattern";
        ILike ["~~*"] Strict matching!(), "text ILIKE pattern";
        NotILike ["!~~*"] Strict matching!(), "text NOT ILIKE pattern";
        SimilarTo [] Strict [], "SIMILAR TO";
        NotSimilarTo [] Strict [], "NOT SIMILAR TO";
        Matches ["~"] Strict matching!(), "text matches a regular expression";
        MatchesAnyCase ["~*"] Strict matching!(), "text matches a regular expression in any case";
        NotMatches ["!~"] Strict matching!(), "text does not match a regular expression";
        NotMatchesAnyCase ["!~*"] Strict matching!(), "text does not match a regular expression in any case";
        StartsWith ["starts_with", "^@"] Strict matching!(), "text begins with another";

        // Arithmetic.
        Add ["+"] Strict arithmetic!(MAX), "sum";
        Sub ["-"] Strict arithmetic!(MAX), "difference";
        Mul ["*"] Strict arithmetic!(SUM), "product";
        Div ["/"] Strict arithmetic!(NUM), "quotient; of integers towards zero";
        Mod ["%", "mod"] Strict [
            sig(&[I4, I4], INT4), sig(&[I8, I8], INT8), sig(&[I2, I2], INT2), sig(&[N, N], MAX),
        ], "remainder with the sign of the dividend";
        Neg ["-"] Strict number!(), "negation";
        Plus ["+"] Strict number!(), "the number itself";
        Power ["^", "power", "pow"] Strict [
            sig(&[F8, F8], FLOAT8), sig(&[N, N], NUM),
        ], "a to the power of b";
        BitAnd ["&"] Strict integers!(), "bits of both";
        BitOr ["|"] Strict integers!(), "bits of either";
        BitXor ["#"] Strict integers!(), "bits of one of them";
        BitNot ["~"] Strict [sig(&[I4], INT4), sig(&[I8], INT8), sig(&[I2], INT2)], "bits inverted";
        ShiftLeft ["<<"] Strict [
            sig(&[I4, I4], INT4), sig(&[I8, I4], INT8), sig(&[I2, I4], INT2),
        ], "bits moved to the left";
        ShiftRight [">>"] Strict [
            sig(&[I4, I4], INT4), sig(&[I8, I4], INT8), sig(&[I2, I4], INT2),
        ], "bits moved to the right";
        Abs ["abs", "@"] Strict number!(), "absolute value";
        Ceil ["ceil", "ceiling"] Strict [sig(&[F8], FLOAT8), sig(&[N], WHOLE)], "nearest whole number above";
        Floor ["floor"] Strict [sig(&[F8], FLOAT8), sig(&[N], WHOLE)], "nearest whole number below";
        Round ["round"] Strict [
            sig(&[F8], FLOAT8), sig(&[N], WHOLE), sig(&[N, I4], DIGITS),
        ], "nearest number of so many digits after the point";
        Trunc ["trunc"] Strict [
            sig(&[F8], FLOAT8), sig(&[N], WHOLE), sig(&[N, I4], DIGITS),
        ], "number cut after so many digits after the point";
        Sign ["sign"] Strict [sig(&[F8], FLOAT8), sig(&[N], WHOLE)], "-1, 0 or 1";
        IntDiv ["div"] Strict [sig(&[N, N], WHOLE)], "whole quotient of decimals, towards zero";
        Sqrt ["sqrt", "|/"] Strict [sig(&[F8], FLOAT8), sig(&[N], NUM)], "square root";
        Cbrt ["cbrt", "||/"] Strict double!(), "cube root";
        Exp ["exp"] Strict [sig(&[F8], FLOAT8), sig(&[N], NUM)], "e to the power of x";
        Ln ["ln"] Strict [sig(&[F8], FLOAT8), sig(&[N], NUM)], "natural logarithm";
        Log ["log", "log10"] Strict [
            sig(&[F8], FLOAT8), sig(&[N], NUM),
        ], "logarithm to the base 10";
        LogBase ["log"] Strict [sig(&[N, N], NUM)], "logarithm to a base";
        Sin ["sin"] Strict double!(), "sine";
        Cos ["cos"] Strict double!(), "cosine";
        Tan ["tan"] Strict double!(), "tangent";
        Cot ["cot"] Strict double!(), "cotangent";
        Asin ["asin"] Strict double!(), "inverse sine";
        Acos ["acos"] Strict double!(), "inverse cosine";
        Atan ["atan"] Strict double!(), "inverse tangent";
        Atan2 ["atan2"] Strict pairs!(), "inverse tangent of a quotient";
        Sinh ["sinh"] Strict double!(), "hyperbolic sine";
        Cosh ["cosh"] Strict double!(), "hyperbolic cosine";
        Tanh ["tanh"] Strict double!(), "hyperbolic tangent";
        Degrees ["degrees"] Strict double!(), "radians in degrees";
        Radians ["radians"] Strict double!(), "degrees in radians";
        Pi ["pi"] Strict [sig(&[], FLOAT8)], "the number pi";
        Random ["random"] Never [sig(&[], FLOAT8)], "a random number from 0 to below 1";
        Gcd ["gcd"] Strict [sig(&[I4, I4], INT4), sig(&[I8, I8], INT8)], "greatest common divisor";
        Lcm ["lcm"] Strict [sig(&[I4, I4], INT4), sig(&[I8, I8], INT8)], "least common multiple";
        Factorial ["factorial"] Strict [sig(&[I8], WHOLE)], "product of 1 to n";

        // Text.
        Concat [] Strict [], "||";
        Upper ["upper"] Strict [sig(&[T], TEXT)], "text in upper case";
        Lower ["lower"] Strict [sig(&[T], TEXT)], "text in lower case";
        Initcap ["initcap"] Strict [sig(&[T], TEXT)], "first letter of each word in upper case";
        Length ["length", "char_length", "character_length"] Strict [
            sig(&[T], INT4),
        ], "number of characters";
        BlobLength ["length"] Strict [sig(&[BY], INT4)], "number of bytes";
        OctetLength ["octet_length"] Strict [
            sig(&[T], INT4), sig(&[BY], INT4),
        ], "number of bytes";
        BitLength ["bit_length"] Strict [sig(&[T], INT4), sig(&[BY], INT4)], "number of bits";
        Substr ["substr", "substring"] Strict [
            sig(&[T, I4], TEXT), sig(&[T, I4, I4], TEXT),
        ], "characters from a position, so many";
        SubstringRegex ["substring"] Sometimes [
            sig(&[T, T], TEXT),
        ], "what a regular expression matches";
        Left ["left"] Strict [sig(&[T, I4], TEXT)], "first characters";
        Right ["right"] Strict [sig(&[T, I4], TEXT)], "last characters";
        Trim ["btrim", "trim"] Strict [
            sig(&[T], TEXT), sig(&[T, T], TEXT),
        ], "text without some characters at both ends";
        Ltrim ["ltrim"] Strict [
            sig(&[T], TEXT), sig(&[T, T], TEXT),
        ], "text without some characters at its start";
        Rtrim ["rtrim"] Strict [
            sig(&[T], TEXT), sig(&[T, T], TEXT),
        ], "text without some characters at its end";
        Lpad ["lpad"] Strict [
            sig(&[T, I4], TEXT), sig(&[T, I4, T], TEXT),
        ], "text filled at its start to a length";
        Rpad ["rpad"] Strict [
            sig(&[T, I4], TEXT), sig(&[T, I4, T], TEXT),
        ], "text filled at its end to a length";
        Repeat ["repeat"] Strict [sig(&[T, I4], TEXT)], "text so many times";
        Replace ["replace"] Strict [sig(&[T, T, T], TEXT)], "text with one piece for another";
        Translate ["translate"] Strict [sig(&[T, T, T], TEXT)], "text with characters for others";
        Reverse ["reverse"] Strict [sig(&[T], TEXT)], "text from its end";
        Strpos ["strpos"] Strict [sig(&[T, T], INT4)], "where a text stands in another; else 0";
        Position [] Strict [], "position";
        SplitPart ["split_part"] Strict [
            sig(&[T, T, I4], TEXT),
        ], "the n-th piece between separators";
        Overlay [] Strict [
            sig(&[T, T, I4], TEXT), sig(&[T, T, I4, I4], TEXT),
        ], "overlay";
        ConcatAll ["concat"] Never [many(&[ANY], TEXT)], "all arguments as text, without NULLs";
        ConcatWs ["concat_ws"] Sometimes [
            many(&[T, ANY], TEXT),
        ], "all arguments but NULLs, with a separator";
        Format ["format"] Sometimes [sig(&[T], TEXT), many(&[T, ANY], TEXT)], "text with values put in";
        Chr ["chr"] Strict [sig(&[I4], TEXT)], "the character of a code point";
        Ascii ["ascii"] Strict [sig(&[T], INT4)], "the code point of the first character";
        Md5 ["md5"] Strict [sig(&[T], TEXT), sig(&[BY], TEXT)], "MD5 hash as hexadecimal text";
        ToHex ["to_hex"] Strict [sig(&[I4], TEXT), sig(&[I8], TEXT)], "hexadecimal text";
        Encode ["encode"] Strict [sig(&[BY, T], TEXT)], "bytes as hex, base64 or escape";
        Decode ["decode"] Strict [sig(&[T, T], BYTEA)], "bytes of hex, base64 or escape";
        QuoteLiteral ["quote_literal"] Strict [sig(&[T], TEXT)], "text as a literal";
        RegexpReplace ["regexp_replace"] Strict [
            sig(&[T, T, T], TEXT), sig(&[T, T, T, T], TEXT),
        ], "text with matches replaced";
        RegexpLike ["regexp_like"] Strict [
            sig(&[T, T], BOOL), sig(&[T, T, T], BOOL),
        ], "text matches a regular expression";
        RegexpCount ["regexp_count"] Strict [
            sig(&[T, T], INT4),
        ], "how often a regular expression matches";
        ToNumber ["to_number"] Strict [sig(&[T, T], NUM)], "the number of a text of a form";

        // Dates and times.
        AddDays ["+"] Strict [sig(&[D, I4], DATE), sig(&[I4, D], DATE)], "date and days";
        SubDays ["-"] Strict [sig(&[D, I4], DATE)], "date less days";
        DaysBetween ["-"] Strict [sig(&[D, D], INT4)], "days between two dates";
        AddInterval ["+"] Strict [
            sig(&[D, IV], STAMP), sig(&[TS, IV], STAMP), sig(&[TZ, IV], STAMPTZ),
            sig(&[IV, D], STAMP), sig(&[IV, TS], STAMP), sig(&[IV, TZ], STAMPTZ),
        ], "moment and interval";
        SubInterval ["-"] Strict [
            sig(&[D, IV], STAMP), sig(&[TS, IV], STAMP), sig(&[TZ, IV], STAMPTZ),
        ], "moment less interval";
        MomentsBetween ["-"] Strict [
            sig(&[TS, TS], SPAN), sig(&[TZ, TZ], SPAN),
        ], "interval between two moments, in days and time";
        DateTime ["+"] Strict [sig(&[D, TI], STAMP), sig(&[TI, D], STAMP)], "moment of a date and a time";
        TimeAdd ["+"] Strict [sig(&[TI, IV], TIME), sig(&[IV, TI], TIME)], "time of day and interval";
        TimeSub ["-"] Strict [sig(&[TI, IV], TIME)], "time of day less interval";
        TimesBetween ["-"] Strict [sig(&[TI, TI], SPAN)], "interval between two times of day";
        IntervalAdd ["+"] Strict [sig(&[IV, IV], SPAN)], "sum of intervals";
        IntervalSub ["-"] Strict [sig(&[IV, IV], SPAN)], "difference of intervals";
        IntervalMul ["*"] Strict [sig(&[IV, F8], SPAN), sig(&[F8, IV], SPAN)], "interval so many times";
        IntervalDiv ["/"] Strict [sig(&[IV, F8], SPAN)], "part of an interval";
        IntervalNeg ["-"] Strict [sig(&[IV], SPAN)], "interval backwards";
        Extract [] Strict [], "extract";
        DatePart ["date_part"] Strict [
            sig(&[T, D], FLOAT8), sig(&[T, TS], FLOAT8), sig(&[T, TZ], FLOAT8), sig(&[T, IV], FLOAT8),
            sig(&[T, TI], FLOAT8),
        ], "a field of a moment";
        DateTrunc ["date_trunc"] Strict [
            sig(&[T, TS], STAMP), sig(&[T, TZ], STAMPTZ), sig(&[T, IV], SPAN),
        ], "a moment cut to a unit";
        Age ["age"] Strict [
            sig(&[TS, TS], SPAN), sig(&[TZ, TZ], SPAN),
        ], "interval between two moments, in years, months, days and time";
        MakeDate ["make_date"] Strict [sig(&[I4, I4, I4], DATE)], "date of year, month and day";
        MakeTime ["make_time"] Strict [sig(&[I4, I4, F8], TIME)], "time of hour, minute and second";
        MakeTimestamp ["make_timestamp"] Strict [
            sig(&[I4, I4, I4, I4, I4, F8], STAMP),
        ], "moment of its fields";
        ToTimestamp ["to_timestamp"] Strict [sig(&[F8], STAMPTZ)], "moment of seconds since 1970";
        ToTimestampForm ["to_timestamp"] Strict [sig(&[T, T], STAMPTZ)], "moment of a text of a form";
        ToDate ["to_date"] Strict [sig(&[T, T], DATE)], "date of a text of a form";
        ToChar ["to_char"] Strict [
            sig(&[TS, T], TEXT), sig(&[TZ, T], TEXT), sig(&[IV, T], TEXT), sig(&[N, T], TEXT),
            sig(&[I4, T], TEXT), sig(&[I8, T], TEXT), sig(&[F8, T], TEXT), sig(&[F4, T], TEXT),
        ], "text of a value in a form";
        AtTimeZone ["timezone"] Strict [
            sig(&[T, TS], STAMPTZ), sig(&[T, TZ], STAMP),
            sig(&[IV, TS], STAMPTZ), sig(&[IV, TZ], STAMP),
        ], "moment in a time zone";
        MakeInterval ["make_interval"] Strict [
            sig(&[I4, I4, I4, I4, I4, I4, F8], SPAN),
        ], "interval of years, months, weeks, days, hours, minutes and seconds";
        JustifyDays ["justify_days"] Strict [sig(&[IV], SPAN)], "interval with days as months";
        JustifyHours ["justify_hours"] Strict [sig(&[IV], SPAN)], "interval with hours as days";
        JustifyInterval ["justify_interval"] Strict [sig(&[IV], SPAN)], "interval in all its units";
        CurrentDate [] Never [], "current_date";
        CurrentTime [] Never [], "localtime";
        CurrentTimestamp ["now", "transaction_timestamp"] Never [sig(&[], STAMPTZ)], "the moment of the transaction";
        LocalTimestamp [] Never [], "localtimestamp";
        ClockTimestamp ["clock_timestamp", "statement_timestamp"] Never [
            sig(&[], STAMPTZ),
        ], "the present moment";

        // JSON.
        JsonGet ["->"] Sometimes [sig(&[J, T], JSON), sig(&[J, I4], JSON)], "a member or element";
        JsonGetText ["->>"] Sometimes [
            sig(&[J, T], TEXT), sig(&[J, I4], TEXT),
        ], "a member or element as text";
        JsonPath ["#>"] Sometimes [sig(&[J, Param::Of(TEXTS)], JSON)], "what a path leads to";
        JsonPathText ["#>>"] Sometimes [
            sig(&[J, Param::Of(TEXTS)], TEXT),
        ], "what a path leads to, as text";
        JsonTypeof ["json_typeof", "jsonb_typeof"] Strict [sig(&[J], TEXT)], "kind of a document";
        JsonArrayLength ["json_array_length", "jsonb_array_length"] Strict [
            sig(&[J], INT4),
        ], "number of elements";
        JsonBuildObject ["json_build_object"] Never [sig(&[], JSON), many(&[ANY], JSON)], "a document of names and values";
        JsonBuildArray ["json_build_array"] Never [sig(&[], JSON), many(&[ANY], JSON)], "a document of values";
        ToJson ["to_json"] Strict [sig(&[ANY], JSON)], "a value as a document";

        // Arrays.
        ArrayGet [] Sometimes [], "subscript";
        ArraySlice [] Sometimes [], "slice";
        ArrayConcat [] Sometimes [], "|| of arrays";
        ArrayLength ["array_length"] Sometimes [sig(&[ARR, I4], INT4)], "length of a dimension";
        ArrayUpper ["array_upper"] Sometimes [sig(&[ARR, I4], INT4)], "last subscript of a dimension";
        ArrayLower ["array_lower"] Sometimes [sig(&[ARR, I4], INT4)], "first subscript of a dimension";
        ArrayNdims ["array_ndims"] Sometimes [sig(&[ARR], INT4)], "number of dimensions";
        Cardinality ["cardinality"] Strict [sig(&[ARR], INT4)], "number of elements";
        ArrayPosition ["array_position"] Sometimes [
            sig(&[ARR, EL], INT4), sig(&[ARR, EL, I4], INT4),
        ], "where an element stands";
        ArrayPositions ["array_positions"] Sometimes [
            sig(&[ARR, EL], Gives::Type(INTEGERS)),
        ], "everywhere an element stands";
        ArrayAppend ["array_append"] Never [sig(&[ARR, EL], ARRAY)], "array and one more element";
        ArrayPrepend ["array_prepend"] Never [sig(&[EL, ARR], ARRAY)], "one more element and array";
        ArrayCat ["array_cat"] Sometimes [sig(&[ARR, ARR], ARRAY)], "two arrays as one";
        ArrayRemove ["array_remove"] Sometimes [sig(&[ARR, EL], ARRAY)], "array without an element";
        ArrayReplace ["array_replace"] Sometimes [
            sig(&[ARR, EL, EL], ARRAY),
        ], "array with one element for another";
        TrimArray ["trim_array"] Strict [sig(&[ARR, I4], ARRAY)], "array without its last elements";
        ArrayToString ["array_to_string"] Strict [
            sig(&[ARR, T], TEXT), sig(&[ARR, T, T], TEXT),
        ], "elements with a separator";
        StringToArray ["string_to_array"] Sometimes [
            sig(&[T, T], Gives::Type(TEXTS)), sig(&[T, T, T], Gives::Type(TEXTS)),
        ], "pieces between separators";
        RegexpSplitToArray ["regexp_split_to_array"] Strict [
            sig(&[T, T], Gives::Type(TEXTS)), sig(&[T, T, T], Gives::Type(TEXTS)),
        ], "pieces between matches";
        ArrayContains ["@>"] Strict [sig(&[ARR, ARR], BOOL)], "array has all elements of another";
        ArrayContained ["<@"] Strict [sig(&[ARR, ARR], BOOL)], "array's elements are all in another";
        ArrayOverlap ["&&"] Strict [sig(&[ARR, ARR], BOOL)], "arrays have an element in common";

        // The server.
        GenRandomUuid ["gen_random_uuid"] Never [sig(&[], UUID)], "a random UUID";
        Version ["version"] Never [sig(&[], TEXT)], "the server's name and version";
    }
}

registry! {
    /// Aggregates.
    Agg AGGREGATES {
        Count ["count"] Never [sig(&[ANY], INT8)], "number of rows, or of values that are not NULL";
        Sum ["sum"] Sometimes [
            sig(&[I4], INT8), sig(&[I8], WHOLE), sig(&[I2], INT8), sig(&[N], LIKE), sig(&[F8], FLOAT8),
            sig(&[F4], FLOAT4), sig(&[IV], SPAN),
        ], "sum";
        Avg ["avg"] Sometimes [
            sig(&[I4], NUM), sig(&[I8], NUM), sig(&[I2], NUM), sig(&[N], NUM), sig(&[F8], FLOAT8),
            sig(&[F4], FLOAT8), sig(&[IV], SPAN),
        ], "mean";
        Min ["min"] Sometimes ordered!(), "smallest value";
        Max ["max"] Sometimes ordered!(), "largest value";
        BoolAnd ["bool_and", "every"] Sometimes [sig(&[B], BOOL)], "true where all are";
        BoolOr ["bool_or"] Sometimes [sig(&[B], BOOL)], "true where one is";
        BitAndAll ["bit_and"] Sometimes [
            sig(&[I4], INT4), sig(&[I8], INT8), sig(&[I2], INT2),
        ], "bits of all";
        BitOrAll ["bit_or"] Sometimes [
            sig(&[I4], INT4), sig(&[I8], INT8), sig(&[I2], INT2),
        ], "bits of any";
        BitXorAll ["bit_xor"] Sometimes [
            sig(&[I4], INT4), sig(&[I8], INT8), sig(&[I2], INT2),
        ], "bits of an odd number";
        StringAgg ["string_agg"] Sometimes [
            sig(&[T, T], TEXT), sig(&[BY, BY], BYTEA),
        ], "all texts with a separator";
        ArrayAgg ["array_agg"] Sometimes [sig(&[EL], ARRAY)], "all values as an array";
        JsonAgg ["json_agg"] Sometimes [sig(&[ANY], JSON)], "all values as a document";
        JsonObjectAgg ["json_object_agg"] Sometimes [
            sig(&[ANY, ANY], JSON),
        ], "all names and values as a document";
        AnyValue ["any_value"] Sometimes [sig(&[EL], ELEMENT)], "one of the values";
        StddevSamp ["stddev", "stddev_samp"] Sometimes spread!(), "standard deviation of a sample";
        StddevPop ["stddev_pop"] Sometimes spread!(), "standard deviation of a population";
        VarSamp ["variance", "var_samp"] Sometimes spread!(), "variance of a sample";
        VarPop ["var_pop"] Sometimes spread!(), "variance of a population";
        Corr ["corr"] Sometimes pairs!(), "correlation";
        CovarPop ["covar_pop"] Sometimes pairs!(), "covariance of a population";
        CovarSamp ["covar_samp"] Sometimes pairs!(), "covariance of a sample";
        RegrAvgX ["regr_avgx"] Sometimes pairs!(), "mean of the second argument";
        RegrAvgY ["regr_avgy"] Sometimes pairs!(), "mean of the first argument";
        RegrCount ["regr_count"] Never [sig(&[F8, F8], INT8)], "number of pairs";
        RegrIntercept ["regr_intercept"] Sometimes pairs!(), "where the fitted line meets the axis";
        RegrR2 ["regr_r2"] Sometimes pairs!(), "square of the correlation";
        RegrSlope ["regr_slope"] Sometimes pairs!(), "slope of the fitted line";
        RegrSxx ["regr_sxx"] Sometimes pairs!(), "spread of the second argument";
        RegrSxy ["regr_sxy"] Sometimes pairs!(), "spread of both arguments";
        RegrSyy ["regr_syy"] Sometimes pairs!(), "spread of the first argument";
        PercentileCont ["percentile_cont"] Sometimes [
            sig(&[F8, F8], FLOAT8), sig(&[F8, IV], SPAN),
        ], "percentile between values; WITHIN GROUP";
        PercentileDisc ["percentile_disc"] Sometimes [
            sig(&[F8, EL], ELEMENT),
        ], "percentile that is a value; WITHIN GROUP";
        Mode ["mode"] Sometimes [sig(&[EL], ELEMENT)], "most frequent value; WITHIN GROUP";
    }
}

impl Agg {
    /// True for those that take their order from WITHIN GROUP.
    #[must_use]
    pub const fn within_group(self) -> bool {
        matches!(
            self,
            Self::PercentileCont | Self::PercentileDisc | Self::Mode
        )
    }
}

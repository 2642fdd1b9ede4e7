//! The table of operators and functions: one row is all that is known of one, the cell of each dialect
//! included. What a cell says is proved by the test `functions` of the testsuite.

mod aggregate;
mod array;
mod document;
mod form;
mod logic;
mod moment;
mod number;
mod pattern;
mod rows;
mod system;
mod text;
mod window;

use super::{Entry, Function};
use crate::{TableFunc, WindowFunc};

/// An enum of functions, and their rows in the order of its variants: one that is missing or stands
/// twice does not compile.
macro_rules! functions {
    ($(#[$meta:meta])* $name:ident $table:ident { $($func:ident)* } $($group:expr),*) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "its row says what each means")]
        pub enum $name {
            $($func,)*
        }

        impl $name {
            const COUNT: usize = [$(Self::$func),*].len();

            /// Its row.
            #[must_use]
            pub const fn row(self) -> &'static Function<Self> {
                &$table[self as usize]
            }

            /// Its name or symbol, for people.
            #[must_use]
            pub const fn name(self) -> &'static str {
                self.row().entry.name()
            }
        }

        /// Every row, in the order of the variants.
        pub static $table: &[Function<$name>] = &{
            let groups: &[&[Function<$name>]] = &[$($group),*];
            let mut all = [groups[0][0]; $name::COUNT];
            let mut found = [false; $name::COUNT];
            let mut group = 0;
            while group < groups.len() {
                let mut at = 0;
                while at < groups[group].len() {
                    let row = groups[group][at];
                    assert!(!found[row.func as usize], "a function has two rows");
                    all[row.func as usize] = row;
                    found[row.func as usize] = true;
                    at += 1;
                }
                group += 1;
            }
            let mut at = 0;
            while at < found.len() {
                assert!(found[at], "a function has no row");
                at += 1;
            }
            all
        };
    };
}

functions! {
    /// An operator or function with a fixed meaning, whatever a dialect calls it.
    Func FUNCTIONS {
        And Or Not IsNull IsNotNull IsTrue IsNotTrue IsFalse IsNotFalse Eq Ne Lt Le Gt Ge
        IsDistinct IsNotDistinct Between NotBetween BetweenSymmetric NotBetweenSymmetric
        Coalesce Nullif Greatest Least NumNulls NumNonnulls Like NotLike ILike NotILike
        SimilarTo NotSimilarTo Matches MatchesAnyCase NotMatches NotMatchesAnyCase StartsWith
        Add Sub Mul Div Mod Neg Plus Power BitAnd BitOr BitXor BitNot ShiftLeft ShiftRight Abs
        Ceil Floor Round Trunc Sign IntDiv Sqrt Cbrt Exp Ln Log LogBase Sin Cos Tan Cot Asin
        Acos Atan Atan2 Sinh Cosh Tanh Asinh Acosh Atanh Degrees Radians Pi Random Gcd Lcm
        Factorial WidthBucket Scale MinScale TrimScale Concat Upper Lower Initcap Length
        BlobLength OctetLength BitLength Substr SubstringRegex Left Right Trim Ltrim Rtrim Lpad
        Rpad Repeat Replace Translate Reverse Strpos SplitPart Overlay ConcatAll ConcatWs Format
        Chr Ascii Md5 ToHex Encode Decode QuoteLiteral QuoteIdent QuoteNullable Sha224 Sha256
        Sha384 Sha512 RegexpReplace RegexpLike RegexpCount RegexpSubstr RegexpInstr RegexpMatch
        ToNumber AddDays SubDays DaysBetween AddInterval SubInterval MomentsBetween DateTime
        TimeAdd TimeSub TimesBetween IntervalAdd IntervalSub IntervalMul IntervalDiv IntervalNeg
        Extract DatePart DateTrunc DateBin Age MakeDate MakeTime MakeTimestamp ToTimestamp
        ToTimestampForm ToDate ToChar AtTimeZone MakeInterval JustifyDays JustifyHours
        JustifyInterval CurrentDate CurrentTime CurrentTimestamp LocalTimestamp ClockTimestamp
        JsonGet JsonGetText JsonPath JsonPathText JsonTypeof JsonArrayLength JsonStripNulls
        JsonBuildObject JsonBuildArray ToJson JsonObject ArrayToJson JsonbTypeof
        JsonbArrayLength JsonbStripNulls JsonbBuildObject JsonbBuildArray ToJsonb JsonbObject
        JsonbContains JsonbContained JsonbHas JsonbHasAny JsonbHasAll JsonbConcat JsonbMinus
        JsonbMinusAll JsonbMinusPath JsonbSet JsonbSetLax JsonbInsert JsonbPretty
        JsonbPathFinds JsonbPathHolds JsonbPathExists JsonbPathMatch JsonbPathAll JsonbPathFirst
        ArrayGet ArraySlice ArrayConcat ArrayLength
        ArrayUpper ArrayLower ArrayNdims ArrayDims Cardinality ArrayPosition ArrayPositions
        ArrayAppend ArrayPrepend ArrayCat ArrayRemove ArrayReplace TrimArray ArrayToString
        StringToArray RegexpSplitToArray ArrayContains ArrayContained ArrayOverlap GenRandomUuid
        Version CurrentUser SessionUser CurrentDatabase CurrentSchema Nextval Currval Lastval Setval
    }
    logic::LOGIC_ROWS, logic::CONDITIONAL_ROWS, number::NUMBER_ROWS, text::TEXT_ROWS, pattern::PATTERN_ROWS, moment::MOMENT_ROWS,
    moment::INTERVAL_ROWS, document::DOCUMENT_ROWS, document::JSONB_ROWS, array::ARRAY_ROWS, system::SYSTEM_ROWS
}

functions! {
    /// An aggregate.
    Agg AGGREGATES {
        Count Sum Avg Min Max BoolAnd BoolOr BitAndAll BitOrAll BitXorAll StringAgg ArrayAgg
        JsonAgg JsonObjectAgg JsonbAgg JsonbObjectAgg AnyValue StddevSamp StddevPop VarSamp VarPop Corr CovarPop
        CovarSamp RegrAvgX RegrAvgY RegrCount RegrIntercept RegrR2 RegrSlope RegrSxx RegrSxy
        RegrSyy PercentileCont PercentileDisc Mode
    }
    aggregate::AGGREGATE_ROWS, aggregate::STATISTICAL_ROWS, aggregate::ORDERED_SET_ROWS
}

functions! {
    /// A syntax of its own.
    Form FORMS {
        In Any All Exists Case Cast TryCast Position Trim Array Grouping
    }
    form::LOGIC_FORMS, form::CONDITIONAL_FORMS, form::TEXT_FORMS, form::ARRAY_FORMS, form::GROUP_FORMS
}

/// What needs OVER.
pub static WINDOWS: &[Function<WindowFunc>] = window::WINDOW;

/// RUNSUM and the like, by the aggregate that runs.
pub static RUNNING: &[Function<Agg>] = window::RUNNING;

/// What gives rows.
pub static ROWS: &[Function<TableFunc>] = rows::ROWS;

/// Every row of every kind.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    fn of<F>(rows: &'static [Function<F>]) -> impl Iterator<Item = &'static Entry> {
        rows.iter().map(|row| &row.entry)
    }
    let calls = of(FUNCTIONS).chain(of(FORMS)).chain(of(AGGREGATES));
    calls.chain(of(WINDOWS)).chain(of(RUNNING)).chain(of(ROWS))
}

impl Agg {
    /// True for those that take their order from WITHIN GROUP.
    #[must_use]
    pub const fn within_group(self) -> bool {
        matches!(self.row().entry.class, super::Class::OrderedSet)
    }

    /// True for a variance or a deviation.
    #[must_use]
    pub const fn is_spread(self) -> bool {
        matches!(
            self,
            Self::StddevSamp | Self::StddevPop | Self::VarSamp | Self::VarPop
        )
    }
}

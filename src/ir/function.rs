//! Operators and functions: one table of what a call may name.

/// An operator or function with a fixed meaning, whatever a dialect calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are SQL's")]
pub enum Func {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Neg,
    Concat,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    IsDistinct,
    IsNotDistinct,
    And,
    Or,
    Not,
    IsNull,
    IsNotNull,
    IsTrue,
    IsNotTrue,
    IsFalse,
    IsNotFalse,
    Between,
    NotBetween,
    Like,
    NotLike,
    ILike,
    NotILike,
    /// `date + integer`: days.
    AddDays,
    /// `date - integer`: days.
    SubDays,
    /// `date - date`: an integer of days.
    DaysBetween,
    /// `date or timestamp + interval`: a timestamp.
    AddInterval,
    /// `date or timestamp - interval`: a timestamp.
    SubInterval,
    /// `EXTRACT(field FROM moment)`; the field is a text literal.
    Extract,
    CurrentDate,
    CurrentTimestamp,
    Upper,
    Lower,
    Length,
    Substr,
    Trim,
    Ltrim,
    Rtrim,
    Replace,
    Strpos,
    Left,
    Right,
    Abs,
    Round,
    Coalesce,
    Nullif,
    Greatest,
    Least,
}

impl Func {
    /// Its name, for people.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// How the type of a function's result comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Texts in, text out.
    Text,
    /// Text first, then integers; text out.
    TextThenIntegers,
    /// Texts in, an integer out.
    TextToInteger,
    /// A number in, the same type out.
    Number,
    /// A number and perhaps a count of digits.
    Round,
    /// All of one type, which is the result's.
    Same,
}

/// A function that can be called by name.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name in lower case.
    pub name: &'static str,
    /// What it means.
    pub func: Func,
    /// Fewest and most arguments.
    pub arity: (usize, usize),
    /// Its types.
    pub signature: Signature,
}

const fn f(name: &'static str, func: Func, low: usize, high: usize, sig: Signature) -> Function {
    Function {
        name,
        func,
        arity: (low, high),
        signature: sig,
    }
}

/// Every function that is called by name; aggregates and windows have their own table.
pub const FUNCTIONS: &[Function] = &[
    f("upper", Func::Upper, 1, 1, Signature::Text),
    f("lower", Func::Lower, 1, 1, Signature::Text),
    f("length", Func::Length, 1, 1, Signature::TextToInteger),
    f("char_length", Func::Length, 1, 1, Signature::TextToInteger),
    f(
        "character_length",
        Func::Length,
        1,
        1,
        Signature::TextToInteger,
    ),
    f("substr", Func::Substr, 2, 3, Signature::TextThenIntegers),
    f("substring", Func::Substr, 2, 3, Signature::TextThenIntegers),
    f("left", Func::Left, 2, 2, Signature::TextThenIntegers),
    f("right", Func::Right, 2, 2, Signature::TextThenIntegers),
    f("trim", Func::Trim, 1, 2, Signature::Text),
    f("btrim", Func::Trim, 1, 2, Signature::Text),
    f("ltrim", Func::Ltrim, 1, 2, Signature::Text),
    f("rtrim", Func::Rtrim, 1, 2, Signature::Text),
    f("replace", Func::Replace, 3, 3, Signature::Text),
    f("strpos", Func::Strpos, 2, 2, Signature::TextToInteger),
    f("abs", Func::Abs, 1, 1, Signature::Number),
    f("round", Func::Round, 1, 2, Signature::Round),
    f("coalesce", Func::Coalesce, 1, 100, Signature::Same),
    f("nullif", Func::Nullif, 2, 2, Signature::Same),
    f("greatest", Func::Greatest, 1, 100, Signature::Same),
    f("least", Func::Least, 1, 100, Signature::Same),
];

/// Names of aggregates and of what needs OVER, for suggestions.
pub const OTHER_NAMES: &[&str] = &[
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "runcount",
    "runsum",
    "runavg",
    "runmin",
    "runmax",
    "row_number",
    "rank",
    "dense_rank",
    "extract",
    "position",
];

/// Finds a function by its name in lower case.
#[must_use]
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| f.name == name)
}

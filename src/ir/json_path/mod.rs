//! Paths of SQL/JSON (ISO 9075-2, "SQL/JSON path language") as PostgreSQL reads them: its manual, "The SQL/JSON Path
//! Language", and the rules of its `jsonpath_scan.l` and `jsonpath_gram.y`.

mod read;
mod token;

use crate::Func;

/// A path that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath {
    /// `strict`: what a document lacks is an error.
    pub strict: bool,
    /// What it begins with, and what follows that.
    pub chain: Chain,
    /// What stands in it that not every PostgreSQL from 15 on has, or that only a server answers.
    pub foreign: Option<String>,
}

/// Steps, of which each goes on from what the one before found.
pub type Chain = Vec<Step>;

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `$`, the document.
    Root,
    /// `@`, what a filter looks at.
    Current,
    /// `last`, the number of an array's last element.
    Last,
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number in JSON's notation.
    Number(String),
    /// A text.
    Text(String),
    /// `$name`.
    Variable(String),
    /// Two numbers and an operator.
    Arithmetic(Operator, Chain, Chain),
    /// `+` and `-` before numbers.
    Sign {
        /// `-`.
        minus: bool,
        /// The numbers.
        of: Chain,
    },
    /// What a condition says, which is `null` where it is not known.
    Condition(Box<Condition>),
    /// `.name`.
    Member(String),
    /// `.*`.
    AnyMember,
    /// `[*]`.
    Elements,
    /// `[1, 3 to last]`.
    Subscripts(Vec<(Chain, Option<Chain>)>),
    /// `.**{first to last}`; where both are [`LEAVES`], what has no parts.
    Descend {
        /// The first level.
        first: u32,
        /// The last level.
        last: u32,
    },
    /// `? (…)`.
    Filter(Box<Condition>),
    /// `.type()` and its kin.
    Method(Method),
    /// What [`JsonPath::foreign`] tells of.
    Foreign,
}

/// The level of `last` in `.**{last}`.
pub const LEAVES: u32 = u32::MAX;

/// An operator between numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the operators")]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Operator {
    /// How it is written.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }
}

/// What a step can do with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the methods")]
pub enum Method {
    Abs,
    Ceiling,
    Double,
    Floor,
    Keyvalue,
    Size,
    Type,
}

impl Method {
    const ALL: [(&str, Self); 7] = [
        ("abs", Self::Abs),
        ("ceiling", Self::Ceiling),
        ("double", Self::Double),
        ("floor", Self::Floor),
        ("keyvalue", Self::Keyvalue),
        ("size", Self::Size),
        ("type", Self::Type),
    ];

    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        Some(all.find(|method| method.0.eq_ignore_ascii_case(name))?.1)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|method| method.1 == self).map_or("", |m| m.0)
    }
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the comparisons")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What is true, false or not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `&&`
    And(Box<Self>, Box<Self>),
    /// `||`
    Or(Box<Self>, Box<Self>),
    /// `!`
    Not(Box<Self>),
    /// `(…) is unknown`
    IsUnknown(Box<Self>),
    /// One of what stands on the left and one of what stands on the right.
    Compare(Comparison, Chain, Chain),
    /// `starts with`, a text or a variable.
    StartsWith(Chain, Chain),
    /// `like_regex`
    LikeRegex {
        /// The texts.
        of: Chain,
        /// The regular expression.
        pattern: String,
        /// Letters of `i`, `m`, `q` and `s`.
        flags: String,
    },
    /// `exists (…)`
    Exists(Chain),
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPath {
    /// The byte of the text where it is seen.
    pub at: usize,
    /// What is wrong.
    pub message: String,
}

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    /// Where it is none, in PostgreSQL's words.
    pub fn read(text: &str) -> Result<Self, NoPath> {
        read::path(text)
    }
}

impl Func {
    /// True for what takes a path of SQL/JSON as its second argument.
    #[must_use]
    pub const fn takes_json_path(self) -> bool {
        matches!(
            self,
            Self::JsonbPathFinds
                | Self::JsonbPathHolds
                | Self::JsonbPathExists
                | Self::JsonbPathMatch
                | Self::JsonbPathAll
                | Self::JsonbPathFirst
        )
    }
}

#[cfg(test)]
mod tests;

//! What is known of a function: a row of the table.

use crate::Type;
use core::fmt;
use core::ops::Deref;
use rql_diagnostics::{Code, codes};

/// What a signature wants at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// A value of this type, or one that converts to it without being asked to.
    Of(Type),
    /// Anything; what has no type is text.
    Any,
    /// Anything but an array; all such places take one type.
    Element,
    /// An array; its elements are of the type of the other places.
    Array,
}

/// The type of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// This one.
    Type(Type),
    /// That of the first argument, its scale included.
    Like,
    /// That of the places that take one type.
    Element,
    /// That of a sum of the first argument.
    Total,
    /// An array of it.
    Array,
    /// A decimal of the larger scale.
    MaxScale,
    /// A decimal of both scales together.
    SumScale,
    /// A decimal without digits after the point.
    Whole,
    /// The same of more digits than 64 bits hold.
    Long,
    /// A decimal of as many digits after the point as the second argument says.
    Digits,
}

/// One way to call a function.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Its places.
    pub params: &'static [Param],
    /// The last place may be repeated.
    pub variadic: bool,
    /// What comes out.
    pub gives: Gives,
}

/// When a result is NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// Where an argument is.
    Strict,
    /// Never.
    Never,
    /// At times.
    Sometimes,
}

/// How a dialect has a function, with PostgreSQL's meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// In the standard spelling.
    Native,
    /// In the standard form, under another name.
    Named(&'static str),
    /// By other text, which code of the dialect writes.
    Rewrite,
    /// By a function that the session registers.
    Runtime(&'static str),
    /// Not at all: a diagnostic of this code before anything runs.
    Refuse(Code),
}

impl Cell {
    /// It in a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Named(_) => "named",
            Self::Rewrite => "rewrite",
            Self::Runtime(_) => "runtime",
            Self::Refuse(_) => "refused",
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        match self {
            Self::Named(name) | Self::Runtime(name) => write!(f, " {name}"),
            Self::Refuse(code) => write!(f, " {code}"),
            _ => Ok(()),
        }
    }
}

/// A cell for each dialect. There is no default: a row without one of them does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the dialects")]
pub struct Cells {
    pub sqlite: Cell,
    pub duckdb: Cell,
    pub postgresql: Cell,
    pub mysql: Cell,
    pub mariadb: Cell,
    pub spark: Cell,
}

impl Cells {
    pub(super) const fn of(cells: [Cell; 6]) -> Self {
        let [sqlite, duckdb, postgresql, mysql, mariadb, spark] = cells;
        Self {
            sqlite,
            duckdb,
            postgresql,
            mysql,
            mariadb,
            spark,
        }
    }
}

/// The standard spelling of an operator or function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
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

/// What functions are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the titles say it")]
pub enum Class {
    Logic,
    Conditional,
    Number,
    Text,
    Pattern,
    Moment,
    Interval,
    Document,
    Array,
    System,
    Aggregate,
    Statistical,
    OrderedSet,
    Window,
    Running,
    Rows,
}

impl Class {
    /// Every class, in the order in which people read of them.
    pub const ALL: [Self; 16] = [
        Self::Logic,
        Self::Conditional,
        Self::Number,
        Self::Text,
        Self::Pattern,
        Self::Moment,
        Self::Interval,
        Self::Document,
        Self::Array,
        Self::System,
        Self::Aggregate,
        Self::Statistical,
        Self::OrderedSet,
        Self::Window,
        Self::Running,
        Self::Rows,
    ];

    /// Its name, for people and for the name of its page.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logic => "logic",
            Self::Conditional => "conditional",
            Self::Number => "number",
            Self::Text => "text",
            Self::Pattern => "pattern",
            Self::Moment => "date and time",
            Self::Interval => "interval",
            Self::Document => "json",
            Self::Array => "array",
            Self::System => "system",
            Self::Aggregate => "aggregate",
            Self::Statistical => "statistical",
            Self::OrderedSet => "ordered set",
            Self::Window => "window",
            Self::Running => "running",
            Self::Rows => "rows",
        }
    }
}

/// All that is known of a function but which one it is.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it is about.
    pub class: Class,
    /// How it is called, in lower case; an operator by its symbol.
    pub names: &'static [&'static str],
    /// How it is written, where that is no call of its name; else empty.
    pub form: &'static str,
    /// When its result is NULL.
    pub nulls: Nulls,
    /// The ways to call it; none where it has a typing of its own.
    pub signatures: &'static [Signature],
    /// The standard spelling.
    pub shape: Shape,
    /// How each dialect has it.
    pub cells: Cells,
    /// A line for people.
    pub about: &'static str,
    /// What may stand behind SELECT.
    pub example: &'static str,
    /// What that gives, as CSV; rows are parted by `; `.
    pub answer: &'static str,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Function<F: 'static = super::Func> {
    /// What it means.
    pub func: F,
    /// What is known of it.
    pub entry: Entry,
}

impl<F> Deref for Function<F> {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}

impl Entry {
    /// Its first name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.names {
            [first, ..] => first,
            [] => "",
        }
    }

    /// Its name for people: LIKE rather than `~~`.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self.name() {
            "~~" => "LIKE",
            "!~~" => "NOT LIKE",
            "~~*" => "ILIKE",
            "!~~*" => "NOT ILIKE",
            name => name,
        }
    }

    /// How it is written and what comes out, a line for each way.
    #[must_use]
    pub fn usage(&self) -> Vec<String> {
        if !self.form.is_empty() {
            return vec![self.form.to_owned()];
        }
        let mut lines: Vec<String> = Vec::new();
        // Where each kind of number has its own, they are one for people.
        let numbers = self.signatures.len() > 2;
        for signature in self.signatures {
            let line = self.line(signature, numbers);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }

    fn line(&self, signature: &Signature, numbers: bool) -> String {
        let kind = |ty: Type| match ty {
            ty if numbers && ty.is_number() => "number".to_owned(),
            Type::Decimal { .. } => "numeric".to_owned(),
            ty => ty.to_string(),
        };
        let params: Vec<String> = signature
            .params
            .iter()
            .map(|param| match *param {
                Param::Of(ty) => kind(ty),
                Param::Any => "any".to_owned(),
                Param::Element => "element".to_owned(),
                Param::Array => "array".to_owned(),
            })
            .collect();
        let gives = match signature.gives {
            Gives::Type(ty) => kind(ty),
            Gives::Like => params.first().cloned().unwrap_or_default(),
            Gives::Element => "element".to_owned(),
            Gives::Array => "array".to_owned(),
            _ => kind(Type::NUMERIC),
        };
        let name = self.name();
        let written = match (self.shape, params.as_slice()) {
            (Shape::Prefix(symbol, _), [only]) => format!("{}{only}", symbol.trim_end()),
            (Shape::Infix(symbol, _), [left, right]) => format!("{left} {symbol} {right}"),
            _ => {
                let more = if signature.variadic { ", …" } else { "" };
                format!("{name}({}{more})", params.join(", "))
            }
        };
        format!("{written} → {gives}")
    }
}

pub(super) const fn sig(params: &'static [Param], gives: Gives) -> Signature {
    Signature {
        params,
        variadic: false,
        gives,
    }
}

pub(super) const fn many(params: &'static [Param], gives: Gives) -> Signature {
    Signature {
        params,
        variadic: true,
        gives,
    }
}

/// What the rows are written in.
pub(super) mod words {
    pub(in crate::function) use super::{
        Cell, Cells, Class, Entry, Function, Gives, Nulls, Param, Shape, many, sig,
    };
    use super::{Code, Type, codes};
    pub(in crate::function) use Cell::{Named, Native as N, Rewrite as W, Runtime as R};

    /// Refused, since the engine has no way to PostgreSQL's answer.
    pub(in crate::function) const X: Cell = Cell::Refuse(codes::NOT_PORTABLE);
    /// Refused, since it is not measured yet.
    pub(in crate::function) const U: Cell = Cell::Refuse(UNMEASURED);
    const UNMEASURED: Code = codes::NOT_EXECUTABLE_YET;

    macro_rules! params {
        ($($name:ident $ty:expr;)*) => {
            $(pub(in crate::function) const $name: Param = Param::Of($ty);)*
        };
    }
    params! {
        B Type::Boolean; I2 Type::SmallInt; I4 Type::Integer; I8 Type::BigInt; D10 Type::NUMERIC;
        F4 Type::Real; F8 Type::Double; T Type::Text; BY Type::Blob; D Type::Date; TI Type::Time;
        TS Type::Timestamp; TZ Type::TimestampTz; IV Type::Interval; J Type::Json; JB Type::Jsonb;
        TEXTS Type::Array(&Type::Text);
    }
    pub(in crate::function) const ANY: Param = Param::Any;
    pub(in crate::function) const EL: Param = Param::Element;
    pub(in crate::function) const ARR: Param = Param::Array;

    macro_rules! gives {
        ($($name:ident $gives:expr;)*) => {
            $(pub(in crate::function) const $name: Gives = $gives;)*
        };
    }
    gives! {
        BOOL Gives::Type(Type::Boolean); INT2 Gives::Type(Type::SmallInt);
        INT4 Gives::Type(Type::Integer); INT8 Gives::Type(Type::BigInt);
        NUM Gives::Type(Type::NUMERIC); FLOAT4 Gives::Type(Type::Real);
        FLOAT8 Gives::Type(Type::Double); TEXT Gives::Type(Type::Text);
        BYTEA Gives::Type(Type::Blob); DATE Gives::Type(Type::Date); TIME Gives::Type(Type::Time);
        STAMP Gives::Type(Type::Timestamp); STAMPTZ Gives::Type(Type::TimestampTz);
        SPAN Gives::Type(Type::Interval); JSON Gives::Type(Type::Json);
        JSONB Gives::Type(Type::Jsonb);
        UUID Gives::Type(Type::Uuid); TEXT_ARRAY Gives::Type(Type::Array(&Type::Text));
        INT_ARRAY Gives::Type(Type::Array(&Type::Integer));
        LIKE Gives::Like; ELEMENT Gives::Element; ARRAY Gives::Array; MAX Gives::MaxScale;
        SUM Gives::SumScale; TOTAL Gives::Total; WHOLE Gives::Whole; LONG Gives::Long; DIGITS Gives::Digits;
    }

    /// Rows: what it is, its names, how it is written where that is no call, when NULL, signatures; the
    /// standard spelling and the cells of sqlite, duckdb, postgresql, mysql, mariadb, spark; a line, an
    /// example and its answer.
    macro_rules! rows {
        ($table:ident: $of:ident, $class:ident {
            $($func:ident $({$($field:tt)*})? [$($name:literal),*] $($form:literal)? $nulls:ident
                $signatures:expr, $shape:ident($($spelling:tt)*) [$($cell:expr),*],
                $about:literal, $example:literal = $answer:literal;)*
        }) => {
            pub(in crate::function) static $table: &[Function<$of>] = &[$(Function {
                func: $of::$func $({$($field)*})?,
                entry: Entry {
                    class: Class::$class,
                    names: &[$($name),*],
                    form: concat!($($form)?),
                    nulls: Nulls::$nulls,
                    signatures: &$signatures,
                    shape: Shape::$shape($($spelling)*),
                    cells: Cells::of([$($cell),*]),
                    about: $about,
                    example: $example,
                    answer: $answer,
                },
            }),*];
        };
    }
    pub(in crate::function) use rows;
}

//! The table of cells: how each dialect has each operator and function.
//!
//! A row has one cell for each dialect and no default, so a missing cell does not compile.

use rql_ir::Func;

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

pub(crate) fn shape(func: Func) -> Shape {
    row(func).0
}

fn row(func: Func) -> (Shape, [Cell; 6]) {
    use Shape::{Call, Infix, Postfix, Prefix, Special};
    // Only SQLite and PostgreSQL are filled; the others refuse until they are measured.
    match func {
        //                                                sqlite        duckdb postgresql mysql mariadb spark
        Func::Or => (Infix("OR", 1), [N, X, N, X, X, X]),
        Func::And => (Infix("AND", 2), [N, X, N, X, X, X]),
        Func::Not => (Prefix("NOT ", 3), [N, X, N, X, X, X]),
        Func::IsNull => (Postfix("IS NULL", 4), [N, X, N, X, X, X]),
        Func::IsNotNull => (Postfix("IS NOT NULL", 4), [N, X, N, X, X, X]),
        Func::IsTrue => (Postfix("IS TRUE", 4), [N, X, N, X, X, X]),
        Func::IsNotTrue => (Postfix("IS NOT TRUE", 4), [N, X, N, X, X, X]),
        Func::IsFalse => (Postfix("IS FALSE", 4), [N, X, N, X, X, X]),
        Func::IsNotFalse => (Postfix("IS NOT FALSE", 4), [N, X, N, X, X, X]),
        Func::Eq => (Infix("=", 5), [N, X, N, X, X, X]),
        Func::Ne => (Infix("<>", 5), [N, X, N, X, X, X]),
        Func::Lt => (Infix("<", 5), [N, X, N, X, X, X]),
        Func::Le => (Infix("<=", 5), [N, X, N, X, X, X]),
        Func::Gt => (Infix(">", 5), [N, X, N, X, X, X]),
        Func::Ge => (Infix(">=", 5), [N, X, N, X, X, X]),
        Func::IsDistinct => (Infix("IS DISTINCT FROM", 5), [N, X, N, X, X, X]),
        Func::IsNotDistinct => (Infix("IS NOT DISTINCT FROM", 5), [N, X, N, X, X, X]),
        Func::Between => (Special(6), [N, X, N, X, X, X]),
        Func::NotBetween => (Special(6), [N, X, N, X, X, X]),
        Func::Like => (Special(6), [N, X, N, X, X, X]),
        Func::NotLike => (Special(6), [N, X, N, X, X, X]),
        Func::ILike => (Special(6), [W, X, N, X, X, X]),
        Func::NotILike => (Special(6), [W, X, N, X, X, X]),
        Func::Concat => (Infix("||", 7), [N, X, N, X, X, X]),
        Func::Add => (Infix("+", 8), [W, X, N, X, X, X]),
        Func::Sub => (Infix("-", 8), [W, X, N, X, X, X]),
        Func::Mul => (Infix("*", 9), [W, X, N, X, X, X]),
        Func::Div => (Infix("/", 9), [W, X, N, X, X, X]),
        Func::Mod => (Infix("%", 9), [W, X, N, X, X, X]),
        Func::Neg => (Prefix("-", 10), [W, X, N, X, X, X]),
        Func::AddDays => (Infix("+", 8), [W, X, N, X, X, X]),
        Func::SubDays => (Infix("-", 8), [W, X, N, X, X, X]),
        Func::DaysBetween => (Infix("-", 8), [W, X, N, X, X, X]),
        Func::AddInterval => (Infix("+", 8), [W, X, N, X, X, X]),
        Func::SubInterval => (Infix("-", 8), [W, X, N, X, X, X]),
        Func::Extract => (Special(20), [W, X, N, X, X, X]),
        Func::CurrentDate => (Special(20), [N, X, N, X, X, X]),
        Func::CurrentTimestamp => (Special(20), [N, X, N, X, X, X]),
        Func::Upper => (Call("upper"), [R("rql_upper"), X, N, X, X, X]),
        Func::Lower => (Call("lower"), [R("rql_lower"), X, N, X, X, X]),
        Func::Length => (Call("length"), [N, X, N, X, X, X]),
        Func::Substr => (Call("substr"), [R("rql_substr"), X, N, X, X, X]),
        Func::Left => (Call("left"), [R("rql_left"), X, N, X, X, X]),
        Func::Right => (Call("right"), [R("rql_right"), X, N, X, X, X]),
        Func::Trim => (Call("btrim"), [Named("trim"), X, N, X, X, X]),
        Func::Ltrim => (Call("ltrim"), [N, X, N, X, X, X]),
        Func::Rtrim => (Call("rtrim"), [N, X, N, X, X, X]),
        Func::Replace => (Call("replace"), [N, X, N, X, X, X]),
        Func::Strpos => (Call("strpos"), [Named("instr"), X, N, X, X, X]),
        Func::Abs => (Call("abs"), [W, X, N, X, X, X]),
        Func::Round => (Call("round"), [W, X, N, X, X, X]),
        Func::Coalesce => (Call("coalesce"), [W, X, N, X, X, X]),
        Func::Nullif => (Call("nullif"), [W, X, N, X, X, X]),
        Func::Greatest => (Call("greatest"), [X, X, N, X, X, X]),
        Func::Least => (Call("least"), [X, X, N, X, X, X]),
    }
}

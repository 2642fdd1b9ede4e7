//! What a SQLite session must register before compiled text runs on it.

/// A function that the runtime registers on every SQLite connection. All are deterministic and, where
/// not said otherwise, give NULL where an argument is NULL. An error's message is the quoted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionFunction {
    /// Its name.
    pub name: &'static str,
    /// How many arguments.
    pub arity: usize,
    /// True for an aggregate.
    pub aggregate: bool,
    /// Its exact meaning.
    pub meaning: &'static str,
}

const fn f(name: &'static str, arity: usize, meaning: &'static str) -> SessionFunction {
    SessionFunction {
        name,
        arity,
        aggregate: false,
        meaning,
    }
}

/// Statements that the runtime runs once on every SQLite connection.
pub const SETUP: &[&str] = &["PRAGMA case_sensitive_like = ON"];

/// Every such function.
///
/// A *numeric* is decimal text as PostgreSQL prints it (`12.50`); its scale is the digits it shows.
/// *Units* at scale s are the integer value × 10^s. Rounding of numerics is half away from zero.
pub const FUNCTIONS: &[SessionFunction] = &[
    f(
        "rql_add",
        3,
        "a + b of integers; beyond `bits` (16, 32, 64): 'smallint|integer|bigint out of range'",
    ),
    f("rql_sub", 3, "a - b, as rql_add"),
    f("rql_mul", 3, "a * b, as rql_add"),
    f(
        "rql_div",
        2,
        "integer a / b towards zero; b = 0: 'division by zero'",
    ),
    f(
        "rql_mod",
        2,
        "remainder with the sign of a; b = 0: 'division by zero'",
    ),
    f("rql_fdiv", 2, "a / b as REAL; b = 0: 'division by zero'"),
    f(
        "rql_int",
        2,
        "an INTEGER, REAL (half to even) or TEXT (digits only, else 'invalid input syntax for type integer') as integer of `bits`, range as rql_add",
    ),
    f(
        "rql_num_int",
        2,
        "a numeric rounded to an integer of `bits`, range as rql_add",
    ),
    f(
        "rql_num",
        2,
        "numeric of INTEGER units at a scale: rql_num(1250, 2) = '12.50'",
    ),
    f(
        "rql_num_of",
        1,
        "numeric of a stored INTEGER, REAL (15 significant digits) or TEXT; else 'invalid input syntax for type numeric'",
    ),
    f("rql_num_add", 2, "a + b; scale the larger one"),
    f("rql_num_sub", 2, "a - b; scale the larger one"),
    f("rql_num_mul", 2, "a * b; scale the sum"),
    f(
        "rql_num_div",
        2,
        "a / b at PostgreSQL's scale (numeric.c, select_div_scale); b = 0: 'division by zero'",
    ),
    f(
        "rql_num_mod",
        2,
        "remainder with the sign of a; scale the larger one; b = 0: 'division by zero'",
    ),
    f("rql_num_cmp", 2, "-1, 0 or 1"),
    f("rql_num_key", 1, "a BLOB that sorts as the numeric does"),
    f(
        "rql_num_round",
        2,
        "rounded to this many digits after the point, which are all shown",
    ),
    f(
        "rql_units",
        2,
        "units at this scale of an INTEGER, REAL or numeric TEXT, rounded; beyond 64 bits 'numeric field overflow'",
    ),
    f(
        "rql_dec",
        3,
        "units x at scale s checked against precision p: rql_dec(x, p, s); |x| >= 10^p: 'numeric field overflow'",
    ),
    f(
        "rql_rescale",
        3,
        "units x at scale a as units at scale b, rounded; overflow 'numeric field overflow'",
    ),
    f(
        "rql_date",
        1,
        "ISO date of a date, timestamp or text; else 'invalid input syntax for type date'",
    ),
    f(
        "rql_timestamp",
        1,
        "'YYYY-MM-DD HH:MM:SS[.ffffff]' of a date, timestamp or text; else 'invalid input syntax for type timestamp'",
    ),
    f(
        "rql_moment_add",
        4,
        "timestamp of (date or timestamp, months, days, microseconds): months first, clamped to the month's last day",
    ),
    f(
        "rql_extract",
        2,
        "numeric of (field, date or timestamp): year month day hour minute second quarter week isoyear dow isodow doy epoch; second and epoch of timestamps have six decimals; dates have no hour, minute, second",
    ),
    f("rql_upper", 1, "upper case of all of Unicode"),
    f("rql_lower", 1, "lower case of all of Unicode"),
    f(
        "rql_substr",
        2,
        "characters from position (1-based; below 1 counts as PostgreSQL does)",
    ),
    f(
        "rql_substr",
        3,
        "the same, of a length; negative: 'negative substring length not allowed'",
    ),
    f(
        "rql_left",
        2,
        "first n characters; negative n: all but the last -n",
    ),
    f(
        "rql_right",
        2,
        "last n characters; negative n: all but the first -n",
    ),
    f("rql_round", 1, "REAL rounded half to even"),
    f(
        "rql_varchar",
        3,
        "text x of at most n characters; what is too long is cut where only blanks go, else 'value too long for type character varying(n)'; the third argument 1 is character(n), which keeps no blanks at its end",
    ),
    f(
        "rql_decimal",
        3,
        "a numeric as a column DECIMAL(p, s) stores it: rounded to s, |x| >= 10^(p-s) 'numeric field overflow'; a number up to 15 digits, else text",
    ),
    f(
        "rql_text",
        1,
        "text of a REAL as PostgreSQL prints float8; INTEGER and TEXT as they are",
    ),
    SessionFunction {
        name: "rql_single",
        arity: 1,
        aggregate: true,
        meaning: "the value of the only row, NULL where there is none; a second row (NULL or not): 'more than one row returned by a subquery used as an expression'",
    },
];

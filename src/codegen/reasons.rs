//! Why a dialect has a function otherwise than PostgreSQL, as it was measured.

use crate::Dialect;
use rql_ir::function::{Cell, Class, Entry};

const SQLITE: &[(&str, &str)] = &[
    (
        "+",
        "beyond 64 bits it becomes a double; decimals are doubles there",
    ),
    (
        "-",
        "beyond 64 bits it becomes a double; decimals are doubles there",
    ),
    (
        "*",
        "beyond 64 bits it becomes a double; decimals are doubles there",
    ),
    (
        "/",
        "x / 0 is NULL, and decimals divide as doubles or as integers",
    ),
    ("%", "x % 0 is NULL, and decimals are cut to integers"),
    (
        "=",
        "values of different types are never equal, and decimals are doubles",
    ),
    ("upper", "only ASCII letters have another case"),
    ("lower", "only ASCII letters have another case"),
    ("~~*", "LIKE of any case knows ASCII alone"),
    ("substr", "a position below 1 counts from the end"),
    (
        "round",
        "halves of a double go away from zero, and there are no decimals",
    ),
    ("sqrt", "of a negative number it is NULL"),
    ("ln", "of zero it is NULL"),
    ("greatest", "max(a, b) is NULL where one is"),
    ("least", "min(a, b) is NULL where one is"),
    (
        "sum",
        "an overflow is an error where PostgreSQL has a wider type; decimals are doubles",
    ),
    ("avg", "decimals are doubles"),
    (
        "CAST",
        "'12abc' is 12, 2.7 is 2, and a date is its first number",
    ),
    ("string_agg", "the order of its rows is open"),
    ("extract", "there is no date type; strftime gives texts"),
    ("^", "there is no such operator"),
];

const DUCKDB: &[(&str, &str)] = &[
    (
        "/",
        "integers divide to a fraction, decimals as doubles, and x / 0 is infinite or NULL",
    ),
    ("%", "x % 0 is NULL"),
    ("trunc", "roots and logarithms of decimals are doubles"),
    ("ceil", "roots and logarithms of decimals are doubles"),
    ("floor", "roots and logarithms of decimals are doubles"),
    (
        "upper",
        "the capital of ß is ẞ, which PostgreSQL does not know",
    ),
    ("round", "halves of a double go away from zero"),
    ("ln", "decimals become doubles"),
    ("^", "what leaves the doubles is infinite"),
    (
        "sum",
        "integers add up to a type of 128 bits, doubles in another order",
    ),
    ("avg", "of decimals it is a double"),
    ("substr", "a position below 1 counts from the end"),
    (
        "~",
        "a pattern must match the whole text, and its dialect is RE2",
    ),
    ("regexp_replace", "its patterns are of RE2"),
    (
        "concat",
        "truth values are true and false, in PostgreSQL t and f",
    ),
    ("chr", "0 and negative numbers are characters"),
    ("repeat", "there is no longest text"),
    ("make_date", "years before Christ are counted with a year 0"),
    ("subscript", "a negative subscript counts from the end"),
    ("ANY", "a NULL is taken for an array without elements"),
    ("extract", "a second has no fraction"),
    (
        "CAST",
        "1e3 and 1.5 are integers too, and arrays and intervals are written otherwise",
    ),
    ("decode", "an odd number of digits is filled up"),
];

const MARIADB: &[(&str, &str)] = &[
    (
        "/",
        "integers divide to a fraction, and x / 0 is NULL with a warning",
    ),
    ("%", "x % 0 is NULL with a warning"),
    ("=", "texts compare by a collation, and '1abc' = 1 holds"),
    (
        "||",
        "it is OR where the session does not say otherwise, and NULL in CONCAT makes NULL",
    ),
    ("concat", "one NULL makes all of it NULL"),
    (
        "~~",
        "it takes any case and accent, and a backslash escapes",
    ),
    ("length", "it counts bytes"),
    ("substr", "a position below 1 counts from the end"),
    ("left", "a negative number gives an empty text"),
    ("log", "with one argument it is the natural logarithm"),
    ("sqrt", "of a negative number it is NULL"),
    ("ln", "of zero it is NULL"),
    ("greatest", "one NULL makes it NULL"),
    ("least", "one NULL makes it NULL"),
    ("#", "^ is exclusive or there"),
    (
        "^",
        "^ is exclusive or there; POW leaves the doubles without an error",
    ),
    (
        "regexp_replace",
        "it replaces every match, and its patterns are PCRE",
    ),
    ("IS DISTINCT FROM", "<=> says so there"),
    ("stddev", "STD is of the whole population"),
    ("variance", "VARIANCE is of the whole population"),
    (
        "string_agg",
        "GROUP_CONCAT cuts its result at a length of the session",
    ),
    ("extract", "a second has no fraction, a week is another"),
    (
        "date_trunc",
        "there is none; the moment is built of its parts",
    ),
    ("lag", "it takes no default"),
    ("lead", "it takes no default"),
    (
        "CAST",
        "a bad date is NULL with a warning, and '12abc' is 12",
    ),
    ("chr", "CHAR leaves NULLs out and gives bytes"),
];

/// Why the cell is what it is; a sentence without a full stop.
#[must_use]
pub fn reason(dialect: Dialect, entry: &Entry) -> String {
    let measured = match dialect {
        Dialect::Sqlite => SQLITE,
        Dialect::Duckdb => DUCKDB,
        Dialect::Mysql | Dialect::Mariadb => MARIADB,
        Dialect::Postgresql | Dialect::Spark => &[],
    };
    // What is known of an operator is known of numbers and texts.
    let symbol = !entry.name().starts_with(|c: char| c.is_alphabetic());
    let other = matches!(entry.class, Class::Moment | Class::Interval | Class::Array);
    let found = measured.iter().find(|(name, _)| *name == entry.name());
    let found = found.filter(|_| !symbol || !other);
    match (dialect.cell(&entry.cells), found) {
        (Cell::Refuse(_), _) => crate::ways::instead_of(entry).into(),
        (Cell::Native, _) => "it answers as PostgreSQL does".into(),
        (_, Some((_, why))) => format!("there {why}"),
        (Cell::Named(name), None) => format!("{name} answers as PostgreSQL does"),
        (Cell::Rewrite, None) if dialect == Dialect::Postgresql => {
            "it is RQL's, or of a later version".into()
        }
        (Cell::Rewrite, None) => "its own form answers otherwise, or there is none".into(),
        (Cell::Runtime(_), None) => "there is none, or it answers otherwise".into(),
    }
}

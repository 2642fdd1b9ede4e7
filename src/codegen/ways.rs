//! What to write instead of what is refused.

use rql_ir::function::{Class, Entry};

/// What is refused, by a piece of how it is called, and the way out; the first that fits holds.
const WAYS: &[(&str, &str)] = &[
    (
        "of these arguments",
        "with constants for patterns, places, lengths and units, and short operands, it is compiled",
    ),
    (
        "as a value",
        "its parts can be compared, stored and returned one by one",
    ),
    (
        "interval",
        "EXTRACT(EPOCH FROM …) gives its seconds as a number",
    ),
    ("bytes", "encode(…, 'hex') makes a text of them"),
    (
        "array",
        "a table with a row for each element, or a text with separators, does what arrays do",
    ),
    ("in a document", "CAST(… AS text) puts it in as a text"),
    (
        "TRY_CAST",
        "CASE WHEN … ~ '^[0-9]+$' THEN CAST(… AS integer) END converts what can be converted",
    ),
    (
        "a conversion from",
        "by way of text, CAST(CAST(… AS text) AS …), it converts where both write it alike",
    ),
    (
        "document",
        "->> takes out the members that are compared or returned",
    ),
    (
        "DISTINCT",
        "a query in FROM with SELECT DISTINCT does it before",
    ),
    (
        "string_agg",
        "a constant separator and ORDER BY between the parentheses are compiled",
    ),
    (
        "percentile",
        "ROW_NUMBER() over the order and COUNT(*) choose the row",
    ),
    (
        "to_char",
        "EXTRACT(… FROM …) and lpad(…) build the text; written templates are compiled",
    ),
    (
        "template",
        "a template that is written as a constant is compiled",
    ),
    (
        "time zone",
        "AT TIME ZONE 'UTC', or with an offset like '+02', is compiled",
    ),
    (
        "field",
        "EXTRACT(EPOCH FROM …), year, month, day, hour, minute and second are compiled",
    ),
    (
        "frame",
        "ROWS BETWEEN … AND … with written numbers is compiled",
    ),
    (
        "EXCLUDE",
        "the aggregate of the whole frame less the row's own value leaves it out",
    ),
    ("RANGE", "a join with the rows between two bounds does it"),
    (
        "LATERAL",
        "a join with a grouped query, or a subquery in the SELECT list, does it",
    ),
    (
        "FULL JOIN",
        "a LEFT JOIN and UNION ALL with the rows of the other side that have none does it",
    ),
    (
        "row",
        "a comparison of each field, with AND between, does it",
    ),
    (
        "RETURNING",
        "a SELECT behind it in the same transaction reads what it changed",
    ),
    (
        "MERGE",
        "UPDATE, DELETE and INSERT … SELECT in one transaction do it",
    ),
    ("DEFAULT", "the default's value can be written"),
    ("LIMIT", "a written number, or a parameter, is compiled"),
    ("HAVING", "a query in FROM with WHERE around it does it"),
    (
        "ANY or ALL",
        "min(…) or max(…) of the query compares the same",
    ),
    ("WITH", "a statement of its own before this one does it"),
    ("ON CONFLICT", "the columns of the key can be named"),
    (
        "date_trunc",
        "to second, minute, hour, day, week, month, quarter and year it is compiled",
    ),
    ("NaN", "NULL, or a bound of the values, takes its place"),
    (
        "decimal",
        "CAST(… AS DECIMAL(p, s)) gives it few enough digits",
    ),
];

/// Functions that others say.
const FORMULAS: &[(&str, &str)] = &[
    ("sinh", "(exp(x) - exp(-x)) / 2"),
    ("cosh", "(exp(x) + exp(-x)) / 2"),
    ("tanh", "1 - 2 / (exp(2 * x) + 1)"),
    ("asinh", "ln(x + sqrt(x * x + 1))"),
    ("acosh", "ln(x + sqrt(x * x - 1))"),
    ("atanh", "ln((1 + x) / (1 - x)) / 2"),
    ("gcd", "a recursive WITH of (b, a % b) ends at it"),
    (
        "lcm",
        "a * b / gcd, the gcd by a recursive WITH of (b, a % b)",
    ),
    ("scale", "the scale that the column is declared with"),
    ("min_scale", "the scale that the column is declared with"),
    ("trim_scale", "CAST(… AS DECIMAL(p, s)) of fewer digits"),
    (
        "initcap",
        "upper(left(x, 1)) || lower(substr(x, 2)), for one word",
    ),
    (
        "quote_ident",
        "'\"' || replace(x, '\"', '\"\"') || '\"', which is quoted always",
    ),
    ("to_number", "CAST(replace(x, ',', '') AS DECIMAL(p, s))"),
    (
        "to_date",
        "make_date(…) of CAST(substr(…) AS integer) for each field, or CAST(… AS date) of ISO text",
    ),
    ("to_timestamp", "CAST(… AS timestamp) of ISO text"),
    (
        "make_time",
        "CAST(lpad(h::text, 2, '0') || ':' || lpad(m::text, 2, '0') || ':00' AS time)",
    ),
    (
        "make_timestamp",
        "make_date(y, m, d) + TIME '…', or + INTERVAL '1 hour' * h",
    ),
    ("sha224", "sha256"),
    ("sha384", "sha256"),
    ("sha512", "sha256"),
    (
        "gen_random_uuid",
        "a uuid that the program makes and binds as a parameter",
    ),
    ("clock_timestamp", "now(), the moment of the transaction"),
    (
        "TRY_CAST",
        "CASE WHEN x ~ '^[0-9]+$' THEN CAST(x AS integer) END converts what can be converted",
    ),
    (
        "regexp_match",
        "substring(x FROM '…(…)…') takes one group out",
    ),
    (
        "json_strip_nulls",
        "coalesce in what builds the document leaves them out",
    ),
    ("version", "SHOW CONNECTIONS names the backend"),
];

const ANYTHING: &str = "NATIVE before a statement sends the database's own SQL as it is";

/// What to write instead.
pub(crate) fn way_out(what: &str) -> &'static str {
    let found = WAYS.iter().find(|(piece, _)| what.contains(piece));
    found.map_or(ANYTHING, |(_, way)| way)
}

/// What to write instead of a function that a database lacks.
pub(crate) fn instead_of(entry: &Entry) -> &'static str {
    if let Some((_, way)) = FORMULAS.iter().find(|(name, _)| *name == entry.name()) {
        return way;
    }
    match entry.class {
        Class::Array => {
            "a table with a row for each element, or a text with separators, does what arrays do there"
        }
        Class::Interval => {
            "a written interval can be added to a moment; EXTRACT(EPOCH FROM a) - EXTRACT(EPOCH FROM b) \
             gives seconds"
        }
        Class::Moment => {
            "EXTRACT, date_trunc, make_date and + INTERVAL '…' are compiled for every database"
        }
        Class::Document => "-> and ->> with written names and numbers take a document apart",
        Class::Pattern => {
            "LIKE, regexp_replace and a written pattern of letters, classes and groups are compiled"
        }
        Class::Statistical => "sum(x), sum(x * y) and count(*) give the same by its formula",
        Class::Aggregate | Class::OrderedSet => {
            "ROW_NUMBER() over the order chooses rows before they are aggregated"
        }
        Class::Rows => "VALUES, a table, or a recursive WITH gives the rows",
        _ => ANYTHING,
    }
}

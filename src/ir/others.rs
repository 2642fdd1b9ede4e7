//! Words of other databases, and what says the same on every one.

/// A file in FROM.
pub(crate) const FILE: &str = "noctra reads it where a statement runs; IMPORT 'file.csv' INTO t CREATE makes a table of it that stays";

/// Functions.
const FUNCTIONS: &[(&str, &str)] = &[
    ("nvl", "coalesce(a, b)"),
    ("nvl2", "CASE WHEN x IS NOT NULL THEN a ELSE b END"),
    ("ifnull", "coalesce(a, b)"),
    ("isnull", "coalesce(a, b), or x IS NULL"),
    ("if", "CASE WHEN a THEN b ELSE c END"),
    ("iif", "CASE WHEN a THEN b ELSE c END"),
    ("decode", "CASE x WHEN 1 THEN 'a' ELSE 'b' END"),
    ("group_concat", "string_agg(x, ',' ORDER BY y)"),
    ("listagg", "string_agg(x, ',' ORDER BY y)"),
    ("list", "array_agg(x)"),
    ("collect_list", "array_agg(x)"),
    ("json_arrayagg", "json_agg(x)"),
    ("json_group_array", "json_agg(x)"),
    ("json_objectagg", "json_object_agg(key, x)"),
    ("json_group_object", "json_object_agg(key, x)"),
    (
        "json_extract",
        "doc -> 'a' for a document, doc ->> 'a' for its text",
    ),
    ("json_object", "json_build_object('a', x)"),
    ("json_array", "json_build_array(x, y)"),
    ("curdate", "CURRENT_DATE"),
    ("curtime", "CURRENT_TIME"),
    ("getdate", "now()"),
    ("sysdate", "now()"),
    ("datetime", "now(), or CAST(x AS timestamp)"),
    (
        "date",
        "CURRENT_DATE, or CAST(x AS date); - 1 is the day before",
    ),
    ("date_format", "to_char(x, 'YYYY-MM-DD')"),
    ("strftime", "to_char(x, 'YYYY-MM-DD')"),
    ("format_datetime", "to_char(x, 'YYYY-MM-DD')"),
    ("str_to_date", "to_date(x, 'YYYY-MM-DD')"),
    ("strptime", "to_timestamp(x, 'YYYY-MM-DD HH24:MI:SS')"),
    ("year", "extract(year FROM x)"),
    ("month", "extract(month FROM x)"),
    ("day", "extract(day FROM x)"),
    ("hour", "extract(hour FROM x)"),
    ("minute", "extract(minute FROM x)"),
    ("second", "extract(second FROM x)"),
    ("dayofweek", "extract(dow FROM x)"),
    ("datediff", "a - b, the days between two dates"),
    ("date_diff", "b - a, the days between two dates"),
    ("julianday", "a - b, the days between two dates"),
    (
        "timestampdiff",
        "extract(epoch FROM a - b), the seconds between them",
    ),
    ("date_add", "x + INTERVAL '1 month'"),
    ("date_sub", "x - INTERVAL '1 month'"),
    ("dateadd", "x + INTERVAL '1 month'"),
    (
        "last_day",
        "date_trunc('month', x) + INTERVAL '1 month - 1 day'",
    ),
    ("unixepoch", "extract(epoch FROM now())"),
    ("unix_timestamp", "extract(epoch FROM now())"),
    ("from_unixtime", "to_timestamp(x)"),
    ("datepart", "extract(year FROM x)"),
    ("datename", "to_char(x, 'Month')"),
    ("datetrunc", "date_trunc('month', x)"),
    ("add_months", "x + INTERVAL '1 month'"),
    (
        "eomonth",
        "date_trunc('month', x) + INTERVAL '1 month - 1 day'",
    ),
    ("sysdatetime", "now()"),
    ("getutcdate", "now() AT TIME ZONE 'UTC'"),
    ("len", "length(x)"),
    ("lengthb", "octet_length(x)"),
    ("datalength", "octet_length(x)"),
    ("replicate", "repeat(x, 3)"),
    ("space", "repeat(' ', 3)"),
    ("stuff", "overlay(x PLACING 'new' FROM 2 FOR 3)"),
    ("substring_index", "split_part(x, ',', 1)"),
    (
        "find_in_set",
        "array_position(string_to_array(list, ','), x)",
    ),
    ("field", "array_position(ARRAY['a', 'b'], x)"),
    ("elt", "(ARRAY['a', 'b'])[n]"),
    ("choose", "(ARRAY['a', 'b'])[n]"),
    ("string_split", "string_to_table(x, ',') in FROM"),
    ("json_value", "doc ->> 'a'"),
    ("json_query", "doc -> 'a'"),
    ("isnumeric", "TRY_CAST(x AS numeric) IS NOT NULL"),
    ("top", "LIMIT 5 at the end of the query"),
    ("wm_concat", "string_agg(x, ',' ORDER BY y)"),
    ("mid", "substr(x, 1, 2)"),
    ("instr", "strpos(text, part)"),
    ("locate", "strpos(text, part)"),
    ("charindex", "strpos(text, part)"),
    ("ucase", "upper(x)"),
    ("lcase", "lower(x)"),
    ("rand", "random()"),
    ("median", "percentile_cont(0.5) WITHIN GROUP (ORDER BY x)"),
    (
        "quantile_cont",
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY x)",
    ),
    ("arg_max", "(array_agg(x ORDER BY y DESC))[1]"),
    ("arg_min", "(array_agg(x ORDER BY y))[1]"),
    (
        "typeof",
        "DESCRIBE SELECT …, which shows the types of a query",
    ),
    (
        "pg_typeof",
        "DESCRIBE SELECT …, which shows the types of a query",
    ),
    ("last_insert_id", "INSERT … RETURNING id"),
    ("last_insert_rowid", "INSERT … RETURNING id"),
    ("scope_identity", "INSERT … RETURNING id"),
    ("uuid", "gen_random_uuid()"),
    ("newid", "gen_random_uuid()"),
    ("regexp_like", "x ~ 'pattern'"),
    (
        "regexp_matches",
        "x ~ 'pattern', or regexp_match(x, 'pattern')",
    ),
    ("convert", "CAST(x AS type)"),
    ("to_json", "json_build_object('a', x), or CAST(x AS json)"),
    ("range", "generate_series(0, n - 1)"),
    ("database", "SHOW CONNECTIONS, which names the database"),
    ("user", "SHOW CONNECTIONS, which names the database"),
    (
        "read_csv",
        "IMPORT 'file.csv' INTO t CREATE, and SELECT … FROM t",
    ),
    (
        "read_csv_auto",
        "IMPORT 'file.csv' INTO t CREATE, and SELECT … FROM t",
    ),
    (
        "read_json",
        "IMPORT 'file.json' INTO t CREATE, and SELECT … FROM t",
    ),
    (
        "read_json_auto",
        "IMPORT 'file.json' INTO t CREATE, and SELECT … FROM t",
    ),
    (
        "read_parquet",
        "IMPORT 'file.parquet' INTO t CREATE, and SELECT … FROM t",
    ),
    (
        "parquet_scan",
        "IMPORT 'file.parquet' INTO t CREATE, and SELECT … FROM t",
    ),
];

/// Names that stand for a value without being a column.
const COLUMNS: &[(&str, &str)] = &[
    (
        "rownum",
        "LIMIT 5 at the end of the query, or row_number() OVER (ORDER BY x)",
    ),
    ("sysdate", "now(), or CURRENT_DATE"),
    ("systimestamp", "now()"),
    ("nextval", "nextval('the_sequence')"),
    ("currval", "currval('the_sequence')"),
];

/// Types, by a piece of how they are written.
const TYPES: &[(&str, &str)] = &[
    (
        "unsigned",
        "a signed type that is wide enough, with CHECK (x >= 0)",
    ),
    ("signed", "BIGINT"),
    ("enum", "TEXT with CHECK (x IN ('a', 'b'))"),
    ("set(", "TEXT[]"),
    ("identity", "INTEGER GENERATED BY DEFAULT AS IDENTITY"),
    (
        "after",
        "a new column comes last, and a SELECT lists them in any order",
    ),
    (
        "first",
        "a new column comes last, and a SELECT lists them in any order",
    ),
    ("regclass", "the name of the table as a text"),
    ("year", "SMALLINT"),
    ("uniqueidentifier", "UUID"),
    ("hugeint", "DECIMAL(38, 0)"),
    ("struct", "JSON"),
    ("map", "JSON"),
    ("hstore", "JSON"),
    ("citext", "TEXT, compared by lower(x)"),
    ("inet", "TEXT"),
    ("xml", "TEXT"),
];

/// Operators and other words of expressions.
const OPERATORS: &[(&str, &str)] = &[
    ("REGEXP", "x ~ 'pattern' does, and ~* in any case"),
    ("RLIKE", "x ~ 'pattern' does, and ~* in any case"),
    (
        "GLOB",
        "LIKE does, with % for * and _ for ?; x ~ '^[a-c]' has classes of letters",
    ),
    ("<=>", "IS NOT DISTINCT FROM does"),
    ("**", "^ does"),
    ("!", "NOT does"),
    ("nocase", "lower(a) = lower(b) compares so, and ILIKE"),
    ("binary", "texts are compared by their bytes without it"),
];

/// Statements, by the words that they begin with: whose they are, and what does the same.
const STATEMENTS: &[(&str, &str, &str)] = &[
    (
        "show create",
        "SHOW CREATE is MySQL's",
        "DESCRIBE t shows columns, keys and what refers to what; .schema t at the prompt writes the CREATE statement",
    ),
    (
        "set names",
        "SET NAMES is MySQL's",
        "leave it out: texts are UTF-8 on every connection",
    ),
    (
        "set character set",
        "SET CHARACTER SET is MySQL's",
        "leave it out: texts are UTF-8 on every connection",
    ),
];

fn found(table: &'static [(&str, &str)], is: impl Fn(&str) -> bool) -> Option<&'static str> {
    table.iter().find(|(word, _)| is(word)).map(|row| row.1)
}

/// What says on every backend what a function of another database says.
pub(crate) fn function(name: &str) -> Option<&'static str> {
    found(FUNCTIONS, |word| word == name)
}

/// What says on every backend what such a name says in another database.
pub(crate) fn column(name: &str) -> Option<&'static str> {
    found(COLUMNS, |word| word.eq_ignore_ascii_case(name))
}

/// What stands for a type of another database.
pub(crate) fn type_name(written: &str) -> Option<&'static str> {
    let lower = written.to_ascii_lowercase();
    found(TYPES, |piece| lower.contains(piece))
}

/// What does what an operator of another database does.
pub(crate) fn operator(what: &str) -> Option<&'static str> {
    found(OPERATORS, |word| {
        what.split_whitespace()
            .any(|w| w.eq_ignore_ascii_case(word))
    })
}

/// Whose a statement is that RQL reads and does not have, and what does the same.
#[must_use]
pub fn statement(text: &str) -> Option<(&'static str, &'static str)> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    let begins = |start: &str| {
        let start: Vec<&str> = start.split(' ').collect();
        words.len() > start.len() && words.iter().zip(&start).all(|(a, b)| a == b)
    };
    let row = STATEMENTS.iter().find(|row| begins(row.0))?;
    Some((row.1, row.2))
}

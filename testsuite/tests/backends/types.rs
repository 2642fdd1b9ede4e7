//! Every type of RQL, with its extremes.

use crate::servers::{Backend, open, refusal, rows, servers};

/// A type: as it is declared, literals of it and what they print as, and the backends without such columns.
pub(crate) struct Sample {
    pub(crate) declared: &'static str,
    pub(crate) literals: &'static [(&'static str, &'static str)],
    pub(crate) refused: &'static [Backend],
}

const fn sample(
    declared: &'static str,
    literals: &'static [(&'static str, &'static str)],
    refused: &'static [Backend],
) -> Sample {
    Sample {
        declared,
        literals,
        refused,
    }
}

// Expected: PostgreSQL 15, the same literals.
pub(crate) const SAMPLES: &[Sample] = &[
    sample("BOOLEAN", &[("TRUE", "t"), ("FALSE", "f")], &[]),
    sample("SMALLINT", &[("-32768", "-32768"), ("32767", "32767")], &[]),
    sample(
        "INTEGER",
        &[("-2147483648", "-2147483648"), ("2147483647", "2147483647")],
        &[],
    ),
    sample(
        "BIGINT",
        &[
            ("-9223372036854775808", "-9223372036854775808"),
            ("9223372036854775807", "9223372036854775807"),
        ],
        &[],
    ),
    sample(
        "DECIMAL(10,2)",
        &[
            ("-99999999.99", "-99999999.99"),
            ("0.5", "0.50"),
            ("0", "0.00"),
        ],
        &[],
    ),
    sample(
        "DECIMAL(38,10)",
        &[
            (
                "-9999999999999999999999999999.9999999999",
                "-9999999999999999999999999999.9999999999",
            ),
            ("0.0000000001", "0.0000000001"),
        ],
        &[],
    ),
    sample(
        "NUMERIC",
        &[
            (
                "1234567890123456789012345678.0123456789",
                "1234567890123456789012345678.0123456789",
            ),
            ("1.50", "1.50"),
        ],
        &[Backend::Duckdb, Backend::Mariadb],
    ),
    sample(
        "REAL",
        &[("-1.5", "-1.5"), ("0.1", "0.1"), ("'1e-37'", "1e-37")],
        &[],
    ),
    sample(
        "DOUBLE PRECISION",
        &[
            ("'-1.7976931348623157e308'", "-1.7976931348623157e+308"),
            ("'5e-324'", "5e-324"),
            ("'0.1'", "0.1"),
        ],
        &[],
    ),
    sample(
        "DOUBLE PRECISION",
        &[
            ("'NaN'", "NaN"),
            ("'Infinity'", "Infinity"),
            ("'-Infinity'", "-Infinity"),
        ],
        &[Backend::Sqlite, Backend::Mariadb],
    ),
    sample(
        "TEXT",
        &[
            ("''", "\"\""),
            (
                "'it''s \"q\", \\N \\\\ {{x}} :y $1 ?'",
                "\"it's \"\"q\"\", \\N \\\\ {{x}} :y $1 ?\"",
            ),
            ("E'tab\\there'", "tab\there"),
            (
                "'é 名 😀 \u{202e}abc\u{0301}'",
                "é 名 😀 \u{202e}abc\u{0301}",
            ),
            ("'NULL'", "\"NULL\""),
        ],
        &[],
    ),
    sample(
        "VARCHAR(5)",
        &[("'12345'", "12345"), ("'名é😀\"q'", "\"名é😀\"\"q\"")],
        &[],
    ),
    sample(
        "CHAR(3)",
        &[("''", "   "), ("'a'", "a  "), ("'abc'", "abc")],
        &[],
    ),
    sample(
        "BLOB",
        &[("X''", "\\x"), ("X'00ff275c0a'", "\\x00ff275c0a")],
        &[],
    ),
    sample(
        "DATE",
        &[
            ("'0001-01-01'", "0001-01-01"),
            ("'9999-12-31'", "9999-12-31"),
            ("'2024-02-29'", "2024-02-29"),
        ],
        &[],
    ),
    sample(
        "TIME",
        &[
            ("'00:00:00'", "00:00:00"),
            ("'23:59:59.999999'", "23:59:59.999999"),
        ],
        &[],
    ),
    sample(
        "TIMESTAMP",
        &[
            ("'0001-01-01 00:00:00'", "0001-01-01 00:00:00"),
            ("'9999-12-31 23:59:59.999999'", "9999-12-31 23:59:59.999999"),
            ("'1969-12-31 23:59:59.000001'", "1969-12-31 23:59:59.000001"),
        ],
        &[],
    ),
    sample(
        "TIMESTAMPTZ",
        &[
            ("'1970-01-01 01:00:00.5+01'", "1970-01-01 00:00:00.5+00"),
            (
                "'2024-02-29 12:00:00.000001+02'",
                "2024-02-29 10:00:00.000001+00",
            ),
        ],
        &[],
    ),
    // MariaDB counts seconds from 1970 in 32 bits.
    sample(
        "TIMESTAMPTZ",
        &[
            ("'0001-01-01 00:00:00+00'", "0001-01-01 00:00:00+00"),
            (
                "'9999-12-31 23:59:59.999999+00'",
                "9999-12-31 23:59:59.999999+00",
            ),
        ],
        &[Backend::Mariadb],
    ),
    sample(
        "INTERVAL",
        &[
            ("'-1 year 2 days'", "-1 years +2 days"),
            ("'3 hours 0.000001 seconds'", "03:00:00.000001"),
            ("'0'", "00:00:00"),
        ],
        &[Backend::Mariadb],
    ),
    sample(
        "UUID",
        &[
            (
                "'00000000-0000-0000-0000-000000000000'",
                "00000000-0000-0000-0000-000000000000",
            ),
            (
                "'ffffffff-FFFF-ffff-ffff-fffffffffffe'",
                "ffffffff-ffff-ffff-ffff-fffffffffffe",
            ),
        ],
        &[],
    ),
    sample(
        "JSON",
        &[
            ("'{\"a\": [1, null]}'", "\"{\"\"a\"\": [1, null]}\""),
            ("'\"é\\u00e9\"'", "\"\"\"é\\u00e9\"\"\""),
        ],
        &[],
    ),
    sample(
        "INTEGER[]",
        &[
            ("'{1,NULL,-2147483648}'", "\"{1,NULL,-2147483648}\""),
            ("'{}'", "{}"),
        ],
        &[Backend::Mariadb],
    ),
    sample(
        "TEXT[]",
        &[(
            "'{a,\"b c\",\"\",NULL,\"NULL\",\"\\\"\\\\\"}'",
            "\"{a,\"\"b c\"\",\"\"\"\",NULL,\"\"NULL\"\",\"\"\\\"\"\\\\\"\"}\"",
        )],
        &[Backend::Mariadb],
    ),
];

/// A table `t<n>` of each type that a backend has, with a row for each literal and one of NULL, and what its
/// rows print as.
pub(crate) fn tables(
    backend: Backend,
) -> impl Iterator<Item = (String, &'static Sample, String, Vec<String>)> {
    let numbered = SAMPLES.iter().enumerate();
    let here = numbered.filter(move |(_, sample)| !sample.refused.contains(&backend));
    here.map(|(at, sample)| {
        let rows = sample.literals.iter().enumerate();
        let values: Vec<String> = rows.map(|(id, (literal, _))| format!("({id}, {literal})")).collect();
        let name = format!("t{at}");
        let script = format!(
            "CREATE TABLE {name} (id INTEGER PRIMARY KEY, x {}); INSERT INTO {name} VALUES {}, (99, NULL);",
            sample.declared,
            values.join(", ")
        );
        let printed = sample.literals.iter().enumerate();
        let mut expected: Vec<String> = printed.map(|(id, (_, text))| format!("{id},{text}")).collect();
        expected.push("99,NULL".into());
        (name, sample, script, expected)
    })
}

#[test]
fn every_type_goes_there_and_comes_back() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        for (name, sample, script, expected) in tables(backend) {
            rows(&mut session, &script);
            let all = format!("SELECT * FROM {name} ORDER BY id");
            let what = format!("{backend:?}, {}", sample.declared);
            assert_eq!(rows(&mut session, &all), expected, "{what}");
            // Each value once more, bound.
            for (id, row) in expected.iter().enumerate() {
                let key = if id + 1 == expected.len() { 99 } else { id };
                let again = format!(
                    "LET v = (SELECT x FROM {name} WHERE id = {key}); UPDATE {name} SET x = NULL WHERE id = {key};
                     UPDATE {name} SET x = :v WHERE id = {key}; SELECT * FROM {name} WHERE id = {key}"
                );
                assert_eq!(rows(&mut session, &again), [row.as_str()], "{what}");
            }
        }
    }
}

#[test]
fn what_a_type_does_not_hold_is_refused() {
    let servers = servers();
    for backend in servers.all() {
        let url = servers.database(backend);
        let create = "CREATE TABLE t (s SMALLINT, i INTEGER, d DECIMAL(4,2), v VARCHAR(3), c CHAR(3), day DATE, ts TIMESTAMP)";
        rows(&mut open(&url), create);
        // A session that comes later knows no more of the table than the database.
        let mut session = open(&url);
        for text in [
            "INSERT INTO t (s) VALUES (32768)",
            "INSERT INTO t (i) SELECT 2147483647 + g.x FROM (VALUES (1)) AS g(x)",
            "INSERT INTO t (d) VALUES (100)",
            "INSERT INTO t (v) VALUES ('abcd')",
            "INSERT INTO t (c) SELECT x FROM (VALUES ('abcd')) AS g(x)",
            "UPDATE t SET v = 'abcd'",
            "INSERT INTO t (day) VALUES ('2023-02-29')",
            "INSERT INTO t (day) VALUES ('infinity')",
            "INSERT INTO t (ts) VALUES ('infinity')",
            "INSERT INTO t (ts) VALUES ('2024-01-01 25:00:00')",
        ] {
            if text.starts_with("UPDATE") {
                rows(&mut session, "INSERT INTO t (v, c) VALUES ('abc', 'a')");
            }
            // PostgreSQL alone has such a moment.
            if text.contains("infinity") && matches!(backend, Backend::Postgresql) {
                continue;
            }
            refusal(&mut session, text);
        }
        assert_eq!(
            rows(&mut session, "SELECT v, c FROM t"),
            ["abc,a  "],
            "{backend:?}"
        );
    }
}

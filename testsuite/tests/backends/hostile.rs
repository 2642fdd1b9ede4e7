//! Texts that break what is carelessly put together, as values and as names, through every door and out of
//! every sink.

use crate::servers::{Backend, refusal, rows, servers};
use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Output, Session, Value};
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// The texts of `hostile/texts.txt`, the empty one and a very long one.
fn texts() -> Vec<String> {
    let file = include_str!("../../hostile/texts.txt");
    let lines = file.lines().filter(|line| line.starts_with('<'));
    let texts = lines.map(|line| unescaped(&line[1..line.len() - 1]));
    texts
        .chain([String::new(), "'\\\"名".repeat(20_000)])
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (what, after) = rest[at + 1..].split_at(1);
        rest = after;
        match what {
            "n" => out.push('\n'),
            "r" => out.push('\r'),
            "t" => out.push('\t'),
            "u" => {
                let (code, after) = rest[1..].split_once('}').unwrap_or_default();
                out.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
                rest = after;
            }
            other => out.push_str(other),
        }
    }
    out + rest
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a text writes in a format.
fn written(session: &mut Session, text: &str, format: &str) -> String {
    let Some(format) = Format::named(format) else {
        panic!("no {format}");
    };
    let data = Shared::default();
    let out = Box::new(data.clone());
    let mut output = Output::new(format, Options::default(), out, Box::new(io::sink()));
    if let Err(failure) = session.run_text(text, &mut output) {
        panic!("{text}: {failure:?}");
    }
    drop(output);
    let bytes = data.0.take();
    String::from_utf8(bytes).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What a query gives as JSON: a format that another program reads back.
fn json(session: &mut Session, text: &str) -> serde_json::Value {
    let given = written(session, text, "json");
    serde_json::from_str(&given).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The one value of a query.
fn value(session: &mut Session, text: &str) -> String {
    let found = json(session, text);
    found[0]["x"]
        .as_str()
        .unwrap_or_else(|| panic!("{text}: {found}"))
        .to_owned()
}

#[test]
fn values_are_values_through_every_door() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        let url = servers.database(backend);
        rows(
            &mut session,
            "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)",
        );
        rows(&mut session, &format!("CONNECT '{url}' AS o"));
        let texts = texts();
        for (id, text) in texts.iter().enumerate() {
            let what = |door: &str| format!("{backend:?}, {door}: {text:?}");
            let written = literal(text);
            let read = value(&mut session, &format!("SELECT {written} AS x"));
            assert_eq!(&read, text, "{}", what("literal"));
            session.set_text("v", text.clone());
            let read = value(&mut session, "SELECT CAST(:v AS TEXT) AS x");
            assert_eq!(&read, text, "{}", what("--var"));
            let read = value(
                &mut session,
                &format!("LET w = {written}; SELECT :w || '' AS x"),
            );
            assert_eq!(&read, text, "{}", what("LET"));
            let stored = format!(
                "INSERT INTO t VALUES ({id}, :v); SELECT x FROM t WHERE x = :v AND id = {id}"
            );
            assert_eq!(&value(&mut session, &stored), text, "{}", what("stored"));
            let template = "SELECT x FROM t WHERE TRUE {{#if id}} AND id = :id {{/if}}";
            session.set("id", Value::Integer(i64::try_from(id).unwrap_or(0)));
            if id > 0 {
                assert_eq!(&value(&mut session, template), text, "{}", what("template"));
            }
        }
        // All at once to another database, and nothing has been harmed.
        rows(&mut session, "COPY t TO o.t CREATE; USE o");
        let all = json(&mut session, "SELECT x FROM t ORDER BY id");
        let back: Vec<&str> = all
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|row| row["x"].as_str())
            .collect();
        assert_eq!(back, texts, "{backend:?}");
        if servers.all().contains(&Backend::Duckdb) {
            // And as CSV, which another program reads.
            let file = servers.file(&format!("{backend:?}.csv"));
            let file = file.display();
            let script = format!(
                "OUTPUT TO '{file}' OPTIONS (header = true); SELECT id, x FROM t; OUTPUT TO STDOUT"
            );
            rows(&mut session, &script);
            let read = format!(
                "NATIVE SELECT x FROM read_csv('{file}', header = true, all_varchar = true, delim = ',',
                 quote = '\"', escape = '\"', auto_detect = false, parallel = false, allow_quoted_nulls = false, columns = {{'id': 'VARCHAR', 'x': 'VARCHAR'}})
                 ORDER BY CAST(id AS INTEGER)"
            );
            let all = json(&mut servers.session(Backend::Duckdb), &read);
            let back = all.as_array().into_iter().flatten();
            let back: Vec<&str> = back.filter_map(|row| row["x"].as_str()).collect();
            assert_eq!(back, texts, "{backend:?}, CSV");
        }
    }
}

#[test]
fn names_are_names_wherever_they_stand() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        for text in names(backend) {
            let name = name(&text);
            let script = format!(
                "CREATE TABLE {name} ({name} TEXT); INSERT INTO {name} ({name}) VALUES ('v');
                 UPDATE {name} SET {name} = 'w' WHERE {name} = 'v';"
            );
            rows(&mut session, &script);
            let found = json(&mut session, &format!("SELECT {name}.{name} FROM {name}"));
            assert_eq!(found[0][&text], "w", "{backend:?}: {text:?}");
            let found = json(
                &mut session,
                &format!("SELECT q.{name} AS {name} FROM {name} AS q ORDER BY {name}"),
            );
            assert_eq!(found[0][&text], "w", "{backend:?}: {text:?}");
            // As another session reads it from the database.
            let found = session.catalog().map(|c| c.find(None, &text).is_some());
            assert!(matches!(found, Ok(true)), "{backend:?}: {text:?}");
            rows(&mut session, &format!("DROP TABLE {name}"));
        }
    }
}

/// A format that has NULL and the empty text apart says both; the others say one.
const READ_AND_WRITTEN: [(&str, &str); 7] = [
    ("csv", ""),
    ("tsv", ""),
    ("json", ""),
    ("jsonl", ""),
    ("parquet", ""),
    ("arrow", ""),
    ("xlsx", "OPTIONS (null = 'none of the texts')"),
];

#[test]
fn every_format_takes_hostile_texts_there_and_back() {
    let servers = servers();
    // A cell of a workbook has at most 32,767 characters.
    let texts: Vec<String> = texts()
        .into_iter()
        .filter(|text| text.len() < 30_000)
        .collect();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        rows(&mut session, "CREATE TABLE t (id INTEGER, x TEXT)");
        for (id, text) in texts.iter().enumerate() {
            session.set_text("v", text.clone());
            rows(&mut session, &format!("INSERT INTO t VALUES ({id}, :v)"));
        }
        rows(&mut session, "INSERT INTO t VALUES (10000, NULL)");
        for (format, options) in READ_AND_WRITTEN {
            let file = servers.file(&format!("hostile {backend:?}'s.{format}"));
            session.set_text("file", file.display().to_string());
            let script = format!(
                "EXPORT t TO :file {options}; IMPORT :file INTO {format}_made CREATE {options};
                 CREATE TABLE {format}_there (id INTEGER, x TEXT); IMPORT :file INTO {format}_there {options}"
            );
            rows(&mut session, &script);
            for table in ["made", "there"] {
                let query = format!("SELECT x FROM {format}_{table} ORDER BY id");
                let all = json(&mut session, &query);
                let back: Vec<Option<&str>> = all
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|row| row["x"].as_str())
                    .collect();
                let wanted: Vec<Option<&str>> = texts
                    .iter()
                    .map(|text| Some(text.as_str()))
                    .chain([None])
                    .collect();
                for (back, wanted) in back.iter().zip(&wanted) {
                    assert_eq!(back, wanted, "{backend:?}, {format}, {table}");
                }
                assert_eq!(back.len(), wanted.len(), "{backend:?}, {format}, {table}");
            }
        }
    }
}

#[test]
fn hostile_texts_go_from_each_backend_to_each() {
    let servers = servers();
    let texts = texts();
    for from in servers.all() {
        let mut session = servers.session(from);
        rows(&mut session, "CREATE TABLE t (id INTEGER, x TEXT)");
        for (id, text) in texts.iter().enumerate() {
            session.set_text("v", text.clone());
            rows(&mut session, &format!("INSERT INTO t VALUES ({id}, :v)"));
        }
        for to in servers.all() {
            let url = servers.database(to);
            let script = format!("CONNECT '{url}' AS o; COPY t TO o.t CREATE; USE o");
            rows(&mut session, &script);
            let all = json(&mut session, "SELECT x FROM t ORDER BY id");
            let back = all.as_array().into_iter().flatten();
            let back: Vec<&str> = back.filter_map(|row| row["x"].as_str()).collect();
            assert_eq!(back, texts, "{from:?} to {to:?}");
            rows(&mut session, "USE main; DISCONNECT o");
        }
    }
}

/// Reads what RFC 4180 describes; `None` is a field with nothing in it.
fn delimited(text: &str, delimiter: char) -> Vec<Vec<Option<String>>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), None::<String>);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if field.is_none() => {
                let quoted = field.insert(String::new());
                while let Some(c) = chars.next() {
                    match c {
                        '"' if chars.next_if_eq(&'"').is_none() => break,
                        c => quoted.push(c),
                    }
                }
            }
            '\n' => {
                row.push(field.take());
                rows.push(std::mem::take(&mut row));
            }
            c if c == delimiter => row.push(field.take()),
            c => field.get_or_insert_default().push(c),
        }
    }
    rows
}

#[test]
fn every_sink_gives_back_what_it_was_given() {
    let servers = servers();
    let mut session = servers.session(Backend::Sqlite);
    let texts = texts();
    let all: Vec<String> = texts
        .iter()
        .enumerate()
        .map(|(id, text)| format!("({id}, {}, NULL)", literal(text)))
        .collect();
    let query = format!(
        "SELECT x, n, x AS {} FROM (VALUES {}) AS t(id, x, n) ORDER BY id",
        name("a,\"b\";\t'c"),
        all.join(", ")
    );
    for (format, delimiter) in [("csv", ','), ("tsv", '\t')] {
        let mut found = delimited(&written(&mut session, &query, format), delimiter);
        let head = ["x", "n", "a,\"b\";\t'c"].map(|name| Some(name.to_owned()));
        assert_eq!(found.remove(0), head, "{format}");
        for (row, text) in found.iter().zip(&texts) {
            let text = Some(text.clone());
            assert_eq!(row, &[text.clone(), None, text], "{format}");
        }
        assert_eq!(found.len(), texts.len(), "{format}");
    }
    let lines = written(&mut session, &query, "jsonl");
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), texts.len());
    for (line, text) in lines.iter().zip(&texts) {
        let row: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(
            (row["x"].as_str(), &row["n"]),
            (Some(text.as_str()), &serde_json::Value::Null)
        );
    }
    // What is drawn for people: a row is a line, and nothing in it speaks to the terminal.
    for format in ["box", "ascii"] {
        let drawn = written(&mut session, &query, format);
        let odd = |c: char| c.is_control() && c != '\n';
        assert!(!drawn.contains(odd), "{format}");
        // Three rules, the head, and how many there were.
        assert_eq!(drawn.lines().count(), texts.len() + 5, "{format}");
    }
}

/// PostgreSQL and MariaDB know names of up to 63 and 64 bytes, no server an empty one; MariaDB's do not end
/// with a space or go beyond the first plane, and an alias loses what is invisible at its beginning; SQLite keeps some for itself.
fn names(backend: Backend) -> Vec<String> {
    let can = |text: &String| {
        let long = text.is_empty() || text.len() > 60;
        let odd = backend == Backend::Mariadb
            && (text.ends_with(' ')
                || text.starts_with(|c: char| c.is_control() || c.is_whitespace())
                || text.chars().any(|c| c > '\u{ffff}'));
        // SQLite finds no column of a WITH query that is named so.
        let kept = backend == Backend::Sqlite && (text.starts_with("sqlite_") || text == "true");
        !(long || odd || kept)
    };
    texts().into_iter().filter(can).collect()
}

#[test]
fn names_of_what_is_no_table_are_names_too() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        let url = servers.database(backend);
        rows(
            &mut session,
            "CREATE TABLE t (x INTEGER, y TEXT); INSERT INTO t VALUES (1, 'v')",
        );
        for (at, text) in names(backend).into_iter().enumerate() {
            let name = name(&text);
            let what = |place: &str| format!("{backend:?}, {place}: {text:?}");
            let one = |session: &mut Session, query: &str, place: &str| {
                let found = json(session, query);
                assert_eq!(found[0][&text], "v", "{}", what(place));
            };
            one(&mut session, &format!("SELECT y AS {name} FROM t"), "alias");
            one(
                &mut session,
                &format!(
                    "WITH {name} ({name}) AS (SELECT y FROM t) SELECT {name}.{name} FROM {name}"
                ),
                "WITH",
            );
            one(
                &mut session,
                &format!(
                    "SELECT {name}.y AS {name} FROM t AS {name} JOIN t AS b ON b.x = {name}.x"
                ),
                "alias of a table",
            );
            one(
                &mut session,
                &format!(
                    "SELECT max(y) OVER {name} AS {name} FROM t WINDOW {name} AS (ORDER BY x)"
                ),
                "window",
            );
            // What is defined takes longer: every other name.
            if at % 2 == 1 {
                continue;
            }
            rows(
                &mut session,
                &format!("CREATE VIEW {name} AS SELECT y AS {name} FROM t"),
            );
            one(&mut session, &format!("SELECT {name} FROM {name}"), "view");
            rows(
                &mut session,
                &format!("DROP VIEW {name}; CREATE INDEX {name} ON t (x); DROP INDEX {name}"),
            );
            if backend != Backend::Duckdb {
                let script = format!(
                    "BEGIN; SAVEPOINT {name}; UPDATE t SET x = 2; ROLLBACK TO {name}; RELEASE {name}; COMMIT"
                );
                rows(&mut session, &script);
                assert_eq!(
                    rows(&mut session, "SELECT x FROM t"),
                    ["1"],
                    "{}",
                    what("savepoint")
                );
            }
            let script = format!(
                "CONNECT '{url}' AS {name}; COPY t TO {name}.{name} CREATE; USE {name}; SELECT y FROM {name}; \
                 DROP TABLE {name}; USE main; DISCONNECT {name}"
            );
            assert_eq!(rows(&mut session, &script), ["v"], "{}", what("connection"));
            if backend == Backend::Postgresql && text != "information_schema" {
                let script = format!(
                    "CREATE SCHEMA {name}; CREATE TABLE {name}.{name} ({name} TEXT); \
                     INSERT INTO {name}.{name} VALUES ('v'); SELECT {name}.{name}.{name} FROM {name}.{name}; \
                     DROP TABLE {name}.{name}; NATIVE DROP SCHEMA {name}"
                );
                assert_eq!(rows(&mut session, &script), ["v"], "{}", what("schema"));
            }
        }
    }
}

#[test]
fn a_nul_is_kept_or_refused_in_words() {
    let servers = servers();
    for backend in servers.all() {
        let mut session = servers.session(backend);
        rows(&mut session, "CREATE TABLE t (x TEXT)");
        session.set("v", Value::Text("a\0b".into()));
        if backend == Backend::Postgresql {
            let said = refusal(&mut session, "INSERT INTO t VALUES (:v)");
            assert!(said.contains("invalid byte sequence"), "{said}");
            continue;
        }
        rows(&mut session, "INSERT INTO t VALUES (:v)");
        assert_eq!(
            value(&mut session, "SELECT x FROM t"),
            "a\0b",
            "{backend:?}"
        );
    }
}

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

/// What a query gives as JSON: a format that another program reads back.
fn json(session: &mut Session, text: &str) -> serde_json::Value {
    let Some(format) = Format::named("json") else {
        panic!("no JSON");
    };
    let data = Shared::default();
    let out = Box::new(data.clone());
    let mut output = Output::new(format, Options::default(), out, Box::new(io::sink()));
    if let Err(failure) = session.run_text(text, &mut output) {
        panic!("{text}: {failure:?}");
    }
    let bytes = data.0.borrow();
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{text}: {error}"))
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
        for text in texts() {
            // PostgreSQL and MariaDB know names of up to 63 and 64 bytes, no server an empty one; MariaDB's
            // do not end with a space or go beyond the first plane; SQLite keeps some for itself.
            let long = text.is_empty() || text.len() > 60;
            let odd = backend == Backend::Mariadb
                && (text.ends_with(' ') || text.chars().any(|c| c > '\u{ffff}'));
            let kept = backend == Backend::Sqlite && text.starts_with("sqlite_");
            if long || odd || kept {
                continue;
            }
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

//! Expressions on SQLite and on PostgreSQL, beside the server's own answer to the text as written.
//!
//! `tests/scalars/*.txt`: a line is an expression or a whole SELECT. `!` before it: refused for SQLite
//! by a diagnostic. `!!`: refused for every dialect, though PostgreSQL takes it. ` ==> ` behind it: what
//! the server is asked instead. Where the server refuses, both must.
#![allow(clippy::panic, reason = "a test that cannot go on")]

use noctra_runtime::sinks::{Collect, FORMATS, Options};
use noctra_runtime::{Connection, Failure, Output, Query, Session, Target, connect};
use noctra_test_servers::Postgres;
use std::cell::RefCell;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

#[derive(Clone, Default)]
struct Buffer(Rc<RefCell<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The rows of a statement as CSV, or why there are none.
fn run(session: &mut Session, sql: &str) -> Result<String, String> {
    let data = Buffer::default();
    let options = Options {
        header: false,
        null: Some("NULL".into()),
        ..Options::default()
    };
    let Some(csv) = FORMATS.iter().find(|format| format.name == "csv") else {
        return Err("no csv".into());
    };
    let mut out = Output::new(csv, options, Box::new(data.clone()), Box::new(io::sink()));
    let done = session.run_text(sql, &mut out);
    drop(out);
    let text = String::from_utf8(data.0.borrow().clone()).unwrap_or_default();
    match done {
        Ok(()) => Ok(text.replace('\r', "").trim_end_matches('\n').to_owned()),
        Err(Failure::Diagnostics(all)) => {
            let said: Vec<_> = all
                .iter()
                .map(|d| format!("{} {}", d.code, d.message))
                .collect();
            Err(said.join("; "))
        }
        Err(other) => Err(format!("{other:?}")),
    }
}

/// The server's own answer.
fn reference(db: &mut dyn Connection, sql: &str) -> Result<String, String> {
    let mut rows = Collect::default();
    let query = Query {
        sql,
        params: &[],
        columns: &[],
    };
    db.run(query, &mut rows)
        .map_err(|error| error.to_string())?;
    let cell = |value: &noctra_runtime::Value| match value {
        noctra_runtime::Value::Null => "NULL".to_owned(),
        value => {
            let text = value.as_ref().to_string();
            if text.contains(['"', ',', '\n']) || text.is_empty() || text == "NULL" {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text
            }
        }
    };
    let rows: Vec<_> = rows
        .rows
        .iter()
        .map(|row| row.iter().map(cell).collect::<Vec<_>>().join(","))
        .collect();
    Ok(rows.join("\n"))
}

/// The types of the columns, as the compiler gives them.
fn types(sql: &str) -> Option<Vec<String>> {
    let parse = rql::parse(sql);
    let id = parse.ast.statements.ids().next()?;
    let catalog = rql::Catalog::new(rql::NameMatch::Folded);
    let env = rql::Env {
        catalog: &catalog,
        dialect: rql::Dialect::Postgresql,
        variables: &|_| None,
    };
    let compiled = rql::compile(&parse.ast, id, &env).ok()?;
    let columns = compiled.columns.iter();
    Some(columns.map(|c| plain_type(&c.ty.to_string())).collect())
}

fn plain_type(ty: &str) -> String {
    let name = ty.split('(').next().unwrap_or(ty);
    match name {
        "varchar" => "character varying".into(),
        "char" => "character".into(),
        "timestamp" => "timestamp without time zone".into(),
        "timestamptz" => "timestamp with time zone".into(),
        "time" => "time without time zone".into(),
        other => other.into(),
    }
}

/// Equal text, or numbers of equal value; doubles to twelve digits.
fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let cells =
        |text: &str| -> Vec<String> { text.split([',', '\n']).map(str::to_owned).collect() };
    let (a, b) = (cells(a), cells(b));
    a.len() == b.len()
        && a.iter().zip(&b).all(|(a, b)| {
            let number = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
            match (number(a), number(b)) {
                _ if a == b => true,
                (Some(x), Some(y)) => {
                    let exact = |text: &str| match text.contains('.') {
                        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                        false => text.to_owned(),
                    };
                    let digits = a.len().max(b.len());
                    let whole = !a.contains(['e', '.']) && !b.contains(['e', '.']);
                    !whole
                        && (exact(a) == exact(b)
                            || digits > 12 && (x - y).abs() <= 1e-12 * x.abs().max(y.abs()))
                }
                _ => false,
            }
        })
}

#[test]
fn scalars_have_postgresqls_answers() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    let open = |target: &str| Target::parse(target).and_then(Session::open);
    let (Ok(mut pg), Ok(mut lite)) = (open(&server.url()), open("sqlite::memory:")) else {
        panic!("no connection");
    };
    let raw = Target::parse(&server.url()).and_then(|target| connect(&target));
    let Ok(mut raw) = raw else {
        panic!("no connection");
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scalars");
    let only = std::env::var("SCALARS").unwrap_or_default();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let (mut cases, mut refused, mut wrong) = (0, 0, Vec::new());
    for line in files
        .iter()
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
    {
        let line = line.trim();
        if line.is_empty() || line.starts_with("--") || !line.contains(&only) {
            continue;
        }
        cases += 1;
        let marks = line.bytes().take_while(|&b| b == b'!').count();
        let (text, plain) = line[marks..]
            .split_once(" ==> ")
            .unwrap_or((&line[marks..], ""));
        let (text, plain) = (text.trim(), plain.trim());
        let plain = if plain.is_empty() { text } else { plain };
        let whole = ["SELECT ", "WITH ", "VALUES "]
            .iter()
            .any(|word| text.starts_with(word));
        let statement = |text: &str| {
            if whole {
                text.to_owned()
            } else {
                format!("SELECT {text} AS x")
            }
        };
        let sql = statement(text);
        let expected = reference(raw.as_mut(), &statement(plain));
        let on_pg = run(&mut pg, &sql);
        let on_lite = run(&mut lite, &sql);
        let mut say = |what: String| wrong.push(format!("{line}\n    {what}"));
        let diagnosed = |given: &Result<String, String>| {
            given.as_ref().is_err_and(|said| said.starts_with("RQL"))
        };
        match &expected {
            Err(message) => {
                if let Ok(given) = &on_pg {
                    say(format!(
                        "PostgreSQL refuses ({message}), compiled for it: {given}"
                    ));
                }
                if let Ok(given) = &on_lite {
                    say(format!("PostgreSQL refuses ({message}), SQLite: {given}"));
                }
                continue;
            }
            Ok(expected) => {
                refused += usize::from(marks > 0);
                match &on_pg {
                    Ok(given) if marks < 2 && same(given, expected) => {}
                    given if marks == 2 && diagnosed(given) => {}
                    given => say(format!(
                        "expected {expected:?}, compiled for PostgreSQL: {given:?}"
                    )),
                }
                match &on_lite {
                    Ok(given) if marks == 0 && same(given, expected) => {}
                    given if marks > 0 && diagnosed(given) => {}
                    given => say(format!("expected {expected:?}, SQLite: {given:?}")),
                }
            }
        }
        if whole || marks == 2 {
            continue;
        }
        let typed = reference(raw.as_mut(), &format!("SELECT pg_typeof({plain})::text"));
        if let (Ok(typed), Some(own)) = (typed, types(&sql)) {
            // What has no type in the end is text in a result.
            let typed = if typed == "unknown" { "text" } else { &typed };
            if own != [typed] {
                say(format!("of type {typed}, not {own:?}"));
            }
        }
    }
    println!("{cases} cases, {refused} of them refused for SQLite");
    assert!(
        wrong.is_empty(),
        "{} of {cases} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

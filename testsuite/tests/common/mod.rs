//! What two judges say of one statement.
#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use noctra_runtime::sinks::Format;
use noctra_runtime::{Failure, Output, Session};
use noctra_testsuite::conformance::{Answer, csv_line, csv_records};
use postgres::types::{Kind, Type};
use postgres::{Client, SimpleQueryMessage};
use rql::{Catalog, Compiled, Dialect, Env};
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

/// Said of a statement on which the compiler panics.
pub const PANICKED: &str = "panic";

/// The columns' names, or why there are none.
pub type Verdict = Result<Vec<String>, String>;

/// What the server makes of a statement, without running it.
pub fn server_says(client: &mut Client, sql: &str) -> Verdict {
    match client.prepare(sql) {
        Ok(prepared) => {
            let columns = prepared.columns().iter();
            Ok(columns.map(|column| column.name().to_owned()).collect())
        }
        Err(error) => Err(error.as_db_error().map_or_else(
            || error.to_string(),
            |db| format!("{} {}", db.code().code(), db.message()),
        )),
    }
}

fn errors(found: &[rql::Diagnostic]) -> String {
    let errors = found
        .iter()
        .filter(|d| d.severity == rql::diagnostics::Severity::Error);
    let texts: Vec<_> = errors
        .map(|d| match d.code == rql::diagnostics::codes::SESSION_ONLY {
            true => format!("{} {}: {}", d.code, d.message, d.notes.join(", ")),
            false => format!("{} {}", d.code, d.message),
        })
        .collect();
    texts.join("; ")
}

/// The last statement of a text, compiled.
///
/// # Errors
/// What is wrong with the text.
pub fn compiled(
    catalog: &Catalog,
    dialect: Dialect,
    sql: &str,
) -> Result<Option<Compiled>, String> {
    let parse = rql::parse(sql);
    if !parse.is_ok() {
        return Err(errors(&parse.diagnostics));
    }
    let env = Env {
        catalog,
        dialect,
        variables: &|_| None,
        fold: None,
    };
    let mut last = None;
    for id in parse.ast.statements.ids() {
        // The verifier's assertion is one more refusal, not the end of a list.
        let compile = || rql::compile(&parse.ast, id, &env);
        let compiled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(compile))
            .map_err(|_| PANICKED.to_owned())?
            .map_err(|found| errors(&found))?;
        last = Some(compiled);
    }
    Ok(last)
}

/// What the compiler makes of a text.
pub fn we_say(catalog: &Catalog, dialect: Dialect, sql: &str) -> Verdict {
    let columns = compiled(catalog, dialect, sql)?.map_or_else(Vec::new, |last| last.columns);
    Ok(columns.into_iter().map(|column| column.name).collect())
}

/// A text that two hold: who writes and who reads.
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

/// Runs a text in a session; gives the lines that its results are written as, tab-separated and with
/// headers.
///
/// # Errors
/// What failed, in words.
pub fn run(session: &mut Session, sql: &str) -> Result<Vec<String>, String> {
    lines(
        session,
        sql,
        "tsv",
        noctra_runtime::sinks::Options::default(),
    )
}

/// Runs a text, and gives what is said beside its results.
pub fn told(session: &mut Session, sql: &str) -> Vec<String> {
    let Some(format) = Format::named("csv") else {
        return Vec::new();
    };
    let narration = Shared::default();
    let beside = Box::new(narration.clone());
    let mut output = Output::new(format, Default::default(), Box::new(io::sink()), beside);
    let done = session.run_text(sql, &mut output);
    assert!(done.is_ok(), "{sql}: {done:?}");
    let text = String::from_utf8_lossy(&narration.0.borrow()).into_owned();
    text.lines().map(str::to_owned).collect()
}

/// The same as CSV without headers, NULL as `NULL`.
///
/// # Errors
/// What failed, in words.
pub fn run_csv(session: &mut Session, sql: &str) -> Result<Vec<String>, String> {
    Ok(run_counted(session, sql)?.0)
}

fn lines(
    session: &mut Session,
    sql: &str,
    format: &str,
    options: noctra_runtime::sinks::Options,
) -> Result<Vec<String>, String> {
    Ok(counted(session, sql, format, options)?.0)
}

/// The same as CSV without headers, and how many rows were given or changed, where that is said.
///
/// # Errors
/// What failed, in words.
pub fn run_counted(session: &mut Session, sql: &str) -> Result<(Vec<String>, Option<u64>), String> {
    let options = noctra_runtime::sinks::Options {
        header: false,
        null: Some("NULL".into()),
        ..Default::default()
    };
    counted(session, sql, "csv", options)
}

fn counted(
    session: &mut Session,
    sql: &str,
    format: &str,
    options: noctra_runtime::sinks::Options,
) -> Result<(Vec<String>, Option<u64>), String> {
    let format = Format::named(format).ok_or("no such format")?;
    let data = Shared::default();
    let out = Box::new(data.clone());
    let mut output = Output::new(format, options, out, Box::new(io::sink()));
    let done = session.run_text(sql, &mut output);
    done.map_err(|failure| match failure {
        Failure::Diagnostics(found) => errors(&found),
        other => format!("{other:?}"),
    })?;
    let text = String::from_utf8_lossy(&data.0.borrow()).into_owned();
    let lines = match format.name {
        "csv" => csv_records(&text),
        _ => text.lines().map(str::to_owned).collect(),
    };
    Ok((lines, output.counted))
}

/// What a PostgreSQL server answers to a text; the rows of a query, and that other statements went well.
pub fn ask(client: &mut Client, sql: &str, query: bool) -> Answer {
    let refused = |error: &postgres::Error| {
        Answer::Error(
            error
                .code()
                .map_or_else(|| "?".to_owned(), |code| code.code().to_owned()),
        )
    };
    let messages = match client.simple_query(sql) {
        Ok(messages) => messages,
        Err(error) => return refused(&error),
    };
    if !query {
        return Answer::Done;
    }
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(csv_line((0..row.len()).map(|at| row.get(at)))),
        _ => None,
    });
    let rows = rows.collect();
    match client.prepare(sql) {
        Ok(prepared) => {
            let types = prepared.columns().iter();
            Answer::Rows(
                types.map(|column| type_name(column.type_())).collect(),
                rows,
            )
        }
        Err(error) => refused(&error),
    }
}

/// A type's name in RQL.
pub fn type_name(ty: &Type) -> String {
    if let Kind::Array(element) = ty.kind() {
        return format!("{}[]", type_name(element));
    }
    match ty.name() {
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "float4" => "real",
        "float8" => "double precision",
        "bool" => "boolean",
        "bpchar" => "char",
        other => other,
    }
    .to_owned()
}

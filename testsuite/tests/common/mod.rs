//! What two judges say of one statement.
#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use noctra_runtime::sinks::Format;
use noctra_runtime::{Failure, Output, Session};
use postgres::Client;
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
        .map(|d| format!("{} {}", d.code, d.message))
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

/// The same as CSV without headers, NULL as `NULL`.
///
/// # Errors
/// What failed, in words.
pub fn run_csv(session: &mut Session, sql: &str) -> Result<Vec<String>, String> {
    let options = noctra_runtime::sinks::Options {
        header: false,
        null: Some("NULL".into()),
        ..Default::default()
    };
    lines(session, sql, "csv", options)
}

fn lines(
    session: &mut Session,
    sql: &str,
    format: &str,
    options: noctra_runtime::sinks::Options,
) -> Result<Vec<String>, String> {
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
    Ok(text.lines().map(str::to_owned).collect())
}

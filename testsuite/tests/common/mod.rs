//! What two judges say of one statement.
#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use noctra_runtime::sinks::Format;
use noctra_runtime::{Failure, Output, Session};
use postgres::Client;
use rql::{Catalog, Dialect, Env};
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

/// What the compiler makes of it.
pub fn we_say(catalog: &Catalog, dialect: Dialect, sql: &str) -> Verdict {
    let parse = rql::parse(sql);
    if !parse.is_ok() {
        return Err(errors(&parse.diagnostics));
    }
    let env = Env {
        catalog,
        dialect,
        variables: &|_| None,
    };
    let mut columns = Vec::new();
    for id in parse.ast.statements.ids() {
        // The verifier's assertion is one more difference, not the end of the list.
        let compile = || rql::compile(&parse.ast, id, &env);
        let compiled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(compile))
            .map_err(|_| PANICKED.to_owned())?
            .map_err(|found| errors(&found))?;
        columns = compiled.columns.into_iter().map(|c| c.name).collect();
    }
    Ok(columns)
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
    let Some(format) = Format::named("tsv") else {
        return Err("no format tsv".into());
    };
    let data = Shared::default();
    let mut output = Output {
        format,
        options: noctra_runtime::sinks::Options::default(),
        timing: false,
        chatty: false,
        warnings: Vec::new(),
        data: Box::new(data.clone()),
        narration: Box::new(io::sink()),
    };
    let done = session.run_text(sql, &mut output);
    done.map_err(|failure| match failure {
        Failure::Diagnostics(found) => errors(&found),
        other => format!("{other:?}"),
    })?;
    let text = String::from_utf8_lossy(&data.0.borrow()).into_owned();
    Ok(text.lines().map(str::to_owned).collect())
}

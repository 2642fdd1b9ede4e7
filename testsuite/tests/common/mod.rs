//! What two judges say of one statement.
#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use postgres::Client;
use rql::{Catalog, Dialect, Env};

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

/// What the compiler makes of it.
pub fn we_say(catalog: &Catalog, dialect: Dialect, sql: &str) -> Verdict {
    let parse = rql::parse(sql);
    let errors = |found: &[rql::Diagnostic]| {
        let errors = found
            .iter()
            .filter(|d| d.severity == rql::diagnostics::Severity::Error);
        errors
            .map(|d| format!("{} {}", d.code, d.message))
            .collect::<Vec<_>>()
            .join("; ")
    };
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

//! What calls of a session's functions give where their arguments are constants.

use crate::backends::sqlite_functions::{Written, register};
use rusqlite::Connection;
use rusqlite::types::Value;

thread_local! {
    static SESSION: Option<Connection> = session();
}

fn session() -> Option<Connection> {
    let db = Connection::open_in_memory().ok()?;
    register(&db, &Written::default()).ok()?;
    db.execute_batch(&rql::sqlite::SETUP.join(";")).ok()?;
    Some(db)
}

/// The value of a constant expression of SQLite and its session's functions, as a literal, or why it fails; `None` for a
/// value that no literal is.
#[must_use]
pub fn folded(text: &str) -> Option<Result<String, String>> {
    SESSION.with(|db| {
        let sql = format!("SELECT {text}");
        match db.as_ref()?.query_row(&sql, [], |row| row.get(0)) {
            Ok(value) => literal(value).map(Ok),
            Err(error) => Some(Err(error.to_string())),
        }
    })
}

fn literal(value: Value) -> Option<String> {
    Some(match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(value) => value.to_string(),
        Value::Real(value) if value.is_finite() => format!("{value:?}"),
        Value::Real(value) if value.is_nan() => return None,
        Value::Real(value) => if value > 0.0 { "9e999" } else { "-9e999" }.to_owned(),
        Value::Text(text) if text.contains('\0') => return None,
        Value::Text(text) => rql_ast::text_literal(&text),
        Value::Blob(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("X'{digits}'")
        }
    })
}

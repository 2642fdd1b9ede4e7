//! The backends, one file each; [`connect`](crate::connect) is the only place that knows them all.

use crate::{BackendError, Error};

#[cfg(feature = "duckdb")]
pub(crate) mod duckdb;
#[cfg(feature = "duckdb")]
mod duckdb_catalog;
#[cfg(all(feature = "duckdb", not(feature = "duckdb-linked")))]
mod duckdb_library;
#[cfg(feature = "duckdb-linked")]
#[path = "duckdb_linked.rs"]
mod duckdb_library;
#[cfg(feature = "duckdb")]
mod duckdb_load;
#[cfg(feature = "duckdb")]
mod duckdb_pool;
mod killer;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "mysql")]
mod mysql_catalog;
#[cfg(feature = "mysql")]
mod mysql_connect;
#[cfg(feature = "mysql")]
mod mysql_errors;
#[cfg(feature = "mysql")]
mod mysql_session;
#[cfg(feature = "mysql")]
mod mysql_values;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(feature = "postgres")]
mod postgres_binary;
#[cfg(feature = "postgres")]
mod postgres_catalog;
#[cfg(feature = "postgres")]
mod postgres_copy;
#[cfg(feature = "postgres")]
mod postgres_statements;
#[cfg(feature = "postgres")]
pub(crate) mod postgres_values;
#[cfg(feature = "postgres")]
mod postgres_wire;
#[cfg(any(feature = "duckdb", feature = "postgres", feature = "sqlite"))]
mod recent;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
#[cfg(feature = "sqlite")]
mod sqlite_catalog;
#[cfg(feature = "sqlite")]
mod sqlite_feed;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite_functions;
#[cfg(feature = "sqlite")]
mod sqlite_sequences;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite_values;
mod tls;
#[cfg(feature = "tls")]
mod tls_rustls;
#[cfg(not(feature = "tls"))]
#[path = "tls_none.rs"]
mod tls_rustls;

const LOST: &str = "the connection to the server was lost";

/// True where the connection is no more.
pub(crate) fn is_lost(error: &Error) -> bool {
    matches!(error, Error::Backend(error) if error.message == LOST)
}

/// The server has gone, or ended the connection, for this reason.
pub(crate) fn lost(sqlstate: &str, reason: Option<String>) -> Error {
    Error::Backend(BackendError {
        message: LOST.into(),
        sqlstate: Some(sqlstate.into()),
        detail: reason,
        hint: Some(
            "it is opened again for the next statement; whether this one has run is not known"
                .into(),
        ),
        position: None,
    })
}

/// Whether a transaction is open after a statement that gave no rows; `None` where it does not change
/// that. Where a driver does not say the state, the first words tell.
pub(crate) fn transaction_after(sql: &str) -> Option<bool> {
    let mut words = sql
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let first = words.next()?.to_ascii_uppercase();
    let mut words = words.map(str::to_ascii_uppercase);
    match first.as_str() {
        "BEGIN" | "START" => Some(true),
        "COMMIT" | "END" | "ROLLBACK" | "ABORT" => {
            let rest: Vec<String> = words.by_ref().take(4).collect();
            let has = |word: &str| rest.iter().any(|w| w == word);
            (!has("TO") && !has("PREPARED")).then(|| has("CHAIN") && !has("NO"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::transaction_after;

    #[test]
    fn statements_that_open_and_close_transactions() {
        assert_eq!(transaction_after("begin"), Some(true));
        assert_eq!(transaction_after("START TRANSACTION READ ONLY"), Some(true));
        assert_eq!(transaction_after("COMMIT;"), Some(false));
        assert_eq!(transaction_after("COMMIT AND CHAIN"), Some(true));
        assert_eq!(transaction_after("ROLLBACK AND NO CHAIN"), Some(false));
        assert_eq!(transaction_after("ROLLBACK TO SAVEPOINT a"), None);
        assert_eq!(transaction_after("INSERT INTO t VALUES (1)"), None);
    }
}

//! `rql_once`: PostgreSQL updates no row twice in one INSERT … ON CONFLICT, nor one that the same
//! statement has inserted. SQLite tells each row that it writes, so that the next meeting is an error.

use rusqlite::functions::FunctionFlags;
use rusqlite::hooks::Action;
use rusqlite::types::ValueRef as Arg;
use rusqlite::{Connection, Error};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const TWICE: &str = "ON CONFLICT DO UPDATE command cannot affect row a second time";

/// The numbers of the rows that the running statement has written, by table.
#[derive(Clone, Default)]
pub(crate) struct Written(Arc<Mutex<HashMap<String, HashSet<i64>>>>);

impl Written {
    fn rows(&self) -> MutexGuard<'_, HashMap<String, HashSet<i64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers the function.
    pub(super) fn register(&self, db: &Connection) -> rusqlite::Result<()> {
        let written = self.clone();
        db.create_scalar_function("rql_once", 2, FunctionFlags::SQLITE_UTF8, move |context| {
            let (Arg::Text(table), Arg::Integer(row)) = (context.get_raw(0), context.get_raw(1))
            else {
                return Ok(true);
            };
            let rows = written.rows();
            let of_table = core::str::from_utf8(table)
                .ok()
                .and_then(|name| rows.get(name));
            match of_table.is_some_and(|rows| rows.contains(&row)) {
                true => Err(Error::UserFunctionError(TWICE.into())),
                false => Ok(true),
            }
        })
    }

    /// Looks at what the next statement writes.
    pub(crate) fn watch(&self, db: &mut Connection) -> rusqlite::Result<()> {
        self.rows().clear();
        let written = self.clone();
        db.update_hook(Some(move |_, _: &str, table: &str, row: i64| {
            let mut rows = written.rows();
            match rows.get_mut(table) {
                Some(rows) => {
                    rows.insert(row);
                }
                None => {
                    rows.insert(table.to_owned(), HashSet::from([row]));
                }
            }
        }))
    }

    /// Looks away.
    pub(crate) fn leave(&self, db: &mut Connection) -> rusqlite::Result<()> {
        *self.rows() = HashMap::new();
        db.update_hook(NO_HOOK)
    }
}

const NO_HOOK: Option<fn(Action, &str, &str, i64)> = None;

//! Results that are kept for the same query: only where `result_cache` asks for it, and only while the session
//! has changed nothing. What others change is not seen before `result_cache_ttl` is over.

use super::Usage;
use crate::config::settings::Settings;
use crate::connection::{Outcome, Rows};
use crate::failure::Failure;
use crate::session::Session;
use crate::session::prepare::Prepared;
use crate::session::stop::Stoppable;
use crate::value::store::{self, Store};
use crate::{Column, Value, ValueRef};
use rql::Effect;
use rql_ast::{Ast, Stmt, StmtKind};
use std::io;
use std::time::Instant;

struct Entry {
    key: Vec<u8>,
    made: Instant,
    store: Store,
}

/// They, the latest used last.
#[derive(Default)]
pub(crate) struct Results {
    recent: Vec<Entry>,
    hits: u64,
    misses: u64,
}

impl Results {
    pub(crate) fn usage(&self) -> Usage {
        Usage {
            hits: self.hits,
            misses: self.misses,
            entries: self.recent.len(),
            bytes: self.bytes(),
        }
    }

    fn bytes(&self) -> u64 {
        self.recent.iter().map(|entry| entry.store.bytes()).sum()
    }

    /// Something has changed.
    pub(crate) fn forget(&mut self) {
        self.recent.clear();
    }

    fn find(&mut self, key: &[u8], settings: &Settings) -> Option<&mut Store> {
        let oldest = settings.result_cache_ttl();
        self.recent.retain(|entry| entry.made.elapsed() < oldest);
        let at = self.recent.iter().position(|entry| entry.key == key);
        let Some(at) = at else {
            self.misses += 1;
            return None;
        };
        self.hits += 1;
        let found = self.recent.remove(at);
        self.recent.push(found);
        self.recent.last_mut().map(|entry| &mut entry.store)
    }

    /// The oldest go where there is no room.
    fn keep(&mut self, key: Vec<u8>, store: Store, room: u64) {
        if store.bytes() > room {
            return;
        }
        self.recent.push(Entry {
            key,
            made: Instant::now(),
            store,
        });
        while self.bytes() > room {
            self.recent.remove(0);
        }
    }
}

/// Rows to their sink, and to a store as long as there is room.
struct Noted<'r> {
    rows: &'r mut dyn Rows,
    store: Option<Store>,
    room: u64,
}

impl Rows for Noted<'_> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        if let Some(store) = &mut self.store {
            store.begin(columns)?;
        }
        self.rows.begin(columns)
    }

    fn row(&mut self, row: &[ValueRef<'_>]) -> io::Result<()> {
        if let Some(store) = &mut self.store {
            store.row(row)?;
            if store.bytes() > self.room {
                self.store = None;
            }
        }
        self.rows.row(row)
    }
}

impl Session {
    /// Runs what is prepared, or gives the rows that it gave before.
    pub(crate) fn rows_of(
        &mut self,
        prepared: &Prepared,
        rows: &mut dyn Rows,
        ast: &Ast,
        stmt: Stmt,
    ) -> Result<Outcome, Failure> {
        let Some(key) = self.result_key(prepared, ast, stmt) else {
            return self.stream(prepared, rows, ast, stmt.span);
        };
        if let Some(store) = self.results.find(&key, &self.settings) {
            let mut rows = Stoppable {
                rows,
                stop: &self.stop,
            };
            let done = again(store, &mut rows);
            return match done {
                Err(_) if self.stop.is_asked() => Err(Failure::Cancelled),
                done => Ok(done?),
            };
        }
        let room = self.settings.result_cache_size();
        let mut noted = Noted {
            rows,
            store: Some(Store::default()),
            room,
        };
        let outcome = self.stream(prepared, &mut noted, ast, stmt.span)?;
        if let (Some(store), Outcome::Rows(_)) = (noted.store, outcome) {
            self.results.keep(key, store, room);
        }
        Ok(outcome)
    }

    /// By what a result is known; `None` where it is not kept. In a transaction others' changes may come and go.
    fn result_key(&self, prepared: &Prepared, ast: &Ast, stmt: Stmt) -> Option<Vec<u8>> {
        let wanted = self.settings.result_cache
            && matches!(stmt.kind, StmtKind::Query(_))
            && prepared.effect() == Effect::Same
            && !self.connection.in_transaction();
        if !wanted {
            return None;
        }
        let mut key = Vec::new();
        let running = format!("{:?}", self.settings.running);
        for text in [ast.text(stmt.span), &prepared.sql, &running] {
            store::write(&mut key, &ValueRef::Text(text));
        }
        key.extend(self.known.version()?.to_le_bytes());
        for value in &prepared.params {
            store::write(&mut key, &value.as_ref());
        }
        Some(key)
    }

    /// Follows a statement: where it may have changed something, no result holds any more.
    pub(crate) fn follow_results(&mut self, kind: StmtKind) {
        if !leaves_data(kind) {
            self.results.forget();
        }
    }
}

/// Gives rows that are kept, with their columns.
pub(crate) fn again(store: &mut Store, rows: &mut dyn Rows) -> io::Result<Outcome> {
    rows.begin(&store.columns())?;
    let count = store.progress().rows;
    let mut done = Ok(());
    store.each(&mut |row| {
        let cells: Vec<ValueRef<'_>> = row.iter().map(Value::as_ref).collect();
        done = rows.row(&cells);
        done.is_ok()
    })?;
    done.map(|()| Outcome::Rows(count))
}

/// True for what changes nothing by itself; what runs on the backend says so when it does.
fn leaves_data(kind: StmtKind) -> bool {
    use StmtKind as S;
    matches!(
        kind,
        S::Query(_)
            | S::Explain(_)
            | S::Let(_)
            | S::Unset(_)
            | S::Param(_)
            | S::Macro(_)
            | S::Show(_)
            | S::Describe(_)
            | S::Summarize(_)
            | S::Output(_)
            | S::Export(_)
            | S::Print(_)
            | S::Assert { .. }
            | S::Include(_)
            | S::If(_)
            | S::For(_)
            | S::Template(_)
            | S::Connect { .. }
    )
}

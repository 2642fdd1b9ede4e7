//! Sessions on every backend that can be had here.
#![allow(dead_code, reason = "each test uses a part")]

use noctra_records::{Row, Target};
use noctra_runtime::sinks::{FORMATS, Options};
use noctra_runtime::{Output, Session, Target as Place, Value};
use noctra_test_servers::{MariaDb, Postgres};
use std::sync::Arc;

/// The servers stay while their sessions are used.
pub(crate) struct World {
    pub(crate) sessions: Vec<(&'static str, Session)>,
    postgres: Option<Postgres>,
    mariadb: Option<MariaDb>,
}

impl World {
    /// Where the servers are, which several sessions can be on.
    pub(crate) fn servers(&self) -> Vec<String> {
        let postgres = self.postgres.iter().map(Postgres::url);
        postgres
            .chain(self.mariadb.iter().map(MariaDb::url))
            .collect()
    }
}

pub(crate) fn open(url: &str) -> Session {
    let place = Place::parse(url).expect("a target");
    Session::open(place).expect("a session")
}

/// A session on each backend; where a server is not there, that is said.
pub(crate) fn world() -> World {
    let said = |reason: String| println!("NOT RUN: {reason}");
    let postgres = Postgres::start().map_err(said).ok();
    let mariadb = MariaDb::start().map_err(said).ok();
    let mut sessions = vec![("sqlite", open("sqlite::memory:"))];
    match Session::open(Place::DuckdbMemory) {
        Ok(session) => sessions.push(("duckdb", session)),
        Err(reason) => println!("NOT RUN: {reason}"),
    }
    sessions.extend(
        postgres
            .iter()
            .map(|server| ("postgresql", open(&server.url()))),
    );
    sessions.extend(
        mariadb
            .iter()
            .map(|server| ("mariadb", open(&server.url()))),
    );
    World {
        sessions,
        postgres,
        mariadb,
    }
}

pub(crate) fn run(session: &mut Session, text: &str) {
    let format = FORMATS.first().expect("a format");
    let sink = || Box::new(std::io::sink());
    let mut out = Output::new(format, Options::default(), sink(), sink());
    let done = session.run_text(text, &mut out);
    done.unwrap_or_else(|failure| panic!("{text}: {failure:?}"));
}

pub(crate) fn target(session: &mut Session, name: &str) -> Arc<Target> {
    Arc::new(Target::named(session, name).expect("a table"))
}

/// The values as people read them.
pub(crate) fn texts(row: &Row) -> Vec<String> {
    let shown = |value: &Option<Value>| match value {
        None => "-".to_owned(),
        Some(Value::Null) => "NULL".to_owned(),
        Some(value) => value.as_ref().to_string(),
    };
    row.iter().map(shown).collect()
}

pub(crate) fn text(value: &str) -> Option<Value> {
    Some(Value::Text(value.into()))
}

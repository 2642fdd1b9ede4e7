//! Connections that are lent, by real databases.
#![cfg(all(
    feature = "duckdb",
    feature = "mysql",
    feature = "postgres",
    feature = "sqlite"
))]
#![allow(clippy::panic, reason = "a test that cannot go on")]

use noctra_runtime::sinks::Collect;
use noctra_runtime::{
    Borrowed, Configuration, Connection, Error, Pool, PoolLimits, Query, Session, Settings, Target,
    connect,
};
use noctra_test_servers::{MariaDb, Postgres};
use std::sync::mpsc;
use std::time::Duration;

fn run(db: &mut dyn Connection, sql: &str) -> Result<String, Error> {
    let mut rows = Collect::default();
    let query = Query {
        sql,
        params: &[],
        columns: &[],
    };
    db.run(query, &mut rows)?;
    let cells = rows.rows.iter().flatten();
    Ok(cells.map(|value| value.as_ref().to_string()).collect())
}

fn ran(db: &mut dyn Connection, sql: &str) -> String {
    run(db, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn target(url: &str) -> Target {
    Target::parse(url).unwrap_or_else(|error| panic!("{error}"))
}

fn pool(url: &str, limits: PoolLimits) -> Pool {
    Pool::new(target(url).into(), Settings::default(), limits)
}

fn lent(pool: &Pool) -> Borrowed {
    pool.lend().unwrap_or_else(|error| panic!("{error}"))
}

/// Never waits, and keeps for an hour.
const LIMITS: PoolLimits = PoolLimits {
    size: 2,
    wait: Duration::ZERO,
    idle: Duration::from_secs(3600),
};

/// How a server says things.
struct Says {
    url: String,
    /// Its number of a connection.
    number: &'static str,
    /// Ends the connection of a number.
    kill: &'static str,
    /// How many connections have a number.
    there: &'static str,
    /// Leaves a setting behind; it is `left` then.
    set: &'static str,
    setting: &'static str,
    left: &'static str,
    lock: &'static str,
    locks: &'static str,
}

#[test]
fn postgresql() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    lends(&Says {
        url: server.url(),
        number: "SELECT pg_backend_pid()",
        kill: "SELECT pg_terminate_backend({}, 10000)",
        there: "SELECT COUNT(*) FROM pg_stat_activity WHERE pid = {}",
        set: "SET TIME ZONE 'Europe/Berlin'",
        setting: "SHOW TIME ZONE",
        left: "Europe/Berlin",
        lock: "SELECT pg_advisory_lock(7)",
        locks: "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'",
    });
}

#[test]
fn mariadb() {
    let server = match MariaDb::start() {
        Ok(server) => server,
        Err(reason) => return println!("NOT RUN: {reason}"),
    };
    lends(&Says {
        url: server.url(),
        number: "SELECT connection_id()",
        kill: "KILL CONNECTION {}",
        there: "SELECT COUNT(*) FROM information_schema.processlist WHERE id = {}",
        set: "SET time_zone = '+02:00'",
        setting: "SELECT @@time_zone",
        left: "+02:00",
        lock: "SELECT get_lock('seven', 0)",
        locks: "SELECT COALESCE(is_used_lock('seven'), 0)",
    });
    // What USE has chosen cannot be taken back, so another one is opened.
    let pool = pool(&server.url(), LIMITS);
    let mut db = lent(&pool);
    let number = ran(&mut db, "SELECT connection_id()");
    let database = ran(&mut db, "SELECT DATABASE()");
    ran(&mut db, "USE information_schema");
    drop(db);
    let mut db = lent(&pool);
    assert_eq!(ran(&mut db, "SELECT DATABASE()"), database);
    assert_ne!(ran(&mut db, "SELECT connection_id()"), number);
}

fn lends(says: &Says) {
    one_is_used_again_and_clean(says);
    no_more_than_the_limit(says);
    broken_ones_are_dropped(says);
    what_nobody_borrows_is_closed(says);
    a_cancel_that_is_late_ends_nothing(says);
    only_reading_stays_only_reading(says);
    sessions_borrow(says);
}

fn one_is_used_again_and_clean(says: &Says) {
    let pool = pool(&says.url, LIMITS);
    let mut db = lent(&pool);
    ran(&mut db, "CREATE TABLE t (a INTEGER)");
    let number = ran(&mut db, says.number);
    let clean = ran(&mut db, says.setting);
    ran(&mut db, says.set);
    assert_eq!(ran(&mut db, says.setting), says.left);
    ran(&mut db, says.lock);
    assert_ne!(ran(&mut db, says.locks), "0");
    ran(&mut db, "CREATE TEMPORARY TABLE mine (a INTEGER)");
    // Prepared, and so twice.
    for _ in 0..3 {
        ran(&mut db, "SELECT COUNT(*) FROM mine");
    }
    db.batch("BEGIN").unwrap_or_else(|error| panic!("{error}"));
    ran(&mut db, "INSERT INTO t VALUES (1)");
    assert!(db.in_transaction());
    drop(db);

    let mut db = lent(&pool);
    assert_eq!(ran(&mut db, says.number), number);
    assert!(!db.in_transaction());
    assert_eq!(ran(&mut db, "SELECT COUNT(*) FROM t"), "0");
    assert_eq!(ran(&mut db, says.setting), clean);
    assert_eq!(ran(&mut db, says.locks), "0");
    assert!(run(&mut db, "SELECT COUNT(*) FROM mine").is_err());
    // A transaction that has failed.
    db.batch("BEGIN").unwrap_or_else(|error| panic!("{error}"));
    assert!(run(&mut db, "SELECT nowhere").is_err());
    drop(db);
    let mut db = lent(&pool);
    assert_eq!(ran(&mut db, says.number), number);
    ran(&mut db, "DROP TABLE t");
    assert_eq!(db.remarks(), []);
}

fn no_more_than_the_limit(says: &Says) {
    let pool = pool(&says.url, LIMITS);
    let (mut first, second) = (lent(&pool), lent(&pool));
    let Err(Error::Connect(why)) = pool.lend().map(drop) else {
        panic!("a third connection was lent");
    };
    assert!(why.starts_with("all 2 connections to "), "{why}");
    let number = ran(&mut first, says.number);
    // Who may wait has the one that comes back.
    let patient = PoolLimits {
        size: 1,
        wait: Duration::from_secs(60),
        ..LIMITS
    };
    drop((first, second));
    let pool = self::pool(&says.url, patient);
    let mut first = lent(&pool);
    assert_ne!(ran(&mut first, says.number), number);
    let number = ran(&mut first, says.number);
    let (waits, waiting) = mpsc::channel();
    let other = std::thread::spawn({
        let (pool, ask) = (pool.clone(), says.number);
        move || {
            let _ = waits.send(());
            ran(&mut lent(&pool), ask)
        }
    });
    let _ = waiting.recv();
    drop(first);
    assert_eq!(other.join().ok(), Some(number));
    // A pool without a place to connect to keeps no seat for it.
    let nowhere = self::pool("postgres://127.0.0.1:1/none", LIMITS);
    for _ in 0..3 {
        let Err(Error::Connect(why)) = nowhere.lend().map(drop) else {
            panic!("there is a server");
        };
        assert!(!why.starts_with("all "), "{why}");
    }
}

fn broken_ones_are_dropped(says: &Says) {
    let pool = pool(&says.url, LIMITS);
    let mut admin =
        connect(&target(&says.url)).unwrap_or_else(|error| panic!("{}: {error}", says.url));
    let mut kill = |number: &str| {
        ran(admin.as_mut(), &says.kill.replace("{}", number));
        while ran(admin.as_mut(), &says.there.replace("{}", number)) != "0" {}
    };
    let mut db = lent(&pool);
    let first = ran(&mut db, says.number);
    drop(db);
    // While it is idle.
    kill(&first);
    let mut db = lent(&pool);
    let second = ran(&mut db, says.number);
    assert_ne!(second, first);
    // While it is lent.
    kill(&second);
    assert!(run(&mut db, "SELECT 1").is_err());
    drop(db);
    let (mut one, mut other) = (lent(&pool), lent(&pool));
    assert_ne!(ran(&mut one, says.number), second);
    assert_ne!(ran(&mut other, says.number), second);
}

fn what_nobody_borrows_is_closed(says: &Says) {
    let at_once = PoolLimits {
        idle: Duration::ZERO,
        ..LIMITS
    };
    let pool = pool(&says.url, at_once);
    let number = ran(&mut lent(&pool), says.number);
    assert!(format!("{pool:?}").contains("open: 1, idle: 1"), "{pool:?}");
    pool.tidy();
    assert!(format!("{pool:?}").contains("open: 0, idle: 0"), "{pool:?}");
    assert_ne!(ran(&mut lent(&pool), says.number), number);
    // One that comes back after its pool has gone is closed.
    let mut db = lent(&pool);
    drop(pool);
    ran(&mut db, says.number);
    // Nobody reads a password.
    let secret = self::pool("postgres://someone:hush@localhost/db?password=hush", LIMITS);
    assert!(!format!("{secret:?}").contains("hush"), "{secret:?}");
}

fn a_cancel_that_is_late_ends_nothing(says: &Says) {
    let pool = pool(&says.url, LIMITS);
    let db = lent(&pool);
    let handle = db.cancel_handle();
    drop(db);
    let mut db = lent(&pool);
    let cancels = std::thread::spawn(move || {
        for _ in 0..20 {
            handle.cancel();
        }
    });
    for _ in 0..50 {
        ran(&mut db, "SELECT 1");
    }
    assert!(cancels.join().is_ok());
}

fn only_reading_stays_only_reading(says: &Says) {
    let mut settings = Settings::default();
    settings.read_only = true;
    let pool = Pool::new(target(&says.url).into(), settings.clone(), LIMITS);
    for _ in 0..2 {
        let mut db = lent(&pool);
        assert!(run(&mut db, "CREATE TABLE never (a INTEGER)").is_err());
        let done = db.set_read_only(false);
        done.unwrap_or_else(|error| panic!("{error}"));
    }
    assert!(pool.is_for(&target(&says.url).into(), &settings));
    assert!(!pool.is_for(&target(&says.url).into(), &Settings::default()));
}

fn sessions_borrow(says: &Says) {
    let pool = pool(&says.url, LIMITS);
    let number = ran(&mut lent(&pool), says.number);
    for _ in 0..2 {
        let session = Session::lent(&pool, Configuration::default());
        let mut session = session.unwrap_or_else(|error| panic!("{error}"));
        assert!(session.catalog().is_ok());
        // It is cancelled, and the next one is not.
        session.cancel_handle().cancel();
    }
    assert_eq!(ran(&mut lent(&pool), says.number), number);
}

#[test]
fn what_lives_in_this_process_is_opened_each_time() {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    for (scheme, file) in [("sqlite", "a.db"), ("duckdb", "a.duckdb")] {
        let file = folder.path().join(file);
        let pool = pool(&format!("{scheme}:{}", file.display()), LIMITS);
        let mut db = match pool.lend() {
            Ok(db) => db,
            Err(reason) => {
                println!("NOT RUN: {reason}");
                continue;
            }
        };
        ran(&mut db, "CREATE TABLE t (a INTEGER)");
        ran(&mut db, "CREATE TEMPORARY TABLE mine (a INTEGER)");
        db.batch("BEGIN").unwrap_or_else(|error| panic!("{error}"));
        ran(&mut db, "INSERT INTO t VALUES (1)");
        drop(db);
        // The file is free: it may be another one by now.
        let moved = file.with_extension("moved");
        std::fs::rename(&file, &moved).unwrap_or_else(|error| panic!("{error}"));
        let mut db = lent(&pool);
        assert!(run(&mut db, "SELECT COUNT(*) FROM t").is_err());
        drop(db);
        std::fs::rename(&moved, &file).unwrap_or_else(|error| panic!("{error}"));
        let mut db = lent(&pool);
        assert_eq!(ran(&mut db, "SELECT COUNT(*) FROM t"), "0");
        assert!(run(&mut db, "SELECT COUNT(*) FROM mine").is_err());
    }
}

//! Recorded sessions at forms: what was seen then is seen now.
#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "a test that cannot go on"
)]

mod common;

use common::{open, run, world};
use noctra_records::{Act, FormSession, replay};
use noctra_runtime::sinks::{Format, Options};
use noctra_runtime::{Output, Session};
use std::path::Path;

fn csv() -> &'static Format {
    Format::named("csv").expect("a format")
}

#[test]
fn recorded_sessions_are_replayed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/steps");
    for file in std::fs::read_dir(folder).expect("the steps") {
        let path = file.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("steps");
        let mut session = open("demo");
        let (seen, wrong) = replay(&mut session, &text, csv()).expect("a session");
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            std::fs::write(&path, seen).expect("written");
        } else {
            assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
        }
    }
}

/// Somebody at a form.
struct Clerk {
    session: Session,
    form: FormSession,
    out: Output,
}

impl Clerk {
    fn at(mut session: Session, form: &str) -> Self {
        let sink = || Box::new(std::io::sink());
        let form = FormSession::open(&mut session, form).expect("a form");
        Self {
            session,
            form,
            out: Output::new(csv(), Options::default(), sink(), sink()),
        }
    }

    fn does(&mut self, acts: &[Act]) -> String {
        for act in acts {
            let done = self.form.act(&mut self.session, act, &mut self.out);
            done.expect("an act");
        }
        self.form
            .screen(&mut self.session)
            .expect("a screen")
            .to_string()
    }
}

/// Two clerks at the same row.
fn conflict(one: Session, mut other: Session) {
    run(
        &mut other,
        "CREATE TABLE stock (id INTEGER PRIMARY KEY, name TEXT NOT NULL, pieces INTEGER NOT NULL); \
         INSERT INTO stock VALUES (1, 'Anvil', 10), (2, 'Bolt', 500);",
    );
    let mut clerk = Clerk::at(one, "stock");
    let text = |text: &str| Act::Text(text.into());
    let field = |name: &str| Act::Field(name.into());
    clerk.does(&[
        Act::Execute,
        field("pieces"),
        text("11"),
        field("name"),
        text("Anvil, large"),
    ]);
    run(&mut other, "UPDATE stock SET pieces = 7 WHERE id = 1");
    let seen = clerk.does(&[Act::Commit]);
    assert!(
        seen.contains("    pieces: was 10, mine 11, theirs 7 -> theirs\n  b Back, t Take theirs, k Keep mine, a As chosen"),
        "{seen}"
    );
    // Theirs is kept where nothing else is said; what only I have changed stays mine.
    let seen = clerk.does(&[Act::Answer('a')]);
    assert!(
        seen.contains("[7]") && seen.contains("[Anvil, large]"),
        "{seen}"
    );
    let seen = clerk.does(&[Act::Commit]);
    assert!(seen.contains("* 1 change is kept"), "{seen}");
    let rows = other.answer(&noctra_runtime::Request::new(
        "SELECT name, pieces FROM stock WHERE id = 1",
    ));
    let rows = rows.expect("rows").rows;
    assert_eq!(
        rows[0]
            .iter()
            .map(|v| v.as_ref().to_string())
            .collect::<Vec<_>>(),
        ["Anvil, large", "7"]
    );
}

#[test]
fn a_conflict_is_shown_field_by_field() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite:{}", folder.path().join("two.db").display());
    conflict(open(&file), open(&file));
    match noctra_test_servers::Postgres::start() {
        Ok(server) => conflict(open(&server.url()), open(&server.url())),
        Err(reason) => println!("NOT RUN: {reason}"),
    }
}

#[test]
fn a_table_has_a_form_on_every_backend() {
    let mut world = world();
    for (name, mut session) in std::mem::take(&mut world.sessions) {
        run(
            &mut session,
            "CREATE TABLE parts (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, price DECIMAL(8,2) DEFAULT 9.50, \
             sold BOOLEAN, since DATE); \
             INSERT INTO parts VALUES (1, 'Anvil', 100, TRUE, DATE '2020-01-01'), (2, 'Bolt', 0.05, NULL, NULL);",
        );
        let mut clerk = Clerk::at(session, "parts");
        let text = |text: &str| Act::Text(text.into());
        let field = |name: &str| Act::Field(name.into());
        // What is left out the database fills in.
        let seen = clerk.does(&[text("3"), Act::Next, text("Clamp"), Act::Commit]);
        assert!(
            seen.contains("* 1 change is kept") && seen.contains("Price: [9.50]"),
            "{name}: {seen}"
        );
        let seen = clerk.does(&[
            Act::EnterQuery,
            field("price"),
            text("<10"),
            field("name"),
            text("B*|C*"),
            Act::Execute,
            Act::LastRecord,
        ]);
        assert!(
            seen.contains("[QUERY] parts - record 2 of 2 - Q") && seen.contains("[Clamp]"),
            "{name}: {seen}"
        );
        let seen = clerk.does(&[
            field("sold"),
            text("yes"),
            field("since"),
            text("2024-02-30"),
            Act::Commit,
        ]);
        assert!(
            seen.contains("! Since: must be a date like 2024-01-31, not 2024-02-30"),
            "{name}: {seen}"
        );
        let seen = clerk.does(&[text("2024-02-29"), Act::Commit]);
        assert!(
            seen.contains("Sold: [true]")
                && seen.contains("Since: [2024-02-29]")
                && seen.contains("is kept"),
            "{name}: {seen}"
        );
        let seen = clerk.does(&[Act::Field("sold".into()), Act::Null, Act::Commit]);
        assert!(
            seen.contains("Sold:\n") && seen.contains("is kept"),
            "{name}: {seen}"
        );
        let seen = clerk.does(&[Act::Delete, Act::Answer('y'), Act::Commit]);
        assert!(
            seen.contains("record 1 of 1") && seen.contains("[Bolt]"),
            "{name}: {seen}"
        );
    }
}

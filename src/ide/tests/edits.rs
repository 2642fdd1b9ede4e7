//! What is remembered from one text to the next changes no answer.

mod common;

use common::world;
use rql_ide::{Memory, Snapshot};
use std::sync::Arc;

/// What is said of a text: each message with the piece that it is about, and what nothing uses.
fn said(snapshot: &Snapshot) -> Vec<String> {
    let text = snapshot.text();
    let wrong = snapshot.diagnostics().into_iter().map(|one| {
        let place = one.primary_span().map(|span| (span, span.text(text)));
        format!("{}: {place:?}", one.message)
    });
    let unused = snapshot.unused().into_iter();
    let unused = unused.map(|one| format!("unused {} {:?}", one.what, one.span));
    wrong.chain(unused).collect()
}

/// Numbers that look like chance and are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }
}

const TEXT: &str = "\
CREATE TABLE t (a INTEGER NOT NULL, b TEXT);
SELECT a FROM t;
SELECT c FROM t; -- none
LET least = 3;
SELECT a FROM t WHERE a > :least;
WITH x AS (SELECT a FROM t), y AS (SELECT 1 AS one) SELECT * FROM x;
SELECT b FROM t WHERE a = :p;
INSERT INTO t (a, b) VALUES (1, 'x');
MACRO twice(n) AS n * 2;
SELECT twice(a) FROM t;
IF TRUE THEN SELECT nope FROM t; END IF;
ALTER TABLE t ADD COLUMN d INTEGER;
SELECT d FROM t;
SELECT b FROM t WHERE a = :p AND b = :p;
";

#[test]
fn a_text_that_is_typed_is_said_the_same_of_as_one_that_is_opened() {
    let world = world();
    let pieces = [
        "a",
        "b",
        "c",
        "d",
        "least",
        ":least",
        ";",
        "; ",
        "'",
        "\n",
        "/*",
        "*/",
        "--",
        "SELECT ",
        "FROM t",
        "LET z = 1;",
        "CREATE TABLE u (e INTEGER);",
        "DROP TABLE t;",
        "IF ",
        "END IF;",
        "WITH q AS (SELECT 1 AS o) ",
        "(",
        ")",
        "INCLUDE 'f.rql';",
        "UNSET least;",
        "SELECT a FROM t;",
        "FORM f (FIELD a INTEGER, ACTION g AS SELECT nope FROM t);",
        "SET timing = on;",
        "😀",
    ];
    let mut chance = Chance(11);
    for _ in 0..6 {
        let memory = Arc::<Memory>::default();
        let mut text = TEXT.to_owned();
        for _ in 0..30 {
            let places: Vec<usize> = text.char_indices().map(|it| it.0).collect();
            let at = chance.below(places.len() + 1);
            let start = places.get(at).copied().unwrap_or(text.len());
            let end = at + chance.below(4);
            let end = places.get(end).copied().unwrap_or(text.len()).max(start);
            let piece = match chance.below(3) {
                0 => "",
                _ => pieces[chance.below(pieces.len())],
            };
            text.replace_range(start..end, piece);
            let typed = Snapshot::new(&world, text.as_str()).remembering(&memory);
            let opened = Snapshot::new(&world, text.as_str());
            assert_eq!(said(&typed), said(&opened), "{text}");
            // Asked once more, nothing has to be compiled that can be remembered.
            let again = Snapshot::new(&world, text.as_str()).remembering(&memory);
            assert_eq!(said(&again), said(&opened), "{text}");
        }
    }
}

#[test]
fn a_keystroke_compiles_one_statement() {
    let world = world();
    let memory = Arc::<Memory>::default();
    let counted = |text: &str| {
        let snapshot = Snapshot::new(&world, text).remembering(&memory);
        let _ = snapshot.diagnostics();
        memory.compiled()
    };
    let text = TEXT.repeat(4);
    assert!(counted(&text) > 10);
    let typed = text.replacen("SELECT a FROM t;", "SELECT a, b FROM t;", 1);
    assert_eq!(counted(&typed), 1);
    assert_eq!(counted(&typed), 0);
}

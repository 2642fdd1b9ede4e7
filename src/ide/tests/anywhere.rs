//! No place of no text panics: every offset of every statement of the corpora, and what is before it alone.

mod common;

use common::{catalog, world, world_of};
use rql_ide::Snapshot;
use std::sync::Arc;

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Asks everything everywhere, at every `step`th byte; gives how many questions were asked.
fn ask(world: &Arc<rql_ide::World>, text: &str, step: usize) -> usize {
    let mut asked = 0;
    let whole = Snapshot::new(world, text);
    let _ = (whole.highlight(), whole.completeness());
    for at in (0..=text.len()).step_by(step) {
        let completion = whole.complete(offset(at));
        assert!(completion.from <= offset(at), "{text} at {at}");
        let _ = (whole.hover(offset(at)), whole.signature(offset(at)));
        if let Some(before) = text.get(..at) {
            let half = Snapshot::new(world, before);
            let _ = (
                half.complete(offset(at)),
                half.completeness(),
                half.highlight(),
            );
        }
        asked += 1;
    }
    asked
}

#[test]
fn every_offset_of_what_is_nasty() {
    let world = world();
    for text in [
        "",
        ";",
        ";;;",
        "é",
        "SELECT 'ü' || 李雷 FROM \"ö",
        "😀😀",
        "SELECT a FROM b WHERE c = '😀|",
        "((((((((((",
        "))))",
        "SELECT SELECT SELECT FROM FROM WHERE",
        "{{#if a}} {{/unless}} {{",
        "$$ open",
        "/* open",
        "-- only",
        "CASE CASE WHEN END END",
        "INSERT INSERT INTO",
        "IF IF THEN THEN END IF",
        "WITH RECURSIVE x AS (SELECT 1 UNION ALL SELECT | FROM x",
        "SELECT * FROM a JOIN b JOIN c JOIN d ON ON ON",
        ". x",
        "\\",
        ".",
        "\0SELECT\0",
        "SELECT a.b.c.d.e. FROM x.y.z.",
        "MERGE INTO USING ON WHEN",
        "FORM f (FIELD a, ACTION b AS SELECT",
        "CREATE TABLE t (a int, b REFERENCES, PRIMARY KEY (",
        "SELECT f(g(h(",
        "SELECT ARRAY[1, 2][",
        "SELECT x -> 'a' ->> '",
        "SELECT 1 UNION SELECT UNION",
    ] {
        ask(&world, text, 1);
    }
    let deep = format!("SELECT {}1{}", "(".repeat(300), ")".repeat(300));
    ask(&world, &deep, 97);
}

#[test]
fn every_offset_of_the_corpora() {
    let Some(corpora) = noctra_testsuite::corpora() else {
        println!("NOT RUN: no corpora");
        return;
    };
    let world = world_of(catalog());
    let mut asked = 0;
    for corpus in corpora {
        // A sample by position, so that it is the same every time; the statements of a corpus are alike.
        let step = (corpus.cases.len() / 6).max(1);
        for case in corpus
            .cases
            .iter()
            .step_by(step)
            .filter(|case| case.sql.len() < 1_500)
        {
            asked += ask(&world, &case.sql, case.sql.len() / 9 + 1);
        }
    }
    println!("{asked} places");
    assert!(asked > 1_000, "{asked}");
}

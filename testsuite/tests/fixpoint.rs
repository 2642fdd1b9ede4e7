//! What the compiler writes, it reads: the standard text of every query compiles again, to the same
//! columns and, after one more round, to itself.
#![allow(clippy::panic, reason = "a test that cannot go on")]

mod common;

use common::compiled;
use noctra_testsuite::spider::{Spider, spider};
use noctra_testsuite::{corpora_dir, corpus};
use rql::declare;
use rql::{Catalog, Dialect, NameMatch, OutColumn};

/// The text for PostgreSQL and the result's columns.
type Written = (String, Vec<OutColumn>);

fn write(catalog: &Catalog, sql: &str) -> Result<Written, String> {
    let last = compiled(catalog, Dialect::Postgresql, sql)?.ok_or("nothing")?;
    Ok((last.sql, last.columns))
}

/// Compiles a text, what came out, and what came out of that; `None` where the text is refused.
///
/// The first text may change once more: a reference that had to be qualified is then written so
/// everywhere. From then on it must not.
fn check(catalog: &Catalog, sql: &str) -> Option<Result<(), String>> {
    let (first, columns) = write(catalog, sql).ok()?;
    let rest = write(catalog, &first).and_then(|(second, again)| {
        let (third, _) = write(catalog, &second)?;
        Ok((second, again, third))
    });
    Some(match rest {
        Err(why) => Err(format!("{sql}\n    became {first}\n    {why}")),
        Ok((second, _, third)) if second != third => Err(format!(
            "{sql}\n    became {first}\n    then   {second}\n    then   {third}"
        )),
        Ok((_, again, _)) => same_columns(&columns, &again)
            .map_err(|what| format!("{sql}\n    became {first}\n    {what}")),
    })
}

/// Names and types; a name that the query did not give is not written and may change.
fn same_columns(a: &[OutColumn], b: &[OutColumn]) -> Result<(), String> {
    let same = |(a, b): (&OutColumn, &OutColumn)| {
        let decimals = a.ty.is_decimal() && b.ty.is_decimal();
        (a.name == b.name || a.name == "?column?") && (a.ty == b.ty || decimals)
    };
    if a.len() == b.len() && a.iter().zip(b).all(same) {
        return Ok(());
    }
    let words = |of: &[OutColumn]| -> Vec<String> {
        of.iter().map(|c| format!("{} {}", c.name, c.ty)).collect()
    };
    Err(format!("columns {:?} became {:?}", words(a), words(b)))
}

#[derive(Default)]
struct Tally {
    held: usize,
    broken: Vec<String>,
}

impl Tally {
    fn count(&mut self, verdict: Option<Result<(), String>>) {
        match verdict {
            Some(Ok(())) => self.held += 1,
            Some(Err(what)) => self.broken.push(what),
            None => {}
        }
    }
}

/// The statements of the resolution test, against its schema.
fn resolution(tally: &mut Tally) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/resolution");
    let mut catalog = Catalog::new(NameMatch::Folded);
    let read = |path: &std::path::Path| std::fs::read_to_string(path).unwrap_or_default();
    declare(
        &mut catalog,
        &read(&std::path::Path::new(folder).join("schema.sql")),
    );
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{error}"));
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        for line in read(&path).lines().filter(|line| line.ends_with(';')) {
            tally.count(check(&catalog, line));
        }
    }
}

fn corpora(tally: &mut Tally) -> bool {
    let (Some(folder), Some(Spider { databases, queries })) = (corpora_dir(), spider()) else {
        return false;
    };
    for (name, sql) in &queries {
        tally.count(check(&databases[name].catalog, sql));
    }
    let mut tpch = Catalog::new(NameMatch::Folded);
    let schema = std::fs::read_to_string(folder.join("tpch_schema.sql")).unwrap_or_default();
    declare(&mut tpch, &schema);
    for set in [
        "tpch22",
        "slt_evidence",
        "slt_select1",
        "slt_select2",
        "slt_select3",
    ] {
        let Some(corpus) = corpus(&folder.join(format!("{set}.jsonl"))) else {
            return false;
        };
        let mut catalog = tpch.clone();
        for case in corpus.cases {
            declare(&mut catalog, &case.sql);
            tally.count(check(&catalog, &case.sql));
        }
    }
    true
}

#[test]
fn the_standard_text_compiles_to_itself() {
    let mut tally = Tally::default();
    resolution(&mut tally);
    if !corpora(&mut tally) {
        println!("NOT RUN over the corpora (set NOCTRA_CORPORA)");
    }
    println!("{} hold, {} do not", tally.held, tally.broken.len());
    println!("{}", tally.broken.join("\n"));
    assert!(tally.broken.is_empty());
}

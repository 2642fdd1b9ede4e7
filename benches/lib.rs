//! Texts that the benches share.
//!
//! Knows: where the corpora lie. The benches time this project and its peers in one run on the same
//! texts; a figure is claimed only together with the peer's.
#![deny(missing_docs)]

use noctra_testsuite::spider::spider;
use noctra_testsuite::{corpora, corpora_dir, corpus};
use rql::declare;
use rql::{Catalog, NameMatch};

/// A text to time: its name and its statements, each read alone.
#[derive(Clone, Debug)]
pub struct Text {
    /// What it is called in reports.
    pub name: &'static str,
    /// The statements.
    pub statements: Vec<String>,
}

impl Text {
    /// Bytes of all statements.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.statements.iter().map(|s| s.len() as u64).sum()
    }
}

/// TPC-H, the Join Order Benchmark, Spider and the megabyte of generated statements; empty where
/// there are no corpora.
#[must_use]
pub fn texts() -> Vec<Text> {
    let mut texts = Vec::new();
    let corpora = corpora().unwrap_or_default();
    for (name, set) in [
        ("tpch", "tpch22"),
        ("job", "job113"),
        ("spider", "spider_dev"),
    ] {
        if let Some(corpus) = corpora.iter().find(|corpus| corpus.name == set) {
            let statements = corpus.cases.iter().map(|case| case.sql.clone()).collect();
            texts.push(Text { name, statements });
        }
    }
    let generated =
        corpora_dir().and_then(|dir| std::fs::read_to_string(dir.join("gen1mb.sql")).ok());
    if let Some(text) = generated {
        let statements = text.split(";\n").map(str::trim).filter(|s| !s.is_empty());
        texts.push(Text {
            name: "gen1mb",
            statements: statements.map(str::to_owned).collect(),
        });
    }
    texts
}

/// Statements to compile: the name of the set, and each statement with the catalog it is written for.
#[derive(Debug)]
pub struct Compilable {
    /// What the set is called in reports.
    pub name: &'static str,
    /// The catalogs.
    pub catalogs: Vec<Catalog>,
    /// The place of a statement's catalog, and its text.
    pub statements: Vec<(usize, String)>,
}

/// Thirty statements of about ten lines, TPC-H and Spider; the latter two where there are corpora.
#[must_use]
pub fn compilable() -> Vec<Compilable> {
    let mut sets = vec![ten_lines()];
    sets.extend(tpch());
    if let Some(spider) = spider() {
        let names: Vec<String> = spider.databases.keys().cloned().collect();
        let place = |name: &str| names.iter().position(|n| n == name).unwrap_or(0);
        sets.push(Compilable {
            name: "spider",
            statements: spider
                .queries
                .iter()
                .map(|(name, sql)| (place(name), sql.clone()))
                .collect(),
            catalogs: spider
                .databases
                .into_values()
                .map(|database| database.catalog)
                .collect(),
        });
    }
    sets
}

fn ten_lines() -> Compilable {
    let text = include_str!("ten_lines.sql");
    let mut parts = text.split("\n\n");
    let mut catalog = Catalog::new(NameMatch::Folded);
    declare(&mut catalog, parts.next().unwrap_or_default());
    Compilable {
        name: "ten lines",
        catalogs: vec![catalog],
        statements: parts.map(|sql| (0, sql.trim().to_owned())).collect(),
    }
}

fn tpch() -> Option<Compilable> {
    let folder = corpora_dir()?;
    let mut catalog = Catalog::new(NameMatch::Folded);
    declare(
        &mut catalog,
        &std::fs::read_to_string(folder.join("tpch_schema.sql")).ok()?,
    );
    let cases = corpus(&folder.join("tpch22.jsonl"))?.cases;
    Some(Compilable {
        name: "tpch",
        catalogs: vec![catalog],
        statements: cases.into_iter().map(|case| (0, case.sql)).collect(),
    })
}

//! Texts that the benches share.
//!
//! Knows: where the corpora lie. The benches time this project and its peers in one run on the same
//! texts; a figure is claimed only together with the peer's.
#![deny(missing_docs)]

use noctra_testsuite::{corpora, corpora_dir};

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

//! The editors' grammar (editors/tree-sitter-rql) takes what the compiler takes.
//!
//! Run by `scripts/tree-sitter.sh`, which makes the parser and says where it is; without it nothing is claimed.

#![allow(clippy::expect_used, reason = "a test that cannot go on")]

use noctra_testsuite::corpora;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The smallest share of the corpora's statements that the grammar takes whole. What it does not are names that are
/// operators elsewhere (`SELECT 1 GLOB`), which take a look at the end of the statement, SELECT without a list, and psql's
/// `:'file'` behind COPY.
const LEAST: f64 = 99.9;

/// The program and the parser that the script has made.
fn tools() -> Option<(PathBuf, PathBuf)> {
    let program = std::env::var_os("NOCTRA_TREE_SITTER")?;
    let parser = std::env::var_os("NOCTRA_TREE_SITTER_RQL")?;
    Some((program.into(), parser.into()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of RQL below `folder`.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rql") {
            found.push(path);
        }
    }
}

/// Those of `paths` whose tree has a mistake in it, with what the program says of each.
fn mistaken(folder: &Path, paths: &[PathBuf]) -> Vec<String> {
    let (program, parser) = tools().expect("asked for before");
    let list = folder.join("paths.txt");
    let lines: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    std::fs::write(&list, lines.join("\n")).expect("a list of paths");
    let output = Command::new(program)
        .args(["parse", "--quiet", "--lang-name", "rql", "--lib-path"])
        .arg(parser)
        .arg("--paths")
        .arg(&list)
        .output()
        .expect("tree-sitter runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() || !said.trim().is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let wrong = |line: &&str| line.contains("(ERROR") || line.contains("(MISSING");
    said.lines().filter(wrong).map(str::to_owned).collect()
}

#[test]
fn what_the_compiler_takes_of_the_corpora_is_taken() {
    if tools().is_none() {
        println!("NOT RUN: no parser (scripts/tree-sitter.sh makes one)");
        return;
    }
    let Some(corpora) = corpora() else {
        println!("NOT RUN: no corpora (set NOCTRA_CORPORA)");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (mut paths, mut seen) = (Vec::new(), BTreeSet::new());
    let mut taken: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for corpus in &corpora {
        for case in &corpus.cases {
            if seen.insert(case.sql.clone()) && rql_grammar::parse(&case.sql).is_ok() {
                let place = taken.entry(corpus.name.clone()).or_default();
                let path = folder
                    .path()
                    .join(format!("{}.{}.rql", corpus.name, place.0));
                std::fs::write(&path, &case.sql).expect("a file of one statement");
                place.0 += 1;
                paths.push(path);
            }
        }
    }
    let wrong = mistaken(folder.path(), &paths);
    for line in &wrong {
        let name = Path::new(line.split_whitespace().next().unwrap_or_default());
        let text = std::fs::read_to_string(name).unwrap_or_default();
        println!(
            "not taken: {}",
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        );
        let name = name.file_name().unwrap_or_default().to_string_lossy();
        let corpus = name.split('.').next().unwrap_or_default();
        taken.entry(corpus.to_owned()).or_default().1 += 1;
    }
    for (corpus, (all, wrong)) in &taken {
        println!("{corpus:<28} {all:>6} statements, {wrong:>3} not taken");
    }
    let share = 100.0 * (1.0 - wrong.len() as f64 / paths.len().max(1) as f64);
    println!("{} statements, {share:.2}% taken", paths.len());
    assert!(share >= LEAST, "{share:.2}%\n{}", wrong.join("\n"));
}

#[test]
fn every_file_of_rql_that_the_compiler_takes_is_taken() {
    if tools().is_none() {
        println!("NOT RUN: no parser (scripts/tree-sitter.sh makes one)");
        return;
    }
    let mut all = Vec::new();
    for folder in ["rql-examples", "testsuite", "src", "docs"] {
        files(&root().join(folder), &mut all);
    }
    all.retain(|path| {
        std::fs::read_to_string(path).is_ok_and(|text| rql_grammar::parse(&text).is_ok())
    });
    assert!(all.len() > 10, "{all:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let wrong = mistaken(folder.path(), &all);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A word that the grammar knows and the colours do not would be drawn as nothing.
#[test]
fn every_word_has_a_colour() {
    let grammar = root().join("editors/tree-sitter-rql");
    let Ok(nodes) = std::fs::read_to_string(grammar.join("src/node-types.json")) else {
        println!("NOT RUN: no parser (scripts/tree-sitter.sh makes one)");
        return;
    };
    let nodes: Vec<serde_json::Value> = serde_json::from_str(&nodes).expect("a list of nodes");
    let colours = std::fs::read_to_string(grammar.join("queries/highlights.scm")).expect("colours");
    let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let names = nodes.iter().filter_map(|node| node["type"].as_str());
    let without: BTreeSet<&str> = names
        .filter(|name| is_word(name) && !colours.contains(&format!("\"{name}\"")))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

//! What the documentation and the examples show is RQL.
#![allow(
    clippy::unwrap_used,
    reason = "a file that cannot be read fails the test"
)]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of a directory with one ending, in the order of their names.
fn files(dir: &str, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join(dir))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect();
    files.sort();
    files
}

/// The blocks of a page that are marked as SQL, each with the line that it begins in.
fn blocks(page: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line == "```sql" {
            let body: Vec<&str> = lines
                .by_ref()
                .map(|(_, line)| line)
                .take_while(|line| *line != "```")
                .collect();
            blocks.push((number + 2, body.join("\n")));
        }
    }
    blocks
}

/// What is wrong with a text, a line for each diagnostic.
fn complaints(file: &Path, first_line: usize, text: &str) -> Vec<String> {
    rql_grammar::parse(text)
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let at = diagnostic
                .primary_span()
                .map_or(0, |span| span.start as usize);
            let line = first_line + text[..at].matches('\n').count();
            format!(
                "{}:{line}: {} {}",
                file.display(),
                diagnostic.code,
                diagnostic.message
            )
        })
        .collect()
}

#[test]
fn every_example_of_the_documentation_reads() {
    let mut wrong = Vec::new();
    let mut pages = files("docs", "md");
    pages.push(root().join("README.md"));
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for (line, block) in blocks(&text) {
            wrong.extend(complaints(&page, line, &block));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_script_of_the_examples_reads() {
    let mut wrong = Vec::new();
    for script in files("rql-examples", "rql") {
        let text = std::fs::read_to_string(&script).unwrap();
        wrong.extend(complaints(&script, 1, &text));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

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
        if line == "```sql" || line == "```sql,parsed" {
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
fn the_pages_that_are_made_of_tables_are_current() {
    let mut wrong = Vec::new();
    let pages = noctra_testsuite::manual::pages();
    for (name, text) in &pages {
        let written = std::fs::read_to_string(root().join("docs").join(name));
        if written.ok().as_deref() != Some(text) {
            wrong.push(format!("docs/{name}"));
        }
    }
    for folder in ["functions", "backends", "reference"] {
        for page in files(&format!("docs/{folder}"), "md") {
            let name = page.file_name().unwrap().to_string_lossy().into_owned();
            let name = format!("{folder}/{name}");
            if pages.iter().all(|page| page.0 != name) {
                wrong.push(format!("docs/{name} is made of no table"));
            }
        }
    }
    let how = "cargo run -p noctra-testsuite --example manual writes them";
    assert!(wrong.is_empty(), "{how}:\n{}", wrong.join("\n"));
}

#[test]
fn every_example_of_the_documentation_reads() {
    let mut wrong = Vec::new();
    let mut pages = files("docs", "md");
    for folder in ["functions", "reference", "how-to", "from"] {
        pages.extend(files(&format!("docs/{folder}"), "md"));
    }
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

/// Every page of the book, by its place below `docs/`.
fn every_page() -> Vec<String> {
    let folders = [
        "",
        "functions/",
        "backends/",
        "reference/",
        "how-to/",
        "from/",
        "decisions/",
    ];
    let mut pages = Vec::new();
    for folder in folders {
        for page in files(&format!("docs/{folder}"), "md") {
            let name = page.file_name().unwrap().to_string_lossy().into_owned();
            pages.push(format!("{folder}{name}"));
        }
    }
    pages.retain(|page| page != "SUMMARY.md");
    pages
}

/// Where the links of a page lead, without those to other sites and within the page.
fn links(text: &str) -> Vec<String> {
    let links = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let links = links.map(|link| link.split('#').next().unwrap_or("").to_owned());
    links
        .filter(|link| !link.is_empty() && !link.contains("://"))
        .collect()
}

#[test]
fn every_page_stands_in_the_book_and_every_link_leads_somewhere() {
    let docs = root().join("docs").canonicalize().unwrap();
    let mut wrong = Vec::new();
    let summary = links(&std::fs::read_to_string(docs.join("SUMMARY.md")).unwrap());
    for page in every_page() {
        if !summary.contains(&page) {
            wrong.push(format!("docs/SUMMARY.md lacks {page}"));
        }
        let text = std::fs::read_to_string(docs.join(&page)).unwrap();
        let outside_of_code = |text: &str| text.split('`').step_by(2).collect::<String>();
        for link in links(&outside_of_code(&text)) {
            let folder = Path::new(&page).parent().unwrap();
            let place = docs.join(folder).join(&link).canonicalize();
            if !place.is_ok_and(|place| place.starts_with(&docs)) {
                wrong.push(format!("docs/{page}: {link} is no page of the book"));
            }
        }
    }
    for link in summary {
        if !docs.join(&link).is_file() {
            wrong.push(format!("docs/SUMMARY.md: there is no {link}"));
        }
    }
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    for link in links(&readme) {
        if !root().join(&link).exists() {
            wrong.push(format!("README.md: there is no {link}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! What the whole of RQL is measured against.
//!
//! Knows: every public crate, and where the corpora of SQL lie (`NOCTRA_CORPORA`, by default
//! `shared/corpora` beside the repository). Tests over corpora say NOT RUN where these are missing.
#![deny(missing_docs)]

use std::path::PathBuf;

/// A statement of a corpus.
#[derive(Clone, Debug)]
pub struct Case {
    /// The text.
    pub sql: String,
    /// It must be accepted.
    pub must: bool,
}

/// A corpus: its name and its statements.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// The name of its file, without the ending.
    pub name: String,
    /// Its statements, in order.
    pub cases: Vec<Case>,
}

/// Where the corpora lie, where they are there.
#[must_use]
pub fn corpora_dir() -> Option<PathBuf> {
    let dir = match std::env::var_os("NOCTRA_CORPORA") {
        Some(dir) => PathBuf::from(dir),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"),
    };
    dir.is_dir().then_some(dir)
}

/// Reads every corpus, in the order of their names; `None` where there are none.
#[must_use]
pub fn corpora() -> Option<Vec<Corpus>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpora_dir()?)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    files.sort();
    files.into_iter().map(|path| corpus(&path)).collect()
}

fn corpus(path: &std::path::Path) -> Option<Corpus> {
    let text = std::fs::read_to_string(path).ok()?;
    let cases = text
        .lines()
        .filter_map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(Case {
                sql: value.get("sql")?.as_str()?.to_owned(),
                must: value.get("must")?.as_bool()?,
            })
        })
        .collect();
    Some(Corpus {
        name: path.file_stem()?.to_string_lossy().into_owned(),
        cases,
    })
}

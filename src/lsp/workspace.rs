//! The files of a workspace that are not open, and which texts belong together.

use crate::documents::Document;
use crate::requests::Context;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is in nobody's way: more files, larger ones, or deeper down, are not looked at.
const FILES: usize = 2_000;
const BYTES: u64 = 1 << 20;
const DEPTH: usize = 12;

/// Folders in which nobody writes.
const LEFT_OUT: &[&str] = &["target", "node_modules", "vendor"];

/// The files of RQL and of TOML below a folder.
pub(crate) fn files(folder: &Path) -> Vec<(PathBuf, Arc<str>)> {
    let mut found = Vec::new();
    let mut waiting = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // What a link leads to has a place of its own.
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let shown = !name.starts_with('.') && !LEFT_OUT.contains(&&*name);
            if kind.is_dir() && shown && depth < DEPTH {
                waiting.push((entry.path(), depth + 1));
            } else if kind.is_file() && is_text(&entry.path()) {
                let path = entry.path().canonicalize().ok();
                let read = path.and_then(|path| Some((read(&path)?, path)));
                found.extend(read.map(|(text, path)| (path, text)));
                if found.len() == FILES {
                    return found;
                }
            }
        }
    }
    found
}

/// True where a file lies below a folder, and where files of a workspace are looked for.
pub(crate) fn holds(folder: &Path, file: &Path) -> bool {
    let folder = folder.canonicalize();
    let below = folder
        .ok()
        .and_then(|folder| Some(file.strip_prefix(folder).ok()?.to_owned()));
    below.is_some_and(|below| {
        let mut names = below.iter().map(|name| name.to_string_lossy());
        names.all(|name| !name.starts_with('.') && !LEFT_OUT.contains(&&*name))
    })
}

/// True for what may be a text of RQL, or a form of TOML.
pub(crate) fn is_text(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        ["rql", "toml"]
            .iter()
            .any(|it| ending.eq_ignore_ascii_case(it))
    })
}

/// What a file of the workspace says; `None` where there is none, or a larger one than is looked at.
pub(crate) fn read(path: &Path) -> Option<Arc<str>> {
    let small = path
        .metadata()
        .is_ok_and(|it| it.is_file() && it.len() <= BYTES);
    small
        .then(|| noctra_runtime::read_source(path).ok())?
        .map(|source| source.text)
}

impl Context {
    /// Every document, open or not, but for the file of the schema.
    pub(crate) fn everywhere(&self) -> impl Iterator<Item = &Arc<Document>> {
        let is_open = |document: &&Arc<Document>| !self.documents.contains_key(&document.uri);
        let closed = self.closed.iter().filter(is_open);
        self.documents.values().chain(closed)
    }

    /// The texts whose names one text sees, or that see its: those that it includes, those that include it, and so on.
    pub(crate) fn related(&self, own: &Arc<Document>) -> Vec<&Arc<Document>> {
        let by_path: HashMap<&Path, &Arc<Document>> = self
            .everywhere()
            .filter_map(|document| Some((document.path.as_deref()?, document)))
            .collect();
        // Who includes whom, both ways.
        let mut edges: HashMap<&Path, Vec<&Path>> = HashMap::new();
        for (&path, document) in &by_path {
            for included in document.includes() {
                if let Some((&other, _)) = by_path.get_key_value(included.as_path()) {
                    edges.entry(path).or_default().push(other);
                    edges.entry(other).or_default().push(path);
                }
            }
        }
        let mut found = Vec::new();
        let mut seen: HashSet<&Path> = HashSet::new();
        let mut waiting: Vec<&Path> = own.path.as_deref().into_iter().collect();
        while let Some(path) = waiting.pop() {
            if seen.insert(path) {
                found.extend(by_path.get(path).copied());
                waiting.extend(edges.get(path).into_iter().flatten());
            }
        }
        if !found.iter().any(|document| document.uri == own.uri) {
            found.extend(self.documents.get(&own.uri));
        }
        found
    }
}

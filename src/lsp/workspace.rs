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

/// The files of RQL below a folder.
pub(crate) fn files(folder: &Path) -> Vec<(PathBuf, String)> {
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
            } else if kind.is_file() && name.ends_with(".rql") {
                let small = entry.metadata().is_ok_and(|it| it.len() <= BYTES);
                let path = entry.path().canonicalize().ok().filter(|_| small);
                let read =
                    path.and_then(|path| Some((noctra_runtime::read_source(&path).ok()?, path)));
                if let Some((source, path)) = read {
                    found.push((path, source.text.to_string()));
                }
                if found.len() == FILES {
                    return found;
                }
            }
        }
    }
    found
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

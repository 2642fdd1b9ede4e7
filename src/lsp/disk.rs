//! Files that texts include: as they are open, the rest from the disk; and whether those have changed since.

use rql::File;
use rql_ide::Reader;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

/// When a file was written last; `None` where there is none.
type Stamp = Option<SystemTime>;

/// The files of one server, shared by the threads that answer.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    /// The texts of open documents by their files, for those that include them.
    open: RwLock<HashMap<PathBuf, Arc<str>>>,
    /// What has been wanted of the disk, and when each was written that is known.
    wanted: Mutex<HashMap<PathBuf, Stamp>>,
}

pub(crate) fn stamp(file: &Path) -> Stamp {
    std::fs::metadata(file).and_then(|it| it.modified()).ok()
}

impl Disk {
    pub(crate) fn opened(&self, path: PathBuf, text: Arc<str>) {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.insert(path, text);
    }

    pub(crate) fn closed(&self, path: &Path) {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.remove(path);
    }

    pub(crate) fn is_open(&self, path: &Path) -> bool {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.contains_key(path)
    }

    /// The files that have been wanted and are others now, or are there or gone since; each is said once.
    pub(crate) fn changed(&self) -> Vec<PathBuf> {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Vec::new();
        for (file, known) in &mut *wanted {
            let now = stamp(file);
            if now != *known {
                *known = now;
                changed.push(file.clone());
            }
        }
        changed
    }

    /// Before a file is read, so that a later change is seen as one.
    fn wants(&self, file: PathBuf) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.entry(file).or_insert_with_key(|file| stamp(file));
    }

    /// Reads what a document includes.
    pub(crate) fn reader(self: &Arc<Self>, document: Option<PathBuf>) -> Arc<Reader> {
        let disk = Arc::clone(self);
        Arc::new(move |from, wanted| {
            let own = document.as_deref().unwrap_or(Path::new("-"));
            let from = from.map_or(own, Path::new);
            if let Some(folder) = from.parent() {
                disk.wants(folder.join(wanted));
            }
            let source = noctra_runtime::read_beside(from, wanted)?;
            let path = source.path.unwrap_or_default();
            let open = disk.open.read().unwrap_or_else(PoisonError::into_inner);
            let text = open.get(&path).map_or(&source.text, |text| text);
            Ok(File {
                name: source.name,
                path: path.display().to_string(),
                text: text.to_string(),
            })
        })
    }
}

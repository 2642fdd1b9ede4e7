//! Data directories of new servers: made by the servers' own programs once, and copied from then on, for that takes
//! a server seconds and a copy takes none.

use crate::Home;
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

impl Home {
    /// Fills the directory `data` as `program` does with these arguments.
    pub(crate) fn fill(&self, program: &Path, args: &[&str]) -> Result<(), String> {
        let data = self.directory.path().join("data");
        let kept = kept(program, args, &data);
        if let Some(kept) = kept.as_deref().filter(|kept| kept.is_dir()) {
            return copy(kept, &data);
        }
        self.call(program, args)?;
        if let Some(kept) = kept {
            keep(&data, &kept);
        }
        Ok(())
    }
}

/// Where the data directory of this program and these arguments is kept: beside the test programs. A new version of the
/// server is another file.
fn kept(program: &Path, args: &[&str], data: &Path) -> Option<PathBuf> {
    let real = program.canonicalize().ok()?;
    let file = real.metadata().ok()?;
    let mut hash = DefaultHasher::new();
    (&real, file.len(), file.modified().ok()?).hash(&mut hash);
    let data = data.to_str()?;
    for arg in args {
        arg.replace(data, "").hash(&mut hash);
    }
    let name = program.file_name()?.to_string_lossy();
    let folder = std::env::current_exe().ok()?.parent()?.join("servers");
    Some(folder.join(format!("{name}-{:016x}", hash.finish())))
}

/// Keeps a copy, whole or not at all; that it cannot be kept is no reason to fail.
fn keep(data: &Path, kept: &Path) {
    let part = kept.with_extension(std::process::id().to_string());
    let folder = kept.parent().map(std::fs::create_dir_all);
    if folder.is_some_and(|made| made.is_ok()) && copy(data, &part).is_ok() {
        // Another test program may have been first.
        let _ = std::fs::rename(&part, kept);
    }
    let _ = std::fs::remove_dir_all(&part);
}

/// Copies a directory with its owners and modes.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let args = [OsStr::new("-a"), from.as_os_str(), to.as_os_str()];
    let done = Command::new("cp").args(args).output();
    match done.map_err(|error| format!("cp: {error}"))? {
        done if done.status.success() => Ok(()),
        done => Err(String::from_utf8_lossy(&done.stderr).trim().to_owned()),
    }
}

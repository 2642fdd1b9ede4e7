//! A file that appears when it is whole.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A file under a temporary name in its directory, until it is kept; dropped before, it is removed.
#[derive(Debug)]
pub struct WholeFile {
    name: PathBuf,
    temporary: PathBuf,
    file: File,
    kept: bool,
}

impl WholeFile {
    /// Makes the temporary file.
    ///
    /// # Errors
    /// Where it cannot be made; the message names the file that was wanted.
    pub fn create(name: &Path) -> io::Result<Self> {
        let mut temporary = name.as_os_str().to_owned();
        temporary.push(format!(".{}.tmp", std::process::id()));
        let temporary = PathBuf::from(temporary);
        let file = File::create_new(&temporary).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot write {}: {error}", name.display()),
            )
        })?;
        Ok(Self {
            name: name.to_owned(),
            temporary,
            file,
            kept: false,
        })
    }

    /// Writes to it.
    ///
    /// # Errors
    /// Where the system has no further handle.
    pub fn writer(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Gives it its name; what stood there before is replaced.
    ///
    /// # Errors
    /// Where it cannot be renamed; then it is removed.
    pub fn keep(mut self) -> io::Result<()> {
        std::fs::rename(&self.temporary, &self.name)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed stays under its temporary name.
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}

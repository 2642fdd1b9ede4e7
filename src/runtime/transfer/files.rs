//! Where the files stand that a text names: the one place that reads them.

use crate::session::source::Source;
use std::io;
use std::path::{Component, Path, PathBuf};

/// A file's place as a text says it: beside the text's own file, otherwise in the working directory.
pub(crate) fn beside(text: Option<&Source>, wanted: &str) -> PathBuf {
    let file = text.filter(|text| text.path.is_some());
    beside_file(file.map(|file| Path::new(&file.name)), wanted)
}

/// Reads a file of RQL that the text of another file names; that of `-` stands in the working directory.
///
/// # Errors
/// Why it cannot be read, in words that follow its name.
pub fn read_beside(file: &Path, wanted: &str) -> Result<Source, String> {
    read(&beside_file(
        Some(file).filter(|file| *file != Path::new("-")),
        wanted,
    ))
}

fn beside_file(file: Option<&Path>, wanted: &str) -> PathBuf {
    let folder = file.and_then(Path::parent);
    let path = folder.map_or_else(|| PathBuf::from(wanted), |folder| folder.join(wanted));
    let parts = path.components();
    parts.filter(|part| *part != Component::CurDir).collect()
}

/// Reads a file of RQL.
///
/// # Errors
/// Why it cannot be read, in words that follow its name.
pub fn read(path: &Path) -> Result<Source, String> {
    let bytes = std::fs::read(path).map_err(|error| unread(&error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
        format!("line {line} is not UTF-8")
    })?;
    // One file has one path, by whichever way it is named.
    let canonical = path.canonicalize().map_err(|error| unread(&error))?;
    Ok(Source {
        name: path.display().to_string(),
        text: text.into(),
        path: Some(canonical),
    })
}

/// Why a file is not read: what the system says, without its number.
#[must_use]
pub fn unread(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}

//! DuckDB's library as a file of its own, loaded when a database is first opened.

use crate::Error;
use adbc_core::options::AdbcVersion;
use adbc_driver_manager::ManagedDriver;
use std::path::{Path, PathBuf};

/// The places where the library may lie, the first that is there.
fn library() -> Option<PathBuf> {
    let name = file_name();
    if let Some(given) = std::env::var_os("NOCTRA_DUCKDB_LIBRARY") {
        return Some(given.into());
    }
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    let user = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/share")));
    let places = [
        beside.map(|folder| folder.join(name)),
        beside.map(|folder| folder.join("../lib").join(name)),
        user.map(|folder| folder.join("noctra/lib").join(name)),
        Some(Path::new("/usr/local/lib").join(name)),
        Some(Path::new("/usr/lib").join(name)),
    ];
    places.into_iter().flatten().find(|path| path.is_file())
}

fn file_name() -> &'static str {
    match std::env::consts::OS {
        "macos" => "libduckdb.dylib",
        "windows" => "duckdb.dll",
        _ => "libduckdb.so",
    }
}

/// The driver of the library that is found.
pub(super) fn driver() -> Result<ManagedDriver, Error> {
    let library = library().ok_or_else(|| {
        Error::Connect(format!(
            "DuckDB's library ({}) is not on this machine; scripts/setup.sh --duckdb fetches it, \
             NOCTRA_DUCKDB_LIBRARY names one",
            file_name()
        ))
    })?;
    let entry = Some(&b"duckdb_adbc_init"[..]);
    ManagedDriver::load_dynamic_from_filename(&library, entry, AdbcVersion::V110)
        .or_else(|_| ManagedDriver::load_dynamic_from_filename(&library, entry, AdbcVersion::V100))
        .map_err(|error| Error::Connect(format!("{}: {}", library.display(), error.message)))
}

//! What a session may do: read from its settings, and checked here alone.

use crate::Target;
use crate::config::settings::{Setting, Settings, shown_size};
use crate::failure::Failure;
use rql_ast::Span;
use rql_diagnostics::{Diagnostic, codes};
use std::path::{Path, PathBuf};

/// Where a statement that takes away many rows at once is asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Confirm {
    /// At a prompt; scripts run it.
    #[default]
    Terminal,
    /// At a prompt; scripts do not run it.
    Always,
    /// Nowhere.
    Never,
}

/// What is wanted of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read it.
    Read,
    /// To make or change it.
    Write,
}

/// What bounds a connection of a backend that lives in this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds<'a> {
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// The directories in which files may be read and written; nothing where that is everywhere.
    pub directories: Option<&'a [PathBuf]>,
}

/// The limits of a session.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'s>(pub(crate) &'s Settings);

/// Why a limit does not let something be, and what lets it.
pub(crate) fn over(message: String, setting: &str, raise: &str) -> Diagnostic {
    let flag = setting.replace('_', "-");
    Diagnostic::error(codes::LIMIT, message).help(format!(
        "SET {setting} = {raise} (or --{flag}, or {setting} in noctra.toml) lets it run"
    ))
}

impl<'s> Limits<'s> {
    /// The limits that settings say.
    #[must_use]
    pub fn of(settings: &'s Settings) -> Self {
        Self(settings)
    }

    /// What bounds a connection.
    pub(crate) fn bounds(self) -> Bounds<'s> {
        Bounds {
            memory: self.0.max_memory,
            directories: self.0.allow_path.as_deref(),
        }
    }

    /// The path by which a file may be opened: where files are bounded, without links and `..`.
    ///
    /// # Errors
    /// Why not, in a sentence that names the limit.
    pub fn file(self, path: &Path, access: Access) -> Result<PathBuf, String> {
        let Some(directories) = &self.0.allow_path else {
            return Ok(path.to_owned());
        };
        if let Some(real) = inside(directories, path) {
            return Ok(real);
        }
        let verb = match access {
            Access::Read => "read",
            Access::Write => "written",
        };
        let allowed = Setting::named("allow_path").map_or(String::new(), |s| s.get(self.0));
        Err(format!(
            "{} may not be {verb}: allow_path is {allowed}",
            path.display()
        ))
    }

    /// The same for a file that a statement names.
    pub(crate) fn file_at(
        self,
        path: &Path,
        access: Access,
        span: Span,
    ) -> Result<PathBuf, Failure> {
        self.file(path, access).map_err(|message| {
            let help = "--allow-path DIRECTORY or allow_path in your own noctra.toml allows more";
            let error = Diagnostic::error(codes::LIMIT, message);
            error.label(span, "not opened").help(help).into()
        })
    }

    /// Whether the file of a database, where it has one, may be opened.
    pub(crate) fn database(self, target: &Target, span: Span) -> Result<(), Failure> {
        match target {
            Target::Sqlite(file) | Target::Duckdb(file) => self.file_at(file, Access::Write, span),
            Target::DataFile(file) => self.file_at(file, Access::Read, span),
            _ => return Ok(()),
        }
        .map(|_| ())
    }

    /// Whether a statement is short enough.
    pub(crate) fn length(self, span: Span) -> Result<(), Failure> {
        let length = u64::from(span.end - span.start);
        match self.0.max_query {
            Some(most) if length > most => {
                let most = shown_size(most);
                let message = format!("the statement has {length} bytes, max_query is {most}");
                let first = Span::new(span.start, span.start + 1);
                Err(over(message, "max_query", "off")
                    .label(first, "not run")
                    .into())
            }
            _ => Ok(()),
        }
    }

    /// Whether so many bytes of rows may be held.
    pub(crate) fn held(self, bytes: u64) -> bool {
        self.0.max_memory.is_none_or(|most| bytes <= most)
    }

    /// What is said where they may not.
    pub(crate) fn too_much(self, span: Span) -> Failure {
        let most = shown_size(self.0.max_memory.unwrap_or(0));
        let message =
            format!("the rows that must be held at once take more than max_memory, {most}");
        over(message, "max_memory", "off")
            .label(span, "these")
            .into()
    }
}

/// The path of a file without links and `..`, where that is in one of the directories.
pub(crate) fn inside(directories: &[PathBuf], path: &Path) -> Option<PathBuf> {
    let real = resolved(path)?;
    let mut allowed = directories.iter().filter_map(|dir| dir.canonicalize().ok());
    allowed.any(|dir| real.starts_with(dir)).then_some(real)
}

/// A path without links and `..`: of a file that is not there, its directory's.
fn resolved(path: &Path) -> Option<PathBuf> {
    // A link to nothing may lead anywhere by the time that it is followed.
    if path.symlink_metadata().is_ok() {
        return path.canonicalize().ok();
    }
    let name = path.file_name()?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
    Some(folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::{Access, Limits};
    use crate::Settings;
    use std::fs;
    use std::path::Path;

    #[cfg(unix)]
    #[test]
    fn files_stand_in_allowed_directories_whatever_leads_there() -> std::io::Result<()> {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir()?;
        let (inside, outside) = (place.path().join("in"), place.path().join("out"));
        fs::create_dir(&inside)?;
        fs::create_dir(&outside)?;
        fs::create_dir(place.path().join("inside-by-name-only"))?;
        fs::write(inside.join("a"), "")?;
        fs::write(outside.join("b"), "")?;
        symlink(outside.join("b"), inside.join("link"))?;
        symlink(outside.join("new"), inside.join("dangling"))?;
        symlink(&outside, inside.join("folder"))?;
        symlink(inside.join("a"), outside.join("back"))?;
        let mut settings = Settings::default();
        settings.allow_path = Some(vec![inside.clone()]);
        let may = |path: &Path| Limits(&settings).file(path, Access::Write).is_ok();
        for path in ["a", "new", "../in/a"] {
            assert!(may(&inside.join(path)), "{path}");
        }
        assert!(may(&outside.join("back")), "it is inside");
        for path in [
            "../out/b",
            "link",
            "dangling",
            "folder/b",
            "folder/new",
            "..",
            "../inside-by-name-only/x",
            "no/such/folder",
        ] {
            assert!(!may(&inside.join(path)), "{path}");
        }
        assert!(!may(Path::new("/etc/passwd")));
        Ok(())
    }
}

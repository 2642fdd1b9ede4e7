//! Private database servers for tests.
//!
//! Knows: where a server's programs are, how one starts and stops. Must never know: what is tested.
//!
//! Shape: [`Postgres::start`] and [`MariaDb::start`] make a server in a directory of its own on a free
//! port of the loopback interface, owned by the server's own user where the tests run as root (both
//! refuse root); dropping it stops the server and removes the directory. Where no server is installed
//! `start` says so, and the test prints NOT RUN. `start_with_tls` makes a certificate first, for the name
//! [`NAME`] only.
#![deny(missing_docs)]

mod certificate;
mod fresh;
mod mariadb;
mod pgbouncer;
mod postgresql;

pub use certificate::{KEYHOLDER, NAME};
pub use mariadb::MariaDb;
pub use pgbouncer::PgBouncer;
pub use postgresql::Postgres;

use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A server's own directory, and the user that it runs as where the tests run as root.
#[derive(Debug)]
struct Home {
    directory: TempDir,
    user: &'static str,
}

impl Home {
    fn new(server: &str, user: &'static str) -> Result<Self, String> {
        let directory = tempfile::Builder::new()
            .prefix(&format!("noctra-{server}-"))
            .tempdir()
            .map_err(|error| error.to_string())?;
        let home = Self { directory, user };
        home.give(home.directory.path(), 0o700)
            .map_err(|error| error.to_string())?;
        Ok(home)
    }

    /// A file that only the server may read.
    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text)
            .and_then(|()| self.give(&path, 0o600))
            .map_err(|error| error.to_string())
    }

    /// Gives a file or a directory to the server's user.
    fn give(&self, path: &Path, mode: u32) -> io::Result<()> {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
        if !is_root() {
            return Ok(());
        }
        let owner = format!("{0}:{0}", self.user);
        let status = Command::new("chown").arg(owner).arg(path).status()?;
        if status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("there is no user {}", self.user)))
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    /// A command that runs there, as the server's user.
    fn command(&self, program: &Path) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command
                .arg(format!("--reuid={}", self.user))
                .arg(format!("--regid={}", self.user))
                .arg("--clear-groups")
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        command
            .env("HOME", self.directory.path())
            .env("TZ", "UTC")
            .current_dir(self.directory.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    fn call(&self, program: &Path, args: &[&str]) -> Result<(), String> {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let log = self.directory.path().join(&*name);
        let out = std::fs::File::create(&log).map_err(|error| error.to_string())?;
        let again = out.try_clone().map_err(|error| error.to_string())?;
        // To files, not pipes: a server inherits them and would keep a pipe open.
        let status = self
            .command(program)
            .args(args)
            .stdout(out)
            .stderr(again)
            .status()
            .map_err(|error| format!("{name}: {error}"))?;
        if status.success() {
            return Ok(());
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        Err(format!("{name} failed: {}", said.trim()))
    }
}

/// Starts on a free port; another program may take it first.
fn on_free_port(mut start: impl FnMut(u16) -> Result<(), String>) -> Result<u16, String> {
    let mut last = String::new();
    for _ in 0..3 {
        let port = free_port().map_err(|error| error.to_string())?;
        match start(port) {
            Ok(()) => return Ok(port),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// True where the tests run as root, as which no server runs.
fn is_root() -> bool {
    Path::new("/proc/self").metadata().is_ok_and(|me| {
        use std::os::unix::fs::MetadataExt;
        me.uid() == 0
    })
}

/// The directories of the path.
fn search_path() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect()
}

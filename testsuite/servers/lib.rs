//! Private database servers for tests.
//!
//! Knows: where a server's programs are, how one starts and stops. Must never know: what is tested.
//!
//! Shape: [`Postgres::start`] makes a cluster in a directory of its own on a free port of the loopback
//! interface, owned by the user `postgres` where the tests run as root (the server refuses root);
//! dropping it stops the server and removes the directory. Where no server is installed `start` says
//! so, and the test prints NOT RUN.
#![deny(missing_docs)]

use std::io;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A PostgreSQL server of the test's own.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    directory: TempDir,
    port: u16,
}

/// The settings of a server that need not survive a crash.
const OPTIONS: &str = "-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off \
-c synchronous_commit=off -c shared_buffers=64MB -c max_connections=30";

impl Postgres {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// A sentence that says why there is none: not installed, or what `initdb` or the server said.
    pub fn start() -> Result<Self, String> {
        let programs = programs().ok_or("PostgreSQL's server is not installed")?;
        let directory = tempfile::Builder::new()
            .prefix("noctra-postgresql-")
            .tempdir()
            .map_err(|error| error.to_string())?;
        prepare(directory.path()).map_err(|error| error.to_string())?;
        let mut server = Self {
            programs,
            directory,
            port: 0,
        };
        let data = server.path("data");
        let initdb = [
            "-D",
            &data,
            "-U",
            "noctra",
            "-A",
            "trust",
            "--no-sync",
            "--encoding=UTF8",
        ];
        server.call("initdb", &[&initdb[..], &["--locale=C.UTF-8"]].concat())?;
        let mut last = String::new();
        // Another program may take the free port first.
        for _ in 0..3 {
            server.port = free_port().map_err(|error| error.to_string())?;
            match server.start_on_port(&data) {
                Ok(()) => return Ok(server),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// `postgres://…` of its database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://noctra@127.0.0.1:{}/postgres", self.port)
    }

    fn start_on_port(&self, data: &str) -> Result<(), String> {
        let options = format!(
            "-p {} -k {} {OPTIONS}",
            self.port,
            self.directory.path().display()
        );
        let log = self.path("log");
        let args = [
            "-D", data, "-l", &log, "-w", "-t", "60", "-s", "-o", &options, "start",
        ];
        self.call("pg_ctl", &args)
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    fn call(&self, program: &str, args: &[&str]) -> Result<(), String> {
        let log = self.directory.path().join(program);
        let out = std::fs::File::create(&log).map_err(|error| error.to_string())?;
        let again = out.try_clone().map_err(|error| error.to_string())?;
        // To files, not pipes: the server inherits them and would keep a pipe open.
        let status = as_server(&self.programs.join(program))
            .args(args)
            .env("HOME", self.directory.path())
            .env("TZ", "UTC")
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(again)
            .status()
            .map_err(|error| format!("{program}: {error}"))?;
        if status.success() {
            return Ok(());
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        Err(format!("{program} failed: {}", said.trim()))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.path("data");
        // A server that never started cannot be stopped, and that is fine.
        let _ = self.call(
            "pg_ctl",
            &["-D", &data, "-m", "immediate", "-w", "-s", "stop"],
        );
    }
}

/// The newest server on the machine: `POSTGRES_BIN`, Debian's directories, the path.
fn programs() -> Option<PathBuf> {
    let has_server = |directory: &PathBuf| directory.join("initdb").is_file();
    let given = std::env::var_os("POSTGRES_BIN").map(PathBuf::from);
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .ok()
        .and_then(|entries| {
            let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
            entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .max_by_key(version)
        });
    let path = std::env::var_os("PATH").unwrap_or_default();
    given
        .into_iter()
        .chain(debian.map(|version| version.join("bin")))
        .chain(std::env::split_paths(&path))
        .find(has_server)
}

/// True where the tests run as root, as which the server does not run.
fn is_root() -> bool {
    Path::new("/proc/self").metadata().is_ok_and(|me| {
        use std::os::unix::fs::MetadataExt;
        me.uid() == 0
    })
}

/// A command that runs as the server's user.
fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
        .arg(program);
    command
}

fn prepare(directory: &Path) -> io::Result<()> {
    std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o700))?;
    if is_root() {
        let status = Command::new("chown")
            .arg("postgres:postgres")
            .arg(directory)
            .status()?;
        if !status.success() {
            return Err(io::Error::other("there is no user postgres"));
        }
    }
    Ok(())
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

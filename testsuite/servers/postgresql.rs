//! PostgreSQL.

use crate::certificate::{Certificate, KEYHOLDER};
use crate::{Home, on_free_port, search_path};
use std::path::{Path, PathBuf};

/// A PostgreSQL server of the test's own.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    home: Home,
    port: u16,
    certificate: Option<Certificate>,
}

/// The settings of a server that need not survive a crash, and to which compiling a plan is never worth it.
const OPTIONS: &str = "-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off \
-c synchronous_commit=off -c shared_buffers=64MB -c max_connections=30 -c jit=off";

impl Postgres {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// A sentence that says why there is none: not installed, or what `initdb` or the server said.
    pub fn start() -> Result<Self, String> {
        Self::begin(|_| Ok(None))
    }

    /// The same with a certificate.
    ///
    /// # Errors
    /// As for [`Postgres::start`].
    pub fn start_with_tls() -> Result<Self, String> {
        Self::begin(|home| Certificate::new(home).map(Some))
    }

    fn begin(
        certified: impl Fn(&Home) -> Result<Option<Certificate>, String>,
    ) -> Result<Self, String> {
        let programs = programs().ok_or("PostgreSQL's server is not installed")?;
        let home = Home::new("postgresql", "postgres")?;
        let mut server = Self {
            certificate: certified(&home)?,
            programs,
            home,
            port: 0,
        };
        let data = server.home.path("data");
        let initdb = [
            "-D",
            &data,
            "-U",
            "noctra",
            "-A",
            "trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ];
        server.home.fill(&server.programs.join("initdb"), &initdb)?;
        if server.certificate.is_some() {
            server
                .home
                .write("data/pg_hba.conf", &asks_a_certificate())?;
        }
        server.port = on_free_port(|port| server.start_on_port(port, &data))?;
        Ok(server)
    }

    /// `postgres://…` of its database.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_at("127.0.0.1")
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// The same by another name of this machine.
    #[must_use]
    pub fn url_at(&self, host: &str) -> String {
        format!("postgres://noctra@{host}:{}/postgres", self.port)
    }

    /// The file of the authority that has signed its certificate.
    #[must_use]
    pub fn authority(&self) -> Option<&Path> {
        let certificate = self.certificate.as_ref();
        certificate.map(|certificate| certificate.authority.as_path())
    }

    /// Where one of PostgreSQL's own programs is, `psql` say.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    fn start_on_port(&self, port: u16, data: &str) -> Result<(), String> {
        let socket = self.home.directory.path().display();
        let mut options = format!("-p {port} -k {socket} {OPTIONS}");
        if let Some(own) = &self.certificate {
            options += &format!(
                " -c ssl=on -c ssl_cert_file={} -c ssl_key_file={} -c ssl_ca_file={}",
                own.certificate,
                own.key,
                own.authority.display()
            );
        }
        let log = self.home.path("log");
        let args = [
            "-D", data, "-l", &log, "-w", "-t", "60", "-s", "-o", &options, "start",
        ];
        self.call("pg_ctl", &args)
    }

    fn call(&self, program: &str, args: &[&str]) -> Result<(), String> {
        self.home.call(&self.programs.join(program), args)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.home.path("data");
        // A server that never started cannot be stopped, and that is fine.
        let _ = self.call(
            "pg_ctl",
            &["-D", &data, "-m", "immediate", "-w", "-s", "stop"],
        );
    }
}

/// Who may connect (PostgreSQL's manual, 21.1): [`KEYHOLDER`] by a certificate, every other as before.
fn asks_a_certificate() -> String {
    format!(
        "hostssl all {KEYHOLDER} all cert\nhost all {KEYHOLDER} all reject\nhost all all all trust\nlocal all all trust\n"
    )
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
    given
        .into_iter()
        .chain(debian.map(|version| version.join("bin")))
        .chain(search_path())
        .find(has_server)
}

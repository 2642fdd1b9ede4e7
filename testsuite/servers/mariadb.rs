//! MariaDB.

use crate::certificate::Certificate;
use crate::{Home, on_free_port, search_path};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

/// A MariaDB server of the test's own.
#[derive(Debug)]
pub struct MariaDb {
    // Killed before its directory goes.
    running: Running,
    _home: Home,
    port: u16,
    certificate: Option<Certificate>,
}

#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and that is fine.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The settings of a server that is small, quick and need not survive a crash.
const OPTIONS: [&str; 12] = [
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=OFF",
    "--innodb-flush-method=nosync",
    "--skip-innodb-file-per-table",
    "--debug-no-sync",
    "--innodb-fast-shutdown=2",
    "--performance-schema=OFF",
    "--aria-pagecache-buffer-size=8M",
    "--max-connections=50",
    "--skip-name-resolve",
];

impl Certificate {
    fn options(&self) -> [String; 3] {
        let (certificate, key) = (&self.certificate, &self.key);
        [
            format!("--ssl-ca={}", self.authority.display()),
            format!("--ssl-cert={certificate}"),
            format!("--ssl-key={key}"),
        ]
    }
}

/// What its database and its one user are made by.
const SET_UP: &str = "CREATE DATABASE IF NOT EXISTS noctra;
CREATE USER IF NOT EXISTS noctra@'127.0.0.1' IDENTIFIED BY 'noctra';
GRANT ALL ON *.* TO noctra@'127.0.0.1' WITH GRANT OPTION;
";

impl MariaDb {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// A sentence that says why there is none: not installed, or what the server said.
    pub fn start() -> Result<Self, String> {
        Self::begin(|_| Ok(None))
    }

    /// The same with a certificate.
    ///
    /// # Errors
    /// As for [`MariaDb::start`].
    pub fn start_with_tls() -> Result<Self, String> {
        Self::begin(|home| Certificate::new(home).map(Some))
    }

    fn begin(
        certified: impl Fn(&Home) -> Result<Option<Certificate>, String>,
    ) -> Result<Self, String> {
        let find = |name: &str| program(name).ok_or("MariaDB's server is not installed");
        let (install, server) = (find("mariadb-install-db")?, find("mariadbd")?);
        let home = Home::new("mariadb", "mysql")?;
        let data = format!("--datadir={}", home.path("data"));
        let fresh = [
            "--no-defaults",
            &data,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
            "--innodb-log-file-size=16M",
            "--innodb-flush-log-at-trx-commit=0",
        ];
        home.fill(&install, &fresh)?;
        let certificate = certified(&home)?;
        let tls: Vec<String> = certificate.iter().flat_map(Certificate::options).collect();
        let set_up = home.path("set-up.sql");
        std::fs::write(&set_up, SET_UP).map_err(|error| error.to_string())?;
        let mut started = None;
        let port = on_free_port(|port| {
            let mut command = home.command(&server);
            command
                .args(["--no-defaults", &data, "--bind-address=127.0.0.1"])
                .arg(format!("--port={port}"))
                .arg(format!("--socket={}", home.path("socket")))
                .arg(format!("--pid-file={}", home.path("pid")))
                .arg(format!("--tmpdir={}", home.directory.path().display()))
                .arg(format!("--init-file={set_up}"))
                .args(OPTIONS)
                .args(&tls)
                .stdout(Stdio::null())
                .stderr(Stdio::piped());
            let child = command.spawn();
            let child = child.map_err(|error| format!("mariadbd: {error}"))?;
            started = Some(ready(Running(child))?);
            Ok(())
        })?;
        let running = started.ok_or("mariadbd did not start")?;
        Ok(Self {
            running,
            _home: home,
            port,
            certificate,
        })
    }

    /// `mariadb://…` of its database.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_at("127.0.0.1")
    }

    /// The same by another name of this machine.
    #[must_use]
    pub fn url_at(&self, host: &str) -> String {
        format!("mariadb://noctra:noctra@{host}:{}/noctra", self.port)
    }

    /// The file of the authority that has signed its certificate.
    #[must_use]
    pub fn authority(&self) -> Option<&Path> {
        let certificate = self.certificate.as_ref();
        certificate.map(|certificate| certificate.authority.as_path())
    }

    /// What MariaDB's own client is called with to work in its database; none where it is not installed.
    #[must_use]
    pub fn client(&self) -> Option<Vec<String>> {
        let port = format!("--port={}", self.port);
        let options = ["--no-defaults", "--host=127.0.0.1", &port, "--user=noctra"];
        let login = ["--password=noctra", "noctra"];
        let client = program("mariadb")?.display().to_string();
        let rest = options.into_iter().chain(login).map(str::to_owned);
        Some([client].into_iter().chain(rest).collect())
    }

    /// Ends the server at once, as a crash would.
    pub fn crash(&mut self) {
        let _ = self.running.0.kill();
        let _ = self.running.0.wait();
    }
}

/// Waits for the line of the server's log that says so; a log that ends before is why it did not start.
fn ready(mut server: Running) -> Result<Running, String> {
    let log = server.0.stderr.take().ok_or("no log")?;
    let mut log = BufReader::new(log);
    let (mut said, mut line) = (String::new(), String::new());
    while !line.contains("ready for connections") {
        line.clear();
        match log.read_line(&mut line) {
            Ok(0) | Err(_) => return Err(format!("mariadbd failed: {}", said.trim())),
            Ok(_) => said.push_str(&line),
        }
    }
    // Nobody reads on, and a full pipe would stop the server.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    Ok(server)
}

/// A program of the server: `MARIADB_BIN`, the path, and where Debian keeps servers.
fn program(name: &str) -> Option<PathBuf> {
    let given = std::env::var_os("MARIADB_BIN").map(PathBuf::from);
    given
        .into_iter()
        .chain(search_path())
        .chain(["/usr/sbin", "/usr/bin"].map(PathBuf::from))
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
}

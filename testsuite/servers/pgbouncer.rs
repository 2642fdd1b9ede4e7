//! PgBouncer, which gives each transaction whatever connection to PostgreSQL is free.

use crate::{Home, Postgres, on_free_port, search_path};
use std::path::PathBuf;
use std::process::Command;

/// A pooler before a PostgreSQL server, in its transaction mode.
#[derive(Debug)]
pub struct PgBouncer {
    home: Home,
    port: u16,
}

impl PgBouncer {
    /// Starts one and waits until it listens.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    pub fn start(before: &Postgres) -> Result<Self, String> {
        let program = program().ok_or("PgBouncer is not installed")?;
        let mut pooler = Self {
            home: Home::new("pgbouncer", "postgres")?,
            port: 0,
        };
        pooler.port = on_free_port(|port| {
            pooler.home.write("pool.ini", &settings(before, port))?;
            // It goes to the background once it listens.
            pooler.home.call(&program, &["-q", "-d", "pool.ini"])
        })?;
        Ok(pooler)
    }

    /// `postgres://…` of a database of the server behind it.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://noctra@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let process = std::fs::read_to_string(self.home.path("pid")).unwrap_or_default();
        if !process.trim().is_empty() {
            let _ = Command::new("kill").arg(process.trim()).status();
        }
    }
}

fn settings(before: &Postgres, port: u16) -> String {
    let server = before.port();
    format!(
        "[databases]\n* = host=127.0.0.1 port={server} user=noctra\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
         listen_port = {port}\nauth_type = any\npool_mode = transaction\nunix_socket_dir =\nlogfile = log\npidfile = pid\n"
    )
}

fn program() -> Option<PathBuf> {
    let mut places = search_path();
    // Where Debian puts what serves; a person's path need not have it.
    places.push("/usr/sbin".into());
    let programs = places.into_iter().map(|place| place.join("pgbouncer"));
    programs.into_iter().find(|program| program.is_file())
}

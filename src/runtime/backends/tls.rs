//! How a connection to a server is to be protected, and what we show of ourselves: libpq's `sslmode`, `sslrootcert`,
//! `sslcert` and `sslkey`, for every server alike (PostgreSQL's manual, 34.19), and the same by the names that MariaDB's
//! own tools have for it.

use crate::Error;
use percent_encoding::percent_decode_str;
use std::path::{Path, PathBuf};

/// What must be true of a connection, from nothing to everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    /// No TLS.
    Disable,
    /// TLS where the server has it.
    Prefer,
    /// TLS, with whomever.
    Require,
    /// TLS with a server whose certificate is signed by a trusted authority.
    VerifyCa,
    /// The same, and the certificate is for the name that was asked for.
    VerifyFull,
}

/// The modes by libpq's name and by MariaDB's.
const MODES: [(&str, &str, Mode); 5] = [
    ("disable", "DISABLED", Mode::Disable),
    ("prefer", "PREFERRED", Mode::Prefer),
    ("require", "REQUIRED", Mode::Require),
    ("verify-ca", "VERIFY_CA", Mode::VerifyCa),
    ("verify-full", "VERIFY_IDENTITY", Mode::VerifyFull),
];

/// Whose signature is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Authorities {
    /// Nothing is said.
    #[default]
    Unsaid,
    /// The public ones, which this machine trusts.
    System,
    /// Those of a file of PEM certificates.
    File(PathBuf),
}

/// A certificate is to be verified, and nothing says by whom.
pub(super) const NO_AUTHORITY: &str = "no authority is named whose signature is trusted: sslrootcert=FILE names a file of certificates, sslrootcert=system the public ones";

/// TLS is asked for, and the server does not speak it.
pub(super) const NO_TLS_THERE: &str =
    "the server has no TLS: sslmode=prefer or sslmode=disable connects without";

/// The certificate that a server asks a client for, and its private key: files of PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// What a connection string says about TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Protection {
    pub(super) mode: Mode,
    pub(super) authorities: Authorities,
    pub(super) identity: Option<Identity>,
}

impl Protection {
    /// Takes what concerns TLS out of a connection string.
    pub(super) fn take(url: &str) -> Result<(String, Self), Error> {
        let mut wanted = Self {
            mode: Mode::Prefer,
            authorities: Authorities::Unsaid,
            identity: None,
        };
        let Some((place, parameters)) = url.split_once('?') else {
            return Ok((url.to_owned(), wanted));
        };
        let mut others = Vec::new();
        let (mut certificate, mut key) = (None, None);
        for parameter in parameters.split('&') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = percent_decode_str(value).decode_utf8_lossy();
            match name {
                "sslmode" | "ssl-mode" => wanted.mode = mode(&value)?,
                "sslrootcert" | "ssl-ca" if value == "system" => {
                    wanted.authorities = Authorities::System;
                }
                "sslrootcert" | "ssl-ca" => {
                    wanted.authorities = Authorities::File(value.into_owned().into());
                }
                "sslcert" | "ssl-cert" => certificate = Some(PathBuf::from(value.into_owned())),
                "sslkey" | "ssl-key" => key = Some(PathBuf::from(value.into_owned())),
                _ => others.push(parameter),
            }
        }
        wanted.identity = match (certificate, key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some(Identity { certificate, key }),
            (Some(_), None) => return Err(missing("sslcert", "sslkey", "its private key")),
            (None, Some(_)) => return Err(missing("sslkey", "sslcert", "its certificate")),
        };
        wanted.settle()?;
        let mark = if others.is_empty() { "" } else { "?" };
        Ok((format!("{place}{mark}{}", others.join("&")), wanted))
    }

    /// libpq's rules for what goes together.
    fn settle(&mut self) -> Result<(), Error> {
        if let Some(identity) = &self.identity {
            if self.mode == Mode::Disable {
                return Err(Error::Connect(
                    "sslcert is shown by TLS only, and sslmode=disable leaves that out".into(),
                ));
            }
            exists("sslcert", &identity.certificate)?;
            exists("sslkey", &identity.key)?;
            secret(&identity.key)?;
        }
        match &self.authorities {
            Authorities::System if self.mode < Mode::VerifyFull => {
                Err(Error::Connect("sslrootcert=system trusts every public authority, which says nothing without the name: write sslmode=verify-full".into()))
            }
            Authorities::File(file) if self.mode > Mode::Disable => {
                exists("sslrootcert", file)?;
                // Who names authorities wants them asked.
                if self.mode == Mode::Require {
                    self.mode = Mode::VerifyCa;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn missing(given: &str, other: &str, what: &str) -> Error {
    Error::Connect(format!("{given} needs {other}=FILE beside it, {what}"))
}

fn exists(name: &str, file: &Path) -> Result<(), Error> {
    match file.is_file() {
        true => Ok(()),
        false => Err(Error::Connect(format!(
            "{name}: there is no file {}",
            file.display()
        ))),
    }
}

/// Refuses a private key that others may read, as libpq does.
#[cfg(unix)]
fn secret(key: &Path) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt as _;
    let open = |of: std::fs::Metadata| match of.uid() {
        // The system's own may be shared with a group.
        0 => of.mode() & 0o037 != 0,
        _ => of.mode() & 0o077 != 0,
    };
    match key.metadata().is_ok_and(open) {
        true => Err(Error::Connect(format!(
            "sslkey: others may read {0}: chmod 600 {0}",
            key.display()
        ))),
        false => Ok(()),
    }
}

/// Elsewhere who may read a file is not written in its mode.
#[cfg(not(unix))]
fn secret(_: &Path) -> Result<(), Error> {
    Ok(())
}

fn mode(name: &str) -> Result<Mode, Error> {
    let known = |(ours, theirs, _): &&(&str, &str, Mode)| {
        ours.eq_ignore_ascii_case(name) || theirs.eq_ignore_ascii_case(name)
    };
    match MODES.iter().find(known) {
        Some((.., mode)) => Ok(*mode),
        None => {
            let names: Vec<&str> = MODES.iter().map(|(name, ..)| *name).collect();
            let names = names.join(", ");
            Err(Error::Connect(format!(
                "sslmode is one of {names}, not {name}"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Authorities, Mode, Protection};

    fn read(url: &str) -> Result<(String, Mode), String> {
        let read = Protection::take(url).map_err(|error| error.to_string());
        read.map(|(url, wanted)| (url, wanted.mode))
    }

    #[test]
    fn modes_have_libpqs_names_and_mariadbs() {
        let plain = "postgres://ann@host/db";
        assert_eq!(read(plain), Ok((plain.to_owned(), Mode::Prefer)));
        for (text, expected) in [
            ("?sslmode=disable", Mode::Disable),
            ("?sslmode=require", Mode::Require),
            ("?ssl-mode=REQUIRED", Mode::Require),
            ("?sslmode=verify-full&sslrootcert=system", Mode::VerifyFull),
            ("?ssl-mode=VERIFY_IDENTITY", Mode::VerifyFull),
        ] {
            let found = read(&format!("{plain}{text}"));
            assert_eq!(found, Ok((plain.to_owned(), expected)), "{text}");
        }
        let among = read("postgres://h/d?a=1&sslmode=disable&b=2");
        let expected = ("postgres://h/d?a=1&b=2".to_owned(), Mode::Disable);
        assert_eq!(among, Ok(expected));
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        let unknown = read("postgres://h/d?sslmode=allow");
        let known = "disable, prefer, require, verify-ca, verify-full";
        let expected = format!("sslmode is one of {known}, not allow");
        assert_eq!(unknown, Err(expected));
        let weak = read("postgres://h/d?sslmode=require&sslrootcert=system");
        assert!(weak.is_err_and(|said| said.ends_with("write sslmode=verify-full")));
        let missing = read("mariadb://h/d?sslmode=verify-full&ssl-ca=no%20such");
        assert!(missing.is_err_and(|said| said.ends_with("there is no file no such")));
        let half = read("postgres://h/d?sslcert=a.crt");
        assert_eq!(
            half,
            Err("sslcert needs sslkey=FILE beside it, its private key".into())
        );
        let unseen = read("mariadb://h/d?ssl-mode=DISABLED&ssl-cert=a&ssl-key=b");
        assert!(unseen.is_err_and(|said| said.starts_with("sslcert is shown by TLS only")));
    }

    #[test]
    fn authorities_that_are_named_are_asked() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let url = format!("postgres://h/d?sslmode=require&sslrootcert={file}");
        let wanted = Protection::take(&url).map(|(_, wanted)| wanted);
        assert!(wanted.is_ok_and(|wanted| {
            wanted.mode == Mode::VerifyCa && wanted.authorities == Authorities::File(file.into())
        }));
    }
}

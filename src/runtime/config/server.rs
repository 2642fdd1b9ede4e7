//! The parts of a server's URL, as far as a password is concerned.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// `scheme://user:password@host:port/database?query`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Server<'u> {
    scheme: &'u str,
    /// As they are written, with their escapes.
    user: Option<&'u str>,
    password: Option<&'u str>,
    host: &'u str,
    port: Option<&'u str>,
    /// From the slash or the question mark on.
    rest: &'u str,
    /// All behind the user's part.
    place: &'u str,
}

/// What stands for itself in the user's part of a URL (RFC 3986, 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl<'u> Server<'u> {
    /// Reads a URL; nothing where it is none.
    pub(crate) fn read(url: &'u str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let before_query = rest.find('?').unwrap_or(rest.len());
        // The last @ ends the user's part, for a password may hold one, and a slash too.
        let at = rest[..before_query].rfind('@');
        let (login, place) = match at {
            Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
            None => (None, rest),
        };
        let (user, password) = match login.map(|login| login.split_once(':')) {
            Some(Some((user, password))) => (Some(user), Some(password)),
            Some(None) => (login, None),
            None => (None, None),
        };
        let end = place.find(['/', '?']).unwrap_or(place.len());
        let (host, rest) = place.split_at(end);
        // Of several hosts the first; an IPv6 address stands in brackets.
        let host = host.split(',').next().unwrap_or(host);
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (host, Some(port))
            }
            _ => (host, None),
        };
        Some(Self {
            scheme,
            user: user.filter(|user| !user.is_empty()),
            password: password.filter(|password| !password.is_empty()),
            host,
            port,
            rest,
            place,
        })
    }

    pub(crate) fn has_password(&self) -> bool {
        self.password.is_some() || self.rest.contains("password=")
    }

    pub(crate) fn user(&self) -> Option<String> {
        self.user.map(decoded)
    }

    /// Its host; where none is written, this machine.
    pub(crate) fn host(&self) -> &'u str {
        match self.host {
            "" => "localhost",
            host => host.trim_start_matches('[').trim_end_matches(']'),
        }
    }

    pub(crate) fn port(&self) -> Option<&'u str> {
        self.port
    }

    pub(crate) fn database(&self) -> Option<String> {
        let path = self.rest.strip_prefix('/')?;
        let path = path.split('?').next().unwrap_or("");
        (!path.is_empty()).then(|| decoded(path))
    }

    /// `user@host`, as a person is asked.
    pub(crate) fn login(&self) -> String {
        match self.user() {
            Some(user) => format!("{user}@{}", self.host()),
            None => self.host().to_owned(),
        }
    }

    /// The same with a password; the user's name is what is written, or `user`, or the system's.
    pub(crate) fn with_password(&self, user: Option<&str>, password: &str) -> String {
        let escaped = |text: &str| utf8_percent_encode(text, ESCAPED).to_string();
        let system = || {
            let names = ["USER", "LOGNAME"].into_iter();
            names.filter_map(|name| std::env::var(name).ok()).next()
        };
        let user = match (self.user, user) {
            (Some(user), _) => user.to_owned(),
            (None, Some(user)) => escaped(user),
            (None, None) => escaped(&system().unwrap_or_default()),
        };
        let (scheme, place) = (self.scheme, self.place);
        format!("{scheme}://{user}:{}@{place}", escaped(password))
    }
}

#[cfg(test)]
mod tests {
    use super::Server;

    #[test]
    fn parts_of_a_url() {
        let of = |url| {
            let server = Server::read(url)?;
            let user = server.user().unwrap_or_default();
            let database = server.database().unwrap_or_default();
            let port = server.port().unwrap_or_default();
            let login = server.has_password();
            Some((user, server.host(), port, database, login))
        };
        let parts = |user: &str, host, port, database: &str, login| {
            Some((user.to_owned(), host, port, database.to_owned(), login))
        };
        assert_eq!(
            of("postgres://ann:p@ss/w@db.local:5433/shop?x=y"),
            parts("ann", "db.local", "5433", "shop", true)
        );
        assert_eq!(
            of("mariadb://a%40b@[::1]:3306"),
            parts("a@b", "::1", "3306", "", false)
        );
        assert_eq!(
            of("postgres:///shop"),
            parts("", "localhost", "", "shop", false)
        );
        assert_eq!(of("postgres://h?password=x"), parts("", "h", "", "", true));
        assert_eq!(of("sqlite:shop.db"), None);
    }

    #[test]
    fn a_password_is_escaped_and_read_again() {
        let with = |url, user| Some(Server::read(url)?.with_password(user, "a@/:é%"));
        assert_eq!(
            with("postgres://ann@h:1/d?x=y", Some("bob")).as_deref(),
            Some("postgres://ann:a%40%2F%3A%C3%A9%25@h:1/d?x=y")
        );
        assert_eq!(
            with("mariadb://h/d", Some("b b")).as_deref(),
            Some("mariadb://b%20b:a%40%2F%3A%C3%A9%25@h/d")
        );
    }
}

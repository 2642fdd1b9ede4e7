//! What MySQL and MariaDB say is wrong, in PostgreSQL's codes.
//!
//! The numbers are the servers' (`errmsg-utf8.txt`, `messages_to_clients.txt`), the codes
//! PostgreSQL's (manual, appendix A).

use super::tls::NO_TLS_THERE;
use super::{lost, tls_rustls};
use crate::{BackendError, Error};
use mysql::{DriverError, MySqlError};

/// Numbers of the server and PostgreSQL's code for the same.
const CODES: &[(&str, &[u16])] = &[
    ("08001", &[1040, 1203, 1226]),
    ("21000", &[1242]),
    ("21S01", &[1136]),
    ("22001", &[1406, 1407]),
    ("22003", &[1264, 1690, 1916, 167]),
    ("22008", &[1441]),
    ("22012", &[1365]),
    ("22P02", &[1292, 1366, 1411, 1265, 4038, 3141, 3140, 1367]),
    ("2201B", &[1139, 3685, 3696]),
    ("22021", &[1300]),
    ("23502", &[1048, 1364, 1263]),
    ("23503", &[1451, 1452, 1216, 1217]),
    ("23505", &[1062, 1586, 1022]),
    ("23514", &[4025, 3819]),
    ("25006", &[1792, 1290, 1836]),
    ("28P01", &[1045]),
    ("3D000", &[1049, 1046]),
    ("3F000", &[1008]),
    ("40P01", &[1213]),
    ("42501", &[1044, 1142, 1143, 1227, 1370]),
    ("42601", &[1064, 1149, 1222, 1241]),
    ("42701", &[1060]),
    ("42702", &[1052]),
    ("42703", &[1054, 1072]),
    ("42704", &[1091, 1115, 1273]),
    ("42710", &[1061, 1826]),
    ("42712", &[1066]),
    ("42803", &[1055, 1111, 1140]),
    ("42804", &[3780, 1215]),
    ("42830", &[1822, 1239]),
    ("42883", &[1305, 1582, 1630]),
    ("42P01", &[1051, 1146, 1109]),
    ("42P04", &[1007]),
    ("42P07", &[1050]),
    ("42P16", &[1068]),
    ("54000", &[1260, 1301, 1153, 1118, 1117]),
    ("55P03", &[1205, 3572]),
];

/// A connection that has failed.
const LOST: &str = "08006";

/// The statement was ended from outside.
const ENDED: [u16; 3] = [1317, 1969, 3024];

/// Warnings that are about the text, not about a value.
const HARMLESS: [u16; 4] = [1287, 1681, 4095, 3090];

/// True for a warning that means that a value is not what was asked for.
pub(super) fn counts(code: u16) -> bool {
    !HARMLESS.contains(&code)
}

/// A driver's error about a statement.
pub(super) fn backend(error: &mysql::Error, sql: &str) -> Error {
    match error {
        mysql::Error::MySqlError(error) => server(error, sql),
        mysql::Error::IoError(_) | mysql::Error::CodecError(_) => lost(LOST, None),
        mysql::Error::DriverError(DriverError::PacketOutOfSync | DriverError::UnexpectedPacket) => {
            lost(LOST, None)
        }
        mysql::Error::DriverError(error) => Error::Backend(BackendError {
            message: error.to_string(),
            ..BackendError::default()
        }),
        error => Error::Backend(BackendError {
            message: error.to_string(),
            ..BackendError::default()
        }),
    }
}

/// What the server says of a statement.
pub(super) fn server(error: &MySqlError, sql: &str) -> Error {
    if ENDED.contains(&error.code) {
        return Error::Cancelled;
    }
    if let Some((code, message)) = raised(error) {
        return Error::Backend(BackendError {
            message: message.to_owned(),
            sqlstate: Some(code.to_owned()),
            ..BackendError::default()
        });
    }
    let message = match error.code {
        1365 => "division by zero".to_owned(),
        1441 => "timestamp out of range: the server has the years 1 to 9999".to_owned(),
        _ => error.message.clone(),
    };
    Error::Backend(BackendError {
        position: position(error, sql),
        sqlstate: Some(sqlstate(error).to_owned()),
        detail: Some(format!("the server's error {}", error.code)),
        message,
        hint: None,
    })
}

fn sqlstate(error: &MySqlError) -> &str {
    let moment = || {
        let message = error.message.to_ascii_lowercase();
        ["date", "time"].iter().any(|word| message.contains(word))
    };
    // A savepoint that is not there has no number of its own.
    if error.code == 1305 && error.message.starts_with("SAVEPOINT") {
        return "3B001";
    }
    match CODES.iter().find(|(_, codes)| codes.contains(&error.code)) {
        Some(("22P02", _)) if moment() => "22007",
        Some((code, _)) => code,
        None => &error.state,
    }
}

/// An error that the compiled text raises where the server would answer: out of range, and the argument
/// of the function that is says which, as `'[22011] negative substring length'`. A change stumbles before
/// that: over a text that is no number.
fn raised(error: &MySqlError) -> Option<(&str, &str)> {
    let may = matches!(error.code, 1690 | 1292);
    let (_, rest) = error.message.split_once("'[").filter(|_| may)?;
    let (code, rest) = rest.split_once("] ")?;
    let end = rest.rfind("',").or_else(|| rest.rfind('\''));
    (code.len() == 5).then(|| (code, &rest[..end.unwrap_or(rest.len())]))
}

/// Where in the text: the server quotes what follows, and the line, or the name that it does not know.
fn position(error: &MySqlError, sql: &str) -> Option<u32> {
    let at = match error.code {
        1064 => {
            let (_, rest) = error.message.split_once("near '")?;
            let (near, line) = rest.rsplit_once("' at line ")?;
            let line: usize = line.trim().parse().ok()?;
            let start: usize = sql
                .split_inclusive('\n')
                .take(line.checked_sub(1)?)
                .map(str::len)
                .sum();
            if near.is_empty() {
                return u32::try_from(sql.trim_end().len()).ok();
            }
            start + sql.get(start..)?.find(near)?
        }
        1054 | 1146 | 1305 => {
            let name = error.message.split('\'').nth(1)?;
            let name = name.rsplit('.').next()?;
            let mut places = sql.match_indices(name);
            let (at, _) = places.next()?;
            // Where it stands twice, which one is meant is not said.
            if places.next().is_some() {
                return None;
            }
            at
        }
        _ => return None,
    };
    u32::try_from(at).ok()
}

/// What a failed connection says; never the URL, which may hold a password.
pub(super) fn connect(error: &mysql::Error) -> Error {
    // The driver's errors do not name their sources.
    let explained = match error {
        mysql::Error::IoError(error) => tls_rustls::explained(error),
        mysql::Error::CodecError(error) => tls_rustls::explained(error),
        _ => None,
    };
    if let Some(text) = explained {
        return Error::Connect(text);
    }
    if let mysql::Error::MySqlError(error) = error
        && sqlstate(error) == "28P01"
    {
        return Error::Password(error.message.clone());
    }
    Error::Connect(match error {
        mysql::Error::DriverError(DriverError::TlsNotSupported) => NO_TLS_THERE.to_owned(),
        mysql::Error::MySqlError(error) => error.message.clone(),
        mysql::Error::IoError(error) => error.to_string(),
        mysql::Error::DriverError(DriverError::CouldNotConnect(Some((place, why, _)))) => {
            format!("cannot connect to {place}: {why}")
        }
        mysql::Error::DriverError(error) => error.to_string(),
        mysql::Error::UrlError(mysql::UrlError::UnknownParameter(name)) => {
            format!("the connection string has a parameter that is not known: {name}")
        }
        mysql::Error::UrlError(mysql::UrlError::FeatureRequired(..)) => {
            "this build has no TLS".to_owned()
        }
        #[cfg(feature = "tls")]
        mysql::Error::TlsError(error) => format!("TLS failed: {error}"),
        mysql::Error::UrlError(_) => "the connection string cannot be read".to_owned(),
        error => error.to_string(),
    })
}

//! A build without TLS: what asks for it is refused.

use super::tls::{Mode, Protection};
use crate::Error;

/// Speaks no TLS.
pub(super) type Connector = postgres::NoTls;

/// Refuses what needs TLS.
pub(super) fn connector(wanted: &Protection) -> Result<Connector, Error> {
    match wanted.mode {
        Mode::Disable | Mode::Prefer => Ok(postgres::NoTls),
        _ => Err(Error::Connect("this build has no TLS".into())),
    }
}

/// Nothing here fails by TLS.
pub(super) fn explained(_: &(dyn std::error::Error + 'static)) -> Option<String> {
    None
}

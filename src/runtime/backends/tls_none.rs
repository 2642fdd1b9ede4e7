//! A build without TLS: what asks for it is refused.

#[cfg(feature = "postgres")]
use super::tls::{Mode, Protection};
#[cfg(feature = "postgres")]
use crate::Error;

/// Speaks no TLS.
#[cfg(feature = "postgres")]
pub(super) type Connector = tokio_postgres::NoTls;

/// Refuses what needs TLS.
#[cfg(feature = "postgres")]
pub(super) fn connector(wanted: &Protection) -> Result<Connector, Error> {
    match wanted.mode {
        Mode::Disable | Mode::Prefer => Ok(tokio_postgres::NoTls),
        _ => Err(Error::Connect("this build has no TLS".into())),
    }
}

/// Nothing here fails by TLS.
pub(super) fn explained(_: &(dyn std::error::Error + 'static)) -> Option<String> {
    None
}

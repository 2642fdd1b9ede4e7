//! Opening a connection to MySQL or MariaDB, with as much protection as is asked for.

use super::mysql_errors as errors;
use super::tls::{Authorities, Mode, NO_AUTHORITY, Protection};
use crate::Error;
use mysql::{Conn, DriverError, Opts, OptsBuilder, SslOpts};
use std::time::Duration;

/// The longest packet of the protocol.
const LONGEST: usize = 1 << 30;

/// Connects by a URL, and says how to connect again.
pub(super) fn open(url: &str) -> Result<(Conn, Opts), Error> {
    let failed = |error: mysql::Error| errors::connect(&error);
    let (url, wanted) = Protection::take(url)?;
    // One protocol under two names.
    let url = match url.split_once(':') {
        Some(("mariadb", rest)) => format!("mysql:{rest}"),
        _ => url,
    };
    let opts = Opts::from_url(&url).map_err(|error| failed(error.into()))?;
    if opts.get_ssl_opts().is_some() {
        return Err(Error::Connect(
            "TLS is asked for by sslmode=require or sslmode=verify-full".into(),
        ));
    }
    let limit = opts.get_tcp_connect_timeout();
    let builder = OptsBuilder::from_opts(opts)
        // Another way in may be another user.
        .prefer_socket(false)
        .tcp_connect_timeout(limit.or(Some(Duration::from_secs(10))))
        // The server refuses what is too long for it, and need not be asked first.
        .max_allowed_packet(Some(LONGEST));
    let plain = Opts::from(builder.clone());
    let protected =
        options(&wanted)?.map(|ssl| Opts::from(builder.ssl_opts(identified(ssl, &wanted))));
    let Some(protected) = protected else {
        return Ok((Conn::new(plain.clone()).map_err(failed)?, plain));
    };
    match Conn::new(protected.clone()) {
        Err(mysql::Error::DriverError(DriverError::TlsNotSupported))
            if wanted.mode == Mode::Prefer =>
        {
            Ok((Conn::new(plain.clone()).map_err(failed)?, plain))
        }
        opened => Ok((opened.map_err(failed)?, protected)),
    }
}

/// With the client's own certificate, if it has one.
#[cfg(feature = "tls")]
fn identified(options: SslOpts, wanted: &Protection) -> SslOpts {
    let identity = wanted.identity.as_ref();
    options.with_client_identity(
        identity.map(|of| mysql::ClientIdentity::new(of.certificate.clone(), of.key.clone())),
    )
}

#[cfg(not(feature = "tls"))]
fn identified(options: SslOpts, _: &Protection) -> SslOpts {
    options
}

/// The driver's options for it; none for a connection without TLS.
fn options(wanted: &Protection) -> Result<Option<SslOpts>, Error> {
    let refused = |why: &str| Err(Error::Connect(why.into()));
    match wanted.mode {
        Mode::Disable => Ok(None),
        Mode::Prefer if !cfg!(feature = "tls") => Ok(None),
        _ if !cfg!(feature = "tls") => refused("this build has no TLS"),
        Mode::Prefer | Mode::Require => Ok(Some(
            SslOpts::default().with_danger_accept_invalid_certs(true),
        )),
        // The driver trusts the public authorities too, which sign certificates for everybody.
        Mode::VerifyCa => refused(
            "an authority without the name says too little here, for public authorities are trusted beside it: write sslmode=verify-full",
        ),
        Mode::VerifyFull => {
            let options = SslOpts::default();
            match &wanted.authorities {
                Authorities::File(file) => {
                    Ok(Some(options.with_root_cert_path(Some(file.clone()))))
                }
                Authorities::System => Ok(Some(options)),
                Authorities::Unsaid => refused(NO_AUTHORITY),
            }
        }
    }
}

//! Certificates of a server's own, made when it starts.

use crate::Home;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::path::PathBuf;

/// The name that a server's certificate is for, and no other.
pub const NAME: &str = "localhost";

/// The user whom a server with a certificate asks for one: `client.crt` and `client.key` beside the authority's file.
pub const KEYHOLDER: &str = "keyholder";

/// The files of a server's certificate.
#[derive(Debug)]
pub(crate) struct Certificate {
    pub(crate) certificate: String,
    pub(crate) key: String,
    /// Who has signed it.
    pub(crate) authority: PathBuf,
}

impl Certificate {
    /// An authority, and what it signs for [`NAME`] and for [`KEYHOLDER`].
    pub(crate) fn new(home: &Home) -> Result<Self, String> {
        let said = |error: rcgen::Error| error.to_string();
        let mut authority = CertificateParams::new(Vec::new()).map_err(said)?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(said)?;
        let authority = CertifiedIssuer::self_signed(authority, key).map_err(said)?;
        let key = KeyPair::generate().map_err(said)?;
        let certificate = CertificateParams::new(vec![NAME.to_owned()])
            .and_then(|own| own.signed_by(&key, &authority))
            .map_err(said)?;
        let mut client = CertificateParams::new(Vec::new()).map_err(said)?;
        client
            .distinguished_name
            .push(DnType::CommonName, KEYHOLDER);
        let clients_key = KeyPair::generate().map_err(said)?;
        let client = client.signed_by(&clients_key, &authority).map_err(said)?;
        home.write("client.crt", &client.pem())?;
        home.write("client.key", &clients_key.serialize_pem())?;
        home.write("authority.crt", &authority.pem())?;
        home.write("server.crt", &certificate.pem())?;
        home.write("server.key", &key.serialize_pem())?;
        Ok(Self {
            certificate: home.path("server.crt"),
            key: home.path("server.key"),
            authority: home.path("authority.crt").into(),
        })
    }
}

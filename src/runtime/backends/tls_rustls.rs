//! TLS by rustls: what a certificate must be, and why one is not accepted.

use super::tls::{Authorities, Identity, Mode, NO_AUTHORITY, Protection};
use crate::Error;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{
    CryptoProvider, ring, verify_tls12_signature as verify_tls12,
    verify_tls13_signature as verify_tls13,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// What PostgreSQL's driver speaks TLS by.
pub(super) type Connector = tokio_postgres_rustls::MakeRustlsConnect;

/// The connector that accepts what was asked for.
pub(super) fn connector(wanted: &Protection) -> Result<Connector, Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier {
        authorities: authorities(wanted, &provider)?,
        names_count: wanted.mode == Mode::VerifyFull,
        provider: Arc::clone(&provider),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Connect(words(&error)))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let config = match wanted.identity.clone().or_else(usual_identity) {
        None => config.with_no_client_auth(),
        Some(identity) => {
            let (chain, key) = (of_file(&identity.certificate)?, key_of(&identity.key)?);
            let shown = config.with_client_auth_cert(chain, key);
            shown.map_err(|error| Error::Connect(format!("sslcert and sslkey: {error}")))?
        }
    };
    Ok(Connector::new(config))
}

/// Where libpq looks for what is not named.
fn usual_file(name: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME")?;
    let file = PathBuf::from(home).join(".postgresql").join(name);
    file.is_file().then_some(file)
}

fn usual_identity() -> Option<Identity> {
    Some(Identity {
        certificate: usual_file("postgresql.crt")?,
        key: usual_file("postgresql.key")?,
    })
}

fn key_of(file: &PathBuf) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_file(file).map_err(|error| {
        let file = file.display();
        Error::Connect(format!(
            "{file} cannot be read as a private key without a password: {error}"
        ))
    })
}

/// Who is asked about a certificate; nobody where whoever answers is right.
fn authorities(
    wanted: &Protection,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Trusted>, Error> {
    let certificates = match (&wanted.authorities, wanted.mode) {
        (_, Mode::Disable | Mode::Prefer) => return Ok(None),
        (Authorities::File(file), _) => of_file(file)?,
        (Authorities::System, _) => rustls_native_certs::load_native_certs().certs,
        (Authorities::Unsaid, mode) => match usual_file("root.crt") {
            Some(file) => of_file(&file)?,
            None if mode == Mode::Require => return Ok(None),
            None => {
                return Err(Error::Connect(NO_AUTHORITY.into()));
            }
        },
    };
    let mut store = RootCertStore::empty();
    // Among many there may be old ones that cannot be read; none at all is an error below.
    store.add_parsable_certificates(certificates.iter().cloned());
    let chain =
        WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider)).build();
    let chain = chain.map_err(|_| Error::Connect("no authority's certificate was found".into()))?;
    Ok(Some(Trusted {
        chain,
        certificates,
    }))
}

fn of_file(file: &PathBuf) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    read.map_err(|error| {
        let file = file.display();
        Error::Connect(format!("{file} cannot be read as certificates: {error}"))
    })
}

#[derive(Debug)]
struct Trusted {
    chain: Arc<WebPkiServerVerifier>,
    certificates: Vec<CertificateDer<'static>>,
}

#[derive(Debug)]
struct Verifier {
    authorities: Option<Trusted>,
    names_count: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(trusted) = &self.authorities else {
            return Ok(ServerCertVerified::assertion());
        };
        // A server's own certificate that was handed over is what PostgreSQL's manual makes first.
        let checked = if trusted.certificates.iter().any(|own| own == certificate) {
            ParsedCertificate::try_from(certificate)
                .and_then(|parsed| verify_server_name(&parsed, name))
        } else {
            // The name is looked at last.
            let chain = &trusted.chain;
            let checked = chain.verify_server_cert(certificate, between, name, ocsp, now);
            checked.map(drop)
        };
        match checked {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.names_count => Ok(ServerCertVerified::assertion()),
            checked => checked.map(|()| ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let known = &self.provider.signature_verification_algorithms;
        known.supported_schemes()
    }
}

/// What rustls says, where an error or one of its causes is its.
pub(super) fn explained(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(words(found));
        }
        next = match error.downcast_ref::<io::Error>() {
            // Its source is the source of what it holds.
            Some(error) => error
                .get_ref()
                .map(|inner| -> &(dyn std::error::Error + 'static) { inner }),
            None => error.source(),
        };
    }
    None
}

/// The commonest reasons, with a way out.
pub(super) fn words(error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(reason) = error else {
        return format!("TLS failed: {error}");
    };
    match reason {
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => {
            let names: Vec<String> = presented.iter().map(|name| plain(name)).collect();
            let names = match names.is_empty() {
                true => "for no name at all".to_owned(),
                false => format!("for {}", names.join(", ")),
            };
            format!(
                "the server's certificate is {names}, not for {}: connect by a name that it has",
                expected.to_str()
            )
        }
        CertificateError::UnknownIssuer => "the server's certificate is signed by no authority that is trusted here: sslrootcert=FILE names the one that has signed it".into(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired".into()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet, or this machine's clock is wrong".into()
        }
        reason => format!("the server's certificate is not accepted: {reason}"),
    }
}

/// `DnsName("db.example")` as rustls shows it, without its kind.
fn plain(shown: &str) -> String {
    let inner = shown
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.unwrap_or(shown).trim_matches('"').to_owned()
}

//! Who we are: certificate and key for TLS, and the server's side of it. Reads files: not for an async thread.
//!
//! Only `aws_lc_rs` is ever named as provider; a process-wide default could be another one.

#[cfg(test)]
pub(crate) mod authority;

use rustls::{
    ClientConfig, RootCertStore, ServerConfig, SignatureScheme, SupportedProtocolVersion,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use std::{
    fmt::Display,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::Arc,
};

/// TLS 1.2 and 1.3.
pub const BOTH: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];
/// Only TLS 1.2.
pub const ONLY_12: &[&SupportedProtocolVersion] = &[&TLS12];
/// Only TLS 1.3.
pub const ONLY_13: &[&SupportedProtocolVersion] = &[&TLS13];

/// A certificate with its chain, and the key that fits it.
#[derive(Debug)]
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.chain == other.chain && self.key.secret_der() == other.key.secret_der()
    }
}

impl Eq for Identity {}

/// A key that signs bytes; `Err` in words.
pub type SignBytes = Arc<dyn Fn(&[u8]) -> Result<Vec<u8>, String> + Send + Sync>;

/// What is wrong with which of the two files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The certificate's.
    Certificate(String),
    /// The key's.
    Key(String),
}

/// Whom a server asks for certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clients {
    /// Nobody.
    Unasked,
    /// Everybody; who has none may come all the same.
    Asked,
    /// Everybody; who has none is turned away.
    Required,
}

impl Identity {
    /// Reads both PEM files and sees whether they belong together.
    ///
    /// # Errors
    /// See [`Unusable`].
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, Unusable> {
        let at = |path: &Path, why: &dyn Display| format!("{}: {why}", path.display());
        let chain = super::trust::certificates(certificate).map_err(Unusable::Certificate)?;
        let private = PrivateKeyDer::from_pem_file(key).map_err(|error| {
            let why = match error {
                rustls::pki_types::pem::Error::NoItemsFound => {
                    "it holds no private key, or one that is locked by a password; `openssl pkey` unlocks it".to_owned()
                }
                error => error.to_string(),
            };
            Unusable::Key(at(key, &why))
        })?;
        let fits = CertifiedKey::from_der(chain.clone(), private.clone_key(), &aws_lc_rs::default_provider());
        fits.map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => Unusable::Key(at(key, &"the key does not belong to the certificate")),
            error => Unusable::Certificate(at(certificate, &format!("it cannot be used: {error}"))),
        })?;
        Ok(Self { chain, key: private })
    }

    /// The server's side of TLS with these versions. `authorities` have signed the certificates that clients may show.
    ///
    /// # Errors
    /// In words, what cannot be used.
    pub fn server(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        clients: Clients,
        authorities: &[CertificateDer<'static>],
    ) -> Result<ServerConfig, String> {
        let words = |error: rustls::Error| error.to_string();
        let builder =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider())).with_protocol_versions(versions).map_err(words)?;
        let builder = match clients {
            Clients::Unasked => builder.with_no_client_auth(),
            clients => builder.with_client_cert_verifier(verifier(clients, authorities)?),
        };
        let mut config = builder.with_single_cert(self.chain.clone(), self.key.clone_key()).map_err(words)?;
        // Tickets let a caller come back with half a handshake; they are encrypted with a key that changes by itself.
        config.ticketer = aws_lc_rs::Ticketer::new().map_err(words)?;
        Ok(config)
    }

    /// The client's side of TLS that shows this certificate when it is asked.
    ///
    /// # Errors
    /// In words, what cannot be used.
    pub fn client(&self, roots: Vec<CertificateDer<'static>>) -> Result<ClientConfig, String> {
        let builder = super::trust::verified_by(roots).map_err(|error| error.to_string())?;
        builder.with_client_auth_cert(self.chain.clone(), self.key.clone_key()).map_err(|error| error.to_string())
    }

    /// The client's side of TLS for a partner of ours: nobody is trusted but whom these authorities have signed.
    ///
    /// # Errors
    /// In words, what cannot be used.
    pub fn partner(&self, authorities: &[CertificateDer<'static>]) -> Result<ClientConfig, String> {
        let words = |error: rustls::Error| error.to_string();
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(words)?.with_root_certificates(roots(authorities)?);
        builder.with_client_auth_cert(self.chain.clone(), self.key.clone_key()).map_err(words)
    }

    /// Signs by RSA with SHA-256 (PKCS #1 v1.5), as documents are signed and not TLS.
    ///
    /// # Errors
    /// In words: the key is none of RSA.
    pub fn rsa_sha256(&self) -> Result<SignBytes, String> {
        let key = aws_lc_rs::sign::any_supported_type(&self.key).map_err(|error| error.to_string())?;
        let none = || "it is no RSA key, and Genesys Cloud takes no other: `jackfield sso certificate` makes one".to_owned();
        let scheme = [SignatureScheme::RSA_PKCS1_SHA256];
        // Asked now, so that it need not fail later.
        key.choose_scheme(&scheme).ok_or_else(none)?;
        Ok(Arc::new(move |bytes| key.choose_scheme(&scheme).ok_or_else(none)?.sign(bytes).map_err(|error| error.to_string())))
    }

    /// Our certificate, DER.
    pub fn certificate(&self) -> Vec<u8> {
        self.chain.first().map(|certificate| certificate.to_vec()).unwrap_or_default()
    }

    /// Another number for another identity.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for certificate in &self.chain {
            certificate.as_ref().hash(&mut hasher);
        }
        self.key.secret_der().hash(&mut hasher);
        hasher.finish()
    }
}

fn roots(authorities: &[CertificateDer<'static>]) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority.clone()).map_err(|error| format!("an authority cannot be used: {error}"))?;
    }
    Ok(roots)
}

fn verifier(clients: Clients, authorities: &[CertificateDer<'static>]) -> Result<Arc<dyn ClientCertVerifier>, String> {
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(authorities)?), Arc::new(aws_lc_rs::default_provider()));
    let builder = if clients == Clients::Asked { builder.allow_unauthenticated() } else { builder };
    builder.build().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn certificate_and_key_must_belong_together_and_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let [made, other] = [(); 2].map(|()| rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap());
        let write = |name: &str, text: String| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let certificate = write("tls.crt", made.cert.pem());
        let (key, stranger) = (write("tls.key", made.signing_key.serialize_pem()), write("else.key", other.signing_key.serialize_pem()));
        let identity = Identity::read(&certificate, &key).unwrap();
        assert!(identity.server(BOTH, Clients::Unasked, &[]).is_ok());
        let wrong = |certificate: &Path, key: &Path| Identity::read(certificate, key).unwrap_err();
        assert!(matches!(wrong(&certificate, &stranger), Unusable::Key(why) if why.contains("does not belong")));
        assert!(matches!(wrong(&key, &key), Unusable::Certificate(why) if why.contains("no certificate")));
        assert!(matches!(wrong(&certificate, &certificate), Unusable::Key(why) if why.contains("no private key")));
        assert!(matches!(wrong(&folder.path().join("none"), &key), Unusable::Certificate(_)));
    }
}

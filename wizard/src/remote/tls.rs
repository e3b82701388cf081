//! How a service on another machine is trusted: by the machine's authorities, by those of a file, or by the fingerprint of its certificate,
//! which a person has compared once. Whatever it shows is remembered for who has to be told.

use super::Fault;
use ::aws_lc_rs::digest::{SHA256, digest};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, StreamOwned,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use rustls_platform_verifier::Verifier;
use std::{
    fmt::Write as _,
    io::{Read as _, Write as _},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use ureq::unversioned::{
    resolver::DefaultResolver,
    transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, TcpConnector, Transport, TransportAdapter},
};

/// Whom to trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Those whom this machine trusts.
    Machine,
    /// The authorities in this PEM file, and nobody else.
    Authority(PathBuf),
    /// The one certificate with this fingerprint; `None`: it has to be seen first.
    Fingerprint(Option<String>),
}

/// What a service has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The SHA-256 of its certificate, as OpenSSL writes it: `AB:CD:…`.
    pub fingerprint: String,
    /// Why it is not trusted, in the library's words.
    pub why: String,
}

/// What was seen in the last handshake.
#[derive(Clone, Debug)]
pub(super) struct Seen(Arc<Mutex<Option<Presented>>>);

/// Judges a certificate, and remembers it.
#[derive(Debug)]
struct Judge {
    by: By,
    provider: Arc<CryptoProvider>,
    seen: Seen,
}

#[derive(Debug)]
enum By {
    Authorities(Arc<dyn ServerCertVerifier>),
    Fingerprint(Option<String>),
}

impl Trust {
    /// The client's side of TLS that goes by it.
    pub(super) fn config(&self) -> Result<(Arc<ClientConfig>, Seen), Fault> {
        // Named here and not left to a process-wide default: two providers in one build would panic at the first handshake.
        let provider = Arc::new(aws_lc_rs::default_provider());
        let wrong = |why: &dyn std::fmt::Display| Fault::Authority(why.to_string());
        let by = match self {
            Self::Machine => By::Authorities(Arc::new(Verifier::new(Arc::clone(&provider)).map_err(|error| wrong(&error))?)),
            Self::Authority(file) => {
                let mut roots = RootCertStore::empty();
                for certificate in CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))? {
                    roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
                }
                let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
                By::Authorities(verifier.build().map_err(|error| wrong(&error))?)
            }
            Self::Fingerprint(known) => By::Fingerprint(known.clone()),
        };
        let seen = Seen(Arc::default());
        let judge = Judge { by, provider: Arc::clone(&provider), seen: seen.clone() };
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|error| wrong(&error))?;
        let config = builder.dangerous().with_custom_certificate_verifier(Arc::new(judge)).with_no_client_auth();
        Ok((Arc::new(config), seen))
    }
}

// === impl Seen ===

impl Seen {
    /// The certificate that was refused in the last handshake, if one was.
    pub(super) fn refused(&self, trust: &Trust) -> Option<Fault> {
        let presented = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(if matches!(trust, Trust::Fingerprint(Some(_))) { Fault::Replaced(presented) } else { Fault::Untrusted(presented) })
    }

    fn remember(&self, presented: Option<Presented>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = presented;
    }
}

// === impl Judge ===

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let fingerprint = fingerprint(end_entity);
        let judged = match &self.by {
            By::Authorities(authorities) => authorities.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            By::Fingerprint(Some(known)) if *known == fingerprint => Ok(ServerCertVerified::assertion()),
            By::Fingerprint(_) => Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)),
        };
        self.seen.remember(judged.as_ref().err().map(|error| Presented { fingerprint, why: error.to_string() }));
        judged
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let mut text = String::new();
    for (place, byte) in digest(&SHA256, certificate.as_ref()).as_ref().iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{byte:02X}", if place > 0 { ":" } else { "" });
    }
    text
}

/// Speaks HTTP over TLS by this configuration.
pub(super) fn agent(config: &Arc<ClientConfig>, within: Duration) -> ureq::Agent {
    let settings = ureq::Agent::config_builder()
        .timeout_global(Some(within))
        .http_status_as_error(false)
        // A proxy would only stand in between, and a redirection would give the token to somebody else.
        .proxy(None)
        .max_redirects(0)
        .https_only(true)
        .user_agent(concat!("jackfield-wizard/", env!("CARGO_PKG_VERSION")))
        .build();
    let connector = ().chain(TcpConnector::default()).chain(Encrypted(Arc::clone(config)));
    ureq::Agent::with_parts(settings, connector, DefaultResolver::default())
}

/// Wraps a connection in TLS. The library's own connector takes no configuration of ours.
#[derive(Debug)]
struct Encrypted(Arc<ClientConfig>);

struct Channel {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

// === impl Encrypted ===

impl<In: Transport> Connector<In> for Encrypted {
    type Out = Channel;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Channel>, ureq::Error> {
        let Some(transport) = chained else { return Ok(None) };
        let host = details.uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host).map_err(|_| ureq::Error::HostNotFound)?;
        let other = |error: Error| ureq::Error::Other(Box::new(error));
        let mut conn = ClientConnection::new(Arc::clone(&self.0), name).map_err(other)?;
        let mut sock = TransportAdapter::new(transport.boxed(), Arc::clone(&details.current_time));
        sock.set_timeout(details.timeout);
        conn.complete_io(&mut sock)?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Channel { buffers, stream: StreamOwned { conn, sock } }))
    }
}

// === impl Channel ===

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Channel")
    }
}

impl Transport for Channel {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        Ok(self.stream.write_all(&self.buffers.output()[..amount])?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

//! TLS towards SAP: whom we trust, what we show, and what a failed handshake means to an administrator.

use super::Policy;
use crate::os::{identity::Identity, trust};
use rustls::{AlertDescription, CertificateError, ClientConfig, Error, pki_types::CertificateDer};
use std::{io, sync::Arc};
use tokio::sync::Mutex;

/// The client's side of TLS, made when it is first needed and again when the policy's part in it changes: reading the system's certificates takes
/// a while.
#[derive(Default)]
pub(super) struct Trust(Mutex<Option<Made>>);

struct Made {
    roots: Vec<CertificateDer<'static>>,
    identity: Option<Arc<Identity>>,
    config: Arc<ClientConfig>,
}

impl Trust {
    /// The configuration for this policy.
    ///
    /// # Errors
    /// In words: the system has no certificates that can be read, and none were given; or ours cannot be used.
    pub(super) async fn config(&self, policy: &Policy) -> Result<Arc<ClientConfig>, String> {
        let (roots, identity) = (&policy.extra_roots, &policy.identity);
        let mut made = self.0.lock().await;
        if let Some(made) = made.as_ref().filter(|made| made.roots == *roots && made.identity == *identity) {
            return Ok(Arc::clone(&made.config));
        }
        let (wanted, shown) = (roots.clone(), identity.clone());
        let config = move || {
            shown.map_or_else(|| trust::client(wanted.clone()).map_err(|error| error.to_string()), |own| own.client(wanted.clone()))
        };
        let config = tokio::task::spawn_blocking(config).await.map_err(|error| error.to_string())?;
        let config = Arc::new(config.map_err(|error| format!("the trusted certificates, or our own, cannot be used: {error}"))?);
        *made = Some(Made { roots: roots.clone(), identity: identity.clone(), config: Arc::clone(&config) });
        Ok(config)
    }
}

/// A failed handshake in words that say what to do.
pub(super) fn explain(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(tls) => explain_tls(tls),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            format!("{error}: the other side closed the connection; does the port speak TLS?")
        }
        None => error.to_string(),
    }
}

/// The same for what TLS itself says, which may come with the first answer only.
pub(super) fn explain_tls(error: &Error) -> String {
    let hint = match error {
        Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity,
        )
        | Error::PeerIncompatible(_) => {
            "the other side offers only TLS below 1.2, RSA key exchange or CBC ciphers; enable TLS 1.2 with ECDHE and AES-GCM there, \
             or use http on a trusted segment"
        }
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "its certificate comes from an authority that this machine does not trust; name the authority's PEM file in `delivery.authority`"
        }
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            "its certificate has expired; renew it in SAP (transaction STRUST), and see that this machine's clock is right"
        }
        Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => {
            "its certificate is for another name than the one in the event URL; let `delivery.rewrite` put the certificate's name in place \
             of that host (SAP Note 1515178)"
        }
        Error::InvalidCertificate(_) => {
            "its certificate must be valid, carry this host name as subjectAltName, and come from an authority that this machine trusts"
        }
        Error::InvalidMessage(_) => "the port does not speak TLS; is it the http port?",
        Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "the other side asks for a client certificate; name one in `delivery.certificate` and `delivery.key`"
        }
        Error::AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::AccessDenied,
        ) => "the other side does not take our certificate; import its authority there (in SAP: transaction STRUST), or renew it",
        _ => return error.to_string(),
    };
    format!("{error}: {hint}")
}

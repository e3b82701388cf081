//! TLS towards SAP: whom we trust, and what a failed handshake means to an administrator.

use crate::os::trust;
use rustls::{AlertDescription, ClientConfig, Error, pki_types::CertificateDer};
use std::{io, sync::Arc};
use tokio::sync::Mutex;

/// The client's side of TLS, made when it is first needed and again when the extra roots change: reading the system's certificates takes
/// a while.
#[derive(Default)]
pub(super) struct Trust(Mutex<Option<Made>>);

struct Made {
    roots: Vec<CertificateDer<'static>>,
    config: Arc<ClientConfig>,
}

impl Trust {
    /// The configuration for these extra roots.
    ///
    /// # Errors
    /// In words: the system has no certificates that can be read, and none were given.
    pub(super) async fn config(&self, roots: &[CertificateDer<'static>]) -> Result<Arc<ClientConfig>, String> {
        let mut made = self.0.lock().await;
        if let Some(made) = made.as_ref().filter(|made| made.roots == roots) {
            return Ok(Arc::clone(&made.config));
        }
        let wanted = roots.to_vec();
        let config = tokio::task::spawn_blocking(move || trust::client(wanted))
            .await
            .map_err(|error| error.to_string())?
            .map_err(|error| format!("the system's trusted certificates cannot be used: {error}"))?;
        let config = Arc::new(config);
        *made = Some(Made { roots: roots.to_vec(), config: Arc::clone(&config) });
        Ok(config)
    }
}

/// A failed handshake in words that say what to do.
pub(super) fn explain(error: &io::Error) -> String {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match tls {
        Some(
            Error::AlertReceived(
                AlertDescription::HandshakeFailure | AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity,
            )
            | Error::PeerIncompatible(_),
        ) => format!(
            "{error}: the other side offers only TLS below 1.2, RSA key exchange or CBC ciphers; enable TLS 1.2 with ECDHE and AES-GCM there, \
             or use http on a trusted segment"
        ),
        Some(Error::InvalidCertificate(_)) => format!(
            "{error}: its certificate must be valid, carry this host name as subjectAltName, and come from an authority that this machine trusts"
        ),
        Some(Error::InvalidMessage(_)) => format!("{error}: the port does not speak TLS; is it the http port?"),
        Some(Error::AlertReceived(AlertDescription::CertificateRequired)) => {
            format!("{error}: the other side asks for a client certificate")
        }
        _ if error.kind() == io::ErrorKind::UnexpectedEof => {
            format!("{error}: the other side closed the connection; does the port speak TLS?")
        }
        _ => error.to_string(),
    }
}

//! Whom this machine trusts, for TLS connections that we open. Reading the system's certificates takes a while: not for an async thread.

use rustls::{ClientConfig, Error, pki_types::CertificateDer};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// The client's side of TLS 1.2 and 1.3, which trusts the system's authorities and these.
///
/// # Errors
/// The system has no certificates that can be read, and none were given.
pub fn client(roots: impl IntoIterator<Item = CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    // Named here and not left to a process-wide default: two providers in one build would panic at the first handshake.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

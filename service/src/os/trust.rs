//! Whom this machine trusts, for TLS connections that we open. Reading the system's certificates takes a while: not for an async thread.

use rustls::{
    ClientConfig, ConfigBuilder, Error,
    client::WantsClientCert,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;
use std::{path::Path, sync::Arc};

/// The client's side of TLS 1.2 and 1.3, which trusts the system's authorities and these.
///
/// # Errors
/// The system has no certificates that can be read, and none were given.
pub fn client(roots: impl IntoIterator<Item = CertificateDer<'static>>) -> Result<ClientConfig, Error> {
    Ok(verified_by(roots)?.with_no_client_auth())
}

/// The same, before it is said whether a certificate of our own is shown.
pub(super) fn verified_by(
    roots: impl IntoIterator<Item = CertificateDer<'static>>,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, Error> {
    // Named here and not left to a process-wide default: two providers in one build would panic at the first handshake.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier)))
}

/// The certificates of a PEM file.
///
/// # Errors
/// In words, why there are none. Reads a file: not for an async thread.
pub fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let wrong = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
    let found = CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))?.collect::<Result<Vec<_>, _>>();
    let found = found.map_err(|error| wrong(&error))?;
    if found.is_empty() { Err(wrong(&"it holds no certificate")) } else { Ok(found) }
}

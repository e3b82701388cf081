//! SAML 2.0 as an identity provider: reads a service provider's request, writes a signed answer and our metadata. No sockets, no clock, no files.
//!
//! What is signed is written in exclusive canonical form to begin with (`canonical`), so that nothing has to be made canonical afterwards; a
//! request is read by `soap`'s guard, and its signature is not looked at, because nothing that it says is believed: whom we answer, and where,
//! the file says.

mod canonical;
mod metadata;
mod request;
mod response;

pub use request::{AuthnRequest, Unusable};
pub use response::Answer;

use std::{fmt, sync::Arc, time::Duration};

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/// A request is answered for so long after it was made: a person has to find his password first.
pub const REQUEST_LIFE: Duration = Duration::from_mins(10);
/// So far may clocks differ; Genesys allows 10 s as well.
pub const SKEW: Duration = Duration::from_secs(10);

/// RSA with SHA-256 (PKCS #1 v1.5) over these bytes; `Err` in words.
pub type Sign = Arc<dyn Fn(&[u8]) -> Result<Vec<u8>, String> + Send + Sync>;

/// What we sign with.
#[derive(Clone)]
pub struct Signer {
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    /// Its key at work.
    pub sign: Sign,
}

/// An identity provider for one service provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Who we are (entity id).
    pub issuer: String,
    /// Where requests come in.
    pub login: String,
    /// Who the service provider is (entity id): the only one whose requests are answered.
    pub relying_party: String,
    /// Where answers may go; the first is where they go when nobody says. Never empty.
    pub consumers: Vec<String>,
    /// Short name of the organisation that people sign on to.
    pub organization: String,
    /// Name of the part of it; sent where there is one.
    pub service: Option<String>,
    /// An answer counts for so long.
    pub life: Duration,
    /// With what answers are signed.
    pub signer: Signer,
    /// Certificates that are told beside, DER: the one that follows, before anything is signed by it, and the one that came before.
    pub others: Vec<Vec<u8>>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({} bytes of certificate)", self.certificate.len())
    }
}

impl Provider {
    /// May an answer go there?
    fn is_consumer(&self, address: &str) -> bool {
        self.consumers.iter().any(|known| known == address)
    }
}

#[cfg(test)]
mod tests;

//! A service provider's request, as a browser brings it (binding HTTP-Redirect): base64 of a raw DEFLATE of XML.

use super::{ASSERTION, POST, PROTOCOL, Provider, REQUEST_LIFE, SKEW};
use crate::soap;
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::read::DeflateDecoder;
use jiff::{SignedDuration, Timestamp};
use std::io::Read;

/// Bytes of a request, unpacked: more than ten times what one is made of.
const LARGEST: usize = 64 * 1024;
/// Bytes of an id.
const LONGEST_ID: usize = 256;

/// A request that may be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthnRequest {
    /// Its id, which the answer names.
    pub id: String,
    /// Where the answer goes: one of [`Provider::consumers`].
    pub consumer: String,
}

/// Why a request is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Not base64, not DEFLATE, too large, not XML, not a request.
    #[error("it is no SAML request")]
    Unreadable,
    /// From another service provider than the one that the file names.
    #[error("it comes from a service provider that is not known here")]
    Stranger,
    /// For another identity provider.
    #[error("it is meant for another identity provider")]
    Elsewhere,
    /// The answer would go to an address that is not allowed.
    #[error("the answer would go to an address that is not allowed")]
    Consumer,
    /// Too old, or from the future.
    #[error("it is too old, or the clocks of the two sides differ")]
    Stale,
    /// It asks for something that we cannot do: a log-on without a person, an answer by another way.
    #[error("it asks for a kind of log-on that is not offered here")]
    Unsupported,
}

impl Provider {
    /// Reads a request and judges whether it may be answered.
    ///
    /// # Errors
    /// See [`Unusable`].
    pub fn request(&self, packed: &str, now: Timestamp) -> Result<AuthnRequest, Unusable> {
        let bytes = unpack(packed).ok_or(Unusable::Unreadable)?;
        let document = soap::read(&bytes).map_err(|_| Unusable::Unreadable)?;
        let root = document.root();
        let attribute = |name: &str| root.attribute("", name);
        let id = attribute("ID").filter(|id| is_id(id)).ok_or(Unusable::Unreadable)?;
        if (root.namespace(), root.name(), attribute("Version")) != (PROTOCOL, "AuthnRequest", Some("2.0")) {
            return Err(Unusable::Unreadable);
        }
        let issuer = root.children().find(|child| (child.namespace(), child.name()) == (ASSERTION, "Issuer"));
        let issuer = issuer.and_then(|issuer| issuer.text().ok()).ok_or(Unusable::Stranger)?;
        if issuer.trim() != self.relying_party {
            return Err(Unusable::Stranger);
        }
        if attribute("Destination").is_some_and(|destination| destination != self.login) {
            return Err(Unusable::Elsewhere);
        }
        let made: Timestamp = attribute("IssueInstant").and_then(|text| text.parse().ok()).ok_or(Unusable::Unreadable)?;
        let age = now.duration_since(made);
        let seconds = |time: std::time::Duration| SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        if age > seconds(REQUEST_LIFE) || -age > seconds(SKEW) {
            return Err(Unusable::Stale);
        }
        let is_passive = matches!(attribute("IsPassive"), Some("true" | "1"));
        if is_passive || attribute("ProtocolBinding").is_some_and(|binding| binding != POST) {
            return Err(Unusable::Unsupported);
        }
        let consumer = match attribute("AssertionConsumerServiceURL") {
            Some(asked) => asked,
            None => self.consumers.first().map(String::as_str).ok_or(Unusable::Consumer)?,
        };
        if !self.is_consumer(consumer) {
            return Err(Unusable::Consumer);
        }
        Ok(AuthnRequest { id: id.to_owned(), consumer: consumer.to_owned() })
    }
}

/// Unpacks within the bound; one byte more than allowed tells a bomb from what just fits.
fn unpack(packed: &str) -> Option<Vec<u8>> {
    let bytes = BASE64_STANDARD.decode(packed).ok()?;
    let mut plain = Vec::new();
    DeflateDecoder::new(&bytes[..]).take(LARGEST as u64 + 1).read_to_end(&mut plain).ok()?;
    (plain.len() <= LARGEST).then_some(plain)
}

/// An `NCName` as service providers write ids: letters, digits, and what may stand between them.
fn is_id(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && text.len() <= LONGEST_ID && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

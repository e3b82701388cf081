//! Where a registration goes, and what: everything that one attempt needs to know.

use crate::{sld::verdict::Verdict, store};
use rustls::pki_types::CertificateDer;
use secrecy::SecretString;
use std::{future::Future, pin::Pin, sync::Arc};

/// Asks for a password; anew for each attempt, so that a new one needs no restart.
pub type Password = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<SecretString, String>> + Send>> + Send + Sync>;

/// Which of an SLD's interfaces (sld §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// That of data suppliers.
    Supplier,
    /// CIM-XML.
    Cim,
}

/// One destination.
#[derive(Clone)]
pub struct Destination {
    /// Its address, for people.
    pub url: String,
    /// Is the connection encrypted?
    pub tls: bool,
    /// Name or address of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What is asked for there.
    pub path: String,
    /// Which interface that is.
    pub door: Door,
    /// What the request says that its content is.
    pub content_type: String,
    /// As whom; `None`: nobody logs on.
    pub user: Option<String>,
    /// With what.
    pub password: Option<Password>,
    /// Where the file says that the password is: another place is another destination.
    pub password_at: String,
    /// Whom to trust beside those that this machine does.
    pub roots: Vec<CertificateDer<'static>>,
    /// Host and port of a proxy on the way.
    pub proxy: Option<(String, u16)>,
    /// The document.
    pub payload: Arc<str>,
}

/// A destination as the file has it, be it good or not.
#[derive(Clone)]
pub struct Planned {
    /// Its address, for people.
    pub url: String,
    /// As whom.
    pub user: Option<String>,
    /// What can be sent to it, or why nothing can.
    pub ready: Result<Arc<Destination>, Verdict>,
}

// === impl Destination ===

impl Destination {
    /// Another one where something else is registered, or elsewhere: then "once" begins anew.
    pub(super) fn content(&self) -> u64 {
        store::fingerprint(format!("{}\n{}", self.url, self.payload).as_bytes())
    }

    /// Another one where anything differs that can be seen.
    pub(super) fn whole(&self) -> u64 {
        let Self { url, door, content_type, user, password_at, roots, proxy, payload, .. } = self;
        let mut all = format!("{url}\n{door:?}\n{content_type}\n{user:?}\n{password_at}\n{proxy:?}\n{payload}\n").into_bytes();
        for root in roots {
            all.extend_from_slice(root);
        }
        store::fingerprint(&all)
    }
}

// === impl Planned ===

impl Planned {
    /// See [`Destination::whole`].
    pub(super) fn whole(&self) -> u64 {
        match &self.ready {
            Ok(destination) => destination.whole(),
            Err(verdict) => store::fingerprint(format!("{}\n{:?}\n{verdict}", self.url, self.user).as_bytes()),
        }
    }
}

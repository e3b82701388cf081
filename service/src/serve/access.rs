//! Who may call.

use std::{fmt, net::IpAddr, sync::Arc};

/// Decides by the caller's address. How networks are written is the file's business, so this is a question and not a list.
#[derive(Clone)]
pub struct Access(Arc<dyn Fn(IpAddr) -> bool + Send + Sync>);

impl Access {
    /// Everybody who reaches the listener.
    pub fn everybody() -> Self {
        Self::only(|_| true)
    }

    /// Only the addresses that `admits` says yes to.
    pub fn only(admits: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(admits))
    }

    /// May this address call?
    pub fn admits(&self, address: IpAddr) -> bool {
        // An IPv4 caller on an IPv6 socket is an IPv4 caller.
        (self.0)(address.to_canonical())
    }
}

// === impl Access ===

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access")
    }
}

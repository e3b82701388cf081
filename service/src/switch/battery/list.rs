//! All claims as a list, for whoever runs them one by one at a site.

use super::site::SiteWorld;
use std::pin::Pin;

/// One claim.
pub(super) struct Claim {
    /// The file it stands in: `calls`, `transfer` …
    pub(super) group: &'static str,
    /// Its name, which says what is claimed.
    pub(super) name: &'static str,
    /// Puts it to the test at a site; it panics where it does not hold.
    pub(super) run: fn() -> Pin<Box<dyn Future<Output = ()>>>,
}

// === impl Claim ===

impl Claim {
    /// Is this its group, or a part of its name?
    pub(super) fn is_named(&self, part: &str) -> bool {
        self.group == part || self.name.contains(part)
    }
}

super::battery!(SiteWorld, listed);

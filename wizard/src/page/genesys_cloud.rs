//! Genesys Cloud: the bridge.

use super::{Card, Page, PageId, form::Form};
use crate::icon;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Form {
        card: Card { id: PageId("genesys-cloud"), icon: icon::GLOBE, sections: &["genesys_cloud"] },
        groups: &[("", &["genesys_cloud.enabled", "genesys_cloud.host", "genesys_cloud.client_id", "genesys_cloud.client_secret"])],
    })
}

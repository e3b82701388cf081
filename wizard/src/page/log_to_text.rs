//! Log To Text Generator: a text log beside the own one, for certification (guide, appendix B).

use super::{Card, Page, PageId, form::Form};
use crate::icon;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Form {
        card: Card { id: PageId("log-to-text"), icon: icon::FILE_TEXT, sections: &["log_to_text"] },
        groups: &[
            ("", &["log_to_text.enabled", "log_to_text.write_interval"]),
            ("group-source", &["log_to_text.source", "log_to_text.source_folder", "log_to_text.monitor_folder"]),
            ("group-destination", &["log_to_text.destination", "log_to_text.destination_folder"]),
        ],
    })
}

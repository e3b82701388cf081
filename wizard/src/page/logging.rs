//! Logging: where the log goes, and how much of each topic is in it.

use super::{Card, Page, PageId, form::Form};
use crate::icon;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Form {
        card: Card { id: PageId("logging"), icon: icon::NOTEPAD, sections: &["log"] },
        groups: &[
            ("", &["log.folder", "log.keep_days", "log.file_size", "log.total_size", "log.mask_numbers", "log.keep_captures_days"]),
            (
                "group-topics",
                &[
                    "log.topics.service",
                    "log.topics.http",
                    "log.topics.ici",
                    "log.topics.agents",
                    "log.topics.switch",
                    "log.topics.delivery",
                    "log.topics.store",
                    "log.topics.sld",
                    "log.topics.genesys_cloud",
                ],
            ),
        ],
    })
}

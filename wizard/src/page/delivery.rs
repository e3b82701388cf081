//! Delivery & Limits: how events reach SAP, and how much, how many, how long.

use super::{Page, PageId, form::Form};
use crate::icon;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Form {
        id: PageId("delivery"),
        icon: icon::PAPER_PLANE_TILT,
        sections: &["delivery", "limits"],
        groups: &[
            (
                "group-delivery",
                &[
                    "delivery.attempt",
                    "delivery.pause",
                    "delivery.pause_max",
                    "delivery.unreachable_after",
                    "delivery.expire",
                    "delivery.lane_capacity",
                ],
            ),
            (
                "group-limits",
                &[
                    "limits.sessions",
                    "limits.interactions",
                    "limits.mailbox",
                    "limits.switch_deadline",
                    "limits.connections",
                    "limits.body",
                    "limits.header_time",
                    "limits.body_time",
                    "limits.attached_data",
                ],
            ),
        ],
    })
}

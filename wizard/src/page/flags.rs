//! Service Flags: extra behaviour that can be turned on and off (guide, "Configure service flags").

use super::{Card, Page, PageId, form::Form};
use crate::icon;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Form {
        card: Card { id: PageId("flags"), icon: icon::TOGGLE_LEFT, sections: &["flags"] },
        groups: &[(
            "",
            &[
                "flags.secure_remoting",
                "flags.support_free_seating",
                "flags.support_workcenter_filters",
                "flags.support_workcenter_lists",
                "flags.view_non_selectable_statuses",
                "flags.support_presence_queue_info",
                "flags.reformat_make_call_number",
                "flags.ignore_initial_workmode",
                "flags.local_reject_to_voicemail",
            ],
        )],
    })
}

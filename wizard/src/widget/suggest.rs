//! What can be picked where a name is typed: statuses, users and workgroups that are known, and the usual attributes.

use crate::{page::Context, widget::setting};
use shared::{SettingPath, config::SwitchKind};

/// Attributes of a CIC interaction that hold a number of the caller.
const REMOTE: [&str; 6] = ["Eic_RemoteTnRaw", "Eic_RemoteTn", "Eic_RemoteAddress", "Eic_RemoteId", "Eic_RemoteName", "Eic_AccountCode"];
/// Attributes that hold the number that was dialled.
const DIALED: [&str; 5] = ["Eic_LocalTnRaw", "Eic_LocalTn", "Eic_LocalAddress", "Eic_LocalId", "Eic_CallDNIS"];
/// Attributes that SAP sends with an action item.
const ACTION_ITEM: [&str; 4] = ["SUBJECT", "FROM_ADDRESS", "TO_NAME", "TO_ADDRESS"];

/// The names to choose from; empty where nothing is known.
pub fn of(context: &Context<'_>, path: &SettingPath) -> Vec<String> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    match setting::key(path).as_str() {
        "attributes-remote" => owned(&REMOTE),
        "attributes-dialed" => owned(&DIALED),
        "channels-action-item-routes-attribute" => owned(&ACTION_ITEM),
        "workmodes-ready" | "workmodes-not-ready" | "workmodes-mapped-status" | "switch-embedded-users-status" => statuses(context),
        "agents-rights-listen" | "switch-embedded-workgroups-members" => {
            known(context, |switch| switch.users.iter().map(|user| user.name.clone()).collect())
        }
        "channels-action-item-workgroup" | "channels-action-item-routes-workgroup" => {
            known(context, |switch| switch.workgroups.iter().map(|workgroup| workgroup.name.clone()).collect())
        }
        _ => Vec::new(),
    }
}

/// The switch's statuses, as far as they are known.
pub fn statuses(context: &Context<'_>) -> Vec<String> {
    known(context, |switch| switch.statuses.iter().map(|status| status.name.clone()).collect())
}

fn known(context: &Context<'_>, names: impl FnOnce(&shared::config::Embedded) -> Vec<String>) -> Vec<String> {
    let switch = &context.model.config().switch;
    if switch.kind == SwitchKind::Embedded { names(&switch.embedded) } else { Vec::new() }
}

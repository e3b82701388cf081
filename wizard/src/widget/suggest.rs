//! What can be picked where a name is typed: statuses, users, stations and workgroups of the switch, as far as the draft or the running
//! service tells them, and the usual attributes.

use crate::{page::Context, widget::setting};
use shared::{SettingPath, config::Embedded, genesys_cloud::regions};
use std::collections::HashSet;

/// Attributes of a CIC interaction that hold a number of the caller.
const REMOTE: [&str; 6] = ["Eic_RemoteTnRaw", "Eic_RemoteTn", "Eic_RemoteAddress", "Eic_RemoteId", "Eic_RemoteName", "Eic_AccountCode"];
/// Attributes that hold the number that was dialled.
const DIALED: [&str; 5] = ["Eic_LocalTnRaw", "Eic_LocalTn", "Eic_LocalAddress", "Eic_LocalId", "Eic_CallDNIS"];
/// Attributes that SAP sends with an action item.
const ACTION_ITEM: [&str; 6] = ["to", "from", "subject", "TO_NAME", "FROM_ADDRESS", "SUBJECT"];

/// The names to choose from; empty where nothing is known.
pub fn of(context: &Context<'_>, path: &SettingPath) -> Vec<String> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    match setting::key(path).as_str() {
        "attributes-remote" => owned(&REMOTE),
        "attributes-dialed" => owned(&DIALED),
        "channels-action-item-routes-attribute" => owned(&ACTION_ITEM),
        // What the built-in switch has is said in the file alone.
        "switch-embedded-users-status" => statuses(&context.model.config().switch.embedded),
        "switch-embedded-workgroups-members" => users(&context.model.config().switch.embedded),
        "switch-embedded-stations" => extras(&context.names.stations, &extensions(&context.model.config().switch.embedded)),
        "switch-stations" => context.names.stations.clone(),
        "workmodes-ready" | "workmodes-not-ready" | "workmodes-mapped-status" => known(context, statuses, &context.names.statuses),
        "agents-rights-listen" | "agents-rights-monitor" | "switch-user-id" | "genesys-cloud-leave-out" => {
            known(context, users, &context.names.users)
        }
        "channels-action-item-workgroup" | "channels-action-item-routes-workgroup" | "genesys-cloud-workgroups" => {
            known(context, workgroups, &context.names.workgroups)
        }
        "genesys-cloud-treat-as-language" => known(context, skills, &[]),
        "genesys-cloud-dial-groups" => known(context, dial_groups, &[]),
        "genesys-cloud-region" => regions().iter().map(|region| region.name.clone()).collect(),
        _ => Vec::new(),
    }
}

/// What the draft's own switch has, if that is the built-in one, and then what a running one has.
fn known(context: &Context<'_>, of: fn(&Embedded) -> Vec<String>, running: &[String]) -> Vec<String> {
    // Asked of the draft: while that has errors the configuration is an earlier one.
    let kind = "switch.kind".parse().ok().and_then(|path: SettingPath| context.model.draft().get(&path)?.as_str().map(str::to_owned));
    let embedded = kind.is_none_or(|kind| kind == "embedded");
    let mut names = if embedded { of(&context.model.config().switch.embedded) } else { Vec::new() };
    let more = extras(running, &names);
    names.extend(more);
    names
}

fn extras(running: &[String], there: &[String]) -> Vec<String> {
    let there: HashSet<&String> = there.iter().collect();
    running.iter().filter(|name| !there.contains(name)).cloned().collect()
}

fn statuses(switch: &Embedded) -> Vec<String> {
    switch.statuses.iter().map(|status| status.name.clone()).collect()
}

fn users(switch: &Embedded) -> Vec<String> {
    switch.users.iter().map(|user| user.name.clone()).collect()
}

fn workgroups(switch: &Embedded) -> Vec<String> {
    switch.workgroups.iter().map(|workgroup| workgroup.name.clone()).collect()
}

fn skills(switch: &Embedded) -> Vec<String> {
    switch.skills.clone()
}

fn dial_groups(switch: &Embedded) -> Vec<String> {
    switch.dial_groups.clone()
}

/// Each user has a station of his own, named as his extension.
fn extensions(switch: &Embedded) -> Vec<String> {
    switch.users.iter().map(|user| user.extension.clone()).collect()
}

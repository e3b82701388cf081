//! `[switch]` and `[switch.embedded]`: what a switch needs, and whether its rows fit together.

use super::Sheet;
use crate::{
    config::{Config, Embedded, SwitchKind},
    draft::Draft,
    setting_path::path,
};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

pub(super) fn judge(config: &Config, draft: &Draft, sheet: &mut Sheet) {
    match config.switch.kind {
        SwitchKind::Icws => icws(config, draft, sheet),
        SwitchKind::Embedded => {
            for key in ["server", "backup", "authority", "proxy", "user_id"] {
                if draft.get(&path(&format!("switch.{key}"))).is_some() {
                    sheet
                        .warning(
                            &format!("switch.{key}"),
                            "without-effect",
                            "the built-in switch does not look at this",
                            "Write `kind = \"icws\"` under [switch] for a CIC server",
                        )
                        .case("switch");
                }
            }
            embedded(&config.switch.embedded, sheet);
            if config.switch.embedded.statuses.iter().all(|status| status.name != config.workmodes.ready || !status.acd) {
                sheet
                    .warning(
                        "workmodes.ready",
                        "not-ready-for-calls",
                        format!("the status {:?} of the built-in switch gets no calls from workgroups", config.workmodes.ready),
                        "Choose one that has `acd = true`",
                    )
                    .with("status", &config.workmodes.ready);
            }
        }
    }
}

fn icws(config: &Config, draft: &Draft, sheet: &mut Sheet) {
    let switch = &config.switch;
    let needed = [("server", switch.server.is_some()), ("user_id", switch.user_id.is_some()), ("password", switch.password.is_some())];
    for (key, _) in needed.iter().filter(|(_, there)| !there) {
        sheet
            .error(
                &format!("switch.{key}"),
                "missing-key",
                format!("a CIC server needs `{key}`"),
                format!("Add `{key} = …` under [switch]"),
            )
            .case("switch")
            .with("key", key);
    }
    if switch.server.is_some() && switch.server == switch.backup {
        sheet
            .error("switch.backup", "duplicate", "primary and backup are the same server", "Remove `backup`, or name the other server")
            .case("servers");
    }
    if switch.proxy.is_some() {
        for key in ["port", "tls", "authority"] {
            let https = switch.proxy.as_ref().is_some_and(|proxy| proxy.starts_with("https:"));
            if draft.get(&path(&format!("switch.{key}"))).is_some() && !(key == "authority" && https) {
                sheet
                    .warning(
                        &format!("switch.{key}"),
                        "without-effect",
                        "the address of the proxy says this already",
                        "Remove this line, or `proxy`",
                    )
                    .case("proxy");
            }
        }
    } else if switch.authority.is_some() && !switch.tls {
        sheet
            .warning(
                "switch.authority",
                "without-effect",
                "without TLS nobody is asked for a certificate",
                "Write `tls = true`, or remove this line",
            )
            .case("authority");
    }
}

fn embedded(plan: &Embedded, sheet: &mut Sheet) {
    let section = "switch.embedded";
    let users = || plan.users.iter().enumerate();
    sheet.unique("name", users().map(|(i, user)| (format!("{section}.users[{i}].name"), user.name.as_str())), "");
    let statuses = plan.statuses.iter().enumerate();
    sheet.unique("name", statuses.map(|(i, status)| (format!("{section}.statuses[{i}].name"), status.name.as_str())), "");
    let workgroups = || plan.workgroups.iter().enumerate();
    sheet.unique("name", workgroups().map(|(i, group)| (format!("{section}.workgroups[{i}].name"), group.name.as_str())), "");
    let stations = plan.stations.iter().enumerate().map(|(i, station)| (format!("{section}.stations[{i}]"), station.as_str()));
    let extensions = users().map(|(i, user)| (format!("{section}.users[{i}].extension"), user.extension.as_str()));
    let numbers = workgroups().map(|(i, group)| (format!("{section}.workgroups[{i}].extension"), group.extension.as_str()));
    sheet.unique("extension", extensions.chain(numbers).chain(stations), "");
    if plan.statuses.is_empty() {
        sheet
            .error(&format!("{section}.statuses"), "nothing-left", "a switch needs a status", "Add one, or remove the line")
            .case("statuses");
    }
    let texts = || plan.texts.iter().enumerate();
    let keys: Vec<_> = texts().map(|(i, text)| (format!("{section}.texts[{i}]"), (&text.status, text.language.to_uppercase()))).collect();
    sheet.unique("text", keys.iter().map(|(path, key)| (path.clone(), key)), &(&String::new(), String::new()));
    for (i, text) in texts().filter(|(_, text)| plan.statuses.iter().all(|known| known.name != text.status)) {
        unknown(sheet, &format!("{section}.texts[{i}].status"), "status", &text.status, plan.statuses.iter().map(|known| &known.name));
    }
    let mut folded: HashMap<String, &String> = HashMap::new();
    for (i, user) in users() {
        if let Some(status) = user.status.as_ref().filter(|status| plan.statuses.iter().all(|known| known.name != **status)) {
            unknown(sheet, &format!("{section}.users[{i}].status"), "status", status, plan.statuses.iter().map(|known| &known.name));
        }
        let twin = *folded.entry(user.name.to_lowercase()).or_insert(&user.name);
        if *twin != user.name {
            sheet
                .warning(
                    &format!("{section}.users[{i}].name"),
                    "names-differ-by-case",
                    format!("{twin:?} and {:?} differ only by capital and small letters", user.name),
                    "They are two agents; give one of them another name if that is not meant",
                )
                .with("one", twin)
                .with("other", &user.name);
        }
    }
    let names: HashSet<_> = plan.users.iter().map(|user| user.name.as_str()).collect();
    for (i, group) in workgroups() {
        let members = || group.members.iter().enumerate();
        sheet.unique("member", members().map(|(m, name)| (format!("{section}.workgroups[{i}].members[{m}]"), name.as_str())), "");
        for (m, name) in members().filter(|(_, name)| !names.contains(name.as_str())) {
            unknown(sheet, &format!("{section}.workgroups[{i}].members[{m}]"), "user", name, plan.users.iter().map(|user| &user.name));
        }
    }
    for (key, time, least) in [("offering", plan.offering, 1), ("answer_after", plan.answer_after, 0), ("wrap_up", plan.wrap_up, 0)] {
        sheet.within(&format!("{section}.{key}"), time, Duration::from_secs(least), Duration::from_hours(1));
    }
}

/// Says that a name is not among those it must be one of, and which there are.
pub(super) fn unknown<'a>(sheet: &mut Sheet, path: &str, what: &str, name: &str, known: impl Iterator<Item = &'a String>) {
    let known: Vec<_> = known.take(12).map(|name| format!("{name:?}")).collect();
    let repair = if known.is_empty() { format!("Add a {what} of that name") } else { format!("Write one of {}", known.join(", ")) };
    let case = if known.is_empty() { "none" } else { "" };
    sheet
        .error(path, "unknown-name", format!("the built-in switch has no {what} {name:?}"), repair)
        .case(case)
        .with("what", what)
        .with("name", name)
        .with("known", known.join(", "));
}

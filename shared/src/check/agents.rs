//! `[workmodes]`, `[ici]`, `[flags]`, `[reject]`, `[channels]`, `[attributes]`, the rights of `[agents]`: what an agent session is told.

use super::{Sheet, switch::unknown};
use crate::config::{Config, EVERYBODY, RejectStep, SwitchKind};
use std::time::Duration;

pub(super) fn judge(config: &Config, sheet: &mut Sheet) {
    workmodes(config, sheet);
    references_to_workmodes(config, sheet);
    flags(config, sheet);
    reject(config, sheet);
    channels(config, sheet);
    let lists = [("remote", &config.attributes.remote), ("dialed", &config.attributes.dialed)];
    for (key, names) in lists {
        let entries = names.iter().enumerate().map(|(i, name)| (format!("attributes.{key}[{i}]"), name.as_str()));
        sheet.unique("attribute", entries, "");
        if names.is_empty() {
            sheet
                .warning(
                    &format!("attributes.{key}"),
                    "nothing-left",
                    "SAP will be told no number",
                    "Name an attribute, or remove the line",
                )
                .case("attributes");
        }
    }
    if config.switch.kind == SwitchKind::Embedded {
        let users = || config.switch.embedded.users.iter().map(|user| &user.name);
        let rights = &config.agents.rights;
        let listen = rights.listen.iter().enumerate().map(|(i, name)| ("listen", i, name));
        let monitor = rights.monitor.iter().enumerate().filter(|(_, name)| *name != EVERYBODY).map(|(i, name)| ("monitor", i, name));
        for (right, i, name) in listen.chain(monitor).filter(|(.., name)| users().all(|user| user != *name)) {
            unknown(sheet, &format!("agents.rights.{right}[{i}]"), "user", name, users());
        }
    }
}

fn workmodes(config: &Config, sheet: &mut Sheet) {
    let workmodes = &config.workmodes;
    let rows = || workmodes.mapped.iter().enumerate();
    sheet.unique("number", rows().map(|(i, row)| (format!("workmodes.mapped[{i}].id"), &row.id)), &0);
    if workmodes.ready == workmodes.not_ready {
        sheet
            .error("workmodes.not_ready", "duplicate", "ready and not ready are the same status", "Choose another status for one of them")
            .case("statuses");
    }
    let mut seen = vec![&workmodes.ready, &workmodes.not_ready];
    for (i, row) in rows() {
        if seen.contains(&&row.status) {
            sheet
                .warning(
                    &format!("workmodes.mapped[{i}].status"),
                    "status-twice",
                    format!("the status {:?} belongs to two workmodes; SAP is told the first", row.status),
                    "Remove one of them",
                )
                .with("status", &row.status);
        }
        seen.push(&row.status);
    }
    if config.switch.kind == SwitchKind::Embedded {
        let known = || config.switch.embedded.statuses.iter().map(|status| &status.name);
        let standard = [("workmodes.ready".to_owned(), &workmodes.ready), ("workmodes.not_ready".to_owned(), &workmodes.not_ready)];
        let mapped = rows().map(|(i, row)| (format!("workmodes.mapped[{i}].status"), &row.status));
        for (path, status) in standard.into_iter().chain(mapped).filter(|(_, status)| known().all(|known| known != *status)) {
            unknown(sheet, &path, "status", status, known());
        }
    }
}

fn flags(config: &Config, sheet: &mut Sheet) {
    let flags = &config.flags;
    let needs = [
        ("flags.support_workcenter_lists", flags.support_workcenter_lists, flags.support_free_seating, "support_free_seating"),
        ("flags.support_workcenter_filters", flags.support_workcenter_filters, flags.support_workcenter_lists, "support_workcenter_lists"),
    ];
    for (path, _, _, needed) in needs.into_iter().filter(|(_, on, met, _)| *on && !met) {
        sheet
            .warning(
                path,
                "without-effect",
                format!("SAP asks for work centres only with `{needed}`"),
                format!("Write `{needed} = true` under [flags], or false here"),
            )
            .case("work-centres")
            .with("flag", needed);
    }
}

fn references_to_workmodes(config: &Config, sheet: &mut Sheet) {
    let workmodes = &config.workmodes;
    let (login, reject, lost) = (config.ici.login_status, config.ici.reject_workmode, config.agents.lost_workmode);
    for (path, id) in [("ici.login_status", login), ("ici.reject_workmode", reject), ("agents.lost_workmode", lost)] {
        if id != 0 && !workmodes.exists(id) {
            let repair = "Write 2 (ready), 3 (not ready) or an id of [[workmodes.mapped]]";
            sheet.error(path, "unknown-workmode", format!("there is no workmode {id}"), repair).with("id", id);
        }
    }
    for (path, id) in [("ici.login_status", login), ("ici.reject_workmode", reject)] {
        if id == 1 {
            sheet
                .error(path, "unusable-workmode", "workmode 1 logs the agent off", "Write another workmode, or 0 for none")
                .case("log-off");
        }
    }
    if login != 0 && !config.flags.ignore_initial_workmode {
        sheet
            .warning(
                "ici.login_status",
                "without-effect",
                "SAP's own first workmode counts, not this one",
                "Write `ignore_initial_workmode = true` under [flags], or remove this line",
            )
            .case("first-workmode");
    }
    if lost == 2 {
        sheet
            .error("agents.lost_workmode", "unusable-workmode", "an agent whom SAP has lost must not stay ready", "Write 3, for example")
            .case("lost");
    }
    if config.switch.kind == SwitchKind::Embedded
        && let Some(status) = workmodes.status(reject).filter(|status| reject == 2 || *status != workmodes.ready)
        && config.switch.embedded.statuses.iter().any(|known| known.name == status && !known.do_not_disturb)
    {
        sheet
            .warning(
                "ici.reject_workmode",
                "reject-comes-back",
                format!("in the status {status:?} a rejected call can ring at the same agent again"),
                "Choose a workmode whose status has `do_not_disturb = true`",
            )
            .with("status", status);
    }
}

fn reject(config: &Config, sheet: &mut Sheet) {
    let steps = &config.reject.steps;
    for (i, _) in steps.iter().enumerate().filter(|(i, step)| steps[..*i].contains(step)) {
        sheet.error(&format!("reject.steps[{i}]"), "duplicate", "this step is there twice", "Remove one").case("steps");
    }
    if steps.is_empty() {
        sheet
            .error(
                "reject.steps",
                "nothing-left",
                "a rejected interaction could not leave the agent",
                "Write [\"requeue\"], or remove the line",
            )
            .case("steps");
    }
    let embedded = config.switch.kind == SwitchKind::Embedded;
    for (i, step) in steps.iter().enumerate().filter(|(i, step)| !steps[..*i].contains(step)) {
        let path = format!("reject.steps[{i}]");
        if embedded && *step != RejectStep::Requeue {
            let text = "the built-in switch takes an interaction back by itself";
            sheet.error(&path, "unusable-step", text, "Write [\"requeue\"], or remove the line").case("embedded");
        } else if !embedded && *step == RejectStep::Requeue {
            let text = "a CIC server has no way of its own to take an interaction back";
            sheet.error(&path, "unusable-step", text, "Write \"transfer\", or \"handler\" with [reject.handler]").case("icws");
        }
    }
    if !steps.contains(&RejectStep::Handler) && config.reject.handler.is_some() {
        sheet
            .warning("reject.handler", "without-effect", "no step calls this handler", "Add \"handler\" to `steps`, or remove this section")
            .case("handler");
    }
    if let Some(handler) = &config.reject.handler {
        sheet.within("reject.handler.wait", handler.wait, Duration::ZERO, Duration::from_secs(30));
    }
    if steps.contains(&RejectStep::Handler) && config.reject.handler.is_none() {
        sheet
            .error(
                "reject.handler",
                "missing-key",
                "the step \"handler\" needs to know which",
                "Add [reject.handler] with `object_id` and `event_id`",
            )
            .case("handler");
    }
}

fn channels(config: &Config, sheet: &mut Sheet) {
    let channels = &config.channels;
    if !channels.phone.enabled && !channels.chat.enabled && !channels.action_item.enabled {
        sheet.warning("channels", "nothing-left", "SAP will be told of nothing", "Enable a channel").case("channels");
    }
    if channels.chat.enabled && !super::format::is_host(&channels.chat.address_extension) {
        sheet
            .error(
                "channels.chat.address_extension",
                "bad-format",
                format!("{:?} is not a domain", channels.chat.address_extension),
                "Write what follows the @ of an address: customer.com",
            )
            .case("domain")
            .with("value", &channels.chat.address_extension);
    }
    let item = &channels.action_item;
    if item.enabled && item.workgroup.is_none() && item.routes.is_empty() {
        sheet
            .error(
                "channels.action_item.workgroup",
                "missing-key",
                "action items would have nowhere to go",
                "Name a workgroup, or add a route",
            )
            .case("action-items");
    }
    let mut before = Vec::new();
    for (i, route) in item.routes.iter().enumerate() {
        let same = (route.attribute.to_lowercase(), route.compare, route.value.trim().to_lowercase());
        if let Some(first) = before.iter().position(|other| *other == same) {
            sheet
                .warning(
                    &format!("channels.action_item.routes[{i}]"),
                    "never-reached",
                    format!("route {} takes everything that this one would", first + 1),
                    "Remove one of them",
                )
                .with("first", first + 1);
        }
        before.push(same);
    }
    if config.switch.kind == SwitchKind::Embedded && item.enabled {
        let known = || config.switch.embedded.workgroups.iter().map(|group| &group.name);
        let routes =
            item.routes.iter().enumerate().map(|(i, route)| (format!("channels.action_item.routes[{i}].workgroup"), &route.workgroup));
        let all = item.workgroup.iter().map(|group| ("channels.action_item.workgroup".to_owned(), group)).chain(routes);
        for (path, group) in all.filter(|(_, group)| known().all(|known| known != *group)) {
            unknown(sheet, &path, "workgroup", group, known());
        }
    }
}

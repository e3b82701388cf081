//! Built-in rows go when the file replaces what they speak of: a site with its own users is not told that nobody is called ANNA.

use crate::{
    config::{Config, LogIn, RejectStep, SwitchKind},
    draft::Draft,
    setting_path::path,
};
use std::collections::HashSet;

/// Adjusts the defaults to what is written.
pub(super) fn complete(config: &mut Config, draft: &Draft) {
    let written = |text: &str| draft.get(&path(text)).is_some();
    let embedded = config.switch.kind == SwitchKind::Embedded;
    let own_users = written("switch.embedded.users");
    let own_statuses = written("switch.embedded.statuses");
    if own_users && !written("switch.embedded.workgroups") {
        let mut seen = HashSet::new();
        let names = config.switch.embedded.users.iter().map(|user| user.name.clone());
        let everybody: Vec<_> = names.filter(|name| seen.insert(name.clone())).collect();
        for workgroup in &mut config.switch.embedded.workgroups {
            workgroup.members.clone_from(&everybody);
        }
    }
    if own_statuses && !own_users {
        for user in &mut config.switch.embedded.users {
            user.status = None;
        }
    }
    if (own_statuses || !embedded) && !written("workmodes.mapped") {
        config.workmodes.mapped.clear();
    }
    if !embedded && !written("agents.log_in") {
        config.agents.log_in = LogIn::StoredPassword;
    }
    if !embedded && !written("reject.steps") {
        // A CIC server has no way of its own to give an interaction back.
        config.reject.steps = config.reject.handler.iter().map(|_| RejectStep::Handler).chain([RejectStep::Transfer]).collect();
    }
    if (own_users || !embedded) && !written("agents.rights.listen") {
        config.agents.rights.listen.clear();
    }
}

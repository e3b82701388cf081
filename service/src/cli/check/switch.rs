//! The stages `switch` and `profile`: is there a switch, and can the profile be read?

use super::{file, report::Detail};
use shared::{
    config::{Config, SwitchKind},
    profile::Profile,
};
use std::path::Path;

/// Is there a switch?
pub(super) fn switch(config: &Config) -> Detail {
    let embedded = &config.switch.embedded;
    match config.switch.kind {
        SwitchKind::Embedded => Detail::ok(
            "switch.kind",
            format!(
                "embedded, always there: {} users, {} workgroups, {} statuses",
                embedded.users.len(),
                embedded.workgroups.len(),
                embedded.statuses.len()
            ),
        ),
        SwitchKind::Icws => {
            Detail::failed("switch.kind", "this version of Jackfield cannot talk to a CIC server yet", "Write \"embedded\" for switch.kind")
        }
    }
}

/// Can the profile be read, and is it complete? Its path is seen from the configuration file's folder.
pub(super) async fn profile(config: &Config, folder: &Path) -> Vec<Detail> {
    let Some(path) = &config.ici.profile else {
        return vec![Detail::ok("ici.profile", "the profile that is built in")];
    };
    let path = folder.join(path);
    let subject = format!("ici.profile {}", path.display());
    let text = match file::read(&path).await {
        Ok(text) => text,
        Err(cause) => return vec![Detail::failed(subject, cause, "Correct the path, or take ici.profile out for the built-in profile")],
    };
    match Profile::parse(&text) {
        Ok(_) => vec![Detail::ok(subject, "complete")],
        Err(findings) => findings.into_iter().map(|finding| Detail::failed(subject.as_str(), finding, "Correct the profile")).collect(),
    }
}

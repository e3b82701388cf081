//! The stages `switch` and `profile`: is there a switch, and can the profile be read?

use super::{on_time, report::Detail};
use shared::{
    config::{Config, SwitchKind},
    file,
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

/// Can the profile be read, and is it complete?
pub(super) async fn profile(config: &Config, file: &Path) -> Vec<Detail> {
    let Some(named) = &config.ici.profile else {
        return vec![Detail::ok("ici.profile", "the profile that is built in")];
    };
    let path = file::beside(file, named);
    let subject = format!("ici.profile {}", path.display());
    let wrong =
        |cause: String| Detail::failed(subject.as_str(), cause, "Correct the profile, or take ici.profile out for the built-in one");
    let read = on_time(move || file::read::text(&path).map(|text| Profile::parse(&text))).await;
    match read {
        Ok(Ok(Ok(_))) => vec![Detail::ok(subject, "complete")],
        Ok(Ok(Err(findings))) => findings.into_iter().map(wrong).collect(),
        Ok(Err(error)) => vec![wrong(error.to_string())],
        Err(why) => vec![wrong(why)],
    }
}

#[cfg(test)]
mod tests {
    use super::{super::report::Verdict, *};

    #[tokio::test]
    async fn a_profile_that_cannot_be_read_or_is_incomplete_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profile.toml");
        let mut config = Config::built_in();
        let file = folder.path().join("jackfield.toml");
        assert_eq!(profile(&config, &file).await[0].verdict, Verdict::Ok);
        config.ici.profile = Some("profile.toml".into());
        assert_eq!(profile(&config, &file).await[0].verdict, Verdict::Failed);
        std::fs::write(&path, "version = 1\n").unwrap();
        assert!(profile(&config, &file).await.iter().all(|detail| detail.verdict == Verdict::Failed));
    }
}

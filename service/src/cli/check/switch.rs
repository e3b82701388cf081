//! The stages `switch` and `profile`: the switch that is built in, and whether the profile can be read. A CIC server has stages of its own.

use super::{on_time, report::Detail, sentences as say};
use shared::{
    config::{Config, Embedded},
    file,
    profile::Profile,
};
use std::path::Path;

/// What the built-in switch has.
pub(super) fn embedded(plan: &Embedded) -> Detail {
    let values = [
        ("users", plan.users.len().to_string()),
        ("workgroups", plan.workgroups.len().to_string()),
        ("statuses", plan.statuses.len().to_string()),
    ];
    Detail::with("switch.kind", say::SWITCH_EMBEDDED, values)
}

/// Can the profile be read, and is it complete?
pub(super) async fn profile(config: &Config, file: &Path) -> Vec<Detail> {
    let Some(named) = &config.ici.profile else {
        return vec![Detail::new("ici.profile", say::PROFILE_BUILT_IN)];
    };
    let path = file::beside(file, named);
    let subject = format!("ici.profile {}", path.display());
    let wrong = |why: String| Detail::with(subject.as_str(), say::PROFILE_WRONG, [("why", why)]);
    match on_time(move || file::read::text(&path).map(|text| Profile::parse(&text))).await {
        Ok(Ok(Ok(_))) => vec![Detail::new(subject, say::PROFILE_COMPLETE)],
        Ok(Ok(Err(findings))) => findings.into_iter().map(wrong).collect(),
        Ok(Err(error)) => vec![wrong(error.to_string())],
        Err(late) => vec![late.detail(subject, say::PROFILE_LATE)],
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

//! The stage `secrets`: is each secret where the file says it is, for the account that asks? None is printed, none is even kept.

use super::{on_time, report::Detail, sentences as say};
use serde_json::Value;
use shared::{
    Config, SettingPath, definition,
    password_hash::PasswordHash,
    secret::{
        KeyStoreFault, SecretRef,
        store::{self, SecretError},
    },
};

/// Looks at every setting that is a reference to a secret.
pub(super) async fn inspect(config: &Config) -> Vec<Detail> {
    let mut found = Vec::new();
    if let Ok(values) = serde_json::to_value(config) {
        collect(&SettingPath::default(), &values, &mut found);
    }
    if found.is_empty() {
        return vec![Detail::new("", say::SECRET_NONE)];
    }
    let mut details = Vec::new();
    for (path, reference) in found {
        let hashed = path.to_string().starts_with("service.access.users");
        details.push(one(format!("{path} {reference}"), reference, hashed).await);
    }
    details
}

/// Every reference in the configuration, found by the definition, so that a new one is never forgotten here.
fn collect(path: &SettingPath, value: &Value, found: &mut Vec<(SettingPath, SecretRef)>) {
    match value {
        Value::Object(table) => table.iter().for_each(|(key, value)| collect(&path.key(key), value, found)),
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| collect(&path.index(index), value, found)),
        Value::String(text) if definition::at(path).is_some_and(definition::Setting::is_secret) => {
            found.extend(text.parse().ok().map(|reference| (path.clone(), reference)));
        }
        _ => {}
    }
}

/// Is this secret where its reference says? `hashed`: it must be the hash of a password.
pub(in crate::cli) async fn one(subject: String, reference: SecretRef, hashed: bool) -> Detail {
    if is_out_of_sight(&reference) {
        return Detail::new(subject, say::SECRET_OF_UNIT);
    }
    let usable = move || store::resolve(&reference).map(|secret| !hashed || PasswordHash::parse(&secret).is_ok());
    match on_time(usable).await {
        Ok(Ok(false)) => Detail::new(subject, say::SECRET_NOT_A_HASH),
        Ok(Ok(true)) => Detail::new(subject, say::SECRET_THERE),
        Ok(Err(error)) => refused(subject, &error),
        Err(late) => late.detail(subject, say::SECRET_LATE),
    }
}

/// systemd shows credentials to the service only.
pub(super) fn is_out_of_sight(reference: &SecretRef) -> bool {
    matches!(reference, SecretRef::Credential(_)) && std::env::var_os("CREDENTIALS_DIRECTORY").is_none()
}

fn refused(subject: String, error: &SecretError) -> Detail {
    match error {
        SecretError::Absent { reference, .. } => {
            let sentence = match reference {
                SecretRef::Keyring(_) => say::SECRET_ABSENT_KEYRING,
                SecretRef::Credential(_) => say::SECRET_ABSENT_CREDENTIAL,
                SecretRef::File(_) => say::SECRET_ABSENT_FILE,
                SecretRef::Env(_) => say::SECRET_ABSENT_VARIABLE,
            };
            Detail::new(subject, sentence)
        }
        SecretError::TooOpen { path, mode } => {
            let values = [("mode", format!("{mode:04o}")), ("file", path.display().to_string())];
            Detail::with(subject, say::SECRET_TOO_OPEN, values)
        }
        SecretError::OtherOwner { path, owner, us } => {
            let values = [("owner", owner.to_string()), ("us", us.to_string()), ("file", path.display().to_string())];
            Detail::with(subject, say::SECRET_OTHER_OWNER, values)
        }
        SecretError::Unusable { .. } => Detail::new(subject, say::SECRET_UNUSABLE),
        SecretError::KeyStore { fault: KeyStoreFault::NotBuilt, .. } => Detail::new(subject, say::SECRET_NO_KEY_STORE),
        SecretError::KeyStore { fault, .. } => Detail::with(subject, say::SECRET_KEY_STORE, [("why", fault.to_string())]),
        SecretError::Unreadable { error, .. } => Detail::with(subject, say::SECRET_UNREADABLE, [("why", error.to_string())]),
        // Nothing is written here.
        SecretError::Unwritable { .. } | SecretError::FolderTooOpen { .. } => {
            Detail::with(subject, say::SECRET_UNREADABLE, [("why", error.to_string())])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::report::Verdict, *};
    use shared::config::AccessUser;

    #[cfg(unix)]
    #[tokio::test]
    async fn a_secret_that_is_not_there_fails_and_one_that_is_there_is_not_shown() {
        use std::{fs::Permissions, os::unix::fs::PermissionsExt};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "hunter2\n").unwrap();
        let file = SecretRef::File(path.clone());
        for (mode, verdict) in [(0o600, Verdict::Ok), (0o640, Verdict::Failed)] {
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let detail = one("x".to_owned(), file.clone(), false).await;
            assert_eq!(detail.verdict, verdict, "{mode:o}");
            assert!(!format!("{detail:?}").contains("hunter2"));
        }
        let absent = one("x".to_owned(), SecretRef::Env("JACKFIELD_THERE_IS_NONE".to_owned()), false).await;
        assert_eq!(absent.verdict, Verdict::Failed);
        assert!(!absent.repair.is_empty());
    }

    #[tokio::test]
    async fn every_secret_of_the_configuration_is_found() {
        let mut config = Config::built_in();
        assert_eq!(inspect(&config).await[0].verdict, Verdict::Skipped);
        let reference = |name: &str| format!("env:JACKFIELD_TEST_{name}").parse::<SecretRef>().unwrap();
        config.admin.token = Some(reference("A"));
        config.switch.password = Some(reference("B"));
        config.genesys_cloud.client_secret = Some(reference("C"));
        config.service.access.users = vec![AccessUser { name: "SAP".into(), password: reference("D") }];
        let subjects: Vec<String> = inspect(&config).await.into_iter().map(|detail| detail.subject).collect();
        assert_eq!(subjects.len(), 4, "{subjects:?}");
        assert!(subjects.contains(&"service.access.users[0].password env:JACKFIELD_TEST_D".to_owned()), "{subjects:?}");
    }
}

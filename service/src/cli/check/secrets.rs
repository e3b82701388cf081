//! The stage `secrets`: is each secret where the file says it is, for the account that asks? None is printed, none is even kept.

use super::{file, report::Detail};
use serde_json::Value;
use shared::{Config, SettingPath, definition, secret::SecretRef};
use std::{ffi::OsString, path::Path};

/// Looks at every setting that is a reference to a secret.
pub(super) async fn inspect(config: &Config) -> Vec<Detail> {
    let mut found = Vec::new();
    if let Ok(values) = serde_json::to_value(config) {
        collect(&SettingPath::default(), &values, &mut found);
    }
    if found.is_empty() {
        return vec![Detail::skipped("no setting", "the file refers to no secret")];
    }
    let mut details = Vec::new();
    for (path, reference) in found {
        details.push(one(&format!("{path} {reference}"), &reference, |name| std::env::var_os(name)).await);
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

async fn one(subject: &str, reference: &SecretRef, environment: impl Fn(&str) -> Option<OsString>) -> Detail {
    match reference {
        SecretRef::Env(name) => match environment(name) {
            Some(value) if !value.is_empty() => Detail::ok(subject, "set"),
            _ => Detail::failed(
                subject,
                "not set in this environment",
                format!("Set {name} in the environment that the service starts with"),
            ),
        },
        SecretRef::Credential(name) => match environment("CREDENTIALS_DIRECTORY") {
            Some(folder) => in_file(subject, &Path::new(&folder).join(name), false).await,
            None => Detail::warning(
                subject,
                "systemd shows credentials to the service only, so it cannot be looked at from here",
                format!("See that the unit has LoadCredentialEncrypted={name} or LoadCredential={name}:PATH"),
            ),
        },
        SecretRef::File(path) => in_file(subject, path, true).await,
        SecretRef::Keyring(_) => Detail::warning(
            subject,
            "the key store belongs to one account, so the service's cannot be looked at from here",
            "On Linux a service has no key store: write credential:NAME or file:PATH",
        ),
    }
}

async fn in_file(subject: &str, path: &Path, must_be_private: bool) -> Detail {
    let text = match file::read(path).await {
        Ok(text) => text,
        Err(cause) => return Detail::failed(subject, cause, "Correct the path, or let the service's account read the file"),
    };
    if text.trim_end_matches(['\r', '\n']).is_empty() {
        return Detail::failed(subject, "the file is empty", "Write the secret into it, on one line");
    }
    if must_be_private && is_open_to_others(path) {
        let repair = format!("Run chmod 600 {}", path.display());
        return Detail::failed(subject, "other accounts can read the file too", repair);
    }
    Detail::ok(subject, "readable")
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o077 != 0)
}

/// Windows has access control lists instead of modes; the folder's installer sets them.
#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::{super::report::Verdict, *};
    use shared::config::AccessUser;

    async fn verdict(reference: &str) -> Verdict {
        let environment = |name: &str| match name {
            "SET" => Some("hunter2".into()),
            "EMPTY" => Some(OsString::new()),
            _ => None,
        };
        let detail = one("x", &reference.parse().unwrap(), environment).await;
        assert!(!format!("{detail:?}").contains("hunter2"));
        detail.verdict
    }

    #[tokio::test]
    async fn each_reference_is_looked_at_where_it_points() {
        assert_eq!(verdict("env:SET").await, Verdict::Ok);
        assert_eq!(verdict("env:EMPTY").await, Verdict::Failed);
        assert_eq!(verdict("env:UNSET").await, Verdict::Failed);
        assert_eq!(verdict("credential:token").await, Verdict::Warning);
        assert_eq!(verdict("keyring:token").await, Verdict::Warning);
        assert_eq!(verdict("file:/no/such/file").await, Verdict::Failed);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_must_be_there_for_its_owner_only() {
        use std::{fs::Permissions, os::unix::fs::PermissionsExt};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        for (text, mode, expected) in
            [("hunter2\n", 0o600, Verdict::Ok), ("hunter2", 0o640, Verdict::Failed), ("\n", 0o600, Verdict::Failed)]
        {
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(verdict(&format!("file:{}", path.display())).await, expected, "{text:?} {mode:o}");
        }
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

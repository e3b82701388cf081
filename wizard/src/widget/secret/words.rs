//! What is said of a secret: whether it can be read here and by the service, and what to do when it cannot. In the person's language, and
//! never with the secret.

use crate::{language::Language, problem::system, service_unit::Reach};
use shared::secret::{KeyStoreFault, store::SecretError};

/// How good a sentence's news are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Neutral,
    Doubtful,
    Bad,
}

/// What was found out about a secret.
#[derive(Debug)]
pub(super) struct Found {
    /// Can this account read it?
    pub(super) here: Result<(), SecretError>,
    /// Can the service?
    pub(super) service: Reach,
}

/// The sentence about both.
pub(super) fn verdict(language: Language, found: &Found) -> (Tone, String) {
    let (tone, service) = of_the_service(language, &found.service);
    match (&found.here, &found.service) {
        // What the service is given at its start cannot be seen from here, and need not be.
        (Err(_), Reach::Yes(_)) => (tone, service),
        (Ok(()), _) => (tone, format!("{} {service}", language.text("secret-readable"))),
        (Err(SecretError::Absent { .. }), Reach::NoVariable(_) | Reach::NoCredential(_)) => (Tone::Bad, service),
        (Err(error), _) => (Tone::Bad, problem(language, error)),
    }
}

fn of_the_service(language: Language, reach: &Reach) -> (Tone, String) {
    let (tone, key, account) = match reach {
        Reach::NoService => return (Tone::Good, language.text("reach-no-service")),
        Reach::Yes(account) => (Tone::Good, "reach-yes", account),
        Reach::Unknown(account) => (Tone::Neutral, "reach-unknown", account),
        Reach::NoKeyring(account) => (Tone::Doubtful, "reach-no-keyring", account),
        Reach::OtherOwner(account) => (Tone::Doubtful, "reach-other-owner", account),
        Reach::Folder(account, folder) => {
            let values = [("account", account.as_str().into()), ("folder", folder.display().to_string().into())];
            return (Tone::Doubtful, language.text_with("reach-folder", values));
        }
        Reach::NoCredential(account) => (Tone::Doubtful, "reach-no-credential", account),
        Reach::NoVariable(account) => (Tone::Doubtful, "reach-no-variable", account),
    };
    (tone, language.text_with(key, [("account", account.as_str().into())]))
}

/// The sentence about a secret that cannot be read or stored.
pub(crate) fn problem(language: Language, error: &SecretError) -> String {
    use shared::secret::SecretRef;
    let say = |key: &str, name: &str, value: String| language.text_with(key, [(name, value.into())]);
    match error {
        SecretError::Absent { reference, .. } => {
            let (key, name) = match reference {
                SecretRef::Keyring(name) => ("secret-absent-keyring", name.clone()),
                SecretRef::Credential(name) => ("secret-absent-credential", name.clone()),
                SecretRef::File(path) => ("secret-absent-file", path.display().to_string()),
                SecretRef::Env(name) => ("secret-absent-variable", name.clone()),
            };
            say(key, "name", name)
        }
        SecretError::Unreadable { reference, error } => {
            let values = [("place", reference.to_string().into()), ("why", system(language, error).into())];
            language.text_with("secret-unreadable", values)
        }
        SecretError::Unwritable { reference, error } => {
            let values = [("place", reference.to_string().into()), ("why", system(language, error).into())];
            language.text_with("secret-unwritable", values)
        }
        SecretError::TooOpen { path, mode } => {
            let values = [("file", path.display().to_string().into()), ("mode", format!("{mode:04o}").into())];
            language.text_with("secret-too-open", values)
        }
        SecretError::FolderTooOpen { folder, mode } => {
            let values = [("folder", folder.display().to_string().into()), ("mode", format!("{mode:04o}").into())];
            language.text_with("secret-folder-too-open", values)
        }
        SecretError::OtherOwner { path, .. } => say("secret-other-owner", "file", path.display().to_string()),
        SecretError::Unusable { reference, .. } => say("secret-unusable", "place", reference.to_string()),
        SecretError::KeyStore { fault, .. } => match fault {
            KeyStoreFault::NotBuilt => language.text("key-store-not-built"),
            KeyStoreFault::NoSession => language.text("key-store-no-session"),
            KeyStoreFault::NoService => language.text("key-store-no-service"),
            KeyStoreFault::Locked => language.text("key-store-locked"),
            KeyStoreFault::Late(seconds) => say("key-store-late", "seconds", seconds.to_string()),
            KeyStoreFault::NotText => language.text("key-store-not-text"),
            KeyStoreFault::Other(why) => say("key-store-other", "why", why.clone()),
        },
    }
}

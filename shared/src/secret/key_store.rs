//! The operating system's key store: the desktop's keyring on Linux. It is asked on a thread of its own, because a locked one waits for a
//! person and cannot be interrupted.

use super::{SecretRef, store::SecretError};
use secrecy::SecretString;
use std::time::Duration;

/// What is done with an entry.
pub(super) enum Task {
    /// Fetch it.
    Get,
    /// Write it.
    Set(SecretString),
    /// Take it out.
    Remove,
}

/// Why the key store cannot be used; printable, because it never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyStoreFault {
    /// This program was built without one.
    #[error("this program has none, because a service cannot read a person's key store; use credential:, file: or env:")]
    NotBuilt,
    /// Nobody is logged in at a desktop: there is no session bus.
    #[error("there is no desktop session (no D-Bus session bus); log in at a desktop, or use a file")]
    NoSession,
    /// The desktop has none.
    #[error("this desktop has no key store; install and start gnome-keyring or KWallet, or use a file")]
    NoService,
    /// It is locked, and was not unlocked.
    #[error("it is locked; unlock it and try again")]
    Locked,
    /// It does not answer in time.
    #[error("no answer within {0} s; is it waiting for its password?")]
    Late(u64),
    /// It holds something under that name that is no text.
    #[error("what it holds under that name is no text; store the secret again")]
    NotText,
    /// Anything else, in its own words.
    #[error("it says: {0}")]
    Other(String),
}

/// Asks the key store; gives back the secret when one was fetched.
#[cfg(feature = "os-keyring")]
pub(super) fn ask(reference: &SecretRef, name: &str, task: Task, deadline: Duration) -> Result<Option<SecretString>, SecretError> {
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let name = name.to_owned();
    let work = move || drop(sender.send(answer(&name, &task)));
    let failed = |fault| SecretError::KeyStore { reference: reference.clone(), fault };
    let spawned = std::thread::Builder::new().name("secret-keyring".into()).spawn(work);
    spawned.map_err(|error| failed(KeyStoreFault::Other(error.to_string())))?;
    match receiver.recv_timeout(deadline) {
        Ok(Ok(secret)) => Ok(secret),
        Ok(Err(None)) => Err(SecretError::Absent { reference: reference.clone(), repair: "store the secret there" }),
        Ok(Err(Some(fault))) => Err(failed(fault)),
        Err(_) => Err(failed(KeyStoreFault::Late(deadline.as_secs()))),
    }
}

/// Nothing can be asked.
#[cfg(not(feature = "os-keyring"))]
pub(super) fn ask(reference: &SecretRef, _name: &str, task: Task, _deadline: Duration) -> Result<Option<SecretString>, SecretError> {
    if let Task::Set(secret) = task {
        drop(secret);
    }
    Err(SecretError::KeyStore { reference: reference.clone(), fault: KeyStoreFault::NotBuilt })
}

/// `None` as an error: there is no such entry.
#[cfg(feature = "os-keyring")]
fn answer(name: &str, task: &Task) -> Result<Option<SecretString>, Option<KeyStoreFault>> {
    use secrecy::ExposeSecret;
    // A store that could not be opened once is never opened again, and only its status says why.
    keyring::Entry::store_status().as_ref().map_err(fault)?;
    let entry = keyring::Entry::new("jackfield", name).map_err(|error| fault(&error))?;
    let done = match task {
        Task::Get => entry.get_password().map(|secret| Some(secret.into())),
        Task::Set(secret) => entry.set_password(secret.expose_secret()).map(|()| None),
        Task::Remove => entry.delete_credential().map(|()| None),
    };
    done.map_err(|error| fault(&error))
}

#[cfg(feature = "os-keyring")]
fn fault(error: &keyring::Error) -> Option<KeyStoreFault> {
    Some(match error {
        keyring::Error::NoEntry => return None,
        keyring::Error::NoStorageAccess(_) => KeyStoreFault::Locked,
        keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => KeyStoreFault::NotText,
        keyring::Error::PlatformFailure(error) => of_the_platform(&error.to_string()),
        error => KeyStoreFault::Other(error.to_string()),
    })
}

/// The platform's failures have no kinds, only words: those of D-Bus are names that its specification fixes.
#[cfg(feature = "os-keyring")]
fn of_the_platform(words: &str) -> KeyStoreFault {
    let has = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    if has(&["ServiceUnknown", "org.freedesktop.secrets was not provided", "Spawn.", "NameHasNoOwner"]) {
        KeyStoreFault::NoService
    } else if has(&["connect", "No such file", "DBUS_SESSION_BUS_ADDRESS", "address"]) {
        KeyStoreFault::NoSession
    } else {
        KeyStoreFault::Other(words.chars().take(300).collect())
    }
}

#[cfg(all(test, feature = "os-keyring"))]
mod tests {
    use super::*;

    #[test]
    fn what_the_bus_says_is_told_apart() {
        let cases = [
            ("DBus error: Failed to connect to address unix:path=/run/user/0/bus: No such file or directory", KeyStoreFault::NoSession),
            ("org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided", KeyStoreFault::NoService),
            ("something else", KeyStoreFault::Other("something else".into())),
        ];
        for (words, expected) in cases {
            assert_eq!(of_the_platform(words), expected, "{words}");
        }
    }
}

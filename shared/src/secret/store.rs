//! Fetches secrets from where the file says they are. What comes back can be neither printed nor serialised.

use super::{
    SecretRef,
    key_store::{self, KeyStoreFault, Task},
};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};
use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    time::Duration,
};

/// No secret is longer, in bytes.
const LONGEST: u64 = 64 * 1024;
/// A locked key store waits for a person; we do not wait for it.
const KEYRING_DEADLINE: Duration = Duration::from_secs(5);

/// Why a secret cannot be had; printable, because it never holds the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// There is none of that name.
    #[error("{reference} is not there; {repair}")]
    Absent {
        /// Which.
        reference: SecretRef,
        /// What to do.
        repair: &'static str,
    },
    /// Reading it failed.
    #[error("{reference} cannot be read: {error}")]
    Unreadable {
        /// Which.
        reference: SecretRef,
        /// Why.
        error: io::Error,
    },
    /// Others could read the file.
    #[error("{} can be read by others (mode {mode:04o}); run `chmod 600 {}`", path.display(), path.display())]
    TooOpen {
        /// Which file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file belongs to somebody else.
    #[error("{} belongs to user {owner}, and Jackfield runs as user {us}; run `chown {us} {}`", path.display(), path.display())]
    OtherOwner {
        /// Which file.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who asks.
        us: u32,
    },
    /// It is empty, too long, or not a text.
    #[error("{reference} holds no usable secret: {why}")]
    Unusable {
        /// Which.
        reference: SecretRef,
        /// What is wrong.
        why: &'static str,
    },
    /// Writing it, or taking it away, failed.
    #[error("{reference} cannot be written: {error}")]
    Unwritable {
        /// Which.
        reference: SecretRef,
        /// Why.
        error: io::Error,
    },
    /// Others could put another file in its place.
    #[error("{} can be written by others (mode {mode:04o}); run `chmod go-w {}`", folder.display(), folder.display())]
    FolderTooOpen {
        /// The folder.
        folder: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The key store cannot be used, or does not answer in time.
    #[error("{reference} cannot be had from the key store: {fault}")]
    KeyStore {
        /// Which.
        reference: SecretRef,
        /// What is wrong with it.
        fault: KeyStoreFault,
    },
}

/// Fetches a secret. May wait up to five seconds for a key store: not for an async thread.
///
/// # Errors
/// Why it cannot be had, with what to do about it.
pub fn resolve(reference: &SecretRef) -> Result<SecretString, SecretError> {
    resolve_with(reference, &|name| std::env::var_os(name))
}

/// [`resolve`] with an environment of the caller's own.
fn resolve_with(reference: &SecretRef, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<SecretString, SecretError> {
    let absent = |repair| SecretError::Absent { reference: reference.clone(), repair };
    let bytes = match reference {
        SecretRef::Env(name) => {
            let value = environment(name).ok_or_else(|| absent("set the variable where the service is started"))?;
            value.into_string().map_err(|_| unusable(reference, "it is not UTF-8"))?.into_bytes()
        }
        SecretRef::Credential(name) => {
            let folder = environment("CREDENTIALS_DIRECTORY");
            let folder = folder.ok_or_else(|| absent("systemd gives no credentials; add LoadCredential= to the unit"))?;
            read(reference, &Path::new(&folder).join(name), |_| Ok(()))?
        }
        SecretRef::File(path) => read(reference, path, |file| guarded(path, file).map_err(Into::into))?,
        SecretRef::Keyring(name) => {
            let secret = key_store::ask(reference, name, Task::Get, KEYRING_DEADLINE)?;
            secret.ok_or_else(|| unusable(reference, "it is empty"))?.expose_secret().as_bytes().to_vec()
        }
    };
    let text = String::from_utf8(bytes).map(Zeroizing::new).map_err(|_| unusable(reference, "it is not UTF-8"))?;
    // Editors and `echo` end a file with a line break that is not part of the secret.
    let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    if text.is_empty() {
        return Err(unusable(reference, "it is empty"));
    }
    Ok(text.to_owned().into())
}

fn read(reference: &SecretRef, path: &Path, guard: impl FnOnce(&File) -> Result<(), Box<SecretError>>) -> Result<Vec<u8>, SecretError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => {
            SecretError::Absent { reference: reference.clone(), repair: "write the secret into that file, with mode 600" }
        }
        _ => SecretError::Unreadable { reference: reference.clone(), error },
    };
    // A pipe would wait for a writer that may never come.
    if !path.metadata().map_err(failed)?.is_file() {
        return Err(unusable(reference, "it is not a regular file"));
    }
    let file = File::open(path).map_err(failed)?;
    guard(&file).map_err(|error| *error)?;
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LONGEST { Err(unusable(reference, "it is longer than 64 KiB")) } else { Ok(bytes) }
}

/// Only we, or the system, may be able to read the file.
#[cfg(unix)]
fn guarded(path: &Path, file: &File) -> Result<(), SecretError> {
    use std::os::unix::fs::MetadataExt;
    let metadata = file.metadata().map_err(|error| SecretError::Unreadable { reference: SecretRef::File(path.into()), error })?;
    let (mode, owner, us) = (metadata.mode() & 0o7777, metadata.uid(), rustix::process::geteuid().as_raw());
    if mode & 0o077 != 0 {
        return Err(SecretError::TooOpen { path: path.into(), mode });
    }
    if owner != us && owner != 0 {
        return Err(SecretError::OtherOwner { path: path.into(), owner, us });
    }
    Ok(())
}

/// Windows has no mode; who may read the file is said by its access control list, which its installer sets.
#[cfg(not(unix))]
fn guarded(_path: &Path, _file: &File) -> Result<(), SecretError> {
    Ok(())
}

fn unusable(reference: &SecretRef, why: &'static str) -> SecretError {
    SecretError::Unusable { reference: reference.clone(), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(reference: &str, environment: &[(&str, &str)]) -> Result<String, String> {
        let environment = |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(*value));
        let resolved = resolve_with(&reference.parse().unwrap(), &environment);
        resolved.map(|secret| secret.expose_secret().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_variable_is_taken_from_the_environment() {
        assert_eq!(get("env:PASSWORD", &[("PASSWORD", "hunter2")]).as_deref(), Ok("hunter2"));
        assert!(get("env:PASSWORD", &[]).unwrap_err().contains("set the variable"));
        assert!(get("env:PASSWORD", &[("PASSWORD", "")]).unwrap_err().contains("empty"));
    }

    #[test]
    fn a_credential_is_taken_from_systemds_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sap"), "hunter2\n").unwrap();
        let environment = [("CREDENTIALS_DIRECTORY", folder.path().to_str().unwrap())];
        assert_eq!(get("credential:sap", &environment).as_deref(), Ok("hunter2"));
        assert!(get("credential:cic", &environment).unwrap_err().contains("not there"));
        assert!(get("credential:sap", &[]).unwrap_err().contains("LoadCredential"));
        assert!("credential:../sap".parse::<SecretRef>().is_err());
    }

    #[test]
    #[cfg(unix)]
    fn a_file_must_be_ours_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let reference = format!("file:{}", file.display());
        assert!(get(&reference, &[]).unwrap_err().contains("not there"));
        std::fs::write(&file, "hunter2\r\n").unwrap();
        for (mode, taken) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o666, false)] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let secret = get(&reference, &[]);
            assert_eq!(secret.is_ok(), taken, "{mode:o}");
            assert!(taken || secret.unwrap_err().contains("chmod 600"));
        }
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&file, vec![b'x'; 70_000]).unwrap();
        assert!(get(&reference, &[]).unwrap_err().contains("64 KiB"));
        assert!(get(&format!("file:{}", folder.path().display()), &[]).unwrap_err().contains("regular file"));
    }

    #[test]
    fn nothing_that_is_printed_holds_the_secret() {
        let secret = resolve_with(&SecretRef::Env("X".into()), &|_| Some("hunter2".into())).unwrap();
        assert!(!format!("{secret:?}").contains("hunter2"));
        let error = resolve_with(&SecretRef::Env("X".into()), &|_| Some("".into())).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }

    #[test]
    #[cfg(not(feature = "os-keyring"))]
    fn a_program_without_key_store_says_what_to_use_instead() {
        assert!(get("keyring:sap", &[]).unwrap_err().contains("credential:"));
    }

    #[test]
    #[cfg(feature = "os-keyring")]
    fn a_key_store_that_does_not_answer_is_an_error_and_not_a_wait() {
        let started = std::time::Instant::now();
        assert!(get("keyring:there-is-none-of-this-name", &[]).is_err());
        assert!(started.elapsed() < KEYRING_DEADLINE + Duration::from_secs(1));
    }
}

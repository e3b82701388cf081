//! Puts a secret where a reference says, and takes it away again. Reading one is `store`.

use super::{
    SecretRef,
    key_store::{self, Task},
    store::SecretError,
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

/// Whose a new file becomes where root makes it: only root can give one away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user's number.
    pub user: u32,
    /// The group's number.
    pub group: u32,
}

impl Owner {
    /// The account of this name or number on this machine.
    pub fn of(account: &str) -> Option<Self> {
        let accounts = fs::read_to_string("/etc/passwd").ok()?;
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            let (name, _, user, group) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
            (name == account || user == account).then(|| Some(Self { user: user.parse().ok()?, group: group.parse().ok()? }))?
        })
    }
}

/// Keeps a secret where the reference says: in the key store, or in a file of mode 600 that is replaced as a whole. A folder that is not
/// there is made with mode 700. May wait for a key store until `deadline`: not for a window's thread.
///
/// # Errors
/// It cannot be kept there; what was there before is as it was. Environment and systemd take nothing from a program.
pub fn keep(reference: &SecretRef, secret: &SecretString, owner: Option<Owner>, deadline: Duration) -> Result<(), SecretError> {
    match reference {
        SecretRef::Keyring(name) => key_store::ask(reference, name, Task::Set(secret.clone()), deadline).map(drop),
        SecretRef::File(path) => {
            protected(path)?;
            write(path, secret, owner).map_err(|error| SecretError::Unwritable { reference: reference.clone(), error })
        }
        SecretRef::Credential(_) | SecretRef::Env(_) => Err(not_ours(reference)),
    }
}

/// Takes a secret away; one that is not there is gone already.
///
/// # Errors
/// It cannot be taken away.
pub fn forget(reference: &SecretRef, deadline: Duration) -> Result<(), SecretError> {
    let done = match reference {
        SecretRef::Keyring(name) => key_store::ask(reference, name, Task::Remove, deadline).map(drop),
        SecretRef::File(path) => fs::remove_file(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SecretError::Absent { reference: reference.clone(), repair: "" },
            _ => SecretError::Unwritable { reference: reference.clone(), error },
        }),
        SecretRef::Credential(_) | SecretRef::Env(_) => Err(not_ours(reference)),
    };
    match done {
        Err(SecretError::Absent { .. }) => Ok(()),
        done => done,
    }
}

fn not_ours(reference: &SecretRef) -> SecretError {
    let repair = "set it where the service is started; only its system can";
    SecretError::Absent { reference: reference.clone(), repair }
}

/// Whoever can write into the folder can put another file in this one's place.
#[cfg(unix)]
fn protected(path: &Path) -> Result<(), SecretError> {
    use std::os::unix::fs::MetadataExt;
    let folder = folder(path);
    // The sticky bit of /tmp keeps others from replacing the file.
    match fs::metadata(&folder).map(|metadata| metadata.mode() & 0o7777) {
        Ok(mode) if mode & 0o022 != 0 && mode & 0o1000 == 0 => Err(SecretError::FolderTooOpen { folder, mode }),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn protected(_path: &Path) -> Result<(), SecretError> {
    Ok(())
}

fn folder(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

fn write(path: &Path, secret: &SecretString, owner: Option<Owner>) -> io::Result<()> {
    use io::Write;
    let folder = folder(path);
    make(&folder, owner)?;
    // A temporary file is made with mode 600: the secret is at no moment in a file that others can read.
    let mut temporary = tempfile::Builder::new().prefix(".jackfield-").suffix(".tmp").tempfile_in(&folder)?;
    temporary.write_all(secret.expose_secret().as_bytes())?;
    give(temporary.as_file(), path, owner)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(unix)]
fn make(folder: &Path, owner: Option<Owner>) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    gift(owner).map_or(Ok(()), |owner| std::os::unix::fs::chown(folder, Some(owner.user), Some(owner.group)))
}

#[cfg(not(unix))]
fn make(folder: &Path, _owner: Option<Owner>) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// The new file belongs to whom the old one belonged to, else to the given owner.
#[cfg(unix)]
fn give(file: &fs::File, old: &Path, owner: Option<Owner>) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let before = fs::metadata(old).ok().map(|old| Owner { user: old.uid(), group: old.gid() });
    let ours = file.metadata().map(|file| Owner { user: file.uid(), group: file.gid() })?;
    if let Some(owner) = gift(owner).or(before).filter(|owner| *owner != ours) {
        fchown(file, Some(owner.user), Some(owner.group))?;
    }
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(unix)]
fn gift(owner: Option<Owner>) -> Option<Owner> {
    owner.filter(|_| rustix::process::geteuid().is_root())
}

#[cfg(not(unix))]
fn give(_file: &fs::File, _old: &Path, _owner: Option<Owner>) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::secret::store::resolve;
    use std::os::unix::fs::PermissionsExt;

    const SOON: Duration = Duration::from_secs(5);

    fn file(path: &Path) -> SecretRef {
        SecretRef::File(path.into())
    }

    #[test]
    fn a_file_is_kept_for_its_owner_alone_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets/with a space");
        for secret in ["hunter2", "päßwort"] {
            keep(&file(&path), &secret.into(), None, SOON).unwrap();
            assert_eq!(resolve(&file(&path)).unwrap().expose_secret(), secret);
        }
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
        forget(&file(&path), SOON).unwrap();
        forget(&file(&path), SOON).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_was_too_open_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        keep(&file(&path), &"new".into(), None, SOON).unwrap();
        assert_eq!(resolve(&file(&path)).unwrap().expose_secret(), "new");
    }

    #[test]
    fn a_folder_that_others_can_write_into_takes_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let path = folder.path().join("secret");
        let refused = keep(&file(&path), &"hunter2".into(), None, SOON).unwrap_err();
        assert!(matches!(&refused, SecretError::FolderTooOpen { mode: 0o777, .. }), "{refused}");
        assert!(!path.exists());
    }

    #[test]
    fn environment_and_systemd_take_nothing() {
        for reference in ["env:SLD", "credential:sld"] {
            let refused = keep(&reference.parse().unwrap(), &"hunter2".into(), None, SOON).unwrap_err().to_string();
            assert!(refused.contains(reference) && !refused.contains("hunter2"), "{refused}");
        }
    }
}

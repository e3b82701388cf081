//! Writes a file so that at every moment either the old or the new one is there, whole; mode and owner stay.

use super::{FileError, input_output};
use std::{
    fs::{self, File, Metadata},
    io::{self, Write},
    path::{Path, PathBuf},
};
use tempfile::{Builder, NamedTempFile};

/// Writes a text into a file. A symbolic link stays one; what it points to is replaced.
///
/// # Errors
/// Anything on the way failed; the old file is there as it was.
pub fn write(path: &Path, text: &str) -> Result<(), FileError> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let old = fs::metadata(&target).ok();
    replace(&target, text.as_bytes(), old.as_ref()).map_err(input_output(path))
}

/// Takes a file away, so that it is gone after a power failure too; one that is not there is gone already.
///
/// # Errors
/// It is still there.
pub fn remove(path: &Path) -> Result<(), FileError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    match fs::remove_file(path).and_then(|()| sync_folder(&folder)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(input_output(path)(error)),
        _ => Ok(()),
    }
}

/// Copies a file under another name beside it, with the same mode and owner.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), FileError> {
    let content = fs::read(from).map_err(input_output(from))?;
    let metadata = fs::metadata(from).map_err(input_output(from))?;
    replace(to, &content, Some(&metadata)).map_err(input_output(to))
}

fn replace(target: &Path, content: &[u8], like: Option<&Metadata>) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    fs::create_dir_all(&folder)?;
    let mut temporary = Builder::new().prefix(".jackfield-").suffix(".tmp").tempfile_in(&folder)?;
    temporary.write_all(content)?;
    resemble(temporary.as_file(), like)?;
    temporary.as_file().sync_all()?;
    persist(temporary, target)?;
    sync_folder(&folder)
}

/// A new file can be read by everybody: it holds no secret, and the service has another account than the administrator.
#[cfg(unix)]
fn resemble(file: &File, like: Option<&Metadata>) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let Some(like) = like else { return file.set_permissions(fs::Permissions::from_mode(0o644)) };
    let ours = file.metadata()?;
    if (ours.uid(), ours.gid()) != (like.uid(), like.gid()) {
        fchown(file, Some(like.uid()), Some(like.gid()))?;
    }
    // After the owner, because changing that takes special bits away.
    file.set_permissions(fs::Permissions::from_mode(like.mode() & 0o7777))
}

#[cfg(not(unix))]
fn resemble(_file: &File, _like: Option<&Metadata>) -> io::Result<()> {
    Ok(())
}

#[cfg(not(windows))]
fn persist(temporary: NamedTempFile, target: &Path) -> io::Result<()> {
    temporary.persist(target).map(drop).map_err(|error| error.error)
}

/// On Windows a reader that has the file open forbids replacing it; readers are quick.
#[cfg(windows)]
fn persist(mut temporary: NamedTempFile, target: &Path) -> io::Result<()> {
    let mut attempts = 0;
    loop {
        match temporary.persist(target) {
            Ok(_) => return Ok(()),
            Err(error) if attempts >= 20 => return Err(error.error),
            Err(error) => temporary = error.file,
        }
        attempts += 1;
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

//! The file on disk: where it is, reading it, and changing it so that nothing that a person wrote gets lost.
//!
//! Every change goes the same way: check, back up, write beside, sync, rename.

pub mod backup;
pub mod overlay;
pub mod read;
pub mod version;
pub mod write;

pub use backup::Backup;
pub use version::Version;

use crate::{
    check::{Checked, check, check_text},
    draft::Draft,
    finding::Finding,
    setting_path::SettingPath,
};
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

/// The variable that names the file.
pub const VARIABLE: &str = "JACKFIELD_CONFIG";

/// Where the file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub path: PathBuf,
    /// Has somebody named it? Then it must be there; the standard one need not.
    pub named: bool,
}

/// A file that has been read and judged.
#[derive(Clone)]
pub struct Loaded {
    /// What is written.
    pub draft: Draft,
    /// What it means.
    pub checked: Checked,
    /// Tells whether the file has changed since.
    pub version: Version,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is none.
    #[error("{} is not there; `jackfield reference config` prints a file to begin with", .0.display())]
    Absent(PathBuf),
    /// Reading or writing it failed.
    #[error("{}: {error}", path.display())]
    InputOutput {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is refused.
    #[error("{} is refused: {}", path.display(), summary(findings))]
    Refused {
        /// Which file.
        path: PathBuf,
        /// Every finding.
        findings: Vec<Finding>,
    },
    /// Somebody else has changed it since it was read.
    #[error("{} has been changed by somebody else; look at it again", .0.display())]
    Changed(PathBuf),
    /// There is no such backup.
    #[error("{} has no backup {name:?}; `jackfield config backups` lists them", path.display())]
    NoBackup {
        /// Which file.
        path: PathBuf,
        /// The name that was asked for.
        name: String,
    },
}

/// What a change has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The backup of what was there before; `None` when there was nothing, or it is as it was.
    pub backup: Option<PathBuf>,
    /// What is doubtful about the new file.
    pub warnings: Vec<Finding>,
}

/// Where the file is: the one that is named, else [`VARIABLE`], else the standard one.
pub fn locate(named: Option<&Path>) -> Location {
    locate_with(named, std::env::var_os(VARIABLE))
}

/// Reads and judges a file.
///
/// A file without anything in it is refused, although every setting has a default: an editor empties a file before it writes it, and a crash
/// may leave it so. Nobody means "the built-in switch instead of ours" by that.
///
/// # Errors
/// It is absent, unreadable, or refused.
pub fn load(path: &Path) -> Result<Loaded, FileError> {
    judge_whole(path, &read::text(path)?)
}

/// Judges the whole text of a file, as [`load`] does.
///
/// # Errors
/// It is refused.
pub fn judge_whole(path: &Path, text: &str) -> Result<Loaded, FileError> {
    let refused = |findings| FileError::Refused { path: path.into(), findings };
    if text.trim().is_empty() {
        let remedy = "Put a backup back with `jackfield config rollback`, or write `schema = 1` if the defaults are meant";
        return Err(refused(vec![Finding::error(SettingPath::default(), "empty", "the file is empty", remedy)]));
    }
    judge(path, text)
}

/// Judges a text that stands for a file: what a person is still writing, for example. `path` names it in errors.
///
/// # Errors
/// It is refused.
pub fn judge(path: &Path, text: &str) -> Result<Loaded, FileError> {
    let refused = |findings| FileError::Refused { path: path.into(), findings };
    let draft = Draft::parse(text).map_err(refused)?;
    let checked = check(&draft).map_err(refused)?;
    Ok(Loaded { draft, checked, version: Version::of(text) })
}

/// A path as the file means it: a relative one starts at the file's folder.
pub fn beside(file: &Path, named: &Path) -> PathBuf {
    file.parent().map_or_else(|| named.to_path_buf(), |folder| folder.join(named))
}

/// Overlays a draft on the file: comments, order and number styles stay. A file that does not parse is never overwritten; `expected` is the
/// version that the draft was made from.
///
/// # Errors
/// The draft is refused, somebody else has changed the file, or writing failed; the file is as it was.
pub fn save(path: &Path, draft: &Draft, expected: Option<&Version>) -> Result<Saved, FileError> {
    let old = existing(path)?;
    if expected.is_some_and(|expected| old.as_deref().map(Version::of).as_ref() != Some(expected)) {
        return Err(FileError::Changed(path.into()));
    }
    let refused = |findings| FileError::Refused { path: path.into(), findings };
    let text = overlay::overlay(old.as_deref().unwrap_or_default(), draft.values()).map_err(refused)?;
    put(path, old.as_deref(), &text)
}

/// Puts a text in the file's place.
///
/// # Errors
/// The text is refused, or writing failed; the file is as it was.
pub fn replace(path: &Path, text: &str) -> Result<Saved, FileError> {
    put(path, existing(path)?.as_deref(), text)
}

/// Puts a backup in the file's place; `None` takes the newest. What was there is backed up first.
///
/// # Errors
/// There is no such backup, it is refused, or writing failed; the file is as it was.
pub fn roll_back(path: &Path, name: Option<&str>) -> Result<(Backup, Saved), FileError> {
    let backups = backup::list(path)?;
    let wanted = |backup: &&Backup| name.is_none_or(|name| backup.name == name || backup.path == Path::new(name));
    let Some(backup) = backups.iter().rev().find(wanted).cloned() else {
        return Err(FileError::NoBackup { path: path.into(), name: name.unwrap_or("at all").into() });
    };
    let text = read::text(&backup.path)?;
    Ok((backup, replace(path, &text)?))
}

fn put(path: &Path, old: Option<&str>, text: &str) -> Result<Saved, FileError> {
    let refused = |findings| FileError::Refused { path: path.into(), findings };
    let Checked { warnings, .. } = check_text(text).map_err(refused)?;
    let backup = match old {
        Some(old) if old == text => return Ok(Saved { backup: None, warnings }),
        Some(_) => Some(backup::make(path)?),
        None => None,
    };
    write::write(path, text)?;
    Ok(Saved { backup, warnings })
}

fn existing(path: &Path) -> Result<Option<String>, FileError> {
    match read::text(path) {
        Ok(text) => Ok(Some(text)),
        Err(FileError::Absent(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn locate_with(named: Option<&Path>, variable: Option<OsString>) -> Location {
    let named = named.map(Path::to_path_buf).or_else(|| variable.filter(|value| !value.is_empty()).map(PathBuf::from));
    named.map_or_else(|| Location { path: standard(), named: false }, |path| Location { path, named: true })
}

#[cfg(not(windows))]
fn standard() -> PathBuf {
    "/etc/jackfield/jackfield.toml".into()
}

#[cfg(windows)]
fn standard() -> PathBuf {
    let data = std::env::var_os("ProgramData").map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from);
    data.join("Jackfield").join("jackfield.toml")
}

fn summary(findings: &[Finding]) -> String {
    let errors = || findings.iter().filter(|finding| finding.is_error());
    let more = errors().count().saturating_sub(1);
    let first = errors().next().map(ToString::to_string).unwrap_or_default();
    if more == 0 { first } else { format!("{first} (and {more} more)") }
}

fn input_output(path: &Path) -> impl FnOnce(io::Error) -> FileError {
    let path = path.to_path_buf();
    move |error| if error.kind() == io::ErrorKind::NotFound { FileError::Absent(path) } else { FileError::InputOutput { path, error } }
}

#[cfg(test)]
mod tests;

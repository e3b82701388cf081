//! Who may enter a service's folder: the system, administrators and the service's own account, and nobody else. What lies below `%ProgramData%`
//! can otherwise be read by everybody on the machine, secrets too.
//!
//! The access control lists are written by `icacls`, which is part of Windows; groups are named by their numbers, which no language changes.

use super::instance::Instance;
use std::{
    fs, io,
    path::Path,
    process::{Command, Stdio},
};

/// The system itself, and the administrators of this machine (well-known security identifiers).
const MASTERS: [&str; 2] = ["*S-1-5-18:(OI)(CI)F", "*S-1-5-32-544:(OI)(CI)F"];
/// What the service writes; the rest of its folder it only reads.
const WRITTEN: [&str; 2] = ["state", "log"];
const SECRETS: &str = "secrets";

/// Makes the folder with what belongs into it, before it is closed.
///
/// # Errors
/// It cannot be made, or leads elsewhere: everybody may put something into `%ProgramData%`.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    if fs::symlink_metadata(folder).is_ok_and(|there| there.file_type().is_symlink()) {
        return Err(io::Error::other("it is a link to another place; remove it first"));
    }
    WRITTEN.iter().chain([&SECRETS]).try_for_each(|name| fs::create_dir_all(folder.join(name)))
}

/// Closes it for everybody else. The service must have been made: its account exists since then.
///
/// # Errors
/// In words, what the system says.
pub(super) fn close(folder: &Path, instance: &Instance) -> Result<(), String> {
    let account = instance.account();
    // Whoever owns a folder may open it again, and anybody may have made this one.
    icacls(folder, &["/setowner", "*S-1-5-32-544", "/t", "/l"])?;
    icacls(folder, &["/inheritance:r", "/grant:r", MASTERS[0], MASTERS[1], &format!("{account}:(OI)(CI)RX")])?;
    for name in [WRITTEN.as_slice(), &[SECRETS]].concat() {
        icacls(&folder.join(name), &["/reset", "/t", "/l"])?;
    }
    WRITTEN.iter().try_for_each(|name| icacls(&folder.join(name), &["/grant", &format!("{account}:(OI)(CI)M")]))
}

fn icacls(path: &Path, words: &[&str]) -> Result<(), String> {
    let said = Command::new("icacls").arg(path).args(words).arg("/q").stdin(Stdio::null()).output();
    let said = said.map_err(|error| format!("icacls cannot be run: {error}"))?;
    if said.status.success() {
        return Ok(());
    }
    let text = [said.stdout, said.stderr].concat();
    Err(format!("icacls {} {}: {}", path.display(), words.join(" "), String::from_utf8_lossy(&text).trim()))
}

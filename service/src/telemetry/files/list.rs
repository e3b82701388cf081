//! The files that there are.

use super::place::{Place, day};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// All log files of a folder, each by its name below it, the oldest first.
///
/// # Errors
/// The folder, or one of a day, cannot be read.
pub fn log_files(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Some(date) = entry.file_name().to_str().and_then(day) else { continue };
        for file in fs::read_dir(entry.path())? {
            let file = file?;
            if let Some(name) = file.file_name().to_str().filter(|name| Place::of(name).is_some()) {
                all.push((format!("{date}/{name}"), file.path()));
            }
        }
    }
    all.sort();
    Ok(all)
}

//! Takes old log files away. Only files and folders whose names are ours are touched, whatever else lies there.

use super::{
    FilePolicy,
    place::{self, Place},
};
use jiff::{ToSpan, civil::Date};
use std::{
    fs,
    path::{Path, PathBuf},
};

struct Old {
    day: Date,
    number: u32,
    path: PathBuf,
    length: u64,
}

/// What is older than the policy keeps, then the oldest while all together are too large; today's last file of each log stays.
pub(super) fn clean(policy: &FilePolicy, today: Date) {
    let mut files = files(&policy.folder);
    files.sort_by_key(|file| (file.day, file.number));
    let days = i64::from(policy.keep_days.max(1)) - 1;
    let oldest = today.checked_sub(days.days()).unwrap_or(Date::MIN);
    let mut all: u64 = files.iter().map(|file| file.length).sum();
    let last = files.iter().filter(|file| file.day == today).map(|file| file.number).max().unwrap_or_default();
    for file in files {
        let in_use = file.day == today && file.number == last;
        let goes = file.day < oldest || (all > policy.all && !in_use);
        // One that somebody else holds open is tried again later.
        if goes && fs::remove_file(&file.path).is_ok() {
            all -= file.length;
            // A folder with something else in it stays.
            let _ = file.path.parent().map(fs::remove_dir);
        }
    }
}

fn files(folder: &Path) -> Vec<Old> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let days = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        Some((place::day(entry.file_name().to_str()?)?, entry.path()))
    });
    let mut found = Vec::new();
    for (day, within) in days {
        let Ok(entries) = fs::read_dir(within) else { continue };
        found.extend(entries.filter_map(|entry| {
            let entry = entry.ok()?;
            let place = Place::of(entry.file_name().to_str()?)?;
            let about = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some(Old { day, number: place.number, path: entry.path(), length: about.len() })
        }));
    }
    found
}

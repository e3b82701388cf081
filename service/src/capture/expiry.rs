//! How long a capture may be used: its head says until when, as the service's file had it when it was made (`log.keep_captures_days`). Nothing
//! reads one after that, and the next recording in its folder removes it.

use super::format::{Head, Line};
use jiff::{Timestamp, ToSpan};
use std::{
    fs, io,
    io::{BufRead, Read},
    path::{Path, PathBuf},
};

/// A head is shorter, bytes: a hundred agents' names fit in.
const HEAD: u64 = 64 * 1024;

/// A time as a head has it.
pub(super) fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The end of so many days; `None` for 0, which is for ever.
pub(super) fn until(from: Timestamp, days: u32) -> Option<String> {
    let end = from.checked_add((i64::from(days) * 24).hours()).ok()?;
    (days > 0).then(|| day(end))
}

/// Is its time over?
pub(super) fn is_over(head: &Head, now: Timestamp) -> bool {
    let until = head.keep_until.as_ref().and_then(|until| until.parse::<Timestamp>().ok());
    until.is_some_and(|until| until < now)
}

/// Removes the captures of a folder, files named `….capture`, whose time is over; gives back which.
///
/// # Errors
/// The folder cannot be read. A file that cannot be read or removed is left.
pub fn remove_from(folder: &Path, now: Timestamp) -> io::Result<Vec<PathBuf>> {
    let mut removed = Vec::new();
    for entry in fs::read_dir(folder)? {
        let Ok(entry) = entry else { continue };
        let path = entry.path();
        let is_capture =
            path.extension().is_some_and(|extension| extension == "capture") && entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_capture && head(&path).is_some_and(|head| is_over(&head, now)) && fs::remove_file(&path).is_ok() {
            removed.push(path);
        }
    }
    removed.sort();
    Ok(removed)
}

fn head(path: &Path) -> Option<Head> {
    let mut line = String::new();
    io::BufReader::new(fs::File::open(path).ok()?.take(HEAD)).read_line(&mut line).ok()?;
    match Line::parse(line.trim_end()) {
        Ok(Line::Head(head)) => Some(head),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(until: &str) -> String {
        format!("{{\"jackfield_capture\":1,\"made\":\"x\",\"keep_until\":\"{until}\",\"by\":\"x\",\"numbers\":\"masked\"}}\n")
    }

    #[test]
    fn days_are_counted_from_the_beginning_and_none_is_for_ever() {
        let from: Timestamp = "2026-05-04T09:12:44Z".parse().unwrap();
        assert_eq!(until(from, 30).as_deref(), Some("2026-06-03T09:12:44Z"));
        assert_eq!(until(from, 0), None);
    }

    #[test]
    fn only_captures_whose_time_is_over_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let old = capture("2026-05-04T09:12:44Z");
        let files = [
            ("old.capture", old.as_str()),
            ("young.capture", &capture("2026-05-04T09:12:46Z")),
            ("old.txt", &old),
            ("strange.capture", "2026-05-04T09:12:44Z"),
            ("undated.capture", "{\"jackfield_capture\":1,\"made\":\"x\",\"by\":\"x\",\"numbers\":\"masked\"}\n"),
        ];
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let removed = remove_from(folder.path(), "2026-05-04T09:12:45Z".parse().unwrap()).unwrap();
        assert_eq!(removed, [folder.path().join("old.capture")]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), files.len() - 1);
    }
}

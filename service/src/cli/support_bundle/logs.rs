//! The service's log files of a chosen time.

use crate::telemetry::log_files;
use jiff::Timestamp;
use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

/// The end of each file that is taken, in bytes; more of one file nobody reads.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Each file that has a line of this time, by its name below the folder, with those lines.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn since(folder: &Path, since: Timestamp) -> io::Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    for (name, path) in log_files(folder)? {
        let text = end_of(&path).map_or_else(|error| format!("this file cannot be read: {error}\n"), |text| from(&text, since).to_owned());
        if !text.is_empty() {
            all.push((name, text));
        }
    }
    Ok(all)
}

fn end_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST)))?;
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The lines from the first one of this time on: each begins with its time, unless it goes on with the one before.
fn from(text: &str, since: Timestamp) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let time = line.split_whitespace().next().and_then(|time| time.parse::<Timestamp>().ok());
        if time.is_some_and(|time| time >= since) {
            return &text[at..];
        }
        at += line.len();
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_before_the_time_are_left_out_and_what_goes_on_stays_with_its_line() {
        let text = "2026-11-30T10:00:00Z  INFO a\n  more of a\n2026-11-30T12:00:00Z  INFO b\n  more of b\n";
        let at = |time: &str| from(text, time.parse().unwrap());
        assert_eq!(at("2026-11-30T11:00:00Z"), "2026-11-30T12:00:00Z  INFO b\n  more of b\n");
        assert_eq!((at("2026-11-30T09:00:00Z"), at("2026-11-30T13:00:00Z")), (text, ""));
    }
}

//! Reads a file, and not more of it than a configuration can have.

use super::{FileError, input_output};
use crate::{
    finding::{Finding, Place},
    setting_path::SettingPath,
};
use std::{fs::File, io::Read, path::Path};

/// A configuration is never larger, in bytes.
pub const LARGEST: u64 = 1024 * 1024;

/// Reads a file's text.
///
/// # Errors
/// It is absent, unreadable, no regular file, too large, or not UTF-8.
pub fn text(path: &Path) -> Result<String, FileError> {
    let refused = |finding| FileError::Refused { path: path.into(), findings: vec![finding] };
    // Opening a pipe would wait for a writer that may never come.
    if !path.metadata().map_err(input_output(path))?.is_file() {
        return Err(refused(whole("not-a-file", "this is not a regular file", "Name the configuration file itself")));
    }
    text_of(path, File::open(path).map_err(input_output(path))?)
}

/// Reads a text from anywhere; `path` names it in errors.
///
/// # Errors
/// Reading failed, or it is too large, or not UTF-8.
pub fn text_of(path: &Path, from: impl Read) -> Result<String, FileError> {
    let refused = |finding| FileError::Refused { path: path.into(), findings: vec![finding] };
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes).map_err(input_output(path))?;
    if bytes.len() as u64 > LARGEST {
        return Err(refused(whole("too-large", "the file is larger than 1 MiB", "This cannot be the configuration file")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        let finding = whole("not-utf8", "the text is not UTF-8 here", "Save the file as UTF-8");
        refused(Finding { place: Some(Place::of(&text, valid)), ..finding })
    })
}

fn whole(id: &'static str, text: &str, repair: &str) -> Finding {
    Finding::error(SettingPath::default(), id, text, repair)
}

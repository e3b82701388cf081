//! `jackfield config import-old`: the settings of the product before Jackfield.

use super::{Answer, change, exit::Exit};
use serde_json::json;
use shared::{
    Draft,
    file::FileError,
    old_installation::{self, OldFile, Taken},
};
use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The names that the old product gave its files.
const NAMES: [&str; 2] = ["ininintegrationservice.exe.config", "web.config"];

pub(super) fn import(path: &Path, from: &[PathBuf], dry_run: bool) -> Result<Answer, FileError> {
    let files = match files(from)? {
        files if files.is_empty() => {
            return Ok(Answer::wrong("no ININIntegrationService.exe.config and no Web.config is there; name the files themselves"));
        }
        files => files,
    };
    let taken = match old_installation::take(&files) {
        Ok(taken) => taken,
        Err(error) => return Ok(Answer::wrong(error.to_string())),
    };
    let report = report(&taken);
    let counts = taken.counts();
    let told = |answer: Answer| {
        let json = json!({
            "entries": taken.rows,
            "known": counts.0,
            "guessed": counts.1,
            "left": counts.2,
            "written": !dry_run && answer.exit == Exit::Done,
            "file": answer.json,
        });
        Answer { text: format!("{report}{}", answer.text), json, ..answer }
    };
    if dry_run {
        return Ok(told(Answer::done("nothing is written (--dry-run)\n".to_owned(), json!(null))));
    }
    let done = change::edit(path, |draft: &mut Draft| {
        taken.apply(draft);
        Ok(())
    });
    // What was taken is worth knowing even where the file cannot be written: the findings say what is missing.
    Ok(told(done.unwrap_or_else(|error| Answer::failed(&error))))
}

/// The old files: those that are named, and those in the folders that are.
fn files(from: &[PathBuf]) -> Result<Vec<OldFile>, FileError> {
    let mut files = Vec::new();
    for named in from {
        let failed = |error| FileError::InputOutput { path: named.clone(), error };
        if named.is_dir() {
            let mut found = Vec::new();
            for entry in fs::read_dir(named).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                if NAMES.contains(&entry.file_name().to_string_lossy().to_ascii_lowercase().as_str()) {
                    found.push(entry.path());
                }
            }
            found.sort();
            for path in found {
                files.push(file(&path)?);
            }
        } else {
            files.push(file(named)?);
        }
    }
    Ok(files)
}

fn file(path: &Path) -> Result<OldFile, FileError> {
    let failed = |error| FileError::InputOutput { path: path.to_owned(), error };
    let mut bytes = Vec::new();
    // Opening a pipe would wait for a writer that may never come.
    if !path.metadata().map_err(failed)?.is_file() {
        return Err(failed(io::Error::other("this is not a regular file")));
    }
    File::open(path).map_err(failed)?.take(old_installation::LONGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok(OldFile { name, bytes })
}

fn report(taken: &Taken) -> String {
    let mut text = String::new();
    for row in &taken.rows {
        let _ = writeln!(text, "{row}");
    }
    let (known, guessed, left) = taken.counts();
    let _ = writeln!(text, "\n{} taken ({guessed} of them by the names of their keys alone: look at them), {left} left\n", known + guessed);
    text
}

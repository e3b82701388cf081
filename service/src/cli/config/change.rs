//! The subcommands that change the file.

use super::Answer;
use serde_json::json;
use shared::{
    Config, Draft, Finding, SettingPath,
    definition::{self, Kind},
    diff::diff,
    file::{self, FileError, Saved, read},
};
use std::{
    fmt::Write as _,
    io::{self, Read},
    path::{Path, PathBuf},
};

pub(super) fn import(path: &Path, from: &Path) -> Result<Answer, FileError> {
    let text = if from == Path::new("-") { standard_input()? } else { read::text(from)? };
    let before = config(path);
    // What is wrong is wrong in the file that comes, not in the one that is there.
    let saved = file::replace(path, &text).map_err(|error| match error {
        FileError::Refused { findings, .. } => FileError::Refused { path: from.into(), findings },
        error => error,
    })?;
    Ok(changed(path, &before, &saved, &format!("{} is imported", from.display())))
}

pub(super) fn set(path: &Path, words: &[String]) -> Result<Answer, FileError> {
    let (pairs, rest) = words.as_chunks::<2>();
    if let [setting] = rest {
        return Ok(Answer::wrong(format!("`{setting}` has no value; write `jackfield config set {setting} VALUE`, or --unset")));
    }
    edit(path, |draft| {
        for [setting, value] in pairs {
            let at = parsed(setting)?;
            if !draft.set(&at, understood(&at, value)) {
                return Err(format!("`{at}` leads through a place that holds no settings; `jackfield reference settings` lists them all"));
            }
        }
        Ok(())
    })
}

pub(super) fn unset(path: &Path, settings: &[String]) -> Result<Answer, FileError> {
    edit(path, |draft| {
        for setting in settings {
            let at = parsed(setting)?;
            draft.unset(&at).ok_or_else(|| format!("`{at}` is not written in {}, so its default counts already", path.display()))?;
        }
        Ok(())
    })
}

pub(super) fn edit(path: &Path, change: impl FnOnce(&mut Draft) -> Result<(), String>) -> Result<Answer, FileError> {
    let text = match read::text(path) {
        Ok(text) => Some(text),
        Err(FileError::Absent(_)) => None,
        Err(error) => return Err(error),
    };
    let refused = |findings| FileError::Refused { path: path.into(), findings };
    let mut draft = Draft::parse(text.as_deref().unwrap_or_default()).map_err(refused)?;
    let before = config(path);
    if let Err(why) = change(&mut draft) {
        return Ok(Answer::wrong(why));
    }
    let version = text.as_deref().map(file::Version::of);
    let saved = file::save(path, &draft, version.as_ref())?;
    Ok(changed(path, &before, &saved, &format!("{} is written", path.display())))
}

fn parsed(setting: &str) -> Result<SettingPath, String> {
    setting.parse().map_err(|why| format!("{setting:?}: {why}"))
}

pub(super) fn roll_back(path: &Path, name: Option<&str>) -> Result<Answer, FileError> {
    let before = config(path);
    let (backup, saved) = file::roll_back(path, name)?;
    Ok(changed(path, &before, &saved, &format!("{} is back", backup.name)))
}

/// A value as a person types it: texts without quotes, everything else as TOML writes it. What cannot be understood stays a text, and the
/// check says what is needed.
fn understood(setting: &SettingPath, typed: &str) -> toml::Value {
    let parsed = || toml::from_str::<toml::Table>(&format!("x = {typed}\n")).ok().filter(|table| table.len() == 1)?.remove("x");
    let is_text = definition::at(setting).is_some_and(|setting| matches!(setting.kind, Kind::Text { .. } | Kind::Choice(_)));
    let quoted = typed.starts_with(['"', '\'']);
    let value = if is_text && !quoted { None } else { parsed() };
    value.unwrap_or_else(|| typed.into())
}

pub(super) fn changed(path: &Path, before: &Config, saved: &Saved, what: &str) -> Answer {
    let changes = diff(before, &config(path));
    let mut text = if saved.backup.is_none() && changes.is_empty() { "nothing changes\n".to_owned() } else { format!("{what}\n") };
    for change in &changes {
        let _ = writeln!(text, "  {change}");
    }
    if let Some(backup) = &saved.backup {
        let _ = writeln!(text, "the file as it was is {}", backup.display());
    }
    let warnings: Vec<_> = saved.warnings.iter().map(|finding: &Finding| format!("{}:{finding}", path.display())).collect();
    let json = json!({ "file": path, "backup": saved.backup, "changes": changes, "warnings": saved.warnings });
    Answer::done(text, json).remark(warnings.join("\n"))
}

/// What counted before: the built-in configuration where there is no file, or none that is taken.
pub(super) fn config(path: &Path) -> Config {
    file::load(path).map_or_else(|_| Config::built_in(), |loaded| loaded.checked.config)
}

fn standard_input() -> Result<String, FileError> {
    let path = PathBuf::from("standard input");
    let failed = |error| FileError::InputOutput { path, error };
    let mut text = String::new();
    match io::stdin().lock().take(read::LARGEST + 1).read_to_string(&mut text) {
        Ok(length) if length as u64 > read::LARGEST => Err(failed(io::Error::other("more than 1 MiB cannot be a configuration"))),
        Ok(_) => Ok(text),
        Err(error) => Err(failed(error)),
    }
}

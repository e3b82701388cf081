//! The subcommands that change nothing.

use super::{Answer, load, without_file};
use serde_json::json;
use shared::{
    Config,
    diff::diff as compare,
    export,
    file::{self, FileError, Location, backup},
};
use std::{fmt::Write as _, fs::File, io::Write as _, path::Path};

pub(super) fn check(location: &Location) -> Result<Answer, FileError> {
    let path = location.path.display();
    let Some(loaded) = load(location)? else {
        let json = json!({ "file": null, "verdict": "ok", "findings": [] });
        return Ok(Answer::done(String::new(), json).remark(without_file(&location.path)));
    };
    let warnings = &loaded.checked.warnings;
    let lines: Vec<_> = warnings.iter().map(|finding| format!("{path}:{finding}")).collect();
    let text = if warnings.is_empty() { format!("{path} is right\n") } else { format!("{path} is right, with warnings\n") };
    let json = json!({ "file": location.path, "verdict": "ok", "findings": warnings });
    Ok(Answer::done(text, json).remark(lines.join("\n")))
}

pub(super) fn show(location: &Location) -> Result<Answer, FileError> {
    let (config, remark) = match load(location)? {
        Some(loaded) => (loaded.checked.config, String::new()),
        None => (Config::built_in(), without_file(&location.path)),
    };
    Ok(Answer::done(toml::to_string(&config).unwrap_or_default(), &config).remark(remark))
}

pub(super) fn diff(location: &Location, other: Option<&Path>) -> Result<Answer, FileError> {
    let ours = load(location)?.map_or_else(Config::built_in, |loaded| loaded.checked.config);
    let changes = match other {
        Some(other) => compare(&ours, &file::load(other)?.checked.config),
        None => compare(&Config::built_in(), &ours),
    };
    let text = changes.iter().fold(String::new(), |text, change| text + &change.to_string() + "\n");
    let remark = if changes.is_empty() { "no difference" } else { "" };
    Ok(Answer::done(text, json!({ "changes": changes })).remark(remark))
}

pub(super) fn export(location: &Location, output: Option<&Path>) -> Result<Answer, FileError> {
    let text = match file::read::text(&location.path) {
        Err(FileError::Absent(_)) if !location.named => String::new(),
        text => text?,
    };
    let export = export::export(&text).map_err(|findings| FileError::Refused { path: location.path.clone(), findings })?;
    let mut remark = String::new();
    for left in &export.left_out {
        let _ = match left.why {
            "comments" => writeln!(remark, "left out: comments"),
            why => writeln!(remark, "left out: {} ({why})", left.path),
        };
    }
    let Some(output) = output else { return Ok(Answer::done(export.toml.clone(), export).remark(remark)) };
    let failed = |error| FileError::InputOutput { path: output.into(), error };
    let mut copy = File::create_new(output).map_err(failed)?;
    copy.write_all(export.toml.as_bytes()).and_then(|()| copy.sync_all()).map_err(failed)?;
    let json = json!({ "file": output, "left_out": export.left_out });
    Ok(Answer::done(format!("{} is written\n", output.display()), json).remark(remark))
}

pub(super) fn backups(path: &Path) -> Result<Answer, FileError> {
    let backups = backup::list(path)?;
    let mut text = String::new();
    for backup in &backups {
        let written = i64::try_from(backup.written).ok().and_then(|second| jiff::Timestamp::from_second(second).ok());
        let _ = writeln!(text, "{}  {:>8}  {}", written.map_or_else(String::new, |time| time.to_string()), backup.size, backup.name);
    }
    let remark = if backups.is_empty() { format!("{} has no backups", path.display()) } else { String::new() };
    Ok(Answer::done(text, json!({ "backups": backups })).remark(remark))
}

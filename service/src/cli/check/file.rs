//! The stage `file`: is there a file, can it be read, and what does the check say of it?

use super::{
    on_time,
    report::{Detail, Verdict},
    sentences as say,
};
use shared::{
    config::Config,
    file::{self, FileError, Loaded, Location, read},
};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

/// What stands for standard input on the command line.
const STANDARD_INPUT: &str = "-";

/// What was found.
pub(in crate::cli) struct Inspected {
    /// What is said of the file.
    pub(in crate::cli) details: Vec<Detail>,
    /// What it means. Without it the later stages have nothing to look at.
    pub(in crate::cli) config: Option<Config>,
    /// Where it is, or would be: what relative paths in it start at.
    pub(in crate::cli) file: PathBuf,
}

/// Looks at the file.
pub(in crate::cli) async fn inspect(named: Option<&Path>) -> Inspected {
    let piped = named == Some(Path::new(STANDARD_INPUT));
    let location = if piped { Location { path: "standard input".into(), named: true } } else { file::locate(named) };
    let file = location.path.clone();
    let path = file.clone();
    let work = move || if piped { read_input(&path) } else { read_file(&path) };
    // What is piped in is the person's own, and needs no name.
    let subject = if piped { String::new() } else { file.display().to_string() };
    let (details, config) = match on_time(work).await {
        Ok(read) => judged(subject, location.named, read),
        Err(late) => (vec![late.detail(subject, say::FILE_LATE)], None),
    };
    Inspected { details, config, file }
}

fn read_input(path: &Path) -> Result<Loaded, FileError> {
    file::judge(path, &read::text_of(path, io::stdin())?)
}

fn read_file(path: &Path) -> Result<Loaded, FileError> {
    file::judge_whole(path, &read::text(path)?)
}

fn judged(subject: String, named: bool, read: Result<Loaded, FileError>) -> (Vec<Detail>, Option<Config>) {
    match read {
        Ok(loaded) => {
            let mut details = vec![Detail::new(subject, say::FILE_RIGHT)];
            details.extend(loaded.checked.warnings.into_iter().map(detail));
            (details, Some(loaded.checked.config))
        }
        Err(FileError::Refused { findings, .. }) => (findings.into_iter().map(detail).collect(), None),
        Err(FileError::Absent(_)) if !named => (vec![Detail::new(subject, say::FILE_BUILT_IN)], Some(Config::built_in())),
        Err(FileError::Absent(_)) => (vec![Detail::new(subject, say::FILE_ABSENT)], None),
        Err(FileError::InputOutput { error, .. }) => {
            (vec![Detail::with(subject, say::FILE_UNREADABLE, [("why", error.to_string())])], None)
        }
        Err(error @ (FileError::Changed(_) | FileError::NoBackup { .. })) => {
            (vec![Detail::with(subject, say::FILE_UNREADABLE, [("why", error.to_string())])], None)
        }
    }
}

/// What the check of the file says, with its own id and its own words.
fn detail(finding: shared::Finding) -> Detail {
    let verdict = if finding.is_error() { Verdict::Failed } else { Verdict::Warning };
    let place = finding.place.map_or(String::new(), |place| place.to_string());
    let subject = format!("{place} {}", finding.path).trim().to_owned();
    let shared::Finding { id, case, values, text, repair, .. } = finding;
    let values: BTreeMap<_, _> = values.into_iter().collect();
    Detail { subject, verdict, id: format!("finding-{id}"), case, values, cause: text, repair }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn inspect_text(text: &[u8]) -> (Vec<Detail>, Option<Config>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jackfield.toml");
        std::fs::write(&path, text).unwrap();
        looked_at(&path).await
    }

    async fn looked_at(path: &Path) -> (Vec<Detail>, Option<Config>) {
        let Inspected { details, config, .. } = inspect(Some(path)).await;
        (details, config)
    }

    #[tokio::test]
    async fn a_finding_names_its_place_and_its_repair() {
        let (details, loaded) = inspect_text(b"schema = 1\n[service]\nlisten = \"here\"\n").await;
        assert!(loaded.is_none());
        let [detail] = details.as_slice() else { panic!("{details:?}") };
        assert_eq!((detail.subject.as_str(), detail.verdict), ("3:10 service.listen", Verdict::Failed));
        assert!(!detail.repair.is_empty());
    }

    #[tokio::test]
    async fn a_line_with_a_password_is_not_repeated() {
        let (details, _) = inspect_text(b"[switch]\npassword = \"hunter2\" oops\n").await;
        assert_eq!(details[0].verdict, Verdict::Failed);
        let (literal, _) = inspect_text(b"[switch]\npassword = \"hunter2\"\n").await;
        assert!(literal.iter().any(|detail| detail.verdict == Verdict::Failed));
        assert!(!format!("{details:?}{literal:?}").contains("hunter2"));
    }

    #[tokio::test]
    async fn what_cannot_be_a_file_fails_and_does_not_hang() {
        let (missing, _) = looked_at(Path::new("/no/such/file.toml")).await;
        let (endless, _) = looked_at(Path::new("/dev/zero")).await;
        let (folder, _) = looked_at(Path::new("/")).await;
        let (binary, _) = inspect_text(b"\xff\xfe").await;
        for details in [missing, endless, folder, binary] {
            assert_eq!(details[0].verdict, Verdict::Failed, "{details:?}");
        }
    }
}

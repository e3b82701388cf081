//! The stage `file`: is there a file, can it be read, and what does the check say of it?

use super::{on_time, report::Detail};
use shared::{
    config::Config,
    file::{self, FileError, Loaded, Location, read},
};
use std::{
    io,
    path::{Path, PathBuf},
};

/// What stands for standard input on the command line.
const STANDARD_INPUT: &str = "-";

/// What was found.
pub(super) struct Inspected {
    /// What is said of the file.
    pub(super) details: Vec<Detail>,
    /// What it means. Without it the later stages have nothing to look at.
    pub(super) config: Option<Config>,
    /// Where it is, or would be: what relative paths in it start at.
    pub(super) file: PathBuf,
}

/// Looks at the file.
pub(super) async fn inspect(named: Option<&Path>) -> Inspected {
    let piped = named == Some(Path::new(STANDARD_INPUT));
    let location = if piped { Location { path: "standard input".into(), named: true } } else { file::locate(named) };
    let file = location.path.clone();
    let path = file.clone();
    let loaded = on_time(move || if piped { file::judge(&path, &read::text_of(&path, io::stdin())?) } else { file::load(&path) }).await;
    let (details, config) = judged(&location, loaded);
    Inspected { details, config, file }
}

fn judged(location: &Location, loaded: Result<Result<Loaded, FileError>, String>) -> (Vec<Detail>, Option<Config>) {
    let subject = location.path.display().to_string();
    match loaded {
        Ok(Ok(loaded)) => {
            let mut details = vec![Detail::ok(subject, "syntax and settings are right")];
            details.extend(loaded.checked.warnings.into_iter().map(detail));
            (details, Some(loaded.checked.config))
        }
        Ok(Err(FileError::Absent(path))) if !location.named => {
            let cause =
                format!("{} is not there, so the built-in configuration counts: an embedded switch, on this machine only", path.display());
            (vec![Detail::ok("no file", cause)], Some(Config::built_in()))
        }
        Ok(Err(FileError::Refused { findings, .. })) => (findings.into_iter().map(detail).collect(), None),
        Ok(Err(error)) => (vec![Detail::failed(subject, error.to_string(), "Correct the path, or let this account read the file")], None),
        Err(why) => (vec![Detail::failed(subject, why, "See whether the file system answers")], None),
    }
}

fn detail(finding: shared::Finding) -> Detail {
    let place = finding.place.map_or(String::new(), |place| format!("{place} "));
    let path = finding.path.to_string();
    let subject = if path.is_empty() { format!("{place}the file") } else { format!("{place}{path}") };
    if finding.is_error() {
        Detail::failed(subject, finding.text, finding.repair)
    } else {
        Detail::warning(subject, finding.text, finding.repair)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::report::Verdict, *};

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

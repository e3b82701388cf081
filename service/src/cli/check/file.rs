//! The stage `file`: is there a file, can it be read, and what does the check say of it?

use super::{DEADLINE, report::Detail};
use shared::config::Config;
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// More than any configuration file has.
const MOST: u64 = 4 * 1024 * 1024;

/// What the later stages look at.
pub(super) struct Loaded {
    pub(super) config: Config,
    /// Where the file lies; relative paths in it start here.
    pub(super) folder: PathBuf,
}

/// Looks at the file; `None`: the built-in configuration. Without an answer the later stages have nothing to look at.
pub(super) async fn inspect(path: Option<&Path>) -> (Vec<Detail>, Option<Loaded>) {
    let Some(path) = path else {
        let detail = Detail::ok("no file", "the built-in configuration counts: an embedded switch, on this machine only");
        return (vec![detail], Some(Loaded { config: Config::built_in(), folder: PathBuf::new() }));
    };
    let subject = path.display().to_string();
    let text = match read(path).await {
        Ok(text) => text,
        Err(cause) => return (vec![Detail::failed(subject, cause, "Correct the path, or let this account read the file")], None),
    };
    match shared::check_text(&text) {
        Ok(checked) => {
            let mut details = vec![Detail::ok(subject, "syntax and settings are right")];
            details.extend(checked.warnings.into_iter().map(detail));
            let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
            (details, Some(Loaded { config: checked.config, folder }))
        }
        Err(findings) => (findings.into_iter().map(detail).collect(), None),
    }
}

/// Reads a text file that may turn out to be endless, or to lie on a server that does not answer.
pub(super) async fn read(path: &Path) -> Result<String, String> {
    let path = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        File::open(&path)?.take(MOST + 1).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    });
    match tokio::time::timeout(DEADLINE, reading).await {
        Ok(Ok(Ok(bytes))) if bytes.len() as u64 > MOST => Err(format!("larger than {} MiB", MOST >> 20)),
        Ok(Ok(Ok(bytes))) => String::from_utf8(bytes).map_err(|_| "not a text in UTF-8".to_owned()),
        Ok(Ok(Err(error))) => Err(format!("cannot be read: {error}")),
        Ok(Err(error)) => Err(format!("cannot be read: {error}")),
        Err(_) => Err("cannot be read: no answer in time".to_owned()),
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

    async fn inspect_text(text: &[u8]) -> (Vec<Detail>, Option<Loaded>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jackfield.toml");
        std::fs::write(&path, text).unwrap();
        inspect(Some(&path)).await
    }

    #[tokio::test]
    async fn without_a_file_the_built_in_configuration_is_looked_at() {
        let (details, loaded) = inspect(None).await;
        assert_eq!(details[0].verdict, Verdict::Ok);
        assert_eq!(loaded.unwrap().config, Config::built_in());
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
        let (missing, _) = inspect(Some(Path::new("/no/such/file.toml"))).await;
        let (endless, _) = inspect(Some(Path::new("/dev/zero"))).await;
        let (folder, _) = inspect(Some(Path::new("/"))).await;
        let (binary, _) = inspect_text(b"\xff\xfe").await;
        for details in [missing, endless, folder, binary] {
            assert_eq!(details[0].verdict, Verdict::Failed, "{details:?}");
        }
    }
}

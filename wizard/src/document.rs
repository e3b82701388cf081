//! The file behind the document: reading it, writing it, and why that did not work, in words that a person can act upon. Everything here
//! waits for a disk and so runs as a job. Knows no egui.

use crate::probe::Administrator;
use shared::{
    Draft, Finding,
    config::SCHEMA,
    definition, export,
    file::{self, FileError, Version, overlay, read},
};
use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

/// A file as it was read.
#[derive(Clone)]
pub struct Text {
    /// What is written in it.
    pub draft: Arc<Draft>,
    /// The same with comments and order.
    pub text: Arc<str>,
    /// Tells whether it has changed since.
    pub version: Version,
}

/// Why a file could not be read or written. Nothing is lost in any of these cases.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// There is none.
    Absent,
    /// It may not be read or written.
    Denied,
    /// Another hand has changed it since it was read.
    Changed,
    /// There is one already.
    Exists,
    /// It is no TOML, or only half of it: the first error, with line and column.
    Syntax(String),
    /// TOML, but nothing of it is Jackfield's.
    Foreign,
    /// It was written by a newer Jackfield, in this version of the layout.
    Newer(i64),
    /// It is larger than any configuration.
    TooLarge,
    /// It is no text, or no regular file.
    NotText,
    /// The check refuses it: the first error.
    Refused(String),
    /// Something else, in the system's words.
    Failed(String),
}

/// What must be true of the file on the disk so that it may be written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expected {
    /// It has this version.
    Version(Version),
    /// There is none.
    Nothing,
    /// Whatever is there may be replaced; it is backed up.
    Anything,
}

/// Something to be written.
#[derive(Clone)]
pub struct Writing {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub draft: Arc<Draft>,
    /// The text over which it is laid, for its comments and order.
    pub base: Arc<str>,
    /// On which condition.
    pub expected: Expected,
}

/// What was written.
#[derive(Clone)]
pub struct Written {
    /// The file as it is now.
    pub text: Text,
    /// What was there before.
    pub backup: Option<PathBuf>,
}

/// Reads a file. One with errors in its settings is read too, so that they can be repaired.
///
/// # Errors
/// It is not one of Jackfield's, or cannot be read.
pub fn read(path: &Path) -> Result<Text, Problem> {
    let text = read::text(path).map_err(|error| Problem::of(&error))?;
    let draft = Draft::parse(&text).map_err(|findings| Problem::Syntax(first(&findings)))?;
    if let Some(schema) = draft.values().get("schema").and_then(toml::Value::as_integer).filter(|schema| *schema > i64::from(SCHEMA)) {
        return Err(Problem::Newer(schema));
    }
    let known = |key: &String| definition::root().below(&shared::setting_path::Step::Key(key.clone())).is_some();
    if !draft.values().is_empty() && !draft.values().keys().any(known) {
        return Err(Problem::Foreign);
    }
    Ok(Text { draft: Arc::new(draft), version: Version::of(&text), text: text.into() })
}

/// Puts a backup in the file's place; what was there is backed up first.
///
/// # Errors
/// There is no such backup, the check refuses it, or writing failed; the file is as it was.
pub fn roll_back(path: &Path, backup: &Path) -> Result<Text, Problem> {
    file::roll_back(path, backup.to_str()).map_err(|error| Problem::of(&error))?;
    read(path)
}

/// Writes a copy for support, without secrets and comments; gives back how much was left out.
///
/// # Errors
/// There is such a file already, or writing failed.
pub fn export(text: &str, to: &Path) -> Result<usize, Problem> {
    let export = export::export(text).map_err(|findings| Problem::Syntax(first(&findings)))?;
    let write = |text: &str| {
        let mut copy = File::create_new(to)?;
        copy.write_all(text.as_bytes())?;
        copy.sync_all()
    };
    write(&export.toml).map_err(|error| Problem::of_io(&error))?;
    Ok(export.left_out.len())
}

// === impl Writing ===

impl Writing {
    /// Writes it: checked, backed up, and as a whole.
    ///
    /// # Errors
    /// Why not; the file is then as it was.
    pub fn write(&self) -> Result<Written, Problem> {
        self.expect()?;
        let saved = file::replace(&self.path, &self.text()?).map_err(|error| Problem::of(&error))?;
        Ok(Written { text: read(&self.path)?, backup: saved.backup })
    }

    /// Has the installed `jackfield` write it with an administrator's rights: the system asks for the password, and the child does the same
    /// as [`Self::write`].
    ///
    /// # Errors
    /// The password was not given, or the child could not write; the file is then as it was.
    pub fn write_as_administrator(&self, administrator: &Administrator) -> Result<Written, Problem> {
        self.expect()?;
        let text = self.text()?;
        let failed = |error: io::Error| Problem::of_io(&error);
        let mut child = Command::new(&administrator.pkexec)
            .arg(&administrator.program)
            .args(["config", "--config"])
            .arg(&self.path)
            .args(["import", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        // A child that ended early closes its end; its exit code says more than the broken pipe.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(text.as_bytes()));
        let output = child.wait_with_output().map_err(failed)?;
        match output.status.code() {
            Some(0) => Ok(Written { text: read(&self.path)?, backup: None }),
            // What pkexec ends with when nobody gave the password, and when it was wrong or the right is missing.
            Some(126 | 127) => Err(Problem::Denied),
            _ => Err(Problem::Failed(String::from_utf8_lossy(&output.stderr).trim().chars().take(600).collect())),
        }
    }

    fn expect(&self) -> Result<(), Problem> {
        let there = match read::text(&self.path) {
            Ok(text) => Some(Version::of(&text)),
            Err(FileError::Absent(_)) => None,
            // Whatever it is, it is there, and a configuration may only take its place when somebody says so.
            Err(FileError::Refused { .. }) if self.expected == Expected::Nothing => return Err(Problem::Exists),
            Err(error) => return Err(Problem::of(&error)),
        };
        match (self.expected, there) {
            (Expected::Nothing, Some(_)) => Err(Problem::Exists),
            (Expected::Version(expected), Some(there)) if expected != there => Err(Problem::Changed),
            _ => Ok(()),
        }
    }

    fn text(&self) -> Result<String, Problem> {
        overlay::overlay(&self.base, self.draft.values()).map_err(|findings| Problem::Refused(first(&findings)))
    }
}

// === impl Problem ===

impl Problem {
    /// The key of the sentence that says what is wrong and what to do.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Absent => "problem-absent",
            Self::Denied => "problem-denied",
            Self::Changed => "problem-changed",
            Self::Exists => "problem-exists",
            Self::Syntax(_) => "problem-syntax",
            Self::Foreign => "problem-foreign",
            Self::Newer(_) => "problem-newer",
            Self::TooLarge => "problem-too-large",
            Self::NotText => "problem-not-text",
            Self::Refused(_) => "problem-refused",
            Self::Failed(_) => "problem-failed",
        }
    }

    /// What the sentence has to say beyond that.
    pub fn why(&self) -> String {
        match self {
            Self::Syntax(why) | Self::Refused(why) | Self::Failed(why) => why.clone(),
            Self::Newer(schema) => schema.to_string(),
            _ => String::new(),
        }
    }

    fn of(error: &FileError) -> Self {
        match error {
            FileError::Absent(_) => Self::Absent,
            FileError::Changed(_) => Self::Changed,
            FileError::InputOutput { error, .. } => Self::of_io(error),
            FileError::Refused { findings, .. } => match findings.iter().find(|finding| finding.is_error()).map(|finding| finding.id) {
                Some("too-large") => Self::TooLarge,
                Some("not-utf8" | "not-a-file") => Self::NotText,
                Some("syntax") => Self::Syntax(first(findings)),
                _ => Self::Refused(first(findings)),
            },
            FileError::NoBackup { .. } => Self::Failed(error.to_string()),
        }
    }

    fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Absent,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Denied,
            io::ErrorKind::AlreadyExists => Self::Exists,
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// The first error, as a sentence with its place.
fn first(findings: &[Finding]) -> String {
    let Some(finding) = findings.iter().find(|finding| finding.is_error()) else { return String::new() };
    let mut text = String::new();
    if let Some(place) = finding.place {
        let _ = write!(text, "{}:{}: ", place.line, place.column);
    }
    if !finding.path.steps().is_empty() {
        let _ = write!(text, "{}: ", finding.path);
    }
    text + &finding.text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const FILE: &str = "# ours\n[limits]\nmailbox = 16 # enough\n";

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn problem(content: impl AsRef<[u8]>) -> Problem {
        let folder = folder();
        let path = folder.path().join("f.toml");
        fs::write(&path, content).unwrap();
        read(&path).map(drop).unwrap_err()
    }

    fn writing(path: &Path, base: &str, expected: Expected) -> Writing {
        let mut draft = Draft::parse(base).unwrap();
        draft.set(&"limits.mailbox".parse().unwrap(), 17.into());
        Writing { path: path.into(), draft: Arc::new(draft), base: base.into(), expected }
    }

    #[test]
    fn every_bad_file_is_told_apart() {
        assert!(matches!(problem("[limits\nmailbox = 1"), Problem::Syntax(why) if why.starts_with("1:")));
        assert_eq!(problem("[package]\nname = \"x\"\n"), Problem::Foreign);
        assert_eq!(problem("schema = 2\n"), Problem::Newer(2));
        assert_eq!(problem(vec![b'#'; 1024 * 1024 + 1]), Problem::TooLarge);
        assert_eq!(problem([0x66, 0xff, 0xfe]), Problem::NotText);
        assert_eq!(read(Path::new("/nowhere/at/all")).map(drop), Err(Problem::Absent));
        assert_eq!(read(folder().path()).map(drop), Err(Problem::NotText));
        let denied = FileError::InputOutput { path: "/x".into(), error: io::ErrorKind::PermissionDenied.into() };
        assert_eq!(Problem::of(&denied), Problem::Denied);
    }

    #[test]
    fn a_file_with_wrong_settings_is_read_so_that_they_can_be_repaired() {
        let folder = folder();
        let path = folder.path().join("f.toml");
        fs::write(&path, "[limits]\nmailbox = 0\n").unwrap();
        assert!(read(&path).is_ok());
    }

    #[test]
    fn writing_keeps_comments_and_backs_up_what_was_there() {
        let folder = folder();
        let path = folder.path().join("f.toml");
        fs::write(&path, FILE).unwrap();
        let version = Version::of(FILE);
        let written = writing(&path, FILE, Expected::Version(version)).write().map_err(|problem| panic!("{problem:?}")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), FILE.replace("16", "17"));
        assert_eq!(fs::read_to_string(written.backup.unwrap()).unwrap(), FILE);
        let again = writing(&path, FILE, Expected::Version(version)).write().map(drop);
        assert_eq!(again, Err(Problem::Changed), "the version is that of the text before");
    }

    #[test]
    fn another_file_is_replaced_only_when_that_is_wanted() {
        let folder = folder();
        let path = folder.path().join("other.toml");
        fs::write(&path, "# theirs\n").unwrap();
        assert_eq!(writing(&path, FILE, Expected::Nothing).write().map(drop), Err(Problem::Exists));
        assert_eq!(fs::read_to_string(&path).unwrap(), "# theirs\n");
        assert!(writing(&path, FILE, Expected::Anything).write().is_ok());
        assert_eq!(fs::read_to_string(&path).unwrap(), FILE.replace("16", "17"), "with the comments of the document");
    }

    #[test]
    fn what_the_check_refuses_is_not_written() {
        let folder = folder();
        let path = folder.path().join("f.toml");
        let mut writing = writing(&path, FILE, Expected::Nothing);
        writing.draft = Arc::new(Draft::parse("[limits]\nmailbox = 0\n").unwrap());
        assert!(matches!(writing.write().map(drop), Err(Problem::Refused(why)) if why.contains("limits.mailbox")));
        assert!(!path.exists());
    }

    #[test]
    fn an_export_replaces_nothing_and_holds_no_secret() {
        let folder = folder();
        let path = folder.path().join("copy.toml");
        assert_eq!(export("[switch]\npassword = \"hunter2\"\n", &path), Ok(1));
        assert!(!fs::read_to_string(&path).unwrap().contains("hunter2"));
        assert_eq!(export("", &path), Err(Problem::Exists));
    }

    /// Stands for what asks for the password, and for `jackfield`: with an exit code, the password was not given.
    #[cfg(unix)]
    fn administrator(folder: &Path, refuse: Option<u8>) -> Administrator {
        use std::os::unix::fs::PermissionsExt;
        let script = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            path
        };
        let pkexec = refuse.map_or_else(|| "exec \"$@\"".to_owned(), |code| format!("exit {code}"));
        let import = "[ \"$1 $2 $4 $5\" = 'config --config import -' ] || { echo \"what is $*\" >&2; exit 64; }\ncat > \"$3\"";
        Administrator { pkexec: script("pkexec", &pkexec), program: script("jackfield", import) }
    }

    #[cfg(unix)]
    #[test]
    fn an_administrator_writes_the_same_and_who_gives_no_password_changes_nothing() {
        let folder = folder();
        let path = folder.path().join("f.toml");
        fs::write(&path, FILE).unwrap();
        let writing = writing(&path, FILE, Expected::Version(Version::of(FILE)));
        for code in [126, 127] {
            let refused = writing.write_as_administrator(&administrator(folder.path(), Some(code))).map(drop);
            assert_eq!((refused, fs::read_to_string(&path).unwrap().as_str()), (Err(Problem::Denied), FILE));
        }
        let done = writing.write_as_administrator(&administrator(folder.path(), None)).map(|written| written.text.version);
        let new = FILE.replace("16", "17");
        assert_eq!((done, fs::read_to_string(&path).unwrap()), (Ok(Version::of(&new)), new));
    }
}

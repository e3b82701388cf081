//! The file behind the document: reading it and writing it. Everything here waits for a disk and so runs as a job; why it did not work says
//! `problem`. Knows no egui.

use crate::{
    administrator::{self, Administrator},
    problem::Problem,
};
use shared::{
    Draft,
    config::SCHEMA,
    definition, export,
    file::{self, FileError, Version, overlay, read},
};
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
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
/// It is not one of Jackfield's, or cannot be read. An empty one is refused like by the service: nobody means the defaults by it.
pub fn read(path: &Path) -> Result<Text, Problem> {
    let text = read::text(path).map_err(|error| match Problem::from(&error) {
        Problem::Denied => Problem::MayNotRead,
        problem => problem,
    })?;
    parsed(&text)
}

/// The same from a text, wherever it comes from.
///
/// # Errors
/// It is not one of Jackfield's.
pub fn parsed(text: &str) -> Result<Text, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::Empty);
    }
    let draft = Draft::parse(text).map_err(|findings| Problem::first(&findings, Problem::Syntax))?;
    if let Some(schema) = draft.values().get("schema").and_then(toml::Value::as_integer).filter(|schema| *schema > i64::from(SCHEMA)) {
        return Err(Problem::Newer(schema));
    }
    let known = |key: &String| definition::root().below(&shared::setting_path::Step::Key(key.clone())).is_some();
    if !draft.values().is_empty() && !draft.values().keys().any(known) {
        return Err(Problem::Foreign);
    }
    Ok(Text { draft: Arc::new(draft), version: Version::of(text), text: text.into() })
}

/// Puts a backup in the file's place; what was there is backed up first.
///
/// # Errors
/// There is no such backup, the check refuses it, or writing failed; the file is as it was.
pub fn roll_back(path: &Path, backup: &Path) -> Result<Text, Problem> {
    file::roll_back(path, backup.to_str()).map_err(|error| Problem::from(&error))?;
    read(path)
}

/// Writes a copy for support, without secrets and comments; gives back how much was left out.
///
/// # Errors
/// There is such a file already, or writing failed.
pub fn export(text: &str, to: &Path) -> Result<usize, Problem> {
    let export = export::export(text).map_err(|findings| Problem::first(&findings, Problem::Syntax))?;
    let write = |text: &str| {
        let mut copy = File::create_new(to)?;
        copy.write_all(text.as_bytes())?;
        copy.sync_all()
    };
    write(&export.toml).map_err(|error| Problem::from(&error))?;
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
        let saved = file::replace(&self.path, &self.text()?).map_err(|error| Problem::from(&error))?;
        Ok(Written { text: read(&self.path)?, backup: saved.backup })
    }

    /// Has the installed `jackfield` write it with an administrator's rights: the system asks for the password, and the child does the same
    /// as [`Self::write`].
    ///
    /// # Errors
    /// The password was not given, or the child could not write; the file is then as it was.
    pub fn write_as_administrator(&self, administrator: &Administrator) -> Result<Written, Problem> {
        // A folder that this account may not even enter hides whether the file has changed; the child, which may, backs up what is there.
        match self.expect() {
            Ok(()) | Err(Problem::Denied) => {}
            Err(problem) => return Err(problem),
        }
        let text = self.text()?;
        administrator::write(administrator, &self.path, &text)?;
        match read(&self.path) {
            Ok(text) => Ok(Written { text, backup: None }),
            // It was written, and this account may not read it: what was sent is what is there.
            Err(Problem::MayNotRead | Problem::Absent) => {
                let draft = Draft::parse(&text).map_err(|findings| Problem::first(&findings, Problem::Syntax))?;
                Ok(Written { text: Text { draft: Arc::new(draft), version: Version::of(&text), text: text.into() }, backup: None })
            }
            Err(problem) => Err(problem),
        }
    }

    fn expect(&self) -> Result<(), Problem> {
        let there = match read::text(&self.path) {
            Ok(text) => Some(Version::of(&text)),
            Err(FileError::Absent(_)) => None,
            // Whatever it is, it is there, and a configuration may only take its place when somebody says so.
            Err(FileError::Refused { .. }) if self.expected == Expected::Nothing => return Err(Problem::Exists),
            Err(error) => return Err(Problem::from(&error)),
        };
        match (self.expected, there) {
            (Expected::Nothing, Some(_)) => Err(Problem::Exists),
            (Expected::Version(expected), Some(there)) if expected != there => Err(Problem::Changed),
            _ => Ok(()),
        }
    }

    fn text(&self) -> Result<String, Problem> {
        overlay::overlay(&self.base, self.draft.values()).map_err(|findings| Problem::first(&findings, Problem::Refused))
    }
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
        assert!(matches!(problem("[limits\nmailbox = 1"), Problem::Syntax(why) if why.place.is_some_and(|place| place.line == 1)));
        assert_eq!(problem("\n  \n"), Problem::Empty);
        assert_eq!(problem("[package]\nname = \"x\"\n"), Problem::Foreign);
        assert_eq!(problem("schema = 2\n"), Problem::Newer(2));
        assert_eq!(problem(vec![b'#'; 1024 * 1024 + 1]), Problem::TooLarge);
        assert_eq!(problem([0x66, 0xff, 0xfe]), Problem::NotText);
        assert_eq!(read(Path::new("/nowhere/at/all")).map(drop), Err(Problem::Absent));
        assert_eq!(read(folder().path()).map(drop), Err(Problem::NotFile));
        let denied = FileError::InputOutput { path: "/x".into(), error: std::io::ErrorKind::PermissionDenied.into() };
        assert_eq!(Problem::from(&denied), Problem::Denied);
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
        assert!(matches!(writing.write().map(drop), Err(Problem::Refused(why)) if why.path.to_string() == "limits.mailbox"));
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

    #[cfg(unix)]
    #[test]
    fn an_administrator_writes_the_same() {
        let folder = folder();
        let path = folder.path().join("f.toml");
        fs::write(&path, FILE).unwrap();
        let writing = writing(&path, FILE, Expected::Version(Version::of(FILE)));
        let administrator = administrator::tests::stand_in(folder.path(), "exec \"$@\"");
        let done = writing.write_as_administrator(&administrator).map(|written| written.text.version);
        let new = FILE.replace("16", "17");
        assert_eq!((done, fs::read_to_string(&path).unwrap()), (Ok(Version::of(&new)), new));
        let again = writing.write_as_administrator(&administrator).map(drop);
        assert_eq!(again, Err(Problem::Changed), "what another hand wrote is not lost either");
    }
}

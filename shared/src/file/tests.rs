//! Files on disk, as administrators and the wizard change them.

use super::*;
use crate::setting_path::path as setting;
use std::fs;

struct Site {
    folder: tempfile::TempDir,
    file: PathBuf,
}

impl Site {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jackfield.toml");
        fs::write(&file, text).unwrap();
        Self { folder, file }
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.file).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

const TEXT: &str = "# ours\n[limits]\nmailbox = 16 # enough\n";

#[test]
fn saving_keeps_comments_backs_up_and_leaves_no_rubbish() {
    let site = Site::new(TEXT);
    let loaded = load(&site.file).unwrap();
    let mut draft = loaded.draft.clone();
    draft.set(&setting("limits.mailbox"), 17.into());
    let saved = save(&site.file, &draft, Some(&loaded.version)).unwrap();
    assert_eq!(site.text(), TEXT.replace("16", "17"));
    assert_eq!(fs::read_to_string(saved.backup.unwrap()).unwrap(), TEXT);
    assert_eq!(site.names(), ["jackfield.toml", "jackfield.toml.backup"]);
    assert!(matches!(save(&site.file, &draft, Some(&loaded.version)), Err(FileError::Changed(_))), "the version is an old one");
    assert_eq!(save(&site.file, &draft, None).unwrap().backup, None, "nothing changed, nothing backed up");
}

#[test]
fn what_is_refused_changes_nothing() {
    let site = Site::new(TEXT);
    let mut draft = load(&site.file).unwrap().draft;
    draft.set(&setting("limits.mailbox"), 0.into());
    assert!(matches!(save(&site.file, &draft, None), Err(FileError::Refused { .. })));
    assert!(matches!(replace(&site.file, "[switch]\npassword = \"hunter2\"\n"), Err(FileError::Refused { .. })));
    assert_eq!((site.text().as_str(), site.names().len()), (TEXT, 1));
}

#[test]
fn a_file_that_does_not_parse_is_never_overwritten_by_a_draft() {
    let site = Site::new("[limits\nmailbox = 16\n");
    let Err(FileError::Refused { findings, .. }) = save(&site.file, &Draft::default(), None) else { panic!("overwritten") };
    assert_eq!((findings[0].id, findings[0].place.unwrap().line), ("syntax", 1));
    assert_eq!(site.text(), "[limits\nmailbox = 16\n");
}

#[test]
fn rolling_back_backs_up_the_current_file_first() {
    let site = Site::new("schema = 1\n");
    replace(&site.file, "schema = 1 # two\n").unwrap();
    replace(&site.file, "schema = 1 # three\n").unwrap();
    let (backup, saved) = roll_back(&site.file, None).unwrap();
    assert_eq!((backup.name.as_str(), site.text().as_str()), ("jackfield.toml.backup.latest", "schema = 1 # two\n"));
    assert_eq!(fs::read_to_string(saved.backup.unwrap()).unwrap(), "schema = 1 # three\n");
    roll_back(&site.file, Some("jackfield.toml.backup")).unwrap();
    assert_eq!(site.text(), "schema = 1\n");
    assert!(matches!(roll_back(&site.file, Some("jackfield.toml.backup.9")), Err(FileError::NoBackup { .. })));
    assert_eq!(site.names().len(), 5);
}

#[test]
fn a_new_file_needs_no_folder() {
    let site = Site::new("");
    let file = site.folder.path().join("new/jackfield.toml");
    let mut draft = Draft::default();
    draft.set(&setting("limits.mailbox"), 17.into());
    assert_eq!(save(&file, &draft, None).unwrap().backup, None);
    assert_eq!(fs::read_to_string(&file).unwrap(), "[limits]\nmailbox = 17\n");
}

#[test]
#[cfg(unix)]
fn mode_and_link_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let site = Site::new(TEXT);
    fs::set_permissions(&site.file, fs::Permissions::from_mode(0o640)).unwrap();
    let link = site.folder.path().join("link.toml");
    symlink(&site.file, &link).unwrap();
    replace(&link, "schema = 1\n").unwrap();
    assert_eq!(site.text(), "schema = 1\n");
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(site.file.metadata().unwrap().permissions().mode() & 0o7777, 0o640);
    assert_eq!(site.folder.path().join("link.toml.backup").metadata().unwrap().permissions().mode() & 0o7777, 0o640);
}

#[test]
fn what_is_no_configuration_file_is_refused_before_it_is_read() {
    let site = Site::new("");
    let id = |path: &Path| match load(path) {
        Err(FileError::Refused { findings, .. }) => findings[0].id,
        Err(FileError::Absent(_)) => "absent",
        _ => "other",
    };
    assert_eq!(id(site.folder.path()), "not-a-file");
    assert_eq!(id(&site.folder.path().join("none")), "absent");
    fs::write(&site.file, vec![b'#'; 1024 * 1024 + 1]).unwrap();
    assert_eq!(id(&site.file), "too-large");
    fs::write(&site.file, b"# fine\nx = \"\xff\"\n").unwrap();
    let Err(FileError::Refused { findings, .. }) = load(&site.file) else { panic!("taken") };
    assert_eq!((findings[0].id, findings[0].place.unwrap().line, findings[0].place.unwrap().column), ("not-utf8", 2, 6));
}

#[test]
fn the_file_is_the_one_that_is_named_then_the_variables_then_the_standard_one() {
    let location = |path: &str, named| Location { path: path.into(), named };
    assert_eq!(locate_with(Some(Path::new("/a")), Some("/b".into())), location("/a", true));
    assert_eq!(locate_with(None, Some("/b".into())), location("/b", true));
    assert!(!locate_with(None, Some("".into())).named);
    assert!(!locate_with(None, None).named);
}

#[test]
fn a_file_that_an_editor_has_emptied_is_refused() {
    for text in ["", "\n  \n"] {
        let site = Site::new(text);
        let Err(FileError::Refused { findings, .. }) = load(&site.file) else { panic!("{text:?} was taken") };
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].id, "empty");
    }
    assert!(load(&Site::new("# the defaults are meant\n").file).is_ok());
}

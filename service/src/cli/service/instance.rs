//! One of several services on a host: its names, its folder and the file that it begins with. Nothing here speaks to the system.

#[cfg(any(windows, test))]
use std::path::{Path, PathBuf};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance(String);

/// No name is longer; the account's name is made of it, and the system's limit is 256 for the whole.
const LONGEST: usize = 40;

// === impl Instance ===

impl Instance {
    /// The service of this name; an empty one is the service without a name.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if name.len() <= LONGEST && name.bytes().all(fits) && !name.starts_with(['-', '_']) {
            Ok(Self(name.to_owned()))
        } else {
            Err(format!("a service's name has at most {LONGEST} letters (a to z), digits, `-` and `_`, and begins with a letter or digit"))
        }
    }
}

#[cfg(any(windows, test))]
impl Instance {
    /// The service's name for the system, in the form of SQL Server's instances: Windows makes an account of it.
    pub(super) fn service(&self) -> String {
        if self.0.is_empty() { "jackfield".into() } else { format!("jackfield${}", self.0) }
    }

    /// The account that Windows makes for this service alone.
    pub(super) fn account(&self) -> String {
        format!(r"NT SERVICE\{}", self.service())
    }

    /// What lists of services show.
    pub(super) fn title(&self) -> String {
        if self.0.is_empty() { "Jackfield".into() } else { format!("Jackfield ({})", self.0) }
    }

    /// How it is named to `jackfield service`.
    pub(super) fn words(&self) -> String {
        if self.0.is_empty() { String::new() } else { format!(" --name {}", self.0) }
    }

    /// Where it keeps everything; beside the others and never within one of theirs, whose account could read it.
    pub(super) fn folder(&self, data: &Path) -> PathBuf {
        data.join(if self.0.is_empty() { "Jackfield".into() } else { format!("Jackfield-{}", self.0) })
    }
}

/// The file with which a service begins in this folder.
#[cfg(any(windows, test))]
pub(super) fn first_file(folder: &Path, connector: bool) -> String {
    let path = |path: PathBuf| toml::Value::String(path.display().to_string());
    let head = "# The file of a service of Windows, which reads it again when it changes. Every setting with its default and what it is for:\n\
         # example.toml beside the program. `jackfield config check` says what is wrong with it; the wizard edits it by clicking.\n";
    // A service has no console: without a folder nobody would read its log.
    let log = path(folder.join("log"));
    if connector {
        return format!("{head}schema = 1\n\n[log]\nfolder = {log}\n");
    }
    let store = path(folder.join("state").join("store"));
    format!(
        "{head}# With what stands here the built-in switch serves this machine only.\n\
         schema = 1\n\n[store]\npath = {store}\n\n[log]\nfolder = {log}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_names_and_a_folder_of_its_own() {
        let data = Path::new("data");
        let [one, vienna] = ["", "vienna"].map(|name| Instance::named(name).unwrap());
        assert_eq!((one.service().as_str(), vienna.service().as_str()), ("jackfield", "jackfield$vienna"));
        assert_eq!(vienna.account(), r"NT SERVICE\jackfield$vienna");
        assert_eq!((one.title().as_str(), vienna.title().as_str()), ("Jackfield", "Jackfield (vienna)"));
        assert_eq!((one.words().as_str(), vienna.words().as_str()), ("", " --name vienna"));
        assert!(!vienna.folder(data).starts_with(one.folder(data)), "an account reads its own folder with all that is in it");
    }

    #[test]
    fn a_name_is_nothing_that_a_path_or_the_manager_reads_otherwise() {
        for name in ["a/b", r"a\b", "..", "a b", "a$b", "-a", "_", "ä", &"a".repeat(41), "a\0"] {
            assert!(Instance::named(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_service_begins_with_a_good_file_that_keeps_store_and_log_in_its_folder() {
        let folder = Path::new(r"C:\Program Data's\Jackfield");
        let config = shared::check_text(&first_file(folder, false)).unwrap().config;
        assert_eq!(config.store.path.as_deref(), Some(folder.join("state/store").as_path()));
        assert_eq!(config.log.folder.as_deref(), Some(folder.join("log").as_path()));
        let connector = shared::check_text(&first_file(folder, true)).unwrap().config;
        assert_eq!(connector.store.path, None, "a web connector keeps nothing");
    }
}

//! What the wizard remembers of its user from one start to the next: recent files, language, theme, zoom. It lies in the user's own folder
//! for configuration; when it cannot be read or written the wizard goes on without it.

use crate::language::Language;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Most files that are remembered.
const MOST_RECENT: usize = 8;
/// A file of preferences is never larger, in bytes.
const LARGEST: u64 = 64 * 1024;

/// What is remembered. What a newer wizard has written beside that is ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Files that were opened or saved, the last one first.
    pub recent: Vec<PathBuf>,
    /// The language that was chosen, by its tag.
    pub language: Option<String>,
    /// The theme that was chosen.
    pub theme: Theme,
    /// The zoom, 1 to 2.
    pub zoom: Option<f32>,
    /// Services on other machines that were connected to, the last one first.
    pub services: Vec<Known>,
    #[serde(skip)]
    file: Option<PathBuf>,
}

/// A service on another machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    /// Where it is, as it was typed.
    pub address: String,
    /// The certificate that was accepted, where it is trusted by that.
    pub fingerprint: Option<String>,
    /// The authorities that it is trusted by, where those are in a file.
    pub authority: Option<PathBuf>,
    /// Its token is in the desktop's key store.
    pub keeps_token: bool,
}

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// As the system has it.
    #[default]
    System,
}

impl Preferences {
    /// Where they are, by the system's conventions; `None` where the user has no folder.
    pub fn standard() -> Option<PathBuf> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = if cfg!(windows) {
            variable("APPDATA")?
        } else {
            variable("XDG_CONFIG_HOME").filter(|folder| folder.is_absolute()).or_else(|| Some(variable("HOME")?.join(".config")))?
        };
        Some(folder.join("jackfield").join("wizard.toml"))
    }

    /// Reads them; what cannot be read counts as nothing remembered.
    pub fn load(file: &Path) -> Self {
        let small = fs::metadata(file).is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LARGEST);
        let text = if small { fs::read_to_string(file).unwrap_or_default() } else { String::new() };
        Self { file: Some(file.into()), ..toml::from_str(&text).unwrap_or_default() }
    }

    /// Puts a file first among the recent ones.
    pub fn used(&mut self, path: &Path) {
        self.recent.retain(|recent| recent != path);
        self.recent.insert(0, path.into());
        self.recent.truncate(MOST_RECENT);
        self.store();
    }

    /// Takes a file out of the recent ones: it is not there any more.
    pub fn forget(&mut self, path: &Path) {
        self.recent.retain(|recent| recent != path);
        self.store();
    }

    /// A service of this address.
    pub fn service(&self, address: &str) -> Option<&Known> {
        self.services.iter().find(|known| known.address == address)
    }

    /// Puts a service first.
    pub fn connected(&mut self, service: Known) {
        self.services.retain(|known| known.address != service.address);
        self.services.insert(0, service);
        self.services.truncate(MOST_RECENT);
        self.store();
    }

    /// The certificate that was accepted for an address counts no more.
    pub fn forget_certificate(&mut self, address: &str) {
        self.services.iter_mut().filter(|known| known.address == address).for_each(|known| known.fingerprint = None);
        self.store();
    }

    /// The language that was chosen.
    pub fn language(&self) -> Option<Language> {
        Language::by_tag(self.language.as_deref()?)
    }

    /// Writes them. That this fails is no reason to bother anybody.
    pub fn store(&self) {
        let Some(file) = &self.file else { return };
        let Ok(text) = toml::to_string(self) else { return };
        let _ = file.parent().map(fs::create_dir_all);
        // Beside and then renamed: two wizards at once must not leave half a file.
        let temporary = file.with_extension("toml.new");
        let _ = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, file));
    }
}

// === impl Theme ===

impl From<Theme> for egui::ThemePreference {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Light => Self::Light,
            Theme::Dark => Self::Dark,
            Theme::System => Self::System,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_file_is_first_and_there_are_never_too_many() {
        let mut preferences = Preferences::default();
        for number in 0..12 {
            preferences.used(Path::new(&format!("/f{number}")));
        }
        preferences.used(Path::new("/f7"));
        assert_eq!(preferences.recent.len(), MOST_RECENT);
        assert_eq!(preferences.recent[..2], [PathBuf::from("/f7"), PathBuf::from("/f11")]);
        preferences.forget(Path::new("/f7"));
        assert_eq!(preferences.recent[0], PathBuf::from("/f11"));
    }

    #[test]
    fn they_are_read_as_they_were_written_and_a_broken_file_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jackfield/wizard.toml");
        let mut preferences = Preferences::load(&file);
        preferences.language = Some("de".into());
        preferences.theme = Theme::Dark;
        preferences.used(Path::new("/a b/ü.toml"));
        let again = Preferences::load(&file);
        assert_eq!(again, preferences);
        assert_eq!(again.language(), Some(Language::German));
        fs::write(&file, "recent = [").unwrap();
        assert_eq!(Preferences::load(&file).recent, Vec::<PathBuf>::new());
    }
}

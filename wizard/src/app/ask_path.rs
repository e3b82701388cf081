//! Asking for a file: by a field, and by the system's dialog where there is one.

use super::Wizard;
use crate::{
    browse::{self, Ask},
    dialog::{Browse, Dialog, PathDialog, Purpose},
};
use shared::{definition::PathKind, file};

impl Wizard {
    pub(super) fn ask_path(&mut self, purpose: Purpose) {
        let file = self.model.file().cloned().unwrap_or_else(|| file::locate(None).path);
        let proposal = match purpose {
            Purpose::SaveAs => file,
            Purpose::Export => std::env::home_dir().unwrap_or_default().join("jackfield-export.toml"),
            Purpose::Open | Purpose::Import => file.parent().map(|folder| folder.join("")).unwrap_or_default(),
        };
        let browse = if self.controls.browsing.possible { Browse::Possible } else { Browse::Impossible };
        self.dialog = Some(Dialog::Path(PathDialog::new(purpose, Some(&proposal), browse)));
        if self.controls.browsing.possible {
            self.browse();
        }
    }

    pub(super) fn browse(&mut self) {
        let Some(Dialog::Path(dialog)) = &mut self.dialog else { return };
        let (purpose, typed) = (dialog.purpose(), dialog.typed());
        let kind = match purpose {
            Purpose::Open | Purpose::Import => PathKind::File,
            Purpose::SaveAs | Purpose::Export => PathKind::NewFile,
        };
        let filter = Some((self.language.text("path-kind"), "toml"));
        let job = browse::ask(&self.jobs, Ask { title: self.language.text(purpose.key()), kind, from: typed, filter });
        if let Ok(job) = job {
            dialog.browse = Browse::Open;
            self.browsing = Some(job);
        }
    }
}

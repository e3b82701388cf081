//! Asks for a file: by typing its path, or by the system's file dialog where there is one.

use super::{Verdict, buttons, focus, modal};
use crate::{
    browse::absolute,
    command::Command,
    icon,
    language::Language,
    theme,
    widget::{button, text},
};
use egui::{Context, Key, Label, Modifiers, RichText, TextEdit};
use std::path::{Path, PathBuf};

/// Asks for a file.
pub struct PathDialog {
    purpose: Purpose,
    /// What is typed.
    path: String,
    /// May the system's dialog be asked?
    pub browse: Browse,
    /// The key of what is wrong with what was typed.
    wrong: Option<&'static str>,
    focused: bool,
}

/// What the file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To open it.
    Open,
    /// To save the document in it.
    SaveAs,
    /// To take settings from it.
    Import,
    /// To write a copy for support.
    Export,
}

/// How it stands with the system's dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browse {
    /// It can be asked.
    Possible,
    /// It is open.
    Open,
    /// This desktop has none.
    Impossible,
}

impl PathDialog {
    /// Asks for a file, with a first proposal.
    pub fn new(purpose: Purpose, proposal: Option<&Path>, browse: Browse) -> Self {
        let path = proposal.map(|path| path.display().to_string()).unwrap_or_default();
        Self { purpose, path, browse, wrong: None, focused: false }
    }

    /// What the file is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Where the system's dialog begins: the folder and the name that are typed.
    pub fn typed(&self) -> PathBuf {
        absolute(self.path.trim())
    }

    /// What the system's dialog has given: `None` when it was cancelled.
    pub fn picked(&mut self, path: Option<PathBuf>) -> Option<Command> {
        self.browse = Browse::Possible;
        self.focused = false;
        let path = path?;
        self.path = path.display().to_string();
        // Saving over a file was agreed to in the system's dialog already.
        Some(if self.purpose == Purpose::SaveAs { Command::Replace(path) } else { self.purpose.command(path) })
    }

    /// What is typed, as a command.
    ///
    /// # Errors
    /// The key of what is wrong with it.
    pub fn decide(&self) -> Result<Command, &'static str> {
        let typed = self.path.trim();
        if typed.is_empty() {
            return Err("path-empty");
        }
        let mut path = absolute(typed);
        if path.is_dir() {
            return Err("path-folder");
        }
        let writes = matches!(self.purpose, Purpose::SaveAs | Purpose::Export);
        if writes && path.extension().is_none() {
            path.set_extension("toml");
        }
        if writes && self.purpose == Purpose::Export && !path.parent().is_some_and(Path::is_dir) {
            return Err("path-no-folder");
        }
        if !writes && !path.exists() {
            return Err("path-absent");
        }
        Ok(self.purpose.command(path))
    }

    pub(super) fn show(&mut self, context: &Context, language: Language) -> Verdict {
        let title = language.text(self.purpose.key());
        modal(context, &title, 560.0, |ui| {
            let mut verdict = Verdict::Stay;
            let palette = theme::palette(ui);
            let name = language.text("path-field");
            ui.label(RichText::new(&name).family(theme::medium()));
            let enter = ui
                .horizontal(|ui| {
                    let edit = TextEdit::singleline(&mut self.path).desired_width(430.0).margin(egui::Margin::symmetric(10, 7));
                    let response = ui.add(edit).accessible_name(name);
                    focus(&response, &mut self.focused);
                    if response.changed() {
                        self.wrong = None;
                    }
                    let enter = response.lost_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
                    let browse = language.text("path-browse");
                    if button::enabled(ui, self.browse == Browse::Possible, Some(icon::FOLDER_OPEN), &browse).clicked() {
                        verdict = Verdict::Ask(Command::Browse);
                    }
                    enter
                })
                .inner;
            match self.browse {
                Browse::Impossible => text::help(ui, &language.text("path-no-dialog")),
                Browse::Open => text::help(ui, &language.text("path-browsing")),
                Browse::Possible => {}
            }
            if let Some(wrong) = self.wrong {
                ui.add(Label::new(RichText::new(language.text(wrong)).size(12.0).color(palette.error)).wrap());
            }
            text::help(ui, &language.text(&format!("{}.help", self.purpose.key())));
            buttons(ui, |ui| {
                let go = button::primary(ui, true, &language.text(self.purpose.verb())).clicked();
                if button::plain(ui, None, &language.text("answer-cancel")).clicked() {
                    verdict = Verdict::Close;
                }
                if go || enter {
                    match self.decide() {
                        Ok(command) => verdict = Verdict::Run(command),
                        Err(wrong) => {
                            self.wrong = Some(wrong);
                            self.focused = false;
                        }
                    }
                }
            });
            verdict
        })
    }
}

impl Purpose {
    /// The key of the dialog's title.
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "path-open",
            Self::SaveAs => "path-save-as",
            Self::Import => "path-import",
            Self::Export => "path-export",
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Open => "answer-open",
            Self::SaveAs => "answer-save",
            Self::Import => "answer-import",
            Self::Export => "answer-export",
        }
    }

    fn command(self, path: PathBuf) -> Command {
        match self {
            Self::Open => Command::OpenFile(path),
            Self::SaveAs => Command::SaveTo(path),
            Self::Import => Command::ImportFrom(path),
            Self::Export => Command::ExportTo(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(purpose: Purpose, typed: &Path) -> Result<Command, &'static str> {
        PathDialog::new(purpose, Some(typed), Browse::Impossible).decide()
    }

    #[test]
    fn what_is_typed_becomes_a_command_or_says_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f.toml");
        std::fs::write(&file, "").unwrap();
        let absent = folder.path().join("new");
        assert_eq!(decide(Purpose::Open, &file), Ok(Command::OpenFile(file.clone())));
        assert_eq!(decide(Purpose::Import, &file), Ok(Command::ImportFrom(file)));
        assert_eq!(decide(Purpose::Open, &absent), Err("path-absent"));
        assert_eq!(decide(Purpose::SaveAs, &absent), Ok(Command::SaveTo(folder.path().join("new.toml"))));
        assert_eq!(decide(Purpose::Export, &folder.path().join("x/y")), Err("path-no-folder"));
        assert_eq!(decide(Purpose::SaveAs, folder.path()), Err("path-folder"));
        assert_eq!(decide(Purpose::Open, Path::new(" ")), Err("path-empty"));
    }

    #[test]
    fn cancelling_the_systems_dialog_leaves_the_field() {
        let mut dialog = PathDialog::new(Purpose::SaveAs, Some(Path::new("/x/a.toml")), Browse::Open);
        assert_eq!(dialog.picked(None), None);
        assert_eq!((dialog.browse, dialog.typed()), (Browse::Possible, PathBuf::from("/x/a.toml")));
        assert_eq!(dialog.picked(Some("/x/b.toml".into())), Some(Command::Replace("/x/b.toml".into())), "it has asked already");
    }
}

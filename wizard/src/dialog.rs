//! What is asked or shown above the page, one at a time. A dialog takes the focus to its first control, is used by keyboard alone, and
//! closes with Escape; what it decides goes out as a command.

use crate::{
    command::Command,
    language::Language,
    theme,
    widget::{
        self, button,
        modal::{buttons, focus},
    },
};
use egui::{Context, Id, Ui};

mod about;
mod backups;
mod compare;
mod connect;
mod connection;
mod examine;
mod path;
mod question;
mod search;
mod shortcuts;
mod stages;

pub use about::About;
pub use backups::{Backups, Kept};
pub use compare::Compare;
pub use connect::{Connect, Connected};
pub use connection::Connection;
pub use examine::Examine;
pub use path::{Browse, PathDialog, Purpose};
pub use question::{Answer, Question};
pub use search::Search;
pub use shortcuts::Shortcuts;

/// A dialog.
pub enum Dialog {
    /// Asks for a file.
    Path(PathDialog),
    /// Asks a question, or says something that must be read.
    Question(Question),
    /// Finds settings, pages and commands.
    Search(Search),
    /// Lists shortcuts.
    Shortcuts(Shortcuts),
    /// Version and licences.
    About(About),
    /// Lists backups.
    Backups(Backups),
    /// What differs between the file and what is edited here.
    Compare(Compare),
    /// Asks for a service on another machine.
    Connect(Connect),
    /// The test of what is on the screen.
    Connection(Connection),
    /// Why an agent cannot log on.
    Examine(Examine),
}

/// What becomes of a dialog after a frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It stays.
    Stay,
    /// It stays, and that is done.
    Ask(Command),
    /// It is closed.
    Close,
    /// It is closed, and that is done.
    Run(Command),
}

impl Dialog {
    /// Draws it; says what becomes of it.
    pub fn show(&mut self, context: &Context, language: Language) -> Verdict {
        match self {
            Self::Path(dialog) => dialog.show(context, language),
            Self::Question(dialog) => dialog.show(context, language),
            Self::Search(dialog) => dialog.show(context, language),
            Self::Shortcuts(dialog) => dialog.show(context, language),
            Self::About(dialog) => dialog.show(context, language),
            Self::Backups(dialog) => dialog.show(context, language),
            Self::Compare(dialog) => dialog.show(context, language),
            Self::Connect(dialog) => dialog.show(context, language),
            Self::Connection(dialog) => dialog.show(context, language),
            Self::Examine(dialog) => dialog.show(context, language),
        }
    }
}

/// The frame of all dialogs.
fn modal(context: &Context, title: &str, width: f32, draw: impl FnOnce(&mut Ui) -> Verdict) -> Verdict {
    let (verdict, escape) = widget::modal::show(context, Id::unique(("dialog", title)), title, width, draw);
    if verdict == Verdict::Stay && escape { Verdict::Close } else { verdict }
}

/// A dialog that only says something, and is closed.
fn notice(context: &Context, language: Language, title: &str, width: f32, focused: &mut bool, draw: impl FnOnce(&mut Ui)) -> Verdict {
    modal(context, &language.text(title), width, |ui| {
        draw(ui);
        let mut verdict = Verdict::Stay;
        buttons(ui, |ui| {
            let close = button::primary(ui, true, &language.text("answer-close"));
            focus(&close, focused);
            if close.clicked() {
                verdict = Verdict::Close;
            }
        });
        verdict
    })
}

/// A list that scrolls and is never higher than a small window.
fn list(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let height = theme::smallest_window().y * 0.55;
    // Without a minimum it is as high as the dialog was when it was first measured: nearly nothing.
    egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        content(ui);
    });
}

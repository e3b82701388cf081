//! What differs between the file that another hand has changed and what is edited here; and changes in words, for backups too.

use super::{Verdict, buttons, focus, list, modal};
use crate::{
    changes::Change,
    command::Command,
    language::Language,
    theme,
    widget::{button, setting, text},
};
use egui::{Context, Label, RichText, Ui};

/// The comparison.
pub struct Compare {
    changes: Vec<Change>,
    focused: bool,
}

impl Compare {
    /// From the file's settings to those that are edited here.
    pub fn new(changes: Vec<Change>) -> Self {
        Self { changes, focused: false }
    }

    pub(super) fn show(&mut self, context: &Context, language: Language) -> Verdict {
        modal(context, &language.text("compare"), 560.0, |ui| {
            text::muted(ui, &language.text("compare-text"));
            list(ui, |ui| in_words(ui, language, &self.changes));
            let mut verdict = Verdict::Stay;
            buttons(ui, |ui| {
                let keep = button::primary(ui, true, &language.text("answer-keep-mine"));
                focus(&keep, &mut self.focused);
                if keep.clicked() {
                    verdict = Verdict::Run(Command::KeepMine);
                }
                if button::plain(ui, None, &language.text("answer-reload")).clicked() {
                    verdict = Verdict::Run(Command::Reload);
                }
                if button::plain(ui, None, &language.text("answer-later")).clicked() {
                    verdict = Verdict::Close;
                }
            });
            verdict
        })
    }
}

/// Changes as a person reads them: the setting's name, where it stands, and from what to what.
pub(super) fn in_words(ui: &mut Ui, language: Language, changes: &[Change]) {
    if changes.is_empty() {
        text::muted(ui, &language.text("compare-same"));
    }
    let muted = theme::palette(ui).muted;
    for change in changes {
        let name = language.find(&setting::key(&change.path), None).unwrap_or_else(|| change.path.name().replace('_', " "));
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| language.text("compare-default"));
        ui.add(Label::new(RichText::new(name).family(theme::medium())).wrap());
        let line = format!("{} → {}", value(&change.old), value(&change.new));
        ui.add(Label::new(line).wrap());
        ui.add(Label::new(RichText::new(change.path.to_string()).size(12.0).color(muted)));
        ui.add_space(6.0);
    }
}

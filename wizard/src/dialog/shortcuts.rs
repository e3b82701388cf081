//! Every command with its shortcut.

use super::{Verdict, list, notice};
use crate::{command::Action, language::Language, theme};
use egui::{Context, Grid, RichText};

/// The list of shortcuts.
#[derive(Default)]
pub struct Shortcuts {
    focused: bool,
}

impl Shortcuts {
    pub(super) fn show(&mut self, context: &Context, language: Language) -> Verdict {
        notice(context, language, Action::Shortcuts.key(), 460.0, &mut self.focused, |ui| {
            let muted = theme::palette(ui).muted;
            list(ui, |ui| {
                Grid::new("shortcuts").num_columns(2).spacing([32.0, 6.0]).show(ui, |ui| {
                    for action in Action::ALL {
                        let shortcut = action.shortcut();
                        ui.label(RichText::new(ui.ctx().format_shortcut(&shortcut)).monospace().color(muted));
                        ui.label(language.text(action.key()));
                        ui.end_row();
                    }
                });
            });
        })
    }
}

//! Which version this is, and whose work is in it.

use super::{Verdict, notice};
use crate::{command::Action, language::Language, widget::text};
use egui::Context;

/// Version and licences.
#[derive(Default)]
pub struct About {
    focused: bool,
}

impl About {
    pub(super) fn show(&mut self, context: &Context, language: Language) -> Verdict {
        notice(context, language, Action::About.key(), 420.0, &mut self.focused, |ui| {
            ui.label(concat!("Jackfield ", env!("CARGO_PKG_VERSION")));
            text::muted(ui, &language.text("about-purpose"));
            ui.add_space(4.0);
            text::help(ui, &language.text("about-licences"));
        })
    }
}

//! Which version this is, and whose work is in it.

use super::{Verdict, buttons, focus, modal};
use crate::{
    command::Action,
    language::Language,
    widget::{button, text},
};
use egui::Context;

/// Version and licences.
#[derive(Default)]
pub struct About {
    focused: bool,
}

impl About {
    pub(super) fn show(&mut self, context: &Context, language: Language) -> Verdict {
        modal(context, &language.text(Action::About.key()), 420.0, |ui| {
            ui.label(concat!("Jackfield ", env!("CARGO_PKG_VERSION")));
            text::muted(ui, &language.text("about-purpose"));
            ui.add_space(4.0);
            text::help(ui, &language.text("about-licences"));
            let mut verdict = Verdict::Stay;
            buttons(ui, |ui| {
                let close = button::primary(ui, true, &language.text("answer-close"));
                focus(&close, &mut self.focused);
                if close.clicked() {
                    verdict = Verdict::Close;
                }
            });
            verdict
        })
    }
}

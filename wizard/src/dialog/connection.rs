//! Test Connection: the stages with verdict, cause and repair, as they come in.

use super::{Verdict as Fate, buttons, focus, modal, stages};
use crate::{
    command::{Action, Command},
    connection::Test,
    icon,
    language::Language,
    widget::{button, text},
};
use egui::Context;

/// A test and its results.
pub struct Connection {
    test: Test,
    copied: bool,
    focused: bool,
    seen: bool,
}

impl Connection {
    /// Shows a test that was begun.
    pub fn new(test: Test) -> Self {
        Self { test, copied: false, focused: false, seen: false }
    }

    /// The test.
    pub fn test(&mut self) -> &mut Test {
        &mut self.test
    }

    pub(super) fn show(&mut self, context: &Context, language: Language) -> Fate {
        self.test.poll();
        let Self { test, copied, focused, seen } = self;
        modal(context, &language.text("connection"), 640.0, |ui| {
            let mut fate = Fate::Stay;
            stages::tester(ui, language, test, "connection-by");
            stages::show(ui, language, test, seen);
            let running = test.is_running();
            buttons(ui, |ui| {
                // The same place for both, so that the focus stays where it is when the test ends.
                let key = if running { "answer-cancel" } else { "answer-close" };
                let end = button::primary(ui, true, &language.text(key));
                focus(&end, focused);
                if end.clicked() {
                    if running { test.cancel() } else { fate = Fate::Close }
                }
                if button::enabled(ui, !running, Some(icon::ARROWS_CLOCKWISE), &language.text("connection-again")).clicked() {
                    fate = Fate::Run(Command::Do(Action::TestConnection));
                }
                if button::enabled(ui, !running, Some(icon::COPY), &language.text("connection-copy")).clicked() {
                    ui.ctx().copy_text(test.to_text(language));
                    *copied = true;
                }
                if *copied {
                    text::muted(ui, &language.text("connection-copied"));
                }
            });
            fate
        })
    }
}

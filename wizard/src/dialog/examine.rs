//! Examine an Agent: who cannot log on, and what `jackfield doctor` says of him, with the repair.

use super::{Verdict as Fate, buttons, focus, modal, stages};
use crate::{
    command::Command,
    connection::{Question, Test},
    icon,
    language::Language,
    theme,
    widget::{button, picker, text},
};
use egui::{Context, Id, Key, Modifiers, RichText, Ui};

/// Width of the two fields, beside the buttons that open their lists.
const FIELD: f32 = 250.0;

/// Whom it is about, and what was found.
pub struct Examine {
    agent: String,
    station: String,
    /// Users and stations that can be picked.
    users: Vec<String>,
    stations: Vec<String>,
    test: Option<Test>,
    copied: bool,
    focused: bool,
    seen: bool,
}

impl Examine {
    /// Asks for an agent; these are known.
    pub fn new(users: Vec<String>, stations: Vec<String>) -> Self {
        Self { agent: String::new(), station: String::new(), users, stations, test: None, copied: false, focused: false, seen: false }
    }

    /// Shows an examination that was begun.
    pub fn begin(&mut self, test: Test) {
        (self.test, self.copied, self.seen) = (Some(test), false, false);
    }

    /// The examination.
    pub fn test(&mut self) -> Option<&mut Test> {
        self.test.as_mut()
    }

    pub(super) fn show(&mut self, context: &Context, language: Language) -> Fate {
        if let Some(test) = &mut self.test {
            test.poll();
        }
        modal(context, &language.text("examine"), 640.0, |ui| self.content(ui, language))
    }

    fn content(&mut self, ui: &mut Ui, language: Language) -> Fate {
        let running = self.test.as_ref().is_some_and(Test::is_running);
        text::muted(ui, &language.text("examine-text"));
        ui.add_space(6.0);
        let enter = ui.add_enabled_ui(!running, |ui| self.fields(ui, language)).inner;
        // Nothing of one agent stands beneath the name of another.
        let stale = self.test.as_ref().is_some_and(|test| !running && *test.question() != self.question());
        if stale {
            self.test = None;
        }
        if let Some(test) = &self.test {
            stages::tester(ui, language, test, "examine-by");
            stages::show(ui, language, test, &mut self.seen);
        }
        let mut fate = Fate::Stay;
        buttons(ui, |ui| {
            let can = running || !self.agent.trim().is_empty();
            let key = if running { "answer-cancel" } else { "examine-go" };
            if button::primary(ui, can, &language.text(key)).clicked() || (enter && can && !running) {
                match &mut self.test {
                    Some(test) if running => test.cancel(),
                    _ => fate = Fate::Ask(Command::Examine(self.question())),
                }
            }
            if button::plain(ui, None, &language.text("answer-close")).clicked() {
                fate = Fate::Close;
            }
            if let Some(test) = &self.test
                && button::enabled(ui, !running, Some(icon::COPY), &language.text("connection-copy")).clicked()
            {
                ui.ctx().copy_text(test.to_text(language));
                self.copied = true;
            }
            if self.copied {
                text::muted(ui, &language.text("connection-copied"));
            }
        });
        fate
    }

    /// Was Return pressed in one of them?
    fn fields(&mut self, ui: &mut Ui, language: Language) -> bool {
        let mut enter = false;
        ui.horizontal_top(|ui| {
            let fields = [("examine-agent", &mut self.agent, &self.users), ("examine-station", &mut self.station, &self.stations)];
            for (key, typed, known) in fields {
                ui.vertical(|ui| {
                    ui.set_width(FIELD + 44.0);
                    let name = language.text(key);
                    ui.label(RichText::new(&name).family(theme::medium()));
                    let hint = language.find(&format!("{key}.hint"), None).unwrap_or_default();
                    let look = picker::Look { name: &name, hint: &hint, width: FIELD, language };
                    let shown = picker::show(ui, Id::unique(key), typed, known, &look);
                    let response = shown.response.accessible_name(&name);
                    if key == "examine-agent" {
                        focus(&response, &mut self.focused);
                    }
                    enter |= !shown.picked && response.lost_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
                });
            }
        });
        enter
    }

    fn question(&self) -> Question {
        Question::Agent { name: self.agent.trim().to_owned(), station: self.station.trim().to_owned() }
    }
}

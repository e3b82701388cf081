//! A question with a few answers, or something that must be read.

use super::{Verdict, buttons, focus, modal};
use crate::{command::Command, language::Language, widget::button};
use egui::{Context, Label, RichText};

/// A question. The first answer is the one that is meant; Escape is always *Cancel*.
pub struct Question {
    /// What it is about.
    pub title: String,
    /// The question, in whole sentences.
    pub text: String,
    /// The answers beside *Cancel*; none makes it a notice with *Close*.
    pub answers: Vec<Answer>,
    focused: bool,
}

/// An answer.
pub struct Answer {
    /// The key of its text.
    pub key: &'static str,
    /// What it does.
    pub command: Command,
}

impl Question {
    /// A question.
    pub fn new(title: String, text: String, answers: impl IntoIterator<Item = (&'static str, Command)>) -> Self {
        let answers = answers.into_iter().map(|(key, command)| Answer { key, command }).collect();
        Self { title, text, answers, focused: false }
    }

    /// Something that must be read.
    pub fn notice(title: String, text: String) -> Self {
        Self::new(title, text, [])
    }

    pub(super) fn show(&mut self, context: &Context, language: Language) -> Verdict {
        let Self { title, text, answers, focused } = self;
        modal(context, title, 500.0, |ui| {
            let mut verdict = Verdict::Stay;
            ui.add(Label::new(RichText::new(text.as_str())).wrap());
            buttons(ui, |ui| {
                for (place, answer) in answers.iter().enumerate() {
                    let text = language.text(answer.key);
                    let response = if place == 0 { button::primary(ui, true, &text) } else { button::plain(ui, None, &text) };
                    if place == 0 {
                        focus(&response, focused);
                    }
                    if response.clicked() {
                        verdict = Verdict::Run(answer.command.clone());
                    }
                }
                let key = if answers.is_empty() { "answer-close" } else { "answer-cancel" };
                let cancel = button::plain(ui, None, &language.text(key));
                if answers.is_empty() {
                    focus(&cancel, focused);
                }
                if cancel.clicked() {
                    verdict = Verdict::Close;
                }
            });
            verdict
        })
    }
}

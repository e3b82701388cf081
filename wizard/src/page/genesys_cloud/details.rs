//! What is told of one thing beneath a list: names with values, drawn, and as a text for the clipboard.

use super::words;
use crate::{
    icon,
    page::Context,
    running::bridge::{Change, Past},
    widget::{button, facts, text},
};
use egui::Ui;
use std::fmt::Write;

/// Names with values, beneath a heading.
#[derive(Default)]
pub(super) struct Details {
    /// What it is about.
    pub(super) title: String,
    /// Name and value each; an empty name goes on with the one before.
    pub(super) facts: Vec<(String, String)>,
}

impl Details {
    /// About this.
    pub(super) fn of(title: String) -> Self {
        Self { title, facts: Vec::new() }
    }

    /// Adds one, by the key of its name; one without a value is left out.
    pub(super) fn add(&mut self, context: &Context<'_>, key: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.facts.push((context.text(key), value));
        }
    }

    /// What was done, with everything that is known of it.
    pub(super) fn past(context: &Context<'_>, past: &Past) -> Self {
        let record = past.record.as_deref().map(|id| words::record(context, id)).unwrap_or_default();
        let mut details = Self::of(format!("{} {record}", words::action(context, &past.action)).trim().to_owned());
        details.add(context, "cloud-at", words::when(context, Some(past.at)));
        details.add(context, "cloud-cause", words::cause(context, &past.cause));
        details.add(context, "cloud-why", words::reason(context, &past.reason));
        details.changes(context, &past.changes);
        let result = past.failure.as_ref().map_or_else(|| context.text("cloud-done"), |failure| words::reason(context, failure));
        details.add(context, "cloud-result", result);
        details.add(context, "cloud-correlation", past.correlation.clone().unwrap_or_default());
        details
    }

    /// Before and after, field by field.
    pub(super) fn changes(&mut self, context: &Context<'_>, changes: &[Change]) {
        for (place, change) in changes.iter().enumerate() {
            let name = if place == 0 { context.text("cloud-changes") } else { String::new() };
            self.facts.push((name, words::change(context, change)));
        }
    }

    /// Draws them.
    pub(super) fn show(&self, ui: &mut Ui) {
        text::section(ui, &self.title);
        self.body(ui);
    }

    /// Draws them without their heading.
    pub(super) fn body(&self, ui: &mut Ui) {
        for (name, value) in &self.facts {
            // A value without a name stands beneath the one before.
            facts::fact(ui, if name.is_empty() { " " } else { name }, value);
        }
    }

    /// A button that copies them.
    pub(super) fn copy(&self, ui: &mut Ui, context: &Context<'_>) -> bool {
        let pressed = button::plain(ui, Some(icon::COPY), &context.text("cloud-copy")).clicked();
        if pressed {
            ui.ctx().copy_text(self.to_text());
        }
        pressed
    }

    /// As a text.
    pub(super) fn to_text(&self) -> String {
        let mut all = format!("{}\n", self.title);
        for (name, value) in &self.facts {
            // Writing into memory cannot fail.
            let _ = if name.is_empty() { writeln!(all, "    {value}") } else { writeln!(all, "{name}: {value}") };
        }
        all
    }
}

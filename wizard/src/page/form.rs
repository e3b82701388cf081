//! A page that is nothing but settings in sections: most pages are.

use super::{Card, Context, Page, PageId};
use crate::widget::{setting, text};
use egui::Ui;

/// A page of settings.
pub(super) struct Form {
    /// Which, and what of the file it edits.
    pub card: Card,
    /// Groups, each with the key of its heading (empty for none) and its settings.
    pub groups: &'static [(&'static str, &'static [&'static str])],
}

impl Page for Form {
    fn card(&self) -> Card {
        self.card
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        title(ui, context, self.card.id);
        for (heading, settings) in self.groups {
            group(ui, context, heading, settings);
        }
    }
}

/// A page's title and purpose.
pub(super) fn title(ui: &mut Ui, context: &Context<'_>, id: PageId) {
    let key = format!("page-{}", id.0);
    text::title(ui, &context.text(&key), &context.text(&format!("{key}.purpose")));
}

/// Settings beneath a heading.
pub(super) fn group(ui: &mut Ui, context: &mut Context<'_>, heading: &str, settings: &[&str]) {
    if !heading.is_empty() {
        text::section(ui, &context.text(heading));
    }
    for path in settings {
        let _ = setting::at(ui, context, path);
    }
}

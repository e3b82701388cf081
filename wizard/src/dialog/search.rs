//! Search over settings, pages and commands: type, go up and down, Enter.

use super::{Verdict, focus, list, modal};
use crate::{
    command::Command,
    icon,
    language::Language,
    search::{self, Entry},
    theme,
    widget::{button, text},
};
use egui::{Context, FontId, Key, Modifiers, TextEdit};

/// The search.
pub struct Search {
    entries: Vec<Entry>,
    query: String,
    chosen: usize,
    focused: bool,
}

impl Search {
    /// A search over these.
    pub fn new(entries: Vec<Entry>) -> Self {
        Self { entries, query: String::new(), chosen: 0, focused: false }
    }

    pub(super) fn show(&mut self, context: &Context, language: Language) -> Verdict {
        let Self { entries, query, chosen, focused } = self;
        modal(context, &language.text("search"), 600.0, |ui| {
            let mut verdict = Verdict::Stay;
            let edit = TextEdit::singleline(query)
                .hint_text(language.text("search-hint"))
                .desired_width(ui.available_width() - 20.0)
                .margin(egui::Margin::symmetric(10, 7));
            let id = ui.make_persistent_id("query");
            let moved = if ui.memory(|memory| memory.has_focus(id)) { keys(ui) } else { (0, false) };
            let response = ui.add(edit.id(id)).accessible_name(language.text("search"));
            focus(&response, focused);
            if response.changed() {
                *chosen = 0;
            }
            let found = search::find(entries, query);
            *chosen = chosen.saturating_add_signed(moved.0).min(found.len().saturating_sub(1));
            if moved.1
                && let Some(entry) = found.get(*chosen)
            {
                verdict = Verdict::Run(entry.command.clone());
            }
            ui.add_space(4.0);
            if found.is_empty() {
                text::muted(ui, &language.text("search-nothing"));
            }
            list(ui, |ui| {
                for (place, entry) in found.iter().enumerate() {
                    let response = button::row(ui, glyph(entry), &entry.title, place == *chosen, |ui, rect| {
                        let at = egui::pos2(rect.right() - 16.0, rect.center().y);
                        let colour = theme::palette(ui).muted;
                        ui.painter().text(at, egui::Align2::RIGHT_CENTER, &entry.place, FontId::proportional(12.0), colour);
                    });
                    if place == *chosen && moved.0 != 0 {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        verdict = Verdict::Run(entry.command.clone());
                    }
                }
            });
            verdict
        })
    }
}

/// By how much the choice moves, and whether it is taken; the field must not see these keys.
fn keys(ui: &egui::Ui) -> (isize, bool) {
    ui.input_mut(|input| {
        let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown);
        let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp);
        let moved = isize::try_from(down).unwrap_or(0) - isize::try_from(up).unwrap_or(0);
        (moved, input.consume_key(Modifiers::NONE, Key::Enter))
    })
}

fn glyph(entry: &Entry) -> char {
    match entry.command {
        Command::Find(_) => icon::SLIDERS,
        Command::Show(_) => icon::FILE_TEXT,
        _ => icon::PLAY,
    }
}

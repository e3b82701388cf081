//! A field for a password. What is typed is wiped from memory when it is not needed any more, is in no step of undo, and cannot be copied
//! out of the field while it is hidden.
//!
//! egui hands each keystroke over as a text, and keeps the picture of what it has drawn for a moment: that is beyond our reach.

use crate::{icon, page::Context, widget::button};
use egui::{Response, TextBuffer, TextEdit, Ui, text::CharIndex, text_edit::TextEditState};
use secrecy::{SecretString, zeroize::Zeroizing};
use std::{any::TypeId, ops::Range};

/// The most that can be typed, in bytes. All of it is allotted at the beginning: a text that grew would leave copies of itself behind.
const MOST: usize = 4096;

/// What is typed.
pub(super) struct Typed {
    text: Zeroizing<String>,
    is_shown: bool,
}

impl Typed {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self { text: Zeroizing::new(String::with_capacity(MOST)), is_shown: false }
    }

    /// Has nothing been typed?
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What was typed.
    pub(super) fn secret(&self) -> SecretString {
        SecretString::from(self.text.as_str())
    }

    /// Draws the field, with the button that shows what is typed.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, name: &str, enabled: bool) -> Response {
        ui.horizontal(|ui| {
            let hidden = !self.is_shown;
            let id = ui.make_persistent_id("password");
            let edit = TextEdit::singleline(self).id(id).password(hidden).desired_width(320.0).margin(egui::Margin::symmetric(10, 7));
            let response = ui.add_enabled(enabled, edit).accessible_name(name);
            forget_steps(ui, id);
            let (glyph, key) = if hidden { (icon::EYE, "secret-show") } else { (icon::EYE_SLASH, "secret-hide") };
            if button::icon(ui, glyph, &context.text(key), false).clicked() {
                self.is_shown = hidden;
                response.request_focus();
            }
            response
        })
        .inner
    }
}

/// The field's own undo holds copies.
fn forget_steps(ui: &Ui, id: egui::Id) {
    if let Some(mut state) = TextEditState::load(ui.ctx(), id) {
        state.clear_undoer();
        state.store(ui.ctx(), id);
    }
}

impl TextBuffer for Typed {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        &self.text
    }

    fn insert_text(&mut self, text: &str, char_index: CharIndex) -> usize {
        // A password has no line breaks; what is pasted often ends with one.
        let text = text.trim_end_matches(['\r', '\n']);
        if self.text.len() + text.len() > MOST {
            return 0;
        }
        let at = self.byte_index_from_char_index(char_index);
        self.text.insert_str(at.into(), text);
        text.chars().count()
    }

    fn delete_char_range(&mut self, char_range: Range<CharIndex>) {
        let (from, to) = (self.byte_index_from_char_index(char_range.start), self.byte_index_from_char_index(char_range.end));
        self.text.replace_range(usize::from(from)..usize::from(to), "");
    }

    fn take(&mut self) -> String {
        String::new()
    }

    fn type_id(&self) -> TypeId {
        TypeId::of::<Self>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn what_is_typed_stays_where_it_was_allotted() {
        let mut typed = Typed::new();
        let place = typed.text.as_ptr();
        for (index, letter) in ["h", "ü", "nt", "er2\n"].into_iter().enumerate() {
            typed.insert_text(letter, CharIndex(if index == 3 { 4 } else { index }));
        }
        assert_eq!(typed.secret().expose_secret(), "hünter2");
        typed.delete_char_range(CharIndex(1)..CharIndex(2));
        assert_eq!(typed.as_str(), "hnter2");
        assert_eq!(typed.insert_text(&"x".repeat(MOST), CharIndex(0)), 0);
        assert_eq!(typed.text.as_ptr(), place, "it has not moved, so that no copy is left behind");
    }
}

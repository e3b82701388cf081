//! A field in which a name is typed freely, or picked from those that are known: the list beneath opens as one types, by the arrow keys, or
//! by the button beside the field. Return takes the name that is chosen there, Escape closes the list, and whoever typed something of his own
//! keeps it.

use crate::{
    icon,
    language::Language,
    theme,
    widget::{button, text},
};
use egui::{
    Align2, EventFilter, Id, Key, Margin, Modifiers, Popup, PopupCloseBehavior, Response, Role, ScrollArea, Sense, TextEdit, TextStyle, Ui,
    WidgetInfo, accesskit, vec2,
};

/// Most names that are listed; whoever looks for another types more of it.
const MOST: usize = 100;
/// Rows that are seen at once.
const SEEN: f32 = 7.0;

/// How a field looks and is called.
pub struct Look<'a> {
    /// Its accessible name.
    pub name: &'a str,
    /// What stands there while it is empty.
    pub hint: &'a str,
    /// Width of the field, in points.
    pub width: f32,
    /// For the texts of the list.
    pub language: Language,
}

/// What has happened to a field.
pub struct Shown {
    /// The field.
    pub response: Response,
    /// A name was taken from the list: the text has been replaced by it.
    pub picked: bool,
}

/// What is remembered between frames.
#[derive(Clone, Default)]
struct List {
    open: bool,
    /// It was opened without typing: what stands in the field does not narrow it.
    whole: bool,
    chosen: Option<usize>,
}

/// What the keys ask of the list.
#[derive(Default)]
struct Keys {
    moved: isize,
    take: bool,
}

/// Draws the field, and the list where it is open.
pub fn show(ui: &mut Ui, id: Id, text: &mut String, known: &[String], look: &Look<'_>) -> Shown {
    let memory = id.with("list");
    let mut list: List = ui.data(|data| data.get_temp(memory)).unwrap_or_default();
    let mut keys = Keys::default();
    if ui.memory(|memory| memory.has_focus(id)) && !known.is_empty() {
        keys = pressed(ui, &mut list);
    }
    let (response, caret) = ui
        .horizontal(|ui| {
            let edit = TextEdit::singleline(text).id(id).hint_text(look.hint).desired_width(look.width).margin(Margin::symmetric(10, 7));
            let response = ui.add(edit);
            let name = look.language.text_with("field-suggestions", [("field", look.name.into())]);
            let caret = (!known.is_empty()).then(|| button::icon(ui, icon::CARET_DOWN, &name, list.open));
            (response, caret)
        })
        .inner;
    if list.open {
        // Otherwise Escape would take the focus away together with the list.
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    }
    if response.changed() {
        list = List { open: true, ..List::default() };
    }
    if caret.is_some_and(|caret| caret.clicked()) {
        list = List { open: !list.open, whole: true, chosen: None };
        response.request_focus();
    }
    let found = fitting(known, if list.whole { "" } else { text });
    let mut picked = choose(&mut list, &keys, &found);
    // What nobody sees takes no keys either.
    list.open &= !found.is_empty();
    let visible = list.open;
    let mut on_list = false;
    if visible {
        let (clicked, pointer) = listed(&response, &list, &found, look, keys.moved != 0);
        picked = picked.or(clicked);
        on_list = pointer;
    }
    describe(ui, &response, &list, visible);
    if let Some(name) = picked {
        text.clone_from(name);
        list = List::default();
        response.request_focus();
        caret_to_end(ui, id, text);
    } else if !ui.memory(|memory| memory.has_focus(id)) && !on_list {
        list = List::default();
    }
    ui.data_mut(|data| data.insert_temp(memory, list));
    Shown { picked: picked.is_some(), response }
}

/// Takes the list's keys out of the input before the field sees them.
fn pressed(ui: &Ui, list: &mut List) -> Keys {
    ui.input_mut(|input| {
        let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown);
        let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp);
        let moved = isize::try_from(down).unwrap_or(0) - isize::try_from(up).unwrap_or(0);
        if moved != 0 && !list.open {
            *list = List { open: true, whole: true, chosen: None };
        }
        if list.open && input.consume_key(Modifiers::NONE, Key::Escape) {
            *list = List::default();
        }
        // Without a choice Return is the field's.
        let take = list.open && list.chosen.is_some() && input.consume_key(Modifiers::NONE, Key::Enter);
        Keys { moved, take }
    })
}

fn choose<'a>(list: &mut List, keys: &Keys, found: &[&'a String]) -> Option<&'a String> {
    let end = found.len().checked_sub(1)?;
    if keys.moved != 0 {
        let to = match list.chosen {
            Some(chosen) => chosen.saturating_add_signed(keys.moved),
            None if keys.moved > 0 => 0,
            None => end,
        };
        list.chosen = Some(to.min(end));
    }
    list.chosen = list.chosen.filter(|chosen| *chosen <= end);
    found.get(list.chosen.filter(|_| keys.take)?).copied()
}

/// Those that begin so come first, then those that have it somewhere; nothing when it is there already.
fn fitting<'a>(known: &'a [String], typed: &str) -> Vec<&'a String> {
    let typed = typed.trim().to_lowercase();
    let lower = |name: &str| name.to_lowercase();
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for name in known {
        match lower(name).find(&typed) {
            Some(0) => first.push(name),
            Some(_) => later.push(name),
            None => {}
        }
    }
    first.append(&mut later);
    if matches!(first.as_slice(), [only] if lower(only) == typed) { Vec::new() } else { first }
}

/// The list; gives back what was clicked, and whether the pointer is on it.
fn listed<'a>(field: &Response, list: &List, found: &[&'a String], look: &Look<'_>, moved: bool) -> (Option<&'a String>, bool) {
    let name = look.language.text_with("field-suggestions", [("field", look.name.into())]);
    let popup = Popup::from_response(field)
        .id(field.id.with("names"))
        .open(true)
        .close_behavior(PopupCloseBehavior::IgnoreClicks)
        .accessible_name(name)
        .width(field.rect.width());
    let shown = popup.show(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.set_min_width(field.rect.width() - 14.0);
        let scroll = ScrollArea::vertical().max_height(SEEN * theme::CONTROL);
        scroll.show(ui, |ui| {
            let mut clicked = None;
            for (place, name) in found.iter().take(MOST).enumerate() {
                let chosen = list.chosen == Some(place);
                let response = one(ui, field.id.with(place), name, chosen);
                if chosen && moved {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    clicked = Some(*name);
                }
            }
            if found.len() > MOST {
                let more = (found.len() - MOST).to_string();
                text::help(ui, &look.language.text_with("picker-more", [("count", more.into())]));
            }
            clicked
        })
    });
    let Some(shown) = shown else { return (None, false) };
    (shown.inner.inner, shown.response.contains_pointer())
}

/// A row. It can be clicked and never has the focus, which stays in the field.
fn one(ui: &mut Ui, id: Id, name: &str, chosen: bool) -> Response {
    let palette = theme::palette(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), theme::CONTROL));
    let response = ui.interact(rect, id, Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, name));
    if ui.is_rect_visible(rect) {
        let fill = if chosen { Some(palette.accent_soft) } else { response.hovered().then_some(palette.hover) };
        if let Some(fill) = fill {
            ui.painter().rect_filled(rect, 4.0, fill);
        }
        let colour = if chosen { palette.accent_text } else { palette.text };
        let at = rect.left_center() + vec2(8.0, 0.0);
        ui.painter().with_clip_rect(rect.intersect(ui.clip_rect())).text(
            at,
            Align2::LEFT_CENTER,
            name,
            TextStyle::Body.resolve(ui.style()),
            colour,
        );
    }
    response
}

/// Tells a screen reader that there is a list, whether it is open, and what is chosen in it.
fn describe(ui: &Ui, field: &Response, list: &List, visible: bool) {
    let chosen = list.chosen.filter(|_| visible).map(|place| field.id.with(place).accesskit_id());
    ui.ctx().accesskit_node_builder(field.id, |node| {
        node.set_has_popup(accesskit::HasPopup::Listbox);
        node.set_auto_complete(accesskit::AutoComplete::List);
        node.set_expanded(visible);
        if let Some(chosen) = chosen {
            node.set_active_descendant(chosen);
        }
    });
}

fn caret_to_end(ui: &Ui, id: Id, text: &str) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(text.chars().count()))));
    state.store(ui.ctx(), id);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_so_comes_before_what_has_it_somewhere() {
        let known = ["Follow Up", "Lunch", "Late Lunch", "Up"].map(ToOwned::to_owned);
        assert_eq!(fitting(&known, "up"), ["Up", "Follow Up"]);
        assert_eq!(fitting(&known, "LUN"), ["Lunch", "Late Lunch"]);
        assert_eq!(fitting(&known, "").len(), 4);
        assert_eq!(fitting(&known, "follow up"), Vec::<&String>::new(), "it is there already");
        assert_eq!(fitting(&known, "nothing"), Vec::<&String>::new());
    }
}

//! Buttons: one primary on a page, the others plain; an icon is painted beside the text and never read out.

use crate::theme;
use egui::{Align, Atom, Button, FontId, Response, RichText, Role, Sense, TextWrapMode, Ui, Vec2, WidgetInfo, vec2};

/// A plain button.
pub fn plain(ui: &mut Ui, glyph: Option<char>, text: &str) -> Response {
    button(ui, glyph, text, false, true)
}

/// A plain button that cannot always be pressed.
pub fn enabled(ui: &mut Ui, enabled: bool, glyph: Option<char>, text: &str) -> Response {
    button(ui, glyph, text, false, enabled)
}

/// What the page is for.
pub fn primary(ui: &mut Ui, enabled: bool, text: &str) -> Response {
    button(ui, None, text, true, enabled)
}

fn button(ui: &mut Ui, glyph: Option<char>, text: &str, primary: bool, enabled: bool) -> Response {
    let palette = theme::palette(ui);
    let colour = if primary { palette.on_accent } else { palette.text };
    let glyph: Option<Atom<'_>> =
        glyph.map(|glyph| RichText::new(glyph).font(FontId::new(16.0, theme::icons())).color(palette.muted).into());
    let label = RichText::new(text).color(colour);
    let mut button = match glyph {
        Some(glyph) => Button::new((glyph, label)),
        None => Button::new(label),
    };
    // In a row that wraps, a button goes to the next line as a whole.
    button = button.min_size(vec2(88.0, theme::CONTROL)).wrap_mode(TextWrapMode::Extend);
    let response = if primary { ui.scope(|ui| coloured(ui, enabled, button)).inner } else { ui.add_enabled(enabled, button) };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    response
}

fn coloured(ui: &mut Ui, enabled: bool, button: Button<'_>) -> Response {
    let palette = theme::palette(ui);
    let widgets = &mut ui.visuals_mut().widgets;
    widgets.inactive.weak_bg_fill = palette.accent;
    widgets.inactive.bg_stroke.color = palette.accent;
    widgets.hovered.weak_bg_fill = palette.accent_hover;
    widgets.hovered.bg_stroke.color = palette.accent_hover;
    widgets.active.weak_bg_fill = palette.accent_hover;
    widgets.active.bg_stroke.color = palette.text;
    ui.add_enabled(enabled, button)
}

/// A button that is only an icon, with its name for screen readers and as a tooltip.
pub fn icon(ui: &mut Ui, glyph: char, name: &str, selected: bool) -> Response {
    let palette = theme::palette(ui);
    let colour = if selected { palette.accent_text } else { palette.muted };
    let text = RichText::new(glyph).font(FontId::new(17.0, theme::icons())).color(colour);
    let button = Button::new(text).min_size(Vec2::splat(theme::CONTROL)).selected(selected).frame_when_inactive(selected);
    let response = ui.add(button).on_hover_text(name);
    response.widget_info(|| {
        if selected { WidgetInfo::selected(Role::Button, true, true, name) } else { WidgetInfo::labeled(Role::Button, true, name) }
    });
    response
}

/// A row that can be chosen, as wide as there is room: navigation and lists.
pub fn row(ui: &mut Ui, glyph: char, text: &str, selected: bool, mark: impl FnOnce(&mut Ui, egui::Rect)) -> Response {
    let palette = theme::palette(ui);
    // A little lower than a table's row, so that all pages fit beside each other into the usual window.
    let size = vec2(ui.available_width(), theme::ROW - 2.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, selected, text));
    if ui.is_rect_visible(rect) {
        let fill = if selected {
            palette.accent_soft
        } else if response.hovered() {
            palette.hover
        } else {
            egui::Color32::TRANSPARENT
        };
        ui.painter().rect_filled(rect, 6.0, fill);
        if response.has_focus() {
            ui.painter().rect_stroke(rect, 6.0, egui::Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
        }
        let colour = if selected { palette.accent_text } else { palette.text };
        let glyph_colour = if selected { palette.accent_text } else { palette.muted };
        let middle = rect.center().y;
        let at = |x: f32| egui::pos2(rect.left() + x, middle);
        ui.painter().text(at(20.0), egui::Align2::CENTER_CENTER, glyph, FontId::new(17.0, theme::icons()), glyph_colour);
        let font = egui::TextStyle::Body.resolve(ui.style());
        if rect.width() > theme::SLIM_NAVIGATION {
            ui.painter().text(at(40.0), egui::Align2([Align::Min, Align::Center]), text, font, colour);
        }
        mark(ui, rect);
    }
    response
}

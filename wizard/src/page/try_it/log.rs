//! The SOAP messages, drawn: one line each, newest first, and the one that is chosen laid out below.

use super::{Message, Session, Way};
use crate::{
    icon,
    page::Context,
    theme,
    widget::{button, text},
};
use egui::{Align2, FontFamily, FontId, Response, Role, ScrollArea, Sense, TextEdit, TextStyle, Ui, WidgetInfo, pos2, vec2};

/// Height of a line.
const LINE: f32 = 26.0;
/// Height of the list; beyond it, it scrolls.
const LIST: f32 = 10.0 * LINE;

/// Which message is chosen.
#[derive(Default)]
pub(super) struct Log {
    chosen: Option<u64>,
    /// The chosen one laid out, so that it is not done in every frame.
    laid_out: Option<(u64, String)>,
}

impl Log {
    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, session: &mut Session) {
        text::section(ui, &context.text("messages"));
        text::muted(ui, &context.text("messages.help"));
        let messages = session.messages();
        if messages.missed() > 0 {
            text::muted(ui, &context.language.text_with("messages-missed", [("count", messages.missed().to_string().into())]));
        }
        if messages.list().len() == 0 {
            text::muted(ui, &context.text("messages-none"));
            return;
        }
        ScrollArea::vertical().id_salt("messages").max_height(LIST).min_scrolled_height(LIST).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for message in messages.list().rev() {
                if line(ui, context, message, self.chosen == Some(message.number)).clicked() {
                    self.chosen = if self.chosen == Some(message.number) { None } else { Some(message.number) };
                }
            }
        });
        let mut clear = false;
        ui.horizontal(|ui| {
            let chosen = self.chosen.and_then(|number| messages.get(number));
            if button::enabled(ui, chosen.is_some(), Some(icon::COPY), &context.text("messages-copy")).clicked()
                && let Some(message) = chosen
            {
                ui.ctx().copy_text(message.pretty());
            }
            clear = button::plain(ui, Some(icon::TRASH), &context.text("messages-clear")).clicked();
        });
        if let Some(message) = self.chosen.and_then(|number| messages.get(number)) {
            if self.laid_out.as_ref().is_none_or(|(number, _)| *number != message.number) {
                self.laid_out = Some((message.number, message.pretty()));
            }
            let mut shown = self.laid_out.as_ref().map_or("", |(_, text)| text.as_str());
            let edit = TextEdit::multiline(&mut shown).font(TextStyle::Monospace).desired_width(f32::INFINITY).desired_rows(4);
            let _ = ui.add(edit.margin(egui::Margin::symmetric(10, 7))).accessible_name(context.text("messages-envelope"));
        }
        if clear {
            self.chosen = None;
            session.clear_messages();
        }
    }
}

fn line(ui: &mut Ui, context: &Context<'_>, message: &Message, chosen: bool) -> Response {
    let palette = theme::palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    let way = context.text(match message.way {
        Way::Request => "messages-request",
        Way::Answer => "messages-answer",
        Way::Event => "messages-event",
    });
    let latency = message.latency.map(|latency| format!("{latency:.1} ms")).unwrap_or_default();
    let time = message.time();
    let said = format!("{time} {way} {} {latency}", message.name);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, said.trim_end()));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let painter = ui.painter();
    if chosen {
        painter.rect_filled(rect, 4.0, palette.accent_soft);
    } else if response.hovered() {
        painter.rect_filled(rect, 4.0, palette.hover);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, 4.0, egui::Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
    }
    let is_bad = message.status.is_some_and(|status| status >= 400);
    let (glyph, colour) = match message.way {
        _ if is_bad => (icon::WARNING_CIRCLE, palette.error),
        Way::Request => (icon::ARROW_RIGHT, palette.accent_text),
        Way::Answer => (icon::ARROW_LEFT, palette.muted),
        Way::Event => (icon::ARROW_LEFT, palette.ok),
    };
    let font = |size| FontId::new(size, FontFamily::Proportional);
    let middle = rect.center().y;
    let put = |x: f32, align: Align2, text: &str, font: FontId, colour| {
        painter.text(pos2(rect.left() + x, middle), align, text, font, colour);
    };
    put(8.0, Align2::LEFT_CENTER, &time, font(12.0), palette.muted);
    put(108.0, Align2::CENTER_CENTER, &glyph.to_string(), FontId::new(14.0, theme::icons()), colour);
    put(124.0, Align2::LEFT_CENTER, &way, font(12.0), palette.muted);
    put(206.0, Align2::LEFT_CENTER, &message.name, font(14.0), if is_bad { palette.error } else { palette.text });
    let status = message.status.map(|status| status.to_string()).unwrap_or_default();
    put(rect.width() - 92.0, Align2::RIGHT_CENTER, &status, font(12.0), palette.muted);
    put(rect.width() - 12.0, Align2::RIGHT_CENTER, &latency, font(12.0), palette.muted);
    response
}

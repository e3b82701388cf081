//! The frame of everything that is shown above the page: a title, a width, buttons at the end, and Escape. A click beside it closes nothing,
//! because what has been typed would be lost.

use super::text;
use crate::theme;
use egui::{Context, Frame, Id, Key, Modal, Response, Ui};

/// Draws it; says beside what `draw` gives back whether Escape asks to close it.
pub fn show<T>(context: &Context, id: Id, title: &str, width: f32, draw: impl FnOnce(&mut Ui) -> T) -> (T, bool) {
    let pass = context.cumulative_pass_nr();
    context.data_mut(|data| data.insert_temp(last_drawn(), pass));
    let frame = Frame::window(&context.global_style()).inner_margin(24);
    let shown = Modal::new(id).frame(frame).show(context, |ui| {
        ui.set_width(width);
        text::section(ui, title);
        draw(ui)
    });
    context.accesskit_node_builder(shown.response.id, |node| {
        node.set_role(egui::accesskit::Role::Dialog);
        node.set_label(title.to_owned());
    });
    let escape = shown.is_top_modal && !shown.any_popup_open && context.input(|input| input.key_pressed(Key::Escape));
    (shown.inner, escape)
}

/// Has anything been shown above the page in this frame?
pub fn is_drawn(context: &Context) -> bool {
    context.data(|data| data.get_temp(last_drawn())) == Some(context.cumulative_pass_nr())
}

fn last_drawn() -> Id {
    Id::unique("the frame in which something was shown above the page")
}

/// The buttons at the end, the one that is meant on the right.
pub fn buttons(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ui.add_space(12.0);
    // A layout from the right takes all the height there is, unless it is told how much.
    let size = egui::vec2(ui.available_width(), theme::CONTROL);
    ui.allocate_ui_with_layout(size, egui::Layout::right_to_left(egui::Align::Center), content);
}

/// Puts the focus on the first control until it has it; what is shown above the page does not get it by itself.
pub fn focus(response: &Response, done: &mut bool) {
    if !*done {
        response.request_focus();
        *done = response.has_focus();
        response.ctx.request_repaint();
    }
}

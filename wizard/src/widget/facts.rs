//! What is only read: a sentence with a sign, a name with its value, and a table without choices.

use crate::theme;
use egui::{Align, Align2, Color32, FontId, Frame, Label, Layout, Margin, RichText, Stroke, Ui, vec2};

/// Room for a sign.
const SIGN: f32 = 26.0;
/// Width of a name.
const NAME: f32 = 190.0;
/// Height of a line.
const LINE: f32 = 20.0;

/// A sentence with a sign before it, which is painted and not read out.
pub fn line(ui: &mut Ui, glyph: char, colour: Color32, said: &str) {
    one(ui, Some((glyph, colour)), "", RichText::new(said).color(colour));
}

/// A name and its state, with a sign.
pub fn sign(ui: &mut Ui, glyph: char, colour: Color32, name: &str, said: &str) {
    one(ui, Some((glyph, colour)), name, RichText::new(said));
}

/// A name and its value.
pub fn fact(ui: &mut Ui, name: &str, value: &str) {
    one(ui, None, name, RichText::new(value));
}

fn one(ui: &mut Ui, sign: Option<(char, Color32)>, name: &str, said: RichText) {
    let muted = theme::palette(ui).muted;
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = LINE;
        ui.spacing_mut().item_spacing = vec2(0.0, 4.0);
        ui.horizontal_top(|ui| {
            if let Some((glyph, colour)) = sign {
                let at = ui.cursor().left_top() + vec2(9.0, LINE / 2.0 - 1.0);
                ui.painter().text(at, Align2::CENTER_CENTER, glyph, FontId::new(16.0, theme::icons()), colour);
            }
            ui.add_space(SIGN);
            if !name.is_empty() {
                ui.allocate_ui_with_layout(vec2(NAME, LINE), Layout::left_to_right(Align::Min), |ui| {
                    ui.set_min_width(NAME);
                    ui.add(Label::new(RichText::new(name).color(muted)).truncate());
                });
            }
            ui.add(Label::new(said).wrap());
        });
    });
}

/// A table; `shares` are those of the width.
pub fn table<const N: usize>(ui: &mut Ui, titles: &[String; N], shares: [f32; N], rows: &[[String; N]]) {
    let palette = theme::palette(ui);
    let frame = Frame::new().stroke(Stroke::new(1.0, palette.border)).corner_radius(6).inner_margin(Margin::symmetric(12, 6));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let whole: f32 = shares.iter().sum();
        let room = ui.available_width();
        let widths = shares.map(|share| room * share / whole);
        let title = |text: &String| RichText::new(text).font(FontId::new(12.0, theme::medium())).color(palette.muted);
        cells(ui, widths, titles, title);
        for row in rows {
            let y = ui.cursor().top();
            ui.painter().hline(ui.max_rect().x_range(), y, Stroke::new(1.0, palette.border));
            cells(ui, widths, row, |text| RichText::new(text));
        }
    });
}

fn cells<const N: usize>(ui: &mut Ui, widths: [f32; N], texts: &[String; N], dress: impl Fn(&String) -> RichText) {
    ui.horizontal(|ui| {
        for (width, text) in widths.into_iter().zip(texts) {
            ui.allocate_ui_with_layout(vec2(width, theme::CONTROL), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(width);
                ui.set_max_width(width - 12.0);
                ui.add(Label::new(dress(text)).truncate());
            });
        }
    });
}

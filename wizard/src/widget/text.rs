//! Titles, section headings, explanations and findings.

use crate::{icon, theme};
use egui::{FontId, Label, Response, RichText, Ui};
use shared::{Finding, Severity};

/// The title of a page and what it is for.
pub fn title(ui: &mut Ui, title: &str, purpose: &str) {
    let response = ui.add(Label::new(RichText::new(title).heading()));
    as_heading(ui, &response, title);
    muted(ui, purpose);
    ui.add_space(12.0);
}

/// The heading of a section.
pub fn section(ui: &mut Ui, text: &str) {
    ui.add_space(12.0);
    let response = ui.add(Label::new(RichText::new(text).family(theme::semibold()).size(15.0)));
    as_heading(ui, &response, text);
    ui.add_space(2.0);
}

/// An explanation.
pub fn muted(ui: &mut Ui, text: &str) {
    let colour = theme::palette(ui).muted;
    ui.add(Label::new(RichText::new(text).color(colour)).wrap());
}

/// Help beneath a control.
pub fn help(ui: &mut Ui, text: &str) {
    let colour = theme::palette(ui).muted;
    ui.add(Label::new(RichText::new(text).color(colour).size(12.0)).wrap());
}

/// A finding beneath its control: sign, text and repair, never colour alone.
pub fn finding(ui: &mut Ui, finding: &Finding) {
    let palette = theme::palette(ui);
    let (colour, glyph) = match finding.severity {
        Severity::Error => (palette.error, icon::WARNING_CIRCLE),
        Severity::Warning => (palette.warning, icon::WARNING),
    };
    ui.scope(|ui| {
        // A horizontal row is as high as a control otherwise, and the line would float.
        ui.spacing_mut().interact_size.y = 16.0;
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.horizontal_top(|ui| {
            self::glyph(ui, glyph, 14.0, colour);
            let mut text = finding.text.clone();
            if !finding.repair.is_empty() {
                text = format!("{text}. {}", finding.repair);
            }
            ui.add(Label::new(RichText::new(text).size(12.0).color(colour)).wrap());
        });
    });
}

/// A sign beside a text. It is painted only: a screen reader would read out its number in the font.
pub fn glyph(ui: &mut Ui, glyph: char, size: f32, colour: egui::Color32) {
    let height = ui.spacing().interact_size.y.max(size);
    let (_, rect) = ui.allocate_space(egui::vec2(size, height));
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, glyph, FontId::new(size, theme::icons()), colour);
}

fn as_heading(ui: &Ui, response: &Response, text: &str) {
    let text = text.to_owned();
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(egui::accesskit::Role::Heading);
        // With the role alone the name would be empty.
        node.set_label(text);
    });
}

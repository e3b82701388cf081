//! What a test says, drawn: its stages with verdict, cause and repair as they come in, and how it ends.

use super::list;
use crate::{
    connection::{Detail, Stage, Test, Verdict, stage_name},
    icon,
    language::Language,
    theme::{self, Palette},
    widget::text,
};
use egui::{Align, Color32, FontId, Label, RichText, Ui, accesskit::Live};

/// Who tests, and whether that is our version of it.
pub(super) fn tester(ui: &mut Ui, language: Language, test: &Test, key: &str) {
    if let Some(program) = test.program() {
        text::muted(ui, &language.text_with(key, [("program", program.display().to_string().into())]));
    }
    if let Some(version) = test.other_version() {
        let values = [("version", version.to_owned().into()), ("ours", env!("CARGO_PKG_VERSION").into())];
        line(ui, icon::WARNING, theme::palette(ui).warning, &language.text_with("connection-version", values));
    }
}

/// All stages, and the end. Once it has ended the first that failed is brought into sight, and `seen` says that this was done.
pub(super) fn show(ui: &mut Ui, language: Language, test: &Test, seen: &mut bool) {
    ui.add_space(4.0);
    if !test.stages().is_empty() {
        list(ui, |ui| {
            let running = test.stages().iter().position(|stage| stage.result.is_none()).filter(|_| test.is_running());
            let failed = |stage: &Stage| stage.result.as_ref().is_some_and(|result| result.verdict == Verdict::Failed);
            let first = test.stages().iter().position(failed).filter(|_| !test.is_running() && !*seen);
            for (place, stage) in test.stages().iter().enumerate() {
                if first == Some(place) {
                    ui.scroll_to_cursor(Some(Align::Min));
                    *seen = true;
                }
                one(ui, language, stage, running == Some(place));
            }
        });
    }
    ui.add_space(4.0);
    summary(ui, language, test);
}

fn one(ui: &mut Ui, language: Language, stage: &Stage, running: bool) {
    let palette = theme::palette(ui);
    let name = stage_name(language, &stage.name);
    let Some(result) = &stage.result else {
        let (glyph, key) = if running { (icon::PLAY, "connection-stage-running") } else { (icon::CLOCK, "connection-open") };
        line(ui, glyph, palette.muted, &format!("{name}: {}", language.text(key)));
        return;
    };
    let (glyph, colour) = sign(palette, result.verdict);
    let title = format!("{name}: {} ({} ms)", language.text(result.verdict.key()), result.milliseconds);
    headed(ui, glyph, colour, RichText::new(title).family(theme::medium()));
    ui.scope(|ui| {
        ui.visuals_mut().indent_has_left_vline = false;
        ui.spacing_mut().indent = 26.0;
        ui.indent(("details", &stage.name), |ui| result.details.iter().for_each(|detail| explained(ui, language, detail)));
    });
    ui.add_space(4.0);
}

fn explained(ui: &mut Ui, language: Language, detail: &Detail) {
    let palette = theme::palette(ui);
    let (seen, repair) = detail.said(language);
    let good = matches!(detail.verdict, Verdict::Ok | Verdict::Skipped);
    let colour = if good { palette.muted } else { sign(palette, detail.verdict).1 };
    ui.add(Label::new(RichText::new(seen).size(13.0).color(colour)).wrap());
    if !repair.is_empty() {
        ui.add(Label::new(RichText::new(format!("→ {repair}")).size(13.0)).wrap());
    }
}

fn summary(ui: &mut Ui, language: Language, test: &Test) {
    let palette = theme::palette(ui);
    let (glyph, colour) = match (test.trouble(), test.verdict()) {
        (Some(_), _) => (icon::WARNING_CIRCLE, palette.error),
        (None, Some(verdict)) => sign(palette, verdict),
        (None, None) => (icon::PLAY, palette.muted),
    };
    let said = line(ui, glyph, colour, &test.said(language));
    ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(Live::Polite));
}

fn sign(palette: &Palette, verdict: Verdict) -> (char, Color32) {
    match verdict {
        Verdict::Ok => (icon::CHECK_CIRCLE, palette.ok),
        Verdict::Warning => (icon::WARNING, palette.warning),
        Verdict::Failed => (icon::WARNING_CIRCLE, palette.error),
        Verdict::Skipped => (icon::PAUSE, palette.muted),
        Verdict::Undecided | Verdict::Unknown => (icon::QUESTION, palette.warning),
    }
}

fn line(ui: &mut Ui, glyph: char, colour: Color32, said: &str) -> egui::Response {
    headed(ui, glyph, colour, RichText::new(said).color(colour))
}

/// A sign and words beside it; the sign is painted, and not read out.
fn headed(ui: &mut Ui, glyph: char, colour: Color32, said: RichText) -> egui::Response {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.horizontal_top(|ui| {
            let at = ui.cursor().left_top() + egui::vec2(9.0, 9.0);
            ui.painter().text(at, egui::Align2::CENTER_CENTER, glyph, FontId::new(17.0, theme::icons()), colour);
            ui.add_space(26.0);
            ui.add(Label::new(said).wrap())
        })
        .inner
    })
    .inner
}

//! The control for one setting, made from its definition: a field, a number, a check box or a choice, with its label, help and findings.
//!
//! Label and help are texts named after the setting's path, `service-listen` and `service-listen.help`; places in lists do not count.

use super::text;
use crate::{page::Context, theme};
use egui::{Checkbox, ComboBox, Response, RichText, TextEdit, Ui};
use shared::{
    SettingPath,
    definition::{self, Kind},
    setting_path::Step,
};
use toml::Value;

/// How wide a field is: it says what goes in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// A port, a level, a number of days.
    Number,
    /// A name.
    Name,
    /// A host, a path, an address.
    Wide,
}

impl Width {
    fn points(self) -> f32 {
        match self {
            Self::Number => 110.0,
            Self::Name => 240.0,
            Self::Wide => 360.0,
        }
    }
}

/// The control that fits the setting's definition.
pub fn show(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath) -> Option<Response> {
    let setting = definition::at(path)?;
    Some(match &setting.kind {
        Kind::Switch => check_box(ui, context, path),
        Kind::Choice(words) => choice(ui, context, path, &words.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>()),
        Kind::Number { .. } => field(ui, context, path, Width::Number),
        _ => field(ui, context, path, Width::Wide),
    })
}

/// The same by the path's text, for pages.
pub fn at(ui: &mut Ui, context: &mut Context<'_>, path: &str) -> Option<Response> {
    show(ui, context, &path.parse().ok()?)
}

/// A field for a text or a number.
pub fn field(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, width: Width) -> Response {
    label(ui, context, path);
    let mut written = written(context, path).unwrap_or_default();
    let hint = default_of(path).unwrap_or_default();
    let response = ui.add(
        TextEdit::singleline(&mut written)
            .hint_text(hint)
            .desired_width(width.points())
            .margin(egui::Margin::symmetric(10, 7)),
    );
    let response = named(ui, context, path, response);
    if response.changed() {
        let value = (!written.is_empty()).then(|| value_of(path, &written));
        context.model.set(path, value);
    }
    if response.lost_focus() {
        context.model.settle();
    }
    beneath(ui, context, path, &response);
    response
}

/// A field with suggestions beside it: typed freely, or picked from a list.
pub fn suggested(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, width: Width, suggestions: &[String]) -> Response {
    label(ui, context, path);
    let mut text = written(context, path).unwrap_or_default();
    let hint = default_of(path).unwrap_or_default();
    let response = ui
        .horizontal(|ui| {
            let edit = TextEdit::singleline(&mut text).hint_text(hint).desired_width(width.points()).margin(egui::Margin::symmetric(10, 7));
            let response = ui.add(edit);
            if !suggestions.is_empty() {
                let name = context.language.text_with("field-suggestions", [("field", name(context, path).into())]);
                let button = crate::widget::button::icon(ui, crate::icon::CARET_DOWN, &name, false);
                egui::Popup::menu(&button).show(|ui| {
                    for suggestion in suggestions {
                        if ui.button(suggestion.as_str()).clicked() {
                            text.clone_from(suggestion);
                            context.model.settle();
                            context.model.set(path, Some(value_of(path, suggestion)));
                        }
                    }
                });
            }
            response
        })
        .inner;
    let response = named(ui, context, path, response);
    if response.changed() {
        let value = (!text.is_empty()).then(|| value_of(path, &text));
        context.model.set(path, value);
    }
    if response.lost_focus() {
        context.model.settle();
    }
    beneath(ui, context, path, &response);
    response
}

/// A check box with its explanation beneath.
pub fn check_box(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath) -> Response {
    let default = definition::at(path).and_then(|setting| setting.default.as_ref()).and_then(serde_json::Value::as_bool).unwrap_or(false);
    let mut on = context.model.draft().get(path).and_then(Value::as_bool).unwrap_or(default);
    let name = name(context, path);
    let response = ui
        .scope(|ui| {
            if on {
                let palette = theme::palette(ui);
                let widgets = &mut ui.visuals_mut().widgets;
                for visuals in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
                    visuals.bg_fill = palette.accent;
                    visuals.fg_stroke.color = palette.on_accent;
                }
                widgets.inactive.bg_stroke.color = palette.accent;
            }
            ui.add(Checkbox::new(&mut on, name.clone()))
        })
        .inner;
    wanted(context, path, &response);
    if response.changed() {
        context.model.settle();
        context.model.set(path, (on != default).then_some(Value::Boolean(on)));
    }
    ui.indent(("help", path), |ui| beneath(ui, context, path, &response));
    response
}

/// A choice of words.
pub fn choice(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, words: &[&str]) -> Response {
    label(ui, context, path);
    let now = written(context, path).or_else(|| default_of(path)).unwrap_or_default();
    let text = |word: &str| context.language.find(&format!("{}-{word}", key(path)), None).unwrap_or_else(|| word.to_owned());
    let mut chosen = None;
    let shown = text(&now);
    let response = ComboBox::from_id_salt(("choice", path))
        .width(Width::Name.points())
        .selected_text(shown)
        .show_ui(ui, |ui| {
            for word in words {
                if ui.selectable_label(*word == now, text(word)).clicked() {
                    chosen = Some((*word).to_owned());
                }
            }
        })
        .response;
    let response = named(ui, context, path, response);
    if let Some(word) = chosen {
        context.model.settle();
        context.model.set(path, Some(Value::String(word)));
    }
    beneath(ui, context, path, &response);
    response
}

/// The name of a setting, as its label has it.
pub fn name(context: &Context<'_>, path: &SettingPath) -> String {
    context.text(&key(path))
}

/// The key of a setting's texts.
pub fn key(path: &SettingPath) -> String {
    let keys = path.steps().iter().filter_map(|step| if let Step::Key(key) = step { Some(key.replace('_', "-")) } else { None });
    keys.collect::<Vec<_>>().join("-")
}

fn label(ui: &mut Ui, context: &Context<'_>, path: &SettingPath) {
    ui.add_space(4.0);
    ui.label(RichText::new(name(context, path)).family(theme::medium()));
    ui.add_space(-4.0);
}

fn named(ui: &Ui, context: &mut Context<'_>, path: &SettingPath, response: Response) -> Response {
    let response = response.accessible_name(name(context, path));
    let errors: Vec<String> = context.model.findings_at(path).filter(|finding| finding.is_error()).map(|finding| finding.text.clone()).collect();
    if !errors.is_empty() {
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_invalid(egui::accesskit::Invalid::True);
            node.set_description(errors.join(". "));
        });
    }
    wanted(context, path, &response);
    response
}

/// Gives the focus to a setting that was searched for.
fn wanted(context: &mut Context<'_>, path: &SettingPath, response: &Response) {
    if context.wanted.as_ref().is_some_and(|wanted| wanted == path) {
        *context.wanted = None;
        response.request_focus();
        response.scroll_to_me(Some(egui::Align::Center));
    }
}

fn beneath(ui: &mut Ui, context: &Context<'_>, path: &SettingPath, _control: &Response) {
    ui.add_space(-2.0);
    if let Some(help) = context.language.find(&format!("{}.help", key(path)), None) {
        text::help(ui, &help);
    }
    for finding in context.model.findings_at(path) {
        text::finding(ui, finding);
    }
}

fn written(context: &Context<'_>, path: &SettingPath) -> Option<String> {
    Some(match context.model.draft().get(path)? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

fn default_of(path: &SettingPath) -> Option<String> {
    Some(match definition::at(path)?.default.as_ref()? {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

/// What was typed, as the setting's kind: what is no number stays a text, and the check says so.
fn value_of(path: &SettingPath, text: &str) -> Value {
    let is_number = definition::at(path).is_some_and(|setting| matches!(setting.kind, Kind::Number { .. }));
    match text.trim().parse() {
        Ok(number) if is_number => Value::Integer(number),
        _ => Value::String(text.to_owned()),
    }
}

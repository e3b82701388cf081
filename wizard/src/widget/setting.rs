//! The control for one setting, made from its definition: a field, a number, a check box or a choice, with its label, help and findings.
//!
//! Label and help are texts named after the setting's path, `service-listen` and `service-listen.help`; places in lists do not count.

mod lines;

use super::{finding, locked, path, picker, secret, suggest, text};
use crate::{language::Language, page::Context, theme};
use egui::{Checkbox, ComboBox, Response, RichText, TextEdit, Ui};
use shared::{
    Config, SettingPath,
    definition::{self, Kind},
    setting_path::Step,
};
use std::sync::LazyLock;
use toml::Value;

/// How wide a field is: it says what goes in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Width {
    /// A port, a level, a number of days.
    Number,
    /// A name.
    Name,
    /// A path with its button.
    Path,
    /// A host, an address.
    Wide,
}

impl Width {
    fn points(self) -> f32 {
        match self {
            Self::Number => 110.0,
            Self::Name => 240.0,
            // A row's dialog has this much beside the button.
            Self::Path => 280.0,
            Self::Wide => 360.0,
        }
    }
}

/// The control that fits the setting's definition.
pub fn show(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath) -> Option<Response> {
    let setting = definition::at(path)?;
    if let Some(why) = locked::why(context, path) {
        return Some(locked::show(ui, context, path, why));
    }
    let width = match &setting.kind {
        Kind::Number { .. } => Width::Number,
        Kind::Text { format: Some(format), .. } if format == "time-span" => Width::Number,
        _ => Width::Wide,
    };
    if setting.is_secret() {
        return Some(secret::field(ui, context, path));
    }
    if let Some(kind) = setting.path_kind() {
        return Some(path::field(ui, context, path, kind));
    }
    Some(match &setting.kind {
        Kind::Switch => check_box(ui, context, path),
        Kind::Choice(words) => choice(ui, context, path, &words.iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>()),
        Kind::List(_) => lines::show(ui, context, path),
        _ => match suggest::of(context, path) {
            known if known.is_empty() => field(ui, context, path, width),
            known => suggested(ui, context, path, width, &known),
        },
    })
}

/// The same by the path's text, for pages.
pub fn at(ui: &mut Ui, context: &mut Context<'_>, path: &str) -> Option<Response> {
    show(ui, context, &path.parse().ok()?)
}

/// A field for a text or a number.
pub fn field(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, width: Width) -> Response {
    edited(ui, context, path, |ui, _, text, hint| (ui.add(edit(text, hint, width)), false))
}

/// A field with suggestions beside it: typed freely, or picked from a list.
pub fn suggested(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, width: Width, suggestions: &[String]) -> Response {
    edited(ui, context, path, |ui, context, text, hint| {
        let look = picker::Look { name: &name(context, path), hint, width: width.points(), language: context.language };
        let shown = picker::show(ui, ui.make_persistent_id(("picker", path)), text, suggestions, &look);
        (shown.response, shown.picked)
    })
}

/// A field with something beside it that can fill it too: what `beside` gives back takes the place of what is typed.
pub fn field_with(
    ui: &mut Ui,
    context: &mut Context<'_>,
    path: &SettingPath,
    width: Width,
    beside: impl FnOnce(&mut Ui, &mut Context<'_>, &str) -> Option<String>,
) -> Response {
    edited(ui, context, path, |ui, context, text, hint| {
        ui.horizontal(|ui| {
            let response = ui.add(edit(text, hint, width));
            let picked = beside(ui, context, text);
            let is_picked = picked.is_some();
            if let Some(picked) = picked {
                *text = picked;
                response.request_focus();
            }
            (response, is_picked)
        })
        .inner
    })
}

fn edit<'t>(text: &'t mut String, hint: &'t str, width: Width) -> TextEdit<'t> {
    TextEdit::singleline(text).hint_text(hint).desired_width(width.points()).margin(egui::Margin::symmetric(10, 7))
}

/// What all fields have in common; `draw` says beside its response whether the text was picked, which is a step of undo of its own.
fn edited(
    ui: &mut Ui,
    context: &mut Context<'_>,
    path: &SettingPath,
    draw: impl FnOnce(&mut Ui, &mut Context<'_>, &mut String, &str) -> (Response, bool),
) -> Response {
    label(ui, context, path);
    let mut text = written(context, path).unwrap_or_default();
    let hint = default_of(path).unwrap_or_default();
    let (response, picked) = draw(ui, context, &mut text, &hint);
    let response = named(ui, context, path, response);
    if picked {
        context.model.settle();
    }
    if picked || response.changed() {
        let value = (!text.is_empty()).then(|| value_of(path, &text));
        put(context, path, value);
    }
    if response.lost_focus() || picked {
        context.model.settle();
    }
    beneath(ui, context, path, &response);
    response
}

/// A check box with its explanation beneath.
pub fn check_box(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath) -> Response {
    check_box_asking(ui, context, path, |context, on| turn(context, path, on))
}

/// Writes what a check box says: a row says all that it means; elsewhere what is as usual need not be written.
pub fn turn(context: &mut Context<'_>, path: &SettingPath, on: bool) {
    let in_a_row = path.steps().iter().any(|step| matches!(step, Step::Index(_)));
    context.model.settle();
    put(context, path, (in_a_row || on != switched_by_default(path)).then_some(Value::Boolean(on)));
}

fn switched_by_default(path: &SettingPath) -> bool {
    definition::at(path).and_then(|setting| setting.default.as_ref()).and_then(serde_json::Value::as_bool).unwrap_or(false)
}

/// A check box that writes nothing by itself: `pressed` is told what it was to become.
pub fn check_box_asking(
    ui: &mut Ui,
    context: &mut Context<'_>,
    path: &SettingPath,
    pressed: impl FnOnce(&mut Context<'_>, bool),
) -> Response {
    let mut on = context.model.draft().get(path).and_then(Value::as_bool).unwrap_or_else(|| switched_by_default(path));
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
        pressed(context, on);
    }
    ui.add_space(-6.0);
    ui.scope(|ui| {
        ui.visuals_mut().indent_has_left_vline = false;
        ui.spacing_mut().indent = ui.spacing().icon_width + ui.spacing().icon_spacing;
        ui.indent(("help", path), |ui| beneath(ui, context, path, &response));
    });
    response
}

/// A choice of words.
pub fn choice(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, words: &[&str]) -> Response {
    let entries: Vec<_> = words.iter().map(|word| (Value::from(*word), word_text(context, path, word))).collect();
    picked(ui, context, path, &entries)
}

/// A choice of values, each with its text.
pub fn picked(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, entries: &[(Value, String)]) -> Response {
    label(ui, context, path);
    let now = effective(context, path);
    let shown = entries
        .iter()
        .find(|(value, _)| Some(value) == now.as_ref())
        .map_or_else(|| now.as_ref().map(plain).unwrap_or_default(), |(_, text)| text.clone());
    let mut chosen = None;
    let response = ComboBox::from_id_salt(("choice", path))
        .width(Width::Wide.points())
        .truncate()
        .selected_text(shown)
        .show_ui(ui, |ui| {
            for (value, text) in entries {
                if ui.selectable_label(Some(value) == now.as_ref(), text.as_str()).clicked() {
                    chosen = Some(value.clone());
                }
            }
        })
        .response;
    let response = named(ui, context, path, response);
    if let Some(value) = chosen {
        context.model.settle();
        put(context, path, Some(value));
    }
    beneath(ui, context, path, &response);
    response
}

/// A workmode, by number and text; `none` is what 0 means, if it may be chosen.
pub fn workmode(ui: &mut Ui, context: &mut Context<'_>, path: &str, none: Option<&str>) -> Option<Response> {
    let path: SettingPath = path.parse().ok()?;
    let workmodes = &context.model.config().workmodes;
    let mut entries: Vec<(Value, String)> = none.map(|key| (Value::Integer(0), context.text(key))).into_iter().collect();
    for (id, text) in [(1, &workmodes.logout), (2, &workmodes.ready), (3, &workmodes.not_ready)] {
        entries.push((Value::Integer(id), format!("{id} – {text}")));
    }
    entries.extend(workmodes.mapped.iter().map(|row| (Value::Integer(row.id.into()), format!("{} – {}", row.id, row.status))));
    Some(picked(ui, context, &path, &entries))
}

/// Findings of a section itself, not of what lies below it.
pub fn findings_of(ui: &mut Ui, context: &Context<'_>, section: &str) {
    let Ok(path) = section.parse::<SettingPath>() else { return };
    for found in context.model.findings().iter().filter(|finding| finding.path == path) {
        finding::show(ui, context, "", found);
    }
}

/// What counts for a setting: what is written, else its default.
pub fn effective(context: &Context<'_>, path: &SettingPath) -> Option<Value> {
    context.model.draft().get(path).cloned().or_else(|| {
        let config = Value::try_from(context.model.config()).ok()?;
        path.steps().iter().try_fold(&config, |value, step| below(value, step)).cloned()
    })
}

/// Writes a setting, or takes it out together with the sections that would be empty without it.
pub fn put(context: &mut Context<'_>, path: &SettingPath, value: Option<Value>) {
    let mut gone = path.clone();
    if value.is_none() {
        while let Some(section) = gone.parent().filter(|section| matches!(section.steps().last(), Some(Step::Key(_)))) {
            let alone = context.model.draft().get(&section).and_then(Value::as_table).is_some_and(|table| table.len() == 1);
            if !alone || context.model.draft().get(&gone).is_none() {
                break;
            }
            gone = section;
        }
    }
    context.model.set(&gone, value);
}

/// A value as people read it.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The text of a word that can be chosen.
pub fn word_text(context: &Context<'_>, path: &SettingPath, word: &str) -> String {
    context.language.find(&format!("{}-{}", key(path), word.replace('_', "-")), None).unwrap_or_else(|| word.to_owned())
}

/// Label and help of a list, for the widgets that edit it.
pub fn heading(ui: &mut Ui, context: &Context<'_>, path: &SettingPath) {
    label(ui, context, path);
    help(ui, context, path);
}

/// The name of a setting, as its label has it; keys of a person's own are their own names.
pub fn name(context: &Context<'_>, path: &SettingPath) -> String {
    context.language.find(&key(path), None).unwrap_or_else(|| path.name().to_owned())
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
    let errors: Vec<String> = context
        .model
        .findings_at(path)
        .filter(|finding| finding.is_error())
        .map(|found| finding::translated(context.language, found).text)
        .collect();
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
pub(super) fn wanted(context: &mut Context<'_>, path: &SettingPath, response: &Response) {
    if context.wanted.as_ref().is_some_and(|wanted| wanted == path) {
        *context.wanted = None;
        response.request_focus();
        response.scroll_to_me(Some(egui::Align::Center));
    }
}

fn beneath(ui: &mut Ui, context: &Context<'_>, path: &SettingPath, _control: &Response) {
    ui.add_space(-2.0);
    help(ui, context, path);
    for found in context.model.findings_at(path) {
        finding::show(ui, context, "", found);
    }
}

/// The explanation; in English it is the definition's own, unless there is a better one.
fn help(ui: &mut Ui, context: &Context<'_>, path: &SettingPath) {
    let described =
        || definition::at(path).map(|setting| setting.description.replace('`', "")).filter(|_| context.language == Language::English);
    if let Some(help) = context.language.find(&format!("{}.help", key(path)), None).or_else(described).filter(|help| !help.is_empty()) {
        text::help(ui, &help);
    }
}

fn written(context: &Context<'_>, path: &SettingPath) -> Option<String> {
    context.model.draft().get(path).map(plain)
}

fn default_of(path: &SettingPath) -> Option<String> {
    static BUILT_IN: LazyLock<Option<Value>> = LazyLock::new(|| Value::try_from(Config::built_in()).ok());
    if path.steps().iter().any(|step| matches!(step, Step::Index(_))) {
        return None;
    }
    let built_in = path.steps().iter().try_fold(BUILT_IN.as_ref()?, |value, step| below(value, step));
    built_in.map(plain)
}

fn below<'a>(value: &'a Value, step: &Step) -> Option<&'a Value> {
    match step {
        Step::Key(key) => value.as_table()?.get(key),
        Step::Index(index) => value.as_array()?.get(*index),
    }
}

/// What was typed, as the setting's kind: what is no number stays a text, and the check says so.
fn value_of(path: &SettingPath, text: &str) -> Value {
    let is_number = definition::at(path).is_some_and(|setting| matches!(setting.kind, Kind::Number { .. }));
    match text.trim().parse() {
        Ok(number) if is_number => Value::Integer(number),
        _ => Value::String(text.to_owned()),
    }
}

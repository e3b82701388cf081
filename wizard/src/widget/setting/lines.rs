//! A setting that is a short list of texts, one a line, with what is known and not there yet beside it.

use super::{Width, beneath, effective, label, name, named, plain, put};
use crate::{
    page::Context,
    widget::{picker, suggest},
};
use egui::{Key, Response, TextEdit, Ui};
use shared::SettingPath;
use toml::Value;

/// So many names have a button each; more would bury the page.
const FEW: usize = 12;

/// A short list of texts, one a line.
pub(super) fn show(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath) -> Response {
    label(ui, context, path);
    let now = effective(context, path);
    let entries = now.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    // An empty last line is kept while one types, as an entry that is left out when the field is left.
    let mut written = entries.iter().map(plain).collect::<Vec<_>>().join("\n");
    let edit = TextEdit::multiline(&mut written).desired_rows(3).desired_width(Width::Wide.points()).margin(egui::Margin::symmetric(10, 7));
    let response = ui.add(edit);
    let response = named(ui, context, path, response);
    if response.changed() {
        put(context, path, Some(Value::Array(written.split('\n').map(Value::from).collect())));
    }
    if response.lost_focus() {
        let entries = written.split('\n').filter(|line| !line.trim().is_empty()).map(|line| Value::from(line.trim()));
        put(context, path, Some(Value::Array(entries.collect())));
        context.model.settle();
    }
    let missing: Vec<String> =
        suggest::of(context, &path.index(0)).into_iter().filter(|name| written.split('\n').all(|line| line != name)).collect();
    if let Some(name) = missing_one(ui, context, path, &missing) {
        let line = written.split('\n').filter(|line| !line.trim().is_empty()).chain([name.as_str()]);
        context.model.settle();
        put(context, path, Some(Value::Array(line.map(Value::from).collect())));
    }
    beneath(ui, context, path, &response);
    response
}

/// What is known and not there yet, to be added: a button each while they are few, else a field to pick them.
fn missing_one(ui: &mut Ui, context: &Context<'_>, path: &SettingPath, missing: &[String]) -> Option<String> {
    if missing.len() > FEW {
        let id = ui.make_persistent_id(("missing", path));
        let mut typed: String = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let name = context.language.text_with("list-new", [("list", name(context, path).into())]);
        let look = picker::Look { name: &name, hint: &context.text("list-hint"), width: Width::Name.points(), language: context.language };
        let shown = picker::show(ui, id.with("field"), &mut typed, missing, &look);
        let response = shown.response.accessible_name(name);
        let by_key = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) && !typed.trim().is_empty();
        let added = (shown.picked || by_key).then(|| std::mem::take(&mut typed).trim().to_owned());
        ui.data_mut(|data| data.insert_temp(id, typed));
        return added;
    }
    let add = |ui: &mut Ui| {
        let text = |name: &String| context.language.text_with("lines-add", [("name", name.as_str().into())]);
        missing.iter().filter(|name| ui.small_button(text(name)).clicked()).last().cloned()
    };
    if missing.is_empty() { None } else { ui.horizontal_wrapped(add).inner }
}

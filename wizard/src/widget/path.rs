//! A path: a field to type it, and the system's dialog beside it. Where no dialog can be shown the button says why.

use super::{
    button,
    setting::{self, Width},
};
use crate::{
    browse::{self, Ask},
    icon,
    page::Context,
};
use egui::{Response, Ui};
use shared::{SettingPath, definition::PathKind};

/// A field for a path with its button.
pub fn field(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, kind: PathKind) -> Response {
    setting::field_with(ui, context, path, Width::Path, |ui, context, typed| {
        let name = setting::name(context, path);
        button(ui, context, path, kind, &name, typed)
    })
}

/// The button alone, for the field `typed` of a dialog too; gives back what was chosen.
pub fn button(ui: &mut Ui, context: &mut Context<'_>, path: &SettingPath, kind: PathKind, name: &str, typed: &str) -> Option<String> {
    let browsing = &mut context.controls.browsing;
    let why = match (browsing.possible, browsing.is_open()) {
        (false, _) => Some("path-no-dialog"),
        (true, true) => Some("path-browsing"),
        (true, false) => None,
    };
    let mut response = button::enabled(ui, why.is_none(), Some(icon::FOLDER_OPEN), &context.language.text("path-browse"));
    response = response.accessible_name(context.language.text_with("path-browse-for", [("field", name.into())]));
    if let Some(why) = why {
        let why = context.language.text(why);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(why.clone()));
        response = response.on_disabled_hover_text(why);
    }
    if response.clicked() {
        let from = browse::begin(typed, context.controls.file.as_deref());
        let question = Ask { title: name.to_owned(), kind, from, filter: None };
        context.controls.browsing.start(context.jobs, path, question);
    }
    let picked = context.controls.browsing.poll(path)?;
    picked.map(|picked| picked.display().to_string())
}

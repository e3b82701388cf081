//! A table of names and values of the user's own: a field for each name, and one to add another.

use crate::{
    icon,
    page::Context,
    widget::{
        button,
        setting::{self, Width},
    },
};
use egui::{TextEdit, Ui};
use shared::SettingPath;
use toml::Value;

/// An editor of a map, with what it remembers between frames.
pub struct Map {
    map: SettingPath,
    typed: String,
}

impl Map {
    /// An editor of the map at a path.
    pub fn new(map: &str) -> Self {
        Self { map: map.parse().unwrap_or_default(), typed: String::new() }
    }

    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        setting::heading(ui, context, &self.map);
        let mut names: Vec<String> = standing(context, &self.map);
        let written = context.model.draft().get(&self.map).and_then(Value::as_table).into_iter().flat_map(|table| table.keys().cloned());
        names.extend(written.collect::<Vec<_>>());
        names.sort();
        names.dedup();
        if context.wanted.as_ref() == Some(&self.map) {
            *context.wanted = names.first().map(|name| self.map.key(name));
        }
        for name in &names {
            let _ = setting::field(ui, context, &self.map.key(name), Width::Wide);
        }
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let edit = TextEdit::singleline(&mut self.typed).hint_text(context.text("map-hint")).desired_width(300.0);
            let _ = ui.add(edit.margin(egui::Margin::symmetric(10, 7))).accessible_name(context.text("map-new"));
            let name = self.typed.trim().to_owned();
            let can = !name.is_empty() && !names.contains(&name);
            if button::enabled(ui, can, Some(icon::PLUS), &context.text("rows-add")).clicked() {
                let path = self.map.key(&name);
                context.model.settle();
                context.model.set(&path, Some(Value::from("")));
                *context.wanted = Some(path);
                self.typed.clear();
            }
        });
    }
}

/// The names that are there without being written.
fn standing(context: &Context<'_>, map: &SettingPath) -> Vec<String> {
    let config = Value::try_from(context.model.config()).ok();
    let value = config.and_then(|config| {
        map.steps().iter().try_fold(config, |value, step| match step {
            shared::setting_path::Step::Key(key) => value.get(key).cloned(),
            shared::setting_path::Step::Index(index) => value.get(*index).cloned(),
        })
    });
    value.as_ref().and_then(Value::as_table).into_iter().flat_map(|table| table.keys().cloned()).collect()
}

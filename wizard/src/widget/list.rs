//! A list of texts: type and add, edit, remove, move by drag or by keyboard.

use crate::{
    icon,
    page::Context,
    widget::{button, picker, setting, suggest, table::Table},
};
use egui::{Key, Ui};
use shared::definition::{self, Kind};
use toml::Value;

/// A list editor, with what it remembers between frames.
pub struct List {
    table: Table,
    typed: String,
}

impl List {
    /// An editor of a list.
    pub fn new(list: &str) -> Self {
        Self { table: Table::new(list, &[]), typed: String::new() }
    }

    /// Draws it with its name and explanation.
    pub fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        setting::heading(ui, context, self.table.list());
        let chosen = matches!(definition::at(&self.table.list().index(0)).map(|setting| &setting.kind), Some(Kind::Choice(_)));
        if !chosen {
            self.entry(ui, context);
        }
        self.table.body(ui, context, chosen);
    }

    /// Adds a text at the end.
    pub fn add(&mut self, context: &mut Context<'_>, text: &str) {
        context.model.settle();
        self.table.add(context, Value::from(text));
    }

    /// What is in the list now.
    pub fn texts(&self, context: &Context<'_>) -> Vec<String> {
        self.table.values(context).iter().map(setting::plain).collect()
    }

    fn entry(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        let path = self.table.list().index(0);
        let present: Vec<String> = self.table.values(context).iter().map(setting::plain).collect();
        let known: Vec<String> = suggest::of(context, &path).into_iter().filter(|name| !present.contains(name)).collect();
        let list = setting::name(context, self.table.list());
        let name = context.language.text_with("list-new", [("list", list.clone().into())]);
        ui.horizontal(|ui| {
            // Room for the two buttons beside it.
            let width = (ui.available_width() - 200.0).clamp(120.0, 300.0);
            let look = picker::Look { name: &list, hint: &context.text("list-hint"), width, language: context.language };
            let shown = picker::show(ui, ui.make_persistent_id(("entry", self.table.list())), &mut self.typed, &known, &look);
            let response = shown.response.accessible_name(name);
            if present.is_empty() && context.wanted.as_ref() == Some(self.table.list()) {
                *context.wanted = None;
                response.request_focus();
                response.scroll_to_me(Some(egui::Align::Center));
            }
            let can = !self.typed.trim().is_empty();
            let by_key = can && response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if button::enabled(ui, can, Some(icon::PLUS), &context.text("rows-add")).clicked() || by_key {
                self.table.add(context, Value::from(self.typed.trim()));
                self.typed.clear();
                response.request_focus();
            }
        });
    }
}

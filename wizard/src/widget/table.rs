//! A list of the file as a table: add, edit, remove and move rows, by mouse and by keyboard; the editor is a dialog.

use crate::{
    icon,
    page::Context,
    widget::{
        button,
        editor::{Editor, Outcome},
        finding,
        rows::{self, Column, Deed, Row},
        setting,
    },
};
use egui::{Id, Ui};
use shared::{
    SettingPath,
    definition::{self, Kind},
};
use toml::Value;

/// A table, with what it remembers between frames.
pub struct Table {
    list: SettingPath,
    columns: &'static [(&'static str, f32)],
    selected: Option<usize>,
    editor: Option<Editor>,
    /// The row that gets the focus in the next frame.
    focus: Option<usize>,
    /// There is no row yet that could get it.
    focus_add: bool,
}

impl Table {
    /// A table of a list; `columns` are keys of its rows with their shares of the width, none for a list of texts.
    pub fn new(list: &str, columns: &'static [(&'static str, f32)]) -> Self {
        Self { list: list.parse().unwrap_or_default(), columns, selected: None, editor: None, focus: None, focus_add: false }
    }

    /// The list.
    pub fn list(&self) -> &SettingPath {
        &self.list
    }

    /// Draws it with its name and explanation, findings beneath.
    pub fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        setting::heading(ui, context, &self.list);
        self.body(ui, context, true);
    }

    /// Draws rows and buttons alone.
    pub fn body(&mut self, ui: &mut Ui, context: &mut Context<'_>, adds: bool) {
        let rows = self.rows(context);
        self.selected = self.selected.filter(|row| *row < rows.len());
        self.find_wanted(context, rows.len());
        let id = Id::unique(("rows", &self.list));
        let mut deed = rows::show(ui, id, &self.titles(context), &rows, self.selected, &context.text("rows-empty"));
        deed = deed.or(self.buttons(ui, context, rows.len(), adds));
        if let Some(deed) = deed {
            self.take(context, deed);
        }
        for (row, found) in self.findings(context) {
            finding::show(ui, context, &row, &found);
        }
        if let Some(row) = self.focus.take() {
            rows::focus(ui, id, row);
        }
        let Some(editor) = &mut self.editor else { return };
        match editor.show(ui, context) {
            Some(Outcome::Done(row)) => {
                self.selected = Some(row);
                self.focus = Some(row);
                self.editor = None;
            }
            Some(Outcome::Cancelled) => {
                self.focus = self.selected;
                self.editor = None;
            }
            None => {}
        }
    }

    /// Adds a value at the end and selects it.
    pub fn add(&mut self, context: &mut Context<'_>, value: Value) {
        let mut values = self.values(context);
        values.push(value);
        self.selected = Some(values.len() - 1);
        self.write(context, values);
    }

    /// What is in the list now.
    pub fn values(&self, context: &Context<'_>) -> Vec<Value> {
        match setting::effective(context, &self.list) {
            Some(Value::Array(values)) => values,
            _ => Vec::new(),
        }
    }

    fn titles(&self, context: &Context<'_>) -> Vec<Column> {
        if self.columns.is_empty() {
            return vec![Column { title: setting::name(context, &self.list), share: 1.0 }];
        }
        let row = self.list.index(0);
        self.columns.iter().map(|(key, share)| Column { title: setting::name(context, &row.key(key)), share: *share }).collect()
    }

    fn rows(&self, context: &Context<'_>) -> Vec<Row> {
        let row = |(index, value): (usize, &Value)| {
            let path = self.list.index(index);
            let cells = if self.columns.is_empty() {
                vec![cell(context, &path, Some(value))]
            } else {
                self.columns.iter().map(|(key, _)| cell(context, &path.key(key), value.get(*key))).collect()
            };
            Row { cells, is_wrong: context.model.findings_at(&path).any(shared::Finding::is_error) }
        };
        self.values(context).iter().enumerate().map(row).collect()
    }

    fn buttons(&mut self, ui: &mut Ui, context: &mut Context<'_>, count: usize, adds: bool) -> Option<Deed> {
        let mut deed = None;
        ui.horizontal_wrapped(|ui| {
            if adds {
                let add = button::plain(ui, Some(icon::PLUS), &context.text("rows-add"));
                if std::mem::take(&mut self.focus_add) {
                    add.request_focus();
                    add.scroll_to_me(Some(egui::Align::Center));
                }
                if add.clicked() {
                    self.editor = Some(Editor::fresh(context, &self.list));
                }
            }
            let row = self.selected;
            if button::enabled(ui, row.is_some(), Some(icon::PENCIL_SIMPLE), &context.text("rows-edit")).clicked() {
                deed = row.map(Deed::Edit);
            }
            if button::enabled(ui, row.is_some(), Some(icon::TRASH), &context.text("rows-remove")).clicked() {
                deed = row.map(Deed::Remove);
            }
            let above = row.and_then(|row| row.checked_sub(1));
            let below = row.map(|row| row + 1).filter(|row| *row < count);
            for (glyph, key, to) in [(icon::ARROW_UP, "rows-up", above), (icon::ARROW_DOWN, "rows-down", below)] {
                let name = context.text(key);
                let pressed = ui.add_enabled_ui(to.is_some(), |ui| button::icon(ui, glyph, &name, false)).inner.clicked();
                if let (true, Some(from), Some(to)) = (pressed, row, to) {
                    deed = Some(Deed::Move { from, to });
                }
            }
            if context.model.draft().get(&self.list).is_some()
                && button::plain(ui, Some(icon::ARROW_U_UP_LEFT), &context.text("rows-standard")).clicked()
            {
                context.model.settle();
                setting::put(context, &self.list.clone(), None);
            }
        });
        deed
    }

    fn take(&mut self, context: &mut Context<'_>, deed: Deed) {
        let mut values = self.values(context);
        match deed {
            Deed::Select(row) => self.selected = Some(row),
            Deed::Edit(row) => {
                self.selected = Some(row);
                self.editor = Some(Editor::of(context, &self.list, row));
            }
            Deed::Remove(row) => {
                values.remove(row);
                self.selected = (!values.is_empty()).then(|| row.min(values.len() - 1));
                self.focus = self.selected;
                self.write(context, values);
            }
            Deed::Move { from, to } => {
                let value = values.remove(from);
                values.insert(to, value);
                self.selected = Some(to);
                self.focus = Some(to);
                self.write(context, values);
            }
        }
    }

    fn write(&self, context: &mut Context<'_>, values: Vec<Value>) {
        context.model.change(&self.list, |draft| {
            draft.set(&self.list, Value::Array(values));
        });
    }

    /// A setting of a row that was searched for opens the row's editor, a row itself is chosen; where there is none, one can be added.
    fn find_wanted(&mut self, context: &mut Context<'_>, count: usize) {
        let Some(wanted) = context.wanted.clone().filter(|wanted| wanted.is_within(&self.list)) else { return };
        *context.wanted = None;
        let row = match wanted.steps().get(self.list.steps().len()) {
            Some(shared::setting_path::Step::Index(row)) => *row,
            _ => 0,
        };
        self.focus_add = count == 0;
        if row < count {
            self.selected = Some(row);
            if wanted.steps().len() > self.list.steps().len() + 1 {
                self.editor = Some(Editor::of(context, &self.list, row).at(wanted));
            } else {
                self.focus = Some(row);
            }
        }
    }

    fn findings(&self, context: &Context<'_>) -> Vec<(String, shared::Finding)> {
        let named = |finding: &shared::Finding| {
            let steps = finding.path.steps();
            let row = match steps.get(self.list.steps().len()) {
                Some(shared::setting_path::Step::Index(row)) => format!("{}: ", row + 1),
                _ => String::new(),
            };
            (row, finding.clone())
        };
        context.model.findings_at(&self.list).map(named).collect()
    }
}

fn cell(context: &Context<'_>, path: &SettingPath, value: Option<&Value>) -> String {
    let setting = definition::at(path);
    let default = setting.and_then(|setting| setting.default.as_ref());
    match (setting.map(|setting| &setting.kind), value) {
        (Some(Kind::Switch), value) => {
            let on = value.and_then(Value::as_bool).or_else(|| default?.as_bool()).unwrap_or(false);
            context.text(if on { "rows-yes" } else { "rows-no" })
        }
        (Some(Kind::Choice(_)), Some(Value::String(word))) => setting::word_text(context, path, word),
        // What is not written counts as well.
        (Some(Kind::Choice(_)), None) => {
            default.and_then(serde_json::Value::as_str).map(|word| setting::word_text(context, path, word)).unwrap_or_default()
        }
        (_, Some(value)) => setting::plain(value),
        (_, None) => String::new(),
    }
}

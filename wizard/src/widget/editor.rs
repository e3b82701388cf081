//! A dialog that edits one row of a list: on a copy of the document, so that findings appear as one types and *Cancel* leaves no trace.

use crate::{
    model::Model,
    page::Context,
    widget::{button, modal, setting},
};
use egui::{Id, Key, Modifiers, Ui};
use shared::{
    Draft, SettingPath,
    definition::{self, Kind},
};
use toml::{Table, Value};

/// The dialog in hand.
pub struct Editor {
    list: SettingPath,
    row: usize,
    is_new: bool,
    copy: Model,
    wanted: Option<SettingPath>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The list has changed; this is the row.
    Done(usize),
    /// Nothing has.
    Cancelled,
}

impl Editor {
    /// Edits a row.
    pub fn of(context: &Context<'_>, list: &SettingPath, row: usize) -> Self {
        let mut draft = Draft::clone(context.model.draft());
        draft.set(list, setting::effective(context, list).unwrap_or(Value::Array(Vec::new())));
        Self::with(draft, list, row, false)
    }

    /// Begins at this setting of the row.
    #[must_use]
    pub fn at(mut self, setting: SettingPath) -> Self {
        self.wanted = Some(setting);
        self
    }

    /// Adds a row, with what it must have.
    pub fn fresh(context: &Context<'_>, list: &SettingPath) -> Self {
        let mut rows = match setting::effective(context, list) {
            Some(Value::Array(rows)) => rows,
            _ => Vec::new(),
        };
        let row = rows.len();
        let fresh = fresh(list, &rows);
        rows.push(fresh);
        let mut draft = Draft::clone(context.model.draft());
        draft.set(list, Value::Array(rows));
        Self::with(draft, list, row, true)
    }

    fn with(draft: Draft, list: &SettingPath, row: usize, is_new: bool) -> Self {
        let path = list.index(row);
        let first = keys(list).first().map_or_else(|| path.clone(), |key| path.key(key));
        Self { list: list.clone(), row, is_new, copy: Model::new(None, draft), wanted: Some(first) }
    }

    /// Draws it; says how it ended in the frame in which it does.
    pub fn show(&mut self, ui: &Ui, context: &mut Context<'_>) -> Option<Outcome> {
        let mut outcome = None;
        let key = if self.is_new { "editor-add" } else { "editor-edit" };
        let title = context.language.text_with(key, [("list", setting::name(context, &self.list).into())]);
        let ((), escape) = modal::show(ui.ctx(), Id::unique(("editor", &self.list)), &title, 420.0, |ui| {
            let most = ui.ctx().content_rect().height() - 220.0;
            egui::ScrollArea::vertical().max_height(most.max(160.0)).show(ui, |ui| self.fields(ui, context));
            let can = !self.copy.findings_at(&self.list.index(self.row)).any(shared::Finding::is_error);
            modal::buttons(ui, |ui| {
                let by_key = can && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
                if button::primary(ui, can, &context.text("editor-ok")).clicked() || by_key {
                    outcome = Some(Outcome::Done(self.row));
                }
                if button::plain(ui, None, &context.text("editor-cancel")).clicked() {
                    outcome = Some(Outcome::Cancelled);
                }
            });
        });
        if escape {
            outcome = Some(Outcome::Cancelled);
        }
        if matches!(outcome, Some(Outcome::Done(_)))
            && let Some(rows) = self.copy.draft().get(&self.list).cloned()
        {
            context.model.change(&self.list, |draft| {
                draft.set(&self.list, rows);
            });
        }
        outcome
    }

    fn fields(&mut self, ui: &mut Ui, outer: &mut Context<'_>) {
        let path = self.list.index(self.row);
        let mut context = Context {
            model: &mut self.copy,
            jobs: outer.jobs,
            names: outer.names,
            language: outer.language,
            controls: &mut *outer.controls,
            wanted: &mut self.wanted,
            commands: outer.commands,
        };
        let keys = keys(&self.list);
        if keys.is_empty() {
            let _ = setting::show(ui, &mut context, &path);
        }
        for key in keys {
            let _ = setting::show(ui, &mut context, &path.key(key));
            if key == "id" && button::plain(ui, None, &context.text("editor-next-id")).clicked() {
                let rows = context.model.draft().get(&self.list).and_then(Value::as_array).cloned().unwrap_or_default();
                let others = rows.iter().enumerate().filter(|(row, _)| *row != self.row).map(|(_, value)| value);
                let id = next_id(&path.key(key), others);
                context.model.settle();
                setting::put(&mut context, &path.key(key), Some(Value::Integer(id)));
            }
        }
    }
}

/// The keys of a row; none when it is a mere text.
pub fn keys(list: &SettingPath) -> Vec<&'static str> {
    match definition::at(&list.index(0)).map(|row| &row.kind) {
        Some(Kind::Table(keys)) => keys.iter().map(|(key, _)| key.as_str()).collect(),
        _ => Vec::new(),
    }
}

fn fresh(list: &SettingPath, rows: &[Value]) -> Value {
    let path = list.index(0);
    match definition::at(&path).map(|row| &row.kind) {
        Some(Kind::Table(keys)) => {
            let needed = keys.iter().filter(|(_, setting)| setting.required);
            let value = |key: &str, kind: &Kind| match kind {
                Kind::Number { .. } => Value::Integer(next_id(&path.key(key), rows.iter())),
                _ => Value::from(""),
            };
            Value::Table(needed.map(|(key, setting)| (key.clone(), value(key, &setting.kind))).collect::<Table>())
        }
        Some(Kind::Choice(words)) => {
            let free = words.iter().find(|(word, _)| rows.iter().all(|row| row.as_str() != Some(word)));
            Value::from(free.or(words.first()).map_or("", |(word, _)| word.as_str()))
        }
        _ => Value::from(""),
    }
}

/// The lowest number that no row has.
fn next_id<'a>(path: &SettingPath, rows: impl Iterator<Item = &'a Value>) -> i64 {
    let taken: Vec<i64> = rows.filter_map(|row| row.as_table()?.get(path.name())?.as_integer()).collect();
    let (min, max) = match definition::at(path).map(|setting| &setting.kind) {
        Some(Kind::Number { min, max }) => (*min, *max),
        _ => (1, i64::MAX),
    };
    (min..=max).find(|id| !taken.contains(id)).unwrap_or(min)
}

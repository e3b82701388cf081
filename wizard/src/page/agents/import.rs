//! Import of agents' passwords: a table is read, shown line by line with what is wrong in it, and kept in the key store or in a folder of its
//! own. Passwords go from the table to where they are kept and are shown nowhere; the document learns only where they are.

mod table;

use super::super::Context;
use crate::{
    browse, icon,
    jobs::Job,
    probe, theme,
    widget::{button, modal, path, setting, text},
};
use egui::{Id, Key, Label, Modifiers, ProgressBar, RichText, TextEdit, Ui};
use shared::{SettingPath, definition::PathKind, secret::SecretPattern};
use std::path::Path;
use table::{Fate, Kept, Table, Unread};
use toml::Value;

/// Where the pattern is written.
const PATTERN: &str = "agents.stored_password.secrets";

/// The dialog in hand.
pub(super) struct Import {
    file: String,
    place: Place,
    folder: String,
    entry: String,
    reading: Option<Job<Result<Table, Unread>>>,
    table: Option<Table>,
    keeping: Option<Job<Kept>>,
    /// The passwords are kept, or somebody has stopped that.
    done: bool,
    wrong: Option<String>,
    focused: bool,
}

/// Where the passwords are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Folder,
    Keyring,
}

const PLACES: [(Place, &str); 2] = [(Place::Folder, "import-in-folder"), (Place::Keyring, "import-in-keyring")];

impl Import {
    /// Asks for a table; what the draft says of the place is the proposal.
    pub(super) fn new(context: &Context<'_>) -> Self {
        let written = pattern(context).unwrap_or_default();
        let folder = written.strip_prefix("file:").and_then(|path| path.strip_suffix("/{user}")).map(str::to_owned);
        let entry = written.strip_prefix("keyring:").map(str::to_owned);
        let place = if entry.is_some() { Place::Keyring } else { Place::Folder };
        let beside = || {
            let file = context.controls.file.clone().unwrap_or_else(|| shared::file::locate(None).path);
            file.parent().unwrap_or(Path::new("/etc/jackfield")).join("agents").display().to_string()
        };
        Self {
            file: String::new(),
            place,
            folder: folder.unwrap_or_else(beside),
            entry: entry.unwrap_or_else(|| "jackfield-{user}".to_owned()),
            reading: None,
            table: None,
            keeping: None,
            done: false,
            wrong: None,
            focused: false,
        }
    }

    /// Draws it; is it over?
    pub(super) fn show(&mut self, ui: &Ui, context: &mut Context<'_>) -> bool {
        self.poll(context);
        let title = context.text("import-passwords");
        let (over, escape) = modal::show(ui.ctx(), Id::unique("import passwords"), &title, 640.0, |ui| self.content(ui, context));
        over || (escape && self.keeping.is_none())
    }

    fn content(&mut self, ui: &mut Ui, context: &mut Context<'_>) -> bool {
        let busy = self.reading.is_some() || self.keeping.is_some();
        text::muted(ui, &context.text("import-text"));
        ui.add_space(6.0);
        let enter = ui.add_enabled_ui(!busy && !self.done, |ui| self.source(ui, context)).inner;
        if self.table.is_some() {
            ui.add_space(6.0);
            ui.add_enabled_ui(!busy && !self.done, |ui| self.destination(ui, context));
        }
        if let Some(table) = &self.table {
            ui.add_space(6.0);
            table.show(ui, context.language);
        }
        if let (Some(table), Some(_)) = (&self.table, &self.keeping) {
            let said = context.language.text_with("import-progress", table.figures());
            ui.add(ProgressBar::new(table.progress()).text(said));
        }
        if self.reading.is_some() {
            text::help(ui, &context.text("import-reading"));
        }
        if let Some(wrong) = &self.wrong {
            ui.add(Label::new(RichText::new(wrong).size(12.0).color(theme::palette(ui).error)).wrap());
        }
        self.buttons(ui, context, enter)
    }

    /// The table's path; was Return pressed in it?
    fn source(&mut self, ui: &mut Ui, context: &mut Context<'_>) -> bool {
        let name = context.text("import-file");
        ui.label(RichText::new(&name).family(theme::medium()));
        let before = self.file.clone();
        let enter = ui
            .horizontal(|ui| {
                let edit = TextEdit::singleline(&mut self.file).desired_width(470.0).margin(egui::Margin::symmetric(10, 7));
                let response = ui.add(edit).accessible_name(&name);
                modal::focus(&response, &mut self.focused);
                let enter = response.lost_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
                // Its dialog belongs to no setting.
                let place = PATTERN.parse::<SettingPath>().unwrap_or_default().key("table");
                if let Some(picked) = path::button(ui, context, &place, PathKind::File, &name, &self.file) {
                    self.file = picked;
                    self.read(context);
                }
                enter
            })
            .inner;
        if self.file != before {
            (self.wrong, self.table) = (None, self.table.take().filter(|_| self.reading.is_some()));
        }
        text::help(ui, &context.text("import-file.help"));
        enter
    }

    fn destination(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        ui.label(RichText::new(context.text("import-where")).family(theme::medium()));
        ui.scope(|ui| {
            ui.spacing_mut().icon_spacing = 10.0;
            ui.spacing_mut().item_spacing.y = 0.0;
            for (place, key) in PLACES {
                let can = place == Place::Folder || probe::session_bus();
                let choice = ui.add_enabled(can, egui::RadioButton::new(self.place == place, context.text(key)));
                if choice.clicked() {
                    (self.place, self.wrong) = (place, None);
                }
            }
        });
        let (name, help) = match self.place {
            Place::Folder => ("import-folder", "import-folder.help"),
            Place::Keyring => ("import-entry", "import-entry.help"),
        };
        let name = context.text(name);
        ui.label(RichText::new(&name).family(theme::medium()));
        ui.horizontal(|ui| {
            let typed = match self.place {
                Place::Folder => &mut self.folder,
                Place::Keyring => &mut self.entry,
            };
            let edit = TextEdit::singleline(typed).desired_width(470.0).margin(egui::Margin::symmetric(10, 7));
            if ui.add(edit).accessible_name(&name).changed() {
                self.wrong = None;
            }
            let place = PATTERN.parse::<SettingPath>().unwrap_or_default().key("folder");
            if self.place == Place::Folder
                && let Some(picked) = path::button(ui, context, &place, PathKind::Folder, &name, &self.folder)
            {
                self.folder = picked;
            }
        });
        text::help(ui, &context.text(help));
        if self.place == Place::Keyring && (context.controls.secrets.unit)().is_some() {
            let doubt = context.text("secret-keyring-doubt");
            ui.add(Label::new(RichText::new(doubt).size(12.0).color(theme::palette(ui).warning)).wrap());
        }
    }

    fn buttons(&mut self, ui: &mut Ui, context: &mut Context<'_>, enter: bool) -> bool {
        let busy = self.reading.is_some() || self.keeping.is_some();
        let mut over = false;
        modal::buttons(ui, |ui| {
            let keeps = self.table.as_ref().map_or(0, Table::usable);
            match (&self.table, self.done) {
                (_, true) => over = button::primary(ui, true, &context.text("answer-close")).clicked(),
                (Some(_), false) => {
                    let verb = context.language.text_with("import-keep", [("count", keeps.to_string().into())]);
                    if button::primary(ui, !busy && keeps > 0, &verb).clicked() {
                        self.keep(context);
                    }
                }
                (None, false) => {
                    let can = !busy && !self.file.trim().is_empty();
                    if button::primary(ui, can, &context.text("import-read")).clicked() || (enter && can) {
                        self.read(context);
                    }
                }
            }
            if !self.done && button::plain(ui, None, &context.text("answer-cancel")).clicked() {
                match &self.keeping {
                    // What is kept already stays; the report says which.
                    Some(job) => job.cancel(),
                    None => over = true,
                }
            }
            if self.table.is_some() && !self.done {
                let again = button::enabled(ui, !busy, Some(icon::ARROWS_CLOCKWISE), &context.text("import-again"));
                if again.clicked() {
                    self.read(context);
                }
            }
        });
        over
    }

    fn read(&mut self, context: &Context<'_>) {
        (self.table, self.wrong) = (None, None);
        let file = browse::absolute(self.file.trim());
        match context.jobs.start("password table", move |reporter| reporter.say(Table::read(&file))) {
            Ok(job) => self.reading = Some(job),
            Err(error) => self.wrong = Some(crate::problem::system(context.language, &error)),
        }
    }

    fn keep(&mut self, context: &Context<'_>) {
        let text = match self.place {
            Place::Folder => format!("file:{}/{{user}}", browse::absolute(self.folder.trim()).display()),
            Place::Keyring => format!("keyring:{}", self.entry.trim()),
        };
        let Ok(pattern) = text.parse::<SecretPattern>() else {
            let key = if self.place == Place::Folder { "import-folder-wrong" } else { "import-entry-wrong" };
            self.wrong = Some(context.text(key));
            return;
        };
        let owner = (context.controls.secrets.unit)().and_then(|unit| unit.owner);
        let Some(table) = &mut self.table else { return };
        match table.keep(context.jobs, pattern, owner) {
            Ok(job) => self.keeping = Some(job),
            Err(error) => self.wrong = Some(crate::problem::system(context.language, &error)),
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) {
        if let Some(job) = &mut self.reading {
            match job.poll().pop() {
                Some(Ok(table)) => self.table = Some(table),
                Some(Err(why)) => self.wrong = Some(why.said(context.language, &browse::absolute(self.file.trim()))),
                None if job.has_ended() => self.wrong = Some(context.text("secret-lost")),
                None => return,
            }
            self.reading = None;
        }
        let (Some(job), Some(table)) = (&mut self.keeping, &mut self.table) else { return };
        for kept in job.poll() {
            table.take(kept);
        }
        if job.has_ended() {
            self.keeping = None;
            self.done = true;
            if table.count(|fate| matches!(fate, Fate::Kept)) > 0
                && let Some(pattern) = table.pattern()
            {
                point(context, &pattern);
            }
        }
    }
}

/// The document says where they are now.
fn point(context: &mut Context<'_>, pattern: &SecretPattern) {
    let Ok(path) = PATTERN.parse::<SettingPath>() else { return };
    context.model.settle();
    setting::put(context, &path, Some(Value::from(pattern.to_string())));
    context.model.settle();
}

fn pattern(context: &Context<'_>) -> Option<String> {
    let path = PATTERN.parse().ok()?;
    Some(context.model.draft().get(&path)?.as_str()?.to_owned())
}

//! The backups of the file: what differs from each, and rolling back to one.

use super::{Verdict, buttons, compare::in_words, focus, list, modal};
use crate::{
    changes::{self, Change},
    command::{Action, Command},
    icon,
    language::Language,
    problem::Problem,
    theme,
    widget::{button, text},
};
use egui::{Context, FontId};
use jiff::Timestamp;
use shared::{Draft, file::Backup};
use std::sync::Arc;

/// A backup and what is in it, as far as it can be read.
pub struct Kept {
    /// Which.
    pub backup: Backup,
    /// What is in it.
    pub draft: Result<Arc<Draft>, Problem>,
}

/// The list, newest first.
pub struct Backups {
    rows: Vec<Row>,
    chosen: usize,
    compared: bool,
    focused: bool,
}

struct Row {
    copy: Kept,
    when: String,
    /// From what is edited here to the backup.
    changes: Vec<Change>,
}

impl Backups {
    /// The backups, oldest first, compared with the draft that is edited.
    pub fn new(copies: Vec<Kept>, draft: &Draft) -> Self {
        let row = |copy: Kept| {
            let changes = copy.draft.as_ref().map(|backup| changes::between(draft, backup)).unwrap_or_default();
            Row { when: when(copy.backup.written), changes, copy }
        };
        Self { rows: copies.into_iter().rev().map(row).collect(), chosen: 0, compared: false, focused: false }
    }

    pub(super) fn show(&mut self, context: &Context, language: Language) -> Verdict {
        let Self { rows, chosen, compared, focused } = self;
        modal(context, &language.text(Action::Backups.key()), 600.0, |ui| {
            let mut verdict = Verdict::Stay;
            if rows.is_empty() {
                text::muted(ui, &language.text("backups-none"));
            } else {
                text::muted(ui, &language.text("backups-text"));
            }
            list(ui, |ui| {
                for (place, row) in rows.iter().enumerate() {
                    let name = format!("{}, {}", row.when, row.copy.backup.name);
                    let response = button::row(ui, icon::CLOCK_COUNTER_CLOCKWISE, &name, place == *chosen, |ui, rect| {
                        let count = row.changes.len().to_string();
                        let text = match &row.copy.draft {
                            Ok(_) => language.text_with("backups-changes", [("count", count.into())]),
                            Err(_) => language.text("backups-unreadable"),
                        };
                        let at = egui::pos2(rect.right() - 16.0, rect.center().y);
                        ui.painter().text(at, egui::Align2::RIGHT_CENTER, text, FontId::proportional(12.0), theme::palette(ui).muted);
                    });
                    if place == 0 {
                        focus(&response, focused);
                    }
                    if response.clicked() || response.gained_focus() {
                        *chosen = place;
                    }
                }
            });
            let row = rows.get(*chosen);
            if let Some(row) = row.filter(|_| *compared) {
                ui.separator();
                egui::ScrollArea::vertical().id_salt("changes").max_height(180.0).show(ui, |ui| in_words(ui, language, &row.changes));
            }
            let readable = row.is_some_and(|row| row.copy.draft.is_ok());
            buttons(ui, |ui| {
                if button::primary(ui, readable, &language.text("answer-roll-back")).clicked()
                    && let Some(row) = row
                {
                    verdict = Verdict::Run(Command::RollBack(row.copy.backup.path.clone()));
                }
                if button::enabled(ui, readable, None, &language.text("answer-compare")).clicked() {
                    *compared = !*compared;
                }
                let close = button::plain(ui, None, &language.text("answer-close"));
                if rows.is_empty() {
                    focus(&close, focused);
                }
                if close.clicked() {
                    verdict = Verdict::Close;
                }
            });
            verdict
        })
    }
}

fn when(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map(|time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default()
}

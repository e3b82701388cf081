//! A table of passwords in hand: its lines, what is wrong with them, and what became of each. The passwords themselves are in no text that can
//! be shown.

use crate::{
    icon,
    jobs::{Job, Jobs},
    language::Language,
    problem::system,
    theme,
    widget::{secret, text},
};
use egui::{FontId, Label, RichText, ScrollArea, Ui};
use secrecy::zeroize::Zeroizing;
use shared::{
    passwords::{self, LONGEST, Row, Wrong},
    secret::{SecretPattern, keep::Owner, store::SecretError},
};
use std::{
    borrow::Cow,
    fs::File,
    io::{self, Read},
    path::Path,
    time::Duration,
};

/// A key store may ask the person for its own password first.
const DEADLINE: Duration = Duration::from_mins(1);
/// Height of a line.
const LINE: f32 = 24.0;
/// Lines that are seen at once.
const SEEN: f32 = 8.0;

/// A table that was read.
pub(super) struct Table {
    lines: Vec<Shown>,
    /// What is to be kept, with the number of its line among `lines`; given to the thread that keeps it.
    rows: Vec<(usize, Row)>,
    pattern: Option<SecretPattern>,
}

/// A line, as it is shown.
struct Shown {
    number: usize,
    user: String,
    fate: Fate,
}

/// What becomes of a line.
pub(super) enum Fate {
    Usable,
    Wrong(Wrong),
    Kept,
    Failed(SecretError),
}

/// A line that was kept, or could not be: its place among all, and why not.
pub(super) type Kept = (usize, Result<(), SecretError>);

/// Why there is no table.
pub(super) enum Unread {
    System(io::Error),
    TooLong,
    NotText,
    Empty,
}

// === impl Unread ===

impl Unread {
    /// In a sentence.
    pub(super) fn said(&self, language: Language, file: &Path) -> String {
        let key = match self {
            Self::System(error) => return format!("{}: {}", file.display(), system(language, error)),
            Self::TooLong => "import-too-long",
            Self::NotText => "import-not-text",
            Self::Empty => "import-empty",
        };
        language.text_with(key, [("file", file.display().to_string().into())])
    }
}

// === impl Table ===

impl Table {
    /// Reads it; may wait for a disk.
    pub(super) fn read(file: &Path) -> Result<Self, Unread> {
        let mut bytes = Zeroizing::new(Vec::new());
        File::open(file).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes)).map_err(Unread::System)?;
        if bytes.len() as u64 > LONGEST {
            return Err(Unread::TooLong);
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| Unread::NotText)?;
        let (mut lines, mut rows) = (Vec::new(), Vec::new());
        for (place, line) in passwords::read(text).into_iter().enumerate() {
            let (user, fate) = match line.row {
                Ok(row) => {
                    let user = row.user.clone();
                    rows.push((place, row));
                    (user, Fate::Usable)
                }
                Err(wrong) => (String::new(), Fate::Wrong(wrong)),
            };
            lines.push(Shown { number: line.number, user, fate });
        }
        if lines.is_empty() { Err(Unread::Empty) } else { Ok(Self { lines, rows, pattern: None }) }
    }

    /// Keeps what can be kept on a thread, and tells of each line; who cancels it keeps what is kept by then.
    pub(super) fn keep(&mut self, jobs: &Jobs, pattern: SecretPattern, owner: Option<Owner>) -> io::Result<Job<Kept>> {
        self.pattern = Some(pattern.clone());
        let rows = std::mem::take(&mut self.rows);
        jobs.start("keep passwords", move |reporter| {
            for (place, row) in rows {
                if reporter.is_cancelled() {
                    return;
                }
                reporter.say((place, passwords::keep(&row, &pattern, owner, DEADLINE)));
            }
        })
    }

    /// Where they were to be kept.
    pub(super) fn pattern(&self) -> Option<SecretPattern> {
        self.pattern.clone()
    }

    /// Takes over what became of a line.
    pub(super) fn take(&mut self, (place, kept): Kept) {
        if let Some(line) = self.lines.get_mut(place) {
            line.fate = kept.map_or_else(Fate::Failed, |()| Fate::Kept);
        }
    }

    /// Lines of this fate.
    pub(super) fn count(&self, of: impl Fn(&Fate) -> bool) -> usize {
        self.lines.iter().filter(|line| of(&line.fate)).count()
    }

    /// Lines that can be kept.
    pub(super) fn usable(&self) -> usize {
        self.count(|fate| matches!(fate, Fate::Usable))
    }

    /// From 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a bar of some hundred points")]
    pub(super) fn progress(&self) -> f32 {
        let (done, all) = self.done();
        done as f32 / all.max(1) as f32
    }

    /// For a sentence: how many are done, of how many.
    pub(super) fn figures(&self) -> [(&'static str, Cow<'static, str>); 2] {
        let (done, all) = self.done();
        [("done", done.to_string().into()), ("all", all.to_string().into())]
    }

    fn done(&self) -> (usize, usize) {
        let done = self.count(|fate| matches!(fate, Fate::Kept | Fate::Failed(_)));
        (done, done + self.usable())
    }

    /// A sentence about all, and each line.
    pub(super) fn show(&self, ui: &mut Ui, language: Language) {
        let value = |count: usize| Cow::from(count.to_string());
        let kept = self.count(|fate| matches!(fate, Fate::Kept));
        let failed = self.count(|fate| matches!(fate, Fate::Failed(_)));
        let values = [
            ("kept", value(kept)),
            ("usable", value(self.usable())),
            ("wrong", value(self.count(|fate| matches!(fate, Fate::Wrong(_))))),
            ("failed", value(failed)),
        ];
        let key = if kept + failed > 0 { "import-result" } else { "import-preview" };
        let said = ui.add(Label::new(RichText::new(language.text_with(key, values)).family(theme::medium())).wrap());
        ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(egui::accesskit::Live::Polite));
        if kept > 0 {
            text::help(ui, &language.text("import-delete"));
        }
        #[expect(clippy::cast_precision_loss, reason = "only few are shown at once")]
        let height = LINE * SEEN.min(self.lines.len() as f32);
        ScrollArea::vertical()
            .id_salt("lines of the table")
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, true])
            .show_rows(ui, LINE, self.lines.len(), |ui, seen| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for line in &self.lines[seen] {
                    self.line(ui, language, line);
                }
            });
    }

    fn line(&self, ui: &mut Ui, language: Language, line: &Shown) {
        let palette = theme::palette(ui);
        let (glyph, colour, said) = match &line.fate {
            Fate::Usable => (icon::KEY, palette.muted, language.text("import-usable")),
            Fate::Kept => {
                let place = self.pattern.as_ref().map(|pattern| pattern.of(&line.user).to_string()).unwrap_or_default();
                (icon::CHECK_CIRCLE, palette.ok, place)
            }
            Fate::Wrong(wrong) => (icon::WARNING, palette.warning, wrong_said(language, *wrong)),
            Fate::Failed(error) => (icon::WARNING_CIRCLE, palette.error, secret::problem(language, error)),
        };
        let number = language.text_with("import-line", [("number", line.number.to_string().into())]);
        ui.allocate_ui_with_layout(egui::vec2(ui.available_width(), LINE), egui::Layout::left_to_right(egui::Align::Center), |ui| {
            let at = ui.cursor().left_center() + egui::vec2(9.0, 0.0);
            ui.painter().text(at, egui::Align2::CENTER_CENTER, glyph, FontId::new(15.0, theme::icons()), colour);
            ui.add_space(26.0);
            for (cell, width, colour) in [(&number, 80.0, palette.muted), (&line.user, 150.0, palette.text)] {
                ui.allocate_ui_with_layout(egui::vec2(width, LINE), egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.set_min_width(width);
                    ui.add(Label::new(RichText::new(cell).size(13.0).color(colour)).truncate());
                });
            }
            ui.add(
                Label::new(RichText::new(said).size(13.0).color(if matches!(line.fate, Fate::Usable) { palette.muted } else { colour }))
                    .truncate(),
            );
        });
    }
}

fn wrong_said(language: Language, wrong: Wrong) -> String {
    let number = |key: &str, number: usize| language.text_with(key, [("number", number.to_string().into())]);
    match wrong {
        Wrong::Columns(count) => number("import-wrong-columns", count),
        Wrong::NoUser => language.text("import-wrong-no-user"),
        Wrong::NoPassword => language.text("import-wrong-no-password"),
        Wrong::Twice(line) => number("import-wrong-twice", line),
        Wrong::Quotes => language.text("import-wrong-quotes"),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn table(folder: &Path, text: &[u8]) -> Result<Table, Unread> {
        let file = folder.join("agents.csv");
        fs::write(&file, text).unwrap();
        Table::read(&file)
    }

    #[test]
    fn what_can_be_kept_is_kept_and_each_line_says_what_became_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut table = table(folder.path(), b"user;password\nANNA;hunter2\nBERT\nANNA;again\nCARLA;hunter3\n").ok().unwrap();
        assert_eq!((table.usable(), table.count(|fate| matches!(fate, Fate::Wrong(_)))), (2, 2));
        let pattern = SecretPattern::in_folder(&folder.path().join("agents").display().to_string());
        let mut job = table.keep(&Jobs::new(|| {}), pattern, None).unwrap();
        while let Some(kept) = job.wait() {
            table.take(kept);
        }
        assert_eq!((table.count(|fate| matches!(fate, Fate::Kept)), table.progress().to_bits()), (2, 1.0_f32.to_bits()));
        assert_eq!(fs::read_to_string(folder.path().join("agents/CARLA")).unwrap(), "hunter3");
        let mode = fs::metadata(folder.path().join("agents/ANNA")).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }

    #[test]
    fn what_cannot_be_kept_says_why_and_shows_no_password() {
        let folder = tempfile::tempdir().unwrap();
        let agents = folder.path().join("agents");
        fs::create_dir(&agents).unwrap();
        fs::set_permissions(&agents, fs::Permissions::from_mode(0o777)).unwrap();
        let mut table = table(folder.path(), b"ANNA,hunter2\n").ok().unwrap();
        let mut job = table.keep(&Jobs::new(|| {}), SecretPattern::in_folder(&agents.display().to_string()), None).unwrap();
        while let Some(kept) = job.wait() {
            table.take(kept);
        }
        let Fate::Failed(error) = &table.lines[0].fate else { panic!("others could put another file there") };
        let said = secret::problem(Language::English, error);
        assert!(said.contains("agents") && !said.contains("hunter2"), "{said}");
    }

    #[test]
    fn what_is_no_table_says_why_in_both_languages() {
        let folder = tempfile::tempdir().unwrap();
        let unread = |text: &[u8]| table(folder.path(), text).err().unwrap();
        let absent = Table::read(Path::new("/no/such.csv")).err().unwrap();
        for why in [unread(b""), unread(b"\xff\xfe"), absent] {
            let said = crate::language::ALL.map(|language| why.said(language, Path::new("x.csv")));
            assert!(said[0] != said[1] && said[0].contains("x.csv"), "{said:?}");
        }
    }
}

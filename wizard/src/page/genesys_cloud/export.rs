//! Asks where something is to be written, and writes it on a thread: never over a file that is there.

use crate::{
    browse::{self, Ask},
    icon,
    jobs::Job,
    page::Context,
    theme,
    widget::{button, facts, modal, text},
};
use egui::{Id, Margin, TextEdit, Ui};
use shared::definition::PathKind;
use std::{
    fs::OpenOptions,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The question, and what came of it.
#[derive(Default)]
pub(super) struct Export {
    open: Option<Question>,
    written: Option<PathBuf>,
}

struct Question {
    bytes: Arc<Vec<u8>>,
    extension: &'static str,
    typed: String,
    browsing: Option<Job<Option<PathBuf>>>,
    job: Option<Job<io::Result<PathBuf>>>,
    trouble: Option<String>,
    focused: bool,
}

/// What becomes of the question after a frame.
enum Fate {
    Stay,
    Cancelled,
    Written(PathBuf),
}

impl Export {
    /// Asks; proposes a name in the home folder.
    pub(super) fn open(&mut self, name: &str, extension: &'static str, bytes: Vec<u8>) {
        let stamp = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
        let typed = std::env::home_dir().unwrap_or_default().join(format!("{name}-{stamp}.{extension}")).display().to_string();
        self.written = None;
        self.open = Some(Question { bytes: Arc::new(bytes), extension, typed, browsing: None, job: None, trouble: None, focused: false });
    }

    /// Draws the question, and where it was written.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if let Some(file) = &self.written {
            let said = context.language.text_with("cloud-written", [("file", file.display().to_string().into())]);
            facts::line(ui, icon::CHECK_CIRCLE, theme::palette(ui).ok, &said);
        }
        let Some(question) = &mut self.open else { return };
        match question.show(ui, context) {
            Fate::Written(file) => (self.open, self.written) = (None, Some(file)),
            Fate::Cancelled => self.open = None,
            Fate::Stay => {}
        }
    }
}

impl Question {
    fn show(&mut self, ui: &Ui, context: &Context<'_>) -> Fate {
        if let Some(picked) = self.browsing.as_mut().and_then(|job| job.poll().pop()) {
            self.browsing = None;
            if let Some(path) = picked {
                self.typed = path.display().to_string();
            }
        }
        if let Some(done) = self.job.as_mut().and_then(|job| job.poll().pop()) {
            self.job = None;
            match done {
                Ok(file) => return Fate::Written(file),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.trouble = Some(context.text("cloud-export-exists")),
                Err(error) => {
                    let values = [("why", error.to_string().into())];
                    self.trouble = Some(context.language.text_with("cloud-export-failed", values));
                }
            }
        }
        let mut fate = Fate::Stay;
        let ((), escape) = modal::show(ui.ctx(), Id::unique("export of the bridge"), &context.text("cloud-export-title"), 560.0, |ui| {
            let name = context.text("cloud-export-file");
            text::muted(ui, &name);
            ui.horizontal(|ui| {
                let room = if context.controls.browsing.possible { 110.0 } else { 0.0 };
                let edit = TextEdit::singleline(&mut self.typed).desired_width(ui.available_width() - room - 24.0);
                let field = ui.add(edit.margin(Margin::symmetric(10, 7))).accessible_name(&name);
                modal::focus(&field, &mut self.focused);
                if context.controls.browsing.possible
                    && button::enabled(ui, self.browsing.is_none(), None, &context.text("path-browse")).clicked()
                {
                    let filter = Some((self.extension.to_uppercase(), self.extension));
                    let ask = Ask { title: name.clone(), kind: PathKind::NewFile, from: browse::begin(&self.typed, None), filter };
                    self.browsing = browse::ask(context.jobs, ask).ok();
                }
            });
            if let Some(trouble) = &self.trouble {
                facts::line(ui, icon::WARNING_CIRCLE, theme::palette(ui).error, trouble);
            }
            modal::buttons(ui, |ui| {
                let can = self.job.is_none() && !self.typed.trim().is_empty();
                if button::primary(ui, can, &context.text("answer-save")).clicked() {
                    self.write(context);
                }
                if button::plain(ui, None, &context.text("answer-cancel")).clicked() {
                    fate = Fate::Cancelled;
                }
            });
        });
        if escape { Fate::Cancelled } else { fate }
    }

    fn write(&mut self, context: &Context<'_>) {
        self.trouble = None;
        let (path, bytes) = (browse::absolute(self.typed.trim()), Arc::clone(&self.bytes));
        match context.jobs.start("export", move |reporter| reporter.say(written(&path, &bytes).map(|()| path))) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.trouble = Some(error.to_string()),
        }
    }
}

fn written(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

//! The payload into a file of its own, for whoever uploads it by hand or shows it to SAP. A file that is there is left alone.

use crate::{
    browse::{self, Ask},
    icon,
    jobs::Job,
    page::Context,
    theme,
    widget::{button, facts},
};
use egui::{TextEdit, Ui};
use shared::definition::PathKind;
use std::{
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Where to, and what came of it.
pub(super) struct Save {
    path: String,
    browsing: Option<Job<Option<PathBuf>>>,
    saving: Option<Job<Result<(), String>>>,
    outcome: Option<(String, Result<(), String>)>,
}

impl Default for Save {
    fn default() -> Self {
        let path = std::env::home_dir().unwrap_or_default().join("sld-payload.xml").display().to_string();
        Self { path, browsing: None, saving: None, outcome: None }
    }
}

impl Save {
    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, payload: &str) {
        self.poll();
        ui.horizontal_wrapped(|ui| {
            let name = context.text("sld-save-path");
            let edit = TextEdit::singleline(&mut self.path).desired_width(360.0).margin(egui::Margin::symmetric(10, 7));
            let _ = ui.add(edit).accessible_name(name);
            let free = self.browsing.is_none() && self.saving.is_none();
            if context.controls.browsing.possible
                && button::enabled(ui, free, Some(icon::FOLDER_OPEN), &context.text("path-browse")).clicked()
            {
                let ask =
                    Ask { title: context.text("sld-save"), kind: PathKind::NewFile, from: PathBuf::from(self.path.trim()), filter: None };
                self.browsing = browse::ask(context.jobs, ask).ok();
            }
            let can = free && !self.path.trim().is_empty();
            if button::enabled(ui, can, Some(icon::FLOPPY_DISK), &context.text("sld-save")).clicked() {
                self.start(context, payload.to_owned());
            }
        });
        let palette = theme::palette(ui);
        match &self.outcome {
            Some((file, Ok(()))) => {
                let values = [("file", file.clone().into())];
                facts::line(ui, icon::CHECK_CIRCLE, palette.ok, &context.language.text_with("sld-saved", values));
            }
            Some((file, Err(why))) => {
                let values = [("file", file.clone().into()), ("why", why.clone().into())];
                facts::line(ui, icon::WARNING_CIRCLE, palette.error, &context.language.text_with("sld-not-saved", values));
            }
            None => {}
        }
    }

    fn start(&mut self, context: &Context<'_>, payload: String) {
        let path = browse::absolute(self.path.trim());
        self.outcome = Some((path.display().to_string(), Ok(())));
        let started = context.jobs.start("save payload", move |reporter| {
            reporter.say(write(&path, &payload).map_err(|error| error.to_string()));
        });
        match started {
            Ok(job) => (self.saving, self.outcome) = (Some(job), None),
            Err(error) => self.outcome = Some((self.path.clone(), Err(error.to_string()))),
        }
    }

    fn poll(&mut self) {
        if let Some(job) = &mut self.browsing {
            let picked = job.poll().pop().flatten();
            if let Some(path) = picked {
                self.path = path.display().to_string();
            }
            if job.has_ended() {
                self.browsing = None;
            }
        }
        if let Some(done) = self.saving.as_mut().and_then(|job| job.poll().pop()) {
            (self.saving, self.outcome) = (None, Some((self.path.trim().to_owned(), done)));
        }
    }
}

fn write(path: &Path, payload: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(payload.as_bytes())?;
    file.sync_all()
}

//! A support bundle on the page *Live*: what would be in it, with sizes, before it is written; by the installed `jackfield support-bundle`.

use crate::{
    child::{Child, End, Event, Order},
    icon,
    page::Context,
    theme,
    widget::{button, facts, text},
};
use egui::{Checkbox, Margin, RichText, TextEdit, Ui, vec2};
use serde::Deserialize;
use std::{path::PathBuf, time::Duration};

/// A check asks machines that may not answer.
const DEADLINE: Duration = Duration::from_mins(5);
/// Width of a field, in points.
const FIELD: f32 = 250.0;

/// What was asked for, and what came of it.
pub(super) struct Bundle {
    /// The service's program, where it is installed.
    program: Option<PathBuf>,
    /// Names, separated by commas.
    agents: String,
    since: String,
    messages: bool,
    child: Option<Child>,
    told: Option<Told>,
    trouble: Option<String>,
    /// What the list is of: another choice makes it stale.
    listed: Option<Vec<String>>,
}

/// What `jackfield support-bundle --json` says.
#[derive(Debug, Deserialize)]
struct Told {
    file: Option<String>,
    bytes: u64,
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    name: String,
    what: String,
    bytes: u64,
}

// === impl Entry ===

impl Entry {
    /// What it is: in English as the program says it, in other languages by its name.
    fn said(&self, context: &Context<'_>) -> String {
        let kind = match self.name.split_once('/') {
            Some(("logs", "journal.txt")) => "journal".to_owned(),
            Some((folder, _)) => folder.to_owned(),
            None => self.name.to_lowercase().replace('.', "-"),
        };
        context.language.find(&format!("bundle-entry-{kind}"), None).unwrap_or_else(|| self.what.clone())
    }
}

// === impl Bundle ===

impl Bundle {
    /// Nothing is asked for yet.
    pub(super) fn new(program: Option<PathBuf>) -> Self {
        Self {
            program,
            agents: String::new(),
            since: "24h".to_owned(),
            messages: false,
            child: None,
            told: None,
            trouble: None,
            listed: None,
        }
    }

    /// Asks, lists, writes.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.poll(context);
        text::section(ui, &context.text("live-bundle"));
        text::muted(ui, &context.text("live-bundle-help"));
        if context.model.service().is_some() {
            return facts::line(ui, icon::INFO, theme::palette(ui).muted, &context.text("live-bundle-far"));
        }
        let running = self.child.is_some();
        ui.add_enabled_ui(!running, |ui| {
            for (key, typed) in [("live-bundle-since", &mut self.since), ("live-bundle-agents", &mut self.agents)] {
                let name = context.text(key);
                ui.label(RichText::new(&name).family(theme::medium()));
                ui.add(TextEdit::singleline(typed).desired_width(FIELD).margin(Margin::symmetric(10, 7))).accessible_name(name);
            }
            // Without a timeline there are no messages.
            let name = context.text("live-bundle-messages");
            ui.add_enabled(!self.agents.trim().is_empty(), Checkbox::new(&mut self.messages, name));
        });
        let choice = self.choice();
        if self.listed.as_ref().is_some_and(|listed| *listed != choice) && !running {
            (self.told, self.listed, self.trouble) = (None, None, None);
        }
        ui.horizontal(|ui| {
            if button::enabled(ui, !running, Some(icon::LIST_CHECKS), &context.text("live-bundle-list")).clicked() {
                self.start(context, choice.clone(), true);
            }
            // Nobody writes what he has not been shown.
            let can = !running && self.listed.is_some() && self.told.as_ref().is_some_and(|told| told.file.is_none());
            if button::enabled(ui, can, Some(icon::FLOPPY_DISK), &context.text("live-bundle-write")).clicked() {
                self.start(context, choice, false);
            }
        });
        let palette = theme::palette(ui);
        if running {
            facts::line(ui, icon::CLOCK, palette.muted, &context.text("live-bundle-waiting"));
        }
        if let Some(trouble) = &self.trouble {
            facts::line(ui, icon::WARNING_CIRCLE, palette.error, trouble);
        }
        let Some(told) = &self.told else { return };
        if let Some(file) = &told.file {
            let said = context.language.text_with("live-bundle-written", [("file", file.clone().into())]);
            facts::line(ui, icon::CHECK_CIRCLE, palette.ok, &said);
        }
        let titles = ["live-bundle-name", "live-bundle-what", "live-bundle-bytes"].map(|key| context.text(key));
        let row = |entry: &Entry| [entry.name.clone(), entry.said(context), entry.bytes.to_string()];
        let mut rows: Vec<_> = told.entries.iter().map(row).collect();
        rows.push([context.text("live-bundle-all"), String::new(), told.bytes.to_string()]);
        facts::table(ui, &titles, [2.0, 2.6, 1.0], &rows);
        ui.allocate_space(vec2(0.0, 8.0));
    }

    /// What is asked for, as arguments.
    fn choice(&self) -> Vec<String> {
        let mut arguments = vec!["--since".to_owned(), self.since.trim().to_owned()];
        let agents: Vec<_> = self.agents.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        for agent in &agents {
            arguments.extend(["--agent".to_owned(), (*agent).to_owned()]);
        }
        if self.messages && !agents.is_empty() {
            arguments.push("--messages".to_owned());
        }
        arguments
    }

    fn start(&mut self, context: &Context<'_>, choice: Vec<String>, list: bool) {
        (self.trouble, self.told) = (None, None);
        let Some(program) = self.program.clone() else {
            self.trouble = Some(context.text("connection-no-program"));
            return;
        };
        let mut order = Order::new(program).arguments(["support-bundle", "--json"]).arguments(&choice).deadline(DEADLINE);
        if let Some(file) = context.model.file() {
            order = order.arguments(["--config".into(), file.as_os_str().to_owned()]);
        }
        order = if list { order.arguments(["--list"]) } else { order.arguments(["--out".into(), target()]) };
        match order.start(context.jobs) {
            Ok(child) => (self.child, self.listed) = (Some(child), Some(choice)),
            Err(error) => self.trouble = Some(error.to_string()),
        }
    }

    fn poll(&mut self, context: &Context<'_>) {
        let events = self.child.as_mut().map(Child::poll).unwrap_or_default();
        for event in events {
            match event {
                Event::Line(line) => self.told = serde_json::from_str(&line).ok(),
                Event::Ended(end) => {
                    self.child = None;
                    self.trouble = match end {
                        End::Exited { code: Some(0), .. } if self.told.is_some() => None,
                        End::Exited { errors, .. } | End::TimedOut { errors } if !errors.trim().is_empty() => {
                            Some(errors.trim().to_owned())
                        }
                        End::NotStarted(why) => Some(why),
                        _ => Some(context.text("live-bundle-failed")),
                    };
                }
            }
        }
    }
}

/// In the home folder, by a name that is not there yet.
fn target() -> std::ffi::OsString {
    let now = jiff::Timestamp::now().strftime("jackfield-support-%Y%m%d-%H%M%S.zip").to_string();
    std::env::home_dir().unwrap_or_default().join(now).into_os_string()
}

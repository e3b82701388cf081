//! Test and Send now: the installed service's own program does both with what is on the screen, saved or not, and each destination's outcome is
//! shown. Sending asks first, because a system that is registered stays in SAP's landscape.

use crate::{
    child::{Child, End, Event, Order},
    icon,
    page::Context,
    probe, theme,
    widget::{button, facts, finding, modal, text},
};
use egui::{Id, Label, RichText, TextStyle, Ui};
use fluent_bundle::FluentArgs;
use serde::Deserialize;
use std::{collections::BTreeMap, time::Duration};

/// Several destinations that hang take a minute each.
const DEADLINE: Duration = Duration::from_mins(5);
/// Lines of an answer that are shown.
const LINES: usize = 8;

/// What was done, and what came of it.
#[derive(Default)]
pub(super) struct Deeds {
    child: Option<Child>,
    outcomes: Vec<Outcome>,
    trouble: Option<String>,
    asked: bool,
    focused: bool,
}

/// What came of one destination, as `jackfield sld … --json` says it.
#[derive(Debug, Deserialize)]
struct Outcome {
    url: String,
    class: String,
    id: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
    cause: String,
    #[serde(default)]
    repair: String,
    #[serde(default)]
    answer: String,
}

impl Deeds {
    /// Draws buttons and outcomes.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        self.poll(context);
        text::section(ui, &context.text("sld-deeds"));
        text::muted(ui, &context.text("sld-deeds.help"));
        let running = self.child.is_some();
        let is_far = context.model.service().is_some();
        if is_far {
            text::muted(ui, &context.text("far-not-here"));
        }
        let can = !running && !is_far && !context.model.findings().iter().any(shared::Finding::is_error);
        ui.horizontal_wrapped(|ui| {
            if button::enabled(ui, can, Some(icon::CHECK_CIRCLE), &context.text("sld-test")).clicked() {
                self.start(context, "test");
            }
            if button::enabled(ui, can, Some(icon::PLAY), &context.text("sld-send")).clicked() {
                (self.asked, self.focused) = (true, false);
            }
            if running && button::plain(ui, None, &context.text("answer-cancel")).clicked() {
                self.child = None;
            }
        });
        let palette = theme::palette(ui);
        if running {
            facts::line(ui, icon::CLOCK, palette.muted, &context.text("sld-running"));
        }
        for outcome in &self.outcomes {
            outcome.show(ui, context);
        }
        if let Some(trouble) = &self.trouble {
            facts::line(ui, icon::WARNING_CIRCLE, palette.error, trouble);
        }
        self.question(ui, context);
    }

    fn start(&mut self, context: &Context<'_>, deed: &str) {
        (self.outcomes, self.trouble) = (Vec::new(), None);
        let Some(program) = probe::service_program() else {
            self.trouble = Some(context.text("connection-no-program"));
            return;
        };
        let mut order =
            Order::new(program).arguments(["sld", deed, "--json", "--config", "-"]).input(context.model.to_toml()).deadline(DEADLINE);
        // Relative paths in the file start at its folder.
        if let Some(folder) = context.model.file().and_then(|file| file.parent()).filter(|folder| folder.is_dir()) {
            order = order.directory(folder);
        }
        match order.start(context.jobs) {
            Ok(child) => self.child = Some(child),
            Err(error) => self.trouble = Some(error.to_string()),
        }
    }

    fn poll(&mut self, context: &Context<'_>) {
        for event in self.child.as_mut().map(Child::poll).unwrap_or_default() {
            match event {
                // A line that is no outcome is not for us.
                Event::Line(line) => self.outcomes.extend(serde_json::from_str(&line)),
                Event::Ended(end) => {
                    self.child = None;
                    self.trouble = match end {
                        End::Exited { .. } if !self.outcomes.is_empty() => None,
                        End::Exited { errors, .. } | End::NotStarted(errors) => Some(errors),
                        End::TimedOut { .. } => Some(context.text("sld-timed-out")),
                        End::Cancelled => None,
                    };
                }
            }
        }
    }

    fn question(&mut self, ui: &Ui, context: &Context<'_>) {
        if !self.asked {
            return;
        }
        let mut over = false;
        let ((), escape) = modal::show(ui.ctx(), Id::unique("send the registration"), &context.text("sld-send-title"), 480.0, |ui| {
            ui.add(Label::new(context.text("sld-send-text")).wrap());
            for (_, destination) in context.model.config().sld.all() {
                ui.add(Label::new(RichText::new(shared::sld::url(&destination)).monospace()).wrap());
            }
            modal::buttons(ui, |ui| {
                let yes = button::primary(ui, true, &context.text("sld-send"));
                modal::focus(&yes, &mut self.focused);
                if yes.clicked() {
                    self.start(context, "send");
                    over = true;
                }
                over |= button::plain(ui, None, &context.text("answer-cancel")).clicked();
            });
        });
        if over || escape {
            self.asked = false;
        }
    }
}

impl Outcome {
    fn show(&self, ui: &mut Ui, context: &Context<'_>) {
        let palette = theme::palette(ui);
        let good = self.class == "sent";
        let (glyph, colour) = if good { (icon::CHECK_CIRCLE, palette.ok) } else { (icon::WARNING_CIRCLE, palette.error) };
        let values: FluentArgs<'_> = self.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (cause, repair) = finding::said(context.language, &self.id, "", &values, (&self.cause, &self.repair));
        facts::line(ui, glyph, colour, &format!("{}: {cause}", self.url));
        if !repair.is_empty() {
            facts::fact(ui, "", &format!("→ {repair}"));
        }
        answer(ui, context, &self.answer);
    }
}

/// The beginning of what the other side said.
pub(super) fn answer(ui: &mut Ui, context: &Context<'_>, said: &str) {
    let lines: Vec<&str> = said.lines().map(str::trim_end).filter(|line| !line.is_empty()).take(LINES).collect();
    if lines.is_empty() {
        return;
    }
    facts::fact(ui, "", &context.text("sld-answer"));
    let mut shown = lines.join("\n");
    if shown.len() > 600 {
        shown.truncate(shown.floor_char_boundary(600));
        shown.push('…');
    }
    ui.indent(("answer", said), |ui| {
        ui.add(Label::new(RichText::new(shown).text_style(TextStyle::Monospace)).wrap().selectable(true));
    });
}

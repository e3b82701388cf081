//! What the bridge is told to do: one thing at a time, with a question before what cannot be taken back, how far it is, and what came of it.

use super::words;
use crate::{
    icon,
    jobs::Job,
    page::{Context, live},
    running::{
        Place, Trouble,
        bridge::{Order, Plan, Progress, Reason, Run, Word},
    },
    theme,
    widget::{button, facts, modal},
};
use egui::{Id, Label, ProgressBar, Ui};
use serde_json::Value;
use std::time::Duration;

/// What is being done, and what was done last.
#[derive(Default)]
pub(super) struct Desk {
    /// What is to be asked first.
    asked: Option<Question>,
    /// What is to be done without a question.
    ordered: Option<Order>,
    running: Option<Running>,
    last: Option<(Order, Outcome)>,
    plan: Option<(Plan, Value)>,
}

struct Running {
    order: Order,
    since: Duration,
    /// Who does it.
    address: String,
    job: Job<Word>,
}

/// A question before something is done.
pub(super) struct Question {
    order: Order,
    title: String,
    text: String,
    yes: String,
    focused: bool,
}

enum Outcome {
    Done(Value),
    Failed(Reason),
    Lost(Trouble, String),
}

impl Desk {
    /// Is something being done?
    pub(super) fn is_busy(&self) -> bool {
        self.running.is_some() || self.ordered.is_some()
    }

    /// Has it done at once.
    pub(super) fn order(&mut self, order: Order) {
        self.ordered = Some(order);
    }

    /// Asks first; `kind` begins the keys of title, text and answer.
    pub(super) fn ask(&mut self, order: Order, title: String, text: String, yes: String) {
        self.asked = Some(Question { order, title, text, yes, focused: false });
    }

    /// The plan that was made, once.
    pub(super) fn take_plan(&mut self) -> Option<(Plan, Value)> {
        self.plan.take()
    }

    /// What has come since the last frame.
    pub(super) fn poll(&mut self) {
        let Some(running) = &mut self.running else { return };
        for word in running.job.poll() {
            let outcome = match word {
                Word::Running(since) => {
                    running.since = since;
                    continue;
                }
                Word::Done(value) => Outcome::Done(value),
                Word::Failed(reason) => Outcome::Failed(reason),
                Word::Lost(trouble) => Outcome::Lost(trouble, running.address.clone()),
            };
            if let (Order::Plan, Outcome::Done(value)) = (&running.order, &outcome) {
                self.plan = serde_json::from_value(value.clone()).ok().map(|plan| (plan, value.clone()));
            }
            self.last = Some((running.order.clone(), outcome));
            self.running = None;
            return;
        }
    }

    /// The question, where there is one; begins what was answered or ordered.
    pub(super) fn question(&mut self, ui: &Ui, context: &Context<'_>, place: &Place) {
        if let Some(question) = &mut self.asked {
            let (mut yes, mut over) = (false, false);
            let ((), escape) = modal::show(ui.ctx(), Id::unique("order to the bridge"), &question.title, 500.0, |ui| {
                ui.add(Label::new(question.text.as_str()).wrap());
                modal::buttons(ui, |ui| {
                    let go = button::primary(ui, true, &question.yes);
                    yes = go.clicked();
                    // Return alone must not do what cannot be taken back.
                    let cancel = button::plain(ui, None, &context.text("answer-cancel"));
                    modal::focus(&cancel, &mut question.focused);
                    over = cancel.clicked();
                });
            });
            if yes {
                self.ordered = Some(question.order.clone());
            }
            if yes || over || escape {
                self.asked = None;
            }
        }
        if self.running.is_some() {
            return;
        }
        if let Some(order) = self.ordered.take() {
            match place.clone().order(context.jobs, order.clone()) {
                Ok(job) => {
                    self.last = None;
                    self.running = Some(Running { order, since: Duration::ZERO, address: place.url(), job });
                }
                Err(error) => self.last = Some((order, Outcome::Lost(Trouble::Down(error.to_string()), place.url()))),
            }
        }
    }

    /// How far it is, and what came of it, where `is_meant` by what is shown.
    pub(super) fn show(&self, ui: &mut Ui, context: &Context<'_>, progress: Option<&Progress>, is_meant: impl Fn(&Order) -> bool) {
        let palette = theme::palette(ui);
        if let Some(running) = self.running.as_ref().filter(|running| is_meant(&running.order)) {
            let key = if running.order == Order::Plan { "cloud-planning" } else { "cloud-running" };
            let seconds = running.since.as_secs().to_string();
            facts::line(ui, icon::CLOCK, palette.muted, &context.language.text_with(key, [("seconds", seconds.into())]));
        }
        if self.running.as_ref().is_some_and(|running| !is_meant(&running.order)) {
            facts::line(ui, icon::CLOCK, palette.muted, &context.text("cloud-busy"));
        }
        if let Some(progress) = progress {
            self::progress(ui, context, progress);
        }
        let Some((order, outcome)) = self.last.as_ref().filter(|(order, _)| is_meant(order)) else { return };
        let said = match outcome {
            Outcome::Done(_) if *order == Order::Plan => return,
            Outcome::Done(value) => done(context, order, value),
            Outcome::Failed(reason) => Err(words::reason(context, reason)),
            Outcome::Lost(trouble, address) => Err(live::said(context, trouble, address)),
        };
        match said {
            Ok(said) => facts::line(ui, icon::CHECK_CIRCLE, palette.ok, &said),
            Err(said) => facts::line(ui, icon::WARNING_CIRCLE, palette.error, &said),
        }
    }
}

/// What came of it, and whether that is good.
fn done(context: &Context<'_>, order: &Order, value: &Value) -> Result<String, String> {
    match order {
        Order::Allow => Ok(context.text("cloud-allowed")),
        Order::Reject => Ok(context.text("cloud-rejected")),
        Order::NewOrganization => Ok(context.text("cloud-new-organization-done")),
        _ => match serde_json::from_value::<Run>(value.clone()) {
            Ok(run) => {
                let said = self::run(context, &run);
                if run.failed == 0 && run.failure.is_none() { Ok(said) } else { Err(said) }
            }
            Err(_) => Ok(context.text("cloud-done")),
        },
    }
}

/// A run in one sentence.
pub(super) fn run(context: &Context<'_>, run: &Run) -> String {
    let values = [
        ("done", run.done.to_string().into()),
        ("steps", run.steps.to_string().into()),
        ("failed", run.failed.to_string().into()),
        ("unchanged", run.unchanged.to_string().into()),
    ];
    context.language.text_with("cloud-run", values)
}

#[expect(clippy::cast_precision_loss, reason = "a bar on the screen")]
fn progress(ui: &mut Ui, context: &Context<'_>, progress: &Progress) {
    let values = [("behind", progress.behind.to_string().into()), ("steps", progress.steps.to_string().into())];
    let said = context.language.text_with("cloud-progress", values);
    let share = progress.behind as f32 / progress.steps.max(1) as f32;
    ui.add(ProgressBar::new(share).desired_height(8.0).fill(theme::palette(ui).accent)).accessible_name(&said);
    facts::line(ui, icon::CLOCK, theme::palette(ui).muted, &said);
}

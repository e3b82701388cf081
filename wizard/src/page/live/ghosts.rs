//! Ghost agents on the page *Live*: who, why, and a button that logs one off after it has asked.

use super::when;
use crate::{
    icon,
    jobs::Job,
    page::Context,
    running::{Agent, Place, Trouble},
    theme,
    widget::{button, facts, modal, text},
};
use egui::{Align, Id, Label, Layout, Ui, vec2};

/// What goes on about them.
#[derive(Default)]
pub(super) struct Ghosts {
    /// Whom the question is about.
    asked: Option<String>,
    focused: bool,
    /// Who is being logged off.
    job: Option<(String, Job<Result<(), Trouble>>)>,
    /// Who could not be, and why.
    failed: Option<(String, Trouble)>,
}

impl Ghosts {
    /// Lists them; nothing where there is none.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, place: &Place, agents: &[Agent]) {
        self.settle();
        let ghosts: Vec<_> = agents.iter().filter_map(|agent| Some((agent, agent.ghost.as_deref()?))).take(super::LISTED).collect();
        if !ghosts.is_empty() {
            text::section(ui, &context.text("live-ghosts"));
            text::muted(ui, &context.text("live-ghosts-help"));
        }
        for (agent, reason) in ghosts {
            self.row(ui, context, agent, reason);
        }
        if let Some((user, trouble)) = &self.failed {
            let why = super::said(context, trouble, &place.address.to_string());
            let values = [("user", user.clone().into()), ("why", why.into())];
            facts::line(ui, icon::WARNING_CIRCLE, theme::palette(ui).error, &context.language.text_with("live-log-off-failed", values));
        }
        self.question(ui, context, place);
    }

    fn settle(&mut self) {
        let outcome = self.job.as_mut().and_then(|(_, job)| job.poll().pop());
        if let Some(outcome) = outcome
            && let Some((user, _)) = self.job.take()
        {
            self.failed = outcome.err().map(|trouble| (user, trouble));
        }
    }

    fn row(&mut self, ui: &mut Ui, context: &Context<'_>, agent: &Agent, reason: &str) {
        let values = [("when", when(agent.heard).into())];
        let said = match reason {
            "gone" | "unreachable" | "unsubscribed" | "silent" => context.language.text_with(&format!("live-ghost-{reason}"), values),
            // Of a later version.
            other => other.to_owned(),
        };
        let size = vec2(ui.available_width(), theme::CONTROL);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            let name = context.language.text_with("live-log-off", [("user", agent.user.clone().into())]);
            if button::enabled(ui, self.job.is_none(), None, &name).clicked() {
                (self.asked, self.focused, self.failed) = (Some(agent.user.clone()), false, None);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                facts::sign(ui, icon::WARNING, theme::palette(ui).warning, &agent.user, &said);
            });
        });
    }

    fn question(&mut self, ui: &Ui, context: &Context<'_>, place: &Place) {
        let Some(user) = self.asked.clone() else { return };
        let with = |key: &str| context.language.text_with(key, [("user", user.clone().into())]);
        let mut over = false;
        let ((), escape) = modal::show(ui.ctx(), Id::unique("log a ghost off"), &with("live-log-off-title"), 480.0, |ui| {
            ui.add(Label::new(with("live-log-off-text")).wrap());
            modal::buttons(ui, |ui| {
                let yes = button::primary(ui, true, &context.text("live-log-off-yes"));
                modal::focus(&yes, &mut self.focused);
                if yes.clicked() {
                    match place.clone().log_off(context.jobs, user.clone()) {
                        Ok(job) => self.job = Some((user.clone(), job)),
                        Err(error) => self.failed = Some((user.clone(), Trouble::Down(error.to_string()))),
                    }
                    over = true;
                }
                over |= button::plain(ui, None, &context.text("answer-cancel")).clicked();
            });
        });
        if over || escape {
            self.asked = None;
        }
    }
}

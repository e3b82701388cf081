//! Agents & Reject: how agents are logged on, what they may do, and what happens when one rejects an interaction.

mod import;
mod log_in;

use super::{Card, Context, Page, PageId, form};
use crate::{
    command::{Action, Command},
    icon,
    widget::{button, list::List, setting, text},
};
use egui::Ui;
use log_in::LogIn;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(Agents {
        log_in: LogIn::new(),
        listeners: List::new("agents.rights.listen"),
        watchers: List::new("agents.rights.monitor"),
        steps: List::new("reject.steps"),
    })
}

struct Agents {
    log_in: LogIn,
    listeners: List,
    watchers: List,
    steps: List,
}

impl Page for Agents {
    fn card(&self) -> Card {
        Card { id: PageId("agents"), icon: icon::USERS, sections: &["agents", "reject"] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        if button::plain(ui, Some(icon::STETHOSCOPE), &context.text(Action::Examine.key())).clicked() {
            context.send(Command::Do(Action::Examine));
        }
        self.log_in.show(ui, context);
        text::section(ui, &context.text("group-agents"));
        let _ = setting::workmode(ui, context, "agents.lost_workmode", None);
        form::group(ui, context, "", &["agents.ghost_after"]);
        self.listeners.show(ui, context);
        self.watchers.show(ui, context);
        text::section(ui, &context.text("group-reject"));
        self.steps.show(ui, context);
        form::group(ui, context, "group-handler", &["reject.handler.object_id", "reject.handler.event_id", "reject.handler.wait"]);
        setting::findings_of(ui, context, "reject.handler");
    }
}

//! Try it: an agent's toolbar as SAP shows it, and every SOAP message behind it; the proof that an installation works before SAP is
//! connected. SAP's part is played by the installed `jackfield simulate sap`, the service's by the one that runs already or by one that is
//! started for the trial from the unsaved draft. Both end when the page is left.

mod desk;
mod folder;
mod log;
mod messages;
mod place;
mod session;
mod told;
mod toolbar;
mod trial;

pub use folder::sweep;
pub use messages::{Message, Messages, Way};
pub use session::{LogOn, Outcome, Session};
pub use told::{Agent, Call, Entry, Told};
pub use toolbar::{Button, Toolbar, Wish};
pub use trial::Trial;

use super::{Card, Context, Page, PageId, form};
use crate::{icon, probe, widget::text};
use desk::Desk;
use egui::Ui;
use log::Log;
use place::Place;
use std::path::PathBuf;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    Box::new(TryIt::new(probe::service_program()))
}

/// The page, with what was started for it.
struct TryIt {
    place: Place,
    desk: Desk,
    log: Log,
    /// Before the trial service, so that it is dropped first and the service sees the agent log off.
    session: Option<Session>,
    trial: Option<Trial>,
}

impl TryIt {
    fn new(program: Option<PathBuf>) -> Self {
        Self { place: Place::new(program), desk: Desk::default(), log: Log::default(), session: None, trial: None }
    }
}

impl Page for TryIt {
    fn card(&self) -> Card {
        Card { id: PageId("try-it"), icon: icon::PLAY, sections: &[] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        if let Some(trial) = &mut self.trial {
            trial.poll(context.jobs);
        }
        if let Some(session) = &mut self.session {
            session.poll();
        }
        form::title(ui, context, self.id());
        if context.model.service().is_some() {
            return text::muted(ui, &context.text("far-not-here"));
        }
        self.place.show(ui, context, &mut self.trial, &mut self.session);
        if let Some(session) = &mut self.session {
            self.desk.show(ui, context, session);
            self.log.show(ui, context, session);
        }
    }

    fn leave(&mut self) {
        // The agent goes first, so that the service sees him log off.
        self.session = None;
        self.trial = None;
    }
}

#[cfg(all(test, unix))]
mod tests;

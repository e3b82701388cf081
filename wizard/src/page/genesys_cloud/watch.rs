//! What the running bridge tells, asked only while one of the tabs that show it is shown.

use crate::{
    icon,
    jobs::Job,
    page::{Context, live},
    running::{
        Place, Trouble,
        bridge::{Seen, Subject},
    },
    theme,
    widget::{facts, text},
};
use egui::Ui;
use shared::Draft;
use std::sync::Arc;

/// What is asked, and what came.
#[derive(Default)]
pub(super) struct Watch {
    /// The file that the service has, and where that says it is.
    file: Option<(Arc<Draft>, Option<Place>)>,
    follow: Option<(Subject, Job<Result<Seen, Trouble>>)>,
    seen: Option<Result<Seen, Trouble>>,
}

impl Watch {
    /// What was seen of a subject and who told it; where there is nothing to be seen, the reason is drawn.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, subject: Subject) -> Option<(Place, Seen)> {
        self.follow(context, subject);
        let palette = theme::palette(ui);
        let Some((_, Some(place))) = &self.file else {
            facts::line(ui, icon::INFO, palette.muted, &context.text("live-any-port"));
            return None;
        };
        match &self.seen {
            None => facts::line(ui, icon::CLOCK, palette.muted, &context.text("live-waiting")),
            Some(Err(trouble)) => {
                let address = place.url();
                let asks = if place.far.is_some() { "live-asks-far" } else { "live-asks" };
                text::muted(ui, &context.language.text_with(asks, [("address", address.clone().into())]));
                facts::line(ui, icon::WARNING_CIRCLE, palette.error, &live::said(context, trouble, &address));
            }
            Some(Ok(seen)) => return Some((place.clone(), seen.clone())),
        }
        None
    }

    /// The service works by what is on the disk, not by what is being edited.
    fn follow(&mut self, context: &Context<'_>, subject: Subject) {
        let saved = context.model.saved();
        if self.file.as_ref().is_none_or(|(draft, _)| !Arc::ptr_eq(draft, saved)) {
            let place = Place::of_document(context.model);
            if self.file.as_ref().is_none_or(|(_, before)| *before != place) {
                (self.follow, self.seen) = (None, None);
            }
            self.file = Some((Arc::clone(saved), place));
        }
        if self.follow.as_ref().is_none_or(|(before, _)| *before != subject) {
            // Lists of another subject are not there yet.
            (self.follow, self.seen) = (None, None);
            if let Some((_, Some(place))) = &self.file {
                match place.clone().bridge(context.jobs, subject) {
                    Ok(job) => self.follow = Some((subject, job)),
                    Err(error) => self.seen = Some(Err(Trouble::Down(error.to_string()))),
                }
            }
        }
        if let Some(seen) = self.follow.as_mut().and_then(|(_, job)| job.poll().pop()) {
            self.seen = Some(seen);
        }
    }
}

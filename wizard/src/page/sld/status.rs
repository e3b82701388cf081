//! How the registrations of the service that runs are: last attempt, answer, next, as SAP's own suppliers show theirs. It is asked only while
//! the page is shown and the saved file registers something.

use super::deeds;
use crate::{
    icon,
    jobs::Job,
    page::{Context, live},
    running::{Place, Registration, Status, Trouble},
    theme,
    widget::{button, facts, finding, text},
};
use egui::Ui;
use fluent_bundle::FluentArgs;
use shared::{Draft, check};
use std::sync::Arc;

/// The panel.
#[derive(Default)]
pub(super) struct StatusPanel {
    /// The file that the service has, and where it is asked, when it registers anything.
    file: Option<(Arc<Draft>, Option<Place>)>,
    follow: Option<Job<Result<Status, Trouble>>>,
    seen: Option<Result<Status, Trouble>>,
    sending: Option<Job<Result<(), Trouble>>>,
    failed: Option<Trouble>,
}

impl StatusPanel {
    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>) {
        text::section(ui, &context.text("sld-status"));
        self.follow(context);
        let palette = theme::palette(ui);
        let Some((_, Some(place))) = &self.file else {
            return text::muted(ui, &context.text("sld-status-none"));
        };
        let (place, address) = (place.clone(), place.address.to_string());
        text::muted(ui, &context.language.text_with("live-asks", [("address", address.clone().into())]));
        match &self.seen {
            None => facts::line(ui, icon::CLOCK, palette.muted, &context.text("live-waiting")),
            Some(Err(trouble)) => facts::line(ui, icon::WARNING_CIRCLE, palette.error, &live::said(context, trouble, &address)),
            Some(Ok(status)) if status.sld.is_empty() => text::muted(ui, &context.text("sld-status-nothing")),
            Some(Ok(status)) => {
                for registration in &status.sld {
                    one(ui, context, registration);
                }
                if button::enabled(ui, self.sending.is_none(), Some(icon::ARROWS_CLOCKWISE), &context.text("sld-by-service")).clicked() {
                    self.failed = None;
                    match place.register(context.jobs) {
                        Ok(job) => self.sending = Some(job),
                        Err(error) => self.failed = Some(Trouble::Down(error.to_string())),
                    }
                }
                if let Some(trouble) = &self.failed {
                    facts::line(ui, icon::WARNING_CIRCLE, palette.error, &live::said(context, trouble, &address));
                }
            }
        }
    }

    /// The service works by what is on the disk, not by what is being edited.
    fn follow(&mut self, context: &Context<'_>) {
        let saved = context.model.saved();
        if self.file.as_ref().is_none_or(|(draft, _)| !Arc::ptr_eq(draft, saved)) {
            let checked = check(saved).ok();
            let place = checked.filter(|checked| !checked.config.sld.all().is_empty()).and_then(|_| Place::of_document(context.model));
            *self = Self { file: Some((Arc::clone(saved), place)), ..Self::default() };
        }
        if let (None, Some((_, Some(place)))) = (&self.follow, &self.file) {
            match place.clone().follow(context.jobs) {
                Ok(job) => self.follow = Some(job),
                Err(error) => self.seen = Some(Err(Trouble::Down(error.to_string()))),
            }
        }
        if let Some(seen) = self.follow.as_mut().and_then(|job| job.poll().pop()) {
            self.seen = Some(seen);
        }
        if let Some(done) = self.sending.as_mut().and_then(|job| job.poll().pop()) {
            (self.sending, self.failed) = (None, done.err());
        }
    }
}

fn one(ui: &mut Ui, context: &Context<'_>, registration: &Registration) {
    let palette = theme::palette(ui);
    let (glyph, colour) = match registration.state.as_str() {
        "registered" => (icon::CHECK_CIRCLE, palette.ok),
        "waiting" | "sending" => (icon::CLOCK, palette.muted),
        "failing" => (icon::WARNING, palette.warning),
        _ => (icon::WARNING_CIRCLE, palette.error),
    };
    let key = format!("sld-state-{}", registration.state);
    let word = context.language.find(&key, None).unwrap_or_else(|| registration.state.clone());
    facts::line(ui, glyph, colour, &format!("{}: {word}", registration.url));
    let fact = |ui: &mut Ui, key: &str, value: &str| facts::fact(ui, &context.text(key), value);
    if let Some(user) = &registration.user {
        fact(ui, "sld-status-user", user);
    }
    if let Some(accepted) = registration.accepted {
        fact(ui, "sld-status-accepted", &live::when(accepted));
    }
    if let Some(last) = &registration.last {
        let by = context.text(if last.manual { "sld-status-manual" } else { "sld-status-automatic" });
        fact(ui, "sld-status-last", &format!("{} ({by})", live::when(last.at)));
        let values: FluentArgs<'_> = last.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (cause, repair) = finding::said(context.language, &last.id, "", &values, (&last.text, ""));
        let said = if repair.is_empty() { cause } else { format!("{cause}. {repair}") };
        fact(ui, "sld-status-result", &said);
        deeds::answer(ui, context, &last.answer);
    }
    let next = registration.next.map_or_else(|| context.text("sld-status-never"), live::when);
    fact(ui, "sld-status-next", &next);
}

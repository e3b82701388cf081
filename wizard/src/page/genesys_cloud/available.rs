//! *Available Dial Groups* (guide, "Configure Genesys Cloud Dial Groups"): what the switch of the running service has and the file does not name.

use super::words;
use crate::{
    icon,
    jobs::Job,
    page::{Context, live},
    running::{
        Place,
        bridge::{Order, Word},
    },
    theme,
    widget::{button, facts, list::List, text},
};
use egui::Ui;
use serde::Deserialize;
use shared::Draft;
use std::sync::Arc;

/// More are not offered one by one: whoever has them types a name.
const OFFERED: usize = 100;

/// What was asked, and what came of it.
#[derive(Default)]
pub(super) struct Available {
    /// The file that the service has: with another one it is asked again.
    file: Option<Arc<Draft>>,
    job: Option<(Job<Word>, String)>,
    told: Option<Result<Option<Vec<String>>, String>>,
}

#[derive(Deserialize)]
struct Told {
    available: Option<Vec<String>>,
}

impl Available {
    /// Draws them, each with a button that takes it into the list.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>, chosen: &mut List) {
        text::section(ui, &context.text("cloud-available"));
        self.ask(context);
        self.poll(context);
        let palette = theme::palette(ui);
        match &self.told {
            None if self.job.is_some() => return facts::line(ui, icon::CLOCK, palette.muted, &context.text("live-waiting")),
            None => return facts::line(ui, icon::INFO, palette.muted, &context.text("live-any-port")),
            Some(Err(why)) => facts::line(ui, icon::WARNING_CIRCLE, palette.error, why),
            Some(Ok(None)) => facts::line(ui, icon::INFO, palette.muted, &context.text("cloud-available-unknown")),
            Some(Ok(Some(available))) => offer(ui, context, available, chosen),
        }
        if button::plain(ui, Some(icon::ARROWS_CLOCKWISE), &context.text("cloud-available-again")).clicked() {
            self.file = None;
        }
    }

    fn ask(&mut self, context: &Context<'_>) {
        let saved = context.model.saved();
        if self.file.as_ref().is_some_and(|file| Arc::ptr_eq(file, saved)) {
            return;
        }
        (self.file, self.job, self.told) = (Some(Arc::clone(saved)), None, None);
        if let Some(place) = Place::of_document(context.model) {
            let address = place.url();
            match place.order(context.jobs, Order::DialGroups) {
                Ok(job) => self.job = Some((job, address)),
                Err(error) => self.told = Some(Err(error.to_string())),
            }
        }
    }

    fn poll(&mut self, context: &Context<'_>) {
        let Some((job, address)) = &mut self.job else { return };
        let told = job.poll().into_iter().find_map(|word| match word {
            Word::Running(_) => None,
            Word::Done(value) => Some(Ok(serde_json::from_value::<Told>(value).ok().and_then(|told| told.available))),
            Word::Failed(reason) => Some(Err(words::reason(context, &reason))),
            Word::Lost(trouble) => Some(Err(live::said(context, &trouble, address))),
        });
        if told.is_some() {
            (self.told, self.job) = (told, None);
        }
    }
}

fn offer(ui: &mut Ui, context: &mut Context<'_>, available: &[String], chosen: &mut List) {
    let taken = chosen.texts(context);
    let left: Vec<&String> = available.iter().filter(|name| !taken.contains(name)).take(OFFERED).collect();
    if left.is_empty() {
        return text::muted(ui, &context.text("cloud-available-none"));
    }
    let mut added = None;
    ui.horizontal_wrapped(|ui| {
        for name in left {
            let said = context.language.text_with("cloud-available-add", [("name", name.clone().into())]);
            if button::plain(ui, Some(icon::PLUS), &said).clicked() {
                added = Some(name);
            }
        }
    });
    if let Some(name) = added {
        chosen.add(context, name);
    }
}

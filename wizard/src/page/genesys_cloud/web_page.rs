//! Genesys Cloud Web Page (guide, "Start Genesys Cloud from Interaction Administrator"): opens the organisation's page in the browser.

use crate::{
    browser, icon,
    jobs::Job,
    page::Context,
    theme,
    widget::{button, facts, text},
};
use egui::Ui;
use shared::genesys_cloud::hosts;

/// What is remembered between frames.
#[derive(Default)]
pub(super) struct WebPage {
    opening: Option<Job<Result<(), String>>>,
    done: Option<Result<(), String>>,
    copied: bool,
}

impl WebPage {
    /// Draws the button.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>) {
        text::muted(ui, &context.text("cloud-web-help"));
        let palette = theme::palette(ui);
        let Some(hosts) = hosts(&context.model.config().genesys_cloud) else {
            return facts::line(ui, icon::WARNING, palette.warning, &context.text("cloud-web-nowhere"));
        };
        facts::fact(ui, &context.text("cloud-web-address"), &hosts.apps);
        if let Some(done) = self.opening.as_mut().and_then(|job| job.poll().pop()) {
            (self.opening, self.done) = (None, Some(done));
        }
        ui.horizontal_wrapped(|ui| {
            if button::enabled(ui, self.opening.is_none(), Some(icon::GLOBE), &context.text("cloud-web-launch")).clicked() {
                self.done = None;
                match browser::open(context.jobs, hosts.apps.clone()) {
                    Ok(job) => self.opening = Some(job),
                    Err(error) => self.done = Some(Err(error.to_string())),
                }
            }
            if button::plain(ui, Some(icon::COPY), &context.text("cloud-web-copy")).clicked() {
                ui.ctx().copy_text(hosts.apps.clone());
                self.copied = true;
            }
            if self.copied {
                text::muted(ui, &context.text("cloud-copied"));
            }
        });
        match &self.done {
            Some(Ok(())) => facts::line(ui, icon::CHECK_CIRCLE, palette.ok, &context.text("cloud-web-done")),
            Some(Err(why)) => {
                let said = context.language.text_with("cloud-web-failed", [("why", why.clone().into())]);
                facts::line(ui, icon::WARNING_CIRCLE, palette.error, &said);
            }
            None => {}
        }
    }
}

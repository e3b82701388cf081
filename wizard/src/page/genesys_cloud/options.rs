//! Synchronization Options (guide, "Configure Genesys Cloud Synchronization Options"): what is kept in step, what becomes of that which the switch
//! has no longer, and a complete run at once.

use super::{
    desk::Desk,
    settings::{REMOVAL, STARS, WHAT},
    watch::Watch,
};
use crate::{
    icon,
    page::{Context, form},
    running::bridge::{Order, Subject},
    widget::{button, list::List, text},
};
use egui::Ui;

/// What is remembered between frames.
pub(super) struct Options {
    workgroups: List,
    leave_out: List,
    languages: List,
}

impl Options {
    pub(super) fn new() -> Self {
        Self {
            workgroups: List::new("genesys_cloud.workgroups"),
            leave_out: List::new("genesys_cloud.leave_out"),
            languages: List::new("genesys_cloud.treat_as_language"),
        }
    }

    /// Draws them.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>, watch: &mut Watch, desk: &mut Desk) {
        form::group(ui, context, "", &WHAT);
        text::help(ui, &context.text("cloud-one-way"));
        force(ui, context, watch, desk);
        form::group(ui, context, "group-cloud-when", &["genesys_cloud.interval"]);
        self.workgroups.show(ui, context);
        self.leave_out.show(ui, context);
        form::group(ui, context, "group-cloud-removal", &REMOVAL);
        form::group(ui, context, "group-cloud-skills", &STARS);
        self.languages.show(ui, context);
    }
}

/// Force Complete Sync, with how far it is and what came of it. It works by the file that the service has.
fn force(ui: &mut Ui, context: &Context<'_>, watch: &mut Watch, desk: &mut Desk) {
    text::section(ui, &context.text("cloud-force"));
    text::muted(ui, &context.text("cloud-force-help"));
    let Some((place, seen)) = watch.show(ui, context, Subject::Health) else { return };
    let is_on = seen.report.state != "dormant";
    if button::enabled(ui, is_on && !desk.is_busy(), Some(icon::ARROWS_CLOCKWISE), &context.text("cloud-force")).clicked() {
        let (title, yes) = (context.text("cloud-force-title"), context.text("cloud-force-yes"));
        desk.ask(Order::ForceSync, title, context.text("cloud-force-text"), yes);
    }
    if !is_on {
        text::help(ui, &context.text("cloud-state-dormant"));
    }
    desk.show(ui, context, seen.report.progress.as_ref(), |order| *order == Order::ForceSync);
    desk.question(ui, context, &place);
}

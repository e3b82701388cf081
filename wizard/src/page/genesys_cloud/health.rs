//! Integration Health (guide, "How do I check Genesys Cloud Integration status and activity?"): the items, their details, and a copy for support;
//! and what waits for an administrator.

use super::{
    desk::{self, Desk},
    details::Details,
    words,
};
use crate::{
    icon,
    page::Context,
    running::bridge::{Item, Order, Report},
    theme,
    widget::{
        button, facts, modal,
        rows::Column,
        sheet::{Cell, Deed, Sheet},
        text,
    },
};
use egui::{Id, Ui};

/// Height of the list, in points.
const HEIGHT: f32 = 320.0;

/// What is remembered between frames.
#[derive(Default)]
pub(super) struct Health {
    chosen: usize,
    /// Its details are shown.
    open: bool,
    focused: bool,
    copied: bool,
}

impl Health {
    /// Draws the items, what waits, and the details that were asked for.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, report: &Report, desk: &mut Desk) {
        let palette = theme::palette(ui);
        let is_good = report.health.iter().all(|item| item.ok);
        let (glyph, colour) = match report.state.as_str() {
            "dormant" => (icon::PAUSE, palette.muted),
            "failing" => (icon::WARNING_CIRCLE, palette.error),
            _ if is_good => (icon::CHECK_CIRCLE, palette.ok),
            _ => (icon::WARNING, palette.warning),
        };
        let needs_someone = report.state == "idle" && !is_good;
        facts::line(ui, glyph, colour, &words::state(context, if needs_someone { "attention" } else { &report.state }));
        held(ui, context, report, desk);
        other_organization(ui, context, report, desk);
        desk.show(ui, context, report.progress.as_ref(), |order| matches!(order, Order::Allow | Order::Reject | Order::NewOrganization));
        self.list(ui, context, report);
        ui.horizontal_wrapped(|ui| {
            if button::enabled(ui, !report.health.is_empty(), Some(icon::MAGNIFYING_GLASS), &context.text("cloud-details")).clicked() {
                (self.open, self.focused) = (true, false);
            }
            // Everything at once is what support asks for.
            self.copied |= everything(context, report).copy(ui, context);
            if self.copied {
                text::muted(ui, &context.text("cloud-copied"));
            }
        });
        self.details(ui, context, report);
    }

    fn list(&mut self, ui: &mut Ui, context: &Context<'_>, report: &Report) {
        let columns = [Column { title: context.text("cloud-item"), share: 1.0 }, Column { title: context.text("cloud-state"), share: 1.9 }];
        self.chosen = self.chosen.min(report.health.len().saturating_sub(1));
        let palette = theme::palette(ui);
        let empty = context.text("live-waiting");
        let sheet = Sheet {
            id: Id::unique("health items"),
            height: HEIGHT,
            columns: &columns,
            count: report.health.len(),
            chosen: Some(self.chosen),
            empty: &empty,
        };
        let row = |index: usize| {
            let Some(item) = report.health.get(index) else { return Vec::new() };
            let sign = if item.ok { (icon::CHECK_CIRCLE, palette.ok) } else { (icon::WARNING_CIRCLE, palette.error) };
            vec![Cell { text: words::item(context, &item.id), sign: Some(sign) }, Cell::from(words::reason(context, &item.detail))]
        };
        match sheet.show(ui, row) {
            Some(Deed::Choose(index)) => self.chosen = index,
            Some(Deed::Open(index)) => (self.chosen, self.open, self.focused) = (index, true, false),
            None => {}
        }
    }

    fn details(&mut self, ui: &Ui, context: &Context<'_>, report: &Report) {
        let Some(item) = report.health.get(self.chosen).filter(|_| self.open) else { return };
        let details = of_item(context, item, report);
        let mut over = false;
        let ((), escape) = modal::show(ui.ctx(), Id::unique("details of a health item"), &details.title, 620.0, |ui| {
            details.body(ui);
            modal::buttons(ui, |ui| {
                let close = button::primary(ui, true, &context.text("answer-close"));
                modal::focus(&close, &mut self.focused);
                over = close.clicked();
                self.copied |= details.copy(ui, context);
            });
        });
        if over || escape {
            self.open = false;
        }
    }
}

/// Removals that wait: allow or reject them.
pub(super) fn held(ui: &mut Ui, context: &Context<'_>, report: &Report, desk: &mut Desk) {
    let Some(held) = &report.held else { return };
    let values = [("removals", held.removals.to_string().into()), ("of", held.of.to_string().into())];
    facts::line(ui, icon::WARNING, theme::palette(ui).warning, &context.language.text_with("cloud-held", values.clone()));
    ui.horizontal_wrapped(|ui| {
        if button::enabled(ui, !desk.is_busy(), Some(icon::CHECK_CIRCLE), &context.text("cloud-allow")).clicked() {
            let text = context.language.text_with("cloud-allow-text", values.clone());
            desk.ask(Order::Allow, context.text("cloud-allow-title"), text, context.text("cloud-allow-yes"));
        }
        if button::enabled(ui, !desk.is_busy(), Some(icon::X), &context.text("cloud-reject")).clicked() {
            let text = context.language.text_with("cloud-reject-text", values);
            desk.ask(Order::Reject, context.text("cloud-reject-title"), text, context.text("cloud-reject-yes"));
        }
    });
}

/// Another organisation answers than before: only a person knows whether that is meant.
fn other_organization(ui: &mut Ui, context: &Context<'_>, report: &Report, desk: &mut Desk) {
    if !report.health.iter().any(|item| item.detail.id == "organisation-changed") {
        return;
    }
    if button::enabled(ui, !desk.is_busy(), Some(icon::GLOBE), &context.text("cloud-new-organization")).clicked() {
        let text = context.text("cloud-new-organization-text");
        let (title, yes) = (context.text("cloud-new-organization-title"), context.text("cloud-new-organization-yes"));
        desk.ask(Order::NewOrganization, title, text, yes);
    }
}

/// All that is known about an item.
fn of_item(context: &Context<'_>, item: &Item, report: &Report) -> Details {
    let mut details = Details::of(words::item(context, &item.id));
    details.add(context, "cloud-state", context.text(if item.ok { "live-up" } else { "live-down" }));
    details.add(context, "cloud-why", words::reason(context, &item.detail));
    details.add(context, "cloud-correlation", item.detail.values.get("correlation").cloned().unwrap_or_default());
    match item.id.as_str() {
        "connection" => {
            details.add(context, "cloud-organization", report.organization.clone().unwrap_or_default());
            details.add(context, "cloud-calls", report.pace.calls.to_string());
            details.add(context, "cloud-throttled", report.pace.throttled.to_string());
            details.add(context, "cloud-per-minute", report.pace.per_minute.to_string());
        }
        "run" => last_run(context, report, &mut details),
        "records" => {
            details.add(context, "cloud-status-synced", report.counts.synced.to_string());
            details.add(context, "cloud-status-error", report.counts.error.to_string());
            details.add(context, "cloud-status-not-synced", report.counts.not_synced.to_string());
        }
        _ => {}
    }
    details
}

fn last_run(context: &Context<'_>, report: &Report, details: &mut Details) {
    let Some(run) = &report.last_run else { return };
    details.add(context, "cloud-cause", words::cause(context, &run.cause));
    details.add(context, "cloud-began", words::when(context, Some(run.began)));
    details.add(context, "cloud-ended", words::when(context, Some(run.ended)));
    details.add(context, "cloud-result", desk::run(context, run));
    details.add(context, "cloud-failure", run.failure.as_ref().map(|failure| words::reason(context, failure)).unwrap_or_default());
}

fn everything(context: &Context<'_>, report: &Report) -> Details {
    let mut all = Details::of(context.text("cloud-tab-health"));
    all.add(context, "cloud-state", words::state(context, &report.state));
    for item in &report.health {
        let Details { title, facts } = of_item(context, item, report);
        all.facts.push((title, facts.first().map(|(_, value)| value.clone()).unwrap_or_default()));
        all.facts.extend(facts.into_iter().skip(1).map(|(name, value)| (String::new(), format!("{name}: {value}"))));
    }
    all
}

//! Live: the running service, as it is at this moment: health, agents and what went on with one of them, calls, delivery, the last look at its
//! file, the last happenings; and a support bundle of it. It is asked only while this page is shown; a log-off that was begun goes on all the
//! same.

mod bundle;
mod ghosts;
mod timeline;

use super::{Card, Context, Page, PageId, form};
use crate::{
    icon,
    jobs::Job,
    probe,
    running::{Agent, Destination, Happening, Place, Reload, ReloadResult, Status, Trouble},
    theme,
    widget::{facts, text},
};
use bundle::Bundle;
use egui::{Color32, Ui};
use ghosts::Ghosts;
use jiff::Timestamp;
use shared::Draft;
use std::{path::PathBuf, sync::Arc};
use timeline::Timelines;

/// Agents that are listed; nobody reads more.
const LISTED: usize = 200;

/// The page.
pub(super) fn page() -> Box<dyn Page> {
    with_program(probe::service_program())
}

/// The page with this program of the service.
pub(super) fn with_program(program: Option<PathBuf>) -> Box<dyn Page> {
    Box::new(Live {
        file: None,
        follow: None,
        seen: None,
        ghosts: Ghosts::default(),
        timelines: Timelines::default(),
        bundle: Bundle::new(program),
    })
}

struct Live {
    /// The file that the service has, and where that says it is.
    file: Option<(Arc<Draft>, Option<Place>)>,
    follow: Option<Job<Result<Status, Trouble>>>,
    seen: Option<Result<Status, Trouble>>,
    ghosts: Ghosts,
    timelines: Timelines,
    bundle: Bundle,
}

impl Page for Live {
    fn card(&self) -> Card {
        Card { id: PageId("live"), icon: icon::PULSE, sections: &[] }
    }

    fn show(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        form::title(ui, context, self.id());
        self.follow(context);
        self.state(ui, context);
        self.bundle.show(ui, context);
    }

    fn leave(&mut self) {
        (self.follow, self.seen, self.ghosts, self.timelines) = (None, None, Ghosts::default(), Timelines::default());
    }
}

impl Live {
    /// What the service says of itself, or why it does not.
    fn state(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some((_, Some(place))) = &self.file else {
            return facts::line(ui, icon::INFO, theme::palette(ui).muted, &context.text("live-any-port"));
        };
        let address = place.url();
        let asks = if place.far.is_some() { "live-asks-far" } else { "live-asks" };
        text::muted(ui, &context.language.text_with(asks, [("address", address.clone().into())]));
        match &self.seen {
            None => facts::line(ui, icon::CLOCK, theme::palette(ui).muted, &context.text("live-waiting")),
            Some(Err(trouble)) => facts::line(ui, icon::WARNING_CIRCLE, theme::palette(ui).error, &said(context, trouble, &address)),
            Some(Ok(status)) => show(ui, context, status, |ui| {
                self.ghosts.show(ui, context, place, &status.agents);
                self.timelines.show(ui, context, place, &status.agents);
            }),
        }
    }

    /// The service works by what is on the disk, not by what is being edited.
    fn follow(&mut self, context: &Context<'_>) {
        let saved = context.model.saved();
        if self.file.as_ref().is_none_or(|(draft, _)| !Arc::ptr_eq(draft, saved)) {
            let place = Place::of_document(context.model);
            if self.file.as_ref().is_none_or(|(_, before)| *before != place) {
                self.leave();
            }
            self.file = Some((Arc::clone(saved), place));
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
    }
}

/// `more` is what stands behind the agents.
fn show(ui: &mut Ui, context: &Context<'_>, status: &Status, more: impl FnOnce(&mut Ui)) {
    let palette = theme::palette(ui);
    if status.version != env!("CARGO_PKG_VERSION") {
        let values = [("version", status.version.clone().into()), ("ours", env!("CARGO_PKG_VERSION").into())];
        facts::line(ui, icon::WARNING, palette.warning, &context.language.text_with("live-version", values));
    }
    text::section(ui, &context.text("live-health"));
    for part in &status.health.parts {
        let (glyph, colour, word) = match (part.up, part.degraded) {
            (false, _) => (icon::WARNING_CIRCLE, palette.error, "live-down"),
            (true, true) => (icon::WARNING, palette.warning, "live-degraded"),
            (true, false) => (icon::CHECK_CIRCLE, palette.ok, "live-up"),
        };
        let name = context.language.find(&format!("live-part-{}", part.name), None).unwrap_or_else(|| part.name.clone());
        let repair = part.repair.as_ref().map(|repair| format!("; {repair}")).unwrap_or_default();
        facts::sign(ui, glyph, colour, &name, &format!("{}: {}{repair}", context.text(word), part.detail));
    }
    if status.store.degraded.is_some() {
        facts::line(ui, icon::WARNING, palette.warning, &context.text("live-store-degraded"));
    }
    if let Some(said) = &status.store.set_aside {
        facts::line(
            ui,
            icon::WARNING,
            palette.warning,
            &context.language.text_with("live-store-set-aside", [("why", said.clone().into())]),
        );
    }
    let file = status.file.clone().unwrap_or_else(|| context.text("live-built-in"));
    facts::fact(ui, &context.text("live-file"), &file);
    facts::fact(ui, &context.text("live-since"), &format!("{} ({})", when(status.started), status.version));
    reload(ui, context, &status.reload);
    agents(ui, context, status);
    more(ui);
    delivery(ui, context, status);
    events(ui, context, &status.events);
}

fn reload(ui: &mut Ui, context: &Context<'_>, reload: &Reload) {
    let palette = theme::palette(ui);
    text::section(ui, &context.text("live-reload"));
    let (glyph, colour, key) = match reload.result {
        ReloadResult::Started => (icon::CHECK_CIRCLE, palette.ok, "live-reload-started"),
        ReloadResult::Applied => (icon::CHECK_CIRCLE, palette.ok, "live-reload-applied"),
        ReloadResult::Rejected => (icon::WARNING_CIRCLE, palette.error, "live-reload-rejected"),
        ReloadResult::Unknown => (icon::QUESTION, palette.muted, "live-reload-unknown"),
    };
    facts::line(ui, glyph, colour, &context.language.text_with(key, [("when", when(reload.at).into())]));
    for change in &reload.changes {
        facts::fact(ui, "", change);
    }
    for finding in &reload.findings {
        let (glyph, colour) =
            if finding.severity == "error" { (icon::WARNING_CIRCLE, palette.error) } else { (icon::WARNING, palette.warning) };
        let translated = |key: String, own: &str| context.language.find(&key, None).unwrap_or_else(|| own.to_owned());
        let said = translated(format!("finding-{}", finding.id), &finding.text);
        let repair = translated(format!("finding-{}.repair", finding.id), &finding.repair);
        facts::line(ui, glyph, colour, &format!("{}: {said}. {repair}", finding.path));
    }
}

fn agents(ui: &mut Ui, context: &Context<'_>, status: &Status) {
    let (agents, calls) = (status.agents.len().to_string(), status.calls.to_string());
    let heading = context.language.text_with("live-agents", [("agents", agents.into()), ("calls", calls.into())]);
    text::section(ui, &heading);
    if status.agents.is_empty() {
        return text::muted(ui, &context.text("live-no-agents"));
    }
    let titles = ["live-agent", "live-workmode", "live-calls", "live-agent-since"].map(|key| context.text(key));
    let row = |agent: &Agent| {
        let calls: Vec<_> = agent.calls.iter().map(|call| format!("{} {}", call.item, call_word(context, &call.status))).collect();
        [agent.user.clone(), format!("{} – {}", agent.workmode, agent.workmode_text), calls.join(", "), when(agent.since)]
    };
    let rows: Vec<_> = status.agents.iter().take(LISTED).map(row).collect();
    facts::table(ui, &titles, [1.2, 1.6, 2.0, 1.6], &rows);
    if status.agents.len() > LISTED {
        let more = (status.agents.len() - LISTED).to_string();
        text::muted(ui, &context.language.text_with("live-more", [("count", more.into())]));
    }
}

fn call_word(context: &Context<'_>, status: &str) -> String {
    context.language.find(&format!("live-call-{}", status.replace('_', "-")), None).unwrap_or_else(|| status.to_owned())
}

fn delivery(ui: &mut Ui, context: &Context<'_>, status: &Status) {
    text::section(ui, &context.text("live-delivery"));
    let figures = &status.delivery;
    for (key, figure) in [
        ("live-lanes", figures.lanes),
        ("live-waits", figures.waiting),
        ("live-delivered", figures.delivered),
        ("live-rejected", figures.rejected),
        ("live-failed", figures.failed),
        ("live-coalesced", figures.coalesced),
        ("live-dropped", figures.dropped),
    ] {
        facts::fact(ui, &context.text(key), &figure.to_string());
    }
    if figures.destinations.is_empty() {
        return;
    }
    let titles = ["live-destination", "live-destination-state", "live-destination-lanes", "live-waits"].map(|key| context.text(key));
    let row = |machine: &Destination| {
        let state = match (&machine.failure, machine.reached) {
            (_, true) => context.text("live-reached"),
            (why, false) => {
                let values = [("times", machine.failures.to_string().into()), ("why", why.clone().unwrap_or_default().into())];
                context.language.text_with("live-not-reached", values)
            }
        };
        [machine.host.clone(), state, machine.lanes.to_string(), machine.waiting.to_string()]
    };
    let rows: Vec<_> = figures.destinations.iter().map(row).collect();
    facts::table(ui, &titles, [1.4, 2.6, 1.0, 1.2], &rows);
}

fn events(ui: &mut Ui, context: &Context<'_>, events: &[Happening]) {
    text::section(ui, &context.text("live-events"));
    if events.is_empty() {
        return text::muted(ui, &context.text("live-no-events"));
    }
    for event in events.iter().rev() {
        let (glyph, colour) = level(ui, &event.level);
        facts::sign(ui, glyph, colour, &when(event.at), &event.text);
    }
}

fn level(ui: &Ui, level: &str) -> (char, Color32) {
    let palette = theme::palette(ui);
    match level {
        "error" => (icon::WARNING_CIRCLE, palette.error),
        "warning" => (icon::WARNING, palette.warning),
        _ => (icon::INFO, palette.muted),
    }
}

/// Why a service does not tell, and what to do.
pub(super) fn said(context: &Context<'_>, trouble: &Trouble, address: &str) -> String {
    let (key, why) = match trouble {
        Trouble::Down(why) => ("live-trouble-down", why.as_str()),
        Trouble::Token => ("live-trouble-token", ""),
        Trouble::NoToken(why) => ("live-trouble-no-token", why.as_str()),
        Trouble::Elsewhere => ("live-trouble-elsewhere", ""),
        Trouble::Foreign => ("live-trouble-foreign", ""),
        Trouble::Refused(why) => ("live-trouble-refused", why.as_str()),
    };
    context.language.text_with(key, [("address", address.to_owned().into()), ("why", why.to_owned().into())])
}

/// A time as people read it.
pub(super) fn when(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| String::new(), |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

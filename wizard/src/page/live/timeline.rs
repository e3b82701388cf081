//! The timeline of one agent on the page *Live*: SAP's side and the switch's side of what went on with him, in two lanes on one axis, the
//! latest first.

use super::{call_word, said};
use crate::{
    icon,
    jobs::Job,
    page::Context,
    running::{Agent, Entry, Place, REMEMBERED, States, Timeline, Trouble},
    theme,
    widget::{button, facts, modal, picker, text},
};
use egui::{Align, Align2, Color32, FontId, Id, Key, Label, Layout, RichText, ScrollArea, TextStyle, Ui, vec2};
use jiff::Timestamp;
use std::{cmp::Reverse, collections::BTreeSet};

/// Width of the field for the agent, in points.
const FIELD: f32 = 250.0;
/// Width of a time.
const TIME: f32 = 96.0;
/// Room for a sign before what is in a lane.
const SIGN: f32 = 22.0;
/// Height of what is seen of the lanes at once.
const HEIGHT: f32 = 420.0;
/// Room for the bar by which it is scrolled.
const BAR: f32 = 14.0;
/// Height of a line.
const LINE: f32 = 20.0;

/// What is shown.
#[derive(Default)]
pub(super) struct Timelines {
    /// What stands in the field.
    typed: String,
    /// Whose timeline is asked for.
    chosen: String,
    /// Who has one, those included who have logged off.
    owners: Vec<String>,
    asked: Option<Job<Vec<String>>>,
    follow: Option<Job<Result<Option<Timeline>, Trouble>>>,
    seen: Option<Result<Option<Timeline>, Trouble>>,
    /// The entry whose messages are shown.
    open: Option<Entry>,
    focused: bool,
}

/// The two lanes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Sap,
    Switch,
}

/// What stands in a lane.
struct Cell {
    side: Side,
    glyph: char,
    colour: Color32,
    /// For those who do not see in which lane it stands.
    spoken: String,
    shown: String,
}

// === impl Timelines ===

impl Timelines {
    /// Asks for an agent, and shows what is known of him.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, place: &Place, agents: &[Agent]) {
        text::section(ui, &context.text("live-timeline"));
        text::muted(ui, &context.text("live-timeline-help"));
        self.poll();
        self.ask(ui, context, place, agents);
        let palette = theme::palette(ui);
        match &self.seen {
            None if self.follow.is_some() => facts::line(ui, icon::CLOCK, palette.muted, &context.text("live-waiting")),
            None => {}
            Some(Err(trouble)) => facts::line(ui, icon::WARNING_CIRCLE, palette.error, &said(context, trouble, &place.url())),
            Some(Ok(None)) => {
                let values = [("user", self.chosen.clone().into())];
                facts::line(ui, icon::INFO, palette.muted, &context.language.text_with("live-timeline-none", values));
            }
            Some(Ok(Some(timeline))) => {
                if let Some(entry) = list(ui, context, timeline) {
                    (self.open, self.focused) = (Some(entry), false);
                }
            }
        }
        self.messages(ui, context);
    }

    fn poll(&mut self) {
        if let Some(owners) = self.asked.as_mut().and_then(|job| job.poll().pop()) {
            (self.owners, self.asked) = (owners, None);
        }
        if let Some(seen) = self.follow.as_mut().and_then(|job| job.poll().pop()) {
            self.seen = Some(seen);
        }
    }

    fn ask(&mut self, ui: &mut Ui, context: &Context<'_>, place: &Place, agents: &[Agent]) {
        let known: BTreeSet<_> = agents.iter().map(|agent| &agent.user).chain(&self.owners).cloned().collect();
        let known: Vec<_> = known.into_iter().collect();
        ui.horizontal(|ui| {
            let (name, hint) = (context.text("live-timeline-agent"), context.text("live-timeline-hint"));
            let look = picker::Look { name: &name, hint: &hint, width: FIELD, language: context.language };
            let shown = picker::show(ui, Id::unique("the agent of the timeline"), &mut self.typed, &known, &look);
            let response = shown.response.accessible_name(&name);
            if response.gained_focus() {
                // Without a thread only those who are logged on are proposed.
                self.asked = place.clone().timelines(context.jobs).ok();
            }
            let enter = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if enter {
                // Return would take the focus away, and who goes on by Tab would begin at the top of the window.
                response.request_focus();
            }
            let wanted = self.typed.trim().to_owned();
            let go = button::enabled(ui, !wanted.is_empty(), None, &context.text("live-timeline-show")).clicked();
            if (go || enter || shown.picked) && !wanted.is_empty() && wanted != self.chosen {
                (self.chosen, self.seen, self.open) = (wanted, None, None);
                match place.clone().timeline(context.jobs, &self.chosen) {
                    Ok(job) => self.follow = Some(job),
                    Err(error) => (self.follow, self.seen) = (None, Some(Err(Trouble::Down(error.to_string())))),
                }
            }
        });
    }

    /// The messages of one entry.
    fn messages(&mut self, ui: &Ui, context: &Context<'_>) {
        let Some(entry) = &self.open else { return };
        let mut over = false;
        let title = format!("{} {}", when(entry.at_ms), entry.name);
        let focused = &mut self.focused;
        let ((), escape) = modal::show(ui.ctx(), Id::unique("messages of an entry"), &title, 560.0, |ui| {
            ui.add(Label::new(what(context, entry)).wrap());
            let height = theme::smallest_window().y * 0.5;
            ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(ui, |ui| {
                for (key, message) in [("live-timeline-message", &entry.message), ("live-timeline-answer", &entry.answer)] {
                    if let Some(message) = message {
                        ui.add_space(8.0);
                        let length = message.length.to_string();
                        text::muted(ui, &context.language.text_with(key, [("length", length.into())]));
                        ui.add(Label::new(RichText::new(&message.text).text_style(TextStyle::Monospace)).wrap().selectable(true));
                    }
                }
            });
            modal::buttons(ui, |ui| {
                let close = button::primary(ui, true, &context.text("answer-close"));
                modal::focus(&close, focused);
                over = close.clicked();
            });
        });
        if over || escape {
            self.open = None;
        }
    }
}

// === impl Side ===

impl Side {
    fn key(self) -> &'static str {
        match self {
            Self::Sap => "live-timeline-sap",
            Self::Switch => "live-timeline-switch",
        }
    }
}

/// Both lanes; the entry whose messages are asked for.
fn list(ui: &mut Ui, context: &Context<'_>, timeline: &Timeline) -> Option<Entry> {
    let mut entries: Vec<_> = timeline.entries.iter().collect();
    entries.sort_by_key(|entry| Reverse((entry.at_ms, entry.number)));
    let lane = (ui.available_width() - TIME - theme::CONTROL - BAR) / 2.0;
    let palette = theme::palette(ui);
    let mut asked = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 4.0);
        ui.horizontal(|ui| {
            let titles = [(TIME, 0.0, "live-timeline-time"), (lane, SIGN, Side::Sap.key()), (lane, SIGN, Side::Switch.key())];
            for (width, indent, key) in titles {
                cell(ui, width, |ui| {
                    ui.add_space(indent);
                    let title = RichText::new(context.text(key)).font(FontId::new(12.0, theme::medium())).color(palette.muted);
                    ui.add(Label::new(title).wrap());
                });
            }
        });
        // What else the page tells is not to be pushed away.
        let lanes = ScrollArea::vertical().id_salt("timeline").max_height(HEIGHT).min_scrolled_height(HEIGHT);
        lanes.auto_shrink([false, true]).show(ui, |ui| {
            for entry in entries {
                // The focus stays with its entry when others come above it.
                ui.push_id(entry.number, |ui| {
                    ui.horizontal_top(|ui| {
                        cell(ui, TIME, |ui| {
                            ui.add(Label::new(RichText::new(when(entry.at_ms)).color(palette.muted)));
                        });
                        let cells = cells(ui, context, entry);
                        for side in [Side::Sap, Side::Switch] {
                            let here = cells.iter().find(|cell| cell.side == side);
                            cell(ui, lane, |ui| here.into_iter().for_each(|cell| cell.show(ui)));
                        }
                        if entry.message.is_some() || entry.answer.is_some() {
                            let label = context.language.text_with("live-timeline-open", [("name", entry.name.clone().into())]);
                            if button::icon(ui, icon::MAGNIFYING_GLASS, &label, false).clicked() {
                                asked = Some(entry.clone());
                            }
                        }
                    })
                });
            }
        });
    });
    if timeline.forgotten > 0 || timeline.entries.len() >= REMEMBERED {
        text::muted(ui, &context.language.text_with("live-timeline-left", [("user", timeline.user.clone().into())]));
    }
    asked
}

fn cell(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, LINE), Layout::left_to_right(Align::Min), |ui| {
        ui.set_min_width(width);
        ui.set_max_width(width - 8.0);
        content(ui);
    });
}

/// What of an entry stands in which lane.
fn cells(ui: &Ui, context: &Context<'_>, entry: &Entry) -> Vec<Cell> {
    let palette = theme::palette(ui);
    if let Some(states) = &entry.states {
        let lanes = [(Side::Sap, sap_has(context, states)), (Side::Switch, switch_has(context, states))];
        return lanes
            .map(|(side, shown)| Cell {
                spoken: format!("{}: {shown}", context.text(side.key())),
                side,
                glyph: icon::INFO,
                colour: palette.muted,
                shown,
            })
            .into();
    }
    let colour = match entry.outcome.as_str() {
        "fault" | "refused" | "timeout" | "unavailable" | "rejected" | "gone" | "failed" | "lost" | "down" => palette.error,
        "reconnecting" | "replaces" => palette.warning,
        _ => palette.muted,
    };
    let (side, glyph, key) = match entry.kind.as_str() {
        "command" => (Side::Sap, icon::ARROW_RIGHT, "live-timeline-command"),
        "event" => (Side::Sap, icon::ARROW_LEFT, "live-timeline-event"),
        "request" => (Side::Switch, icon::ARROW_RIGHT, "live-timeline-request"),
        "said" => (Side::Switch, icon::ARROW_LEFT, "live-timeline-said"),
        _ => (Side::Sap, icon::INFO, "live-timeline-session"),
    };
    let shown = what(context, entry);
    vec![Cell { side, glyph, colour, spoken: format!("{}: {shown}", context.text(key)), shown }]
}

/// An entry in one line.
fn what(context: &Context<'_>, entry: &Entry) -> String {
    let mut about: Vec<&str> = [&entry.item, &entry.interaction].into_iter().flatten().map(String::as_str).collect();
    about.dedup();
    let took = entry.took_ms.map(|took| format!("{took:.1} ms")).unwrap_or_default();
    let parts = [entry.name.as_str(), &about.join(" / "), &outcome_word(context, &entry.outcome), &took, &entry.detail];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn outcome_word(context: &Context<'_>, outcome: &str) -> String {
    let own = context.language.find(&format!("live-outcome-{}", outcome.replace('_', "-")), None);
    own.unwrap_or_else(|| call_word(context, outcome))
}

fn sap_has(context: &Context<'_>, states: &States) -> String {
    let told = states.items.iter().filter_map(|item| Some(format!("{} {}", item.item, call_word(context, item.told.as_ref()?))));
    let workmode = format!("{} – {}", states.workmode, states.workmode_text);
    std::iter::once(workmode).chain(told).collect::<Vec<_>>().join(", ")
}

fn switch_has(context: &Context<'_>, states: &States) -> String {
    let mut has = vec![states.status.clone()];
    for item in &states.items {
        has.push(format!("{} {}", item.interaction.as_ref().unwrap_or(&item.item), call_word(context, &item.state)));
    }
    if states.connection != "up" {
        let state = outcome_word(context, &states.connection);
        has.push(context.language.text_with("live-timeline-line", [("state", state.into())]));
    }
    has.retain(|part| !part.is_empty());
    has.join(", ")
}

/// A time as people read it; the day is today's nearly always.
fn when(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| String::new(), |time| time.strftime("%H:%M:%S%.3f").to_string())
}

// === impl Cell ===

impl Cell {
    fn show(&self, ui: &mut Ui) {
        let at = ui.cursor().left_top() + vec2(8.0, LINE / 2.0 - 1.0);
        ui.painter().text(at, Align2::CENTER_CENTER, self.glyph, FontId::new(15.0, theme::icons()), self.colour);
        ui.add_space(SIGN);
        let response = ui.add(Label::new(RichText::new(&self.shown)).wrap());
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(self.spoken.clone()));
    }
}

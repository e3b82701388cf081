//! Records (guide, "How do I check synchronization status for selected records?"): every record with its status, found by name, kind and status;
//! and of one of them all that is known, with what was done to it.

use super::{desk::Desk, details::Details, words};
use crate::{
    icon,
    jobs::Job,
    language::Language,
    page::{Context, live},
    running::{
        Place, Trouble,
        bridge::{Explained, Order, Record, Seen},
    },
    theme,
    widget::{
        button, facts,
        rows::Column,
        sheet::{Cell, Deed, Sheet},
        text,
    },
};
use egui::{ComboBox, Id, Margin, TextEdit, Ui};
use serde_json::Value;
use std::sync::Arc;

/// Height of the list, in points.
const HEIGHT: f32 = 360.0;
/// Width of the search.
const FIELD: f32 = 220.0;
/// What was done to one record is shown so far back.
const PAST: usize = 10;
const KINDS: [&str; 6] = ["user", "queue", "skill", "language", "wrap_up_code", "oauth_client"];
const STATUSES: [&str; 3] = ["Synced", "Error", "Not synced"];

/// What is remembered between frames.
#[derive(Default)]
pub(super) struct Records {
    typed: String,
    kind: Option<&'static str>,
    status: Option<&'static str>,
    chosen: Option<String>,
    found: Option<Found>,
    asked: Option<Asked>,
    explained: Option<Result<Option<Explained>, Trouble>>,
    copied: bool,
}

/// What fits search and choices.
struct Found {
    of: (Arc<Vec<Record>>, String, Option<&'static str>, Option<&'static str>, Language),
    places: Vec<usize>,
}

/// A record that was asked for, with the list in which it was chosen: with another list it is asked for again.
struct Asked {
    record: String,
    list: Arc<Vec<Record>>,
    job: Option<Job<Result<Option<Explained>, Trouble>>>,
}

impl Records {
    /// Draws them.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, place: &Place, seen: &Seen, desk: &mut Desk) {
        self.filter(ui, context);
        self.find(context, &seen.records);
        let records = &seen.records;
        let places = self.found.as_ref().map(|found| found.places.as_slice()).unwrap_or_default();
        let values = [("shown", places.len().to_string().into()), ("all", records.len().to_string().into())];
        text::muted(ui, &context.language.text_with("cloud-shown", values));
        let at = |place: usize| places.get(place).and_then(|index| records.get(*index));
        let chosen = self.chosen.as_ref().and_then(|id| (0..places.len()).find(|place| at(*place).is_some_and(|one| one.record == *id)));
        let columns = [("cloud-status", 1.3), ("cloud-kind", 0.9), ("cloud-name", 1.3), ("cloud-last-synced", 1.85), ("cloud-why", 1.9)]
            .map(|(key, share)| Column { title: context.text(key), share });
        let palette = theme::palette(ui);
        let empty = context.text(if records.is_empty() { "cloud-records-empty" } else { "cloud-nothing-found" });
        let sheet = Sheet {
            id: Id::unique("records of the bridge"),
            height: HEIGHT,
            columns: &columns,
            count: places.len(),
            chosen,
            empty: &empty,
        };
        let deed = sheet.show(ui, |place| {
            let Some(record) = at(place) else { return Vec::new() };
            let (kind, name) = words::split(&record.record);
            let status = Cell { text: words::status(context, &record.status), sign: Some(words::status_sign(palette, &record.status)) };
            let texts = [
                words::kind(context, kind),
                name.to_owned(),
                words::when(context, record.last_synced),
                words::reasons(context, &record.reasons),
            ];
            std::iter::once(status).chain(texts.into_iter().map(Cell::from)).collect()
        });
        if let Some(Deed::Choose(place) | Deed::Open(place)) = deed {
            (self.chosen, self.copied) = (at(place).map(|record| record.record.clone()), false);
        }
        self.explain(ui, context, place, records, desk);
    }

    fn filter(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.horizontal_wrapped(|ui| {
            let name = context.text("cloud-search");
            let edit = TextEdit::singleline(&mut self.typed).hint_text(&name).desired_width(FIELD).margin(Margin::symmetric(10, 7));
            ui.add(edit).accessible_name(name);
            choice(ui, context, "cloud-kind", "cloud-kind-all", &KINDS, &mut self.kind, |word| words::kind(context, word));
            choice(ui, context, "cloud-status", "cloud-status-all", &STATUSES, &mut self.status, |word| words::status(context, word));
        });
    }

    fn find(&mut self, context: &Context<'_>, records: &Arc<Vec<Record>>) {
        let is_fresh = |found: &Found| {
            let (list, typed, kind, status, language) = &found.of;
            Arc::ptr_eq(list, records) && (typed, *kind, *status, *language) == (&self.typed, self.kind, self.status, context.language)
        };
        if self.found.as_ref().is_some_and(is_fresh) {
            return;
        }
        let wanted = self.typed.trim().to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        let fits = |record: &Record| {
            let (kind, name) = words::split(&record.record);
            self.kind.is_none_or(|wanted| wanted == kind)
                && self.status.is_none_or(|wanted| wanted == record.status)
                && (wanted.is_empty()
                    || has(name)
                    || has(&words::reasons(context, &record.reasons))
                    || record.cloud.as_deref().is_some_and(has)
                    || record.correlation.as_deref().is_some_and(has))
        };
        let places = records.iter().enumerate().filter(|(_, record)| fits(record)).map(|(place, _)| place).collect();
        let of = (Arc::clone(records), self.typed.clone(), self.kind, self.status, context.language);
        self.found = Some(Found { of, places });
    }

    /// All that is known of the chosen record, asked for anew with each list.
    fn explain(&mut self, ui: &mut Ui, context: &Context<'_>, place: &Place, records: &Arc<Vec<Record>>, desk: &mut Desk) {
        let Some(record) = self.chosen.clone() else { return };
        let is_asked = |asked: &Asked| asked.record == record && Arc::ptr_eq(&asked.list, records);
        if !self.asked.as_ref().is_some_and(is_asked) {
            if self.asked.as_ref().is_none_or(|asked| asked.record != record) {
                self.explained = None;
            }
            match place.clone().explain(context.jobs, &record) {
                Ok(job) => self.asked = Some(Asked { record: record.clone(), list: Arc::clone(records), job: Some(job) }),
                Err(error) => self.explained = Some(Err(Trouble::Down(error.to_string()))),
            }
        }
        if let Some(asked) = &mut self.asked
            && let Some(explained) = asked.job.as_mut().and_then(|job| job.poll().pop())
        {
            (self.explained, asked.job) = (Some(explained), None);
        }
        let palette = theme::palette(ui);
        text::section(ui, &words::record(context, &record));
        let details = match &self.explained {
            None => return facts::line(ui, icon::CLOCK, palette.muted, &context.text("live-waiting")),
            Some(Err(trouble)) => return facts::line(ui, icon::WARNING_CIRCLE, palette.error, &live::said(context, trouble, &place.url())),
            Some(Ok(None)) => return facts::line(ui, icon::INFO, palette.muted, &context.text("cloud-record-gone")),
            Some(Ok(Some(explained))) => of_record(context, explained),
        };
        ui.horizontal_wrapped(|ui| {
            if button::enabled(ui, !desk.is_busy(), Some(icon::ARROWS_CLOCKWISE), &context.text("cloud-sync-now")).clicked() {
                desk.order(Order::Sync(record.clone()));
            }
            self.copied |= details.copy(ui, context);
            if self.copied {
                text::muted(ui, &context.text("cloud-copied"));
            }
        });
        desk.show(ui, context, None, |order| *order == Order::Sync(record.clone()));
        details.body(ui);
    }
}

fn choice(
    ui: &mut Ui,
    context: &Context<'_>,
    name: &str,
    all: &str,
    words: &[&'static str],
    chosen: &mut Option<&'static str>,
    said: impl Fn(&str) -> String,
) {
    let (name, all) = (context.text(name), context.text(all));
    let shown = chosen.map_or_else(|| all.clone(), &said);
    let combo = ComboBox::from_id_salt(&name).width(150.0).truncate().selected_text(shown).show_ui(ui, |ui| {
        ui.selectable_value(chosen, None, &all);
        for word in words {
            ui.selectable_value(chosen, Some(word), said(word));
        }
    });
    combo.response.accessible_name(&name);
}

fn of_record(context: &Context<'_>, explained: &Explained) -> Details {
    let record = &explained.record;
    let mut details = Details::of(words::record(context, &record.record));
    details.add(context, "cloud-status", words::status(context, &record.status));
    details.add(context, "cloud-why", words::reasons(context, &record.reasons));
    details.add(context, "cloud-last-synced", words::when(context, record.last_synced));
    details.add(context, "cloud-id", record.cloud.clone().unwrap_or_else(|| context.text("cloud-not-there")));
    details.add(context, "cloud-correlation", record.correlation.clone().unwrap_or_default());
    if let Some(known) = &explained.known {
        let owner = if known.ownership == "made" { "cloud-owner-made" } else { "cloud-owner-adopted" };
        if record.cloud.is_some() {
            details.add(context, "cloud-owner", context.text(owner));
        }
        details.add(context, "cloud-removed", known.removed.map(live::when).unwrap_or_default());
    }
    if let Some(desired) = &explained.desired {
        let current = if explained.up_to_date { "cloud-written-yes" } else { "cloud-written-no" };
        details.add(context, "cloud-written-so", context.text(current));
        for (place, (field, value)) in wanted(desired).into_iter().enumerate() {
            let name = if place == 0 { context.text("cloud-should-be") } else { String::new() };
            details.facts.push((name, format!("{}: {value}", words::field(context, &field))));
        }
    }
    for (place, past) in explained.history.iter().take(PAST).enumerate() {
        let name = if place == 0 { context.text("cloud-tab-history") } else { String::new() };
        let result = past.failure.as_ref().map_or_else(|| context.text("cloud-done"), |failure| words::reason(context, failure));
        let correlation = past.correlation.as_ref().map(|id| format!(" [{id}]")).unwrap_or_default();
        let parts = [words::when(context, Some(past.at)), words::action(context, &past.action), words::reason(context, &past.reason)];
        details.facts.push((name, format!("{}: {result}{correlation}", parts.join(" · "))));
    }
    details
}

/// The fields that the switch wants of a record, as they are called in changes.
fn wanted(desired: &Value) -> Vec<(String, String)> {
    let content = desired["content"].as_object().and_then(|content| content.values().next());
    let mut fields = Vec::new();
    for (name, value) in content.and_then(Value::as_object).into_iter().flatten() {
        match (name.as_str(), value) {
            ("phones", Value::Object(phones)) => {
                fields.extend(phones.iter().map(|(kind, number)| (format!("phone {kind}"), plain(number))));
            }
            ("skills" | "languages", Value::Object(of)) => {
                fields.extend(of.iter().map(|(skill, stars)| (format!("{} {skill}", name.trim_end_matches('s')), plain(stars))));
            }
            ("fields", Value::Object(of)) => fields.extend(of.iter().map(|(field, value)| (field.clone(), plain(value)))),
            (_, Value::Array(of)) => fields.push((name.clone(), of.iter().map(plain).collect::<Vec<_>>().join(", "))),
            (_, Value::Null) => {}
            _ => fields.push((name.clone(), plain(value))),
        }
    }
    for name in ["members", "codes"] {
        let of: Vec<String> = desired["links"][name].as_array().into_iter().flatten().map(plain).collect();
        if !of.is_empty() {
            fields.push((name.to_owned(), of.join(", ")));
        }
    }
    fields
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

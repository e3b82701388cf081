//! History: what was done to which record, why, and what the organisation answered, the newest first; with an export.

use super::{details::Details, export::Export, words};
use crate::{
    icon,
    language::Language,
    page::Context,
    running::bridge::Past,
    theme,
    widget::{
        button,
        rows::Column,
        sheet::{Cell, Deed, Sheet},
        text,
    },
};
use egui::{Id, Margin, TextEdit, Ui};
use std::sync::Arc;

/// Height of the list, in points.
const HEIGHT: f32 = 360.0;
/// Width of the search.
const FIELD: f32 = 250.0;

/// What is remembered between frames.
#[derive(Default)]
pub(super) struct History {
    typed: String,
    chosen: Option<u64>,
    found: Option<Found>,
    export: Export,
    copied: bool,
}

/// What fits the search.
struct Found {
    of: (Arc<Vec<Past>>, String, Language),
    places: Vec<usize>,
}

impl History {
    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, context: &Context<'_>, history: &Arc<Vec<Past>>) {
        text::muted(ui, &context.text("cloud-history-help"));
        let name = context.text("cloud-search");
        ui.horizontal_wrapped(|ui| {
            let edit = TextEdit::singleline(&mut self.typed).hint_text(&name).desired_width(FIELD).margin(Margin::symmetric(10, 7));
            ui.add(edit).accessible_name(name.clone());
            if button::enabled(ui, !history.is_empty(), Some(icon::DOWNLOAD_SIMPLE), &context.text("cloud-export")).clicked() {
                self.export.open("jackfield-history", "csv", csv(history).into_bytes());
            }
        });
        self.find(context, history);
        let places = self.found.as_ref().map(|found| found.places.as_slice()).unwrap_or_default();
        let values = [("shown", places.len().to_string().into()), ("all", history.len().to_string().into())];
        text::muted(ui, &context.language.text_with("cloud-shown", values));
        let at = |place: usize| places.get(place).and_then(|index| history.get(*index));
        let chosen = self.chosen.and_then(|number| (0..places.len()).find(|place| at(*place).is_some_and(|past| past.number == number)));
        let columns = [("cloud-at", 1.7), ("cloud-action", 1.2), ("cloud-record", 1.8), ("cloud-result", 1.8)]
            .map(|(key, share)| Column { title: context.text(key), share });
        let palette = theme::palette(ui);
        let empty = context.text(if history.is_empty() { "cloud-history-empty" } else { "cloud-nothing-found" });
        let sheet = Sheet {
            id: Id::unique("history of the bridge"),
            height: HEIGHT,
            columns: &columns,
            count: places.len(),
            chosen,
            empty: &empty,
        };
        let deed = sheet.show(ui, |place| {
            let Some(past) = at(place) else { return Vec::new() };
            let result = match &past.failure {
                Some(failure) => Cell { text: words::reason(context, failure), sign: Some((icon::WARNING_CIRCLE, palette.error)) },
                None => Cell { text: context.text("cloud-done"), sign: Some((icon::CHECK_CIRCLE, palette.ok)) },
            };
            let record = past.record.as_deref().map(|id| words::record(context, id)).unwrap_or_default();
            let texts = [words::when(context, Some(past.at)), words::action(context, &past.action), record];
            texts.into_iter().map(Cell::from).chain([result]).collect()
        });
        if let Some(Deed::Choose(place) | Deed::Open(place)) = deed {
            (self.chosen, self.copied) = (at(place).map(|past| past.number), false);
        }
        if let Some(past) = chosen.and_then(at) {
            let details = Details::past(context, past);
            details.show(ui);
            ui.horizontal(|ui| {
                self.copied |= details.copy(ui, context);
                if self.copied {
                    text::muted(ui, &context.text("cloud-copied"));
                }
            });
        }
        self.export.show(ui, context);
    }

    fn find(&mut self, context: &Context<'_>, history: &Arc<Vec<Past>>) {
        let is_fresh = |found: &Found| Arc::ptr_eq(&found.of.0, history) && found.of.1 == self.typed && found.of.2 == context.language;
        if self.found.as_ref().is_some_and(is_fresh) {
            return;
        }
        let wanted = self.typed.trim().to_lowercase();
        let fits = |past: &Past| wanted.is_empty() || Details::past(context, past).to_text().to_lowercase().contains(&wanted);
        let places = history.iter().enumerate().filter(|(_, past)| fits(past)).map(|(place, _)| place).collect();
        self.found = Some(Found { of: (Arc::clone(history), self.typed.clone(), context.language), places });
    }
}

/// The history as a table for other programs: in English, with times by ISO 8601, the oldest first.
fn csv(history: &[Past]) -> String {
    let mut all = "number,time,cause,action,record,reason,changes,result,correlation\r\n".to_owned();
    for past in history.iter().rev() {
        let time = jiff::Timestamp::from_second(past.at).map(|at| at.to_string()).unwrap_or_default();
        let changes = past.changes.iter().map(|change| {
            let side = |value: &Option<String>| value.clone().unwrap_or_default();
            format!("{}: {} -> {}", change.field, side(&change.before), side(&change.after))
        });
        let fields = [
            past.number.to_string(),
            time,
            past.cause.clone(),
            past.action.clone(),
            past.record.clone().unwrap_or_default(),
            past.reason.text.clone(),
            changes.collect::<Vec<_>>().join("; "),
            past.failure.as_ref().map_or_else(|| "done".to_owned(), |failure| format!("failed: {}", failure.text)),
            past.correlation.clone().unwrap_or_default(),
        ];
        all.push_str(&fields.map(|field| quoted(&field)).join(","));
        all.push_str("\r\n");
    }
    all
}

/// A field by RFC 4180. What a spreadsheet would take for a formula is marked as a text: names come from the switch, and are anybody's.
fn quoted(field: &str) -> String {
    let guard = if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if guard.is_empty() && !field.contains(['"', ',', '\n', '\r']) {
        return field.to_owned();
    }
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::running::bridge::{Change, Reason};

    #[test]
    fn history_is_exported_as_a_table_that_no_spreadsheet_takes_for_formulas() {
        let past = Past {
            number: 7,
            at: 0,
            cause: "timer".into(),
            record: Some("user:=CMD()".into()),
            action: "change".into(),
            reason: Reason::known_as("differs", "it says \"x\", so"),
            changes: vec![Change { field: "email".into(), before: None, after: Some("a@b".into()) }],
            failure: None,
            correlation: Some("=1+1".into()),
        };
        let expected = "number,time,cause,action,record,reason,changes,result,correlation\r\n\
                        7,1970-01-01T00:00:00Z,timer,change,user:=CMD(),\"it says \"\"x\"\", so\",email:  -> a@b,done,\"'=1+1\"\r\n";
        assert_eq!(csv(&[past]), expected);
    }
}

//! Records and events: their fields, as they were seen.

use super::{Proposer, propose};
use crate::learn::{
    records::Field,
    report::{Report, Sure},
    story::most_common,
};
use shared::profile::{
    Event, RecordKey, Slot,
    edit::{Editor, Row},
};
use std::collections::BTreeSet;

impl Proposer<'_> {
    pub(super) fn records(&self, editor: &mut Editor, report: &mut Report) {
        for (key, fields) in &self.records.fields {
            let slots = &self.profile.record(*key).fields;
            let messages = self.records.seen.get(key).copied().unwrap_or_default();
            let rows = record_rows(*key, fields, slots, messages);
            let path = format!("record[{}].fields", key.word());
            let was: Vec<_> = slots.iter().map(|slot| format!("{} = {}", slot.role.word(), slot.name)).collect();
            let is: Vec<_> = rows.iter().map(|row| format!("{} = {}", row.role.word(), row.name)).collect();
            let least = fields.iter().map(|field| Sure::of(field.score + 2.0, 2.0)).min().unwrap_or(Sure::Guess);
            if was == is {
                report.confirmed.push(path);
            } else {
                propose(report, path, &was.join(", "), &is.join(", "), least, &format!("{messages} samples"));
            }
            editor.record(*key, &rows, &least.confidence(messages));
        }
        for (key, name) in &self.records.strange {
            report.unknown.push(format!("record[{}]: `{name}` was seen, and Jackfield has nothing to write there", key.word()));
        }
    }

    pub(super) fn events(&self, editor: &mut Editor, report: &mut Report) {
        for known in &self.records.events {
            let group = &self.traffic.events[known.group];
            let event = self.profile.event(known.key);
            let path = format!("event[{}]", known.key.word());
            let messages = group.places.len();
            let sure = Sure::of(known.score + 3.0, 2.0);
            let actions: Vec<&str> =
                self.traffic.of(group).filter_map(|exchange| exchange.action.as_deref()).filter(|action| action.is_ascii()).collect();
            let action = most_common(&actions).unwrap_or_else(|| event.action.clone());
            let why = format!("{messages} messages");
            for (what, was, is) in [
                ("name", &event.name, &group.asked.name),
                ("namespace", &event.namespace, &group.asked.namespace),
                ("action", &event.action, &action),
            ] {
                if was != is {
                    propose(report, format!("{path}.{what}"), was, is, sure, &why);
                }
            }
            let rows = event_rows(known.key.parameters().len(), &known.parameters, event, messages);
            let was: Vec<_> = event.parameters.iter().map(|slot| format!("{} = {}", slot.role.word(), slot.name)).collect();
            let is: Vec<_> = rows.iter().map(|row| format!("{} = {}", row.role.word(), row.name)).collect();
            if was != is {
                propose(report, format!("{path}.parameters"), &was.join(", "), &is.join(", "), sure, &why);
            }
            for name in &known.strange {
                report.unknown.push(format!("{path}: `{name}` was seen, and Jackfield has nothing to write there"));
            }
            editor.event(known.key, &group.asked.name, &group.asked.namespace, &action, Some(&rows), &sure.confidence(messages));
        }
    }
}

/// The fields of a record as they were seen.
fn record_rows(key: RecordKey, fields: &[Field], slots: &[Slot], messages: usize) -> Vec<Row> {
    let seen: BTreeSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let row = |field: &Field| {
        let old = slots.iter().find(|slot| slot.role == field.role);
        Row {
            role: field.role,
            name: field.name.clone(),
            aliases: aliases(old, &field.name, &seen),
            kind: field.kind.to_string(),
            required: false,
            confidence: Sure::of(field.score + 2.0, 2.0).confidence(messages),
        }
    };
    let mut rows: Vec<Row> = fields.iter().map(row).collect();
    // The first field is the one without which a record cannot be told from another.
    if let Some((role, _)) = key.fields().first()
        && !rows.iter().any(|row| row.role == *role)
        && let Some(slot) = slots.iter().find(|slot| slot.role == *role)
    {
        rows.insert(
            0,
            Row {
                role: slot.role,
                name: slot.name.clone(),
                aliases: Vec::new(),
                kind: slot.kind.to_string(),
                required: false,
                confidence: slot.confidence.to_string(),
            },
        );
    }
    dedupe(&mut rows);
    rows
}

/// The parameters of an event as they were seen, and those that it needs besides.
fn event_rows(needed: usize, parameters: &[Field], event: &Event, messages: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = parameters
        .iter()
        .map(|field| Row {
            role: field.role,
            name: field.name.clone(),
            aliases: Vec::new(),
            kind: field.kind.to_string(),
            required: false,
            confidence: Sure::of(field.score + 2.0, 2.0).confidence(messages),
        })
        .collect();
    for slot in event.parameters.iter().take(needed) {
        if !rows.iter().any(|row| row.role == slot.role || row.name == slot.name) {
            rows.push(Row {
                role: slot.role,
                name: slot.name.clone(),
                aliases: Vec::new(),
                kind: slot.kind.to_string(),
                required: false,
                confidence: slot.confidence.to_string(),
            });
        }
    }
    rows
}

/// Names that are not lost by renaming: what was right elsewhere may be right here as well.
pub(super) fn aliases(old: Option<&Slot>, name: &str, seen: &BTreeSet<&str>) -> Vec<String> {
    let old = old.into_iter().flat_map(|slot| std::iter::once(&slot.name).chain(&slot.aliases));
    old.filter(|alias| *alias != name && !seen.contains(alias.as_str())).cloned().collect()
}

/// A name stands for one row only; the first one has it.
pub(super) fn dedupe(rows: &mut [Row]) {
    let mut taken: BTreeSet<String> = rows.iter().map(|row| row.name.clone()).collect();
    for row in rows {
        row.aliases.retain(|alias| taken.insert(alias.clone()));
    }
}

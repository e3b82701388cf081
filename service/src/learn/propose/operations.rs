//! Operations: their names, and what they are called with.

use super::{
    Proposer, propose,
    rows::{aliases, dedupe},
};
use crate::learn::{
    operations::Recognised,
    report::{Report, Sure},
};
use shared::profile::{
    InterfaceKey, Operation, OperationKey,
    edit::{Editor, Row},
};
use std::collections::{BTreeMap, BTreeSet};

/// An operation as it shall stand in the profile.
#[derive(Clone)]
struct Plan {
    name: String,
    aliases: Vec<String>,
    parameters: Option<Vec<Row>>,
    confidence: String,
    changed: bool,
}

impl Proposer<'_> {
    pub(super) fn operations(&self, editor: &mut Editor, report: &mut Report) {
        let mut plans: BTreeMap<OperationKey, Plan> =
            self.profile.operations().iter().map(|operation| (operation.key, Plan::of(operation))).collect();
        for found in self.recognised {
            let group = &self.traffic.commands[found.group];
            let sure = Sure::of(found.score, found.margin);
            let operation = self.profile.operation(found.key);
            let path = format!("operation[{}]", found.key.word());
            let messages = group.places.len();
            let why = format!("{messages} messages, by its values, its name and what it did");
            if operation.name == group.asked.name {
                report.confirmed.push(format!("{path}: {}", operation.name));
            } else {
                propose(report, format!("{path}.name"), &operation.name, &group.asked.name, sure, &why);
            }
            let parameters = self.parameters(found, operation, report);
            if let Some(plan) = plans.get_mut(&found.key) {
                if plan.name != group.asked.name {
                    let old = std::mem::replace(&mut plan.name, group.asked.name.clone());
                    plan.aliases.insert(0, old);
                }
                plan.parameters = Some(parameters);
                plan.confidence = sure.confidence(messages);
                plan.changed = true;
            }
        }
        disentangle(&mut plans, self.recognised);
        for (key, plan) in plans.iter().filter(|(_, plan)| plan.changed) {
            editor.operation(*key, &plan.name, &plan.aliases, plan.parameters.as_deref(), &plan.confidence);
        }
        for (key, kind) in &self.records.replies {
            let was = self.profile.operation(*key).reply.map(|kind| kind.to_string()).unwrap_or_default();
            if was != kind.to_string() {
                propose(report, format!("operation[{}].reply", key.word()), &was, &kind.to_string(), Sure::Likely, "as it was answered");
                editor.reply(*key, &kind.to_string());
            }
        }
    }

    fn parameters(&self, found: &Recognised, operation: &Operation, report: &mut Report) -> Vec<Row> {
        let path = format!("operation[{}].parameters", operation.key.word());
        let group = &self.traffic.commands[found.group];
        let messages = group.places.len();
        let seen: BTreeSet<&str> =
            found.parameters.iter().map(|parameter| parameter.name.as_str()).chain(found.strange.iter().map(String::as_str)).collect();
        let mut rows = Vec::new();
        for parameter in &found.parameters {
            let old = operation.parameters.iter().find(|slot| slot.role == parameter.role);
            let sure = Sure::of(parameter.score + 3.0, 2.0);
            rows.push(Row {
                role: parameter.role,
                name: parameter.name.clone(),
                aliases: aliases(old, &parameter.name, &seen),
                kind: old.map_or(parameter.kind, |slot| slot.kind).to_string(),
                required: old.is_some_and(|slot| slot.required),
                confidence: sure.confidence(messages),
            });
        }
        for slot in &operation.parameters {
            if rows.iter().any(|row| row.role == slot.role) {
                continue;
            }
            if slot.required {
                report.unknown.push(format!("{path}: nothing that was sent looks like `{}`, which is needed", slot.role.word()));
            }
            let taken: BTreeSet<String> = rows.iter().map(|row| row.name.clone()).chain(seen.iter().map(|&name| name.to_owned())).collect();
            let mut names = std::iter::once(&slot.name).chain(&slot.aliases).filter(|name| !taken.contains(*name));
            let Some(name) = names.next() else { continue };
            rows.push(Row {
                role: slot.role,
                name: name.clone(),
                aliases: names.cloned().collect(),
                kind: slot.kind.to_string(),
                required: slot.required,
                confidence: slot.confidence.to_string(),
            });
        }
        dedupe(&mut rows);
        let was: Vec<_> = operation.parameters.iter().map(|slot| format!("{} = {}", slot.role.word(), slot.name)).collect();
        let is: Vec<_> = found.parameters.iter().map(|parameter| format!("{} = {}", parameter.role.word(), parameter.name)).collect();
        let in_order = |names: &[String]| is.iter().all(|name| names.contains(name));
        if !(in_order(&was) && was.iter().filter(|name| is.contains(name)).eq(is.iter())) {
            let least = found.parameters.iter().map(|parameter| Sure::of(parameter.score + 3.0, 2.0)).min().unwrap_or(Sure::Certain);
            propose(report, path.clone(), &was.join(", "), &is.join(", "), least, &format!("{messages} messages"));
        }
        for name in &found.strange {
            report.unknown.push(format!("{path}: {} carries `{name}`, which means nothing to Jackfield", group.asked.name));
        }
        rows
    }
}

impl Plan {
    fn of(operation: &Operation) -> Self {
        Self {
            name: operation.name.clone(),
            aliases: operation.aliases.clone(),
            parameters: None,
            confidence: operation.confidence.to_string(),
            changed: false,
        }
    }
}

/// A name that was seen for one operation is no other's any more.
fn disentangle(plans: &mut BTreeMap<OperationKey, Plan>, recognised: &[Recognised]) {
    let seen: BTreeMap<(InterfaceKey, String), OperationKey> = recognised
        .iter()
        .filter_map(|found| plans.get(&found.key).map(|plan| ((found.key.interface(), plan.name.clone()), found.key)))
        .collect();
    let mut taken: BTreeSet<(InterfaceKey, String)> = seen.keys().cloned().collect();
    for (key, plan) in plans.iter_mut() {
        let interface = key.interface();
        let others = |name: &String| seen.get(&(interface, name.clone())).is_some_and(|other| other != key);
        if others(&plan.name) {
            // Its own word, which nobody else uses, until it is seen.
            plan.name = plan.aliases.iter().find(|alias| !others(alias)).cloned().unwrap_or_else(|| key.word().replace('.', "_"));
            plan.changed = true;
        }
        let before = plan.aliases.len();
        let name = plan.name.clone();
        plan.aliases.retain(|alias| *alias != name && taken.insert((interface, alias.clone())));
        plan.changed |= plan.aliases.len() != before;
    }
}

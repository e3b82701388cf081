//! From what was recognised to a changed profile, row by row, each with its reason.

use super::{
    codes::Code,
    operations::Recognised,
    records::{Field, ListForm, Records},
    report::{Proposal, Report, Sure},
    story::most_common,
    traffic::{Class, Traffic},
};
use shared::profile::{
    Event, InterfaceKey, Operation, OperationKey, Profile, RecordKey, Slot,
    edit::{Editor, Row},
};
use std::collections::{BTreeMap, BTreeSet};

/// What was recognised, and the profile it is compared with.
pub(super) struct Proposer<'l> {
    pub(super) traffic: &'l Traffic,
    pub(super) profile: &'l Profile,
    pub(super) recognised: &'l [Recognised],
    pub(super) records: &'l Records,
    pub(super) codes: &'l [Code],
}

/// An operation as it shall stand in the profile.
#[derive(Clone)]
struct Plan {
    name: String,
    aliases: Vec<String>,
    parameters: Option<Vec<Row>>,
    confidence: String,
    changed: bool,
}

// === impl Proposer ===

impl Proposer<'_> {
    pub(super) fn write(&self, editor: &mut Editor, report: &mut Report) {
        self.interfaces(editor, report);
        self.operations(editor, report);
        self.records(editor, report);
        self.events(editor, report);
        self.codes(editor, report);
        self.style(editor, report);
        self.strangers(report);
    }

    fn interfaces(&self, editor: &mut Editor, report: &mut Report) {
        let mut homes: BTreeMap<InterfaceKey, BTreeMap<&str, (usize, f64)>> = BTreeMap::new();
        for found in self.recognised {
            let group = &self.traffic.commands[found.group];
            let home = homes.entry(found.key.interface()).or_default().entry(&group.asked.namespace).or_default();
            *home = (home.0 + group.places.len(), home.1 + found.score);
        }
        let mut taken: BTreeMap<String, InterfaceKey> = BTreeMap::new();
        for (key, namespaces) in homes {
            let Some((namespace, (messages, _))) = namespaces.iter().max_by(|one, two| one.1.1.total_cmp(&two.1.1)) else { continue };
            for (other, _) in namespaces.iter().filter(|(other, _)| *other != namespace) {
                report.unknown.push(format!("{} is also called in the namespace {other}: a profile has room for one", key.word()));
            }
            let interface = self.profile.interface(key);
            let elsewhere = self.profile.interfaces().iter().find(|other| other.key != key && other.namespace == **namespace);
            if let Some(other) =
                taken.get(*namespace).copied().or_else(|| elsewhere.map(|other| other.key).filter(|other| !self.has_moved(*other)))
            {
                report.unknown.push(format!(
                    "the namespace {namespace} serves both {} and {}: a profile has room for one; the commands are found by their names all the same",
                    other.word(),
                    key.word()
                ));
                continue;
            }
            taken.insert((*namespace).to_owned(), key);
            let actions: Vec<&str> = self
                .recognised
                .iter()
                .filter(|found| found.key.interface() == key)
                .flat_map(|found| self.traffic.of(&self.traffic.commands[found.group]))
                .filter_map(|exchange| exchange.action.as_deref())
                .filter(|action| action.is_ascii() && !action.is_empty())
                .collect();
            let different: BTreeSet<&str> = actions.iter().copied().collect();
            let action = if different.len() == 1 { actions.first().copied() } else { None };
            let path = format!("interface[{}]", key.word());
            if different.len() > 1 {
                report.unknown.push(format!("{path}.action: SAP sends {} different ones; it is not looked at", different.len()));
            }
            let sure = Sure::Certain;
            let why = format!("{messages} messages");
            if interface.namespace == **namespace && action.is_none_or(|action| action == interface.action) {
                report.confirmed.push(format!("{path}: {namespace}"));
            } else {
                propose(report, format!("{path}.namespace"), &interface.namespace, namespace, sure, &why);
                if let Some(action) = action {
                    propose(report, format!("{path}.action"), &interface.action, action, sure, &why);
                }
            }
            editor.interface(key, namespace, action, &sure.confidence(*messages));
        }
    }

    fn has_moved(&self, key: InterfaceKey) -> bool {
        self.recognised.iter().any(|found| found.key.interface() == key)
    }

    fn operations(&self, editor: &mut Editor, report: &mut Report) {
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

    fn records(&self, editor: &mut Editor, report: &mut Report) {
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

    fn events(&self, editor: &mut Editor, report: &mut Report) {
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

    fn codes(&self, editor: &mut Editor, report: &mut Report) {
        let mut tables: BTreeSet<_> = BTreeSet::new();
        for code in self.codes {
            tables.insert(code.table);
            let path = format!("codes.{}.{}", code.table.word(), code.word);
            let sure = Sure::of(code.score, 2.0);
            let was = self.profile.code(code.table, code.word).map_or("", |code| &code.id);
            if was == code.id {
                report.confirmed.push(format!("{path}: {was}"));
            } else {
                propose(report, path, was, &code.id, sure, &code.why);
            }
            editor.code(code.table, code.word, &code.id, code.text.as_deref(), &sure.confidence(1));
        }
        for table in tables {
            let of_table = || self.codes.iter().filter(move |code| code.table == table);
            for code in self.profile.codes(table).iter().filter(|code| !of_table().any(|found| found.word == code.word)) {
                let path = format!("codes.{}.{}", table.word(), code.word);
                if of_table().any(|found| found.id == code.id) {
                    // Two words with one id would be refused; nobody knows this one's.
                    editor.code(table, &code.word, &code.word, None, "placeholder");
                    report.unknown.push(format!("{path}: not seen, and its placeholder {} means something else here", code.id));
                } else {
                    report.unknown.push(format!("{path}: not seen; {} stays a placeholder", code.id));
                }
            }
        }
    }

    fn style(&self, editor: &mut Editor, report: &mut Report) {
        let style = &self.profile.style;
        let lists = &self.records.lists;
        let wrapped: Vec<&str> =
            lists.iter().filter_map(|form| if let ListForm::Wrapped(name) = form { Some(name.as_str()) } else { None }).collect();
        let repeated = lists.len() - wrapped.len();
        let names: BTreeSet<&str> = wrapped.iter().copied().collect();
        if repeated > wrapped.len() {
            change(editor, report, "array", style.array.word(), "repeated", repeated);
        } else if let Some(name) = most_common(&wrapped) {
            let by_type = names.len() > 1 && names.contains("String");
            change(editor, report, "array", style.array.word(), if by_type { "type" } else { "item" }, wrapped.len());
            if !by_type {
                change(editor, report, "item", &style.item, &name, wrapped.iter().filter(|other| **other == name).count());
                for other in names.iter().filter(|other| **other != name) {
                    report.unknown.push(format!("style.item: entries are also called `{other}`; a profile has room for one name"));
                }
            }
        }
        for (key, was, counts) in
            [("response", &style.response, &self.records.wrappers), ("response_suffix", &style.response_suffix, &self.records.suffixes)]
        {
            if let Some((name, count)) = counts.iter().max_by_key(|(_, count)| **count) {
                change(editor, report, key, was, name, *count);
            }
        }
        self.scalars(editor, report);
    }

    /// Yes and no, and times, by how they were written.
    fn scalars(&self, editor: &mut Editor, report: &mut Report) {
        let style = &self.profile.style;
        let (mut booleans, mut times) = (Vec::new(), Vec::new());
        for exchange in self.traffic.exchanges.iter().filter(|exchange| !exchange.ours) {
            for (_, leaf) in exchange.answer.iter().chain([&exchange.call]).flat_map(|node| node.leaves()) {
                match self.traffic.facts.class(leaf) {
                    Class::Boolean => booleans.push(if leaf.text.eq_ignore_ascii_case("x") { "abap" } else { "true_false" }),
                    Class::Time => times.push(if leaf.text.bytes().all(|byte| byte.is_ascii_digit()) { "abap" } else { "iso" }),
                    _ => {}
                }
            }
        }
        for (key, was, seen) in [("boolean", style.boolean.word(), booleans), ("time", style.time.word(), times)] {
            if let Some(is) = most_common(&seen) {
                change(editor, report, key, was, &is, seen.len());
            }
        }
    }

    fn strangers(&self, report: &mut Report) {
        for (at, group) in self.traffic.commands.iter().enumerate() {
            if !self.recognised.iter().any(|found| found.group == at) {
                let mut names: Vec<&str> = Vec::new();
                for child in self.traffic.of(group).flat_map(|exchange| &exchange.call.children) {
                    if !names.contains(&child.name.as_str()) {
                        names.push(&child.name);
                    }
                }
                report.unknown.push(format!(
                    "command {{{}}}{}({}), {} messages: no operation that Jackfield knows",
                    group.asked.namespace,
                    group.asked.name,
                    names.join(", "),
                    group.places.len()
                ));
            }
        }
        for (at, group) in self.traffic.events.iter().enumerate() {
            let foreign = self.traffic.of(group).any(|exchange| !exchange.ours);
            if foreign && !self.records.events.iter().any(|known| known.group == at) {
                report.unknown.push(format!(
                    "event {{{}}}{}, {} messages: none that Jackfield knows",
                    group.asked.namespace,
                    group.asked.name,
                    group.places.len()
                ));
            }
        }
    }
}

// === impl Plan ===

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

/// Names that are not lost by renaming: what was right elsewhere may be right here as well.
fn aliases(old: Option<&Slot>, name: &str, seen: &BTreeSet<&str>) -> Vec<String> {
    let old = old.into_iter().flat_map(|slot| std::iter::once(&slot.name).chain(&slot.aliases));
    old.filter(|alias| *alias != name && !seen.contains(alias.as_str())).cloned().collect()
}

/// A name stands for one row only; the first one has it.
fn dedupe(rows: &mut [Row]) {
    let mut taken: BTreeSet<String> = rows.iter().map(|row| row.name.clone()).collect();
    for row in rows {
        row.aliases.retain(|alias| taken.insert(alias.clone()));
    }
}

fn propose(report: &mut Report, path: String, was: &str, is: &str, sure: Sure, why: &str) {
    if was != is {
        report.proposed.push(Proposal { path, was: was.to_owned(), is: is.to_owned(), sure, why: why.to_owned() });
    }
}

fn change(editor: &mut Editor, report: &mut Report, key: &str, was: &str, is: &str, seen: usize) {
    let path = format!("style.{key}");
    let sure = if seen >= 3 { Sure::Certain } else { Sure::Likely };
    if was == is {
        report.confirmed.push(format!("{path}: {is}"));
        // An entry's name is not written where it is the usual one.
        if key == "item" {
            return;
        }
    } else {
        propose(report, path, was, is, sure, &format!("{seen} times"));
    }
    editor.style(key, is, &sure.confidence(seen));
}

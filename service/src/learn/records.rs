//! Which element of an answer or an event is which field: by its name, by what is in it, and by what SAP used of it later.

mod matching;

use super::{
    operations::{self, Recognised, unwrapped},
    story::Story,
    traffic::Traffic,
};
use crate::capture::tree::Node;
use matching::{Context, Used};
use shared::profile::{EventKey, Kind, Of, OperationKey, Profile, RecordKey, Role};
use std::collections::{BTreeMap, BTreeSet};

/// What was learnt of structures.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// Fields in their order; only records of which something was seen.
    pub(super) fields: BTreeMap<RecordKey, Vec<Field>>,
    /// Elements that mean nothing to us: record, name.
    pub(super) strange: BTreeSet<(RecordKey, String)>,
    /// How often each record was seen.
    pub(super) seen: BTreeMap<RecordKey, usize>,
    /// Answers that are written otherwise than the profile says.
    pub(super) replies: BTreeMap<OperationKey, Kind>,
    pub(super) events: Vec<KnownEvent>,
    /// The element in which answers stand, by how often, and what follows the operation's name.
    pub(super) wrappers: BTreeMap<String, usize>,
    pub(super) suffixes: BTreeMap<String, usize>,
    /// Lists as they were written.
    pub(super) lists: Vec<ListForm>,
}

/// A field of a record, or a parameter of an event.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) role: Role,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) score: f64,
}

/// An event that was recognised.
#[derive(Debug)]
pub(super) struct KnownEvent {
    pub(super) key: EventKey,
    /// Place in [`Traffic::events`].
    pub(super) group: usize,
    pub(super) score: f64,
    pub(super) parameters: Vec<Field>,
    pub(super) strange: Vec<String>,
}

/// How one list was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ListForm {
    /// Entries of this name in one element.
    Wrapped(String),
    /// The element itself, several times.
    Repeated,
}

/// The samples of all records, gathered before any is matched.
type Samples<'t> = BTreeMap<RecordKey, Vec<&'t Node>>;

impl Records {
    pub(super) fn new(traffic: &Traffic, story: &Story, profile: &Profile, recognised: &[Recognised]) -> Self {
        let used = Used::new(traffic, recognised);
        let mut records = Self::default();
        let mut samples = Samples::new();
        for found in recognised {
            records.answers(traffic, found, &mut samples);
        }
        for found in recognised {
            for parameter in found.parameters.iter().filter(|parameter| parameter.kind.list) {
                let Of::Record(record) = parameter.kind.of else { continue };
                let lists = traffic.of(&traffic.commands[found.group]).flat_map(|exchange| exchange.call.children.iter());
                for list in lists.filter(|child| child.name == parameter.name) {
                    let entries: Vec<&Node> = if uniform(list).is_some() { list.children.iter().collect() } else { vec![list] };
                    samples.entry(record).or_default().extend(entries.into_iter().filter(|entry| !entry.children.is_empty()));
                }
            }
        }
        let context =
            Context { facts: &traffic.facts, profile, used: &used, states: story.state_paths.values().map(String::as_str).collect() };
        records.events(traffic, &context, &mut samples);
        // A structure's structures are found with it: three rounds are as deep as any record of ours.
        for _ in 0..3 {
            let known: Vec<RecordKey> = samples.keys().copied().filter(|key| !records.fields.contains_key(key)).collect();
            for key in known {
                records.record(key, &context, &mut samples);
            }
        }
        records.lists.extend(requests(traffic, recognised));
        records
    }

    fn answers<'t>(&mut self, traffic: &'t Traffic, found: &Recognised, samples: &mut Samples<'t>) {
        let group = &traffic.commands[found.group];
        for exchange in traffic.of(group).filter(|exchange| !exchange.ours) {
            let Some(answer) = &exchange.answer else { continue };
            if let Some(suffix) = answer.name.strip_prefix(group.asked.name.as_str()).filter(|suffix| !suffix.is_empty()) {
                *self.suffixes.entry(suffix.to_owned()).or_default() += 1;
            }
            if let [only] = answer.children.as_slice() {
                *self.wrappers.entry(only.name.clone()).or_default() += 1;
            }
            let Some(kind) = found.key.answers_with() else { continue };
            let Of::Record(record) = kind.of else { continue };
            let inner = unwrapped(answer);
            if inner.children.is_empty() {
                if !inner.is_empty() && !kind.list {
                    self.replies.insert(found.key, Kind { list: false, of: Of::String });
                }
                continue;
            }
            if kind.list {
                let entries: Vec<&Node> = match uniform(inner) {
                    Some(name) => {
                        self.lists.push(ListForm::Wrapped(name.to_owned()));
                        inner.children.iter().collect()
                    }
                    None => vec![inner],
                };
                samples.entry(record).or_default().extend(entries.into_iter().filter(|entry| !entry.children.is_empty()));
            } else {
                samples.entry(record).or_default().push(inner);
            }
        }
    }

    fn events<'t>(&mut self, traffic: &'t Traffic, context: &Context<'_>, samples: &mut Samples<'t>) {
        let mut scores: Vec<(f64, usize, EventKey)> = Vec::new();
        for (at, group) in traffic.events.iter().enumerate() {
            let Some(first) = traffic.of(group).find(|exchange| !exchange.ours) else { continue };
            let leaves = first.call.leaves();
            let has_state = context.states.iter().any(|path| leaves.iter().any(|(at, _)| at == path));
            let has_item = traffic.facts.item_paths.contains_key(&group.asked);
            let has_user = leaves.iter().any(|(_, leaf)| traffic.facts.users.contains(&leaf.text));
            for key in EventKey::ALL {
                let event = context.profile.event(*key);
                let mut score = super::words::alike(&group.asked.name, &event.name) * 4.0;
                if event.name == group.asked.name && event.namespace == group.asked.namespace {
                    score += 8.0;
                }
                score += if *key == EventKey::PhoneCallChanged {
                    if has_item { 3.0 + f64::from(u8::from(has_state)) * 2.0 } else { -3.0 }
                } else if *key == EventKey::UserChanged {
                    if has_item {
                        -3.0
                    } else if has_user && leaves.len() > 3 {
                        3.0
                    } else {
                        0.0
                    }
                } else if *key == EventKey::SubscriptionEnded {
                    if has_item || leaves.len() > 5 { -4.0 } else { 1.0 }
                } else {
                    -1.0
                };
                scores.push((score, at, *key));
            }
        }
        scores.sort_by(|one, two| two.0.total_cmp(&one.0));
        for (score, group, key) in scores {
            let free = !self.events.iter().any(|event| event.group == group || event.key == key);
            if score < 3.0 || !free {
                continue;
            }
            let calls: Vec<&Node> =
                traffic.of(&traffic.events[group]).filter(|exchange| !exchange.ours).map(|exchange| &exchange.call).collect();
            let (parameters, strange) = context.matched(&calls, key.parameters(), &|role, name| {
                context
                    .profile
                    .event(key)
                    .parameters
                    .iter()
                    .find(|slot| slot.role == role)
                    .map_or(0.0, |slot| operations::names(name, slot))
            });
            for parameter in &parameters {
                if let Of::Record(record) = parameter.kind.of {
                    let inner = calls.iter().flat_map(|call| call.children.iter().filter(|child| child.name == parameter.name));
                    samples.entry(record).or_default().extend(inner.filter(|node| !node.children.is_empty()));
                } else if parameter.kind.list {
                    self.lists.extend(calls.iter().filter_map(|call| form(call, &parameter.name)));
                }
            }
            self.events.push(KnownEvent { key, group, score, parameters, strange });
        }
    }

    fn record(&mut self, key: RecordKey, context: &Context<'_>, samples: &mut Samples<'_>) {
        let nodes = samples.get(&key).cloned().unwrap_or_default();
        let (fields, strange) = context.matched(&nodes, key.fields(), &|role, name| {
            context
                .profile
                .record(key)
                .fields
                .iter()
                .find(|slot| slot.role == role)
                .map_or_else(|| super::words::role(name, role), |slot| operations::names(name, slot))
        });
        for field in &fields {
            if field.kind.list {
                self.lists.extend(nodes.iter().filter_map(|node| form(node, &field.name)));
            }
            let Of::Record(inner) = field.kind.of else { continue };
            let children = nodes.iter().flat_map(|node| node.children.iter().filter(|child| child.name == field.name));
            let entries: Vec<&Node> = children
                .flat_map(|child| match uniform(child).filter(|_| field.kind.list) {
                    Some(_) => child.children.iter().collect(),
                    None => vec![child],
                })
                .filter(|entry| !entry.children.is_empty())
                .collect();
            // What was matched already is not matched again with less.
            if !self.fields.contains_key(&inner) {
                samples.entry(inner).or_default().extend(entries);
            }
        }
        if !fields.is_empty() {
            self.seen.insert(key, nodes.len());
            self.strange.extend(strange.into_iter().map(|name| (key, name)));
            self.fields.insert(key, fields);
        }
    }

    /// The field that a role is written in.
    pub(super) fn field(&self, record: RecordKey, role: Role) -> Option<&Field> {
        self.fields.get(&record)?.iter().find(|field| field.role == role)
    }

    /// Was the event recognised?
    pub(super) fn event(&self, key: EventKey) -> Option<&KnownEvent> {
        self.events.iter().find(|event| event.key == key)
    }
}

/// The name that all children have, where that is one.
fn uniform(node: &Node) -> Option<&str> {
    let first = node.children.first()?;
    node.children.iter().all(|child| child.name == first.name).then_some(first.name.as_str())
}

/// How a list below this node is written; `None` when that cannot be seen.
fn form(node: &Node, name: &str) -> Option<ListForm> {
    let occurrences: Vec<&Node> = node.children.iter().filter(|child| child.name == name).collect();
    match occurrences.as_slice() {
        [] => None,
        [only] => {
            let entry = uniform(only)?;
            Some(ListForm::Wrapped(entry.to_owned()))
        }
        _ => Some(ListForm::Repeated),
    }
}

/// Lists in what SAP itself sends.
fn requests(traffic: &Traffic, recognised: &[Recognised]) -> Vec<ListForm> {
    let mut found = Vec::new();
    for command in recognised {
        for parameter in command.parameters.iter().filter(|parameter| parameter.kind.list) {
            found.extend(traffic.of(&traffic.commands[command.group]).filter_map(|exchange| form(&exchange.call, &parameter.name)));
        }
    }
    found
}

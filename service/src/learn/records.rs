//! Which element of an answer or an event is which field: by its name, by what is in it, and by what SAP used of it later.

use super::{
    operations::{self, Recognised, unwrapped},
    story::Story,
    traffic::{Class, Facts, Traffic},
};
use crate::capture::tree::Node;
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

/// Values that SAP used, by what for: they must have been told before.
#[derive(Debug, Default)]
pub(super) struct Used {
    pub(super) values: BTreeMap<Role, BTreeSet<String>>,
}

/// The samples of all records, gathered before any is matched.
type Samples<'t> = BTreeMap<RecordKey, Vec<&'t Node>>;

// === impl Used ===

impl Used {
    pub(super) fn new(traffic: &Traffic, recognised: &[Recognised]) -> Self {
        let mut used = Self::default();
        for found in recognised {
            for exchange in traffic.of(&traffic.commands[found.group]) {
                for parameter in &found.parameters {
                    for child in exchange.call.children.iter().filter(|child| child.name == parameter.name) {
                        let values = used.values.entry(parameter.role).or_default();
                        if child.children.is_empty() {
                            values.insert(child.text.clone());
                        } else {
                            values.extend(child.leaves().into_iter().map(|(_, leaf)| leaf.text.clone()));
                        }
                    }
                }
            }
        }
        for values in used.values.values_mut() {
            values.remove("");
        }
        used
    }

    fn any_of(&self, role: Role, nodes: &[&Node]) -> bool {
        self.values.get(&role).is_some_and(|values| {
            nodes.iter().any(|node| values.contains(&node.text) || node.leaves().iter().any(|(_, leaf)| values.contains(&leaf.text)))
        })
    }
}

// === impl Records ===

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

struct Context<'c> {
    facts: &'c Facts,
    profile: &'c Profile,
    used: &'c Used,
    states: BTreeSet<&'c str>,
}

impl Context<'_> {
    /// Gives each child its meaning, in the order in which they stand.
    fn matched(&self, nodes: &[&Node], slots: &[(Role, Kind)], named: &dyn Fn(Role, &str) -> f64) -> (Vec<Field>, Vec<String>) {
        let order = order(nodes);
        let mut scores: Vec<(f64, usize, Role, Kind)> = Vec::new();
        for (at, name) in order.iter().enumerate() {
            let children: Vec<&Node> = nodes.iter().flat_map(|node| node.children.iter().filter(|child| child.name == *name)).collect();
            let repeated = nodes.iter().any(|node| node.children.iter().filter(|child| child.name == *name).count() > 1);
            for (role, kind) in slots {
                let mut score = named(*role, name) * 4.0 + self.by_values(*role, *kind, &children, repeated);
                #[expect(clippy::cast_precision_loss, reason = "a record has few fields")]
                let place = at as f64 * 0.001;
                score -= place;
                scores.push((score, at, *role, *kind));
            }
        }
        scores.sort_by(|one, two| two.0.total_cmp(&one.0));
        let (mut taken, mut roles, mut found) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        for (score, at, role, kind) in scores {
            if score < 1.8 || taken.contains(&at) || roles.contains(&role) {
                continue;
            }
            taken.insert(at);
            roles.insert(role);
            let children: Vec<&Node> = nodes.iter().flat_map(|node| node.children.iter().filter(|child| child.name == order[at])).collect();
            found.push((at, Field { role, name: order[at].clone(), kind: written(kind, &children), score }));
        }
        found.sort_by_key(|(at, _)| *at);
        let strange = order.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, name)| name.clone()).collect();
        (found.into_iter().map(|(_, field)| field).collect(), strange)
    }

    fn by_values(&self, role: Role, kind: Kind, children: &[&Node], repeated: bool) -> f64 {
        let classes: BTreeSet<Class> =
            children.iter().map(|child| self.facts.class(child)).filter(|class| *class != Class::Empty).collect();
        if repeated && !kind.list {
            return -6.0;
        }
        let any = |role: Role| self.used.any_of(role, children);
        let is = |class: Class| classes.contains(&class);
        let leaf = |good: f64| if is(Class::Record) || is(Class::Records) || is(Class::Texts) { -4.0 } else { good };
        let has = |values: &BTreeSet<String>| {
            children.iter().any(|child| values.contains(&child.text) || child.leaves().iter().any(|(_, leaf)| values.contains(&leaf.text)))
        };
        let clue = |told: bool, good: f64, bad: f64| {
            if told {
                good
            } else if classes.is_empty() {
                0.0
            } else {
                -bad
            }
        };
        match role {
            Role::User if matches!(kind.of, Of::Record(_)) => clue(has(&self.facts.users) && is(Class::Record), 4.0, 3.0),
            Role::User => leaf(clue(is(Class::User), 4.0, 3.0)),
            Role::Item => leaf(clue(is(Class::Item), 4.0, 2.0)),
            Role::Call => clue(has(&self.facts.items), 5.0, 3.0),
            Role::Apps => clue(has(&self.facts.apps) && !has(&self.facts.items), 4.0, 2.0),
            Role::Container => leaf(clue(is(Class::Container), 3.0, 1.0)),
            Role::Containers => clue(has(&self.facts.containers), 4.0, 2.0),
            Role::Status => {
                let name = children.first().map_or("", |child| child.name.as_str());
                let told = self.states.iter().any(|path| path.split('/').any(|step| step == name));
                clue(told, 5.0, 2.0)
            }
            Role::Workmodes => clue(any(Role::Workmode) && (is(Class::Records) || is(Class::Texts)), 3.0, 2.0),
            Role::CurrentWorkmode => {
                clue(!is(Class::Records) && !is(Class::Texts) && (any(Role::Workmode) || is(Class::Digits) || is(Class::Record)), 1.5, 3.0)
            }
            Role::Channels => clue(any(Role::Channels) && is(Class::Records), 2.0, 0.5),
            Role::CurrentChannels => clue(any(Role::Channels) && !is(Class::Records), 1.0, 0.5),
            Role::Queues => clue(any(Role::Queues) && is(Class::Records), 2.0, 0.5),
            Role::CurrentQueues => clue(any(Role::Queues) && !is(Class::Records), 1.0, 0.5),
            Role::Addresses => clue(any(Role::Addresses) && (is(Class::Records) || is(Class::Record)), 2.5, 0.5),
            Role::RemoteNumbers | Role::DialedNumbers => {
                let numbers = children.iter().any(|child| {
                    child.children.is_empty() && self.facts.class(child) == Class::Number
                        || child.children.iter().any(|entry| self.facts.class(entry) == Class::Number)
                });
                clue(numbers, 2.0, 0.5)
            }
            Role::Capabilities => clue(is(Class::Texts) && !has(&self.facts.apps), 1.5, 1.0),
            Role::AttachedData => leaf(clue(is(Class::Xml), 4.0, 0.5)),
            Role::Since => leaf(clue(is(Class::Time), 4.0, 2.0)),
            Role::Description => {
                let words = children.iter().any(|child| child.text.chars().any(char::is_alphabetic) && child.text.len() > 2);
                leaf(clue(words, 1.5, 1.0))
            }
            Role::Id | Role::Channel => {
                let used = any(Role::Workmode) || any(Role::Channels) || any(Role::Queues) || is(Class::Container);
                let short = children.iter().all(|child| child.text.len() <= 12);
                leaf(if used {
                    2.0
                } else if short {
                    1.0
                } else {
                    -1.0
                })
            }
            Role::Address | Role::Number => leaf(clue(is(Class::Number) || is(Class::Digits), 1.5, 1.0)),
            _ => classes.iter().next().map_or(0.0, |class| operations::fits(role, kind, *class)),
        }
    }
}

/// Names of children in the order in which they stand, taken from the fullest sample; others follow where they were.
fn order(nodes: &[&Node]) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    let mut by_size: Vec<&&Node> = nodes.iter().collect();
    by_size.sort_by_key(|node| std::cmp::Reverse(node.children.len()));
    for node in by_size {
        let mut last: Option<usize> = None;
        for child in &node.children {
            if let Some(at) = order.iter().position(|name| *name == child.name) {
                last = Some(at);
            } else {
                let at = last.map_or(0, |at| at + 1).min(order.len());
                order.insert(at, child.name.clone());
                last = Some(at);
            }
        }
    }
    order
}

/// The kind as it is written: a structure may be its id alone.
fn written(kind: Kind, children: &[&Node]) -> Kind {
    let Of::Record(_) = kind.of else { return kind };
    let full: Vec<&&Node> = children.iter().filter(|child| !child.is_empty()).collect();
    let flat = |node: &Node| {
        if kind.list && !node.children.is_empty() {
            node.children.iter().all(|entry| entry.children.is_empty()) && uniform(node).is_some()
        } else {
            node.children.is_empty()
        }
    };
    if !full.is_empty() && full.iter().all(|child| flat(child)) { Kind { of: Of::String, ..kind } } else { kind }
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

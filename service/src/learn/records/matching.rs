//! Gives the elements of a structure their meanings: by name, by what is in them, and by what SAP used of them later.

use super::{Field, uniform};
use crate::{
    capture::tree::Node,
    learn::{
        operations::{self, Recognised},
        traffic::{Class, Facts, Traffic},
    },
};
use shared::profile::{Kind, Of, Profile, Role};
use std::collections::{BTreeMap, BTreeSet};

/// Values that SAP used, by what for: they must have been told before.
#[derive(Debug, Default)]
pub(super) struct Used {
    values: BTreeMap<Role, BTreeSet<String>>,
}

/// What every match looks at.
pub(super) struct Context<'c> {
    pub(super) facts: &'c Facts,
    pub(super) profile: &'c Profile,
    pub(super) used: &'c Used,
    pub(super) states: BTreeSet<&'c str>,
}

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

impl Context<'_> {
    /// Gives each child its meaning, in the order in which they stand.
    pub(super) fn matched(&self, nodes: &[&Node], slots: &[(Role, Kind)], named: &dyn Fn(Role, &str) -> f64) -> (Vec<Field>, Vec<String>) {
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

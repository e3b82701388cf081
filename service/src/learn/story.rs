//! What happens to each item: the states that events tell, and which command led from one to the next. So a state is known by what it follows
//! and what follows it, whatever its code is.

use super::{
    traffic::{Asked, Group, Traffic},
    words,
};
use crate::capture::{Way, tree::Node};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The states of all items.
#[derive(Debug, Default)]
pub(super) struct Story {
    /// Where an event tells the state, for each event about items.
    pub(super) state_paths: HashMap<Asked, String>,
    /// For each item: the place of the event, and the state.
    items: BTreeMap<String, Vec<(usize, String)>>,
    /// For each item: the place of the first command that names it.
    asked: HashMap<String, usize>,
    /// The first state of items that nobody had asked for.
    pub(super) offered: Option<String>,
    /// The state after which nothing comes.
    pub(super) ended: Option<String>,
    /// The state that an offered item goes to when it does not end.
    pub(super) connected: Option<String>,
}

/// A command's effect on an item: the states before and after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// A state has at most so many different codes.
const STATES: usize = 12;

// === impl Story ===

impl Story {
    pub(super) fn new(traffic: &Traffic) -> Self {
        let mut story = Self::default();
        // What Jackfield tells has Jackfield's codes: it counts only where nobody else tells anything.
        let foreign =
            |group: &Group| traffic.facts.item_paths.contains_key(&group.asked) && traffic.of(group).any(|exchange| !exchange.ours);
        let any_foreign = traffic.events.iter().any(foreign);
        for group in traffic.events.iter().filter(|group| !any_foreign || foreign(group)) {
            let Some(id_path) = traffic.facts.item_paths.get(&group.asked) else { continue };
            let Some(path) = state_path(traffic, &group.places, id_path) else { continue };
            for place in &group.places {
                let call = &traffic.exchanges[*place].call;
                if let (Some(item), Some(state)) = (value(call, id_path), value(call, &path)) {
                    story.items.entry(item).or_default().push((*place, state));
                }
            }
            story.state_paths.insert(group.asked.clone(), path);
        }
        for (place, exchange) in traffic.exchanges.iter().enumerate().filter(|(_, exchange)| exchange.way == Way::FromSap) {
            for child in exchange.call.children.iter().filter(|child| story.items.contains_key(&child.text)) {
                story.asked.entry(child.text.clone()).or_insert(place);
            }
        }
        let mut followed: BTreeSet<&str> = BTreeSet::new();
        let (mut firsts, mut lasts, mut seconds) = (Vec::new(), Vec::new(), Vec::new());
        for (item, states) in &story.items {
            let Some((first, state)) = states.first() else { continue };
            if story.comes_in(item, *first) {
                firsts.push(state.as_str());
                // The same state may be told twice.
                seconds.extend(states.iter().map(|(_, next)| next.as_str()).find(|next| next != state));
            }
            for pair in states.windows(2).filter(|pair| pair[0].1 != pair[1].1) {
                followed.insert(&pair[0].1);
            }
            if states.len() > 1 {
                lasts.extend(states.last().map(|(_, state)| state.as_str()));
            }
        }
        let offered = most_common(&firsts);
        let ended = most_common(&lasts.into_iter().filter(|state| !followed.contains(state)).collect::<Vec<_>>());
        let connected = most_common(&seconds.into_iter().filter(|state| Some(*state) != ended.as_deref()).collect::<Vec<_>>());
        (story.offered, story.ended, story.connected) = (offered, ended, connected);
        story
    }

    /// Had nobody asked for this item before its first event?
    fn comes_in(&self, item: &str, first: usize) -> bool {
        self.asked.get(item).is_none_or(|asked| *asked > first)
    }

    /// What the exchange at this place did to an item, as far as events tell.
    pub(super) fn effect(&self, place: usize, item: &str) -> Option<Effect> {
        let states = self.items.get(item)?;
        let before = states.iter().rev().find(|(at, _)| *at < place).map(|(_, state)| state.clone());
        let after = states.iter().find(|(at, _)| *at > place).map(|(_, state)| state.clone());
        Some(Effect { before, after })
    }

    /// Did an item come in, or had SAP asked for it? `None`: nothing is known of it.
    pub(super) fn is_inbound(&self, item: &str) -> Option<bool> {
        let (first, _) = self.items.get(item)?.first()?;
        Some(self.comes_in(item, *first))
    }

    pub(super) fn is_offered(&self, state: Option<&String>) -> bool {
        state.is_some() && state == self.offered.as_ref()
    }

    pub(super) fn is_ended(&self, state: Option<&String>) -> bool {
        state.is_some() && state == self.ended.as_ref()
    }

    pub(super) fn is_connected(&self, state: Option<&String>) -> bool {
        state.is_some() && state == self.connected.as_ref()
    }
}

/// The place that changes most from event to event of the same item and has few values: its state.
fn state_path(traffic: &Traffic, places: &[usize], id_path: &str) -> Option<String> {
    let mut paths: BTreeMap<String, (BTreeSet<String>, usize, bool)> = BTreeMap::new();
    let mut last: HashMap<(String, String), String> = HashMap::new();
    for place in places {
        let call = &traffic.exchanges[*place].call;
        let Some(item) = value(call, id_path) else { continue };
        let mut here: BTreeMap<String, Vec<&Node>> = BTreeMap::new();
        for (path, leaf) in call.leaves() {
            here.entry(path).or_default().push(leaf);
        }
        for (path, leaves) in here {
            let entry = paths.entry(path.clone()).or_default();
            let [leaf] = leaves.as_slice() else {
                entry.2 = true;
                continue;
            };
            let fits = !leaf.text.is_empty() && leaf.text.len() <= 40 && !leaf.text.starts_with('<');
            entry.2 |= !fits;
            let before = last.insert((item.clone(), path), leaf.text.clone());
            entry.1 += usize::from(before.is_some_and(|before| before != leaf.text));
            entry.0.insert(leaf.text.clone());
        }
    }
    let by_name = |path: &str| words::best(path, ["processingStatus/id", "status", "state/id", "phase"]);
    let good = paths
        .into_iter()
        .filter(|(path, (values, changes, bad))| path != id_path && !bad && *changes > 0 && (2..=STATES).contains(&values.len()));
    // A state's text changes as often as its code: the shorter one is the code.
    let length = |values: &BTreeSet<String>| values.iter().map(String::len).sum::<usize>();
    good.max_by(|(one, (values, changes, _)), (two, (other_values, other_changes, _))| {
        changes.cmp(other_changes).then(length(other_values).cmp(&length(values))).then(by_name(one).total_cmp(&by_name(two)))
    })
    .map(|(path, _)| path)
}

/// The value at a path.
pub(super) fn value(call: &Node, path: &str) -> Option<String> {
    call.leaves().into_iter().find(|(at, leaf)| at == path && !leaf.text.is_empty()).map(|(_, leaf)| leaf.text.clone())
}

pub(super) fn most_common(values: &[&str]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(value, _)| value.to_owned())
}

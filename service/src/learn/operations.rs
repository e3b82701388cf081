//! Which operation a command is, and which of its parameters means what: by its name, by the values it carries, by what it did to an item,
//! and by what its neighbours in the same namespace are. None of these is enough alone.

mod clues;
mod parameters;

pub(super) use parameters::{Parameter, fits, names};

use super::{
    story::Story,
    traffic::{Group, Traffic},
    words,
};
use crate::capture::tree::Node;
use clues::{Features, by_values};
use parameters::parameters;
use shared::profile::{InterfaceKey, OperationKey, Profile};
use std::collections::{BTreeMap, BTreeSet};

/// A command that was recognised.
#[derive(Debug)]
pub(super) struct Recognised {
    /// Place in [`Traffic::commands`].
    pub(super) group: usize,
    pub(super) key: OperationKey,
    pub(super) score: f64,
    /// How much better than the next best.
    pub(super) margin: f64,
    pub(super) parameters: Vec<Parameter>,
    /// Names of parameters that mean nothing to us.
    pub(super) strange: Vec<String>,
}

/// Below this nothing is recognised.
const ENOUGH: f64 = 4.0;

/// Recognises as many commands as possible; each operation at most once.
pub(super) fn recognise(traffic: &Traffic, story: &Story, profile: &Profile) -> Vec<Recognised> {
    let features: Vec<_> = traffic.commands.iter().map(|group| Features::new(traffic, story, group)).collect();
    let mut homes: BTreeMap<String, InterfaceKey> = BTreeMap::new();
    let mut found = Vec::new();
    // What is sure tells whose namespace it is, and that helps with what is not.
    for _ in 0..3 {
        found = assign(traffic, story, profile, &features, &homes);
        homes = majority(traffic, &found);
    }
    found
        .into_iter()
        .map(|(group, key, score, margin)| {
            let (parameters, strange) = parameters(&features[group], profile, key);
            Recognised { group, key, score, margin, parameters, strange }
        })
        .collect()
}

fn assign(
    traffic: &Traffic,
    story: &Story,
    profile: &Profile,
    features: &[Features<'_>],
    homes: &BTreeMap<String, InterfaceKey>,
) -> Vec<(usize, OperationKey, f64, f64)> {
    let mut scores: Vec<(f64, usize, OperationKey)> = Vec::new();
    for (at, group) in traffic.commands.iter().enumerate() {
        let actions: BTreeSet<&str> = traffic.of(group).filter_map(|exchange| exchange.action.as_deref()).collect();
        for key in OperationKey::ALL {
            let mut score =
                by_name(profile, group, *key) * 6.0 + by_interface(profile, group, &actions, *key) + by_values(*key, &features[at], story);
            if let Some(home) = homes.get(&group.asked.namespace) {
                score += if *home == key.interface() { 2.0 } else { -1.5 };
            }
            let operation = profile.operation(*key);
            if group.asked.namespace == profile.interface(key.interface()).namespace
                && (operation.name == group.asked.name || operation.aliases.contains(&group.asked.name))
            {
                score += 10.0;
            }
            scores.push((score, at, *key));
        }
    }
    scores.sort_by(|one, two| two.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(two.1, two.2))));
    let (mut groups, mut keys, mut found) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (score, at, key) in &scores {
        if *score < ENOUGH || groups.contains(at) || keys.contains(key) {
            continue;
        }
        let next =
            scores.iter().find(|(_, other, rival)| other == at && rival != key && !keys.contains(rival)).map_or(0.0, |(score, ..)| *score);
        groups.insert(*at);
        keys.insert(*key);
        found.push((*at, *key, *score, score - next));
    }
    found.sort_by_key(|(at, ..)| *at);
    found
}

/// Which interface each namespace is, by what was recognised in it.
fn majority(traffic: &Traffic, found: &[(usize, OperationKey, f64, f64)]) -> BTreeMap<String, InterfaceKey> {
    let mut votes: BTreeMap<&str, BTreeMap<InterfaceKey, f64>> = BTreeMap::new();
    for (at, key, score, margin) in found {
        let namespace = traffic.commands[*at].asked.namespace.as_str();
        *votes.entry(namespace).or_default().entry(key.interface()).or_default() += score + 2.0 * margin;
    }
    votes
        .into_iter()
        .filter_map(|(namespace, votes)| {
            let best = votes.into_iter().max_by(|one, two| one.1.total_cmp(&two.1))?;
            Some((namespace.to_owned(), best.0))
        })
        .collect()
}

fn by_name(profile: &Profile, group: &Group, key: OperationKey) -> f64 {
    let operation = profile.operation(key);
    let name = &group.asked.name;
    let word = key.word().rsplit('.').next().unwrap_or_default();
    words::best(name, operation.aliases.iter().map(String::as_str).chain([operation.name.as_str(), word]))
}

fn by_interface(profile: &Profile, group: &Group, actions: &BTreeSet<&str>, key: OperationKey) -> f64 {
    let interface = profile.interface(key.interface());
    if interface.namespace == group.asked.namespace {
        return 3.0;
    }
    let last = |text: &str| text.trim_end_matches('/').rsplit(['/', ':', '#', '.']).next().unwrap_or_default().to_owned();
    let plain = |text: &str| {
        let words: Vec<_> = words::words(&last(text))
            .into_iter()
            .filter(|word| !["interface", "bean", "service", "port"].contains(&word.as_str()))
            .collect();
        words.join("_")
    };
    let told = std::iter::once(plain(&group.asked.namespace)).chain(actions.iter().map(|action| plain(action)));
    told.map(|told| words::alike(&told, key.interface().word())).fold(0.0, f64::max) * 2.0
}

/// The content of an answer: what stands in the one element that wraps it, where there is one.
pub(super) fn unwrapped(answer: &Node) -> &Node {
    match answer.children.as_slice() {
        [only] => only,
        _ => answer,
    }
}

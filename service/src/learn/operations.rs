//! Which operation a command is, and which of its parameters means what: by its name, by the values it carries, by what it did to an item,
//! and by what its neighbours in the same namespace are. None of these is enough alone.

use super::{
    story::{Effect, Story},
    traffic::{Class, Group, Traffic},
    words,
};
use crate::capture::tree::Node;
use shared::profile::{InterfaceKey, Kind, Of, OperationKey, Profile, Role, Slot};
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

/// A parameter as it was sent.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) role: Role,
    pub(super) kind: Kind,
    pub(super) name: String,
    /// Clues for it.
    pub(super) score: f64,
}

/// What is known of a command without its name.
struct Features<'t> {
    classes: BTreeMap<&'t str, Class>,
    /// Names in the order in which they were sent.
    order: Vec<&'t str>,
    reply: Option<Class>,
    reply_is_item: bool,
    effects: Vec<Effect>,
    calls: usize,
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
            let (parameters, strange) = parameters(traffic, &traffic.commands[group], &features[group], profile, key);
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

/// What the values say: a command that hangs up has an item whose story ends, one that subscribes has a URL, and so on.
fn by_values(key: OperationKey, of: &Features<'_>, story: &Story) -> f64 {
    use Class as C;
    use OperationKey as O;
    let count = |class: Class| of.classes.values().filter(|other| **other == class).count();
    let (items, urls, numbers) = (count(C::Item), count(C::Url), count(C::Number));
    let (texts, records, xml, digits) = (count(C::Texts), count(C::Records) + count(C::Record), count(C::Xml), count(C::Digits));
    let (containers, versions) = (count(C::Container), count(C::Version));
    let known = of.classes.values().filter(|class| !matches!(class, C::User)).count();
    let yes = |is: bool, good: f64, bad: f64| if is { good } else { -bad };
    let effect = |fits: &dyn Fn(&Effect) -> bool| {
        let all = of.effects.iter().filter(|effect| effect.after.is_some()).count();
        let good = of.effects.iter().filter(|effect| fits(effect)).count();
        if all == 0 {
            0.0
        } else if good * 2 > all {
            4.0
        } else {
            -3.0
        }
    };
    let stays = |effect: &Effect| effect.before == effect.after;
    let to_end = |effect: &Effect| story.is_ended(effect.after.as_ref());
    let item_only = yes(items == 1 && known == 1, 2.0, 4.0);
    let silent = of.reply.is_none_or(|reply| matches!(reply, C::Empty | C::Boolean));
    let quiet = yes(silent || of.reply == Some(C::Text), 0.5, 1.5);
    let rich = matches!(of.reply, Some(C::Record | C::Records));
    match key {
        O::SystemExchangeProductInformation => yes(versions > 0 && items + urls == 0, 4.0, 3.0),
        O::SystemGetWorkcenterCapability => yes(known == 0, 1.0, 3.0) + yes(!silent, 1.0, 1.0) - if rich { 0.5 } else { 0.0 },
        O::SystemGetPresenceQueueInfo => {
            yes(items + urls + numbers == 0 && known <= 1, 0.5, 3.0) + yes(of.reply == Some(C::Records), 1.0, 1.0)
        }
        O::SystemGetUserPresence => yes(items + urls + numbers == 0 && known >= 1, 0.5, 3.0) + yes(of.reply == Some(C::Records), 1.0, 1.0),
        O::UserGetAttributes => yes(known == 0 && !of.classes.is_empty(), 1.5, 3.0) + yes(rich || of.reply.is_none(), 2.5, 3.0),
        O::UserSubscribe | O::UserUnsubscribe => yes(urls == 1 && containers == 0, 3.0, 6.0) + quiet,
        O::ContainerSubscribe | O::ContainerUnsubscribe => yes(urls == 1, 1.5, 6.0) + yes(containers > 0, 2.5, 2.0) + quiet,
        O::UserSetCurrentWorkmode => yes(digits == 1 && known == 1, 3.0, 4.0) + quiet,
        O::UserSetCurrentQueues => {
            yes(known == 1 && texts + records + count(C::Empty) == 1, 1.0, 4.0) + yes(records == 0, 0.5, 1.0) + quiet
        }
        O::UserSetCurrentChannels => {
            yes(known == 1 && texts + records + count(C::Empty) == 1, 1.0, 4.0) + yes(texts == 1, 0.5, 0.5) + quiet
        }
        O::UserSetAddresses => yes(known == 1 && records == 1, 2.0, 3.0) + quiet,
        O::ItemCreate => yes(known == 0 || (items == 0 && known <= 1), 0.5, 4.0) + yes(of.reply_is_item, 5.0, 1.5),
        O::ItemAccept => {
            item_only + quiet + effect(&|effect| story.is_offered(effect.before.as_ref()) && !to_end(effect) && !stays(effect))
        }
        O::ItemReroute => item_only + quiet + effect(&|effect| story.is_offered(effect.before.as_ref()) && to_end(effect)),
        O::ItemGetAttachedData => item_only + yes(matches!(of.reply, Some(C::Xml)), 4.0, 0.5),
        O::ItemSetAttachedData => yes(items == 1 && xml == 1, 5.0, 3.0) + quiet,
        O::ItemDeleteAttachedData => item_only + quiet + effect(&stays) * 0.25,
        O::LineGetCalls => {
            yes(items + urls + numbers == 0 && known <= 1, 0.5, 4.0)
                + yes(containers == 1, 1.5, 0.0)
                + yes(rich || of.reply == Some(C::Empty), 1.0, 0.5)
        }
        O::LineDropCalls => yes(items + urls + numbers == 0 && known <= 1, 0.5, 4.0) + yes(containers == 1, 1.0, 0.0) + quiet,
        O::PhoneCallDial => {
            yes(numbers + digits == 1 && items <= 1 && known <= 3, 1.5, 4.0)
                + if of.effects.iter().any(|effect| effect.before.is_none()) { 2.5 } else { 0.0 }
        }
        O::PhoneCallDrop => item_only + quiet + effect(&|effect| !story.is_offered(effect.before.as_ref()) && to_end(effect)),
        O::PhoneCallHold => {
            item_only + quiet + effect(&|effect| story.is_connected(effect.before.as_ref()) && !to_end(effect) && !stays(effect))
        }
        O::PhoneCallUnhold => {
            let fits =
                |effect: &Effect| story.is_connected(effect.after.as_ref()) && !story.is_offered(effect.before.as_ref()) && !stays(effect);
            item_only + quiet + effect(&fits)
        }
        O::PhoneCallAlternate | O::PhoneCallReconnect => yes(items == 2 || (items == 1 && known == 1), 1.0, 4.0) + quiet,
        O::PhoneCallConference => yes(items == 2 || (items == 1 && known == 1), 1.0, 4.0) + yes(of.reply_is_item, 1.5, 0.0),
        O::PhoneCallConsult => yes(items >= 1 && numbers + digits == 1, 1.5, 4.0) + yes(of.reply_is_item, 2.0, 0.5),
        O::PhoneCallTransfer => yes(items == 2 || (items == 1 && numbers + digits == 1), 1.5, 4.0) + quiet + effect(&to_end) * 0.75,
        O::PhoneCallDropParty => yes(items >= 1 && known == 2, 1.0, 4.0) + quiet,
        O::PhoneCallListenEnd => item_only + quiet,
        O::PhoneCallGetAttributes => item_only + yes(of.reply == Some(C::Record), 3.0, 1.0) + effect(&stays) * 0.25,
        _ if key == O::FolderGetMessages => {
            let plain = items + urls + numbers == 0 && known == 1 && texts + records == 0;
            yes(plain, 0.5, 4.0) + yes(rich || of.reply == Some(C::Empty), 0.5, 0.5)
        }
        // `listen`, and whatever has no clues of its own: its name has to tell.
        _ => yes(items <= 1 && urls == 0, 0.0, 4.0),
    }
}

// === impl Features ===

impl<'t> Features<'t> {
    fn new(traffic: &'t Traffic, story: &Story, group: &'t Group) -> Self {
        let mut votes: BTreeMap<&str, BTreeMap<Class, usize>> = BTreeMap::new();
        let mut positions: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut replies: BTreeMap<Class, usize> = BTreeMap::new();
        let (mut effects, mut told) = (Vec::new(), 0);
        for (place, exchange) in group.places.iter().zip(traffic.of(group)) {
            let children = &exchange.call.children;
            for (at, child) in children.iter().enumerate() {
                let mut class = traffic.facts.class(child);
                if children.iter().filter(|other| other.name == child.name).count() > 1 {
                    class = if child.children.is_empty() { Class::Texts } else { Class::Records };
                }
                *votes.entry(&child.name).or_default().entry(class).or_default() += 1;
                let position = positions.entry(&child.name).or_default();
                *position = (position.0 + at, position.1 + 1);
                if class == Class::Item {
                    effects.extend(story.effect(*place, &child.text));
                }
            }
            // Jackfield's own answers have our form, but what they say is as true as anybody's.
            if let Some(answer) = &exchange.answer {
                let inner = unwrapped(answer);
                *replies.entry(traffic.facts.class(inner)).or_default() += 1;
                told += usize::from(traffic.facts.items.contains(&inner.text));
            }
        }
        // An empty value says nothing against the others.
        let best = |votes: &BTreeMap<Class, usize>| {
            votes.iter().max_by_key(|(class, count)| (**class != Class::Empty, **count)).map_or(Class::Empty, |(class, _)| *class)
        };
        let classes = votes.iter().map(|(name, votes)| (*name, best(votes))).collect();
        let mut order: Vec<&str> = positions.keys().copied().collect();
        #[expect(clippy::cast_precision_loss, reason = "places in a message are small numbers")]
        let mean = |name: &str| positions.get(name).map_or(0.0, |(sum, count)| *sum as f64 / *count as f64);
        order.sort_by(|one, two| mean(one).total_cmp(&mean(two)));
        let reply = (!replies.is_empty()).then(|| best(&replies));
        Self { classes, order, reply, reply_is_item: told * 2 > group.places.len(), effects, calls: group.places.len() }
    }
}

/// The content of an answer: what stands in the one element that wraps it, where there is one.
pub(super) fn unwrapped(answer: &Node) -> &Node {
    match answer.children.as_slice() {
        [only] => only,
        _ => answer,
    }
}

/// Gives each parameter its meaning.
fn parameters(
    traffic: &Traffic,
    group: &Group,
    features: &Features<'_>,
    profile: &Profile,
    key: OperationKey,
) -> (Vec<Parameter>, Vec<String>) {
    let slots = &profile.operation(key).parameters;
    let mut scores: Vec<(f64, usize, Role, Kind)> = Vec::new();
    for (at, name) in features.order.iter().enumerate() {
        for (rank, (role, kind)) in key.understood().into_iter().enumerate() {
            let class = features.classes[name];
            let slot = slots.iter().find(|slot| slot.role == role);
            let named = slot.map_or_else(|| words::role(name, role), |slot| names(name, slot));
            let mut score = named * 4.0 + fits(role, kind, class);
            if matches!(role, Role::User) && profile.acting_user.iter().any(|known| known == name) {
                score += 2.0;
            }
            // Where nothing else tells two of a kind apart, the first is the first.
            #[expect(clippy::cast_precision_loss, reason = "an operation has few parameters")]
            let order = if at == rank { 0.3 } else { 0.0 - (at as f64 - rank as f64).abs() * 0.01 };
            score += order;
            scores.push((score, at, role, kind));
        }
    }
    scores.sort_by(|one, two| two.0.total_cmp(&one.0));
    let (mut taken, mut roles, mut found) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (score, at, role, kind) in scores {
        if score >= 1.5 && !taken.contains(&at) && !roles.contains(&role) {
            taken.insert(at);
            roles.insert(role);
            found.push((at, Parameter { role, kind, name: features.order[at].to_owned(), score }));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    let strange = (0..features.order.len()).filter(|at| !taken.contains(at)).map(|at| features.order[at].to_owned()).collect();
    debug_assert_eq!(features.calls, traffic.of(group).count());
    (found.into_iter().map(|(_, parameter)| parameter).collect(), strange)
}

/// How alike a name is to those of a slot.
pub(super) fn names(name: &str, slot: &Slot) -> f64 {
    let known = words::best(name, slot.aliases.iter().map(String::as_str).chain([slot.name.as_str()]));
    known.max(words::role(name, slot.role))
}

/// Does a value of this class suit what the role means?
pub(super) fn fits(role: Role, kind: Kind, class: Class) -> f64 {
    use Class as C;
    if class == C::Empty {
        return 0.0;
    }
    let several = matches!(class, C::Texts | C::Records);
    if several && !kind.list {
        return -4.0;
    }
    match role {
        Role::User | Role::Agent => {
            if class == C::User {
                4.0
            } else {
                -3.0
            }
        }
        Role::Url => {
            if class == C::Url {
                5.0
            } else {
                -5.0
            }
        }
        Role::App | Role::Apps => {
            if class == C::App {
                4.0
            } else {
                -1.0
            }
        }
        Role::Item | Role::Other | Role::NewItem => {
            if class == C::Item {
                3.0
            } else {
                -2.0
            }
        }
        Role::Container | Role::Line => match class {
            C::Container => 4.0,
            C::Url | C::User | C::Item => -4.0,
            _ => 0.0,
        },
        Role::Destination => match class {
            C::Number => 3.5,
            C::Digits => 2.0,
            C::Item | C::User | C::Url => -3.0,
            _ => 0.0,
        },
        Role::Workmode => {
            if class == C::Digits {
                3.0
            } else {
                -1.0
            }
        }
        Role::AttachedData => {
            if class == C::Xml {
                4.0
            } else {
                -1.0
            }
        }
        Role::ProductVersion | Role::IciVersion => {
            if class == C::Version {
                2.0
            } else {
                -1.0
            }
        }
        Role::ProductName | Role::Vendor | Role::Search | Role::Folder | Role::Party => match class {
            C::Text | C::Container | C::Digits | C::Number => 1.0,
            _ => -2.0,
        },
        Role::Since => {
            if class == C::Time {
                4.0
            } else {
                -3.0
            }
        }
        _ if kind.list => match (kind.of, class) {
            (_, C::Texts | C::Records) => 3.0,
            (Of::Record(_), C::Record) => 2.0,
            (_, C::Url | C::User | C::Item) => -4.0,
            _ => 0.5,
        },
        _ => match (kind.of, class) {
            (Of::Boolean, C::Boolean) | (Of::Record(_), C::Record) => 2.0,
            (Of::Boolean, C::Digits) | (Of::Record(_), _) => 0.5,
            (Of::Integer, C::Digits) => 1.5,
            (Of::Integer, _) => -2.0,
            (_, C::Record | C::Url) => -3.0,
            (_, C::User | C::Xml) => -1.0,
            _ => 0.5,
        },
    }
}

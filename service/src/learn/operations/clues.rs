//! What a command does and carries, whatever it is called.

use super::unwrapped;
use crate::learn::{
    story::{Effect, Story},
    traffic::{Class, Group, Traffic},
};
use shared::profile::OperationKey;
use std::collections::BTreeMap;

/// What is known of a command without its name.
pub(super) struct Features<'t> {
    pub(super) classes: BTreeMap<&'t str, Class>,
    /// Names in the order in which they were sent.
    pub(super) order: Vec<&'t str>,
    reply: Option<Class>,
    reply_is_item: bool,
    effects: Vec<Effect>,
}

impl<'t> Features<'t> {
    pub(super) fn new(traffic: &'t Traffic, story: &Story, group: &'t Group) -> Self {
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
        Self { classes, order, reply, reply_is_item: told * 2 > group.places.len(), effects }
    }
}

/// What the values say: a command that hangs up has an item whose story ends, one that subscribes has a URL, and so on.
pub(super) fn by_values(key: OperationKey, of: &Features<'_>, story: &Story) -> f64 {
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

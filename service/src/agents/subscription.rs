//! What SAP wants to be told of one agent, and where: keyed by what it is about, URL and application id (ici-wire §8.2).

use crate::{
    domain::{AppId, ContainerKind, EventUrl, Language, Subscription},
    store::{About, Subscribed},
};
use std::{net::IpAddr, sync::Arc};

/// What a subscription is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// The agent himself.
    User,
    /// Figures of queues and agents.
    Figures,
    /// Items in one of his containers.
    Container(ContainerKind),
}

/// Where an event goes.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) url: EventUrl,
    pub(super) apps: Arc<[AppId]>,
    pub(super) language: Option<Language>,
    pub(super) peer: Option<IpAddr>,
}

/// All subscriptions of one agent.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    all: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    topic: Topic,
    key: Subscription,
    language: Option<Language>,
    peer: Option<IpAddr>,
    /// Has SAP been reached there lately?
    reachable: bool,
}

/// Subscriptions of one agent at most; SAP needs a handful.
pub(super) const LIMIT: usize = 64;

// === impl Subscriptions ===

impl Subscriptions {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn contains(&self, topic: Topic, key: &Subscription) -> bool {
        self.all.iter().any(|entry| entry.topic == topic && entry.key == *key)
    }

    /// As an earlier process has left them behind.
    pub(super) fn left_behind(stored: Vec<Subscribed>) -> Self {
        let all = stored.into_iter().map(|Subscribed { about, key, language, peer }| {
            let topic = match about {
                About::User => Topic::User,
                About::Container(kind) => Topic::Container(kind),
                About::Figures => Topic::Figures,
            };
            Entry { topic, key, language, peer, reachable: true }
        });
        Self { all: all.collect() }
    }

    /// As the store keeps them.
    pub(super) fn to_keep(&self) -> Vec<Subscribed> {
        let all = self.all.iter().map(|Entry { topic, key, language, peer, reachable: _ }| {
            let about = match topic {
                Topic::User => About::User,
                Topic::Container(kind) => About::Container(*kind),
                Topic::Figures => About::Figures,
            };
            Subscribed { about, key: key.clone(), language: language.clone(), peer: *peer }
        });
        all.collect()
    }

    /// All URLs, some of them more than once.
    pub(super) fn urls(&self) -> impl Iterator<Item = &EventUrl> {
        self.all.iter().map(|entry| &entry.key.url)
    }

    /// Adds one; `None`: it was there. What comes back is where its first snapshot goes.
    pub(super) fn add(&mut self, topic: Topic, key: Subscription, language: Option<Language>, peer: Option<IpAddr>) -> Option<Target> {
        if let Some(entry) = self.all.iter_mut().find(|entry| entry.topic == topic && entry.key == key) {
            (entry.language, entry.peer) = (language, peer);
            return None;
        }
        let target = Target { url: key.url.clone(), apps: [key.app.clone()].into(), language: language.clone(), peer };
        self.all.push(Entry { topic, key, language, peer, reachable: true });
        Some(target)
    }

    /// Removes one, if it is there; the URL when it was the last one there.
    pub(super) fn remove(&mut self, topic: Topic, key: &Subscription) -> Option<EventUrl> {
        let before = self.all.len();
        self.all.retain(|entry| entry.topic != topic || entry.key != *key);
        (self.all.len() < before && !self.all.iter().any(|entry| entry.key.url == key.url)).then(|| key.url.clone())
    }

    /// Removes all at `url`; `true` when there were any.
    pub(super) fn remove_url(&mut self, url: &EventUrl) -> bool {
        let before = self.all.len();
        self.all.retain(|entry| entry.key.url != *url);
        self.all.len() < before
    }

    /// Removes all but those at `keep`; where their end is to be told.
    pub(super) fn take_others(&mut self, keep: Option<&EventUrl>) -> Vec<Target> {
        let targets = self.targets(|entry| Some(&entry.key.url) != keep);
        self.all.retain(|entry| Some(&entry.key.url) == keep);
        targets
    }

    /// Where an event about `topic` goes: one target for each URL, with all its application ids.
    pub(super) fn about(&self, topic: Topic) -> Vec<Target> {
        self.targets(|entry| entry.topic == topic)
    }

    pub(super) fn has(&self, topic: Topic) -> bool {
        self.all.iter().any(|entry| entry.topic == topic)
    }

    /// SAP has been reached at `url`, or cannot be; `true` when it can be reached nowhere now.
    pub(super) fn set_reachable(&mut self, url: &EventUrl, reachable: bool) -> bool {
        for entry in self.all.iter_mut().filter(|entry| entry.key.url == *url) {
            entry.reachable = reachable;
        }
        !self.all.is_empty() && self.all.iter().all(|entry| !entry.reachable)
    }

    /// Is SAP reached at one of them at least?
    pub(super) fn is_reachable(&self) -> bool {
        self.all.iter().any(|entry| entry.reachable)
    }

    fn targets(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<Target> {
        let mut targets: Vec<(Target, Vec<AppId>)> = Vec::new();
        for entry in self.all.iter().filter(|entry| wanted(entry)) {
            let at = targets.iter().position(|(target, _)| target.url == entry.key.url).unwrap_or_else(|| {
                let target = Target { url: entry.key.url.clone(), apps: Arc::default(), language: None, peer: None };
                targets.push((target, Vec::new()));
                targets.len() - 1
            });
            let (target, apps) = &mut targets[at];
            // The latest says best where SAP is now and what its agent reads.
            (target.language, target.peer) = (entry.language.clone().or(target.language.take()), entry.peer.or(target.peer));
            if !apps.contains(&entry.key.app) {
                apps.push(entry.key.app.clone());
            }
        }
        targets.into_iter().map(|(target, apps)| Target { apps: apps.into(), ..target }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(url: &str, app: &str) -> Subscription {
        Subscription { url: url.into(), app: app.into() }
    }

    #[test]
    fn one_event_for_one_url_carries_all_its_applications() {
        let mut subscriptions = Subscriptions::default();
        for (url, app) in [("u", "1"), ("u", "2"), ("v", "1"), ("u", "1")] {
            subscriptions.add(Topic::User, key(url, app), None, None);
        }
        subscriptions.add(Topic::Container(ContainerKind::Line), key("u", "9"), None, None);
        let about: Vec<_> = subscriptions
            .about(Topic::User)
            .iter()
            .map(|target| (target.url.as_str().to_owned(), target.apps.iter().map(AppId::to_string).collect::<Vec<_>>().join(",")))
            .collect();
        assert_eq!(about, [("u".to_owned(), "1,2".to_owned()), ("v".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn a_url_is_free_with_its_last_subscription() {
        let mut subscriptions = Subscriptions::default();
        subscriptions.add(Topic::User, key("u", "1"), None, None);
        subscriptions.add(Topic::Container(ContainerKind::Line), key("u", "1"), None, None);
        assert_eq!(subscriptions.remove(Topic::User, &key("u", "2")), None);
        assert_eq!(subscriptions.remove(Topic::User, &key("u", "1")), None);
        assert_eq!(subscriptions.remove(Topic::Container(ContainerKind::Line), &key("u", "1")), Some("u".into()));
        assert_eq!(subscriptions.remove(Topic::User, &key("u", "1")), None);
    }

    #[test]
    fn an_agent_is_out_of_reach_only_when_every_url_is() {
        let mut subscriptions = Subscriptions::default();
        assert!(!subscriptions.set_reachable(&"u".into(), false));
        subscriptions.add(Topic::User, key("u", "1"), None, None);
        subscriptions.add(Topic::User, key("v", "1"), None, None);
        assert!(!subscriptions.set_reachable(&"u".into(), false));
        assert!(subscriptions.set_reachable(&"v".into(), false));
        assert!(!subscriptions.set_reachable(&"u".into(), true));
    }
}

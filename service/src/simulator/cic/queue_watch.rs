//! Watching queues, single interactions, and what rings (reference of ICWS, §2.4, §2.5, §4.1).

use super::{attributes::Attributes, picture::Item, queues::Key, scene::Scene, session::Watch};
use crate::domain::UserId;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The type of a station's queue.
const STATION: i64 = 3;

/// The contents of some queues, thousands perhaps: only those are looked into of which something is stirred.
pub(super) struct QueueWatch {
    id: String,
    /// With the type and name that were asked for.
    queues: Vec<(i64, String)>,
    names: Vec<String>,
    /// The queue that each of them is; that of a station is its user's of now.
    keys: Vec<Option<Key>>,
    places: BTreeMap<Key, usize>,
    /// What was in each of them, and in which of them each interaction is.
    contents: Vec<Vec<String>>,
    holders: BTreeMap<String, BTreeSet<usize>>,
    told: Option<BTreeMap<String, Told>>,
}

/// What was told last of an interaction.
#[derive(Clone, PartialEq, Eq)]
struct Told {
    came: u64,
    parent: Option<String>,
    attributes: BTreeMap<String, String>,
}

/// A queue that may not be seen, or is not there: the subscription is taken and fails.
pub(super) struct FaultedWatch {
    pub(super) id: String,
    pub(super) error: Value,
    pub(super) told: bool,
}

/// One interaction.
pub(super) struct InteractionWatch {
    id: String,
    names: Vec<String>,
    told: Option<BTreeMap<String, String>>,
    over: bool,
}

/// What rings at a user.
pub(super) struct AlertingWatch {
    user: UserId,
    names: Vec<String>,
    told: Option<BTreeMap<String, Value>>,
}

// === impl QueueWatch ===

impl QueueWatch {
    pub(super) fn new(id: &str, queues: Vec<(i64, String)>, names: Vec<String>) -> Self {
        let (keys, contents) = (vec![None; queues.len()], vec![Vec::new(); queues.len()]);
        Self { id: id.to_owned(), queues, names, keys, places: BTreeMap::new(), contents, holders: BTreeMap::new(), told: None }
    }

    /// Finds out which of its queues are not as they were.
    fn stirred(&mut self, scene: &Scene) -> BTreeSet<usize> {
        let places = scene.stirred.iter().filter_map(|key| self.places.get(key).copied());
        let mut stirred: BTreeSet<_> = places.collect();
        for (place, (kind, name)) in self.queues.iter().enumerate() {
            if self.told.is_some() && *kind != STATION {
                continue;
            }
            let key = scene.key(*kind, name).ok();
            if self.told.is_none() || self.keys[place] != key {
                stirred.insert(place);
                self.places.retain(|_, each| *each != place);
                self.places.extend(key.clone().map(|key| (key, place)));
                self.keys[place] = key;
            }
        }
        stirred
    }

    /// Looks into these queues; gives back the interactions that are, or were, there.
    fn look_into(&mut self, stirred: &BTreeSet<usize>, scene: &Scene) -> BTreeSet<String> {
        let mut concerned = BTreeSet::new();
        for &place in stirred {
            for id in std::mem::take(&mut self.contents[place]) {
                if let Some(holders) = self.holders.get_mut(&id) {
                    holders.remove(&place);
                }
                concerned.insert(id);
            }
            let shown = self.keys[place].iter().flat_map(|key| scene.queues.items(key));
            self.contents[place] = shown.map(|shown| shown.item.id.clone()).collect();
            for id in &self.contents[place] {
                self.holders.entry(id.clone()).or_default().insert(place);
                concerned.insert(id.clone());
            }
        }
        self.holders.retain(|_, holders| !holders.is_empty());
        concerned
    }

    /// An interaction as it is in the first of the queues that have it.
    fn now(&self, id: &str, scene: &Scene) -> Option<Told> {
        let key = self.keys[*self.holders.get(id)?.first()?].as_ref()?;
        let shown = scene.queues.items(key).find(|shown| shown.item.id == id)?;
        Some(Told { came: shown.came, parent: shown.item.parent.clone(), attributes: shown.item.attributes.select(&self.names) })
    }

    fn message(&self, is_delta: bool, lists: Vec<(&str, Value)>) -> Value {
        let mut message = json!({
            "__type": "urn:inin.com:queues:queueContentsMessage",
            "isDelta": is_delta,
            "subscriptionId": self.id,
        });
        for (name, list) in lists {
            if !is_delta || list.as_array().is_some_and(|list| !list.is_empty()) {
                message[name] = list;
            }
        }
        message
    }
}

impl Watch for QueueWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let stirred = self.stirred(scene);
        let concerned = self.look_into(&stirred, scene);
        let is_first = self.told.is_none();
        let mut told = self.told.take().unwrap_or_default();
        let (mut removed, mut added, mut again, mut changed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for id in concerned {
            match (told.remove(&id), self.now(&id, scene)) {
                (None, None) => {}
                (Some(_), None) => removed.push(json!(id)),
                (None, Some(now)) => {
                    added.push(now.added(&id));
                    told.insert(id, now);
                }
                (Some(old), Some(now)) => {
                    if old.came != now.came || old.parent != now.parent {
                        removed.push(json!(id));
                        again.push(now.added(&id));
                    } else {
                        changed.extend(now.changed_from(&old, &id));
                    }
                    told.insert(id, now);
                }
            }
        }
        self.told = Some(told);
        if is_first {
            return vec![self.message(false, vec![("interactionsAdded", Value::Array(added))])];
        }
        let mut messages = Vec::new();
        let mut say = |lists: Vec<(&'static str, Vec<Value>)>| {
            if lists.iter().any(|(_, list)| !list.is_empty()) {
                messages.push(self.message(true, lists.into_iter().map(|(name, list)| (name, Value::Array(list))).collect()));
            }
        };
        if again.is_empty() {
            say(vec![("interactionsRemoved", removed), ("interactionsAdded", added), ("interactionsChanged", changed)]);
        } else {
            // As CIC makes a conference: what is new comes first, then its members go and come again as its children.
            say(vec![("interactionsAdded", added), ("interactionsChanged", changed)]);
            say(vec![("interactionsRemoved", removed)]);
            say(vec![("interactionsAdded", again)]);
        }
        messages
    }

    fn is_wide(&self, user: &UserId) -> bool {
        self.keys.iter().any(|key| !matches!(key, Some(Key::User(each)) if each == user))
            || self.queues.iter().any(|(kind, _)| *kind == STATION)
    }
}

// === impl Told ===

impl Told {
    fn added(&self, id: &str) -> Value {
        let mut added = json!({ "interactionId": id, "attributes": self.attributes });
        if let Some(parent) = &self.parent {
            added["conferenceParentId"] = json!(parent);
        }
        added
    }

    /// An attribute that is gone is told as empty.
    fn changed_from(&self, old: &Self, id: &str) -> Option<Value> {
        let changes = changes(&old.attributes, &self.attributes);
        (!changes.is_empty()).then(|| json!({ "interactionId": id, "attributes": changes }))
    }
}

fn changes(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Map<String, Value> {
    let set = new.iter().filter(|(name, value)| old.get(*name) != Some(value)).map(|(name, value)| (name.clone(), json!(value)));
    let gone = old.keys().filter(|name| !new.contains_key(*name)).map(|name| (name.clone(), json!("")));
    set.chain(gone).collect()
}

impl Watch for FaultedWatch {
    fn look(&mut self, _scene: &Scene) -> Vec<Value> {
        if std::mem::replace(&mut self.told, true) {
            return Vec::new();
        }
        vec![json!({
            "__type": "urn:inin.com:queues:queueSubscriptionStateMessage",
            "isDelta": false,
            "subscriptionId": self.id,
            "state": 3,
            "error": self.error,
        })]
    }

    fn is_wide(&self, _user: &UserId) -> bool {
        false
    }
}

// === impl InteractionWatch ===

impl InteractionWatch {
    pub(super) fn new(id: &str, names: Vec<String>) -> Self {
        Self { id: id.to_owned(), names, told: None, over: false }
    }
}

impl Watch for InteractionWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        if self.over {
            return Vec::new();
        }
        let Some(item) = scene.queues.find_any(&self.id) else {
            self.over = true;
            let kind = "urn:inin.com:interactions:interactionDeallocatedMessage";
            return vec![json!({ "__type": kind, "isDelta": false, "interactionID": self.id })];
        };
        let now = item.attributes.select(&self.names);
        let before = self.told.replace(now.clone());
        let is_delta = before.is_some();
        let attributes = changes(&before.unwrap_or_default(), &now);
        if is_delta && attributes.is_empty() {
            return Vec::new();
        }
        let kind = "urn:inin.com:interactions:interactionChangedMessage";
        vec![json!({ "__type": kind, "isDelta": is_delta, "interactionID": self.id, "attributes": attributes })]
    }
}

// === impl AlertingWatch ===

impl AlertingWatch {
    pub(super) fn new(user: UserId, names: Vec<String>) -> Self {
        Self { user, names, told: None }
    }

    fn detail(&self, item: &Item) -> Value {
        let text = |name: &str| item.attributes.get(name).unwrap_or_default();
        let is_acd = !text("Eic_WorkgroupName").is_empty();
        json!({
            "interactionId": item.id,
            "interactionType": media_type(&item.attributes),
            "name": text("Eic_RemoteName"),
            "address": text("Eic_RemoteAddress"),
            "alertType": if is_acd { 5 } else { 1 },
            "alertAction": 1,
            "autoAnswer": false,
            "monitoredQueue": { "queueType": 1, "queueName": self.user.as_str() },
            "attributes": item.attributes.select(&self.names),
        })
    }
}

impl Watch for AlertingWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let rings = scene.queues.live(&Key::User(self.user.clone())).filter(|item| item.attributes.get("Eic_State") == Some("A"));
        let now: BTreeMap<_, _> = rings.map(|item| (item.id.clone(), self.detail(item))).collect();
        let before = self.told.replace(now.clone());
        let is_delta = before.is_some();
        let before = before.unwrap_or_default();
        let begun = now.iter().filter(|(id, _)| !before.contains_key(*id)).map(|(_, detail)| detail.clone());
        let stopped = before.iter().filter(|(id, _)| !now.contains_key(*id)).map(|(_, detail)| {
            let mut detail = detail.clone();
            detail["alertAction"] = json!(2);
            detail
        });
        let details: Vec<Value> = begun.chain(stopped).collect();
        if is_delta && details.is_empty() {
            return Vec::new();
        }
        let kind = "urn:inin.com:interactions:interactionAlertingMessage";
        vec![json!({ "__type": kind, "isDelta": is_delta, "alertingInteractionDetails": details })]
    }

    fn is_wide(&self, user: &UserId) -> bool {
        self.user != *user
    }
}

/// As a number of the vendor's library.
fn media_type(attributes: &Attributes) -> u8 {
    match attributes.get("Eic_ObjectType").unwrap_or_default() {
        "Call" => 1,
        "Chat" => 2,
        "Email" => 3,
        "Callback" => 5,
        _ => 4,
    }
}

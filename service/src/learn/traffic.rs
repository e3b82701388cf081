//! Traffic as it is learnt from: exchanges sorted by what was asked, and what their values say about each other, whatever anything is called.
//! An agent's name stands in headers, an event URL is a URL, an item's id comes back in events, and so on.

use crate::capture::{
    Message, Way,
    tree::{self, Node},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One request and its answer.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) way: Way,
    pub(super) user: Option<String>,
    pub(super) action: Option<String>,
    pub(super) call: Node,
    pub(super) answer: Option<Node>,
    pub(super) fault: Option<String>,
    /// Jackfield wrote the answer, or the event.
    pub(super) ours: bool,
}

/// What was asked, by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Asked {
    pub(super) namespace: String,
    pub(super) name: String,
}

/// Everything of one name.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) asked: Asked,
    /// Places in [`Traffic::exchanges`], in order.
    pub(super) places: Vec<usize>,
}

/// A capture, understood as far as that is possible without knowing names.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    pub(super) exchanges: Vec<Exchange>,
    pub(super) commands: Vec<Group>,
    pub(super) events: Vec<Group>,
    pub(super) facts: Facts,
    /// Bodies that are no SOAP messages, with the reason.
    pub(super) unreadable: Vec<String>,
}

/// Values whose meaning is known.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) users: BTreeSet<String>,
    pub(super) urls: BTreeSet<String>,
    pub(super) apps: BTreeSet<String>,
    pub(super) containers: BTreeSet<String>,
    pub(super) items: BTreeSet<String>,
    /// For each event about an item: the path of its id.
    pub(super) item_paths: HashMap<Asked, String>,
}

/// What kind of value something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Class {
    Empty,
    User,
    Url,
    App,
    Container,
    Item,
    /// A telephone number.
    Number,
    /// A short whole number: a code, a workmode, an extension.
    Digits,
    Xml,
    Boolean,
    Time,
    Version,
    Text,
    /// Several values.
    Texts,
    /// Several structures.
    Records,
    /// One structure.
    Record,
}

// === impl Traffic ===

impl Traffic {
    pub(super) fn new(messages: &[Message]) -> Self {
        let mut traffic = Self::default();
        let mut read = Vec::new();
        for message in messages {
            match tree::read(&message.body)
                .and_then(|envelope| envelope.call.clone().map(|call| (envelope, call)).ok_or_else(|| "an empty body".into()))
            {
                Ok((envelope, call)) => read.push((message, envelope, call)),
                Err(why) => traffic.unreadable.push(why),
            }
        }
        let urls: BTreeSet<String> = read
            .iter()
            .flat_map(|(_, _, call)| call.leaves().into_iter().map(|(_, leaf)| leaf.text.clone()).collect::<Vec<_>>())
            .filter(|text| is_url(text))
            .collect();
        for (message, envelope, call) in read {
            let user = message.user.clone().or_else(|| envelope.header("user").map(str::to_owned));
            let answer = tree::read(&message.answer).ok();
            let fault = answer.as_ref().and_then(|answer| answer.fault()).map(str::to_owned);
            let answer = answer.and_then(|answer| answer.call).filter(|call| !call.is_fault());
            let way = message.way.unwrap_or_else(|| way(message, &call, &urls));
            let action = message.action.as_ref().map(|action| action.trim().trim_matches(['"', '\'']).to_owned());
            traffic.exchanges.push(Exchange { way, user, action, call, answer, fault, ours: message.ours });
        }
        for way in [Way::FromSap, Way::ToSap] {
            let groups = traffic.groups(way);
            match way {
                Way::FromSap => traffic.commands = groups,
                Way::ToSap => traffic.events = groups,
            }
        }
        traffic.facts = Facts::of(&traffic, urls);
        traffic
    }

    pub(super) fn of<'t>(&'t self, group: &'t Group) -> impl Iterator<Item = &'t Exchange> + Clone {
        group.places.iter().map(|place| &self.exchanges[*place])
    }

    fn groups(&self, way: Way) -> Vec<Group> {
        let mut groups: BTreeMap<Asked, Vec<usize>> = BTreeMap::new();
        for (place, exchange) in self.exchanges.iter().enumerate().filter(|(_, exchange)| exchange.way == way) {
            let asked = Asked { namespace: exchange.call.namespace.clone(), name: exchange.call.name.clone() };
            groups.entry(asked).or_default().push(place);
        }
        let mut groups: Vec<_> = groups.into_iter().map(|(asked, places)| Group { asked, places }).collect();
        groups.sort_by_key(|group| group.places[0]);
        groups
    }
}

/// Who asks, where the capture does not say: whoever posts to a URL that was given in a request is not SAP.
fn way(message: &Message, call: &Node, urls: &BTreeSet<String>) -> Way {
    let path = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.find('/').map_or(String::new(), |at| rest[at..].to_owned())
    };
    if let Some(to) = &message.to {
        let is_event = urls.contains(to) || urls.iter().any(|url| path(url).len() > 1 && path(url) == path(to));
        return if is_event { Way::ToSap } else { Way::FromSap };
    }
    let words = super::words::words(&call.name);
    let tells = ["changed", "ended", "event", "notify", "notification", "posting"];
    if words.iter().any(|word| tells.contains(&word.as_str())) { Way::ToSap } else { Way::FromSap }
}

// === impl Facts ===

impl Facts {
    fn of(traffic: &Traffic, urls: BTreeSet<String>) -> Self {
        let mut facts = Self { urls, ..Self::default() };
        facts.users = traffic.exchanges.iter().filter_map(|exchange| exchange.user.clone()).collect();
        if facts.users.is_empty() {
            facts.users = common_value(traffic).into_iter().collect();
        }
        facts.subscriptions(traffic);
        facts.items(traffic);
        facts
    }

    /// What stands beside a URL: the application in every subscription, the container only in some.
    fn subscriptions(&mut self, traffic: &Traffic) {
        let mut kinds: HashMap<&str, BTreeSet<&Asked>> = HashMap::new();
        let mut total = BTreeSet::new();
        for group in &traffic.commands {
            for exchange in traffic.of(group) {
                let children = &exchange.call.children;
                if !children.iter().any(|child| self.urls.contains(&child.text)) {
                    continue;
                }
                total.insert(&group.asked);
                for child in children.iter().filter(|child| child.children.is_empty() && !child.text.is_empty()) {
                    if !self.urls.contains(&child.text) && !self.users.contains(&child.text) {
                        kinds.entry(&child.text).or_default().insert(&group.asked);
                    }
                }
            }
        }
        let most = kinds.values().map(BTreeSet::len).max().unwrap_or(0);
        for (value, groups) in &kinds {
            if groups.len() == most {
                self.apps.insert((*value).to_owned());
            } else {
                self.containers.insert((*value).to_owned());
            }
        }
    }

    /// An item's id comes back at one place of an event, whatever the place is called.
    fn items(&mut self, traffic: &Traffic) {
        let mut asked: BTreeSet<&str> = BTreeSet::new();
        for exchange in traffic.exchanges.iter().filter(|exchange| exchange.way == Way::FromSap) {
            // An id may be told before it is used: `create` answers with one.
            let told = exchange
                .answer
                .iter()
                .flat_map(Node::leaves)
                .filter(|_| exchange.answer.as_ref().is_some_and(|answer| answer.leaves().len() == 1));
            let all = exchange.call.children.iter().filter(|child| child.children.is_empty()).chain(told.map(|(_, leaf)| leaf));
            asked.extend(all.map(|leaf| leaf.text.as_str()).filter(|text| self.may_be_item(text)));
        }
        for group in &traffic.events {
            let mut hits: BTreeMap<String, (BTreeSet<&str>, usize)> = BTreeMap::new();
            for exchange in traffic.of(group) {
                for (path, leaf) in exchange.call.leaves() {
                    if asked.contains(leaf.text.as_str()) {
                        let hit = hits.entry(path).or_default();
                        hit.0.insert(&leaf.text);
                        hit.1 += 1;
                    }
                }
            }
            let by_name = |path: &str| (super::words::alike(path.rsplit('/').next().unwrap_or(path), "itemId") * 100.0).round();
            let best = hits.iter().max_by(|(one, (ids, times)), (two, (other_ids, other_times))| {
                (ids.len(), *times).cmp(&(other_ids.len(), *other_times)).then(by_name(one).total_cmp(&by_name(two)))
            });
            if let Some((path, _)) = best {
                let path = path.clone();
                for exchange in traffic.of(group) {
                    self.items.extend(
                        exchange
                            .call
                            .leaves()
                            .into_iter()
                            .filter(|(at, leaf)| *at == path && !leaf.is_empty())
                            .map(|(_, leaf)| leaf.text.clone()),
                    );
                }
                self.item_paths.insert(group.asked.clone(), path);
            }
        }
    }

    fn may_be_item(&self, text: &str) -> bool {
        let known = [&self.users, &self.urls, &self.apps, &self.containers].into_iter().any(|values| values.contains(text));
        !text.is_empty() && text.len() > 1 && !known && !is_number(text) && !is_boolean(text) && !text.starts_with('<')
    }

    /// What kind of value an element holds.
    pub(super) fn class(&self, node: &Node) -> Class {
        if !node.children.is_empty() {
            let first = &node.children[0].name;
            let is_list = node.children.iter().all(|child| child.name == *first) && (node.children.len() > 1 || is_entry(first));
            let structured = node.children.iter().any(|child| !child.children.is_empty());
            return match (is_list, structured) {
                (true, true) => Class::Records,
                (true, false) => Class::Texts,
                (false, _) => Class::Record,
            };
        }
        let text = node.text.as_str();
        if text.is_empty() {
            Class::Empty
        } else if self.urls.contains(text) || is_url(text) {
            Class::Url
        } else if self.users.contains(text) {
            Class::User
        } else if self.items.contains(text) {
            Class::Item
        } else if self.apps.contains(text) {
            Class::App
        } else if self.containers.contains(text) {
            Class::Container
        } else if text.starts_with('<') {
            Class::Xml
        } else if is_number(text) {
            Class::Number
        } else if is_time(text) {
            Class::Time
        } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
            if text.len() <= 6 { Class::Digits } else { Class::Number }
        } else if is_boolean(text) {
            Class::Boolean
        } else if is_version(text) {
            Class::Version
        } else {
            Class::Text
        }
    }
}

/// The value that most commands name: the agent, where no header does.
fn common_value(traffic: &Traffic) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let commands: Vec<_> = traffic.exchanges.iter().filter(|exchange| exchange.way == Way::FromSap).collect();
    for exchange in &commands {
        let values: BTreeSet<&str> =
            exchange.call.children.iter().filter(|child| child.children.is_empty()).map(|child| child.text.as_str()).collect();
        for value in values.into_iter().filter(|value| !value.is_empty() && !is_url(value) && value.chars().any(char::is_alphabetic)) {
            *counts.entry(value).or_default() += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| count * 3 >= commands.len()).max_by_key(|(_, count)| *count).map(|(value, _)| value.to_owned())
}

/// Names that entries of lists have, so that a list with one entry is one.
fn is_entry(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["item", "entry", "element", "row", "string", "value", "member", "e", "li", "eintrag", "anytype"].contains(&name.as_str())
}

fn is_url(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://")) && !text.contains(char::is_whitespace)
}

fn is_number(text: &str) -> bool {
    let bare = text.trim_start_matches("sip:").trim_start_matches("tel:");
    let marked = bare.len() != text.len() || bare.starts_with('+');
    let digits = bare.bytes().filter(u8::is_ascii_digit).count();
    marked && digits >= 3 && bare.len() <= 64
}

fn is_boolean(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "x" | "yes" | "no")
}

fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || (text.len() == 14 && text.starts_with("20") && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_version(text: &str) -> bool {
    text.contains('.')
        && text.chars().any(|c| c.is_ascii_digit())
        && text.len() <= 20
        && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-_ ".contains(c))
}

//! Codes, by what they stand for: a state by its place in an item's story, a channel by its description, a button by the command of its name.

use super::{
    operations::Recognised,
    records::Records,
    story::{Story, most_common, value},
    traffic::{Class, Traffic},
    words,
};
use crate::capture::tree::Node;
use shared::profile::{CodeTable, EventKey, OperationKey, RecordKey, Role};
use std::collections::BTreeMap;

/// A code that was recognised.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Code {
    pub(super) table: CodeTable,
    pub(super) word: &'static str,
    pub(super) id: String,
    /// What an agent reads.
    pub(super) text: Option<String>,
    /// As [`super::propose`] weighs it.
    pub(super) score: f64,
    pub(super) why: String,
}

/// The buttons, and the commands that they send.
const BUTTONS: [(&str, OperationKey); 10] = [
    ("accept", OperationKey::ItemAccept),
    ("reroute", OperationKey::ItemReroute),
    ("drop", OperationKey::PhoneCallDrop),
    ("hold", OperationKey::PhoneCallHold),
    ("unhold", OperationKey::PhoneCallUnhold),
    ("alternate", OperationKey::PhoneCallAlternate),
    ("consult", OperationKey::PhoneCallConsult),
    ("reconnect", OperationKey::PhoneCallReconnect),
    ("conference", OperationKey::PhoneCallConference),
    ("transfer", OperationKey::PhoneCallTransfer),
];

/// Every code that could be recognised; each word and each id at most once in a table.
pub(super) fn recognise(traffic: &Traffic, story: &Story, recognised: &[Recognised], records: &Records) -> Vec<Code> {
    let mut found = states(traffic, story, recognised, records);
    found.extend(directions(traffic, story, records));
    found.extend(buttons(traffic, recognised, records));
    found.extend(channels(traffic, recognised, records));
    found.extend(kinds(traffic, records));
    found.extend(reasons(traffic, records));
    let mut once: Vec<Code> = Vec::new();
    for code in found {
        if !once.iter().any(|other| other.table == code.table && (other.word == code.word || other.id == code.id)) {
            once.push(code);
        }
    }
    once
}

fn states(traffic: &Traffic, story: &Story, recognised: &[Recognised], records: &Records) -> Vec<Code> {
    // Jackfield's own events have Jackfield's codes.
    if records.event(EventKey::PhoneCallChanged).is_none() {
        return Vec::new();
    }
    let after = |key: OperationKey| {
        let found = recognised.iter().find(|found| found.key == key)?;
        let group = &traffic.commands[found.group];
        let mut states = Vec::new();
        for (place, exchange) in group.places.iter().zip(traffic.of(group)) {
            for child in exchange.call.children.iter().filter(|child| traffic.facts.class(child) == Class::Item) {
                states.extend(story.effect(*place, &child.text).and_then(|effect| effect.after));
            }
        }
        most_common(&states.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let texts = state_texts(traffic, story, records);
    let told = [
        ("alerting", story.offered.clone(), "the first state of items that nobody had asked for"),
        ("ended", story.ended.clone(), "the state after which nothing comes"),
        ("connected", after(OperationKey::ItemAccept).or_else(|| story.connected.clone()), "the state after an item was accepted"),
        ("dialing", after(OperationKey::PhoneCallDial), "the state after dialling"),
        ("held", after(OperationKey::PhoneCallHold), "the state after hold"),
        ("conferenced", after(OperationKey::PhoneCallConference), "the state after conference"),
        ("listening", after(OperationKey::PhoneCallListen), "the state after listen"),
    ];
    told.into_iter()
        .filter_map(|(word, id, why)| {
            let id = id?;
            let text = texts.get(&id).cloned();
            Some(Code { table: CodeTable::ProcessingStatus, word, id, text, score: 8.0, why: why.to_owned() })
        })
        .collect()
}

/// What stands beside each state's code.
fn state_texts(traffic: &Traffic, story: &Story, records: &Records) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let Some(description) = records.field(RecordKey::TextElement, Role::Description) else { return texts };
    for group in &traffic.events {
        let Some((above, _)) = story.state_paths.get(&group.asked).and_then(|path| path.rsplit_once('/')) else { continue };
        let path = &story.state_paths[&group.asked];
        for exchange in traffic.of(group).filter(|exchange| !exchange.ours) {
            if let (Some(id), Some(text)) = (value(&exchange.call, path), value(&exchange.call, &format!("{above}/{}", description.name))) {
                texts.insert(id, text);
            }
        }
    }
    texts
}

/// Values of one field of calls, with the item of each.
fn of_calls<'t>(traffic: &'t Traffic, records: &Records, role: Role) -> Vec<(String, &'t Node)> {
    let Some(field) = records.field(RecordKey::PhoneCall, role) else { return Vec::new() };
    let Some(event) = records.event(EventKey::PhoneCallChanged) else { return Vec::new() };
    let group = &traffic.events[event.group];
    let Some(path) = traffic.facts.item_paths.get(&group.asked) else { return Vec::new() };
    let mut found = Vec::new();
    for exchange in traffic.of(group).filter(|exchange| !exchange.ours) {
        let Some(item) = value(&exchange.call, path) else { continue };
        for record in &exchange.call.children {
            found.extend(record.children.iter().filter(|child| child.name == field.name).map(|child| (item.clone(), child)));
        }
    }
    found
}

fn directions(traffic: &Traffic, story: &Story, records: &Records) -> Vec<Code> {
    let values = of_calls(traffic, records, Role::Direction);
    let mut found = Vec::new();
    for (word, inbound) in [("inbound", true), ("outbound", false)] {
        let of_word: Vec<&str> = values
            .iter()
            .filter(|(item, _)| story.is_inbound(item) == Some(inbound))
            .map(|(_, node)| code_of(node, records))
            .filter(|id| !id.is_empty())
            .collect();
        if let Some(id) = most_common(&of_word) {
            let why = if inbound { "calls that came in" } else { "calls that SAP had asked for" };
            found.push(Code { table: CodeTable::Directions, word, id, text: None, score: 7.0, why: why.to_owned() });
        }
    }
    found
}

fn buttons(traffic: &Traffic, recognised: &[Recognised], records: &Records) -> Vec<Code> {
    let values = of_calls(traffic, records, Role::Capabilities);
    let ids: std::collections::BTreeSet<&str> = values
        .iter()
        .flat_map(|(_, list)| {
            if list.children.is_empty() {
                vec![list.text.as_str()]
            } else {
                list.children.iter().map(|entry| code_of(entry, records)).collect()
            }
        })
        .filter(|id| !id.is_empty())
        .collect();
    let mut found: Vec<Code> = Vec::new();
    for id in ids {
        let mut best: Option<(f64, &'static str, String)> = None;
        for (word, key) in BUTTONS {
            let name = recognised.iter().find(|found| found.key == key).map(|found| traffic.commands[found.group].asked.name.as_str());
            let same = name.is_some_and(|name| name.eq_ignore_ascii_case(id));
            let score = if same {
                8.0
            } else {
                words::best(id, [word, key.word().rsplit('.').next().unwrap_or(word)].into_iter().chain(name)) * 6.0
            };
            if best.as_ref().is_none_or(|(other, ..)| score > *other) {
                let why = if same { format!("it is called like the command {id}") } else { "by its name".to_owned() };
                best = Some((score, word, why));
            }
        }
        if let Some((score, word, why)) = best.filter(|(score, ..)| *score >= 4.0) {
            found.push(Code { table: CodeTable::Capabilities, word, id: id.to_owned(), text: None, score, why });
        }
    }
    found.sort_by(|one, two| two.score.total_cmp(&one.score));
    found
}

fn channels(traffic: &Traffic, recognised: &[Recognised], records: &Records) -> Vec<Code> {
    const KNOWN: [(&str, &[&str]); 4] = [
        ("phone", &["phone", "telephone", "telephony", "voice", "telefon", "call", "tel"]),
        ("email", &["email", "mail", "e"]),
        ("chat", &["chat", "message"]),
        ("action_item", &["action", "push", "task", "object", "aufgabe"]),
    ];
    let texts = described(traffic, records, RecordKey::Channel);
    let mut found = Vec::new();
    for (id, text) in &texts {
        let told = words::words(text).into_iter().chain(words::words(id)).collect::<Vec<_>>();
        let known = KNOWN.iter().find(|(_, names)| told.iter().any(|word| names.contains(&word.as_str())));
        if let Some((word, _)) = known {
            let why = format!("it is described as “{text}”");
            found.push(Code {
                table: CodeTable::Channels,
                word,
                id: id.clone(),
                text: Some(text.clone()).filter(|text| !text.is_empty()),
                score: 7.0,
                why,
            });
        }
    }
    // One channel alone that agents of a switch choose is the telephone.
    let chosen: Vec<String> = recognised
        .iter()
        .filter(|found| found.key == OperationKey::UserSetCurrentChannels)
        .flat_map(|found| {
            let names: Vec<&str> = found
                .parameters
                .iter()
                .filter(|parameter| parameter.role == Role::Channels)
                .map(|parameter| parameter.name.as_str())
                .collect();
            let of_command = |exchange: &super::traffic::Exchange| {
                let lists = exchange.call.children.iter().filter(|child| names.contains(&child.name.as_str()));
                lists
                    .flat_map(|list| {
                        if list.children.is_empty() {
                            vec![list.text.clone()]
                        } else {
                            list.leaves().into_iter().map(|(_, leaf)| leaf.text.clone()).collect()
                        }
                    })
                    .collect::<Vec<_>>()
            };
            traffic.of(&traffic.commands[found.group]).flat_map(of_command).collect::<Vec<_>>()
        })
        .filter(|id| !id.is_empty())
        .collect();
    if found.is_empty()
        && let Some(id) = chosen.first().filter(|first| chosen.iter().all(|other| other == *first))
    {
        let why = "the only channel that was chosen".to_owned();
        found.push(Code { table: CodeTable::Channels, word: "phone", id: id.clone(), text: None, score: 5.0, why });
    }
    found
}

fn kinds(traffic: &Traffic, records: &Records) -> Vec<Code> {
    let Some(field) = records.field(RecordKey::Container, Role::Kind) else { return Vec::new() };
    let Some(id_field) = records.field(RecordKey::Container, Role::Id) else { return Vec::new() };
    let in_calls: Vec<String> = of_calls(traffic, records, Role::Container).into_iter().map(|(_, node)| node.text.clone()).collect();
    let mut found = Vec::new();
    for exchange in traffic.exchanges.iter().filter(|exchange| !exchange.ours) {
        let mut pending: Vec<&Node> = exchange.answer.iter().chain([&exchange.call]).collect();
        while let Some(node) = pending.pop() {
            pending.extend(&node.children);
            let (Some(kind), Some(id)) = (node.child(&field.name), node.child(&id_field.name)) else { continue };
            let code = code_of(kind, records).to_owned();
            let is_known = traffic.facts.containers.contains(&id.text) || in_calls.contains(&id.text);
            if code.is_empty() || !is_known {
                continue;
            }
            let (word, score, why) = if in_calls.contains(&id.text) {
                ("line", 8.0, "calls are in it".to_owned())
            } else if words::alike(&code, "folder") >= 0.5 {
                ("folder", 6.0, "by its name".to_owned())
            } else if words::alike(&code, "line") >= 0.5 {
                ("line", 6.0, "by its name".to_owned())
            } else {
                ("folder", 5.0, "a container without calls".to_owned())
            };
            found.push(Code { table: CodeTable::ContainerKinds, word, id: code, text: None, score, why });
        }
    }
    found.sort_by(|one, two| two.score.total_cmp(&one.score));
    found
}

fn reasons(traffic: &Traffic, records: &Records) -> Vec<Code> {
    const KNOWN: [(&str, &[&str]); 4] = [
        ("logged_on_again", &["again", "elsewhere", "erneut", "new", "replaced", "twice"]),
        ("logged_off", &["logged", "off", "logoff", "logout", "abgemeldet"]),
        ("shutdown", &["shutdown", "shut", "stopped", "beendet", "maintenance"]),
        ("switch_lost", &["lost", "connection", "server", "verloren"]),
    ];
    let Some(event) = records.event(EventKey::SubscriptionEnded) else { return Vec::new() };
    let Some(field) = event.parameters.iter().find(|field| field.role == Role::Reason) else { return Vec::new() };
    let mut found = Vec::new();
    for exchange in traffic.of(&traffic.events[event.group]).filter(|exchange| !exchange.ours) {
        let Some(reason) = exchange.call.child(&field.name) else { continue };
        let text =
            reason.leaves().into_iter().map(|(_, leaf)| leaf.text.as_str()).max_by_key(|text| text.len()).unwrap_or_default().to_owned();
        let told = words::words(&text);
        if let Some((word, _)) = KNOWN.iter().find(|(_, names)| told.iter().any(|told| names.contains(&told.as_str()))) {
            let id = code_of(reason, records).to_owned();
            let why = format!("it is described as “{text}”");
            found.push(Code { table: CodeTable::EndReasons, word, id, text: Some(text), score: 5.0, why });
        }
    }
    found
}

/// Ids with their descriptions, from all answers and events that hold such records.
fn described(traffic: &Traffic, records: &Records, record: RecordKey) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let (Some(id), Some(list)) = (
        records.field(record, Role::Id),
        records.field(RecordKey::UserAttributes, if record == RecordKey::Channel { Role::Channels } else { Role::Queues }),
    ) else {
        return texts;
    };
    let description = records.field(record, Role::Description);
    for exchange in traffic.exchanges.iter().filter(|exchange| !exchange.ours) {
        let mut pending: Vec<&Node> = exchange.answer.iter().chain([&exchange.call]).collect();
        while let Some(node) = pending.pop() {
            pending.extend(&node.children);
            if node.name != list.name {
                continue;
            }
            for entry in std::iter::once(node).chain(&node.children) {
                let Some(id) = entry.child(&id.name).filter(|id| !id.text.is_empty()) else { continue };
                let text = description.and_then(|description| entry.child(&description.name)).map_or("", |text| text.text.as_str());
                texts.insert(id.text.clone(), text.to_owned());
            }
        }
    }
    texts
}

/// The code of a value that may be a structure with a description.
fn code_of<'n>(node: &'n Node, records: &Records) -> &'n str {
    if node.children.is_empty() {
        return &node.text;
    }
    let id = records.field(RecordKey::TextElement, Role::Id).and_then(|field| node.child(&field.name));
    id.or_else(|| node.children.first()).map_or("", |id| &id.text)
}

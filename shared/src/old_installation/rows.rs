//! Entries that belong together: workmodes, attributes that are searched, channels, and what the SLD is told.

use super::{
    entries::{Content, Entry},
    keys::plain,
};
use crate::config::Sld;

/// What an entry of such a group says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Member {
    /// A workmode's number, status, and whether agents may choose it.
    Workmode(i64, String, bool),
    /// An attribute, for the list that this setting is.
    Attribute(&'static str, String),
    /// Whether SAP is told of a channel's interactions, and what makes an address of a name there.
    Channel(&'static str, bool, Option<String>),
    /// A value for the SLD's template.
    Sld(String, String),
    /// The port at which the service listens for its connector.
    RemotingPort(String),
}

/// What separates the parts of one text.
const SEPARATORS: [char; 6] = [';', ',', '|', '=', ':', '\n'];

/// What an entry says as one of a group; empty for one that stands alone.
pub(super) fn members(entry: &Entry) -> Vec<Member> {
    let group: String = entry.section.iter().map(|section| plain(section)).collect();
    if group.starts_with("systemruntimeremoting") {
        return port(entry).into_iter().collect();
    }
    // A list's name, or that of an element with attributes, says as much as the section around it.
    let group = match entry.content {
        Content::Text(_) => group,
        _ => group + &plain(&entry.name),
    };
    if let Some(value) = sld(entry) {
        return vec![value];
    }
    if group.contains("workmode") || group.contains("mappedstatus") {
        return workmodes(entry);
    }
    for (word, setting) in [("remoteattribute", "attributes.remote"), ("dialedattribute", "attributes.dialed")] {
        if group.contains(word) {
            return texts(entry).into_iter().map(|text| Member::Attribute(setting, text)).collect();
        }
    }
    if group.contains("channel") { channels(entry) } else { Vec::new() }
}

fn port(entry: &Entry) -> Option<Member> {
    let Content::Attributes(attributes) = &entry.content else { return None };
    named(attributes, &["port"]).map(|port| Member::RemotingPort(port.to_owned()))
}

fn sld(entry: &Entry) -> Option<Member> {
    let standard = Sld::default().attributes;
    let name = |name: &str| standard.keys().find(|known| plain(known) == plain(name)).cloned();
    match &entry.content {
        Content::Text(value) if !value.is_empty() => Some(Member::Sld(name(&entry.name)?, value.clone())),
        Content::Attributes(attributes) => {
            let (key, value) = (named(attributes, &["name", "key"])?, named(attributes, &["value"])?);
            Some(Member::Sld(name(key)?, value.to_owned()))
        }
        _ => None,
    }
}

fn workmodes(entry: &Entry) -> Vec<Member> {
    let workmode = |id: &str, status: &str, selectable: Option<&str>| {
        let id = id.parse().ok().filter(|id| *id > 0)?;
        (!status.is_empty()).then(|| Member::Workmode(id, status.to_owned(), selectable.and_then(yes_or_no).unwrap_or(true)))
    };
    match &entry.content {
        Content::Attributes(attributes) => {
            let id = named(attributes, &["workmodeid", "id", "workmode", "key", "number"]);
            let status = named(attributes, &["status", "agentstatus", "icstatus", "cicstatus", "description", "name", "value", "text"]);
            let selectable = named(attributes, &["userselectable", "selectable"]);
            id.zip(status).and_then(|(id, status)| workmode(id, status, selectable)).into_iter().collect()
        }
        Content::Text(value) => workmode(&entry.name, value, None).or_else(|| workmode(value, &entry.name, None)).into_iter().collect(),
        Content::List(list) => list
            .iter()
            .filter_map(|text| {
                let parts: Vec<_> = text.split(SEPARATORS).map(str::trim).collect();
                let [one, two, rest @ ..] = parts.as_slice() else { return None };
                workmode(one, two, rest.first().copied()).or_else(|| workmode(two, one, rest.first().copied()))
            })
            .collect(),
        Content::Platform => Vec::new(),
    }
}

/// The names in a list, however it is written: as values, as keys with a number or a yes, or as attributes.
fn texts(entry: &Entry) -> Vec<String> {
    let all = match &entry.content {
        Content::Attributes(attributes) => named(attributes, &["name", "value", "key"]).into_iter().map(str::to_owned).collect(),
        Content::Text(value) if value.is_empty() || yes_or_no(value).is_some() => vec![entry.name.clone()],
        Content::Text(value) => vec![value.clone()],
        Content::List(list) => list.clone(),
        Content::Platform => Vec::new(),
    };
    all.into_iter().filter(|text| !text.is_empty()).collect()
}

fn channels(entry: &Entry) -> Vec<Member> {
    let channel = |name: &str, on, extension: Option<&str>| {
        let name = plain(name);
        let setting = if name.contains("actionitem") || name.contains("email") {
            "channels.action_item"
        } else if name.contains("chat") {
            "channels.chat"
        } else if name.contains("phone") || name.contains("call") {
            "channels.phone"
        } else {
            return None;
        };
        Some(Member::Channel(setting, on, extension.filter(|text| !text.is_empty()).map(str::to_owned)))
    };
    match &entry.content {
        Content::Attributes(attributes) => {
            let (name, extension) =
                (named(attributes, &["name", "type", "key", "id"]), named(attributes, &["addressextension", "extension"]));
            let on = named(attributes, &["enabled", "value"]).and_then(yes_or_no).unwrap_or(true);
            name.and_then(|name| channel(name, on, extension)).into_iter().collect()
        }
        Content::Text(value) => match yes_or_no(value) {
            Some(on) => channel(&entry.name, on, None).into_iter().collect(),
            None => value.split(SEPARATORS).filter_map(|name| channel(name, true, None)).collect(),
        },
        Content::List(list) => list.iter().filter_map(|name| channel(name, true, None)).collect(),
        Content::Platform => Vec::new(),
    }
}

/// The first of these attributes, the most telling first.
fn named<'a>(attributes: &'a [(String, String)], names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| attributes.iter().find(|(key, _)| plain(key) == *name)).map(|(_, value)| value.as_str())
}

/// Yes and no as .NET and people write them.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match plain(text).as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// The parts of a list that is written as one text.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split([';', ',', '|', '\n']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

//! How an agent's interactions look in a queue of ICWS: ids, states and attributes (reference of ICWS, §4.1, §4.6, §4.9).
//!
//! What is one interaction of the embedded switch is one item here, with two exceptions. A conference is a parent and a child for each party,
//! the agent's own leg among them: it is the child whose `Eic_UserName` is his. `Eic_ConferenceMembers` of the parent names the children,
//! the first call first, with `|` between them. And a callback whose customer was called is two items, the callback and the call;
//! `Eic_CallbackAssociatedCallId` of the first names the second.

use super::{
    attributes::Attributes,
    book::{Book, Conference},
    mirror::{Mirror, Person},
};
use crate::{
    domain::{Interaction, InteractionId, InteractionKind, InteractionState, Party, PartyId, QueueId, UserId},
    switch::embedded::Sight,
};

/// One entry of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) id: String,
    /// The interaction of the embedded switch that it is, or is a part of.
    pub(super) call: InteractionId,
    pub(super) role: Role,
    /// The conference that it is a member of.
    pub(super) parent: Option<String>,
    pub(super) attributes: Attributes,
}

/// What part of an interaction an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Whole,
    /// A conference.
    Parent,
    /// The agent's own leg of a conference.
    Own,
    /// Another party of a conference.
    Member(PartyId),
    /// A callback whose customer has been called.
    Callback,
    /// That call.
    CalledBack,
}

/// An agent's interactions.
pub(super) fn of_user(user: &UserId, mirror: &Mirror, book: &Book) -> Vec<Item> {
    let Some(person) = mirror.persons.get(user) else { return Vec::new() };
    let shown = person.interactions.values().filter(|each| each.state != InteractionState::Listening);
    shown.flat_map(|each| items(user, person, each, mirror, book)).collect()
}

/// What waits in a workgroup, and what it has given to agents.
pub(super) fn of_workgroup(queue: &QueueId, mirror: &Mirror, book: &Book) -> Vec<Item> {
    let waiting = mirror.calls.values().filter(|sight| sight.waiting.as_ref().is_some_and(|(waits_in, _)| waits_in == queue));
    let waiting = waiting.map(waiting_item);
    let given = mirror.persons.iter().flat_map(|(user, person)| {
        let of_queue = person.interactions.values().filter(|each| each.queue.as_ref() == Some(queue));
        of_queue.flat_map(|each| items(user, person, each, mirror, book))
    });
    waiting.chain(given).collect()
}

fn items(user: &UserId, person: &Person, seen: &Interaction, mirror: &Mirror, book: &Book) -> Vec<Item> {
    let whole = whole(person, seen, mirror);
    if let (Some(conference), Some(sight)) = (book.conference(&seen.id), mirror.calls.get(&seen.id)) {
        return conferred(user, seen, &whole, conference, sight, mirror);
    }
    match book.callback(&seen.id) {
        Some(call) => called_back(seen, whole, call),
        None => vec![whole],
    }
}

fn whole(person: &Person, seen: &Interaction, mirror: &Mirror) -> Item {
    let mut attributes: Attributes = seen.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let sight = mirror.calls.get(&seen.id);
    set_state(&mut attributes, letter(seen.state, !seen.parties.is_empty()));
    attributes.set("Eic_InitiationTime", date(seen.since));
    if let Some(connected) = person.connected.get(&seen.id) {
        attributes.set("Eic_ConnectTime", date(*connected));
    }
    if let Some(data) = &seen.attached_data {
        attributes.set("Sap_Cad", &**data);
    }
    if let Some(call) = &seen.consultation_for {
        attributes.set("Eic_ConsultingCallId", call.as_str());
    }
    if let Some(consultation) = person.interactions.values().find(|each| each.consultation_for.as_ref() == Some(&seen.id)) {
        attributes.set("Eic_ConsultCallId", consultation.id.as_str());
    }
    let listeners = sight.map(|sight| sight.listeners.iter().map(UserId::as_str).collect::<Vec<_>>().join("|")).unwrap_or_default();
    if !listeners.is_empty() {
        attributes.set("Eic_Monitors", listeners);
    }
    attributes.set("Eic_Capabilities", capabilities(seen).to_string());
    if attributes.get("Eic_Muted").is_none() {
        attributes.set("Eic_Muted", "0");
    }
    Item { id: seen.id.to_string(), call: seen.id.clone(), role: Role::Whole, parent: None, attributes }
}

fn conferred(user: &UserId, seen: &Interaction, whole: &Item, conference: &Conference, sight: &Sight, mirror: &Mirror) -> Vec<Item> {
    let ids: Vec<&str> = conference.members.iter().map(|(_, id)| id.as_str()).collect();
    let mut parent = Item { id: conference.id.clone(), role: Role::Parent, ..whole.clone() };
    parent.attributes.set("Eic_ConferenceMembers", ids.join("|"));
    name(&mut parent, &conference.id);
    let children = conference.members.iter().filter_map(|(party, id)| {
        let (party, agent) = sight.parties.iter().find(|(each, _)| each.id == *party)?;
        let own = agent.as_ref() == Some(user);
        let role = if own { Role::Own } else { Role::Member(party.id.clone()) };
        let mut child = Item { id: id.clone(), role, parent: Some(conference.id.clone()), ..whole.clone() };
        name(&mut child, &conference.id);
        let state = match agent {
            _ if own => seen.state,
            Some(agent) => {
                mirror.persons.get(agent).and_then(|person| person.interactions.get(&seen.id)).map_or(seen.state, |leg| leg.state)
            }
            None => InteractionState::Connected,
        };
        set_state(&mut child.attributes, letter(state, true));
        far_side(&mut child.attributes, party, agent.as_ref());
        Some(child)
    });
    let children: Vec<_> = children.collect();
    std::iter::once(parent).chain(children).collect()
}

fn name(item: &mut Item, conference: &str) {
    let id = item.id.clone();
    item.attributes.set("Eic_InteractionId", id.as_str());
    item.attributes.set("Eic_CallId", id);
    item.attributes.set("Eic_ConferenceId", conference);
}

/// Who is at the other end of a member.
fn far_side(attributes: &mut Attributes, party: &Party, agent: Option<&UserId>) {
    for each in ["Eic_RemoteTn", "Eic_RemoteTnRaw", "Eic_RemoteAddress", "Eic_RemoteId"] {
        attributes.set(each, party.address.as_str());
    }
    attributes.set("Eic_RemoteName", party.name.as_str());
    attributes.set("Eic_UserName", agent.map_or("", UserId::as_str));
    attributes.set("Eic_CallType", if agent.is_some() { "I" } else { "E" });
}

fn called_back(seen: &Interaction, whole: Item, call: &str) -> Vec<Item> {
    let mut made = Item { id: call.to_owned(), role: Role::CalledBack, ..whole.clone() };
    made.attributes.set("Eic_InteractionId", call);
    made.attributes.set("Eic_CallId", call);
    made.attributes.set("Eic_ObjectType", "Call");
    made.attributes.set("Eic_CallDirection", "O");
    let mut callback = Item { role: Role::Callback, ..whole };
    callback.attributes.set("Eic_CallbackAssociatedCallId", call);
    if matches!(seen.state, InteractionState::Dialing | InteractionState::Held) {
        set_state(&mut callback.attributes, letter(InteractionState::Connected, true));
    }
    vec![callback, made]
}

fn waiting_item(sight: &Sight) -> Item {
    let mut attributes: Attributes = sight.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() && attributes.get(name).is_none() {
            attributes.set(name, value);
        }
    };
    let caller = sight.parties.iter().find(|(_, user)| user.is_none()).or(sight.parties.first()).map(|(party, _)| party);
    for each in ["Eic_CallId", "Eic_InteractionId"] {
        add(each, sight.call.as_str());
    }
    for each in ["Eic_RemoteTn", "Eic_RemoteTnRaw", "Eic_RemoteAddress"] {
        add(each, caller.map_or("", |party| &party.address));
    }
    for each in ["Eic_LocalTn", "Eic_LocalTnRaw", "Eic_LocalAddress"] {
        add(each, &sight.dialed);
    }
    add("Eic_RemoteName", caller.map_or("", |party| &party.name));
    add("Eic_ObjectType", object_type(sight.kind));
    add("Eic_CallDirection", "I");
    add("Eic_CallType", "E");
    if let Some((queue, since)) = &sight.waiting {
        add("Eic_WorkgroupName", queue.as_str());
        add("Eic_AssignedWorkgroup", queue.as_str());
        add("Eic_InitiationTime", &date(*since));
    }
    add("Sap_Cad", sight.attached_data.as_deref().unwrap_or_default());
    set_state(&mut attributes, "O");
    Item { id: sight.call.to_string(), call: sight.call.clone(), role: Role::Whole, parent: None, attributes }
}

/// `Eic_State` and the text that people read.
pub(super) fn set_state(attributes: &mut Attributes, letter: &str) {
    attributes.set("Eic_State", letter);
    let text = match letter {
        "A" => "Alerting",
        "S" => "Dialing",
        "R" => "Proceeding",
        "C" => "Connected",
        "H" => "On Hold",
        "O" => "Offering",
        "M" => "Voice Mail",
        "I" => "Disconnected [Local Disconnect]",
        _ => "Disconnected [Remote Disconnect]",
    };
    attributes.set("Eic_CallStateString", text);
}

fn letter(state: InteractionState, rings_somewhere: bool) -> &'static str {
    match state {
        InteractionState::Alerting => "A",
        InteractionState::Dialing if rings_somewhere => "R",
        InteractionState::Dialing => "S",
        InteractionState::Connected | InteractionState::Listening => "C",
        InteractionState::Held => "H",
        InteractionState::Ended(_) => "E",
    }
}

/// Bits as the vendor's library names them; hints, says the reference.
fn capabilities(seen: &Interaction) -> u32 {
    const CONSULT: u32 = 1;
    const DISCONNECT: u32 = 2;
    const HOLD: u32 = 4;
    const MUTE: u32 = 32;
    const PICKUP: u32 = 256;
    const TRANSFER: u32 = 4096;
    let sound = if seen.kind == InteractionKind::Call { CONSULT | MUTE } else { 0 };
    DISCONNECT
        | match seen.state {
            InteractionState::Alerting => PICKUP | TRANSFER,
            InteractionState::Connected => HOLD | TRANSFER | sound,
            InteractionState::Held => PICKUP | TRANSFER | sound,
            _ => 0,
        }
}

/// As CIC names it.
pub(super) fn object_type(kind: InteractionKind) -> &'static str {
    match kind {
        InteractionKind::Call => "Call",
        InteractionKind::Callback => "Callback",
        InteractionKind::Chat => "Chat",
        InteractionKind::Email => "Email",
        InteractionKind::GenericObject => "Generic Object",
    }
}

/// `YYYYMMDDThhmmssZ`.
pub(super) fn date(unix: i64) -> String {
    let at = jiff::Timestamp::from_second(unix).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

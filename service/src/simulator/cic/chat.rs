//! Chats: writing, typing, and watching who is in one and what was written (reference of ICWS, §2.5, §4.7).

use super::{
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    desk::Desk,
    picture::date,
    scene::Scene,
    session::Watch,
};
use crate::domain::{Author, Interaction, InteractionId, PartyId, Posting, SwitchRequest, UserId};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) async fn answer(desk: &Desk, id: &str, path: &[&str], ask: &Ask) -> Outcome {
    let body = ask.json()?;
    match (ask.method.as_str(), path) {
        ("POST", ["messages"]) => {
            let text = body.text("text")?;
            let chat = desk.target(id)?.call;
            desk.request(SwitchRequest::Post { chat, text: text.into() }).await?;
        }
        ("PUT", ["typing-indicator"]) => {
            let on = body.truth("on")?;
            let chat = desk.target(id)?.call;
            desk.request(SwitchRequest::SetTyping { chat, on }).await?;
        }
        ("POST", ["send-file"]) => return Err(Problem::denied("The simulated server sends no files.")),
        (method, ["messages" | "typing-indicator" | "send-file"]) => return Err(Problem::method(method)),
        _ => return Err(Problem::unsupported(&ask.path)),
    }
    Ok(Answer::empty(200))
}

/// Members and contents of one chat.
pub(super) struct ChatWatch {
    id: String,
    user: UserId,
    /// The number of the last posting that was told.
    last: Option<u64>,
    members: Option<BTreeMap<String, Value>>,
}

// === impl ChatWatch ===

impl ChatWatch {
    pub(super) fn new(id: &str, user: UserId) -> Self {
        Self { id: id.to_owned(), user, last: None, members: None }
    }

    fn members(&self, scene: &Scene, seen: &Interaction) -> BTreeMap<String, Value> {
        let typing = seen.chat.as_ref().map(|chat| chat.typing.clone()).unwrap_or_default();
        let agent_of = |party: &PartyId| {
            let sight = scene.mirror.calls.get(&seen.id)?;
            sight.parties.iter().find(|(each, _)| each.id == *party).and_then(|(_, user)| user.clone())
        };
        let mut members = BTreeMap::new();
        for party in &seen.parties {
            let agent = agent_of(&party.id);
            let kind = if agent.is_some() { 3 } else { 4 };
            let user = agent.as_ref().map_or("", UserId::as_str);
            members.insert(party.id.to_string(), member(kind, &party.name, &self.id, user, typing.contains(&party.id)));
        }
        members.insert(String::new(), member(2, self.user.as_str(), &self.id, self.user.as_str(), false));
        members
    }

    fn posting(&self, posting: &Posting) -> Value {
        let member = match &posting.author {
            Author::Agent(user) if *user == self.user => member(2, user.as_str(), &self.id, user.as_str(), false),
            Author::Agent(user) => member(3, user.as_str(), &self.id, user.as_str(), false),
            Author::Customer { name, address } => member(4, if name.is_empty() { address } else { name }, &self.id, "", false),
            Author::System => member(1, "System", &self.id, "", false),
        };
        json!({ "chatMember": member, "text": &*posting.text, "timestamp": date(posting.at), "messageType": 0 })
    }
}

impl Watch for ChatWatch {
    fn look(&mut self, scene: &Scene) -> Vec<Value> {
        let call = InteractionId::new(self.id.as_str());
        let persons = &scene.mirror.persons;
        let own = persons.get(&self.user).and_then(|person| person.interactions.get(&call));
        let Some(seen) = own.or_else(|| persons.values().find_map(|person| person.interactions.get(&call))) else { return Vec::new() };
        let mut messages = Vec::new();

        let now = self.members(scene, seen);
        let before = self.members.replace(now.clone());
        let is_delta = before.is_some();
        let before = before.unwrap_or_default();
        let added: Vec<_> = now.iter().filter(|(id, _)| !before.contains_key(*id)).map(|(_, member)| member).collect();
        let changed: Vec<_> =
            now.iter().filter(|(id, member)| before.get(*id).is_some_and(|old| old != *member)).map(|(_, member)| member).collect();
        let removed: Vec<_> = before.iter().filter(|(id, _)| !now.contains_key(*id)).map(|(_, member)| member).collect();
        if !is_delta || added.len() + changed.len() + removed.len() > 0 {
            messages.push(json!({
                "__type": "urn:inin.com:interactions.chat:chatMembersMessage",
                "isDelta": is_delta,
                "interactionId": self.id,
                "membersAdded": added,
                "membersChanged": changed,
                "membersRemoved": removed,
            }));
        }

        let postings =
            seen.chat.iter().flat_map(|chat| &chat.postings).filter(|posting| self.last.is_none_or(|last| posting.number > last));
        let new: Vec<_> = postings.map(|posting| self.posting(posting)).collect();
        if self.last.is_none() || !new.is_empty() {
            messages.push(json!({
                "__type": "urn:inin.com:interactions.chat:chatContentsMessage",
                "isDelta": self.last.is_some(),
                "interactionId": self.id,
                "messagesAdded": new,
            }));
            self.last = Some(seen.chat.iter().flat_map(|chat| &chat.postings).map(|posting| posting.number).max().unwrap_or_default());
        }
        messages
    }

    fn is_wide(&self, user: &UserId) -> bool {
        self.user != *user
    }
}

fn member(kind: u8, name: &str, chat: &str, user: &str, types: bool) -> Value {
    json!({ "chatMemberType": kind, "displayName": name, "interactionId": chat, "userId": user, "isTyping": types })
}

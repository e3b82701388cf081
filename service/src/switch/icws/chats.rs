//! What was written in a chat and who takes part, as its messages tell it (icws §2.5, §4.7). Postings have no number on CIC; here they count
//! from 1 in the order in which they came, and a full message tells them all again in the same order.

use super::wire::{
    Id,
    media::{ChatContents, ChatMember, ChatMemberType, ChatMembers, ChatMessage, ChatMessageType},
};
use crate::domain::{Author, Chat, Party, PartyId, Posting, UserId};
use std::sync::Arc;

/// One chat.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    members: Vec<ChatMember>,
    postings: Vec<Arc<Posting>>,
    /// What was told last, to notice when it is told again.
    last: Vec<ChatMessage>,
    /// Was all of it told once?
    heard: (bool, bool),
}

// === impl Transcript ===

impl Transcript {
    /// Was all told that there is?
    pub(super) fn is_complete(&self) -> bool {
        self.heard == (true, true)
    }

    /// The server does not let us look into it: what there is is all there is.
    pub(super) fn give_up(&mut self) {
        self.heard = (true, true);
    }

    /// Takes over who takes part.
    pub(super) fn members(&mut self, message: ChatMembers) {
        if !message.is_delta {
            self.members.clear();
            self.heard.0 = true;
        }
        for gone in &message.members_removed {
            self.members.retain(|member| !is_same(member, gone));
        }
        for new in message.members_added.into_iter().chain(message.members_changed) {
            match self.members.iter_mut().find(|member| is_same(member, &new)) {
                Some(member) => *member = new,
                None => self.members.push(new),
            }
        }
    }

    /// Takes over what was written. `false`: it says what was said before, so that nobody knows whether it was written twice or told twice; the
    /// whole should be asked for.
    pub(super) fn contents(&mut self, message: ChatContents, me: &UserId, address: &str) -> bool {
        if !message.is_delta {
            self.postings.clear();
            self.heard.1 = true;
        } else if !self.heard.1 {
            // The whole is on its way, with this in it.
            return true;
        } else if !message.messages_added.is_empty() && message.messages_added == self.last {
            return false;
        }
        for written in &message.messages_added {
            let number = u64::try_from(self.postings.len()).unwrap_or(u64::MAX).saturating_add(1);
            let text: Arc<str> = match written.message_type {
                ChatMessageType::File => format!("[{}]", written.text).into(),
                _ => written.text.as_str().into(),
            };
            let author = author(&written.chat_member, me, address);
            self.postings.push(Arc::new(Posting { number, author, text, at: written.timestamp.0 }));
        }
        self.last = message.messages_added;
        true
    }

    /// As it is shown to whoever is called `me`.
    pub(super) fn chat(&self) -> Chat {
        let typing = self.others().filter(|member| member.is_typing).map(party_id);
        Chat { postings: self.postings.clone(), typing: typing.collect() }
    }

    /// The others, the customer first; `customer` is what the interaction says of him.
    pub(super) fn parties(&self, customer: Party) -> Vec<Party> {
        let is_customer = |member: &&ChatMember| member.chat_member_type == ChatMemberType::External;
        let party = |member: &ChatMember| {
            let name = if member.display_name.is_empty() { customer.name.clone() } else { member.display_name.clone() };
            let address = if is_customer(&member) { customer.address.clone() } else { member.user_id.to_string() };
            Party { id: party_id(member), address, name }
        };
        let (first, rest): (Vec<_>, Vec<_>) = self.others().partition(is_customer);
        let parties: Vec<_> = first.into_iter().chain(rest).map(party).collect();
        // Whoever has left is still whom the chat was with.
        if parties.iter().any(|party| !party.name.is_empty() || !party.address.is_empty()) { parties } else { vec![customer] }
    }

    fn others(&self) -> impl Iterator<Item = &ChatMember> {
        self.members.iter().filter(|member| !matches!(member.chat_member_type, ChatMemberType::System | ChatMemberType::CurrentUser))
    }
}

/// Members have no id of their own; the interaction is the chat's, or theirs.
fn party_id(member: &ChatMember) -> PartyId {
    let who = if member.user_id.is_empty() { &member.display_name } else { &*member.user_id };
    PartyId::new(format!("{}:{who}", member.chat_member_type.number()))
}

fn is_same(one: &ChatMember, other: &ChatMember) -> bool {
    let key = |member: &ChatMember| -> (ChatMemberType, Id, String) {
        (member.chat_member_type, member.user_id.clone(), member.display_name.clone())
    };
    key(one) == key(other)
}

fn author(member: &ChatMember, me: &UserId, address: &str) -> Author {
    match member.chat_member_type {
        ChatMemberType::CurrentUser => Author::Agent(me.clone()),
        ChatMemberType::Internal => Author::Agent(member.user_id.as_str().into()),
        ChatMemberType::External => Author::Customer { address: address.to_owned(), name: member.display_name.clone() },
        _ => Author::System,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn contents(is_delta: bool, texts: &[&str]) -> ChatContents {
        let member = json!({ "chatMemberType": 4, "displayName": "Max" });
        let written: Vec<Value> =
            texts.iter().map(|text| json!({ "chatMember": member, "text": text, "timestamp": "20210706T193229Z" })).collect();
        serde_json::from_value(json!({ "isDelta": is_delta, "interactionId": "9", "messagesAdded": written })).unwrap()
    }

    fn members(is_delta: bool, list: &str, is_typing: bool) -> ChatMembers {
        let all = json!([
            { "chatMemberType": 2, "displayName": "anna", "userId": "anna" },
            { "chatMemberType": 3, "displayName": "Bert Agent", "userId": "bert" },
            { "chatMemberType": 4, "displayName": "Max", "isTyping": is_typing },
        ]);
        serde_json::from_value(json!({ "isDelta": is_delta, "interactionId": "9", list: all })).unwrap()
    }

    fn texts(transcript: &Transcript) -> Vec<String> {
        transcript.chat().postings.iter().map(|posting| format!("{} {}", posting.number, posting.text)).collect()
    }

    #[test]
    fn postings_count_up_and_the_whole_told_again_changes_no_number() {
        let mut transcript = Transcript::default();
        let mut tell = |is_delta, texts: &[&str]| transcript.contents(contents(is_delta, texts), &"anna".into(), "max@example.com");
        assert!(tell(true, &["lost, as the whole comes"]) && tell(false, &["a", "b"]) && tell(true, &["c"]));
        assert!(!tell(true, &["c"]), "written twice or told twice?");
        assert!(tell(false, &["a", "b", "c", "c"]) && tell(true, &["d"]));
        assert_eq!(texts(&transcript), ["1 a", "2 b", "3 c", "4 c", "5 d"]);
        let author = Author::Customer { address: "max@example.com".to_owned(), name: "Max".to_owned() };
        assert_eq!(transcript.chat().postings[0].author, author);
    }

    #[test]
    fn the_customer_comes_first_and_who_writes_is_seen() {
        let mut transcript = Transcript::default();
        transcript.members(members(false, "membersAdded", false));
        assert!(transcript.chat().typing.is_empty() && !transcript.is_complete());
        for _ in 0..2 {
            transcript.members(members(true, "membersChanged", true));
        }
        let customer = Party { id: "9".into(), address: "max@example.com".to_owned(), name: String::new() };
        let parties = transcript.parties(customer.clone());
        let shown: Vec<_> = parties.iter().map(|party| (party.name.as_str(), party.address.as_str())).collect();
        assert_eq!(shown, [("Max", "max@example.com"), ("Bert Agent", "bert")]);
        assert_eq!(transcript.chat().typing, [parties[0].id.clone()]);
        transcript.members(members(true, "membersRemoved", false));
        assert_eq!(transcript.parties(customer.clone()), [customer]);
    }
}

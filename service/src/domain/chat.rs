//! Chats: what was written, who is writing, and how SAP sees both (ici-wire §2.7, §3.10; guide, "Web chats").
//!
//! The whole transcript is part of the interaction, so that a later state of it swallows no posting: however the states of a chat merge on
//! their way, what SAP was not told yet can be seen by its number.

use super::{
    AgentProfile, CallStatus, Capability, ContainerId, Interaction, ItemId, Party, PartyId, QueueId, Rules, TextElement, UserId,
    item::{call_status, first_attribute},
};
use shared::rules::mail_address;
use std::sync::Arc;

/// What is particular to a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chat {
    /// What was written, oldest first.
    pub postings: Vec<Arc<Posting>>,
    /// The other parties who are writing just now.
    pub typing: Vec<PartyId>,
}

/// One thing that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Counts up within the chat, from 1.
    pub number: u64,
    /// Who wrote it.
    pub author: Author,
    /// As it was written.
    pub text: Arc<str>,
    /// When, seconds since 1970 UTC.
    pub at: i64,
}

/// Who wrote something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// An agent.
    Agent(UserId),
    /// Somebody outside; he may have left since.
    Customer {
        /// As far as the switch knows it; may be empty.
        address: String,
        /// May be empty.
        name: String,
    },
    /// The switch itself: "you are the next".
    System,
}

/// A chat of one agent as SAP sees it: what `chatSessionChanged` and `getAttributes` carry.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatView {
    /// SAP's handle.
    pub item: ItemId,
    /// The folder it is in.
    pub container: ContainerId,
    /// Its state.
    pub status: CallStatus,
    /// What it is about; the customer's name where nothing says so.
    pub title: String,
    /// The customer's address in the form of an e-mail address.
    pub customer: String,
    /// All who take part: address and name, the agent himself last.
    pub participants: Vec<TextElement>,
    /// Addresses of those who are writing just now.
    pub typing: Vec<String>,
    /// The workgroup it came through; `None` for a direct chat.
    pub queue: Option<QueueId>,
    /// Byte for byte as SAP or the chat's flow set it.
    pub attached_data: Option<Arc<str>>,
    /// What can be done with it now.
    pub capabilities: Vec<Capability>,
    /// When it came to this agent, seconds since 1970 UTC.
    pub since: i64,
}

/// One posting as SAP sees it (ici-wire §3.10).
#[derive(Clone, Debug, PartialEq)]
pub struct PostingView {
    /// The chat.
    pub item: ItemId,
    /// Its place in the chat, see [`Posting::number`]; SAP does not see it.
    pub number: u64,
    /// Who wrote it, in the form of an e-mail address; empty for the system.
    pub participant: String,
    /// As it was written.
    pub text: Arc<str>,
    /// Was it the system that wrote it?
    pub is_system: bool,
    /// When, seconds since 1970 UTC.
    pub at: i64,
}

// === impl Chat ===

impl Chat {
    /// What was written after a number.
    pub fn after(&self, number: u64) -> impl Iterator<Item = &Arc<Posting>> {
        // Numbers count up, so that only the end is looked at.
        let from = self.postings.partition_point(|posting| posting.number <= number);
        self.postings[from..].iter()
    }

    /// The number of the last posting; 0 before the first.
    pub fn last(&self) -> u64 {
        self.postings.last().map_or(0, |posting| posting.number)
    }
}

/// A chat as SAP sees it.
pub(super) fn chat_view(
    item: &ItemId,
    chat: &Interaction,
    capabilities: Vec<Capability>,
    folder: ContainerId,
    agent: &AgentProfile,
    rules: &Rules,
) -> ChatView {
    let address = |party: &Party| party_address(chat, party, rules);
    let own = TextElement::new(agent_address(agent, rules), agent.name());
    let others = chat.parties.iter().map(|party| TextElement::new(address(party), party.name.as_str()));
    let typing = chat.chat.iter().flat_map(|chat| &chat.typing);
    let customer = chat.parties.first();
    ChatView {
        item: item.clone(),
        container: folder,
        status: call_status(chat),
        title: chat.subject().or(customer.map(|party| party.name.as_str())).unwrap_or_default().to_owned(),
        customer: customer.map(address).unwrap_or_default(),
        participants: others.chain([own]).collect(),
        typing: typing.filter_map(|id| chat.parties.iter().find(|party| party.id == *id)).map(address).collect(),
        queue: chat.queue.clone(),
        attached_data: chat.attached_data.clone(),
        capabilities,
        since: chat.since,
    }
}

/// A posting as SAP sees it.
pub(super) fn posting_view(item: &ItemId, chat: &Interaction, posting: &Posting, agent: &AgentProfile, rules: &Rules) -> PostingView {
    let participant = match &posting.author {
        Author::System => String::new(),
        Author::Agent(user) if *user == agent.user => agent_address(agent, rules),
        Author::Agent(user) => mail_address::to_sap("", user.as_str(), rules.chat_extension()),
        Author::Customer { address, name } => customer_address(chat, address, name, rules),
    };
    PostingView {
        item: item.clone(),
        number: posting.number,
        participant,
        text: Arc::clone(&posting.text),
        is_system: posting.author == Author::System,
        at: posting.at,
    }
}

/// The agent's address in chats: his own, else his name with the site's extension (guide, "Web chats").
pub(super) fn agent_address(agent: &AgentProfile, rules: &Rules) -> String {
    mail_address::to_sap(&agent.email, agent.user.as_str(), rules.chat_extension())
}

fn party_address(chat: &Interaction, party: &Party, rules: &Rules) -> String {
    // The attributes tell of the first party only: of the customer.
    if chat.parties.first().is_some_and(|first| first.id == party.id) {
        return customer_address(chat, &party.address, &party.name, rules);
    }
    let name = if party.name.is_empty() { &party.address } else { &party.name };
    mail_address::to_sap(&party.address, name, rules.chat_extension())
}

/// The customer's address: from the attributes of the file's list, else what the switch calls him.
fn customer_address(chat: &Interaction, address: &str, name: &str, rules: &Rules) -> String {
    let found = first_attribute(chat, &rules.remote_attributes, mail_address::is_address);
    let own = found.unwrap_or(address);
    let name = if name.is_empty() { own } else { name };
    mail_address::to_sap(own, name, rules.chat_extension())
}

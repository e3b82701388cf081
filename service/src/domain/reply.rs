//! What a command is answered with.

use super::{
    ActionItemView, AgentView, CallView, ChatView, ItemId, MessageView, MonitorView, PostingView, QueueView, TextElement,
    view::UserPresence,
};
use std::sync::Arc;

/// The answer to a command that was carried out; `ici` writes it as the operation's `response`.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Nothing to tell.
    Done,
    /// The item created, dialled, consulted, conferenced or listened to.
    Item(ItemId),
    /// Attached data, byte for byte; empty where there is none.
    Text(Arc<str>),
    /// The agent.
    Agent(Arc<AgentView>),
    /// One call.
    Call(Box<CallView>),
    /// Calls.
    Calls(Vec<CallView>),
    /// One chat.
    Chat(Box<ChatView>),
    /// What was written in it.
    Postings(Vec<PostingView>),
    /// One action item.
    ActionItem(Box<ActionItemView>),
    /// Messages of a folder.
    Messages(Vec<MessageView>),
    /// Queues to transfer to.
    Queues(Vec<QueueView>),
    /// Agents found by name.
    Users(Vec<UserPresence>),
    /// Who we are.
    Product(ProductInformation),
    /// Free seating.
    Workcenter(WorkcenterCapability),
    /// Figures of queues and agents.
    Monitor(Arc<MonitorView>),
    /// Work centres to choose from.
    Workcenters(Vec<TextElement>),
}

/// Product and version of one side (ici-wire §7; the field names are the profile's).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductInformation {
    /// Product name.
    pub name: String,
    /// Product version.
    pub version: String,
    /// Vendor.
    pub vendor: String,
    /// ICI version, e.g. `3.07`.
    pub ici_version: String,
}

/// What of free seating the site supports: the three service flags of the guide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkcenterCapability {
    /// Agents may name their station when they log on.
    pub free_seating: bool,
    /// Work centres can be filtered.
    pub filters: bool,
    /// Work centres can be listed.
    pub lists: bool,
}

//! What SAP asks for.

use super::{
    ActionItem, ActionItemId, Address, AppId, CallBack, ChannelId, ContainerId, EventUrl, ItemId, Language, ProductInformation, QueueId,
    ReplyTo, UserId, WorkmodeId,
};
use std::{net::IpAddr, sync::Arc};

/// A command with the user it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// On whose behalf SAP asks: the header's `user`, else the body's `userId`. `None` only where a command needs nobody.
    pub user: Option<UserId>,
    /// The header's language, for texts that the agent reads.
    pub language: Option<Language>,
    /// The address SAP called from; events may go back there when the file names no hosts.
    pub peer: Option<IpAddr>,
    /// What is asked.
    pub command: Command,
}

/// Where events are to go, as `subscribe…` and `unsubscribe…` say it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subscription {
    /// SAP's listening web service.
    pub url: EventUrl,
    /// How SAP processes the message.
    pub app: AppId,
}

/// Where a call is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A number, an extension or the name of a workgroup.
    Number(String),
    /// Another item of the same agent: `transfer` that names the live consultation completes it (design §5).
    Item(ItemId),
}

/// What a supervisor wants to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listened {
    /// A call by its item or interaction id.
    Call(ItemId),
    /// Whatever call this agent is talking on.
    Agent(UserId),
}

/// One operation of the guide's appendix A (and those that must exist beside it, ici-wire §2).
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are the parameters that the sentence above them names")]
pub enum Command {
    // System
    /// Both sides tell their product and version.
    ExchangeProductInformation(ProductInformation),
    /// Is free seating available?
    GetWorkcenterCapability,
    /// Work centres the agent may sit at whose names contain this; blank or `*`: all.
    GetWorkcenters { filter: String },
    /// Queues of a channel with the number to transfer to.
    GetPresenceQueueInfo { channel: Option<ChannelId> },
    /// Agents by name.
    GetUserPresence { search: String },
    /// A customer wants to be called back.
    CreateCallBack(Box<CallBack>),

    // User
    /// Everything SAP needs to log the agent on.
    GetUserAttributes,
    /// Start user events.
    SubscribeUser(Subscription),
    /// Stop them; an unknown subscription succeeds.
    UnsubscribeUser(Subscription),
    /// The work centre that the agent sits at; before or after he is logged on.
    SetWorkcenter(String),
    /// 1 logs off, 2 ready, 3 not ready, others as mapped.
    SetCurrentWorkmode(WorkmodeId),
    /// Accepted and kept, without effect (guide).
    SetCurrentQueues(Vec<QueueId>),
    /// The channels the agent registers for.
    SetCurrentChannels(Vec<ChannelId>),
    /// The agent's address on each channel.
    SetAddresses(Vec<Address>),

    // Item
    /// A new item, before an outbound call.
    CreateItem,
    /// Answer.
    Accept(ItemId),
    /// Reject: an ACD item back to its queue, another to voicemail or away.
    Reroute(ItemId),
    /// The attached data, byte for byte.
    GetAttachedData(ItemId),
    /// Replaces the attached data; never parsed, never written anew.
    SetAttachedData { item: ItemId, data: Arc<str> },
    /// Removes it.
    DeleteAttachedData(ItemId),

    // Container
    /// Start events of the items in a container.
    SubscribeContainer { container: ContainerId, subscription: Subscription },
    /// Stop them; an unknown subscription succeeds.
    UnsubscribeContainer { container: ContainerId, subscription: Subscription },

    // Line
    /// All live calls.
    GetCalls { line: Option<ContainerId> },
    /// Disconnect all live calls.
    DropCalls { line: Option<ContainerId> },

    // Phone call
    /// An outbound call; its interaction becomes this item.
    Dial { item: Option<ItemId>, destination: String },
    /// Hang up.
    Drop(ItemId),
    /// Connected to held.
    Hold(ItemId),
    /// Held to connected.
    Unhold(ItemId),
    /// Connected to held and held to connected, whichever of the two is named first.
    Alternate { item: ItemId, other: Option<ItemId> },
    /// Holds the call and dials out; answers with the new call's item.
    Consult { item: ItemId, destination: String, new_item: Option<ItemId> },
    /// Drops the active call and picks up the held one.
    Reconnect { item: ItemId, other: Option<ItemId> },
    /// Joins held and connected; the handle is the held call's.
    Conference { item: ItemId, other: Option<ItemId> },
    /// Blind to a number; warm when it names the live consultation.
    Transfer { item: ItemId, to: Destination },
    /// Removes one party (name, number or party id; perhaps the agent himself).
    DropParty { item: ItemId, party: String },
    /// Listen in, one way.
    Listen(Listened),
    /// Stop listening.
    ListenEnd(ItemId),
    /// One call's data.
    GetPhoneCallAttributes(ItemId),

    // Chat
    /// One chat's data.
    GetChatAttributes(ItemId),
    /// What was written in it.
    GetPostings(ItemId),
    /// Writes to the customer.
    Post { item: ItemId, text: Arc<str> },
    /// The agent is writing, or has stopped.
    SetTyping { item: ItemId, on: bool },
    // Action item; ending and transferring one, and a chat, is `Drop` and `Transfer`
    /// SAP wants it routed, for no agent in particular.
    RouteActionItem { item: Box<ActionItem>, reply_to: Option<ReplyTo> },
    /// SAP takes it back.
    CancelActionItem(ActionItemId),
    /// One action item's data.
    GetActionItemAttributes(ItemId),
    // Monitoring
    /// Start figures of queues and agents.
    SubscribeMonitor(Subscription),
    /// Stop them; an unknown subscription succeeds.
    UnsubscribeMonitor(Subscription),
    /// The figures of this moment.
    GetMonitorData,
    // Folder
    /// The messages in a folder.
    GetMessages { folder: String },
}

impl Command {
    /// The item that it names first.
    pub fn item(&self) -> Option<&ItemId> {
        match self {
            Self::Accept(item)
            | Self::Reroute(item)
            | Self::GetAttachedData(item)
            | Self::DeleteAttachedData(item)
            | Self::Drop(item)
            | Self::Hold(item)
            | Self::Unhold(item)
            | Self::Listen(Listened::Call(item))
            | Self::ListenEnd(item)
            | Self::GetPhoneCallAttributes(item)
            | Self::GetChatAttributes(item)
            | Self::GetPostings(item)
            | Self::GetActionItemAttributes(item)
            | Self::SetAttachedData { item, .. }
            | Self::Alternate { item, .. }
            | Self::Consult { item, .. }
            | Self::Reconnect { item, .. }
            | Self::Conference { item, .. }
            | Self::Transfer { item, .. }
            | Self::DropParty { item, .. }
            | Self::Post { item, .. }
            | Self::SetTyping { item, .. } => Some(item),
            Self::Dial { item, .. } => item.as_ref(),
            _ => None,
        }
    }
}

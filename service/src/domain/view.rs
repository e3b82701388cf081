//! Agents, calls and the rest as SAP sees them: complete snapshots, already with SAP's ids and formatted numbers.

use super::{ChannelId, ContainerId, Direction, ItemId, QueueId, UserId, WorkmodeId};
use std::sync::Arc;

/// SAP's pair of a code and a text an agent can read (ici-wire §3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextElement {
    /// The code.
    pub id: Arc<str>,
    /// The text.
    pub description: Arc<str>,
}

impl TextElement {
    /// A pair of code and text.
    pub fn new(id: impl Into<Arc<str>>, description: impl Into<Arc<str>>) -> Self {
        Self { id: id.into(), description: description.into() }
    }
}

/// An agent as `getAttributes` and user events show him (ici-wire §3.2).
#[derive(Clone, Debug, PartialEq)]
pub struct AgentView {
    /// His name in SAP and on the switch.
    pub user: UserId,
    /// First name, for lists.
    pub first_name: String,
    /// Last name, for lists.
    pub last_name: String,
    /// The workmodes he may see; the current one is among them.
    pub workmodes: Vec<TextElement>,
    /// What he is doing now.
    pub current_workmode: TextElement,
    /// Channels of the site.
    pub channels: Vec<ChannelView>,
    /// Channels he registered for.
    pub current_channels: Vec<ChannelId>,
    /// Workgroups he belongs to.
    pub queues: Vec<QueueView>,
    /// Queues SAP set; kept, without effect.
    pub current_queues: Vec<QueueId>,
    /// His address on each channel.
    pub addresses: Vec<Address>,
    /// What SAP may subscribe to.
    pub containers: Vec<ContainerView>,
}

impl AgentView {
    /// Is it the last that is told of a session?
    pub fn is_logged_off(&self) -> bool {
        self.current_workmode.id.parse() == Ok(WorkmodeId::LOGOUT.0)
    }
}

/// One kind of communication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelView {
    /// Which: the profile's code table turns it into SAP's id.
    pub id: ChannelId,
    /// Its name.
    pub description: Arc<str>,
}

/// A queue with what a transfer list needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueView {
    /// The workgroup.
    pub id: QueueId,
    /// Its name.
    pub description: Arc<str>,
    /// The number a transfer goes to; empty where it has none.
    pub number: String,
    /// What goes on in it; `None` where nobody has asked the switch for it.
    pub figures: Option<QueueFigures>,
}

/// What goes on in a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueFigures {
    /// Agents logged on in it.
    pub agents_logged_on: u32,
    /// Agents of it that are free.
    pub agents_available: u32,
    /// Interactions that wait.
    pub waiting: u32,
    /// How long the one that has waited longest does, in seconds.
    pub longest_wait: u32,
    /// Interactions that an agent has answered since the switch began.
    pub answered: u32,
    /// Those that ended before.
    pub abandoned: u32,
}

/// What an agent does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentFigures {
    /// His status on the switch.
    pub status: Arc<str>,
    /// Since when, seconds since 1970 UTC.
    pub since: i64,
    /// Interactions he has.
    pub items: u32,
}

/// What goes on at a site: for whoever watches it (ici-wire §2.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorView {
    /// When, seconds since 1970 UTC.
    pub at: i64,
    /// All workgroups.
    pub queues: Vec<QueueView>,
    /// All agents who are logged on.
    pub agents: Vec<UserPresence>,
}

/// A station and who sits there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationView {
    /// Its name.
    pub name: String,
    /// Who sits there; `None`: it is free.
    pub user: Option<UserId>,
}

/// An agent found by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPresence {
    /// His name on the switch.
    pub user: UserId,
    /// As people call him.
    pub name: String,
    /// The number a call or transfer goes to.
    pub number: String,
    /// `available`, `busy` or `logged_off`: a key of the profile's presence table (ici-wire §3.12).
    pub presence: &'static str,
    /// What he does; `None` while he is logged off.
    pub figures: Option<AgentFigures>,
}

/// An address on a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The channel.
    pub channel: ChannelId,
    /// The address; E.164 for phones, e-mail form for chats.
    pub address: String,
}

/// A place that holds items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerView {
    /// What SAP subscribes with.
    pub id: ContainerId,
    /// Line or folder.
    pub kind: ContainerKind,
}

/// The two kinds of container (ici-wire §2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContainerKind {
    /// A phone extension.
    Line,
    /// An inbox.
    Folder,
}

/// A call's state as SAP sees it; the codes are the profile's (`processing_status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallStatus {
    /// Rings at the agent.
    Alerting,
    /// The agent dials; nobody has answered.
    Dialing,
    /// Talking.
    Connected,
    /// On hold by this agent.
    Held,
    /// Talking with more than one.
    Conferenced,
    /// Listening in.
    Listening,
    /// Gone from this agent.
    Ended,
}

impl CallStatus {
    /// One word for it: the profile's key in the table `processing_status`, and what `/status` says.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alerting => "alerting",
            Self::Dialing => "dialing",
            Self::Connected => "connected",
            Self::Held => "held",
            Self::Conferenced => "conferenced",
            Self::Listening => "listening",
            Self::Ended => "ended",
        }
    }
}

/// What the agent may do with a call now: SAP lights the buttons by it (ici-wire §3.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the command of the same name")]
pub enum Capability {
    Accept,
    Reroute,
    Drop,
    Hold,
    Unhold,
    Alternate,
    Consult,
    Reconnect,
    Conference,
    Transfer,
    DropParty,
    ListenEnd,
    Post,
}

/// A phone call of one agent (ici-wire §3.7): what `phoneCallChanged`, `getCalls` and `getAttributes` carry.
#[derive(Clone, Debug, PartialEq)]
pub struct CallView {
    /// SAP's handle.
    pub item: ItemId,
    /// The line it is on.
    pub container: ContainerId,
    /// Its state.
    pub status: CallStatus,
    /// Who called or was called.
    pub direction: Direction,
    /// The caller's numbers in E.164 (guide, "Phone number formatting").
    pub remote_numbers: Vec<String>,
    /// The dialled numbers, the same way.
    pub dialed_numbers: Vec<String>,
    /// The other parties, formatted, with the id that `dropParty` takes.
    pub participants: Vec<TextElement>,
    /// The workgroup it came through; `None` for a direct call.
    pub queue: Option<QueueId>,
    /// The call that this one is a consultation for.
    pub consultation_for: Option<ItemId>,
    /// Byte for byte as SAP or the call flow set it; `None` where there is none.
    pub attached_data: Option<Arc<str>>,
    /// What can be done with it now.
    pub capabilities: Vec<Capability>,
    /// When it began for this agent, seconds since 1970 UTC.
    pub since: i64,
}

/// A message in a folder (ici-wire §3.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    /// Its id.
    pub id: ItemId,
    /// The folder it lies in.
    pub folder: ContainerId,
    /// From whom.
    pub originator: String,
    /// About what.
    pub subject: String,
    /// Was it read?
    pub read: bool,
    /// Was it answered?
    pub answered: bool,
    /// Its state, as for calls.
    pub status: CallStatus,
}

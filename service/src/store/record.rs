//! What is kept, one type for each kind of record. How it becomes bytes is in [`super::bytes`].

use crate::domain::{
    ActionItemId, Address, AgentProfile, ChannelId, ContainerKind, Content, EndReason, EventUrl, InteractionId, InteractionState, ItemId,
    Language, QueueId, ReplyTo, Subscription, UserId, WorkmodeId,
};
use std::{net::IpAddr, sync::Arc};

/// What a record is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// An agent who is logged on.
    Session(UserId),
    /// One of his items.
    Item(UserId, ItemId),
    /// The attached data of an item, apart from it: up to a mebibyte that a change of state must not write again.
    Data(UserId, ItemId),
    /// What SAP has acknowledged of an item, or of the agent himself.
    Told(UserId, Option<ItemId>),
    /// An action item that SAP has sent through the switch, whoever has it.
    Routed(ActionItemId),
    /// What a System Landscape Directory was told, by its address.
    Registration(Arc<str>),
    /// Something that the bridge to Genesys Cloud remembers, under a name of its own choice.
    Bridge(Arc<str>),
}

/// A record; its kind is its key's.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// See [`Key::Session`].
    Session(Box<Session>),
    /// See [`Key::Item`].
    Item(Box<Item>),
    /// See [`Key::Data`]; byte for byte.
    Data(Arc<str>),
    /// See [`Key::Told`].
    Told(Vec<Told>),
    /// See [`Key::Routed`].
    Routed(Routed),
    /// See [`Key::Registration`].
    Registration(Box<Registration>),
    /// See [`Key::Bridge`]; a text whose form is the bridge's own.
    Bridge(Arc<str>),
}

/// An agent who is logged on.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// What the switch knew of him: enough to tell SAP the end of his calls without the switch.
    pub profile: AgentProfile,
    /// The work centre that SAP named.
    pub station: Option<String>,
    /// Logged on since, seconds since 1970 UTC.
    pub since: i64,
    /// His status on the switch, by the switch's name.
    pub status: Arc<str>,
    /// The workmode SAP chose last.
    pub chosen: Option<WorkmodeId>,
    /// Channels SAP registered him for.
    pub channels: Option<Vec<ChannelId>>,
    /// Queues SAP set.
    pub queues: Vec<QueueId>,
    /// Addresses SAP set.
    pub addresses: Vec<Address>,
    /// SAP's next workmode is the initial one, which the file says to ignore.
    pub ignore_workmode: bool,
    /// What SAP wants to be told, and where.
    pub subscriptions: Vec<Subscribed>,
    /// We have ended the session, and SAP has not acknowledged that yet.
    pub ended: Option<EndReason>,
}

/// One subscription.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscribed {
    /// What it is about.
    pub about: About,
    /// Where to, and for whom.
    pub key: Subscription,
    /// The language SAP asked for.
    pub language: Option<Language>,
    /// The address SAP called from.
    pub peer: Option<IpAddr>,
}

/// What a subscription is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The agent himself.
    User,
    /// The items in his container of this kind.
    Container(ContainerKind),
    /// Figures of queues and agents.
    Figures,
}

/// One item. Its attached data is a record of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What stands behind it, without attached data.
    pub content: Content,
    /// SAP was told of it, or is about to be.
    pub shown: bool,
}

/// What SAP has acknowledged at one URL, see [`Mark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which URL, and whether it is about what was written there.
    pub url: u64,
    /// Which message, or the number of a posting.
    pub message: u64,
}

/// What SAP has acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The message of this fingerprint, which tells all about its subject.
    Message(u64),
    /// What was written in a chat up to the posting of this number.
    Written(u64),
}

/// An action item that SAP has sent through the switch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routed {
    /// What the switch calls it; `None` until it has answered.
    pub interaction: Option<InteractionId>,
    /// Where SAP wants to hear of it.
    pub reply_to: Option<ReplyTo>,
    /// An agent has accepted it.
    pub is_accepted: bool,
}

/// What a System Landscape Directory was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    /// A fingerprint of the destination with everything that can be seen of it.
    pub whole: u64,
    /// What it accepted last; `None`: nothing.
    pub accepted: Option<Accepted>,
    /// Attempts that failed since then.
    pub failures: u32,
    /// Of these, how often the user was turned away.
    pub refusals: u32,
    /// The last attempt.
    pub last: Option<Attempt>,
}

/// What a directory has accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// A fingerprint of the address and the document.
    pub content: u64,
    /// When, seconds since 1970 UTC.
    pub at: i64,
}

/// An attempt to register. Nothing in it is secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    /// When, seconds since 1970 UTC.
    pub at: i64,
    /// An administrator asked for it.
    pub manual: bool,
    /// What kind of outcome: `sent`, `invalid`, `auth`, `network`, `rejected`.
    pub class: String,
    /// Which sentence says what came of it.
    pub id: String,
    /// What the sentence names.
    pub values: Vec<(String, String)>,
    /// The sentence in English, with what to do.
    pub text: String,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The beginning of the answer.
    pub answer: String,
}

/// Everything that is kept of one agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// He.
    pub session: Session,
    /// His items, oldest first, with their attached data in them.
    pub items: Vec<(ItemId, Item)>,
}

// === impl Key ===

impl Key {
    /// Whose it is; `None`: nobody's.
    pub fn user(&self) -> Option<&UserId> {
        match self {
            Self::Session(user) | Self::Item(user, _) | Self::Data(user, _) | Self::Told(user, _) => Some(user),
            Self::Routed(_) | Self::Registration(_) | Self::Bridge(_) => None,
        }
    }
}

// === impl Item ===

impl Item {
    /// The item with its attached data taken out, and without what is over in a moment: who is writing.
    pub fn split(mut content: Content, shown: bool) -> (Self, Option<Arc<str>>) {
        if let Content::Live(interaction) = &mut content
            && let Some(chat) = interaction.chat.as_mut().filter(|chat| !chat.typing.is_empty())
        {
            Arc::make_mut(chat).typing.clear();
        }
        let data = data_of(&mut content).take().filter(|data| !data.is_empty());
        (Self { content, shown }, data)
    }

    pub(super) fn put_data(&mut self, data: Option<Arc<str>>) {
        *data_of(&mut self.content) = data;
    }

    /// What the switch calls it.
    pub fn interaction(&self) -> Option<&InteractionId> {
        match &self.content {
            Content::Live(interaction) => Some(&interaction.id),
            Content::New { .. } | Content::Placing { .. } => None,
        }
    }

    /// Is what stands behind it over?
    pub fn has_ended(&self) -> bool {
        matches!(&self.content, Content::Live(interaction) if matches!(interaction.state, InteractionState::Ended(_)))
    }

    /// Orders items as they came; those that SAP has created and not dialled come last.
    pub(super) fn since(&self) -> i64 {
        match &self.content {
            Content::Live(interaction) => interaction.since,
            Content::New { .. } | Content::Placing { .. } => i64::MAX,
        }
    }
}

fn data_of(content: &mut Content) -> &mut Option<Arc<str>> {
    match content {
        Content::New { attached_data } | Content::Placing { attached_data } => attached_data,
        Content::Live(interaction) => &mut interaction.attached_data,
    }
}

// === impl Told ===

impl Told {
    pub(super) fn new(url: &EventUrl, mark: Mark) -> Self {
        let url = fingerprint(url.as_str().as_bytes());
        match mark {
            Mark::Message(message) => Self { url, message },
            // Beside the last message, under a number that no URL has but by chance.
            Mark::Written(number) => Self { url: !url, message: number },
        }
    }

    /// Does what was acknowledged include this?
    pub(super) fn includes(self, mark: Mark, wanted: Self) -> bool {
        self.url == wanted.url
            && match mark {
                Mark::Message(message) => self.message == message,
                Mark::Written(number) => self.message >= number,
            }
    }
}

/// A fingerprint that is the same in every version and on every machine (FNV-1a, 64 bits).
pub fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

//! What stands in a profile: how values are written, interfaces, operations, records, events, codes.

use super::{
    confidence::Confidence,
    kind::Kind,
    words::{ArrayStyle, BooleanStyle, EmptyStyle, EventKey, InterfaceKey, OperationKey, RecordKey, Role, TimeStyle},
};

/// How values are written; the decoder takes all of them whatever stands here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Lists.
    pub array: ArrayStyle,
    /// What an entry is called in the style `item`.
    pub item: String,
    /// Yes and no.
    pub boolean: BooleanStyle,
    /// What has no value.
    pub empty: EmptyStyle,
    /// Times.
    pub time: TimeStyle,
    /// The element every answer stands in.
    pub response: String,
    /// What an operation's name is followed by in its answer.
    pub response_suffix: String,
}

/// Parts of ICI that a connector need not have; one that is not offered is answered with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offers {
    /// `getPresenceQueueInfo`; the file's flag `support_presence_queue_info` must be on as well.
    pub queue_presence: bool,
    /// `getUserPresence`.
    pub user_presence: bool,
    /// The interface `Monitoring`.
    pub monitoring: bool,
}

/// An interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Which.
    pub key: InterfaceKey,
    /// Its namespace.
    pub namespace: String,
    /// Its `SOAPAction`, without quotes.
    pub action: String,
    /// How sure we are.
    pub confidence: Confidence,
}

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Which.
    pub key: OperationKey,
    /// Its name on the wire.
    pub name: String,
    /// Other names it is called by.
    pub aliases: Vec<String>,
    /// In order.
    pub parameters: Vec<Slot>,
    /// What its answer holds; `None` for nothing.
    pub reply: Option<Kind>,
    /// What it does, in one sentence.
    pub purpose: String,
    /// How sure we are.
    pub confidence: Confidence,
}

/// A parameter of an operation or event, or a field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What it means.
    pub role: Role,
    /// Its name on the wire.
    pub name: String,
    /// Other names it is called by.
    pub aliases: Vec<String>,
    /// What it holds.
    pub kind: Kind,
    /// A command without it is refused.
    pub required: bool,
    /// How sure we are.
    pub confidence: Confidence,
}

/// A structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Which.
    pub key: RecordKey,
    /// In order.
    pub fields: Vec<Slot>,
    /// How sure we are.
    pub confidence: Confidence,
}

/// A message to SAP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Which.
    pub key: EventKey,
    /// Its name on the wire.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its `SOAPAction`, without quotes.
    pub action: String,
    /// In order.
    pub parameters: Vec<Slot>,
    /// How sure we are.
    pub confidence: Confidence,
}

/// A row of a code table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Our word.
    pub word: String,
    /// On the wire.
    pub id: String,
    /// What an agent reads.
    pub text: String,
    /// How sure we are.
    pub confidence: Confidence,
}

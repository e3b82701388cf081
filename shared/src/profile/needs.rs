//! What the code reads and writes for each word of a profile: the parameters of operations, the fields of records and events, the codes.
//!
//! A profile may name and order them as it likes, and leave out of a record what a site's SAP does not know.

use super::{CodeTable, EventKey, Kind, Of, OperationKey, RecordKey, Role};

/// One value that the code reads or writes: what it means and of what kind it is.
pub(super) type Slot = (Role, Kind);

const fn one(of: Of) -> Kind {
    Kind { list: false, of }
}

const fn list(of: Of) -> Kind {
    Kind { list: true, of }
}

const STRING: Kind = one(Of::String);
const TEXT: Kind = one(Of::Text);
const BOOLEAN: Kind = one(Of::Boolean);
const INTEGER: Kind = one(Of::Integer);
const TIME: Kind = one(Of::Time);
const STRINGS: Kind = list(Of::String);
const ELEMENT: Kind = one(Of::Record(RecordKey::TextElement));
const ELEMENTS: Kind = list(Of::Record(RecordKey::TextElement));
const CHANNELS: Kind = list(Of::Record(RecordKey::Channel));
const QUEUES: Kind = list(Of::Record(RecordKey::Queue));
const CONTAINERS: Kind = list(Of::Record(RecordKey::Container));
const CALL: Kind = one(Of::Record(RecordKey::PhoneCall));
const USER: Kind = one(Of::Record(RecordKey::UserAttributes));
const ADDRESSES: Kind = list(Of::Record(RecordKey::Address));
const CHAT: Kind = one(Of::Record(RecordKey::ChatSession));
const POSTING: Kind = one(Of::Record(RecordKey::ChatPosting));
const ACTION_ITEM: Kind = one(Of::Record(RecordKey::ActionItem));
const ACTION_SESSION: Kind = one(Of::Record(RecordKey::ActionSession));
const MONITOR_DATA: Kind = one(Of::Record(RecordKey::MonitorData));
const QUEUE_FIGURES: Kind = list(Of::Record(RecordKey::QueueFigures));
const AGENT_FIGURES: Kind = list(Of::Record(RecordKey::AgentFigures));
const ATTRIBUTES: Kind = list(Of::Record(RecordKey::Attribute));

impl OperationKey {
    /// The parameters it cannot do without, and those that it also understands.
    pub(super) fn slots(self) -> (&'static [Slot], &'static [Slot]) {
        use OperationKey as O;
        const ITEM: Slot = (Role::Item, STRING);
        const OTHER: Slot = (Role::Other, STRING);
        const USER: Slot = (Role::User, STRING);
        const DESTINATION: Slot = (Role::Destination, STRING);
        const URL: Slot = (Role::Url, STRING);
        const APP: Slot = (Role::App, STRING);
        match self {
            O::SystemExchangeProductInformation => (
                &[],
                &[(Role::ProductName, STRING), (Role::ProductVersion, STRING), (Role::Vendor, STRING), (Role::IciVersion, STRING), USER],
            ),
            O::SystemGetPresenceQueueInfo => (&[], &[(Role::Channel, STRING), USER]),
            O::SystemGetUserPresence => (&[], &[(Role::Search, STRING), (Role::Channel, STRING), USER]),
            O::SystemGetWorkcenterCapability | O::UserGetAttributes | O::ItemCreate | O::MonitoringGetData => (&[], &[USER]),
            O::SystemGetWorkcenters => (&[], &[(Role::Filter, STRING), USER]),
            O::UserSetWorkcenter => (&[(Role::Workcenter, STRING)], &[USER]),
            O::MonitoringSubscribe | O::MonitoringUnsubscribe | O::UserSubscribe | O::UserUnsubscribe => (&[URL, APP], &[USER]),
            O::UserSetCurrentWorkmode => (&[(Role::Workmode, STRING)], &[USER]),
            O::UserSetCurrentQueues => (&[(Role::Queues, STRINGS)], &[USER]),
            O::UserSetCurrentChannels => (&[(Role::Channels, STRINGS)], &[USER]),
            O::UserSetAddresses => (&[(Role::Addresses, ADDRESSES)], &[USER]),
            O::ItemAccept
            | O::ItemReroute
            | O::ItemGetAttachedData
            | O::ItemDeleteAttachedData
            | O::PhoneCallDrop
            | O::PhoneCallHold
            | O::PhoneCallUnhold
            | O::PhoneCallListenEnd
            | O::PhoneCallGetAttributes
            | O::ChatGetAttributes
            | O::ChatGetPostings
            | O::ChatLeave
            | O::ActionItemGetAttributes
            | O::ActionItemEnd => (&[ITEM], &[USER]),
            O::ItemSetAttachedData => (&[ITEM, (Role::AttachedData, TEXT)], &[USER]),
            O::ContainerSubscribe | O::ContainerUnsubscribe => (&[(Role::Container, STRING), URL, APP], &[USER]),
            O::LineGetCalls | O::LineDropCalls => (&[], &[(Role::Line, STRING), USER]),
            O::PhoneCallDial => (&[DESTINATION], &[ITEM, USER]),
            O::PhoneCallAlternate | O::PhoneCallReconnect | O::PhoneCallConference => (&[ITEM], &[OTHER, USER]),
            O::PhoneCallConsult => (&[ITEM, DESTINATION], &[(Role::NewItem, STRING), USER]),
            O::PhoneCallTransfer => (&[ITEM, DESTINATION], &[OTHER, USER]),
            O::PhoneCallDropParty => (&[ITEM, (Role::Party, STRING)], &[USER]),
            O::PhoneCallListen => (&[ITEM], &[(Role::Agent, STRING), USER]),
            O::FolderGetMessages => (&[(Role::Folder, STRING)], &[USER]),
            O::SystemCreateCallBack => (
                &[(Role::Number, STRING)],
                &[
                    (Role::Queue, STRING),
                    (Role::CallTime, STRING),
                    (Role::ExtraData, TEXT),
                    (Role::GatewayPrefix, STRING),
                    (Role::Notes, TEXT),
                    USER,
                ],
            ),
            O::ChatPost => (&[ITEM, (Role::Content, TEXT)], &[USER]),
            O::ChatSetTyping => (&[ITEM, (Role::On, BOOLEAN)], &[USER]),
            O::ChatTransfer | O::ActionItemTransfer => (&[ITEM, DESTINATION], &[USER]),
            O::ActionItemRoute => (
                &[(Role::ActionItem, STRING)],
                &[(Role::Scenario, ELEMENT), (Role::ItemData, ACTION_ITEM), (Role::Users, STRINGS), (Role::Apps, STRINGS), URL, USER],
            ),
            O::ActionItemCancel => (&[(Role::ActionItem, STRING)], &[USER]),
        }
    }

    /// What the code answers with; `None` for nothing.
    pub(super) fn reply(self) -> Option<Kind> {
        use OperationKey as O;
        let record = |key| Some(one(Of::Record(key)));
        let records = |key| Some(list(Of::Record(key)));
        match self {
            O::SystemExchangeProductInformation => record(RecordKey::ProductInformation),
            O::SystemGetWorkcenterCapability => record(RecordKey::WorkcenterCapability),
            O::SystemGetWorkcenters => records(RecordKey::TextElement),
            O::SystemGetPresenceQueueInfo => records(RecordKey::Queue),
            O::SystemGetUserPresence => records(RecordKey::UserPresence),
            O::UserGetAttributes => record(RecordKey::UserAttributes),
            O::ItemGetAttachedData | O::MonitoringGetData => Some(TEXT),
            O::LineGetCalls => records(RecordKey::PhoneCall),
            O::ItemCreate
            | O::PhoneCallDial
            | O::PhoneCallConsult
            | O::PhoneCallConference
            | O::PhoneCallListen
            | O::SystemCreateCallBack
            | O::ActionItemRoute => Some(STRING),
            O::PhoneCallGetAttributes => record(RecordKey::PhoneCall),
            O::FolderGetMessages => records(RecordKey::Message),
            O::ChatGetAttributes => record(RecordKey::ChatSession),
            O::ChatGetPostings => records(RecordKey::ChatPosting),
            O::ActionItemGetAttributes => record(RecordKey::ActionSession),
            _ => None,
        }
    }
}

impl OperationKey {
    /// Every parameter that the code understands, and what it holds; for programs that propose a profile.
    pub fn understood(self) -> Vec<(Role, Kind)> {
        let (essential, further) = self.slots();
        essential.iter().chain(further).copied().collect()
    }

    /// What the code answers with; `None` for nothing.
    pub fn answers_with(self) -> Option<Kind> {
        self.reply()
    }
}

impl RecordKey {
    /// Every field that the code can write.
    pub fn fields(self) -> &'static [(Role, Kind)] {
        self.slots()
    }

    /// What the code can say of it.
    pub(super) fn slots(self) -> &'static [Slot] {
        match self {
            Self::TextElement | Self::Channel => &[(Role::Id, STRING), (Role::Description, STRING)],
            Self::UserAttributes => &[
                (Role::User, STRING),
                (Role::FirstName, STRING),
                (Role::LastName, STRING),
                (Role::Workmodes, ELEMENTS),
                (Role::CurrentWorkmode, ELEMENT),
                (Role::Channels, CHANNELS),
                (Role::CurrentChannels, STRINGS),
                (Role::Queues, QUEUES),
                (Role::CurrentQueues, STRINGS),
                (Role::Addresses, ADDRESSES),
                (Role::Containers, CONTAINERS),
            ],
            Self::Queue => &[
                (Role::Id, STRING),
                (Role::Description, STRING),
                (Role::Number, STRING),
                (Role::AgentsLoggedOn, INTEGER),
                (Role::AgentsAvailable, INTEGER),
                (Role::Waiting, INTEGER),
            ],
            Self::Address => &[(Role::Channel, STRING), (Role::Address, STRING)],
            Self::Container => &[(Role::Id, STRING), (Role::Kind, STRING)],
            Self::PhoneCall => &[
                (Role::Item, STRING),
                (Role::Container, STRING),
                (Role::Status, ELEMENT),
                (Role::Direction, STRING),
                (Role::RemoteNumbers, STRINGS),
                (Role::DialedNumbers, STRINGS),
                (Role::Participants, ELEMENTS),
                (Role::Queue, STRING),
                (Role::ConsultationFor, STRING),
                (Role::Capabilities, STRINGS),
                (Role::AttachedData, TEXT),
                (Role::Since, TIME),
            ],
            Self::Message => &[
                (Role::Id, STRING),
                (Role::Folder, STRING),
                (Role::Originator, STRING),
                (Role::Subject, STRING),
                (Role::Read, BOOLEAN),
                (Role::Answered, BOOLEAN),
                (Role::Notification, BOOLEAN),
                (Role::Status, ELEMENT),
            ],
            Self::UserPresence => &[(Role::User, STRING), (Role::Name, STRING), (Role::Number, STRING), (Role::Presence, ELEMENT)],
            Self::ProductInformation => {
                &[(Role::ProductName, STRING), (Role::ProductVersion, STRING), (Role::Vendor, STRING), (Role::IciVersion, STRING)]
            }
            Self::WorkcenterCapability => &[(Role::FreeSeating, BOOLEAN), (Role::Filters, BOOLEAN), (Role::Lists, BOOLEAN)],
            Self::ChatSession => &[
                (Role::Participants, ELEMENTS),
                (Role::Capabilities, STRINGS),
                (Role::Title, STRING),
                (Role::Item, STRING),
                (Role::Status, ELEMENT),
                (Role::Container, STRING),
                (Role::Originator, STRING),
                (Role::Queue, STRING),
                (Role::Typing, STRINGS),
                (Role::AttachedData, TEXT),
                (Role::Since, TIME),
            ],
            Self::ChatPosting => {
                &[(Role::Participant, STRING), (Role::Content, TEXT), (Role::Item, STRING), (Role::System, BOOLEAN), (Role::Since, TIME)]
            }
            Self::ActionItem => &[(Role::Id, STRING), (Role::Title, STRING), (Role::Originator, STRING), (Role::Attributes, ATTRIBUTES)],
            Self::ActionSession => &[
                (Role::Participants, ELEMENTS),
                (Role::Capabilities, STRINGS),
                (Role::Title, STRING),
                (Role::Item, STRING),
                (Role::Status, ELEMENT),
                (Role::ActionItem, STRING),
                (Role::Container, STRING),
                (Role::Originator, STRING),
                (Role::Queue, STRING),
                (Role::AttachedData, TEXT),
                (Role::Since, TIME),
            ],
            Self::DataForm => &[(Role::Monitor, MONITOR_DATA)],
            Self::MonitorData => &[(Role::Queues, QUEUE_FIGURES), (Role::Users, AGENT_FIGURES), (Role::Since, TIME)],
            Self::QueueFigures => &[
                (Role::Id, STRING),
                (Role::Description, STRING),
                (Role::Number, STRING),
                (Role::AgentsLoggedOn, INTEGER),
                (Role::AgentsAvailable, INTEGER),
                (Role::Waiting, INTEGER),
                (Role::LongestWait, INTEGER),
                (Role::Answered, INTEGER),
                (Role::Abandoned, INTEGER),
            ],
            Self::AgentFigures => &[
                (Role::User, STRING),
                (Role::Name, STRING),
                (Role::Number, STRING),
                (Role::Presence, ELEMENT),
                (Role::Status, STRING),
                (Role::Since, TIME),
                (Role::Items, INTEGER),
            ],
            Self::Attribute => &[(Role::Name, STRING), (Role::Value, TEXT)],
        }
    }
}

impl EventKey {
    /// Every parameter that the code writes.
    pub fn parameters(self) -> &'static [(Role, Kind)] {
        self.slots()
    }

    /// What the event carries.
    pub(super) fn slots(self) -> &'static [Slot] {
        match self {
            Self::PhoneCallChanged => &[(Role::Apps, STRINGS), (Role::Call, CALL)],
            Self::UserChanged => &[(Role::Apps, STRINGS), (Role::User, USER)],
            Self::MonitorDataChanged => &[(Role::Apps, STRINGS), (Role::DataForm, TEXT)],
            Self::SubscriptionEnded => &[(Role::Apps, STRINGS), (Role::Reason, ELEMENT)],
            Self::ChatSessionChanged => &[(Role::Apps, STRINGS), (Role::Chat, CHAT)],
            Self::ChatNewPosting => &[(Role::Apps, STRINGS), (Role::Posting, POSTING)],
            Self::ActionItemChanged => &[
                (Role::Apps, STRINGS),
                (Role::ActionItem, STRING),
                (Role::Session, ACTION_SESSION),
                (Role::ItemData, ACTION_ITEM),
                (Role::Scenario, ELEMENT),
                (Role::Users, STRINGS),
            ],
        }
    }
}

impl CodeTable {
    /// The words that the code translates; only `channels` may have more.
    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Self::ProcessingStatus => &["alerting", "dialing", "connected", "held", "conferenced", "listening", "ended"],
            Self::Channels => &["phone", "email", "chat", "action_item"],
            Self::Capabilities => &[
                "accept",
                "reroute",
                "drop",
                "hold",
                "unhold",
                "alternate",
                "consult",
                "reconnect",
                "conference",
                "transfer",
                "drop_party",
                "listen_end",
                "post",
            ],
            Self::EndReasons => &["logged_on_again", "logged_off", "shutdown", "switch_lost"],
            Self::Presence => &["available", "busy", "logged_off"],
            Self::Directions => &["inbound", "outbound"],
            Self::ContainerKinds => &["line", "folder"],
            Self::ChatStatus => &["alerting", "connected", "held", "ended"],
            Self::ActionStatus => &["alerting", "accepted", "ended"],
        }
    }
}

//! The words of a profile that Jackfield's code understands (the values of `is`), and what each of them needs.
//!
//! How things are called on the wire is not here: that is the profile's to say.

use super::{Kind, Of};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] $variant,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As it is written in a profile.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// From the profile's word.
            pub fn of(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// An interface of ICI.
    InterfaceKey {
        System = "System",
        User = "User",
        Item = "Item",
        Container = "Container",
        Line = "Line",
        PhoneCall = "PhoneCall",
        Folder = "Folder",
    }
}

words! {
    /// An operation, named by its interface and by what the guide's appendix A or the known message call it.
    OperationKey {
        SystemExchangeProductInformation = "System.exchangeProductInformation",
        SystemGetWorkcenterCapability = "System.getWorkcenterCapability",
        SystemGetPresenceQueueInfo = "System.getPresenceQueueInfo",
        SystemGetUserPresence = "System.getUserPresence",
        UserGetAttributes = "User.getAttributes",
        UserSubscribe = "User.subscribe",
        UserUnsubscribe = "User.unsubscribe",
        UserSetCurrentWorkmode = "User.setCurrentWorkmode",
        UserSetCurrentQueues = "User.setCurrentQueues",
        UserSetCurrentChannels = "User.setCurrentChannels",
        UserSetAddresses = "User.setAddresses",
        ItemCreate = "Item.create",
        ItemAccept = "Item.accept",
        ItemReroute = "Item.reroute",
        ItemGetAttachedData = "Item.getAttachedData",
        ItemSetAttachedData = "Item.setAttachedData",
        ItemDeleteAttachedData = "Item.deleteAttachedData",
        ContainerSubscribe = "Container.subscribe",
        ContainerUnsubscribe = "Container.unsubscribe",
        LineGetCalls = "Line.getCalls",
        LineDropCalls = "Line.dropCalls",
        PhoneCallDial = "PhoneCall.dial",
        PhoneCallDrop = "PhoneCall.drop",
        PhoneCallHold = "PhoneCall.hold",
        PhoneCallUnhold = "PhoneCall.unhold",
        PhoneCallAlternate = "PhoneCall.alternate",
        PhoneCallConsult = "PhoneCall.consult",
        PhoneCallReconnect = "PhoneCall.reconnect",
        PhoneCallConference = "PhoneCall.conference",
        PhoneCallTransfer = "PhoneCall.transfer",
        PhoneCallDropParty = "PhoneCall.dropParty",
        PhoneCallListen = "PhoneCall.listen",
        PhoneCallListenEnd = "PhoneCall.listenEnd",
        PhoneCallGetAttributes = "PhoneCall.getAttributes",
        FolderGetMessages = "Folder.getMessages",
    }
}

words! {
    /// A structure.
    RecordKey {
        TextElement = "TextElement",
        UserAttributes = "UserAttributes",
        Channel = "Channel",
        Queue = "Queue",
        Address = "Address",
        Container = "Container",
        PhoneCall = "PhoneCall",
        Message = "Message",
        UserPresence = "UserPresence",
        ProductInformation = "ProductInformation",
        WorkcenterCapability = "WorkcenterCapability",
    }
}

words! {
    /// What SAP is told.
    EventKey {
        PhoneCallChanged = "phone_call_changed",
        UserChanged = "user_changed",
        SubscriptionEnded = "subscription_ended",
    }
}

words! {
    /// What a parameter or a field means.
    Role {
        Address = "address",
        Addresses = "addresses",
        Agent = "agent",
        AgentsAvailable = "agents_available",
        AgentsLoggedOn = "agents_logged_on",
        Answered = "answered",
        App = "app",
        Apps = "apps",
        AttachedData = "attached_data",
        Call = "call",
        Capabilities = "capabilities",
        Channel = "channel",
        Channels = "channels",
        ConsultationFor = "consultation_for",
        Container = "container",
        Containers = "containers",
        CurrentChannels = "current_channels",
        CurrentQueues = "current_queues",
        CurrentWorkmode = "current_workmode",
        Description = "description",
        Destination = "destination",
        DialedNumbers = "dialed_numbers",
        Direction = "direction",
        Filters = "filters",
        FirstName = "first_name",
        Folder = "folder",
        FreeSeating = "free_seating",
        IciVersion = "ici_version",
        Id = "id",
        Item = "item",
        Kind = "kind",
        LastName = "last_name",
        Line = "line",
        Lists = "lists",
        Name = "name",
        NewItem = "new_item",
        Notification = "notification",
        Number = "number",
        Originator = "originator",
        Other = "other",
        Participants = "participants",
        Party = "party",
        Presence = "presence",
        ProductName = "product_name",
        ProductVersion = "product_version",
        Queue = "queue",
        Queues = "queues",
        Read = "read",
        Reason = "reason",
        RemoteNumbers = "remote_numbers",
        Search = "search",
        Since = "since",
        Status = "status",
        Subject = "subject",
        Url = "url",
        User = "user",
        Vendor = "vendor",
        Waiting = "waiting",
        Workmode = "workmode",
        Workmodes = "workmodes",
    }
}

words! {
    /// A table of codes.
    CodeTable {
        ProcessingStatus = "processing_status",
        Channels = "channels",
        Capabilities = "capabilities",
        EndReasons = "end_reasons",
        Presence = "presence",
        Directions = "directions",
        ContainerKinds = "container_kinds",
    }
}

words! {
    /// How lists are written.
    ArrayStyle {
        Item = "item",
        Type = "type",
        Repeated = "repeated",
    }
}

words! {
    /// How yes and no are written.
    BooleanStyle {
        TrueFalse = "true_false",
        OneZero = "one_zero",
        Abap = "abap",
    }
}

words! {
    /// How what has no value is written.
    EmptyStyle {
        Element = "element",
        Omit = "omit",
        Nil = "nil",
    }
}

words! {
    /// How a time is written, always in UTC.
    TimeStyle {
        Iso = "iso",
        Abap = "abap",
    }
}

words! {
    /// When the older event subscriptions of a user end.
    EndOlder {
        OnGetAttributes = "on_get_attributes",
        OnSubscribe = "on_subscribe",
        Never = "never",
    }
}

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

impl OperationKey {
    /// The interface it belongs to.
    pub fn interface(self) -> InterfaceKey {
        self.word().split_once('.').and_then(|(interface, _)| InterfaceKey::of(interface)).unwrap_or(InterfaceKey::System)
    }

    /// Can it be done for nobody in particular?
    pub fn needs_user(self) -> bool {
        self.interface() != InterfaceKey::System
    }

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
            O::SystemGetWorkcenterCapability | O::UserGetAttributes | O::ItemCreate => (&[], &[USER]),
            O::UserSubscribe | O::UserUnsubscribe => (&[URL, APP], &[USER]),
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
            | O::PhoneCallGetAttributes => (&[ITEM], &[USER]),
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
            O::SystemGetPresenceQueueInfo => records(RecordKey::Queue),
            O::SystemGetUserPresence => records(RecordKey::UserPresence),
            O::UserGetAttributes => record(RecordKey::UserAttributes),
            O::ItemGetAttachedData => Some(TEXT),
            O::LineGetCalls => records(RecordKey::PhoneCall),
            O::ItemCreate | O::PhoneCallDial | O::PhoneCallConsult | O::PhoneCallConference | O::PhoneCallListen => Some(STRING),
            O::PhoneCallGetAttributes => record(RecordKey::PhoneCall),
            O::FolderGetMessages => records(RecordKey::Message),
            _ => None,
        }
    }
}

impl RecordKey {
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
        }
    }
}

impl EventKey {
    /// What the event carries.
    pub(super) fn slots(self) -> &'static [Slot] {
        match self {
            Self::PhoneCallChanged => &[(Role::Apps, STRINGS), (Role::Call, CALL)],
            Self::UserChanged => &[(Role::Apps, STRINGS), (Role::User, USER)],
            Self::SubscriptionEnded => &[(Role::Apps, STRINGS), (Role::Reason, ELEMENT)],
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
            ],
            Self::EndReasons => &["logged_on_again", "logged_off", "shutdown", "switch_lost"],
            Self::Presence => &["available", "busy", "logged_off"],
            Self::Directions => &["inbound", "outbound"],
            Self::ContainerKinds => &["line", "folder"],
        }
    }
}

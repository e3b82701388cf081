//! The words of a profile that Jackfield's code understands (the values of `is`).
//!
//! How things are called on the wire is not here, that is the profile's to say; nor what each of them consists of, that is in `needs`.

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
        Chat = "Chat",
        ActionItem = "ActionItem",
        Monitoring = "Monitoring",
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
        SystemCreateCallBack = "System.createCallBack",
        ChatGetAttributes = "Chat.getAttributes",
        ChatGetPostings = "Chat.getPostings",
        ChatPost = "Chat.post",
        ChatSetTyping = "Chat.setTyping",
        ChatTransfer = "Chat.transfer",
        ChatLeave = "Chat.leave",
        ActionItemRoute = "ActionItem.route",
        ActionItemCancel = "ActionItem.cancel",
        ActionItemGetAttributes = "ActionItem.getAttributes",
        ActionItemTransfer = "ActionItem.transfer",
        ActionItemEnd = "ActionItem.end",
        SystemGetWorkcenters = "System.getWorkcenters",
        UserSetWorkcenter = "User.setWorkcenter",
        MonitoringSubscribe = "Monitoring.subscribe",
        MonitoringUnsubscribe = "Monitoring.unsubscribe",
        MonitoringGetData = "Monitoring.getData",
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
        ChatSession = "ChatSession",
        ChatPosting = "ChatPosting",
        ActionItem = "ActionItem",
        ActionSession = "ActionSession",
        Attribute = "Attribute",
        DataForm = "DataForm",
        MonitorData = "MonitorData",
        QueueFigures = "QueueFigures",
        AgentFigures = "AgentFigures",
    }
}

words! {
    /// What SAP is told.
    EventKey {
        PhoneCallChanged = "phone_call_changed",
        UserChanged = "user_changed",
        SubscriptionEnded = "subscription_ended",
        ChatSessionChanged = "chat_session_changed",
        ChatNewPosting = "chat_new_posting",
        ActionItemChanged = "action_item_changed",
        MonitorDataChanged = "monitor_data_changed",
    }
}

words! {
    /// What a parameter or a field means.
    Role {
        Abandoned = "abandoned",
        ActionItem = "action_item",
        Address = "address",
        Addresses = "addresses",
        Agent = "agent",
        AgentsAvailable = "agents_available",
        AgentsLoggedOn = "agents_logged_on",
        Answered = "answered",
        App = "app",
        Apps = "apps",
        AttachedData = "attached_data",
        Attributes = "attributes",
        Call = "call",
        CallTime = "call_time",
        Capabilities = "capabilities",
        Channel = "channel",
        Channels = "channels",
        Chat = "chat",
        ConsultationFor = "consultation_for",
        Container = "container",
        Containers = "containers",
        Content = "content",
        CurrentChannels = "current_channels",
        CurrentQueues = "current_queues",
        CurrentWorkmode = "current_workmode",
        DataForm = "data_form",
        Description = "description",
        Destination = "destination",
        DialedNumbers = "dialed_numbers",
        Direction = "direction",
        ExtraData = "extra_data",
        Filter = "filter",
        Filters = "filters",
        FirstName = "first_name",
        Folder = "folder",
        FreeSeating = "free_seating",
        GatewayPrefix = "gateway_prefix",
        IciVersion = "ici_version",
        Id = "id",
        Item = "item",
        ItemData = "item_data",
        Items = "items",
        Kind = "kind",
        LastName = "last_name",
        Line = "line",
        Lists = "lists",
        LongestWait = "longest_wait",
        Monitor = "monitor",
        Name = "name",
        NewItem = "new_item",
        Notes = "notes",
        Notification = "notification",
        Number = "number",
        On = "on",
        Originator = "originator",
        Other = "other",
        Participant = "participant",
        Participants = "participants",
        Party = "party",
        Posting = "posting",
        Presence = "presence",
        ProductName = "product_name",
        ProductVersion = "product_version",
        Queue = "queue",
        Queues = "queues",
        Read = "read",
        Reason = "reason",
        RemoteNumbers = "remote_numbers",
        Scenario = "scenario",
        Search = "search",
        Session = "session",
        Since = "since",
        Status = "status",
        Subject = "subject",
        System = "system",
        Title = "title",
        Typing = "typing",
        Url = "url",
        User = "user",
        Users = "users",
        Value = "value",
        Vendor = "vendor",
        Waiting = "waiting",
        Workcenter = "workcenter",
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
        ChatStatus = "chat_status",
        ActionStatus = "action_status",
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
    /// Is an agent's SAP told of what he has written himself?
    OwnPostings {
        Told = "told",
        NotTold = "not_told",
    }
}

words! {
    /// Is a part of ICI that a connector need not have offered?
    Offer {
        Offered = "offered",
        Refused = "refused",
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

impl OperationKey {
    /// The interface it belongs to.
    pub fn interface(self) -> InterfaceKey {
        self.word().split_once('.').and_then(|(interface, _)| InterfaceKey::of(interface)).unwrap_or(InterfaceKey::System)
    }

    /// Can it be done for nobody in particular?
    pub fn needs_user(self) -> bool {
        self.interface() != InterfaceKey::System
            && !matches!(self, Self::ActionItemRoute | Self::ActionItemCancel | Self::MonitoringGetData)
    }
}

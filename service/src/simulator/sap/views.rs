//! What SAP makes of agents and calls in answers and events. The names and codes are the unpublished part of the interface (ici-wire §3):
//! they stand here once more, on purpose, as SAP would have them compiled in for the default profile.

use super::xml::Element;

/// A code with its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TextElement {
    /// The code.
    pub id: String,
    /// The text agents read.
    pub description: String,
}

/// A call's state as SAP shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the state of the same name")]
pub enum Status {
    Alerting,
    Connected,
    Held,
    Ended,
    Dialing,
    Conferenced,
    Listening,
}

/// A phone call in SAP.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Call {
    /// SAP's handle.
    pub item: String,
    /// The line it is on.
    pub line: String,
    /// Its state.
    pub status: Status,
    /// The agent called, not the other side.
    pub is_outbound: bool,
    /// The other side's numbers: SAP looks for the customer by them.
    pub remote_numbers: Vec<String>,
    /// The numbers that were dialled.
    pub dialed_numbers: Vec<String>,
    /// The other parties with the id that `dropParty` takes.
    pub participants: Vec<TextElement>,
    /// The queue it came through; empty for a direct call.
    pub queue: String,
    /// The call that this one is a consultation for; empty for none.
    pub consultation_for: String,
    /// The attached data; empty for none.
    pub attached_data: String,
    /// Which buttons are lit.
    pub capabilities: Vec<String>,
}

/// A chat in SAP.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Chat {
    /// SAP's handle.
    pub item: String,
    /// Its state.
    pub status: Status,
    /// What it is about.
    pub title: String,
    /// The customer's address.
    pub customer: String,
    /// All who take part: address and name.
    pub participants: Vec<TextElement>,
    /// Addresses of those who are writing.
    pub typing: Vec<String>,
    /// The queue it came through; empty for a direct one.
    pub queue: String,
    /// The attached data; empty for none.
    pub attached_data: String,
    /// Which buttons are lit.
    pub capabilities: Vec<String>,
}

/// Something that was written in a chat.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Posting {
    /// The chat's handle.
    pub chat: String,
    /// By whom; empty for the system.
    pub from: String,
    /// What.
    pub text: String,
    /// The system has written it.
    pub is_system: bool,
}

/// An action item in SAP: a push item.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ActionItem {
    /// SAP's handle of its way through the switch.
    pub item: String,
    /// SAP's own id.
    pub id: String,
    /// Its state; `connected` is accepted.
    pub status: Status,
    /// What it is about.
    pub title: String,
    /// From whom.
    pub from: String,
    /// The queue it came through.
    pub queue: String,
    /// What SAP sent with it: names and values.
    pub attributes: Vec<(String, String)>,
    /// Which buttons are lit.
    pub capabilities: Vec<String>,
}

/// An agent in SAP.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Attributes {
    /// His name.
    pub user: String,
    /// The workmodes he may choose from.
    pub workmodes: Vec<TextElement>,
    /// What he is doing.
    pub workmode: TextElement,
    /// Channels of the site, by id.
    pub channels: Vec<TextElement>,
    /// Queues he belongs to.
    pub queues: Vec<TextElement>,
    /// His addresses: channel and address.
    pub addresses: Vec<(String, String)>,
    /// Containers to subscribe to: id and whether it is a line (else a folder).
    pub containers: Vec<(String, bool)>,
}

/// `processingStatus` (ici-wire §3.7).
const STATUSES: [(&str, Status); 7] = [
    ("1", Status::Alerting),
    ("2", Status::Connected),
    ("3", Status::Held),
    ("4", Status::Ended),
    ("5", Status::Dialing),
    ("6", Status::Conferenced),
    ("8", Status::Listening),
];

// === impl TextElement ===

impl TextElement {
    pub(super) fn read(element: &Element) -> Self {
        Self { id: element.text_of("id").to_owned(), description: element.text_of("description").to_owned() }
    }
}

// === impl Status ===

impl Status {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alerting => "alerting",
            Self::Connected => "connected",
            Self::Held => "held",
            Self::Ended => "ended",
            Self::Dialing => "dialing",
            Self::Conferenced => "conferenced",
            Self::Listening => "listening",
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

// === impl Call ===

impl Call {
    /// Reads a call; `None` without a handle or a state that SAP knows.
    pub(super) fn read(element: &Element) -> Option<Self> {
        let code = element.child("processingStatus")?.text_of("id");
        let (_, status) = STATUSES.into_iter().find(|(known, _)| *known == code)?;
        let item = element.text_of("itemId").to_owned();
        (!item.is_empty()).then(|| Self {
            item,
            line: element.text_of("containerId").to_owned(),
            status,
            is_outbound: element.text_of("direction") == "outbound",
            remote_numbers: texts(element, "remoteNumbers"),
            dialed_numbers: texts(element, "dialedNumbers"),
            participants: list(element, "participants").map(TextElement::read).collect(),
            queue: element.text_of("queueId").to_owned(),
            consultation_for: element.text_of("consultationForItemId").to_owned(),
            attached_data: element.text_of("attachedData").to_owned(),
            capabilities: texts(element, "capabilityList"),
        })
    }
}

// === impl Chat ===

impl Chat {
    /// Reads a chat; `None` without a handle or a state that SAP knows.
    pub(super) fn read(element: &Element) -> Option<Self> {
        let status = status(element, "chatStatus")?;
        let item = element.text_of("chatSessionId").to_owned();
        (!item.is_empty()).then(|| Self {
            item,
            status,
            title: element.text_of("title").to_owned(),
            customer: element.text_of("originator").to_owned(),
            participants: list(element, "chatParticipants").map(TextElement::read).collect(),
            typing: texts(element, "typingParticipants"),
            queue: element.text_of("queueId").to_owned(),
            attached_data: element.text_of("attachedData").to_owned(),
            capabilities: texts(element, "capabilityList"),
        })
    }
}

// === impl Posting ===

impl Posting {
    pub(super) fn read(element: &Element) -> Self {
        Self {
            chat: element.text_of("chatSessionId").to_owned(),
            from: element.text_of("chatParticipant").to_owned(),
            text: element.text_of("contentText").to_owned(),
            is_system: element.text_of("systemMessage") == "true",
        }
    }
}

// === impl ActionItem ===

impl ActionItem {
    /// Reads the session of an action item; `None` without a handle or a state that SAP knows.
    pub(super) fn read(element: &Element) -> Option<Self> {
        let status = status(element, "actionStatus")?;
        let item = element.text_of("actionSessionId").to_owned();
        (!item.is_empty()).then(|| Self {
            item,
            id: element.text_of("actionItemId").to_owned(),
            status,
            title: element.text_of("title").to_owned(),
            from: element.text_of("originator").to_owned(),
            queue: element.text_of("queueId").to_owned(),
            attributes: Vec::new(),
            capabilities: texts(element, "capabilityList"),
        })
    }
}

/// A code of a status as SAP shows it.
fn status(element: &Element, field: &str) -> Option<Status> {
    let code = element.child(field)?.text_of("id");
    STATUSES.into_iter().find(|(known, _)| *known == code).map(|(_, status)| status)
}

// === impl Attributes ===

impl Attributes {
    pub(super) fn read(element: &Element) -> Self {
        let pair = |entry: &Element, id: &str, other: &str| (entry.text_of(id).to_owned(), entry.text_of(other).to_owned());
        Self {
            user: element.text_of("userId").to_owned(),
            workmodes: list(element, "workmodes").map(TextElement::read).collect(),
            workmode: element.child("currentWorkmode").map(TextElement::read).unwrap_or_default(),
            channels: list(element, "channels").map(TextElement::read).collect(),
            queues: list(element, "queues").map(TextElement::read).collect(),
            addresses: list(element, "addresses").map(|entry| pair(entry, "channelId", "address")).collect(),
            containers: list(element, "containers").map(|entry| pair(entry, "id", "type")).map(|(id, kind)| (id, kind == "line")).collect(),
        }
    }

    /// The containers that are lines.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.containers.iter().filter(|(_, is_line)| *is_line).map(|(id, _)| id.as_str())
    }
}

/// The entries of a list field, whatever their element is called.
pub(super) fn list<'a>(element: &'a Element, name: &str) -> impl Iterator<Item = &'a Element> {
    element.child(name).into_iter().flat_map(|list| &list.children)
}

fn texts(element: &Element, name: &str) -> Vec<String> {
    list(element, name).map(|entry| entry.text.clone()).collect()
}

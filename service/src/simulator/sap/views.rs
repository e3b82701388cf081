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

//! What `jackfield simulate sap --json` tells, one object in each line. Fields that are not needed here are not read, so that a newer
//! program may tell more.

use serde::Deserialize;

/// One line.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told {
    /// The agent is logged on.
    LoggedOn {
        /// As the service described him.
        agent: Agent,
        /// SOAP requests that it took.
        requests: u32,
        /// How long, in milliseconds.
        took_ms: f64,
    },
    /// A SOAP request of SAP.
    Sent {
        /// When (RFC 3339).
        at: String,
        /// `PhoneCall.hold`.
        operation: String,
        /// The envelope.
        body: String,
    },
    /// Its answer.
    Answered {
        /// When.
        at: String,
        /// `PhoneCall.hold`.
        operation: String,
        /// HTTP status.
        status: u16,
        /// How long it took, in milliseconds.
        took_ms: f64,
        /// The envelope.
        body: String,
    },
    /// An event of the service.
    Event {
        /// When.
        at: String,
        /// `phoneCallChanged`; none where it could not be understood.
        name: Option<String>,
        /// What SAP answered.
        status: u16,
        /// The envelope.
        body: String,
        /// The call that it is about.
        call: Option<Box<Call>>,
        /// The agent whom it is about.
        agent: Option<Box<Agent>>,
        /// Why the subscription has ended.
        reason: Option<Entry>,
    },
    /// A command was carried out.
    Done {
        /// Which.
        id: Option<u64>,
        /// The operation; none where SAP asked nothing.
        operation: Option<String>,
        /// How long its answer took, in milliseconds.
        took_ms: Option<f64>,
    },
    /// It was not.
    Failed {
        /// Which.
        id: Option<u64>,
        /// Why, in words.
        why: String,
    },
    /// Messages came too quickly to be told.
    Missed {
        /// How many.
        count: u64,
    },
    /// The last line.
    End {},
}

/// A code with its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// The code.
    pub id: String,
    /// What people read.
    pub description: String,
}

/// A call as SAP has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Call {
    /// SAP's handle.
    pub item: String,
    /// `alerting`, `connected`, `held` …
    pub status: String,
    /// The agent called.
    pub is_outbound: bool,
    /// Numbers of the other side.
    pub remote_numbers: Vec<String>,
    /// Numbers that were dialled.
    pub dialed_numbers: Vec<String>,
    /// The other parties.
    pub participants: Vec<Entry>,
    /// The workgroup it came through; may be empty.
    pub queue: String,
    /// The call that it is a consultation for; may be empty.
    pub consultation_for: String,
    /// May be empty.
    pub attached_data: String,
    /// Buttons that are lit.
    pub capabilities: Vec<String>,
}

/// An agent as SAP has him.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Agent {
    /// His name.
    pub user: String,
    /// What he can choose.
    pub workmodes: Vec<Entry>,
    /// What he has chosen.
    pub workmode: Entry,
    /// Workgroups that he is in.
    pub queues: Vec<Entry>,
    /// Channel and address, his number for example.
    pub addresses: Vec<(String, String)>,
}

impl Told {
    /// Reads a line; `None` for one that means nothing here.
    pub fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }
}

//! How ICI looks on the wire where SAP has published nothing: as data, each row with its confidence, never as constants.
//!
//! The type here is a checked profile, `rows`, `kind` and `confidence` are what stands in it; `words` and `needs` have what Jackfield's code
//! understands, `draft` the file as written, `check` the way from one to the other, [`table`] the operations for people to read.

mod check;
mod confidence;
mod draft;
pub mod edit;
mod kind;
mod needs;
mod rows;
pub mod table;
#[cfg(test)]
mod tests;
mod words;

pub use confidence::Confidence;
pub use kind::{Kind, Of};
pub use rows::{Code, Event, Interface, Offers, Operation, Record, Slot, Style};
pub use words::{
    ArrayStyle, BooleanStyle, CodeTable, EmptyStyle, EndOlder, EventKey, InterfaceKey, Offer, OperationKey, OwnPostings, RecordKey, Role,
    TimeStyle,
};

use std::sync::LazyLock;

/// A checked profile: every interface, operation, record, event and code of the words above is in it exactly once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name, for logs and the service page.
    pub name: String,
    /// The version of ICI we offer, e.g. `3.07`.
    pub ici_version: String,
    /// When the older event subscriptions of a user end.
    pub end_older: EndOlder,
    /// Is an agent's SAP told of what he has written into a chat himself?
    pub own_postings: OwnPostings,
    /// Which parts of ICI that a connector need not have are offered.
    pub offers: Offers,
    /// Names by which any operation may name the acting user in its body.
    pub acting_user: Vec<String>,
    /// How values are written.
    pub style: Style,
    interfaces: Vec<Interface>,
    operations: Vec<Operation>,
    records: Vec<Record>,
    events: Vec<Event>,
    codes: Vec<Vec<Code>>,
}

/// The text of the profile that is compiled in: what `[ici] profile` of a site begins with.
pub const BUILT_IN: &str = include_str!("../../assets/ici/default.toml");

impl Profile {
    /// The profile that is compiled in (`assets/ici/default.toml`).
    pub fn built_in() -> Self {
        static PARSED: LazyLock<Profile> = LazyLock::new(|| match Profile::parse(BUILT_IN) {
            Ok(profile) => profile,
            Err(findings) => unreachable!("a test parses the compiled-in profile: {findings:?}"),
        });
        PARSED.clone()
    }

    /// Parses and checks a profile file.
    ///
    /// # Errors
    /// Every finding, with its path in the file.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        check::check(draft::parse(text)?)
    }

    /// All interfaces.
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// One interface.
    pub fn interface(&self, key: InterfaceKey) -> &Interface {
        &self.interfaces[key as usize]
    }

    /// All operations.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// One operation.
    pub fn operation(&self, key: OperationKey) -> &Operation {
        &self.operations[key as usize]
    }

    /// All records.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// One record.
    pub fn record(&self, key: RecordKey) -> &Record {
        &self.records[key as usize]
    }

    /// All events.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// One event.
    pub fn event(&self, key: EventKey) -> &Event {
        &self.events[key as usize]
    }

    /// The code for one of our words, where the table has it.
    pub fn code(&self, table: CodeTable, word: &str) -> Option<&Code> {
        self.codes[table as usize].iter().find(|code| code.word == word)
    }

    /// The code with this id on the wire.
    pub fn code_by_id(&self, table: CodeTable, id: &str) -> Option<&Code> {
        self.codes[table as usize].iter().find(|code| code.id == id)
    }

    /// All rows of a table.
    pub fn codes(&self, table: CodeTable) -> &[Code] {
        &self.codes[table as usize]
    }
}

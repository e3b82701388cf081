//! How ICI looks on the wire where SAP has published nothing: as data, each row with its confidence, never as constants.
//!
//! The types here are a checked profile; `words` and `needs` have what Jackfield's code understands, `draft` the file as written, `check` the way
//! from one to the other, [`table`] the operations for people to read.

mod check;
mod draft;
pub mod edit;
mod needs;
pub mod table;
mod words;

pub use words::{
    ArrayStyle, BooleanStyle, CodeTable, EmptyStyle, EndOlder, EventKey, InterfaceKey, OperationKey, OwnPostings, RecordKey, Role,
    TimeStyle,
};

use std::{fmt, sync::LazyLock};

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

/// What a parameter or field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// Any number of them.
    pub list: bool,
    /// Of what.
    pub of: Of,
}

/// See [`Kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// A string; blanks around it do not count.
    String,
    /// A string taken byte for byte.
    Text,
    /// Yes or no.
    Boolean,
    /// A whole number.
    Integer,
    /// A time in UTC.
    Time,
    /// A structure.
    Record(RecordKey),
}

/// How sure we are of a row (`ici-wire`, "Confidence tags").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// The guide says so.
    Seed,
    /// Seen on the wire of a site; how often, or in which capture.
    Seen(String),
    /// Found publicly; the sources.
    Public(String),
    /// Two or more independent pieces of evidence.
    InferredStrong,
    /// Our inference.
    Inferred,
    /// Invented; to be verified at a site.
    Placeholder,
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

impl Kind {
    /// From the profile's words, e.g. `list of TextElement`.
    pub fn of(word: &str) -> Option<Self> {
        let (list, word) = word.strip_prefix("list of ").map_or((false, word), |rest| (true, rest));
        let of = match word {
            "string" => Of::String,
            "text" => Of::Text,
            "boolean" => Of::Boolean,
            "integer" => Of::Integer,
            "time" => Of::Time,
            record => Of::Record(RecordKey::of(record)?),
        };
        Some(Self { list, of })
    }

    /// Can a value of this kind be written as `other`? A record may be written as its id alone, everything single as a string.
    fn fits(self, other: Self) -> bool {
        self.list == other.list && (self.of == other.of || matches!(other.of, Of::String | Of::Text))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.list { "list of " } else { "" })?;
        f.write_str(match self.of {
            Of::String => "string",
            Of::Text => "text",
            Of::Boolean => "boolean",
            Of::Integer => "integer",
            Of::Time => "time",
            Of::Record(record) => record.word(),
        })
    }
}

impl Confidence {
    /// From the profile's words.
    fn of(word: &str) -> Option<Self> {
        match word {
            "seed" => Some(Self::Seed),
            "inferred-strong" => Some(Self::InferredStrong),
            "inferred" => Some(Self::Inferred),
            "placeholder" => Some(Self::Placeholder),
            other => {
                let (word, told) = other.split_once(':')?;
                let told = Some(told.trim()).filter(|told| !told.is_empty())?.to_owned();
                match word {
                    "public" => Some(Self::Public(told)),
                    "seen" => Some(Self::Seen(told)),
                    _ => None,
                }
            }
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seed => f.write_str("seed"),
            Self::Seen(told) => write!(f, "seen: {told}"),
            Self::Public(sources) => write!(f, "public: {sources}"),
            Self::InferredStrong => f.write_str("inferred-strong"),
            Self::Inferred => f.write_str("inferred"),
            Self::Placeholder => f.write_str("placeholder"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(from: &str, to: &str) -> Vec<String> {
        assert!(BUILT_IN.contains(from), "the profile has no {from:?}");
        Profile::parse(&BUILT_IN.replacen(from, to, 1)).expect_err("this profile should have been refused")
    }

    #[test]
    fn the_built_in_profile_is_complete() {
        let profile = Profile::parse(BUILT_IN).unwrap();
        assert_eq!(profile.operations().len(), 47);
        assert_eq!(profile.interfaces().len(), 9);
        assert_eq!(profile.events().len(), 6);
        for (index, operation) in profile.operations().iter().enumerate() {
            assert_eq!(operation.key as usize, index, "operations stand where their key says");
        }
        assert_eq!(profile, Profile::built_in());
    }

    #[test]
    fn what_the_known_message_proves_is_in_the_profile() {
        let profile = Profile::built_in();
        let user = profile.interface(InterfaceKey::User);
        assert_eq!(user.namespace, "urn:IciUserInterface");
        assert_eq!(user.action, "http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean");
        let operation = profile.operation(OperationKey::UserGetAttributes);
        assert_eq!(operation.name, "getAttributes");
        assert_eq!(operation.parameters[0].name, "userId");
        assert_eq!(operation.parameters[0].confidence, Confidence::Seed);
    }

    #[test]
    fn a_profile_that_is_no_toml_is_refused_with_its_place_and_without_its_text() {
        let refused = Profile::parse("schema = 1\nname = hunter2 oops\n").unwrap_err();
        assert_eq!(refused.len(), 1);
        assert!(refused[0].starts_with("line 2, column "), "{refused:?}");
        assert!(!refused[0].contains("hunter2"), "{refused:?}");
    }

    #[test]
    fn every_fault_of_a_profile_is_found() {
        let cases = [
            ("schema = 1", "schema = 9", "schema: 9 is not a version this program knows"),
            ("confidence = \"seed\"", "confidence = \"sure\"", "`sure` is no confidence"),
            ("is = \"System\"\n", "is = \"Sistem\"\n", "`Sistem` is no interface"),
            ("is = \"Line.dropCalls\"", "is = \"Line.dropAll\"", "`Line.dropAll` is no operation"),
            ("name = \"alternate\"", "name = \"alter nate\"", "`alter nate` cannot be the name of an XML element"),
            ("name = \"hold\"", "name = \"drop\"", "`drop` is also the name of PhoneCall.drop"),
            ("urn:IciLineInterface", "urn:IciItemInterface", "`urn:IciItemInterface` is also the namespace of Item"),
            ("{ is = \"party\", name = \"party\"", "{ is = \"partie\", name = \"party\"", "`partie` is no word"),
            (
                "{ is = \"party\", name = \"party\"",
                "{ is = \"subject\", name = \"party\"",
                "PhoneCall.dropParty does not understand `subject`",
            ),
            ("{ is = \"party\", name = \"party\"", "{ is = \"party\", name = \"itemId\"", "`itemId` is also the name of `item`"),
            ("kind = \"list of Queue\"", "kind = \"Queue\"", "holds a list of Queue and cannot be written as Queue"),
            ("kind = \"list of Queue\"", "kind = \"list of Thing\"", "`list of Thing` is no kind"),
            ("held = { id = \"3\"", "held = { id = \"2\"", "`2` is also the id of `connected`"),
            ("held = { id = \"3\"", "healed = { id = \"3\"", "`healed` is no word of this table"),
            ("held = { id = \"3\"", "healed = { id = \"3\"", "`held` is missing"),
            ("is = \"item\", confidence", "is = \"rows\", confidence", "`rows` is none of item, type, repeated"),
            ("is = \"on_get_attributes\"", "is = \"sometimes\"", "`sometimes` is none of on_get_attributes, on_subscribe, never"),
            ("action = \"\"", "action = \"a\\nb\"", "a SOAPAction is one line without quotes"),
            ("namespace = \"urn:IciEventInterface\"", "namespace = \"\"", "a namespace is a URI without blanks"),
            ("is = \"phone_call_changed\"", "is = \"user_changed\"", "`user_changed` stands here twice"),
            ("is = \"phone_call_changed\"", "is = \"user_changed\"", "`phone_call_changed` is missing"),
        ];
        assert_eq!(cases.len(), 21);
        for (from, to, expected) in cases {
            let found = findings(from, to);
            assert!(found.iter().any(|finding| finding.contains(expected)), "{from:?} → {to:?}: {found:#?}");
        }
    }

    #[test]
    fn findings_name_their_path() {
        let found = findings("name = \"hold\"", "name = \"drop\"");
        assert!(found.iter().any(|finding| finding.starts_with("operation[PhoneCall.hold].name: ")), "{found:#?}");
    }

    #[test]
    fn an_unknown_key_is_a_finding() {
        let found = findings("schema = 1", "schema = 1\ncolour = \"red\"");
        assert!(found[0].contains("colour"), "{found:?}");
    }

    #[test]
    fn a_record_may_be_written_as_its_id_alone() {
        let text = BUILT_IN.replace("name = \"currentWorkmode\", kind = \"TextElement\"", "name = \"currentWorkmode\", kind = \"string\"");
        let profile = Profile::parse(&text).unwrap();
        let field = profile.record(RecordKey::UserAttributes).fields.iter().find(|field| field.role == Role::CurrentWorkmode).unwrap();
        assert_eq!(field.kind, Kind { list: false, of: Of::String });
    }

    #[test]
    fn a_site_may_have_channels_of_its_own() {
        let text =
            BUILT_IN.replacen("[codes.channels]", "[codes.channels]\nsms = { id = \"9\", text = \"SMS\", confidence = \"seed\" }", 1);
        assert_eq!(Profile::parse(&text).unwrap().code(CodeTable::Channels, "sms").unwrap().id, "9");
    }

    #[test]
    fn confidence_is_written_as_it_is_read() {
        for word in ["seed", "seen: 12 messages", "public: P1, P2", "inferred-strong", "inferred", "placeholder"] {
            assert_eq!(Confidence::of(word).unwrap().to_string(), word);
        }
        assert_eq!(Confidence::of("public:"), None);
    }
}

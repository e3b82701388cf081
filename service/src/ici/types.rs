//! Writes values as the profile says: records field by field, lists, booleans, times and nothing in the profile's style; with types and SOAP
//! arrays for callers that read by section 5.

use crate::{
    domain::{Reply, TextElement},
    soap::{Writer, write},
};
use shared::profile::{ArrayStyle, BooleanStyle, Code, CodeTable, EmptyStyle, Kind, Of, Profile, RecordKey, Role, Slot, TimeStyle};
use std::fmt::Write as _;

/// A value with fields: the profile says which of them are written, in what order and under what names.
pub(super) trait Fields {
    /// Writes the field that the slot means.
    fn write(&self, slot: &Slot, out: &mut Sink<'_>);

    /// What stands for the whole where the profile wants a text.
    fn id(&self) -> &str;
}

/// A message that values are written into.
pub(super) struct Sink<'p> {
    writer: Writer,
    profile: &'p Profile,
    encoded: bool,
    /// Attributes of the elements directly below the operation: their default namespace.
    top: &'p str,
    depth: usize,
}

/// Names of list entries in the style `item`, and of texts in the style `type`.
const ITEM: &str = "item";
const STRING: &str = "String";

impl<'p> Sink<'p> {
    pub(super) fn new(profile: &'p Profile, encoded: bool, top: &'p str, capacity: usize) -> Self {
        Self { writer: Writer::with_capacity(capacity), profile, encoded, top, depth: 0 }
    }

    /// Markup that is known to be well-formed.
    pub(super) fn markup(&mut self, markup: &str) {
        self.writer.markup(markup);
    }

    /// Text, escaped.
    pub(super) fn content(&mut self, text: &str) {
        self.writer.text(text);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.writer.finish()
    }

    /// The answer of an operation; always an element, also when it holds nothing.
    pub(super) fn reply(&mut self, slot: Option<&Slot>, reply: &Reply) {
        let Some(slot) = slot else { return self.nothing(&self.profile.style.response) };
        match reply {
            Reply::Done => self.nothing(&slot.name),
            Reply::Item(id) => self.response_text(slot, id.as_str()),
            Reply::Text(text) => self.response_text(slot, text),
            Reply::Agent(agent) => self.record(slot, &**agent),
            Reply::Call(call) => self.record(slot, &**call),
            Reply::Calls(calls) => self.records(slot, calls),
            Reply::Chat(chat) => self.record(slot, &**chat),
            Reply::Postings(postings) => self.records(slot, postings),
            Reply::ActionItem(item) => self.record(slot, &super::action_item::Session(item)),
            Reply::Messages(messages) => self.records(slot, messages),
            Reply::Queues(queues) => self.records(slot, queues),
            Reply::Users(users) => self.records(slot, users),
            Reply::Product(product) => self.record(slot, product),
            Reply::Workcenter(capability) => self.record(slot, capability),
            Reply::Monitor(view) => self.response_text(slot, &super::monitoring::document(self.profile, view)),
            Reply::Workcenters(workcenters) => self.records(slot, workcenters),
        }
    }

    /// A text.
    pub(super) fn string(&mut self, slot: &Slot, text: &str) {
        if text.is_empty() { self.absent(slot) } else { self.text(&slot.name, text) }
    }

    /// A text that may not be there.
    pub(super) fn optional(&mut self, slot: &Slot, text: Option<&str>) {
        self.string(slot, text.unwrap_or_default());
    }

    /// Yes or no.
    pub(super) fn boolean(&mut self, slot: &Slot, value: bool) {
        let (text, kind) = match (self.profile.style.boolean, value) {
            (BooleanStyle::TrueFalse, true) => ("true", Of::Boolean),
            (BooleanStyle::TrueFalse, false) => ("false", Of::Boolean),
            (BooleanStyle::OneZero, true) => ("1", Of::Boolean),
            (BooleanStyle::OneZero, false) => ("0", Of::Boolean),
            (BooleanStyle::Abap, true) => ("X", Of::String),
            (BooleanStyle::Abap, false) => return self.absent(slot),
        };
        self.typed(&slot.name, if slot.kind.of == Of::Boolean { kind } else { Of::String }, text);
    }

    /// A whole number. One that is not known is left out: nothing is no number in the schema, and not zero.
    pub(super) fn number(&mut self, slot: &Slot, value: Option<u32>) {
        let Some(value) = value else { return };
        let mut digits = String::new();
        let _ = write!(digits, "{value}");
        self.typed(&slot.name, slot.kind.of, &digits);
    }

    /// A time that may not be known; then it is left out, as a number is.
    pub(super) fn moment(&mut self, slot: &Slot, seconds: Option<i64>) {
        if let Some(seconds) = seconds {
            self.time(slot, seconds);
        }
    }

    /// A time, in seconds since 1970 UTC.
    pub(super) fn time(&mut self, slot: &Slot, seconds: i64) {
        let Ok(time) = jiff::Timestamp::from_second(seconds) else { return self.absent(slot) };
        match self.profile.style.time {
            TimeStyle::Iso => self.typed(&slot.name, slot.kind.of, &time.to_string()),
            TimeStyle::Abap => self.text(&slot.name, &time.strftime("%Y%m%d%H%M%S").to_string()),
        }
    }

    /// A structure, or its id where the profile wants a text.
    pub(super) fn record(&mut self, slot: &Slot, value: &dyn Fields) {
        match slot.kind.of {
            Of::Record(key) => self.fields(&slot.name, key, value),
            _ => self.string(slot, value.id()),
        }
    }

    /// A code with its text.
    pub(super) fn code(&mut self, slot: &Slot, table: CodeTable, word: &str) {
        match self.profile.code(table, word) {
            Some(code) => self.record(slot, code),
            None => self.string(slot, word),
        }
    }

    /// Structures.
    pub(super) fn records<T: Fields>(&mut self, slot: &Slot, values: &[T]) {
        match slot.kind.of {
            Of::Record(key) => self.list(slot, values, |out, name, value| out.fields(name, key, value)),
            _ => self.list(slot, values, |out, name, value| out.text(name, value.id())),
        }
    }

    /// Texts.
    pub(super) fn strings<T>(&mut self, slot: &Slot, values: &[T], text: impl Fn(&T) -> &str) {
        self.list(slot, values, |out, name, value| out.text(name, text(value)));
    }

    /// Codes, by our words for them; a word that the profile does not know is written as it is.
    pub(super) fn codes<T>(&mut self, slot: &Slot, table: CodeTable, values: &[T], word: impl Fn(&T) -> &str) {
        let profile = self.profile;
        self.list(slot, values, |out, name, value| {
            let word = word(value);
            out.text(name, profile.code(table, word).map_or(word, |code| &code.id));
        });
    }

    /// A code without its text, by our word for it; a word that the profile does not know is written as it is.
    pub(super) fn code_id(&mut self, slot: &Slot, table: CodeTable, word: &str) {
        let profile = self.profile;
        self.string(slot, profile.code(table, word).map_or(word, |code| &code.id));
    }

    /// A list with one entry for each value, in the profile's style.
    pub(super) fn list<T>(&mut self, slot: &Slot, values: &[T], each: impl Fn(&mut Self, &str, &T)) {
        let style = if self.encoded { ArrayStyle::Item } else { self.profile.style.array };
        let name = match (style, slot.kind.of) {
            (ArrayStyle::Item, _) => {
                if self.encoded {
                    ITEM
                } else {
                    &self.profile.style.item
                }
            }
            (ArrayStyle::Type, Of::Record(key)) => key.word(),
            (ArrayStyle::Type, _) => STRING,
            (ArrayStyle::Repeated, _) => &slot.name,
        };
        if style == ArrayStyle::Repeated {
            if values.is_empty() {
                self.absent(slot);
            }
            for value in values {
                each(self, name, value);
            }
            return;
        }
        if values.is_empty() && !self.encoded {
            return self.absent(slot);
        }
        self.begin(&slot.name);
        if self.encoded {
            self.writer.markup(" xsi:type=\"SOAP-ENC:Array\" SOAP-ENC:arrayType=\"");
            self.writer.markup(qualified(slot.kind.of).0);
            self.writer.markup(qualified(slot.kind.of).1);
            let mut length = String::new();
            let _ = write!(length, "[{}]\"", values.len());
            self.writer.markup(&length);
        }
        self.writer.markup(">");
        self.depth += 1;
        for value in values {
            each(self, name, value);
        }
        self.depth -= 1;
        self.writer.close(&slot.name);
    }

    /// An entry or element that is a structure.
    pub(super) fn fields(&mut self, name: &str, key: RecordKey, value: &dyn Fields) {
        self.begin(name);
        self.type_of(Of::Record(key));
        self.writer.markup(">");
        self.depth += 1;
        for field in &self.profile.record(key).fields {
            value.write(field, self);
        }
        self.depth -= 1;
        self.writer.close(name);
    }

    /// An entry or element that is a text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.typed(name, Of::String, text);
    }

    fn typed(&mut self, name: &str, of: Of, text: &str) {
        self.begin(name);
        self.type_of(of);
        if text.is_empty() {
            return self.writer.markup("/>");
        }
        self.writer.markup(">");
        self.writer.text(text);
        self.writer.close(name);
    }

    fn response_text(&mut self, slot: &Slot, text: &str) {
        if slot.kind.list { self.nothing(&slot.name) } else { self.text(&slot.name, text) }
    }

    fn absent(&mut self, slot: &Slot) {
        // SAP waits for an answer's element, whatever the style for nothing is inside it.
        let style = if self.depth == 0 { EmptyStyle::Element } else { self.profile.style.empty };
        match style {
            EmptyStyle::Omit => {}
            EmptyStyle::Element => self.nothing(&slot.name),
            EmptyStyle::Nil => {
                self.begin(&slot.name);
                self.writer.markup(" xsi:nil=\"true\"/>");
            }
        }
    }

    fn nothing(&mut self, name: &str) {
        self.begin(name);
        self.writer.markup("/>");
    }

    fn begin(&mut self, name: &str) {
        self.writer.markup("<");
        self.writer.markup(name);
        if self.depth == 0 {
            self.writer.markup(self.top);
        }
    }

    fn type_of(&mut self, of: Of) {
        if self.encoded {
            let (prefix, local) = qualified(of);
            self.writer.markup(" xsi:type=\"");
            self.writer.markup(prefix);
            self.writer.markup(local);
            self.writer.markup("\"");
        }
    }
}

/// The schema type of a kind, by the prefixes of our messages.
pub(super) fn qualified(of: Of) -> (&'static str, &'static str) {
    match of {
        Of::String | Of::Text => ("xsd:", "string"),
        Of::Boolean => ("xsd:", "boolean"),
        Of::Integer => ("xsd:", "int"),
        Of::Time => ("xsd:", "dateTime"),
        Of::Record(key) => ("ns0:", key.word()),
    }
}

/// ` xmlns="…"`, for the elements directly below an operation.
pub(super) fn default_namespace(namespace: &str) -> String {
    write::attribute("xmlns", namespace)
}

/// The slot of an operation's answer.
pub(super) fn response(profile: &Profile, kind: Kind) -> Slot {
    let confidence = shared::profile::Confidence::InferredStrong;
    Slot { role: Role::Id, name: profile.style.response.clone(), aliases: Vec::new(), kind, required: true, confidence }
}

// === impl TextElement ===

impl Fields for TextElement {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Id => out.string(slot, &self.id),
            _ => out.string(slot, &self.description),
        }
    }

    fn id(&self) -> &str {
        &self.id
    }
}

// === impl Code ===

impl Fields for Code {
    fn write(&self, slot: &Slot, out: &mut Sink<'_>) {
        match slot.role {
            Role::Id => out.string(slot, &self.id),
            _ => out.string(slot, &self.text),
        }
    }

    fn id(&self) -> &str {
        &self.id
    }
}

//! Changes the text of a profile and leaves the rest of it as it is: comments, order, and every row that nobody has learnt anything about.

use super::{CodeTable, EventKey, InterfaceKey, OperationKey, RecordKey, Role};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

/// A profile that is being changed.
#[derive(Clone, Debug)]
pub struct Editor(DocumentMut);

/// A parameter or field as it shall stand in the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it means.
    pub role: Role,
    /// Its name on the wire.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// What it holds, e.g. `list of string`.
    pub kind: String,
    /// A command without it is refused; only for parameters of operations.
    pub required: bool,
    /// How sure we are, in the profile's words.
    pub confidence: String,
}

// === impl Editor ===

impl Editor {
    /// Of a profile's text.
    ///
    /// # Errors
    /// It is no TOML; line and column.
    pub fn new(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|error: toml_edit::TomlError| error.message().to_owned())
    }

    /// The new text.
    pub fn text(&self) -> String {
        self.0.to_string()
    }

    /// Renames the profile.
    pub fn name(&mut self, name: &str) {
        set(self.0.as_table_mut(), "name", name);
    }

    /// A choice below `[style]`.
    pub fn style(&mut self, key: &str, is: &str, confidence: &str) {
        let mut choice = InlineTable::new();
        choice.insert("is", is.into());
        choice.insert("confidence", confidence.into());
        if let Some(style) = self.0.get_mut("style").and_then(Item::as_table_mut) {
            set(style, key, choice);
        }
    }

    /// Namespace and `SOAPAction` of an interface.
    pub fn interface(&mut self, key: InterfaceKey, namespace: &str, action: Option<&str>, confidence: &str) {
        if let Some(row) = self.row("interface", key.word()) {
            set(row, "namespace", namespace);
            if let Some(action) = action {
                set(row, "action", action);
            }
            set(row, "confidence", confidence);
        }
    }

    /// Name, other names and parameters of an operation; `None` leaves the parameters as they are.
    pub fn operation(&mut self, key: OperationKey, name: &str, aliases: &[String], parameters: Option<&[Row]>, confidence: &str) {
        if let Some(row) = self.row("operation", key.word()) {
            set(row, "name", name);
            set(row, "aliases", list(aliases));
            set(row, "confidence", confidence);
            if let Some(parameters) = parameters {
                set(row, "parameters", rows(parameters, true));
            }
        }
    }

    /// What an operation answers with.
    pub fn reply(&mut self, key: OperationKey, kind: &str) {
        if let Some(row) = self.row("operation", key.word()) {
            set(row, "reply", kind);
        }
    }

    /// The fields of a record.
    pub fn record(&mut self, key: RecordKey, fields: &[Row], confidence: &str) {
        if let Some(row) = self.row("record", key.word()) {
            set(row, "confidence", confidence);
            set(row, "fields", rows(fields, false));
        }
    }

    /// An event.
    pub fn event(&mut self, key: EventKey, name: &str, namespace: &str, action: &str, parameters: Option<&[Row]>, confidence: &str) {
        if let Some(row) = self.row("event", key.word()) {
            set(row, "name", name);
            set(row, "namespace", namespace);
            set(row, "action", action);
            set(row, "confidence", confidence);
            if let Some(parameters) = parameters {
                set(row, "parameters", rows(parameters, false));
            }
        }
    }

    /// A code's id on the wire, and its text where that is known.
    pub fn code(&mut self, table: CodeTable, word: &str, id: &str, text: Option<&str>, confidence: &str) {
        let code = self.0.get_mut("codes").and_then(|codes| codes.get_mut(table.word())).and_then(|table| table.get_mut(word));
        if let Some(code) = code.and_then(Item::as_inline_table_mut) {
            code.insert("id", id.into());
            if let Some(text) = text {
                code.insert("text", text.into());
            }
            code.insert("confidence", confidence.into());
        }
    }

    fn row(&mut self, table: &str, is: &str) -> Option<&mut Table> {
        let rows = self.0.get_mut(table).and_then(Item::as_array_of_tables_mut)?;
        ArrayOfTables::iter_mut(rows).find(|row| row.get("is").and_then(Item::as_str) == Some(is))
    }
}

/// Sets a value and keeps what stands around it.
fn set(table: &mut Table, key: &str, value: impl Into<Value>) {
    let mut value = value.into();
    if let Some(old) = table.get(key).and_then(Item::as_value) {
        *value.decor_mut() = old.decor().clone();
    }
    table.insert(key, Item::Value(value));
}

fn list(words: &[String]) -> Array {
    words.iter().map(String::as_str).collect()
}

/// One row a line, as people write it.
fn rows(rows: &[Row], parameters: bool) -> Array {
    let mut array = Array::new();
    for row in rows {
        let mut table = InlineTable::new();
        table.insert("is", row.role.word().into());
        table.insert("name", row.name.as_str().into());
        if !row.aliases.is_empty() {
            table.insert("aliases", Value::Array(list(&row.aliases)));
        }
        table.insert("kind", row.kind.as_str().into());
        if parameters {
            table.insert("required", row.required.into());
        }
        table.insert("confidence", row.confidence.as_str().into());
        let mut value = Value::InlineTable(table);
        value.decor_mut().set_prefix("\n  ");
        array.push_formatted(value);
    }
    if !rows.is_empty() {
        array.set_trailing("\n");
        array.set_trailing_comma(true);
    }
    array
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{BUILT_IN, Confidence, Profile};

    fn row(role: Role, name: &str) -> Row {
        Row {
            role,
            name: name.into(),
            aliases: Vec::new(),
            kind: "string".into(),
            required: role != Role::User,
            confidence: "seen: 2 messages".into(),
        }
    }

    #[test]
    fn what_is_changed_is_read_back_and_the_rest_stays() {
        let mut editor = Editor::new(BUILT_IN).unwrap();
        assert_eq!(editor.text(), BUILT_IN);
        editor.name("site");
        editor.style("array", "repeated", "seen: 1 message");
        editor.interface(InterfaceKey::User, "urn:u", Some("act"), "seen: 1 message");
        let parameters = [row(Role::App, "who"), row(Role::Url, "where"), row(Role::User, "agent")];
        editor.operation(OperationKey::UserSubscribe, "listen", &["subscribe".into()], Some(&parameters), "seen: 1 message");
        editor.record(RecordKey::Address, &[row(Role::Address, "a"), row(Role::Channel, "c")], "inferred");
        editor.event(EventKey::UserChanged, "agentMoved", "urn:e", "x", None, "seen: 1 message");
        editor.code(CodeTable::ProcessingStatus, "held", "H", Some("Parked"), "inferred");
        let text = editor.text();
        let profile = Profile::parse(&text).unwrap_or_else(|found| panic!("{found:#?}\n{text}"));
        let operation = profile.operation(OperationKey::UserSubscribe);
        assert_eq!((operation.name.as_str(), operation.parameters[0].name.as_str()), ("listen", "who"));
        assert_eq!(operation.parameters[0].confidence, Confidence::Seen("2 messages".into()));
        assert_eq!(profile.record(RecordKey::Address).fields[0].name, "a");
        assert_eq!(profile.event(EventKey::UserChanged).namespace, "urn:e");
        assert_eq!(profile.code(CodeTable::ProcessingStatus, "held").unwrap().id, "H");
        assert!(text.starts_with("# How SAP's") && text.contains("# --- Codes ---"), "comments stay");
    }

    #[test]
    fn what_is_no_profile_is_refused() {
        assert!(Editor::new("a = ").is_err());
    }
}

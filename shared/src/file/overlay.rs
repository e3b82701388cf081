//! Lays new values over an existing document: only what differs is touched, so that comments, order, number styles and quotes stay.
//!
//! Rows of lists are recognised by their `id` or `name`, not by their place, so that a comment stays with the row it was written for.

use crate::{draft::Draft, finding::Finding, setting_path::SettingPath};
use toml::Table as Values;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Key, Table, TableLike, Value};

/// Lays values over a document's text; gives back the new text, which holds exactly these values.
///
/// # Errors
/// The document does not parse (nothing is then overlaid), or its layout cannot hold the values.
pub fn overlay(text: &str, values: &Values) -> Result<String, Vec<Finding>> {
    if Draft::parse(text)?.values() == values {
        // Writing it anew would end its last line.
        return Ok(text.to_owned());
    }
    let kept = text.parse::<DocumentMut>().ok().map(|mut document| {
        merge_table(document.as_table_mut(), values);
        document.to_string()
    });
    let exact = |text: &String| Draft::parse(text).is_ok_and(|draft| draft.values() == values);
    kept.filter(exact).ok_or_else(|| {
        let text = "the layout of this file cannot take the change without losing something";
        vec![Finding::error(SettingPath::default(), "layout", text, "Change it in an editor, or begin with `jackfield config export`")]
    })
}

fn merge_table(table: &mut dyn TableLike, values: &Values) {
    let gone: Vec<_> = table.iter().map(|(key, _)| key.to_owned()).filter(|key| !values.contains_key(key)).collect();
    for key in gone {
        table.remove(&key);
    }
    for (key, value) in values {
        match table.get_mut(key) {
            Some(item) if fits(item, value) => merge_item(item, value),
            _ => {
                // The key goes too: as part of a header it is written in another way than before a value.
                table.remove(key);
                table.insert(key, new_item(value));
            }
        }
    }
}

/// Can the value be laid over what is there, or must it take its place?
fn fits(item: &Item, value: &toml::Value) -> bool {
    match (item, value) {
        (Item::Table(_), value) => value.is_table(),
        (Item::ArrayOfTables(_), value) => value.as_array().is_some_and(|list| is_rows(list)),
        // An empty list written as a value becomes sections when rows come in.
        (Item::Value(Value::Array(array)), toml::Value::Array(list)) => !(array.is_empty() && is_rows(list)),
        (Item::Value(old), value) => old.is_inline_table() == value.is_table(),
        (Item::None, _) => false,
    }
}

fn merge_item(item: &mut Item, value: &toml::Value) {
    match (item, value) {
        (Item::Table(table), toml::Value::Table(values)) => {
            merge_table(table, values);
            if table.is_empty() {
                // Nothing below it tells of it any more, so it needs a header of its own.
                table.set_implicit(false);
                table.set_dotted(false);
            }
        }
        (Item::ArrayOfTables(rows), toml::Value::Array(list)) => merge_rows(rows, list),
        (Item::Value(old), value) => merge_value(old, value),
        _ => {}
    }
}

fn merge_value(old: &mut Value, value: &toml::Value) {
    match (&mut *old, value) {
        (Value::InlineTable(table), toml::Value::Table(values)) => merge_table(table, values),
        (Value::Array(array), toml::Value::Array(list)) => merge_array(array, list),
        (old, value) if means(old, value) => {}
        (old, value) => {
            let mut new = new_value(value);
            keep_quotes(old, &mut new);
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
    }
}

fn merge_rows(rows: &mut ArrayOfTables, list: &[toml::Value]) {
    let mut old: Vec<Option<Table>> = std::mem::take(rows).into_iter().map(Some).collect();
    let mut places: Vec<_> = old.iter().flatten().filter_map(Table::position).collect();
    places.sort_unstable();
    let mut places = places.into_iter();
    let ids: Vec<_> = old.iter().map(|row| row.as_ref().and_then(|row| identity_of(row))).collect();
    for (index, values) in list.iter().filter_map(toml::Value::as_table).enumerate() {
        let wanted = identity(values);
        let twin = ids.iter().enumerate().position(|(at, id)| old[at].is_some() && wanted.is_some() && *id == wanted);
        // Rows without a name of their own keep their place.
        let twin = twin.or_else(|| (wanted.is_none() && old.get(index).is_some_and(Option::is_some)).then_some(index));
        let mut row = twin.and_then(|twin| old[twin].take()).unwrap_or_default();
        merge_table(&mut row, values);
        // Rows that change places take over each other's; a new one follows the row before it.
        row.set_position(twin.and_then(|_| places.next()));
        rows.push(row);
    }
}

/// An element of a list with the white space and comments that belong to it.
struct Element {
    value: Value,
    /// What stands before it, from the line after the last element's on.
    lead: String,
    /// What stands behind it on its line, behind the comma.
    tail: String,
}

fn merge_array(array: &mut Array, list: &[toml::Value]) {
    if array.len() == list.len() && array.iter().zip(list).all(|(old, value)| means(old, value)) {
        return;
    }
    let (mut old, mut end) = elements(array);
    // New elements stand as the second one does: the first often follows the bracket.
    let usual = old.get(1).or(old.first()).map_or(" ", |element| element.lead.as_str());
    let usual = usual.rfind('\n').map_or(" ", |newline| &usual[newline..]).to_owned();
    array.clear();
    let mut tail = String::new();
    for (index, value) in list.iter().enumerate() {
        let twin = old.iter().position(|element| is_twin(&element.value, value));
        let mut element =
            twin.map_or_else(|| Element { value: new_value(value), lead: usual.clone(), tail: String::new() }, |twin| old.remove(twin));
        merge_value(&mut element.value, value);
        if !element.lead.contains('\n') {
            element.lead = if index == 0 { String::new() } else { " ".into() };
        }
        element.value.decor_mut().set_prefix(tail + &element.lead);
        element.value.decor_mut().set_suffix("");
        tail = element.tail;
        array.push_formatted(element.value);
    }
    if end.trim().is_empty() && list.is_empty() {
        end.clear();
    }
    array.set_trailing(tail + &end);
}

/// The elements of a list, and what stands behind the last.
fn elements(array: &Array) -> (Vec<Element>, String) {
    let text = |raw: Option<&toml_edit::RawString>| raw.and_then(|raw| raw.as_str()).unwrap_or_default().to_owned();
    let mut elements: Vec<Element> = Vec::new();
    let mut behind = String::new();
    for value in array {
        let (tail, lead) = split_line(behind + &text(value.decor().prefix()));
        if let Some(last) = elements.last_mut() {
            last.tail = tail;
            elements.push(Element { value: value.clone(), lead, tail: String::new() });
        } else {
            elements.push(Element { value: value.clone(), lead: tail + &lead, tail: String::new() });
        }
        behind = text(value.decor().suffix());
    }
    let (tail, end) = split_line(behind + &text(Some(array.trailing())));
    match elements.last_mut() {
        Some(last) => {
            last.tail = tail;
            (elements, end)
        }
        None => (elements, tail + &end),
    }
}

/// What belongs to the line before, and the rest; all of it is the rest when there is no line break.
fn split_line(text: String) -> (String, String) {
    match text.find('\n') {
        Some(newline) => (text[..newline].to_owned(), text[newline..].to_owned()),
        None => (String::new(), text),
    }
}

fn is_twin(old: &Value, value: &toml::Value) -> bool {
    let id = || old.as_inline_table().and_then(|table| identity_of(table));
    means(old, value) || id().is_some_and(|id| Some(id) == value.as_table().and_then(identity))
}

fn new_item(value: &toml::Value) -> Item {
    match value {
        toml::Value::Table(values) => {
            let mut table = Table::new();
            table.set_implicit(
                !values.is_empty() && values.values().all(|value| value.is_table() || value.as_array().is_some_and(|list| is_rows(list))),
            );
            for (key, value) in values {
                table.insert(key, new_item(value));
            }
            Item::Table(table)
        }
        toml::Value::Array(list) if is_rows(list) => {
            let rows = list.iter().filter_map(|row| new_item(row).into_table().ok());
            Item::ArrayOfTables(
                rows.map(|mut row| {
                    row.set_implicit(false);
                    row
                })
                .collect(),
            )
        }
        value => Item::Value(new_value(value)),
    }
}

fn new_value(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(truth) => (*truth).into(),
        toml::Value::Datetime(time) => (*time).into(),
        toml::Value::Array(list) => Value::Array(list.iter().map(new_value).collect()),
        toml::Value::Table(values) => {
            Value::InlineTable(values.iter().map(|(key, value)| (Key::new(key), new_value(value))).collect::<InlineTable>())
        }
    }
}

/// A text in 'single quotes' stays in them where the new one can.
fn keep_quotes(old: &Value, new: &mut Value) {
    let literal = |value: &Value| match value {
        Value::String(text) => text.as_repr().and_then(|repr| repr.as_raw().as_str()).is_some_and(|raw| raw.starts_with('\'')),
        _ => false,
    };
    if let (true, Some(text)) = (literal(old), new.as_str())
        && !text.contains(|c: char| c == '\'' || c.is_control())
        && let Ok(quoted) = format!("'{text}'").parse::<Value>()
    {
        *new = quoted;
    }
}

/// Does a written value mean this one, however it is written?
fn means(written: &Value, value: &toml::Value) -> bool {
    match (written, value) {
        (Value::String(a), toml::Value::String(b)) => a.value() == b,
        (Value::Integer(a), toml::Value::Integer(b)) => a.value() == b,
        (Value::Float(a), toml::Value::Float(b)) => a.value().to_bits() == b.to_bits(),
        (Value::Boolean(a), toml::Value::Boolean(b)) => a.value() == b,
        (Value::Datetime(a), toml::Value::Datetime(b)) => a.value() == b,
        (Value::Array(a), toml::Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| means(a, b)),
        (Value::InlineTable(a), toml::Value::Table(b)) => {
            a.len() == b.len() && b.iter().all(|(key, b)| a.get(key).is_some_and(|a| means(a, b)))
        }
        _ => false,
    }
}

fn is_rows(list: &[toml::Value]) -> bool {
    !list.is_empty() && list.iter().all(toml::Value::is_table)
}

fn identity(values: &Values) -> Option<String> {
    ["id", "name"].iter().find_map(|key| values.get(*key)).map(ToString::to_string)
}

fn identity_of(table: &dyn TableLike) -> Option<String> {
    let value = ["id", "name"].iter().find_map(|key| table.get(key)).and_then(Item::as_value)?;
    match value {
        Value::String(text) => Some(toml::Value::String(text.value().clone()).to_string()),
        Value::Integer(number) => Some(number.value().to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

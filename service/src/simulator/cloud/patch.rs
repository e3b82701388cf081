//! PATCH of SCIM (RFC 7644 §3.5.2) on a document.

use super::{
    answer::{Answer, Refused},
    filter::{Filter, Quotes},
};
use serde_json::{Map, Value};

/// Applies one operation.
pub(super) fn apply(document: &mut Map<String, Value>, operation: &Value) -> Result<(), Refused> {
    let op = operation["op"].as_str().unwrap_or_default().to_ascii_lowercase();
    let value = operation.get("value");
    let wrong = |kind: &str, why: &str| Err(Answer::scim_error(400, kind, why));
    match (op.as_str(), operation["path"].as_str().filter(|path| !path.is_empty()), value) {
        ("remove", None, _) => wrong("noTarget", "An operation remove needs a path"),
        ("remove", Some(path), _) => remove(document, path),
        ("add" | "replace", None, Some(Value::Object(fields))) => {
            for (name, value) in fields {
                set(document, name, value, op == "add")?;
            }
            Ok(())
        }
        ("add" | "replace", Some(path), Some(value)) => set(document, path, value, op == "add"),
        ("add" | "replace", ..) => wrong("invalidValue", "The operation has no value"),
        _ => wrong("invalidSyntax", "The operation is none of add, replace and remove"),
    }
}

/// A path taken apart: the object it is in, the attribute, which entries of it, and which part of those.
struct Path<'a> {
    urn: Option<&'a str>,
    attribute: &'a str,
    entries: Option<Filter>,
    part: Option<&'a str>,
}

fn parse(path: &str) -> Result<Path<'_>, Refused> {
    let wrong = || Answer::scim_error(400, "invalidPath", &format!("The path {path} is not valid"));
    let (name, rest) = path.split_once('[').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let (urn, attribute) = match name.rsplit_once(':') {
        Some((urn, attribute)) if !urn.contains(":core:2.0:") => (Some(urn), attribute),
        Some((_, attribute)) => (None, attribute),
        None => (None, name),
    };
    let (entries, part) = match rest {
        None => (None, None),
        Some(rest) => {
            let (filter, part) = rest.rsplit_once(']').ok_or_else(wrong)?;
            (Some(Filter::parse(filter, Quotes::Any).ok_or_else(wrong)?), part.strip_prefix('.'))
        }
    };
    Ok(Path { urn, attribute, entries, part })
}

/// The object that an attribute is in.
fn holder<'a>(document: &'a mut Map<String, Value>, urn: Option<&str>) -> &'a mut Map<String, Value> {
    let Some(urn) = urn else { return document };
    let inner = document.entry(urn).or_insert_with(|| Map::new().into());
    if !inner.is_object() {
        *inner = Map::new().into();
    }
    match inner {
        Value::Object(inner) => inner,
        _ => unreachable!("made one just now"),
    }
}

fn set(document: &mut Map<String, Value>, path: &str, value: &Value, add: bool) -> Result<(), Refused> {
    // Without a path, or with an extension as one, the value says which attributes.
    if let (Some(Value::Object(_)) | None, Value::Object(fields)) = (document.get(path), value)
        && path.starts_with("urn:")
    {
        for (name, value) in fields {
            set(document, &format!("{path}:{name}"), value, add)?;
        }
        return Ok(());
    }
    let Path { urn, attribute, entries, part } = parse(path)?;
    let holder = holder(document, urn);
    let Some(filter) = entries else {
        match (add, holder.get_mut(attribute), value) {
            (true, Some(Value::Array(now)), Value::Array(more)) => {
                for entry in more.iter().filter(|entry| !now.contains(entry)).cloned().collect::<Vec<_>>() {
                    now.push(entry);
                }
            }
            _ => drop(holder.insert(attribute.to_owned(), value.clone())),
        }
        return Ok(());
    };
    let all = holder.get_mut(attribute).and_then(Value::as_array_mut).into_iter().flatten();
    let mut found = false;
    for entry in all.filter_map(Value::as_object_mut).filter(|entry| filter.fits(entry)) {
        found = true;
        match (part, value) {
            (Some(part), value) => drop(entry.insert(part.to_owned(), value.clone())),
            (None, Value::Object(fields)) => entry.extend(fields.clone()),
            (None, _) => return Err(Answer::scim_error(400, "invalidValue", "An entry is an object")),
        }
    }
    if found { Ok(()) } else { Err(Answer::scim_error(400, "noTarget", &format!("Nothing is at {path}"))) }
}

fn remove(document: &mut Map<String, Value>, path: &str) -> Result<(), Refused> {
    let Path { urn, attribute, entries, part } = parse(path)?;
    let holder = holder(document, urn);
    match (entries, holder.get_mut(attribute)) {
        (None, _) => drop(holder.remove(attribute)),
        (Some(filter), Some(Value::Array(all))) => match part {
            None => all.retain(|entry| !entry.as_object().is_some_and(|entry| filter.fits(entry))),
            Some(part) => {
                for entry in all.iter_mut().filter_map(Value::as_object_mut).filter(|entry| filter.fits(entry)) {
                    entry.remove(part);
                }
            }
        },
        (Some(_), _) => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_reach_attributes_entries_parts_and_extensions() {
        let mut document = json!({ "phones": [{ "type": "work", "value": "1" }, { "type": "home", "value": "2" }] });
        let document = document.as_object_mut().unwrap();
        for operation in [
            json!({ "op": "Replace", "path": "phones[type eq \"work\"].value", "value": "3" }),
            json!({ "op": "remove", "path": "phones[type eq \"home\"]" }),
            json!({ "op": "add", "path": "phones", "value": [{ "type": "other", "value": "4" }] }),
            json!({ "op": "add", "path": "urn:x:2.0:User:ids", "value": [1] }),
            json!({ "op": "add", "value": { "urn:x:2.0:User": { "ids": [2] }, "a": "b" } }),
        ] {
            apply(document, &operation).unwrap();
        }
        let expected = json!({
            "phones": [{ "type": "work", "value": "3" }, { "type": "other", "value": "4" }], "urn:x:2.0:User": { "ids": [1, 2] }, "a": "b",
        });
        assert_eq!(Value::from(document.clone()), expected);
        for operation in [
            json!({ "op": "remove" }),
            json!({ "op": "replace", "path": "phones[type eq \"fax\"].value", "value": "3" }),
            json!({ "op": "move", "path": "a", "value": 1 }),
            json!({ "op": "replace", "path": "a" }),
        ] {
            assert_eq!(apply(document, &operation).unwrap_err().status, 400, "{operation}");
        }
    }
}

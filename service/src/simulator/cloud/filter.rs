//! Filters of SCIM as far as Genesys Cloud documents them: `eq`, joined by `and`, and one within brackets for a list.

use serde_json::{Map, Value};

/// A filter.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// An attribute has a value.
    Equals(String, String),
    /// An entry of a list fits.
    Within(String, Box<Filter>),
    /// Both.
    And(Box<Filter>, Box<Filter>),
}

/// How values stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// With quotes or without.
    Any,
    /// Without only: a quote is a part of the value.
    Never,
}

// === impl Filter ===

impl Filter {
    /// Reads one.
    pub(super) fn parse(text: &str, quotes: Quotes) -> Option<Self> {
        let text = text.trim();
        if let Some((left, right)) = split_and(text) {
            return Some(Self::And(Box::new(Self::parse(left, quotes)?), Box::new(Self::parse(right, quotes)?)));
        }
        if let Some(inner) = text.strip_suffix(']') {
            let (path, inner) = inner.split_once('[')?;
            return Some(Self::Within(path.to_owned(), Box::new(Self::parse(inner, quotes)?)));
        }
        let mut words = text.splitn(3, ' ');
        let (path, operator, value) = (words.next()?, words.next()?, words.next()?.trim());
        if !operator.eq_ignore_ascii_case("eq") {
            return None;
        }
        let value = match value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) {
            Some(inner) if quotes == Quotes::Any => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
            _ => value.to_owned(),
        };
        Some(Self::Equals(path.to_owned(), value))
    }

    /// Does this fit?
    pub(super) fn fits(&self, document: &Map<String, Value>) -> bool {
        match self {
            Self::And(left, right) => left.fits(document) && right.fits(document),
            Self::Within(path, inner) => {
                let entries = find(document, path).and_then(Value::as_array);
                entries.is_some_and(|entries| entries.iter().filter_map(Value::as_object).any(|entry| inner.fits(entry)))
            }
            Self::Equals(path, value) => match find(document, path) {
                Some(Value::String(text)) => text.eq_ignore_ascii_case(value),
                Some(Value::Bool(flag)) => value.eq_ignore_ascii_case(if *flag { "true" } else { "false" }),
                _ => path.eq_ignore_ascii_case("active") && value.eq_ignore_ascii_case("true"),
            },
        }
    }
}

/// At the first `and` that stands outside brackets and quotes.
fn split_and(text: &str) -> Option<(&str, &str)> {
    let (mut depth, mut quoted) = (0, false);
    for (index, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth -= 1,
            ' ' if depth == 0 && !quoted && text[index..].to_ascii_lowercase().starts_with(" and ") => {
                return Some((&text[..index], &text[index + 5..]));
            }
            _ => {}
        }
    }
    None
}

/// The value at a path: `userName`, or an attribute of an extension behind its URN.
pub(super) fn find<'a>(document: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let named = |document: &'a Map<String, Value>, name: &str| {
        document.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    match path.rsplit_once(':') {
        Some((urn, name)) if urn.contains(":core:2.0:") => named(document, name),
        Some((urn, name)) => named(named(document, urn)?.as_object()?, name),
        None => named(document, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_genesys_documents_is_understood_and_nothing_else() {
        let document =
            json!({ "userName": "Anna@example.com", "active": false, "urn:x:2.0:User": { "ids": [{ "a": "s and t", "v": "1" }] } });
        let document = document.as_object().unwrap();
        let fits = |text: &str| Filter::parse(text, Quotes::Any).map(|filter| filter.fits(document));
        assert_eq!(fits("userName eq anna@example.com"), Some(true));
        assert_eq!(fits("username eq \"anna@example.com\" and active eq false"), Some(true));
        assert_eq!(fits("active eq true"), Some(false));
        assert_eq!(fits("urn:x:2.0:User:ids[a eq \"s and t\" and v eq \"1\"]"), Some(true));
        assert_eq!(fits("urn:x:2.0:User:ids[a eq \"s\" and v eq \"1\"]"), Some(false));
        assert_eq!(fits("userName co \"anna\""), None);
        let never = Filter::parse("userName eq \"a\"", Quotes::Never);
        assert_eq!(never, Some(Filter::Equals("userName".into(), "\"a\"".into())));
    }
}

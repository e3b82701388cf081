//! A request as it was read: method, path, query, headers, and a body that is JSON when somebody wants it.

use super::answer::Problem;
use hyper::HeaderMap;
use serde_json::Value;

/// See the module.
pub(super) struct Ask {
    pub(super) method: String,
    /// Without host and query.
    pub(super) path: String,
    query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    body: Vec<u8>,
}

// === impl Ask ===

impl Ask {
    pub(super) fn new(method: &str, target: &str, headers: HeaderMap, body: Vec<u8>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let query = pairs.map(|(name, value)| (decoded(name, true), decoded(value, true))).collect();
        Self { method: method.to_owned(), path: path.to_owned(), query, headers, body }
    }

    /// The parts of the path, decoded.
    pub(super) fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|segment| !segment.is_empty()).map(|segment| decoded(segment, false)).collect()
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body; an empty one is an empty object.
    pub(super) fn json(&self) -> Result<Value, Problem> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        let body: Value = serde_json::from_slice(&self.body).map_err(Problem::representation)?;
        if body.is_object() { Ok(body) } else { Err(Problem::representation("an object was expected")) }
    }
}

/// What a body must have.
pub(super) trait Fields {
    /// A text.
    fn text(&self, name: &str) -> Result<&str, Problem>;
    /// A truth value.
    fn truth(&self, name: &str) -> Result<bool, Problem>;
    /// A list of texts; an absent one is empty.
    fn texts(&self, name: &str) -> Result<Vec<String>, Problem>;
}

impl Fields for Value {
    fn text(&self, name: &str) -> Result<&str, Problem> {
        match &self[name] {
            Value::String(text) => Ok(text),
            Value::Null => Err(Problem::missing(name)),
            _ => Err(Problem::invalid(name, "a text was expected")),
        }
    }

    fn truth(&self, name: &str) -> Result<bool, Problem> {
        match &self[name] {
            Value::Bool(on) => Ok(*on),
            Value::Null => Err(Problem::missing(name)),
            _ => Err(Problem::invalid(name, "true or false was expected")),
        }
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, Problem> {
        let wrong = || Problem::invalid(name, "a list of texts was expected");
        match &self[name] {
            Value::Null => Ok(Vec::new()),
            Value::Array(all) => all.iter().map(|each| each.as_str().map(str::to_owned).ok_or_else(wrong)).collect(),
            _ => Err(wrong()),
        }
    }
}

/// Percent-decoded; a broken escape stays as it is.
fn decoded(text: &str, plus_is_blank: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex =
            bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) if plus_is_blank => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_commas_come_percent_encoded() {
        let ask = Ask::new("GET", "/icws/1/x/AVP%20Support%2C+B?where=a%20sw%20St&x", HeaderMap::new(), Vec::new());
        assert_eq!(ask.segments(), ["icws", "1", "x", "AVP Support,+B"]);
        assert_eq!((ask.query("where"), ask.query("x")), (Some("a sw St"), Some("")));
        assert_eq!(decoded("100%", false), "100%");
    }

    #[test]
    fn what_is_missing_and_what_is_wrong_are_told_apart() {
        let body: Value = serde_json::json!({ "on": "yes" });
        assert_eq!(body.truth("on"), Err(Problem::invalid("on", "true or false was expected")));
        assert_eq!(body.text("target"), Err(Problem::missing("target")));
    }
}

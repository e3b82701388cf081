//! Takes out of any text what must not go to others: secrets that the file names or holds, whatever is called a secret, passwords in addresses,
//! and customers' numbers. One for a whole bundle, so that the same number has the same substitute in all of it.

use crate::capture::redact::{HIDDEN, Redactor};
use serde_json::Value;

/// See the module.
pub(super) struct Scrub {
    redactor: Redactor,
    /// Secrets that are known, the longest first.
    known: Vec<String>,
}

/// A secret that is shorter would be found in innocent words.
const SHORTEST: usize = 4;

// === impl Scrub ===

impl Scrub {
    /// Knows these secrets.
    pub(super) fn new(known: impl IntoIterator<Item = String>) -> Self {
        let mut known: Vec<_> = known.into_iter().flat_map(forms).filter(|secret| secret.len() >= SHORTEST).collect();
        known.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        known.dedup();
        Self { redactor: Redactor::new(true), known }
    }

    /// An agent's name stays what it is.
    pub(super) fn keep(&mut self, agent: &str) {
        self.redactor.keep(agent);
    }

    /// A text of ours without numbers of customers: settings, figures.
    pub(super) fn secrets(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.known {
            if text.contains(secret) {
                text = text.replace(secret, HIDDEN);
            }
        }
        text.split_inclusive('\n').map(|line| named(&tickets(&addresses(line)))).collect()
    }

    /// Any text: log lines, what other programs say.
    pub(super) fn text(&mut self, text: &str) -> String {
        let without = self.secrets(text);
        self.redactor.text(&without)
    }

    /// JSON: its texts, and what stands under a name of a secret; numbers stay, because they are ours.
    pub(super) fn json(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(all) => all.iter_mut().for_each(|value| self.json(value)),
            Value::Object(all) => {
                for (name, value) in all {
                    if is_secret_name(name) && value.is_string() {
                        *value = HIDDEN.into();
                    } else {
                        self.json(value);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// A secret as it may stand in a text: as it is, as a part of an address, in XML and in JSON.
fn forms(secret: String) -> Vec<String> {
    let percent: String =
        secret
            .bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            })
            .collect();
    let xml = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let json = serde_json::to_string(&secret).unwrap_or_default().trim_matches('"').to_owned();
    vec![secret.trim().to_owned(), secret, percent, xml, json]
}

/// `http://user:password@host/x?token=y` becomes `http://***@host/x?***`: what stands before the host and behind the question mark.
fn addresses(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("://") {
        let (before, from) = rest.split_at(at + 3);
        out.push_str(before);
        let end = from.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`' | ',' | ';')).unwrap_or(from.len());
        let (address, after) = from.split_at(end);
        let (address, query) = address.split_once('?').map_or((address, None), |(address, query)| (address, Some(query)));
        let host = address.find('/').unwrap_or(address.len());
        match address[..host].rfind('@') {
            Some(sign) => {
                out.push_str(HIDDEN);
                out.push_str(&address[sign..]);
            }
            None => out.push_str(address),
        }
        if query.is_some() {
            out.push('?');
            out.push_str(HIDDEN);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// JSON web tokens, whatever they are called.
fn tickets(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("eyJ") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '=' | '+' | '/'))).unwrap_or(from.len());
        out.push_str(if end > 40 { HIDDEN } else { &from[..end] });
        rest = &from[end..];
    }
    out.push_str(rest);
    out
}

/// `password=…`, `token: …`, `Authorization: Bearer …`, with quotes or without: what follows a name of a secret, to the end of its value.
fn named(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['=', ':']) {
        let (before, from) = rest.split_at(at);
        let sign = &from[..1];
        let name = before.trim_end().trim_end_matches(['"', '\'']);
        let start = name
            .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
            .map_or(0, |at| at + name[at..].chars().next().map_or(1, char::len_utf8));
        out.push_str(before);
        out.push_str(sign);
        rest = &from[1..];
        if !is_secret_name(&name[start..]) || rest.starts_with(sign) {
            continue;
        }
        let value = rest.trim_start_matches([' ', '\t']);
        out.push_str(&rest[..rest.len() - value.len()]);
        // Only where the secret is says a reference.
        let bare = value.trim_start_matches(['"', '\'']);
        if ["keyring:", "credential:", "file:", "env:"].iter().any(|kind| bare.starts_with(kind)) {
            let end = value.len() - bare.len() + bare.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).unwrap_or(bare.len());
            out.push_str(&value[..end]);
            rest = &value[end..];
            continue;
        }
        let length = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].find(quote).map_or(value.len(), |end| end + 2),
            // `Bearer abc` and `Basic abc` are one value, and a password may have blanks: nothing else on the line is worth the risk.
            Some(_) => value.find(['\n', '\r']).unwrap_or(value.len()),
            None => 0,
        };
        if !value[..length].trim().is_empty() {
            out.push_str(HIDDEN);
        }
        rest = &value[length..];
    }
    out.push_str(rest);
    out
}

/// Would anybody call something by this name that others may see? Settings that say where a secret is end so too, and hold a reference.
fn is_secret_name(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    ["password", "passwd", "passwort", "kennwort", "passphrase", "pwd", "secret", "token", "authorization", "cookie", "ticket", "apikey"]
        .iter()
        .any(|word| name.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_taken_out_wherever_they_stand() {
        let mut scrub = Scrub::new(["hunter2&co".to_owned(), "ab".to_owned()]);
        for (text, expected) in [
            ("it was hunter2&co, hunter2&amp;co or hunter2%26co", "it was ***, *** or ***"),
            ("GET http://anna:geheim@proxy:8080/x?token=geheim&a=1 failed", "GET http://***@proxy:8080/hidden/1 failed"),
            ("password=geheim user=x", "password=***"),
            ("password=\"geh eim\" user=x", "password=*** user=x"),
            ("{\"access_token\": \"geheim\", \"a\": 1}", "{\"access_token\": ***, \"a\": 1}"),
            ("Authorization: Bearer geheim", "Authorization: ***"),
            ("it was eyJhbGciOiJIUzI1NiJ9.hunter2hunter2hunter2hunter2.x\nnext", "it was ***\nnext"),
            ("password = \"file:/etc/p\" # kept", "password = \"file:/etc/p\" # kept"),
            ("password =", "password ="),
            ("token::of is code, and the token is not shown", "token::of is code, and the token is not shown"),
            ("<Password>geheim</Password>", "<Password>***</Password>"),
            ("called +4930123456 and 4930123456", "called +0000000001 and 0000000001"),
            ("at 2026-11-30T21:04:05.123456Z on 8001, ab", "at 2026-11-30T21:04:05.123456Z on 8001, ab"),
        ] {
            assert_eq!(scrub.text(text), expected, "{text}");
        }
    }

    #[test]
    fn in_json_texts_are_looked_at_and_our_own_numbers_stay() {
        let mut value =
            json!({"started": 1_796_000_000_u64, "why": "+4930123456 is busy", "token": "geheim", "list": ["x?y", {"pwd": "g"}]});
        Scrub::new([]).json(&mut value);
        let expected = json!({"started": 1_796_000_000_u64, "why": "+0000000001 is busy", "token": "***", "list": ["x?y", {"pwd": "***"}]});
        assert_eq!(value, expected);
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange_and_a_known_secret_never_stays(before in ".{0,60}", after in ".{0,60}") {
            let mut scrub = Scrub::new(["Schlüssel-7".to_owned()]);
            let out = scrub.text(&format!("{before}Schlüssel-7{after}"));
            proptest::prop_assert!(!out.contains("Schlüssel-7"), "{}", out);
        }
    }
}

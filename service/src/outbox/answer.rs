//! What SAP's answer to an event means. Pure.

use hyper::StatusCode;
use std::fmt;

/// The meaning of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has arrived.
    Delivered,
    /// It has arrived and SAP refused this one event: logged, the lane goes on (ici-wire §4).
    Rejected(Faultstring),
    /// SAP's session is gone.
    Gone,
    /// Not delivered: to be tried again.
    Failed,
}

/// SAP's words for why; bounded, never trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Faultstring(String);

impl fmt::Display for Faultstring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads an answer. `body` may be cut short.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Answer {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Answer::Gone,
        StatusCode::INTERNAL_SERVER_ERROR => fault(body).map_or(Answer::Failed, Answer::Rejected),
        _ if status.is_success() => fault(body).map_or(Answer::Delivered, Answer::Rejected),
        _ => Answer::Failed,
    }
}

/// The fault's text when the body is a SOAP envelope with a `Fault`. Looked for in the text: an answer is not worth a tree, and in
/// well-formed XML an element's name can only follow a `<`.
fn fault(body: &[u8]) -> Option<Faultstring> {
    let text = String::from_utf8_lossy(body);
    element(&text, "Envelope")?;
    let fault = element(&text, "Fault")?;
    let words = element(fault, "faultstring").and_then(|rest| rest.split('<').next()).unwrap_or_default().trim();
    let words = if words.is_empty() { "without a faultstring" } else { words };
    Some(Faultstring(words.chars().filter(|c| !c.is_control()).take(200).collect()))
}

/// What follows the start tag of the first element with this local name.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.match_indices('<').map(|(at, _)| &text[at + 1..]).find_map(|tag| {
        let qualified = &tag[..tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(tag.len())];
        let local = qualified.rsplit(':').next().unwrap_or(qualified);
        (local == name).then(|| tag.split_once('>').map_or("", |(_, content)| content))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAULT: &str = r#"<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>
        <SOAP-ENV:Fault><faultcode>SOAP-ENV:Server</faultcode><faultstring xml:lang="en">Cannot understand ICI event</faultstring></SOAP-ENV:Fault>
        </SOAP-ENV:Body></SOAP-ENV:Envelope>"#;
    const OTHER_FAULT: &str = "<e:Envelope xmlns:e='x'><e:Body><e:Fault/></e:Body></e:Envelope>";
    const SUCCESS: &str = "<Envelope><Body><xResponse><response>&lt;Fault&gt; Default</response></xResponse></Body></Envelope>";

    #[test]
    fn each_answer_has_one_meaning() {
        let rejected = |words: &str| Answer::Rejected(Faultstring(words.to_owned()));
        let cases = [
            (200, SUCCESS, Answer::Delivered),
            (200, "", Answer::Delivered),
            (202, "", Answer::Delivered),
            (204, "", Answer::Delivered),
            (200, FAULT, rejected("Cannot understand ICI event")),
            (500, FAULT, rejected("Cannot understand ICI event")),
            (500, OTHER_FAULT, rejected("without a faultstring")),
            (500, SUCCESS, Answer::Failed),
            (500, "<html><body>Fault: short dump</body></html>", Answer::Failed),
            (500, "", Answer::Failed),
            (502, FAULT, Answer::Failed),
            (503, "", Answer::Failed),
            (401, "", Answer::Gone),
            (403, FAULT, Answer::Gone),
            (404, "", Answer::Gone),
            (400, "", Answer::Failed),
            (302, "", Answer::Failed),
            (307, "", Answer::Failed),
        ];
        for (status, body, meaning) in cases {
            assert_eq!(read(StatusCode::from_u16(status).unwrap(), body.as_bytes()), meaning, "{status} {body}");
        }
    }

    #[test]
    fn a_faultstring_is_bounded_and_harmless_in_a_log() {
        let body = format!("<Envelope><Fault><faultstring>a\r\n\u{1b}[31m{}</faultstring>", "x".repeat(9999));
        let Answer::Rejected(words) = read(StatusCode::OK, body.as_bytes()) else { panic!("not rejected") };
        assert!(words.to_string().starts_with("a[31mx"));
        assert_eq!(words.to_string().len(), 200);
    }

    proptest::proptest! {
        #[test]
        fn no_answer_is_too_strange(body in proptest::collection::vec(proptest::num::u8::ANY, 0..500)) {
            read(StatusCode::INTERNAL_SERVER_ERROR, &body);
        }
    }
}

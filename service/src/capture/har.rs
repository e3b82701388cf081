//! HTTP archives (HAR 1.2), as Fiddler, Wireshark's converters, proxies and browsers save them.

use super::format::Message;
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::Deserialize;

/// Some writers leave the padding away.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

#[derive(Deserialize)]
struct Archive {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    started_date_time: String,
    #[serde(default)]
    time: f64,
    request: Request,
    response: Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
    #[serde(default)]
    post_data: Option<Text>,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    status: u16,
    #[serde(default)]
    content: Option<Text>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
struct Text {
    #[serde(default)]
    text: String,
    #[serde(default)]
    encoding: String,
}

/// All requests with a SOAP body.
///
/// # Errors
/// Why it is no archive.
pub(super) fn read(text: &str) -> Result<Vec<Message>, String> {
    let archive: Archive = serde_json::from_str(text).map_err(|error| format!("no HTTP archive: {error}"))?;
    let messages = archive.log.entries.into_iter().map(|entry| {
        let Entry { started_date_time, time, request, response } = entry;
        let action = request.headers.into_iter().find(|header| header.name.eq_ignore_ascii_case("soapaction"));
        Message {
            at: started_date_time.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_millisecond),
            at_us: 0,
            way: None,
            user: None,
            to: Some(request.url),
            action: action.map(|header| header.value),
            status: response.status,
            took_ms: time,
            body: request.post_data.unwrap_or_default().plain(),
            answer: response.content.unwrap_or_default().plain(),
            truncated: false,
            ours: false,
        }
    });
    Ok(messages.filter(|message| message.body.contains("Envelope")).collect())
}

// === impl Text ===

impl Text {
    /// The text itself; what cannot be decoded is left as it stands, and is then no SOAP message.
    fn plain(self) -> String {
        if !self.encoding.eq_ignore_ascii_case("base64") {
            return self.text;
        }
        let packed: String = self.text.split_ascii_whitespace().collect();
        BASE64.decode(packed).map_or(self.text, |bytes| String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_gives_its_soap_requests() {
        let text = r#"{"log": {"version": "1.2", "entries": [
            {"startedDateTime": "2026-05-04T09:12:44.5Z", "time": 3.5,
             "request": {"method": "POST", "url": "http://cti/ici", "headers": [{"name": "SOAPAction", "value": "\"u\""}], "postData": {"text": "<Envelope/>"}},
             "response": {"status": 200, "content": {"text": "PGEvPg==", "encoding": "base64"}}},
            {"request": {"method": "GET", "url": "http://cti/x"}, "response": {"status": 404}}]}}"#;
        let messages = read(text).unwrap();
        assert_eq!(messages.len(), 1);
        let message = &messages[0];
        assert_eq!(
            (message.at, message.status, message.body.as_str(), message.answer.as_str()),
            (1_777_885_964_500, 200, "<Envelope/>", "<a/>")
        );
        assert_eq!(message.action.as_deref(), Some("\"u\""));
        let decoded = |text: &str| Text { text: text.into(), encoding: "BASE64".into() }.plain();
        assert_eq!([decoded("PGEv\r\nPg"), decoded("no base64!")], ["<a/>", "no base64!"]);
        assert!(read("{}").unwrap_err().contains("no HTTP archive"));
    }
}

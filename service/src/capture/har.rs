//! HTTP archives (HAR 1.2), as Fiddler, Wireshark's converters, proxies and browsers save them.

use super::format::Message;
use serde::Deserialize;

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
    fn plain(self) -> String {
        if self.encoding.eq_ignore_ascii_case("base64") { String::from_utf8_lossy(&base64(&self.text)).into_owned() } else { self.text }
    }
}

/// What is no sign of base64 is skipped, as its readers do.
fn base64(text: &str) -> Vec<u8> {
    let (mut out, mut bits, mut held) = (Vec::with_capacity(text.len() / 4 * 3), 0_u32, 0_u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held).unwrap_or_default());
            bits &= (1 << held) - 1;
        }
    }
    out
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
        assert!(read("{}").unwrap_err().contains("no HTTP archive"));
    }
}

//! The capture file: one JSON object in each line, so that it can be read, searched and cut with ordinary tools.
//!
//! ```json
//! {"jackfield_capture": 1, "made": "2026-05-04T09:12:44Z", "keep_until": "2026-06-03T09:12:44Z", "by": "Jackfield 0.1.0", "agents": ["ANNA"], "numbers": "masked"}
//! {"at": 1777886001123, "at_us": 250, "way": "from_sap", "user": "ANNA", "action": "\"…/IciUserBean\"", "status": 200, "took_ms": 0.8, "body": "<…>", "answer": "<…>"}
//! {"at": 1777886001201, "way": "to_sap", "user": "ANNA", "to": "http://sap:8000/hidden/1", "status": 200, "took_ms": 3.1, "body": "<…>", "answer": "<…>"}
//! {"lost": 3}
//! {"end": "stopped", "messages": 211, "lost": 3}
//! ```
//!
//! Bodies are text as it was on the wire, without secrets. A reader takes unknown keys, so that a later version may add some.

use serde::{Deserialize, Serialize};

/// The version that is written, and the latest that is read.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// [`VERSION`].
    pub jackfield_capture: u32,
    /// When it was begun, by RFC 3339.
    pub made: String,
    /// Until when it may be used, by RFC 3339; `None`: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_until: Option<String>,
    /// The program and its version.
    pub by: String,
    /// The agents that were asked for; none means all.
    #[serde(default)]
    pub agents: Vec<String>,
    /// What was done with customers' numbers.
    pub numbers: Numbers,
}

/// What was done with telephone numbers in a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Numbers {
    /// Replaced by others of the same length, the same one each time.
    Masked,
    /// As they were.
    Kept,
}

/// Who spoke first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A command of SAP's.
    FromSap,
    /// An event to SAP.
    ToSap,
}

/// One request and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// When the request began, milliseconds since 1970; 0 where nobody knows.
    #[serde(default)]
    pub at: i64,
    /// Microseconds after that: an event and the command that an agent answers it with may begin within one millisecond.
    #[serde(default)]
    pub at_us: u16,
    /// Who asked; `None` where the capture does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// The agent, where he is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The URL it was sent to, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The `SOAPAction` as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// HTTP status of the answer; 0 without one.
    #[serde(default)]
    pub status: u16,
    /// Milliseconds from the request to its answer.
    #[serde(default)]
    pub took_ms: f64,
    /// The request's body.
    pub body: String,
    /// The answer's body.
    #[serde(default)]
    pub answer: String,
    /// Something was cut off.
    #[serde(default, skip_serializing_if = "is_false")]
    pub truncated: bool,
    /// Jackfield itself wrote the answer or the event, so that they tell nothing about what SAP expects.
    #[serde(skip)]
    pub ours: bool,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Why: `stopped`, `time`, `size`, `abandoned`.
    pub end: String,
    /// Messages in the file.
    pub messages: u64,
    /// Messages that found no room.
    pub lost: u64,
}

/// Any line.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// The first.
    Head(Head),
    /// A message.
    Message(Box<Message>),
    /// Messages are missing here.
    Lost(u64),
    /// The last.
    End(End),
}

impl Line {
    /// Reads one line.
    ///
    /// # Errors
    /// What is wrong with it; its text is not repeated.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
            let column = error.column();
            format!("no JSON object (column {column})")
        })?;
        let has = |key: &str| value.get(key).is_some();
        let no = |error: serde_json::Error| error.to_string();
        if has("jackfield_capture") {
            let version = value["jackfield_capture"].as_u64().unwrap_or_default();
            if version == 0 || version > u64::from(VERSION) {
                return Err(format!("a capture of version {version}; this program reads version {VERSION}"));
            }
            return serde_json::from_value(value).map(Self::Head).map_err(no);
        }
        if has("body") {
            return serde_json::from_value(value).map(|message| Self::Message(Box::new(message))).map_err(no);
        }
        if has("end") {
            return serde_json::from_value(value).map(Self::End).map_err(no);
        }
        value["lost"].as_u64().map(Self::Lost).ok_or_else(|| "neither a message nor anything else that a capture holds".to_owned())
    }
}

/// One line of a file, with its end.
pub fn line(value: &impl Serialize) -> String {
    // These types hold nothing that JSON cannot.
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    text
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_as_it_was_written() {
        let head = Head {
            jackfield_capture: VERSION,
            made: "now".into(),
            keep_until: None,
            by: "x".into(),
            agents: vec!["A".into()],
            numbers: Numbers::Kept,
        };
        assert_eq!(Line::parse(&line(&head)), Ok(Line::Head(head)));
        let message = Message {
            at: 7,
            at_us: 250,
            way: Some(Way::ToSap),
            user: Some("A".into()),
            to: None,
            action: Some("\"x\"".into()),
            status: 200,
            took_ms: 1.5,
            body: "<a>\n\"ä\"</a>".into(),
            answer: String::new(),
            truncated: true,
            ours: false,
        };
        assert_eq!(Line::parse(&line(&message)), Ok(Line::Message(Box::new(message))));
        let end = End { end: "time".into(), messages: 3, lost: 1 };
        assert_eq!(Line::parse(&line(&end)), Ok(Line::End(end)));
        assert_eq!(Line::parse("{\"lost\": 4}"), Ok(Line::Lost(4)));
    }

    #[test]
    fn what_is_no_line_is_refused_without_its_text() {
        for (text, why) in [
            ("hunter2", "no JSON object"),
            ("{}", "neither a message"),
            ("{\"jackfield_capture\": 2}", "version 2; this program reads version 1"),
            ("{\"body\": 7}", "invalid type"),
        ] {
            let refused = Line::parse(text).unwrap_err();
            assert!(refused.contains(why) && !refused.contains("hunter2"), "{text}: {refused}");
        }
    }
}

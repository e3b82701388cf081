//! The SOAP messages that have passed, newest last; a bounded number of them.

use super::told::Told;
use jiff::Timestamp;
use std::collections::VecDeque;

/// Messages that are kept; a log-on is about 30.
const KEPT: usize = 300;
/// Longer envelopes are shown as they are, without being laid out.
const LAID_OUT: usize = 256 * 1024;
/// An event that comes later than this after a request was not caused by it, in milliseconds.
const CAUSED: f64 = 5_000.0;

/// The messages.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    list: VecDeque<Message>,
    /// The number of the next one.
    next: u64,
    /// Messages that came too quickly.
    missed: u64,
    /// When SAP last asked for something.
    asked: Option<Timestamp>,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Counted from the beginning; it stays the same.
    pub number: u64,
    /// When.
    pub at: Option<Timestamp>,
    /// Which way.
    pub way: Way,
    /// The operation, or the event's name.
    pub name: String,
    /// HTTP status of the answer, or of SAP's answer to the event.
    pub status: Option<u16>,
    /// Milliseconds: of an answer since its request, of an event since SAP's last request, where it may be its consequence.
    pub latency: Option<f64>,
    /// The envelope as it was on the wire.
    pub body: String,
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// SAP asks.
    Request,
    /// Jackfield answers.
    Answer,
    /// Jackfield tells.
    Event,
}

impl Messages {
    /// Takes in what was told, if it is a message.
    pub fn take(&mut self, told: &Told) {
        let (way, at, name, status, latency, body) = match told {
            Told::Sent { at, operation, body } => {
                self.asked = at.parse().ok();
                (Way::Request, at, operation.clone(), None, None, body)
            }
            Told::Answered { at, operation, status, took_ms, body } => {
                (Way::Answer, at, operation.clone(), Some(*status), Some(*took_ms), body)
            }
            Told::Event { at, name, status, body, .. } => {
                let name = name.clone().unwrap_or_else(|| "?".to_owned());
                (Way::Event, at, name, Some(*status), self.since_asked(at), body)
            }
            Told::Missed { count } => {
                self.missed += count;
                return;
            }
            _ => return,
        };
        if self.list.len() == KEPT {
            self.list.pop_front();
        }
        self.list.push_back(Message { number: self.next, at: at.parse().ok(), way, name, status, latency, body: body.clone() });
        self.next += 1;
    }

    /// Oldest first.
    pub fn list(&self) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        self.list.iter()
    }

    /// One of them, if it is still kept.
    pub fn get(&self, number: u64) -> Option<&Message> {
        self.list.iter().find(|message| message.number == number)
    }

    /// How many came too quickly to be seen.
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Forgets them; numbers go on.
    pub fn clear(&mut self) {
        *self = Self { next: self.next, ..Self::default() };
    }

    fn since_asked(&self, at: &str) -> Option<f64> {
        let at: Timestamp = at.parse().ok()?;
        let since = at.duration_since(self.asked?).as_secs_f64() * 1e3;
        (0.0..CAUSED).contains(&since).then_some(since)
    }
}

impl Message {
    /// The envelope laid out for reading.
    pub fn pretty(&self) -> String {
        if self.body.len() > LAID_OUT { self.body.clone() } else { pretty(&self.body) }
    }

    /// The time of day in the machine's zone.
    pub fn time(&self) -> String {
        let zone = jiff::tz::TimeZone::system();
        self.at.map(|at| at.to_zoned(zone).strftime("%H:%M:%S%.3f").to_string()).unwrap_or_default()
    }
}

/// Each element on a line of its own, indented by its depth; an element that holds text alone stays on one line. What is not XML comes out
/// as it is.
fn pretty(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len() * 2);
    let mut depth = 0_usize;
    let mut rest = xml;
    // Did the last tag open an element, whose text may follow on its line?
    let mut is_open = false;
    while let Some(start) = rest.find('<') {
        let (text, tag) = rest.split_at(start);
        let Some(end) = length(tag) else { break };
        let (tag, behind) = tag.split_at(end);
        let is_end = tag.starts_with("</");
        let has_text = !text.trim().is_empty();
        if has_text {
            out.push_str(text);
        }
        if is_end {
            depth = depth.saturating_sub(1);
        }
        // Text belongs to its tags; a line would change it for who copies it.
        if !(has_text || out.is_empty() || (is_open && is_end)) {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
        out.push_str(tag);
        is_open = !is_end && !tag.ends_with("/>") && !tag.starts_with("<?") && !tag.starts_with("<!");
        depth += usize::from(is_open);
        rest = behind;
    }
    out.push_str(if rest.trim().is_empty() { "" } else { rest });
    out
}

/// Bytes of a tag, comment or CDATA section, to its end.
fn length(tag: &str) -> Option<usize> {
    let end = if tag.starts_with("<![CDATA[") {
        "]]>"
    } else if tag.starts_with("<!--") {
        "-->"
    } else {
        ">"
    };
    tag.find(end).map(|at| at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_laid_out_without_changing_its_texts() {
        let xml = "<?xml version=\"1.0\"?><a x=\"1\"><b>text  &lt;\nmore</b><c/><d></d><e><f>1</f></e></a>";
        let laid_out =
            "<?xml version=\"1.0\"?>\n<a x=\"1\">\n  <b>text  &lt;\nmore</b>\n  <c/>\n  <d></d>\n  <e>\n    <f>1</f>\n  </e>\n</a>";
        assert_eq!(pretty(xml), laid_out);
        assert_eq!(pretty(laid_out), laid_out);
    }

    #[test]
    fn what_is_no_xml_comes_out_as_it_is() {
        for text in ["", "hello", "<a", "a < b"] {
            assert_eq!(pretty(text), text);
        }
    }

    fn sent(at: &str) -> Told {
        Told::Sent { at: at.into(), operation: "PhoneCall.hold".into(), body: "<a/>".into() }
    }

    #[test]
    fn an_event_tells_how_long_after_the_request_it_came() {
        let mut messages = Messages::default();
        messages.take(&sent("2026-01-01T10:00:00.000Z"));
        for at in ["2026-01-01T10:00:00.012Z", "2026-01-01T10:01:00Z"] {
            let name = Some("phoneCallChanged".into());
            messages.take(&Told::Event { at: at.into(), name, status: 200, body: String::new(), call: None, agent: None, reason: None });
        }
        let latencies: Vec<_> = messages.list().map(|message| message.latency.map(f64::round)).collect();
        assert_eq!(latencies, [None, Some(12.0), None]);
    }

    #[test]
    fn the_oldest_give_way_and_numbers_stay() {
        let mut messages = Messages::default();
        for _ in 0..=KEPT {
            messages.take(&sent("x"));
        }
        assert_eq!((messages.list().len(), messages.list().next().map(|first| first.number)), (KEPT, Some(1)));
        messages.take(&Told::Missed { count: 3 });
        assert_eq!((messages.missed(), messages.get(0), messages.get(1).is_some()), (3, None, true));
        messages.clear();
        messages.take(&sent("x"));
        assert_eq!(messages.list().next().map(|first| first.number), Some(KEPT as u64 + 1));
    }
}

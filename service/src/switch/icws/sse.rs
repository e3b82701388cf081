//! Server-sent events (WHATWG HTML, "Server-sent events", §9.2.6), as far as ICWS uses them: data and comments. Pure: bytes in, events out.

use super::IcwsError;

/// What a stream says.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// A comment: the server is there.
    Ping,
    /// The data of one event.
    Data(String),
}

/// Puts bytes together to events.
pub struct Decoder {
    limit: usize,
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// The last byte was a carriage return, which a line feed may still belong to.
    after_return: bool,
    at_start: bool,
}

// === impl Decoder ===

impl Decoder {
    /// Lines and events of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, line: Vec::new(), data: Vec::new(), has_data: false, after_return: false, at_start: true }
    }

    /// Takes bytes as they come.
    ///
    /// # Errors
    /// [`IcwsError::Malformed`]: an event is too long. What it said is lost, so that the stream is of no more use.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<Vec<Event>, IcwsError> {
        let mut events = Vec::new();
        while let Some(first) = bytes.first() {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if self.line.len() + self.data.len() + part.len() > self.limit {
                return Err(IcwsError::Malformed(format!("a message is longer than {} bytes", self.limit)));
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else { break };
            self.after_return = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            events.extend(self.end_of_line());
        }
        Ok(events)
    }

    fn end_of_line(&mut self) -> Option<Event> {
        let mut whole = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.at_start) && whole.starts_with(b"\xef\xbb\xbf") {
            whole.drain(..3);
        }
        if whole.is_empty() {
            let data = std::mem::take(&mut self.data);
            return std::mem::take(&mut self.has_data).then(|| Event::Data(String::from_utf8_lossy(&data).into_owned()));
        }
        let (field, value) = match whole.iter().position(|byte| *byte == b':') {
            Some(0) => return Some(Event::Ping),
            Some(at) => (&whole[..at], &whole[at + 1..]),
            None => (&whole[..], &[][..]),
        };
        if field == b"data" {
            if self.has_data {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
            self.has_data = true;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Event::{Data, Ping};

    fn all(text: &str, step: usize) -> Vec<Event> {
        let mut decoder = Decoder::new(1_000);
        text.as_bytes().chunks(step).flat_map(|chunk| decoder.feed(chunk).unwrap()).collect()
    }

    #[test]
    fn events_are_the_same_however_the_bytes_come() {
        let text = "\u{feff}:ping\r\n\r\nid: 7\nretry: 3000\nevent: message\ndata: {\"a\":\ndata:1}\n\n\n:\rdata\r\r";
        for step in 1..text.len() {
            assert_eq!(all(text, step), [Ping, Data("{\"a\":\n1}".to_owned()), Ping, Data(String::new())], "{step}");
        }
    }

    #[test]
    fn an_event_that_has_not_ended_is_none_yet() {
        assert_eq!(all("data: 1\n", 3), []);
        assert_eq!(all("data: 1\r\n\r\n", 3), [Data("1".to_owned())]);
    }

    #[test]
    fn an_event_without_end_is_given_up() {
        let mut one_line = Decoder::new(100);
        let mut many_lines = Decoder::new(100);
        assert!((0..20).any(|_| one_line.feed(b"data: 3456").is_err()));
        assert!((0..40).any(|_| many_lines.feed(b"data: 3456\n").is_err()));
    }
}

//! What is typed, line by line: plain words, or JSON.

use serde::Deserialize;
use serde_json::Value;
use std::io::{BufRead, Read};
use tokio::sync::mpsc;

/// One line of standard input at most, bytes: room for attached data of the size that the service takes.
const LINE: u64 = 4 << 20;

/// A command from outside.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    /// Comes back with the outcome.
    pub(super) id: Value,
    /// As it could be typed.
    pub(super) command: String,
    /// The call that is meant.
    pub(super) item: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    id: Value,
    command: String,
    #[serde(default)]
    item: Option<String>,
}

// === impl Line ===

impl Line {
    /// A line of standard input; `None` for an empty one.
    pub(super) fn parse(line: &str, json: bool) -> Result<Option<Self>, String> {
        if line.trim().is_empty() {
            return Ok(None);
        }
        if !json {
            return Ok(Some(Self { id: Value::Null, command: line.trim().to_owned(), item: None }));
        }
        let Asked { id, command, item } =
            serde_json::from_str(line).map_err(|error| format!("the line is not {{\"id\": …, \"command\": \"…\"}}: {error}"))?;
        Ok(Some(Self { id, command, item }))
    }
}

/// Reads lines until the input ends or nobody wants more.
pub(super) fn read_lines(mut input: impl BufRead, lines: &mpsc::Sender<Result<String, String>>) {
    loop {
        let mut line = Vec::new();
        let outcome = match input.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) if line.len() as u64 == LINE && line.last() != Some(&b'\n') => {
                let _ = lines.blocking_send(Err(format!("a line is longer than {LINE} bytes")));
                return;
            }
            Ok(_) => String::from_utf8(line).map_err(|_| "the line is not UTF-8".to_owned()),
            Err(error) => Err(format!("standard input cannot be read: {error}")),
        };
        if lines.blocking_send(outcome).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn a_line_without_end_is_refused() {
        let (lines, mut typed) = mpsc::channel(16);
        read_lines(io::BufReader::new(io::repeat(b'x').take(LINE * 2)), &lines);
        assert!(typed.blocking_recv().unwrap().unwrap_err().starts_with("a line is longer than"));
    }
}

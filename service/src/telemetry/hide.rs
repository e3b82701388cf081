//! Customers' numbers in what operators are told: one switch for the log and for the last happenings; what a number is, a rule knows.

use shared::rules::customer_number;
use std::{
    borrow::Cow,
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

/// Hidden until the file says otherwise: what is logged before it is read may hold a number as well.
static HIDE: AtomicBool = AtomicBool::new(true);

/// Hides customers' numbers from now on, or no more.
pub fn hide_numbers(hide: bool) {
    HIDE.store(hide, Ordering::Relaxed);
}

/// Are they?
pub fn hides_numbers() -> bool {
    HIDE.load(Ordering::Relaxed)
}

/// What a colour on a terminal begins with; it ends with `m`.
const COLOUR: &str = "\u{1b}[";

/// A text as it may be told.
pub(super) fn hidden(text: &str) -> Cow<'_, str> {
    if HIDE.load(Ordering::Relaxed) { customer_number::mask(text) } else { Cow::Borrowed(text) }
}

/// Writes the log's lines as they may be told. Each comes in one piece.
pub(super) struct Hiding<W>(pub(super) W);

impl<W: Write> Write for Hiding<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        // A colour ends in a letter, to which the digits behind it do not belong.
        let mut parts = text.split(COLOUR);
        let mut told = hidden(parts.next().unwrap_or_default()).into_owned();
        for part in parts {
            let end = part.find('m').map_or(0, |end| end + 1);
            told.extend([COLOUR, &part[..end], &*hidden(&part[end..])]);
        }
        self.0.write_all(told.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(line: &str) -> String {
        let mut out = Vec::new();
        Hiding(&mut out).write_all(line.as_bytes()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_number_gets_into_the_log_with_colours_or_without() {
        let plain = "2026-05-04T09:12:44.123456Z  WARN service::agents: no such number: +49 30 1234567 user=ANNA at=127.0.0.1:45678\n";
        assert_eq!(written(plain), plain.replace("+49 30 1234567", "+** ** *****67"));
        let dim =
            "\u{1b}[2m2026-05-04T09:12:44.123456Z\u{1b}[0m \u{1b}[3mto\u{1b}[0m\u{1b}[2m=\u{1b}[0m4930123456 \u{1b}[1;31mx\u{1b}[0m\n";
        assert_eq!(written(dim), dim.replace("4930123456", "********56"));
        assert_eq!(written("m+4930123456m"), "m+********56m");
    }
}

//! Which digits of a text are a customer's telephone number, and how it is hidden: the one rule for the log, `/status` and captures.
//!
//! Numbers are known by their form, because where they stand (an attribute, a text for a person, an error of the switch) nobody can know.
//! What belongs to a word, an id or a time is none.

use std::{borrow::Cow, ops::Range};

/// Fewer digits are an extension, a code, a port or a part of a date.
pub const DIGITS: usize = 7;

/// Digits at the end that a hidden number keeps, so that a person can tell two apart.
const SHOWN: usize = 2;

/// The numbers in a text, in order, each from its first digit to its last: `+49 (30) 123-45.67`, `%2B4930…` in a URL, `030 / 123 45 67`, or
/// [`DIGITS`] digits and more in a row. Takes time linear in the text's length.
pub fn find(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let before = text[..at].chars().next_back();
            if let Some(found) = number(&text[at..], before) {
                let found = at + found.start..at + found.end;
                at = found.end;
                return Some(found);
            }
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
        None
    })
}

/// The text with all numbers hidden: `*` for each digit but the last two.
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    for number in find(text) {
        out.push_str(&text[done..number.start]);
        done = number.end;
        let mut hidden = text[number.clone()].chars().filter(char::is_ascii_digit).count() - SHOWN;
        for c in text[number].chars() {
            let hide = c.is_ascii_digit() && hidden > 0;
            hidden -= usize::from(hide);
            out.push(if hide { '*' } else { c });
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// How a number may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// With the sign of an international number.
    Plus,
    /// With the 0 of a national one.
    Zero,
    /// With any other digit: then nothing stands between its digits.
    Digit,
}

/// The number at the beginning of a text that follows `before`.
fn number(text: &str, before: Option<char>) -> Option<Range<usize>> {
    let (start, begin) = match text.as_bytes() {
        [b'+', ..] => (1, Begin::Plus),
        [b'%', b'2', b'B' | b'b', ..] => (3, Begin::Plus),
        // A letter or digit before belongs to the same word; `#` begins a character reference.
        _ if before.is_some_and(|c| joins(c) || c == '#') => return None,
        [b'0', ..] => (0, Begin::Zero),
        [b'1'..=b'9', ..] => (0, Begin::Digit),
        _ => return None,
    };
    let (mut digits, mut between, mut end, mut whole) = (0, 0, start, None);
    for (at, c) in text[start..].char_indices() {
        if c.is_ascii_digit() {
            (digits, between, end) = (digits + 1, 0, start + at + 1);
            continue;
        }
        if digits >= DIGITS && (begin == Begin::Plus || between > 0 || !joins(c)) {
            whole = Some(end);
        }
        between += 1;
        if between > 3 || !separates(c, begin) {
            break;
        }
    }
    if digits >= DIGITS && end == text.len() {
        whole = Some(end);
    }
    whole.map(|end| start..end).filter(|number| !is_time(&text.as_bytes()[number.clone()]))
}

/// Is this a part of the same word?
fn joins(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// May this stand between two digits of a number? A national one has no dots: a date would look like it.
fn separates(c: char, begin: Begin) -> bool {
    match begin {
        Begin::Plus if c == '.' => true,
        Begin::Plus | Begin::Zero => matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '(' | ')' | '/' | '-' | '\u{2010}' | '\u{2011}'),
        Begin::Digit => false,
    }
}

/// `20091105112954`: ABAP's way to write a time, which must stay readable.
fn is_time(bytes: &[u8]) -> bool {
    let two = |at: usize| bytes.get(at..at + 2).and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|text| text.parse().ok());
    let within = |at, range: std::ops::RangeInclusive<u8>| two(at).is_some_and(|value: u8| range.contains(&value));
    bytes.len() == 14
        && bytes.iter().all(u8::is_ascii_digit)
        && within(0, 19..=20)
        && within(4, 1..=12)
        && within(6, 1..=31)
        && within(8, 0..=23)
        && within(10, 0..=59)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_hidden_but_for_their_last_two_digits() {
        for (text, hidden) in [
            ("call of +4930123456 ended", "call of +********56 ended"),
            ("+49 (30) 123-45.67;", "+** (**) ***-**.67;"),
            ("030 / 123 45 67", "*** / *** ** 67"),
            ("(030) 1234567", "(***) *****67"),
            ("sip:4930123456@host", "sip:********56@host"),
            ("to=%2B4930123456&x", "to=%2B********56&x"),
            ("<n>1234567</n>", "<n>*****67</n>"),
            ("+49\u{a0}30\u{a0}123456", "+**\u{a0}**\u{a0}****56"),
        ] {
            assert_eq!(mask(text), hidden, "{text}");
        }
    }

    #[test]
    fn codes_dates_ports_and_ids_stay() {
        for text in [
            "8001",
            "123456",
            "20091105112954",
            "2026-05-04T09:12:44.123456Z",
            "04.05.2026 09:12",
            "127.0.0.1:8096",
            "J-1001",
            "J12345678",
            "005056A12345678EDE",
            "&#1234567;",
            "+49",
            "",
        ] {
            assert!(matches!(mask(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    /// A number as people and programs write it.
    fn spelt() -> impl Strategy<Value = (String, String)> {
        let groups = proptest::collection::vec("[0-9]{1,4}", 4..7).prop_filter("enough digits", |groups| groups.concat().len() >= DIGITS);
        (groups, 0..8_usize, "[ /()-]{1,2}").prop_map(|(groups, style, between)| {
            let digits = groups.concat();
            let written = match style {
                0 => digits.clone(),
                1 => format!("+{digits}"),
                2 => format!("+{}", groups.join(&between)),
                3 => format!("+{}", groups.join(".")),
                4 => format!("0{}", groups.join(&between)),
                5 => format!("(0{})", groups.join(&between)),
                6 => format!("sip:{digits}@pbx"),
                _ => format!("%2B{digits}"),
            };
            (written, digits)
        })
    }

    proptest! {
        #[test]
        fn no_number_of_more_than_a_few_digits_survives(before in "[a-z<>=:;\" ]{0,9}", (written, digits) in spelt(), after in "[<>;\"]?") {
            prop_assume!(!is_time(digits.as_bytes()));
            let glued = before.ends_with(|c: char| c.is_ascii_alphanumeric()) && written.starts_with(|c: char| c.is_ascii_digit());
            prop_assume!(!glued);
            let text = format!("{before}{written}{after}");
            let masked = mask(&text).into_owned();
            let bare: String = masked.replace("%2B", "").chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(&bare, &digits[digits.len() - SHOWN..], "{} became {}", text, masked);
        }

        #[test]
        fn no_run_of_digits_survives_in_any_text_unless_it_is_part_of_a_word(text in "[0-9a-c+./() <>%2B-]{0,60}") {
            let masked = mask(&text).into_owned();
            for word in masked.split(|c: char| !c.is_alphanumeric()) {
                let run = word.len() >= DIGITS && word.bytes().all(|byte| byte.is_ascii_digit());
                prop_assert!(!run || is_time(word.as_bytes()), "{} became {}", text, masked);
            }
            prop_assert_eq!(mask(&masked), masked.as_str(), "once is enough");
        }

        #[test]
        fn any_text_is_taken(text in "\\PC{0,40}") {
            prop_assert_eq!(mask(&text).chars().count(), text.chars().count());
        }
    }
}

//! Text that may stand in XML: what comes from the telephone network may hold anything.

use std::borrow::Cow;

/// Replaces what XML 1.0 forbids even when escaped (control characters, U+FFFE, U+FFFF) by U+FFFD. A writer that let them through would
/// make SAP's parser refuse the whole message.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(allowed) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if allowed(c) { c } else { char::REPLACEMENT_CHARACTER }).collect())
}

/// Writes text as the content of an element, cleaned and escaped. A carriage return is written as a reference, because a reader makes a line
/// feed of a bare one.
pub fn escape_into(out: &mut String, text: &str) {
    escape(out, text, false);
}

/// Writes text as the value of an attribute in double quotes, cleaned and escaped.
pub fn escape_attribute_into(out: &mut String, text: &str) {
    escape(out, text, true);
}

/// The beginning of a text for a message to people: at most `bytes` long, clean, on one line.
pub fn excerpt(text: &str, bytes: usize) -> String {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut out: String = text[..end].chars().map(|c| if allowed(c) && !c.is_control() { c } else { ' ' }).collect();
    if end < text.len() {
        out.push('…');
    }
    out
}

/// `Char` of XML 1.0, section 2.2.
pub fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn escape(out: &mut String, text: &str, attribute: bool) {
    let mut done = 0;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let (replacement, length) = match byte {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'\r' => ("&#13;", 1),
            b'"' if attribute => ("&quot;", 1),
            b'\n' if attribute => ("&#10;", 1),
            b'\t' if attribute => ("&#9;", 1),
            b'\t' | b'\n' => continue,
            0..=0x1F => ("\u{FFFD}", 1),
            // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
            0xEF if matches!(bytes.get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF])) => ("\u{FFFD}", 3),
            _ => continue,
        };
        out.push_str(&text[done..at]);
        out.push_str(replacement);
        done = at + length;
    }
    out.push_str(&text[done..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back_clean(text in "\\PC*|[\\x00-\\xff\u{FFFE}\u{FFFF}\u{FFFD}<>&\"'\\r\\n\\t]*") {
            let mut xml = String::from("<a b=\"");
            escape_attribute_into(&mut xml, &text);
            xml.push_str("\">");
            escape_into(&mut xml, &text);
            xml.push_str("</a>");
            let document = crate::soap::guard::read(xml.as_bytes()).unwrap();
            let cleaned = clean(&text);
            prop_assert_eq!(document.root().text().unwrap(), cleaned.as_ref());
            prop_assert_eq!(document.root().attribute("", "b").unwrap_or_default(), cleaned.as_ref());
        }

        #[test]
        fn clean_text_holds_only_what_xml_allows_and_keeps_the_rest(text in any::<String>()) {
            let cleaned = clean(&text);
            prop_assert!(cleaned.chars().all(allowed));
            prop_assert_eq!(cleaned.chars().count(), text.chars().count());
            prop_assert!(cleaned.chars().zip(text.chars()).all(|(new, old)| new == old || !allowed(old)));
        }
    }

    #[test]
    fn what_a_telephone_network_sends_is_made_harmless() {
        let mut out = String::new();
        escape_into(&mut out, "M\u{1}üller\u{FFFE} & <Söhne>\r\n");
        assert_eq!(out, "M\u{FFFD}üller\u{FFFD} &amp; &lt;Söhne&gt;&#13;\n");
    }

    #[test]
    fn an_excerpt_is_short_and_on_one_line() {
        assert_eq!(excerpt("a\nb", 10), "a b");
        assert_eq!(excerpt("üüü", 3), "ü…");
    }
}

//! XML in exclusive canonical form (W3C, *Exclusive XML Canonicalization 1.0*, without comments): namespaces stand where they are first used and
//! before attributes, attributes in the order of their names, every element has an end tag, and only what must be is escaped.

use crate::soap::text;

/// An element with a text in it. Attributes must be in order already.
pub(super) fn element(name: &str, attributes: &[(&str, &str)], content: &str) -> String {
    let mut out = String::with_capacity(content.len() + 128);
    out.push('<');
    out.push_str(name);
    for (name, value) in attributes {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape(&mut out, value, true);
        out.push('"');
    }
    out.push('>');
    out.push_str(content);
    out.push_str("</");
    out.push_str(name);
    out.push('>');
    out
}

/// A text as the content of an element.
pub(super) fn content(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&mut out, text, false);
    out
}

fn escape(out: &mut String, text: &str, is_attribute: bool) {
    for c in text::clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' if !is_attribute => out.push_str("&gt;"),
            '"' if is_attribute => out.push_str("&quot;"),
            '\t' if is_attribute => out.push_str("&#x9;"),
            '\n' if is_attribute => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_are_escaped_as_the_canonical_form_has_it() {
        let made = element("a", &[("x", "<\"'>&\t\n\r"), ("y", "ä")], &content("<\"'>&\t\n\r\u{1}"));
        assert_eq!(made, "<a x=\"&lt;&quot;'>&amp;&#x9;&#xA;&#xD;\" y=\"ä\">&lt;\"'&gt;&amp;\t\n&#xD;\u{FFFD}</a>");
    }
}

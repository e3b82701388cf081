//! The little that must be known of XML to fill a template: is it well-formed, and where is the value of a property. Reads no DTD and
//! resolves no entity: a template's own are passed on as they are.

/// Elements within elements at most.
const DEPTH: usize = 64;

/// Is it one element with proper contents?
///
/// # Errors
/// What is wrong, and at which byte.
pub(super) fn well_formed(text: &str) -> Result<(), (&'static str, usize)> {
    let mut open: Vec<&str> = Vec::new();
    let mut roots = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('<') {
        let start = at + found;
        content(&text[at..start], at, !open.is_empty())?;
        let rest = &text[start..];
        at = start + length(rest).ok_or(("a tag, comment or instruction has no end", start))?;
        let tag = &text[start + 1..at - 1];
        if tag.starts_with(['!', '?']) {
            if tag.starts_with("![CDATA[") && open.is_empty() {
                return Err(("there is text outside of the root element", start));
            }
            if tag.starts_with("!--") && tag[3..tag.len() - 2].contains("--") {
                return Err(("a comment holds two hyphens", start));
            }
        } else if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name.trim_end()) {
                return Err(("an end tag belongs to no element", start));
            }
        } else {
            let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let name = attributes(tag).map_err(|what| (what, start))?;
            roots += usize::from(open.is_empty());
            if !is_empty {
                open.push(name);
            }
            if open.len() > DEPTH {
                return Err(("elements are nested too deeply", start));
            }
        }
    }
    content(&text[at..], at, false)?;
    match (open.is_empty(), roots) {
        (false, _) => Err(("an element has no end tag", text.len())),
        (true, 1) => Ok(()),
        (true, _) => Err(("there must be exactly one root element", text.len())),
    }
}

/// Replaces the value of the property of this name; `value` is escaped already. `None` when there is no such property.
pub(super) fn replace_property(text: &str, name: &str, value: &str) -> Option<String> {
    // Both ways of writing it are in use, and lower-casing ASCII moves no byte.
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    while let Some(found) = lower[at..].find("<property") {
        let start = at + found;
        let inside = start + length(&text[start..])?;
        at = inside;
        let tag = &text[start..inside];
        if !["\"", "'"].iter().any(|quote| has_name(tag, name, quote)) {
            continue;
        }
        let end = inside + lower[inside..].find("</property")?;
        let open = inside + lower[inside..end].find("<value>")? + "<value>".len();
        let close = open + lower[open..end].find("</value>")?;
        return Some([&text[..open], value, &text[close..]].concat());
    }
    None
}

fn has_name(tag: &str, name: &str, quote: &str) -> bool {
    let wanted = format!("name={quote}{name}{quote}");
    let found = tag.to_ascii_lowercase().find(&format!("name={quote}"));
    found.is_some_and(|at| {
        tag[at..].len() >= wanted.len() && tag[at + 4..].starts_with(&wanted[4..]) && tag[..at].ends_with(char::is_whitespace)
    })
}

/// Bytes of what begins with `<` here, to its end.
fn length(rest: &str) -> Option<usize> {
    let to = |end: &str| rest.find(end).map(|at| at + end.len());
    if let Some(comment) = rest.strip_prefix("<!--") {
        comment.find("-->").map(|at| at + 7)
    } else if rest.starts_with("<![CDATA[") {
        to("]]>")
    } else if rest.starts_with("<?") {
        to("?>")
    } else if rest.starts_with("<!") {
        declaration(rest)
    } else {
        quoted(rest)
    }
}

/// A `<!DOCTYPE …>` with what it may hold in brackets.
fn declaration(rest: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b'>' if depth == 0 => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A tag; `>` within quotes does not end it.
fn quoted(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Between tags: no stray `&`, and nothing but blanks outside of the root.
fn content(text: &str, at: usize, inside: bool) -> Result<(), (&'static str, usize)> {
    if !inside && !text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() {
        return Err(("there is text outside of the root element", at));
    }
    for (found, _) in text.match_indices('&') {
        let reference = text[found + 1..].split_once(';').map_or("", |(reference, _)| reference);
        let digits = reference.strip_prefix('#').unwrap_or(reference);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(("an ampersand stands alone; write &amp;", at + found));
        }
    }
    Ok(())
}

/// The name of a start tag, whose attributes are judged.
fn attributes(tag: &str) -> Result<&str, &'static str> {
    let (name, mut rest) = tag.split_at(tag.find(char::is_whitespace).unwrap_or(tag.len()));
    let is_name = |name: &str| {
        name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
            && name.chars().all(|letter| letter.is_alphanumeric() || "_-.:".contains(letter))
    };
    if !is_name(name) {
        return Err("an element has no proper name");
    }
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(name);
        }
        let (attribute, value) = rest.split_once('=').ok_or("an attribute has no value")?;
        let value = value.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')).ok_or("an attribute's value is not in quotes")?;
        let (value, behind) = value[1..].split_once(quote).ok_or("an attribute's value has no end")?;
        if !is_name(attribute.trim_end()) || value.contains('<') || content(value, 0, true).is_err() {
            return Err("an attribute is not well-formed");
        }
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proper_documents_are_taken() {
        for text in [
            "<a/>",
            "\u{feff}<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]>\n<!-- > --><a x='1>2' y=\"&amp;\"><b>&#10;ä</b ><![CDATA[<&]]></a>\n",
        ] {
            assert_eq!(well_formed(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn others_are_refused_with_their_place() {
        for (text, at) in [
            ("", 0),
            ("x<a/>", 0),
            ("<a/><b/>", 8),
            ("<a>", 3),
            ("<a></b>", 3),
            ("<a>&</a>", 3),
            ("<a>& x;</a>", 3),
            ("<a x=1/>", 0),
            ("<a x/>", 0),
            ("<a x=\"<\"/>", 0),
            ("<a", 0),
            ("<!-- a -- b --><a/>", 0),
            ("< a/>", 0),
            ("<![CDATA[x]]><a/>", 0),
        ] {
            assert_eq!(well_formed(text).map_err(|(_, at)| at), Err(at), "{text}");
        }
        assert!(well_formed(&"<a>".repeat(DEPTH + 1)).is_err());
    }

    #[test]
    fn a_property_is_found_in_either_way_of_writing() {
        let upper = "<INSTANCE><PROPERTY NAME='Name' TYPE=\"string\"><VALUE>old</VALUE></PROPERTY></INSTANCE>";
        assert_eq!(replace_property(upper, "Name", "new").as_deref(), Some(upper.replace("old", "new")).as_deref());
        let other = "<property name=\"SystemName\"><value>a</value></property><property name=\"Name\"><value>b</value></property>";
        assert_eq!(replace_property(other, "Name", "c").as_deref(), Some(other.replace(">b<", ">c<")).as_deref());
        assert_eq!(replace_property(other, "name", "c"), None);
        assert_eq!(replace_property("<property name=\"Name\">", "Name", "c"), None);
    }
}

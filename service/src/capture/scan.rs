//! SOAP messages in whatever text holds them: a dump of HTTP, one direction or both, a trace, a log. An envelope tells where it begins and
//! ends; the HTTP head in front of it, where there is one, tells the rest.

use super::{
    format::Way,
    http::{self, Kind, Part},
};

/// All messages of a text, in order. `file` is its name, which may say what bare bodies are: `3_c.txt`, `response-7.xml`.
pub(super) fn scan(file: &str, text: &str) -> Vec<Part> {
    let unescaped;
    let mut text = text;
    if envelope(text, 0).is_none() && text.contains("&lt;") {
        // A trace that was saved as a web page.
        unescaped = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        text = &unescaped;
    }
    let whole = http::whole(text);
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some((start, end)) = envelope(&whole, at) {
        let gap = &whole[at..start];
        let mut heads = http::heads(gap);
        let own = heads.pop();
        parts.extend(heads.into_iter().filter_map(|(_, head)| bare(&head)));
        parts.push(part(file, gap, own.map(|(_, head)| head), &whole[start..end]));
        at = end;
    }
    parts.extend(http::heads(&whole[at..]).into_iter().filter_map(|(_, head)| bare(&head)));
    parts
}

/// An answer without a body, as SAP may give one to an event. A request without one means nothing to us.
fn bare(head: &http::Head) -> Option<Part> {
    head.status.filter(|status| *status != 100).map(|status| Part { kind: Kind::Answer, status, ..Part::default() })
}

fn part(file: &str, gap: &str, head: Option<http::Head>, body: &str) -> Part {
    let label = Label::of(gap);
    let mut part = Part { way: label.way, body: body.to_owned(), ..Part::default() };
    match head {
        Some(head) => {
            part.kind = if head.status.is_some() { Kind::Answer } else { Kind::Request };
            part.to = head.url();
            part.status = head.status.unwrap_or_default();
            part.action = head.action;
        }
        None => part.kind = label.kind.unwrap_or_else(|| kind_by_name(file)),
    }
    part
}

/// What a trace writes in front of a message: SAP's says `outboundSOAP Request`.
struct Label {
    way: Option<Way>,
    kind: Option<Kind>,
}

impl Label {
    fn of(gap: &str) -> Self {
        let tail = gap.char_indices().rev().nth(400).map_or(gap, |(at, _)| &gap[at..]).to_ascii_lowercase();
        let last = |one: &str, other: &str| match (tail.rfind(one), tail.rfind(other)) {
            (Some(one), Some(other)) => Some(one > other),
            (Some(_), None) => Some(true),
            (None, Some(_)) => Some(false),
            (None, None) => None,
        };
        let way = last("outbound", "inbound").map(|outbound| if outbound { Way::FromSap } else { Way::ToSap });
        // Only beside a direction: a log may speak of requests anywhere.
        let kind = last("request", "response").filter(|_| way.is_some());
        Self { way, kind: kind.map(|request| if request { Kind::Request } else { Kind::Answer }) }
    }
}

fn kind_by_name(file: &str) -> Kind {
    let name = file.to_ascii_lowercase();
    let stem = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let words: Vec<&str> = stem.split(|c: char| !c.is_ascii_alphabetic()).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if has(&["response", "resp", "res", "answer", "reply", "s"]) {
        Kind::Answer
    } else if has(&["request", "req", "c"]) {
        Kind::Request
    } else {
        Kind::Unknown
    }
}

/// The next complete envelope: from its declaration, if it has one, to its last tag.
fn envelope(text: &str, from: usize) -> Option<(usize, usize)> {
    const NAME: &str = "Envelope";
    for (found, _) in text[from..].match_indices(NAME) {
        let at = from + found;
        let after = text[at + NAME.len()..].chars().next();
        let prefix = text[from..at].bytes().rev().take_while(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(byte)).count();
        let open = (at - prefix).checked_sub(1).filter(|open| *open >= from && text.as_bytes()[*open] == b'<');
        let (Some(open), Some('>' | ' ' | '\t' | '\r' | '\n')) = (open, after) else { continue };
        let close = format!("</{}", &text[open + 1..at + NAME.len()]);
        let Some(end) = text[at..].find(&close).map(|end| at + end + close.len()) else { continue };
        let Some(end) = text[end..].find('>').map(|last| end + last + 1) else { continue };
        return Some((open, end));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "<S:Envelope xmlns:S='x'><S:Body><a/></S:Body></S:Envelope>";

    #[test]
    fn both_directions_of_a_connection_are_taken_apart() {
        let text = format!(
            "POST /ici HTTP/1.0\r\nHost: cti\r\nSOAPAction: \"u\"\r\nContent-Length: 9\r\n\r\n<?xml version='1.0'?>{BODY}\
             HTTP/1.1 200 OK\r\n\r\n{BODY}POST /event HTTP/1.1\r\n\r\n{BODY}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nGET /x HTTP/1.1\r\n\r\n"
        );
        let found: Vec<_> =
            scan("stream.txt", &text).into_iter().map(|part| (part.kind, part.status, part.to, !part.body.is_empty())).collect();
        let expected = [
            (Kind::Request, 0, Some("http://cti/ici".to_owned()), true),
            (Kind::Answer, 200, None, true),
            (Kind::Request, 0, Some("/event".to_owned()), true),
            (Kind::Answer, 200, None, false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn saps_own_trace_tells_by_its_labels() {
        let text = format!("1 outboundSOAP Request 11:29\n{BODY}\n2 outboundSOAP Response\n{BODY}\n3 inboundSOAP Request\n{BODY}\n");
        let found: Vec<_> = scan("trace.txt", &text).into_iter().map(|part| (part.kind, part.way)).collect();
        let expected = [(Kind::Request, Some(Way::FromSap)), (Kind::Answer, Some(Way::FromSap)), (Kind::Request, Some(Way::ToSap))];
        assert_eq!(found, expected);
        assert_eq!(scan("x", &text.replace('<', "&lt;").replace('>', "&gt;")).len(), 3, "saved as a web page");
    }

    #[test]
    fn bare_bodies_are_told_by_their_file() {
        for (file, kind) in [
            ("3_c.txt", Kind::Request),
            ("a/3_s.txt", Kind::Answer),
            ("logon.request.xml", Kind::Request),
            ("Response-7.XML", Kind::Answer),
            ("accept.xml", Kind::Unknown),
        ] {
            assert_eq!(scan(file, BODY)[0].kind, kind, "{file}");
        }
    }

    #[test]
    fn what_is_broken_off_is_left_out() {
        assert_eq!(scan("x", "<S:Envelope><S:Body>").len(), 0);
        assert_eq!(scan("x", "Envelope <Envelopes></Envelopes> no <a:Envelope").len(), 0);
        assert_eq!(scan("x", &format!("<S:Envelope><broken {BODY}")).len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "(<S:|</S:|Envelope|>|POST |HTTP/1.1|\\r\\n|Body|[a-z0-9 :]{0,5}|ä){0,40}") {
            let _ = super::super::http::pair(scan("x", &text));
        }
    }
}

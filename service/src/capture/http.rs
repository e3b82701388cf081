//! Messages that somebody else recorded, put together: HTTP heads where there are any, chunks undone, each answer beside its request.

use super::format::{Message, Way};

/// One message of a foreign record: a request or an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    /// Where it was sent to.
    pub(super) to: Option<String>,
    pub(super) action: Option<String>,
    pub(super) status: u16,
    pub(super) way: Option<Way>,
    /// Milliseconds since 1970, where the record says so.
    pub(super) at: i64,
    pub(super) body: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    Request,
    Answer,
    /// A bare body: its content has to tell.
    #[default]
    Unknown,
}

/// The head of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The target of a request.
    pub(super) target: Option<String>,
    /// The status of an answer.
    pub(super) status: Option<u16>,
    pub(super) host: Option<String>,
    pub(super) action: Option<String>,
}

/// Requests that wait for their answers; a record in which more are open has no answers at all.
const OPEN: usize = 200;

/// Puts answers beside their requests.
pub(super) fn pair(parts: Vec<Part>) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    // Places in `messages`, with the name of what was asked.
    let mut open: Vec<(usize, String)> = Vec::new();
    for part in parts {
        let name = call_name(&part.body).unwrap_or_default();
        let answers = |asked: &str| !asked.is_empty() && name.len() > asked.len() && name.starts_with(asked);
        let is_answer = match part.kind {
            Kind::Request => false,
            Kind::Answer => true,
            Kind::Unknown => name == "Fault" || name.ends_with("Response") || open.iter().any(|(_, asked)| answers(asked)),
        };
        if !is_answer {
            let Part { to, action, way, at, body, .. } = part;
            if open.len() == OPEN {
                open.remove(0);
            }
            open.push((messages.len(), name));
            messages.push(Message {
                at,
                at_us: 0,
                way,
                user: None,
                to,
                action,
                status: 0,
                took_ms: 0.0,
                body,
                answer: String::new(),
                truncated: false,
                ours: false,
            });
            continue;
        }
        let by_name = open.iter().position(|(_, asked)| answers(asked));
        // An answer that is called otherwise belongs to the request that waits longest.
        let Some(place) = by_name.or_else(|| (!open.is_empty()).then_some(0)) else { continue };
        let (message, _) = open.remove(place);
        let message = &mut messages[message];
        message.status = if part.status != 0 {
            part.status
        } else if name == "Fault" {
            500
        } else {
            200
        };
        message.answer = part.body;
        message.way = message.way.or(part.way);
    }
    messages
}

/// The local name of the body's first element, without reading the whole.
pub(super) fn call_name(body: &str) -> Option<String> {
    let at = body.match_indices("Body").map(|(at, _)| at).find(|at| body[..*at].ends_with(['<', ':']))?;
    let rest = &body[at..];
    let rest = &rest[rest.find('>')? + 1..];
    let start = rest.match_indices('<').map(|(at, _)| at + 1).find(|at| !rest[*at..].starts_with(['!', '?', '/']))?;
    let name: String = rest[start..].chars().take_while(|c| !c.is_whitespace() && !matches!(c, '>' | '/')).collect();
    name.rsplit(':').next().map(str::to_owned)
}

/// All heads in a text, each with where it begins. Lines may have something of a log in front of them.
pub(super) fn heads(text: &str) -> Vec<(usize, Head)> {
    let mut found: Vec<(usize, Head)> = Vec::new();
    let mut at = 0;
    // Header lines count until an empty line, or something that is none.
    let mut within = false;
    for line in text.split_inclusive('\n') {
        let plain = line.trim_end();
        if let Some(head) = start_line(plain) {
            found.push((at, head));
            within = true;
        } else if within && let Some((name, value)) = plain.split_once(':') {
            let name = name.rsplit(|c: char| c.is_whitespace() || c == ']').next().unwrap_or_default().to_ascii_lowercase();
            let value = value.trim().to_owned();
            if let Some((_, head)) = found.last_mut() {
                match name.as_str() {
                    "soapaction" => head.action = Some(value),
                    "host" => head.host = Some(value),
                    _ => {}
                }
            }
        } else if plain.is_empty() {
            within = false;
        }
        at += line.len();
    }
    found
}

/// `POST /path HTTP/1.0` or `HTTP/1.1 200 OK`.
fn start_line(line: &str) -> Option<Head> {
    let version = line.find("HTTP/1.")?;
    if let Some(post) = line[..version].find("POST ") {
        let target = line[post + 5..version].trim();
        return (!target.is_empty() && !target.contains(' ')).then(|| Head { target: Some(target.to_owned()), ..Head::default() });
    }
    let status = line[version..].split(' ').nth(1)?.get(..3)?.parse().ok()?;
    Some(Head { status: Some(status), ..Head::default() })
}

// === impl Head ===

impl Head {
    /// The whole URL, as far as it is known.
    pub(super) fn url(&self) -> Option<String> {
        let target = self.target.as_ref()?;
        if target.contains("://") {
            return Some(target.clone());
        }
        Some(self.host.as_ref().map_or_else(|| target.clone(), |host| format!("http://{host}{target}")))
    }
}

/// A text in which what came in chunks is in one piece.
pub(super) fn whole(text: &str) -> String {
    const CHUNKED: &str = "transfer-encoding: chunked";
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = lower[at..].find(CHUNKED).map(|found| at + found) {
        let Some(start) = text[found..].find("\r\n\r\n").map(|end| found + end + 4) else { break };
        out.push_str(&text[at..start]);
        match chunks(&text[start..]) {
            Some((body, length)) => {
                out.push_str(&body);
                at = start + length;
            }
            // It has been put together already.
            None => at = start,
        }
    }
    out.push_str(&text[at..]);
    out
}

/// The content of all chunks, and how long they are with their sizes.
fn chunks(text: &str) -> Option<(String, usize)> {
    let mut body = String::new();
    let mut at = 0;
    loop {
        let line = at + text.get(at..)?.find("\r\n")?;
        let size = text[at..line].split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok().filter(|size| *size <= text.len())?;
        let start = line + 2;
        if size == 0 {
            return Some((body, start));
        }
        body.push_str(text.get(start..start + size)?);
        at = start + size + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: Kind, name: &str) -> Part {
        Part { kind, body: format!("<e:Envelope><e:Body><x:{name} a='1'/></e:Body></e:Envelope>"), ..Part::default() }
    }

    fn pairs(parts: Vec<Part>) -> Vec<(String, String)> {
        let name = |body: &str| call_name(body).unwrap_or_default();
        pair(parts).iter().map(|message| (name(&message.body), name(&message.answer))).collect()
    }

    fn expect(found: &[(String, String)], expected: &[(&str, &str)]) {
        let found: Vec<_> = found.iter().map(|(one, other)| (one.as_str(), other.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_answer_finds_its_request() {
        use Kind::{Answer, Request, Unknown};
        expect(
            &pairs(vec![part(Request, "a"), part(Answer, "zzz"), part(Request, "b"), part(Answer, "Fault")]),
            &[("a", "zzz"), ("b", "Fault")],
        );
        // All requests of a connection in one file, all answers in another.
        let apart = vec![part(Request, "a"), part(Request, "b"), part(Answer, "bResult"), part(Answer, "aResult")];
        expect(&pairs(apart), &[("a", "aResult"), ("b", "bResult")]);
        let bare = vec![
            part(Unknown, "getX"),
            part(Unknown, "getXResponse"),
            part(Unknown, "getX"),
            part(Unknown, "getXResult"),
            part(Unknown, "y"),
        ];
        expect(&pairs(bare), &[("getX", "getXResponse"), ("getX", "getXResult"), ("y", "")]);
        expect(&pairs(vec![part(Answer, "nobodyAsked")]), &[]);
    }

    #[test]
    fn heads_are_found_in_dumps_and_in_logs() {
        let text = "POST /a?b HTTP/1.0\r\nHost: sap:8000\r\nsoapaction: \"x\"\r\n\r\n<a/>HTTP/1.1 200 OK\r\n\r\n[Thr 12] POST http://h/c HTTP/1.1\n[Thr 12] SOAPAction: y\n";
        let found = heads(text);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!((found[0].1.url().as_deref(), found[0].1.action.as_deref()), (Some("http://sap:8000/a?b"), Some("\"x\"")));
        assert_eq!(found[1].1.status, Some(200));
        assert_eq!((found[2].1.url().as_deref(), found[2].1.action.as_deref()), (Some("http://h/c"), Some("y")));
        assert_eq!(heads("nothing of HTTP/1.1 here\n"), []);
    }

    #[test]
    fn chunks_become_one_piece_and_broken_ones_stay() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(whole(&format!("{head}3\r\n<a>\r\n4;x=y\r\n</a>\r\n0\r\n\r\nrest")), format!("{head}<a></a>\r\nrest"));
        for broken in ["<a></a>", "fff\r\nshort", "zz\r\n", ""] {
            assert_eq!(whole(&format!("{head}{broken}")), format!("{head}{broken}"));
        }
    }
}

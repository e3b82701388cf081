//! Takes out of a message what must not leave the service: passwords and tickets, the part of an event URL that authorises a post, and, where
//! the file says so, telephone numbers.
//!
//! What is taken out is replaced by the same substitute each time, so that a capture still shows what belongs together. The text need not
//! be well-formed: what could not be understood is just what a capture is for.

use shared::rules::customer_number;
use std::collections::{HashMap, HashSet};

/// Remembers the substitutes of one capture.
pub struct Redactor {
    mask_numbers: bool,
    numbers: HashMap<String, usize>,
    urls: HashMap<String, usize>,
    keep: HashSet<String>,
}

/// What stands for a secret.
pub const HIDDEN: &str = "***";
/// Substitutes that are remembered; further ones are all alike.
const MEMORY: usize = 100_000;
// === impl Redactor ===

impl Redactor {
    /// For one capture.
    pub fn new(mask_numbers: bool) -> Self {
        Self { mask_numbers, numbers: HashMap::new(), urls: HashMap::new(), keep: HashSet::new() }
    }

    /// An agent's name stays what it is, even if it is all digits.
    pub fn keep(&mut self, user: &str) {
        if self.keep.len() < MEMORY && is_digits(user) && !self.keep.contains(user) {
            self.keep.insert(user.to_owned());
        }
    }

    /// A message.
    pub fn text(&mut self, text: &str) -> String {
        let without_secrets = self.secrets(text);
        if self.mask_numbers { self.numbers(&without_secrets) } else { without_secrets }
    }

    /// A URL: scheme and host stay, the rest is what authorises whoever knows it.
    pub fn url(&mut self, url: &str) -> String {
        let Some(start) = url.find("://").map(|at| at + 3) else { return HIDDEN.to_owned() };
        let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
        if end == url.len() {
            return url.to_owned();
        }
        let host = &url[..end];
        // As it is written in a message, so that both get the same substitute.
        let plain = url.replace("&amp;", "&");
        let next = self.urls.len() + 1;
        let known = self.urls.len() < MEMORY || self.urls.contains_key(&plain);
        let number = if known { *self.urls.entry(plain).or_insert(next) } else { 0 };
        format!("{host}/hidden/{number}")
    }

    /// Passwords, tickets and event URLs, element by element; markup itself and its attributes stay.
    fn secrets(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut name = String::new();
        // `<name>PASSWORD</name><value>…</value>`: what follows the name of a secret is one.
        let mut announced = false;
        while !rest.is_empty() {
            let start = markup(rest).unwrap_or(rest.len());
            let (content, from) = rest.split_at(start);
            if is_secret_name(&name) && !content.trim().is_empty() {
                out.push_str(HIDDEN);
            } else if announced && !content.trim().is_empty() {
                out.push_str(HIDDEN);
                announced = false;
            } else {
                announced = announced || (is_secret_name(content.trim()) && content.trim().len() < 40);
                self.content(&mut out, content, &name);
            }
            let (tag, after) = from.split_at(tag_end(from));
            name = if tag.ends_with("/>") || tag.ends_with("/&gt;") { String::new() } else { local_name(tag) };
            out.push_str(&attributes(tag));
            rest = after;
        }
        out
    }

    fn content(&mut self, out: &mut String, content: &str, name: &str) {
        let is_workcenter = name.to_ascii_lowercase().contains("workcent");
        if is_workcenter && let [id, _, rest @ ..] = content.split(';').collect::<Vec<_>>().as_slice() {
            // Some installations log on with `agent;password;device` there (ici-wire §5.1).
            out.push_str(&[&[*id, HIDDEN], rest].concat().join(";"));
            return;
        }
        let mut rest = content;
        while let Some(at) = url_start(rest) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let end = from.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ']')).unwrap_or(from.len());
            out.push_str(&self.url(&from[..end]));
            rest = &from[end..];
        }
        if rest.split_whitespace().any(is_ticket) {
            out.push_str(HIDDEN);
        } else {
            out.push_str(rest);
        }
    }

    fn numbers(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for number in customer_number::find(text) {
            out.push_str(&text[done..number.start]);
            done = number.end;
            self.number(&text[number], &mut out);
        }
        out.push_str(&text[done..]);
        out
    }

    fn number(&mut self, written: &str, out: &mut String) {
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        if self.keep.contains(&digits) {
            return out.push_str(written);
        }
        let length = digits.len();
        let next = self.numbers.len() + 1;
        let known = self.numbers.len() < MEMORY || self.numbers.contains_key(&digits);
        let substitute = if known { *self.numbers.entry(digits).or_insert(next) } else { 0 };
        let substitute = format!("{substitute:0>length$}");
        let mut substitute = substitute.chars();
        out.extend(written.chars().map(|c| if c.is_ascii_digit() { substitute.next().unwrap_or('0') } else { c }));
    }
}

/// Where a tag begins, also one that is escaped because it is part of attached data. Never looks further than there.
fn markup(text: &str) -> Option<usize> {
    text.match_indices(['<', '&']).map(|(at, _)| at).find(|at| text[*at..].starts_with('<') || text[*at..].starts_with("&lt;"))
}

/// Where a tag ends: at its bracket, or where another begins, because what is broken may hide a secret as well.
fn tag_end(text: &str) -> usize {
    let end = text.match_indices(['<', '>', '&']).find_map(|(at, sign)| match sign {
        ">" => Some(at + 1),
        "<" => (at > 0).then_some(at),
        _ if text[at..].starts_with("&gt;") => Some(at + 4),
        _ => (at > 0 && text[at..].starts_with("&lt;")).then_some(at),
    });
    end.unwrap_or(text.len())
}

/// The local name of an opening tag; empty for everything else.
fn local_name(tag: &str) -> String {
    let tag = tag.strip_prefix('<').or_else(|| tag.strip_prefix("&lt;")).unwrap_or_default();
    let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '&')).unwrap_or(tag.len());
    tag[..end].rsplit(':').next().unwrap_or_default().to_owned()
}

/// A tag with secrets in its attributes hidden.
fn attributes(tag: &str) -> String {
    let mut out = String::with_capacity(tag.len());
    let mut rest = tag;
    while let Some(at) = rest.find('=') {
        let (before, from) = rest.split_at(at + 1);
        out.push_str(before);
        let name = before[..at].trim_end().rsplit(|c: char| c.is_whitespace() || c == ':').next().unwrap_or_default();
        let quoted = from.trim_start();
        let quote = ["\"", "'", "&quot;", "&apos;"].into_iter().find(|quote| quoted.starts_with(quote));
        let Some((quote, value)) = quote.and_then(|quote| quoted[quote.len()..].split_once(quote).map(|(value, _)| (quote, value))) else {
            rest = from;
            continue;
        };
        let whole = from.len() - quoted.len() + 2 * quote.len() + value.len();
        if is_secret_name(name) && !name.starts_with("xmlns") {
            out.push_str(quote);
            out.push_str(HIDDEN);
            out.push_str(quote);
        } else {
            out.push_str(&from[..whole]);
        }
        rest = &from[whole..];
    }
    out.push_str(rest);
    out
}

fn url_start(text: &str) -> Option<usize> {
    text.match_indices("://").find_map(|(at, _)| {
        let starts = ["https".len(), "http".len()].into_iter().filter_map(|length| at.checked_sub(length));
        let is_scheme = |scheme: &str| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
        starts.filter(|start| text.get(*start..at).is_some_and(is_scheme)).min()
    })
}

/// Would anybody call something by this name that others may see?
fn is_secret_name(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    [
        "password",
        "passwd",
        "passwort",
        "kennwort",
        "passphrase",
        "pwd",
        "secret",
        "ticket",
        "credential",
        "token",
        "authorization",
        "cookie",
    ]
    .iter()
    .any(|word| name.contains(word))
        || matches!(name.as_str(), "pin" | "sso" | "sso2" | "mysapsso2" | "sessionid" | "jsessionid")
}

/// A JSON web token, whatever the element is called.
fn is_ticket(word: &str) -> bool {
    word.len() > 40 && word.starts_with("eyJ")
}

fn is_digits(text: &str) -> bool {
    text.len() >= customer_number::DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redact(text: &str) -> String {
        Redactor::new(true).text(text)
    }

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let cases = [
            ("<a:Password>hunter2</a:Password>", "<a:Password>***</a:Password>"),
            ("<userPwd x='1'>hunter2</userPwd><b>c</b>", "<userPwd x='1'>***</userPwd><b>c</b>"),
            ("&lt;Token&gt;hunter2&lt;/Token&gt;", "&lt;Token&gt;***&lt;/Token&gt;"),
            ("<n>PASSWORD</n><v>hunter2</v><v>x</v>", "<n>PASSWORD</n><v>***</v><v>x</v>"),
            ("<a password=\"hunter2\" b='c'/>", "<a password=\"***\" b='c'/>"),
            ("&lt;a token=&quot;hunter2&quot;/&gt;", "&lt;a token=&quot;***&quot;/&gt;"),
            ("<workcenterId>ANNA;hunter2;8001;p</workcenterId>", "<workcenterId>ANNA;***;8001;p</workcenterId>"),
            ("<x>eyJhbGciOiJIUzI1NiJ9.hunter2hunter2hunter2hunter2.x</x>", "<x>***</x>"),
        ];
        for (text, expected) in cases {
            assert_eq!(redact(text), expected);
        }
    }

    #[test]
    fn what_is_no_secret_stays_to_the_byte() {
        for text in [
            "",
            "<Password/><a>x</a>",
            "<?xml version=\"1.0\"?><SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"><u>ANNA &amp; ä</u>",
            "<time>20091105112954</time><t>2009-11-05T11:29:54Z</t>",
            "<guid>890FD258977D284B9EEA965DEDA369EB</guid><g>005056A2-3C1E-1EDA</g><n>8001</n><x>&#1234567;</x>",
            "< not xml > at all <",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn an_event_url_shows_its_host_only_and_the_same_one_is_the_same() {
        let mut redactor = Redactor::new(false);
        let text = redactor.text("<appUrl> https://sap.example:8443/sap(x)/ici?a=1&amp;session=hunter2 </appUrl><u>http://b/2</u>");
        assert_eq!(text, "<appUrl> https://sap.example:8443/hidden/1 </appUrl><u>http://b/hidden/2</u>");
        assert_eq!(redactor.url("https://sap.example:8443/sap(x)/ici?a=1&session=hunter2"), "https://sap.example:8443/hidden/1");
        assert_eq!(redactor.url("hunter2"), HIDDEN);
    }

    #[test]
    fn numbers_keep_their_form_and_the_same_one_is_the_same() {
        let mut redactor = Redactor::new(true);
        redactor.keep("70012345");
        assert_eq!(
            redactor.text("<n>+493012345678</n><n>sip:4930987654@x</n><n>+49 (30) 1234-5678</n><u>70012345</u><i>493012345678</i>"),
            "<n>+000000000001</n><n>sip:0000000002@x</n><n>+00 (00) 0000-0001</n><u>70012345</u><i>000000000001</i>"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in ".{0,200}") {
            redact(&text);
        }

        #[test]
        fn no_mixture_of_markup_lets_a_secret_out(before in "[<>&;='\"/a-z ]{0,30}") {
            let out = redact(&format!("{before}<password>hunter2</password>"));
            proptest::prop_assert!(!out.contains("hunter2"), "{}", out);
        }
    }
}

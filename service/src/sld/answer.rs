//! What an answer means (sld §3). Pure. An SLD answers with 200 to much that has failed: a log-on page is 200, and so is every error of CIM.

use super::{
    destination::{Destination, Door},
    verdict::Verdict,
};

/// An answer, as far as it was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: String,
    pub(super) content_type: String,
    /// Bounded.
    pub(super) body: String,
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To take the registration.
    Send,
    /// Whether it would: nothing was sent.
    Test,
}

pub(super) fn judge(destination: &Destination, purpose: Purpose, answer: &Answer) -> Verdict {
    let Answer { status, .. } = answer;
    let number = status.to_string();
    let user = || destination.user.clone().unwrap_or_else(|| "nobody".to_owned());
    let path = || destination.path.clone();
    match status {
        401 if destination.user.is_none() => Verdict::NoUser,
        401 => Verdict::WrongPassword { user: user() },
        403 => Verdict::NoRole { user: user() },
        407 => Verdict::NoProxy { why: "it asks for a log-on (HTTP 407)".into() },
        404 => Verdict::WrongPath { path: path() },
        300..400 => redirected(destination, answer),
        500.. if *status != 501 => Verdict::NotReady { status: number },
        200..300 if is_page(answer) && asks_for_a_password(&answer.body) => Verdict::LogOnPage { status: number },
        200..300 if destination.door == Door::Cim => cim(destination, purpose, answer),
        // What a person sees who asks is no failure: the trial only wants to be let in.
        200..300 if purpose == Purpose::Test => trial(destination),
        200..300 if is_page(answer) => Verdict::Page { status: number },
        200..300 => Verdict::Accepted { status: number },
        // The way is right: it does not take a question, or not without a document.
        400 | 405 | 411 | 415 | 501 if purpose == Purpose::Test && destination.door == Door::Supplier => trial(destination),
        405 => Verdict::NoPost { path: path() },
        411 => Verdict::NoLength,
        413 => Verdict::TooLarge { bytes: destination.payload.len().to_string() },
        _ => Verdict::Refused { status: number },
    }
}

fn trial(destination: &Destination) -> Verdict {
    destination.user.clone().map_or(Verdict::Open, |user| Verdict::Ready { user })
}

/// To an encrypted port, to a log-on page, or elsewhere. The query may hold anything and is left out.
fn redirected(destination: &Destination, answer: &Answer) -> Verdict {
    let plain = answer.location.split(['?', '#']).next().unwrap_or_default();
    let to: String = plain.chars().filter(|c| !c.is_control()).take(200).collect();
    let lower = to.to_ascii_lowercase();
    if ["logon", "login", "signin", "sso", "saml"].iter().any(|word| lower.contains(word)) {
        Verdict::LogOnPage { status: answer.status.to_string() }
    } else if !destination.tls && lower.starts_with("https://") {
        Verdict::UseTls { to }
    } else {
        let to = if to.is_empty() { "nowhere".to_owned() } else { to };
        Verdict::Redirected { to }
    }
}

fn cim(destination: &Destination, purpose: Purpose, answer: &Answer) -> Verdict {
    let body = &answer.body;
    if let Some(error) = tag(body, "ERROR") {
        let code: u16 = attribute(error, "CODE").and_then(|code| code.trim().parse().ok()).unwrap_or(1);
        let why: String = attribute(error, "DESCRIPTION").unwrap_or_default();
        return match code {
            2 => Verdict::AccessDenied { user: destination.user.clone().unwrap_or_else(|| "nobody".to_owned()) },
            11 if purpose == Purpose::Send => Verdict::AlreadyThere,
            _ => Verdict::Cim { code: code.to_string(), name: cim_name(code).to_owned(), why: bounded(&why) },
        };
    }
    if tag(body, "IMETHODRESPONSE").is_none() {
        return Verdict::NoCim { status: answer.status.to_string() };
    }
    match purpose {
        Purpose::Send => Verdict::Accepted { status: answer.status.to_string() },
        Purpose::Test => {
            let value = body.split_once("<VALUE>").and_then(|(_, rest)| rest.split_once("</VALUE>")).map(|(value, _)| value);
            Verdict::Server { server: value.map_or_else(|| "(without a name)".to_owned(), |value| bounded(&unescaped(value))) }
        }
    }
}

/// Errors of CIM (DMTF DSP0200, "CIM error codes").
fn cim_name(code: u16) -> &'static str {
    match code {
        1 => "failed",
        2 => "access denied",
        3 => "invalid namespace",
        4 => "invalid parameter",
        5 => "invalid class",
        6 => "not found",
        7 => "not supported",
        8 => "class has children",
        9 => "class has instances",
        10 => "invalid superclass",
        11 => "already exists",
        12 => "no such property",
        13 => "type mismatch",
        14 => "query language not supported",
        15 => "invalid query",
        16 => "method not available",
        17 => "method not found",
        _ => "unknown",
    }
}

fn is_page(answer: &Answer) -> bool {
    let begin: String = answer.body.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']).chars().take(512).collect();
    let begin = begin.to_ascii_lowercase();
    answer.content_type.to_ascii_lowercase().contains("html") || begin.starts_with("<!doctype html") || begin.starts_with("<html")
}

fn asks_for_a_password(page: &str) -> bool {
    let page = page.to_ascii_lowercase();
    ["type=\"password\"", "type='password'", "type=password", "j_security_check", "j_password", "sap-password"]
        .iter()
        .any(|sign| page.contains(sign))
}

/// The inside of the first tag of this name. Looked for in the text: in well-formed XML a name can only follow a `<`.
fn tag<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.match_indices('<').map(|(at, _)| &text[at + 1..]).find_map(|rest| {
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(rest.len());
        (&rest[..end] == name).then(|| rest[end..].split_once('>').map_or(&rest[end..], |(inside, _)| inside))
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}="))?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest[1..].split_once(quote).map(|(value, _)| unescaped(value))
}

fn unescaped(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn bounded(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    if text.trim().is_empty() { "without a description".to_owned() } else { text.trim().to_owned() }
}

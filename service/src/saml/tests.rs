//! Requests that are answered and those that are not. Whether an answer is one, others judge: `tests/tests/saml.rs`.

use super::*;
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use jiff::Timestamp;
use std::io::Write;

const NOW: &str = "2026-12-01T12:00:00Z";
const ACS: &str = "https://login.mypurecloud.de/saml";

fn provider() -> Provider {
    let sign: Sign = Arc::new(|bytes: &[u8]| Ok(bytes.to_vec()));
    Provider {
        issuer: "https://sso.example.com".into(),
        login: "https://sso.example.com/sso/login".into(),
        relying_party: "genesys".into(),
        consumers: vec![ACS.into(), "https://login.mypurecloud.ie/saml".into()],
        organization: "a<c>me & \"sons\"".into(),
        service: None,
        life: Duration::from_mins(5),
        signer: Signer { certificate: b"certificate".to_vec(), sign },
        others: Vec::new(),
    }
}

fn pack(text: &str) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes()).unwrap();
    BASE64_STANDARD.encode(encoder.finish().unwrap())
}

/// A good request in which one thing is replaced.
fn request(was: &str, becomes: &str) -> Result<AuthnRequest, Unusable> {
    let good = format!(
        "<p:AuthnRequest xmlns:p=\"{PROTOCOL}\" ID=\"_1\" Version=\"2.0\" IssueInstant=\"2026-12-01T11:59:00Z\" \
         Destination=\"https://sso.example.com/sso/login\" AssertionConsumerServiceURL=\"{ACS}\" IsPassive=\"false\" \
         ProtocolBinding=\"{POST}\"><a:Issuer xmlns:a=\"{ASSERTION}\">genesys</a:Issuer></p:AuthnRequest>"
    );
    assert!(good.contains(was), "{was}");
    provider().request(&pack(&good.replacen(was, becomes, 1)), NOW.parse().unwrap())
}

#[test]
fn a_request_of_the_one_service_provider_is_answered_where_the_file_allows() {
    let accepted = |consumer: &str| Ok(AuthnRequest { id: "_1".into(), consumer: consumer.into() });
    assert_eq!(request("", ""), accepted(ACS));
    assert_eq!(request("mypurecloud.de", "mypurecloud.ie"), accepted("https://login.mypurecloud.ie/saml"));
    assert_eq!(request(&format!("AssertionConsumerServiceURL=\"{ACS}\""), ""), accepted(ACS));
    assert_eq!(request("Destination=\"https://sso.example.com/sso/login\"", ""), accepted(ACS));
}

#[test]
fn any_other_request_is_refused() {
    for (was, becomes, why) in [
        ("mypurecloud.de/saml", "mypurecloud.de.example.com/saml", Unusable::Consumer),
        ("mypurecloud.de/saml", "mypurecloud.de/saml/../x", Unusable::Consumer),
        ("https://login.mypurecloud.de", "http://login.mypurecloud.de", Unusable::Consumer),
        (">genesys<", ">genesys.<", Unusable::Stranger),
        (">genesys<", "><", Unusable::Stranger),
        ("a:Issuer xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\"", "a:Issuer xmlns:a=\"urn:x\"", Unusable::Stranger),
        ("sso.example.com/sso", "evil.example.com/sso", Unusable::Elsewhere),
        ("T11:59:00Z", "T11:49:00Z", Unusable::Stale),
        ("T11:59:00Z", "T12:00:11Z", Unusable::Stale),
        ("T11:59:00Z", "T11:59", Unusable::Unreadable),
        ("IsPassive=\"false\"", "IsPassive=\"true\"", Unusable::Unsupported),
        ("HTTP-POST", "HTTP-Artifact", Unusable::Unsupported),
        ("Version=\"2.0\"", "Version=\"1.1\"", Unusable::Unreadable),
        ("ID=\"_1\"", "ID=\"1\"", Unusable::Unreadable),
        ("ID=\"_1\"", "ID=\"_&quot;\"", Unusable::Unreadable),
        ("<p:", "<!DOCTYPE x><p:", Unusable::Unreadable),
    ] {
        // An end tag bears the prefix too, so that only what is named is broken.
        assert_eq!(request(was, becomes), Err(why), "{was} → {becomes}");
    }
    let now: Timestamp = NOW.parse().unwrap();
    for nothing in ["", "%%", "PGE+", &pack("<a"), &BASE64_STANDARD.encode("<a/>")] {
        assert_eq!(provider().request(nothing, now), Err(Unusable::Unreadable));
    }
}

#[test]
fn a_deflate_bomb_is_refused_at_the_limit() {
    let bomb = pack(&" ".repeat(50_000_000));
    assert!(bomb.len() < 100_000);
    assert_eq!(provider().request(&bomb, NOW.parse().unwrap()), Err(Unusable::Unreadable));
}

#[test]
fn nothing_that_is_said_can_become_markup_and_no_answer_leaves_the_list() {
    let now: Timestamp = NOW.parse().unwrap();
    let answer = provider().answer(None, "a\"<b>@example.com", now).unwrap();
    assert_eq!(answer.consumer, ACS);
    let text = String::from_utf8(BASE64_STANDARD.decode(answer.message).unwrap()).unwrap();
    assert!(text.contains(">a\"&lt;b&gt;@example.com</saml:NameID>") && text.contains(">a&lt;c&gt;me &amp; \"sons\"<"), "{text}");
    assert!(text.contains("NotBefore=\"2026-12-01T11:59:50Z\" NotOnOrAfter=\"2026-12-01T12:05:00Z\""), "{text}");
    assert!(!text.contains("InResponseTo") && !text.contains("ServiceName"), "{text}");
    let first = provider().answer(None, "a@example.com", now).unwrap();
    assert_ne!(first, provider().answer(None, "a@example.com", now).unwrap(), "no id comes twice");
}

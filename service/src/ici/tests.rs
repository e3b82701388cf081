//! The codec as a whole: the guide's message, foreign clients, broken and hostile input.

use super::{
    golden::{self, codec, text},
    *,
};
use proptest::prelude::*;
use shared::profile::OperationKey as O;
use std::{fs, path::Path, sync::LazyLock};

/// The guide's message byte for byte (ici-wire, vector T1).
const KNOWN: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema""#,
    r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Header>"#,
    r#"<pre:user xmlns:pre="urn:IciUserInterface" SOAP-ENV:mustUnderstand="0" xsi:type="xsd:string">CRMFOSOUT</pre:user>"#,
    r#"<pre:language xmlns:pre="urn:IciUserInterface" SOAP-ENV:mustUnderstand="0" xsi:type="xsd:string">EN</pre:language>"#,
    r#"</SOAP-ENV:Header><SOAP-ENV:Body><ns0:getAttributes xmlns:ns0="urn:IciUserInterface">"#,
    r#"<userId xmlns="urn:IciUserInterface">CRMFOSOUT</userId></ns0:getAttributes></SOAP-ENV:Body></SOAP-ENV:Envelope>"#
);
const KNOWN_ACTION: &str = "\"http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean\"";

#[test]
fn the_known_message_is_decoded_byte_for_byte() {
    assert_eq!(KNOWN.len(), 655, "the Content-Length of the guide's trace");
    let golden = fs::read(golden::folder().join("User.getAttributes.request.xml")).unwrap();
    assert_eq!(text(&golden), KNOWN);
    assert_eq!(sha256(&golden), "b2280675d7e9d95c7984038f55aa2deddd4578d50fe0e294dce34abc34a7882d");
    let peer = Some("192.0.2.7".parse().unwrap());
    let decoded = codec().decode(KNOWN.as_bytes(), Some(KNOWN_ACTION), peer).unwrap();
    assert_eq!(codec().name(decoded.operation), "User.getAttributes");
    assert_eq!(decoded.style, Style::Literal);
    let request = Request { user: Some("CRMFOSOUT".into()), language: Some("EN".into()), peer, command: Command::GetUserAttributes };
    assert_eq!(decoded.request, request);
}

/// What nine real SOAP clients sent (`tests/data/clients`), head and body.
fn captured() -> Vec<(String, Option<String>, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/clients");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let bytes = fs::read(path).unwrap();
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = text(&bytes[..end]);
        let action = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("soapaction").then(|| value.trim().to_owned())
        });
        (path.file_name().unwrap().to_string_lossy().into_owned(), action, bytes[end + 4..].to_vec())
    };
    files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "http")).map(read).collect()
}

#[test]
fn nine_real_clients_are_understood_alike() {
    let attached = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/clients/attached-data.xml")).unwrap();
    let mut understood = 0;
    let mut faults = Vec::new();
    for (file, action, body) in captured() {
        let decoded = codec().decode(&body, action.as_deref(), None);
        let (client, rest) = file.split_once('.').unwrap();
        let expected = match rest.strip_suffix(".http").unwrap() {
            "getAttributes" => Command::GetUserAttributes,
            "setCurrentChannels" => Command::SetCurrentChannels(vec!["phone".into(), "chat".into()]),
            "setAttachedData" => Command::SetAttachedData { item: "ITEM".into(), data: Arc::from(attached.as_str()) },
            "undeclared-prefix" => {
                let fault = decoded.unwrap_err();
                assert!(text(&fault.body).contains("not well-formed XML"), "{}", text(&fault.body));
                continue;
            }
            other => panic!("{other} of {client} has no expectation"),
        };
        // suds escapes an ampersand that begins an entity no second time: what it means to send never leaves it.
        let expected = match expected {
            Command::SetAttachedData { item, data } if client == "suds" => {
                Command::SetAttachedData { item, data: Arc::from(data.replace("&amp;", "&")) }
            }
            other => other,
        };
        match decoded {
            Ok(decoded) if decoded.request.command == expected => {
                assert_eq!(decoded.request.user, Some("CRMFOSOUT".into()), "{file}");
                assert_eq!(decoded.request.language, Some("EN".into()), "{file}");
                understood += 1;
            }
            Ok(decoded) => faults.push(format!("{file}: {:?}", decoded.request.command)),
            Err(fault) => faults.push(format!("{file}: {}", text(&fault.body))),
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(understood, 27, "nine clients, three messages each");
}

#[test]
fn what_is_no_command_is_answered_with_a_fault_that_says_what_to_do() {
    let envelope =
        |body: &str| format!("<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>{body}</e:Body></e:Envelope>");
    let cases = [
        (String::new(), "Client", "not well-formed XML at line 1, column 1"),
        ("{\"json\": true}".to_owned(), "Client", "not well-formed XML"),
        (KNOWN[..400].to_owned(), "Client", "not well-formed XML"),
        ("<!DOCTYPE x><x/>".to_owned(), "Client", "document type"),
        (KNOWN.replace("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""), "Client", "is in ISO-8859-1: send UTF-8"),
        (
            KNOWN.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"),
            "VersionMismatch",
            "not SOAP 1.1",
        ),
        (
            KNOWN.replace("mustUnderstand=\"0\"", "mustUnderstand=\"1\"").replace("pre:user", "pre:token"),
            "MustUnderstand",
            "token must be understood",
        ),
        ("<html><body/></html>".to_owned(), "Client", "no SOAP envelope"),
        (envelope(""), "Client", "send one operation element"),
        (envelope("<formatDisk xmlns='urn:IciUserInterface'/>"), "Client", "Operation formatDisk is not supported"),
        (envelope("<getAttributes xmlns='urn:IciUserInterface'/>"), "Client", "names no user"),
        (KNOWN.replace(">CRMFOSOUT</userId>", ">SOMEBODY</userId>"), "Client", "may not act for user SOMEBODY"),
        (envelope("<accept xmlns='urn:IciItemInterface'><userId>A</userId></accept>"), "Client", "needs the parameter itemId"),
        (envelope("<accept xmlns='urn:IciItemInterface'><itemId href='#nowhere'/></accept>"), "Client", "leads nowhere"),
    ];
    assert_eq!(cases.len(), 14);
    for (message, code, sentence) in cases {
        let fault = codec().decode(message.as_bytes(), None, None).map(|decoded| decoded.request).unwrap_err();
        let body = text(&fault.body);
        assert_eq!(fault.status, 500);
        assert!(body.contains(&format!("<faultcode>SOAP-ENV:{code}</faultcode>")), "{message}\n{body}");
        assert!(body.contains(sentence), "{message}\n{body}");
    }
}

#[test]
fn headers_that_must_be_understood_are() {
    let message = KNOWN.replace("mustUnderstand=\"0\"", "mustUnderstand=\"1\"");
    assert!(codec().decode(message.as_bytes(), None, None).is_ok());
}

#[test]
fn a_caller_is_answered_in_the_style_it_writes() {
    let encoding = "SOAP-ENV:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"";
    let cases = [
        (KNOWN.to_owned(), Some(KNOWN_ACTION), Style::Literal),
        (KNOWN.replace("<SOAP-ENV:Body>", &format!("<SOAP-ENV:Body {encoding}>")), None, Style::Encoded),
        (KNOWN.replace("<SOAP-ENV:Envelope ", &format!("<SOAP-ENV:Envelope {encoding} ")), None, Style::Encoded),
        (KNOWN.replace("<ns0:getAttributes ", &format!("<ns0:getAttributes {encoding} ")), None, Style::Encoded),
        (KNOWN.replace("<ns0:getAttributes ", "<ns0:getAttributes SOAP-ENV:encodingStyle=\"urn:other\" "), None, Style::Literal),
        (KNOWN.replace("<userId xmlns=\"urn:IciUserInterface\">", "<userId>"), None, Style::Encoded),
        (KNOWN.to_owned(), Some("\"http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean#encoded\""), Style::Encoded),
    ];
    assert_eq!(cases.len(), 7);
    for (message, action, style) in cases {
        assert_eq!(codec().decode(message.as_bytes(), action, None).unwrap().style, style, "{message}");
    }
}

#[test]
fn the_service_page_has_every_operation() {
    let operations = codec().operations();
    assert_eq!(operations.len(), O::ALL.len());
    let transfer = operations.iter().find(|operation| operation.name == "transfer").unwrap();
    assert_eq!(transfer.interface, "PhoneCall");
    assert_eq!(transfer.parameters, ["itemId", "destination", "otherItemId"]);
    assert!(transfer.purpose.ends_with('.'));
}

#[test]
fn another_profile_is_another_wire() {
    let profile = shared::profile::BUILT_IN
        .replace("urn:IciUserInterface", "urn:Customer.User")
        .replace("name = \"getAttributes\"\naliases = [\"getUserAttributes\"", "name = \"holeAttribute\"\naliases = [\"getUserAttributes\"")
        .replace("{ is = \"user\", name = \"userId\", aliases", "{ is = \"user\", name = \"benutzer\", aliases");
    let codec = Codec::new(Arc::new(Profile::parse(&profile).unwrap()));
    let message = KNOWN
        .replace("urn:IciUserInterface", "urn:Customer.User")
        .replace("getAttributes", "holeAttribute")
        .replace("<userId", "<benutzer")
        .replace("</userId", "</benutzer");
    let decoded = codec.decode(message.as_bytes(), None, None).unwrap();
    assert_eq!(decoded.request.command, Command::GetUserAttributes);
    let answer = codec.answer(decoded.operation, decoded.style, &Ok(Reply::Done));
    assert!(text(&answer.body).contains("<ns0:holeAttributeResponse xmlns:ns0=\"urn:Customer.User\">"), "{}", text(&answer.body));
}

/// All golden requests.
static REQUESTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    O::ALL.iter().map(|key| fs::read_to_string(golden::folder().join(format!("{}.request.xml", key.word()))).unwrap()).collect()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_a_command_or_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..600), action in proptest::option::of(".{0,80}")) {
        if let Err(fault) = codec().decode(&bytes, action.as_deref(), None) {
            prop_assert!(crate::soap::read(&fault.body).is_ok());
        }
    }

    /// Messages that were right, cut, doubled and overwritten somewhere.
    #[test]
    fn a_damaged_message_is_a_command_or_a_fault(
        which in 0..O::ALL.len(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4u8, "[ -~]{0,12}|<[a-z]{1,6}/>|href='#id0'"), 1..4),
    ) {
        let mut message = REQUESTS[which].clone();
        for (from, to, how, text) in cuts {
            let (a, b) = (from.index(message.len() + 1), to.index(message.len() + 1));
            let (a, b) = (a.min(b), a.max(b).min(a.min(b) + 60));
            if !message.is_char_boundary(a) || !message.is_char_boundary(b) {
                continue;
            }
            match how {
                0 => message.replace_range(a..b, ""),
                1 => message.insert_str(a, &message.clone()[a..b]),
                2 => message.replace_range(a..b, &text),
                _ => message.insert_str(a, &text),
            }
        }
        match codec().decode(message.as_bytes(), None, None) {
            Ok(decoded) => prop_assert!(!codec().name(decoded.operation).is_empty()),
            Err(fault) => prop_assert!(crate::soap::read(&fault.body).is_ok(), "{}", text(&fault.body)),
        }
    }

    /// Whatever an agent or a caller is called, the answer stays XML.
    #[test]
    fn no_text_breaks_an_answer(name in any::<String>(), number in any::<String>()) {
        let mut call = golden::call();
        call.remote_numbers = vec![number];
        call.attached_data = Some(Arc::from(name.as_str()));
        for style in [Style::Literal, Style::Encoded] {
            let answer = codec().answer(Operation(O::LineGetCalls), style, &Ok(Reply::Calls(vec![call.clone()])));
            prop_assert!(crate::soap::read(&answer.body).is_ok());
        }
        let refusal = codec().answer(Operation(O::LineGetCalls), Style::Literal, &Err(Refusal::UnknownUser(name.into())));
        prop_assert!(crate::soap::read(&refusal.body).is_ok());
    }
}

/// FIPS 180-4; only here, so that the test needs nothing that could be wrong in the same way.
fn sha256(message: &[u8]) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a fraction of 2^32 is a u32")]
    let fraction = |root: f64| (root.fract() * 4_294_967_296.0) as u32;
    let primes: Vec<f64> = (2u32..400).filter(|n| (2..*n).all(|d| n % d != 0)).take(64).map(f64::from).collect();
    let constants: Vec<u32> = primes.iter().map(|prime| fraction(prime.cbrt())).collect();
    let mut state: Vec<u32> = primes.iter().take(8).map(|prime| fraction(prime.sqrt())).collect();
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().div_ceil(64) * 64 + if padded.len() % 64 > 56 { 64 } else { 0 }, 0);
    let length = padded.len();
    padded[length - 8..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut words: Vec<u32> = block.chunks_exact(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect();
        for i in 16..64 {
            let (a, b) = (words[i - 15], words[i - 2]);
            let a = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
            let b = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
            words.push(words[i - 16].wrapping_add(a).wrapping_add(words[i - 7]).wrapping_add(b));
        }
        let mut s: [u32; 8] = state.clone().try_into().unwrap();
        for i in 0..64 {
            let one = s[4].rotate_right(6) ^ s[4].rotate_right(11) ^ s[4].rotate_right(25);
            let choice = (s[4] & s[5]) ^ (!s[4] & s[6]);
            let first = s[7].wrapping_add(one).wrapping_add(choice).wrapping_add(constants[i]).wrapping_add(words[i]);
            let zero = s[0].rotate_right(2) ^ s[0].rotate_right(13) ^ s[0].rotate_right(22);
            let majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
            s.rotate_right(1);
            s[4] = s[4].wrapping_add(first);
            s[0] = first.wrapping_add(zero.wrapping_add(majority));
        }
        state.iter_mut().zip(s).for_each(|(state, s)| *state = state.wrapping_add(s));
    }
    state.iter().fold(String::new(), |all, word| format!("{all}{word:08x}"))
}

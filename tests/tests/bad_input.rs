//! What a service that listens gets to hear: each has its status and a fault that tells a person what to do, and the program goes on.

use std::io::Write as _;
use system_tests::{
    agent::{Agent, Speaker},
    http::{self, Connection},
    program::Program,
    site, soap,
};

/// The one request that is known to the byte (guide, trace of 05.11.2009): its headers, and its 655 bytes.
const SAP_HEADERS: &str = "Content-Type: text/xml\r\nContent-Length: 655\r\naccept: text/xml, text/html\r\n\
     soapaction: \"http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean\"\r\n\r\n";
const SAP_BODY: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" "#,
    r#"xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Header>"#,
    r#"<pre:user xmlns:pre="urn:IciUserInterface" SOAP-ENV:mustUnderstand="0" xsi:type="xsd:string">CRMFOSOUT</pre:user>"#,
    r#"<pre:language xmlns:pre="urn:IciUserInterface" SOAP-ENV:mustUnderstand="0" xsi:type="xsd:string">EN</pre:language>"#,
    r#"</SOAP-ENV:Header><SOAP-ENV:Body><ns0:getAttributes xmlns:ns0="urn:IciUserInterface">"#,
    r#"<userId xmlns="urn:IciUserInterface">CRMFOSOUT</userId></ns0:getAttributes></SOAP-ENV:Body></SOAP-ENV:Envelope>"#,
);

/// A request, and what is said to it.
struct Bad {
    name: &'static str,
    request: Vec<u8>,
    status: u16,
    /// What the fault or page says.
    says: &'static str,
}

#[test]
fn the_guides_request_is_answered_byte_for_byte() {
    assert_eq!(SAP_BODY.len(), 655);
    let program = Program::with(&site::FILE.replace("schema = 1", "schema = 1\n[service]\npath = \"/\""));
    let mut connection = Connection::open(program.ici).unwrap();
    let answer = connection.exchange(format!("POST / HTTP/1.0\r\n{SAP_HEADERS}{SAP_BODY}").as_bytes()).unwrap();
    assert_eq!(answer.line, "HTTP/1.0 200 OK", "an old client gets an old answer");
    assert!(answer.header("transfer-encoding").is_none() && answer.header("content-length").is_some());
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/xml")), "{answer:?}");
    let attributes = soap::outcome(&answer).unwrap();
    assert_eq!(attributes.get("userId"), Some("CRMFOSOUT"));
    assert!(connection.receive().unwrap().is_none(), "HTTP/1.0 without keep-alive: the connection closes");
}

#[test]
fn bad_input_is_answered_with_what_to_do_and_ends_nothing() {
    let mut program = Program::start();
    let cases = cases(&program.path);
    assert_eq!(cases.len(), 43);
    let mut wrong = Vec::new();
    for bad in cases {
        let answer = http::exchange(program.ici, &bad.request).unwrap_or_else(|error| panic!("{}: {error}", bad.name));
        let text = if bad.request.starts_with(b"GET") || bad.request.starts_with(b"HEAD") {
            answer.text()
        } else {
            let fault = soap::outcome(&answer).expect_err(bad.name);
            format!("{}: {}", fault.code, fault.text)
        };
        if answer.status() != bad.status || !text.contains(bad.says) || text.ends_with('.') {
            wrong.push(format!("\n{}: {} `{}` is expected, not {} `{text}`", bad.name, bad.status, bad.says, answer.status()));
        }
        assert_works(&mut program, bad.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn a_client_that_half_closes_gets_its_answer() {
    let mut program = Program::start();
    for version in ["1.0", "1.1"] {
        let mut connection = Connection::open(program.ici).unwrap();
        let host = if version == "1.1" { "Host: sap\r\n" } else { "" };
        connection.send(format!("POST {} HTTP/{version}\r\n{host}{SAP_HEADERS}{SAP_BODY}", program.path).as_bytes()).unwrap();
        connection.half_close().unwrap();
        let answer = connection.receive().unwrap().expect("an answer");
        assert_eq!(answer.status(), 200, "HTTP/{version}");
        assert_works(&mut program, version);
    }
}

#[test]
fn a_client_that_breaks_off_harms_nobody() {
    let mut program = Program::start();
    let whole = format!("POST {} HTTP/1.1\r\nHost: sap\r\n{SAP_HEADERS}{SAP_BODY}", program.path);
    for end in [1, 20, 100, whole.len() - 400, whole.len() - 1] {
        let mut connection = Connection::open(program.ici).unwrap();
        connection.send(&whole.as_bytes()[..end]).unwrap();
        drop(connection);
        assert_works(&mut program, "a client has gone away");
    }
}

#[test]
fn kept_alive_connections_carry_many_requests_in_both_versions() {
    let program = Program::start();
    for (version, ask) in [("1.1", "Host: sap\r\n"), ("1.0", "Connection: keep-alive\r\n")] {
        let mut connection = Connection::open(program.ici).unwrap();
        for _ in 0..50 {
            let request = format!("POST {} HTTP/{version}\r\n{ask}{SAP_HEADERS}{SAP_BODY}", program.path);
            assert_eq!(connection.exchange(request.as_bytes()).unwrap().status(), 200);
        }
    }
}

#[test]
fn several_requests_at_once_on_one_connection_are_answered_in_order() {
    let program = Program::start();
    let one = format!("POST {} HTTP/1.1\r\nHost: sap\r\n{SAP_HEADERS}{SAP_BODY}", program.path);
    let two = one.replace("CRMFOSOUT</userId>", "crmfosout</userId>").replace(">CRMFOSOUT</pre:user>", ">crmfosout</pre:user>");
    let mut connection = Connection::open(program.ici).unwrap();
    connection.send(format!("{one}{two}{one}").as_bytes()).unwrap();
    let statuses: Vec<_> = (0..3).map(|_| connection.receive().unwrap().expect("an answer").status()).collect();
    assert_eq!(statuses, [200, 500, 200]);
}

/// The program lives and does its work.
fn assert_works(program: &mut Program, after: &str) {
    assert!(program.is_alive(), "it has ended after: {after}");
    let answer = Agent::of(program, site::AGENT).call("User", "getAttributes", &[]);
    assert!(answer.is_ok(), "it does not work after: {after}: {answer:?}");
}

fn cases(path: &str) -> Vec<Bad> {
    let mut cases = Vec::new();
    let mut bad = |name, request: Vec<u8>, status, says| cases.push(Bad { name, request, status, says });
    let post = |body: &[u8]| http::post(path, &soap::action("User"), body);
    let swap = |from: &str, to: &str| {
        assert!(SAP_BODY.contains(from), "{from}");
        post(SAP_BODY.replace(from, to).as_bytes())
    };
    let call = |interface: &str, operation: &str, user: Option<&str>, parameters: &[(&str, soap::Value)]| {
        http::post(path, &soap::action(interface), soap::envelope(interface, operation, user, parameters).as_bytes())
    };
    let agent = Some(site::AGENT);

    // HTTP
    let with_method = |method: &str| [method.as_bytes(), &post(SAP_BODY.as_bytes())[4..]].concat();
    bad("PUT", with_method("PUT"), 405, "POST");
    bad("DELETE", with_method("DELETE"), 405, "POST");
    bad("another path", http::post("/elsewhere", "", SAP_BODY.as_bytes()), 404, path_of_site());
    bad("a page that is not there", http::get("/elsewhere"), 404, path_of_site());
    let json = String::from_utf8_lossy(&post(SAP_BODY.as_bytes())).replace("text/xml; charset=utf-8", "application/json");
    bad("another type", json.into_bytes(), 415, "text/xml");
    let untyped = String::from_utf8_lossy(&post(SAP_BODY.as_bytes())).replace("Content-Type: text/xml; charset=utf-8\r\n", "");
    bad("no type", untyped.into_bytes(), 415, "text/xml");
    bad("too large", post(&padded(5 * 1024 * 1024)), 413, "limits.body");
    bad("announced as too large", announced(path, "99999999999"), 413, "limits.body");
    let without_length = format!("POST {path} HTTP/1.0\r\nContent-Type: text/xml\r\n\r\n{SAP_BODY}");
    bad("HTTP/1.0 without a length", without_length.into_bytes(), 411, "Content-Length");
    let packed = http::request(path, "", "Connection: close\r\nContent-Encoding: br\r\n", SAP_BODY.as_bytes());
    bad("packed in a way nobody knows", packed, 415, "gzip");
    let not_packed = http::request(path, "", "Connection: close\r\nContent-Encoding: gzip\r\n", SAP_BODY.as_bytes());
    bad("packed, and is not", not_packed, 400, "gzip");

    // XML
    bad("nothing", post(b""), 500, "Client");
    bad("no XML", post(b"getAttributes(CRMFOSOUT)"), 500, "Client");
    bad("truncated XML", post(&SAP_BODY.as_bytes()[..600]), 500, "Client");
    bad("two roots", post([SAP_BODY, "<x/>"].concat().as_bytes()), 500, "Client");
    bad("UTF-16", post(&utf16(SAP_BODY)), 500, "UTF-8");
    bad("Latin-1", post(&latin1(&SAP_BODY.replace("CRMFOSOUT</userId>", "MÜLLER</userId>"))), 500, "UTF-8");
    bad("a control character", swap("CRMFOSOUT</userId>", "CRM&#1;FOSOUT</userId>"), 500, "Client");
    bad("an undeclared prefix", swap("xmlns:ns0=\"urn:IciUserInterface\"", ""), 500, "Client");
    bad("a document type", swap("<SOAP-ENV:Envelope", "<!DOCTYPE x [<!ENTITY a \"b\">]><SOAP-ENV:Envelope"), 500, "DOCTYPE");
    bad("an external entity", swap("CRMFOSOUT</userId>", "&passwd;</userId>"), 500, "Client");
    bad("ten thousand levels", post(nested(10_000).as_bytes()), 500, "Client");
    bad("four thousand namespaces", post(namespaces(4000).as_bytes()), 500, "Client");
    bad("eighty thousand attributes", post(attributes(80_000).as_bytes()), 500, "Client");

    // SOAP
    bad("another root", post(b"<Envelope/>"), 500, "not SOAP 1.1");
    bad("SOAP 1.2", swap("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"), 500, "1.1");
    bad("no body", post(b"<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"/>"), 500, "SOAP body");
    let empty = "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body/></e:Envelope>";
    bad("an empty body", post(empty.as_bytes()), 500, "Client");
    let must = "<pre:security xmlns:pre=\"urn:x\" SOAP-ENV:mustUnderstand=\"1\"/></SOAP-ENV:Header>";
    bad("a header that must be understood", swap("</SOAP-ENV:Header>", must), 500, "MustUnderstand");

    // ICI
    bad("an unknown operation", call("User", "flyToTheMoon", agent, &[]), 500, "flyToTheMoon");
    bad("an operation that another interface has", call("Line", "hold", agent, &[("itemId", "1".into())]), 500, "is not known");
    bad("a missing parameter", call("PhoneCall", "hold", agent, &[]), 500, "itemId");
    bad("a doubled parameter", call("PhoneCall", "hold", agent, &[("itemId", "1".into()), ("itemId", "2".into())]), 500, "itemId");
    bad("an empty parameter", call("PhoneCall", "hold", agent, &[("itemId", "".into())]), 500, "itemId");
    bad("no user", call("User", "getAttributes", None, &[]), 500, "names no user");
    bad("an unknown user", call("User", "getAttributes", Some("NOBODY"), &[]), 500, "User NOBODY is not known");
    bad("a user in other case", call("User", "getAttributes", Some("crmfosout"), &[]), 500, "upper and lower case");
    bad("a user who cannot be logged on", call("User", "getAttributes", Some("EXTENSIONLESS"), &[]), 500, "extension");
    bad("another user in the body", call("User", "getAttributes", agent, &[("userId", site::CALLER.into())]), 500, "same user");
    bad("a workmode that is no number", call("User", "setCurrentWorkmode", agent, &[("workmode", "ready".into())]), 500, "workmode");
    bad("an unknown workmode", call("User", "setCurrentWorkmode", agent, &[("workmode", "77".into())]), 500, "Workmode 77");
    let elsewhere = [("appUrl", "http://192.0.2.1/x".into()), ("appId", "CRM".into())];
    bad("events for a stranger", call("User", "subscribe", agent, &elsewhere), 500, "service.event_hosts");
    let no_url = [("appUrl", "file:///etc/passwd".into()), ("appId", "CRM".into())];
    bad("events to no URL", call("User", "subscribe", agent, &no_url), 500, "URL");
    cases
}

fn path_of_site() -> &'static str {
    "/SapIciWebConnector/IcSapWebService.asmx"
}

fn padded(length: usize) -> Vec<u8> {
    let mut body = SAP_BODY.as_bytes().to_vec();
    body.resize(length, b' ');
    body
}

/// A head that announces a body, and no body.
fn announced(path: &str, length: &str) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nHost: sap\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n")
        .into_bytes()
}

fn utf16(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xFE];
    let text = text.replace("UTF-8", "UTF-16");
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

fn latin1(text: &str) -> Vec<u8> {
    text.replace("UTF-8", "ISO-8859-1").chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
}

fn wrapped(inside: &str) -> String {
    let (head, rest) = SAP_BODY.split_once("CRMFOSOUT</userId>").unwrap_or_default();
    format!("{head}{inside}</userId>{rest}")
}

fn nested(levels: usize) -> String {
    wrapped(&format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels)))
}

fn namespaces(count: usize) -> String {
    let mut text = Vec::new();
    for place in 0..count {
        write!(text, "<a xmlns:p{place}=\"urn:{place}\">").expect("a vector takes everything");
    }
    text.extend_from_slice("</a>".repeat(count).as_bytes());
    wrapped(&String::from_utf8_lossy(&text))
}

fn attributes(count: usize) -> String {
    let mut text = b"<a".to_vec();
    for place in 0..count {
        write!(text, " a{place}=\"\"").expect("a vector takes everything");
    }
    text.extend_from_slice(b"/>");
    wrapped(&String::from_utf8_lossy(&text))
}

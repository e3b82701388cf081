//! The web service itself, with the real codec, agents and switch.

use super::{
    PATH, policy,
    wire::{Reply, Wire},
};
use crate::{
    agents::{self, Agents},
    capture::Recorder,
    ici::Codec,
    outbox::{self, Outbox},
    serve::{Access, GRACE, Part, Policy, Server, admin},
    store::Store,
    switch::embedded::{Embedded, Plan},
};
use flate2::{Compression, write::GzEncoder};
use secrecy::SecretString;
use serde_json::Value;
use shared::{finding::Place, profile::Profile};
use std::{io::Write, net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::{mpsc, watch};

pub(super) const BODY: &str = concat!(
    r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>"#,
    r#"<n:getWorkcenterCapability xmlns:n="urn:IciSystemInterface"/></e:Body></e:Envelope>"#
);

fn parts() -> (watch::Sender<Arc<Codec>>, Agents) {
    let (codec, in_force) = watch::channel(Arc::new(Codec::new(Arc::new(Profile::built_in()))));
    let (_, delivery) = watch::channel(Arc::new(outbox::Policy::default()));
    let (fates, told) = mpsc::channel(1);
    let outbox = Outbox::start(delivery, in_force, fates, Recorder::default(), Store::in_memory());
    let (_, rules) = watch::channel(Arc::new(agents_policy()));
    (codec, Agents::start(Arc::new(Embedded::start(Plan::default())), outbox, told, rules, Store::in_memory()))
}

fn agents_policy() -> agents::Policy {
    agents::Policy {
        standard: agents::StandardWorkmodes { logout_text: "Logout".into(), ready: "Available".into(), not_ready: "Busy".into() },
        mapped: Vec::new(),
        login_workmode: None,
        reject_workmode: None,
        lost_workmode: crate::domain::WorkmodeId::NOT_READY,
        ghost_after: std::time::Duration::from_mins(30),
        flags: agents::Flags::default(),
        non_acd_reject: agents::NonAcdReject::Voicemail,
        remote_attributes: Vec::new(),
        dialed_attributes: Vec::new(),
        channels: Vec::new(),
        routing: crate::domain::RoutingTable::default(),
        close_chats_after: Duration::ZERO,
        own_postings: true,
        typing: true,
        user_presence: false,
        monitoring: false,
        interactions: 6,
        mailbox: 8,
        sessions: 10,
        switch_deadline: Duration::from_secs(4),
        attached_data: 1024,
        may_listen: Vec::new(),
        may_monitor: None,
        end_older: agents::OlderSubscriptions::Never,
        ici_version: "3.07".into(),
    }
}

pub(super) fn start(policy: Policy) -> (Server, SocketAddr) {
    let (codec, agents) = parts();
    let health = Arc::new(|| vec![Part::works("switch", "in memory")]);
    let server = Server::start(policy, codec.subscribe(), agents, health, Recorder::default()).unwrap();
    let address = server.url().split('/').nth(2).unwrap().parse().unwrap();
    (server, address)
}

pub(super) fn post(path: &str, fields: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("POST {path} HTTP/1.1\r\nHost: sap:8095\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn get(address: SocketAddr, target: &str) -> Reply {
    Wire::ask(address, format!("GET {target} HTTP/1.1\r\nHost: sap:8095\r\n\r\n")).await
}

#[tokio::test]
async fn a_command_is_answered_in_every_way_it_may_come() {
    let (_server, address) = start(policy());
    let gzip = "Content-Type: text/xml\r\nContent-Encoding: gzip\r\n";
    let ways = [
        post(PATH, "Content-Type: text/xml\r\n", BODY),
        post(PATH, "Content-Type: Application/SOAP+XML; charset=utf-8\r\n", BODY),
        post(&PATH.to_lowercase(), "Content-Type: text/xml\r\nsoapaction: \"\"\r\n", BODY),
        post(PATH, gzip, pack(BODY.as_bytes())),
        format!("POST {PATH} HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len()).into_bytes(),
    ];
    for way in ways {
        let reply = Wire::ask(address, &way).await;
        assert_eq!(reply.status, 200, "{}: {reply:?}", String::from_utf8_lossy(&way));
        assert!(reply.has("content-type: text/xml; charset=utf-8") && reply.body.contains("getWorkcenterCapabilityResponse"), "{reply:?}");
    }
}

#[tokio::test]
async fn whatever_is_wrong_has_its_status_and_a_fault_that_says_what_to_do() {
    let (_server, address) = start(policy());
    let xml = "Content-Type: text/xml\r\n";
    let gzip = "Content-Type: text/xml\r\nContent-Encoding: gzip\r\n";
    let cases: Vec<(Vec<u8>, u16, &str)> = vec![
        (post("/", xml, BODY), 404, PATH),
        (post("/SapIciWebConnector/IcSapWebService.aspx", xml, BODY), 405, "GET, HEAD"),
        ([b"PUT", &post(PATH, xml, BODY)[4..]].concat(), 405, "POST"),
        (post(PATH, "", BODY), 415, "text/xml"),
        (post(PATH, "Content-Type: application/json\r\n", "{}"), 415, "application/json"),
        (post(PATH, "Content-Type: text/xml\r\nContent-Encoding: br\r\n", BODY), 415, "gzip"),
        (post(PATH, gzip, BODY), 400, "unpacked"),
        (post(PATH, gzip, pack(&vec![b' '; 5_000_000])), 413, "limits.body"),
        (post(PATH, xml, vec![b' '; 20_001]), 413, "limits.body"),
        (format!("POST {PATH} HTTP/1.0\r\n{xml}\r\n{BODY}").into_bytes(), 411, "Content-Length"),
        (format!("POST {PATH} HTTP/1.1\r\nHost: x\r\n{xml}Content-Length: 9\r\n\r\n<e").into_bytes(), 408, "limits.body_time"),
        (format!("POST {PATH} HTTP/1.1\r\nHost: x\r\n{xml}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n").into_bytes(), 400, "broke off"),
        (post(PATH, xml, ""), 500, ""),
        (post(PATH, xml, "<a"), 500, ""),
        (post(PATH, xml, BODY.replace("Capability", "Culpability")), 500, "getWorkcenterCulpability"),
    ];
    assert_eq!(cases.len(), 15);
    for (request, status, says) in cases {
        let reply = Wire::ask(address, &request).await;
        let request = String::from_utf8_lossy(&request[..request.len().min(200)]).into_owned();
        assert_eq!(reply.status, status, "{request}: {reply:?}");
        let text = reply.body.split_once("<faultstring").and_then(|(_, rest)| rest.split_once("</faultstring>")).map(|(text, _)| text);
        assert!(text.is_some_and(|text| text.contains(says)), "{request}: it should say {says:?}: {}", reply.body);
        assert!(reply.has("content-type: text/xml; charset=utf-8"), "{reply:?}");
    }
    assert_eq!(Wire::ask(address, post(PATH, xml, BODY)).await.status, 200);
}

#[tokio::test]
async fn people_and_soap_clients_get_what_they_look_for() {
    let (_server, address) = start(policy());
    for target in [PATH, "/SapIciWebConnector/IcSapWebService.aspx"] {
        let page = get(address, target).await;
        assert!(page.status == 200 && page.has("content-type: text/html; charset=utf-8"), "{page:?}");
        assert!(page.body.contains("href=\"http://sap:8095/SapIciWebConnector/IcSapWebService.asmx?wsdl\""), "{}", page.body);
        assert!(page.body.contains("getAttributes") && page.body.contains("in memory"), "{}", page.body);
    }
    for query in ["wsdl", "WSDL", "wsdl=encoded"] {
        let wsdl = get(address, &format!("{PATH}?{query}")).await;
        assert!(wsdl.status == 200 && wsdl.body.contains("http://sap:8095/SapIciWebConnector/IcSapWebService.asmx"), "{wsdl:?}");
    }
    let schema = get(address, &format!("{PATH}?schema=soap-encoding")).await;
    assert!(schema.body.contains("http://schemas.xmlsoap.org/soap/encoding/"), "{schema:?}");
    let lost = get(address, "/").await;
    assert!(lost.status == 404 && lost.body.contains(PATH) && lost.has("content-type: text/plain; charset=utf-8"), "{lost:?}");
    let mut wire = Wire::open(address).await;
    wire.send(format!("HEAD {PATH} HTTP/1.0\r\n\r\n")).await;
    let head = wire.rest().await;
    assert!(head.starts_with("HTTP/1.0 200") && head.ends_with("\r\n\r\n"), "{head}");
    let delete = Wire::ask(address, format!("DELETE {PATH} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
    assert!(delete.status == 405 && delete.has("allow: GET, HEAD, POST"), "{delete:?}");
}

#[tokio::test]
async fn only_those_whom_the_file_admits_are_heard() {
    let (mut server, address) = start(policy());
    let request = post(PATH, "Content-Type: text/xml\r\n", BODY);
    let nobody = Policy { access: Access::only(|_| false), listen: address, ..policy() };
    server.apply(nobody).await.unwrap();
    let reply = Wire::ask(address, &request).await;
    assert!(reply.status == 403 && reply.body.contains("service.access"), "{reply:?}");
    server.apply(Policy { access: Access::only(|caller| caller.is_loopback()), listen: address, ..policy() }).await.unwrap();
    assert_eq!(Wire::ask(address, &request).await.status, 200);
}

#[tokio::test]
async fn a_change_of_path_is_served_under_both_names_for_the_grace() {
    let (mut server, address) = start(policy());
    let (old, new) = (post(PATH, "Content-Type: text/xml\r\n", BODY), post("/ici", "Content-Type: text/xml\r\n", BODY));
    assert_eq!(Wire::ask(address, &new).await.status, 404);
    server.apply(Policy { path: "/ici".into(), listen: address, ..policy() }).await.unwrap();
    assert_eq!(server.url(), format!("http://{address}/ici"));
    for request in [&old, &new] {
        assert_eq!(Wire::ask(address, request).await.status, 200);
    }
    tokio::time::pause();
    tokio::time::advance(GRACE).await;
    tokio::time::resume();
    let late = Wire::ask(address, &old).await;
    assert!(late.status == 404 && late.body.contains("/ici"), "{late:?}");
}

/// A world with one number that may be called.
struct OneCaller;

impl admin::Outside for OneCaller {
    fn call(&self, caller: admin::Caller) -> admin::Wish<Result<String, String>> {
        let known =
            if caller.to == "Support" { Ok(format!("call of {}", caller.number)) } else { Err("there is no such number".to_owned()) };
        Box::pin(async { known })
    }

    fn say(&self, _chat: String, _text: String) -> admin::Wish<()> {
        Box::pin(async {})
    }

    fn look(&self, call: String) -> admin::Wish<Option<admin::Seen>> {
        let postings = vec![admin::Written { from: "customer".to_owned(), text: "hello".to_owned() }];
        let seen = admin::Seen { call: call.clone(), stage: "waiting", agents: Vec::new(), agent_types: false, postings };
        Box::pin(async move { (call == "7").then_some(seen) })
    }

    fn hang_up(&self, _call: String) -> admin::Wish<()> {
        Box::pin(async {})
    }
}

/// There is no file here.
struct NoFile;

impl admin::Keeper for NoFile {
    fn read(&self) -> admin::Wish<Result<admin::Text, admin::Denied>> {
        Box::pin(async { Err(none()) })
    }

    fn check(&self, _text: String) -> admin::Wish<Result<admin::Judged, admin::Denied>> {
        Box::pin(async { Err(none()) })
    }

    fn save(&self, _save: admin::Save) -> admin::Wish<Result<admin::Begun, admin::Denied>> {
        Box::pin(async { Err(none()) })
    }

    fn decide(&self, _number: u64, _keep: bool, _peer: SocketAddr) -> admin::Wish<Result<(), admin::Denied>> {
        Box::pin(async { Err(none()) })
    }

    fn probation(&self) -> admin::Probation {
        admin::Probation::default()
    }

    fn test(&self, _text: String, _peer: SocketAddr) -> admin::Wish<Result<u64, admin::Denied>> {
        Box::pin(async { Err(none()) })
    }

    fn lines(&self, _number: u64) -> admin::Wish<Result<admin::Lines, admin::Denied>> {
        Box::pin(async { Err(none()) })
    }

    fn cancel(&self, _number: u64) -> Result<(), admin::Denied> {
        Err(none())
    }
}

fn none() -> admin::Denied {
    admin::Denied::new(admin::Cause::NoFile, "there is none")
}

fn desk(inspect: admin::Inspect) -> admin::Parts {
    let (outside, keeper) = (Arc::new(OneCaller), Arc::new(NoFile));
    admin::Parts { inspect, outside, recorder: Recorder::default(), register: Arc::new(|| 0), keeper, bridge: Arc::new(NoBridge) }
}

#[tokio::test]
async fn demo_calls_are_placed_by_who_may_and_by_no_web_page() {
    let (_codec, agents) = parts();
    let report = admin::Report {
        started: 0,
        now: 0,
        file: None,
        parts: Vec::new(),
        reload: admin::Reload { result: admin::ReloadResult::Started, at: 0, changes: Vec::new(), findings: Vec::new() },
        delivery: admin::Delivery::default(),
        store: admin::Store::default(),
        sld: Vec::new(),
        certificates: Vec::new(),
        process: None,
        conversations: None,
    };
    let policy = admin::Policy { listen: ([127, 0, 0, 1], 0).into(), token: None, far: None };
    let server = admin::Server::start(policy, agents, desk(Arc::new(move || report.clone()))).unwrap();
    let address: SocketAddr = server.url()["http://".len()..].parse().unwrap();
    let host = "Host: localhost";
    let json = "Content-Type: application/json\r\n";
    let ask = |method: &str, path: &str, host: &str, fields: &str, body: &str| {
        Wire::ask(address, format!("{method} {path} HTTP/1.1\r\n{host}\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len()))
    };
    let caller = r#"{"number": "+4930", "to": "Support"}"#;
    let placed = ask("POST", "/callers", host, json, caller).await;
    assert!(placed.status == 201 && placed.body == r#"{"call":"call of +4930"}"#, "{placed:?}");
    assert_eq!(ask("DELETE", "/callers/7", host, "", "").await.status, 200);
    let seen = ask("GET", "/callers/7", host, "", "").await;
    assert!(seen.status == 200 && seen.body.contains(r#""postings":[{"from":"customer","text":"hello"}]"#), "{seen:?}");
    assert_eq!(ask("GET", "/callers/8", host, "", "").await.status, 404);
    assert_eq!(ask("POST", "/callers/7/postings", host, json, r#"{"text": "hello"}"#).await.status, 200);
    let origin = format!("{json}Origin: http://evil.example\r\n");
    for (method, path, host, fields, body, status) in [
        ("POST", "/callers", host, json, r#"{"number": "+4930", "to": "Nobody"}"#, 409),
        ("POST", "/callers", host, json, "{}", 400),
        ("POST", "/callers", host, "Content-Type: text/plain\r\n", caller, 415),
        ("POST", "/callers", host, &origin, caller, 403),
        ("POST", "/callers", "Host: evil.example", json, caller, 403),
        ("DELETE", "/callers/7", host, &origin, "", 403),
        ("POST", "/callers/7/postings", host, &origin, r#"{"text": "hello"}"#, 403),
        ("POST", "/callers/7/postings", host, json, "{}", 400),
        ("GET", "/callers/7/postings", host, "", "", 405),
        ("GET", "/callers", host, "", "", 405),
    ] {
        let reply = ask(method, path, host, fields, body).await;
        assert_eq!(reply.status, status, "{method} {path} {host} {fields}: {reply:?}");
    }
}

/// A bridge that has one record and takes every order.
struct NoBridge;

impl admin::Bridge for NoBridge {
    fn report(&self) -> Value {
        serde_json::json!({ "state": "idle" })
    }

    fn records(&self) -> Value {
        Value::Array(Vec::new())
    }

    fn explain(&self, id: &str) -> Option<Value> {
        (id == "user:JÖRG").then(|| serde_json::json!({ "record": id }))
    }

    fn history(&self) -> Value {
        Value::Array(Vec::new())
    }

    fn begin(&self, order: admin::Order) -> admin::Wish<u64> {
        Box::pin(async move { if order == admin::Order::Plan { 7 } else { 8 } })
    }

    fn look(&self, order: u64) -> Option<Value> {
        (order == 7).then(|| serde_json::json!({ "state": "running" }))
    }
}

#[tokio::test]
async fn administrators_ask_and_order_the_bridge_and_web_pages_do_not() {
    let (_codec, agents) = parts();
    let report = admin::Report {
        started: 0,
        now: 0,
        file: None,
        parts: Vec::new(),
        reload: admin::Reload { result: admin::ReloadResult::Started, at: 0, changes: Vec::new(), findings: Vec::new() },
        delivery: admin::Delivery::default(),
        store: admin::Store::default(),
        sld: Vec::new(),
        certificates: Vec::new(),
        process: None,
        conversations: None,
    };
    let policy = admin::Policy { listen: ([127, 0, 0, 1], 0).into(), token: None, far: None };
    let server = admin::Server::start(policy, agents, desk(Arc::new(move || report.clone()))).unwrap();
    let address: SocketAddr = server.url()["http://".len()..].parse().unwrap();
    let host = "Host: localhost";
    let ask = |method: &str, path: &str, fields: &str, body: &str| {
        Wire::ask(address, format!("{method} {path} HTTP/1.1\r\n{host}\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len()))
    };
    let json = "Content-Type: application/json\r\n";
    let begun = ask("POST", "/bridge/orders", json, r#"{"do": "plan"}"#).await;
    assert!(begun.status == 202 && begun.body == r#"{"order":7}"#, "{begun:?}");
    assert_eq!(ask("GET", "/bridge/records/user:J%C3%96RG", "", "").await.body, r#"{"record":"user:JÖRG"}"#);
    let origin = format!("{json}Origin: http://evil.example\r\n");
    for (method, path, fields, body, status) in [
        ("GET", "/bridge", "", "", 200),
        ("GET", "/bridge/records", "", "", 200),
        ("GET", "/bridge/history", "", "", 200),
        ("GET", "/bridge/orders/7", "", "", 200),
        ("GET", "/bridge/orders/8", "", "", 404),
        ("GET", "/bridge/records/user:NOBODY", "", "", 404),
        ("GET", "/bridge/nothing", "", "", 404),
        ("POST", "/bridge", json, "{}", 405),
        ("GET", "/bridge/orders", "", "", 405),
        ("POST", "/bridge/orders", json, r#"{"do": "delete"}"#, 400),
        ("POST", "/bridge/orders", &origin, r#"{"do": "plan"}"#, 403),
    ] {
        let reply = ask(method, path, fields, body).await;
        assert_eq!(reply.status, status, "{method} {path}: {reply:?}");
    }
}

#[tokio::test]
async fn administrators_see_health_and_status_with_their_token() {
    let finding = shared::Finding {
        place: Some(Place { line: 3, column: 8 }),
        ..shared::Finding::error("service.listen".parse().unwrap(), "bad-format", "this is no address", "Write one")
    };
    let report = |up: bool, findings: Vec<shared::Finding>| admin::Report {
        started: 100,
        now: 160,
        file: Some("/etc/jackfield/jackfield.toml".into()),
        parts: vec![Part { up, ..Part::works("switch", "in memory") }],
        reload: admin::Reload { result: admin::ReloadResult::Rejected, at: 150, changes: Vec::new(), findings },
        delivery: admin::Delivery::default(),
        store: admin::Store::default(),
        sld: Vec::new(),
        certificates: Vec::new(),
        process: None,
        conversations: None,
    };
    let (shown, show) = watch::channel(report(true, vec![finding]));
    let inspect: admin::Inspect = Arc::new(move || show.borrow().clone());
    let (_codec, agents) = parts();
    let listen: SocketAddr = ([127, 0, 0, 1], 0).into();
    let mut server = admin::Server::start(admin::Policy { listen, token: None, far: None }, agents, desk(inspect)).unwrap();
    let address: SocketAddr = server.url()["http://".len()..].parse().unwrap();

    assert_eq!(get(address, "/livez").await.status, 200);
    let ready = get(address, "/readyz").await;
    assert_eq!(ready.status, 200, "a refused reload does not take a working service away");
    assert!(ready.body.contains("reload: rejected: 3:8: error: service.listen: this is no address"), "{}", ready.body);
    assert_eq!(get(address, "/status").await.status, 403, "the caller uses a name that is not this machine's");
    let status = Wire::ask(address, "GET /status HTTP/1.1\r\nHost: localhost:8096\r\n\r\n").await;
    let status: Value = serde_json::from_str(&status.body).unwrap();
    assert_eq!((&status["uptime"], &status["health"]["up"], &status["agents"]), (&60.into(), &true.into(), &Value::Array(Vec::new())));
    assert_eq!(status["reload"]["findings"][0]["line"], 3);
    assert_eq!(get(address, "/directory").await.status, 403);
    let directory = Wire::ask(address, "GET /directory HTTP/1.1\r\nHost: localhost:8096\r\n\r\n").await;
    let directory: Value = serde_json::from_str(&directory.body).unwrap();
    assert_eq!((&directory["cut"], directory["users"].is_array()), (&false.into(), true));

    server.apply(admin::Policy { listen, token: Some(SecretString::from("s3cret")), far: None }).await.unwrap();
    let with = |token: &str| format!("GET /status HTTP/1.1\r\nHost: admin.example\r\nAuthorization: Bearer {token}\r\n\r\n");
    let refused = Wire::ask(address, with("s3cre")).await;
    assert!(refused.status == 401 && refused.has("www-authenticate: Bearer") && refused.body.contains("admin.token"), "{refused:?}");
    assert_eq!(Wire::ask(address, with("s3cret")).await.status, 200);
    shown.send_replace(report(false, Vec::new()));
    let ready = get(address, "/readyz").await;
    assert!(ready.status == 503 && ready.body.contains("switch: down"), "{ready:?}");
    assert_eq!(get(address, "/else").await.status, 404);
    assert_eq!(Wire::ask(address, "POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").await.status, 405);
}

//! The page about the running service.

use super::*;

/// A service that gives these answers, on one connection each; then it is gone.
pub(super) fn service(answers: Vec<(u16, String)>) -> (std::net::SocketAddr, std::thread::JoinHandle<()>) {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                asked.extend(byte);
            }
            let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    };
    (address, std::thread::Builder::new().name("a service".into()).spawn(serve).unwrap())
}

#[test]
fn the_running_service_is_shown_and_what_is_wrong_with_it_is_said() {
    let status = r#"{"version":"0.1.0","started":1000,"health":{"up":true,"parts":[{"name":"switch","up":true,"detail":"fine"},
            {"name":"store","up":true,"degraded":true,"detail":"no space left"}]},"store":{"path":"/s","degraded":"no space left"},
        "agents":[{"user":"ANNA","workmode":4,"workmode_text":"Lunch","calls":[{"item":"77","status":"held"}]}],"calls":1,
        "reload":{"result":"rejected","at":2000,"findings":[{"severity":"error","id":"x","path":"ici.profile","text":"it is odd","repair":"Mend it"}]},
        "delivery":{"waiting":3,"destinations":[{"host":"sap:8000","reached":false,"lanes":7,"waiting":3,"failures":4,"failure":"refused"},
            {"host":"other:80","reached":true,"lanes":1}]},"events":[{"at":3000,"level":"warning","topic":"delivery","text":"SAP is lost"}]}"#;
    let (address, served) = service(vec![(200, status.to_owned()), (401, String::new())]);
    let mut harness = open("live", "[admin]\nlisten = \"127.0.0.1:0\"\n");
    assert!(harness.query_by_label_contains("any free port").is_some());
    let (sender, woken) = std::sync::mpsc::channel();
    harness.state_mut().jobs = Jobs::new(move || sender.send(()).unwrap_or_default());
    harness.state_mut().model = Model::new(None, Draft::parse(&format!("[admin]\nlisten = \"{address}\"\n")).unwrap());
    harness.run();
    let see = |harness: &mut Harness<'_, Stage>| {
        woken.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
        harness.run();
    };
    see(&mut harness);
    for shown in ["works: fine", "ANNA", "4 – Lunch", "77 is held", "ici.profile: it is odd. Mend it", "SAP is lost", "Agents: 1, calls: 1"]
    {
        assert!(harness.query_by_label(shown).is_some(), "{shown}");
    }
    for shown in ["works with a gap: no space left", "sap:8000", "not reached, attempts: 4 (refused)", "other:80", "reached"] {
        assert!(harness.query_by_label(shown).is_some(), "{shown}");
    }
    assert!(harness.query_by_label_contains("do not restart the service").is_some());
    assert!(harness.query_by_label_contains("Refused, 1970-01-01 00:33:20").is_some());
    see(&mut harness);
    assert!(harness.query_by_label_contains("refuses the token").is_some());
    assert!(harness.query_by_label("ANNA").is_none(), "what was true before is not shown as if it were now");
    served.join().unwrap();
    see(&mut harness);
    assert!(harness.query_by_label_contains("No service answers").is_some());
}

#[test]
fn a_service_of_another_version_is_shown_as_far_as_it_is_understood_and_named() {
    let (address, served) = service(vec![(200, r#"{"version":"99.0.0","started":1000,"later":[]}"#.to_owned())]);
    let mut harness = open("live", "[admin]\nlisten = \"127.0.0.1:0\"\n");
    let (sender, woken) = std::sync::mpsc::channel();
    harness.state_mut().jobs = Jobs::new(move || sender.send(()).unwrap_or_default());
    harness.state_mut().model = Model::new(None, Draft::parse(&format!("[admin]\nlisten = \"{address}\"\n")).unwrap());
    harness.run();
    woken.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
    harness.run();
    let said = format!("The service is version 99.0.0 and this wizard {}", env!("CARGO_PKG_VERSION"));
    assert!(harness.query_by_label_contains(&said).is_some());
    served.join().unwrap();
}

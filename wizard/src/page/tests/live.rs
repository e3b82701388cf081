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

/// A service that gives each address its answer, as often as it is asked, until the test ends.
fn service_by_path(answers: &'static [(&'static str, &'static str)]) -> std::net::SocketAddr {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
            let first = lines.next().unwrap();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let path = first.split(' ').nth(1).unwrap();
            let (status, body) = answers.iter().find(|(known, _)| *known == path).map_or((404, ""), |(_, body)| (200, *body));
            let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            // The page may have been left.
            let _ = stream.write_all((head + body).as_bytes());
        }
    };
    std::thread::Builder::new().name("a service".into()).spawn(serve).unwrap();
    address
}

#[test]
fn the_timeline_of_an_agent_is_shown_by_both_sides_with_its_messages() {
    let address = service_by_path(&[
        ("/status", r#"{"version":"0.1.0","started":1000,"agents":[{"user":"ANNA","workmode":2,"workmode_text":"Ready"}]}"#),
        (
            "/agents/%41%4E%4E%41/timeline?after=0",
            r#"{"user":"ANNA","now_ms":5,"forgotten":7,"last":9,"entries":[
                {"number":8,"at_ms":1000,"took_ms":1.5,"kind":"command","name":"PhoneCall.hold","item":"17","outcome":"fault","detail":"it rings",
                    "message":{"text":"<hold/>","length":7}},
                {"number":9,"at_ms":2000,"kind":"state","name":"state","outcome":"","detail":"","states":{"workmode":2,"workmode_text":"Ready",
                    "status":"Available","connection":"up","items":[{"item":"17","told":"alerting","interaction":"300","state":"alerting"}]}}]}"#,
        ),
        // Only what is new is asked for.
        (
            "/agents/%41%4E%4E%41/timeline?after=9",
            r#"{"user":"ANNA","now_ms":6,"forgotten":7,"last":10,"entries":[
                {"number":10,"at_ms":3000,"kind":"said","name":"alerting","interaction":"301","outcome":"alerting","detail":""}]}"#,
        ),
        ("/agents/%41%4E%4E%41/timeline?after=10", r#"{"user":"ANNA","now_ms":7,"forgotten":7,"last":10,"entries":[]}"#),
        ("/timelines", r#"{"now_ms":5,"agents":[{"user":"BERT","last_ms":4}]}"#),
    ]);
    let mut harness = open("live", "[admin]\nlisten = \"127.0.0.1:0\"\n");
    let (sender, woken) = std::sync::mpsc::channel();
    harness.state_mut().jobs = Jobs::new(move || sender.send(()).unwrap_or_default());
    harness.state_mut().model = Model::new(None, Draft::parse(&format!("[admin]\nlisten = \"{address}\"\n")).unwrap());
    harness.run();
    let see = |harness: &mut Harness<'_, Stage>| {
        woken.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
        harness.run();
    };
    // Several jobs wake the window, in any order.
    let see_until = |harness: &mut Harness<'_, Stage>, is_there: fn(&mut Harness<'_, Stage>) -> bool| {
        while !is_there(harness) {
            see(harness);
        }
    };
    see_until(&mut harness, |harness| harness.query_by_label("Timeline of an agent").is_some());
    harness.get_by_role_and_label(Role::TextInput, "Agent").focus();
    harness.run();
    // He has logged off, and what went on with him is still there.
    see_until(&mut harness, |harness| {
        harness.key_press(Key::ArrowDown);
        harness.run();
        harness.query_by_role_and_label(Role::ListBoxOption, "BERT").is_some()
    });
    harness.key_press(Key::Escape);
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, "Agent").type_text("ANNA");
    harness.run();
    harness.get_by_label("Show").click();
    harness.run();
    see_until(&mut harness, |harness| harness.query_by_label("Switch says: alerting · 301 · rings").is_some());
    for shown in ["SAP asks: PhoneCall.hold · 17 · fault · 1.5 ms · it rings", "SAP: 2 – Ready, 17 rings", "Switch: Available, 300 rings"]
    {
        assert!(harness.query_by_label(shown).is_some(), "{shown}");
    }
    assert!(harness.query_by_label_contains("Earlier ones are left out").is_some());
    harness.get_by_label("Messages of PhoneCall.hold").click();
    harness.run();
    assert!(harness.query_by_label("<hold/>").is_some());
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_label("<hold/>").is_none());
}

#[test]
fn a_support_bundle_is_listed_before_it_is_written() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("jackfield");
    let script = r#"#!/bin/sh
case "$*" in
    "support-bundle --json --since 2h --agent ANNA --agent BERT --list") file=null ;;
    "support-bundle --json --since 2h --agent ANNA --agent BERT --out "*.zip) file='"/home/me/bundle.zip"' ;;
    *) echo "unexpected: $*" >&2; exit 1 ;;
esac
echo "{\"file\":$file,\"bytes\":1234,\"entries\":[{\"name\":\"README.txt\",\"what\":\"what this is\",\"bytes\":77}]}"
"#;
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut harness = open("live", "[admin]\nlisten = \"127.0.0.1:0\"\n");
    let (sender, woken) = std::sync::mpsc::channel();
    harness.state_mut().jobs = Jobs::new(move || sender.send(()).unwrap_or_default());
    harness.state_mut().page = crate::page::live::with_program(Some(program));
    harness.run();
    let type_into = |harness: &mut Harness<'_, Stage>, field: &str, text: &str| {
        harness.get_by_role_and_label(Role::TextInput, field).focus();
        harness.run();
        harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        harness.run();
        harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        harness.run();
    };
    // The program has ended, too, when another can be started.
    let see_until = |harness: &mut Harness<'_, Stage>, label: &str| {
        while harness.query_by_label_contains(label).is_none() || harness.get_by_label("List what is inside").accesskit_node().is_disabled()
        {
            woken.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
            harness.run();
        }
    };
    type_into(&mut harness, "Logs and timelines of the last (2h, 3d, …)", "2h");
    type_into(&mut harness, "With the timelines of these agents, separated by commas", "ANNA, BERT");
    let write = |harness: &Harness<'_, Stage>| harness.get_by_label("Write it").accesskit_node().is_disabled();
    assert!(write(&harness), "nobody writes what he has not been shown");
    harness.get_by_label("List what is inside").click();
    harness.run();
    see_until(&mut harness, "README.txt");
    assert!(harness.query_by_label("1234").is_some() && !write(&harness));
    type_into(&mut harness, "Logs and timelines of the last (2h, 3d, …)", "bad");
    assert!(write(&harness) && harness.query_by_label("README.txt").is_none(), "the list is of another choice");
    harness.get_by_label("List what is inside").click();
    harness.run();
    see_until(&mut harness, "unexpected: support-bundle --json --since bad");
    type_into(&mut harness, "Logs and timelines of the last (2h, 3d, …)", "2h");
    harness.get_by_label("List what is inside").click();
    harness.run();
    see_until(&mut harness, "README.txt");
    harness.get_by_label("Write it").click();
    harness.run();
    see_until(&mut harness, "/home/me/bundle.zip is written. Look into it before you send it.");
}

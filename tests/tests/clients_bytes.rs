//! What nine SOAP clients really sent (`tests/clients/capture`), replayed byte for byte: the same commands, whoever writes them.

use std::{collections::BTreeMap, fs};
use system_tests::{
    agent::{Agent, Ear, Speaker, status},
    http::{self, Message},
    lab,
    program::Program,
    sink::Sink,
    site, soap,
    tree::Leaves,
};

const CLIENTS: [&str; 9] = ["axis", "gsoap", "node", "php", "saaj-axis", "saaj-ri", "soap-lite", "suds", "zeep"];
const OPERATIONS: [&str; 3] = ["getAttributes", "setAttachedData", "setCurrentChannels"];
/// Sent by `SOAP::Lite` when it is told to use a prefix that it then does not declare.
const BROKEN: &str = "soap-lite.undeclared-prefix.http";

#[test]
fn the_bytes_of_nine_clients_are_the_same_commands() {
    let program = Program::start();
    let sink = Sink::start();
    let mut agent = Agent::of(&program, site::AGENT);
    let mut ear = Ear::new(&sink, "/agent");
    system_tests::agent::log_on(&mut agent, &ear.url());
    let item = agent.must("Item", "create", &[]).answer().to_owned();
    agent.must("PhoneCall", "dial", &[("itemId", (&item).into()), ("destination", site::OUTSIDE.into())]);
    ear.calls(&[(&item, status::CONNECTED)]);
    let attached = fs::read_to_string(lab::tests("clients/attached-data.xml")).unwrap();

    let mut attributes: BTreeMap<&str, Leaves> = BTreeMap::new();
    let mut replayed = 0;
    for client in CLIENTS {
        let answer = replay(&program, client, "getAttributes", &item);
        attributes.insert(client, plain(&answer));

        agent.must("User", "setCurrentChannels", &[("channels", ["4"].into())]);
        replay(&program, client, "setCurrentChannels", &item);
        let now = agent.must("User", "getAttributes", &[]);
        assert_eq!(now.under("currentChannels").collect::<Vec<_>>(), ["1", "3"], "{client} has set the channels");
        agent.must("User", "setCurrentChannels", &[("channels", ["1"].into())]);

        agent.must("Item", "deleteAttachedData", &[("itemId", (&item).into())]);
        replay(&program, client, "setAttachedData", &item);
        let data = agent.must("Item", "getAttachedData", &[("itemId", (&item).into())]);
        assert_eq!(data.answer(), attached, "{client} has attached the data, byte for byte");
        replayed += OPERATIONS.len();
    }
    assert_eq!(replayed, 27, "nine clients, three operations");
    let sap = plain(&soap::outcome(&recorded_answer(&program, "saaj-ri", "getAttributes", &item)).unwrap());
    assert_eq!(sap.get("userId"), Some(site::AGENT));
    for (client, answer) in attributes {
        assert_eq!(answer, sap, "{client} gets the same answer as SAP would");
    }
}

#[test]
fn nothing_is_recorded_that_is_not_replayed() {
    let mut names: Vec<_> =
        fs::read_dir(lab::tests("data/clients")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut expected: Vec<_> =
        CLIENTS.iter().flat_map(|client| OPERATIONS.iter().map(move |operation| format!("{client}.{operation}.http"))).collect();
    expected.push(BROKEN.to_owned());
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(names.len(), 28);
}

#[test]
fn a_prefix_that_is_not_declared_is_a_fault_and_not_a_crash() {
    let mut program = Program::start();
    let answer = http::exchange(program.ici, &recorded(BROKEN)).unwrap();
    assert_eq!(answer.status(), 500);
    let fault = soap::outcome(&answer).unwrap_err();
    assert_eq!(fault.code, "Client", "{fault:?}");
    assert!(!fault.text.is_empty());
    assert!(program.is_alive());
}

/// Sends a recorded request, and asserts that it succeeded.
fn replay(program: &Program, client: &str, operation: &str, item: &str) -> Leaves {
    let answer = recorded_answer(program, client, operation, item);
    soap::outcome(&answer).unwrap_or_else(|fault| panic!("{client}.{operation}: {fault:?}"))
}

fn recorded_answer(program: &Program, client: &str, operation: &str, item: &str) -> Message {
    let bytes = with_item(&recorded(&format!("{client}.{operation}.http")), item);
    http::exchange(program.ici, &bytes).unwrap_or_else(|error| panic!("{client}.{operation}: {error}"))
}

fn recorded(name: &str) -> Vec<u8> {
    fs::read(lab::tests("data/clients").join(name)).expect("a recorded request")
}

/// The recorded item is called `ITEM`; a real one takes its place, and the length of the body follows. Everything else stays as it was sent.
fn with_item(bytes: &[u8], item: &str) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).expect("recorded in UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("a request has a head");
    let changed = body.replace(">ITEM<", &format!(">{item}<"));
    let head = head.replace(&format!("Content-Length: {}", body.len()), &format!("Content-Length: {}", changed.len()));
    format!("{head}\r\n\r\n{changed}").into_bytes()
}

/// Leaves without the steps that only number or wrap entries, in which the styles differ.
fn plain(leaves: &Leaves) -> Leaves {
    let numbered = |step: &str| step.chars().all(|digit| digit.is_ascii_digit());
    let path = |path: &str| path.split('.').filter(|step| !numbered(step)).collect::<Vec<_>>().join(".");
    Leaves::new(leaves.iter().map(|(at, value)| (path(at), value.to_owned())).collect())
}

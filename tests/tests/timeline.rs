//! `jackfield timeline` against the real program: both sides of a call on one axis, and nothing in it that is nobody's business.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    process::{Command, Output, Stdio},
};
use system_tests::{
    agent::{self, Agent, Ear, Speaker, status},
    lab, on_each_switch,
    outside::Customer,
    program::Program,
    sink::Sink,
    site,
    switch::Switch,
};

on_each_switch!(a_call_is_told_from_both_sides_without_secrets_and_numbers, a_timeline_is_followed_and_goes_on_after_the_log_off,);

fn timeline(program: &Program) -> Command {
    let mut command = Command::new(lab::jackfield());
    command.arg("timeline").args(["--admin", &program.admin.to_string()]);
    command
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn log_off(agent: &mut Agent) {
    agent.must("User", "setCurrentWorkmode", &[("userId", site::AGENT.into()), ("workmode", "1".into())]);
}

fn a_call_is_told_from_both_sides_without_secrets_and_numbers(switch: Switch) {
    let program = Program::on(switch, site::FILE);
    assert!(told(&timeline(&program).output().unwrap()).contains("nobody has been named"));
    let sink = Sink::start();
    let mut ear = Ear::new(&sink, "/anna?session=hunter2");
    let mut anna = Agent::of(&program, site::AGENT);
    agent::log_on(&mut anna, &ear.url());
    let caller = Customer::calls(&program, site::OUTSIDE, site::QUEUE);
    let call = ear.any_call(status::ALERTING);
    let item = call.get("itemId").unwrap().to_owned();
    anna.must("Item", "accept", &[("itemId", item.as_str().into())]);
    ear.calls(&[(&item, status::CONNECTED)]);
    anna.call("PhoneCall", "unhold", &[("itemId", "nobody-has-this".into())]).unwrap_err();
    caller.leaves();
    ear.calls(&[(&item, status::ENDED)]);

    let json = told(&timeline(&program).args([site::AGENT, "--json", "--messages"]).output().unwrap());
    for private in ["hunter2", site::OUTSIDE, "30123456"] {
        assert!(!json.contains(private), "{private} in\n{json}");
    }
    let whole: Value = serde_json::from_str(&json).unwrap();
    let entries = whole["entries"].as_array().unwrap();
    let find = |what: &str, fits: &dyn Fn(&Value) -> bool| {
        entries.iter().find(|entry| fits(entry)).unwrap_or_else(|| panic!("there is no {what} in\n{json}")).clone()
    };
    let is = |entry: &Value, kind: &str, name: &str, outcome: &str| {
        entry["kind"] == kind && entry["name"] == name && entry["outcome"] == outcome
    };
    find("beginning", &|entry| is(entry, "session", "session", "logged_on"));
    let accept = find("command", &|entry| is(entry, "command", "Item.accept", "answered"));
    assert!(accept["took_ms"].as_f64().is_some_and(|took| took > 0.0) && accept["item"].is_string(), "{accept}");
    assert!(
        accept["message"]["text"].as_str().unwrap().contains("accept") && accept["answer"]["length"].as_u64().unwrap() > 100,
        "{accept}"
    );
    let unhold = find("fault", &|entry| is(entry, "command", "PhoneCall.unhold", "fault"));
    assert!(unhold["detail"].as_str().unwrap().contains("nobody-has-this"), "{unhold}");
    let request = find("request to the switch", &|entry| is(entry, "request", "answer", "accepted"));
    find("word of the switch", &|entry| is(entry, "said", "interaction", "connected") && entry["interaction"] == request["interaction"]);
    let event = find("event", &|entry| is(entry, "event", "phoneCallChanged", "delivered") && entry["item"] == accept["item"]);
    assert!(event["detail"].as_str().unwrap().starts_with("127.0.0.1:"), "{event}");
    let state = find("state", &|entry| {
        let items = entry["states"]["items"].as_array();
        items.is_some_and(|items| items.iter().any(|item| item["told"] == "connected" && item["state"] == "connected"))
    });
    assert!(state["states"]["workmode"].is_number() && state["states"]["connection"] == "up", "{state}");
    let times: Vec<_> = entries.iter().map(|entry| entry["at_ms"].as_i64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");

    let lines = told(&timeline(&program).arg(site::AGENT).output().unwrap());
    assert!(lines.contains("SAP ─▶      Item.accept  ") && lines.contains("      ─▶ SW answer  "), "{lines}");
    assert!(told(&timeline(&program).output().unwrap()).starts_with("CRMFOSOUT  last "));
    let nobody = timeline(&program).arg("NOBODY").output().unwrap();
    assert_eq!(nobody.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("Nothing has happened with NOBODY"), "{nobody:?}");
}

fn a_timeline_is_followed_and_goes_on_after_the_log_off(switch: Switch) {
    let program = Program::on(switch, site::FILE);
    let sink = Sink::start();
    let mut anna = Agent::of(&program, site::AGENT);
    agent::log_on(&mut anna, &Ear::new(&sink, "/anna").url());
    let mut follower = timeline(&program).args([site::AGENT, "--follow", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    let mut until = |what: &str, fits: &dyn Fn(&Value) -> bool| {
        loop {
            let line = lines.next().unwrap_or_else(|| panic!("it ends before {what}")).unwrap();
            if fits(&serde_json::from_str(&line).unwrap()) {
                return;
            }
        }
    };
    until("the log-on", &|entry| entry["outcome"] == "logged_on");
    log_off(&mut anna);
    until("the log-off", &|entry| entry["outcome"] == "logged_off");
    follower.kill().unwrap();
    follower.wait().unwrap();
    assert!(told(&timeline(&program).arg(site::AGENT).output().unwrap()).contains("logged_off"), "it is there after the session");
}

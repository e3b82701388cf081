//! `/metrics` and the alerts before the eyes of Prometheus' own tool.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};
use system_tests::{
    agent::{self, Agent, Ear, Speaker, status},
    http, lab,
    outside::Customer,
    program::Program,
    sink::Sink,
    site,
};

fn promtool(arguments: &[&str], input: &str) -> String {
    let program = lab::installed().join("prometheus/promtool");
    let mut child = Command::new(&program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; run tests/install", program.display()));
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "promtool {arguments:?}: {said}");
    said
}

fn rules() -> String {
    lab::repository().join("assets/prometheus/jackfield.rules.yml").display().to_string()
}

/// The names of all metrics that are documented.
fn documented() -> BTreeSet<String> {
    let list = fs::read_to_string(lab::repository().join("assets/prometheus/metrics.md")).unwrap();
    list.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect()
}

fn value(metrics: &str, sample: &str) -> f64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("there is no {sample} in\n{metrics}")).parse().unwrap()
}

#[test]
fn prometheus_accepts_the_metrics_of_a_service_that_has_worked_and_they_say_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let (store, logs) = (folder.path().join("store"), folder.path().join("logs"));
    let program = Program::with(&format!("{}\n[store]\npath = {store:?}\n[log]\nfolder = {logs:?}\n", site::FILE));
    let sink = Sink::start();
    let mut ear = Ear::new(&sink, "/anna");
    let mut anna = Agent::of(&program, site::AGENT);
    agent::log_on(&mut anna, &ear.url());
    let caller = Customer::calls(&program, site::OUTSIDE, site::QUEUE);
    let call = ear.any_call(status::ALERTING);
    let item = call.get("itemId").unwrap().to_owned();
    anna.must("Item", "accept", &[("itemId", item.as_str().into())]);
    ear.calls(&[(&item, status::CONNECTED)]);
    assert!(anna.call("PhoneCall", "hold", &[("itemId", "nobody-has-this".into())]).is_err());

    let answer = http::exchange(program.admin, &http::get("/metrics")).unwrap();
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let metrics = answer.text();
    assert_eq!(promtool(&["check", "metrics"], &metrics), "", "{metrics}");
    for (sample, least) in [
        ("jackfield_sessions", 1.0),
        ("jackfield_sessions_ready", 0.0),
        ("jackfield_items{channel=\"phone\"}", 1.0),
        ("jackfield_part_up{part=\"switch\"}", 1.0),
        ("jackfield_part_up{part=\"store\"}", 1.0),
        ("jackfield_part_up{part=\"log\"}", 1.0),
        ("jackfield_requests_total{operation=\"User.getAttributes\",outcome=\"answered\"}", 1.0),
        ("jackfield_requests_total{operation=\"PhoneCall.hold\",outcome=\"fault\"}", 1.0),
        ("jackfield_request_duration_seconds_count", 8.0),
        ("jackfield_switch_requests_total{request=\"answer\",outcome=\"accepted\"}", 1.0),
        ("jackfield_switch_request_duration_seconds_count", 2.0),
        ("jackfield_event_duration_seconds_count", 2.0),
        ("jackfield_events_delivered_total", 2.0),
        ("jackfield_store_commit_duration_seconds_count", 1.0),
        ("jackfield_store_records", 2.0),
        ("process_resident_memory_bytes", 1e6),
        ("process_open_fds", 5.0),
    ] {
        assert!(value(&metrics, sample) >= least, "{sample} is {}, less than {least}", value(&metrics, sample));
    }
    assert!(metrics.contains("jackfield_event_host_reached{host=\"127.0.0.1:"), "{metrics}");
    for name in documented() {
        assert!(metrics.contains(&format!("# TYPE {name} ")), "{name} is documented and not served");
    }
    for line in metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(documented().contains(name), "{name} is served and not documented");
    }
    for private in [site::AGENT, "Fosca", site::AGENT_EXTENSION, "30123456", "/anna"] {
        assert!(!metrics.contains(private), "{private} in\n{metrics}");
    }

    caller.leaves();
    ear.calls(&[(&item, status::ENDED)]);
    anna.must("User", "setCurrentWorkmode", &[("userId", site::AGENT.into()), ("workmode", "1".into())]);
    let after = http::exchange(program.admin, &http::get("/metrics")).unwrap().text();
    for gone in ["jackfield_sessions", "jackfield_sessions_ready", "jackfield_items{channel=\"phone\"}"] {
        assert!(value(&after, gone) == 0.0, "{gone} in\n{after}");
    }
}

#[test]
fn metrics_are_for_whoever_may_read_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    fs::write(&token, "open-sesame").unwrap();
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
    let program = Program::with(&format!("{}\n[admin]\ntoken = \"file:{}\"\n", site::FILE, token.display()));
    let ask = |more: &str| {
        let request = format!("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n");
        http::exchange(program.admin, request.as_bytes()).unwrap().status()
    };
    assert_eq!((ask(""), ask("Authorization: Bearer wrong\r\n"), ask("Authorization: Bearer open-sesame\r\n")), (401, 401, 200));
}

#[test]
fn prometheus_accepts_the_alerts_and_they_name_metrics_that_there_are() {
    let said = promtool(&["check", "rules", "--lint=all", "--lint-fatal", &rules()], "");
    assert!(said.contains("SUCCESS"), "{said}");
    let (text, known) = (fs::read_to_string(rules()).unwrap(), documented());
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    for word in words.filter(|word| word.starts_with("jackfield_") || word.starts_with("process_")) {
        let name = ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        assert!(known.contains(name), "the alerts name {word}, which there is not");
    }
}

#[test]
fn alerts_are_raised_when_they_should_be_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let cases = fs::read_to_string(lab::tests("data/prometheus/jackfield.test.yml")).unwrap();
    let file = folder.path().join("jackfield.test.yml");
    fs::write(&file, cases.replace("RULES", &rules())).unwrap();
    let said = promtool(&["test", "rules", file.to_str().unwrap()], "");
    assert!(said.contains("SUCCESS"), "{said}");
}

//! The service under a service manager: what it tells systemd and when, several of it on one host, and the units that are installed.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};
use system_tests::{
    PATIENCE,
    agent::{self, Agent, Ear, Speaker as _},
    certificates::Authority,
    http, lab,
    manager::{Heard, Manager},
    program::Program,
    sink::Sink,
    site,
};

const UNITS: [&str; 3] = ["jackfield.service", "jackfield@.service", "jackfield-connector.service"];

/// Free ports and a store of its own.
fn file(folder: &Path) -> String {
    let store = folder.join("store");
    let listen = "\n[service]\nlisten = \"127.0.0.1:0\"\n[admin]\nlisten = \"127.0.0.1:0\"\n";
    format!("{}{listen}[store]\npath = {:?}\n", site::FILE, store.display().to_string())
}

fn start(folder: &Path, environment: &[(&str, &str)], by: &[&str]) -> Program {
    let program = Program::supervised(folder, &file(folder), "run", environment, by);
    program.unwrap_or_else(|program| panic!("it does not start: {}", program.log()))
}

fn log_on(program: &Program, user: &str, sink: &Sink) {
    agent::log_on(&mut Agent::of(program, user), &Ear::new(sink, &format!("/{user}")).url());
}

/// Waits until exactly this agent is logged on there: one who is just being taken up again is not in the list yet.
fn has_only(program: &Program, user: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = http::exchange(program.admin, &http::get("/status")).unwrap().text();
        let status: Value = serde_json::from_str(&status).unwrap();
        let names: Vec<_> = status["agents"].as_array().unwrap().iter().filter_map(|agent| agent["user"].as_str()).collect();
        if names == [user] {
            return;
        }
        assert!(names.is_empty() && Instant::now() < deadline, "{names:?} instead of {user}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn replace(program: &Program, text: &str) {
    let new = program.config().with_extension("new");
    fs::write(&new, text).and_then(|()| fs::rename(&new, program.config())).unwrap();
}

fn status(heard: &Heard) -> &str {
    heard.value("STATUS").unwrap_or_default()
}

/// Microseconds since the machine was started.
fn uptime() -> f64 {
    let text = fs::read_to_string("/proc/uptime").unwrap();
    text.split(' ').next().unwrap().parse::<f64>().unwrap() * 1e6
}

#[test]
fn a_manager_hears_that_the_service_is_ready_lives_reloads_and_ends() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let at_a_path = Manager::at(&folder.path().join("notify"));
    let nameless = Manager::abstract_name(&format!("jackfield-test-{}", std::process::id()));
    for manager in [at_a_path, nameless] {
        let mut program = start(folder.path(), &[("NOTIFY_SOCKET", manager.name()), ("WATCHDOG_USEC", "200000")], &[]);
        let ready = manager.next();
        assert!(ready.says("READY=1") && status(&ready).contains(&program.url()), "the first word, and where it serves: {ready:?}");
        for _ in 0..3 {
            assert!(manager.next().says("WATCHDOG=1"), "while nothing happens it only lives");
        }
        log_on(&program, site::AGENT, &sink);
        manager.until("an agent", |heard| heard.says("WATCHDOG=1") && status(heard).contains("1 agent is logged on"));

        replace(&program, "schema = 1\nnonsense = true\n");
        let asked = uptime();
        program.signal("HUP");
        let reloading = manager.until("the reload", |heard| heard.says("RELOADING=1"));
        let since: f64 = reloading.value("MONOTONIC_USEC").unwrap().parse().unwrap();
        assert!(since > asked - 1e6 && since < uptime() + 1e6, "systemd 253 and later want the time: {reloading:?}");
        let done = manager.next();
        assert!(done.says("READY=1") && status(&done).contains("refused"), "a reload ends, whatever becomes of the file: {done:?}");
        replace(&program, &(file(folder.path()) + "# as it was\n"));
        program.signal("HUP");
        let done = manager.until("the other reload", |heard| heard.says("READY=1"));
        assert!(!status(&done).contains("refused"), "{done:?}");

        program.signal("TERM");
        manager.until("the end", |heard| heard.says("STOPPING=1"));
        assert!(manager.next().value("EXTEND_TIMEOUT_USEC").is_some(), "what is under way may take its time");
        assert_eq!(program.wait().code(), Some(0));
        fs::remove_file(folder.path().join("store")).unwrap();
    }
}

#[test]
fn a_manager_that_does_not_listen_any_more_holds_nobody_up() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let manager = Manager::at(&folder.path().join("notify"));
    // Its socket is full after a dozen messages, which is a tenth of a second.
    let mut program = start(folder.path(), &[("NOTIFY_SOCKET", manager.name()), ("WATCHDOG_USEC", "10000")], &[]);
    log_on(&program, site::AGENT, &sink);
    for _ in 0..50 {
        program.signal("HUP");
        Agent::of(&program, site::AGENT).must("User", "getAttributes", &[("userId", site::AGENT.into())]);
    }
    program.signal("TERM");
    assert_eq!(program.wait().code(), Some(0));
}

#[test]
fn a_web_connector_tells_its_manager_the_same() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new("Remoting"));
    let [certificate, key] = authority.sign("connector");
    let path = |path: PathBuf| path.display().to_string();
    let file = format!(
        "[service]\nlisten = \"127.0.0.1:0\"\n[flags]\nsecure_remoting = true\n[ici]\nremoting_port = 9\n[connector]\nserver = \"localhost\"\n\
         [remoting]\ncertificate = {:?}\nkey = {:?}\nauthority = {:?}\n",
        path(certificate),
        path(key),
        path(authority.file())
    );
    let manager = Manager::at(&folder.path().join("notify"));
    let environment = [("NOTIFY_SOCKET", manager.name()), ("WATCHDOG_USEC", "200000")];
    let mut program = Program::supervised(folder.path(), &file, "connector", &environment, &[]).unwrap_or_else(|it| panic!("{}", it.log()));
    let ready = manager.next();
    assert!(ready.says("READY=1") && status(&ready).contains(&program.url()), "{ready:?}");
    assert!(manager.next().says("WATCHDOG=1"));
    program.signal("HUP");
    assert!(manager.until("the reload", |heard| heard.says("RELOADING=1")).value("MONOTONIC_USEC").is_some());
    assert!(manager.next().says("READY=1"));
    program.signal("TERM");
    manager.until("the end", |heard| heard.says("STOPPING=1"));
    assert_eq!(program.wait().code(), Some(0));
}

#[test]
fn two_services_on_one_host_share_nothing_and_one_that_takes_what_the_other_has_is_told() {
    let (host, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let [vienna, zurich] = ["vienna", "zurich"].map(|name| {
        let folder = host.path().join(name);
        fs::create_dir(&folder).unwrap();
        folder
    });
    let (mut first, mut second) = (start(&vienna, &[], &[]), start(&zurich, &[], &[]));
    log_on(&first, site::AGENT, &sink);
    log_on(&second, site::EXPERT, &sink);
    has_only(&first, site::AGENT);
    has_only(&second, site::EXPERT);

    // Another with the store of the first, and one at its address.
    let third = host.path().join("third");
    fs::create_dir(&third).unwrap();
    for (file, why) in [
        (file(&vienna), "give each Jackfield a `store.path` of its own"),
        (file(&third).replace("listen = \"127.0.0.1:0\"\n[admin]", &format!("listen = \"{}\"\n[admin]", first.ici)), "cannot listen on"),
    ] {
        let Err(mut refused) = Program::supervised(&third, &file, "run", &[], &[]) else { panic!("two of them with the same: {why}") };
        assert_eq!(refused.wait().code(), Some(69));
        assert!(refused.log().contains(why), "{}", refused.log());
    }

    second.signal("TERM");
    assert_eq!(second.wait().code(), Some(0));
    first.kill();
    let (first, second) = (start(&vienna, &[], &[]), start(&zurich, &[], &[]));
    // Each finds its own again.
    has_only(&first, site::AGENT);
    has_only(&second, site::EXPERT);
}

/// A unit as it is installed, which starts the program that was built.
fn unit(name: &str) -> String {
    let text = fs::read_to_string(lab::repository().join("assets/systemd").join(name)).unwrap();
    text.replace("/usr/bin/jackfield", &lab::jackfield().display().to_string())
}

#[test]
fn systemd_understands_every_line_of_the_units_and_finds_them_well_enclosed() {
    let folder = tempfile::tempdir().unwrap();
    for name in UNITS {
        fs::write(folder.path().join(name), unit(name)).unwrap();
    }
    let instance = folder.path().join("jackfield@vienna.service");
    std::os::unix::fs::symlink("jackfield@.service", &instance).unwrap();
    for name in ["jackfield.service", "jackfield@vienna.service", "jackfield-connector.service"] {
        let path = folder.path().join(name);
        let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&verified.stderr).into_owned();
        // Before systemd 253 the later of the two types is unknown, and the one before it counts.
        let wrong: Vec<_> = said.lines().filter(|line| !line.ends_with("Failed to parse service type, ignoring: notify-reload")).collect();
        assert!(verified.status.success() && wrong.is_empty(), "{name}: {wrong:?}");
        // A service that serves a network, and whose callers only the site knows, is at 1.4 of 10; lower is better.
        let judged =
            Command::new("systemd-analyze").args(["security", "--offline=true", "--no-pager", "--threshold=15"]).arg(&path).output();
        let judged = judged.unwrap();
        assert!(judged.status.success(), "{name}: {}", String::from_utf8_lossy(&judged.stdout));
    }
}

#[test]
fn the_three_units_differ_only_in_what_they_run_and_where() {
    let main = unit("jackfield.service");
    let settings = |text: &str| -> BTreeSet<String> { text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect() };
    for (name, file, of) in
        [("jackfield@.service", "%i", "jackfield/%i"), ("jackfield-connector.service", "connector", "jackfield/connector")]
    {
        let other =
            unit(name).replace(&format!("/{file}.toml"), "/jackfield.toml").replace(&format!("Directory={of}"), "Directory=jackfield");
        let other = other.replace(" connector --config", " run --config");
        let (main, other) = (settings(&main), settings(&other));
        let differ: Vec<_> = main.symmetric_difference(&other).filter(|line| !line.starts_with("Description=")).collect();
        assert!(differ.is_empty(), "{name}: {differ:?}");
    }
}

/// A system call, or all of a group's.
fn resolve(groups: &[(String, Vec<String>)], name: &str, into: &mut BTreeSet<String>) {
    match groups.iter().find(|(group, _)| group == name) {
        Some((_, members)) => members.iter().for_each(|member| resolve(groups, member, into)),
        None => drop(into.insert(name.to_owned())),
    }
}

/// The system calls that a unit allows, as systemd itself resolves the groups.
fn allowed(unit: &str) -> BTreeSet<String> {
    let listed = Command::new("systemd-analyze").args(["--no-pager", "syscall-filter"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for line in listed.lines() {
        match line.trim() {
            _ if line.starts_with('@') => groups.push((line.trim().to_owned(), Vec::new())),
            call if line.starts_with(' ') && !call.starts_with('#') => groups.last_mut().unwrap().1.push(call.to_owned()),
            _ => {}
        }
    }
    let (mut all, mut without) = (BTreeSet::new(), BTreeSet::new());
    for line in unit.lines().filter_map(|line| line.strip_prefix("SystemCallFilter=")) {
        match line.strip_prefix('~') {
            Some(names) => names.split(' ').for_each(|name| resolve(&groups, name, &mut without)),
            None => line.split(' ').for_each(|name| resolve(&groups, name, &mut all)),
        }
    }
    all.difference(&without).cloned().collect()
}

#[test]
fn the_service_makes_no_system_call_that_its_unit_forbids_and_no_memory_that_can_be_written_and_run() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let trace = folder.path().join("trace").display().to_string();
    let manager = Manager::at(&folder.path().join("notify"));
    // By -D the program is our child and strace its own.
    let mut program = start(folder.path(), &[("NOTIFY_SOCKET", manager.name())], &["strace", "-D", "-f", "-q", "-o", &trace]);
    log_on(&program, site::AGENT, &sink);
    let mut agent = Agent::of(&program, site::AGENT);
    let item = agent.must("Item", "create", &[]).answer().to_owned();
    agent.must("PhoneCall", "dial", &[("itemId", item.into()), ("destination", site::OUTSIDE.into())]);
    replace(&program, &(file(folder.path()) + &format!("[log]\nfolder = {:?}\n", folder.path().join("log").display().to_string())));
    program.signal("HUP");
    manager.until("the reload", |heard| heard.says("READY=1") && status(heard).contains("1 agent"));
    program.signal("TERM");
    assert_eq!(program.wait().code(), Some(0));

    // The tracer ends when it has written the last line.
    let deadline = Instant::now() + PATIENCE;
    let ended = |line: &str| line.starts_with(&program.id().to_string()) && line.ends_with("+++ exited with 0 +++");
    let text = loop {
        let text = fs::read_to_string(&trace).unwrap();
        if text.lines().any(ended) {
            break text;
        }
        assert!(Instant::now() < deadline, "strace does not end");
        thread::sleep(Duration::from_millis(20));
    };
    let calls = text.lines().filter_map(|line| {
        let call = line.split_once(' ')?.1.trim_start();
        let call = call.strip_prefix("<... ").map_or(call, |resumed| resumed.split(' ').next().unwrap_or_default());
        Some(call.split('(').next()?.to_owned()).filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    });
    let calls: BTreeSet<_> = calls.collect();
    assert!(calls.contains("accept4") && calls.contains("sendto"), "the trace has what it was made for: {calls:?}");
    // execve is how it is started, which is before the filter counts for it.
    let allowed = allowed(&unit("jackfield.service"));
    let forbidden: Vec<_> = calls.difference(&allowed).collect();
    assert!(forbidden.is_empty(), "{forbidden:?}");
    let both: Vec<_> = text.lines().filter(|line| line.contains("PROT_WRITE|PROT_EXEC")).collect();
    assert!(both.is_empty(), "{both:?}");
}

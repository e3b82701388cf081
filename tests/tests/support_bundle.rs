//! `jackfield support-bundle` of a service that works: what is in it, and that no secret is, wherever it was planted.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
    time::Instant,
};
use system_tests::{
    PATIENCE,
    agent::{self, Agent, Ear, Speaker, status},
    lab,
    program::Program,
    script,
    sink::Sink,
    site,
};

/// What begins like this must not be in any file of a bundle.
const PLANTED: &str = "plant-";

fn bundle(file: &Path, more: &[&str]) -> Output {
    let output = Command::new(lab::jackfield())
        .args(["support-bundle", "--config"])
        .arg(file)
        .args(more)
        .env("SLD_PASSWORD", "plant-env")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Every file of an archive, unpacked by somebody else's program.
fn unpacked(archive: &Path) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let python = Command::new("python3").args(["-m", "zipfile", "-e"]).arg(archive).arg(folder.path()).status().unwrap();
    assert!(python.success());
    let (mut files, mut folders) = (BTreeMap::new(), vec![folder.path().to_path_buf()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder.path()).unwrap().display().to_string();
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn secret(folder: &Path, name: &str, secret: &str) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, secret).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    file
}

#[test]
fn secrets_planted_everywhere_are_in_no_file_of_the_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let (token, logs) = (secret(folder.path(), "token", "plant-token"), folder.path().join("logs"));
    // The listener of a service on a port of its own choice is not in its file: it is named below.
    let file = format!(
        "{}\n[admin]\ntoken = \"file:{}\"\n[log]\nfolder = {logs:?}\n[log.topics]\nici = 99\nhttp = 99\n\
         [sld]\nserver = \"127.0.0.1\"\nport = 1\nuser_id = \"slduser\"\npassword = \"env:SLD_PASSWORD\"\n",
        site::FILE,
        token.display()
    );
    let program = Program::with(&file);
    let sink = Sink::start();
    let mut ear = Ear::new(&sink, "/anna?session=plant-session");
    let mut anna = Agent::of(&program, site::AGENT);
    agent::log_on(&mut anna, &ear.url());
    // Nobody outside may call without the token.
    let mut bert = Agent::of(&program, site::CALLER);
    agent::log_on(&mut bert, &sink.url("/bert"));
    let item = script::rings_at(&mut bert, site::AGENT_EXTENSION, &mut ear);
    let data = "<x><Password>plant-attached</Password><token>plant-attached</token></x>";
    anna.must("Item", "setAttachedData", &[("itemId", item.as_str().into()), ("attachedData", data.into())]);
    anna.must("Item", "getAttachedData", &[("itemId", item.as_str().into())]);
    anna.must("Item", "accept", &[("itemId", item.as_str().into())]);
    ear.calls(&[(&item, status::CONNECTED)]);
    anna.must("PhoneCall", "drop", &[("itemId", item.as_str().into())]);
    ear.calls(&[(&item, status::ENDED)]);
    // A literal secret where a reference should be: the file is refused, and the one before goes on.
    fs::write(
        program.config(),
        format!("# plant-comment\n{file}\n[switch]\npassword = \"plant-literal\"\n[odd-key]\nx = \"plant-unknown\"\n"),
    )
    .unwrap();
    program.signal("HUP");
    let day = || fs::read_dir(&logs).unwrap().next().unwrap().unwrap().path();
    let log = || fs::read_to_string(day().join("SapIci.log")).unwrap_or_default();
    let begun = Instant::now();
    while !log().contains("configuration refused") {
        assert!(begun.elapsed() < PATIENCE, "{}", log());
        thread::yield_now();
    }
    let mut lines = OpenOptions::new().append(true).open(day().join("SapIci.log")).unwrap();
    let now = "2126-11-30T12:00:00.000000Z  INFO service:";
    for line in [
        "somebody logs on with password=plant-log user=x",
        "Authorization: Bearer plant-bearer",
        "GET http://anna:plant-address@proxy.example:8080/x?key=plant-query failed",
        "the file said plant-literal and the environment plant-env, and the token is plant-token",
        "<Password>plant-xml</Password> and {\"client_secret\": \"plant-json\"}",
        "+4930987654321 is a customer",
    ] {
        writeln!(lines, "{now} {line}").unwrap();
    }
    drop(lines);

    let admin = program.admin.to_string();
    let order = ["--admin", &admin, "--agent", site::AGENT, "--messages"];
    let listed = bundle(&program.config(), &[&order[..], &["--list", "--json"]].concat());
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(listed["file"].is_null() && listed["bytes"].as_u64().unwrap() > 1000, "{listed}");
    let archive = folder.path().join("bundle.zip");
    let out = archive.display().to_string();
    bundle(&program.config(), &[&order[..], &["--out", &out]].concat());
    assert_eq!(archive.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let files = unpacked(&archive);

    let names: Vec<_> = files.keys().map(String::as_str).collect();
    for entry in listed["entries"].as_array().unwrap() {
        assert!(names.contains(&entry["name"].as_str().unwrap()), "{entry} is listed and not in {names:?}");
    }
    assert_eq!(listed["entries"].as_array().unwrap().len(), names.len(), "{names:?}");
    for (name, text) in &files {
        assert!(!text.contains(PLANTED), "a secret is in {name}: {}", text.lines().find(|line| line.contains(PLANTED)).unwrap());
        assert!(!text.contains("30123456") && !text.contains("30987654321"), "a customer's number is in {name}:\n{text}");
    }
    let log = files.iter().find(|(name, _)| name.ends_with("SapIci.log")).unwrap().1;
    for (text, said) in [
        (&files["jackfield.toml"], "user_id = \"slduser\""),
        (&files["jackfield.toml"], "password = \"env:SLD_PASSWORD\""),
        (&files["versions.txt"], concat!("jackfield ", env!("CARGO_PKG_VERSION"))),
        (&files["check.jsonl"], "literal-secret"),
        (&files["readyz.txt"], "configuration: degraded"),
        (&files["status.json"], "\"user\": \"CRMFOSOUT\""),
        (&files["metrics.txt"], "jackfield_sessions 2"),
        (&files["timelines/CRMFOSOUT.json"], "Item.setAttachedData"),
        (&files["README.txt"], "timelines/CRMFOSOUT.json"),
        (log, "somebody logs on with password=***"),
        (log, "+0000000"),
    ] {
        assert!(text.contains(said), "{said} is missing in\n{text}");
    }
    let again = Command::new(lab::jackfield()).args(["support-bundle", "--out", &out]).output().unwrap();
    assert_eq!(again.status.code(), Some(74), "{again:?}");
    assert!(String::from_utf8_lossy(&again.stderr).contains("--out"), "{again:?}");
}

#[test]
fn without_a_service_and_without_a_file_a_bundle_says_what_it_could_not_have() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("bundle.zip");
    let order = ["--admin", "127.0.0.1:1", "--out", archive.to_str().unwrap()];
    bundle(&folder.path().join("nowhere.toml"), &order);
    let files = unpacked(&archive);
    assert!(files["jackfield.toml"].contains("There is no file"), "{}", files["jackfield.toml"]);
    assert!(files["readyz.txt"].contains("cannot be reached"), "{}", files["readyz.txt"]);
}

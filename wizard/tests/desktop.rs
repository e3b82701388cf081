//! What a desktop gives the wizard, with the real things: gnome-keyring unlocked, locked and missing, and a portal that shows file dialogs.
//!
//! Each test runs itself once more inside a session bus of its own, because the address of the bus belongs to the whole process; what the
//! inner run finds out it prints, and the outer one judges.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "all of this file is a test, and the inner run tells the outer one")]

use secrecy::ExposeSecret;
use shared::{
    definition::PathKind,
    secret::{
        SecretRef, keep,
        store::{self, SecretError},
    },
};
use std::{fmt::Debug, path::Path, process::Command, time::Duration};
use wizard::{
    browse::{self, Ask},
    jobs::Jobs,
};

/// Set for the inner run.
const INNER: &str = "JACKFIELD_TEST_INSIDE_SESSION";
const SOON: Duration = Duration::from_secs(20);

/// Is this the inner run?
fn is_inner() -> bool {
    std::env::var_os(INNER).is_some()
}

fn tell(what: &str, outcome: &impl Debug) {
    println!("TOLD {what}: {outcome:?}");
}

/// Runs a test once more behind `before`, a shell's words, in a bus that starts services only where `services` says so.
fn inside(home: &Path, test: &str, services: bool, before: &str) -> String {
    let bus = home.join("bus.conf");
    let folders = if services { "<standard_session_servicedirs/>" } else { "" };
    let policy =
        r#"<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>"#;
    let listen = "<type>session</type><listen>unix:tmpdir=/tmp</listen>";
    std::fs::write(&bus, format!("<busconfig>{listen}{folders}{policy}</busconfig>")).unwrap();
    let run = format!("{before}\n\"$0\" --exact {test} --nocapture --test-threads=1");
    let output = Command::new("dbus-run-session")
        .arg("--config-file")
        .arg(&bus)
        .args(["--", "bash", "-c", &run])
        .arg(std::env::current_exe().unwrap())
        .env(INNER, "yes")
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("dbus-run-session, which tests/install installs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let told: Vec<_> = said.lines().filter_map(|line| line.split_once("TOLD ")).map(|(_, told)| told).collect();
    told.join("\n") + "\n"
}

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join("data/keyrings")).unwrap();
    home
}

/// What is tried with a keyring.
fn try_keyring() {
    let reference = SecretRef::Keyring("desktop-test".into());
    let brief = |done: Result<(), SecretError>| done.map_err(|error| error.to_string());
    tell("before", &brief(store::resolve(&reference).map(drop)));
    tell("keep", &brief(keep::keep(&reference, &"hünter2".into(), None, SOON)));
    tell("same", &store::resolve(&reference).map(|secret| secret.expose_secret() == "hünter2").ok());
    tell("forget", &brief(keep::forget(&reference, SOON)));
    tell("after", &brief(store::resolve(&reference).map(drop)));
}

#[test]
fn an_unlocked_keyring_keeps_a_secret_gives_it_back_and_forgets_it() {
    if is_inner() {
        return try_keyring();
    }
    let home = home();
    let before = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null";
    let told = inside(home.path(), "an_unlocked_keyring_keeps_a_secret_gives_it_back_and_forgets_it", true, before);
    assert!(told.contains("before: Err(\"keyring:desktop-test is not there"), "{told}");
    assert!(told.contains("keep: Ok(())\nsame: Some(true)\nforget: Ok(())\n"), "{told}");
    assert!(told.contains("after: Err(\"keyring:desktop-test is not there"), "{told}");
}

#[test]
fn a_locked_keyring_is_an_error_with_a_remedy_and_not_a_wait() {
    if is_inner() {
        return try_keyring();
    }
    let home = home();
    let test = "a_locked_keyring_is_an_error_with_a_remedy_and_not_a_wait";
    let unlocked = inside(home.path(), test, true, "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null");
    assert!(unlocked.contains("keep: Ok"), "{unlocked}");
    // The same keyring again, of which nobody has told the password.
    let told = inside(home.path(), test, true, "gnome-keyring-daemon --start --components=secrets >/dev/null");
    assert!(told.contains("keep: Err") && told.contains("locked; unlock it and try again"), "{told}");
}

#[test]
fn a_desktop_without_keyring_and_a_machine_without_desktop_are_told_apart() {
    let test = "a_desktop_without_keyring_and_a_machine_without_desktop_are_told_apart";
    if is_inner() {
        return try_keyring();
    }
    let home = home();
    let told = inside(home.path(), test, false, "");
    assert!(told.contains("keep: Err") && told.contains("install and start gnome-keyring"), "{told}");
    let told = inside(home.path(), test, false, "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere/bus");
    assert!(told.contains("keep: Err") && told.contains("log in at a desktop"), "{told}");
}

#[test]
fn the_portals_dialog_gives_a_path_or_nothing() {
    if is_inner() {
        let jobs = Jobs::new(|| {});
        for kind in [PathKind::File, PathKind::NewFile, PathKind::Folder] {
            let ask = Ask { title: "A title".into(), kind, from: std::env::temp_dir().join("new.pem"), filter: None };
            tell(&format!("{kind:?}"), &browse::ask(&jobs, ask).unwrap().wait());
        }
        return;
    }
    let home = home();
    let chosen = home.path().join("a folder/certificate ü.pem");
    let portal = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/portal.py");
    for (answer, expected) in [("0", format!("Some(Some({chosen:?}))")), ("1", "Some(None)".into()), ("2", "Some(None)".into())] {
        let before = format!(
            "exec 3< <(exec /usr/bin/python3 '{portal}' {answer} '{}'); portal=$!; read -r -u 3 ready; [ \"$ready\" = ready ] || exit 9",
            chosen.display()
        );
        let told = inside(home.path(), "the_portals_dialog_gives_a_path_or_nothing", false, &before);
        for kind in ["File", "NewFile", "Folder"] {
            assert!(told.contains(&format!("{kind}: {expected}\n")), "{answer}: {told}");
        }
    }
}

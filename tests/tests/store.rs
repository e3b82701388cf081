//! What becomes of the store of the real program when its file is damaged, from an older or newer version, or on a disk that is full.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use redb::{ReadableDatabase as _, ReadableTable as _};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};
use system_tests::{
    PATIENCE,
    agent::{self, Agent, Ear, Speaker as _},
    http,
    program::Program,
    sink::Sink,
    site,
};

fn with_store(path: &str) -> String {
    format!("{}\n[store]\npath = \"{path}\"\n", site::FILE)
}

fn start(folder: &Path, file: &str) -> Program {
    Program::with_store(folder, file, None).unwrap_or_else(|program| panic!("it does not start: {}", program.log()))
}

/// A log-on as SAP does it, which ends with something written for the agent.
fn log_on(program: &Program, sink: &Sink) {
    agent::log_on(&mut Agent::of(program, site::AGENT), &Ear::new(sink, "/anna").url());
}

fn status(program: &Program) -> Value {
    serde_json::from_str(&http::exchange(program.admin, &http::get("/status")).unwrap().text()).unwrap()
}

fn names(status: &Value) -> Vec<&str> {
    status["agents"].as_array().unwrap().iter().filter_map(|agent| agent["user"].as_str()).collect()
}

/// Looks until exactly these agents are logged on: one who is just being taken up again is not in the list yet.
fn wait_for_names(program: &Program, wanted: &[&str]) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let told = status(program);
        if names(&told) == wanted {
            return;
        }
        assert!(Instant::now() < deadline, "{told}\n{}", program.log());
        thread::sleep(Duration::from_millis(20));
    }
}

/// Looks until the store is as it should be.
fn wait_for_store(program: &Program, what: &str, fits: impl Fn(&Value) -> bool) {
    let deadline = Instant::now() + 2 * PATIENCE;
    loop {
        let store = status(program)["store"].take();
        if fits(&store) {
            return;
        }
        assert!(Instant::now() < deadline, "{what}: {store}\n{}", program.log());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Files beside the store that were set aside.
fn set_aside(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("store.set-aside")).collect()
}

#[test]
fn an_agent_goes_on_after_a_kill_and_a_damaged_file_is_set_aside_once() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let file = with_store("STORE");
    let mut program = start(folder.path(), &file);
    log_on(&program, &sink);
    program.kill();

    let mut program = start(folder.path(), &file);
    assert_eq!(names(&status(&program)), [site::AGENT], "what was acknowledged is there again");
    program.kill();

    // As a disk leaves it that has lost its mind: the right length, other content.
    let store = folder.path().join("store");
    let damaged = vec![0x5a_u8; fs::read(&store).unwrap().len()];
    fs::write(&store, &damaged).unwrap();
    let mut program = start(folder.path(), &file);
    let told = status(&program);
    assert_eq!(names(&told), [""; 0]);
    assert!(told["store"]["set_aside"].as_str().is_some(), "{told}");
    assert!(program.log().contains("it is kept as"), "{}", program.log());
    let aside = set_aside(folder.path());
    assert_eq!(aside.len(), 1, "{aside:?}");
    assert_eq!(fs::read(&aside[0]).unwrap(), damaged, "support gets it as it was");
    let ready = http::exchange(program.admin, &http::get("/readyz")).unwrap();
    assert_eq!(ready.status(), 200, "{}", ready.text());
    log_on(&program, &sink);
    program.kill();

    let program = start(folder.path(), &file);
    assert_eq!(names(&status(&program)), [site::AGENT], "the new file is used");
    assert_eq!(set_aside(folder.path()).len(), 1, "and is not set aside as well");
}

/// Changes a file as the program of another version would have left it.
fn rewrite(store: &Path, work: impl FnOnce(&redb::WriteTransaction)) {
    let database = redb::Database::open(store).unwrap();
    let transaction = database.begin_write().unwrap();
    work(&transaction);
    transaction.commit().unwrap();
}

/// What `store.rs` keeps about the file as a whole, and about agents who are logged on.
const ABOUT: redb::TableDefinition<&str, u64> = redb::TableDefinition::new("about");
const SESSIONS: redb::TableDefinition<&str, &[u8]> = redb::TableDefinition::new("sessions");

/// Makes a file one of the first form, which had no word on who wrote it.
fn as_first_form(store: &Path) {
    rewrite(store, |transaction| {
        drop(transaction.open_table(ABOUT).unwrap().insert("schema", 1).unwrap());
        assert!(transaction.delete_table(redb::TableDefinition::<&str, &str>::new("program")).unwrap());
    });
}

#[test]
fn a_file_of_an_older_form_is_brought_along_with_its_agents_and_the_copy_leads_back() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let file = with_store("STORE");
    let mut program = start(folder.path(), &file);
    log_on(&program, &sink);
    program.kill();
    let store = folder.path().join("store");
    as_first_form(&store);

    let mut program = start(folder.path(), &file);
    wait_for_names(&program, &[site::AGENT]);
    let copy = folder.path().join("store.form-1");
    assert!(program.log().contains("brought from the form 1"), "{}", program.log());
    program.kill();

    // Whoever goes back to the version before puts the copy in the store's place.
    fs::rename(&copy, &store).unwrap();
    let database = redb::Database::open(&store).unwrap();
    let kept = database.begin_read().unwrap();
    assert_eq!(kept.open_table(ABOUT).unwrap().get("schema").unwrap().unwrap().value(), 1, "the version before knows it");
    assert!(kept.open_table(SESSIONS).unwrap().get(site::AGENT).unwrap().is_some(), "and finds everything in it");
    drop((kept, database));
    let program = start(folder.path(), &file);
    wait_for_names(&program, &[site::AGENT]);
    assert!(copy.exists(), "and the next update keeps a copy again");
}

#[test]
fn a_file_of_a_newer_form_is_refused_in_one_sentence_and_at_a_reload_nothing_changes() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let file = with_store("STORE");
    let mut program = start(folder.path(), &file);
    log_on(&program, &sink);
    program.kill();
    let store = folder.path().join("store");
    rewrite(&store, |transaction| drop(transaction.open_table(ABOUT).unwrap().insert("schema", 3).unwrap()));

    let Err(mut refused) = Program::with_store(folder.path(), &file, None) else { panic!("it starts") };
    assert_eq!(refused.wait().code(), Some(64), "a service manager does not try again");
    let said = refused.log();
    assert!(said.contains("in the form 3") && said.contains("install the newer one again") && said.contains("store.form-2"), "{said}");
    assert_eq!(set_aside(folder.path()), [""; 0].map(PathBuf::from), "nothing is set aside, nothing is lost");

    let other = tempfile::tempdir().unwrap();
    let program = start(other.path(), &with_store("STORE"));
    log_on(&program, &sink);
    let new = program.config().with_extension("new");
    fs::write(&new, with_store(&store.display().to_string())).and_then(|()| fs::rename(&new, program.config())).unwrap();
    program.signal("HUP");
    let deadline = Instant::now() + PATIENCE;
    while !program.log().contains("install the newer one again") {
        assert!(Instant::now() < deadline, "the reload is not refused: {}", program.log());
        thread::sleep(Duration::from_millis(20));
    }
    wait_for_names(&program, &[site::AGENT]);
}

#[test]
fn a_newer_file_is_refused_in_one_sentence_and_the_roll_back_that_it_names_leads_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = with_store("STORE");
    let mut program = start(folder.path(), &file);
    program.kill();
    let config = program.config();
    // As the newer version does it: a backup of what was there, then the file in its own layout.
    let newer = "schema = 2\n[a_chapter_of_another_day]\nsetting = true\n";
    fs::copy(&config, folder.path().join("jackfield.toml.backup")).unwrap();
    fs::write(&config, newer).unwrap();
    let Err(mut refused) = Program::supervised(folder.path(), newer, "run", &[], &[]) else { panic!("it starts") };
    assert_eq!(refused.wait().code(), Some(64));
    let said = refused.log();
    assert!(said.contains("layout 2") && said.contains("jackfield config rollback"), "{said}");
    assert!(!said.contains("a_chapter_of_another_day"), "one sentence, and none about what this version cannot judge: {said}");

    let back = Command::new(system_tests::lab::jackfield()).args(["config", "rollback", "--config"]).arg(&config).output().unwrap();
    assert!(back.status.success(), "{}", String::from_utf8_lossy(&back.stderr));
    assert_eq!(fs::read_to_string(folder.path().join("jackfield.toml.backup.latest")).unwrap(), newer, "the newer one is kept, too");
    let restored = fs::read_to_string(&config).unwrap();
    start(folder.path(), &restored);
}

#[test]
fn a_record_of_another_version_costs_its_own_agent_a_log_on_and_nobody_else_anything() {
    let (folder, sink) = (tempfile::tempdir().unwrap(), Sink::start());
    let file = with_store("STORE");
    let mut program = start(folder.path(), &file);
    log_on(&program, &sink);
    agent::log_on(&mut Agent::of(&program, site::EXPERT), &Ear::new(&sink, "/expert").url());
    let item = Agent::of(&program, site::EXPERT).must("Item", "create", &[]).answer().to_owned();
    program.kill();
    rewrite(&folder.path().join("store"), |transaction| {
        let mut sessions = transaction.open_table(SESSIONS).unwrap();
        let mut record = sessions.get(site::AGENT).unwrap().unwrap().value().to_vec();
        // Every record begins with the version of its form.
        record[0] = 0;
        sessions.insert(site::AGENT, record.as_slice()).unwrap();
    });

    let mut program = start(folder.path(), &file);
    let told = status(&program);
    assert_eq!(names(&told), [site::EXPERT], "{told}");
    assert!(told["store"]["set_aside"].is_null(), "one record is no reason to give up the file: {told}");
    assert!(program.log().contains("could not be read and are left out"), "{}", program.log());
    Agent::of(&program, site::EXPERT).must("Item", "setAttachedData", &[("itemId", item.into()), ("attachedData", "goes on".into())]);
    log_on(&program, &sink);
    program.kill();
    let program = start(folder.path(), &file);
    assert_eq!(names(&status(&program)), [site::EXPERT, site::AGENT], "and whoever has logged on again is kept again");
}

/// A small disk of its own, taken away with the test.
struct Disk(tempfile::TempDir);

impl Disk {
    fn of(size: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(folder.path()).output().unwrap();
        assert!(mounted.status.success(), "this test needs the right to mount: {}", String::from_utf8_lossy(&mounted.stderr));
        Self(folder)
    }

    fn resize(&self, size: &str) {
        let resized = Command::new("mount").args(["-o", &format!("remount,size={size}")]).arg(self.0.path()).status().unwrap();
        assert!(resized.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: the program may still have a file open there.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_costs_nobody_his_work_is_told_and_is_used_again_when_there_is_room() {
    let (folder, sink, disk) = (tempfile::tempdir().unwrap(), Sink::start(), Disk::of("16k"));
    let file = with_store(&disk.0.path().join("store").display().to_string());
    let mut program = start(folder.path(), &file);
    log_on(&program, &sink);
    wait_for_store(&program, "a full disk is told", |store| store["degraded"].is_string());
    let ready = http::exchange(program.admin, &http::get("/readyz")).unwrap();
    assert_eq!(ready.status(), 200, "agents work on: {}", ready.text());
    assert!(ready.text().contains("in memory only until it can"), "{}", ready.text());
    Agent::of(&program, site::AGENT).must("User", "getAttributes", &[("userId", site::AGENT.into())]);

    disk.resize("32m");
    wait_for_store(&program, "the disk is used again", |store| store["degraded"].is_null() && store["waiting"] == 0);
    program.kill();
    let program = start(folder.path(), &file);
    assert_eq!(names(&status(&program)), [site::AGENT], "everything was written that had waited");
}

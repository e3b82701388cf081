//! Log files of the real program: where they are, what is in which, and that the file changes them while it works.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::{fs, path::Path, thread, time::Instant};
use system_tests::{
    PATIENCE,
    agent::{self, Agent, Ear},
    http,
    program::Program,
    sink::Sink,
    site,
};

/// All of the days' files of this name.
fn log(folder: &Path, name: &str) -> String {
    let days = fs::read_dir(folder).into_iter().flatten().filter_map(|day| Some(day.ok()?.path().join(name)));
    days.filter_map(|path| fs::read_to_string(path).ok()).collect()
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        thread::yield_now();
    }
}

fn refused_request(program: &Program) {
    assert_eq!(http::exchange(program.ici, &http::get("/nothing/here")).unwrap().status(), 404);
}

#[test]
fn requests_and_the_service_have_a_log_each_that_levels_change_while_it_works() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    let file = format!("{}\n[log]\nfolder = {logs:?}\n", site::FILE);
    let program = Program::with(&file);
    refused_request(&program);
    until("a refused request is in the log of the web service", || log(&logs, "SapIciWeb.log").contains("request refused"));
    assert!(log(&logs, "SapIci.log").contains("listening ici"), "{}", log(&logs, "SapIci.log"));
    assert!(!log(&logs, "SapIci.log").contains("request refused"));
    assert!(!program.log().contains("listening ici"), "with files, standard error has only what is wrong: {}", program.log());

    fs::write(program.config(), format!("{file}\n[log.topics]\nhttp = 99\n")).unwrap();
    program.signal("HUP");
    until("the new level is in force", || {
        refused_request(&program);
        log(&logs, "SapIciWeb.log").contains("DEBUG")
    });

    let moved = folder.path().join("elsewhere");
    fs::write(program.config(), file.replace(&format!("{logs:?}"), &format!("{moved:?}"))).unwrap();
    program.signal("HUP");
    until("the log goes to the other folder", || {
        refused_request(&program);
        log(&moved, "SapIciWeb.log").contains("request refused")
    });
}

#[test]
fn what_was_logged_last_is_in_the_file_when_the_service_has_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::with(&format!("{}\n[log]\nfolder = {:?}\n", site::FILE, folder.path()));
    program.signal("TERM");
    assert!(program.wait().success());
    assert!(log(folder.path(), "SapIci.log").trim_end().ends_with("stopped"), "{}", log(folder.path(), "SapIci.log"));
}

#[test]
fn log_to_text_makes_one_text_of_the_days_files_as_they_grow() {
    let folder = tempfile::tempdir().unwrap();
    let (logs, text) = (folder.path().join("logs"), folder.path().join("text"));
    let program = Program::with(&format!(
        "{}\n[log]\nfolder = {logs:?}\n[log_to_text]\nenabled = true\nmonitor_folder = true\nsource = \"SapIciWeb*.log\"\n\
         destination = \"certify.txt\"\ndestination_folder = {text:?}\n",
        site::FILE
    ));
    let requests = || fs::read_to_string(text.join("certify.txt")).unwrap_or_default().matches("request refused").count();
    refused_request(&program);
    until("a request is in the text", || requests() == 1);
    refused_request(&program);
    until("the next one is added", || requests() == 2);
}

#[test]
fn the_log_says_who_is_logged_on_as_often_as_the_log_interval_wants() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("{}log_interval = 1\n[log]\nfolder = {:?}\n[log.topics]\nagents = 60\n", site::FILE, folder.path());
    let program = Program::with(&file);
    let sink = Sink::start();
    agent::log_on(&mut Agent::of(&program, site::AGENT), &Ear::new(&sink, "/anna").url());
    until("the agents are counted and named", || {
        let log = log(folder.path(), "SapIci.log");
        log.contains("logged on from SAP agents=1") && log.lines().any(|line| line.contains("is logged on") && line.contains(site::AGENT))
    });
}

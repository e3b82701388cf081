//! `jackfield agents` against the real program: who is logged on, who of them is a ghost, and logging one off.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use std::process::{Command, Output};
use system_tests::{
    agent::{self, Agent, Ear},
    lab, on_each_switch,
    program::Program,
    sink::Sink,
    site,
    switch::Switch,
};

on_each_switch!(an_agent_is_listed_and_no_ghost_while_sap_speaks, a_ghost_is_told_with_its_reason_and_logged_off_and_sap_hears_of_it,);

fn agents(program: &Program, arguments: &[&str]) -> Output {
    let admin = program.admin.to_string();
    Command::new(lab::jackfield()).arg("agents").args(arguments).args(["--admin", &admin]).output().unwrap()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn an_agent_is_listed_and_no_ghost_while_sap_speaks(switch: Switch) {
    let program = Program::on(switch, site::FILE);
    assert_eq!(told(&agents(&program, &[])), "nobody is logged on\n");
    let sink = Sink::start();
    let ear = Ear::new(&sink, "/anna");
    agent::log_on(&mut Agent::of(&program, site::AGENT), &ear.url());
    let list = told(&agents(&program, &[]));
    assert!(list.starts_with("agent      workmode"), "{list}");
    assert!(list.lines().nth(1).unwrap().starts_with("CRMFOSOUT  "), "{list}");
    assert_eq!(told(&agents(&program, &["--ghosts"])), "no ghosts\n");
}

fn a_ghost_is_told_with_its_reason_and_logged_off_and_sap_hears_of_it(switch: Switch) {
    let program = Program::on(switch, &format!("{}\n[agents]\nghost_after = \"1ms\"\n", site::FILE));
    let sink = Sink::start();
    let ear = Ear::new(&sink, "/anna");
    agent::log_on(&mut Agent::of(&program, site::AGENT), &ear.url());
    let list = told(&agents(&program, &["--ghosts"]));
    assert!(list.contains("SAP has not said anything"), "{list}");
    let json = told(&agents(&program, &["--ghosts", "--json"]));
    assert!(json.contains("\"user\": \"CRMFOSOUT\"") && json.contains("\"ghost\": \"silent\""), "{json}");

    assert_eq!(told(&agents(&program, &["log-off", site::AGENT])), "CRMFOSOUT is logged off\n");
    sink.wait(0, "the end of the subscription", |event| event.name == "subscriptionEnded");
    assert_eq!(told(&agents(&program, &[])), "nobody is logged on\n");
    let again = agents(&program, &["log-off", site::AGENT]);
    assert_eq!(again.status.code(), Some(69));
    assert!(String::from_utf8_lossy(&again.stderr).contains("CRMFOSOUT is not logged on"), "{again:?}");
}

//! The same day with plain strings, in SAP's own style: what real clients do is judged against this.

use system_tests::{agent::Agent, on_each_switch, program::Program, script, sink::Sink, site, switch::Switch};

on_each_switch!(an_agent_takes_a_call_through_every_operation);

fn an_agent_takes_a_call_through_every_operation(switch: Switch) {
    let program = Program::on(switch, site::FILE);
    let sink = Sink::start();
    script::whole_day(&mut Agent::of(&program, site::AGENT), &program, &sink);
}

#[test]
fn sigterm_ends_the_program_with_0() {
    let mut program = Program::start();
    program.signal("TERM");
    assert_eq!(program.wait().code(), Some(0));
}

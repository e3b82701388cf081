//! The same day with plain strings, in SAP's own style: what real clients do is judged against this.

use system_tests::{agent::Agent, program::Program, script, sink::Sink, site};

#[test]
fn an_agent_takes_a_call_through_every_operation() {
    let program = Program::start();
    let sink = Sink::start();
    script::whole_day(&mut Agent::of(&program, site::AGENT), &program, &sink);
}

#[test]
fn sigterm_ends_the_program_with_0() {
    let mut program = Program::start();
    program.signal("TERM");
    assert_eq!(program.wait().code(), Some(0));
}

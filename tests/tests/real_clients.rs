//! Real SOAP clients live through an agent's whole day: zeep and node-soap from the published `?wsdl` alone, Axis 1.4 without one.

use system_tests::{client::Client, program::Program, script, sink::Sink, site};

#[test]
fn zeep_takes_a_call_through_every_operation_from_the_published_wsdl() {
    whole_day("zeep", "agent", "?wsdl");
}

#[test]
fn zeep_takes_a_call_through_every_operation_from_the_encoded_wsdl() {
    whole_day("zeep", "agent", "?wsdl=encoded");
}

#[test]
fn node_soap_takes_a_call_through_every_operation_from_the_published_wsdl() {
    whole_day("node", "agent", "?wsdl");
}

#[test]
fn axis_takes_a_call_through_every_operation_without_a_wsdl() {
    whole_day("axis", "Agent", "");
}

fn whole_day(client: &str, program: &str, query: &str) {
    let service = Program::start();
    let sink = Sink::start();
    let mut client = Client::start(client, program, &format!("{}{query}", service.url()), site::AGENT);
    script::whole_day(&mut client, &service, &sink);
}

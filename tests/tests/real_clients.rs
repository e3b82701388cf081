//! Real SOAP clients live through an agent's whole day: zeep and node-soap from the published `?wsdl` alone, Axis 1.4 without one.

use system_tests::{client::Client, on_each_switch, program::Program, script, sink::Sink, site, switch::Switch};

on_each_switch!(
    zeep_takes_a_call_through_every_operation_from_the_published_wsdl,
    zeep_takes_a_call_through_every_operation_from_the_encoded_wsdl,
    node_soap_takes_a_call_through_every_operation_from_the_published_wsdl,
    axis_takes_a_call_through_every_operation_without_a_wsdl,
);

fn zeep_takes_a_call_through_every_operation_from_the_published_wsdl(switch: Switch) {
    whole_day(switch, "zeep", "agent", "?wsdl");
}

fn zeep_takes_a_call_through_every_operation_from_the_encoded_wsdl(switch: Switch) {
    whole_day(switch, "zeep", "agent", "?wsdl=encoded");
}

fn node_soap_takes_a_call_through_every_operation_from_the_published_wsdl(switch: Switch) {
    whole_day(switch, "node", "agent", "?wsdl");
}

fn axis_takes_a_call_through_every_operation_without_a_wsdl(switch: Switch) {
    whole_day(switch, "axis", "Agent", "");
}

fn whole_day(switch: Switch, client: &str, program: &str, query: &str) {
    let service = Program::on(switch, site::FILE);
    let sink = Sink::start();
    let mut client = Client::start(client, program, &format!("{}{query}", service.url()), site::AGENT);
    script::whole_day(&mut client, &service, &sink);
}

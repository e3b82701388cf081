//! What agents need beside their calls, over the wire, by zeep from the published WSDL and with plain strings: a seat of their choice, who is
//! there to transfer to, the work after a call, texts in their language, the figures of the site.

use system_tests::{
    agent::{self, Agent, Ear, Speaker, status},
    client::Client,
    on_each_switch,
    outside::Customer,
    program::Program,
    sink::{Event, Sink},
    site,
    switch::Switch,
};

on_each_switch!(
    zeep_sits_down_finds_colleagues_wraps_up_and_watches_the_figures_from_the_published_wsdl,
    an_agent_sits_down_finds_colleagues_wraps_up_and_watches_the_figures,
);

fn zeep_sits_down_finds_colleagues_wraps_up_and_watches_the_figures_from_the_published_wsdl(switch: Switch) {
    let program = Program::on(switch, &site::with_features());
    let sink = Sink::start();
    let mut client = Client::start("zeep", "agent", &format!("{}?wsdl", program.url()), site::AGENT);
    day(&mut client, &program, &sink);
}

fn an_agent_sits_down_finds_colleagues_wraps_up_and_watches_the_figures(switch: Switch) {
    let program = Program::on(switch, &site::with_features());
    let sink = Sink::start();
    day(&mut Agent::of(&program, site::AGENT), &program, &sink);
}

fn day(fosca: &mut dyn Speaker, program: &Program, sink: &Sink) {
    let mut ear = Ear::new(sink, "/agent");
    let mut colleague = Agent::of(program, site::EXPERT);

    // A seat: asked for by a part of its name, taken by the name of the machine, refused to somebody else.
    let seats = fosca.must("System", "getWorkcenterList", &[("filter", "desk*".into())]);
    assert!(seats.holds("Desk-1") && seats.holds("Desk-2") && !seats.holds(site::AGENT_EXTENSION), "{seats:?}");
    fosca.must("User", "setWorkcenter", &[("workcenterId", "desk-1.branch.example.com".into())]);
    let taken = colleague.call("User", "setWorkcenter", &[("workcenterId", "Desk-1".into())]).expect_err("somebody sits there");
    assert!(taken.text.contains(&format!("in use by {}", site::AGENT)), "{taken:?}");
    let seats = colleague.must("System", "getWorkcenterList", &[("filter", "*".into())]);
    assert!(!seats.holds("Desk-1") && seats.holds(site::AGENT_EXTENSION), "{seats:?}");

    // Who she is: her queue with its number, and her statuses as her SAP reads them.
    let attributes = fosca.must("User", "getAttributes", &[("userId", site::AGENT.into())]);
    assert!(attributes.holds("+7001") && attributes.holds("At table") && !attributes.holds("Lunch"), "{attributes:?}");

    // A status that only the switch sets is seen, and cannot be chosen.
    assert!(attributes.holds("Follow Up"), "{attributes:?}");
    let refused = fosca.call("User", "setCurrentWorkmode", &[("userId", site::AGENT.into()), ("workmode", "5".into())]);
    assert!(refused.expect_err("it is the switch's").text.contains("cannot be selected"));
    agent::log_on(fosca, &ear.url());

    // Queues and agents to transfer to: the one where somebody is free, the other by name.
    let queues = fosca.must("System", "getPresenceQueueInfo", &[("channel", "1".into())]);
    assert_eq!((queues.get("id"), queues.get("address")), (Some(site::QUEUE), Some("+7001")), "{queues:?}");
    let found = fosca.must("System", "getUserPresence", &[("searchTerm", "fos* OUT".into())]);
    assert_eq!((found.get("userId"), found.get("presence.id")), (Some(site::AGENT), Some("1")), "{found:?}");
    let nobody = fosca.must("System", "getUserPresence", &[("searchTerm", "fos".into())]);
    assert_eq!(nobody.get("userId"), None, "{nobody:?}");

    // The work after a call is the switch's, and ends when she says that she is ready.
    fosca.must("Monitoring", "subscribe", &[("appUrl", ear.url().into()), ("appId", "MONITOR".into())]);
    let figures = ear.any("the figures of the site", |event| event.name == "monitorDataChanged");
    assert!(holds_figure(&figures, "<id>Support</id>") && holds_figure(&figures, "<answered>0</answered>"), "{figures:?}");
    let customer = Customer::calls(program, site::OUTSIDE, site::QUEUE);
    let call = ear.any_call(status::ALERTING).get("itemId").expect("a call has an id").to_owned();
    fosca.must("Item", "accept", &[("itemId", (&call).into())]);
    ear.calls(&[(&call, status::CONNECTED)]);
    fosca.must("PhoneCall", "drop", &[("itemId", (&call).into())]);
    ear.workmode("5");
    fosca.must("User", "setCurrentWorkmode", &[("userId", site::AGENT.into()), ("workmode", "2".into())]);
    ear.workmode("2");
    customer.leaves();
    ear.any("the figures after the call", |event| holds_figure(event, "<answered>1</answered>"));
    let now = fosca.must("Monitoring", "getMonitorData", &[]);
    assert!(now.answer().contains("<answered>1</answered>"), "{now:?}");
    fosca.must("Monitoring", "unsubscribe", &[("appUrl", ear.url().into()), ("appId", "MONITOR".into())]);
}

fn holds_figure(event: &Event, figure: &str) -> bool {
    event.name == "monitorDataChanged" && event.leaves.get("dataForm").is_some_and(|document| document.contains(figure))
}

//! PHP's `SoapServer` and `SOAP::Lite`'s daemon decode every event that we post, in every state of a call.

use std::collections::BTreeSet;
use system_tests::{
    agent::{self, Agent, Ear, Speaker, status},
    on_each_switch,
    program::Program,
    script::{self, ATTACHED},
    sink::Sink,
    site,
    switch::Switch,
};

on_each_switch!(foreign_soap_servers_decode_every_event_in_every_state);

/// Every code of `processingStatus` that a call can have.
const STATES: [&str; 7] =
    [status::ALERTING, status::CONNECTED, status::HELD, status::ENDED, status::DIALING, status::CONFERENCED, status::LISTENING];

fn foreign_soap_servers_decode_every_event_in_every_state(switch: Switch) {
    let program = Program::on(switch, site::FILE);
    let (ours, php, perl) = (Sink::start(), Sink::php(), Sink::soap_lite());
    let sinks = [(&ours, "/ours"), (&php, "/php?token=a%2Fb"), (&perl, "/perl?token=a%2Fb")];
    let mut ears = sinks.map(|(sink, path)| Ear::new(sink, path));
    let (mut anna, mut caller, mut expert) =
        (Agent::of(&program, site::AGENT), Agent::of(&program, site::CALLER), Agent::of(&program, site::EXPERT));
    let (mut caller_ear, mut expert_ear) = (Ear::new(&ours, "/caller"), Ear::new(&ours, "/expert"));
    agent::log_on(&mut caller, &caller_ear.url());
    agent::log_on(&mut expert, &expert_ear.url());
    let line = agent::log_on(&mut anna, &ears[0].url()).line;
    for ear in &ears[1..] {
        anna.must("User", "subscribe", &[("userId", site::AGENT.into()), ("appUrl", ear.url().into()), ("appId", "CRM".into())]);
        anna.must("Container", "subscribe", &[("containerId", (&line).into()), ("appUrl", ear.url().into()), ("appId", "CRM".into())]);
    }
    anna.must("User", "setCurrentWorkmode", &[("workmode", "4".into())]);
    for ear in &mut ears {
        ear.workmode("4");
    }
    anna.must("User", "setCurrentWorkmode", &[("workmode", "2".into())]);
    for ear in &mut ears {
        ear.workmode("2");
    }

    let item = script::rings_at(&mut caller, site::QUEUE_NUMBER, &mut ears[0]);
    for ear in &mut ears[1..] {
        ear.calls(&[(&item, status::ALERTING)]);
    }
    let mut hear = |calls: &[(&str, &str)]| {
        for ear in &mut ears {
            ear.calls(calls);
        }
    };
    anna.must("Item", "accept", &[("itemId", (&item).into())]);
    hear(&[(&item, status::CONNECTED)]);
    anna.must("Item", "setAttachedData", &[("itemId", (&item).into()), ("attachedData", ATTACHED.into())]);
    hear(&[(&item, status::CONNECTED)]);
    anna.must("PhoneCall", "hold", &[("itemId", (&item).into())]);
    hear(&[(&item, status::HELD)]);
    let second = anna.must("PhoneCall", "consult", &[("itemId", (&item).into()), ("destination", site::EXPERT_EXTENSION.into())]);
    let second = second.answer().to_owned();
    hear(&[(&second, status::DIALING)]);
    let theirs = expert_ear.any_call(status::ALERTING).get("itemId").expect("a call has an item").to_owned();
    expert.must("Item", "accept", &[("itemId", (&theirs).into())]);
    hear(&[(&second, status::CONNECTED)]);
    anna.must("PhoneCall", "conference", &[("itemId", (&item).into()), ("otherItemId", (&second).into())]);
    hear(&[(&item, status::CONFERENCED), (&second, status::ENDED)]);
    anna.must("PhoneCall", "drop", &[("itemId", (&item).into())]);
    hear(&[(&item, status::ENDED)]);
    // Caller and expert may go on without the one who brought them together.
    caller.must("Line", "dropCalls", &[]);
    expert.must("Line", "dropCalls", &[]);
    expert_ear.any_call(status::ENDED);

    let item = caller.must("Item", "create", &[]).answer().to_owned();
    caller.must("PhoneCall", "dial", &[("itemId", (&item).into()), ("destination", site::OUTSIDE.into())]);
    caller_ear.calls(&[(&item, status::CONNECTED)]);
    let heard = anna.must("PhoneCall", "listen", &[("userId", site::CALLER.into())]).answer().to_owned();
    hear(&[(&heard, status::LISTENING)]);
    anna.must("PhoneCall", "listenEnd", &[("itemId", (&heard).into())]);
    hear(&[(&heard, status::ENDED)]);
    anna.must("User", "getAttributes", &[]);
    for ear in &mut ears {
        let ended = ear.any("subscriptionEnded", |event| event.name == "subscriptionEnded");
        assert_eq!(ended.leaves.get("reason.id"), Some("1"), "logged on again: {ended:?}");
        assert!(ended.leaves.get("reason.description").is_some_and(|text| !text.is_empty()), "with words for a person: {ended:?}");
    }

    for (sink, path) in sinks {
        let events = sink.events();
        let events: Vec<_> = events.iter().filter(|event| event.path == path).collect();
        let named = |name: &str| events.iter().filter(|event| event.name == name).copied().collect::<Vec<_>>();
        let calls = named("phoneCallChanged");
        let seen: BTreeSet<_> = calls.iter().filter_map(|event| event.leaves.get("processingStatus.id")).collect();
        assert_eq!(seen, BTreeSet::from(STATES), "{path} has decoded every state of a call");
        for call in &calls {
            assert!(call.leaves.under("appIds").eq(["CRM"]), "one application: {call:?}");
            for field in ["itemId", "containerId", "processingStatus.description", "direction"] {
                assert!(call.leaves.get(field).is_some_and(|text| !text.is_empty()), "{field} is said: {call:?}");
            }
        }
        assert!(
            calls.iter().any(|call| call.leaves.get("attachedData") == Some(ATTACHED)),
            "{path} has decoded attached data byte for byte"
        );
        let users = named("userChanged");
        assert!(users.len() >= 2, "{path} has decoded changes of the agent");
        assert!(users.iter().all(|user| user.leaves.get("userId") == Some(site::AGENT) && user.leaves.under("workmodes").count() > 2));
        assert_eq!(named("subscriptionEnded").len(), 1, "{path} has decoded the end of its subscription, once");
        assert_eq!(events.len(), calls.len() + users.len() + 1, "{path} has heard nothing else");
    }
}

//! One day of an agent, told by whichever client: a call through every operation of the guide's appendix A.

use crate::{
    agent::{self, Agent, Ear, Speaker, status},
    program::Program,
    sink::Sink,
    site,
    soap::{Outcome, Parameters},
};
use std::collections::BTreeSet;

/// Appendix A, as interface and operation.
pub const OPERATIONS: [&str; 34] = [
    "Container.subscribe",
    "Container.unsubscribe",
    "Folder.getMessages",
    "Item.accept",
    "Item.create",
    "Item.deleteAttachedData",
    "Item.getAttachedData",
    "Item.reroute",
    "Item.setAttachedData",
    "Line.dropCalls",
    "Line.getCalls",
    "PhoneCall.alternate",
    "PhoneCall.conference",
    "PhoneCall.consult",
    "PhoneCall.dial",
    "PhoneCall.drop",
    "PhoneCall.dropParty",
    "PhoneCall.getAttributes",
    "PhoneCall.hold",
    "PhoneCall.listen",
    "PhoneCall.listenEnd",
    "PhoneCall.reconnect",
    "PhoneCall.transfer",
    "PhoneCall.unhold",
    "System.exchangeProductInformation",
    "System.getPresenceQueueInfo",
    "System.getWorkcenterCapability",
    "User.getAttributes",
    "User.setAddresses",
    "User.setCurrentChannels",
    "User.setCurrentQueues",
    "User.setCurrentWorkmode",
    "User.subscribe",
    "User.unsubscribe",
];

/// Attached data with everything in it that a careless relay would change.
pub const ATTACHED: &str = "<?xml version = \"1.0\" encoding = \"UTF-8\"?>\n<ItemAttachedData>\n<Application id = \"SAP-IC\">Müller &amp; Söhne</Application>\n\
    <Application id = \"IVR\"><![CDATA[1 < 2]]></Application>\n</ItemAttachedData>";

/// Lets the agent [`site::AGENT`] live through everything, by this client, with colleagues whom the test itself plays.
///
/// # Panics
/// When anything is not as the guide says.
pub fn whole_day(client: &mut dyn Speaker, program: &Program, sink: &Sink) {
    let mut client = Counted { speaker: client, succeeded: BTreeSet::new() };
    let anna = &mut client;
    let (mut ear, mut caller_ear, mut expert_ear) = (Ear::new(sink, "/agent"), Ear::new(sink, "/caller"), Ear::new(sink, "/expert"));
    let (mut caller, mut expert) = (Agent::of(program, site::CALLER), Agent::of(program, site::EXPERT));
    agent::log_on(&mut caller, &caller_ear.url());
    agent::log_on(&mut expert, &expert_ear.url());
    let line = agent::log_on(anna, &ear.url()).line;
    ear.workmode("2");

    let queues = anna.must("System", "getPresenceQueueInfo", &[("channel", "1".into())]);
    assert!(
        queues.holds(site::QUEUE) && queues.holds(&format!("+{}", site::QUEUE_NUMBER)),
        "the queue is listed with its number: {queues:?}"
    );
    anna.must("Folder", "getMessages", &[("folder", "Inbox".into())]);
    assert_eq!(anna.must("Line", "getCalls", &[("lineId", (&line).into())]).all("itemId").count(), 0, "nobody has called yet");

    // A call comes in, with attached data, and is answered, held and taken back.
    let item = rings_at(&mut caller, site::QUEUE_NUMBER, &mut ear);
    anna.must("Item", "setAttachedData", &[("itemId", (&item).into()), ("attachedData", ATTACHED.into())]);
    anna.must("Item", "accept", &[("itemId", (&item).into())]);
    ear.calls(&[(&item, status::CONNECTED)]);
    assert_eq!(anna.must("Item", "getAttachedData", &[("itemId", (&item).into())]).answer(), ATTACHED, "byte for byte");
    assert_eq!(anna.must("PhoneCall", "getAttributes", &[("itemId", (&item).into())]).get("itemId"), Some(item.as_str()));
    assert_eq!(anna.must("Line", "getCalls", &[("lineId", (&line).into())]).all("itemId").collect::<Vec<_>>(), [item.as_str()]);
    anna.must("PhoneCall", "hold", &[("itemId", (&item).into())]);
    ear.calls(&[(&item, status::HELD)]);
    anna.must("PhoneCall", "unhold", &[("itemId", (&item).into())]);
    ear.calls(&[(&item, status::CONNECTED)]);

    // A consultation: back and forth, and then back to the customer.
    let second = consults(anna, &item, &mut ear, &mut expert, &mut expert_ear);
    anna.must("PhoneCall", "alternate", &[("itemId", (&second).into()), ("otherItemId", (&item).into())]);
    ear.calls(&[(&item, status::CONNECTED), (&second, status::HELD)]);
    anna.must("PhoneCall", "alternate", &[("itemId", (&item).into()), ("otherItemId", (&second).into())]);
    ear.calls(&[(&item, status::HELD), (&second, status::CONNECTED)]);
    anna.must("PhoneCall", "reconnect", &[("itemId", (&second).into()), ("otherItemId", (&item).into())]);
    ear.calls(&[(&second, status::ENDED), (&item, status::CONNECTED)]);
    expert_ear.any_call(status::ENDED);

    // A conference keeps the held call's handle; one party leaves it.
    let second = consults(anna, &item, &mut ear, &mut expert, &mut expert_ear);
    let handle = anna.must("PhoneCall", "conference", &[("itemId", (&item).into()), ("otherItemId", (&second).into())]);
    assert_eq!(handle.answer(), item, "the conference has the handle of the held call");
    ear.calls(&[(&second, status::ENDED), (&item, status::CONFERENCED)]);
    let conference = anna.must("PhoneCall", "getAttributes", &[("itemId", (&item).into())]);
    let party = party_of(&conference, site::EXPERT_EXTENSION);
    anna.must("PhoneCall", "dropParty", &[("itemId", (&item).into()), ("party", party.into())]);
    ear.calls(&[(&item, status::CONNECTED)]);
    expert_ear.any_call(status::ENDED);

    // The data go, and the call goes on to somebody else.
    anna.must("Item", "deleteAttachedData", &[("itemId", (&item).into())]);
    assert_eq!(anna.must("Item", "getAttachedData", &[("itemId", (&item).into())]).answer(), "", "deleted");
    anna.must("Item", "setAttachedData", &[("itemId", (&item).into()), ("attachedData", ATTACHED.into())]);
    anna.must("PhoneCall", "transfer", &[("itemId", (&item).into()), ("destination", site::EXPERT_EXTENSION.into())]);
    ear.calls(&[(&item, status::ENDED)]);
    let moved = expert_ear.any_call(status::ALERTING);
    assert_eq!(moved.get("attachedData"), Some(ATTACHED), "attached data go with the call");
    let moved = moved.get("itemId").expect("a call has an item").to_owned();
    expert.must("Item", "accept", &[("itemId", (&moved).into())]);
    expert_ear.calls(&[(&moved, status::CONNECTED)]);

    // A supervisor listens to it and leaves it alone again.
    let heard = anna.must("PhoneCall", "listen", &[("userId", site::EXPERT.into())]).answer().to_owned();
    ear.calls(&[(&heard, status::LISTENING)]);
    anna.must("PhoneCall", "listenEnd", &[("itemId", (&heard).into())]);
    ear.calls(&[(&heard, status::ENDED)]);
    expert.must("PhoneCall", "drop", &[("itemId", (&moved).into())]);
    expert_ear.calls(&[(&moved, status::ENDED)]);
    caller_ear.any_call(status::ENDED);

    // An outbound call: SAP makes the item, and the switch's call becomes it.
    let item = anna.must("Item", "create", &[]).answer().to_owned();
    assert!(!item.is_empty(), "a new item has an id");
    anna.must("PhoneCall", "dial", &[("itemId", (&item).into()), ("destination", site::OUTSIDE.into())]);
    ear.calls(&[(&item, status::CONNECTED)]);
    anna.must("PhoneCall", "drop", &[("itemId", (&item).into())]);
    ear.calls(&[(&item, status::ENDED)]);

    // A call is rejected: the workmode changes before the queue can offer it again, which it does when the agent is ready.
    let item = rings_at(&mut caller, site::QUEUE_NUMBER, &mut ear);
    anna.must("Item", "reroute", &[("itemId", (&item).into())]);
    ear.calls(&[(&item, status::ENDED)]);
    let after = anna.must("User", "getAttributes", &[("userId", site::AGENT.into())]);
    assert_eq!(after.get("currentWorkmode.id"), Some("3"), "the workmode for rejects");

    // getAttributes has ended the subscriptions, as SAP's own connector does it; so the agent subscribes again.
    ear.any("the end of the older subscription", |event| event.name == "subscriptionEnded");
    let mut ear = Ear::new(sink, "/agent-again");
    agent::log_on(anna, &ear.url());
    let again = ear.any_call(status::ALERTING);
    let item = again.get("itemId").expect("a call has an item").to_owned();
    anna.must("Item", "accept", &[("itemId", (&item).into())]);
    ear.calls(&[(&item, status::CONNECTED)]);
    anna.must("Line", "dropCalls", &[("lineId", (&line).into())]);
    ear.calls(&[(&item, status::ENDED)]);

    // The end of the day.
    let subscription = |container: &str| [("containerId", container.into()), ("appUrl", ear.url().into()), ("appId", "CRM".into())];
    anna.must("Container", "unsubscribe", &subscription(&line));
    anna.must("User", "unsubscribe", &[("userId", site::AGENT.into()), ("appUrl", ear.url().into()), ("appId", "CRM".into())]);
    anna.must("User", "setCurrentWorkmode", &[("userId", site::AGENT.into()), ("workmode", "1".into())]);

    let succeeded: Vec<_> = client.succeeded.iter().map(String::as_str).collect();
    assert_eq!(succeeded, OPERATIONS, "every operation was called and succeeded");
}

/// The caller dials a number, and the call rings at the agent; gives back the agent's item.
pub fn rings_at(caller: &mut dyn Speaker, number: &str, ear: &mut Ear<'_>) -> String {
    let outbound = caller.must("Item", "create", &[]).answer().to_owned();
    caller.must("PhoneCall", "dial", &[("itemId", outbound.into()), ("destination", number.into())]);
    ear.any_call(status::ALERTING).get("itemId").expect("a call has an item").to_owned()
}

/// The agent consults the expert, who answers; gives back the new item.
pub fn consults(agent: &mut dyn Speaker, item: &str, ear: &mut Ear<'_>, expert: &mut dyn Speaker, expert_ear: &mut Ear<'_>) -> String {
    let parameters = [("itemId", item.into()), ("destination", site::EXPERT_EXTENSION.into())];
    let second = agent.must("PhoneCall", "consult", &parameters).answer().to_owned();
    assert_ne!(second, item, "a consultation is an item of its own");
    let theirs = expert_ear.any_call(status::ALERTING).get("itemId").expect("a call has an item").to_owned();
    expert.must("Item", "accept", &[("itemId", (&theirs).into())]);
    expert_ear.calls(&[(&theirs, status::CONNECTED)]);
    ear.calls(&[(item, status::HELD), (&second, status::CONNECTED)]);
    second
}

/// The id of the party of a conference that has this number.
fn party_of(call: &crate::tree::Leaves, number: &str) -> String {
    let (place, _) = call
        .iter()
        .find(|(path, value)| path.contains("participants.") && path.ends_with("description") && value.contains(number))
        .unwrap_or_else(|| panic!("{number} takes part in the conference: {call:?}"));
    let id = place.replace("description", "id");
    call.iter().find(|(path, _)| *path == id).map(|(_, id)| id.to_owned()).expect("a party has an id")
}

/// Notes which operations have succeeded.
struct Counted<'a> {
    speaker: &'a mut dyn Speaker,
    succeeded: BTreeSet<String>,
}

impl Speaker for Counted<'_> {
    fn user(&self) -> &str {
        self.speaker.user()
    }

    fn call(&mut self, interface: &str, operation: &str, parameters: Parameters<'_>) -> Outcome {
        let outcome = self.speaker.call(interface, operation, parameters);
        if outcome.is_ok() {
            self.succeeded.insert(format!("{interface}.{operation}"));
        }
        outcome
    }
}

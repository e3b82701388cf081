//! Chats, action items and callbacks over the wire, by zeep from the published WSDL and with plain strings; and every new operation as it
//! should be, in the wrong state, with an id nobody knows, with what belongs to somebody else.

use system_tests::{
    agent::{self, Agent, Ear, Speaker, status},
    client::Client,
    on_each_switch,
    outside::Customer,
    program::Program,
    sink::{Event, Sink},
    site,
    soap::Value,
    switch::Switch,
    tree::Leaves,
};

on_each_switch!(
    zeep_chats_and_works_off_action_items_and_callbacks_from_the_published_wsdl,
    an_agent_chats_and_works_off_action_items_and_callbacks,
    every_operation_on_what_is_read_does_its_work_or_says_why_not,
);

const ID: &str = "0050568A3B1E1ED9B3C7A4D1E2F30415";

fn zeep_chats_and_works_off_action_items_and_callbacks_from_the_published_wsdl(switch: Switch) {
    let program = Program::on(switch, &site::with_channels());
    let sink = Sink::start();
    let mut client = Client::start("zeep", "agent", &format!("{}?wsdl", program.url()), site::AGENT);
    day(&mut client, &program, &sink);
}

fn an_agent_chats_and_works_off_action_items_and_callbacks(switch: Switch) {
    let program = Program::on(switch, &site::with_channels());
    let sink = Sink::start();
    day(&mut Agent::of(&program, site::AGENT), &program, &sink);
}

fn is_in(event: &Event, name: &str, field: &str, code: &str) -> bool {
    event.name == name && event.leaves.get(field) == Some(code)
}

fn chat_in(ear: &mut Ear<'_>, code: &str) -> Leaves {
    ear.any(&format!("a chat in status {code}"), |event| is_in(event, "chatSessionChanged", "chatStatus.id", code)).leaves
}

fn action_item_in(ear: &mut Ear<'_>, code: &str) -> Leaves {
    ear.any(&format!("an action item in status {code}"), |event| is_in(event, "actionItemChanged", "actionStatus.id", code)).leaves
}

fn posting(ear: &mut Ear<'_>, text: &str) -> Leaves {
    let fits = |event: &Event| is_in(event, "chatNewPosting", "contentText", text);
    ear.any(&format!("the posting {text:?}"), fits).leaves
}

/// SAP's routing request as its response management sends it.
fn routed(to: &str) -> [(&'static str, Value); 3] {
    let pair = |name: &str, value: &str| vec![("name".to_owned(), value_of(name)), ("value".to_owned(), value_of(value))];
    let attributes = [pair("ACTION_ITEM_ATTR_TO_NAME", to), pair("ACTION_ITEM_ATTR_SUBJECT", "Where is it?")];
    let attributes = attributes.into_iter().map(Value::Structure).collect();
    let data = Value::Structure(vec![("attributes".to_owned(), Value::Many(attributes))]);
    let scenario = Value::Structure(vec![("id".to_owned(), value_of("ERMS")), ("description".to_owned(), value_of("E-mail"))]);
    [("actionItemId", ID.into()), ("scenarioId", scenario), ("itemData", data)]
}

fn value_of(text: &str) -> Value {
    text.into()
}

fn day(anna: &mut dyn Speaker, program: &Program, sink: &Sink) {
    let (mut ear, mut expert_ear) = (Ear::new(sink, "/agent"), Ear::new(sink, "/expert"));
    let mut expert = Agent::of(program, site::EXPERT);
    agent::log_on(anna, &ear.url());
    agent::log_on(&mut expert, &expert_ear.url());

    // A chat: offered with an address in the form of an e-mail address, accepted, written in by both.
    let customer = Customer::chats(program, "Max Muster", site::QUEUE);
    let offered = chat_in(&mut ear, status::ALERTING);
    assert_eq!(offered.get("originator"), Some("Max.Muster@customer.example"));
    let chat = offered.get("chatSessionId").expect("a chat has an id").to_owned();
    let of_chat = || [("chatSessionId", Value::from(&chat))];
    customer.says("hello?");
    assert_eq!(posting(&mut ear, "hello?").get("chatParticipant"), Some("Max.Muster@customer.example"));
    anna.must("Item", "accept", &[("itemId", (&chat).into())]);
    chat_in(&mut ear, status::CONNECTED);
    anna.must("Chat", "setTyping", &[("chatSessionId", (&chat).into()), ("typing", "true".into())]);
    assert!(customer.sees().contains(r#""agent_types":true"#), "{}", customer.sees());
    anna.must("Chat", "post", &[("chatSessionId", (&chat).into()), ("contentText", "1 < 2 & so on".into())]);
    posting(&mut ear, "1 < 2 & so on");
    assert!(customer.sees().contains("1 < 2 & so on"), "{}", customer.sees());
    assert!(anna.must("Chat", "getPostings", &of_chat()).holds("hello?"));
    assert_eq!(anna.must("Chat", "getAttributes", &of_chat()).get("chatSessionId"), Some(chat.as_str()));

    // It goes on to somebody else, with everything that was written, and the customer leaves.
    anna.must("Chat", "transfer", &[("chatSessionId", (&chat).into()), ("destination", site::EXPERT_EXTENSION.into())]);
    chat_in(&mut ear, status::ENDED);
    chat_in(&mut expert_ear, status::ALERTING);
    posting(&mut expert_ear, "hello?");
    posting(&mut expert_ear, "1 < 2 & so on");
    expert.must("Item", "accept", &[("itemId", (&chat).into())]);
    chat_in(&mut expert_ear, status::CONNECTED);
    customer.leaves();
    chat_in(&mut expert_ear, status::ENDED);

    // An action item: to the workgroup that the file says, offered, accepted, not held, ended.
    anna.must("ActionItem", "route", &routed("support@example.com"));
    let offered = action_item_in(&mut ear, status::ALERTING);
    assert!(offered.holds("Where is it?") && offered.holds("ERMS"), "{offered:?}");
    let item = offered.get("actionSessionId").expect("an action item has a handle").to_owned();
    anna.must("Item", "accept", &[("itemId", (&item).into())]);
    action_item_in(&mut ear, status::CONNECTED);
    let held = anna.call("PhoneCall", "hold", &[("itemId", (&item).into())]).expect_err("SAP holds no action items");
    assert!(held.text.contains("SAP does not support action items on hold"), "{held:?}");
    let again = anna.call("ActionItem", "route", &routed("support@example.com")).expect_err("an agent has it");
    assert!(again.text.contains("was accepted by an agent"), "{again:?}");
    assert!(anna.must("Folder", "getMessages", &[("folder", "Inbox".into())]).holds("Where is it?"));
    anna.must("ActionItem", "end", &[("itemId", (&item).into())]);
    action_item_in(&mut ear, status::ENDED);

    // One is rejected, one is taken back by SAP.
    anna.must("ActionItem", "route", &routed("support@example.com"));
    let item = action_item_in(&mut ear, status::ALERTING).get("actionSessionId").expect("a handle").to_owned();
    anna.must("Item", "reroute", &[("itemId", (&item).into())]);
    action_item_in(&mut ear, status::ENDED);
    anna.must("User", "setCurrentWorkmode", &[("userId", site::AGENT.into()), ("workmode", "2".into())]);
    action_item_in(&mut ear, status::ALERTING);
    anna.must("ActionItem", "cancel", &[("actionItemId", ID.into())]);
    action_item_in(&mut ear, status::ENDED);

    // A callback: the customer's number pops, accepting dials it.
    let wish = [("number", site::OUTSIDE.into()), ("queue", site::QUEUE.into()), ("notes", "after lunch".into())];
    let placed = anna.must("System", "createCallBack", &wish).answer().to_owned();
    let offered = ear.any_call(status::ALERTING);
    assert_eq!((offered.get("itemId"), offered.under("remoteNumbers").next()), (Some(placed.as_str()), Some(site::OUTSIDE)));
    anna.must("Item", "accept", &[("itemId", (&placed).into())]);
    ear.calls(&[(&placed, status::CONNECTED)]);
    anna.must("PhoneCall", "drop", &[("itemId", (&placed).into())]);
    ear.calls(&[(&placed, status::ENDED)]);
}

const UNKNOWN: &str = "NOBODY";

/// An operation on a chat or an action item, with its parameters: `ITEM` is the item.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// In an order in which each is right when it is its turn.
const ON_A_CHAT: [Row; 7] = [
    ("Item", "accept", &[("itemId", "ITEM")]),
    ("Chat", "getAttributes", &[("chatSessionId", "ITEM")]),
    ("Chat", "getPostings", &[("chatSessionId", "ITEM")]),
    ("Chat", "setTyping", &[("chatSessionId", "ITEM"), ("typing", "false")]),
    ("Chat", "post", &[("chatSessionId", "ITEM"), ("contentText", "hello")]),
    ("Chat", "transfer", &[("chatSessionId", "ITEM"), ("destination", "7002")]),
    ("Chat", "leave", &[("chatSessionId", "ITEM")]),
];
const ON_AN_ACTION_ITEM: [Row; 4] = [
    ("Item", "accept", &[("itemId", "ITEM")]),
    ("ActionItem", "getAttributes", &[("itemId", "ITEM")]),
    ("ActionItem", "transfer", &[("itemId", "ITEM"), ("destination", "7002")]),
    ("ActionItem", "end", &[("itemId", "ITEM")]),
];

fn every_operation_on_what_is_read_does_its_work_or_says_why_not(switch: Switch) {
    let program = Program::on(switch, &site::with_channels());
    let sink = Sink::start();
    let of = |user: &str| Agent::of(&program, user);
    let (mut anna, mut stranger) = (of(site::AGENT), of(site::STRANGER));
    let (mut ear, stranger_ear) = (Ear::new(&sink, "/agent"), Ear::new(&sink, "/stranger"));
    agent::log_on(&mut anna, &ear.url());
    agent::log_on(&mut stranger, &stranger_ear.url());

    let customer = Customer::chats(&program, "Max", site::QUEUE);
    let chat = chat_in(&mut ear, status::ALERTING).get("chatSessionId").expect("a chat has an id").to_owned();
    for row in ON_A_CHAT {
        try_out(&mut anna, &mut stranger, row, &chat);
    }
    chat_in(&mut ear, status::ENDED);
    customer.leaves();
    let over = fault(&mut anna, "Chat", "post", &[("chatSessionId", "ITEM"), ("contentText", "x")], &chat);
    assert!(over.contains("has ended"), "{over}");

    anna.must("ActionItem", "route", &routed("support@example.com"));
    let item = action_item_in(&mut ear, status::ALERTING).get("actionSessionId").expect("a handle").to_owned();
    for row in ON_AN_ACTION_ITEM {
        try_out(&mut anna, &mut stranger, row, &item);
    }
    action_item_in(&mut ear, status::ENDED);
}

/// An unknown id, somebody else's, the wrong state; and then as it should be, but for what would take the item away too early.
fn try_out(anna: &mut Agent, stranger: &mut Agent, (interface, operation, parameters): Row, item: &str) {
    let unknown = fault(anna, interface, operation, parameters, UNKNOWN);
    assert!(unknown.contains("is not known"), "{interface}.{operation}: {unknown}");
    let foreign = fault(stranger, interface, operation, parameters, item);
    assert!(foreign.contains("belongs to another agent"), "{interface}.{operation}: {foreign}");
    let new = anna.must("Item", "create", &[]).answer().to_owned();
    let wrong = fault(anna, interface, operation, parameters, &new);
    assert!(wrong.contains(" needs "), "{interface}.{operation}: {wrong}");
    if operation != "transfer" {
        anna.must(interface, operation, &filled(parameters, item));
    }
}

fn fault(agent: &mut Agent, interface: &str, operation: &str, parameters: &[(&str, &str)], item: &str) -> String {
    let fault = agent.call(interface, operation, &filled(parameters, item)).expect_err("it is refused");
    assert_eq!((fault.status, fault.code.as_str()), (500, "Client"), "{fault:?}");
    fault.text
}

fn filled<'a>(parameters: &[(&'a str, &str)], item: &str) -> Vec<(&'a str, Value)> {
    parameters.iter().map(|(name, value)| (*name, Value::from(if *value == "ITEM" { item } else { *value }))).collect()
}

use super::*;
use crate::domain::samples::{action_item, agent, call, chat, conference, consultation, data, outbound, rules, with};
use crate::domain::{AgentProfile, Capability, Command as C, EndCause, InteractionState as S, SwitchRequest as R, UserId};

type OnOne = fn(ItemId) -> C;
type OnTwo = fn(ItemId, Option<ItemId>) -> C;

const ALL_STATES: [S; 5] = [S::Alerting, S::Dialing, S::Connected, S::Held, S::Listening];

fn one(state: S) -> Agent {
    with(agent("A"), [call("1", state)])
}

fn two(first: S, second: S) -> Agent {
    with(agent("A"), [call("1", first), consultation("2", second, "1")])
}

fn asks(agent: &Agent, command: &C) -> Result<R, Refusal> {
    match decide(agent, &rules(), command)? {
        Step::Ask(request, _) | Step::Place(request, _) | Step::Listen(request) => Ok(request),
        other => panic!("{command:?} asks nothing of the switch: {other:?}"),
    }
}

fn refusal(agent: &Agent, command: &C) -> String {
    decide(agent, &rules(), command).expect_err("it should be refused").to_string()
}

/// Every command on one call: its name, and how to build it.
fn on_one_call() -> Vec<(&'static str, OnOne, &'static [S])> {
    vec![
        ("accept", C::Accept, &[S::Alerting]),
        ("reroute", C::Reroute, &[S::Alerting]),
        ("drop", C::Drop, &[S::Dialing, S::Connected, S::Held, S::Listening]),
        ("hold", C::Hold, &[S::Connected]),
        ("unhold", C::Unhold, &[S::Held]),
        ("consult", |item| C::Consult { item, destination: "8".to_owned(), new_item: None }, &[S::Connected, S::Held]),
        ("transfer", |item| C::Transfer { item, to: Destination::Number("8".to_owned()) }, &[S::Connected, S::Held]),
        ("listenEnd", C::ListenEnd, &[S::Listening]),
    ]
}

#[test]
fn every_command_on_one_call_is_accepted_in_its_states_only() {
    let mut cases = 0;
    for (name, command, right) in on_one_call() {
        for state in ALL_STATES {
            let outcome = decide(&one(state), &rules(), &command("1".into()));
            if right.contains(&state) {
                assert!(outcome.is_ok(), "{name} of a call that is {}: {outcome:?}", state.word());
            } else {
                let Err(Refusal::WrongState { item, state: word, operation, needs }) = outcome else {
                    panic!("{name} of a call that is {}: {outcome:?}", state.word());
                };
                assert_eq!((item.as_str(), word, operation), ("1", state.word(), name));
                assert!(!needs.is_empty());
            }
            cases += 1;
        }
        assert_eq!(decide(&one(S::Connected), &rules(), &command("9".into())), Err(Refusal::UnknownItem("9".into())), "{name}");
        cases += 1;
    }
    assert_eq!(cases, 48);
}

#[test]
fn commands_on_two_calls_work_in_either_order_and_find_the_other_by_themselves() {
    let alternate = |item, other| C::Alternate { item, other };
    let reconnect = |item, other| C::Reconnect { item, other };
    let join = |item, other| C::Conference { item, other };
    let expected = [
        (alternate as OnTwo, R::Alternate { hold: "2".into(), pick_up: "1".into() }),
        (reconnect, R::Reconnect { drop: "2".into(), pick_up: "1".into() }),
        (join, R::Conference { held: "1".into(), connected: "2".into() }),
    ];
    let calls = two(S::Held, S::Connected);
    let mut cases = 0;
    for (command, request) in expected {
        for (item, other) in [("1", Some("2")), ("2", Some("1")), ("1", None), ("2", None)] {
            assert_eq!(asks(&calls, &command(item.into(), other.map(ItemId::from))), Ok(request.clone()), "{item} {other:?}");
            cases += 1;
        }
    }
    assert_eq!(cases, 12);
}

#[test]
fn commands_on_two_calls_are_refused_without_one_held_and_one_active() {
    let commands: [(&str, OnTwo); 3] = [
        ("alternate", |item, other| C::Alternate { item, other }),
        ("reconnect", |item, other| C::Reconnect { item, other }),
        ("conference", |item, other| C::Conference { item, other }),
    ];
    let mut cases = 0;
    for (name, command) in commands {
        for (first, second) in [(S::Held, S::Held), (S::Connected, S::Connected), (S::Alerting, S::Held), (S::Connected, S::Alerting)] {
            for other in [None, Some("2".into())] {
                let outcome = decide(&two(first, second), &rules(), &command("1".into(), other));
                assert!(matches!(outcome, Err(Refusal::WrongState { operation, .. }) if operation == name), "{name} {first:?} {second:?}");
                cases += 1;
            }
        }
        assert!(decide(&one(S::Connected), &rules(), &command("1".into(), None)).is_err(), "{name} with one call");
        let unknown = decide(&two(S::Held, S::Connected), &rules(), &command("1".into(), Some("9".into())));
        assert_eq!(unknown, Err(Refusal::UnknownItem("9".into())));
        cases += 2;
    }
    assert_eq!(cases, 30);
}

#[test]
fn of_several_held_calls_the_one_that_belongs_together_is_meant() {
    let calls = with(agent("A"), [call("1", S::Held), call("3", S::Held), consultation("2", S::Connected, "1")]);
    assert_eq!(
        asks(&calls, &C::Conference { item: "2".into(), other: None }),
        Ok(R::Conference { held: "1".into(), connected: "2".into() })
    );
    let strangers = with(agent("A"), [call("1", S::Held), call("3", S::Held), outbound("2", S::Connected)]);
    assert!(decide(&strangers, &rules(), &C::Alternate { item: "2".into(), other: None }).is_err());
    assert_eq!(
        asks(&strangers, &C::Alternate { item: "2".into(), other: Some("3".into()) }),
        Ok(R::Alternate { hold: "2".into(), pick_up: "3".into() })
    );
}

#[test]
fn a_dialled_consultation_can_be_given_up_for_the_held_call() {
    let calls = two(S::Held, S::Dialing);
    assert_eq!(asks(&calls, &C::Reconnect { item: "1".into(), other: None }), Ok(R::Reconnect { drop: "2".into(), pick_up: "1".into() }));
    assert!(decide(&calls, &rules(), &C::Alternate { item: "1".into(), other: None }).is_err());
}

#[test]
fn a_conference_keeps_the_handle_of_the_held_call() {
    let mut agent = agent("A");
    agent.create("mine".into());
    agent.place(Some(&"mine".into()));
    agent.placed(Some("mine".into()), outbound("1", S::Held), &rules());
    agent.apply(crate::domain::SwitchEvent::Interaction(consultation("2", S::Connected, "1")), &rules());
    let step = decide(&agent, &rules(), &C::Conference { item: "2".into(), other: None });
    assert_eq!(step, Ok(Step::Ask(R::Conference { held: "1".into(), connected: "2".into() }, Reply::Item("mine".into()))));
}

#[test]
fn a_rejected_acd_call_goes_back_and_takes_the_agent_out_of_its_way() {
    let request = R::Reject { interaction: "1".into(), status: data("ACD - Rejected"), after: AfterReject::Requeue };
    assert_eq!(asks(&one(S::Alerting), &C::Reroute("1".into())), Ok(request));
}

#[test]
fn a_rejected_direct_call_goes_to_voicemail_or_away_and_leaves_the_status() {
    let direct = with(agent("A"), [crate::domain::Interaction { queue: None, ..call("1", S::Alerting) }]);
    for after in [AfterReject::Voicemail, AfterReject::Disconnect] {
        let rules = Rules { non_acd_reject: after, ..rules() };
        let step = decide(&direct, &rules, &C::Reroute("1".into()));
        assert_eq!(step, Ok(Step::Ask(R::Reject { interaction: "1".into(), status: None, after }, Reply::Done)));
    }
}

#[test]
fn a_transfer_to_the_consultation_is_warm_and_any_other_blind() {
    let to_item = |to: &str| Destination::Item(to.into());
    let to_number = |to: &str| Destination::Number(to.to_owned());
    let warm = R::CompleteTransfer { call: "1".into(), consultation: "2".into() };
    let blind = |to: &str| R::BlindTransfer { call: "1".into(), destination: to.to_owned() };
    let cases = [
        ("1", to_item("2"), warm.clone()),
        ("2", to_item("1"), warm.clone()),
        ("1", to_number("2"), warm.clone()),
        ("1", to_number(" 2 "), warm),
        ("1", to_number("+4930"), blind("+4930")),
        ("1", to_number("Sales"), blind("Sales")),
        ("1", to_number("22"), blind("22")),
    ];
    for (item, to, request) in cases {
        assert_eq!(asks(&two(S::Held, S::Connected), &C::Transfer { item: item.into(), to: to.clone() }), Ok(request), "{item} {to:?}");
    }
}

#[test]
fn a_transfer_needs_somebody_to_go_to() {
    let calls = two(S::Held, S::Connected);
    let transfer = |to| C::Transfer { item: "1".into(), to };
    assert_eq!(decide(&calls, &rules(), &transfer(Destination::Number("  ".to_owned()))), Err(Refusal::DestinationMissing));
    assert_eq!(decide(&calls, &rules(), &transfer(Destination::Item("9".into()))), Err(Refusal::UnknownItem("9".into())));
    assert!(refusal(&calls, &transfer(Destination::Item("1".into()))).contains("other than the call itself"));
    let alerting = two(S::Held, S::Alerting);
    assert!(refusal(&alerting, &transfer(Destination::Item("2".into()))).contains("a live consultation"));
}

#[test]
fn a_party_is_dropped_by_id_number_or_name() {
    let agent = with(agent("A"), [conference("1", S::Connected)]);
    let party = |id: &str| R::DropParty { call: "1".into(), party: id.into() };
    let leave = R::Leave("1".into());
    let cases = [
        ("p1", party("p1")),
        ("p2", party("p2")),
        ("sip:4930@example.com", party("p1")),
        ("+4930", party("p1")),
        ("4930", party("p1")),
        ("Carla", party("p1")),
        ("+1002", party("p2")),
        ("1002", party("p2")),
        ("Bob Stein", party("p2")),
        ("A", leave.clone()),
        ("1001", leave.clone()),
        ("+1001", leave.clone()),
        ("Anna Berg", leave),
    ];
    for (text, request) in cases {
        assert_eq!(asks(&agent, &C::DropParty { item: "1".into(), party: text.to_owned() }), Ok(request), "{text}");
    }
    for text in ["", "+0", "carla", "1003", "+49", "BOSS"] {
        let outcome = decide(&agent, &rules(), &C::DropParty { item: "1".into(), party: text.to_owned() });
        assert!(matches!(outcome, Err(Refusal::UnknownParty { .. })), "{text}: {outcome:?}");
    }
}

#[test]
fn nobody_is_dropped_from_what_is_no_conference() {
    for state in ALL_STATES {
        let text = refusal(&one(state), &C::DropParty { item: "1".into(), party: "p1".to_owned() });
        assert!(text.contains("dropParty needs a conference"), "{text}");
    }
}

#[test]
fn a_number_goes_to_the_switch_as_the_flag_says() {
    let reformat = Rules { drop_plus: true, ..rules() };
    for (rules, expected) in [(rules(), "+13172222222"), (reformat, "13172222222")] {
        for command in [
            C::Dial { item: None, destination: "+13172222222".to_owned() },
            C::Consult { item: "1".into(), destination: "+13172222222".to_owned(), new_item: None },
            C::Transfer { item: "1".into(), to: Destination::Number("+13172222222".to_owned()) },
        ] {
            let step = decide(&one(S::Connected), &rules, &command);
            let Ok(
                Step::Place(R::Dial { destination, .. } | R::Consult { destination, .. }, _)
                | Step::Ask(R::BlindTransfer { destination, .. }, _),
            ) = step
            else {
                panic!("{step:?}")
            };
            assert_eq!(destination, expected);
        }
    }
    assert_eq!(
        decide(&one(S::Connected), &rules(), &C::Dial { item: None, destination: " ".to_owned() }),
        Err(Refusal::DestinationMissing)
    );
}

#[test]
fn an_item_is_dialled_once_and_takes_its_data_along() {
    let mut agent = agent("A");
    agent.create("new".into());
    agent.keep(&"new".into(), data("<data/>"));
    let dial = C::Dial { item: Some("new".into()), destination: "8".to_owned() };
    let request = R::Dial { destination: "8".to_owned(), attached_data: data("<data/>") };
    assert_eq!(decide(&agent, &rules(), &dial), Ok(Step::Place(request, Some("new".into()))));
    agent.place(Some(&"new".into()));
    assert!(refusal(&agent, &dial.clone()).contains("is dialing"));
    agent.placed(Some("new".into()), outbound("7", S::Dialing), &rules());
    assert!(refusal(&agent, &dial).contains("an item that was not dialled yet"));
    let unknown = C::Dial { item: Some("9".into()), destination: "8".to_owned() };
    assert_eq!(decide(&agent, &rules(), &unknown), Err(Refusal::UnknownItem("9".into())));
}

#[test]
fn a_seventh_call_is_not_dialled_but_a_consultation_is() {
    let calls = (1..=6).map(|id| call(&id.to_string(), if id == 1 { S::Connected } else { S::Held }));
    let agent = with(agent("BOSS"), calls);
    let dial = decide(&agent, &rules(), &C::Dial { item: None, destination: "8".to_owned() });
    assert_eq!(dial, Err(Refusal::LimitReached { what: "interactions at one time", limit: 6 }));
    let listen = decide(&agent, &rules(), &C::Listen(Listened::Agent("B".into())));
    assert_eq!(listen, Err(Refusal::LimitReached { what: "interactions at one time", limit: 6 }));
    assert!(decide(&agent, &rules(), &C::Consult { item: "1".into(), destination: "8".to_owned(), new_item: None }).is_ok());
}

#[test]
fn only_who_has_the_right_listens() {
    let what = Listened::Agent("B".into());
    let outcome = decide(&agent("A"), &rules(), &C::Listen(what.clone()));
    assert_eq!(outcome, Err(Refusal::NotPermitted { user: "A".into(), what: "listen to calls of others" }));
    assert_eq!(asks(&agent("BOSS"), &C::Listen(what)), Ok(R::Listen { agent: Some("B".into()), call: None }));
    let by_item = C::Listen(Listened::Call("7".into()));
    assert_eq!(asks(&agent("BOSS"), &by_item), Ok(R::Listen { agent: None, call: Some("7".into()) }));
}

#[test]
fn attached_data_is_kept_byte_for_byte_and_within_the_limit() {
    let text = "<?xml version = \"1.0\"?>\r\n<X a='1' />\u{1F4DE}";
    let set = |data: &str| C::SetAttachedData { item: "1".into(), data: data.into() };
    let expected = R::SetAttachedData { interaction: "1".into(), data: data("<a/> \r\n\u{1F4DE}") };
    assert_eq!(asks(&one(S::Held), &set("<a/> \r\n\u{1F4DE}")), Ok(expected));
    assert!(decide(&one(S::Held), &rules(), &set(&"x".repeat(32))).is_ok());
    let refused = decide(&one(S::Held), &rules(), &set(&"x".repeat(33)));
    assert_eq!(refused, Err(Refusal::LimitReached { what: "bytes of attached data", limit: 32 }));
    let deleted = R::SetAttachedData { interaction: "1".into(), data: None };
    assert_eq!(asks(&one(S::Held), &C::DeleteAttachedData("1".into())), Ok(deleted));
    let known = with(agent("A"), [crate::domain::Interaction { attached_data: data(text), ..call("1", S::Held) }]);
    let got = decide(&known, &rules(), &C::GetAttachedData("1".into()));
    assert_eq!(got, Ok(Step::Answer(Reply::Text(text.into()))));
    assert_eq!(decide(&one(S::Held), &rules(), &C::GetAttachedData("1".into())), Ok(Step::Answer(Reply::Text("".into()))));
}

#[test]
fn drop_calls_drops_every_live_call() {
    let agent = with(agent("A"), [call("1", S::Connected), call("2", S::Held), call("3", S::Listening), call("4", S::Alerting)]);
    let step = decide(&agent, &rules(), &C::DropCalls { line: None });
    let hang_up = |id: &str| R::Disconnect(id.into());
    assert_eq!(step, Ok(Step::AskAll(vec![hang_up("1"), hang_up("2"), R::ListenEnd("3".into()), hang_up("4")])));
}

#[test]
fn a_line_or_folder_must_be_the_agents_own() {
    let agent = one(S::Connected);
    for line in ["1001", "+1001"] {
        let step = decide(&agent, &rules(), &C::GetCalls { line: Some(line.into()) });
        assert!(matches!(step, Ok(Step::Answer(Reply::Calls(calls))) if calls.len() == 1), "{line}");
    }
    for line in ["1002", "", "Inbox", "Inbox:A"] {
        let unknown = Err(Refusal::UnknownContainer(line.into()));
        assert_eq!(decide(&agent, &rules(), &C::GetCalls { line: Some(line.into()) }), unknown, "{line:?}");
        assert_eq!(decide(&agent, &rules(), &C::DropCalls { line: Some(line.into()) }), unknown, "{line:?}");
    }
    for folder in ["Inbox", "inbox", "Inbox:A", ""] {
        let step = decide(&agent, &rules(), &C::GetMessages { folder: folder.to_owned() });
        assert_eq!(step, Ok(Step::Answer(Reply::Messages(Vec::new()))), "{folder:?}");
    }
    for folder in ["Inbox:B", "1001", "Outbox"] {
        let step = decide(&agent, &rules(), &C::GetMessages { folder: folder.to_owned() });
        assert_eq!(step, Err(Refusal::UnknownContainer(folder.into())), "{folder:?}");
    }
}

#[test]
fn an_item_without_a_call_has_no_attributes() {
    let mut agent = agent("A");
    agent.create("new".into());
    assert!(refusal(&agent, &C::GetPhoneCallAttributes("new".into())).contains("Item new is new"));
    assert!(refusal(&agent, &C::Hold("new".into())).contains("Item new is new"));
}

#[test]
fn an_ended_call_is_unknown() {
    let mut agent = one(S::Connected);
    agent.apply(crate::domain::SwitchEvent::Interaction(call("1", S::Ended(EndCause::Dropped))), &rules());
    assert_eq!(decide(&agent, &rules(), &C::Drop("1".into())), Err(Refusal::UnknownItem("1".into())));
}

/// SAP lights a button exactly when the command behind it would be accepted.
#[test]
fn capabilities_say_what_decisions_allow() {
    let commands: [(Capability, OnOne); 12] = [
        (Capability::Accept, C::Accept),
        (Capability::Reroute, C::Reroute),
        (Capability::Drop, C::Drop),
        (Capability::Hold, C::Hold),
        (Capability::Unhold, C::Unhold),
        (Capability::Alternate, |item| C::Alternate { item, other: None }),
        (Capability::Consult, |item| C::Consult { item, destination: "8".to_owned(), new_item: None }),
        (Capability::Reconnect, |item| C::Reconnect { item, other: None }),
        (Capability::Conference, |item| C::Conference { item, other: None }),
        (Capability::Transfer, |item| C::Transfer { item, to: Destination::Number("8".to_owned()) }),
        (Capability::DropParty, |item| C::DropParty { item, party: "p1".to_owned() }),
        (Capability::ListenEnd, C::ListenEnd),
    ];
    let shapes = |id: &str, state| [call(id, state), conference(id, state), consultation(id, state, "1")];
    let mut cases = 0;
    for first in ALL_STATES.into_iter().flat_map(|state| shapes("1", state)) {
        for second in ALL_STATES.into_iter().flat_map(|state| shapes("2", state)) {
            for third in [None, Some(call("3", S::Held)), Some(call("3", S::Connected))] {
                let agent = with(agent("A"), [first.clone(), second.clone()].into_iter().chain(third));
                let views = agent.calls(&rules());
                let view = views.iter().find(|view| view.item.as_str() == "1").expect("the first call is shown");
                for (capability, command) in commands {
                    let allowed = decide(&agent, &rules(), &command("1".into())).is_ok();
                    assert_eq!(view.capabilities.contains(&capability), allowed, "{capability:?} {first:?} {second:?}");
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, 15 * 15 * 3 * 12);
}

#[test]
fn the_agent_is_named_by_his_own_words_only() {
    let profile: AgentProfile = AgentProfile { first_name: String::new(), last_name: String::new(), ..agent("A").profile };
    assert!(names_agent("A", &profile));
    assert!(!names_agent(" ", &profile));
    assert!(!names_agent("", &profile));
    assert_eq!(profile.user, UserId::from("A"));
}

fn reading(medium: &str, state: S) -> Agent {
    let item = if medium == "chat" { chat("1", state, 2) } else { action_item("1", state) };
    with(agent("A"), [item])
}

#[test]
fn chats_and_action_items_are_accepted_rejected_transferred_and_ended_like_calls() {
    for medium in ["chat", "action item"] {
        assert_eq!(asks(&reading(medium, S::Alerting), &C::Accept("1".into())), Ok(R::Answer("1".into())), "{medium}");
        let reject = R::Reject { interaction: "1".into(), status: data("ACD - Rejected"), after: AfterReject::Requeue };
        assert_eq!(asks(&reading(medium, S::Alerting), &C::Reroute("1".into())), Ok(reject), "{medium}");
        let agent = reading(medium, S::Connected);
        assert_eq!(asks(&agent, &C::Drop("1".into())), Ok(R::Disconnect("1".into())), "{medium}");
        let to = || Destination::Number("Support".to_owned());
        let transfer = R::BlindTransfer { call: "1".into(), destination: "Support".to_owned() };
        assert_eq!(asks(&agent, &C::Transfer { item: "1".into(), to: to() }), Ok(transfer), "{medium}");
        let early = refusal(&reading(medium, S::Alerting), &C::Transfer { item: "1".into(), to: to() });
        assert!(early.contains("needs an accepted item"), "{early}");
    }
}

#[test]
fn a_direct_chat_that_is_rejected_never_goes_to_voicemail() {
    let direct = with(agent("A"), [crate::domain::Interaction { queue: None, ..chat("1", S::Alerting, 0) }]);
    let request = R::Reject { interaction: "1".into(), status: None, after: AfterReject::Disconnect };
    assert_eq!(asks(&direct, &C::Reroute("1".into())), Ok(request));
}

#[test]
fn an_action_item_on_hold_is_refused_with_the_guides_reason() {
    for command in [C::Hold("1".into()), C::Unhold("1".into())] {
        let agent = reading("action item", S::Connected);
        assert_eq!(decide(&agent, &rules(), &command), Err(Refusal::ActionItemOnHold("1".into())));
    }
    assert!(Refusal::ActionItemOnHold("1".into()).to_string().contains("SAP does not support action items on hold"));
    let chat = refusal(&reading("chat", S::Connected), &C::Hold("1".into()));
    assert!(chat.contains("is a chat: hold needs a phone call"), "{chat}");
}

#[test]
fn what_is_done_with_calls_is_refused_for_what_is_read() {
    for (medium, word) in [("chat", "is a chat"), ("action item", "is an action item")] {
        let agent = reading(medium, S::Connected);
        for command in [
            C::Alternate { item: "1".into(), other: None },
            C::Reconnect { item: "1".into(), other: None },
            C::Conference { item: "1".into(), other: None },
            C::Consult { item: "1".into(), destination: "8".to_owned(), new_item: None },
            C::DropParty { item: "1".into(), party: "p1".to_owned() },
            C::ListenEnd("1".into()),
            C::GetPhoneCallAttributes("1".into()),
        ] {
            let text = refusal(&agent, &command);
            assert!(text.contains(word) && text.contains("needs a phone call"), "{command:?}: {text}");
        }
    }
}

#[test]
fn a_chat_is_no_partner_of_a_call() {
    let agent = with(agent("A"), [call("1", S::Connected), chat("2", S::Held, 0)]);
    assert!(decide(&agent, &rules(), &C::Alternate { item: "1".into(), other: None }).is_err());
    assert!(refusal(&agent, &C::Alternate { item: "1".into(), other: Some("2".into()) }).contains("is a chat"));
    assert!(!agent.calls(&rules())[0].capabilities.contains(&Capability::Conference));
}

#[test]
fn only_accepted_chats_are_written_in() {
    let post = |text: &str| C::Post { item: "1".into(), text: text.into() };
    let request = R::Post { chat: "1".into(), text: " hi ".into() };
    assert_eq!(asks(&reading("chat", S::Connected), &post(" hi ")), Ok(request));
    assert_eq!(decide(&reading("chat", S::Connected), &rules(), &post("  ")), Ok(Step::Answer(Reply::Done)), "nothing is nothing");
    assert!(refusal(&reading("chat", S::Alerting), &post("x")).contains("needs an accepted chat"));
    assert!(refusal(&reading("action item", S::Connected), &post("x")).contains("is an action item: post needs a chat"));
    assert!(refusal(&one(S::Connected), &post("x")).contains("is a phone call: post needs a chat"));
    let long = decide(&reading("chat", S::Connected), &rules(), &post(&"x".repeat(65_537)));
    assert_eq!(long, Err(Refusal::LimitReached { what: "bytes in one posting", limit: 65_536 }));
    let typing = C::SetTyping { item: "1".into(), on: true };
    assert_eq!(asks(&reading("chat", S::Connected), &typing), Ok(R::SetTyping { chat: "1".into(), on: true }));
}

#[test]
fn an_action_item_is_known_by_saps_id_as_well() {
    let agent = reading("action item", S::Alerting);
    assert_eq!(asks(&agent, &C::Accept("GUID-1".into())), Ok(R::Answer("1".into())));
    assert_eq!(decide(&agent, &rules(), &C::Accept("GUID-2".into())), Err(Refusal::UnknownItem("GUID-2".into())));
}

#[test]
fn a_chat_and_an_action_item_are_told_as_what_they_are() {
    let agent = with(agent("A"), [chat("1", S::Connected, 2), action_item("2", S::Alerting)]);
    let Ok(Step::Answer(Reply::Chat(view))) = decide(&agent, &rules(), &C::GetChatAttributes("1".into())) else { panic!("a chat") };
    assert_eq!((view.customer.as_str(), view.title.as_str()), ("Carla@customer.com", "Carla"));
    let people: Vec<_> = view.participants.iter().map(|who| &*who.id).collect();
    assert_eq!(people, ["Carla@customer.com", "anna@example.com"]);
    assert_eq!(view.capabilities, [Capability::Drop, Capability::Transfer, Capability::Post]);
    let Ok(Step::Answer(Reply::Postings(postings))) = decide(&agent, &rules(), &C::GetPostings("1".into())) else { panic!("postings") };
    assert_eq!(postings.iter().map(|posting| &*posting.text).collect::<Vec<_>>(), ["line 1", "line 2"]);
    let Ok(Step::Answer(Reply::ActionItem(item))) = decide(&agent, &rules(), &C::GetActionItemAttributes("2".into())) else {
        panic!("an action item")
    };
    assert_eq!((item.action.id.as_str(), item.title.as_str()), ("GUID-2", "Where is it?"));
    assert_eq!((item.originator.as_str(), &*item.action.scenario.id), ("max@customer.example", "ERMS"));
    assert_eq!(item.action.attributes[0].0, "ACTION_ITEM_ATTR_SUBJECT");
    assert!(refusal(&agent, &C::GetChatAttributes("2".into())).contains("needs a chat"));
    assert!(refusal(&agent, &C::GetActionItemAttributes("1".into())).contains("needs an action item"));
}

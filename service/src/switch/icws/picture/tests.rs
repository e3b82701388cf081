//! What messages make of an agent's interactions.

use super::{Chore, Consultation, Picture};
use crate::{
    domain::{EndCause, Interaction, InteractionKind, InteractionState, SwitchEvent},
    switch::icws::{
        attributes::Attributes,
        policy::Policy,
        wire::{message::Message, read},
    },
};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::time::Instant;

use InteractionState::{Alerting, Connected, Dialing, Ended, Listening};

/// An agent called anna.
struct Desk(Picture);

impl Desk {
    fn new() -> Self {
        let mut desk = Self(Picture::new("anna".into(), Arc::new(Policy::default())));
        assert!(desk.hear(&json!({ "isDelta": false, "interactionsAdded": [] })).is_empty());
        assert_eq!(desk.0.snapshot(Instant::now(), 1).0, Some(Vec::new()));
        desk
    }

    /// A message about the queue; gives back what is told.
    fn hear(&mut self, message: &Value) -> Vec<String> {
        let _ = self.0.hear_queue(read(message.clone()).unwrap(), Instant::now());
        self.look()
    }

    fn look(&mut self) -> Vec<String> {
        let looked = self.0.look(Instant::now(), 100);
        looked
            .events
            .iter()
            .map(|event| match event {
                SwitchEvent::Interaction(each) => format!("{} {}", each.id, word(each.state)),
                other => format!("{other:?}"),
            })
            .collect()
    }

    fn add(&mut self, id: &str, attributes: &Value) -> Vec<String> {
        self.hear(&json!({ "isDelta": true, "interactionsAdded": [{ "interactionId": id, "attributes": attributes }] }))
    }

    fn change(&mut self, id: &str, attributes: &Value) -> Vec<String> {
        self.hear(&json!({ "isDelta": true, "interactionsChanged": [{ "interactionId": id, "attributes": attributes }] }))
    }

    fn remove(&mut self, id: &str) -> Vec<String> {
        self.hear(&json!({ "isDelta": true, "interactionsRemoved": [id] }))
    }

    fn with(&mut self, id: &str, attributes: &Value) -> Interaction {
        self.add(id, attributes);
        self.of(id).clone()
    }

    fn of(&self, id: &str) -> &Interaction {
        &self.0.find(&id.into()).unwrap().interaction
    }

    fn parties(&self, id: &str) -> Vec<&str> {
        self.of(id).parties.iter().map(|party| party.address.as_str()).collect()
    }
}

fn word(state: InteractionState) -> String {
    match state {
        Ended(cause) => format!("{cause:?}"),
        other => other.word().to_owned(),
    }
}

fn call(state: &str, number: &str) -> Value {
    json!({ "Eic_State": state, "Eic_ObjectType": "Call", "Eic_CallDirection": "I", "Eic_RemoteTn": number, "Eic_UserName": "anna" })
}

fn state(letter: &str) -> Value {
    json!({ "Eic_State": letter })
}

#[tokio::test(start_paused = true)]
async fn the_call_of_the_reference_rings_is_answered_and_leaves() {
    let mut desk = Desk::new();
    let attributes = json!({ "Eic_InteractionId": "1001234567", "Eic_RemoteName": "Smith", "Eic_RemoteAddress": "sip:5550123@10.0.0.9",
        "Eic_State": "A", "Eic_ObjectType": "Call" });
    assert_eq!(desk.add("1001234567", &attributes), ["1001234567 alerting"]);
    let told = desk.of("1001234567");
    assert_eq!((told.kind, told.parties[0].name.as_str(), told.queue.clone()), (InteractionKind::Call, "Smith", None));
    assert_eq!(desk.change("1001234567", &state("C")), ["1001234567 connected"]);
    assert_eq!(desk.remove("1001234567"), ["1001234567 Transferred"], "it did not say that it was hung up");
}

#[tokio::test(start_paused = true)]
async fn why_a_call_left_is_said_by_its_letter_and_by_what_it_was_doing() {
    let cases = [
        ("C", Some("I"), EndCause::Dropped),
        ("C", Some("E"), EndCause::RemoteDisconnect),
        ("H", Some("E"), EndCause::RemoteDisconnect),
        ("A", Some("E"), EndCause::RemoteDisconnect),
        ("A", Some("M"), EndCause::Rerouted),
        ("A", None, EndCause::Rerouted),
        ("A", Some("O"), EndCause::Rerouted),
        ("C", Some("P"), EndCause::Transferred),
        ("C", None, EndCause::Transferred),
    ];
    for (was, then, expected) in cases {
        let mut desk = Desk::new();
        desk.add("1", &call(was, "+49"));
        let told = match then {
            Some(letter) => desk.change("1", &state(letter)),
            None => desk.remove("1"),
        };
        assert_eq!(told, [format!("1 {expected:?}")], "{was} {then:?}");
        assert!(desk.remove("1").is_empty(), "an end is told once");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_agent_asked_for_explains_the_end() {
    for cause in [EndCause::Dropped, EndCause::Transferred, EndCause::Rerouted] {
        let mut desk = Desk::new();
        desk.add("1", &call("C", "+49"));
        desk.0.expect_end(&"1".into(), cause, Instant::now());
        assert_eq!(desk.change("1", &state("E")), [format!("1 {cause:?}")]);
    }
    let mut desk = Desk::new();
    desk.add("1", &call("C", "+49"));
    desk.0.expect_end(&"1".into(), EndCause::Dropped, Instant::now());
    tokio::time::advance(super::EXPLAINS).await;
    assert_eq!(desk.change("1", &state("E")), ["1 RemoteDisconnect"], "that was long ago");
}

#[tokio::test(start_paused = true)]
async fn a_dialled_call_that_ends_unanswered_has_failed_whatever_the_letter() {
    for letter in ["I", "E"] {
        let mut desk = Desk::new();
        let dialled = json!({ "Eic_State": "S", "Eic_CallDirection": "O", "Eic_RemoteTn": "+49", "Eic_WorkgroupName": "Sales" });
        assert_eq!(desk.add("1", &dialled), ["1 dialing"]);
        assert_eq!(desk.of("1").queue, None);
        assert!(desk.change("1", &state("R")).is_empty());
        assert_eq!(desk.change("1", &state(letter)), ["1 Failed"]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_only_offered_is_not_told_and_what_tells_nothing_new_neither() {
    let mut desk = Desk::new();
    assert!(desk.add("1", &call("O", "+49")).is_empty());
    assert_eq!(desk.change("1", &state("A")), ["1 alerting"]);
    assert!(desk.change("1", &json!({ "Eic_ConnectTime": "20210706T193229Z", "Eic_State": "A" })).is_empty());
    assert!(desk.change("1", &state("")).is_empty(), "a state that is not told is the last one");
    assert_eq!(desk.change("1", &json!({ "sap_cad": "<x/>" })), ["1 alerting"]);
    assert_eq!(desk.of("1").attached_data.as_deref(), Some("<x/>"));
    assert_eq!(desk.change("1", &json!({ "Sap_Cad": "" })), ["1 alerting"]);
    assert_eq!(desk.of("1").attached_data, None);
}

#[tokio::test(start_paused = true)]
async fn a_doubled_or_late_message_tells_nothing() {
    let mut desk = Desk::new();
    desk.add("1", &call("A", "+49"));
    desk.change("1", &state("C"));
    assert!(desk.change("1", &state("C")).is_empty());
    assert!(desk.add("1", &call("A", "+49")).is_empty());
    desk.change("1", &state("E"));
    assert!(desk.change("1", &state("E")).is_empty());
    assert!(desk.change("2", &state("C")).is_empty());
    assert_eq!(desk.add("2", &call("A", "+49")), ["2 connected"], "what was told before its beginning counts");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_agent_has_made_is_told_of_even_if_only_its_end_is_seen() {
    for shown_first in [false, true] {
        let mut desk = Desk::new();
        let mut made = desk.with("1", &json!({ "Eic_State": "S", "Eic_CallDirection": "O" }));
        made.id = "2".into();
        let ended = json!({ "Eic_State": "E", "Eic_CallDirection": "O" });
        if shown_first {
            assert!(desk.add("2", &ended).is_empty());
        }
        desk.0.made("2".into(), made, Instant::now());
        if shown_first {
            assert_eq!(desk.look(), ["2 Failed"]);
        } else {
            assert_eq!(desk.look(), ["2 dialing"]);
            assert_eq!(desk.add("2", &ended), ["2 Failed"]);
        }
        assert!(desk.remove("2").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_ended_may_come_again() {
    let mut desk = Desk::new();
    desk.add("1", &call("A", "+49"));
    assert_eq!(desk.remove("1"), ["1 Rerouted"]);
    assert_eq!(desk.add("1", &call("A", "+49")), ["1 alerting"]);
}

/// Anna talks to +4930 on hold and to 1002; then CIC makes a conference of both.
fn joined(desk: &mut Desk) -> Vec<String> {
    desk.add("7", &call("H", "+4930"));
    desk.add("8", &call("C", "1002"));
    desk.0.consulted("8".into(), Consultation { id: "1".into(), original: "7".into(), joined: false, seen: false });
    desk.look();
    desk.0.expect_conference(&"7".into(), Instant::now());
    let mut told = desk.hear(&json!({ "isDelta": true, "interactionsAdded": [
        { "interactionId": "90", "attributes": { "Eic_State": "C", "Eic_ConferenceMembers": "7|8|91", "Sap_Cad": "<x/>" } },
        { "interactionId": "91", "conferenceParentId": "90", "attributes": { "Eic_State": "C", "Eic_UserName": "anna" } },
    ] }));
    told.extend(desk.hear(&json!({ "isDelta": true, "interactionsRemoved": ["7", "8"] })));
    told.extend(desk.hear(&json!({ "isDelta": true, "interactionsAdded": [
        { "interactionId": "7", "conferenceParentId": "90", "attributes": { "Eic_State": "C", "Eic_RemoteTn": "+4930" } },
        { "interactionId": "8", "conferenceParentId": "90", "attributes": { "Eic_State": "C", "Eic_RemoteTn": "1002", "Eic_CallType": "I" } },
    ] })));
    told
}

#[tokio::test(start_paused = true)]
async fn a_conference_goes_by_the_held_call_and_ends_the_other() {
    let mut desk = Desk::new();
    let told = joined(&mut desk);
    assert_eq!(told, ["8 Conferenced", "7 connected"]);
    assert_eq!((desk.parties("7"), desk.0.told().count()), (vec!["+4930", "1002"], 1));
    assert_eq!(desk.0.find(&"7".into()).unwrap().lead, "91");
    let gone = json!({ "isDelta": true, "interactionsRemoved": ["7"], "interactionsChanged": [
        { "interactionId": "90", "attributes": { "Eic_ConferenceMembers": "8|91" } }] });
    assert_eq!(desk.hear(&gone), ["7 connected"], "the customer has gone, his colleague talks on");
    assert_eq!(desk.parties("7"), ["1002"]);
    assert_eq!(desk.change("91", &state("E")), ["7 RemoteDisconnect"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_a_conference_keeps_its_handle() {
    let mut desk = Desk::new();
    joined(&mut desk);
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    desk.look();
    desk.hear(&json!({ "isDelta": true, "interactionsRemoved": ["7", "8", "90", "91"], "interactionsAdded": [
        { "interactionId": "8", "attributes": call("C", "1002") } ] }));
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    desk.look();
    assert_eq!((desk.parties("7"), desk.of("7").state), (vec!["1002"], Connected));
    assert_eq!(desk.0.find(&"7".into()).unwrap().lead, "8");
}

#[tokio::test(start_paused = true)]
async fn who_is_taken_into_a_conference_has_it_by_its_first_member() {
    let mut desk = Desk::new();
    desk.add("8", &call("C", "1001"));
    let told = desk.hear(&json!({ "isDelta": true, "interactionsAdded": [
        { "interactionId": "90", "attributes": { "Eic_State": "C", "Eic_ConferenceMembers": "7|8|91" } },
        { "interactionId": "7", "conferenceParentId": "90", "attributes": { "Eic_State": "C", "Eic_RemoteTn": "+4930" } },
        { "interactionId": "91", "conferenceParentId": "90", "attributes": { "Eic_State": "C", "Eic_RemoteTn": "1001", "Eic_UserName": "bert" } },
    ] }));
    assert_eq!(told, ["8 Conferenced", "7 connected"]);
    assert_eq!(desk.parties("7"), ["+4930", "1001"]);
}

#[tokio::test(start_paused = true)]
async fn a_consultation_is_one_as_long_as_the_call_lives() {
    let mut desk = Desk::new();
    desk.add("7", &call("H", "+4930"));
    desk.add("8", &json!({ "Eic_State": "R", "Eic_CallDirection": "O", "Eic_RemoteTn": "1002", "Eic_ConsultingCallId": "7" }));
    assert_eq!((desk.of("8").state, desk.of("8").consultation_for.clone()), (Dialing, Some("7".into())));
    assert_eq!(desk.change("7", &state("E")), ["7 RemoteDisconnect", "8 dialing"]);
    assert_eq!(desk.of("8").consultation_for, None);
}

#[tokio::test(start_paused = true)]
async fn a_consultation_that_all_hear_is_one_call_with_two_parties() {
    let mut desk = Desk::new();
    desk.add("7", &call("H", "+4930"));
    desk.add("8", &call("C", "1002"));
    desk.0.consulted("8".into(), Consultation { id: "1".into(), original: "7".into(), joined: false, seen: false });
    desk.look();
    desk.0.join_consultation("8", true);
    assert_eq!(desk.look(), ["8 Conferenced", "7 connected"]);
    assert_eq!(desk.parties("7"), ["+4930", "1002"]);
    desk.change("8", &state("E"));
    assert_eq!(desk.parties("7"), ["+4930"]);
}

#[tokio::test(start_paused = true)]
async fn a_callback_is_a_call_from_its_acceptance_to_the_end_of_the_call() {
    let mut desk = Desk::new();
    let callback = json!({ "Eic_State": "A", "Eic_ObjectType": "Callback", "Eic_RemoteTn": "+4930", "Eic_WorkgroupName": "Sales" });
    assert_eq!(desk.add("5", &callback), ["5 alerting"]);
    assert_eq!(desk.change("5", &state("C")), ["5 dialing"]);
    desk.change("5", &json!({ "Eic_CallbackAssociatedCallId": "6" }));
    assert!(desk.add("6", &json!({ "Eic_State": "R", "Eic_CallDirection": "O", "Eic_ObjectType": "Call" })).is_empty());
    assert_eq!(desk.change("6", &state("C")), ["5 connected"]);
    assert_eq!((desk.0.find(&"5".into()).unwrap().lead.as_str(), desk.of("5").kind), ("6", InteractionKind::Callback));
    let _ = desk.0.hear_queue(
        read(json!({ "isDelta": true, "interactionsChanged": [{ "interactionId": "6", "attributes": state("E") }] })).unwrap(),
        Instant::now(),
    );
    let looked = desk.0.look(Instant::now(), 100);
    assert_eq!(looked.chores, [Chore::FinishCallback("5".into(), true)]);
    assert!(matches!(looked.events.as_slice(), [SwitchEvent::Interaction(last)] if last.state == Ended(EndCause::RemoteDisconnect)));
    assert!(desk.0.look(Instant::now(), 100).chores.is_empty(), "it is finished once");
}

#[tokio::test(start_paused = true)]
async fn a_chat_is_told_with_what_was_written_or_after_a_while_without() {
    let mut desk = Desk::new();
    let chat = json!({ "Eic_State": "A", "Eic_ObjectType": "Chat", "Eic_RemoteName": "Max" });
    let _ = desk.0.hear_queue(
        read(json!({ "isDelta": true, "interactionsAdded": [{ "interactionId": "3", "attributes": chat }] })).unwrap(),
        Instant::now(),
    );
    let looked = desk.0.look(Instant::now(), 100);
    assert_eq!((looked.chores, looked.events.len(), looked.again.is_some()), (vec![Chore::WatchChat("3".into())], 0, true));
    let member = json!({ "chatMemberType": 4, "displayName": "Max" });
    for message in [
        json!({ "__type": "urn:inin.com:interactions.chat:chatMembersMessage", "isDelta": false, "interactionId": "3", "membersAdded": [member] }),
        json!({ "__type": "urn:inin.com:interactions.chat:chatContentsMessage", "isDelta": false, "interactionId": "3",
            "messagesAdded": [{ "chatMember": member, "text": "hello?" }] }),
    ] {
        match Message::read(message).unwrap() {
            Message::ChatMembers(members) => desk.0.hear_members(members),
            Message::ChatContents(contents) => assert!(desk.0.hear_contents(contents)),
            _ => unreachable!(),
        }
    }
    assert_eq!(desk.look(), ["3 alerting"]);
    assert_eq!(desk.of("3").chat.as_ref().map(|chat| chat.postings.len()), Some(1));

    let mut desk = Desk::new();
    assert!(desk.add("3", &chat).is_empty());
    tokio::time::advance(super::PATIENCE).await;
    assert_eq!(desk.look(), ["3 alerting"]);
}

#[tokio::test(start_paused = true)]
async fn what_only_one_interaction_has_is_read_before_it_is_told() {
    let mut desk = Desk::new();
    let object = json!({ "Eic_State": "A", "Eic_ObjectType": "Generic Object", "Sap_AttributeNames": "Sap_ActionItemAttr_000_Subject|b" });
    let _ = desk.0.hear_queue(
        read(json!({ "isDelta": true, "interactionsAdded": [{ "interactionId": "4", "attributes": object }] })).unwrap(),
        Instant::now(),
    );
    let looked = desk.0.look(Instant::now(), 100);
    assert_eq!(looked.chores, [Chore::Read("4".into(), vec!["Sap_ActionItemAttr_000_Subject".to_owned(), "b".to_owned()])]);
    assert!(looked.events.is_empty());
    desk.0.hear_extra(&"4".into(), Attributes::from_iter([("Sap_ActionItemAttr_000_Subject", "invoice")]));
    assert_eq!(desk.look(), ["4 alerting"]);
    assert_eq!(desk.of("4").attributes.get("Sap_ActionItemAttr_000_Subject").map(String::as_str), Some("invoice"));
}

#[tokio::test(start_paused = true)]
async fn what_rings_for_the_agent_himself_came_through_no_workgroup() {
    let mut desk = Desk::new();
    let alert =
        |kind: u8| read(json!({ "alertingInteractionDetails": [{ "interactionId": "1", "alertType": kind, "alertAction": 1 }] })).unwrap();
    desk.0.hear_alerts(alert(1));
    let mut of_sales = call("A", "+49");
    of_sales["Eic_WorkgroupName"] = json!("Sales");
    desk.add("1", &of_sales);
    assert_eq!(desk.of("1").queue, None);
    desk.0.hear_alerts(alert(5));
    assert_eq!(desk.look(), ["1 alerting"]);
    assert_eq!(desk.of("1").queue, Some("Sales".into()));
}

#[tokio::test(start_paused = true)]
async fn an_interaction_whose_id_changes_stays_the_same() {
    let mut desk = Desk::new();
    desk.add("1", &call("C", "+49"));
    desk.0.hear_morph(&"1".into(), &"2".into());
    let told = desk.hear(&json!({ "isDelta": true, "interactionsRemoved": ["1"], "interactionsAdded": [{ "interactionId": "2", "attributes": call("H", "+49") }] }));
    assert_eq!(told, ["1 held"]);
    assert_eq!(desk.0.find(&"1".into()).unwrap().lead, "2");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_listened_to_ends_with_it() {
    let mut desk = Desk::new();
    let of = |letter: &str| Attributes::from_iter([("Eic_State", letter), ("Eic_RemoteTn", "+4930"), ("Eic_UserName", "bert")]);
    desk.0.listen("1".into(), of("C"));
    assert_eq!(desk.look(), ["1 listening"]);
    assert_eq!((desk.parties("1"), desk.of("1").state), (vec!["+4930", "bert"], Listening));
    desk.0.hear_listened(&"1".into(), of("E"));
    assert_eq!(desk.look(), ["1 ListenEnded"]);
}

#[tokio::test(start_paused = true)]
async fn another_session_tells_everything_anew_and_keeps_handles_and_times() {
    let mut desk = Desk::new();
    joined(&mut desk);
    desk.0.begin_anew();
    assert!(desk.look().is_empty() && desk.0.snapshot(Instant::now(), 200).0.is_none());
    let _ = desk.0.hear_queue(
        read(json!({ "isDelta": false, "interactionsAdded": [
            { "interactionId": "90", "attributes": { "Eic_State": "C", "Eic_ConferenceMembers": "8|91" } },
            { "interactionId": "8", "conferenceParentId": "90", "attributes": { "Eic_State": "C", "Eic_RemoteTn": "1002" } },
            { "interactionId": "91", "conferenceParentId": "90", "attributes": { "Eic_State": "C", "Eic_UserName": "anna" } },
            { "interactionId": "12", "attributes": { "Eic_State": "A", "Eic_InitiationTime": "20210706T193229Z" } },
        ] }))
        .unwrap(),
        Instant::now(),
    );
    let (all, _) = desk.0.snapshot(Instant::now(), 200);
    let all: Vec<_> = all.unwrap().iter().map(|each| (each.id.to_string(), each.state, each.since)).collect();
    assert_eq!(all, [("12".to_owned(), Alerting, 1_625_599_949), ("7".to_owned(), Connected, 100)]);
}

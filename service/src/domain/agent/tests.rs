use super::*;
use crate::domain::samples::{action_item, agent, call, chat, conference, consultation, data, outbound, party, rules, status, with};
use crate::domain::{AgentView, CallStatus, Capability, InteractionState as S, Posting, StatusTexts};
use std::collections::BTreeMap;

fn hear(agent: &mut Agent, interaction: Interaction) -> Vec<Change> {
    agent.apply(SwitchEvent::Interaction(interaction), &rules())
}

fn ended(id: &str) -> Interaction {
    call(id, S::Ended(EndCause::RemoteDisconnect))
}

fn seen(agent: &Agent) -> String {
    agent.shown_ids().iter().map(ItemId::as_str).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_call_comes_changes_and_goes_and_each_is_told_once() {
    let mut agent = agent("A");
    let came = hear(&mut agent, call("1", S::Alerting));
    assert_eq!(came, [Change::Came("1".into(), "1".into()), Change::Item("1".into())]);
    assert_eq!(hear(&mut agent, call("1", S::Alerting)), []);
    assert_eq!(hear(&mut agent, call("1", S::Connected)), [Change::Item("1".into())]);
    assert_eq!(hear(&mut agent, ended("1")), [Change::Went("1".into(), Some(Box::new(ended("1"))))]);
    assert_eq!(hear(&mut agent, ended("1")), []);
}

#[test]
fn a_call_is_told_of_again_when_only_its_buttons_change() {
    let mut agent = with(agent("A"), [call("1", S::Held)]);
    let changes = hear(&mut agent, consultation("2", S::Connected, "1"));
    assert_eq!(changes, [Change::Came("2".into(), "2".into()), Change::Item("1".into()), Change::Item("2".into())]);
    let view = &agent.calls(&rules())[0];
    assert!(view.capabilities.contains(&Capability::Conference));
}

#[test]
fn the_seventh_call_waits_until_one_of_the_six_ends() {
    let mut agent = with(agent("A"), (1..=6).map(|id| call(&id.to_string(), S::Alerting)));
    assert_eq!(hear(&mut agent, call("7", S::Alerting)), [Change::Came("7".into(), "7".into())]);
    assert_eq!(hear(&mut agent, call("7", S::Held)), []);
    assert_eq!(seen(&agent), "1 2 3 4 5 6");
    let changes = hear(&mut agent, ended("3"));
    assert_eq!(changes[..2], [Change::Went("3".into(), Some(Box::new(ended("3")))), Change::Item("7".into())]);
    assert_eq!(seen(&agent), "1 2 4 5 6 7");
}

#[test]
fn a_seventh_call_that_ends_unseen_is_not_told_of() {
    let mut agent = with(agent("A"), (1..=7).map(|id| call(&id.to_string(), S::Alerting)));
    assert_eq!(hear(&mut agent, ended("7")), [Change::Went("7".into(), None)]);
}

#[test]
fn the_agents_own_consultation_is_always_shown() {
    let mut agent = with(agent("A"), (1..=6).map(|id| call(&id.to_string(), S::Held)));
    hear(&mut agent, consultation("c", S::Dialing, "1"));
    assert_eq!(seen(&agent), "1 2 3 4 5 6 c");
    hear(&mut agent, call("8", S::Alerting));
    hear(&mut agent, ended("2"));
    assert_eq!(seen(&agent), "1 3 4 5 6 c");
    hear(&mut agent, ended("3"));
    assert_eq!(seen(&agent), "1 4 5 6 c 8");
}

#[test]
fn a_call_that_was_asked_for_has_its_place_before_what_comes_later() {
    let mut agent = with(agent("A"), (1..=5).map(|id| call(&id.to_string(), S::Held)));
    agent.create("mine".into());
    agent.place(Some(&"mine".into()));
    assert_eq!(hear(&mut agent, call("6", S::Alerting)), [Change::Came("6".into(), "6".into())], "the sixth place is taken");
    agent.placed(Some("mine".into()), outbound("7", S::Dialing), &rules());
    assert_eq!(seen(&agent), "1 2 3 4 5 mine");
    hear(&mut agent, ended("2"));
    assert_eq!(seen(&agent), "1 3 4 5 6 mine");
}

#[test]
fn the_place_of_a_call_that_was_refused_goes_to_whoever_waits() {
    let mut agent = with(agent("A"), (1..=5).map(|id| call(&id.to_string(), S::Held)));
    agent.create("mine".into());
    agent.place(Some(&"mine".into()));
    hear(&mut agent, call("6", S::Alerting));
    assert_eq!(agent.not_placed(Some(&"mine".into()), true, &rules()), [Change::Item("6".into())]);
}

#[test]
fn a_call_that_was_asked_for_before_the_restart_has_its_place_still() {
    let mine = (ItemId::from("mine"), Content::Placing { attached_data: None }, false);
    let held = |id: &str| call(id, S::Held);
    let shown = (1..=5).map(|id| (ItemId::new(id.to_string()), Content::Live(Box::new(held(&id.to_string()))), true));
    let (mut agent, _) = Agent::left_behind(agent("A").profile, shown.chain([mine]), &rules());
    let here = (1..=6).map(|id| held(&id.to_string())).chain([outbound("7", S::Connected)]).collect();
    agent.apply(SwitchEvent::Snapshot { status: status("Available"), interactions: here }, &rules());
    assert_eq!(seen(&agent), "1 2 3 4 5 mine");
}

#[test]
fn a_call_on_no_channel_of_the_site_is_not_shown() {
    let mut agent = agent("A");
    let mut narrow = rules();
    narrow.channels.retain(|channel| channel.id.as_str() != "chat");
    let came = agent.apply(SwitchEvent::Interaction(chat("1", S::Alerting, 0)), &narrow);
    assert_eq!(came, [Change::Came("1".into(), "1".into())]);
    assert_eq!(agent.reconsider(&rules()), [Change::User, Change::Item("1".into())]);
    agent.reconsider(&narrow);
    assert_eq!(seen(&agent), "");
}

#[test]
fn a_dialled_call_is_the_item_that_sap_created() {
    let mut agent = agent("A");
    agent.create("mine".into());
    agent.place(Some(&"mine".into()));
    // The switch tells of the call before it answers: SAP must not see it under another id.
    assert_eq!(hear(&mut agent, outbound("7", S::Dialing)), []);
    assert_eq!(hear(&mut agent, outbound("7", S::Connected)), []);
    let (item, changes) = agent.placed(Some("mine".into()), outbound("7", S::Dialing), &rules());
    assert_eq!(item, "mine".into());
    assert_eq!(changes, [Change::Came("mine".into(), "7".into()), Change::Item("mine".into())]);
    assert_eq!(agent.calls(&rules())[0].status, CallStatus::Connected);
    assert_eq!(hear(&mut agent, outbound("7", S::Held)), [Change::Item("mine".into())]);
    let gone = outbound("7", S::Ended(EndCause::Dropped));
    assert_eq!(hear(&mut agent, gone.clone()), [Change::Went("mine".into(), Some(Box::new(gone)))]);
}

#[test]
fn a_call_that_fails_at_once_ends_under_its_item() {
    let mut agent = agent("A");
    agent.create("mine".into());
    agent.place(Some(&"mine".into()));
    hear(&mut agent, outbound("7", S::Dialing));
    let failed = outbound("7", S::Ended(EndCause::Failed));
    hear(&mut agent, failed.clone());
    let (_, changes) = agent.placed(Some("mine".into()), outbound("7", S::Dialing), &rules());
    assert_eq!(changes, [Change::Came("mine".into(), "7".into()), Change::Went("mine".into(), Some(Box::new(failed)))]);
    assert!(agent.item(&"mine".into()).is_none());
}

#[test]
fn a_refused_call_leaves_its_item_and_its_data_for_another_try() {
    let mut agent = agent("A");
    agent.create("mine".into());
    agent.keep(&"mine".into(), data("<d/>"));
    agent.place(Some(&"mine".into()));
    assert_eq!(agent.not_placed(Some(&"mine".into()), true, &rules()), []);
    assert_eq!(agent.item(&"mine".into()).map(|item| item.content.clone()), Some(Content::New { attached_data: data("<d/>") }));
}

#[test]
fn a_late_answer_does_not_lose_the_item() {
    let mut agent = agent("A");
    agent.create("mine".into());
    agent.place(Some(&"mine".into()));
    hear(&mut agent, outbound("7", S::Dialing));
    let changes = agent.not_placed(Some(&"mine".into()), false, &rules());
    assert_eq!(changes, [Change::Came("mine".into(), "7".into()), Change::Item("mine".into())]);
}

#[test]
fn a_call_with_the_data_of_another_item_is_not_the_one_that_was_dialled() {
    let carries = |id: &str, data: &str| Interaction { attached_data: Some(data.into()), ..outbound(id, S::Dialing) };
    let mut agent = agent("A");
    for item in ["first", "second"] {
        agent.create(item.into());
        agent.keep(&item.into(), Some(item.into()));
        agent.place(Some(&item.into()));
        agent.not_placed(Some(&item.into()), false, &rules());
    }
    agent.place(Some(&"first".into()));
    hear(&mut agent, carries("7", "second"));
    agent.not_placed(Some(&"first".into()), false, &rules());
    assert_eq!(seen(&agent), "second", "the call that came late is the item that it was dialled for");
    hear(&mut agent, carries("8", "first"));
    assert_eq!(seen(&agent), "second first");
    hear(&mut agent, carries("9", "nobody's"));
    assert_eq!(seen(&agent), "second first 9");
}

#[test]
fn after_a_restart_a_call_with_other_data_is_not_the_one_that_was_dialled() {
    let mine = (ItemId::from("mine"), Content::Placing { attached_data: Some("mine".into()) }, false);
    let (mut agent, _) = Agent::left_behind(agent("A").profile, [mine], &rules());
    let other = Interaction { attached_data: Some("other".into()), ..outbound("7", S::Connected) };
    agent.apply(SwitchEvent::Snapshot { status: status("Available"), interactions: vec![other] }, &rules());
    assert_eq!(seen(&agent), "7");
    assert!(matches!(agent.item(&"mine".into()).expect("it can be dialled again").content, Content::New { .. }));
}

#[test]
fn an_inbound_call_does_not_wait_for_an_answer_to_dial() {
    let mut agent = agent("A");
    agent.place(None);
    assert_eq!(hear(&mut agent, call("8", S::Alerting)).len(), 2);
    hear(&mut agent, outbound("7", S::Dialing));
    let (item, _) = agent.placed(None, outbound("7", S::Dialing), &rules());
    assert_eq!((item.as_str(), seen(&agent).as_str()), ("7", "8 7"));
}

#[test]
fn two_calls_dialled_at_once_are_not_mixed_up() {
    let mut agent = agent("A");
    for id in ["a", "b"] {
        agent.create(id.into());
        agent.place(Some(&id.into()));
    }
    hear(&mut agent, outbound("2", S::Dialing));
    hear(&mut agent, outbound("1", S::Dialing));
    agent.placed(Some("a".into()), outbound("1", S::Dialing), &rules());
    agent.placed(Some("b".into()), outbound("2", S::Dialing), &rules());
    assert_eq!((agent.item_of(&"1".into()), agent.item_of(&"2".into())), (Some("a".into()), Some("b".into())));
}

#[test]
fn items_that_are_never_dialled_are_forgotten_oldest_first() {
    let mut agent = agent("A");
    for id in 0..UNUSED_ITEMS {
        assert_eq!(agent.create(id.to_string().into()), None);
    }
    assert_eq!(agent.create("one more".into()), Some("0".into()));
    assert_eq!(agent.item_ids().count(), UNUSED_ITEMS);
}

#[test]
fn calls_that_vanished_while_the_switch_was_lost_end() {
    let mut agent = with(agent("A"), [call("1", S::Connected), call("2", S::Held)]);
    assert_eq!(agent.apply(SwitchEvent::Connection(Connection::Down), &rules()), [Change::User]);
    assert_eq!(&*agent.view(&rules(), None).current_workmode.description, "Server Down");
    agent.apply(SwitchEvent::Connection(Connection::Reconnecting), &rules());
    assert_eq!(&*agent.view(&rules(), None).current_workmode.description, "Attempt Reconnect");
    let snapshot = SwitchEvent::Snapshot { status: status("Available"), interactions: vec![call("2", S::Held), call("3", S::Alerting)] };
    let changes = agent.apply(snapshot, &rules());
    assert_eq!(
        changes,
        [
            Change::User,
            Change::Went("1".into(), Some(Box::new(ended("1")))),
            Change::Came("3".into(), "3".into()),
            Change::Item("2".into()),
            Change::Item("3".into()),
        ]
    );
    assert_eq!(&*agent.view(&rules(), None).current_workmode.id, "2");
}

#[test]
fn an_agent_reads_his_workmodes_in_the_language_of_his_sap() {
    let mut agent = with(agent("A"), []);
    let mut texts = StatusTexts::default();
    texts.add("Available".into(), "DE", "Gesprächsbereit".into());
    texts.add("ACD - Rejected".into(), "DE", "Abgelehnt".into());
    agent.profile.texts = Arc::new(texts);
    let read = |agent: &Agent, language: &str| {
        let view = agent.view(&rules(), Some(&language.into()));
        let listed: Vec<_> = view.workmodes.iter().map(|mode| mode.description.to_string()).collect();
        (view.current_workmode.description.to_string(), listed.join(", "))
    };
    assert_eq!(read(&agent, "DE"), ("Gesprächsbereit".to_owned(), "<Logout>, Gesprächsbereit, Do Not Disturb".to_owned()));
    assert_eq!(read(&agent, "EN"), ("Available".to_owned(), "<Logout>, Available, Do Not Disturb".to_owned()));
    agent.apply(SwitchEvent::Status(status("ACD - Rejected")), &rules());
    assert_eq!(read(&agent, "DE").0, "Abgelehnt");
    agent.apply(SwitchEvent::Connection(Connection::Down), &rules());
    assert_eq!(read(&agent, "DE").0, "Anlage nicht erreichbar");
}

#[test]
fn an_ended_call_is_told_with_its_last_data_and_no_buttons() {
    let mut agent = with(agent("A"), [call("1", S::Connected)]);
    let changes = hear(&mut agent, Interaction { attached_data: data("<d/>"), ..ended("1") });
    let Some(Event::PhoneCallChanged(view)) = agent.event(&changes[0], &rules()) else { panic!("{changes:?}") };
    assert_eq!((view.status, view.capabilities.len(), view.attached_data), (CallStatus::Ended, 0, data("<d/>")));
}

#[test]
fn numbers_are_searched_in_order_and_written_for_sap() {
    let attributes = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>();
    let cases = [
        (vec![("Eic_RemoteTn", "sip:555@example.com"), ("Eic_RemoteId", "1")], "+555"),
        (vec![("Eic_RemoteTn", "  "), ("Eic_RemoteId", "/1234")], "+1234"),
        (vec![("eic_remoteid", "1234")], "+1234"),
        (vec![("Eic_RemoteTn", "PrivateNumber")], "+0"),
        (vec![], "+4930"),
    ];
    for (pairs, expected) in cases {
        let agent = with(agent("A"), [Interaction { attributes: attributes(&pairs), ..call("1", S::Alerting) }]);
        assert_eq!(agent.calls(&rules())[0].remote_numbers, [expected], "{pairs:?}");
    }
    let dialed = Interaction { attributes: attributes(&[("Eic_LocalTn", "0800")]), ..call("1", S::Alerting) };
    assert_eq!(with(agent("A"), [dialed]).calls(&rules())[0].dialed_numbers, ["+0800"]);
    assert_eq!(with(agent("A"), [call("1", S::Alerting)]).calls(&rules())[0].dialed_numbers, [""; 0]);
    assert_eq!(with(agent("A"), [outbound("1", S::Dialing)]).calls(&rules())[0].dialed_numbers, ["+4930"]);
}

#[test]
fn a_call_shows_its_state_line_and_parties() {
    let cases = [
        (call("1", S::Alerting), CallStatus::Alerting),
        (outbound("1", S::Dialing), CallStatus::Dialing),
        (call("1", S::Connected), CallStatus::Connected),
        (conference("1", S::Connected), CallStatus::Conferenced),
        (conference("1", S::Held), CallStatus::Held),
        (call("1", S::Listening), CallStatus::Listening),
    ];
    for (call, expected) in cases {
        let view = with(agent("A"), [call]).calls(&rules()).remove(0);
        assert_eq!((view.status, view.container.as_str()), (expected, "1001"));
    }
    let nameless = Interaction { parties: vec![party("p1", "", "Carla"), party("p2", "1002", "")], ..conference("1", S::Connected) };
    let texts: Vec<_> = with(agent("A"), [nameless]).calls(&rules())[0].participants.iter().map(|p| p.description.to_string()).collect();
    assert_eq!(texts, ["Carla", "+1002"]);
}

#[test]
fn a_consultation_names_the_item_it_is_for() {
    let agent = with(agent("A"), [call("1", S::Held), consultation("2", S::Connected, "1")]);
    assert_eq!(agent.calls(&rules())[1].consultation_for, Some("1".into()));
    let alone = with(super::tests::agent("A"), [consultation("2", S::Connected, "1")]);
    assert_eq!(alone.calls(&rules())[0].consultation_for, None);
}

#[test]
fn the_agent_shows_channels_addresses_and_containers() {
    let mut agent = with(agent("A"), []);
    let mut rules = rules();
    rules.channels[1].address_extension = "@chat.example.com".to_owned();
    let ids = |view: &AgentView| view.channels.iter().map(|channel| channel.id.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(ids(&agent.view(&rules, None)), "phone", "the switch sends him no chats");
    agent.profile.kinds.push(InteractionKind::Chat);
    let view = agent.view(&rules, None);
    assert_eq!(ids(&view), "phone chat");
    let addresses: Vec<_> = view.addresses.iter().map(|address| address.address.as_str()).collect();
    assert_eq!(addresses, ["+1001", "anna@example.com"], "his own address comes first");
    agent.profile.email.clear();
    assert_eq!(agent.view(&rules, None).addresses[1].address, "A@chat.example.com");
    let containers: Vec<_> = view.containers.iter().map(|container| container.id.as_str()).collect();
    assert_eq!(containers, ["1001", "Inbox:A"]);
    agent.addresses = vec![Address { channel: "phone".into(), address: "+49".to_owned() }];
    agent.channels = Some(vec!["chat".into()]);
    let view = agent.view(&rules, None);
    assert_eq!(view.addresses[0].address, "+49");
    assert_eq!(view.current_channels, ["chat".into()]);
}

#[test]
fn an_email_is_in_the_inbox_and_no_call() {
    let mail = Interaction {
        kind: InteractionKind::Email,
        attributes: BTreeMap::from([("Subject".to_owned(), "Order".to_owned())]),
        parties: vec![party("p", "carla@example.com", "Carla")],
        ..call("m", S::Alerting)
    };
    let agent = with(agent("A"), [mail, call("1", S::Alerting)]);
    let mails = agent.messages();
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].subject.as_str(), mails[0].originator.as_str(), mails[0].read), ("Order", "carla@example.com", false));
    assert_eq!(agent.calls(&rules()).len(), 1);
}

#[test]
fn a_status_that_is_told_twice_is_news_once() {
    let mut agent = with(agent("A"), []);
    assert_eq!(agent.apply(SwitchEvent::Status(status("At Lunch")), &rules()), [Change::User]);
    assert_eq!(agent.apply(SwitchEvent::Status(status("At Lunch")), &rules()), []);
}

#[test]
fn ready_is_whoever_the_switch_may_send_calls_to() {
    for (name, ready) in [("Available", true), ("Do Not Disturb", false), ("ACD - Rejected", false)] {
        let mut agent = with(agent("A"), []);
        agent.apply(SwitchEvent::Status(status(name)), &rules());
        assert_eq!(agent.is_ready(&rules()), ready, "{name}");
    }
    let mut agent = with(agent("A"), []);
    agent.apply(SwitchEvent::Status(AgentStatus { do_not_disturb: false, ..status("Forwarded") }), &rules());
    assert!(agent.is_ready(&rules()), "no workmode names it, but calls come");
}

mod any_order {
    use super::*;
    use proptest::prelude::*;

    fn any_call() -> impl Strategy<Value = Interaction> {
        let state = prop_oneof![Just(S::Alerting), Just(S::Dialing), Just(S::Connected), Just(S::Held), Just(S::Ended(EndCause::Dropped)),];
        (0..12_u8, state, any::<bool>(), 0..4_u64).prop_map(|(id, state, out, written)| {
            let name = id.to_string();
            match id % 4 {
                0 => chat(&name, state, written),
                1 => action_item(&name, state),
                _ if out => outbound(&name, state),
                _ => call(&name, state),
            }
        })
    }

    proptest! {
        /// Whatever the switch says: SAP sees six at most, hears of each end that it saw the beginning of, and of no other.
        #[test]
        fn sap_sees_six_at_most_and_every_end(calls in proptest::collection::vec(any_call(), 0..80)) {
            let mut agent = agent("A");
            let mut known = std::collections::BTreeSet::new();
            for interaction in calls {
                for change in hear(&mut agent, interaction) {
                    match change {
                        Change::Item(id) => { known.insert(id); }
                        Change::Went(id, Some(_)) => prop_assert!(known.remove(&id), "the end of {id}, which SAP never saw"),
                        Change::Went(id, None) => prop_assert!(!known.contains(&id)),
                        Change::Posted(posting) => prop_assert!(known.contains(&posting.item), "a posting in a chat that SAP does not see"),
                        Change::Came(..) | Change::User => {}
                    }
                }
                prop_assert!(agent.shown_ids().len() <= 6);
                prop_assert_eq!(known.iter().cloned().collect::<Vec<_>>(), { let mut ids = agent.shown_ids(); ids.sort(); ids });
            }
        }
    }
}

fn texts(changes: &[Change]) -> Vec<String> {
    let posting = |change: &Change| if let Change::Posted(posting) = change { Some(posting.text.to_string()) } else { None };
    changes.iter().filter_map(posting).collect()
}

#[test]
fn every_posting_is_told_once_and_in_order() {
    let mut agent = agent("A");
    assert_eq!(texts(&hear(&mut agent, chat("1", S::Alerting, 1))), ["line 1"]);
    assert_eq!(hear(&mut agent, chat("1", S::Alerting, 1)), []);
    let changes = hear(&mut agent, chat("1", S::Connected, 3));
    assert!(matches!(&changes[..], [Change::Item(_), Change::Posted(_), Change::Posted(_)]), "{changes:?}");
    assert_eq!(texts(&changes), ["line 2", "line 3"]);
    assert_eq!(texts(&hear(&mut agent, chat("1", S::Connected, 4))), ["line 4"], "a posting alone changes nothing else");
    let end = hear(&mut agent, chat("1", S::Ended(EndCause::RemoteDisconnect), 6));
    assert_eq!(texts(&end), ["line 5", "line 6"]);
    assert!(matches!(end.last(), Some(Change::Went(_, Some(_)))), "the end comes last: {end:?}");
}

#[test]
fn after_a_snapshot_only_what_is_new_is_told() {
    let mut agent = with(agent("A"), [chat("1", S::Connected, 2)]);
    let interactions = vec![chat("1", S::Connected, 5)];
    let changes = agent.apply(SwitchEvent::Snapshot { status: status("Available"), interactions }, &rules());
    assert_eq!(texts(&changes), ["line 3", "line 4", "line 5"]);
}

#[test]
fn what_the_agent_writes_himself_is_told_when_the_profile_says_so() {
    for told in [true, false] {
        let rules = Rules { own_postings: told, ..rules() };
        let mut agent = agent("A");
        let mut chat = chat("1", S::Connected, 1);
        let mut written = (**chat.chat.as_ref().unwrap()).clone();
        let own = Posting { number: 2, author: Author::Agent("A".into()), text: "me".into(), at: 6 };
        written.postings.push(Arc::new(own));
        chat.chat = Some(Arc::new(written));
        let changes = agent.apply(SwitchEvent::Interaction(chat), &rules);
        assert_eq!(texts(&changes).len(), if told { 2 } else { 1 });
    }
}

#[test]
fn who_is_typing_is_told_when_the_profile_has_a_field_for_it() {
    let typing = |on: bool| {
        let mut chat = chat("1", S::Connected, 0);
        let typing = if on { vec!["p1".into()] } else { Vec::new() };
        chat.chat = Some(Arc::new(crate::domain::Chat { postings: Vec::new(), typing }));
        chat
    };
    for told in [true, false] {
        let rules = Rules { typing: told, ..rules() };
        let mut agent = agent("A");
        agent.apply(SwitchEvent::Interaction(typing(false)), &rules);
        let changes = agent.apply(SwitchEvent::Interaction(typing(true)), &rules);
        assert_eq!(changes.len(), usize::from(told), "{changes:?}");
    }
}

#[test]
fn the_six_count_over_all_channels() {
    let six =
        [call("1", S::Held), chat("2", S::Connected, 0), action_item("3", S::Alerting), call("4", S::Held), chat("5", S::Connected, 0)];
    let mut agent = with(agent("A"), six.into_iter().chain([action_item("6", S::Connected)]));
    assert_eq!(texts(&hear(&mut agent, chat("7", S::Alerting, 3))), [""; 0], "the seventh waits on the switch");
    assert_eq!(seen(&agent), "1 2 3 4 5 6");
    let changes = hear(&mut agent, action_item("3", S::Ended(EndCause::Dropped)));
    assert!(changes.contains(&Change::Item("7".into())));
    assert_eq!(texts(&changes), ["line 1", "line 2", "line 3"], "with everything that was written meanwhile");
}

#[test]
fn an_action_item_that_the_switchs_client_holds_stays_accepted_in_sap() {
    let agent = with(agent("A"), [action_item("1", S::Held)]);
    let item = agent.item(&"1".into()).unwrap();
    assert_eq!(agent.action_item_view(item, item.interaction().unwrap(), &rules()).status, CallStatus::Connected);
}

#[test]
fn a_generic_object_of_the_switch_is_an_action_item_and_its_own_mail_a_message() {
    let own = |kind| Interaction { kind, ..call("1", S::Alerting) };
    let object = with(agent("A"), [own(InteractionKind::GenericObject)]);
    assert_eq!((object.shown_ids().len(), object.messages().len()), (1, 0));
    let mail = with(agent("A"), [own(InteractionKind::Email)]);
    assert_eq!((mail.shown_ids().len(), mail.messages().len()), (0, 1), "SAP could not open it");
    let routed = with(agent("A"), [action_item("1", S::Alerting)]);
    assert_eq!((routed.shown_ids().len(), routed.messages().len()), (1, 1));
}

#[test]
fn a_customers_own_address_comes_first() {
    let address = |attribute: Option<&str>, address: &str, name: &str| {
        let attributes = attribute.map(|value| ("Eic_RemoteId".to_owned(), value.to_owned())).into_iter().collect();
        let chat = Interaction { attributes, parties: vec![party("p1", address, name)], ..chat("1", S::Alerting, 0) };
        let agent = with(agent("A"), [chat]);
        let item = agent.item(&"1".into()).unwrap();
        agent.chat_view(item, item.interaction().unwrap(), &rules()).customer
    };
    assert_eq!(address(Some("max@home.example"), "other@x.example", "Max"), "max@home.example");
    assert_eq!(address(Some("+4930"), "other@x.example", "Max"), "other@x.example");
    assert_eq!(address(None, "", "Max Muster"), "Max.Muster@customer.com");
    assert_eq!(address(None, "+4930", ""), "+4930@customer.com");
}

#[test]
fn an_agents_queues_carry_the_number_that_a_transfer_goes_to() {
    let queues = agent("A").view(&rules(), None).queues;
    assert_eq!((queues[0].id.as_str(), queues[0].number.as_str(), queues[0].figures), ("Sales", "+8000", None));
}

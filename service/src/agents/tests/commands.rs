//! Each command on items, lines and folders: as it should be, in a wrong state, with an unknown id, with another agent's.

use super::*;
use crate::domain::{
    AfterReject, Destination, Interaction, Listened, Subject, SwitchAnswer,
    samples::{conference, consultation, outbound},
};

/// One row: the command by item id, calls for which it is right, what the switch is then asked, and calls for which it is wrong.
struct Row {
    name: &'static str,
    command: fn(ItemId) -> Command,
    right: Vec<Interaction>,
    asked: Option<R>,
    wrong: Option<Vec<Interaction>>,
}

fn rows() -> Vec<Row> {
    let one = |state| vec![call("1", state)];
    let two = |first, second| vec![call("1", first), consultation("2", second, "1")];
    let row = |name, command, right, asked, wrong| Row { name, command, right, asked: Some(asked), wrong };
    let reject = R::Reject { interaction: "1".into(), status: Some("ACD - Rejected".into()), after: AfterReject::Requeue };
    let data = |data: Option<&str>| R::SetAttachedData { interaction: "1".into(), data: data.map(Into::into) };
    vec![
        row("accept", Command::Accept, one(S::Alerting), R::Answer("1".into()), Some(one(S::Connected))),
        row("reroute", Command::Reroute, one(S::Alerting), reject, Some(one(S::Held))),
        row("drop", Command::Drop, one(S::Connected), R::Disconnect("1".into()), Some(one(S::Alerting))),
        row("hold", Command::Hold, one(S::Connected), R::Hold("1".into()), Some(one(S::Held))),
        row("unhold", Command::Unhold, one(S::Held), R::Pickup("1".into()), Some(one(S::Connected))),
        row(
            "alternate",
            |item| Command::Alternate { item, other: None },
            two(S::Held, S::Connected),
            R::Alternate { hold: "2".into(), pick_up: "1".into() },
            Some(two(S::Held, S::Held)),
        ),
        row(
            "reconnect",
            |item| Command::Reconnect { item, other: None },
            two(S::Held, S::Connected),
            R::Reconnect { drop: "2".into(), pick_up: "1".into() },
            Some(one(S::Held)),
        ),
        row(
            "conference",
            |item| Command::Conference { item, other: None },
            two(S::Held, S::Connected),
            R::Conference { held: "1".into(), connected: "2".into() },
            Some(two(S::Held, S::Dialing)),
        ),
        row(
            "transfer, blind",
            |item| Command::Transfer { item, to: Destination::Number("8".to_owned()) },
            one(S::Connected),
            R::BlindTransfer { call: "1".into(), destination: "8".to_owned() },
            Some(one(S::Alerting)),
        ),
        row(
            "transfer, warm",
            |item| Command::Transfer { item, to: Destination::Item("2".into()) },
            two(S::Held, S::Connected),
            R::CompleteTransfer { call: "1".into(), consultation: "2".into() },
            Some(vec![call("1", S::Alerting), call("2", S::Connected)]),
        ),
        row(
            "dropParty",
            |item| Command::DropParty { item, party: "+1002".to_owned() },
            vec![conference("1", S::Connected)],
            R::DropParty { call: "1".into(), party: "p2".into() },
            Some(one(S::Connected)),
        ),
        row("listenEnd", Command::ListenEnd, one(S::Listening), R::ListenEnd("1".into()), Some(one(S::Connected))),
        row("setAttachedData", |item| Command::SetAttachedData { item, data: "<d/>".into() }, one(S::Held), data(Some("<d/>")), None),
        row("deleteAttachedData", Command::DeleteAttachedData, one(S::Held), data(None), None),
        Row { name: "getAttachedData", command: Command::GetAttachedData, right: one(S::Held), asked: None, wrong: None },
        Row { name: "getAttributes", command: Command::GetPhoneCallAttributes, right: one(S::Held), asked: None, wrong: None },
    ]
}

#[tokio::test(start_paused = true)]
async fn every_command_on_an_item_is_right_wrong_unknown_or_anothers() {
    let mut cases = 0;
    for Row { name, command, right, asked, wrong } in rows() {
        let bench = Bench::new();
        bench.with_calls("A", right).await;
        bench.log_on("B").await;
        bench.outbox.take();
        let outcome = bench.ask("A", command("1".into())).await;
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
        assert_eq!(bench.switch.requests(), asked.into_iter().collect::<Vec<_>>(), "{name}");
        assert_eq!(bench.ask("A", command("9".into())).await, Err(Refusal::UnknownItem("9".into())), "{name}");
        assert_eq!(bench.ask("B", command("1".into())).await, Err(Refusal::ForeignItem("1".into())), "{name}");
        cases += 3;
        if let Some(wrong) = wrong {
            let bench = Bench::new();
            bench.with_calls("A", wrong).await;
            let outcome = bench.ask("A", command("1".into())).await;
            assert!(matches!(outcome, Err(Refusal::WrongState { .. })), "{name}: {outcome:?}");
            cases += 1;
        }
        assert_eq!(bench.switch.requests(), [], "{name}: nothing of what was refused reached the switch");
    }
    assert_eq!(cases, 60);
}

#[tokio::test(start_paused = true)]
async fn every_command_that_makes_a_call_is_right_wrong_unknown_or_anothers() {
    let dial = |item: ItemId| Command::Dial { item: Some(item), destination: "8".to_owned() };
    let consult = |item: ItemId| Command::Consult { item, destination: "8".to_owned(), new_item: None };
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected)]).await;
    bench.log_on("B").await;
    let Ok(Reply::Item(mine)) = bench.ask("A", Command::CreateItem).await else { panic!("no item") };
    for command in [dial(mine.clone()), consult("1".into())] {
        assert_eq!(bench.ask("B", command.clone()).await.map_err(|refusal| matches!(refusal, Refusal::ForeignItem(_))), Err(true));
    }
    bench.switch.answer(Ok(SwitchAnswer::Interaction(Box::new(outbound("7", S::Dialing)))));
    assert_eq!(bench.ask("A", dial(mine.clone())).await, Ok(Reply::Item(mine.clone())));
    bench.switch.answer(Ok(SwitchAnswer::Interaction(Box::new(consultation("8", S::Dialing, "1")))));
    assert_eq!(bench.ask("A", consult("1".into())).await, Ok(Reply::Item("8".into())));
    for command in [dial(mine), consult("8".into())] {
        let outcome = bench.ask("A", command).await;
        assert!(matches!(outcome, Err(Refusal::WrongState { .. })), "{outcome:?}");
    }
    for command in [dial("9".into()), consult("9".into())] {
        assert_eq!(bench.ask("A", command).await, Err(Refusal::UnknownItem("9".into())));
    }
}

#[tokio::test(start_paused = true)]
async fn the_events_of_a_dialled_call_carry_the_item_that_sap_created() {
    let bench = Bench::new();
    bench.log_on("A").await;
    let Ok(Reply::Item(item)) = bench.ask("A", Command::CreateItem).await else { panic!("no item") };
    bench.ask("A", Command::SetAttachedData { item: item.clone(), data: "<d/>".into() }).await.expect("kept");
    bench.outbox.take();
    bench.switch.answer(Ok(SwitchAnswer::Interaction(Box::new(outbound("7", S::Dialing)))));
    let dial = Command::Dial { item: Some(item.clone()), destination: "8".to_owned() };
    assert_eq!(bench.ask("A", dial).await, Ok(Reply::Item(item.clone())));
    assert_eq!(bench.switch.requests(), [R::Dial { destination: "8".to_owned(), attached_data: Some("<d/>".into()) }]);
    bench.say("A", SwitchEvent::Interaction(outbound("7", S::Connected))).await;
    let told: Vec<_> = bench.outbox.take().iter().map(|told| told.event.subject()).collect();
    assert_eq!(told, [Subject::Item(item.clone()), Subject::Item(item.clone())]);
    assert_eq!(bench.ask("A", Command::Hold(item)).await, Ok(Reply::Done));
    assert_eq!(bench.switch.requests(), [R::Hold("7".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_dialled_call_whose_answer_is_late_is_still_the_item() {
    let bench = Bench::new();
    bench.log_on("A").await;
    let Ok(Reply::Item(item)) = bench.ask("A", Command::CreateItem).await else { panic!("no item") };
    bench.outbox.take();
    bench.switch.never_answer();
    let dialling = tokio::spawn(bench.ask("A", Command::Dial { item: Some(item.clone()), destination: "8".to_owned() }));
    tokio::time::sleep(Duration::from_millis(1)).await;
    bench.say("A", SwitchEvent::Interaction(outbound("6", S::Dialing))).await;
    assert_eq!(bench.outbox.take().len(), 0, "nothing is told before it is known which item it is");
    assert_eq!(dialling.await.expect("no panic"), Err(Refusal::SwitchTimeout));
    let told: Vec<_> = bench.outbox.take().iter().map(|told| told.event.subject()).collect();
    assert_eq!(told, [Subject::Item(item)]);
}

#[tokio::test(start_paused = true)]
async fn a_new_items_data_goes_to_its_consultation() {
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected)]).await;
    let Ok(Reply::Item(item)) = bench.ask("A", Command::CreateItem).await else { panic!("no item") };
    bench.ask("A", Command::SetAttachedData { item: item.clone(), data: "<d/>".into() }).await.expect("kept");
    bench.switch.answer(Ok(SwitchAnswer::Interaction(Box::new(consultation("7", S::Dialing, "1")))));
    let consult = Command::Consult { item: "1".into(), destination: "8".to_owned(), new_item: Some(item.clone()) };
    assert_eq!(bench.ask("A", consult).await, Ok(Reply::Item(item)));
    bench.settle("A").await;
    let expected = [
        R::Consult { call: "1".into(), destination: "8".to_owned() },
        R::SetAttachedData { interaction: "7".into(), data: Some("<d/>".into()) },
    ];
    assert_eq!(bench.switch.requests(), expected);
}

#[tokio::test(start_paused = true)]
async fn item_ids_are_never_given_twice() {
    let bench = Bench::new();
    let mut ids = std::collections::BTreeSet::new();
    for user in ["A", "B"] {
        bench.log_on(user).await;
        for _ in 0..40 {
            let Ok(Reply::Item(item)) = bench.ask(user, Command::CreateItem).await else { panic!("no item") };
            ids.insert(item);
        }
    }
    assert_eq!(ids.len(), 80);
}

#[tokio::test(start_paused = true)]
async fn a_line_or_folder_of_another_agent_is_refused() {
    let bench = Bench::new();
    bench.log_on("A").await;
    bench.log_on("B").await;
    let line = || ContainerId::from("10a");
    let commands = [
        (Command::GetCalls { line: Some(line()) }, "10a"),
        (Command::DropCalls { line: Some(line()) }, "10a"),
        (Command::SubscribeContainer { container: line(), subscription: Bench::key("http://x", "1") }, "10a"),
        (Command::UnsubscribeContainer { container: line(), subscription: Bench::key("http://x", "1") }, "10a"),
        (Command::GetMessages { folder: "Inbox:A".to_owned() }, "Inbox:A"),
        (Command::SubscribeContainer { container: "Inbox:A".into(), subscription: Bench::key("http://x", "1") }, "Inbox:A"),
    ];
    for (command, container) in commands {
        assert_eq!(bench.ask("B", command.clone()).await, Err(Refusal::ForeignContainer(container.into())), "{command:?}");
    }
    let unknown = [
        Command::GetCalls { line: Some("99".into()) },
        Command::DropCalls { line: Some("99".into()) },
        Command::GetMessages { folder: "99".to_owned() },
        Command::SubscribeContainer { container: "99".into(), subscription: Bench::key("http://x", "1") },
    ];
    for command in unknown {
        assert_eq!(bench.ask("B", command.clone()).await, Err(Refusal::UnknownContainer("99".into())), "{command:?}");
    }
    let gone = Command::UnsubscribeContainer { container: "99".into(), subscription: Bench::key("http://x", "1") };
    assert_eq!(bench.ask("B", gone).await, Ok(Reply::Done));
}

#[tokio::test(start_paused = true)]
async fn drop_calls_tries_every_call_and_tells_the_first_refusal() {
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected), call("2", S::Held), call("3", S::Held)]).await;
    bench.switch.answer(Err(Refusal::SwitchRefused("no".to_owned())));
    bench.switch.answer(Err(Refusal::SwitchRefused("again no".to_owned())));
    let outcome = bench.ask("A", Command::DropCalls { line: None }).await;
    assert_eq!(outcome, Err(Refusal::SwitchRefused("no".to_owned())));
    let asked = ["1", "2", "3"].map(|id| R::Disconnect(id.into()));
    assert_eq!(bench.switch.requests(), asked);
}

#[tokio::test(start_paused = true)]
async fn drop_calls_is_done_where_the_switch_has_ended_a_call_and_nobody_has_heard_of_it_yet() {
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected), call("2", S::Held)]).await;
    bench.switch.answer(Err(Refusal::CallGone("1".into())));
    assert_eq!(bench.ask("A", Command::DropCalls { line: None }).await, Ok(Reply::Done));
    assert_eq!(bench.switch.requests(), ["1", "2"].map(|id| R::Disconnect(id.into())));
}

#[tokio::test(start_paused = true)]
async fn who_listens_names_another_agents_item_or_the_agent() {
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected)]).await;
    bench.log_on("BOSS").await;
    let heard = || Ok(SwitchAnswer::Interaction(Box::new(call("1", S::Listening))));
    let listen = |what| Command::Listen(what);
    bench.switch.answer(heard());
    assert_eq!(bench.ask("BOSS", listen(Listened::Call("1".into()))).await, Ok(Reply::Item("1".into())));
    assert_eq!(bench.switch.requests(), [R::Listen { agent: Some("A".into()), call: Some("1".into()) }]);
    assert_eq!(bench.ask("BOSS", Command::ListenEnd("1".into())).await, Ok(Reply::Done));
    bench.switch.requests();
    bench.switch.answer(heard());
    assert!(bench.ask("BOSS", listen(Listened::Agent("A".into()))).await.is_ok());
    assert_eq!(bench.switch.requests(), [R::Listen { agent: Some("A".into()), call: None }]);
    let refused = bench.ask("A", listen(Listened::Agent("BOSS".into()))).await;
    assert_eq!(refused, Err(Refusal::NotPermitted { user: "A".into(), what: "listen to calls of others" }));
}

#[tokio::test(start_paused = true)]
async fn a_switch_that_does_not_answer_costs_one_command_only() {
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected)]).await;
    bench.switch.never_answer();
    let held = tokio::spawn(bench.ask("A", Command::Hold("1".into())));
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(bench.ask("A", Command::GetCalls { line: None }).await.is_ok(), "the session does not wait");
    assert_eq!(held.await.expect("no panic"), Err(Refusal::SwitchTimeout));
}

#[tokio::test(start_paused = true)]
async fn the_switch_hears_commands_in_saps_order() {
    let bench = Bench::with(|policy| policy.mailbox = 64);
    bench.with_calls("A", [call("1", S::Held)]).await;
    let data = |number: usize| Command::SetAttachedData { item: "1".into(), data: number.to_string().into() };
    let asked: Vec<_> = (0..40).map(|number| tokio::spawn(bench.ask("A", data(number)))).collect();
    for asked in asked {
        assert_eq!(asked.await.expect("no panic"), Ok(Reply::Done));
    }
    let order: Vec<_> = bench.switch.requests();
    let expected: Vec<_> =
        (0..40).map(|number| R::SetAttachedData { interaction: "1".into(), data: Some(number.to_string().into()) }).collect();
    assert_eq!(order, expected);
}

#[tokio::test(start_paused = true)]
async fn too_many_open_commands_are_refused() {
    let bench = Bench::with(|policy| policy.mailbox = 2);
    bench.with_calls("A", [call("1", S::Connected)]).await;
    for _ in 0..2 {
        bench.switch.never_answer();
        tokio::spawn(bench.ask("A", Command::Hold("1".into())));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(bench.ask("A", Command::Hold("1".into())).await, Err(Refusal::Busy("A".into())));
}

#[tokio::test(start_paused = true)]
async fn what_the_switch_refuses_is_said_in_its_words() {
    let bench = Bench::new();
    bench.with_calls("A", [call("1", S::Connected)]).await;
    bench.switch.answer(Err(Refusal::SwitchRefused("the line is busy".to_owned())));
    let refused = bench.ask("A", Command::Hold("1".into())).await;
    assert_eq!(refused, Err(Refusal::SwitchRefused("the line is busy".to_owned())));
}

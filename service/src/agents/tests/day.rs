//! An agent's day on the embedded switch: what SAP asks, what the switch does of it, what SAP is told.

use super::*;
use crate::{
    domain::{Destination, Listened},
    switch::embedded::{Caller, Embedded, Plan, Reach, StatusPlan, UserPlan, WorkgroupPlan},
};

pub(super) fn plan() -> Plan {
    let user = |name: &str, extension: &str| UserPlan {
        user: name.into(),
        first_name: name.to_owned(),
        last_name: "Berg".to_owned(),
        extension: extension.to_owned(),
        email: String::new(),
        excluded_from_directory: false,
        status: Some("Available".into()),
    };
    let status = |name: &str, acd: bool| StatusPlan { name: name.into(), acd, do_not_disturb: !acd, selectable: true };
    Plan {
        users: vec![user("ANNA", "1001"), user("BOSS", "1002"), user("AWAY", "1003")],
        statuses: vec![status("Available", true), status("Do Not Disturb", false), status("ACD - Rejected", false)],
        workgroups: vec![WorkgroupPlan { queue: "Sales".into(), extension: "8000".to_owned(), members: vec!["ANNA".into()] }],
        answer_after: Some(Duration::from_secs(2)),
        calls_per_agent: 10,
        ..Plan::default()
    }
}

fn caller(number: &str) -> Caller {
    Caller { number: number.to_owned(), name: "Carla".to_owned(), dialed: "0800".to_owned(), ..Caller::default() }
}

/// Both agents are logged on; what was told of it is forgotten.
async fn bench() -> Bench<Embedded> {
    let bench = Bench::on(Embedded::start(plan()), policy());
    bench.log_on_at("ANNA", "1001").await;
    bench.log_on_at("BOSS", "1002").await;
    bench.outbox.take();
    bench
}

/// A customer whom ANNA talks to; what was told of it is forgotten.
async fn talking(bench: &Bench<Embedded>) -> ItemId {
    let data = Some("<d a='1'/>\r\n".into());
    let id = bench.switch.call_in(Caller { attached_data: data, ..caller("sip:4930@example.com") }, Reach::Queue("Sales".into())).await;
    let id = ItemId::new(id.expect("the call comes in").as_str());
    bench.settle("ANNA").await;
    done(bench, "ANNA", Command::Accept(id.clone())).await;
    bench.settle("ANNA").await;
    bench.outbox.take();
    id
}

/// A consultation of ANNA's with BOSS, who has accepted; its item.
async fn consulting(bench: &Bench<Embedded>, customer: &ItemId) -> ItemId {
    let consult = Command::Consult { item: customer.clone(), destination: "1002".to_owned(), new_item: None };
    let Ok(Reply::Item(item)) = bench.ask("ANNA", consult).await else { panic!("no consultation") };
    done(bench, "BOSS", Command::Accept(item.clone())).await;
    bench.settle("ANNA").await;
    item
}

async fn done(bench: &Bench<Embedded>, user: &str, command: Command) {
    assert_eq!(bench.ask(user, command.clone()).await, Ok(Reply::Done), "{user} {command:?}");
}

/// What each agent was told of calls, in order: `ANNA 7 Connected`.
fn told(bench: &Bench<Embedded>) -> Vec<String> {
    let told = bench.outbox.take();
    let calls = told.iter().filter_map(|told| match &*told.event {
        Event::PhoneCallChanged(call) => Some(format!("{} {} {:?}", told.user, call.item, call.status)),
        _ => None,
    });
    calls.collect()
}

async fn calls(bench: &Bench<Embedded>, user: &str) -> Vec<(String, CallStatus)> {
    let Ok(Reply::Calls(calls)) = bench.ask(user, Command::GetCalls { line: None }).await else { panic!("no calls") };
    calls.into_iter().map(|call| (call.item.to_string(), call.status)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_queue_call_is_accepted_held_picked_up_and_dropped() {
    let bench = bench().await;
    let id = bench.switch.call_in(caller("sip:4930@example.com"), Reach::Queue("Sales".into())).await.expect("the call comes in");
    let item = || ItemId::new(id.as_str());
    bench.settle("ANNA").await;
    let alerting = bench.outbox.take();
    let Event::PhoneCallChanged(call) = &*alerting[0].event else { panic!("{alerting:?}") };
    assert_eq!((call.remote_numbers.as_slice(), call.queue.as_ref()), (["+4930".to_owned()].as_slice(), Some(&"Sales".into())));
    for command in [Command::Accept(item()), Command::Hold(item()), Command::Unhold(item()), Command::Drop(item())] {
        done(&bench, "ANNA", command).await;
    }
    bench.settle("ANNA").await;
    let states = ["Connected", "Held", "Connected", "Ended"].map(|state| format!("ANNA {id} {state}"));
    assert_eq!(told(&bench), states);
    assert_eq!(bench.ask("ANNA", Command::Drop(item())).await, Err(Refusal::UnknownItem(item())));
}

#[tokio::test(start_paused = true)]
async fn a_warm_transfer_takes_the_attached_data_along() {
    let bench = bench().await;
    let customer = talking(&bench).await;
    let Ok(Reply::Text(data)) = bench.ask("ANNA", Command::GetAttachedData(customer.clone())).await else { panic!("no data") };
    assert_eq!(&*data, "<d a='1'/>\r\n");
    done(&bench, "ANNA", Command::SetAttachedData { item: customer.clone(), data: "<e/>".into() }).await;
    let consultation = consulting(&bench, &customer).await;
    assert_eq!(calls(&bench, "ANNA").await, [(customer.to_string(), CallStatus::Held), (consultation.to_string(), CallStatus::Connected)]);
    bench.outbox.take();
    done(&bench, "ANNA", Command::Transfer { item: customer.clone(), to: Destination::Item(consultation.clone()) }).await;
    assert_eq!(calls(&bench, "ANNA").await, []);
    assert_eq!(calls(&bench, "BOSS").await, [(customer.to_string(), CallStatus::Connected)]);
    let Ok(Reply::Text(data)) = bench.ask("BOSS", Command::GetAttachedData(customer.clone())).await else { panic!("no data") };
    assert_eq!(&*data, "<e/>");
    let told = told(&bench);
    for event in [format!("ANNA {customer} Ended"), format!("ANNA {consultation} Ended"), format!("BOSS {customer} Connected")] {
        assert!(told.contains(&event), "{event}: {told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_conference_keeps_the_customers_handle_and_goes_on_without_the_agent() {
    let bench = bench().await;
    let customer = talking(&bench).await;
    let consultation = consulting(&bench, &customer).await;
    let join = Command::Conference { item: consultation.clone(), other: Some(customer.clone()) };
    assert_eq!(bench.ask("ANNA", join).await, Ok(Reply::Item(customer.clone())));
    assert_eq!(calls(&bench, "ANNA").await, [(customer.to_string(), CallStatus::Conferenced)]);
    done(&bench, "ANNA", Command::DropParty { item: customer.clone(), party: "ANNA".to_owned() }).await;
    assert_eq!(calls(&bench, "ANNA").await, []);
    assert_eq!(calls(&bench, "BOSS").await, [(customer.to_string(), CallStatus::Connected)]);
}

#[tokio::test(start_paused = true)]
async fn a_party_is_dropped_from_a_conference_by_its_number() {
    let bench = bench().await;
    let customer = talking(&bench).await;
    consulting(&bench, &customer).await;
    bench.ask("ANNA", Command::Conference { item: customer.clone(), other: None }).await.expect("joined");
    done(&bench, "ANNA", Command::DropParty { item: customer.clone(), party: "+1002".to_owned() }).await;
    assert_eq!(calls(&bench, "ANNA").await, [(customer.to_string(), CallStatus::Connected)]);
    assert_eq!(calls(&bench, "BOSS").await, []);
}

#[tokio::test(start_paused = true)]
async fn alternate_and_reconnect_go_between_the_customer_and_the_consultation() {
    let bench = bench().await;
    let customer = talking(&bench).await;
    let consultation = consulting(&bench, &customer).await;
    done(&bench, "ANNA", Command::Alternate { item: customer.clone(), other: None }).await;
    let expected = [(customer.to_string(), CallStatus::Connected), (consultation.to_string(), CallStatus::Held)];
    assert_eq!(calls(&bench, "ANNA").await, expected);
    done(&bench, "ANNA", Command::Alternate { item: consultation.clone(), other: Some(customer.clone()) }).await;
    done(&bench, "ANNA", Command::Reconnect { item: consultation.clone(), other: None }).await;
    assert_eq!(calls(&bench, "ANNA").await, [(customer.to_string(), CallStatus::Connected)]);
    assert_eq!(calls(&bench, "BOSS").await, []);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_queue_call_waits_and_the_agent_is_out_of_its_way() {
    let bench = bench().await;
    let id = bench.switch.call_in(caller("4930"), Reach::Queue("Sales".into())).await.expect("the call comes in");
    bench.settle("ANNA").await;
    done(&bench, "ANNA", Command::Reroute(ItemId::new(id.as_str()))).await;
    assert_eq!(calls(&bench, "ANNA").await, []);
    assert_eq!(bench.agents.summaries().await[0].workmode, 4);
    let waiting = bench.switch.watch(&id).await.expect("it is alive").borrow().queue.clone();
    assert_eq!(waiting, Some("Sales".into()));
    done(&bench, "ANNA", Command::SetCurrentWorkmode(WorkmodeId::READY)).await;
    assert_eq!(calls(&bench, "ANNA").await, [(id.to_string(), CallStatus::Alerting)]);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_direct_call_goes_to_voicemail() {
    let bench = bench().await;
    let id = bench.switch.call_in(caller("4930"), Reach::User("ANNA".into())).await.expect("the call comes in");
    bench.settle("ANNA").await;
    done(&bench, "ANNA", Command::Reroute(ItemId::new(id.as_str()))).await;
    assert_eq!(calls(&bench, "ANNA").await, []);
    assert_eq!(bench.agents.summaries().await[0].workmode, 2, "his status is left alone");
    assert_eq!(bench.switch.voicemail(&"ANNA".into()).await, ["4930"]);
}

#[tokio::test(start_paused = true)]
async fn an_outbound_call_is_the_created_item_in_every_event() {
    let bench = bench().await;
    let Ok(Reply::Item(item)) = bench.ask("ANNA", Command::CreateItem).await else { panic!("no item") };
    done(&bench, "ANNA", Command::SetAttachedData { item: item.clone(), data: "<d/>".into() }).await;
    let dial = Command::Dial { item: Some(item.clone()), destination: "+4930".to_owned() };
    assert_eq!(bench.ask("ANNA", dial).await, Ok(Reply::Item(item.clone())));
    tokio::time::sleep(Duration::from_secs(3)).await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), [format!("ANNA {item} Dialing"), format!("ANNA {item} Connected")]);
    let Ok(Reply::Text(data)) = bench.ask("ANNA", Command::GetAttachedData(item.clone())).await else { panic!("no data") };
    assert_eq!(&*data, "<d/>");
    done(&bench, "ANNA", Command::DropCalls { line: None }).await;
    bench.settle("ANNA").await;
    assert_eq!(told(&bench), [format!("ANNA {item} Ended")]);
}

#[tokio::test(start_paused = true)]
async fn a_blind_transfer_leaves_the_agent_at_once() {
    let bench = bench().await;
    let customer = talking(&bench).await;
    done(&bench, "ANNA", Command::Transfer { item: customer.clone(), to: Destination::Number("1002".to_owned()) }).await;
    assert_eq!(calls(&bench, "ANNA").await, []);
    assert_eq!(calls(&bench, "BOSS").await, [(customer.to_string(), CallStatus::Alerting)]);
    assert_eq!(bench.ask("ANNA", Command::Hold(customer.clone())).await, Err(Refusal::ForeignItem(customer)));
}

#[tokio::test(start_paused = true)]
async fn a_supervisor_listens_and_stops() {
    let bench = bench().await;
    let customer = talking(&bench).await;
    let Ok(Reply::Item(heard)) = bench.ask("BOSS", Command::Listen(Listened::Call(customer.clone()))).await else { panic!("not heard") };
    assert_eq!(calls(&bench, "BOSS").await, [(heard.to_string(), CallStatus::Listening)]);
    done(&bench, "BOSS", Command::ListenEnd(heard)).await;
    assert_eq!(calls(&bench, "BOSS").await, []);
    assert_eq!(calls(&bench, "ANNA").await, [(customer.to_string(), CallStatus::Connected)]);
}

#[tokio::test(start_paused = true)]
async fn the_seventh_call_rings_unseen_until_one_of_the_six_ends() {
    let bench = bench().await;
    let mut ids = Vec::new();
    for number in 1..=7 {
        ids.push(bench.switch.call_in(caller(&number.to_string()), Reach::Queue("Sales".into())).await.expect("the call comes in"));
    }
    assert_eq!(calls(&bench, "ANNA").await.len(), 6);
    bench.switch.hang_up(&ids[0]).await;
    assert_eq!(calls(&bench, "ANNA").await.last(), Some(&(ids[6].to_string(), CallStatus::Alerting)));
}

#[tokio::test(start_paused = true)]
async fn who_logs_on_in_the_wrong_case_is_told_the_right_one() {
    let bench = bench().await;
    let refused = bench.ask("Anna", Command::GetUserAttributes).await;
    assert_eq!(refused, Err(Refusal::UserCase { asked: "Anna".into(), known: "ANNA".into() }));
    assert_eq!(bench.ask("NOBODY", Command::GetUserAttributes).await, Err(Refusal::UnknownUser("NOBODY".into())));
}

#[tokio::test(start_paused = true)]
async fn after_log_off_and_log_on_the_calls_are_still_there() {
    let bench = bench().await;
    let customer = talking(&bench).await;
    done(&bench, "ANNA", Command::SetCurrentWorkmode(WorkmodeId::LOGOUT)).await;
    bench.log_on_at("ANNA", "1001").await;
    assert_eq!(calls(&bench, "ANNA").await, [(customer.to_string(), CallStatus::Connected)]);
    assert_eq!(bench.agents.summaries().await[0].workmode, 2, "log-off has left the status alone");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_before_the_switch_has_answered_ends_for_sap() {
    let bench = bench().await;
    let Ok(Reply::Item(item)) = bench.ask("ANNA", Command::CreateItem).await else { panic!("no item") };
    // AWAY is not logged on: the end is there before the answer to the dialling.
    let dial = Command::Dial { item: Some(item.clone()), destination: "1003".to_owned() };
    assert_eq!(bench.ask("ANNA", dial).await, Ok(Reply::Item(item.clone())));
    bench.settle("ANNA").await;
    assert_eq!(told(&bench).last(), Some(&format!("ANNA {item} Ended")));
    assert_eq!(calls(&bench, "ANNA").await, []);
}

//! Logging on and off, stations, statuses.

use super::{
    World,
    agent::{AVAILABLE, Agent, LUNCH, NO_ACD, plan},
};
use crate::{
    domain::{EndCause, InteractionState, Refusal, SwitchRequest, Workgroup},
    switch::LogOn,
};

async fn refused(world: &impl World, user: &str, station: Option<&str>) -> Refusal {
    let who = LogOn { user: user.into(), station: station.map(Into::into) };
    world.switch().log_on(who).await.err().unwrap()
}

pub(in crate::switch) async fn a_log_on_gives_the_profile_and_a_snapshot<W: World>() {
    let world = W::start(plan()).await;
    let line = world.line("anna").await;
    assert_eq!((line.profile.first_name.as_str(), line.profile.last_name.as_str()), ("Anna", "Agent"));
    assert_eq!((line.profile.extension.as_str(), line.profile.station.as_str()), ("1001", "1001"));
    assert_eq!(line.profile.workgroups, [Workgroup { id: "Sales".into(), number: "2001".into() }]);
    let anna = Agent::on("anna", line).await;
    assert_eq!(&*anna.status.name, NO_ACD);
    assert!(anna.calls.is_empty());
}

pub(in crate::switch) async fn an_unknown_user_cannot_log_on<W: World>() {
    let world = W::start(plan()).await;
    assert_eq!(refused(&world, "nobody", None).await, Refusal::UnknownUser("nobody".into()));
}

pub(in crate::switch) async fn a_name_in_another_case_is_refused_with_the_right_one<W: World>() {
    let world = W::start(plan()).await;
    assert_eq!(refused(&world, "ANNA", None).await, Refusal::UserCase { asked: "ANNA".into(), known: "anna".into() });
}

pub(in crate::switch) async fn a_user_hidden_from_the_directory_cannot_log_on<W: World>() {
    let world = W::start(plan()).await;
    assert!(matches!(refused(&world, "hidden", None).await, Refusal::CannotLogOn { .. }));
}

pub(in crate::switch) async fn a_user_without_an_extension_cannot_log_on<W: World>() {
    let world = W::start(plan()).await;
    assert!(matches!(refused(&world, "mute", None).await, Refusal::CannotLogOn { .. }));
}

pub(in crate::switch) async fn an_unknown_station_is_refused<W: World>() {
    let world = W::start(plan()).await;
    assert!(matches!(refused(&world, "anna", Some("moon")).await, Refusal::CannotLogOn { why, .. } if why.contains("moon")));
}

pub(in crate::switch) async fn an_agent_may_sit_at_a_free_station<W: World>() {
    let world = W::start(plan()).await;
    let who = LogOn { user: "anna".into(), station: Some("desk-1".into()) };
    assert_eq!(world.switch().log_on(who).await.unwrap().profile.station, "desk-1");
}

pub(in crate::switch) async fn a_station_in_use_is_refused_until_its_agent_logs_off<W: World>() {
    let world = W::start(plan()).await;
    let anna = Agent::log_on(&world, "anna").await;
    assert!(matches!(refused(&world, "bert", Some("1001")).await, Refusal::CannotLogOn { why, .. } if why.contains("anna")));
    anna.line.requests.log_off().await;
    let who = LogOn { user: "bert".into(), station: Some("1001".into()) };
    assert!(world.switch().log_on(who).await.is_ok());
}

pub(in crate::switch) async fn a_station_is_found_by_the_name_of_its_machine<W: World>() {
    let world = W::start(plan()).await;
    for written in ["desk-1", " DESK-1 ", "Desk-1.branch.example.com"] {
        let who = LogOn { user: "anna".into(), station: Some(written.into()) };
        assert_eq!(world.switch().log_on(who).await.unwrap().profile.station, "desk-1", "{written}");
    }
}

pub(in crate::switch) async fn an_agent_who_is_logged_on_elsewhere_is_found_there<W: World>() {
    let world = W::start(plan()).await;
    world.use_client("anna", Some("desk-1")).await;
    assert_eq!(world.switch().directory().await.unwrap().users.iter().find(|user| user.user == "anna".into()).unwrap().presence, "busy");
    let line = world.line("anna").await;
    assert_eq!(line.profile.station, "desk-1");
    line.requests.log_off().await;
    assert!(matches!(refused(&world, "bert", Some("desk-1")).await, Refusal::CannotLogOn { why, .. } if why.contains("anna")));
    // Where SAP puts him he stays, also for who logs him on again.
    let who = LogOn { user: "anna".into(), station: Some("1001".into()) };
    assert_eq!(world.switch().log_on(who).await.unwrap().profile.station, "1001");
    assert_eq!(world.line("anna").await.profile.station, "1001");
    world.use_client("anna", None).await;
    world.line("anna").await.requests.log_off().await;
    let who = LogOn { user: "bert".into(), station: Some("1001".into()) };
    assert!(world.switch().log_on(who).await.is_ok());
}

pub(in crate::switch) async fn an_agent_changes_his_seat_while_he_has_no_calls<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let _bert = Agent::log_on(&world, "bert").await;
    let sit = |station: &str| SwitchRequest::SetStation(station.into());
    assert!(anna.refused(sit("moon")).await.contains("moon"));
    assert!(anna.refused(sit("1002")).await.contains("bert"));
    let call = anna.called(&world, "+4930").await;
    assert!(anna.refused(sit("desk-1")).await.contains("1001"));
    anna.must(SwitchRequest::Disconnect(call.clone())).await;
    anna.until_ended(&call).await;
    anna.must(sit("desk-1")).await;
    anna.rung(&world, "+4930").await;
    let who = LogOn { user: "emil".into(), station: Some("1001".into()) };
    assert!(world.switch().log_on(who).await.is_ok(), "the old seat is free");
}

pub(in crate::switch) async fn a_second_log_on_takes_the_session_over_with_its_calls<W: World>() {
    let world = W::start(plan()).await;
    let mut old = Agent::log_on(&world, "anna").await;
    let call = old.called(&world, "+4930").await;
    let new = Agent::log_on(&world, "anna").await;
    assert_eq!(new.state(&call), Some(InteractionState::Connected));
    assert_eq!(old.line.feed.next().await, None);
    assert_eq!(old.ask(SwitchRequest::Hold(call.clone())).await, Err(Refusal::NotLoggedOn("anna".into())));
    new.must(SwitchRequest::Hold(call)).await;
}

pub(in crate::switch) async fn the_log_off_of_a_session_that_was_taken_over_changes_nothing<W: World>() {
    let world = W::start(plan()).await;
    let old = Agent::log_on(&world, "anna").await;
    let mut new = Agent::log_on(&world, "anna").await;
    old.line.requests.log_off().await;
    new.rung(&world, "+4930").await;
}

pub(in crate::switch) async fn after_a_log_off_the_feed_closes_and_requests_are_refused<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    anna.line.requests.log_off().await;
    assert!(anna.line.feed.next().await.is_none());
    assert_eq!(anna.ask(SwitchRequest::SetStatus(LUNCH.into())).await, Err(Refusal::NotLoggedOn("anna".into())));
}

pub(in crate::switch) async fn the_status_outlives_a_log_off<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    anna.set_status(LUNCH).await;
    anna.line.requests.log_off().await;
    assert_eq!(&*Agent::log_on(&world, "anna").await.status.name, LUNCH);
}

pub(in crate::switch) async fn a_talking_call_outlives_a_log_off<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    anna.line.requests.log_off().await;
    let mut anna = Agent::log_on(&world, "anna").await;
    assert_eq!(anna.state(&call), Some(InteractionState::Connected));
    world.hang_up(&call).await;
    assert_eq!(anna.until_ended(&call).await, EndCause::RemoteDisconnect);
}

pub(in crate::switch) async fn a_call_that_ends_while_its_agent_is_logged_off_is_not_in_the_next_snapshot<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    let call = anna.called(&world, "+4930").await;
    anna.line.requests.log_off().await;
    world.hang_up(&call).await;
    assert!(Agent::log_on(&world, "anna").await.calls.is_empty());
}

pub(in crate::switch) async fn what_rings_directly_at_a_log_off_goes_to_voicemail<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    anna.rung(&world, "+4930").await;
    anna.line.requests.log_off().await;
    assert_eq!(world.voicemail(&"anna".into()).await, ["+4930"]);
}

pub(in crate::switch) async fn a_status_is_set_and_told<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    anna.set_status(LUNCH).await;
    assert!(anna.status.do_not_disturb);
    anna.set_status(AVAILABLE).await;
    assert!(!anna.status.do_not_disturb);
}

pub(in crate::switch) async fn an_unknown_status_is_refused<W: World>() {
    let world = W::start(plan()).await;
    let mut anna = Agent::log_on(&world, "anna").await;
    assert!(anna.refused(SwitchRequest::SetStatus("Dancing".into())).await.contains("Dancing"));
}

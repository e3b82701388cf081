//! Faults of a server that leave no right answer possible: what SAP is told then, and that the agent goes on. The battery has the faults that do.

use super::scene::{Scene, is};
use crate::{
    domain::{InteractionState, Refusal, SwitchRequest},
    simulator::cic::{Faults, Rule, Scripted},
    switch::{LogOn, Switch},
};
use std::time::Duration;
use tokio::time::timeout;

fn once(method: &str, path: &str, answer: Scripted) -> Faults {
    Faults { answers: vec![Rule { method: method.to_owned(), path: path.to_owned(), times: 1, answer }], ..Faults::default() }
}

fn refused(words: &str) -> Result<(), Refusal> {
    Err(Refusal::SwitchRefused(words.to_owned()))
}

/// Asks for hold while the server answers that in this way; afterwards, when it is itself again, the call can be held whatever became of the
/// session.
async fn hold(answer: Scripted) -> Result<(), Refusal> {
    let (mut scene, call) = Scene::start(true).await;
    scene.pair.active().set_faults(once("POST", "/hold", answer));
    let outcome = scene.ask(SwitchRequest::Hold(call.clone())).await;
    let held = async {
        if outcome.is_err() {
            while let Err(refusal) = scene.ask(SwitchRequest::Hold(call.clone())).await {
                assert_eq!(refusal, Refusal::SwitchUnavailable, "{answer:?}: only while the session is begun anew");
                scene.snapshot().await;
            }
        }
        scene.until(|event| is(event, &call, InteractionState::Held)).await;
    };
    timeout(Duration::from_mins(1), held).await.unwrap_or_else(|_| panic!("{answer:?}: never held"));
    outcome
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_is_answered_wrongly_is_refused_in_the_right_words_and_the_agent_goes_on() {
    for (answer, expected) in [
        (Scripted::Hang, Err(Refusal::SwitchTimeout)),
        // It may have arrived, and is not sent again.
        (Scripted::Drop, Err(Refusal::SwitchUnavailable)),
        (Scripted::SessionLost, Err(Refusal::SwitchUnavailable)),
        (Scripted::NotAccepting, Err(Refusal::SwitchUnavailable)),
        (Scripted::Unavailable, Err(Refusal::SwitchUnavailable)),
        (Scripted::Denied, refused("Access is denied.")),
        (Scripted::Removed, refused("The resource has been removed from the interface.")),
        (Scripted::ServerFault, refused("The server could not process the request.")),
        (Scripted::TimedOut, refused("The operation timed out.")),
        // It was carried out, and nothing has to be read.
        (Scripted::Empty, Ok(())),
        (Scripted::Null, Ok(())),
    ] {
        assert_eq!(hold(answer).await, expected, "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_dialled_call_whose_answer_is_empty_is_told_all_the_same() {
    for answer in [Scripted::Empty, Scripted::Null] {
        let (mut scene, call) = Scene::start(true).await;
        scene.ask(SwitchRequest::Hold(call.clone())).await.unwrap();
        scene.until(|event| is(event, &call, InteractionState::Held)).await;
        scene.pair.active().set_faults(once("POST", "/interactions", answer));
        let dialled = scene.ask(SwitchRequest::Dial { destination: "+4940".into(), attached_data: None }).await;
        assert!(matches!(&dialled, Err(Refusal::SwitchUnclear(_))), "{answer:?}: {dialled:?}");
        scene.until(|event| matches!(event, crate::domain::SwitchEvent::Interaction(told) if told.id != call)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_log_on_that_is_answered_wrongly_is_refused_in_the_right_words_and_the_next_one_is_not() {
    let (scene, _) = Scene::start(true).await;
    for (answer, expected) in [
        (Scripted::Hang, "did not answer in time"),
        (Scripted::Drop, "is not available"),
        (Scripted::NotAccepting, "is not available"),
        (Scripted::Unavailable, "is not available"),
        (Scripted::WrongPassword, "his password or token is wrong"),
        (Scripted::Denied, "Access is denied."),
        (Scripted::Removed, "has been removed"),
        (Scripted::ServerFault, "could not process the request"),
        (Scripted::TimedOut, "timed out"),
    ] {
        let bert = || scene.icws.log_on(LogOn { user: "bert".into(), station: None });
        scene.pair.active().set_faults(once("POST", "/connection", answer));
        let refusal = bert().await.err().map(|refusal| refusal.to_string()).unwrap_or_default();
        assert!(refusal.contains(expected), "{answer:?}: {refusal}");
        let line = bert().await.unwrap_or_else(|refusal| panic!("{answer:?}: {refusal}"));
        line.requests.log_off().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_whose_answers_are_all_empty_carries_out_and_logs_nobody_on() {
    for faults in [Faults { empty_bodies: true, ..Faults::default() }, Faults { null_bodies: true, ..Faults::default() }] {
        let (mut scene, call) = Scene::start(true).await;
        scene.pair.active().set_faults(faults);
        assert_eq!(scene.ask(SwitchRequest::Hold(call.clone())).await, Ok(()));
        scene.until(|event| is(event, &call, InteractionState::Held)).await;
        let bert = scene.icws.log_on(LogOn { user: "bert".into(), station: None }).await;
        assert_eq!(bert.err(), Some(Refusal::SwitchTimeout));
    }
}

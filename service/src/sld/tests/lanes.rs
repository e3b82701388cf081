//! The lane over time: what it remembers, when it stops, and what a changed file does to it.

use super::*;
use std::fmt::Write;

/// Waits until the only registration is so, and gives it.
async fn until(sld: &Sld, what: impl Fn(&Figures) -> bool) -> Figures {
    let look = async {
        loop {
            let figures = sld.figures().remove(0);
            if what(&figures) {
                return figures;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("it comes to that")
}

/// So much time goes by at once.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

fn policy(when: When, destination: &Destination) -> Policy {
    let planned = Planned { url: destination.url.clone(), user: destination.user.clone(), ready: Ok(Arc::new(destination.clone())) };
    Policy { when, destinations: vec![planned] }
}

fn attempted(times: u64) -> impl Fn(&Figures) -> bool {
    move |figures| figures.attempts >= times && figures.state != State::Sending
}

#[tokio::test]
async fn once_is_remembered_over_a_restart_until_what_is_sent_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    // The task of a lane that was dropped ends at its next chance, and the file is free after that.
    let store = async || loop {
        match Store::open(&folder.path().join("store")) {
            Ok(store) => break store,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let (directory, listening) = directory(Mood::Well).await;
    let destination = destination(listening.address(), SUPPLIER);
    let first = Sld::start(policy(When::Once, &destination), store().await);
    let figures = until(&first, attempted(1)).await;
    assert_eq!((figures.state, figures.next), (State::Registered, None));
    assert!(figures.accepted.is_some() && figures.last.as_ref().is_some_and(|last| !last.manual && last.answer == "OK"));
    drop(first);

    let second = Sld::start(policy(When::Once, &destination), store().await);
    let remembered = second.figures().remove(0);
    assert_eq!((remembered.state, remembered.accepted, remembered.last), (State::Registered, figures.accepted, figures.last));
    let changed = Destination { payload: destination.payload.replace("3.00", "3.01").into(), ..destination };
    second.apply(policy(When::Once, &changed));
    until(&second, attempted(1)).await;
    let bodies: Vec<_> = directory.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies.len(), 2, "the restart alone sent nothing");
    assert_eq!(bodies[1], changed.payload.as_bytes());
}

#[tokio::test]
async fn a_user_who_is_turned_away_three_times_is_left_alone_and_an_administrator_may_go_on() {
    let (directory, listening) = directory(Mood::NoRole).await;
    let destination = destination(listening.address(), SUPPLIER);
    let store = Store::in_memory();
    let sld = Sld::start(policy(When::Once, &destination), store.clone());
    until(&sld, attempted(1)).await;
    pass(Duration::from_mins(1)).await;
    until(&sld, attempted(2)).await;
    pass(Duration::from_mins(2)).await;
    let stopped = until(&sld, |figures| figures.state == State::Stopped).await;
    assert_eq!((stopped.attempts, stopped.next), (3, None));
    assert_eq!(stopped.last.map(|last| last.class).as_deref(), Some("auth"));
    drop(sld);
    // Neither a restart nor a look at the same file goes on.
    let sld = Sld::start(policy(When::AtStart, &destination), store);
    assert_eq!(sld.figures()[0].state, State::Stopped);
    directory.set_mood(Mood::Well);
    assert_eq!(sld.send_now(), 1);
    let figures = until(&sld, attempted(1)).await;
    assert_eq!((figures.state, figures.last.map(|last| last.manual)), (State::Registered, Some(true)));
    assert_eq!(directory.records().len(), 1);
}

#[tokio::test]
async fn what_failed_is_tried_again_and_a_changed_file_replaces_what_waits() {
    let (directory, listening) = directory(Mood::Starting).await;
    let destination = destination(listening.address(), SUPPLIER);
    let sld = Sld::start(policy(When::Once, &destination), Store::in_memory());
    let figures = until(&sld, attempted(1)).await;
    assert_eq!(figures.state, State::Failing);
    assert!(figures.next.is_some());
    sld.apply(policy(When::Once, &destination));
    assert_eq!(sld.figures()[0].attempts, 1, "the same file changes nothing");
    directory.set_mood(Mood::Well);
    let renamed = Destination { payload: destination.payload.replace("JACKFIELD_ICI", "OTHER").into(), ..destination };
    sld.apply(policy(When::Once, &renamed));
    until(&sld, |figures| figures.state == State::Registered).await;
    let systems: Vec<_> = directory.records().into_iter().map(|(system, ..)| system).collect();
    assert_eq!(systems, ["OTHER"]);
    sld.apply(Policy::default());
    assert_eq!((sld.figures(), sld.send_now()), (Vec::new(), 0));
}

#[tokio::test]
async fn an_attempt_that_hangs_is_replaced_too() {
    let (directory, listening) = directory(Mood::Hangs).await;
    let destination = destination(listening.address(), SUPPLIER);
    let sld = Sld::start(policy(When::Once, &destination), Store::in_memory());
    until(&sld, |figures| figures.state == State::Sending).await;
    while directory.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    directory.set_mood(Mood::Well);
    let other = Destination { content_type: "application/xml".into(), ..destination };
    sld.apply(policy(When::Once, &other));
    until(&sld, |figures| figures.state == State::Registered).await;
}

#[tokio::test]
async fn an_interval_sends_again_and_again() {
    let (directory, listening) = directory(Mood::Well).await;
    let destination = destination(listening.address(), SUPPLIER);
    let sld = Sld::start(policy(When::Interval(Duration::from_hours(12)), &destination), Store::in_memory());
    let first = until(&sld, attempted(1)).await;
    let next = first.next.unwrap() - first.accepted.unwrap();
    assert!((720 * 54 - 1..=720 * 66 + 1).contains(&next), "{next} s are not 720 min give or take a tenth");
    pass(Duration::from_hours(14)).await;
    until(&sld, attempted(2)).await;
    assert_eq!(directory.records()[0].2, 2);
}

#[tokio::test]
async fn what_cannot_be_sent_is_shown_and_sends_nothing() {
    let verdict = Verdict::Invalid { why: "the template is no XML".into() };
    let planned = Planned { url: "http://sld/sld/ds".into(), user: None, ready: Err(verdict) };
    let sld = Sld::start(Policy { when: When::Once, destinations: vec![planned] }, Store::in_memory());
    let figures = sld.figures().remove(0);
    assert_eq!((figures.state, figures.next, figures.attempts), (State::Invalid, None, 0));
    let mut said = String::new();
    write!(said, "{:?}", figures.last).unwrap();
    assert!(said.contains("the template is no XML"), "{said}");
    assert_eq!(sld.send_now(), 0);
}

//! SAP in every mood, with the real program and real sockets: nobody else waits for it, and when it is well again it gets the right final
//! state; or, where it says that its session is over, the subscription ends and the agent is not offered anything any more.

#![expect(clippy::unwrap_used, reason = "all of this file is a test")]

use serde_json::Value;
use std::{
    thread,
    time::{Duration, Instant},
};
use system_tests::{
    PATIENCE,
    agent::{self, Agent, Ear, Speaker, status},
    http,
    outside::Customer,
    program::Program,
    script,
    sink::{Mood, Sink},
    site,
    switch::Switch,
};

/// Whoever waited for an attempt would wait for so long.
const ATTEMPT: Duration = Duration::from_secs(20);
/// An attempt that is over at once, and an outage that is longer than everything that has a limit: what ten minutes are to the defaults.
const SHORT: &str = "attempt = \"100ms\"\npause = \"50ms\"\npause_max = \"200ms\"\nunreachable_after = \"1s\"\nexpire = \"1s\"";

/// What follows from a mood.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Its events wait; it gets the last state when it is well.
    LastState,
    /// They wait for longer than everything that has a limit.
    LongAway,
    /// Its session is over.
    Over,
}

macro_rules! moods {
    ($($name:ident: $mood:expr => $then:expr),+ $(,)?) => {
        mod nobody_waits_for_sap_and_it_gets_the_right_final_state {
            use super::{Mood, Switch, Then, goes_through};
            system_tests::on_each_switch!($($name),+);
            $(fn $name(switch: Switch) {
                goes_through(switch, $mood, $then);
            })+
        }
    };
}

moods! {
    when_it_hangs: Mood::Hangs => Then::LastState,
    when_its_answer_trickles: Mood::Trickles => Then::LastState,
    when_it_refuses_connections: Mood::Refuses => Then::LastState,
    when_it_answers_500: Mood::Answers(500) => Then::LastState,
    when_it_answers_503: Mood::Answers(503) => Then::LastState,
    when_it_answers_400: Mood::Answers(400) => Then::LastState,
    when_its_answer_is_no_http: Mood::Garbage => Then::LastState,
    when_it_is_down_for_longer_than_anything_is_kept: Mood::Refuses => Then::LongAway,
    when_it_says_401_its_session_is_over: Mood::Answers(401) => Then::Over,
    when_it_says_403_its_session_is_over: Mood::Answers(403) => Then::Over,
    when_it_says_404_its_session_is_over: Mood::Answers(404) => Then::Over,
}

fn file(then: Then) -> String {
    let seconds = ATTEMPT.as_secs();
    let long = format!("attempt = \"{seconds}s\"\npause = \"50ms\"\npause_max = \"200ms\"\nunreachable_after = \"{seconds}s\"");
    format!("{}\n[delivery]\n{}\n", site::FILE, if then == Then::LongAway { SHORT } else { &long })
}

fn goes_through(switch: Switch, mood: Mood, then: Then) {
    let program = Program::on(switch, &file(then));
    let (moody, well) = (Sink::start(), Sink::start());
    let of = |user: &str| Agent::of(&program, user);
    let (mut anna, mut bert, mut carla) = (of(site::AGENT), of(site::CALLER), of(site::EXPERT));
    let mut ear = Ear::new(&moody, "/anna");
    // Two who could wait: one whose events go to another machine, and one with whom only the machine is the same.
    let mut other = Ear::new(&well, "/bert");
    let neighbours = if mood == Mood::Refuses { &well } else { &moody };
    let mut neighbour = Ear::new(neighbours, "/carla");
    agent::log_on(&mut anna, &ear.url());
    agent::log_on(&mut bert, &other.url());
    agent::log_on(&mut carla, &neighbour.url());

    // She holds one call and talks on another; then the mood begins.
    let held = script::rings_at(&mut bert, site::QUEUE_NUMBER, &mut ear);
    let his = other.any_call(status::DIALING).get("itemId").unwrap().to_owned();
    anna.must("Item", "accept", &[("itemId", (&held).into())]);
    ear.calls(&[(&held, status::CONNECTED)]);
    anna.must("PhoneCall", "hold", &[("itemId", (&held).into())]);
    ear.calls(&[(&held, status::HELD)]);
    let customer = Customer::calls(&program, site::OUTSIDE, site::AGENT);
    let ends = ear.any_call(status::ALERTING).get("itemId").unwrap().to_owned();
    anna.must("Item", "accept", &[("itemId", (&ends).into())]);
    ear.calls(&[(&ends, status::CONNECTED)]);
    let before = moody.events().len();
    moody.be("/anna", mood);

    // One call ends, one is taken up again, another comes and goes; the agent changes.
    customer.leaves();
    anna.must("PhoneCall", "unhold", &[("itemId", (&held).into())]);
    Customer::calls(&program, site::OUTSIDE, site::AGENT).leaves();
    if then == Then::LastState {
        anna.must("User", "setCurrentWorkmode", &[("workmode", "4".into())]);
    }

    let began = Instant::now();
    for _ in 0..5 {
        for (operation, state) in [("hold", status::HELD), ("unhold", status::CONNECTED)] {
            bert.must("PhoneCall", operation, &[("itemId", (&his).into())]);
            other.calls(&[(&his, state)]);
        }
        for workmode in ["4", "2"] {
            carla.must("User", "setCurrentWorkmode", &[("workmode", workmode.into())]);
            neighbour.workmode(workmode);
        }
    }
    assert!(began.elapsed() < ATTEMPT, "nobody has waited for an attempt: {:?}", began.elapsed());
    let heard = |sink: &Sink| sink.events()[before..].iter().filter(|event| event.path == "/anna").count();
    assert_eq!(heard(&moody), 0, "all this time SAP was in its mood");

    match then {
        Then::Over => return is_over(&program, &mut anna, &moody, &held),
        Then::LongAway => wait(&program, "it is tried again and again", |status| {
            let destinations = status["delivery"]["destinations"].as_array().unwrap();
            destinations.iter().any(|each| each["failures"].as_u64() >= Some(12)) && agent_in(status)["workmode"] == 3
        }),
        Then::LastState if mood != Mood::Refuses => moody.turns_away(1),
        Then::LastState => wait(&program, "it is refused", |status| status["delivery"]["failed"].as_u64() >= Some(2)),
    }
    moody.be("/anna", Mood::Well);
    let workmode = if then == Then::LongAway { "3" } else { "4" };
    ear.calls(&[(&ends, status::ENDED)]);
    wait(&program, "everything is delivered", |status| status["delivery"]["waiting"] == 0);
    let told = &moody.events()[before..];
    let last = |item: &str| {
        let of_item = |event: &&system_tests::sink::Event| event.path == "/anna" && event.leaves.get("itemId") == Some(item);
        told.iter().rev().find(of_item).and_then(|event| event.leaves.get("processingStatus.id"))
    };
    assert_eq!((last(&held), last(&ends)), (Some(status::CONNECTED), Some(status::ENDED)));
    let current = told.iter().rev().find_map(|event| event.leaves.get("currentWorkmode.id").filter(|_| event.path == "/anna"));
    assert_eq!(current, Some(workmode));
    let alive: Vec<_> = told.iter().filter(|event| event.path == "/anna").filter_map(|event| event.leaves.get("itemId")).collect();
    assert!(alive.iter().filter(|item| **item != held).all(|item| last(item) == Some(status::ENDED)), "nothing else is shown: {told:?}");
}

/// Her subscription has ended, nobody offers her anything, and she can log on again.
fn is_over(program: &Program, anna: &mut Agent, moody: &Sink, held: &str) {
    wait(program, "the subscription ends", |status| agent_in(status)["subscriptions"] == 0);
    wait(program, "the agent is not ready", |status| agent_in(status)["workmode"] == 3);
    moody.be("/anna", Mood::Well);
    let mut ear = Ear::new(moody, "/anna");
    agent::log_on(anna, &ear.url());
    ear.calls(&[(held, status::CONNECTED)]);
}

fn agent_in(status: &Value) -> &Value {
    status["agents"].as_array().unwrap().iter().find(|agent| agent["user"] == site::AGENT).unwrap_or(&Value::Null)
}

/// Looks at `/status` until it is as it should be.
fn wait(program: &Program, what: &str, fits: impl Fn(&Value) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let status = serde_json::from_str(&http::exchange(program.admin, &http::get("/status")).unwrap().text()).unwrap();
        if fits(&status) {
            return;
        }
        assert!(Instant::now() < deadline, "{what}: {status}\n{}", program.log());
        thread::sleep(Duration::from_millis(20));
    }
}

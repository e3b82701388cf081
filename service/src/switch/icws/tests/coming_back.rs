//! An agent whose server goes: what he is shown, and what he has when the other one of the pair has taken him.

use super::{
    super::{AgentAuth, Connector, Credentials, Icws, Password, Policy, Proof, Site, Stream, Template},
    battery::Store,
};
use crate::{
    domain::{Connection, Interaction, InteractionId, InteractionState, Refusal, SwitchEvent, SwitchRequest},
    simulator::cic::{self, Faults, Going, Pair, Rule, Scripted},
    switch::{
        AgentLine, BoxFuture, LogOn, Switch,
        battery::agent::{AVAILABLE, caller, plan},
        embedded::Reach,
    },
};
use std::{io, sync::Arc, time::Duration};
use tokio::{sync::watch, time::timeout};

/// Connections in memory to whichever of the two is named.
struct Memory(Pair);

impl Connector for Memory {
    fn connect(&self, host: &str) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let cic = self.0.servers()[usize::from(host == "cic2")].clone();
        tokio::spawn(async move { cic.serve(theirs).await });
        Box::pin(async move { Ok(Box::new(ours) as Box<dyn Stream>) })
    }
}

struct Scene {
    pair: Pair,
    _icws: Icws,
    anna: AgentLine,
    _policy: watch::Sender<Arc<Policy>>,
}

impl Scene {
    /// Anna is available and talks to +4930.
    async fn start(keeps_calls: bool) -> (Self, InteractionId) {
        Self::start_at(keeps_calls, None).await
    }

    /// The same at this station.
    async fn start_at(keeps_calls: bool, station: Option<&str>) -> (Self, InteractionId) {
        let site = |name: &str| cic::Site::new(name, plan());
        let pair = Pair::start(site("cic1"), site("cic2"), keeps_calls).await;
        let hosts = vec!["cic1".to_owned(), "cic2".to_owned()];
        let servers = Site::new(Arc::new(Memory(pair.clone())), Template::direct(false, 8018), hosts);
        let (sender, policy) = watch::channel(Arc::new(Policy::default()));
        let auth: Arc<dyn AgentAuth> = Arc::new(Password(Arc::new(Store)));
        let proof: Proof =
            Arc::new(|| Box::pin(async { Ok(Credentials::Password { user: "SAPSU".to_owned(), password: "opensesame".into() }) }));
        let icws = Icws::start(servers, policy, auth, proof);
        let anna = icws.log_on(LogOn { user: "anna".into(), station: station.map(str::to_owned) }).await.unwrap();
        let mut scene = Self { pair, _icws: icws, anna, _policy: sender };
        scene.ask(SwitchRequest::SetStatus(AVAILABLE.into())).await.unwrap();
        let call = scene.pair.active().outside().call_in(caller("+4930"), Reach::User("anna".into())).await.unwrap();
        scene.until(|event| is(event, &call, InteractionState::Alerting)).await;
        scene.ask(SwitchRequest::Answer(call.clone())).await.unwrap();
        scene.until(|event| is(event, &call, InteractionState::Connected)).await;
        (scene, call)
    }

    async fn ask(&self, request: SwitchRequest) -> Result<(), Refusal> {
        self.anna.requests.request(request).await.map(drop)
    }

    /// Reads the feed until something is told; gives back what of the connection was told before.
    async fn until(&mut self, so: impl Fn(&SwitchEvent) -> bool) -> (SwitchEvent, Vec<Connection>) {
        let mut shown = Vec::new();
        loop {
            match timeout(Duration::from_mins(5), self.anna.feed.next()).await {
                Ok(Some(event)) if so(&event) => return (event, shown),
                Ok(Some(SwitchEvent::Connection(connection))) => shown.push(connection),
                Ok(Some(_)) => {}
                other => panic!("the feed says {other:?}"),
            }
        }
    }

    /// The next snapshot: status and interactions.
    async fn snapshot(&mut self) -> (String, Vec<Interaction>, Vec<Connection>) {
        match self.until(|event| matches!(event, SwitchEvent::Snapshot { .. })).await {
            (SwitchEvent::Snapshot { status, interactions }, shown) => (status.name.to_string(), interactions, shown),
            (other, _) => panic!("{other:?} is no snapshot"),
        }
    }
}

fn is(event: &SwitchEvent, call: &InteractionId, state: InteractionState) -> bool {
    matches!(event, SwitchEvent::Interaction(told) if told.id == *call && told.state == state)
}

#[tokio::test(start_paused = true)]
async fn an_agent_whose_server_goes_has_his_status_and_his_call_at_the_other_one() {
    // In a task of its own, which takes turns with the others: what is shown for a moment only is seen by it.
    tokio::spawn(async {
        for how in [Going::Yields, Going::Dies, Going::Hangs] {
            let (mut scene, call) = Scene::start(true).await;
            scene.pair.switch_over(how);
            if how == Going::Hangs {
                // What it sends by itself still comes, so that nobody notices before something is asked.
                assert_eq!(scene.ask(SwitchRequest::Hold(call.clone())).await, Err(Refusal::SwitchTimeout));
            }
            let (status, interactions, shown) = scene.snapshot().await;
            assert_eq!(shown.first(), Some(&Connection::Down), "{how:?}");
            assert!(shown.contains(&Connection::Reconnecting), "{how:?}: {shown:?}");
            let there: Vec<_> = interactions.iter().map(|each| (each.id.clone(), each.state)).collect();
            assert_eq!((status.as_str(), there), (AVAILABLE, vec![(call.clone(), InteractionState::Connected)]), "{how:?}");
            scene.ask(SwitchRequest::Hold(call.clone())).await.unwrap();
            scene.until(|event| is(event, &call, InteractionState::Held)).await;
            if how == Going::Hangs {
                continue;
            }
            scene.pair.switch_over(Going::Dies);
            let (_, interactions, _) = scene.snapshot().await;
            let there: Vec<_> = interactions.into_iter().map(|each| (each.id, each.state)).collect();
            assert_eq!(there, [(call, InteractionState::Held)], "{how:?}, and back again");
        }
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_that_did_not_survive_is_not_in_the_snapshot() {
    let (mut scene, _) = Scene::start(false).await;
    scene.pair.switch_over(Going::Dies);
    assert_eq!(scene.snapshot().await.1, []);

    let (mut scene, call) = Scene::start(true).await;
    let outside = scene.pair.active().outside().clone();
    scene.pair.switch_over(Going::Dies);
    outside.hang_up(&call).await;
    assert_eq!(scene.snapshot().await.1, []);
}

/// Who sits where at the active server.
async fn seats(pair: &Pair) -> Vec<(String, String)> {
    let directory = pair.active().outside().directory().await.unwrap();
    let seat = |station: &crate::domain::StationView| Some((station.name.clone(), station.user.as_ref()?.to_string()));
    directory.stations.iter().filter_map(seat).collect()
}

#[tokio::test(start_paused = true)]
async fn a_station_that_is_refused_for_a_moment_costs_the_agent_a_moment() {
    let (mut scene, call) = Scene::start_at(true, Some("desk-1")).await;
    let refused = Rule { method: "PUT".to_owned(), path: "/connection/station".to_owned(), times: 2, answer: Scripted::Denied };
    scene.pair.servers()[1].set_faults(Faults { answers: vec![refused], ..Faults::default() });
    scene.pair.switch_over(Going::Dies);
    let (status, interactions, _) = scene.snapshot().await;
    assert_eq!((status.as_str(), &interactions[0].id), (AVAILABLE, &call));
    assert_eq!(seats(&scene.pair).await, [("desk-1".to_owned(), "anna".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn an_agent_whose_station_somebody_else_has_now_sits_at_his_own_and_is_not_logged_off() {
    let (mut scene, _) = Scene::start_at(false, Some("desk-1")).await;
    scene.pair.servers()[1].use_client("bert", Some("desk-1")).await.unwrap();
    scene.pair.switch_over(Going::Dies);
    scene.snapshot().await;
    let seats = seats(&scene.pair).await;
    assert_eq!(seats, [("1001".to_owned(), "anna".to_owned()), ("desk-1".to_owned(), "bert".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn an_agent_whom_no_station_takes_is_shown_that_it_is_tried_until_one_does() {
    let (mut scene, _) = Scene::start(true).await;
    let refused = Rule { method: "PUT".to_owned(), path: "/connection/station".to_owned(), times: 0, answer: Scripted::Denied };
    scene.pair.servers()[1].set_faults(Faults { answers: vec![refused], ..Faults::default() });
    scene.pair.switch_over(Going::Dies);
    scene.until(|event| *event == SwitchEvent::Connection(Connection::Reconnecting)).await;
    assert!(timeout(Duration::from_mins(10), scene.anna.feed.next()).await.is_err(), "nothing else is told meanwhile");
    scene.pair.servers()[1].set_faults(Faults::default());
    scene.snapshot().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_while_the_server_is_away_is_refused_at_once() {
    let (mut scene, call) = Scene::start(true).await;
    scene.pair.active().set_mode(cic::Mode::Dead);
    scene.until(|event| *event == SwitchEvent::Connection(Connection::Reconnecting)).await;
    assert_eq!(scene.ask(SwitchRequest::Hold(call)).await, Err(Refusal::SwitchUnavailable));
    scene.anna.requests.log_off().await;
    while scene.anna.feed.next().await.is_some() {}
    assert_eq!(scene.ask(SwitchRequest::SetStatus(AVAILABLE.into())).await, Err(Refusal::NotLoggedOn("anna".into())));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_costs_the_agent_nothing() {
    let (mut scene, call) = Scene::start(true).await;
    for _ in 0..3 {
        scene.pair.active().cut_streams();
        scene.ask(SwitchRequest::Hold(call.clone())).await.unwrap();
        scene.until(|event| is(event, &call, InteractionState::Held)).await;
        scene.ask(SwitchRequest::Pickup(call.clone())).await.unwrap();
        scene.until(|event| is(event, &call, InteractionState::Connected)).await;
    }
}

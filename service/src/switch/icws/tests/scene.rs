//! An agent in a call at the first of two simulated servers.

use super::{
    super::{AgentAuth, Connector, Credentials, Icws, Password, Policy, Proof, Site, Stream, Template},
    battery::Store,
};
use crate::{
    domain::{Connection, Interaction, InteractionId, InteractionState, Refusal, SwitchEvent, SwitchRequest},
    simulator::cic::{self, Pair},
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

pub(super) struct Scene {
    pub(super) pair: Pair,
    pub(super) icws: Icws,
    pub(super) anna: AgentLine,
    _policy: watch::Sender<Arc<Policy>>,
}

impl Scene {
    /// Anna is available and talks to +4930.
    pub(super) async fn start(keeps_calls: bool) -> (Self, InteractionId) {
        Self::start_at(keeps_calls, None).await
    }

    /// The same at this station.
    pub(super) async fn start_at(keeps_calls: bool, station: Option<&str>) -> (Self, InteractionId) {
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
        let mut scene = Self { pair, icws, anna, _policy: sender };
        scene.ask(SwitchRequest::SetStatus(AVAILABLE.into())).await.unwrap();
        let call = scene.pair.active().outside().call_in(caller("+4930"), Reach::User("anna".into())).await.unwrap();
        scene.until(|event| is(event, &call, InteractionState::Alerting)).await;
        scene.ask(SwitchRequest::Answer(call.clone())).await.unwrap();
        scene.until(|event| is(event, &call, InteractionState::Connected)).await;
        (scene, call)
    }

    pub(super) async fn ask(&self, request: SwitchRequest) -> Result<(), Refusal> {
        self.anna.requests.request(request).await.map(drop)
    }

    /// Reads the feed until something is told; gives back what of the connection was told before.
    pub(super) async fn until(&mut self, so: impl Fn(&SwitchEvent) -> bool) -> (SwitchEvent, Vec<Connection>) {
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
    pub(super) async fn snapshot(&mut self) -> (String, Vec<Interaction>, Vec<Connection>) {
        match self.until(|event| matches!(event, SwitchEvent::Snapshot { .. })).await {
            (SwitchEvent::Snapshot { status, interactions }, shown) => (status.name.to_string(), interactions, shown),
            (other, _) => panic!("{other:?} is no snapshot"),
        }
    }
}

pub(super) fn is(event: &SwitchEvent, call: &InteractionId, state: InteractionState) -> bool {
    matches!(event, SwitchEvent::Interaction(told) if told.id == *call && told.state == state)
}

//! A site that keeps no secrets of its agents: the service's user acts for them, beside the client that each of them has open (icws §10.1, C).

use super::super::{Connector, Credentials, Icws, Policy, Proof, Session, Site, Stream, SuperUserOnly, Template, wire::connection};
use crate::{
    domain::{Interaction, InteractionState, Refusal, SwitchEvent, SwitchRequest},
    simulator::cic::{self, Cic},
    switch::{
        AgentLine, BoxFuture, LogOn, Switch,
        battery::agent::{AVAILABLE, caller, plan},
        embedded::Reach,
    },
};
use std::{io, sync::Arc, time::Duration};
use tokio::{sync::watch, time::timeout};

struct Memory(Cic);

impl Connector for Memory {
    fn connect(&self, _host: &str) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let cic = self.0.clone();
        tokio::spawn(async move { cic.serve(theirs).await });
        Box::pin(async move { Ok(Box::new(ours) as Box<dyn Stream>) })
    }
}

async fn told(line: &mut AgentLine, state: InteractionState) -> Interaction {
    loop {
        match timeout(Duration::from_mins(1), line.feed.next()).await {
            Ok(Some(SwitchEvent::Interaction(told))) if told.state == state => return told,
            Ok(Some(_)) => {}
            other => panic!("the feed says {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_services_user_shows_an_agent_his_calls_and_does_what_needs_no_telephone_of_his() {
    let cic = Cic::start(cic::Site::new("cic1", plan())).await;
    let site = Site::new(Arc::new(Memory(cic.clone())), Template::direct(false, 8018), vec!["cic1".to_owned()]);
    // The client that Anna has open.
    let credentials = Credentials::Password { user: "anna".to_owned(), password: "x".into() };
    let client = Session::log_in(&site, "cic1", &credentials).await.unwrap();
    let seat = connection::Seat::Workstation { workstation: "desk-1".into() };
    client.set_station(&connection::StationSettings::at(seat)).await.unwrap();

    let (_policy, policy) = watch::channel(Arc::new(Policy::default()));
    let proof: Proof = Arc::new(|| Box::pin(async { Ok(Credentials::Password { user: "SAPSU".to_owned(), password: "x".into() }) }));
    let icws = Icws::start(site, policy, Arc::new(SuperUserOnly), proof);
    // He knows who sits where once he has read his lists.
    while !icws.directory().await.is_ok_and(|directory| directory.stations.iter().any(|station| station.user.is_some())) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let mut line = icws.log_on(LogOn { user: "anna".into(), station: None }).await.unwrap();
    assert_eq!(line.profile.station, "desk-1", "where her client is");
    let ask = |request: SwitchRequest| line.requests.request(request);
    ask(SwitchRequest::SetStatus(AVAILABLE.into())).await.unwrap();
    for request in [
        SwitchRequest::Dial { destination: "+4930".to_owned(), attached_data: None },
        SwitchRequest::SetStation("desk-1".to_owned()),
        SwitchRequest::Listen { agent: Some("bert".into()), call: None },
    ] {
        let refused = ask(request).await;
        assert!(matches!(&refused, Err(Refusal::SwitchRefused(why)) if why.contains("session of the agent's own")), "{refused:?}");
    }

    cic.outside().call_in(caller("+4930"), Reach::User("anna".into())).await.unwrap();
    let rings = told(&mut line, InteractionState::Alerting).await.id;
    let refused = line.requests.request(SwitchRequest::Answer(rings.clone())).await;
    assert!(matches!(&refused, Err(Refusal::SwitchRefused(why)) if why.contains("answering")), "{refused:?}");
    client.pickup(rings.as_str()).await.unwrap();
    assert_eq!(told(&mut line, InteractionState::Connected).await.id, rings);
    line.requests.request(SwitchRequest::SetAttachedData { interaction: rings.clone(), data: Some("<data/>".into()) }).await.unwrap();
    assert_eq!(told(&mut line, InteractionState::Connected).await.attached_data.as_deref(), Some("<data/>"));
    line.requests.request(SwitchRequest::Disconnect(rings)).await.unwrap();
    while timeout(Duration::from_mins(1), line.feed.next())
        .await
        .is_ok_and(|event| !matches!(event.expect("the feed goes on"), SwitchEvent::Interaction(told) if told.has_ended()))
    {}
    line.requests.log_off().await;
    assert!(client.connection().await.is_ok(), "her own client goes on");
}

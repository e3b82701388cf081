//! The battery, run against a simulated CIC server over its real interface.

use super::super::{
    AgentAuth, Connector, Credentials, Handler, Icws, Password, Policy, Proof, RejectStep, SecretProvider, Site, Stream, Template,
};
use crate::{
    domain::{Author, InteractionId, Posting, UserId},
    simulator::cic::{self, Cic},
    switch::{
        BoxFuture, Switch,
        battery::World,
        embedded::{Caller, Plan, Reach},
    },
};
use secrecy::SecretString;
use std::{io, sync::Arc, time::Duration};
use tokio::sync::watch;

/// Connections in memory to a server: paused time would outrun real ones.
struct Memory(Cic);

impl Connector for Memory {
    fn connect(&self, _host: &str) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let cic = self.0.clone();
        tokio::spawn(async move { cic.serve(theirs).await });
        Box::pin(async move { Ok(Box::new(ours) as Box<dyn Stream>) })
    }
}

/// Everybody's password is the same.
struct Store;

impl SecretProvider for Store {
    fn secret(&self, _user: &UserId) -> BoxFuture<Result<SecretString, String>> {
        Box::pin(async { Ok(SecretString::from("opensesame")) })
    }
}

/// A CIC server, and the adapter before it.
struct Served {
    cic: Cic,
    icws: Icws,
    /// Kept, so that the policy stays.
    _policy: watch::Sender<Arc<Policy>>,
}

fn policy(plan: &Plan) -> Policy {
    let handler = Handler { object_id: cic::REJECT.0.to_owned(), event_id: cic::REJECT.1.to_owned(), wait: Duration::from_secs(2) };
    Policy {
        reject: vec![RejectStep::Handler(handler), RejectStep::Transfer],
        attributes: vec!["Customer_Id".to_owned()],
        stations: plan.stations.clone(),
        ..Policy::default()
    }
}

impl World for Served {
    async fn start(plan: Plan) -> Self {
        let policy = policy(&plan);
        let cic = Cic::start(cic::Site::new("cic1", plan)).await;
        let site = Site::new(Arc::new(Memory(cic.clone())), Template::direct(false, 8018), vec!["cic1".to_owned()]);
        let (sender, policy) = watch::channel(Arc::new(policy));
        let auth: Arc<dyn AgentAuth> = Arc::new(Password(Arc::new(Store)));
        let proof: Proof =
            Arc::new(|| Box::pin(async { Ok(Credentials::Password { user: "SAPSU".to_owned(), password: "opensesame".into() }) }));
        let icws = Icws::start(site, policy, auth, proof);
        icws.0.super_user.ready(tokio::time::Instant::now() + Duration::from_secs(1)).await.unwrap();
        Self { cic, icws, _policy: sender }
    }

    fn switch(&self) -> &dyn Switch {
        &self.icws
    }

    async fn call_in(&self, caller: Caller, reach: Reach) -> InteractionId {
        self.cic.outside().call_in(caller, reach).await.unwrap()
    }

    async fn hang_up(&self, call: &InteractionId) {
        self.cic.outside().hang_up(call).await;
    }

    async fn say(&self, chat: &InteractionId, text: &str) {
        self.cic.outside().say(chat, text).await;
    }

    async fn types(&self, chat: &InteractionId, on: bool) {
        self.cic.outside().types(chat, on).await;
    }

    async fn heard_by_customer(&self, chat: &InteractionId) -> Vec<String> {
        let picture = self.cic.outside().watch(chat).await.unwrap().borrow().clone();
        let by_agent = |posting: &&Arc<Posting>| matches!(posting.author, Author::Agent(_));
        picture.postings.iter().filter(by_agent).map(|posting| posting.text.to_string()).collect()
    }

    async fn answer_outside(&self, call: &InteractionId) {
        self.cic.outside().answer_outside(call).await;
    }

    async fn use_client(&self, user: &str, station: Option<&str>) {
        self.cic.use_client(user, station).await.unwrap();
        // Whoever watches the site is told of it.
        tokio::time::sleep(self.news()).await;
    }

    async fn voicemail(&self, user: &UserId) -> Vec<String> {
        self.cic.outside().voicemail(user).await
    }
}

crate::switch::battery::battery!(crate::switch::icws::tests::battery::Served);

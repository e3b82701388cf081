//! Many agents whose server dies at the same moment: everybody is back with his status and his call, and the other server is not overrun.

use super::{
    super::{AgentAuth, Connector, Credentials, Icws, Password, Policy, Proof, Site, Stream, Template},
    battery::Store,
};
use crate::{
    domain::{Connection, InteractionId, InteractionState, SwitchEvent, SwitchRequest},
    simulator::cic::{self, Going, Pair},
    switch::{
        AgentLine, BoxFuture, LogOn, Switch,
        embedded::{Caller, Plan, Reach, StatusPlan, UserPlan},
    },
};
use std::{io, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, timeout},
};

const READY: &str = "Available";
const NOT_READY: &str = "Available, No ACD";
/// As the file has it where it says nothing.
const LOG_INS_A_SECOND: u32 = 25;

/// Connections in memory to whichever of the two is named.
struct Memory(Pair);

/// What one agent had.
struct Agent {
    line: AgentLine,
    status: &'static str,
    call: Option<InteractionId>,
}

/// What he went through.
struct Back {
    /// His line, which he keeps.
    agent: Agent,
    after: Duration,
    shown: Vec<Connection>,
}

impl Connector for Memory {
    fn connect(&self, host: &str) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let (ours, theirs) = tokio::io::duplex(1 << 14);
        let cic = self.0.servers()[usize::from(host == "cic2")].clone();
        tokio::spawn(async move { cic.serve(theirs).await });
        Box::pin(async move { Ok(Box::new(ours) as Box<dyn Stream>) })
    }
}

fn plan(agents: usize) -> Plan {
    let status = |name: &str, acd: bool| StatusPlan { name: name.into(), acd, do_not_disturb: false, selectable: true };
    let user = |number: usize| UserPlan {
        user: format!("agent{number}").as_str().into(),
        first_name: String::new(),
        last_name: String::new(),
        extension: format!("{}", 10_000 + number),
        email: String::new(),
        excluded_from_directory: false,
        status: Some(NOT_READY.into()),
    };
    Plan { users: (0..agents).map(user).collect(), statuses: vec![status(NOT_READY, false), status(READY, true)], ..Plan::default() }
}

/// So many agents, every third of them ready and every second of them talking, and a server that dies.
async fn die_before(agents: usize) -> (Icws, Vec<Back>) {
    let site = |name: &str| cic::Site::new(name, plan(agents));
    let pair = Pair::start(site("cic1"), site("cic2"), true).await;
    let hosts = vec!["cic1".to_owned(), "cic2".to_owned()];
    let mut servers = Site::new(Arc::new(Memory(pair.clone())), Template::direct(false, 8018), hosts);
    servers.log_ins_per_second = LOG_INS_A_SECOND;
    // What the file says is never changed: whoever could is gone.
    let (_, policy) = watch::channel(Arc::new(Policy::default()));
    let auth: Arc<dyn AgentAuth> = Arc::new(Password(Arc::new(Store)));
    let proof: Proof =
        Arc::new(|| Box::pin(async { Ok(Credentials::Password { user: "SAPSU".to_owned(), password: "opensesame".into() }) }));
    let icws = Icws::start(servers, policy, auth, proof);

    let mut all = Vec::new();
    for number in 0..agents {
        all.push(begin(&icws, &pair, number).await);
    }
    let died = Instant::now();
    pair.switch_over(Going::Dies);
    let mut coming: JoinSet<_> = all.into_iter().map(|agent| come_back(agent, died)).collect();
    let mut back = Vec::new();
    while let Some(one) = coming.join_next().await {
        back.push(one.unwrap());
    }
    back.sort_by_key(|one| one.after);
    (icws, back)
}

async fn begin(icws: &Icws, pair: &Pair, number: usize) -> Agent {
    let name = format!("agent{number}");
    let mut line = icws.log_on(LogOn { user: name.as_str().into(), station: None }).await.unwrap();
    let status = if number.is_multiple_of(3) { READY } else { NOT_READY };
    if status == READY {
        line.requests.request(SwitchRequest::SetStatus(READY.into())).await.unwrap();
    }
    let mut call = None;
    if number.is_multiple_of(2) {
        let caller = Caller { number: format!("+49{number}"), ..Caller::default() };
        let rings = pair.active().outside().call_in(caller, Reach::User(name.as_str().into())).await.unwrap();
        until(&mut line, |event| is(event, &rings, InteractionState::Alerting)).await;
        line.requests.request(SwitchRequest::Answer(rings.clone())).await.unwrap();
        until(&mut line, |event| is(event, &rings, InteractionState::Connected)).await;
        call = Some(rings);
    }
    // A snapshot may wait unread still, for whoever has no call.
    while timeout(Duration::from_millis(1), line.feed.next()).await.is_ok() {}
    Agent { line, status, call }
}

/// Reads what he is told from the moment on at which the server dies, as he is told it, until he has everything back.
async fn come_back(mut agent: Agent, died: Instant) -> Back {
    let mut shown = Vec::new();
    loop {
        match agent.line.feed.next().await {
            Some(SwitchEvent::Connection(connection)) => shown.push(connection),
            Some(SwitchEvent::Snapshot { status, interactions }) => {
                assert_eq!(&*status.name, agent.status, "an agent came back in another status");
                let calls: Vec<_> = interactions.iter().map(|each| (each.id.clone(), each.state)).collect();
                let kept: Vec<_> = agent.call.iter().map(|call| (call.clone(), InteractionState::Connected)).collect();
                assert_eq!(calls, kept, "a call was lost or came from nowhere");
                return Back { agent, after: died.elapsed(), shown };
            }
            other => panic!("he is told {other:?}"),
        }
    }
}

async fn until(line: &mut AgentLine, so: impl Fn(&SwitchEvent) -> bool) {
    while !so(&timeout(Duration::from_mins(1), line.feed.next()).await.expect("it is told").expect("the feed goes on")) {}
}

fn is(event: &SwitchEvent, call: &InteractionId, state: InteractionState) -> bool {
    matches!(event, SwitchEvent::Interaction(told) if told.id == *call && told.state == state)
}

/// What holds for any number of agents.
fn judge(back: &[Back]) {
    let turn = usize::try_from(LOG_INS_A_SECOND).unwrap();
    for pair in back.windows(turn + 1) {
        let [first, .., last] = pair else { unreachable!("a window has both ends") };
        assert!(last.after >= first.after + Duration::from_millis(990), "{} agents from {:?} to {:?}", pair.len(), first.after, last.after);
    }
    for one in back {
        assert_eq!(one.shown.first(), Some(&Connection::Down), "he was not shown that the server is down");
        assert_eq!(one.shown.last(), Some(&Connection::Reconnecting), "he was not shown that it is tried again");
    }
}

#[tokio::test(start_paused = true)]
async fn fifty_agents_and_their_calls_are_back_within_seconds_when_their_server_dies() {
    let (icws, back) = die_before(50).await;
    judge(&back);
    let last = back.last().unwrap().after;
    assert!(last < Duration::from_secs(10), "{last:?}");
    assert!(icws.health().up, "{:?}", icws.health());
    let one = back.iter().find(|one| one.agent.call.is_some()).unwrap();
    one.agent.line.requests.request(SwitchRequest::Hold(one.agent.call.clone().unwrap())).await.unwrap();
}

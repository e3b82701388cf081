//! The battery at a site: its claims, one by one and in real time, on a switch that others use as well, with people of the site's own for it.
//! Nothing is left behind: after each claim its calls are hung up and its agents are as they were.

use super::{
    World, agent,
    cast::{Cast, Lacks, Names, lacks},
    list::{ALL, Claim},
    renamed::Renamed,
};
use crate::{
    domain::{InteractionId, InteractionKind, SwitchAnswer, SwitchEvent, SwitchRequest, UserId},
    switch::{
        AgentLine, LogOn, Requests, Switch,
        embedded::{Caller, Plan, Reach},
    },
};
use std::{
    any::Any,
    collections::BTreeMap,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// How long news takes at most on a real line.
const NEWS: Duration = Duration::from_millis(400);
/// What has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(8);
/// No claim takes longer; ringing in vain takes as long as the site lets it ring.
const LONGEST: Duration = Duration::from_mins(1);
/// Calls that are hung up are gone by then.
const TIDY: Duration = Duration::from_secs(5);

tokio::task_local! {
    /// Where the claim that runs takes place.
    static GROUND: Arc<Ground>;
}

/// The site as all claims share it.
struct Ground {
    renamed: Renamed,
    caller: String,
    /// Whoever plays customers, while a claim needs him.
    customer: Mutex<Option<Arc<dyn Requests>>>,
}

/// The world of a claim at a site.
pub(super) struct SiteWorld(Arc<Ground>);

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its group: `calls`, `transfer` …
    pub group: &'static str,
    /// Its name, which says what is claimed.
    pub claim: &'static str,
    /// What came of it.
    pub result: Held,
    /// How long it took.
    pub took: Duration,
}

/// Does it hold?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// It does.
    Yes,
    /// It does not; what was seen instead.
    No(String),
    /// Nobody can tell: the site lacks this for it.
    Undecided(String),
}

/// A battery that is ready to run.
pub struct Battery {
    ground: Arc<Ground>,
    before: BTreeMap<String, Arc<str>>,
    no_acd: String,
    chosen: Vec<&'static Claim>,
}

// === impl Battery ===

impl Battery {
    /// Looks whether the cast can play: all can be logged on, nobody is talking, and each gets the status that claims begin in. `chosen` are
    /// parts of claims' or groups' names; none: all.
    ///
    /// # Errors
    /// In words, who or what is not there. Everybody is as he was.
    pub async fn prepare(switch: Arc<dyn Switch>, cast: &Cast, chosen: &[String]) -> Result<Self, String> {
        let claims: Vec<_> = ALL.iter().filter(|claim| chosen.is_empty() || chosen.iter().any(|part| claim.is_named(part))).collect();
        if claims.is_empty() {
            return Err("no claim is called so".to_owned());
        }
        if cast.agents.is_empty() {
            return Err("at least one agent is needed".to_owned());
        }
        let directory = switch.directory().await.map_err(|refusal| refusal.to_string())?;
        for status in [&cast.available, &cast.no_acd, &cast.away] {
            if !directory.statuses.iter().any(|known| known.status.name.eq_ignore_ascii_case(status)) {
                return Err(format!("the switch has no status {status}: name another"));
            }
        }
        let (mut before, mut stations) = (BTreeMap::new(), BTreeMap::new());
        for user in cast.agents.iter().chain([&cast.caller]) {
            match look(&*switch, user).await {
                Ok((status, station)) => {
                    before.insert(user.clone(), status);
                    stations.insert(user.clone(), station);
                }
                Err(why) => return Err(format!("{user} cannot take part: {why}")),
            }
        }
        let number = |name: &str| {
            let user = directory.users.iter().find(|user| user.user.as_str() == name).map(|user| user.number.clone());
            user.or_else(|| {
                directory.queues.iter().find(|queue| queue.id.as_str().eq_ignore_ascii_case(name)).map(|queue| queue.number.clone())
            })
        };
        for name in cast.workgroup.iter().chain(&cast.second_workgroup).chain([&cast.caller]) {
            if number(name).is_none_or(|number| number.is_empty()) {
                return Err(format!("{name} has no number that could be called"));
            }
        }
        let names = Names::new(cast, number, |name| stations.get(name).cloned());
        let ground = Ground { renamed: Renamed::new(switch, names), caller: cast.caller.clone(), customer: Mutex::default() };
        let battery = Self { ground: Arc::new(ground), before, no_acd: cast.no_acd.clone(), chosen: claims };
        for user in cast.agents.iter().chain([&cast.caller]) {
            battery.tidy(user, &battery.no_acd).await;
        }
        Ok(battery)
    }

    /// The names of the claims, in the order in which they run.
    pub fn claims(&self) -> Vec<&'static str> {
        self.chosen.iter().map(|claim| claim.name).collect()
    }

    /// Runs them one after the other until `stop`, and tells of each. Everybody is as he was when it ends; who drops it before leaves the
    /// agents in whatever they were doing.
    pub async fn run(self, stop: impl Future<Output = ()>, mut tell: impl FnMut(Outcome)) {
        let mut stop = pin!(stop);
        for claim in &self.chosen {
            let began = Instant::now();
            let put = GROUND.scope(Arc::clone(&self.ground), timeout(LONGEST, caught((claim.run)())));
            let ended = tokio::select! {
                ended = put => Some(ended),
                () = &mut stop => None,
            };
            let Some(ended) = ended else {
                self.tidy_up().await;
                break;
            };
            let result = match ended {
                Ok(Ok(())) => Held::Yes,
                Ok(Err(why)) => judged(&*why),
                Err(_) => Held::No(format!("it did not come to an end within {} s", LONGEST.as_secs())),
            };
            let took = began.elapsed();
            self.tidy_up().await;
            tell(Outcome { group: claim.group, claim: claim.name, result, took });
        }
        for (user, status) in &self.before {
            self.tidy(user, status).await;
        }
    }

    /// After a claim.
    async fn tidy_up(&self) {
        let customer = self.ground.customer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if customer.is_some() {
            self.tidy(&self.ground.caller, &self.no_acd).await;
        }
        for user in self.ground.renamed.take_touched() {
            if self.before.contains_key(&user) {
                self.tidy(&user, &self.no_acd).await;
            }
        }
        self.ground.renamed.names.forget_calls();
    }

    /// Hangs up what he still has, gives him this status, and logs him off.
    async fn tidy(&self, user: &str, status: &str) {
        let who = LogOn { user: user.into(), station: None };
        let Ok(mut line) = self.ground.renamed.switch.log_on(who).await else { return };
        let tidied = timeout(TIDY, async {
            let Some(SwitchEvent::Snapshot { interactions, .. }) = line.feed.next().await else { return };
            let mut left: Vec<_> = interactions.into_iter().map(|each| each.id).collect();
            for call in &left {
                // It may have ended by itself.
                let _ = line.requests.request(SwitchRequest::Disconnect(call.clone())).await;
            }
            while !left.is_empty() {
                match line.feed.next().await {
                    Some(SwitchEvent::Interaction(told)) if told.has_ended() => left.retain(|id| *id != told.id),
                    Some(_) => {}
                    None => return,
                }
            }
        });
        if tidied.await.is_err() {
            tracing::warn!(user, "what the battery left could not be hung up in time");
        }
        // A status that cannot be set is seen by the next claim.
        let _ = line.requests.request(SwitchRequest::SetStatus(status.into())).await;
        line.requests.log_off().await;
    }
}

/// His status and station, if he can take part.
async fn look(switch: &dyn Switch, user: &str) -> Result<(Arc<str>, String), String> {
    let who = LogOn { user: user.into(), station: None };
    let mut line = switch.log_on(who).await.map_err(|refusal| refusal.to_string())?;
    let snapshot = timeout(PATIENCE, line.feed.next()).await;
    line.requests.log_off().await;
    match snapshot {
        Ok(Some(SwitchEvent::Snapshot { status, interactions })) if interactions.is_empty() => Ok((status.name, line.profile.station)),
        Ok(Some(SwitchEvent::Snapshot { .. })) => Err("the agent is talking".to_owned()),
        _ => Err("the switch tells nothing of the agent".to_owned()),
    }
}

/// Runs a claim; what it panics with is what it has to say.
async fn caught(claim: impl Future<Output = ()>) -> Result<(), Box<dyn Any + Send>> {
    let mut claim = pin!(claim);
    std::future::poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| claim.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(())) => Poll::Ready(Ok(())),
        Err(why) => Poll::Ready(Err(why)),
    })
    .await
}

fn judged(why: &(dyn Any + Send)) -> Held {
    match (why.downcast_ref::<Lacks>(), why.downcast_ref::<String>(), why.downcast_ref::<&str>()) {
        (Some(Lacks(what)), ..) => Held::Undecided(what.clone()),
        (None, Some(why), _) => Held::No(why.clone()),
        (None, None, Some(why)) => Held::No((*why).to_owned()),
        (None, None, None) => Held::No("it ended without a word".to_owned()),
    }
}

// === impl Ground ===

impl Ground {
    async fn customer(&self) -> Arc<dyn Requests> {
        if let Some(customer) = self.customer.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return customer;
        }
        let who = LogOn { user: self.caller.as_str().into(), station: None };
        let AgentLine { requests, mut feed, .. } = match self.renamed.switch.log_on(who).await {
            Ok(line) => line,
            Err(refusal) => lacks(format!("a caller who can be logged on ({refusal})")),
        };
        // Nobody is interested in what he hears, but it must not pile up.
        tokio::spawn(async move { while feed.next().await.is_some() {} });
        *self.customer.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&requests));
        requests
    }
}

// === impl SiteWorld ===

impl World for SiteWorld {
    async fn start(plan: Plan) -> Self {
        if plan != agent::plan() {
            lacks("a switch with other times, users or limits");
        }
        Self(GROUND.get())
    }

    fn switch(&self) -> &dyn Switch {
        &self.0.renamed
    }

    async fn call_in(&self, caller: Caller, reach: Reach) -> InteractionId {
        if caller.kind != InteractionKind::Call {
            lacks("customers who chat, and callbacks");
        }
        if caller.number.starts_with("sip:") || caller.attached_data.is_some() || !caller.attributes.is_empty() {
            lacks("a call flow that gives calls attributes and data");
        }
        let names = &self.0.renamed.names;
        let destination = match reach {
            Reach::User(user) => names.destination(number_of(user.as_str())),
            Reach::Queue(queue) => names.destination(number_of(queue.as_str())),
            Reach::Named(_) => lacks("a call flow"),
        };
        let customer = self.0.customer().await;
        // It may ring before the switch has said which call it is.
        names.remember(&InteractionId::new(""), &caller);
        match customer.request(SwitchRequest::Dial { destination, attached_data: None }).await {
            Ok(SwitchAnswer::Interaction(call)) => {
                names.remember(&call.id, &caller);
                call.id
            }
            Ok(SwitchAnswer::Accepted) => panic!("a call was made, and the switch does not say which"),
            Err(refusal) => panic!("the customer cannot call: {refusal}"),
        }
    }

    async fn hang_up(&self, call: &InteractionId) {
        // He has no part in calls to numbers outside.
        if self.0.customer().await.request(SwitchRequest::Disconnect(call.clone())).await.is_err() {
            lacks("somebody outside who hangs up");
        }
    }

    async fn say(&self, _chat: &InteractionId, _text: &str) {
        lacks("customers who chat");
    }

    async fn types(&self, _chat: &InteractionId, _on: bool) {
        lacks("customers who chat");
    }

    async fn heard_by_customer(&self, _chat: &InteractionId) -> Vec<String> {
        lacks("customers who chat")
    }

    async fn answer_outside(&self, _call: &InteractionId) {
        lacks("somebody outside who picks up");
    }

    async fn use_client(&self, _user: &str, _station: Option<&str>) {
        lacks("a client of the switch's own");
    }

    fn news(&self) -> Duration {
        NEWS
    }

    fn patience(&self) -> Duration {
        PATIENCE
    }

    async fn voicemail(&self, _user: &UserId) -> Vec<String> {
        lacks("a look into voicemail")
    }
}

/// The battery's number of one of its agents or workgroups.
fn number_of(ours: &str) -> &str {
    let all = super::cast::AGENTS.iter().chain(&super::cast::WORKGROUPS);
    all.into_iter().find(|(name, _)| *name == ours).map_or(ours, |(_, number)| *number)
}

//! The bridge to Genesys Cloud as the file asks for it: its policy, the organisation behind it, and the administrators' orders.

#[cfg(feature = "oauth")]
use super::secrets;
use super::{alarms, exchange::Exchange, source::Loaded};
use crate::{
    alarm::{self, Alarm, Alarms},
    genesys_cloud::{
        cloud::Cloud,
        connection::{Change, Patience},
        desired::{BrowserClients, Scope},
        engine::{Bridge, Policy, Source, Watch},
        plan::{Deletion, Limits, Plan},
        reason::Reason,
        record::{Fingerprint, RecordId},
    },
    serve::{
        Part,
        admin::{self, Order, Wish},
    },
    store::Store,
};
#[cfg(feature = "oauth")]
use crate::{
    genesys_cloud::rest::{self, Lane, Network, OAuthClient, Rest},
    os::trust,
};
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    config,
    genesys_cloud::{Hosts, hosts, redirect_uri},
    secret::SecretRef,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// Orders whose outcome can still be asked for.
const KEPT: usize = 16;
/// The switch answers within this time, or is not asked.
const SNAPSHOT: Duration = Duration::from_mins(2);
/// So much of history is shown.
const HISTORY: usize = 1000;

/// The bridge, with the sender of what it goes by.
pub(super) struct Running {
    policy: watch::Sender<Option<Arc<Policy>>>,
    alarms: Alarms,
    told: watch::Sender<alarm::Policy>,
    bridge: Bridge,
    source: Source,
}

/// The administrators' side of it.
pub(super) struct Desk {
    bridge: Bridge,
    source: Source,
    orders: Arc<Mutex<Orders>>,
}

#[derive(Default)]
struct Orders {
    last: u64,
    all: BTreeMap<u64, Value>,
}

// === impl Running ===

impl Running {
    pub(super) fn start(loaded: &Loaded, exchange: &Exchange, store: Store) -> Self {
        let (told, tells) = watch::channel(alarms::policy(&loaded.config));
        let alarms = Alarms::start(tells);
        let (policy, in_force) = watch::channel(policy(loaded, &alarms));
        let exchange = exchange.clone();
        let source: Source = Arc::new(move || exchange.switch());
        let bridge = Bridge::start(in_force, Arc::clone(&source), store);
        Self { policy, alarms, told, bridge, source }
    }

    /// Goes by another configuration. An organisation that is the same keeps its pace and its token.
    pub(super) fn apply(&self, old: &Loaded, new: &Loaded) {
        // Another switch is looked at anew; what the built-in one has, it tells of itself.
        let switch = |loaded: &Loaded| config::Switch { embedded: config::Embedded::default(), ..loaded.config.switch.clone() };
        if old.config.genesys_cloud != new.config.genesys_cloud || switch(old) != switch(new) {
            self.told.send_replace(alarms::policy(&new.config));
            self.policy.send_replace(policy(new, &self.alarms));
        }
    }

    pub(super) fn desk(&self) -> Arc<dyn admin::Bridge> {
        Arc::new(Desk { bridge: self.bridge.clone(), source: Arc::clone(&self.source), orders: Arc::default() })
    }

    pub(super) fn bridge(&self) -> Bridge {
        self.bridge.clone()
    }
}

/// How it is, for `/readyz` and the service page; nothing where there is none. An organisation that is away is no reason to send SAP elsewhere.
pub(super) fn part(bridge: &Bridge) -> Option<Part> {
    let report = bridge.report();
    if report.state == "dormant" {
        return None;
    }
    let fault = report.health.iter().find(|part| !part.ok);
    let detail = fault.map_or_else(
        || format!("{}, records: {} synced, {} not synced", report.state, report.counts.synced, report.counts.not_synced),
        |part| part.detail.text.clone(),
    );
    let repair = fault.map(|_| "Look at `jackfield bridge status`".to_owned());
    Some(Part { name: "genesys_cloud", up: true, degraded: fault.is_some(), detail, repair })
}

fn policy(loaded: &Loaded, alarms: &Alarms) -> Option<Arc<Policy>> {
    let settings = &loaded.config.genesys_cloud;
    if !settings.enabled {
        return None;
    }
    // The check lets no file pass without them.
    let (hosts, organisation) = (hosts(settings)?, settings.organization.clone()?);
    let (id, secret) = (settings.client_id.clone()?, settings.client_secret.clone()?);
    let address = format!("{} {organisation} {id}", hosts.api);
    let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let (cloud, at_once) = cloud(settings, hosts, id, secret)?;
    Some(Arc::new(Policy {
        cloud,
        at_once,
        watch: watch_of(&settings.events, &organisation, alarms.clone()),
        address,
        organisation,
        site: settings.site.clone(),
        scope: scope(settings),
        deletion: match settings.deletion {
            config::Deletion::Guide => Deletion::Guide,
            config::Deletion::Safe => {
                Deletion::Safe { user_grace: seconds(settings.user_grace), object_grace: seconds(settings.object_grace) }
            }
        },
        limits: Limits { count: settings.most_removals as usize, percent: usize::from(settings.most_removals_percent) },
        interval: settings.interval,
        per_minute: settings.requests_per_minute,
        admin_user: settings.admin_user.clone(),
        dial_groups: settings.dial_groups.clone(),
    }))
}

/// Who hears that the connection is lost, and when.
fn watch_of(settings: &config::Events, organisation: &str, alarms: Alarms) -> Watch {
    let about = organisation.to_owned();
    let tell = move |change: Change, why: &Reason| {
        let kind = match change {
            Change::Lost => alarm::CLOUD_LOST,
            Change::Restored => alarm::CLOUD_RESTORED,
        };
        alarms.raise(Alarm { kind, about: about.clone(), why: why.text.clone() });
    };
    let patience = Patience { failures: settings.failures.into(), after: settings.after };
    Watch { every: settings.look_every, patience, tell: Arc::new(tell) }
}

/// The way to the organisation, for the background and for somebody who waits.
type Ways = (Arc<dyn Cloud>, Arc<dyn Cloud>);

#[cfg(feature = "oauth")]
fn cloud(settings: &config::GenesysCloud, hosts: Hosts, id: String, secret: SecretRef) -> Option<Ways> {
    let rest = way(settings, hosts, id, secret)?;
    let at_once = rest.in_lane(Lane::Interactive);
    Some((Arc::new(rest), Arc::new(at_once)))
}

/// The way to the organisation that the file names, for somebody beside the bridge: at a pace of its own, which follows what answers say of the
/// limit that both share. `None`: the bridge is off.
#[cfg(feature = "oauth")]
pub(super) fn rest(settings: &config::GenesysCloud) -> Option<Rest> {
    let (id, secret) = (settings.client_id.clone()?, settings.client_secret.clone()?);
    way(settings, hosts(settings)?, id, secret).filter(|_| settings.enabled)
}

#[cfg(feature = "oauth")]
fn way(settings: &config::GenesysCloud, hosts: Hosts, id: String, secret: SecretRef) -> Option<Rest> {
    let client = OAuthClient { token_url: format!("{}/oauth/token", hosts.login), id, secret: secrets::password(secret) };
    let trust = match trust::client(Vec::new()) {
        Ok(trust) => Arc::new(trust),
        Err(error) => {
            tracing::error!(%error, "nothing of Genesys Cloud runs: this machine says of nobody whom to trust");
            return None;
        }
    };
    let policy = rest::Policy {
        per_minute: settings.requests_per_minute,
        quoted_filters: settings.quoted_filters,
        peer_ids: settings.peer_ids,
        ..rest::Policy::new(hosts.api, settings.site.clone())
    };
    Some(Rest::new(policy, Arc::new(Network(trust)), client))
}

#[cfg(not(feature = "oauth"))]
fn cloud(_: &config::GenesysCloud, _: Hosts, _: String, _: SecretRef) -> Option<Ways> {
    None
}

/// Is there something to say against the file, because this program was built without what it asks for?
pub(super) fn judge(config: &shared::Config) -> Option<shared::Finding> {
    let wanted = config.genesys_cloud.enabled && !cfg!(feature = "oauth");
    wanted.then(|| {
        let path = "genesys_cloud.enabled".parse().unwrap_or_default();
        let text = "this Jackfield was built without the log-on to Genesys Cloud";
        shared::Finding::error(path, "not-built-in", text, "Write false, or take a build with the feature `oauth`")
    })
}

fn scope(settings: &config::GenesysCloud) -> Scope {
    let stars = settings.stars;
    Scope {
        users: settings.sync_users,
        platform_objects: settings.sync_platform_objects,
        workgroups: settings.workgroups.iter().cloned().collect(),
        leave_out: settings.leave_out.iter().cloned().collect(),
        languages: settings.treat_as_language.iter().cloned().collect(),
        stars: [stars.two, stars.three, stars.four, stars.five],
        attributes: settings.custom_attributes.iter().map(|one| (one.field.clone(), one.attribute.clone())).collect(),
        browser: browser(settings),
    }
}

/// The clients in the browser that the file names.
fn browser(settings: &config::GenesysCloud) -> Option<BrowserClients> {
    // The check lets no file pass with an address that is none.
    let redirect_uris: BTreeSet<String> = settings.browser_clients.iter().filter_map(|uri| redirect_uri(uri)).collect();
    let grant = match settings.browser_grant {
        config::BrowserGrant::Code => "CODE",
        config::BrowserGrant::Token => "TOKEN",
    };
    let name = format!("Jackfield: browser clients of {}", settings.site);
    (!redirect_uris.is_empty()).then_some(BrowserClients { name, grant, redirect_uris })
}

/// A plan that somebody has saved: its id, when it is still what was saved.
///
/// # Errors
/// It is none, or it was altered.
pub fn saved_plan(text: &str) -> Result<String, String> {
    let plan: Plan = serde_json::from_str(text).map_err(|error| format!("this is no plan of the bridge: {error}"))?;
    if Fingerprint::of(&plan.steps) == plan.id {
        Ok(plan.id.as_str().to_owned())
    } else {
        Err("this plan was altered after it was saved: make another one with `jackfield bridge plan --save`".into())
    }
}

// === impl Desk ===

impl admin::Bridge for Desk {
    fn report(&self) -> Value {
        json_of(&self.bridge.report())
    }

    fn records(&self) -> Value {
        json_of(&self.bridge.records())
    }

    fn explain(&self, id: &str) -> Option<Value> {
        Some(json_of(&self.bridge.explain(&id.parse().ok()?)?))
    }

    fn history(&self) -> Value {
        json_of(&self.bridge.history(HISTORY))
    }

    fn begin(&self, order: Order) -> Wish<u64> {
        let number = {
            let mut orders = lock(&self.orders);
            orders.last += 1;
            let number = orders.last;
            orders.all.insert(number, json!({ "state": "running" }));
            while orders.all.len() > KEPT {
                orders.all.pop_first();
            }
            number
        };
        let (bridge, source, orders) = (self.bridge.clone(), Arc::clone(&self.source), Arc::clone(&self.orders));
        tokio::spawn(async move {
            let outcome = match carry_out(&bridge, &source, order).await {
                Ok(result) => json!({ "state": "done", "result": result }),
                Err(reason) => json!({ "state": "failed", "reason": reason }),
            };
            if let Some(order) = lock(&orders).all.get_mut(&number) {
                *order = outcome;
            }
        });
        Box::pin(async move { number })
    }

    fn look(&self, order: u64) -> Option<Value> {
        lock(&self.orders).all.get(&order).cloned()
    }
}

async fn carry_out(bridge: &Bridge, source: &Source, order: Order) -> Result<Value, Reason> {
    Ok(match order {
        Order::Plan => {
            let plan = bridge.plan().await?;
            let seconds = plan.duration(bridge.report().pace.per_minute.max(1)).as_secs();
            let mut value = json_of(&plan);
            value["seconds"] = seconds.into();
            value
        }
        Order::Apply { plan } => json_of(&bridge.apply(Fingerprint::parse(plan)).await?),
        Order::Sync { force, record } => {
            let record = record.map(|record| record.parse::<RecordId>()).transpose().map_err(|text| Reason::new("unknown-record", text))?;
            json_of(&bridge.sync(force, record).await?)
        }
        Order::Allow => json_of(&bridge.removals(true).await?),
        Order::Reject => json_of(&bridge.removals(false).await?),
        Order::NewOrganization => json_of(&bridge.new_organisation().await?),
        Order::AcceptAdminUser => json_of(&bridge.accept_admin_user().await?),
        Order::DialGroups => json!({ "available": dial_groups(source).await? }),
    })
}

/// What the switch has of them; `None`: it does not tell.
async fn dial_groups(source: &Source) -> Result<Option<Vec<String>>, Reason> {
    let asked = tokio::time::timeout(SNAPSHOT, source().configuration()).await;
    let refused = |why: &str| Reason::new("no-snapshot", format!("the switch does not say what it has{why}"));
    match asked {
        Ok(Ok(configuration)) => Ok(configuration.dial_groups.clone()),
        Ok(Err(refusal)) => Err(refused(&format!(": {refusal}"))),
        Err(_) => Err(refused("")),
    }
}

fn json_of(value: &impl Serialize) -> Value {
    // Our types have text keys only, so nothing can fail.
    serde_json::to_value(value).unwrap_or_default()
}

fn lock(orders: &Mutex<Orders>) -> MutexGuard<'_, Orders> {
    orders.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use crate::genesys_cloud::record;

    #[test]
    fn the_file_may_name_the_fields_that_the_bridge_can_fill() {
        assert_eq!(shared::genesys_cloud::FIELDS, record::FIELDS);
    }
}

//! Reading the site's lists and watching everything that moves: what the service's user does after each log-in, and from time to time.
//!
//! What it may not see is left out and named, so that health can say so; only a lost connection stops the whole.

use super::{conversations, ids};
use crate::switch::icws::{
    IcwsError, Session,
    wire::{
        Id,
        configuration::{ConfigurationWatch, Listed, Station, User, Workgroup},
        lenient::Moment,
        people::{Skill, WrapUpCode},
        queues::{QueueId, QueueType},
        statistics::{ParameterValue, StatisticKey},
        subscription::Subscription,
        system::NotificationHeader,
    },
};
use tokio::time::Instant;

/// Queues that one subscription watches.
const QUEUES: usize = 500;
/// Figures of the moment, and those of an interval (icws §6).
pub(super) const NOW: [&str; 4] =
    ["AgentsLoggedIn", "NumberAvailableForACDInteractions", "InteractionsWaiting", "LongestInteractionWaiting"];
pub(super) const SO_FAR: [&str; 2] = ["InteractionsAnswered", "InteractionsAbandoned"];
/// Figures without which no list of queues can be made.
const NEEDED: usize = 3;
const INTERVAL: &str = "ININ.Queue:Interval";
const SHIFT: &str = "CurrentShift";

/// What was read.
pub(super) struct Prepared {
    pub(super) users: Vec<User>,
    pub(super) workgroups: Vec<Workgroup>,
    pub(super) stations: Vec<Station>,
    /// The server's clock, and when it was looked at.
    pub(super) clock: Option<(Moment, Instant)>,
    /// What this user may not see.
    pub(super) refused: Vec<&'static str>,
    /// Conversations in the workgroups' queues are watched.
    pub(super) conversations: bool,
    /// So is what a snapshot for the bridge has in it.
    pub(super) details: bool,
}

/// What of each kind is in a snapshot for the bridge, so that a change of it is told (icws §5.4).
const DETAILS: [(&str, &[&str]); 4] = [
    (User::KIND, &["configurationId", "skills", "personalInformationProperties"]),
    (Workgroup::KIND, &["configurationId", "isActive", "members", "skills", "wrapUpCodes"]),
    (Skill::KIND, &["configurationId"]),
    (WrapUpCode::KIND, &["configurationId"]),
];

/// Reads and subscribes; what has not changed since `before` is not subscribed to again.
pub(super) async fn prepare(
    session: Session,
    before: Option<Prepared>,
    wanted: Vec<NotificationHeader>,
    conversations: bool,
    details: bool,
) -> Result<Prepared, IcwsError> {
    let mut refused = Vec::new();
    let users: Vec<User> = tolerate(session.list().await, "users", &mut refused)?;
    let workgroups: Vec<Workgroup> = tolerate(session.list().await, "workgroups", &mut refused)?;
    // A server has its own users at least, and nobody watches one that has no workgroup: who sees none may not see any.
    for (what, none) in [("users", users.is_empty()), ("workgroups", workgroups.is_empty())] {
        if none && !refused.contains(&what) {
            refused.push(what);
        }
    }
    // Published nowhere, but on some servers there (icws §5.1): without it the stations that are in use or somebody's own are known.
    let stations: Vec<Station> = tolerate(session.list().await, "stations", &mut Vec::new())?;
    let asked = Instant::now();
    let time = session.site().server_time(session.host()).await.ok();
    let clock = time.map(|time| (time.server_utc_time, asked)).filter(|(time, _)| time.0 > 0);

    let names = ids(users.iter().map(|user| &user.configuration_id));
    let groups = ids(workgroups.iter().map(|workgroup| &workgroup.configuration_id));
    let old = before.as_ref();
    let same_users = old.is_some_and(|old| ids(old.users.iter().map(|user| &user.configuration_id)) == names);
    let same_groups = old.is_some_and(|old| ids(old.workgroups.iter().map(|workgroup| &workgroup.configuration_id)) == groups);
    let mut watch = Watch { session: &session, refused };
    if old.is_none() {
        watch.put("statuses", &Subscription::StatusMessages).await?;
        // Not every server lets one watch; then the lists are read again from time to time.
        for kind in [User::KIND, Workgroup::KIND] {
            let properties = vec!["configurationId".to_owned(), "extension".to_owned()];
            let all = ConfigurationWatch { configuration_ids: vec!["*".into()], properties, rights_filter: "view" };
            Watch { session: &session, refused: Vec::new() }
                .put(kind, &Subscription::Configuration { kind, id: kind.into(), watch: all })
                .await?;
        }
    }
    if details && !old.is_some_and(|old| old.details) {
        for (kind, properties) in DETAILS {
            let properties = properties.iter().map(|name| (*name).to_owned()).collect();
            let all = ConfigurationWatch { configuration_ids: vec!["*".into()], properties, rights_filter: "view" };
            // Who may not watch it finds out at the next comparison.
            watch.quietly(&Subscription::Configuration { kind, id: "details".into(), watch: all }).await?;
        }
    }
    let were_watched = old.is_some_and(|old| old.conversations);
    if old.is_none() && !wanted.is_empty() || conversations != were_watched {
        // Subscribing again replaces the whole set.
        let wanted = wanted.into_iter().chain(conversations.then(conversations::notifications)).collect();
        watch.put("notifications of handlers", &Subscription::HandlerNotifications(wanted)).await?;
    }
    if conversations && !(were_watched && same_groups) {
        for (number, some) in groups.chunks(QUEUES).enumerate() {
            watch.put("conversations", &queues_of_workgroups(number, some)).await?;
        }
    } else if !conversations && were_watched {
        for (number, some) in groups.chunks(QUEUES).enumerate() {
            // It may be gone with its workgroups.
            watch
                .session
                .unsubscribe(&queues_of_workgroups(number, some))
                .await
                .or_else(|error| if error.is_of_the_connection() { Err(error) } else { Ok(()) })?;
        }
    }
    if !same_users && !names.is_empty() {
        watch.put("statuses of users", &Subscription::UserStatuses { users: names.clone() }).await?;
        watch.put("sessions of users", &Subscription::SessionsUsers { users: names.clone() }).await?;
        for (number, some) in names.chunks(QUEUES).enumerate() {
            let queues = some.iter().map(|name| QueueId::new(QueueType::User, name.clone())).collect();
            let attributes = ["Eic_State", "Eic_UserName"].map(str::to_owned).to_vec();
            watch.put("queues of users", &Subscription::Queues { id: format!("users-{number}").into(), queues, attributes }).await?;
        }
    }
    if !same_groups && !groups.is_empty() && !watch.quietly(&Subscription::Statistics(keys(&groups, true))).await? {
        // One identifier that a server lacks must not cost all of them.
        watch.put("figures of workgroups", &Subscription::Statistics(keys(&groups, false))).await?;
    }
    let mut refused = watch.refused;
    if let Some(old) = before {
        refused.extend(old.refused.into_iter().filter(|what| {
            same_users && what.contains("users")
                || same_groups && what.contains("figures")
                || were_watched && conversations && same_groups && what.contains("conversations")
        }));
        refused.sort_unstable();
        refused.dedup();
    }
    Ok(Prepared { users, workgroups, stations, clock, refused, conversations, details })
}

fn queues_of_workgroups(number: usize, workgroups: &[Id]) -> Subscription {
    let queues = workgroups.iter().map(|name| QueueId::new(QueueType::Workgroup, name.clone())).collect();
    let attributes = conversations::ATTRIBUTES.map(str::to_owned).to_vec();
    Subscription::Queues { id: conversations::subscription(number), queues, attributes }
}

fn keys(workgroups: &[Id], all: bool) -> Vec<StatisticKey> {
    let of_now = if all { &NOW[..] } else { &NOW[..NEEDED] };
    let so_far = if all { &SO_FAR[..] } else { &[] };
    let interval = || ParameterValue { parameter_type_id: INTERVAL.into(), value: SHIFT.into() };
    let mut keys = Vec::new();
    for workgroup in workgroups {
        keys.extend(of_now.iter().map(|name| StatisticKey::of_workgroup(name, workgroup)));
        keys.extend(so_far.iter().map(|name| {
            let mut key = StatisticKey::of_workgroup(name, workgroup);
            key.parameter_value_items.push(interval());
            key
        }));
    }
    keys
}

/// An empty list where the right is missing.
fn tolerate<T>(read: Result<Vec<T>, IcwsError>, what: &'static str, refused: &mut Vec<&'static str>) -> Result<Vec<T>, IcwsError> {
    match read {
        Err(error) if error.is_of_the_connection() => Err(error),
        Err(error) => {
            tracing::debug!(what, cause = %error, "this list cannot be read");
            refused.push(what);
            Ok(Vec::new())
        }
        Ok(list) => Ok(list),
    }
}

struct Watch<'a> {
    session: &'a Session,
    refused: Vec<&'static str>,
}

// === impl Watch ===

impl Watch<'_> {
    /// Subscribes, or notes that it may not.
    async fn put(&mut self, what: &'static str, subscription: &Subscription) -> Result<(), IcwsError> {
        if !self.quietly(subscription).await? && !self.refused.contains(&what) {
            self.refused.push(what);
        }
        Ok(())
    }

    /// Subscribes; `false`: it was refused.
    async fn quietly(&self, subscription: &Subscription) -> Result<bool, IcwsError> {
        match self.session.subscribe(subscription).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_of_the_connection() => Err(error),
            Err(error) => {
                tracing::debug!(path = subscription.path(), cause = %error, "this cannot be watched");
                Ok(false)
            }
        }
    }
}

//! Everything that can be subscribed to (icws §2.4). Subscribing again replaces, and brings the full state once more.
#![expect(missing_docs, reason = "fields are ICWS's own words; the table in icws §2.4 explains them")]

use super::{Id, configuration::ConfigurationWatch, queues::QueueId, statistics::StatisticKey, system::NotificationHeader};
use crate::switch::icws::path::segment;
use serde_json::{Value, json};

/// One subscription.
#[derive(Clone, Debug, PartialEq)]
pub enum Subscription {
    Queues {
        id: Id,
        queues: Vec<QueueId>,
        attributes: Vec<String>,
    },
    Interaction {
        interaction: Id,
        attributes: Vec<String>,
    },
    Chat(Id),
    Callback(Id),
    Email(Id),
    Alerting {
        attributes: Vec<String>,
    },
    StatusMessages,
    StatusAccess {
        users: Vec<Id>,
    },
    UserStatuses {
        users: Vec<Id>,
    },
    SessionsUsers {
        users: Vec<Id>,
    },
    SessionsStations {
        stations: Vec<Id>,
    },
    /// One for each session: subscribing again replaces the whole set.
    Statistics(Vec<StatisticKey>),
    HandlerNotifications(Vec<NotificationHeader>),
    UserActivations {
        id: Id,
        user: Id,
        workgroups: Vec<Id>,
    },
    WorkgroupActivations {
        id: Id,
        workgroup: Id,
        users: Vec<Id>,
    },
    Configuration {
        kind: &'static str,
        id: Id,
        watch: ConfigurationWatch,
    },
    Station,
    Licenses(Vec<String>),
}

// === impl Subscription ===

impl Subscription {
    /// Below the session's address.
    pub fn path(&self) -> String {
        let rest = match self {
            Self::Queues { id, .. } => format!("queues/{}", segment(id)),
            Self::Interaction { interaction, .. } => format!("interactions/{}", segment(interaction)),
            Self::Chat(id) => format!("interactions/{}/chat", segment(id)),
            Self::Callback(id) => format!("interactions/{}/callback", segment(id)),
            Self::Email(id) => format!("interactions/{}/email", segment(id)),
            Self::Alerting { .. } => "interaction-alerting".to_owned(),
            Self::StatusMessages => "status/status-messages".to_owned(),
            Self::StatusAccess { .. } => "status/status-messages-user-access".to_owned(),
            Self::UserStatuses { .. } => "status/user-statuses".to_owned(),
            Self::SessionsUsers { .. } => "session/sessions-users".to_owned(),
            Self::SessionsStations { .. } => "session/sessions-stations".to_owned(),
            Self::Statistics(_) => "statistics/statistic-values".to_owned(),
            Self::HandlerNotifications(_) => "system/handler-sent-notifications".to_owned(),
            Self::UserActivations { id, .. } => format!("activations/users/{}", segment(id)),
            Self::WorkgroupActivations { id, .. } => format!("activations/workgroups/{}", segment(id)),
            Self::Configuration { kind, id, .. } => format!("configuration/{kind}/{}", segment(id)),
            Self::Station => "connection/station".to_owned(),
            Self::Licenses(_) => "licenses".to_owned(),
        };
        format!("/messaging/subscriptions/{rest}")
    }

    /// What is sent along; some need nothing.
    pub fn body(&self) -> Option<Value> {
        Some(match self {
            Self::Queues { queues, attributes, .. } => json!({ "queueIds": queues, "attributeNames": attributes }),
            Self::Alerting { attributes } if attributes.is_empty() => json!({}),
            Self::Interaction { attributes, .. } | Self::Alerting { attributes } => json!({ "attributeNames": attributes }),
            Self::StatusAccess { users } | Self::UserStatuses { users } | Self::SessionsUsers { users } => json!({ "userIds": users }),
            Self::SessionsStations { stations } => json!({ "stationIds": stations }),
            Self::Statistics(keys) => json!({ "statisticKeys": keys }),
            Self::HandlerNotifications(headers) => json!({ "headers": headers }),
            Self::UserActivations { user, workgroups, .. } => json!({ "userId": user, "workgroupIds": workgroups }),
            Self::WorkgroupActivations { workgroup, users, .. } => json!({ "workgroupId": workgroup, "userIds": users }),
            Self::Configuration { watch, .. } => json!(watch),
            Self::Licenses(names) => json!({ "licenseList": names }),
            Self::Chat(_) | Self::Callback(_) | Self::Email(_) | Self::StatusMessages | Self::Station => return None,
        })
    }
}

//! Which setting is on which tab.

use crate::page::{Context, form};
use egui::Ui;
use shared::SettingPath;

/// A tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Configuration,
    Options,
    Events,
    Clients,
    DialGroups,
    Attributes,
    Plan,
    Records,
    Health,
    History,
    WebPage,
}

pub(super) const CONNECTION: [&str; 5] =
    ["genesys_cloud.region", "genesys_cloud.host", "genesys_cloud.organization", "genesys_cloud.client_id", "genesys_cloud.client_secret"];
pub(super) const OURS: [&str; 5] = [
    "genesys_cloud.admin_user",
    "genesys_cloud.site",
    "genesys_cloud.requests_per_minute",
    "genesys_cloud.quoted_filters",
    "genesys_cloud.peer_ids",
];
pub(super) const WHAT: [&str; 2] = ["genesys_cloud.sync_users", "genesys_cloud.sync_platform_objects"];
pub(super) const REMOVAL: [&str; 5] = [
    "genesys_cloud.deletion",
    "genesys_cloud.user_grace",
    "genesys_cloud.object_grace",
    "genesys_cloud.most_removals",
    "genesys_cloud.most_removals_percent",
];
pub(super) const STARS: [&str; 4] =
    ["genesys_cloud.stars.two", "genesys_cloud.stars.three", "genesys_cloud.stars.four", "genesys_cloud.stars.five"];
const CONDUIT: [&str; 10] = [
    "genesys_cloud.conduit.enabled",
    "genesys_cloud.conduit.sink",
    "genesys_cloud.conduit.organization_id",
    "genesys_cloud.conduit.stream",
    "genesys_cloud.conduit.region",
    "genesys_cloud.conduit.endpoint",
    "genesys_cloud.conduit.framing",
    "genesys_cloud.conduit.flush_after",
    "genesys_cloud.conduit.flush_records",
    "genesys_cloud.conduit.flush_bytes",
];
const CREDENTIALS: [&str; 8] = [
    "genesys_cloud.conduit.access_key",
    "genesys_cloud.conduit.secret_key",
    "genesys_cloud.conduit.profile",
    "genesys_cloud.conduit.profile_file",
    "genesys_cloud.conduit.role",
    "genesys_cloud.conduit.external_id",
    "genesys_cloud.conduit.web_identity_token",
    "genesys_cloud.conduit.sts_endpoint",
];
const WAITING: [&str; 3] = ["genesys_cloud.conduit.retention", "genesys_cloud.conduit.most_waiting", "genesys_cloud.conduit.keep_when_off"];
const ALARMS: [&str; 4] =
    ["genesys_cloud.events.system_log", "genesys_cloud.events.look_every", "genesys_cloud.events.failures", "genesys_cloud.events.after"];
pub(super) const SIGN_ON: [&str; 11] = [
    "genesys_cloud.sso.enabled",
    "genesys_cloud.sso.url",
    "genesys_cloud.sso.issuer",
    "genesys_cloud.sso.relying_party",
    "genesys_cloud.sso.consumer",
    "genesys_cloud.sso.service_name",
    "genesys_cloud.sso.certificate",
    "genesys_cloud.sso.key",
    "genesys_cloud.sso.next_certificate",
    "genesys_cloud.sso.former_certificate",
    "genesys_cloud.sso.life",
];
pub(super) const TRAPS: [&str; 3] =
    ["genesys_cloud.events.snmp.community", "genesys_cloud.events.snmp.confirmed", "genesys_cloud.events.snmp.enterprise"];

// === impl Tab ===

impl Tab {
    /// All: first what is set, then what the running bridge tells.
    pub(super) const ALL: [Self; 11] = [
        Self::Configuration,
        Self::Options,
        Self::Events,
        Self::Clients,
        Self::DialGroups,
        Self::Attributes,
        Self::Plan,
        Self::Records,
        Self::Health,
        Self::History,
        Self::WebPage,
    ];

    /// The key of its name.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Configuration => "cloud-tab-configuration",
            Self::Options => "cloud-tab-options",
            Self::Events => "cloud-tab-events",
            Self::Clients => "cloud-tab-clients",
            Self::DialGroups => "cloud-tab-dial-groups",
            Self::Attributes => "cloud-tab-attributes",
            Self::Plan => "cloud-tab-plan",
            Self::Records => "cloud-tab-records",
            Self::Health => "cloud-tab-health",
            Self::History => "cloud-tab-history",
            Self::WebPage => "cloud-tab-web-page",
        }
    }

    /// What of the file is on it.
    pub(super) fn sections(self) -> Vec<SettingPath> {
        let texts: Vec<&str> = match self {
            Self::Configuration => std::iter::once("genesys_cloud.enabled").chain(CONNECTION).chain(OURS).collect(),
            Self::Options => {
                let lists =
                    ["genesys_cloud.interval", "genesys_cloud.workgroups", "genesys_cloud.leave_out", "genesys_cloud.treat_as_language"];
                WHAT.into_iter().chain(lists).chain(REMOVAL).chain(["genesys_cloud.stars"]).collect()
            }
            Self::Events => vec!["genesys_cloud.conduit", "genesys_cloud.events"],
            Self::Clients => vec!["genesys_cloud.browser_clients", "genesys_cloud.browser_grant", "genesys_cloud.sso"],
            Self::DialGroups => vec!["genesys_cloud.dial_groups"],
            Self::Attributes => vec!["genesys_cloud.custom_attributes"],
            Self::Plan | Self::Records | Self::Health | Self::History | Self::WebPage => Vec::new(),
        };
        texts.into_iter().filter_map(|text| text.parse().ok()).collect()
    }

    /// The one that a setting is on.
    pub(super) fn of(path: &SettingPath) -> Option<Self> {
        let has = |tab: &Self| tab.sections().iter().any(|section| path.is_within(section));
        Self::ALL.into_iter().find(has)
    }
}

/// Conversation events, and those that whoever watches machines is told.
pub(super) fn events(ui: &mut Ui, context: &mut Context<'_>) {
    form::group(ui, context, "group-conduit", &CONDUIT);
    form::group(ui, context, "group-conduit-credentials", &CREDENTIALS);
    form::group(ui, context, "group-conduit-backlog", &WAITING);
    form::group(ui, context, "group-cloud-events", &ALARMS);
}

//! `[genesys_cloud]`: the bridge to Genesys Cloud (guide *Genesys Cloud for CIC*, "Configure Genesys Cloud for PureConnect" and the pages after
//! it). Where a region's hosts are is `crate::genesys_cloud`'s.

mod conduit;
mod events;
mod sso;

pub use conduit::{Conduit, ConduitSink, Framing};
pub use events::{Events, PLAYPEN, Snmp};
pub use sso::Sso;

use super::duration;
use crate::secret::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Names for the examples. An array in the attribute would need all of `syn`, which not every build has.
const WORKGROUPS: [&str; 2] = ["Sales", "Support"];
const USERS: [&str; 2] = ["PureCloudAdmin", "TEST"];
const LANGUAGES: [&str; 2] = ["German", "English"];
const CLIENTS: [&str; 1] = ["https://desk.example.com/client/"];
const DIAL_GROUPS: [&str; 1] = ["Edges"];

/// The bridge to Genesys Cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GenesysCloud {
    /// Run it.
    pub enabled: bool,
    /// The AWS region that the organisation lies in, `us-east-1` (North America) or `eu-central-1` for example.
    #[schemars(length(min = 1, max = 64))]
    pub region: String,
    /// Host of a region that is not known here, `mypurecloud.de` for example; it wins over `region`. For tests an address on this machine:
    /// `http://127.0.0.1:8095`.
    #[schemars(length(min = 1, max = 253))]
    #[schemars(example = &"mypurecloud.de")]
    pub host: Option<String>,
    /// Short name of the organisation; nothing is done in one of another name.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"acme")]
    pub organization: Option<String>,
    /// Id of the OAuth client, which has the grant Client Credentials.
    #[schemars(example = &"00000000-0000-0000-0000-000000000000")]
    pub client_id: Option<String>,
    /// Where the OAuth client's secret is.
    #[schemars(example = &"credential:genesys-cloud")]
    pub client_secret: Option<SecretRef>,
    /// Name of this site in the marks that the bridge leaves on what is its own. Two sites that share an organisation need two names; a new
    /// name makes strangers of everything that was made under the old one.
    #[schemars(length(min = 1, max = 64))]
    pub site: String,
    /// Keep users in step: name, e-mail address and telephone numbers.
    pub sync_users: bool,
    /// Keep workgroups, skills and wrap-up codes in step too.
    pub sync_platform_objects: bool,
    /// What becomes of that which the switch has no longer.
    pub deletion: Deletion,
    /// With `safe`: a user is deleted so long after he has been deactivated.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub user_grace: Duration,
    /// With `safe`: queues, skills, languages and wrap-up codes are deleted after this long; queues are emptied at once.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub object_grace: Duration,
    /// More removals than this in one run are held back until an administrator allows or rejects them.
    #[schemars(range(min = 0, max = 100_000))]
    pub most_removals: u32,
    /// So are those of more than this share of the records, in per cent; three or fewer never are.
    #[schemars(range(min = 0, max = 100))]
    pub most_removals_percent: u8,
    /// Everything is compared this often, though the switch has told of no change.
    #[serde(with = "duration")]
    #[schemars(with = "duration::Text")]
    pub interval: Duration,
    /// Only these workgroups are kept in step. Empty: all.
    #[schemars(example = WORKGROUPS)]
    pub workgroups: Vec<String>,
    /// These users are not kept in step, and left as they are.
    #[schemars(example = USERS)]
    pub leave_out: Vec<String>,
    /// Skills that become languages (guide, *Treat as a Language*).
    #[schemars(example = LANGUAGES)]
    pub treat_as_language: Vec<String>,
    /// How proficiencies from 1 to 100 become one to five stars.
    pub stars: Stars,
    /// Requests a minute that estimates go by; how many are sent, the organisation's answers say. Genesys allows an OAuth client 300.
    #[schemars(range(min = 1, max = 3000))]
    pub requests_per_minute: u32,
    /// Values in questions about users stand in quotes, as the standard has it. Turn it off for an organisation that finds nobody so.
    pub quoted_filters: bool,
    /// Queues bear the bridge's mark as `peerId`. Turn it off for an organisation that refuses that; queues are then found by their names.
    pub peer_ids: bool,
    /// The CIC user who may not be changed or deleted (guide, "`PureCloudAdmin` user"); health says when he is missing. Empty: nobody.
    #[schemars(length(max = 128))]
    pub admin_user: String,
    /// Addresses of web clients that use Genesys Cloud from the browser (guide, "Browser Client Applications").
    #[schemars(example = CLIENTS)]
    pub browser_clients: Vec<String>,
    /// How these clients log people on.
    pub browser_grant: BrowserGrant,
    /// Dial groups for calls to the Edges of web-based phones (guide, "Dial Groups").
    #[schemars(example = DIAL_GROUPS)]
    pub dial_groups: Vec<String>,
    /// Custom attributes of users on the switch, each with the field that it fills.
    pub custom_attributes: Vec<CustomAttribute>,
    /// What happens in calls, told to Genesys Cloud.
    pub conduit: Conduit,
    /// That the connection to the organisation is lost and restored, told to whoever watches machines.
    pub events: Events,
    /// Agents log on to it by their passwords of CIC.
    pub sso: Sso,
}

/// What becomes of that which the switch has no longer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deletion {
    /// Users are deactivated and queues emptied at once, and deleted after a time; only what the bridge has made is ever deleted.
    #[default]
    Safe,
    /// Queues, skills, languages and wrap-up codes are deleted at once, as the guide says; users are deactivated and stay.
    Guide,
}

/// How a client in a browser logs people on (OAuth 2.0).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BrowserGrant {
    /// By an authorization code, with PKCE.
    #[default]
    Code,
    /// By a token in the address, for clients that know no other way.
    Token,
}

/// From which proficiency on a skill has so many stars; less than `two` is one star.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Stars {
    /// Two stars.
    #[schemars(range(min = 1, max = 100))]
    pub two: u8,
    /// Three stars.
    #[schemars(range(min = 1, max = 100))]
    pub three: u8,
    /// Four stars.
    #[schemars(range(min = 1, max = 100))]
    pub four: u8,
    /// Five stars.
    #[schemars(range(min = 1, max = 100))]
    pub five: u8,
}

/// A custom attribute of users.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomAttribute {
    /// Its name on the switch.
    #[schemars(length(min = 1, max = 128))]
    #[schemars(example = &"Department")]
    pub attribute: String,
    /// The field of the user in Genesys Cloud: `title`, `department`, `division` or `employeeNumber`.
    #[schemars(length(min = 1, max = 256))]
    #[schemars(example = &"department")]
    pub field: String,
}

impl Default for GenesysCloud {
    fn default() -> Self {
        Self {
            enabled: false,
            region: "us-east-1".into(),
            host: None,
            organization: None,
            client_id: None,
            client_secret: None,
            site: "cic".into(),
            sync_users: true,
            sync_platform_objects: false,
            deletion: Deletion::default(),
            user_grace: Duration::from_hours(7 * 24),
            object_grace: Duration::from_hours(7 * 24),
            most_removals: 50,
            most_removals_percent: 10,
            interval: Duration::from_hours(1),
            workgroups: Vec::new(),
            leave_out: Vec::new(),
            treat_as_language: Vec::new(),
            stars: Stars::default(),
            requests_per_minute: 240,
            quoted_filters: true,
            peer_ids: true,
            admin_user: "PureCloudAdmin".into(),
            browser_clients: Vec::new(),
            browser_grant: BrowserGrant::default(),
            dial_groups: Vec::new(),
            custom_attributes: Vec::new(),
            conduit: Conduit::default(),
            events: Events::default(),
            sso: Sso::default(),
        }
    }
}

impl Default for Stars {
    /// Five equal parts: the guide gives only the ranges, 1 to 100 and 1 to 5.
    fn default() -> Self {
        Self { two: 21, three: 41, four: 61, five: 81 }
    }
}

//! `[genesys_cloud]`: the bridge to Genesys Cloud.

use crate::secret::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The bridge to Genesys Cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GenesysCloud {
    /// Run it.
    pub enabled: bool,
    /// Host of the region's API: `api.mypurecloud.de` for example.
    #[schemars(extend("format" = "host"))]
    #[schemars(example = &"api.mypurecloud.de")]
    pub host: Option<String>,
    /// Id of the OAuth client.
    #[schemars(example = &"00000000-0000-0000-0000-000000000000")]
    pub client_id: Option<String>,
    /// Where the OAuth client's secret is.
    #[schemars(example = &"credential:genesys-cloud")]
    pub client_secret: Option<SecretRef>,
}

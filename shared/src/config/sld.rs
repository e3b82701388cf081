//! `[sld]`: registration in SAP's System Landscape Directory (guide, appendix B).

use crate::secret::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// Registration in SAP's System Landscape Directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sld {
    /// Name or address of the SLD server. Absent: no registration.
    #[schemars(extend("format" = "host"))]
    #[schemars(example = &"sld.example.com")]
    pub server: Option<String>,
    /// Its port.
    #[schemars(range(min = 1, max = 65_535))]
    pub port: u16,
    /// User who sends the registration.
    #[schemars(example = &"SLDDSUSER")]
    pub user_id: Option<String>,
    /// Where that user's password is.
    #[schemars(example = &"credential:sld")]
    pub password: Option<SecretRef>,
    /// Path that takes registrations.
    #[schemars(length(min = 1, max = 256))]
    pub uri: String,
    /// A template of the registration. Absent: the one that is built in.
    #[schemars(example = &"/etc/jackfield/ThirdPartySystem.template")]
    #[schemars(extend("format" = "file-path"))]
    pub template: Option<PathBuf>,
    /// Values for the template; an empty `Computer` is the machine's name. What is not written here keeps its value.
    #[serde(deserialize_with = "merged")]
    pub attributes: BTreeMap<String, String>,
}

impl Default for Sld {
    fn default() -> Self {
        Self {
            server: None,
            port: 80,
            user_id: None,
            password: None,
            uri: "/sld/ds".into(),
            template: None,
            attributes: standard_attributes(),
        }
    }
}

fn standard_attributes() -> BTreeMap<String, String> {
    [
        ("Computer", ""),
        ("LocalSystemName", "JACKFIELD_ICI"),
        ("ProductID", "0"),
        ("ProductName", "ICI_CONNECTOR"),
        ("ProductVendor", "sap.com"),
        ("ProductVersion", "3.00"),
        ("SoftwareComponentID", "0"),
        ("SoftwareComponentVendor", "sap.com"),
        ("SoftwareComponentName", "ICI_SERVICE_PLUGIN"),
    ]
    .map(|(name, value)| (name.into(), value.into()))
    .into()
}

fn merged<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let mut attributes = standard_attributes();
    attributes.extend(BTreeMap::<String, String>::deserialize(deserializer)?);
    Ok(attributes)
}

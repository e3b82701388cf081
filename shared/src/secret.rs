//! References to secrets. The file never holds a secret itself: it says where one is, and the service looks there.

pub mod keep;
mod key_store;
mod pattern;
pub mod store;

pub use key_store::KeyStoreFault;
pub use pattern::SecretPattern;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, path::PathBuf, str::FromStr};

/// Where a secret is; printable, because it is not the secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum SecretRef {
    /// `keyring:NAME`: the operating system's key store of the account that asks.
    Keyring(String),
    /// `credential:NAME`: a credential that systemd gives the service.
    Credential(String),
    /// `file:PATH`: a file that only the account that asks can read.
    File(PathBuf),
    /// `env:NAME`: an environment variable.
    Env(String),
}

// === impl SecretRef ===

impl FromStr for SecretRef {
    type Err = &'static str;

    /// The error never repeats the text, because it may be a secret.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str =
            "this must say where the secret is, not the secret itself; write keyring:NAME, credential:NAME, file:/PATH or env:NAME";
        let (kind, rest) = text.split_once(':').ok_or(FORM)?;
        if rest.is_empty() || rest.chars().any(char::is_control) {
            return Err(FORM);
        }
        match kind {
            "keyring" => Ok(Self::Keyring(rest.into())),
            "credential" if rest.contains(['/', '\\']) || rest.starts_with('.') => {
                Err("the name of a credential has no slash and begins with no dot")
            }
            "credential" => Ok(Self::Credential(rest.into())),
            "file" => Ok(Self::File(rest.into())),
            "env" if rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => Ok(Self::Env(rest.into())),
            "env" => Err("the name of an environment variable has only letters, digits and underscores"),
            _ => Err(FORM),
        }
    }
}

impl TryFrom<String> for SecretRef {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SecretRef> for String {
    fn from(reference: SecretRef) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring(name) => write!(f, "keyring:{name}"),
            Self::Credential(name) => write!(f, "credential:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Env(name) => write!(f, "env:{name}"),
        }
    }
}

impl JsonSchema for SecretRef {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SecretReference".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "secret-reference" })
    }
}

//! Looking whether an organisation can be worked with, step by step and without changing anything: the hosts, the token, each permission by
//! itself, the limit, the clock. What is to be said about it is for whoever looks.

use super::{
    Rest,
    caller::{Ask, read},
};
use crate::genesys_cloud::cloud::{CloudError, Fault};
use hyper::{Method, Uri};
use jiff::fmt::rfc2822;
use rustls::{CertificateError, ClientConfig, Error, pki_types::ServerName};
use serde::Deserialize;
use serde_json::json;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Each step by itself.
const STEP: Duration = Duration::from_secs(5);
/// An id that nobody has.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// How far one gets to a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    /// To the end: it can be spoken to.
    Open,
    /// Its name means nothing.
    Unnamed(String),
    /// Nobody accepts a connection.
    Closed(String),
    /// A step was not answered in time.
    Late,
    /// The certificate is one that this machine does not trust: often a proxy on the way that looks into everything.
    Untrusted,
    /// The certificate is for another name.
    OtherName,
    /// No encryption comes about otherwise.
    NoTls(String),
}

/// A permission that the bridge, or conversation events, need, and a question that shows whether it is there. None of them changes anything: they name an id that nobody
/// has, or leave out what is required.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    /// `routing:queue:add` for example.
    pub name: &'static str,
    method: &'static str,
    path: &'static str,
}

/// All of them, in the order in which an administrator finds them.
pub const PERMISSIONS: [Permission; 19] = [
    Permission::new("directory:user:view", "GET", "/api/v2/scim/v2/users?count=1"),
    Permission::new("directory:user:add", "POST", "/api/v2/scim/v2/users"),
    Permission::new("directory:user:edit", "PATCH", "/api/v2/scim/v2/users/{id}"),
    Permission::new("directory:user:delete", "DELETE", "/api/v2/scim/v2/users/{id}"),
    Permission::new("routing:skill:view", "GET", "/api/v2/routing/skills?pageSize=1"),
    Permission::new("routing:skill:manage", "DELETE", "/api/v2/routing/skills/{id}"),
    Permission::new("routing:wrapupCode:view", "GET", "/api/v2/routing/wrapupcodes?pageSize=1"),
    Permission::new("routing:wrapupCode:add", "POST", "/api/v2/routing/wrapupcodes"),
    Permission::new("routing:wrapupCode:edit", "PUT", "/api/v2/routing/wrapupcodes/{id}"),
    Permission::new("routing:wrapupCode:delete", "DELETE", "/api/v2/routing/wrapupcodes/{id}"),
    Permission::new("routing:queue:view", "GET", "/api/v2/routing/queues?pageSize=1"),
    Permission::new("routing:queue:add", "POST", "/api/v2/routing/queues"),
    Permission::new("routing:queue:edit", "PUT", "/api/v2/routing/queues/{id}"),
    Permission::new("routing:queue:delete", "DELETE", "/api/v2/routing/queues/{id}"),
    Permission::new("oauth:client:view", "GET", "/api/v2/oauth/clients"),
    Permission::new("oauth:client:add", "POST", "/api/v2/oauth/clients"),
    Permission::new("oauth:client:edit", "PUT", "/api/v2/oauth/clients/{id}"),
    Permission::new("oauth:client:delete", "DELETE", "/api/v2/oauth/clients/{id}"),
    // With nothing in it nothing is told.
    Permission::new("conversation:conversation:inject", "POST", "/api/v2/events/conversations"),
];

/// How far one gets to the host of an address.
pub async fn reach(address: &str, config: Arc<ClientConfig>) -> Reached {
    let Ok(uri) = address.parse::<Uri>() else { return Reached::Unnamed("this is no address".into()) };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let tls = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
    let found = match timeout(STEP, lookup_host((host.as_str(), port))).await {
        Err(_) => return Reached::Late,
        Ok(Err(error)) => return Reached::Unnamed(error.to_string()),
        Ok(Ok(found)) => found.collect::<Vec<_>>(),
    };
    let stream = match timeout(STEP, TcpStream::connect(found.as_slice())).await {
        Err(_) => return Reached::Late,
        Ok(Err(error)) => return Reached::Closed(error.to_string()),
        Ok(Ok(stream)) => stream,
    };
    if !tls {
        return Reached::Open;
    }
    let Ok(name) = ServerName::try_from(host) else { return Reached::OtherName };
    match timeout(STEP, TlsConnector::from(config).connect(name, stream)).await {
        Err(_) => Reached::Late,
        Ok(Ok(_)) => Reached::Open,
        Ok(Err(error)) => judged(&error),
    }
}

fn judged(error: &io::Error) -> Reached {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature)) => Reached::Untrusted,
        Some(Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. })) => {
            Reached::OtherName
        }
        _ => Reached::NoTls(error.to_string()),
    }
}

// === impl Permission ===

impl Permission {
    const fn new(name: &'static str, method: &'static str, path: &'static str) -> Self {
        Self { name, method, path }
    }
}

// === impl Rest ===

impl Rest {
    /// Is there a token for these credentials?
    ///
    /// # Errors
    /// Why there is none.
    pub async fn try_token(&self) -> Result<(), CloudError> {
        self.caller.try_token().await
    }

    /// Does the client have this permission?
    ///
    /// # Errors
    /// The organisation does not say so either way.
    pub async fn has(&self, permission: Permission) -> Result<bool, CloudError> {
        let path = permission.path.replace("{id}", NOBODY);
        let ask = match permission.method {
            "GET" => Ask::get(path),
            "DELETE" => Ask::delete(path),
            "PUT" => Ask::with(Method::PUT, path, json!({})),
            "PATCH" => Ask::with(Method::PATCH, path, json!({})),
            _ => Ask::with(Method::POST, path, json!({})),
        };
        match self.ask(ask).await {
            Ok(_) => Ok(true),
            Err(error) => match error.fault {
                Fault::Refused { .. } => Ok(false),
                // Who may not is told so before anybody looks at what was asked.
                Fault::NotThere | Fault::Gone | Fault::Invalid | Fault::Conflict | Fault::Version => Ok(true),
                Fault::Unauthorised | Fault::Rate | Fault::Unreachable => Err(error),
            },
        }
    }

    /// Questions a minute that one token may ask, where the organisation tells.
    ///
    /// # Errors
    /// It cannot be asked.
    pub async fn limit(&self) -> Result<Option<u32>, CloudError> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Limit {
            key: String,
            value: f64,
        }
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Limits {
            entities: Vec<Limit>,
        }
        let answer = match self.ask(Ask::get("/api/v2/organizations/limits/namespaces/platform.api")).await {
            Ok(answer) => answer,
            // Not every role may see limits, and answers tell them too.
            Err(CloudError { fault: Fault::Refused { .. } | Fault::NotThere | Fault::Invalid, .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let limits: Limits = read(&answer, "list of limits")?;
        let found = limits.entities.into_iter().find(|limit| limit.key == "client.credentials.token.rate.per.minute");
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
        Ok(found.map(|limit| limit.value.clamp(0.0, f64::from(u32::MAX)) as u32))
    }

    /// By how many seconds the organisation's clock is before ours; `None`: it does not tell.
    ///
    /// # Errors
    /// It cannot be asked.
    pub async fn clock(&self) -> Result<Option<i64>, CloudError> {
        let answer = self.ask(Ask::get("/api/v2/organizations/me")).await?;
        let theirs = answer.header("date").and_then(|date| rfc2822::parse(date).ok());
        Ok(theirs.map(|theirs| theirs.timestamp().as_second() - jiff::Timestamp::now().as_second()))
    }
}

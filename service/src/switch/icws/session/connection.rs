//! The session itself and its station (icws §1.4 to §1.6, §8); and what can be asked without a session.

use super::{Session, language};
use crate::switch::icws::{
    IcwsError, Site,
    answer::{judge, typed, typed_or_default},
    http::{ANSWER, Client, Question},
    path::segment,
    wire::connection::{Connection, Feature, Features, ServerInfo, ServerTime, StationInfo, StationSettings, SwitchoverStatus, Version},
};
use hyper::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::time::timeout;

impl Session {
    /// Does the server still know its CIC?
    pub async fn connection(&self) -> Result<Connection, IcwsError> {
        self.perhaps(Method::GET, "/connection", None).await
    }

    /// Ends the session. Status and calls stay as they are.
    pub async fn log_out(&self) -> Result<(), IcwsError> {
        let result = self.done(Method::DELETE, "/connection", None).await;
        self.finish(IcwsError::LoggedOff("we have logged out".to_owned()));
        result
    }

    /// Takes a seat. 403: no right, no licence, or somebody else sits there.
    pub async fn set_station(&self, settings: &StationSettings) -> Result<(), IcwsError> {
        self.done(Method::PUT, "/connection/station", Some(json!(settings))).await
    }

    /// The seat of this session.
    pub async fn station(&self) -> Result<StationInfo, IcwsError> {
        self.perhaps(Method::GET, "/connection/station", None).await
    }

    /// Leaves the seat.
    pub async fn leave_station(&self) -> Result<(), IcwsError> {
        self.done(Method::DELETE, "/connection/station", None).await
    }

    /// How the pair of servers is doing. Needs version 11 of the feature `connection`.
    pub async fn switchover_status(&self) -> Result<SwitchoverStatus, IcwsError> {
        self.perhaps(Method::GET, "/connection/switchover-status", None).await
    }
}

impl Site {
    /// A server's release; asked without a session, so that it is a good question to the inactive one of a pair too.
    pub async fn version(&self, host: &str) -> Result<Version, IcwsError> {
        typed(self.sessionless(host, "/connection/version").await?)
    }

    /// A server's abilities.
    pub async fn features(&self, host: &str) -> Result<Vec<Feature>, IcwsError> {
        let features: Features = typed_or_default(self.sessionless(host, "/connection/features").await?)?;
        Ok(features.feature_info_list)
    }

    /// One of a server's abilities; 404 when it has it not.
    pub async fn feature(&self, host: &str, name: &str) -> Result<Feature, IcwsError> {
        typed(self.sessionless(host, &format!("/connection/features/{}", segment(name))).await?)
    }

    /// How one may log in at a server.
    pub async fn server_info(&self, host: &str) -> Result<ServerInfo, IcwsError> {
        typed_or_default(self.sessionless(host, "/connection/server-info").await?)
    }

    /// A server's clock.
    pub async fn server_time(&self, host: &str) -> Result<ServerTime, IcwsError> {
        typed(self.sessionless(host, "/connection/server-time").await?)
    }

    async fn sessionless(&self, host: &str, path: &str) -> Result<Value, IcwsError> {
        let client = Client::new(Arc::clone(&self.connector), self.template.place(host)?);
        let question =
            Question { method: Method::GET, path: path.to_owned(), headers: language(self), body: None, limit: ANSWER, once: false };
        judge(&timeout(self.deadline, client.ask(&question)).await.unwrap_or(Err(IcwsError::Timeout))?)
    }
}

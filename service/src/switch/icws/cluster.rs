//! The servers of a site as all its sessions share them: who is known, who was good last, whose turn it is. Logging in somewhere, and logging
//! in again after a loss.

use super::{
    Credentials, IcwsError, Session, Site,
    pace::{Pace, chance},
    switchover::{Hosts, Over, Step, Switchover},
};
use crate::{domain::Connection, switch::BoxFuture};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// A server that takes connections and then says nothing does not use up the time of the others.
const SHARE: Duration = Duration::from_millis(1_500);

/// A site's servers.
pub struct Cluster {
    site: Site,
    hosts: Mutex<Hosts>,
    pace: Pace,
}

/// Says with what to log in, each time anew; `Err` in words, why that is not known now.
pub type Prove<'a> = &'a (dyn Fn() -> BoxFuture<Result<Credentials, String>> + Send + Sync);

// === impl Cluster ===

impl Cluster {
    /// Of this site.
    pub fn new(site: Site) -> Self {
        Self { hosts: Mutex::new(Hosts::new(site.hosts.clone())), pace: Pace::per_second(site.log_ins_per_second), site }
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The servers in the order in which they are tried.
    pub fn in_order(&self) -> Vec<String> {
        self.hosts().in_order()
    }

    /// Logs in at the first server that lets one, before `by`.
    ///
    /// # Errors
    /// [`IcwsError::Authentication`] as soon as a server says so; else what the server said that was expected to be the right one.
    pub async fn log_in(&self, credentials: &Credentials, by: Instant) -> Result<Session, IcwsError> {
        let mut first = None;
        let mut tried: Vec<String> = Vec::new();
        loop {
            let next = self.in_order().into_iter().find(|host| !tried.iter().any(|tried| tried.eq_ignore_ascii_case(host)));
            let Some(host) = next.filter(|_| tried.len() < 8 && Instant::now() < by) else {
                return Err(first.unwrap_or(IcwsError::Timeout));
            };
            let others = self.in_order().len() > tried.len() + 1;
            let until = if others { by.min(Instant::now() + SHARE) } else { by };
            match timeout_at(until, self.log_in_at(&host, credentials)).await.unwrap_or(Err(IcwsError::Timeout)) {
                Ok(session) => return Ok(session),
                Err(error @ IcwsError::Authentication(_)) => return Err(error),
                // That one is the inactive one says less than what is wrong with the other.
                Err(error) => {
                    let keep = first.as_ref().is_none_or(|first| matches!(first, IcwsError::NotAccepting { .. }));
                    if keep {
                        first = Some(error);
                    }
                }
            }
            tried.push(host);
        }
    }

    /// Logs in again after a session was lost, however long that takes; `tell` hears what an agent is to see meanwhile. It does not say that
    /// the connection is up: that is for whoever has everything back.
    ///
    /// # Errors
    /// [`Over`]: there is no way back.
    pub async fn log_in_again(&self, why: &IcwsError, prove: Prove<'_>, tell: impl FnMut(Connection) + Send) -> Result<Session, Over> {
        self.search(why, prove, tell, true).await
    }

    /// [`Self::log_in_again`] for the one who goes before the others and waits for nobody's turn.
    ///
    /// # Errors
    /// [`Over`].
    pub async fn log_in_first(&self, why: &IcwsError, prove: Prove<'_>, tell: impl FnMut(Connection) + Send) -> Result<Session, Over> {
        self.search(why, prove, tell, false).await
    }

    async fn search(
        &self,
        why: &IcwsError,
        prove: Prove<'_>,
        mut tell: impl FnMut(Connection) + Send,
        in_turn: bool,
    ) -> Result<Session, Over> {
        let mut search = Switchover::after(why)?;
        let mut told = None;
        // One server after another may be tried, which is one thing to whoever watches.
        let mut tell = |connection| {
            if told.replace(connection) != Some(connection) {
                tell(connection);
            }
        };
        loop {
            let step = search.next(&self.hosts(), chance());
            match step {
                Step::Wait(pause) => {
                    tell(Connection::Down);
                    sleep(pause).await;
                }
                Step::LogIn(mut host) => {
                    if in_turn {
                        self.pace.turn().await;
                        host = search.choose_again(&self.hosts()).unwrap_or(host);
                    }
                    tell(Connection::Reconnecting);
                    let credentials = match prove().await {
                        Ok(credentials) => credentials,
                        Err(why) => {
                            tracing::warn!(why, "with what to log in again is not known now; it is tried once more");
                            continue;
                        }
                    };
                    match self.log_in_at(&host, &credentials).await {
                        Ok(session) => return Ok(session),
                        Err(why) => search.failed(&mut self.hosts(), &why)?,
                    }
                }
            }
        }
    }

    /// At this server, and what it says of others is remembered.
    async fn log_in_at(&self, host: &str, credentials: &Credentials) -> Result<Session, IcwsError> {
        let result = Session::log_in(&self.site, host, credentials).await;
        let mut hosts = self.hosts();
        match &result {
            Ok(session) => {
                hosts.is_good(host);
                hosts.hear_of(&session.response().alternate_host_list);
            }
            Err(IcwsError::NotAccepting { alternates, .. }) => hosts.hear_of(alternates),
            Err(_) => {}
        }
        result
    }

    fn hosts(&self) -> MutexGuard<'_, Hosts> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

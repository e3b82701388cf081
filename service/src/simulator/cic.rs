//! A CIC server for tests, for teaching and for trying Jackfield out: the embedded switch, served by CIC's own REST interface (ICWS; the
//! sections named in the files here are those of the working reference).
//!
//! ```text
//! bytes ── server.rs ── route.rs ── connection, status, interactions, …   what is asked      ──▶ switch::embedded
//!                          │                                                                          │ observed
//!          session.rs ◀── watches (queues, statuses, statistics, …) ◀── scene.rs ◀── mirror.rs ◀──────┘
//! ```
//!
//! Whoever is logged on at a station has one line of the embedded switch, however many sessions he has. What is shown is made anew from
//! what was observed on the switch; every watch compares with what it told last. All times follow the runtime's clock. It shares no code
//! with the client of ICWS, so that both cannot agree on an error.

mod activations;
mod admin;
mod answer;
mod ask;
mod attributes;
mod book;
mod chat;
mod configuration;
mod connection;
mod create;
mod desk;
mod faults;
mod follow;
mod handlers;
mod heritage;
mod interactions;
mod licences;
mod messaging;
mod mirror;
mod names;
mod pair;
mod picture;
mod queue_watch;
mod queues;
mod roster;
mod route;
mod scene;
mod server;
mod session;
mod sessions;
mod site;
mod state;
mod station;
mod statistics;
mod status;
mod tls;
mod traffic;
mod transfer;

pub use super::listening::Listening;
pub use admin::Administered;
pub use faults::{Faults, Mode, Rule, Scripted};
pub use handlers::{ACTION_ITEM, Handler, REJECT};
pub use pair::{Going, Pair};
pub use site::{Right, Site};
pub use tls::acceptor;

use crate::{domain::Refusal, switch::embedded::Embedded};
use state::State;
use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// A server; cheap to clone. It ends with its last clone and its last connection.
#[derive(Clone)]
pub struct Cic(Arc<Inner>);

struct Inner {
    switch: Embedded,
    state: Mutex<State>,
    mode: watch::Sender<Mode>,
}

// === impl Cic ===

impl Cic {
    /// Starts a server with a switch of its own.
    pub async fn start(site: Site) -> Self {
        let switch = Embedded::start(site.plan.clone());
        Self::beside(site, switch).await
    }

    /// Starts a server for a switch that is there already: the other one of a pair that keeps its calls. The switch must have been started
    /// with the plan of this site.
    pub async fn beside(site: Site, switch: Embedded) -> Self {
        let observer = switch.observe().await;
        let changes = observer.as_ref().map(crate::switch::embedded::Observer::share);
        let cic = Self(Arc::new(Inner { switch, state: Mutex::new(State::new(site, observer)), mode: watch::Sender::new(Mode::Active) }));
        cic.install_samples();
        let inner = Arc::downgrade(&cic.0);
        tokio::spawn(async move {
            if let Some(changes) = changes {
                keep_up(&inner, &changes).await;
            }
        });
        cic
    }

    /// The switch behind it, for the people outside: who calls in, hangs up, writes.
    pub fn outside(&self) -> &Embedded {
        &self.0.switch
    }

    /// A user logs on at a station, or off (`None`), with a client of the switch's own, as agents do beside SAP.
    ///
    /// # Errors
    /// Unknown user or station; somebody else sits there.
    pub async fn use_client(&self, user: &str, station: Option<&str>) -> Result<(), Refusal> {
        let user = self.with(|state| state.scene.user_named(user)).ok_or_else(|| Refusal::UnknownUser(user.into()))?;
        self.0.switch.use_client(&user, station).await?;
        self.find_seats().await;
        self.with(|state| {
            state.scene.stir(&user);
            if station.is_some() {
                state.scene.clients.insert(user);
            } else {
                state.scene.clients.remove(&user);
            }
        });
        Ok(())
    }

    /// How many calls there are.
    pub fn calls(&self) -> usize {
        self.with(|state| state.scene.mirror.calls.len())
    }

    /// How many sessions there are.
    pub fn sessions(&self) -> usize {
        self.with(|state| state.sessions.len())
    }

    /// Looks and acts under the lock, and tells every session what came of it.
    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.follow();
        let found = look(&mut state);
        state.tell();
        found
    }

    /// Asks the switch who sits where.
    async fn find_seats(&self) {
        use crate::switch::Switch;
        if let Ok(directory) = self.0.switch.directory().await {
            let seats = directory.stations.iter().filter_map(|station| Some((station.user.clone()?, station.name.clone())));
            let seats = seats.collect();
            self.with(|state| state.scene.sit(seats));
        }
    }

    /// Ends a session. Its user leaves his station with his last session that has one.
    async fn end_session(&self, session: &str) {
        self.leave_station(session).await;
        self.with(|state| state.remove(session));
    }

    async fn leave_station(&self, session: &str) {
        let line = self.with(|state| {
            let user = state.scene.roster.seat(session, false)?;
            state.scene.stir(&user);
            if state.scene.has_line(&user) {
                return None;
            }
            // Whoever is on with another client keeps his seat.
            if !state.scene.clients.contains(&user) {
                state.scene.seats.remove(&user);
            }
            state.lines.remove(&user)
        });
        if let Some(line) = line {
            line.log_off().await;
        }
    }

    /// Sessions that have said nothing for too long.
    fn idle_sessions(&self) -> (Vec<String>, Option<Instant>) {
        self.with(|state| {
            let limit = state.idle_limit();
            let quiet: Vec<_> =
                state.sessions.iter().filter(|(_, each)| each.streams == 0).map(|(id, each)| (id.clone(), each.seen + limit)).collect();
            let now = Instant::now();
            let next = quiet.iter().map(|(_, at)| *at).filter(|at| *at > now).min();
            (quiet.into_iter().filter(|(_, at)| *at <= now).map(|(id, _)| id).collect(), next)
        })
    }
}

/// Follows what happens by itself: on the switch, and by time.
async fn keep_up(cic: &Weak<Inner>, changes: &crate::switch::embedded::Observer) {
    /// Sessions that say nothing are looked for so often at least: the limit may change.
    const SOON: Duration = Duration::from_secs(1);
    let mut look_for_idle = Instant::now();
    loop {
        let next = {
            let Some(cic) = cic.upgrade().map(Cic) else { return };
            let now = Instant::now();
            if look_for_idle <= now {
                let (idle, next) = cic.idle_sessions();
                for session in idle {
                    cic.end_session(&session).await;
                }
                look_for_idle = next.unwrap_or(now + SOON).min(now + SOON);
            }
            let next = cic.with(|state| state.scene.sweep());
            next.map_or(look_for_idle, |next| next.min(look_for_idle))
        };
        // Either wakes it; whichever it was is seen above.
        let _ = tokio::time::timeout_at(next, changes.changed()).await;
    }
}

#[cfg(test)]
mod tests;

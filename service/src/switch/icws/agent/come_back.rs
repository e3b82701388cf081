//! What follows when the CIC server of an agent is lost (icws §8): he is shown that it is, then that it is tried again, until one of the pair
//! takes him. The switch keeps his status and his calls; a snapshot tells what became of them.
//!
//! His station may be refused at first (icws §1.6: it is in use, or a licence is not free yet), because everybody comes back at the same time.
//! He asks for it again, ever less often; after a while he also takes the one that is his usually, as at a new log-on. He is not given up for
//! it: until he sits somewhere he is shown that it is tried.

use super::{
    super::{IcwsError, Messages, Session, refusals::refusal, wire::connection::Seat},
    Agent,
    log_on::Held,
    seat,
};
use crate::domain::{Connection, Refusal, SwitchEvent};
use std::time::Duration;
use tokio::time::sleep;

/// Before a station is asked for again, seconds; the last one stays. Shorter than any server forgets a session.
const PAUSES: [u64; 5] = [2, 4, 8, 15, 30];
/// So often he asks for the station that he had before he takes another one.
const PATIENT: usize = 3;

impl Agent {
    /// Logs him in again; `None`: he was logged off meanwhile.
    pub(super) async fn come_back(&self, why: IcwsError) -> Option<Result<Messages, Refusal>> {
        let work = async {
            let mut why = why;
            loop {
                self.show(Connection::Down);
                // Whoever finds the server first spares the others the search.
                self.shared.super_user.lead().await;
                let prove = || self.shared.prove(&self.user);
                let found = self.shared.cluster.log_in_again(&why, &prove, |connection| self.show(connection)).await;
                let session = found.map_err(|over| Refusal::CannotLogOn { user: self.user.clone(), why: over.to_string() })?;
                let mut held = Held(Some(session.clone()));
                match self.take_up(&session).await {
                    Ok(messages) => {
                        held.0 = None;
                        return Ok(messages);
                    }
                    Err(error) => {
                        self.state().session = None;
                        if !error.is_of_the_connection() {
                            return Err(refusal(error, &self.user));
                        }
                        why = error;
                    }
                }
            }
        };
        tokio::select! {
            () = self.over.cancelled() => None,
            outcome = work => Some(outcome),
        }
    }

    fn show(&self, connection: Connection) {
        self.state().send(SwitchEvent::Connection(connection));
    }

    /// Everything as it was, with another session.
    async fn take_up(&self, session: &Session) -> Result<Messages, IcwsError> {
        let station = self.state().station.clone();
        let station = if self.is_reduced { station } else { self.sit_again(session, &station).await? };
        // The snapshot says that all is well again, and comes when it is.
        self.watch(session, &station).await
    }

    /// At the station that he had, or in the end at another one.
    async fn sit_again(&self, session: &Session, station: &str) -> Result<String, IcwsError> {
        let mut wishes = vec![Seat::Workstation { workstation: station.into() }];
        for refused in 1.. {
            match seat::sit(&self.shared, session, &self.user, &wishes).await {
                Ok(station) => return Ok(station),
                Err(Refusal::SwitchUnavailable) => break,
                Err(Refusal::SwitchTimeout) => return Err(IcwsError::Timeout),
                Err(refusal) => tracing::warn!(user = %self.user, cause = %refusal, "the agent's station is refused; it is tried again"),
            }
            if refused == PATIENT
                && let Ok((user, _)) = self.shared.described(session, &self.user).await
            {
                wishes.extend(seat::usual(session, &user, &self.user).await);
            }
            sleep(Duration::from_secs(PAUSES[(refused - 1).min(PAUSES.len() - 1)])).await;
        }
        Err(IcwsError::Unreachable("the server was lost again".to_owned()))
    }
}

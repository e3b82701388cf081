//! What follows when the CIC server of an agent is lost (icws §8): he is shown that it is, then that it is tried again, until one of the pair
//! takes him. The switch keeps his status and his calls; a snapshot tells what became of them.

use super::{
    super::{IcwsError, Messages, Session, refusals::refusal, wire::connection::Seat},
    Agent, seat,
};
use crate::domain::{Connection, Refusal, SwitchEvent};

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
                match self.take_up(&session).await {
                    Ok(messages) => return Ok(messages),
                    Err(error) => {
                        self.state().session = None;
                        // It may be gone as well.
                        let _ = session.log_out().await;
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

    /// At the station that he had.
    async fn sit_again(&self, session: &Session, station: &str) -> Result<String, IcwsError> {
        let wishes = [Seat::Workstation { workstation: station.into() }];
        match seat::sit(&self.shared, session, &self.user, &wishes).await {
            Ok(station) => Ok(station),
            Err(Refusal::SwitchUnavailable) => Err(IcwsError::Unreachable("the server was lost again".to_owned())),
            Err(Refusal::SwitchTimeout) => Err(IcwsError::Timeout),
            Err(refusal) => Err(IcwsError::LoggedOff(refusal.to_string())),
        }
    }
}

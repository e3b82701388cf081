//! One agent who is logged on at CIC: his session, what is known of him, and the two lanes in which his requests run.
//!
//! ```text
//! Line (what the port gives out) ── requests ──▶ lanes.rs ── calls.rs, transfer.rs, reject.rs, … ──▶ Session
//!                                                    ▲ waits for effects          │ answers
//! Session's messages ──▶ watch.rs ──▶ State: picture, statuses ── events ──▶ Feed │
//! ```
//!
//! Requests about calls run one after the other, each until its effect has shown; what is written, and the status, has a lane of its own so as
//! not to wait for telephones. Messages are read all the while and never wait for either.

mod calls;
mod come_back;
mod lanes;
mod listen;
mod log_on;
mod reject;
mod seat;
mod transfer;
mod watch;

pub(super) use log_on::log_on;

use super::{
    IcwsError, Session,
    agents::Shared,
    picture::{Picture, Seen},
    refusals::refusal,
    statuses::Statuses,
};
use crate::{
    domain::{InteractionId, InteractionState, Refusal, SwitchEvent, UserId},
    switch::FeedSender,
};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::{
    sync::watch as change,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

/// The effect of an operation is waited for at most so long before the next one (icws §4.3).
const EFFECT: Duration = Duration::from_millis(2_500);

/// One agent.
pub(super) struct Agent {
    pub(super) user: UserId,
    pub(super) shared: Arc<Shared>,
    state: Mutex<State>,
    /// Something has changed in [`State`].
    changed: change::Sender<u64>,
    /// Logged off, taken over, or lost for good.
    pub(super) over: CancellationToken,
    /// He has no session of his own: the service's user acts on his queue (icws §10.1, C).
    is_reduced: bool,
    /// His server is being asked whether it is still there.
    is_suspected: AtomicBool,
    /// For what goes on beside him.
    myself: Weak<Self>,
}

/// What is known of him now.
pub(super) struct State {
    /// `None` while the connection is lost.
    session: Option<Session>,
    picture: Picture,
    statuses: Statuses,
    station: String,
    /// `None` once he is logged off.
    feed: Option<FeedSender>,
    /// The snapshot of this session was told.
    is_told: bool,
    /// When to look again although nothing was heard.
    again: Option<Instant>,
}

// === impl Agent ===

impl Agent {
    fn new(user: UserId, shared: Arc<Shared>, feed: FeedSender, is_reduced: bool) -> Arc<Self> {
        let policy = shared.policy();
        let state = State {
            session: None,
            picture: Picture::new(user.clone(), policy),
            statuses: Statuses::default(),
            station: String::new(),
            feed: Some(feed),
            is_told: false,
            again: None,
        };
        let (changed, _) = change::channel(0);
        Arc::new_cyclic(|myself| Self {
            user,
            shared,
            state: Mutex::new(state),
            changed,
            over: CancellationToken::new(),
            is_reduced,
            is_suspected: AtomicBool::new(false),
            myself: myself.clone(),
        })
    }

    /// What is known; nothing waits while it is looked at.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, for an operation.
    fn session(&self) -> Result<Session, Refusal> {
        if self.over.is_cancelled() {
            return Err(Refusal::NotLoggedOn(self.user.clone()));
        }
        self.state().session.clone().ok_or(Refusal::SwitchUnavailable)
    }

    fn refusal(&self, error: IcwsError) -> Refusal {
        if matches!(error, IcwsError::Unreachable(_) | IcwsError::Timeout) {
            self.suspect();
        }
        refusal(error, &self.user)
    }

    /// An operation got no answer: a server may still send what it sends by itself and be of no use. Asked once more, a second silence is its
    /// loss (icws §8).
    fn suspect(&self) {
        let (Ok(session), Some(agent)) = (self.session(), self.myself.upgrade()) else { return };
        if self.is_suspected.swap(true, Ordering::Relaxed) {
            return;
        }
        tokio::spawn(async move {
            if let Err(error @ (IcwsError::Unreachable(_) | IcwsError::Timeout)) = session.connection().await {
                session.finish(error);
            }
            agent.is_suspected.store(false, Ordering::Relaxed);
        });
    }

    /// One of his interactions.
    fn seen(&self, id: &InteractionId) -> Result<Seen, Refusal> {
        self.state().picture.find(id).cloned().ok_or_else(|| Refusal::CallGone(id.clone()))
    }

    /// One of his interactions, in one of these states.
    fn in_state(&self, id: &InteractionId, states: &[InteractionState], needs: &'static str) -> Result<Seen, Refusal> {
        let seen = self.seen(id)?;
        if states.contains(&seen.interaction.state) {
            return Ok(seen);
        }
        Err(Refusal::SwitchRefused(format!("call {id} is {} now: this needs {needs}", seen.interaction.state.word())))
    }

    /// Waits until something is so, as far as the messages tell; `false`: in vain.
    async fn until(&self, by: Instant, so: impl Fn(&State) -> bool) -> bool {
        let mut changed = self.changed.subscribe();
        loop {
            if so(&self.state()) {
                return true;
            }
            let stop = self.over.cancelled();
            tokio::select! {
                waited = timeout_at(by, changed.changed()) => if !matches!(waited, Ok(Ok(()))) {
                    return so(&self.state());
                },
                () = stop => return false,
            }
        }
    }

    /// Waits until one of his interactions is in a state, or gone.
    async fn until_state(&self, id: &InteractionId, states: &[InteractionState]) -> bool {
        let so = |state: &State| state.picture.find(id).is_none_or(|seen| states.contains(&seen.interaction.state));
        self.until(Instant::now() + EFFECT, so).await
    }

    /// It is over for whoever is behind it: requests are refused, the feed closes.
    pub(super) fn close(&self, last: Option<SwitchEvent>) {
        self.over.cancel();
        if let (Some(feed), Some(last)) = (self.state().feed.take(), last) {
            feed.send(last);
        }
        self.changed.send_modify(|version| *version += 1);
    }

    /// Ends the session on the server. `leave`: and gives the station back.
    pub(super) async fn end_session(&self, leave: bool) {
        let session = self.state().session.take();
        let Some(session) = session else { return };
        if leave && let Err(error) = session.leave_station().await {
            tracing::debug!(user = %self.user, %error, "the station could not be left");
        }
        if let Err(error) = session.log_out().await {
            tracing::debug!(user = %self.user, %error, "the session could not be ended");
        }
    }
}

/// Seconds since 1970 UTC.
fn unix() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

//! Interactions for a later time, a callback for tomorrow say. ICWS has none, so that they wait here; they are placed under the handle that
//! they got at once, and are lost with the process.

use super::{agents::Shared, interaction::HANDLE};
use crate::domain::{InteractionId, NewInteraction, Refusal};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::{task::AbortHandle, time::sleep};

/// Interactions that may wait.
const WAITING_AT_MOST: usize = 10_000;
/// After the server was not there.
const AGAIN: Duration = Duration::from_secs(5);

/// What waits.
#[derive(Default)]
pub(super) struct Later {
    waiting: Mutex<HashMap<InteractionId, Fate>>,
    last: AtomicU64,
}

/// What became of one.
enum Fate {
    Waits(AbortHandle),
    /// The server knows it by this id.
    Placed(InteractionId),
}

// === impl Later ===

impl Later {
    fn all(&self) -> MutexGuard<'_, HashMap<InteractionId, Fate>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Shared ===

impl Shared {
    /// Places an interaction when its time has come, seconds since 1970 UTC; gives back its handle.
    ///
    /// # Errors
    /// There is no such workgroup, or too much waits already.
    pub(super) fn place_later(self: &Arc<Self>, new: NewInteraction, at: i64) -> Result<InteractionId, Refusal> {
        if self.super_user.workgroup(new.queue.as_str()).is_none() {
            return Err(Refusal::UnknownDestination(new.queue.to_string()));
        }
        let mut all = self.later.all();
        all.retain(|_, fate| matches!(fate, Fate::Placed(_)) || matches!(fate, Fate::Waits(task) if !task.is_finished()));
        if all.len() >= WAITING_AT_MOST {
            return Err(Refusal::LimitReached { what: "callbacks that wait for their time", limit: WAITING_AT_MOST });
        }
        let handle = InteractionId::new(format!("later-{}-{}", now(), self.later.last.fetch_add(1, Ordering::Relaxed)));
        let (shared, own) = (Arc::downgrade(self), handle.clone());
        let rest = Duration::from_secs(u64::try_from(at - now()).unwrap_or_default());
        let task = tokio::spawn(async move {
            sleep(rest).await;
            let mut new = NewInteraction { not_before: None, ..new };
            new.attributes.insert(HANDLE.to_owned(), own.to_string());
            loop {
                let Some(shared) = shared.upgrade() else { return };
                match shared.super_user.place(new.clone()).await {
                    Ok(id) => {
                        shared.later.all().insert(own, Fate::Placed(id));
                        return;
                    }
                    Err(Refusal::SwitchUnavailable) => {}
                    Err(refusal) => {
                        tracing::warn!(interaction = %own, cause = %refusal, "what waited for its time cannot be placed");
                        shared.later.all().remove(&own);
                        return;
                    }
                }
                drop(shared);
                sleep(AGAIN).await;
            }
        });
        all.insert(handle.clone(), Fate::Waits(task.abort_handle()));
        Ok(handle)
    }

    /// Takes an interaction away, placed or not.
    ///
    /// # Errors
    /// As [`super::super::Switch::withdraw`] says.
    pub(super) async fn take_back(&self, interaction: &InteractionId) -> Result<(), Refusal> {
        let fate = self.later.all().remove(interaction);
        match fate {
            Some(Fate::Waits(task)) => {
                task.abort();
                Ok(())
            }
            Some(Fate::Placed(id)) => self.super_user.withdraw(&id).await,
            None => self.super_user.withdraw(interaction).await,
        }
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

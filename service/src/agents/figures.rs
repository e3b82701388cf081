//! Figures of queues and agents for whoever watches them: looked at once for all watchers, only while there are any, told when they differ.

use super::{Shared, system};
use crate::domain::{MonitorView, Refusal, presence};
use std::{
    sync::{Arc, Weak},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};

/// See the module.
pub(super) struct Figures {
    latest: watch::Sender<Option<Arc<MonitorView>>>,
    wanted: Notify,
}

/// How one watcher hears of them; dropped when he does not want to any more.
pub(super) type Watch = watch::Receiver<Option<Arc<MonitorView>>>;

/// People look at them; more often would cost SAP more than it tells.
const EVERY: Duration = Duration::from_secs(5);

// === impl Figures ===

impl Figures {
    pub(super) fn new() -> Self {
        Self { latest: watch::Sender::new(None), wanted: Notify::new() }
    }

    /// Somebody watches from now on: he is told the latest look, or the one that is made for him.
    pub(super) fn watch(&self) -> Watch {
        let mut watch = self.latest.subscribe();
        let is_there = watch.borrow_and_update().is_some();
        if is_there {
            watch.mark_changed();
        }
        self.wanted.notify_one();
        watch
    }

    /// Looks as long as anybody watches; ends with the agents.
    pub(super) async fn run(self: Arc<Self>, shared: Weak<Shared>) {
        let (mut is_said, mut is_cut) = (false, false);
        loop {
            if self.latest.receiver_count() == 0 {
                // Whoever watches next must not be told what was a while ago.
                self.latest.send_replace(None);
                self.wanted.notified().await;
            }
            let Some(agents) = shared.upgrade() else { return };
            match now(&agents).await {
                Ok(view) => {
                    is_said = false;
                    let is_full = view.agents.len() == presence::MOST_MONITORED;
                    if !std::mem::replace(&mut is_cut, is_full) && is_full {
                        tracing::warn!(
                            agents = view.agents.len(),
                            "watchers of figures are told of so many agents; any others are left out"
                        );
                    }
                    self.tell(view);
                }
                Err(refusal) if !is_said => {
                    is_said = true;
                    tracing::warn!(cause = %refusal, "the figures of queues and agents cannot be had; they are tried for again");
                }
                Err(_) => {}
            }
            drop(agents);
            sleep(EVERY).await;
        }
    }

    /// Time alone is no news.
    fn tell(&self, view: MonitorView) {
        self.latest.send_if_modified(|latest| {
            let is_news = latest.as_ref().is_none_or(|before| before.queues != view.queues || before.agents != view.agents);
            if is_news {
                *latest = Some(Arc::new(view));
            }
            is_news
        });
    }
}

/// The figures of this moment.
pub(super) async fn now(shared: &Shared) -> Result<MonitorView, Refusal> {
    let there = system::directory(shared).await?;
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(presence::monitor(&there.queues, &there.users, i64::try_from(at).unwrap_or(i64::MAX)))
}

//! Somebody waits for one record: it is kept in step at once, in the middle of a run that takes minutes. Between two steps of that run, and while it
//! reads or waits for what it has written to be seen, everything that is known holds, so another run fits in.

use super::{Cause, Engine, Express, Policy, RecordId, report, run::Wanted};
use std::{collections::BTreeSet, future::Future, pin::Pin, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

impl Engine {
    /// Keeps one record in step, and what belongs to it; gives back what was in step then. A future of its own, because a run that is under way
    /// has this one in it.
    pub(super) fn at_once<'a>(
        &'a mut self,
        policy: &'a Arc<Policy>,
        express: Express,
    ) -> Pin<Box<dyn Future<Output = BTreeSet<RecordId>> + Send + 'a>> {
        Box::pin(async move {
            let Express { record, tell } = express;
            let ahead = Arc::new(Policy { cloud: Arc::clone(&policy.at_once), ..(**policy).clone() });
            let before = self.shared.lock().state.clone();
            let wanted = Wanted::Record(record);
            let outcome = self.run(&ahead, Cause::Administrator, &wanted).await;
            let done = {
                let mut seen = self.shared.lock();
                if before == report::State::Running {
                    seen.state = before;
                }
                let Wanted::Record(record) = &wanted else { return BTreeSet::new() };
                let company = super::run::with_company(record, &seen.desired).unwrap_or_default();
                company.into_iter().filter(|id| outcome.is_ok() && seen.known.cloud(id).is_some()).collect()
            };
            // Whoever asked may have gone.
            let _ = tell.send(outcome);
            done
        })
    }

    /// Sees to those who wait; gives back what is in step by that.
    pub(super) async fn attend(&mut self, policy: &Arc<Policy>) -> BTreeSet<RecordId> {
        let mut done = BTreeSet::new();
        while let Ok(express) = self.express.try_recv() {
            done.extend(self.at_once(policy, express).await);
        }
        done
    }

    /// Waits, and sees to those who do not want to.
    pub(super) async fn pass_time(&mut self, policy: &Arc<Policy>, time: Duration) {
        let until = Instant::now() + time;
        loop {
            tokio::select! {
                () = sleep_until(until) => return,
                Some(express) = self.express.recv() => drop(self.at_once(policy, express).await),
            }
        }
    }
}

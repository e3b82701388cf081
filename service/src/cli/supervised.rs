//! What a running service tells the service manager that has started it, and when: it is ready when its listeners are up, it lives as long as
//! the task that leads it answers, a reload has ended when it has, and an end may take as long as it moves.

use crate::{
    app::{App, Standing},
    os::manager::{Manager, News},
};
use std::{future::Future, pin::pin, sync::Arc, time::Duration};
use tokio::{
    sync::Notify,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

/// The line of `systemctl status` is so old at most, where no watchdog asks more often.
const EVERY: Duration = Duration::from_secs(30);
/// At the end more time is asked for so often, and for twice as much.
const ENDING: Duration = Duration::from_secs(5);
/// So often at most: then the manager's own patience counts.
const EXTENSIONS: usize = 20;

/// What can be led: the service, and its stand-in in tests.
pub(super) trait Led: Send + 'static {
    /// How it stands, in one line; never, while nobody leads it; `None`: it has ended.
    fn standing(&self) -> impl Future<Output = Option<String>> + Send;
    /// Reads its file again.
    fn reload(&self) -> impl Future<Output = ()> + Send;
}

/// A running service and its manager.
pub(super) struct Supervised {
    manager: Manager,
    reload: Arc<Notify>,
    task: JoinHandle<()>,
}

// === impl Supervised ===

impl Supervised {
    /// Says that the service is ready, and speaks for it from now on.
    pub(super) fn start(service: impl Led, manager: Manager) -> Self {
        let reload = Arc::new(Notify::new());
        let task = tokio::spawn(attend(service, manager.clone(), Arc::clone(&reload)));
        Self { manager, reload, task }
    }

    /// Has the file read again, and does not wait. Wishes that come while one is being carried out count once.
    pub(super) fn reload(&self) {
        self.reload.notify_one();
    }

    /// Ends the service, and keeps the manager patient as long as that takes, within reason.
    pub(super) async fn end(self, end: impl Future<Output = ()>) {
        self.task.abort();
        self.manager.tell(News::Stopping("Finishing what SAP has asked for, and telling it what has happened".to_owned()));
        let mut end = pin!(end);
        for _ in 0..EXTENSIONS {
            self.manager.tell(News::MoreTime(2 * ENDING));
            if timeout(ENDING, &mut end).await.is_ok() {
                return;
            }
        }
        end.await;
    }
}

async fn attend(service: impl Led, manager: Manager, reload: Arc<Notify>) {
    let Some(standing) = service.standing().await else { return };
    manager.tell(News::Ready(standing));
    let mut beat = interval(beat(&manager));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let is_reload = tokio::select! {
            () = reload.notified() => true,
            _ = beat.tick(), if manager.is_there() => false,
        };
        if is_reload {
            manager.tell(News::Reloading);
            service.reload().await;
        }
        let Some(standing) = service.standing().await else { return };
        manager.tell(if is_reload { News::Ready(standing) } else { News::Alive(standing) });
    }
}

/// How often a manager is told that we live: twice within what it waits for.
pub(super) fn beat(manager: &Manager) -> Duration {
    manager.watchdog().map_or(EVERY, |longest| (longest / 2).max(Duration::from_millis(1)))
}

// === impl App ===

impl Led for App {
    async fn standing(&self) -> Option<String> {
        let Standing { ici, agents, file_refused } = App::standing(self).await?;
        let who = if agents == 1 { "1 agent is".to_owned() } else { format!("{agents} agents are") };
        let file = if file_refused { "; the changed file is refused, what was there before is in force" } else { "" };
        Some(format!("Serving SAP at {ici}, {who} logged on{file}"))
    }

    async fn reload(&self) {
        App::reload(self).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::pending, sync::mpsc::Receiver};
    use tokio::{sync::watch, time::sleep};

    const WATCHDOG: Duration = Duration::from_secs(10);

    /// Answers as long as it is told to.
    struct Stand(watch::Receiver<bool>);

    impl Led for Stand {
        async fn standing(&self) -> Option<String> {
            let answers = *self.0.borrow();
            if answers { Some("here".to_owned()) } else { pending().await }
        }

        async fn reload(&self) {
            sleep(Duration::from_secs(1)).await;
        }
    }

    fn heard(news: &Receiver<News>) -> Vec<News> {
        news.try_iter().collect()
    }

    #[tokio::test(start_paused = true)]
    async fn the_watchdog_hears_of_it_twice_in_its_time_and_nothing_once_nobody_leads() {
        let ((manager, news), (answers, answer)) = (Manager::heard_by_tests(Some(WATCHDOG)), watch::channel(true));
        let supervised = Supervised::start(Stand(answer), manager);
        sleep(2 * WATCHDOG + Duration::from_secs(1)).await;
        let here = || "here".to_owned();
        let first = heard(&news);
        assert_eq!(first[0], News::Ready(here()));
        assert_eq!(first[1..], vec![News::Alive(here()); 5], "at once, and each five seconds");
        answers.send_replace(false);
        sleep(5 * WATCHDOG).await;
        assert_eq!(heard(&news), [], "the task that leads hangs");
        drop(supervised);
    }

    #[tokio::test(start_paused = true)]
    async fn wishes_during_a_reload_make_one_more_and_each_is_told_from_its_begin_to_its_end() {
        let ((manager, news), (_answers, answer)) = (Manager::heard_by_tests(None), watch::channel(true));
        let supervised = Supervised::start(Stand(answer), manager);
        supervised.reload();
        sleep(Duration::from_millis(500)).await;
        (0..5).for_each(|_| supervised.reload());
        sleep(Duration::from_secs(10)).await;
        let told: Vec<_> = heard(&news).into_iter().filter(|news| !matches!(news, News::Alive(_))).collect();
        let ready = News::Ready("here".to_owned());
        assert_eq!(told, [ready.clone(), News::Reloading, ready.clone(), News::Reloading, ready]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_end_keeps_the_manager_patient_while_it_lasts_and_not_for_ever() {
        for (lasts, extensions) in [(Duration::from_millis(10), 1), (Duration::from_secs(12), 3), (Duration::from_secs(1000), EXTENSIONS)] {
            let ((manager, news), (_answers, answer)) = (Manager::heard_by_tests(Some(WATCHDOG)), watch::channel(true));
            let supervised = Supervised::start(Stand(answer), manager);
            supervised.end(sleep(lasts)).await;
            let told: Vec<_> = heard(&news).into_iter().skip_while(|news| !matches!(news, News::Stopping(_))).collect();
            assert_eq!(told[1..], vec![News::MoreTime(2 * ENDING); extensions], "{lasts:?}");
        }
    }
}

//! Says when the files should be looked at again. It never says what has changed: an editor may replace a file, Kubernetes swaps a link
//! somewhere above it, and some file systems say nothing at all. So the folders are watched, any news means "look", and every
//! [`POLL`] means "look" as well.

use notify::{
    EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};

/// A look at least this often.
const POLL: Duration = Duration::from_secs(10);
/// News within this time is one piece of news: whoever saves a file does it in several steps.
const DEBOUNCE: Duration = Duration::from_millis(250);

/// Watches some files.
pub(super) struct Watch {
    news: Arc<Notify>,
    folders: BTreeSet<PathBuf>,
    /// `None` when the system cannot watch; tried again with every poll.
    watcher: Option<RecommendedWatcher>,
    poll: Instant,
}

impl Watch {
    pub(super) fn start(files: &[PathBuf]) -> Self {
        let folders: BTreeSet<_> = files.iter().map(|file| folder(file)).collect();
        let news = Arc::new(Notify::new());
        let watcher = watch(&folders, &news);
        Self { news, folders, watcher, poll: Instant::now() + POLL }
    }

    /// Waits until the files should be looked at. Safe to drop while it waits.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            () = self.news.notified() => settle(&self.news).await,
            () = sleep_until(self.poll) => {
                if self.watcher.is_none() {
                    self.watcher = watch(&self.folders, &self.news);
                }
            }
        }
        self.poll = Instant::now() + POLL;
    }
}

/// Waits until there has been no news for a while, four times that at most.
async fn settle(news: &Notify) {
    let latest = Instant::now() + 4 * DEBOUNCE;
    loop {
        tokio::select! {
            () = news.notified() => {}
            () = sleep(DEBOUNCE) => return,
            () = sleep_until(latest) => return,
        }
    }
}

fn watch(folders: &BTreeSet<PathBuf>, news: &Arc<Notify>) -> Option<RecommendedWatcher> {
    if folders.is_empty() {
        return None;
    }
    let news = Arc::clone(news);
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Our own look opens the file, too, and must not be the reason for another.
        let is_reading = |kind| matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write));
        if event.map_or(true, |event| !is_reading(event.kind)) {
            news.notify_one();
        }
    });
    let ready = watcher.and_then(|mut watcher| {
        folders.iter().try_for_each(|folder| watcher.watch(folder, RecursiveMode::NonRecursive))?;
        Ok(watcher)
    });
    ready
        .map_err(|error| {
            tracing::warn!(target: "service", %error, "the configuration's folder cannot be watched; it is looked at every {} s", POLL.as_secs());
        })
        .ok()
}

fn folder(file: &Path) -> PathBuf {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new(".")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[tokio::test(start_paused = true)]
    async fn news_in_quick_succession_is_one_look() {
        let mut watch = Watch::start(&[]);
        let news = Arc::clone(&watch.news);
        let began = Instant::now();
        let saving = tokio::spawn(async move {
            for _ in 0..3 {
                news.notify_one();
                sleep(DEBOUNCE / 2).await;
            }
        });
        watch.next().await;
        assert!(saving.is_finished());
        assert_eq!(began.elapsed().as_millis() / 10, (DEBOUNCE + DEBOUNCE).as_millis() / 10);
        watch.next().await;
        assert!(began.elapsed() >= POLL, "there was no other news than the poll");
    }

    #[tokio::test(start_paused = true)]
    async fn news_without_end_is_looked_at_in_time() {
        let mut watch = Watch::start(&[]);
        let news = Arc::clone(&watch.news);
        let noise = tokio::spawn(async move {
            loop {
                news.notify_one();
                sleep(DEBOUNCE / 4).await;
            }
        });
        let began = Instant::now();
        watch.next().await;
        assert!(began.elapsed() <= 5 * DEBOUNCE);
        noise.abort();
    }

    #[tokio::test]
    async fn writing_and_replacing_a_file_is_news_and_reading_it_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jackfield.toml");
        fs::write(&file, "a = 1").unwrap();
        let watch = Watch::start(std::slice::from_ref(&file));
        assert!(watch.watcher.is_some());
        assert_eq!(fs::read_to_string(&file).unwrap(), "a = 1");
        fs::write(folder.path().join("new"), "a = 2").unwrap();
        watch.news.notified().await;
        fs::rename(folder.path().join("new"), &file).unwrap();
        watch.news.notified().await;
        // What comes is in order: when reading were news, there would be some before the next marker.
        settle(&watch.news).await;
        assert_eq!(fs::read_to_string(&file).unwrap(), "a = 2");
        assert!(tokio::time::timeout(2 * DEBOUNCE, watch.news.notified()).await.is_err(), "reading was news");
    }
}

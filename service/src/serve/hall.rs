//! What all entrances of one handler share: how many are in, who is asked to leave, and when it is over.

use super::{
    connection::Handler,
    fair::{Fair, PATIENCE},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::TcpStream,
    sync::{Notify, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Connections beyond their address's bound that are held open before they are closed.
const DETAINED: usize = 256;

/// See the module.
pub(super) struct Hall<H> {
    pub(super) handler: Arc<H>,
    pub(super) fair: Arc<Fair>,
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
    open: AtomicUsize,
    freed: Notify,
    detained: Arc<Semaphore>,
}

/// One of the connections allowed at a time; gives its place back however the connection ends.
pub(super) struct Place<H: Handler>(Arc<Hall<H>>);

impl<H: Handler> Hall<H> {
    /// Nobody is in.
    pub(super) fn new(handler: Arc<H>) -> Arc<Self> {
        Arc::new(Self {
            handler,
            fair: Arc::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            open: AtomicUsize::new(0),
            freed: Notify::new(),
            detained: Arc::new(Semaphore::new(DETAINED)),
        })
    }

    /// Waits until there is room for one more.
    pub(super) async fn room(&self) {
        loop {
            let freed = self.freed.notified();
            if self.open.load(Ordering::Acquire) < self.handler.bounds().connections {
                return;
            }
            freed.await;
        }
    }

    /// One more is in.
    pub(super) fn take(self: &Arc<Self>) -> Place<H> {
        self.open.fetch_add(1, Ordering::AcqRel);
        Place(Arc::clone(self))
    }

    /// Closes a connection that may not come in, but not at once: its caller would come again at once, and to accept and close thousands of
    /// connections a second costs everybody more than to hold a few that are never read. Beyond [`DETAINED`] it is closed at once after all.
    pub(super) fn detain(&self, stream: TcpStream) {
        let Ok(held) = Arc::clone(&self.detained).try_acquire_owned() else { return };
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            // Either way the connection is closed now.
            let _ = tokio::time::timeout(PATIENCE, stop.cancelled()).await;
            drop((stream, held));
        });
    }

    /// Takes what waits, lets every request be answered and closes; who is not done by then is cut off.
    pub(super) async fn stop(&self, within: Duration) {
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(within, self.tasks.wait()).await;
    }
}

// === impl Place ===

impl<H: Handler> Drop for Place<H> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::AcqRel);
        self.0.freed.notify_waiters();
    }
}

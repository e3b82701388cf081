//! Work that takes time, on threads of its own: the window never waits for a disk, a network, a dialog or a key store.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

/// Wakes the window; from any thread.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Starts work; cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    repaint: Waker,
}

/// Work that was started; dropping it cancels it.
pub struct Job<T> {
    reports: mpsc::Receiver<T>,
    cancelled: Arc<AtomicBool>,
    ended: bool,
}

/// The worker's end.
pub struct Reporter<T> {
    reports: mpsc::Sender<T>,
    cancelled: Arc<AtomicBool>,
    repaint: Waker,
}

impl Jobs {
    /// `repaint` wakes the window when something has come.
    pub fn new(repaint: impl Fn() + Send + Sync + 'static) -> Self {
        Self { repaint: Arc::new(repaint) }
    }

    /// What wakes the window, for threads that are not jobs.
    pub fn waker(&self) -> Waker {
        Arc::clone(&self.repaint)
    }

    /// Starts `work` on a thread of this name.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start<T: Send + 'static>(&self, name: &str, work: impl FnOnce(&Reporter<T>) + Send + 'static) -> io::Result<Job<T>> {
        let (sender, receiver) = mpsc::channel();
        let cancelled = Arc::new(AtomicBool::new(false));
        let reporter = Reporter { reports: sender, cancelled: Arc::clone(&cancelled), repaint: Arc::clone(&self.repaint) };
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            work(&reporter);
            let Reporter { reports, repaint, .. } = reporter;
            // The end is seen by the channel's end, so it must come before the last repaint.
            drop(reports);
            repaint();
        })?;
        Ok(Job { reports: receiver, cancelled, ended: false })
    }
}

impl<T> Job<T> {
    /// What has come since the last call.
    pub fn poll(&mut self) -> Vec<T> {
        let mut come = Vec::new();
        loop {
            match self.reports.try_recv() {
                Ok(report) => come.push(report),
                Err(mpsc::TryRecvError::Empty) => return come,
                Err(mpsc::TryRecvError::Disconnected) => {
                    self.ended = true;
                    return come;
                }
            }
        }
    }

    /// Waits for the next report; `None` when the worker has ended. The window never calls this: it would stand still.
    pub fn wait(&mut self) -> Option<T> {
        let report = self.reports.recv().ok();
        self.ended = report.is_none();
        report
    }

    /// Has the worker ended, and was everything it said polled?
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Asks the worker to stop; it does at the next chance.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl<T> Reporter<T> {
    /// Tells the window something.
    pub fn say(&self, report: T) {
        // Nobody listens any more when the page was closed: then nothing is to be told.
        let _ = self.reports.send(report);
        (self.repaint)();
    }

    /// Should the work stop?
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

//! Through which every question of one OAuth client goes: at its [pace](super::pace), whoever waits for a person before whoever works in the
//! background, each lane in the order of asking, and a few at once.

use super::{
    http::Answer,
    pace::{Decision, Pace, Told, Wait},
};
use hyper::StatusCode;
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Notify, Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

/// So many questions are under way at once.
const AT_ONCE: usize = 8;

/// For whom a question is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lane {
    /// Somebody sits before a screen and waits.
    Interactive,
    /// Nobody does.
    #[default]
    Background,
}

/// See the module.
pub(super) struct Gate {
    began: Instant,
    pace: Mutex<Pace>,
    at_once: Semaphore,
    /// The first of each lane is the one who waits; behind him it is first come, first served.
    turns: [Semaphore; 2],
    /// How many of the first lane wait.
    hurried: AtomicUsize,
    changed: Notify,
}

/// Somebody of the first lane who waits.
struct Hurried<'a>(&'a Gate);

// === impl Gate ===

impl Gate {
    pub(super) fn new(most: u32) -> Self {
        let began = Instant::now();
        Self {
            began,
            pace: Mutex::new(Pace::new(Duration::ZERO, most)),
            at_once: Semaphore::new(AT_ONCE),
            turns: [Semaphore::new(1), Semaphore::new(1)],
            hurried: AtomicUsize::new(0),
            changed: Notify::new(),
        }
    }

    /// Waits until a question may be asked; it is under way until what comes back is dropped.
    pub(super) async fn pass(&self, lane: Lane) -> Option<SemaphorePermit<'_>> {
        let _hurried = (lane == Lane::Interactive).then(|| Hurried::new(self));
        let _turn = self.turns[usize::from(lane == Lane::Background)].acquire().await.ok()?;
        loop {
            // Registered before it is looked, so that no change is missed.
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if lane == Lane::Background && self.hurried.load(Ordering::SeqCst) > 0 {
                changed.await;
                continue;
            }
            let decision = self.pace().ask(self.now());
            match decision {
                Decision::Go => break,
                Decision::Wait(until) => tokio::select! {
                    () = sleep_until(self.began + until) => {}
                    () = changed => {}
                },
            }
        }
        // It is never closed.
        self.at_once.acquire().await.ok()
    }

    /// Takes in what an answer says about the pace.
    pub(super) fn answered(&self, answer: &Answer) {
        let told = told(answer);
        self.pace().answered(self.now(), told);
        if told.refused.is_some() {
            self.changed.notify_waiters();
        }
    }

    /// See [`Pace::rate`].
    pub(super) fn rate(&self) -> f64 {
        self.pace().rate()
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an answer says about the pace.
fn told(answer: &Answer) -> Told {
    let number = |name: &str| answer.header(name).and_then(|text| text.trim().parse::<u32>().ok());
    let seconds = |name: &str| number(name).map(|seconds| Duration::from_secs(seconds.into()));
    // 503 and 504 may say it too.
    let wait = seconds("retry-after");
    let refused = answer.status == StatusCode::TOO_MANY_REQUESTS || (answer.status.is_server_error() && wait.is_some());
    Told {
        allowed: number("inin-ratelimit-allowed"),
        count: number("inin-ratelimit-count"),
        reset: seconds("inin-ratelimit-reset"),
        refused: refused.then_some(wait.map_or(Wait::Unsaid, Wait::For)),
    }
}

// === impl Hurried ===

impl<'a> Hurried<'a> {
    fn new(gate: &'a Gate) -> Self {
        gate.hurried.fetch_add(1, Ordering::SeqCst);
        Self(gate)
    }
}

impl Drop for Hurried<'_> {
    fn drop(&mut self) {
        self.0.hurried.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderMap, HeaderValue};
    use std::sync::Arc;

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Answer {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        Answer { status: StatusCode::from_u16(status).unwrap(), headers: headers.collect::<HeaderMap>(), body: Vec::new() }
    }

    /// Uses up what may leave together.
    async fn empty(gate: &Gate) {
        let before = Instant::now();
        while before.elapsed() < Duration::from_millis(100) {
            gate.pass(Lane::Background).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_holds_everybody_of_the_client_for_exactly_its_time() {
        let gate = Arc::new(Gate::new(240));
        let began = Instant::now();
        gate.answered(&answer(429, &[("retry-after", "7")]));
        let other = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { drop(gate.pass(Lane::Interactive).await) }
        });
        gate.pass(Lane::Background).await;
        other.await.unwrap();
        let waited = began.elapsed();
        // The second of both waits for the pace besides.
        assert!(waited >= Duration::from_secs(7) && waited < Duration::from_secs(8), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_person_goes_before_whoever_came_earlier_in_the_background() {
        let gate = Arc::new(Gate::new(240));
        empty(&gate).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let start = |lane, name: &'static str| {
            let (gate, order) = (Arc::clone(&gate), Arc::clone(&order));
            tokio::spawn(async move {
                gate.pass(lane).await;
                order.lock().unwrap().push(name);
            })
        };
        let mut tasks = vec![start(Lane::Background, "b1"), start(Lane::Background, "b2")];
        tokio::task::yield_now().await;
        tasks.extend([start(Lane::Interactive, "i1"), start(Lane::Interactive, "i2")]);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["i1", "i2", "b1", "b2"]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_hears_of_a_refusal_that_came_meanwhile() {
        let gate = Arc::new(Gate::new(240));
        empty(&gate).await;
        let began = Instant::now();
        let waits = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { drop(gate.pass(Lane::Background).await) }
        });
        tokio::task::yield_now().await;
        gate.answered(&answer(503, &[("retry-after", "30")]));
        waits.await.unwrap();
        assert!(began.elapsed() >= Duration::from_secs(30), "{:?}", began.elapsed());
    }

    #[test]
    fn the_headers_of_an_answer_are_read() {
        let all = [("inin-ratelimit-allowed", "180"), ("inin-ratelimit-count", "12"), ("inin-ratelimit-reset", "33")];
        let expected = Told { allowed: Some(180), count: Some(12), reset: Some(Duration::from_secs(33)), refused: None };
        assert_eq!(told(&answer(200, &all)), expected);
        assert_eq!(told(&answer(429, &[("retry-after", "soon")])).refused, Some(Wait::Unsaid));
        assert_eq!(told(&answer(500, &[])).refused, None);
    }
}

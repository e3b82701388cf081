//! The conduit with a sink that does as the test says, in memory and on paused time.

use super::{
    event::{Event, samples},
    pace::Rate,
    sink::{Fate, Sink, Trouble},
    window::Outgoing,
    *,
};
use crate::{
    domain::Turn,
    switch::{BoxFuture, TurnsSender},
};
use std::{
    collections::HashMap,
    sync::atomic::{AtomicU32, Ordering},
};
use tokio::{sync::mpsc, time::sleep};

const ORGANIZATION: Uuid = Uuid::from_u128(7);
const BOUNDS: Bounds = Bounds { events: 10_000, age: Duration::from_hours(24) };
const FLUSH: Flush = Flush { after: Duration::from_millis(500), events: 500, bytes: 100_000 };

/// Takes what it is given, unless the test says otherwise.
#[derive(Clone)]
struct Scripted {
    calls: mpsc::UnboundedSender<Vec<Outgoing>>,
    /// The next outcomes; then everything is taken.
    outcomes: Arc<Mutex<VecDeque<Outcome>>>,
    asked: Arc<AtomicU32>,
}

enum Outcome {
    /// The first so many are refused.
    Refuse(usize),
    Fail(Trouble),
}

impl Scripted {
    fn new(outcomes: impl IntoIterator<Item = Outcome>) -> (Self, mpsc::UnboundedReceiver<Vec<Outgoing>>) {
        let (calls, heard) = mpsc::unbounded_channel();
        (Self { calls, outcomes: Arc::new(Mutex::new(outcomes.into_iter().collect())), asked: Arc::default() }, heard)
    }
}

impl Sink for Scripted {
    fn write(&self, event: &Event) -> Result<Option<Vec<u8>>, String> {
        match &event.body {
            event::Body::IvrDisposed { code: 13, .. } => Err("thirteen brings bad luck".to_owned()),
            event::Body::IvrMilestone { code: 14, .. } => Ok(None),
            _ => Ok(Some(event.to_bytes())),
        }
    }

    fn most(&self) -> usize {
        usize::MAX
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(30)
    }

    fn rate(&self) -> BoxFuture<Rate> {
        Box::pin(async { Rate { events: 1_000.0, bytes: 1_000_000.0 } })
    }

    fn put(&self, call: Arc<Vec<Outgoing>>) -> BoxFuture<Result<Vec<Fate>, Trouble>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let outcome = self.outcomes.lock().unwrap().pop_front();
        let sent = self.calls.clone();
        Box::pin(async move {
            let refused = match outcome {
                None => 0,
                Some(Outcome::Refuse(count)) => count,
                Some(Outcome::Fail(trouble)) => return Err(trouble),
            };
            let fate = |place: usize| if place < refused { Fate::Again("busy".to_owned()) } else { Fate::Taken };
            let fates = (0..call.len()).map(fate).collect();
            sent.send(call.iter().skip(refused).cloned().collect()).unwrap();
            Ok(fates)
        })
    }
}

fn turns(conversation: &str) -> Vec<Turn> {
    samples::turns(conversation, now())
}

fn tell(sender: &TurnsSender, conversation: &str) {
    for turn in turns(conversation) {
        sender.tell(turn);
    }
}

fn conduit() -> Conduit {
    Conduit::new(Backlog::open(None).unwrap())
}

/// The events that come, call by call, until so many came.
async fn received(heard: &mut mpsc::UnboundedReceiver<Vec<Outgoing>>, count: usize) -> Vec<Outgoing> {
    let mut all = Vec::new();
    while all.len() < count {
        all.extend(heard.recv().await.unwrap());
    }
    all
}

async fn settled(conduit: &Conduit) -> Figures {
    loop {
        let figures = conduit.figures();
        if figures.waiting.iter().sum::<u64>() == 0 {
            return figures;
        }
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn every_turn_arrives_in_the_order_of_its_conversation_whatever_is_refused() {
    let (sink, mut heard) = Scripted::new([Outcome::Refuse(2), Outcome::Fail(Trouble::Passing("away".into())), Outcome::Refuse(1)]);
    let (sender, conduit) = (TurnsSender::default(), conduit());
    conduit.run(ORGANIZATION, BOUNDS, FLUSH, Arc::new(sink), sender.listen());
    for conversation in ["1", "2", "3"] {
        tell(&sender, conversation);
    }
    let mut numbers: HashMap<Uuid, Vec<u64>> = HashMap::new();
    for event in received(&mut heard, 21).await {
        numbers.entry(event.conversation).or_default().push(event.number);
    }
    assert_eq!(numbers.len(), 3);
    assert!(numbers.values().all(|numbers| numbers.len() == 7 && numbers.is_sorted()), "{numbers:?}");
    let figures = settled(&conduit).await;
    assert_eq!((figures.sent, figures.again, figures.trouble, figures.oldest), ([3; KINDS], 3, None, None));
    conduit.end().await;
    assert!(!sender.is_heard(), "nobody listens any more");
}

#[tokio::test]
async fn what_was_not_sent_waits_for_the_next_beginning() {
    let (sink, _heard) = Scripted::new([Outcome::Fail(Trouble::Lasting("not allowed".into()))]);
    let (sender, conduit) = (TurnsSender::default(), conduit());
    conduit.run(ORGANIZATION, BOUNDS, FLUSH, Arc::new(sink.clone()), sender.listen());
    tell(&sender, "1");
    while conduit.figures().trouble.is_none() {
        sleep(Duration::from_millis(10)).await;
    }
    let figures = conduit.figures();
    assert_eq!((figures.trouble.as_deref(), figures.lasting, figures.waiting), (Some("not allowed"), true, [1; KINDS]));
    assert_eq!(sink.asked.load(Ordering::Relaxed), 1, "it is left alone until somebody has done something");
    conduit.end().await;
    let (sink, mut heard) = Scripted::new([]);
    conduit.run(ORGANIZATION, BOUNDS, FLUSH, Arc::new(sink), sender.listen());
    assert_eq!(received(&mut heard, 7).await.iter().map(|event| event.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn an_event_that_can_never_be_sent_is_put_aside_and_holds_nothing_back() {
    let (sink, mut heard) = Scripted::new([]);
    let (sender, conduit) = (TurnsSender::default(), conduit());
    conduit.run(ORGANIZATION, BOUNDS, FLUSH, Arc::new(sink), sender.listen());
    let level = crate::domain::Level { path: "Main".into(), code: 13 };
    sender.tell(Turn { step: crate::domain::Step::LevelEntered(level), ..turns("1").remove(0) });
    tell(&sender, "1");
    received(&mut heard, 7).await;
    let figures = settled(&conduit).await;
    let letters = conduit.rejected();
    assert_eq!((figures.rejected, letters.len(), letters[0].why.as_str()), (1, 1, "thirteen brings bad luck"));
    assert_eq!(letters[0].kind, Some(EventKind::IvrDisposed));
}

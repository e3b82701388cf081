//! The organisation's own event interface as the sink: `POST /api/v2/events/conversations` (Genesys Cloud EX, "event injection").
//!
//! An event of ours becomes up to three of theirs. Nobody says in which order the lists of one request are worked off, so that they go one after
//! the other: the first of every event of a call, then the second, then the third. Every id is made of what it names: what is sent again, after an
//! answer that was lost or by another process, carries the same `eventId`.

mod directory;
mod mapping;

use super::{
    event::Event,
    ids::Ids,
    pace::Rate,
    sink::{Fate, Sink, Trouble},
    window::Outgoing,
};
use crate::{
    genesys_cloud::{
        cloud::{self, Cloud as _, CloudError, Fault},
        record::{CloudId, RecordId},
        rest::{EventError, Rest},
    },
    switch::BoxFuture,
};
use directory::Directory;
use mapping::Injected;
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;
use uuid::Uuid;

/// Events of a call: how many the interface takes at once is not published. As many as its other lists take.
const MOST: usize = cloud::BATCH;
/// The longest way that one event of ours goes, in requests.
const STAGES: u32 = 3;
/// What the bridge knows is looked at again after so long: something may have been made anew.
const RENEW: Duration = Duration::from_mins(1);
/// Bytes do not count: the number of requests does.
const BYTES: f64 = 1e9;

/// What the bridge knows of the organisation: what each record is there.
pub type Known = Arc<dyn Fn() -> Vec<(RecordId, CloudId)> + Send + Sync>;

/// What the file says.
#[derive(Clone)]
pub struct Settings {
    /// The way to the organisation.
    pub rest: Rest,
    /// How the platform that the conversations come from is called there, at most 64 characters.
    pub site: String,
    /// What the bridge knows.
    pub known: Known,
}

/// See the module.
pub(super) struct Injection(Arc<Inner>);

struct Inner {
    settings: Settings,
    ids: Ids,
    directory: Mutex<Option<(Arc<Directory>, Instant)>>,
    /// It is the organisation whose events they are.
    proved: AtomicBool,
}

// === impl Injection ===

impl Injection {
    pub(super) fn new(settings: Settings, organization: Uuid) -> Self {
        Self(Arc::new(Inner { settings, ids: Ids(organization), directory: Mutex::default(), proved: AtomicBool::new(false) }))
    }
}

impl Sink for Injection {
    fn write(&self, event: &Event) -> Result<Option<Vec<u8>>, String> {
        // Who is who is looked up when it is sent: only then the organisation has them, perhaps.
        Ok(mapping::has_counterpart(event).then(|| event.to_bytes()))
    }

    fn most(&self) -> usize {
        MOST
    }

    fn patience(&self) -> Duration {
        // Each request has a deadline of its own, and may be told to wait.
        cloud::PATIENCE * (STAGES + 1)
    }

    fn rate(&self) -> BoxFuture<Rate> {
        let per_minute = self.0.settings.rest.pace().per_minute.max(1);
        #[expect(clippy::cast_precision_loss, reason = "a hundred")]
        let events = f64::from(per_minute) / 60.0 * MOST as f64 / f64::from(STAGES);
        Box::pin(async move { Rate { events, bytes: BYTES } })
    }

    fn put(&self, call: Arc<Vec<Outgoing>>) -> BoxFuture<Result<Vec<Fate>, Trouble>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move { inner.put(&call).await })
    }
}

// === impl Inner ===

impl Inner {
    async fn put(&self, call: &[Outgoing]) -> Result<Vec<Fate>, Trouble> {
        self.prove().await?;
        let directory = self.directory();
        if directory.is_empty() {
            return Err(Trouble::Passing("the bridge has brought nothing into the organisation yet that an event could name".to_owned()));
        }
        let mut fates = vec![Fate::Taken; call.len()];
        let mut ways = Vec::with_capacity(call.len());
        for (outgoing, fate) in call.iter().zip(&mut fates) {
            let event = Event::from_bytes(&outgoing.bytes).ok_or_else(|| "it cannot be read".to_owned());
            ways.push(event.and_then(|event| mapping::injected(&event, &self.settings.site, &directory)).unwrap_or_else(|why| {
                *fate = Fate::Never(why);
                Vec::new()
            }));
        }
        for stage in 0.. {
            let is_on_its_way = |place: &usize| fates[*place] == Fate::Taken;
            let step = |place: usize| ways[place].get(stage).map(|injected| (place, injected));
            let batch: Vec<_> = (0..call.len()).filter(is_on_its_way).filter_map(step).collect();
            if batch.is_empty() {
                break;
            }
            self.send(batch, &mut fates).await?;
        }
        Ok(fates)
    }

    /// Sends one step of many events. A request that is refused as a whole is divided, until it is known of which event that is.
    async fn send(&self, batch: Vec<(usize, &Injected)>, fates: &mut [Fate]) -> Result<(), Trouble> {
        let mut batches = vec![batch];
        while let Some(mut batch) = batches.pop() {
            match self.settings.rest.inject(body(&batch)).await {
                Ok(errors) => sort(&batch, errors, fates),
                Err(CloudError { fault: Fault::Invalid | Fault::Conflict, message, .. }) => {
                    if let [(place, _)] = batch.as_slice() {
                        fates[*place] = Fate::Never(message);
                    } else {
                        let rest = batch.split_off(batch.len() / 2);
                        batches.extend([rest, batch]);
                    }
                }
                Err(error) => return Err(trouble(error)),
            }
        }
        Ok(())
    }

    /// Events of one organisation are never told to another.
    async fn prove(&self) -> Result<(), Trouble> {
        if self.proved.load(Ordering::Relaxed) {
            return Ok(());
        }
        let organisation = self.settings.rest.organisation().await.map_err(trouble)?;
        if !organisation.id.eq_ignore_ascii_case(&self.ids.0.to_string()) {
            let why = format!("the OAuth client is of the organisation {}, and not of `organization_id`", organisation.id);
            return Err(Trouble::Lasting(why));
        }
        self.proved.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn directory(&self) -> Arc<Directory> {
        let mut kept = self.directory.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((directory, since)) if since.elapsed() < RENEW && !directory.is_empty() => Arc::clone(directory),
            _ => {
                let directory = Arc::new(Directory::new(self.ids, (self.settings.known)()));
                *kept = Some((Arc::clone(&directory), Instant::now()));
                directory
            }
        }
    }
}

/// A request (`BatchConversationEventRequest`): a list for each kind of events.
fn body(batch: &[(usize, &Injected)]) -> Value {
    let mut lists: HashMap<&str, Vec<Value>> = HashMap::new();
    for (_, injected) in batch {
        lists.entry(injected.list).or_default().push(injected.body.clone());
    }
    lists.into_iter().map(|(name, list)| (name.to_owned(), Value::Array(list))).collect::<Map<_, _>>().into()
}

/// What became of each, by what the answer says of its `eventId`.
fn sort(batch: &[(usize, &Injected)], errors: Vec<EventError>, fates: &mut [Fate]) {
    let places: HashMap<Uuid, usize> = batch.iter().map(|(place, injected)| (injected.id, *place)).collect();
    for EventError { event_id, message, retryable } in errors {
        let place = Uuid::try_parse(&event_id).ok().and_then(|id| places.get(&id));
        match place {
            Some(place) if retryable => fates[*place] = Fate::Again(message),
            Some(place) => fates[*place] = Fate::Never(message),
            // It may be any of them.
            None => batch.iter().for_each(|(place, _)| {
                if fates[*place] == Fate::Taken {
                    fates[*place] = Fate::Again(format!("something of the request was not taken: {message}"));
                }
            }),
        }
    }
}

fn trouble(error: CloudError) -> Trouble {
    match error.fault {
        Fault::Version | Fault::Rate | Fault::Unreachable => Trouble::Passing(error.message),
        // Not there: the organisation has no such interface.
        _ => Trouble::Lasting(error.message),
    }
}

#[cfg(test)]
mod tests;

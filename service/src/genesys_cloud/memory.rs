//! What the bridge remembers over restarts, as records of the store: what it knows of each record, the organisation it belongs to, what an
//! administrator has decided, and history. A text of JSON each, so that the store needs to know nothing of them.

use super::{
    history::Past,
    known::{Entry, Known},
    record::{Fingerprint, RecordId},
};
use crate::store::{Key, Record, Store, When, Written};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::VecDeque;

const ABOUT: &str = "about";
const RECORD: &str = "record/";
const PAST: &str = "past/";

/// What is remembered beside records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The organisation that the records are of.
    pub organisation: Option<String>,
    /// Removals that an administrator has allowed, by [`super::plan::Held::id`].
    pub allowed: Option<Fingerprint>,
    /// Removals that he has rejected.
    pub rejected: Option<Fingerprint>,
    /// The user of the bridge on the switch, as he was when he was seen first, or when an administrator said that he is meant so.
    #[serde(default)]
    pub admin_user: Option<(String, Fingerprint)>,
    /// That the connection is lost was told last, and not that it is restored.
    #[serde(default)]
    pub connection_lost: bool,
}

/// The way to it; cheap to clone.
#[derive(Clone)]
pub struct Memory(Store);

#[derive(Serialize, Deserialize)]
struct Kept {
    id: RecordId,
    entry: Entry,
}

// === impl Memory ===

impl Memory {
    /// In this store.
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// Everything that is remembered. What cannot be read is as if it had never been: the organisation is looked at instead.
    pub fn load(&self) -> (About, Known, VecDeque<Past>) {
        let (mut about, mut known, mut past) = (About::default(), Known::default(), VecDeque::new());
        for (key, text) in self.0.bridge() {
            if &*key == ABOUT {
                about = read(&text).unwrap_or_default();
            } else if key.starts_with(RECORD)
                && let Some(Kept { id, entry }) = read(&text)
            {
                known.records.insert(id, entry);
            } else if key.starts_with(PAST)
                && let Some(one) = read(&text)
            {
                past.push_back(one);
            }
        }
        (about, known, past)
    }

    /// Remembers a record, or forgets it. Whoever writes to the organisation next waits for it.
    pub fn put(&self, id: &RecordId, entry: Option<&Entry>, when: When) -> Written {
        let kept = entry.map(|entry| Kept { id: id.clone(), entry: entry.clone() });
        self.0.put([(Key::Bridge(format!("{RECORD}{id}").into()), kept.as_ref().map(text))], when)
    }

    /// Remembers the rest.
    pub fn put_about(&self, about: &About) {
        self.0.put([(Key::Bridge(ABOUT.into()), Some(text(about)))], When::Now);
    }

    /// Adds to history, and forgets what is too old.
    pub fn put_past(&self, one: &Past, forgotten: Option<u64>) {
        let key = |number: u64| Key::Bridge(format!("{PAST}{number:012}").into());
        let forgotten = forgotten.map(|number| (key(number), None));
        self.0.put([(key(one.number), Some(text(one)))].into_iter().chain(forgotten), When::Soon);
    }
}

fn text(value: &impl Serialize) -> Record {
    // Our types have text keys only, so nothing can fail.
    Record::Bridge(serde_json::to_string(value).unwrap_or_default().into())
}

fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).inspect_err(|error| tracing::warn!(%error, "what the bridge remembered cannot be read and is left out")).ok()
}

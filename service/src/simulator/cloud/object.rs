//! Objects of the Platform API, whole as JSON, each with how it is seen by those who read: a change shows only when it has gone round.

use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// No kind has more.
const MOST: usize = 200_000;

/// An object.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) id: String,
    pub(super) fields: Map<String, Value>,
    /// Which client made it.
    pub(super) by: String,
    /// How often a client that did not make it has written it.
    pub(super) touched: u32,
    /// When it is seen by those who read.
    seen: Instant,
    /// When it is seen that it is gone.
    gone: Option<Instant>,
}

/// All objects of a kind, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Objects(Vec<Object>);

// === impl Object ===

impl Object {
    pub(super) fn new(id: String, by: &str, fields: Map<String, Value>, lag: Duration) -> Self {
        Self { id, fields, by: by.to_owned(), touched: 0, seen: Instant::now() + lag, gone: None }
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// As an answer has it.
    pub(super) fn json(&self, base: &str) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("id".into(), self.id.as_str().into());
        fields.insert("selfUri".into(), format!("{base}/{}", self.id).into());
        fields.into()
    }

    /// As the dump has it.
    pub(super) fn dumped(&self) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("id".into(), self.id.as_str().into());
        json!({ "object": fields, "by": self.by, "touched": self.touched })
    }

    /// Somebody writes it.
    pub(super) fn touch(&mut self, by: &str) {
        self.touched += u32::from(self.by != by);
    }

    fn is_seen(&self) -> bool {
        let now = Instant::now();
        self.seen <= now && self.gone.is_none_or(|gone| gone > now)
    }
}

// === impl Objects ===

impl Objects {
    /// What is there, whether it is seen yet or not.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Object> {
        self.0.iter().filter(|object| object.gone.is_none())
    }

    /// What those who read see.
    pub(super) fn seen(&self) -> impl Iterator<Item = &Object> {
        self.0.iter().filter(|object| object.is_seen())
    }

    /// One, as those who read see it.
    pub(super) fn see(&self, id: &str) -> Option<&Object> {
        self.seen().find(|object| object.id == id)
    }

    /// One, to be written.
    pub(super) fn get(&mut self, id: &str) -> Option<&mut Object> {
        self.0.iter_mut().find(|object| object.id == id && object.gone.is_none())
    }

    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }

    pub(super) fn add(&mut self, object: Object) {
        let now = Instant::now();
        // What everybody knows to be gone is forgotten; looked for now and then only.
        if self.0.len().is_multiple_of(64) {
            self.0.retain(|object| object.gone.is_none_or(|gone| gone > now));
        }
        self.0.push(object);
    }

    /// It is gone, though some go on seeing it for a while.
    pub(super) fn remove(&mut self, id: &str, lag: Duration) -> Option<Object> {
        let object = self.get(id)?;
        object.gone = Some(Instant::now() + lag);
        Some(object.clone())
    }
}

//! What the organisation has, as far as it was read for a plan.

use super::{
    cloud::{Existing, Find, Member},
    record::{CloudId, Kind, OurId},
};
use std::collections::{BTreeMap, BTreeSet};

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actual {
    things: BTreeMap<(Kind, CloudId), Existing>,
    /// What bears our marks, and what has which natural key: a plan asks for each record.
    marked: BTreeMap<(Kind, OurId), CloudId>,
    keyed: BTreeMap<(Kind, String), CloudId>,
    links: BTreeMap<CloudId, ActualLinks>,
}

/// What a queue is joined to there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActualLinks {
    /// Its members.
    pub members: Vec<Member>,
    /// Its wrap-up codes.
    pub codes: BTreeSet<CloudId>,
}

// === impl Actual ===

impl Actual {
    /// Takes in something that was read.
    pub fn add(&mut self, existing: Existing) {
        let (kind, id) = (existing.content.kind(), existing.id.clone());
        if let Some(before) = self.things.get(&(kind, id.clone())) {
            // It may have been called something else.
            self.keyed.remove(&(kind, key(kind, before.content.natural_key())));
            before.ours.clone().and_then(|ours| self.marked.remove(&(kind, ours)));
        }
        self.keyed.entry((kind, key(kind, existing.content.natural_key()))).or_insert_with(|| id.clone());
        if let Some(ours) = existing.ours.clone() {
            self.marked.entry((kind, ours)).or_insert_with(|| id.clone());
        }
        self.things.insert((kind, id), existing);
    }

    /// Takes in what a queue is joined to.
    pub fn add_links(&mut self, queue: CloudId, links: ActualLinks) {
        self.links.insert(queue, links);
    }

    /// By its id there.
    pub fn by_id(&self, kind: Kind, id: &CloudId) -> Option<&Existing> {
        self.things.get(&(kind, id.clone()))
    }

    /// By our mark or by natural key; e-mail addresses without regard to capitals.
    pub fn find(&self, kind: Kind, by: &Find) -> Option<&Existing> {
        match by {
            Find::Id(id) => self.by_id(kind, id),
            Find::Ours(ours) => self.by_id(kind, self.marked.get(&(kind, ours.clone()))?),
            Find::Key(wanted) => self.by_id(kind, self.keyed.get(&(kind, key(kind, wanted)))?),
        }
    }

    /// What a queue is joined to; nothing, when it was not read.
    pub fn links(&self, queue: &CloudId) -> Option<&ActualLinks> {
        self.links.get(queue)
    }

    /// Everything of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Existing> {
        self.things.values().filter(move |existing| existing.content.kind() == kind)
    }
}

/// A natural key as it is told apart there: e-mail addresses without regard to capitals.
fn key(kind: Kind, text: &str) -> String {
    if kind == Kind::User { text.to_ascii_lowercase() } else { text.to_owned() }
}

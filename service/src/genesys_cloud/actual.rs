//! What the organisation has, as far as it was read for a plan.

use super::{
    cloud::{Existing, Find, Member},
    record::{CloudId, Kind},
};
use std::collections::{BTreeMap, BTreeSet};

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actual {
    things: BTreeMap<(Kind, CloudId), Existing>,
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
        self.things.insert((existing.content.kind(), existing.id.clone()), existing);
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
            Find::Ours(ours) => self.of(kind).find(|existing| existing.ours.as_ref() == Some(ours)),
            Find::Key(key) => {
                let is_it = |existing: &&Existing| match kind {
                    Kind::User => existing.content.natural_key().eq_ignore_ascii_case(key),
                    _ => existing.content.natural_key() == key,
                };
                self.of(kind).find(is_it)
            }
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

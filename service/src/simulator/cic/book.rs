//! What ICWS has and the embedded switch has not: ids for conferences and their members, the call that answers a callback, consultations.
//!
//! A conference of the embedded switch is one call with many parties. On ICWS it is a parent with a child for each party (reference of ICWS,
//! §4.6). A party keeps the id of the call that it came by; whoever made the conference had a leg in both calls, and gets a new id.

use crate::{
    domain::{InteractionId, InteractionKind, PartyId, UserId},
    switch::embedded::Sight,
};
use std::collections::{BTreeMap, BTreeSet};

/// See the module.
#[derive(Default)]
pub(super) struct Book {
    conferences: BTreeMap<InteractionId, Conference>,
    /// Conferences of another server that have not been seen here yet: their ids, and those of their members in the order of the parties.
    inherited: BTreeMap<InteractionId, (String, Vec<Option<String>>)>,
    /// The call each party was first seen in.
    homes: BTreeMap<PartyId, InteractionId>,
    /// Callbacks whose customer was called, and the id of that call.
    callbacks: BTreeMap<InteractionId, String>,
    consultations: BTreeMap<u64, Consultation>,
    /// Whoever is just joining another call into this one.
    joining: Option<(InteractionId, UserId)>,
    last_id: u64,
    last_consultation: u64,
}

/// A conference as ICWS has it.
#[derive(Clone, Debug)]
pub(super) struct Conference {
    /// Id of the parent, and of the conference.
    pub(super) id: String,
    /// Parties with their children's ids, in the order in which they came.
    pub(super) members: Vec<(PartyId, String)>,
}

/// A consultation under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Consultation {
    pub(super) user: UserId,
    pub(super) call: InteractionId,
    pub(super) consulted: InteractionId,
    /// All three talk: the call that reached the consulted party is joined into the other.
    pub(super) is_joined: bool,
}

/// Ids of its own; the embedded switch numbers its calls from the seconds since 1970.
const FIRST_ID: u64 = 9_000_000_000;

// === impl Book ===

impl Book {
    pub(super) fn conference(&self, call: &InteractionId) -> Option<&Conference> {
        self.conferences.get(call)
    }

    /// The call that is this conference.
    pub(super) fn call_of(&self, conference: &str) -> Option<&InteractionId> {
        self.conferences.iter().find(|(_, each)| each.id == conference).map(|(call, _)| call)
    }

    /// This user is about to join one call into another.
    pub(super) fn is_joining(&mut self, call: &InteractionId, from: &InteractionId, user: &UserId) {
        self.joining = Some((call.clone(), user.clone()));
        for consultation in self.consultations.values_mut().filter(|each| each.call == *call && each.consulted == *from) {
            consultation.is_joined = true;
        }
    }

    /// A conference of another server goes on here; it keeps its ids.
    pub(super) fn inherit(&mut self, call: InteractionId, id: String, members: Vec<Option<String>>) {
        let used = members.iter().flatten().chain([&id]).filter_map(|id| id.parse::<u64>().ok()?.checked_sub(FIRST_ID)).max();
        self.last_id = self.last_id.max(used.unwrap_or_default());
        self.inherited.insert(call, (id, members));
    }

    /// A call is not as it was.
    pub(super) fn see(&mut self, sight: &Sight) {
        for (party, _) in &sight.parties {
            self.homes.entry(party.id.clone()).or_insert_with(|| sight.call.clone());
        }
        let known = self.conferences.contains_key(&sight.call) || self.inherited.contains_key(&sight.call);
        if !known && (sight.parties.len() < 3 || sight.kind == InteractionKind::Chat) {
            return;
        }
        let mut conference = match self.conferences.remove(&sight.call) {
            Some(conference) => conference,
            None => match self.inherited.remove(&sight.call) {
                Some((id, members)) => {
                    let known = sight.parties.iter().zip(members).filter_map(|((party, _), member)| Some((party.id.clone(), member?)));
                    Conference { id, members: known.collect() }
                }
                None => Conference { id: self.next_id(), members: Vec::new() },
            },
        };
        let maker = self.joining.take_if(|(call, _)| *call == sight.call).map(|(_, user)| user);
        let mut parties: Vec<_> = sight.parties.iter().collect();
        // Customers first, whoever made it last: they keep their ids, he gets another.
        parties.sort_by_key(|(_, user)| (user.is_some(), user.is_some() && *user == maker));
        for (party, _) in parties {
            if conference.members.iter().any(|(known, _)| *known == party.id) {
                continue;
            }
            let home = self.homes.get(&party.id).map(ToString::to_string);
            let free = home.filter(|home| conference.members.iter().all(|(_, id)| id != home));
            let id = free.unwrap_or_else(|| self.next_id());
            conference.members.push((party.id.clone(), id));
        }
        conference.members.retain(|(party, _)| sight.parties.iter().any(|(each, _)| each.id == *party));
        self.conferences.insert(sight.call.clone(), conference);
    }

    /// A call is over.
    pub(super) fn forget(&mut self, call: &InteractionId) {
        self.conferences.remove(call);
        self.callbacks.remove(call);
        self.consultations.retain(|_, each| each.call != *call && (each.is_joined || each.consulted != *call));
    }

    /// Forgets parties that are in none of these calls any more. (A call that was joined into another is over before its parties are seen
    /// there.)
    pub(super) fn prune(&mut self, alive: &BTreeMap<InteractionId, Sight>) {
        let there: BTreeSet<_> = alive.values().flat_map(|sight| &sight.parties).map(|(party, _)| &party.id).collect();
        self.homes.retain(|party, _| there.contains(party));
    }

    /// The customer of a callback is called; gives back the id of that call.
    pub(super) fn call_back(&mut self, callback: &InteractionId) -> String {
        let id = self.next_id();
        self.callbacks.insert(callback.clone(), id.clone());
        id
    }

    pub(super) fn callback(&self, callback: &InteractionId) -> Option<&String> {
        self.callbacks.get(callback)
    }

    pub(super) fn consult(&mut self, consultation: Consultation) -> u64 {
        self.last_consultation += 1;
        self.consultations.insert(self.last_consultation, consultation);
        self.last_consultation
    }

    pub(super) fn consultation(&self, id: u64) -> Option<&Consultation> {
        self.consultations.get(&id)
    }

    pub(super) fn end_consultation(&mut self, id: u64) {
        self.consultations.remove(&id);
    }

    fn next_id(&mut self) -> String {
        self.last_id += 1;
        (FIRST_ID + self.last_id).to_string()
    }
}

//! From the entries of a queue to the agent's interactions: one for each entry, but for conferences, callbacks with their calls, and
//! consultations that were joined (icws §4.5, §4.6, §4.7).

use super::{MadeOf, Picture, Seen};
use crate::{
    domain::{Direction, Interaction, InteractionId, InteractionKind, InteractionState, Party},
    switch::icws::{
        attributes::Attributes,
        interaction::{self, CALLED_BACK, CONSULTING, DATA, Gone, Stage},
        queue::{Entry, MEMBERS},
        wire::{Id, lenient::Moment},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

type Live = BTreeMap<InteractionId, Seen>;

impl Picture {
    /// Gives handles to what has none of its own: new conferences, and what is left of old ones.
    pub(super) fn keep_names(&mut self) {
        let mut names = Vec::new();
        let parents = self.parents();
        for (parent, members) in &parents {
            if !self.names.contains_key(*parent) {
                names.push(((*parent).clone(), self.name_of_conference(parent, members)));
            }
        }
        for seen in self.told.values() {
            let MadeOf::Conference { parent, members, .. } = &seen.made_of else { continue };
            if parents.contains_key(parent) {
                continue;
            }
            // Of two who are left CIC may make a call again.
            let mut left = members.iter().filter(|id| self.is_live(id) && self.queue.get(id).is_some_and(|entry| entry.parent.is_none()));
            if let (Some(left), None) = (left.next(), left.next()) {
                names.push((left.clone(), seen.interaction.id.clone()));
            }
        }
        self.names.extend(names);
    }

    /// SAP wants the handle of the held call (icws §4.6): whoever made the conference knows it, for the others it is the first member.
    fn name_of_conference(&self, parent: &Id, members: &[&Id]) -> InteractionId {
        if let Some(handle) = &self.joining
            && (members.is_empty()
                || members.iter().any(|id| self.handle(id) == *handle || self.told.get(handle).is_some_and(|told| told.lead == **id)))
        {
            return handle.clone();
        }
        members.first().map_or_else(|| parent.as_str().into(), |first| self.handle(first))
    }

    /// Conferences with their members, in the order in which CIC names them.
    fn parents(&self) -> BTreeMap<&Id, Vec<&Id>> {
        let entries = self.queue.entries();
        let mut parents: BTreeMap<&Id, Vec<&Id>> = BTreeMap::new();
        for (id, entry) in entries {
            if let Some(parent) = &entry.parent {
                parents.entry(parent).or_default().push(id);
            } else if entry.attributes.text(MEMBERS).is_some() {
                parents.entry(id).or_default();
            }
        }
        for (parent, members) in &mut parents {
            let named: Vec<&str> =
                entries.get(*parent).and_then(|entry| entry.attributes.text(MEMBERS)).unwrap_or_default().split('|').collect();
            // A member that is between two places is one all the same.
            for (id, _) in entries.iter().filter(|(id, entry)| entry.parent.is_none() && named.contains(&id.as_str())) {
                members.push(id);
            }
            if !named.concat().is_empty() {
                // The conference itself says that one has left.
                members.retain(|id| named.contains(&id.as_str()) || entries.get(*id).is_some_and(|entry| !entry.is_leaving()));
            }
            members.sort_by_key(|id| named.iter().position(|name| *name == id.as_str()).unwrap_or(usize::MAX));
        }
        parents
    }

    fn is_live(&self, id: &str) -> bool {
        self.queue.get(id).is_some_and(|entry| matches!(interaction::stage(&entry.attributes), Stage::Live(_)))
    }

    /// All his interactions as they are now. `finish`: callbacks whose call to the customer is over, and whether he was reached.
    pub(super) fn build(&self, unix: i64, finish: &mut Vec<(Id, bool)>) -> Live {
        let mut live = Live::new();
        let mut used: BTreeSet<&Id> = BTreeSet::new();
        for (parent, members) in self.parents() {
            used.insert(parent);
            used.extend(&members);
            if let Some(seen) = self.conference(parent, &members, unix) {
                live.insert(seen.interaction.id.clone(), seen);
            }
        }
        for (id, entry) in self.queue.entries() {
            if used.contains(id) || interaction::kind(&entry.attributes, &self.policy) != InteractionKind::Callback {
                continue;
            }
            let told = self.told.get(&self.handle(id)).filter(|told| matches!(told.made_of, MadeOf::Callback { .. }));
            let Some((call, called)) = self.call_to_customer(id, entry) else {
                if told.is_some() {
                    used.insert(id);
                    self.finish(id, told, finish);
                }
                continue;
            };
            used.insert(id);
            used.insert(call);
            match interaction::stage(&called.attributes) {
                Stage::Live(state) => {
                    let mut seen = self.one(id, entry, state, unix);
                    seen.interaction.state = state;
                    seen.lead = call.clone();
                    seen.made_of = MadeOf::Callback { callback: id.clone() };
                    live.insert(seen.interaction.id.clone(), seen);
                }
                _ => self.finish(id, told, finish),
            }
        }
        for (id, entry) in self.queue.entries() {
            // What leaves a conference is no call of its own.
            if used.contains(id) || entry.parent.is_some() {
                continue;
            }
            let told = self.told.get(&self.handle(id)).map(|told| told.interaction.state);
            let state = match interaction::stage(&entry.attributes) {
                Stage::Live(state) => state,
                Stage::Untold => match told {
                    Some(state) => state,
                    None => continue,
                },
                Stage::Before | Stage::Gone(_) => continue,
            };
            let seen = self.one(id, entry, state, unix);
            live.insert(seen.interaction.id.clone(), seen);
        }
        for (id, (interaction, _)) in &self.made {
            let seen = Seen { interaction: interaction.clone(), lead: id.clone(), made_of: MadeOf::One };
            live.entry(interaction.id.clone()).or_insert(seen);
        }
        self.join(&mut live);
        self.link(&mut live);
        for (id, attributes) in &self.hears {
            if let Some(seen) = self.heard(id, attributes, unix) {
                live.entry(seen.interaction.id.clone()).or_insert(seen);
            }
        }
        live
    }

    /// The call to the customer of a callback, once there is one.
    fn call_to_customer(&self, callback: &Id, entry: &Entry) -> Option<(&Id, &Entry)> {
        let call = entry.attributes.text(CALLED_BACK).or_else(|| self.called_back.get(callback).map(Id::as_str))?;
        self.queue.entries().get_key_value(call)
    }

    fn finish(&self, callback: &Id, told: Option<&Seen>, finish: &mut Vec<(Id, bool)>) {
        if self.is_live(callback) {
            finish.push((callback.clone(), told.is_some_and(|told| told.interaction.state != InteractionState::Dialing)));
        }
    }

    fn one(&self, id: &Id, entry: &Entry, state: InteractionState, unix: i64) -> Seen {
        let kind = interaction::kind(&entry.attributes, &self.policy);
        let chat = self.chats.get(id);
        let party = interaction::party(id, &entry.attributes);
        let state = match (kind, state) {
            // Accepted, and its customer is about to be called.
            (InteractionKind::Callback, InteractionState::Connected | InteractionState::Held) => InteractionState::Dialing,
            (_, state) => state,
        };
        let interaction = Interaction {
            kind,
            state,
            parties: chat.map_or_else(|| vec![party.clone()], |chat| chat.parties(party.clone())),
            chat: chat.map(|chat| Arc::new(chat.chat())),
            ..self.begin(id, &entry.attributes, unix)
        };
        Seen { interaction, lead: id.clone(), made_of: MadeOf::One }
    }

    /// What is the same for whatever is made of an entry.
    fn begin(&self, id: &str, attributes: &Attributes, unix: i64) -> Interaction {
        let handle = self.handle(id);
        let told = self.told.get(&handle).map(|told| &told.interaction);
        // What is there already when the session begins says itself since when.
        let dated = || ["Eic_ConnectTime", "Eic_InitiationTime"].into_iter().find_map(|name| Moment::parse(attributes.text(name)?));
        let since = told.map(|told| told.since).or_else(|| (!self.started).then(dated).flatten().map(|moment| moment.0)).unwrap_or(unix);
        let mut shown = interaction::shown(attributes);
        if let Some(Some(extra)) = self.extra.get(id) {
            shown.extend(extra.to_map());
        }
        Interaction {
            id: handle,
            kind: InteractionKind::Call,
            state: InteractionState::Connected,
            direction: interaction::direction(attributes),
            queue: interaction::queue(attributes).filter(|_| !self.direct.contains(id)),
            attributes: shown,
            parties: Vec::new(),
            consultation_for: None,
            chat: None,
            attached_data: attributes.text(DATA).map(Arc::from),
            since,
        }
    }

    fn conference(&self, parent: &Id, members: &[&Id], unix: i64) -> Option<Seen> {
        let entries = self.queue.entries();
        let of = |id: &Id| entries.get(id);
        let whole = of(parent);
        if whole.is_some_and(|whole| matches!(interaction::stage(&whole.attributes), Stage::Gone(_))) {
            return None;
        }
        let own = self.own_member(members);
        let attributes = &whole.or_else(|| members.iter().find_map(|id| of(id)))?.attributes;
        let his = own.or(Some(parent)).and_then(of);
        let state = match his.map_or(Stage::Untold, |entry| interaction::stage(&entry.attributes)) {
            Stage::Live(state) => state,
            Stage::Untold => InteractionState::Connected,
            Stage::Before | Stage::Gone(_) => return None,
        };
        let others = || members.iter().copied().filter(|id| Some(*id) != own && *id != parent);
        let parties: Vec<Party> = others()
            .filter_map(|id| of(id).map(|entry| (id, entry)))
            .filter(|(_, entry)| !matches!(interaction::stage(&entry.attributes), Stage::Gone(_)))
            .map(|(id, entry)| interaction::party(id, &entry.attributes))
            .collect();
        let colleagues = others().filter_map(of).any(|entry| interaction::is_internal(&entry.attributes));
        let interaction = Interaction { state, parties, ..self.begin(parent, attributes, unix) };
        let members = members.iter().copied().cloned().collect();
        let made_of = MadeOf::Conference { parent: parent.clone(), members, colleagues };
        Some(Seen { interaction, lead: own.unwrap_or(parent).clone(), made_of })
    }

    /// The agent's own member of a conference: the one that is in his name. Where others are as well, it is the one that came with the
    /// conference.
    fn own_member<'a>(&self, members: &[&'a Id]) -> Option<&'a Id> {
        let is_his =
            |id: &&Id| self.queue.get(id).is_some_and(|entry| interaction::user(&entry.attributes).eq_ignore_ascii_case(self.me.as_str()));
        let his: Vec<&Id> = members.iter().copied().filter(is_his).collect();
        // It was found before: it stays the one.
        let known = self.told.values().find(|told| matches!(told.made_of, MadeOf::Conference { .. }) && his.contains(&&told.lead));
        if let Some(known) = known {
            return his.iter().copied().find(|id| **id == known.lead);
        }
        let is_new = |id: &&&Id| !self.told.values().any(|told| told.lead == ***id) && !self.consults.contains_key(**id);
        match his.as_slice() {
            [] => None,
            [one] => Some(one),
            several => several.iter().rev().find(is_new).copied(),
        }
    }

    /// Consultations in which all hear each other are one call with two parties.
    fn join(&self, live: &mut Live) {
        for (consulted, consultation) in self.consults.iter().filter(|(_, each)| each.joined) {
            let (from, into) = (self.handle(consulted), self.handle(&consultation.original));
            if !live.contains_key(&into) {
                continue;
            }
            if let Some(other) = live.remove(&from)
                && let Some(seen) = live.get_mut(&into)
            {
                seen.interaction.parties.extend(other.interaction.parties);
                seen.interaction.state = InteractionState::Connected;
                seen.made_of = MadeOf::Joined { consulted: consulted.clone() };
            }
        }
    }

    /// Which calls are consultations for which.
    fn link(&self, live: &mut Live) {
        let by_lead: BTreeMap<Id, InteractionId> = live.values().map(|seen| (seen.lead.clone(), seen.interaction.id.clone())).collect();
        let there: BTreeSet<InteractionId> = live.keys().cloned().collect();
        for seen in live.values_mut().filter(|seen| seen.made_of == MadeOf::One) {
            let named = self.queue.get(&seen.lead).and_then(|entry| entry.attributes.text(CONSULTING)).map(Id::from);
            let original = named.or_else(|| self.consults.get(&seen.lead).map(|each| each.original.clone()));
            let handle = original.map(|id| by_lead.get(&id).cloned().unwrap_or_else(|| self.handle(&id)));
            seen.interaction.consultation_for = handle.filter(|handle| there.contains(handle) && *handle != seen.interaction.id);
        }
    }

    /// A call that he listens to: its customer and its agent are the parties.
    fn heard(&self, id: &Id, attributes: &Attributes, unix: i64) -> Option<Seen> {
        if matches!(interaction::stage(attributes), Stage::Gone(Gone::Here | Gone::There | Gone::Elsewhere)) {
            return None;
        }
        let agent = interaction::user(attributes);
        let agent = Party { id: format!("{id}:{agent}").into(), address: agent.to_owned(), name: agent.to_owned() };
        let interaction = Interaction {
            state: InteractionState::Listening,
            direction: Direction::Inbound,
            queue: None,
            parties: vec![interaction::party(id, attributes), agent],
            ..self.begin(id, attributes, unix)
        };
        Some(Seen { interaction, lead: id.clone(), made_of: MadeOf::One })
    }
}

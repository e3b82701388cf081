//! What one agent has, as the port tells it: made anew from his queue, his chats and what he has asked for whenever one of these has changed;
//! what differs from what was told last is told. No clock, no task, no network: those are the agent's.
//!
//! ```text
//! queue + chats + what he hears ── build.rs ──▶ his interactions now ── compared with those told last ──▶ events
//!                                                      ▲ ends.rs: why did this one leave?
//! ```
//!
//! A handle is what the rest of the program calls an interaction; it stays when CIC gives the interaction another id (it was joined into a
//! conference, morphed, or is all that is left of a conference). The lead is the entry that operations are about.

mod build;
mod ends;
#[cfg(test)]
mod tests;

use super::{
    attributes::Attributes,
    chats::Transcript,
    interaction::{self, HANDLE, NAMES},
    policy::Policy,
    queue::{Entry, Queue},
    wire::{
        Id,
        media::{ChatContents, ChatMembers},
        queues::{AlertType, Alerting, QueueContents},
    },
};
use crate::domain::{EndCause, Interaction, InteractionId, InteractionKind, InteractionState, SwitchEvent, UserId};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// For so long a new chat waits to be told until what was written in it is known; it is told without, then.
const PATIENCE: Duration = Duration::from_secs(2);
/// What was asked for explains an end for so long.
const EXPLAINS: Duration = Duration::from_secs(10);

/// For so long a call that he has made is believed in without the queue.
const BELIEVED: Duration = Duration::from_secs(3);
/// An alert may come before its interaction, so that it is kept a while.
const DIRECT_AT_MOST: usize = 64;

/// One agent's interactions.
pub(super) struct Picture {
    pub(super) me: UserId,
    pub(super) policy: Arc<Policy>,
    queue: Queue,
    chats: BTreeMap<Id, Transcript>,
    /// Attributes that only one interaction has; `None` while they are being asked for.
    extra: BTreeMap<Id, Option<Attributes>>,
    /// Calls of others that he listens to.
    hears: BTreeMap<Id, Attributes>,
    /// Since when something is not told because its parts are missing.
    waiting: BTreeMap<Id, Instant>,
    /// Entries that go by another handle than their id.
    names: BTreeMap<Id, InteractionId>,
    /// Consultations by the entry of the consulted party.
    consults: BTreeMap<Id, Consultation>,
    /// The call into which a conference is being made.
    joining: Option<InteractionId>,
    /// Why the agent's interactions will end, as far as he asked for it.
    asked: BTreeMap<InteractionId, (EndCause, Instant)>,
    /// Calls to the customers of callbacks, before their callbacks say so.
    called_back: BTreeMap<Id, Id>,
    /// Callbacks that are being finished.
    finishing: BTreeSet<Id>,
    /// What rings for the agent himself and not because of a workgroup.
    direct: BTreeSet<Id>,
    /// Calls that he has made and that the queue does not show yet, until when they are believed in.
    made: BTreeMap<Id, (Interaction, Instant)>,
    told: BTreeMap<InteractionId, Seen>,
    started: bool,
}

/// One interaction of the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) interaction: Interaction,
    /// The entry that operations on it are about.
    pub(super) lead: Id,
    /// What it is made of beside that.
    pub(super) made_of: MadeOf,
}

/// What an interaction of the agent is on CIC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MadeOf {
    /// One entry.
    One,
    /// A conference.
    Conference {
        /// Its entry, which is its id.
        parent: Id,
        /// All its members, the agent's own among them.
        members: Vec<Id>,
        /// Is a colleague among them?
        colleagues: bool,
    },
    /// A call and its consultation, joined by who hears whom.
    Joined {
        /// The entry of the consulted party.
        consulted: Id,
    },
    /// A callback; the call to its customer is the lead.
    Callback {
        /// Its own entry.
        callback: Id,
    },
}

/// A consultation that was begun with an operation of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Consultation {
    /// Its id.
    pub(super) id: Id,
    /// The entry it is a consultation for.
    pub(super) original: Id,
    /// Both parties hear the agent.
    pub(super) joined: bool,
    /// The consulted party's entry has been there.
    pub(super) seen: bool,
}

/// What the server must be asked after a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Chore {
    /// What is written in this chat.
    WatchChat(Id),
    /// It is over.
    ForgetChat(Id),
    /// Attributes that only this interaction has.
    Read(Id, Vec<String>),
    /// The call to the customer of this callback is over: so is the callback. Was he reached?
    FinishCallback(Id, bool),
}

/// What came of a look.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) events: Vec<SwitchEvent>,
    pub(super) chores: Vec<Chore>,
    /// When to look again although nothing was heard.
    pub(super) again: Option<Instant>,
}

// === impl Picture ===

impl Picture {
    pub(super) fn new(me: UserId, policy: Arc<Policy>) -> Self {
        Self {
            me,
            policy,
            queue: Queue::default(),
            chats: BTreeMap::new(),
            extra: BTreeMap::new(),
            hears: BTreeMap::new(),
            waiting: BTreeMap::new(),
            names: BTreeMap::new(),
            consults: BTreeMap::new(),
            joining: None,
            asked: BTreeMap::new(),
            called_back: BTreeMap::new(),
            finishing: BTreeSet::new(),
            direct: BTreeSet::new(),
            made: BTreeMap::new(),
            told: BTreeMap::new(),
            started: false,
        }
    }

    /// Another session begins: everything will be told anew. Handles stay with the entries that have them.
    pub(super) fn begin_anew(&mut self) {
        self.queue = Queue::default();
        self.chats.clear();
        self.extra.clear();
        self.hears.clear();
        self.waiting.clear();
        self.consults.clear();
        self.asked.clear();
        self.made.clear();
        self.joining = None;
        self.started = false;
    }

    /// Names of the attributes that the queue is watched for.
    pub(super) fn attribute_names(&self) -> Vec<String> {
        let mut names: Vec<String> = interaction::READ.map(str::to_owned).into();
        for name in &self.policy.attributes {
            if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                names.push(name.clone());
            }
        }
        names
    }

    // What was heard.

    /// `false`: the whole queue should be asked for.
    pub(super) fn hear_queue(&mut self, message: QueueContents, now: Instant) -> bool {
        self.queue.apply(message, now)
    }

    pub(super) fn hear_members(&mut self, message: ChatMembers) {
        if let Some(chat) = self.chats.get_mut(&message.interaction_id) {
            chat.members(message);
        }
    }

    /// `false`: the whole chat should be asked for.
    pub(super) fn hear_contents(&mut self, message: ChatContents) -> bool {
        let address = self.queue.get(&message.interaction_id).map(|entry| interaction::party("", &entry.attributes).address);
        let me = self.me.clone();
        match self.chats.get_mut(&message.interaction_id) {
            Some(chat) => chat.contents(message, &me, &address.unwrap_or_default()),
            None => true,
        }
    }

    /// A chat cannot be watched.
    pub(super) fn give_up_chat(&mut self, chat: &str) {
        if let Some(chat) = self.chats.get_mut(chat) {
            chat.give_up();
        }
    }

    pub(super) fn hear_extra(&mut self, of: &Id, attributes: Attributes) {
        if let Some(extra) = self.extra.get_mut(of) {
            *extra = Some(attributes);
        }
    }

    /// Whom it rings for: a member of a workgroup, or the agent himself (icws §2.5). Attributes may still name the workgroup of long ago.
    pub(super) fn hear_alerts(&mut self, message: Alerting) {
        if self.direct.len() > DIRECT_AT_MOST {
            self.direct.retain(|id| self.queue.get(id).is_some());
        }
        for alert in message.alerting_interaction_details {
            if matches!(alert.alert_type, AlertType::User | AlertType::Station) {
                self.direct.insert(alert.interaction_id);
            } else {
                self.direct.remove(&alert.interaction_id);
            }
        }
    }

    /// The id of an interaction has become another one.
    pub(super) fn hear_morph(&mut self, from: &Id, into: &Id) {
        let handle = self.handle(from);
        self.names.insert(into.clone(), handle);
        if let Some(consultation) = self.consults.remove(from) {
            self.consults.insert(into.clone(), consultation);
        }
        for consultation in self.consults.values_mut().filter(|each| each.original == *from) {
            consultation.original = into.clone();
        }
    }

    /// A call that he listens to has changed, or is heard from now on.
    pub(super) fn hear_listened(&mut self, call: &Id, attributes: Attributes) {
        if let Some(known) = self.hears.get_mut(call) {
            known.merge(attributes);
        }
    }

    /// He begins to listen.
    pub(super) fn listen(&mut self, call: Id, attributes: Attributes) {
        self.hears.insert(call, attributes);
    }

    /// He does not listen any more; was he listening?
    pub(super) fn listen_no_more(&mut self, call: &str) -> bool {
        self.hears.remove(call).is_some()
    }

    // What was asked for.

    /// He asked for what will be the end of this interaction.
    pub(super) fn expect_end(&mut self, of: &InteractionId, cause: EndCause, now: Instant) {
        self.asked.insert(of.clone(), (cause, now + EXPLAINS));
    }

    /// He asked in vain.
    pub(super) fn expect_no_end(&mut self, of: &InteractionId) {
        self.asked.remove(of);
    }

    /// A conference is being made, which is to go by this handle.
    pub(super) fn expect_conference(&mut self, handle: &InteractionId, now: Instant) {
        self.joining = Some(handle.clone());
        self.queue.joining(now);
    }

    /// The conference has come about as this one, or not at all.
    pub(super) fn conference_made(&mut self, id: Option<Id>) {
        if let (Some(handle), Some(id)) = (self.joining.take(), id) {
            self.names.insert(id, handle);
        }
    }

    pub(super) fn consulted(&mut self, consulted: Id, consultation: Consultation) {
        self.consults.insert(consulted, consultation);
    }

    /// Original and consulted party hear the agent and each other, or not any more.
    pub(super) fn join_consultation(&mut self, consulted: &str, joined: bool) {
        if let Some(consultation) = self.consults.get_mut(consulted) {
            consultation.joined = joined;
        }
    }

    /// He has made a call; the queue may show it later, or only its end.
    pub(super) fn made(&mut self, entry: Id, interaction: Interaction, now: Instant) {
        if !self.told.contains_key(&interaction.id) {
            self.made.insert(entry, (interaction, now + BELIEVED));
        }
    }

    /// The server has given up a call that he has made: nothing more will be heard of it.
    pub(super) fn made_in_vain(&mut self, entry: &str, now: Instant) {
        if let Some((_, until)) = self.made.get_mut(entry) {
            *until = now;
        }
    }

    /// He has set attributes of an entry, and the server has taken them.
    pub(super) fn noted(&mut self, entry: &str, attributes: Attributes) {
        if let (Some((made, _)), Some(data)) = (self.made.get_mut(entry), attributes.get(interaction::DATA)) {
            made.attached_data = Some(data).filter(|data| !data.is_empty()).map(Arc::from);
        }
        self.queue.note(entry, attributes);
    }

    pub(super) fn called_back(&mut self, callback: Id, call: Id) {
        self.called_back.insert(callback, call);
    }

    // What is known.

    /// One of his interactions, as it was told last.
    pub(super) fn find(&self, id: &InteractionId) -> Option<&Seen> {
        self.told.get(id)
    }

    /// All of them.
    pub(super) fn told(&self) -> impl Iterator<Item = &Seen> {
        self.told.values()
    }

    /// The consultation that connects two of his calls.
    pub(super) fn consultation(&self, call: &Seen, consulted: &Seen) -> Option<&Consultation> {
        let found = self.consults.get(&consulted.lead)?;
        let of_call = found.original == call.lead || self.handle(&found.original) == call.interaction.id;
        of_call.then_some(found)
    }

    /// The consultation that reached this entry.
    pub(super) fn consultation_of(&self, consulted: &str) -> Option<&Consultation> {
        self.consults.get(consulted)
    }

    /// Chats that are watched.
    pub(super) fn chats(&self) -> impl Iterator<Item = &Id> {
        self.chats.keys()
    }

    /// All that is known of an entry.
    pub(super) fn entry(&self, id: &str) -> Option<&Entry> {
        self.queue.get(id)
    }

    /// What the rest of the program calls this entry.
    pub(super) fn handle(&self, entry: &str) -> InteractionId {
        let placed = || self.queue.get(entry)?.attributes.text(HANDLE).map(InteractionId::from);
        self.names.get(entry).cloned().or_else(placed).unwrap_or_else(|| entry.into())
    }

    /// Compares what is so with what was told, and says what to tell.
    pub(super) fn look(&mut self, now: Instant, unix: i64) -> Looked {
        let mut looked = Looked { again: self.queue.sweep(now), ..Looked::default() };
        if !self.queue.is_complete() {
            return looked;
        }
        self.asked.retain(|_, (_, until)| *until > now);
        self.find_parts(now, &mut looked);
        self.keep_names();
        self.keep_made(now, &mut looked.again);
        let mut finish = Vec::new();
        let mut live = self.build(unix, &mut finish);
        for (callback, reached) in finish {
            if self.finishing.insert(callback.clone()) {
                looked.chores.push(Chore::FinishCallback(callback, reached));
            }
        }
        self.hold_back(&mut live, now, &mut looked.again);
        let ended: Vec<_> = self.told.keys().filter(|id| !live.contains_key(*id)).cloned().collect();
        for id in ended {
            if let Some(seen) = self.told.remove(&id) {
                let cause = self.cause(&seen, &live);
                self.asked.remove(&id);
                looked.events.push(SwitchEvent::Interaction(self.ended(seen, cause)));
            }
        }
        for (id, seen) in &live {
            if self.told.get(id).is_none_or(|told| told.interaction != seen.interaction) {
                looked.events.push(SwitchEvent::Interaction(seen.interaction.clone()));
            }
        }
        self.told = live;
        self.forget(&mut looked);
        looked
    }

    /// All his interactions, for a snapshot, and what to ask because of them. `None` while something is missing, until the patience is over.
    pub(super) fn snapshot(&mut self, now: Instant, unix: i64) -> (Option<Vec<Interaction>>, Looked) {
        if !self.queue.is_complete() {
            return (None, Looked { again: None, ..Looked::default() });
        }
        // What was told before another session began is known to whoever gets the snapshot; what is not in it is gone.
        let looked = self.look(now, unix);
        if looked.again.is_some() && !self.waiting.is_empty() {
            return (None, Looked { events: Vec::new(), ..looked });
        }
        self.started = true;
        let all = self.told.values().map(|seen| seen.interaction.clone()).collect();
        (Some(all), Looked { events: Vec::new(), ..looked })
    }

    /// Asks for what a snapshot will need, before it can be told.
    pub(super) fn prepare(&mut self, now: Instant) -> Looked {
        let mut looked = Looked::default();
        self.find_parts(now, &mut looked);
        looked
    }

    /// Begins to watch what a new entry needs to be complete.
    fn find_parts(&mut self, now: Instant, looked: &mut Looked) {
        for (id, entry) in self.queue.entries() {
            if matches!(interaction::stage(&entry.attributes), interaction::Stage::Gone(_)) {
                continue;
            }
            let kind = interaction::kind(&entry.attributes, &self.policy);
            if kind == InteractionKind::Chat && !self.chats.contains_key(id) {
                self.chats.insert(id.clone(), Transcript::default());
                self.waiting.insert(id.clone(), now + PATIENCE);
                looked.chores.push(Chore::WatchChat(id.clone()));
            }
            if let Some(names) = entry.attributes.text(NAMES).filter(|_| !self.extra.contains_key(id)) {
                let names = names.split('|').filter(|name| !name.is_empty()).map(str::to_owned).collect();
                self.extra.insert(id.clone(), None);
                self.waiting.insert(id.clone(), now + PATIENCE);
                looked.chores.push(Chore::Read(id.clone(), names));
            }
        }
        let (chats, extra) = (&self.chats, &self.extra);
        let lacks = |id: &Id| chats.get(id).is_some_and(|chat| !chat.is_complete()) || extra.get(id).is_some_and(Option::is_none);
        self.waiting.retain(|id, until| *until > now && lacks(id));
    }

    /// A call that he has made is his even if the queue shows it for the first time when it is over.
    fn keep_made(&mut self, now: Instant, again: &mut Option<Instant>) {
        let (queue, told) = (&self.queue, &mut self.told);
        self.made.retain(|id, (interaction, until)| {
            if queue.get(id).is_some() || *until <= now {
                let seen = Seen { interaction: interaction.clone(), lead: id.clone(), made_of: MadeOf::One };
                told.entry(interaction.id.clone()).or_insert(seen);
                return false;
            }
            *again = Some(again.map_or(*until, |earlier| earlier.min(*until)));
            true
        });
    }

    /// What is new and incomplete is not told yet.
    fn hold_back(&self, live: &mut BTreeMap<InteractionId, Seen>, now: Instant, again: &mut Option<Instant>) {
        live.retain(|id, seen| match self.waiting.get(&seen.lead) {
            Some(until) if !self.told.contains_key(id) => {
                *again = Some(again.map_or(*until, |earlier| earlier.min(*until)).max(now));
                false
            }
            _ => true,
        });
    }

    /// An interaction as it is told for the last time.
    fn ended(&self, seen: Seen, cause: EndCause) -> Interaction {
        let mut last = seen.interaction;
        if let Some(chat) = self.chats.get(&seen.lead) {
            // With all that was written in it to its end.
            last.chat = Some(Arc::new(chat.chat()));
        }
        last.state = InteractionState::Ended(cause);
        last
    }

    /// Drops what belongs to entries that are gone.
    fn forget(&mut self, looked: &mut Looked) {
        let there: BTreeSet<&Id> = self.queue.entries().keys().collect();
        self.chats.retain(|id, _| {
            let stays = there.contains(id);
            if !stays {
                looked.chores.push(Chore::ForgetChat(id.clone()));
            }
            stays
        });
        self.extra.retain(|id, _| there.contains(id));
        self.consults.retain(|id, consultation| {
            consultation.seen |= there.contains(id);
            there.contains(id) || !consultation.seen
        });
        self.called_back.retain(|id, _| there.contains(id));
        self.finishing.retain(|id| there.contains(id));
        let told = &self.told;
        self.names.retain(|id, handle| there.contains(id) || told.contains_key(handle));
    }
}

//! A call: one conversation with its id and its parties, agents and outside lines, and how it looks from one agent.
//!
//! What happens to calls is in the files beside this one; here nothing decides.

use super::{CallNo, chat::Written};
use crate::domain::{
    self, Chat, Direction, Interaction, InteractionId, InteractionKind, InteractionState, Medium, PartyId, QueueId, UserId,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// A party's number; it stays when the party is moved into another call.
pub(super) type PartyNo = u64;

/// One conversation, or the attempt at one.
pub(super) struct Call {
    pub(super) id: InteractionId,
    /// What it is: a chat and the rest are calls without sound.
    pub(super) kind: InteractionKind,
    /// What was written in a chat.
    pub(super) written: Option<Written>,
    /// What is dialled when a callback is answered, where that is not its customer's number.
    pub(super) calls: Option<String>,
    /// All who talk, hold, ring or dial. Outside callers stand first.
    pub(super) parties: Vec<Party>,
    /// Supervisors who hear and are no parties.
    pub(super) listeners: Vec<Leg>,
    /// The caller's own attributes.
    pub(super) attributes: BTreeMap<String, String>,
    /// What was dialled.
    pub(super) dialed: Arc<str>,
    /// The first who came into it from outside, also when he has left it (CIC: `Eic_RemoteEndpointImmutable`).
    pub(super) remote: Arc<str>,
    pub(super) attached_data: Option<Arc<str>>,
    /// Its place in a workgroup's queue, while it waits there.
    pub(super) waiting: Option<Place>,
    /// The workgroup it was last sent to (CIC: `Eic_AssignedWorkgroup`).
    pub(super) assigned: Option<QueueId>,
}

/// A place in a queue: who has the higher priority goes first, then who came first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) queue: QueueId,
    pub(super) priority: u32,
    pub(super) order: u64,
    /// When it began to wait.
    pub(super) since: Duration,
}

/// One party.
pub(super) struct Party {
    pub(super) no: PartyNo,
    /// Extension or outside number, unformatted.
    pub(super) address: Arc<str>,
    pub(super) name: Arc<str>,
    /// When ringing ends by itself.
    pub(super) deadline: Option<Duration>,
    pub(super) end: End,
}

/// What a party is.
pub(super) enum End {
    Agent(Box<Leg>),
    /// Somebody outside.
    Outside(Line),
}

/// A call at one agent.
pub(super) struct Leg {
    pub(super) user: UserId,
    /// Never `Ended`: a leg that has ended is gone.
    pub(super) state: InteractionState,
    pub(super) direction: Direction,
    /// The offer by which a workgroup brought the call to this agent; `None`: it came directly.
    pub(super) offer: Option<Place>,
    /// Was it ever connected? Only then wrap-up follows.
    pub(super) answered: bool,
    pub(super) consultation_for: Option<CallNo>,
    pub(super) since: i64,
    /// What the agent was last told, so that he is told of changes only.
    pub(super) shown: Option<Interaction>,
}

/// The outside end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Rings; answers at the deadline.
    WillAnswer,
    /// Rings; given up at the deadline.
    WillFail,
    /// Talks, or waits.
    Connected,
    /// Has asked to be called back, and is not on the line.
    Asked,
}

// === impl Call ===

impl Call {
    pub(super) fn leg(&self, user: &UserId) -> Option<&Leg> {
        self.legs().find(|leg| leg.user == *user)
    }

    pub(super) fn leg_mut(&mut self, user: &UserId) -> Option<&mut Leg> {
        self.legs_mut().find(|leg| leg.user == *user)
    }

    pub(super) fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.parties.iter().filter_map(|party| match &party.end {
            End::Agent(leg) => Some(&**leg),
            End::Outside(_) => None,
        })
    }

    pub(super) fn legs_mut(&mut self) -> impl Iterator<Item = &mut Leg> {
        self.parties.iter_mut().filter_map(|party| match &mut party.end {
            End::Agent(leg) => Some(&mut **leg),
            End::Outside(_) => None,
        })
    }

    /// Makes it a chat, a callback and so on; a call begins as a phone call.
    pub(super) fn become_kind(&mut self, kind: InteractionKind) {
        self.kind = kind;
        self.written = (kind == InteractionKind::Chat).then(Written::default);
    }

    /// Has its customer asked to be called back, and is not on the line yet?
    pub(super) fn waits_for_call(&self) -> bool {
        self.parties.iter().any(|party| matches!(party.end, End::Outside(Line::Asked)))
    }

    /// Is it something that is heard?
    pub(super) fn has_sound(&self) -> bool {
        self.kind.medium() == Medium::Call
    }

    /// The number of an agent's party.
    pub(super) fn party_of(&self, user: &UserId) -> Option<PartyNo> {
        self.parties.iter().find(|party| party.user() == Some(user)).map(|party| party.no)
    }

    /// The first party from outside.
    pub(super) fn customer(&self) -> Option<&Party> {
        self.parties.iter().find(|party| party.user().is_none())
    }

    /// Does anybody take part who is not merely being rung?
    pub(super) fn has_somebody(&self) -> bool {
        self.parties.iter().any(Party::is_present)
    }

    /// The call as one of its agents, or a listener, sees it.
    pub(super) fn seen_by(&self, leg: &Leg) -> Interaction {
        let others = || self.parties.iter().filter(|party| party.user() != Some(&leg.user));
        Interaction {
            id: self.id.clone(),
            kind: self.kind,
            state: leg.state,
            direction: leg.direction,
            queue: leg.offer.as_ref().map(|offer| offer.queue.clone()),
            attributes: self.attributes_for(leg),
            parties: others().map(Party::to_domain).collect(),
            consultation_for: leg.consultation_for.map(interaction_id),
            chat: self.written.as_ref().map(|written| Arc::new(self.chat(written, leg))),
            attached_data: self.attached_data.clone(),
            since: leg.since,
        }
    }

    /// A chat as one of its agents sees it.
    fn chat(&self, written: &Written, leg: &Leg) -> Chat {
        let typing = self.parties.iter().filter(|party| party.user() != Some(&leg.user) && written.typing.contains(&party.no));
        Chat { postings: written.postings.clone(), typing: typing.map(Party::party_id).collect() }
    }

    /// The attributes under the names that CIC gives them; what the caller brought along under the same name wins.
    fn attributes_for(&self, leg: &Leg) -> BTreeMap<String, String> {
        let others = || self.parties.iter().filter(|party| party.user() != Some(&leg.user));
        let remote = others().find(|party| party.user().is_none()).or_else(|| others().next());
        let own = self.parties.iter().find(|party| party.user() == Some(&leg.user)).map_or("", |party| &*party.address);
        let (remote_number, remote_name) = remote.map_or((&*self.dialed, ""), |party| (&*party.address, &*party.name));
        let outbound = leg.direction == Direction::Outbound;
        let local = if outbound { own } else { &*self.dialed };
        let external = self.parties.iter().any(|party| party.user().is_none());

        let mut all = self.attributes.clone();
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                all.entry(name.to_owned()).or_insert_with(|| value.to_owned());
            }
        };
        for name in ["Eic_CallId", "Eic_InteractionId"] {
            add(name, self.id.as_str());
        }
        for name in ["Eic_RemoteTn", "Eic_RemoteTnRaw", "Eic_RemoteAddress"] {
            add(name, remote_number);
        }
        for name in ["Eic_LocalTn", "Eic_LocalTnRaw", "Eic_LocalAddress"] {
            add(name, local);
        }
        add("Eic_ObjectType", object_type(self.kind));
        add("Eic_RemoteName", remote_name);
        add("Eic_UserName", leg.user.as_str());
        add("Eic_CallDirection", if outbound { "O" } else { "I" });
        add("Eic_CallType", if external { "E" } else { "I" });
        add("Eic_WorkgroupName", leg.offer.as_ref().map_or("", |offer| offer.queue.as_str()));
        add("Eic_AssignedWorkgroup", self.assigned.as_ref().map_or("", QueueId::as_str));
        all
    }
}

// === impl Party ===

impl Party {
    /// The agent; `None` for somebody outside.
    pub(super) fn user(&self) -> Option<&UserId> {
        match &self.end {
            End::Agent(leg) => Some(&leg.user),
            End::Outside(_) => None,
        }
    }

    /// Not merely being rung.
    pub(super) fn is_present(&self) -> bool {
        match &self.end {
            End::Agent(leg) => leg.state != InteractionState::Alerting,
            End::Outside(line) => matches!(line, Line::Connected | Line::Asked),
        }
    }

    pub(super) fn party_id(&self) -> PartyId {
        PartyId::new(format!("party-{}", self.no))
    }

    pub(super) fn to_domain(&self) -> domain::Party {
        domain::Party { id: self.party_id(), address: self.address.to_string(), name: self.name.to_string() }
    }
}

/// As CIC names it.
fn object_type(kind: InteractionKind) -> &'static str {
    match kind {
        InteractionKind::Call => "Call",
        InteractionKind::Callback => "Callback",
        InteractionKind::Chat => "Chat",
        InteractionKind::Email => "Email",
        InteractionKind::GenericObject => "Generic Object",
    }
}

/// The id that is written for a number.
pub(super) fn interaction_id(no: CallNo) -> InteractionId {
    InteractionId::new(no.to_string())
}

//! Two calls and more: alternating, consultation, transfer, conference, parties (icws §4.5, §4.6).
//!
//! A consultation is begun as CIC's own object where there is one, because only that can be concluded as a warm transfer. Where two calls
//! were not begun so (one came in while the other was held, or the session is a new one), joining them and leaving does the same.

use super::{
    super::{
        IcwsError,
        picture::{Consultation, MadeOf, Seen},
        refusals::of_destination,
        wire::{
            Id,
            interactions::{Audience, CallMadeStage, NewConsult, Target},
            queues::{QueueId, QueueType},
        },
    },
    Agent,
    calls::{target, with_data},
    lanes::Done,
};
use crate::domain::{EndCause, InteractionId, InteractionState, ItemId, Medium, PartyId, Refusal, SwitchAnswer};
use tokio::time::Instant;

use InteractionState::{Alerting, Connected, Dialing, Held};

impl Agent {
    /// Holds the one and picks up the other. With a consultation it is the matter of whom the agent hears.
    pub(super) async fn alternate(&self, hold: &InteractionId, pick_up: &InteractionId) -> Result<Done, Refusal> {
        let active = self.in_state(hold, &[Connected], "a connected call")?;
        let waiting = self.in_state(pick_up, &[Held], "a held call")?;
        Self::only_calls(&[&active, &waiting])?;
        let session = self.session()?;
        let audience = match (self.consultation(&active, &waiting), self.consultation(&waiting, &active)) {
            (Some(consultation), _) => Some((consultation, Audience::of(false, true))),
            (None, Some(consultation)) => Some((consultation, Audience::of(true, false))),
            (None, None) => None,
        };
        let done = Done::until_state(&waiting.interaction, &[Connected]);
        if let Some((consultation, audience)) = audience {
            match session.change_audience(&consultation.original, &consultation.id, audience).await {
                Ok(()) => return Ok(done),
                // A consultation whose object the server has given up is two calls.
                Err(IcwsError::Refused { .. }) => {}
                Err(error) => return Err(self.refusal(error)),
            }
        }
        self.set_hold(&active, true).await?;
        self.until_state(hold, &[Held]).await;
        self.set_hold(&waiting, false).await?;
        Ok(done)
    }

    /// Hangs up the one and picks up the other.
    pub(super) async fn reconnect(&self, drop: &InteractionId, pick_up: &InteractionId) -> Result<Done, Refusal> {
        let active = self.in_state(drop, &[Connected, Dialing], "a connected or dialled call")?;
        let held = self.in_state(pick_up, &[Held], "a held call")?;
        Self::only_calls(&[&active, &held])?;
        match self.consultation(&held, &active) {
            Some(consultation) => {
                let session = self.session()?;
                let cancelled = session.cancel_consult(&consultation.original, &consultation.id);
                match self.expecting_end(&[drop], EndCause::Dropped, cancelled).await {
                    Ok(()) => {}
                    Err(IcwsError::Refused { .. }) => self.hang_up(&active).await?,
                    Err(error) => return Err(self.refusal(error)),
                }
            }
            None => self.hang_up(&active).await?,
        }
        self.until_state(drop, &[]).await;
        // The end of a consultation may have brought the call back by itself.
        let state = self.state().picture.find(pick_up).map(|seen| seen.interaction.state);
        match state {
            Some(Held) => self.set_hold(&held, false).await?,
            Some(_) => {}
            None => return Err(Refusal::SwitchRefused(format!("call {pick_up} has ended"))),
        }
        Ok(Done::until_state(&held.interaction, &[Connected]))
    }

    /// Holds a call and dials somebody; the attached data goes along.
    pub(super) async fn consult(&self, call: &InteractionId, destination: &str) -> Result<Done, Refusal> {
        let seen = self.in_state(call, &[Connected, Held], "a connected call")?;
        Self::only_calls(&[&seen])?;
        let session = self.session()?;
        let target = self.target_for(destination, Medium::Call).await?;
        let shown = match &target {
            Target::Dial(number) => number.clone(),
            Target::Queue(queue) => queue.queue_name.to_string(),
        };
        let data = seen.interaction.attached_data.clone();
        let attributes = if session.features().consult_attributes() { with_data(data.as_deref()) } else { with_data(None) };
        let new = NewConsult { target, call_made_stage: Some(CallMadeStage::Allocated), additional_attributes: attributes };
        let made = session.consult(&seen.lead, &new).await.map_err(|error| of_destination(error, destination.trim(), &self.user))?;
        let consultation = Consultation { id: made.consult_id, original: seen.lead.clone(), joined: false, seen: false };
        let id = made.consult_interaction_id;
        self.state().picture.consulted(id.clone(), consultation);
        self.look();
        self.repeat_data(&id, data.as_deref()).await;
        Ok(self.made(&id, &shown, Some(call.clone()), data))
    }

    /// Joins a connected call into a held one.
    pub(super) async fn conference(&self, held: &InteractionId, connected: &InteractionId) -> Result<Done, Refusal> {
        let into = self.in_state(held, &[Held], "a held call")?;
        let from = self.in_state(connected, &[Connected], "a connected call")?;
        Self::only_calls(&[&into, &from])?;
        self.join(&into, &from).await?;
        let gone = connected.clone();
        let joined = held.clone();
        self.until(Instant::now() + super::EFFECT, move |state| state.picture.find(&gone).is_none()).await;
        let shown = self.state().picture.find(&joined).map(|seen| seen.interaction.clone());
        let answer = shown.map_or(SwitchAnswer::Accepted, |interaction| SwitchAnswer::Interaction(Box::new(interaction)));
        Ok(Done { answer, effect: None })
    }

    async fn join(&self, into: &Seen, from: &Seen) -> Result<(), Refusal> {
        let session = self.session()?;
        self.state().picture.expect_conference(&into.interaction.id, Instant::now());
        let made = match (&into.made_of, &from.made_of) {
            (MadeOf::Conference { parent, .. }, _) => {
                session.add_to_conference(parent, std::slice::from_ref(&from.lead)).await.map(|()| parent.clone())
            }
            (_, MadeOf::Conference { parent, .. }) => {
                session.add_to_conference(parent, std::slice::from_ref(&into.lead)).await.map(|()| parent.clone())
            }
            _ => session.conference(&[into.lead.clone(), from.lead.clone()]).await,
        };
        match made {
            Ok(id) => self.state().picture.conference_made(Some(id)),
            Err(refused @ IcwsError::Refused { .. }) => {
                self.state().picture.conference_made(None);
                // Without a conference of its own, a consultation can still let all three hear each other.
                let consultation = self.consultation(into, from).ok_or_else(|| self.refusal(refused))?;
                let all = Audience::of(true, true);
                session.change_audience(&consultation.original, &consultation.id, all).await.map_err(|error| self.refusal(error))?;
                self.state().picture.join_consultation(&from.lead, true);
            }
            Err(error) => {
                self.state().picture.conference_made(None);
                return Err(self.refusal(error));
            }
        }
        self.look();
        Ok(())
    }

    /// The held call goes to whom the consultation reached.
    pub(super) async fn complete_transfer(&self, call: &InteractionId, consultation: &InteractionId) -> Result<Done, Refusal> {
        let held = self.in_state(call, &[Held, Connected], "a held or connected call")?;
        let other = self.in_state(consultation, &[Connected, Held, Dialing], "a live consultation")?;
        Self::only_calls(&[&held, &other])?;
        if call == consultation {
            return Err(Refusal::SwitchRefused(format!("call {call} cannot be transferred to itself")));
        }
        let known = self.consultation(&held, &other).or_else(|| self.consultation(&other, &held));
        if let Some(known) = known {
            let session = self.session()?;
            let concluded = session.conclude_consult(&known.original, &known.id);
            match self.expecting_end(&[call, consultation], EndCause::Transferred, concluded).await {
                Ok(()) => return Ok(Done::until_gone(&held.interaction)),
                Err(IcwsError::Refused { .. }) if other.interaction.state != Dialing => {}
                Err(error) => return Err(self.refusal(error)),
            }
        }
        if other.interaction.state == Dialing {
            return Err(Refusal::SwitchRefused(format!(
                "call {consultation} is no consultation for {call}: it can be transferred when it was answered"
            )));
        }
        self.join_and_leave(&held, &other).await?;
        Ok(Done::until_gone(&held.interaction))
    }

    /// A warm transfer of two calls that are no consultation.
    async fn join_and_leave(&self, held: &Seen, other: &Seen) -> Result<(), Refusal> {
        self.join(held, other).await?;
        let (id, gone) = (held.interaction.id.clone(), other.interaction.id.clone());
        let joined = |seen: &Seen| !matches!(seen.made_of, MadeOf::One);
        let came = {
            let id = id.clone();
            self.until(Instant::now() + super::EFFECT, move |state| {
                state.picture.find(&gone).is_none() && state.picture.find(&id).is_some_and(joined)
            })
            .await
        };
        if !came {
            return Err(Refusal::SwitchTimeout);
        }
        let conference = self.seen(&id)?;
        match &conference.made_of {
            MadeOf::Joined { consulted } => self.conclude(&id, consulted, EndCause::Transferred).await,
            _ => self.end(&id, &conference.lead, EndCause::Transferred).await,
        }
    }

    /// The agent leaves a consultation whose parties hear each other.
    pub(super) async fn conclude(&self, id: &InteractionId, consulted: &Id, cause: EndCause) -> Result<(), Refusal> {
        let known = self.state().picture.consultation_of(consulted).cloned();
        let known = known.ok_or_else(|| Refusal::SwitchRefused(format!("call {id} has no consultation any more")))?;
        let session = self.session()?;
        let concluded = session.conclude_consult(&known.original, &known.id);
        self.expecting_end(&[id], cause, concluded).await.map_err(|error| self.refusal(error))
    }

    /// The call leaves the agent, whether or not anybody answers.
    pub(super) async fn blind_transfer(&self, call: &InteractionId, destination: &str) -> Result<Done, Refusal> {
        let seen = self.in_state(call, &[Connected, Held, Alerting], "a connected call")?;
        let target = self.target_for(destination, seen.interaction.medium()).await?;
        let session = self.session()?;
        let transferred = session.blind_transfer(&seen.lead, &target);
        let done = self.expecting_end(&[call], EndCause::Transferred, transferred).await;
        done.map_err(|error| of_destination(error, destination.trim(), &self.user))?;
        Ok(Done::until_gone(&seen.interaction))
    }

    /// One party of a conference is disconnected; that of a call is the call.
    pub(super) async fn drop_party(&self, call: &InteractionId, party: &PartyId) -> Result<Done, Refusal> {
        let seen = self.in_state(call, &[Connected, Held], "a connected call")?;
        if !seen.interaction.parties.iter().any(|each| each.id == *party) {
            return Err(Refusal::UnknownParty { party: party.to_string(), item: ItemId::new(call.as_str()) });
        }
        let entry = Id::from(party.as_str());
        match &seen.made_of {
            MadeOf::Conference { .. } => {
                self.session()?.disconnect(&entry).await.map_err(|error| self.refusal(error))?;
                let (id, party) = (call.clone(), party.clone());
                Ok(Done::until(move |state| {
                    state.picture.find(&id).is_none_or(|seen| seen.interaction.parties.iter().all(|each| each.id != party))
                }))
            }
            MadeOf::Joined { .. } => {
                self.session()?.disconnect(&entry).await.map_err(|error| self.refusal(error))?;
                Ok(Done::at_once())
            }
            MadeOf::One | MadeOf::Callback { .. } => {
                // As if the other side had gone: it is the agent who stays.
                self.end(call, &seen.lead, EndCause::RemoteDisconnect).await?;
                Ok(Done::until_gone(&seen.interaction))
            }
        }
    }

    /// The agent leaves a conference that goes on without him.
    pub(super) async fn leave(&self, id: &InteractionId) -> Result<Done, Refusal> {
        let seen = self.in_state(id, &[Connected, Held], "a connected call")?;
        if seen.interaction.parties.len() < 2 {
            return Err(Refusal::SwitchRefused(format!("call {id} is no conference: nobody would be left in it")));
        }
        match &seen.made_of {
            MadeOf::Joined { consulted } => self.conclude(id, consulted, EndCause::Dropped).await?,
            _ => self.end(id, &seen.lead, EndCause::Dropped).await?,
        }
        Ok(Done::until_gone(&seen.interaction))
    }

    fn consultation(&self, call: &Seen, consulted: &Seen) -> Option<Consultation> {
        self.state().picture.consultation(call, consulted).cloned()
    }

    /// Where something goes: what is heard goes to a number; what is read goes to a queue, as it has no number.
    async fn target_for(&self, destination: &str, medium: Medium) -> Result<Target, Refusal> {
        let written = target(destination)?;
        let Some(found) = self.shared.destination(&written).await else { return Ok(Target::Dial(written)) };
        let queue = || {
            let kind = if found.is_workgroup { QueueType::Workgroup } else { QueueType::User };
            Target::Queue(QueueId::new(kind, found.name.as_str()))
        };
        Ok(if medium == Medium::Call && !found.number.is_empty() { Target::Dial(found.number.clone()) } else { queue() })
    }
}

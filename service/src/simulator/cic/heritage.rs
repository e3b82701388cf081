//! What the active one of a pair in two processes hands on to the other one while it works, so that it is there when the first is not any more:
//! the agents' statuses, and the calls in which people talk. One line of JSON for each change, and an empty line each second.
//!
//! The reference (§8) says only that live calls may survive. Here those do that a media server could keep by itself: everybody in them talks
//! or is held. What rings, is being dialled or waits is lost, as are chats, callbacks, e-mails and objects, sessions, subscriptions,
//! consultations as objects of their own, and who listens.

use super::{Cic, Mode, book::Conference, mirror::Mirror};
use crate::{
    domain::{Direction, InteractionId, InteractionKind, InteractionState, SwitchEvent, UserId},
    switch::embedded::{LeftCall, LeftLeg, LeftParty, Legacy, Observation, Sight},
};
use hyper::body::Bytes;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::sync::mpsc;

/// How often something is said although nothing happens.
pub(super) const BEAT: Duration = Duration::from_secs(1);
/// Pieces that may wait for their reader.
const PIECES: usize = 64;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "about")]
pub(super) enum Line {
    /// An agent has this status.
    Status { user: String, status: String, since: i64 },
    /// A call goes on like this.
    Call(Kept),
    /// A call is over, or nothing that goes on any more.
    Over { call: String },
}

/// A call that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    call: String,
    assigned: Option<String>,
    parties: Vec<KeptParty>,
    dialed: String,
    attributes: BTreeMap<String, String>,
    attached_data: Option<String>,
    /// The conference that it is.
    conference: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeptParty {
    address: String,
    name: String,
    /// The agent.
    leg: Option<KeptLeg>,
    /// His id as a member of the conference.
    member: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeptLeg {
    user: String,
    held: bool,
    outbound: bool,
    queue: Option<String>,
    consultation_for: Option<String>,
    since: i64,
}

/// All that was handed on.
#[derive(Debug, Default)]
pub(super) struct Heritage {
    statuses: BTreeMap<String, (String, i64)>,
    calls: BTreeMap<String, Kept>,
}

// === impl Cic ===

impl Cic {
    /// What this one hands on from now on, while it is active.
    pub(super) fn hand_on(&self) -> mpsc::Receiver<Bytes> {
        let (pieces, stream) = mpsc::channel(PIECES);
        let cic = self.clone();
        tokio::spawn(async move {
            let mut mode = cic.0.mode.subscribe();
            let write = cic.write_to(&pieces);
            tokio::select! {
                () = write => {}
                () = pieces.closed() => {}
                // Whoever is not active any more has nothing to hand on.
                _ = mode.wait_for(|mode| *mode != Mode::Active) => {}
            }
        });
        stream
    }

    async fn write_to(&self, pieces: &mpsc::Sender<Bytes>) {
        let Some(observer) = self.outside().observe().await else { return };
        let mut mirror = Mirror::default();
        let mut told = BTreeSet::new();
        loop {
            let (mut calls, mut users) = (BTreeSet::new(), BTreeSet::new());
            for observation in observer.take() {
                match &observation {
                    Observation::Agent(_, SwitchEvent::Interaction(interaction)) => drop(calls.insert(interaction.id.clone())),
                    Observation::Agent(user, _) => drop(users.insert(user.clone())),
                    Observation::Call(sight) => drop(calls.insert(sight.call.clone())),
                    Observation::Over { call, .. } => drop(calls.insert(call.clone())),
                }
                mirror.apply(observation, 0, &mut super::mirror::Changes::default());
            }
            let statuses = users.iter().filter_map(|user| status(user, &mirror));
            let calls = calls.iter().filter_map(|call| {
                let kept = mirror.calls.get(call).and_then(|sight| {
                    let conference = self.with(|state| state.scene.book.conference(call).cloned());
                    kept(sight, conference.as_ref(), &mirror)
                });
                match kept {
                    Some(kept) => {
                        told.insert(call.clone());
                        Some(Line::Call(kept))
                    }
                    None => told.remove(call).then(|| Line::Over { call: call.to_string() }),
                }
            });
            let mut text = String::new();
            for line in statuses.chain(calls) {
                text += &serde_json::to_string(&line).unwrap_or_default();
                text.push('\n');
            }
            if text.is_empty() {
                text.push('\n');
            }
            if pieces.send(Bytes::from(text)).await.is_err() {
                return;
            }
            // Either way there is something to say.
            let _ = tokio::time::timeout(BEAT, observer.changed()).await;
        }
    }
}

fn status(user: &UserId, mirror: &Mirror) -> Option<Line> {
    let status = mirror.persons.get(user)?.status.as_ref()?;
    Some(Line::Status { user: user.to_string(), status: status.name.to_string(), since: status.since })
}

/// `None`: it is none that goes on.
fn kept(sight: &Sight, conference: Option<&Conference>, mirror: &Mirror) -> Option<Kept> {
    if sight.kind != InteractionKind::Call || sight.waiting.is_some() {
        return None;
    }
    let mut parties = Vec::new();
    for (party, user) in &sight.parties {
        let leg = match user {
            None => None,
            Some(user) => {
                let leg = mirror.persons.get(user).and_then(|person| person.interactions.get(&sight.call))?;
                match leg.state {
                    InteractionState::Connected | InteractionState::Held => {}
                    InteractionState::Dialing => return None,
                    _ => continue,
                }
                Some(KeptLeg {
                    user: user.to_string(),
                    held: leg.state == InteractionState::Held,
                    outbound: leg.direction == Direction::Outbound,
                    queue: leg.queue.as_ref().map(ToString::to_string),
                    consultation_for: leg.consultation_for.as_ref().map(ToString::to_string),
                    since: leg.since,
                })
            }
        };
        let members = conference.into_iter().flat_map(|conference| &conference.members);
        let member = members.into_iter().find(|(each, _)| *each == party.id).map(|(_, id)| id.clone());
        parties.push(KeptParty { address: party.address.clone(), name: party.name.clone(), leg, member });
    }
    let talks = parties.len() > 1 && parties.iter().any(|party| party.leg.is_some());
    talks.then(|| Kept {
        call: sight.call.to_string(),
        assigned: sight.assigned.as_ref().map(ToString::to_string),
        parties,
        dialed: sight.dialed.to_string(),
        attributes: sight.attributes.clone(),
        attached_data: sight.attached_data.as_deref().map(ToOwned::to_owned),
        conference: conference.map(|conference| conference.id.clone()),
    })
}

// === impl Heritage ===

impl Heritage {
    pub(super) fn hear(&mut self, line: Line) {
        match line {
            Line::Status { user, status, since } => drop(self.statuses.insert(user, (status, since))),
            Line::Call(kept) => drop(self.calls.insert(kept.call.clone(), kept)),
            Line::Over { call } => drop(self.calls.remove(&call)),
        }
    }

    /// The conferences among the calls: their ids, and those of their members in the order of the parties.
    pub(super) fn conferences(&self) -> Vec<(InteractionId, String, Vec<Option<String>>)> {
        let conferences = self.calls.values().filter_map(|kept| {
            let members = kept.parties.iter().map(|party| party.member.clone()).collect();
            Some((InteractionId::new(kept.call.as_str()), kept.conference.clone()?, members))
        });
        conferences.collect()
    }
}

impl From<Heritage> for Legacy {
    fn from(heritage: Heritage) -> Self {
        let statuses = heritage.statuses.into_iter().map(|(user, (status, since))| (user.as_str().into(), status.into(), since));
        let calls = heritage.calls.into_values().map(|kept| LeftCall {
            call: kept.call.as_str().into(),
            assigned: kept.assigned.as_deref().map(Into::into),
            parties: kept.parties.into_iter().map(Into::into).collect(),
            dialed: kept.dialed.into(),
            attributes: kept.attributes,
            attached_data: kept.attached_data.map(Into::into),
        });
        Self { statuses: statuses.collect(), calls: calls.collect() }
    }
}

impl From<KeptParty> for LeftParty {
    fn from(party: KeptParty) -> Self {
        let leg = party.leg.map(|leg| LeftLeg {
            user: leg.user.as_str().into(),
            held: leg.held,
            outbound: leg.outbound,
            queue: leg.queue.as_deref().map(Into::into),
            consultation_for: leg.consultation_for.as_deref().map(Into::into),
            since: leg.since,
        });
        Self { address: party.address.into(), name: party.name.into(), leg }
    }
}

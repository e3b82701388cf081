//! The embedded switch as it was last observed: every agent with his status and his interactions, every call.

use crate::{
    domain::{AgentStatus, EndCause, Interaction, InteractionId, InteractionState, QueueId, SwitchEvent, UserId},
    switch::embedded::{Observation, Sight},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// See the module.
#[derive(Default)]
pub(super) struct Mirror {
    pub(super) persons: BTreeMap<UserId, Person>,
    pub(super) calls: BTreeMap<InteractionId, Sight>,
    pub(super) figures: HashMap<QueueId, Figures>,
}

/// What has become of a workgroup's interactions.
#[derive(Clone, Debug, Default)]
pub(super) struct Figures {
    pub(super) answered: u32,
    /// They ended before anybody answered.
    pub(super) abandoned: u32,
    /// They ended after somebody answered.
    pub(super) completed: u32,
    /// All their seconds at agents until they were answered, and from then on.
    pub(super) waited: i64,
    pub(super) talked: i64,
}

/// An agent.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    pub(super) status: Option<AgentStatus>,
    pub(super) interactions: BTreeMap<InteractionId, Interaction>,
    /// When each was first connected, seconds since 1970 UTC.
    pub(super) connected: BTreeMap<InteractionId, i64>,
    /// When he began or stopped to talk.
    pub(super) phone_changed: i64,
}

/// What an observation came to.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) users: BTreeSet<UserId>,
    pub(super) workgroups: BTreeSet<QueueId>,
    /// Interactions that left an agent, as they were last.
    pub(super) ended: Vec<(UserId, Interaction, EndCause)>,
    /// Calls that are over, and whose voicemail took them.
    pub(super) over: Vec<(InteractionId, Option<UserId>)>,
    /// Whom the switch itself has logged off.
    pub(super) logged_off: Vec<UserId>,
}

// === impl Mirror ===

impl Mirror {
    /// Takes over what has happened.
    pub(super) fn apply(&mut self, observation: Observation, unix: i64, changes: &mut Changes) {
        match observation {
            Observation::Agent(user, event) => {
                changes.users.insert(user.clone());
                self.agent(user, event, unix, changes);
            }
            Observation::Call(sight) => {
                let before = self.calls.insert(sight.call.clone(), sight.clone());
                for seen in [before.as_ref(), Some(&sight)].into_iter().flatten() {
                    changes.touch(seen);
                }
            }
            Observation::Over { call, voicemail } => {
                if let Some(sight) = self.calls.remove(&call) {
                    changes.touch(&sight);
                    if let Some((queue, _)) = &sight.waiting {
                        self.count(queue).abandoned += 1;
                    }
                }
                changes.over.push((call, voicemail));
            }
        }
    }

    fn agent(&mut self, user: UserId, event: SwitchEvent, unix: i64, changes: &mut Changes) {
        let person = self.persons.entry(user.clone()).or_default();
        match event {
            SwitchEvent::Snapshot { status, interactions } => {
                person.status = Some(status);
                person.interactions = interactions.into_iter().map(|each| (each.id.clone(), each)).collect();
            }
            SwitchEvent::Status(status) => person.status = Some(status),
            SwitchEvent::Interaction(interaction) => {
                let talked = person.is_on_phone();
                let before = person.interactions.get(&interaction.id).map(|before| before.state);
                let queue = interaction.queue.clone();
                changes.workgroups.extend(queue.clone());
                if let InteractionState::Ended(cause) = interaction.state {
                    person.interactions.remove(&interaction.id);
                    let connected = person.connected.remove(&interaction.id);
                    if let (Some(queue), Some(connected)) = (&queue, connected) {
                        let figures = self.count(queue);
                        figures.completed += 1;
                        figures.talked += unix - connected;
                    }
                    if before == Some(InteractionState::Alerting)
                        && cause == EndCause::RemoteDisconnect
                        && let Some(queue) = &queue
                    {
                        self.count(queue).abandoned += 1;
                    }
                    changes.ended.push((user.clone(), interaction, cause));
                } else {
                    if interaction.state == InteractionState::Connected {
                        person.connected.entry(interaction.id.clone()).or_insert(unix);
                    }
                    let answered = before == Some(InteractionState::Alerting) && interaction.state != InteractionState::Alerting;
                    let rang = unix - interaction.since;
                    person.interactions.insert(interaction.id.clone(), interaction);
                    if answered && let Some(queue) = &queue {
                        let figures = self.count(queue);
                        figures.answered += 1;
                        figures.waited += rang;
                    }
                }
                let person = self.persons.entry(user).or_default();
                if talked != person.is_on_phone() {
                    person.phone_changed = unix;
                }
            }
            SwitchEvent::LoggedOff => changes.logged_off.push(user),
            SwitchEvent::Connection(_) => {}
        }
    }

    fn count(&mut self, queue: &QueueId) -> &mut Figures {
        self.figures.entry(queue.clone()).or_default()
    }
}

// === impl Person ===

impl Person {
    /// Does he talk, dial or hear?
    pub(super) fn is_on_phone(&self) -> bool {
        use InteractionState::{Connected, Dialing, Held};
        let on = |each: &Interaction| each.medium() == crate::domain::Medium::Call && matches!(each.state, Connected | Dialing | Held);
        self.interactions.values().any(on)
    }
}

// === impl Changes ===

impl Changes {
    fn touch(&mut self, sight: &Sight) {
        self.users.extend(sight.parties.iter().filter_map(|(_, user)| user.clone()));
        self.workgroups.extend(sight.waiting.iter().map(|(queue, _)| queue.clone()));
        self.workgroups.extend(sight.assigned.clone());
    }

    /// Is there nothing to look at?
    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty() && self.workgroups.is_empty() && self.over.is_empty()
    }
}

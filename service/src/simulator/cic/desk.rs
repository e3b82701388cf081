//! Who asks: a session, its user, and what he may touch.

use super::{
    Cic,
    answer::Problem,
    picture::{Item, Role},
    queues::Key,
    site::Right,
    state::State,
};
use crate::domain::{InteractionId, InteractionState, Refusal, SwitchAnswer, SwitchRequest, UserId};

/// A session that asks.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) cic: Cic,
    /// The session.
    pub(super) id: String,
    pub(super) user: UserId,
    pub(super) is_super: bool,
}

/// An interaction that a request is about.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) call: InteractionId,
    pub(super) role: Role,
    /// The asking user's state in it; `None`: it is somebody else's, or waits.
    pub(super) state: Option<InteractionState>,
}

// === impl Desk ===

impl Desk {
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        self.cic.with(look)
    }

    /// Has the super user this right? Nobody else has any.
    pub(super) fn may(&self, right: Right) -> bool {
        self.is_super && self.with(|state| state.scene.site.rights.contains(&right))
    }

    /// May he see this queue?
    pub(super) fn sees(&self, state: &State, kind: i64, key: &Key) -> bool {
        let has = |right| self.is_super && state.scene.site.rights.contains(&right);
        match key {
            Key::User(user) if *user == self.user => true,
            Key::User(_) if kind == 3 => has(Right::StationQueues),
            Key::User(_) => has(Right::UserQueues),
            Key::Workgroup(queue) => {
                let member = state.scene.workgroup(queue.as_str()).is_some_and(|workgroup| workgroup.members.contains(&self.user));
                member || has(Right::Workgroups)
            }
        }
    }

    /// The interaction of this id. One of somebody else is out of reach but for the super user; one that waits, for members of its workgroup.
    pub(super) fn target(&self, id: &str) -> Result<Target, Problem> {
        self.with(|state| {
            let scene = &state.scene;
            let own = scene.queues.live(&Key::User(self.user.clone())).find(|item| item.id == id);
            let state_of = |item: &Item| {
                let person = scene.mirror.persons.get(&self.user)?;
                person.interactions.get(&item.call).map(|each| each.state)
            };
            if let Some(item) = own {
                return Ok(Target { call: item.call.clone(), role: item.role.clone(), state: state_of(item) });
            }
            match scene.queues.find(id) {
                Some((key, item)) if self.is_super || matches!(key, Key::Workgroup(_)) && self.sees(state, 2, key) => {
                    Ok(Target { call: item.call.clone(), role: item.role.clone(), state: None })
                }
                Some(_) => Err(Problem::denied(format!("Interaction {id} is in another queue."))),
                None if scene.queues.items(&Key::User(self.user.clone())).any(|shown| shown.item.id == id) => {
                    Err(Problem::state(format!("Interaction {id} is disconnected.")))
                }
                None => Err(Problem::not_found(format_args!("Interaction {id}"))),
            }
        })
    }

    /// Has the asking user this interaction, in this state?
    pub(super) fn has(&self, interaction: &InteractionId, state: InteractionState) -> bool {
        self.with(|all| {
            let person = all.scene.mirror.persons.get(&self.user);
            person.and_then(|person| person.interactions.get(interaction)).is_some_and(|each| each.state == state)
        })
    }

    /// Asks the switch for its user.
    pub(super) async fn request(&self, request: SwitchRequest) -> Result<SwitchAnswer, Problem> {
        self.request_for(&self.user, request).await
    }

    /// Asks the switch for a user, who must have a station.
    pub(super) async fn request_for(&self, user: &UserId, request: SwitchRequest) -> Result<SwitchAnswer, Problem> {
        let line = self.with(|state| state.lines.get(user).cloned());
        let line = line.ok_or_else(|| Problem::state("The session is not logged on to a station."))?;
        match line.request(request).await {
            Ok(answer) => Ok(answer),
            // The other one of a pair has taken the user over.
            Err(Refusal::NotLoggedOn(_)) => Err(Problem::session_gone()),
            Err(refusal) => Err(refusal.into()),
        }
    }
}

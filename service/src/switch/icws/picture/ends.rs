//! Why an interaction left its agent: what he asked for, else the letter of its state, else what it was doing (icws §4.1, §4.9).

use super::{MadeOf, Picture, Seen};
use crate::{
    domain::{EndCause, InteractionId, InteractionState},
    switch::icws::{
        interaction::{self, Gone, Stage},
        wire::Id,
    },
};
use std::collections::BTreeMap;

impl Picture {
    /// `live` is what the agent has now.
    pub(super) fn cause(&self, seen: &Seen, live: &BTreeMap<InteractionId, Seen>) -> EndCause {
        let was = seen.interaction.state;
        if was == InteractionState::Listening {
            return EndCause::ListenEnded;
        }
        if live.values().any(|other| swallows(other, seen)) {
            return EndCause::Conferenced;
        }
        if let Some((cause, _)) = self.asked.get(&seen.interaction.id) {
            return *cause;
        }
        match (self.letter(seen), was) {
            // Who hangs up a dialled call himself has asked for it; the telephone network's own "no" may carry either letter.
            (_, InteractionState::Dialing) => EndCause::Failed,
            (Some(Gone::Here), _) => EndCause::Dropped,
            (Some(Gone::There), _) => EndCause::RemoteDisconnect,
            (Some(Gone::Elsewhere) | None, InteractionState::Alerting) => EndCause::Rerouted,
            (Some(Gone::Elsewhere) | None, _) => EndCause::Transferred,
        }
    }

    /// How it says that it ended; `None`: it has left the queue without saying.
    fn letter(&self, seen: &Seen) -> Option<Gone> {
        let parent = match &seen.made_of {
            MadeOf::Conference { parent: other, .. } | MadeOf::Callback { callback: other } => Some(other),
            MadeOf::One | MadeOf::Joined { .. } => None,
        };
        let of = |id: &Id| match self.entry(id).map(|entry| interaction::stage(&entry.attributes)) {
            Some(Stage::Gone(gone)) => Some(gone),
            _ => None,
        };
        of(&seen.lead).or_else(|| parent.and_then(of))
    }
}

/// Is the one a part of the other now?
fn swallows(other: &Seen, seen: &Seen) -> bool {
    match &other.made_of {
        MadeOf::Conference { members, .. } => members.contains(&seen.lead),
        MadeOf::Joined { consulted } => *consulted == seen.lead,
        MadeOf::One | MadeOf::Callback { .. } => false,
    }
}

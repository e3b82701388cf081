//! What a session adds to its agent's timeline: what the switch says and answers, how the agent stands after a change, beginning and end.

use super::{Session, ask::Asked};
use crate::{
    agents::pending::Outcome,
    domain::{Connection, EndReason, SwitchEvent},
    telemetry::SwitchOutcome,
    timeline::{Entry, ItemState, Kind, States, TIMELINES},
};
use std::sync::Arc;

// === impl Session ===

impl Session {
    /// The session has begun.
    pub(super) fn story_begins(&self) {
        TIMELINES.note(&self.user, Entry { outcome: "logged_on", ..Entry::new(Kind::Session, "session") });
    }

    /// It has ended.
    pub(super) fn story_ends(&self, reason: Option<EndReason>) {
        let why = match reason {
            None => "SAP asked for it",
            Some(EndReason::LoggedOnAgain) => "the same user has logged on again",
            Some(EndReason::LoggedOff) => "he was logged off, or SAP is gone",
            Some(EndReason::Shutdown) => "the service ends",
            Some(EndReason::SwitchLost) => "the switch is lost",
        };
        TIMELINES.note(&self.user, Entry { outcome: "logged_off", detail: why.into(), ..Entry::new(Kind::Session, "session") });
    }

    /// The switch has said something.
    pub(super) fn story_hears(&self, event: &SwitchEvent) {
        let said = |name| Entry::new(Kind::Said, name);
        let entry = match event {
            SwitchEvent::Snapshot { status, interactions } => {
                Entry { detail: format!("{}, interactions: {}", status.name, interactions.len()).into(), ..said("snapshot") }
            }
            SwitchEvent::Interaction(interaction) => Entry {
                interaction: Some(interaction.id.clone()),
                item: self.agent.item_of(&interaction.id),
                outcome: interaction.state.word(),
                ..said("interaction")
            },
            SwitchEvent::Status(status) => Entry { detail: (&*status.name).into(), ..said("status") },
            SwitchEvent::Connection(connection) => Entry { outcome: word(*connection), ..said("connection") },
            SwitchEvent::LoggedOff => said("logged_off"),
        };
        TIMELINES.note(&self.user, entry);
    }

    /// It has answered.
    pub(super) fn story_answers(&self, Asked { request, interaction, at }: Asked, outcome: &Outcome, judged: SwitchOutcome) {
        let detail = outcome.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let item = interaction.as_ref().and_then(|interaction| self.agent.item_of(interaction));
        let entry = Entry { interaction, item, outcome: judged.word(), detail: detail.into(), ..Entry::new(Kind::Request, request) };
        TIMELINES.note(&self.user, entry.after(at.elapsed()));
    }

    /// How he stands on both sides, where that is news.
    pub(super) fn story_stands(&mut self) {
        let (workmode, workmode_text) = self.agent.workmode(&self.rules);
        let items = self.agent.standing().map(|(item, told)| ItemState {
            item: item.id.clone(),
            told: told.map(crate::domain::CallStatus::word),
            interaction: item.interaction().map(|interaction| interaction.id.clone()),
            state: item.word(),
        });
        let states = States {
            workmode: workmode.0,
            workmode_text,
            status: Arc::clone(&self.agent.status.name),
            connection: word(self.agent.connection),
            items: items.collect(),
        };
        if self.stood.as_deref() != Some(&states) {
            let states = Arc::new(states);
            self.stood = Some(Arc::clone(&states));
            TIMELINES.note(&self.user, Entry { states: Some(states), ..Entry::new(Kind::State, "state") });
        }
    }
}

fn word(connection: Connection) -> &'static str {
    match connection {
        Connection::Up => "up",
        Connection::Down => "down",
        Connection::Reconnecting => "reconnecting",
    }
}

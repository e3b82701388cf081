//! One conversation event, with the fields of the guide's appendix A and what else a sink may need; how it is kept, and how it looks in words. How
//! it is written for the other side is in `avro` and `injection`.
//!
//! It is kept as JSON: a field that came later is optional, so that what an older version has written down is still read.

use super::ids::Ids;
use crate::domain::{Criterion, InteractionKind, Level, Step, Turn};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The guide gives `IvrDisposed` the number of `IVR_EnterLevel` and `IvrMilestone` that of `IVR_ExitLevel` (appendix A), though one would expect
/// it the other way round by their names. It is done as written; this turns it.
const DISPOSED_IS_ENTERED: bool = true;

/// An event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Event {
    /// Ours, for whoever takes it twice; not a field of the appendix.
    pub(super) id: Uuid,
    pub(super) organization: Uuid,
    pub(super) conversation: Uuid,
    /// Seconds since 1970.
    pub(super) created: i64,
    pub(super) contact: Uuid,
    pub(super) media: Media,
    pub(super) body: Body,
}

/// What sets one kind from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Body {
    Abandoned {
        queue: Uuid,
    },
    AgentConnected {
        queue: Uuid,
        /// Who; the appendix leaves him out. `None`: it was written down before he was told of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<Uuid>,
        criteria: Vec<Wanted>,
    },
    AgentWrappedup {
        queue: Uuid,
        agent: Uuid,
        code: String,
    },
    Enqueued {
        queue: Uuid,
        criteria: Vec<Wanted>,
    },
    IvrDisposed {
        flow: String,
        code: i32,
    },
    IvrMilestone {
        flow: String,
        code: i32,
    },
    AgentLeft {
        agent: Uuid,
    },
}

/// A skill that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) skill: String,
    pub(super) least: i32,
    pub(super) most: i32,
}

/// As the public interface names media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Media {
    Voice,
    Callback,
    Chat,
    Email,
    Message,
}

/// The kinds: the guide's six in the order of the schema's union, and one that only the organisation's own interface has a counterpart for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Nobody answered in time.
    Abandoned,
    /// An agent answered.
    AgentConnected,
    /// An agent finished the work after it.
    AgentWrappedup,
    /// It came into a queue.
    Enqueued,
    /// A level of the voice menus was entered.
    IvrDisposed,
    /// One was left.
    IvrMilestone,
    /// An agent who had answered has no part in it any more.
    AgentLeft,
}

// === impl Event ===

impl Event {
    /// The event of a turn; `sequence` tells apart what happened in one second.
    pub(super) fn of(turn: Turn, ids: Ids, sequence: u64) -> Self {
        let conversation = ids.conversation(&turn.conversation);
        let contact = ids.contact(&turn);
        let body = match turn.step {
            Step::Enqueued { queue, wanted } => Body::Enqueued { queue: ids.queue(queue.as_str()), criteria: criteria(wanted) },
            Step::Abandoned { queue } => Body::Abandoned { queue: ids.queue(queue.as_str()) },
            Step::Connected { queue, agent, wanted } => Body::AgentConnected {
                queue: ids.queue(queue.as_str()),
                agent: Some(ids.agent(agent.as_str())),
                criteria: criteria(wanted),
            },
            Step::Left { agent, .. } => Body::AgentLeft { agent: ids.agent(agent.as_str()) },
            Step::WrappedUp { queue, agent, code } => {
                Body::AgentWrappedup { queue: ids.queue(queue.as_str()), agent: ids.agent(agent.as_str()), code: (*code).to_owned() }
            }
            Step::LevelEntered(level) => menu(level, DISPOSED_IS_ENTERED),
            Step::LevelLeft(level) => menu(level, !DISPOSED_IS_ENTERED),
        };
        let media = match turn.kind {
            InteractionKind::Call => Media::Voice,
            InteractionKind::Callback => Media::Callback,
            InteractionKind::Chat => Media::Chat,
            InteractionKind::Email => Media::Email,
            InteractionKind::GenericObject => Media::Message,
        };
        let id = Ids::event(conversation, body.kind().name(), turn.at, sequence);
        Self { id, organization: ids.0, conversation, created: turn.at, contact, media, body }
    }

    /// As it is kept.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// `None`: it is none.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

// === impl Body ===

impl Body {
    pub(super) fn kind(&self) -> EventKind {
        match self {
            Self::Abandoned { .. } => EventKind::Abandoned,
            Self::AgentConnected { .. } => EventKind::AgentConnected,
            Self::AgentWrappedup { .. } => EventKind::AgentWrappedup,
            Self::Enqueued { .. } => EventKind::Enqueued,
            Self::IvrDisposed { .. } => EventKind::IvrDisposed,
            Self::IvrMilestone { .. } => EventKind::IvrMilestone,
            Self::AgentLeft { .. } => EventKind::AgentLeft,
        }
    }
}

// === impl Media ===

impl Media {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Voice => "VOICE",
            Self::Callback => "CALLBACK",
            Self::Chat => "CHAT",
            Self::Email => "EMAIL",
            Self::Message => "MESSAGE",
        }
    }
}

// === impl EventKind ===

impl EventKind {
    /// All of them, by their places.
    pub const ALL: [Self; 7] = [
        Self::Abandoned,
        Self::AgentConnected,
        Self::AgentWrappedup,
        Self::Enqueued,
        Self::IvrDisposed,
        Self::IvrMilestone,
        Self::AgentLeft,
    ];

    /// Its name; of the guide's six the guide's, without `Conversation`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Abandoned => "Abandoned",
            Self::AgentConnected => "AgentConnected",
            Self::AgentWrappedup => "AgentWrappedup",
            Self::Enqueued => "Enqueued",
            Self::IvrDisposed => "IvrDisposed",
            Self::IvrMilestone => "IvrMilestone",
            Self::AgentLeft => "AgentLeft",
        }
    }

    /// Its place: of the guide's six that in the schema's union.
    pub(super) fn place(self) -> u8 {
        match self {
            Self::Abandoned => 0,
            Self::AgentConnected => 1,
            Self::AgentWrappedup => 2,
            Self::Enqueued => 3,
            Self::IvrDisposed => 4,
            Self::IvrMilestone => 5,
            Self::AgentLeft => 6,
        }
    }
}

fn criteria(wanted: Vec<Criterion>) -> Vec<Wanted> {
    wanted.into_iter().map(|one| Wanted { skill: (*one.skill).to_owned(), least: one.least, most: one.most }).collect()
}

fn menu(Level { path, code }: Level, disposed: bool) -> Body {
    let flow = (*path).to_owned();
    if disposed { Body::IvrDisposed { flow, code } } else { Body::IvrMilestone { flow, code } }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;
    use crate::domain::UserId;

    /// One of each kind.
    pub(in super::super) fn turns(conversation: &str, at: i64) -> Vec<Turn> {
        let queue = || "Support".into();
        let wanted = || vec![Criterion { skill: "Category:Billing".into(), least: 100, most: 100 }];
        let level = |code| Level { path: "Main/Billing".into(), code };
        let steps = [
            Step::LevelEntered(level(7)),
            Step::LevelLeft(level(8)),
            Step::Enqueued { queue: queue(), wanted: wanted() },
            Step::Abandoned { queue: queue() },
            Step::Connected { queue: queue(), agent: UserId::new("anna"), wanted: wanted() },
            Step::Left { queue: queue(), agent: UserId::new("anna") },
            Step::WrappedUp { queue: queue(), agent: UserId::new("anna"), code: "Sold".into() },
        ];
        let turn = |step| Turn { conversation: conversation.into(), at, kind: InteractionKind::Call, remote: "+4930".into(), step };
        steps.into_iter().map(turn).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_pairs_disposed_with_entering_a_level_and_milestone_with_leaving_it() {
        let ids = Ids(Uuid::from_u128(7));
        let events: Vec<_> = samples::turns("1", 3).into_iter().map(|turn| Event::of(turn, ids, 0)).collect();
        assert_eq!(events[0].body, Body::IvrDisposed { flow: "Main/Billing".into(), code: 7 });
        assert_eq!(events[1].body, Body::IvrMilestone { flow: "Main/Billing".into(), code: 8 });
        assert!(events.iter().all(|event| Event::from_bytes(&event.to_bytes()).as_ref() == Some(event)));
    }

    #[test]
    fn what_an_older_version_has_written_down_is_still_read() {
        let kept = r#"{"id":"0198e0f5-0000-5000-8000-000000000001","organization":"0198e0f5-0000-5000-8000-000000000002",
            "conversation":"0198e0f5-0000-5000-8000-000000000003","created":3,"contact":"0198e0f5-0000-5000-8000-000000000004",
            "media":"VOICE","body":{"kind":"agent_connected","queue":"0198e0f5-0000-5000-8000-000000000005","criteria":[]}}"#;
        let event = Event::from_bytes(kept.as_bytes()).unwrap();
        let queue = Uuid::from_u128(0x0198_e0f5_0000_5000_8000_0000_0000_0005);
        assert_eq!(event.body, Body::AgentConnected { queue, agent: None, criteria: Vec::new() });
    }

    #[test]
    fn the_same_turn_has_the_same_event_id_and_another_in_the_same_second_has_not() {
        let ids = Ids(Uuid::from_u128(7));
        let event = |sequence| Event::of(samples::turns("1", 3).remove(2), ids, sequence).id;
        assert_eq!(event(4), event(4));
        assert_ne!(event(4), event(5));
    }
}

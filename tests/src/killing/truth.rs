//! What a switch that goes on has, held against what SAP shows: nothing is missing, nothing is there twice, nothing has another id or other
//! data, nothing that was written is lost.

use super::{Model, report::Channel, screen::Shown};
use crate::cic::Cic;
use serde_json::Value;

/// SAP shows no more of one agent (guide: six interactions).
const SHOWN_AT_MOST: usize = 6;

/// What the switch has.
pub(super) struct Truth(Value);

/// One interaction of an agent.
struct Had<'a> {
    id: &'a str,
    channel: Channel,
    outbound: bool,
    data: &'a str,
    written: Vec<&'a str>,
}

// === impl Truth ===

impl Truth {
    /// Asks it.
    pub(super) fn of(cic: &Cic) -> Self {
        let answer = cic.ask("GET", "/agents", "");
        Self(serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}")))
    }

    /// What is otherwise on SAP's screen; empty: they agree.
    pub(super) fn against(&self, agent: &Model) -> Vec<String> {
        let had = self.had_by(agent.user());
        let shown: Vec<(&String, &Shown)> = agent.screen.alive().collect();
        let mut wrong = Vec::new();
        // In an order that both have: data is never the same twice, and what has none is told apart by its channel only.
        let mut there: Vec<_> = had.iter().map(|had| (had.channel, had.data)).collect();
        let mut seen: Vec<_> = shown.iter().map(|(_, shown)| (shown.channel, shown.data.as_str())).collect();
        there.sort_unstable();
        seen.sort_unstable();
        let few = had.len() <= SHOWN_AT_MOST;
        if few && there != seen || !few && (seen.len() != SHOWN_AT_MOST || seen.iter().any(|each| !there.contains(each))) {
            let ids: Vec<_> = had.iter().map(|had| had.id).collect();
            let items: Vec<_> = shown.iter().map(|(item, shown)| format!("{item} in status {}", shown.status)).collect();
            wrong.push(format!("the switch has {there:?} ({ids:?}), SAP shows {seen:?} ({items:?})"));
        }
        for chat in had.iter().filter(|had| had.channel == Channel::Chat) {
            let Some((_, shown)) = shown.iter().find(|(item, _)| *item == chat.id) else { continue };
            if let Some(lost) = chat.written.iter().find(|text| !shown.written.iter().any(|told| told == *text)) {
                wrong.push(format!("{lost:?} was written in {} and SAP was told {:?}", chat.id, shown.written));
            }
        }
        wrong
    }

    /// Calls that were dialled twice for one item: its data is nobody else's.
    pub(super) fn doubled(&self, agent: &Model) -> Option<String> {
        let had = self.had_by(agent.user());
        let dialled = || had.iter().filter(|had| had.outbound && !had.data.is_empty());
        let twice = dialled().find(|one| dialled().any(|other| other.id != one.id && other.data == one.data))?;
        Some(format!("{} was dialled twice: {} is one of them", twice.data, twice.id))
    }

    fn had_by(&self, user: &str) -> Vec<Had<'_>> {
        let agents = self.0["agents"].as_array().into_iter().flatten();
        let his = agents.filter(|agent| agent["user"] == user).flat_map(|agent| agent["interactions"].as_array().into_iter().flatten());
        his.map(|had| Had {
            id: had["interaction"].as_str().unwrap_or_default(),
            channel: match had["kind"].as_str().unwrap_or_default() {
                "chat" => Channel::Chat,
                "email" | "generic_object" => Channel::ActionItem,
                _ => Channel::Call,
            },
            outbound: had["outbound"] == true,
            data: had["attached_data"].as_str().unwrap_or_default(),
            // Everybody numbers what he writes; the switch's own words have no number.
            written: had["postings"].as_array().into_iter().flatten().filter_map(Value::as_str).filter(|text| text.contains('/')).collect(),
        })
        .collect()
    }
}

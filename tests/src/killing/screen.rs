//! What SAP shows one agent: the last that it was told of him and of each of his items, and what was written in his chats.

use super::report::Channel;
use crate::{
    agent::status,
    sink::{Event, Sink},
};
use std::collections::{BTreeMap, BTreeSet};

/// Number of the workmode in which an agent is logged off.
const LOGGED_OFF: &str = "1";

/// See the module.
pub(super) struct Screen {
    /// Of the agent's URL.
    path: String,
    /// Events up to this number have been looked at.
    seen: usize,
    items: BTreeMap<String, Shown>,
    /// Which event told of the agent last, and for which applications.
    user: (usize, BTreeSet<String>),
    /// What SAP could make nothing of, by event.
    faults: Vec<(usize, String)>,
}

/// An item.
pub(super) struct Shown {
    /// Which event told of it last.
    event: usize,
    pub(super) channel: Channel,
    pub(super) status: String,
    pub(super) data: String,
    /// What was written, as it came.
    pub(super) written: Vec<String>,
    /// How much of that was counted.
    counted: usize,
    /// Its end has been looked at.
    looked_at: bool,
}

impl Screen {
    pub(super) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), seen: 0, items: BTreeMap::new(), user: (0, BTreeSet::new()), faults: Vec::new() }
    }

    /// Takes in what has come since the last look.
    pub(super) fn look(&mut self, sink: &Sink) {
        let (seen, events) = sink.since(self.seen, &self.path);
        self.seen = seen;
        for (number, event) in events {
            self.take(number, &event);
        }
    }

    /// SAP has logged the agent off: of what it was told until then it shows nothing any more.
    pub(super) fn forget(&mut self, until: usize) {
        self.items.retain(|_, shown| shown.event > until);
        self.faults.retain(|(event, _)| *event > until);
    }

    /// Events that have been looked at.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    pub(super) fn item(&self, id: &str) -> Option<&Shown> {
        self.items.get(id)
    }

    /// What is not over.
    pub(super) fn alive(&self) -> impl Iterator<Item = (&String, &Shown)> {
        self.items.iter().filter(|(_, shown)| shown.is_alive())
    }

    /// For which applications SAP was told of the agent last, when that was after an event.
    pub(super) fn apps_after(&self, event: usize) -> Option<&BTreeSet<String>> {
        (self.user.0 > event).then_some(&self.user.1)
    }

    /// How many postings have come since the last time, and where one is missing.
    pub(super) fn transcripts(&mut self) -> (usize, Vec<String>) {
        // Not before the next time: what SAP has acknowledged in the last moment before a kill may be told again.
        self.items.retain(|_, shown| !shown.looked_at);
        let holes = self.items.iter().filter_map(|(id, shown)| Some(format!("{id}: {} in {:?}", hole(&shown.written)?, shown.written)));
        let found = (self.items.values().map(|shown| shown.written.len() - shown.counted).sum(), holes.collect());
        for shown in self.items.values_mut() {
            shown.looked_at = !shown.is_alive();
            shown.counted = shown.written.len();
        }
        found
    }

    /// What SAP could make nothing of, once.
    pub(super) fn take_faults(&mut self) -> Vec<String> {
        std::mem::take(&mut self.faults).into_iter().map(|(_, fault)| fault).collect()
    }

    fn take(&mut self, number: usize, event: &Event) {
        // The last event about an agent, whatever order his log-off and the events before it were answered in.
        if event.name == "subscriptionEnded" || event.leaves.get("currentWorkmode.id") == Some(LOGGED_OFF) {
            self.forget(number);
        }
        let (channel, id, status) = match event.name.as_str() {
            "userChanged" => {
                self.user = (number, event.leaves.under("appIds").map(str::to_owned).collect());
                return;
            }
            "chatNewPosting" => return self.write(number, event),
            "phoneCallChanged" => (Channel::Call, "itemId", "processingStatus.id"),
            "chatSessionChanged" => (Channel::Chat, "chatSessionId", "chatStatus.id"),
            "actionItemChanged" => (Channel::ActionItem, "actionSessionId", "actionStatus.id"),
            _ => return,
        };
        let (Some(id), Some(status)) = (event.leaves.get(id), event.leaves.get(status)) else {
            self.faults.push((number, format!("an event without id or status: {event:?}")));
            return;
        };
        // Who gets a chat again, after somebody else had it, is told all of it again.
        let before = self.items.remove(id).filter(Shown::is_alive);
        let (written, counted) = before.map(|before| (before.written, before.counted)).unwrap_or_default();
        let data = event.leaves.get("attachedData").unwrap_or_default().to_owned();
        self.items
            .insert(id.to_owned(), Shown { event: number, channel, status: status.to_owned(), data, written, counted, looked_at: false });
    }

    fn write(&mut self, number: usize, event: &Event) {
        let (chat, text) = (event.leaves.get("chatSessionId").unwrap_or_default(), event.leaves.get("contentText").unwrap_or_default());
        match self.items.get_mut(chat) {
            Some(shown) if shown.is_alive() => {
                shown.event = number;
                shown.written.push(text.to_owned());
            }
            Some(shown) if shown.written.iter().any(|told| told == text) => {}
            _ => self.faults.push((number, format!("{text:?} was written in {chat}, which SAP does not show"))),
        }
    }
}

impl Shown {
    pub(super) fn is_alive(&self) -> bool {
        self.status != status::ENDED
    }
}

/// Everybody numbers what he writes in a chat: `WHO/NUMBER`. It may be told again from the beginning, and nothing may be left out.
fn hole(written: &[String]) -> Option<String> {
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    written.iter().find_map(|text| {
        let (who, number) = text.rsplit_once('/')?;
        let number: usize = number.parse().ok()?;
        let last = last.entry(who).or_default();
        let expected = *last + 1;
        *last = number;
        (number > expected).then(|| format!("{text} came where {expected} was expected"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_may_begin_again_and_must_have_no_hole() {
        let found = |texts: &[&str]| hole(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(found(&["C/1", "U0/1", "C/2", "C/1", "C/2", "C/3", "U0/2"]), None);
        assert!(found(&["C/1", "C/3"]).is_some());
        assert!(found(&["C/2"]).is_some());
        assert!(found(&["C/1", "C/2", "C/1", "C/3"]).is_some());
    }
}

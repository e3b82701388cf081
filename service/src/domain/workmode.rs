//! Workmodes: SAP's numbers for what an agent does, and the statuses of the switch behind them.
//!
//! Every status has a workmode to be shown as, also the one that no workmode names, and the two states of a lost connection that only the
//! agent's display knows (guide, "Configure workmodes"). Those get numbers behind the configured ones, so that SAP can show them but nobody
//! can choose them, and none of them is ever mistaken for *ready*.

use super::{
    AgentStatus, Connection, Reader, Refusal, TextElement, WorkmodeId,
    status_texts::{ATTEMPT_RECONNECT, SERVER_DOWN},
};
use std::sync::Arc;

/// The table of one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workmodes {
    /// Text of workmode 1, which leaves the status alone.
    pub logout_text: Arc<str>,
    /// Status of workmode 2.
    pub ready: Arc<str>,
    /// Status of workmode 3.
    pub not_ready: Arc<str>,
    /// The site's own, in the file's order.
    pub mapped: Vec<Workmode>,
    /// Agents see statuses that they cannot choose (guide, "Configure service flags").
    pub view_non_selectable: bool,
}

/// A workmode of the site's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workmode {
    /// From 4 on.
    pub id: WorkmodeId,
    /// The switch's status.
    pub status: Arc<str>,
    /// May an agent choose it?
    pub selectable: bool,
}

/// What setting a workmode means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Leave the switch; the status stays.
    LogOff,
    /// Set this status.
    Status(Arc<str>),
}

/// Places behind the last configured number.
const UNMAPPED: u32 = 1;
const DOWN: u32 = 2;
const RECONNECTING: u32 = 3;

impl Workmodes {
    /// What an agent's choice means.
    ///
    /// # Errors
    /// [`Refusal::UnknownWorkmode`], [`Refusal::WorkmodeNotSelectable`].
    pub fn choose(&self, id: WorkmodeId) -> Result<Choice, Refusal> {
        match self.mapped.iter().find(|mode| mode.id == id) {
            Some(mode) if !mode.selectable => Err(Refusal::WorkmodeNotSelectable(id)),
            _ if id.0 > self.last() && id.0 <= self.last() + RECONNECTING => Err(Refusal::WorkmodeNotSelectable(id)),
            _ => self.meaning(id).ok_or(Refusal::UnknownWorkmode(id)),
        }
    }

    /// What a workmode means when the file names it (log-on, reject, lost): selectable or not.
    pub fn meaning(&self, id: WorkmodeId) -> Option<Choice> {
        // The site's own first: a mapping overrides the standard one (guide, "Configure workmodes", step 2).
        if let Some(mode) = self.mapped.iter().find(|mode| mode.id == id) {
            return Some(Choice::Status(Arc::clone(&mode.status)));
        }
        match id {
            WorkmodeId::LOGOUT => Some(Choice::LogOff),
            WorkmodeId::READY => Some(Choice::Status(Arc::clone(&self.ready))),
            WorkmodeId::NOT_READY => Some(Choice::Status(Arc::clone(&self.not_ready))),
            _ => None,
        }
    }

    /// The workmode that stands for a status. Where several do, the one that SAP chose last wins, else the first.
    pub fn id_of(&self, status: &str, chosen: Option<WorkmodeId>) -> WorkmodeId {
        if let Some(id) = chosen
            && matches!(self.meaning(id), Some(Choice::Status(meant)) if *meant == *status)
        {
            return id;
        }
        if *self.ready == *status {
            WorkmodeId::READY
        } else if *self.not_ready == *status {
            WorkmodeId::NOT_READY
        } else if let Some(mode) = self.mapped.iter().find(|mode| *mode.status == *status) {
            mode.id
        } else {
            WorkmodeId(self.last() + UNMAPPED)
        }
    }

    /// Could the switch send ACD interactions in this status? Of the workmodes only *ready* means that (guide, `setCurrentWorkmode`); of a
    /// status that none of them names, the switch says it.
    pub fn is_ready(&self, status: &AgentStatus) -> bool {
        match self.id_of(&status.name, None) {
            WorkmodeId::READY => true,
            id if id.0 <= self.last() => false,
            _ => !status.do_not_disturb,
        }
    }

    /// What the agent does now, as SAP shows it to this reader.
    pub fn current(
        &self,
        status: &AgentStatus,
        connection: Connection,
        chosen: Option<WorkmodeId>,
        reader: Reader<'_>,
    ) -> (WorkmodeId, Arc<str>) {
        match connection {
            Connection::Up => (self.id_of(&status.name, chosen), reader.find(&status.name).unwrap_or_else(|| Arc::clone(&status.text))),
            Connection::Down => (WorkmodeId(self.last() + DOWN), reader.text(&SERVER_DOWN.into())),
            Connection::Reconnecting => (WorkmodeId(self.last() + RECONNECTING), reader.text(&ATTEMPT_RECONNECT.into())),
        }
    }

    /// The workmodes an agent may see; the current one is always among them.
    pub fn list(&self, current: &(WorkmodeId, Arc<str>), reader: Reader<'_>) -> Vec<TextElement> {
        let standard = [
            (WorkmodeId::LOGOUT, &self.logout_text, true),
            (WorkmodeId::READY, &self.ready, true),
            (WorkmodeId::NOT_READY, &self.not_ready, true),
        ];
        let overridden = |id| self.mapped.iter().any(|mode| mode.id == id);
        let own = self.mapped.iter().map(|mode| (mode.id, &mode.status, mode.selectable));
        let mut list: Vec<_> = standard
            .into_iter()
            .filter(|(id, ..)| !overridden(*id))
            .chain(own)
            .filter(|(id, _, selectable)| *selectable || self.view_non_selectable || *id == current.0)
            .map(|(id, status, _)| (id, if id == current.0 { Arc::clone(&current.1) } else { reader.text(status) }))
            .collect();
        if !list.iter().any(|(id, _)| *id == current.0) {
            list.push(current.clone());
        }
        list.into_iter().map(|(id, text)| element(id, text)).collect()
    }

    /// The workmode after log-off, for the last event.
    pub fn logged_off(&self) -> (WorkmodeId, Arc<str>) {
        (WorkmodeId::LOGOUT, Arc::clone(&self.logout_text))
    }

    fn last(&self) -> u32 {
        self.mapped.iter().map(|mode| mode.id.0).fold(WorkmodeId::NOT_READY.0, u32::max).min(u32::MAX - RECONNECTING)
    }
}

/// A workmode as SAP's pair of code and text.
pub(super) fn element(id: WorkmodeId, text: Arc<str>) -> TextElement {
    TextElement::new(id.to_string(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Workmodes {
        let own = |id, status: &str, selectable| Workmode { id: WorkmodeId(id), status: status.into(), selectable };
        Workmodes {
            logout_text: "<Logout>".into(),
            ready: "Available".into(),
            not_ready: "Do Not Disturb".into(),
            mapped: vec![own(4, "At Lunch", true), own(5, "ACD - Agent Not Answering", false), own(7, "Available", true)],
            view_non_selectable: false,
        }
    }

    fn status(name: &str) -> AgentStatus {
        AgentStatus { name: name.into(), text: format!("the {name}").into(), do_not_disturb: false, since: 0 }
    }

    #[test]
    fn each_number_means_what_the_file_says() {
        let table = table();
        let cases = [
            (1, Ok(Choice::LogOff)),
            (2, Ok(Choice::Status("Available".into()))),
            (3, Ok(Choice::Status("Do Not Disturb".into()))),
            (4, Ok(Choice::Status("At Lunch".into()))),
            (5, Err(Refusal::WorkmodeNotSelectable(WorkmodeId(5)))),
            (6, Err(Refusal::UnknownWorkmode(WorkmodeId(6)))),
            (8, Err(Refusal::WorkmodeNotSelectable(WorkmodeId(8)))),
            (9, Err(Refusal::WorkmodeNotSelectable(WorkmodeId(9)))),
            (10, Err(Refusal::WorkmodeNotSelectable(WorkmodeId(10)))),
            (11, Err(Refusal::UnknownWorkmode(WorkmodeId(11)))),
            (0, Err(Refusal::UnknownWorkmode(WorkmodeId(0)))),
        ];
        for (id, expected) in cases {
            assert_eq!(table.choose(WorkmodeId(id)), expected, "workmode {id}");
        }
    }

    #[test]
    fn each_status_has_a_number_to_be_shown_as() {
        let cases = [
            ("Available", None, 2),
            ("Available", Some(7), 7),
            ("Available", Some(4), 2),
            ("Do Not Disturb", None, 3),
            ("At Lunch", None, 4),
            ("ACD - Agent Not Answering", None, 5),
            ("Gone Home", None, 8),
            ("available", None, 8),
        ];
        for (name, chosen, expected) in cases {
            assert_eq!(table().id_of(name, chosen.map(WorkmodeId)), WorkmodeId(expected), "{name} {chosen:?}");
        }
    }

    #[test]
    fn the_current_workmode_is_always_in_the_list() {
        for name in ["Available", "Gone Home", "ACD - Agent Not Answering", "At Lunch"] {
            for connection in [Connection::Up, Connection::Down, Connection::Reconnecting] {
                let current = table().current(&status(name), connection, None, Reader::default());
                let list = table().list(&current, Reader::default());
                assert!(list.contains(&element(current.0, current.1.clone())), "{name} {connection:?}: {list:?}");
            }
        }
    }

    #[test]
    fn a_status_that_cannot_be_chosen_is_listed_only_when_the_flag_says_so() {
        let current = (WorkmodeId::READY, Arc::from("Available"));
        let ids = |table: &Workmodes| {
            table.list(&current, Reader::default()).iter().map(|mode| mode.id.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(ids(&table()), "1 2 3 4 7");
        assert_eq!(ids(&Workmodes { view_non_selectable: true, ..table() }), "1 2 3 4 5 7");
    }

    #[test]
    fn a_lost_switch_shows_as_server_down_and_never_as_ready() {
        let down = table().current(&status("Available"), Connection::Down, Some(WorkmodeId::READY), Reader::default());
        let again = table().current(&status("Available"), Connection::Reconnecting, Some(WorkmodeId::READY), Reader::default());
        assert_eq!((down.0, &*down.1), (WorkmodeId(9), "Server Down"));
        assert_eq!((again.0, &*again.1), (WorkmodeId(10), "Attempt Reconnect"));
    }

    #[test]
    fn only_ready_and_what_nothing_names_may_be_sent_calls() {
        let cases = [("Available", true), ("Do Not Disturb", false), ("At Lunch", false), ("Forwarded", true)];
        for (name, ready) in cases {
            assert_eq!(table().is_ready(&status(name)), ready, "{name}");
            assert_eq!(table().is_ready(&AgentStatus { do_not_disturb: true, ..status(name) }), name == "Available", "{name}");
        }
    }

    #[test]
    fn a_mapping_of_a_standard_number_overrides_it() {
        let mut table = table();
        table.mapped.push(Workmode { id: WorkmodeId(3), status: "Follow Up".into(), selectable: true });
        assert_eq!(table.choose(WorkmodeId::NOT_READY), Ok(Choice::Status("Follow Up".into())));
        let listed = table.list(&(WorkmodeId::READY, "Available".into()), Reader::default());
        assert_eq!(listed.iter().filter(|mode| &*mode.id == "3").count(), 1);
    }

    #[test]
    fn the_largest_number_does_not_overflow() {
        let mut table = table();
        table.mapped.push(Workmode { id: WorkmodeId(u32::MAX), status: "Far".into(), selectable: true });
        assert_eq!(table.current(&status("?"), Connection::Reconnecting, None, Reader::default()).0, WorkmodeId(u32::MAX));
    }
}

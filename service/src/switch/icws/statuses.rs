//! The statuses of the site and the one that an agent has (icws §3).

use super::wire::status::{StatusMessage, StatusMessages, UserStatus, UserStatuses};
use crate::domain::{AgentStatus, Refusal, StatusTexts};
use std::collections::BTreeMap;

/// The site's statuses as one agent's session is told of them, and his own.
#[derive(Debug, Default)]
pub(super) struct Statuses {
    /// By name in lower case.
    all: BTreeMap<String, StatusMessage>,
    own: Option<UserStatus>,
    told: Option<AgentStatus>,
    /// The list was told once.
    is_complete: bool,
}

// === impl Statuses ===

impl Statuses {
    /// Takes over which there are.
    pub(super) fn hear_all(&mut self, message: StatusMessages) {
        if !message.is_delta {
            self.all.clear();
            self.is_complete = true;
        }
        for gone in message.status_messages_removed {
            self.all.remove(&gone.to_lowercase());
        }
        for status in message.status_messages_added.into_iter().chain(message.status_messages_changed) {
            self.all.insert(status.status_id.to_lowercase(), status);
        }
    }

    /// Takes over what users do; only `me` counts.
    pub(super) fn hear_users(&mut self, message: UserStatuses, me: &str) {
        for new in message.user_status_list.into_iter().filter(|status| status.user_id.eq_ignore_ascii_case(me)) {
            let own = self.own.get_or_insert_default();
            own.status_id = new.status_id.or(own.status_id.take());
            own.status_changed = new.status_changed.or(own.status_changed);
            own.stations = new.stations.or(own.stations.take());
        }
    }

    /// Is everything known?
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete && self.own.is_some()
    }

    /// The agent's status, if it is not what was told last.
    pub(super) fn look(&mut self, unix: i64) -> Option<AgentStatus> {
        let now = self.current(unix);
        if self.told.as_ref() == Some(&now) {
            return None;
        }
        self.told = Some(now.clone());
        Some(now)
    }

    /// The agent's status. A new user of CIC has none until he is given one (guide, "Agents cannot log on"): then he is not ready.
    pub(super) fn current(&self, unix: i64) -> AgentStatus {
        let own = self.own.as_ref();
        let name = own.and_then(|own| own.status_id.as_deref()).unwrap_or_default();
        let known = self.all.get(&name.to_lowercase());
        let text = known.map(|known| known.message_text.as_str()).filter(|text| !text.is_empty()).unwrap_or(name);
        let moment = own.and_then(|own| own.status_changed).map(|moment| moment.0);
        AgentStatus {
            // As the site spells it: CIC takes any case, the file's workmodes do not.
            name: known.map_or(name, |known| &*known.status_id).into(),
            text: text.into(),
            do_not_disturb: known.map_or(name.is_empty(), |known| known.is_do_not_disturb_status),
            since: moment.or(self.told.as_ref().filter(|told| &*told.name == name).map(|told| told.since)).unwrap_or(unix),
        }
    }

    /// What agents read for the statuses, in the language of the session: a session has one (icws §1.2).
    pub(super) fn texts(&self, language: &str) -> StatusTexts {
        let language = language.split('-').next().unwrap_or_default();
        let mut texts = StatusTexts::default();
        for status in self.all.values().filter(|status| !status.message_text.is_empty()) {
            texts.add(status.status_id.as_str().into(), language, status.message_text.as_str().into());
        }
        texts
    }

    /// May it be set?
    ///
    /// # Errors
    /// There is none of this name, or only the switch sets it.
    pub(super) fn settable(&self, name: &str) -> Result<(), Refusal> {
        match self.all.get(&name.to_lowercase()) {
            Some(status) if status.is_selectable_status => Ok(()),
            Some(_) => Err(Refusal::SwitchRefused(format!("status {name} cannot be chosen: the telephony server sets it by itself"))),
            // What the list lacks the server judges.
            None if !self.is_complete || self.all.is_empty() => Ok(()),
            None => Err(no_status(name)),
        }
    }
}

/// There is no status of this name.
pub(super) fn no_status(name: &str) -> Refusal {
    Refusal::SwitchRefused(format!("there is no status {name}: create it on the telephony server or map another one"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn statuses() -> Statuses {
        let mut statuses = Statuses::default();
        let all = json!({ "isDelta": false, "statusMessagesAdded": [
            { "statusId": "Available", "messageText": "Verfügbar", "isSelectableStatus": true },
            { "statusId": "Do Not disturb", "messageText": "Nicht stören", "isSelectableStatus": true, "isDoNotDisturbStatus": true },
            { "statusId": "ACD - Agent Not Answering", "messageText": "", "isSelectableStatus": false, "isDoNotDisturbStatus": true },
        ] });
        statuses.hear_all(serde_json::from_value(all).unwrap());
        statuses
    }

    fn set(statuses: &mut Statuses, user: &str, id: &serde_json::Value) -> Option<String> {
        let message = json!({ "isDelta": true, "userStatusList": [{ "userId": user, "statusId": id }] });
        statuses.hear_users(super::super::wire::read(message).unwrap(), "agent1");
        statuses.look(100).map(|status| format!("{} {} {}", status.name, status.text, status.do_not_disturb))
    }

    #[test]
    fn a_status_is_told_by_its_name_with_its_text_and_once() {
        let mut statuses = statuses();
        assert!(!statuses.is_complete());
        assert_eq!(set(&mut statuses, "Agent1", &json!("do not disturb")).as_deref(), Some("Do Not disturb Nicht stören true"));
        assert_eq!(set(&mut statuses, "agent1", &json!("Do Not disturb")), None);
        assert_eq!(set(&mut statuses, "agent2", &json!("Available")), None);
        assert_eq!(set(&mut statuses, "agent1", &json!(null)), None, "unchanged");
        assert_eq!(set(&mut statuses, "agent1", &json!("Moved")).as_deref(), Some("Moved Moved false"));
        assert!(statuses.is_complete());
    }

    #[test]
    fn a_user_who_never_had_a_status_is_not_ready() {
        let mut statuses = statuses();
        assert_eq!(set(&mut statuses, "agent1", &json!(null)).as_deref(), Some("  true"));
    }

    #[test]
    fn only_what_there_is_and_may_be_chosen_is_set() {
        let statuses = statuses();
        assert!(statuses.settable("available").is_ok());
        assert!(statuses.settable("Dancing").unwrap_err().to_string().contains("Dancing"));
        assert!(statuses.settable("ACD - Agent Not Answering").is_err());
        assert!(Statuses::default().settable("Dancing").is_ok(), "nothing is known yet");
    }
}

//! What reaches an agent from outside: chats of customers, and action items that his own SAP sends through the switch.

use super::{
    chance::Chance,
    line::{Dead, Life},
};
use crate::{cic::Cic, outside, soap::Value};
use std::collections::BTreeMap;

/// Chats, and action items, that somebody has open at one time.
const OPEN: usize = 3;

/// See the module.
pub(super) struct Customers {
    user: String,
    /// The workgroup of the agent and his colleague.
    queue: String,
    /// Open chats, with how much their customers have written.
    chats: BTreeMap<String, usize>,
    /// Action items that SAP has sent and the service has answered for: SAP's id, and the item's.
    sent: BTreeMap<String, String>,
    /// Action items that were sent and perhaps not answered for, counted.
    count: usize,
}

impl Customers {
    pub(super) fn new(user: &str, queue: &str) -> Self {
        Self { user: user.to_owned(), queue: queue.to_owned(), chats: BTreeMap::new(), sent: BTreeMap::new(), count: 0 }
    }

    /// The switch has died with the process, and everything on it.
    pub(super) fn are_gone(&mut self) {
        self.chats.clear();
    }

    /// SAP's ids of what it has sent: another process will not be asked about it by them.
    pub(super) fn sent(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent).into_keys().collect()
    }

    /// Chats that an agent has ended.
    pub(super) fn forget_what_is_over(&mut self, cic: &Cic) {
        self.chats.retain(|chat, _| outside::is_there(cic.admin, chat));
    }

    /// One thing that somebody does; the item that has come of it.
    pub(super) fn step(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<Option<String>, Dead> {
        match chance.below(12) {
            0 | 1 => self.open_chat(life, chance),
            2 | 3 => self.send(life),
            4 if chance.below(2) == 0 => self.take_back(life, chance),
            5 if chance.below(2) == 0 => self.leave(life, chance),
            _ => self.say(life, chance),
        }
    }

    /// SAP sends an action item to the workgroup.
    pub(super) fn send_again(&self, life: &Life<'_>, id: &str) -> Result<Result<String, String>, Dead> {
        let pair = |name: &str, value: &str| {
            Value::Structure(vec![("name".to_owned(), Value::from(name)), ("value".to_owned(), Value::from(value))])
        };
        let to = format!("{}@example.com", self.queue);
        let attributes = vec![pair("ACTION_ITEM_ATTR_TO_NAME", &to), pair("ACTION_ITEM_ATTR_SUBJECT", id)];
        let data = Value::Structure(vec![("attributes".to_owned(), Value::Many(attributes))]);
        let sent = life.ask(&self.user, "ActionItem", "route", &[("actionItemId", id.into()), ("itemData", data)])?;
        Ok(sent.map(|item| item.answer().to_owned()).map_err(|fault| format!("{fault:?}")))
    }

    fn open_chat(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<Option<String>, Dead> {
        if self.chats.len() >= OPEN {
            return Ok(None);
        }
        // What comes through the workgroup finds whom it finds idle; what is for the agent himself comes to him.
        let to = if chance.below(2) == 0 { &self.queue } else { &self.user };
        let chat = life.outside("POST", "/callers", &format!(r#"{{"kind": "chat", "name": "C {}", "to": "{to}"}}"#, self.user))?;
        let chat = chat.split('"').nth(3).expect("whoever comes in has an id").to_owned();
        self.chats.insert(chat.clone(), 0);
        Ok(Some(chat))
    }

    fn say(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<Option<String>, Dead> {
        let Some(chat) = chance.pick(self.chats.keys()).cloned() else { return Ok(None) };
        let number = self.chats.get(&chat).copied().unwrap_or_default() + 1;
        life.outside("POST", &format!("/callers/{chat}/postings"), &format!(r#"{{"text": "C/{number}"}}"#))?;
        self.chats.insert(chat, number);
        Ok(None)
    }

    fn leave(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<Option<String>, Dead> {
        if let Some(chat) = chance.pick(self.chats.keys()).cloned() {
            life.outside("DELETE", &format!("/callers/{chat}"), "")?;
            self.chats.remove(&chat);
        }
        Ok(None)
    }

    fn send(&mut self, life: &Life<'_>) -> Result<Option<String>, Dead> {
        if self.sent.len() >= OPEN {
            return Ok(None);
        }
        self.count += 1;
        let id = format!("{:0>8}{:024X}", self.user, self.count);
        let item = self.send_again(life, &id)?.unwrap_or_else(|fault| panic!("an action item can be sent: {fault}"));
        self.sent.insert(id, item.clone());
        Ok(Some(item))
    }

    fn take_back(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<Option<String>, Dead> {
        if let Some(id) = chance.pick(self.sent.keys()).cloned() {
            self.sent.remove(&id);
            life.ask(&self.user, "ActionItem", "cancel", &[("actionItemId", id.into())])?.expect("an action item can be taken back");
        }
        Ok(None)
    }
}

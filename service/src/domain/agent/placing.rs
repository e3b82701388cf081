//! Calls that the switch was asked for and has not answered: which interaction becomes which item, whatever order answers, events and
//! restarts come in.

use super::{Agent, Change};
use crate::domain::{Content, Direction, Interaction, Item, ItemId, Rules};
use std::sync::Arc;

// === impl Agent ===

impl Agent {
    /// The switch is asked for a call that will be this item: until it has answered, calls that it tells of wait.
    pub fn place(&mut self, id: Option<&ItemId>) {
        self.placing += 1;
        if let Some(item) = self.items.iter_mut().find(|item| Some(&item.id) == id)
            && let Content::New { attached_data } = &mut item.content
        {
            item.content = Content::Placing { attached_data: attached_data.take() };
        }
    }

    /// The switch has answered [`Self::place`] with this interaction: which item it is, and what changed.
    pub fn placed(&mut self, id: Option<ItemId>, answered: Interaction, rules: &Rules) -> (ItemId, Vec<Change>) {
        self.placing = self.placing.saturating_sub(1);
        let mut changes = Vec::new();
        // What the switch has told since is newer than its answer.
        let waiting = self.unclaimed.iter().position(|call| call.id == answered.id);
        let interaction = waiting.map_or(answered, |at| self.unclaimed.remove(at));
        let item = match (self.item_of(&interaction.id), id) {
            (Some(known), created) => {
                if let Some(created) = created {
                    self.items.retain(|item| item.id != created);
                    changes.push(Change::Went(created, None));
                }
                known
            }
            (None, Some(created)) => {
                self.become_call(&created, interaction, &mut changes);
                self.take_place(&created, rules);
                created
            }
            (None, None) => {
                let item = ItemId::new(interaction.id.as_str());
                self.adopt(interaction, &mut changes);
                self.take_place(&item, rules);
                item
            }
        };
        self.release(&mut changes);
        self.show(rules, &mut changes);
        (item, changes)
    }

    /// The switch has refused [`Self::place`], or it is not certain what it did: SAP may try the item again.
    pub fn not_placed(&mut self, id: Option<&ItemId>, certain: bool, rules: &Rules) -> Vec<Change> {
        self.placing = self.placing.saturating_sub(1);
        let mut changes = Vec::new();
        if let Some(at) = self.items.iter().position(|item| Some(&item.id) == id) {
            let data = self.items[at].attached_data();
            let its_data = |call: &Interaction| !data.is_empty() && call.attached_data.as_deref() == Some(&*data);
            // The only call that came in the meantime is the one.
            let only = (self.placing == 0 && self.unclaimed.len() == 1 && may_be_for(&self.unclaimed[0], &data)).then_some(0);
            let found = self.unclaimed.iter().position(its_data).or(only);
            if let Some(found) = found.filter(|_| !certain) {
                let interaction = self.unclaimed.remove(found);
                let created = self.items[at].id.clone();
                self.become_call(&created, interaction, &mut changes);
                self.take_place(&created, rules);
            } else if let Content::Placing { attached_data } = &mut self.items[at].content {
                self.items[at].content = Content::New { attached_data: attached_data.take() };
                if !certain {
                    self.give_up(at);
                }
            }
        }
        self.release(&mut changes);
        self.show(rules, &mut changes);
        changes
    }

    /// A call that was asked for has its place before whatever has waited for one longer.
    fn take_place(&mut self, id: &ItemId, rules: &Rules) {
        let asked_for = |item: &&mut Item| item.id == *id && item.interaction().is_some_and(|call| rules.is_shown(call));
        if let Some(item) = self.items.iter_mut().find(asked_for) {
            item.shown.get_or_insert_default();
        }
    }

    /// After the snapshot: nobody will answer any more what an earlier process has asked the switch. An outbound call that is there and is
    /// nobody's item is the one that was asked for: told apart by its data, else, without any, in the order in which they were asked for.
    /// Better one that somebody has dialled by hand than that SAP dials a second time.
    pub(super) fn give_up_placing(&mut self, rules: &Rules, changes: &mut Vec<Change>) {
        if !std::mem::take(&mut self.asked_before) {
            return;
        }
        let asked = self.items.iter().filter(|item| matches!(item.content, Content::Placing { .. }));
        let mut asked: Vec<(ItemId, Arc<str>)> = asked.map(|item| (item.id.clone(), item.attached_data())).collect();
        // Who has data looks first: whoever has none takes what is left.
        asked.sort_by_key(|(_, data)| data.is_empty());
        for (id, data) in asked {
            let same = |call: &&Interaction| call.attached_data.as_deref().unwrap_or_default() == &*data;
            let calls = || self.unclaimed.iter();
            let found = calls().find(same).or_else(|| calls().find(|call| may_be_for(call, &data))).cloned();
            changes.extend(match found {
                Some(call) => self.placed(Some(id), call, rules).1,
                None => self.not_placed(Some(&id), false, rules),
            });
        }
    }

    /// Nobody knows what became of the call of this item: it may still come.
    fn give_up(&mut self, at: usize) {
        let still_there = |id: &ItemId| self.items.iter().any(|item| item.id == *id);
        self.given_up.retain(|id| still_there(id) && *id != self.items[at].id);
        self.given_up.push(self.items[at].id.clone());
    }

    /// The item that a call was dialled for whose answer never came, and that was given up: its data is nobody else's. SAP may have dialled with
    /// the item again by then.
    pub(super) fn late_for(&mut self, call: &Interaction) -> Option<ItemId> {
        let data = call.attached_data.as_deref().filter(|data| call.direction == Direction::Outbound && !data.is_empty())?;
        let is_it = |item: &&Item| matches!(item.content, Content::New { .. }) && &*item.attached_data() == data;
        let at = self.given_up.iter().position(|id| self.items.iter().filter(is_it).any(|item| item.id == *id))?;
        Some(self.given_up.swap_remove(at))
    }

    /// Nobody can claim what still waits once no answer is owed.
    fn release(&mut self, changes: &mut Vec<Change>) {
        if self.placing == 0 {
            for interaction in std::mem::take(&mut self.unclaimed) {
                if let Some(id) = self.late_for(&interaction) {
                    self.become_call(&id, interaction, changes);
                } else if !interaction.has_ended() {
                    self.adopt(interaction, changes);
                }
            }
        }
    }
}

/// May a call be the one that was dialled with this data? A call that carries other data was dialled for another item.
fn may_be_for(call: &Interaction, data: &str) -> bool {
    data.is_empty() || call.attached_data.as_deref().is_none_or(|carried| carried.is_empty() || carried == data)
}

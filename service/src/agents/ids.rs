//! Ids that the whole site shares: items that SAP creates, and whose an item or a line is, to tell "another agent's" from "unknown".

use crate::domain::{ContainerId, InteractionId, ItemId, UserId};
use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// See the module. Locked for a look-up at most, and never for a command on the agent's own item.
pub(super) struct Ids {
    /// In front of every number, so that an id of an earlier run never comes again.
    run: String,
    next: AtomicU64,
    /// An interaction can be at several agents at one time: a call between two of them, one that is listened to.
    items: Mutex<HashMap<ItemId, Vec<Owner>>>,
    lines: Mutex<HashMap<ContainerId, UserId>>,
}

/// Whose, and what the switch calls it as far as it knows it.
type Owner = (UserId, Option<InteractionId>);

// === impl Ids ===

impl Ids {
    pub(super) fn new() -> Self {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Self { run: format!("J{started:x}"), next: AtomicU64::new(1), items: Mutex::default(), lines: Mutex::default() }
    }

    /// A new item's id.
    pub(super) fn new_item(&self) -> ItemId {
        ItemId::new(format!("{}-{}", self.run, self.next.fetch_add(1, Ordering::Relaxed)))
    }

    pub(super) fn add_item(&self, item: ItemId, user: &UserId, interaction: Option<InteractionId>) {
        let mut items = lock(&self.items);
        let owners = items.entry(item).or_default();
        owners.retain(|(owner, _)| owner != user);
        owners.push((user.clone(), interaction));
    }

    pub(super) fn remove_item(&self, item: &ItemId, user: &UserId) {
        let mut items = lock(&self.items);
        if let Some(owners) = items.get_mut(item) {
            owners.retain(|(owner, _)| owner != user);
            if owners.is_empty() {
                items.remove(item);
            }
        }
    }

    /// Whose the item is, when it is not `user`'s, with the switch's id of it if there is one yet.
    pub(super) fn item_of_another(&self, item: &ItemId, user: &UserId) -> Option<Owner> {
        lock(&self.items).get(item)?.iter().find(|(owner, _)| owner != user).cloned()
    }

    pub(super) fn add_line(&self, line: ContainerId, user: &UserId) {
        lock(&self.lines).insert(line, user.clone());
    }

    pub(super) fn remove_line(&self, line: &ContainerId, user: &UserId) {
        let mut lines = lock(&self.lines);
        if lines.get(line) == Some(user) {
            lines.remove(line);
        }
    }

    /// Is it the line of an agent other than `user`?
    pub(super) fn is_line_of_another(&self, line: &ContainerId, user: &UserId) -> bool {
        lock(&self.lines).get(line).is_some_and(|owner| owner != user)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Users: a document of SCIM for each, with a version, and what is left of those who are deleted.

use serde_json::{Map, Value, json};
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// No organisation has more.
const MOST: usize = 200_000;
/// The document as it was is seen for the time that a change takes to go round.
#[derive(Clone, Debug)]
struct Before {
    document: Option<Map<String, Value>>,
    version: u64,
    until: Instant,
}

/// A user.
#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) id: String,
    /// Without `id` and `meta`.
    pub(super) document: Map<String, Value>,
    pub(super) version: u64,
    pub(super) deleted: bool,
    pub(super) by: String,
    pub(super) touched: u32,
    before: Option<Before>,
}

/// What those who read see of one.
pub(super) struct Seen<'a> {
    pub(super) id: &'a str,
    pub(super) document: &'a Map<String, Value>,
    pub(super) version: u64,
}

/// All of them, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Users {
    all: Vec<User>,
    by_id: HashMap<String, usize>,
    /// By e-mail address in small letters; deleted ones too.
    by_name: HashMap<String, usize>,
}

// === impl User ===

impl User {
    pub(super) fn name(&self) -> String {
        self.document.get("userName").and_then(Value::as_str).unwrap_or_default().to_lowercase()
    }

    pub(super) fn is_active(&self) -> bool {
        self.document.get("active").and_then(Value::as_bool).unwrap_or(true)
    }

    /// How the Platform API calls how he is.
    pub(super) fn state(&self) -> &'static str {
        match (self.deleted, self.is_active()) {
            (true, _) => "deleted",
            (false, true) => "active",
            (false, false) => "inactive",
        }
    }

    /// What those who read see; `None`: not yet, or no more.
    pub(super) fn seen(&self) -> Option<Seen<'_>> {
        let now = Instant::now();
        if let Some(before) = self.before.as_ref().filter(|before| before.until > now) {
            return before.document.as_ref().map(|document| Seen { id: &self.id, document, version: before.version });
        }
        (!self.deleted).then_some(Seen { id: &self.id, document: &self.document, version: self.version })
    }

    /// As the Platform API has him.
    pub(super) fn platform(&self) -> Value {
        let of = |name: &str| self.document.get(name).cloned().unwrap_or_default();
        json!({
            "id": self.id, "name": of("displayName"), "email": of("userName"), "username": of("userName"), "state": self.state(),
            "version": self.version, "selfUri": format!("/api/v2/users/{}", self.id),
        })
    }

    pub(super) fn dumped(&self) -> Value {
        json!({ "id": self.id, "state": self.state(), "version": self.version, "user": self.document, "by": self.by, "touched": self.touched })
    }

    fn keep_before(&mut self, lag: Duration) {
        if !lag.is_zero() {
            let document = (!self.deleted).then(|| self.document.clone());
            self.before = Some(Before { document, version: self.version, until: Instant::now() + lag });
        }
    }
}

// === impl Users ===

impl Users {
    /// All, deleted ones too.
    pub(super) fn iter(&self) -> impl Iterator<Item = &User> {
        self.all.iter()
    }

    pub(super) fn get(&self, id: &str) -> Option<&User> {
        self.by_id.get(id).map(|index| &self.all[*index])
    }

    /// By e-mail address, deleted ones too.
    pub(super) fn named(&self, name: &str) -> Option<&User> {
        self.by_name.get(&name.to_lowercase()).map(|index| &self.all[*index])
    }

    pub(super) fn is_full(&self) -> bool {
        self.all.len() >= MOST
    }

    /// A new one.
    pub(super) fn add(&mut self, id: String, document: Map<String, Value>, by: &str, lag: Duration) -> &User {
        let index = self.all.len();
        let mut user = User { id: id.clone(), document, version: 1, deleted: false, by: by.to_owned(), touched: 0, before: None };
        if !lag.is_zero() {
            user.before = Some(Before { document: None, version: 0, until: Instant::now() + lag });
        }
        self.by_id.insert(id, index);
        self.by_name.insert(user.name(), index);
        self.all.push(user);
        &self.all[index]
    }

    /// Changes one.
    pub(super) fn change(&mut self, id: &str, by: &str, lag: Duration, change: impl FnOnce(&mut User)) -> Option<&User> {
        let index = *self.by_id.get(id)?;
        let user = &mut self.all[index];
        let name = user.name();
        user.keep_before(lag);
        change(user);
        user.version += 1;
        user.touched += u32::from(user.by != by);
        let renamed = user.name();
        if renamed != name {
            self.by_name.remove(&name);
            self.by_name.insert(renamed, index);
        }
        Some(&self.all[index])
    }

    /// Changes all who need it, of themselves: a skill is gone.
    pub(super) fn change_all(&mut self, mut change: impl FnMut(&mut Map<String, Value>) -> bool) {
        for user in &mut self.all {
            if change(&mut user.document) {
                user.version += 1;
            }
        }
    }
}

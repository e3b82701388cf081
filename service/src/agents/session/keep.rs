//! What of a session must outlive a crash, and when: put into the store as it changes, and before SAP is told of it or answered. The task
//! never waits for the disk: answers, events and calls to be dialled do.

use super::{Answer, Session, Then};
use crate::{
    agents::subscription::Subscriptions,
    domain::{AgentProfile, Change, Content, EndReason, ItemId, Refusal, Reply, SwitchAnswer},
    store::{Item, Key, Record, Stored, When, Written},
};
use std::sync::Arc;
use tokio::sync::oneshot;

// === impl Session ===

impl Session {
    /// Goes on where an earlier process has stopped. `changes` are what the switch's snapshot has changed since.
    pub(in crate::agents) fn go_on(&mut self, stored: Stored, changes: &[Change]) {
        let Stored { session, items } = stored;
        for (item, kept) in items {
            let call = match &kept.content {
                Content::Live(call) => Some(call.id.clone()),
                Content::New { .. } | Content::Placing { .. } => None,
            };
            self.shared.ids.add_item(item, &self.user, call);
        }
        self.since = session.since;
        self.ignore_workmode = session.ignore_workmode;
        self.station = session.station;
        self.subscriptions = Subscriptions::left_behind(session.subscriptions);
        for url in self.subscriptions.urls() {
            self.shared.directory.use_lane(url, &self.user);
        }
        self.watch_figures();
        self.is_kept = true;
        self.resuming = true;
        self.tell(changes);
        self.tell_user();
        self.resuming = false;
        self.keep_session(When::Soon);
    }

    /// Puts the session into the store, with its items when it was not there yet.
    pub(super) fn keep_session(&mut self, when: When) {
        let record = self.record(None);
        let mut changes = vec![(Key::Session(self.user.clone()), Some(record))];
        if !std::mem::replace(&mut self.is_kept, true) {
            let ids: Vec<ItemId> = self.agent.item_ids().cloned().collect();
            changes.extend(ids.iter().filter_map(|id| self.item_records(id)).flatten());
        }
        self.put(changes, when);
    }

    /// Keeps a session that we end until SAP has been told.
    pub(super) fn keep_end(&mut self, reason: EndReason) {
        if self.is_kept {
            let record = self.record(Some(reason));
            self.put([(Key::Session(self.user.clone()), Some(record))], When::Now);
        }
    }

    /// Forgets the session and its items; whose end SAP has still to hear of are kept for that.
    pub(super) fn forget(&mut self) {
        if self.is_kept {
            let items = self.agent.item_ids().map(|item| (Key::Item(self.user.clone(), item.clone()), None));
            let all: Vec<_> = items.chain([(Key::Session(self.user.clone()), None)]).collect();
            self.put(all, When::Now);
        }
    }

    /// Forgets items that SAP has created and never dialled.
    pub(super) fn forget_items(&mut self) {
        let items: Vec<_> = self.agent.item_ids().map(|item| (Key::Item(self.user.clone(), item.clone()), None)).collect();
        self.put(items, When::Soon);
    }

    /// Puts an item into the store as it is now.
    pub(super) fn keep_item(&mut self, item: &ItemId, when: When) {
        if let Some(records) = self.item_records(item).filter(|_| self.is_kept) {
            self.put(records, when);
        }
    }

    /// Puts attached data into the store that the switch has accepted and may not have told of yet.
    pub(super) fn keep_data(&mut self, item: ItemId, data: Option<Arc<str>>) {
        let key = Key::Item(self.user.clone(), item.clone());
        if self.is_kept && self.shared.store.has(&key) {
            let data = data.filter(|data| !data.is_empty()).map(Record::Data);
            self.put([(Key::Data(self.user.clone(), item), data)], When::Now);
        }
    }

    /// Keeps what changed, before anybody is told.
    pub(super) fn keep(&mut self, change: &Change) {
        if !self.is_kept {
            return;
        }
        match change {
            Change::User => self.keep_session(When::Soon),
            Change::Came(item, _) => self.keep_item(item, When::Now),
            Change::Posted(posting) => self.keep_item(&posting.item, When::Soon),
            Change::Item(item) => {
                // What was not shown until now is new to the store.
                let is_new = !self.shared.store.has(&Key::Item(self.user.clone(), item.clone()));
                self.keep_item(item, if is_new { When::Now } else { When::Soon });
            }
            Change::Went(item, Some(call)) => {
                let (kept, data) = Item::split(Content::Live(call.clone()), true);
                let key = Key::Item(self.user.clone(), item.clone());
                let data = (Key::Data(self.user.clone(), item.clone()), data.map(Record::Data));
                self.put([(key, Some(Record::Item(Box::new(kept)))), data], When::Soon);
            }
            Change::Went(item, None) => self.put([(Key::Item(self.user.clone(), item.clone()), None)], When::Soon),
        }
    }

    /// Answers when everything is in the file that was put so far.
    pub(super) fn answer_when_kept(&mut self, answer: oneshot::Sender<Answer>, outcome: Result<Reply, Refusal>) {
        let Some(kept) = self.waits_for() else {
            // Nobody waits any more: SAP has hung up.
            let _ = answer.send(Answer::Done(outcome));
            return;
        };
        let work = async move {
            kept.wait().await;
            Ok(SwitchAnswer::Accepted)
        };
        self.pending.push(Box::pin(work), self.policy.switch_deadline, Then::Kept(answer, Box::new(outcome)).into());
    }

    /// What is not in the file yet; `None`: everything is.
    pub(super) fn waits_for(&mut self) -> Option<Written> {
        self.kept = self.kept.take().filter(|kept| !kept.is_done());
        self.kept.clone()
    }

    fn put(&mut self, changes: impl IntoIterator<Item = (Key, Option<Record>)>, when: When) {
        let written = self.shared.store.put(changes, when);
        if when == When::Now {
            self.kept = Some(written);
        }
    }

    /// An item and its data; `None` for one that SAP has never heard of.
    fn item_records(&self, id: &ItemId) -> Option<[(Key, Option<Record>); 2]> {
        let item = self.agent.item(id)?;
        let key = Key::Item(self.user.clone(), id.clone());
        if item.interaction().is_some() && !item.is_shown() && !self.shared.store.has(&key) {
            return None;
        }
        let (kept, data) = Item::split(item.content.clone(), item.is_shown());
        let item = (key, Some(Record::Item(Box::new(kept))));
        Some([item, (Key::Data(self.user.clone(), id.clone()), data.map(Record::Data))])
    }

    fn record(&self, ended: Option<EndReason>) -> Record {
        Record::Session(Box::new(crate::store::Session {
            // The switch tells the texts anew; without it there is none to show.
            profile: AgentProfile { texts: Arc::default(), ..self.agent.profile.clone() },
            station: self.station.clone(),
            since: self.since,
            status: Arc::clone(&self.agent.status.name),
            chosen: self.agent.chosen,
            channels: self.agent.channels.clone(),
            queues: self.agent.queues.clone(),
            addresses: self.agent.addresses.clone(),
            ignore_workmode: self.ignore_workmode,
            subscriptions: self.subscriptions.to_keep(),
            ended,
        }))
    }
}

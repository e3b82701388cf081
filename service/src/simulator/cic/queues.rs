//! The queues of users and workgroups as they are shown: what is in them, and what has ended and stays a while.

use super::{
    book::Book,
    mirror::{Changes, Mirror},
    picture::{self, Item, Role},
};
use crate::domain::{EndCause, Interaction, QueueId, UserId};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};
use tokio::time::Instant;

/// A queue. That of a station is its user's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    User(UserId),
    Workgroup(QueueId),
}

/// See the module.
#[derive(Default)]
pub(super) struct Queues {
    all: BTreeMap<Key, Queue>,
    /// Ends in the order in which they stop to be shown.
    due: VecDeque<(Instant, Key)>,
    /// What has changed; whoever shows it takes it from here.
    pub(super) stirred: BTreeSet<Key>,
    last: u64,
}

/// One queue.
#[derive(Default)]
struct Queue {
    live: Vec<Shown>,
    /// Ended, until when it is shown.
    ended: Vec<(Instant, Shown)>,
}

/// An item and when it came, as a number: what leaves and comes back has another.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) came: u64,
    pub(super) item: Item,
}

// === impl Queues ===

impl Queues {
    /// What is in it, with what has ended.
    pub(super) fn items<'a>(&'a self, key: &Key) -> impl Iterator<Item = &'a Shown> + use<'a> {
        self.all.get(key).into_iter().flat_map(|queue| queue.live.iter().chain(queue.ended.iter().map(|(_, shown)| shown)))
    }

    /// What is in it and has not ended.
    pub(super) fn live<'a>(&'a self, key: &Key) -> impl Iterator<Item = &'a Item> + use<'a> {
        self.all.get(key).into_iter().flat_map(|queue| &queue.live).map(|shown| &shown.item)
    }

    /// Where an interaction is that has not ended, whoever has it.
    pub(super) fn find(&self, id: &str) -> Option<(&Key, &Item)> {
        self.all.iter().find_map(|(key, queue)| queue.live.iter().find(|shown| shown.item.id == id).map(|shown| (key, &shown.item)))
    }

    /// One that is shown somewhere, ended or not.
    pub(super) fn find_any(&self, id: &str) -> Option<&Item> {
        self.find(id).map(|(_, item)| item).or_else(|| {
            let mut ended = self.all.values().flat_map(|queue| &queue.ended);
            ended.find(|(_, shown)| shown.item.id == id).map(|(_, shown)| &shown.item)
        })
    }

    /// Takes over what has changed.
    pub(super) fn follow(&mut self, changes: &Changes, mirror: &Mirror, book: &Book, now: Instant, unix: i64, linger: Duration) {
        for (user, last, cause) in &changes.ended {
            self.end(user, last, *cause, changes, now + linger, unix);
        }
        // A conference that is seen by one is seen by all of it.
        let mut users: BTreeSet<_> = changes.users.iter().cloned().collect();
        for user in &changes.users {
            let calls = mirror.persons.get(user).into_iter().flat_map(|person| person.interactions.keys());
            let others = calls.filter_map(|call| mirror.calls.get(call)).flat_map(|sight| &sight.parties);
            users.extend(others.filter_map(|(_, other)| other.clone()));
        }
        for user in users {
            let live = picture::of_user(&user, mirror, book);
            self.show(Key::User(user), live);
        }
        for queue in &changes.workgroups {
            let live = picture::of_workgroup(queue, mirror, book);
            self.show(Key::Workgroup(queue.clone()), live);
        }
    }

    fn show(&mut self, key: Key, live: Vec<Item>) {
        self.stirred.insert(key.clone());
        let queue = self.all.entry(key).or_default();
        let before = std::mem::take(&mut queue.live);
        for item in live {
            // Who is back has no end any more.
            queue.ended.retain(|(_, shown)| shown.item.id != item.id);
            let known = before.iter().find(|shown| shown.item.id == item.id).map(|shown| shown.came);
            let came = known.unwrap_or_else(|| {
                self.last += 1;
                self.last
            });
            queue.live.push(Shown { came, item });
        }
    }

    /// An interaction has left an agent. What was disconnected stays a while with its state; what went elsewhere is gone.
    fn end(&mut self, user: &UserId, last: &Interaction, cause: EndCause, changes: &Changes, until: Instant, unix: i64) {
        let to_voicemail = changes.over.iter().any(|(call, voicemail)| *call == last.id && voicemail.as_ref() == Some(user));
        let letter = match cause {
            EndCause::Dropped => Some("I"),
            EndCause::RemoteDisconnect | EndCause::Failed => Some("E"),
            EndCause::Rerouted if to_voicemail => Some("M"),
            EndCause::Rerouted | EndCause::Transferred | EndCause::Conferenced => None,
            // It never was in his queue.
            EndCause::ListenEnded => return,
        };
        for key in [Key::User(user.clone())].into_iter().chain(last.queue.clone().map(Key::Workgroup)) {
            self.stirred.insert(key.clone());
            let queue = self.all.entry(key.clone()).or_default();
            let (gone, live): (Vec<_>, Vec<_>) = std::mem::take(&mut queue.live).into_iter().partition(|shown| shown.item.call == last.id);
            queue.live = live;
            for mut shown in gone {
                if let Some(letter) = letter.filter(|_| !matches!(shown.item.role, Role::Member(_))) {
                    picture::set_state(&mut shown.item.attributes, letter);
                    shown.item.attributes.set("Eic_TerminationTime", picture::date(unix));
                    queue.ended.push((until, shown));
                    self.due.push_back((until, key.clone()));
                }
            }
        }
    }

    /// Removes what has been shown long enough; gives back when there is more to remove.
    pub(super) fn sweep(&mut self, now: Instant) -> Option<Instant> {
        while let Some((_, key)) = self.due.pop_front_if(|(until, _)| *until <= now) {
            if let Some(queue) = self.all.get_mut(&key) {
                queue.ended.retain(|(until, _)| *until > now);
            }
            self.stirred.insert(key);
        }
        self.due.front().map(|(until, _)| *until)
    }
}

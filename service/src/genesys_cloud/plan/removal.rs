//! What becomes of records that the switch has no longer. Only what we have made is ever deactivated, emptied or deleted; what was adopted is let
//! go and stays as it is.

use super::{
    Action,
    make::{Maker, UNSEEN},
};
use crate::genesys_cloud::{
    cloud::State,
    known::Entry,
    reason::Reason,
    record::{Kind, RecordId},
};
use std::collections::BTreeSet;

/// When removed records are deleted. Times are seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// Users are deactivated and queues emptied at once, all are deleted after a time.
    Safe {
        /// Users.
        user_grace: i64,
        /// All others.
        object_grace: i64,
    },
    /// As the guide says: queues, skills, languages and codes at once. Of users it says nothing: they are deactivated and stay.
    Guide,
}

pub(super) fn all(maker: &mut Maker<'_>) {
    let ground = maker.ground;
    for (id, entry) in &ground.known.records {
        let is_wanted = ground.desired.records.contains_key(id) || ground.desired.left_out.contains_key(id);
        if !is_wanted && ground.kinds.contains(&id.kind) && ground.examine.has(id) {
            one(maker, id, entry);
        }
    }
}

fn one(maker: &mut Maker<'_>, id: &RecordId, entry: &Entry) {
    let ground = maker.ground;
    let forget = |maker: &mut Maker<'_>, word: &str, text: &str| {
        maker.step(id, Action::Forget, Reason::new(word, text));
    };
    let Some(cloud) = &entry.cloud else { return forget(maker, "never-there", "the organisation never had it") };
    if maker.standing.get(&(id.kind, cloud)).is_some_and(|other| *other != id) {
        return forget(maker, "is-another", "what it was stands for another record now");
    }
    let Some(existing) = ground.actual.by_id(id.kind, cloud).filter(|existing| existing.state != State::Deleted) else {
        let is_fresh = entry.last_synced.is_some_and(|at| ground.now < at + UNSEEN);
        if !is_fresh {
            forget(maker, "gone-there", "the organisation has it no longer either");
        }
        return;
    };
    if !maker.is_made(id) {
        return forget(maker, "adopted", "it was there before us, so it stays");
    }
    let (grace, is_kept) = match ground.deletion {
        Deletion::Guide => (0, id.kind == Kind::User),
        // Whoever empties the list of clients means that nobody logs on by it any more.
        Deletion::Safe { .. } if id.kind == Kind::OauthClient => (0, false),
        Deletion::Safe { user_grace, .. } if id.kind == Kind::User => (user_grace, false),
        Deletion::Safe { object_grace, .. } => (object_grace, false),
    };
    let is_first = entry.removed.is_none();
    if is_first {
        maker.removals.insert(id.clone());
    }
    if !is_kept && ground.now >= entry.removed.unwrap_or(ground.now) + grace {
        maker.step(id, Action::Delete, if is_first { gone() } else { Reason::new("grace-over", "its grace period is over") });
        return;
    }
    if id.kind == Kind::User && existing.state == State::Active {
        maker.step(id, Action::Deactivate, gone());
    }
    if id.kind == Kind::Queue
        && let Some(links) = ground.actual.links(cloud)
    {
        let direct = links.members.iter().filter(|member| !member.by_group).map(|member| &member.user);
        let members = maker.ours(Kind::User, direct, &BTreeSet::new());
        if !members.is_empty() {
            maker.step(id, Action::RemoveMembers { users: members }, gone());
        }
        let codes = maker.ours(Kind::WrapUpCode, links.codes.iter(), &BTreeSet::new());
        if !codes.is_empty() {
            maker.step(id, Action::RemoveCodes { codes }, gone());
        }
    }
    if is_first {
        maker.step(id, Action::Retire, gone());
    }
}

fn gone() -> Reason {
    Reason::new("gone", "the switch has it no longer")
}

//! How a plan is made: a pure function of what should be, what is known, what is there and how much may be done. No clock and no network.

use super::{
    Action, Limits, Plan, Step, differences, guard,
    removal::{self, Deletion},
};
use crate::genesys_cloud::{
    actual::Actual,
    cloud::{Existing, Find, State},
    desired::Desired,
    known::{Known, Ownership},
    reason::Reason,
    record::{CloudId, Content, Kind, OurId, Record, RecordId},
};
use std::collections::{BTreeMap, BTreeSet};

/// Reads trail writes: what we have written a moment ago and cannot see is there all the same.
pub(super) const UNSEEN: i64 = 600;

/// What a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// What should be.
    pub desired: &'a Desired,
    /// What is known.
    pub known: &'a Known,
    /// What is there, of all that is examined.
    pub actual: &'a Actual,
    /// What is examined.
    pub examine: &'a Examine,
    /// Kinds that are kept in step; of others nothing is removed.
    pub kinds: &'a BTreeSet<Kind>,
    /// The site in our marks.
    pub site: &'a str,
    /// What becomes of that which the switch has no longer.
    pub deletion: Deletion,
    /// How many removals may be.
    pub limits: Limits,
    /// Seconds since 1970 UTC.
    pub now: i64,
}

/// Which records are compared with what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Examine {
    /// All, whatever is known of them.
    All,
    /// These.
    Only(BTreeSet<RecordId>),
}

/// Makes the plan.
pub fn make(ground: Ground<'_>) -> Plan {
    let mut maker = Maker::new(ground);
    for kind in Kind::ALL {
        // Members need users, so queues are joined after them.
        ground.desired.records.values().filter(|record| record.id.kind == kind).for_each(|record| maker.record(record));
    }
    ground.desired.records.values().filter(|record| record.id.kind == Kind::Queue).for_each(|record| maker.links(record));
    removal::all(&mut maker);
    let busy: BTreeSet<&RecordId> = {
        let steps = maker.steps.iter().map(|step| &step.record);
        steps.chain(maker.problems.keys()).chain(maker.unseen.iter().copied()).collect()
    };
    let examined = ground.desired.records.keys().filter(|id| ground.examine.has(id));
    let settled: Vec<RecordId> = examined.filter(|id| !busy.contains(id)).cloned().collect();
    let held = guard::judge(&maker.removals, ground.known.records.len(), ground.limits);
    Plan::new(maker.steps, maker.problems, held, settled)
}

pub(super) struct Maker<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) steps: Vec<Step>,
    pub(super) problems: BTreeMap<RecordId, Reason>,
    /// Records whose removal begins with this plan.
    pub(super) removals: BTreeSet<RecordId>,
    /// What each record is there, for all that is known and all that was found.
    clouds: BTreeMap<&'a RecordId, &'a CloudId>,
    /// Which record something there stands for.
    pub(super) standing: BTreeMap<(Kind, &'a CloudId), &'a RecordId>,
    /// Records that cannot be read yet.
    unseen: BTreeSet<&'a RecordId>,
    /// Records that this plan makes.
    coming: BTreeSet<&'a RecordId>,
    /// Skills and languages that users have from us.
    names: BTreeMap<Kind, BTreeSet<&'a str>>,
}

/// Why a record has nothing to be compared with.
enum Lost {
    /// We have written it a moment ago and cannot read it yet: it is left until it can be read.
    Unseen,
    /// What has its name stands for something else.
    Taken(Reason),
}

/// How a record was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Known,
    Marked,
    ByKey,
}

// === impl Examine ===

impl Examine {
    /// Is this record examined?
    pub fn has(&self, id: &RecordId) -> bool {
        match self {
            Self::All => true,
            Self::Only(records) => records.contains(id),
        }
    }

    /// Records that are not as they were when they were written last, or were not written whole; and what the switch has no longer.
    pub fn changed(desired: &Desired, known: &Known) -> Self {
        let is_written = |record: &Record| {
            let entry = known.records.get(&record.id);
            entry.is_some_and(|entry| entry.removed.is_none() && entry.written.as_ref() == Some(&record.fingerprint()))
        };
        let changed = desired.records.values().filter(|record| !is_written(record)).map(|record| record.id.clone());
        let gone = known.records.keys().filter(|id| !desired.records.contains_key(id) && !desired.left_out.contains_key(id)).cloned();
        Self::Only(changed.chain(gone).collect())
    }
}

// === impl Maker ===

impl<'a> Maker<'a> {
    fn new(ground: Ground<'a>) -> Self {
        let entries = || ground.known.records.iter().filter_map(|(id, entry)| Some((id, entry.cloud.as_ref()?)));
        let desired = |kind: Kind| ground.desired.records.keys().filter(move |id| id.kind == kind).map(|id| id.source.0.as_str());
        let names = |kind: Kind| (kind, ground.known.names(kind).into_iter().chain(desired(kind)).collect());
        Self {
            ground,
            steps: Vec::new(),
            problems: BTreeMap::new(),
            removals: BTreeSet::new(),
            clouds: entries().collect(),
            standing: entries().map(|(id, cloud)| ((id.kind, cloud), id)).collect(),
            unseen: BTreeSet::new(),
            coming: BTreeSet::new(),
            names: [names(Kind::Skill), names(Kind::Language)].into(),
        }
    }

    pub(super) fn step(&mut self, record: &RecordId, action: Action, reason: Reason) -> &mut Step {
        self.steps.push_mut(Step { record: record.clone(), action, reason, changes: Vec::new(), needs: Vec::new() })
    }

    /// Fields of a record; what it is joined to comes later.
    fn record(&mut self, record: &'a Record) {
        if !self.ground.examine.has(&record.id) {
            return;
        }
        match self.find(record) {
            Err(Lost::Unseen) => drop(self.unseen.insert(&record.id)),
            Err(Lost::Taken(problem)) => drop(self.problems.insert(record.id.clone(), problem)),
            Ok(Some((existing, how))) => self.found(record, existing, how),
            Ok(None) if record.active => self.create(record),
            // The account is off, and the organisation does not know it: there is nothing to turn off.
            Ok(None) => {}
        }
    }

    fn find(&self, record: &Record) -> Result<Option<(&'a Existing, How)>, Lost> {
        let (actual, kind) = (self.ground.actual, record.id.kind);
        let entry = self.ground.known.records.get(&record.id);
        if let Some(cloud) = entry.and_then(|entry| entry.cloud.as_ref()) {
            if let Some(existing) = actual.by_id(kind, cloud) {
                return Ok(Some((existing, How::Known)));
            }
            let is_fresh = entry.and_then(|entry| entry.last_synced).is_some_and(|at| self.ground.now < at + UNSEEN);
            if is_fresh {
                return Err(Lost::Unseen);
            }
        }
        let ours = self.our_id(record);
        if let Some(existing) = actual.find(kind, &Find::Ours(ours)) {
            return Ok(Some((existing, How::Marked)));
        }
        if !kind.has_natural_key() {
            return Ok(None);
        }
        let key = record.content.natural_key();
        let Some(existing) = actual.find(kind, &Find::Key(key.to_owned())) else { return Ok(None) };
        let other = existing.ours.as_ref().map(|ours| RecordId { kind, source: ours.source.clone() });
        if let Some(ours) = existing.ours.as_ref().filter(|ours| ours.site != self.ground.site) {
            let text = format!("{key:?} is there already and belongs to the site {}", ours.site);
            return Err(Lost::Taken(Reason::new("other-site", text).with("key", key).with("site", &ours.site)));
        }
        let standing = self.standing.get(&(kind, &existing.id)).map(|id| (*id).clone());
        match other.or(standing).filter(|other| *other != record.id) {
            None => Ok(Some((existing, How::ByKey))),
            // It was another's, whom the switch has no longer: he is called something else now.
            Some(other) if !self.is_wanted(&other) => Ok(Some((existing, How::Marked))),
            Some(other) => {
                let text = format!("{key:?} is there already and stands for {other}");
                Err(Lost::Taken(Reason::new("other-record", text).with("key", key).with("other", other)))
            }
        }
    }

    fn is_wanted(&self, id: &RecordId) -> bool {
        self.ground.desired.records.contains_key(id) || self.ground.desired.left_out.contains_key(id)
    }

    fn found(&mut self, record: &'a Record, existing: &'a Existing, how: How) {
        let id = &record.id;
        let entry = self.ground.known.records.get(id);
        if how != How::Known {
            // What was being made when the process ended, and was not there before, is what was made then.
            let was_coming = entry.and_then(|entry| entry.intent.as_ref()).is_some_and(|intent| intent.action == "create");
            let made = how == How::Marked || was_coming;
            let reason = match how {
                How::Marked => Reason::new("marked", "the organisation has it, with our mark"),
                _ if made => Reason::new("was-being-made", "it was being made when the process ended"),
                _ => Reason::new("same-key", "the organisation has one with the same name or e-mail address"),
            };
            self.step(id, Action::Adopt { cloud: existing.id.clone(), made }, reason);
        }
        self.clouds.insert(id, &existing.id);
        self.standing.insert((id.kind, &existing.id), id);
        if existing.state == State::Deleted && record.active {
            self.step(id, Action::Restore, Reason::new("was-deleted", "the user was deleted there and is restored; his roles are not"));
        }
        if !record.active {
            if existing.state == State::Active {
                self.removals.insert(id.clone());
                self.step(id, Action::Deactivate, Reason::new("account-is-off", "the account is off on the switch"));
            }
            return;
        }
        let changeable = !matches!(id.kind, Kind::Skill | Kind::Language | Kind::WrapUpCode);
        let content = self.merged(record, Some(existing));
        let there = comparable(&existing.content, &content);
        let differs = content != there;
        let needs_mark = how == How::ByKey || (how == How::Marked && existing.ours.as_ref() != Some(&self.our_id(record)));
        if changeable && (differs || needs_mark || existing.state != State::Active) {
            let reason = match (differs, existing.state) {
                (true, _) => Reason::new("differs", "the organisation has something else"),
                (false, State::Active) => Reason::new("needs-mark", "it gets our mark"),
                (false, _) => Reason::new("is-inactive", "it is not active there"),
            };
            let (changes, needs) = (differences(Some(&there), &content), self.needs(record));
            let step = self.step(id, Action::Change { content, version: existing.version.clone() }, reason);
            (step.changes, step.needs) = (changes, needs);
        }
    }

    fn create(&mut self, record: &'a Record) {
        let known = self.ground.known.records.get(&record.id).and_then(|entry| entry.cloud.as_ref());
        let reason = match known {
            Some(cloud) => Reason::new("deleted-there", "it was deleted in the organisation and is made anew").with("cloud", cloud),
            None => Reason::new("new", "the switch has it and the organisation has not"),
        };
        self.clouds.remove(&record.id);
        self.coming.insert(&record.id);
        let content = self.merged(record, None);
        let (changes, needs) = (differences(None, &content), self.needs(record));
        let step = self.step(&record.id, Action::Create { content }, reason);
        (step.changes, step.needs) = (changes, needs);
    }

    /// The record's fields, with the skills and languages that somebody else has given the user.
    fn merged(&self, record: &Record, existing: Option<&Existing>) -> Content {
        let mut content = record.content.clone();
        if let (Content::User(person), Some(Content::User(there))) = (&mut content, existing.map(|existing| &existing.content)) {
            let both = [(Kind::Skill, &mut person.skills, &there.skills), (Kind::Language, &mut person.languages, &there.languages)];
            for (kind, ours, theirs) in both {
                let foreign = theirs.iter().flatten().filter(|(name, _)| !self.names[&kind].contains(name.as_str()));
                if let Some(ours) = ours {
                    ours.extend(foreign.map(|(name, stars)| (name.clone(), *stars)));
                }
            }
        }
        content
    }

    /// Skills and languages of a user that this plan makes.
    fn needs(&self, record: &Record) -> Vec<RecordId> {
        let Content::User(person) = &record.content else { return Vec::new() };
        let of = |kind: Kind, names: &Option<BTreeMap<String, u8>>| {
            names.iter().flatten().map(|(name, _)| RecordId::new(kind, name.as_str())).collect::<Vec<_>>()
        };
        let mut needs = of(Kind::Skill, &person.skills);
        needs.extend(of(Kind::Language, &person.languages));
        needs.retain(|id| self.coming.contains(id));
        needs
    }

    fn our_id(&self, record: &Record) -> OurId {
        OurId { site: self.ground.site.to_owned(), source: record.id.source.clone() }
    }

    /// What a queue is joined to.
    fn links(&mut self, record: &'a Record) {
        let id = &record.id;
        if !self.ground.examine.has(id) || self.problems.contains_key(id) || self.unseen.contains(id) {
            return;
        }
        let links = self.clouds.get(id).and_then(|queue| self.ground.actual.links(queue)).cloned().unwrap_or_default();
        let wanted = |kind: Kind, sources: &BTreeSet<_>| -> BTreeSet<RecordId> {
            sources.iter().map(|source| RecordId { kind, source: Clone::clone(source) }).collect()
        };
        let mut members = wanted(Kind::User, &record.links.members);
        if self.ground.kinds.contains(&Kind::User) {
            // A user who is gone may still stand in a workgroup's list.
            members.retain(|id| self.is_wanted(id));
        }
        let codes = wanted(Kind::WrapUpCode, &record.links.codes);
        let is_member = |cloud: &CloudId| links.members.iter().any(|member| member.user == *cloud);
        let add = self.to_add(&members, is_member);
        if !add.is_empty() {
            self.step(id, Action::AddMembers { users: add }, Reason::new("are-members", "they belong to the workgroup"));
        }
        let add = self.to_add(&codes, |cloud| links.codes.contains(cloud));
        if !add.is_empty() {
            self.step(id, Action::AddCodes { codes: add }, Reason::new("are-codes", "they belong to the workgroup"));
        }
        // Who came in by a group is the group's.
        let direct = links.members.iter().filter(|member| !member.by_group).map(|member| &member.user);
        let remove = self.ours(Kind::User, direct, &members);
        if !remove.is_empty() {
            self.step(id, Action::RemoveMembers { users: remove }, Reason::new("no-members", "they do not belong to the workgroup"));
        }
        let remove = self.ours(Kind::WrapUpCode, links.codes.iter(), &codes);
        if !remove.is_empty() {
            self.step(id, Action::RemoveCodes { codes: remove }, Reason::new("no-codes", "they do not belong to the workgroup"));
        }
    }

    /// Those that are there, or will be, and are not joined yet.
    fn to_add(&self, wanted: &BTreeSet<RecordId>, is_joined: impl Fn(&CloudId) -> bool) -> Vec<RecordId> {
        let is_missing = |id: &&RecordId| match self.clouds.get(id) {
            Some(cloud) => !is_joined(cloud),
            None => self.coming.contains(id),
        };
        wanted.iter().filter(is_missing).cloned().collect()
    }

    /// Of these things those that stand for records of ours which are not wanted. What is left out stays as it is.
    pub(super) fn ours<'b>(&self, kind: Kind, clouds: impl Iterator<Item = &'b CloudId>, wanted: &BTreeSet<RecordId>) -> Vec<RecordId> {
        let records = clouds.filter_map(|cloud| self.standing.get(&(kind, cloud)).copied());
        let mut ours: Vec<RecordId> =
            records.filter(|id| !wanted.contains(id) && !self.ground.desired.left_out.contains_key(id)).cloned().collect();
        ours.sort();
        ours
    }

    /// Is it what we have made?
    pub(super) fn is_made(&self, id: &RecordId) -> bool {
        self.ground.known.records.get(id).is_some_and(|entry| entry.ownership == Ownership::Made)
    }
}

/// What is there, in the form in which it can be compared: e-mail addresses in small letters, and without what is not kept in step.
fn comparable(there: &Content, wanted: &Content) -> Content {
    let mut there = there.clone();
    if let (Content::User(there), Content::User(wanted)) = (&mut there, wanted) {
        there.email = there.email.to_lowercase();
        there.skills = there.skills.take().filter(|_| wanted.skills.is_some());
        there.languages = there.languages.take().filter(|_| wanted.languages.is_some());
        let fields = wanted.fields.keys().map(|name| (name.clone(), there.fields.get(name).cloned().unwrap_or_default()));
        there.fields = fields.collect();
    }
    there
}

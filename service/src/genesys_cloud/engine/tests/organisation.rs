//! An organisation in memory behind the port: the model of the planner's tests, with delay, refusals, absence, and a place to be killed at.

use crate::{
    genesys_cloud::{
        cloud::{Cloud, CloudError, Existing, Fault, Find, Member, Pace, State, Write, Written},
        model::Model,
        record::{CloudId, Content, Kind, Person},
    },
    switch::BoxFuture,
};
use std::{
    collections::BTreeMap,
    future::pending,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Organisation(Arc<Inner>);

struct Inner {
    short_name: String,
    state: Mutex<Inside>,
    changes: watch::Sender<u64>,
    killed: watch::Sender<bool>,
}

#[derive(Default)]
struct Inside {
    model: Model,
    calls: u64,
    writes: u64,
    away: bool,
    delay: Duration,
    hidden: BTreeMap<CloudId, Instant>,
    refusals: BTreeMap<String, Fault>,
    kill: Option<(u64, bool)>,
}

// === impl Organisation ===

impl Organisation {
    pub(super) fn new(short_name: &str) -> Self {
        let inner = Inner {
            short_name: short_name.into(),
            state: Mutex::default(),
            changes: watch::Sender::new(0),
            killed: watch::Sender::new(false),
        };
        Self(Arc::new(inner))
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.state.lock().unwrap()
    }

    pub(super) fn shows_after(&self, delay: Duration) {
        self.lock().delay = delay;
    }

    pub(super) fn is_away(&self, away: bool) {
        self.lock().away = away;
    }

    pub(super) fn refuses(&self, key: &str, fault: Fault) {
        self.lock().refusals.insert(key.into(), fault);
    }

    pub(super) fn refuses_nothing(&self) {
        self.lock().refusals.clear();
    }

    /// The write of this number, counted from now on, is the last that this process sees.
    pub(super) fn kill_at(&self, write: u64, had_effect: bool) {
        let mut inside = self.lock();
        (inside.writes, inside.kill) = (0, Some((write, had_effect)));
        self.0.killed.send_replace(false);
    }

    pub(super) async fn killed(&self) {
        self.0.killed.subscribe().wait_for(|killed| *killed).await.unwrap();
    }

    pub(super) fn calls(&self) -> u64 {
        self.lock().calls
    }

    pub(super) fn users(&self) -> Vec<Existing> {
        let inside = self.lock();
        inside.model.things.values().filter(|thing| thing.content.kind() == Kind::User).cloned().collect()
    }

    pub(super) fn members_of(&self, queue: &str) -> Vec<String> {
        let inside = self.lock();
        let id = inside.model.things.values().find(|thing| thing.content.natural_key() == queue).map(|thing| thing.id.clone()).unwrap();
        let members = inside.model.links.get(&id).cloned().unwrap_or_default().members;
        members.iter().map(|member| inside.model.things[&(Kind::User, member.user.clone())].content.natural_key().to_owned()).collect()
    }

    pub(super) fn has_deleted_user(&self, email: &str) {
        let person = Person {
            email: email.into(),
            display_name: "Gone".into(),
            skills: Some(BTreeMap::new()),
            languages: Some(BTreeMap::new()),
            ..Person::default()
        };
        self.lock().model.add(Content::User(person), None, State::Deleted);
    }

    pub(super) async fn wait_for(&self, wanted: impl Fn(&Self) -> bool) {
        let mut changes = self.0.changes.subscribe();
        while !wanted(self) {
            changes.changed().await.unwrap();
        }
    }

    fn ask<T: Send + 'static>(&self, answer: impl FnOnce(&mut Inside) -> Result<T, CloudError>) -> BoxFuture<Result<T, CloudError>> {
        let mut inside = self.lock();
        inside.calls += 1;
        let answer = if inside.away { Err(error(Fault::Unreachable)) } else { answer(&mut inside) };
        Box::pin(async { answer })
    }
}

impl Inside {
    fn is_shown(&self, thing: &Existing) -> bool {
        self.hidden.get(&thing.id).is_none_or(|until| *until <= Instant::now())
    }

    /// Why a real organisation would refuse this.
    fn judge(&self, write: &Write) -> Option<Fault> {
        let (Write::Create { content, .. } | Write::Change { content, .. }) = write else { return None };
        let key = content.natural_key();
        if let Some(fault) = self.refusals.get(key) {
            return Some(fault.clone());
        }
        let is_same = |thing: &&Existing| thing.content.kind() == content.kind() && thing.content.natural_key().eq_ignore_ascii_case(key);
        let other = self.model.things.values().find(is_same)?;
        matches!(write, Write::Create { .. }).then_some(Fault::Conflict).or_else(|| match write {
            Write::Change { id, .. } if *id != other.id => Some(Fault::Conflict),
            _ => None,
        })
    }
}

fn error(fault: Fault) -> CloudError {
    CloudError { message: format!("{fault:?}"), fault, correlation: Some("c-1".into()) }
}

impl Cloud for Organisation {
    fn organisation(&self) -> BoxFuture<Result<crate::genesys_cloud::cloud::Organisation, CloudError>> {
        let (short_name, id) = (self.0.short_name.clone(), format!("{:p}", Arc::as_ptr(&self.0)));
        self.ask(|_| Ok(crate::genesys_cloud::cloud::Organisation { id, name: "Acme".into(), short_name }))
    }

    fn list(&self, kind: Kind) -> BoxFuture<Result<Vec<Existing>, CloudError>> {
        self.ask(|inside| {
            let all = inside.model.things.values().filter(|thing| thing.content.kind() == kind && thing.state != State::Deleted);
            let all: Vec<_> = all.filter(|thing| inside.is_shown(thing)).cloned().collect();
            // Pages of 25 users, of 100 of everything else; active and inactive users are asked for each for themselves.
            let pages = all.len().div_ceil(if kind == Kind::User { 25 } else { 100 });
            inside.calls += pages.saturating_sub(1) as u64 + u64::from(kind == Kind::User);
            Ok(all)
        })
    }

    fn find(&self, kind: Kind, by: Find) -> BoxFuture<Result<Option<Existing>, CloudError>> {
        self.ask(move |inside| {
            let found = inside.model.actual().find(kind, &by).cloned();
            Ok(found.filter(|thing| inside.is_shown(thing) && (thing.state != State::Deleted || matches!(by, Find::Key(_)))))
        })
    }

    fn members(&self, queue: CloudId) -> BoxFuture<Result<Vec<Member>, CloudError>> {
        self.ask(move |inside| Ok(inside.model.links.get(&queue).cloned().unwrap_or_default().members))
    }

    fn codes(&self, queue: CloudId) -> BoxFuture<Result<Vec<CloudId>, CloudError>> {
        self.ask(move |inside| Ok(inside.model.links.get(&queue).cloned().unwrap_or_default().codes.into_iter().collect()))
    }

    fn write(&self, write: Write) -> BoxFuture<Result<Written, CloudError>> {
        let ends = {
            let mut inside = self.lock();
            let number = inside.writes;
            inside.writes += 1;
            inside.kill.filter(|(at, _)| *at == number)
        };
        if ends.is_some() {
            self.lock().kill = None;
        }
        let killed = self.0.killed.clone();
        if let Some((_, false)) = ends {
            killed.send_replace(true);
            return Box::pin(pending());
        }
        let answer = self.ask(|inside| {
            if let Some(fault) = inside.judge(&write) {
                return Err(error(fault));
            }
            let requests = match &write {
                Write::AddMembers { users: ids, .. } | Write::RemoveMembers { users: ids, .. } | Write::AddCodes { codes: ids, .. } => {
                    ids.len().div_ceil(100)
                }
                Write::RemoveCodes { codes, .. } => codes.len(),
                Write::Change { content: Content::Queue { .. }, .. } => 2,
                _ => 1,
            };
            inside.calls += requests.saturating_sub(1) as u64;
            let written = inside.model.write(write);
            if let Some(existing) = &written.existing {
                let until = Instant::now() + inside.delay;
                inside.hidden.insert(existing.id.clone(), until);
            }
            Ok(written)
        });
        self.0.changes.send_modify(|changes| *changes += 1);
        if ends.is_some() {
            killed.send_replace(true);
            return Box::pin(pending());
        }
        answer
    }

    fn pace(&self) -> Pace {
        Pace { calls: self.calls(), throttled: 0, per_minute: 240 }
    }
}

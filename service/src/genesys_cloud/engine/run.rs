//! One run: snapshot, read, plan, guard, apply, verify, record.

use super::{
    BTreeSet, Cause, Configuration, Desired, Engine, Fingerprint, Kind, Plan, Policy, Reason, RecordId, RunReport, Status, desired, read,
    report,
};
use crate::genesys_cloud::{
    actual::Actual,
    plan::{Examine, Ground, make},
    record::Content,
};
use std::{pin::pin, sync::Arc, time::Duration};
use tokio::time::Instant;

/// The switch answers within this time, or is not asked.
const SNAPSHOT: Duration = Duration::from_mins(2);

/// What a run is about.
pub(super) enum Wanted {
    /// Everything, whatever is known (guide, *Force Complete Sync*).
    Everything,
    /// What has changed.
    Changes,
    /// One record, and what belongs to it.
    Record(RecordId),
    /// Exactly what this plan says.
    Plan(Fingerprint),
}

/// A plan, and what it was made from.
pub(super) struct Made {
    pub(super) plan: Plan,
    pub(super) desired: Arc<Desired>,
    pub(super) actual: Actual,
}

impl Engine {
    pub(super) async fn run(&mut self, policy: &Arc<Policy>, cause: Cause, wanted: &Wanted) -> Result<RunReport, Reason> {
        self.shared.lock().state = report::State::Running;
        let began = now();
        if matches!(wanted, Wanted::Everything | Wanted::Changes) {
            // Before the snapshot: what changes after it is the next run's.
            self.changes = *(self.source)().configuration_changes().borrow();
        }
        let outcome = self.attempt(policy, cause, wanted).await;
        match &outcome {
            Ok(_) => drop(self.answered(policy, Instant::now(), Ok(()))),
            // Of a run that took long only its end has failed.
            Err(reason) if report::is_silence(reason) => drop(self.answered(policy, Instant::now(), Err(reason.clone()))),
            // Something else keeps it from running, and says nothing of the connection.
            Err(_) => {}
        }
        let mut seen = self.shared.lock();
        seen.pace = policy.cloud.pace();
        seen.progress = None;
        seen.state = match &outcome {
            Ok(_) => report::State::Idle,
            Err(reason) => report::State::Failing(reason.clone()),
        };
        let ended = now();
        let report = match &outcome {
            Ok(report) => RunReport { began, ended, ..report.clone() },
            Err(reason) => RunReport { began, ended, cause: cause.word().into(), failure: Some(reason.clone()), ..RunReport::default() },
        };
        seen.last = Some(report.clone());
        outcome.map(|_| report)
    }

    async fn attempt(&mut self, policy: &Arc<Policy>, cause: Cause, wanted: &Wanted) -> Result<RunReport, Reason> {
        let Made { plan, desired, actual } = self.plan(policy, wanted).await?;
        if let Wanted::Plan(saved) = wanted
            && *saved != plan.id
        {
            return Err(Reason::new("ground-changed", "switch or organisation have changed since this plan was made: make another one"));
        }
        self.guard(&plan, wanted)?;
        let mut report =
            RunReport { cause: cause.word().into(), steps: plan.steps.len(), unchanged: plan.unchanged, ..RunReport::default() };
        self.apply(policy, cause, plan, &desired, &actual, &mut report).await?;
        Ok(report)
    }

    /// Makes a plan; writes nothing.
    pub(super) async fn plan(&mut self, policy: &Arc<Policy>, wanted: &Wanted) -> Result<Made, Reason> {
        self.connect(policy).await?;
        let configuration = self.snapshot().await?;
        let desired = Arc::new(desired(&configuration, &policy.scope));
        self.look_for_emptiness(policy, &desired)?;
        self.look_at_admin_user(policy, &configuration);
        let known = {
            let mut seen = self.shared.lock();
            seen.dial_groups_missing = policy.missing_dial_groups(&configuration);
            seen.desired = Arc::clone(&desired);
            seen.known.clone()
        };
        let examine = match wanted {
            Wanted::Everything | Wanted::Plan(_) => Examine::All,
            Wanted::Changes => Examine::changed(&desired, &known),
            Wanted::Record(record) => Examine::Only(with_company(record, &desired)?),
        };
        let read = {
            let mut reading = pin!(read::actual(&*policy.cloud, &desired, &known, &examine, &policy.site));
            loop {
                tokio::select! {
                    read = &mut reading => break read,
                    Some(express) = self.express.recv(), if !matches!(wanted, Wanted::Record(_)) => drop(self.at_once(policy, express).await),
                }
            }
        };
        let actual = read.map_err(|error| report::of_error(&error))?;
        // Somebody who did not want to wait may have added to it; what he has made and was not read yet counts as not to be seen yet.
        let known = self.shared.lock().known.clone();
        let kinds: BTreeSet<Kind> = Kind::ALL
            .into_iter()
            .filter(|kind| match kind {
                Kind::User => policy.scope.users,
                Kind::Skill | Kind::Language | Kind::WrapUpCode | Kind::Queue => policy.scope.platform_objects,
                Kind::OauthClient => true,
            })
            .collect();
        let plan = make(Ground {
            desired: &desired,
            known: &known,
            actual: &actual,
            examine: &examine,
            kinds: &kinds,
            site: &policy.site,
            deletion: policy.deletion,
            limits: policy.limits,
            now: now(),
        });
        Ok(Made { plan, desired, actual })
    }

    /// Looks whose token it is, once for each organisation that the file names.
    async fn connect(&mut self, policy: &Policy) -> Result<(), Reason> {
        if self.connected.as_ref() == Some(&policy.address) {
            return Ok(());
        }
        let organisation = policy.cloud.organisation().await.map_err(|error| report::of_error(&error))?;
        if !organisation.short_name.eq_ignore_ascii_case(&policy.organisation) {
            let text = format!(
                "the client belongs to the organisation {:?}, and the file names {:?}",
                organisation.short_name, policy.organisation
            );
            return Err(Reason::new("other-organisation", text).with("is", organisation.short_name).with("wanted", &policy.organisation));
        }
        let about = {
            let mut seen = self.shared.lock();
            match &seen.about.organisation {
                Some(known) if *known != organisation.id => {
                    let text = "the organisation is another one than before: what is known of the one before does not hold for it. \
                                If it is meant, run `jackfield bridge sync --new-organization`";
                    return Err(Reason::new("organisation-changed", text).with("is", organisation.id).with("was", known));
                }
                Some(_) => None,
                None => {
                    seen.about.organisation = Some(organisation.id);
                    Some(seen.about.clone())
                }
            }
        };
        if let Some(about) = about {
            self.memory.put_about(&about);
        }
        self.connected = Some(policy.address.clone());
        Ok(())
    }

    async fn snapshot(&self) -> Result<Arc<Configuration>, Reason> {
        let switch = (self.source)();
        match tokio::time::timeout(SNAPSHOT, switch.configuration()).await {
            Ok(Ok(configuration)) => Ok(configuration),
            Ok(Err(refusal)) => Err(Reason::new("no-snapshot", format!("the switch does not say what it has: {refusal}"))),
            Err(_) => Err(Reason::new("no-snapshot", "the switch does not say what it has")),
        }
    }

    /// A switch that cannot be reached must never look like one that has nothing: two snapshots in a row must lack a kind of which something is
    /// known.
    fn look_for_emptiness(&mut self, policy: &Policy, desired: &Desired) -> Result<(), Reason> {
        let is_empty = |kind: Kind| {
            let of = |id: &&RecordId| id.kind == kind;
            !desired.records.keys().any(|id| of(&id)) && !desired.left_out.keys().any(|id| of(&id))
        };
        let lacks = {
            let seen = self.shared.lock();
            let is_known = |kind: Kind| seen.known.records.iter().any(|(id, entry)| id.kind == kind && entry.removed.is_none());
            let kinds = [(Kind::User, policy.scope.users), (Kind::Queue, policy.scope.platform_objects)];
            kinds.into_iter().any(|(kind, is_synced)| is_synced && is_empty(kind) && is_known(kind))
        };
        let first = lacks && !self.looked_empty;
        self.looked_empty = first;
        if first {
            return Err(Reason::new(
                "looks-empty",
                "the switch suddenly has no users or no workgroups: it is asked once more before anything is removed",
            ));
        }
        Ok(())
    }

    /// Removals beyond the limits wait for an administrator; a plan that he applies is his word for it.
    fn guard(&self, plan: &Plan, wanted: &Wanted) -> Result<(), Reason> {
        let mut seen = self.shared.lock();
        seen.held.clone_from(&plan.held);
        let Some(held) = &plan.held else { return Ok(()) };
        if matches!(wanted, Wanted::Plan(_)) || seen.about.allowed.as_ref() == Some(&held.id) {
            seen.held = None;
            return Ok(());
        }
        let (id, text) = if seen.about.rejected.as_ref() == Some(&held.id) {
            ("removals-rejected", "were rejected; nothing is done until the switch has something else")
        } else {
            (
                "removals-held",
                "are held back until they are allowed: `jackfield bridge plan` shows them, `jackfield bridge allow` allows them",
            )
        };
        let text = format!("{} removals of {} records {text}", held.removals, held.of);
        Err(Reason::new(id, text).with("removals", held.removals).with("of", held.of))
    }

    /// How many records stand how.
    pub(super) fn mark_left_out(&self, desired: &Desired) {
        let mut seen = self.shared.lock();
        for (id, reason) in &desired.left_out {
            if let Some(entry) = seen.known.records.get_mut(id) {
                (entry.status, entry.reasons) = (Status::NotSynced, vec![reason.clone()]);
            }
        }
    }
}

/// The record with what it needs and what needs it: a user's skills and languages, and the queues that he belongs to.
pub(super) fn with_company(record: &RecordId, desired: &Desired) -> Result<BTreeSet<RecordId>, Reason> {
    let Some(wanted) = desired.records.get(record) else {
        return Err(desired
            .left_out
            .get(record)
            .cloned()
            .unwrap_or_else(|| Reason::new("unknown-record", format!("the switch has no {record}")).with("record", record)));
    };
    let mut company: BTreeSet<RecordId> = [record.clone()].into();
    if let Content::User(person) = &wanted.content {
        let names = |kind: Kind, of: &Option<std::collections::BTreeMap<String, u8>>| {
            of.iter().flatten().map(|(name, _)| RecordId::new(kind, name.as_str())).collect::<Vec<_>>()
        };
        company.extend(names(Kind::Skill, &person.skills));
        company.extend(names(Kind::Language, &person.languages));
        let queues = desired.records.values().filter(|queue| queue.links.members.contains(&record.source));
        company.extend(queues.map(|queue| queue.id.clone()));
    }
    Ok(company)
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

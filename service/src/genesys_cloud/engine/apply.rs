//! Carries a plan out, one step after the other. A record that fails fails alone; what the organisation as a whole refuses ends the run.

use super::{Cause, Desired, Engine, Plan, Policy, Reason, RecordId, RunReport, Status, report, run::now};
use crate::{
    genesys_cloud::{
        actual::Actual,
        carry_out,
        cloud::{CloudError, Fault, Find, Write, Written},
        history::{self, Past},
        known::Intent,
        plan::{Action, Examine, Ground, Step, make},
    },
    store::When,
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

/// Reads and writes trail each other: what is not there yet is tried again after these times.
const NOT_THERE_YET: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(15)];

impl Engine {
    pub(super) async fn apply(
        &mut self,
        policy: &Arc<Policy>,
        cause: Cause,
        plan: Plan,
        desired: &Arc<Desired>,
        actual: &Actual,
        report: &mut RunReport,
    ) -> Result<(), Reason> {
        let mut failed: BTreeMap<RecordId, (Reason, Option<String>)> =
            plan.problems.into_iter().map(|(id, problem)| (id, (problem, None))).collect();
        let mut touched: BTreeSet<RecordId> = BTreeSet::new();
        let mut looked_again: BTreeSet<RecordId> = BTreeSet::new();
        let mut steps: VecDeque<Step> = plan.steps.into();
        let all = steps.len();
        // Somebody who did not want to wait has had these kept in step meanwhile.
        let mut ahead: BTreeSet<RecordId> = BTreeSet::new();
        while let Some(step) = steps.pop_front() {
            ahead.extend(self.attend(policy).await);
            // A second look at a record may have put steps before the others.
            let progress = report::Progress { steps: all, behind: all.saturating_sub(steps.len() + 1) };
            self.shared.lock().progress = Some(progress);
            let is_of_fields =
                matches!(step.action, Action::Adopt { .. } | Action::Restore | Action::Create { .. } | Action::Change { .. });
            if is_of_fields && ahead.contains(&step.record) {
                continue;
            }
            if failed.contains_key(&step.record) {
                continue;
            }
            // What is not there at the moment its turn comes leaves its record unfinished, so that the next run sees to it.
            let missing = carry_out::left_out(&step, &self.shared.lock().known).into_iter().next().cloned();
            match self.one(policy, &step).await {
                Ok(written) => {
                    self.note(cause, &step, None, written.as_ref().and_then(|written| written.correlation.clone()));
                    report.done += 1;
                    touched.insert(step.record.clone());
                    if let Some(missing) = missing {
                        let reason = Reason::new("needs-record", format!("{missing} is not there")).with("record", missing);
                        failed.insert(step.record.clone(), (reason, None));
                    }
                }
                Err(Failed::Organisation(error)) => {
                    let reason = report::of_error(&error);
                    self.note(cause, &step, Some(reason.clone()), error.correlation);
                    self.connected = None;
                    return Err(reason);
                }
                Err(Failed::Record(error)) => {
                    // Somebody was quicker, or a deleted user has the address: look at what is there, once, and go on from that.
                    let may_look = matches!(error.fault, Fault::Conflict | Fault::Version) && looked_again.insert(step.record.clone());
                    if may_look && let Some(better) = self.look_again(policy, desired, actual, &step).await {
                        for step in better.into_iter().rev() {
                            steps.push_front(step);
                        }
                        continue;
                    }
                    let reason = report::of_error(&error);
                    self.note(cause, &step, Some(reason.clone()), error.correlation.clone());
                    failed.insert(step.record, (reason, error.correlation));
                }
                Err(Failed::Before(reason)) => drop(failed.insert(step.record, (reason, None))),
            }
        }
        let unseen = self.verify(policy, desired, &touched, &failed).await;
        self.finish(desired, &plan.settled, &touched, &failed, &unseen);
        report.failed = failed.len();
        Ok(())
    }

    /// One step: intent, write, result.
    async fn one(&self, policy: &Policy, step: &Step) -> Result<Option<Written>, Failed> {
        let write = carry_out::write_of(step, &self.shared.lock().known, &policy.site).map_err(Failed::Before)?;
        let written = match write {
            None => None,
            Some(write) => {
                self.intend(step).await;
                Some(self.write(policy, write).await?)
            }
        };
        let entry = {
            let mut seen = self.shared.lock();
            carry_out::note(step, written.as_ref(), &mut seen.known, now());
            seen.begun.remove(&step.record);
            seen.known.records.get(&step.record).cloned()
        };
        // The intent before the next write waits for this one too.
        self.memory.put(&step.record, entry.as_ref(), When::Now);
        Ok(written)
    }

    async fn write(&self, policy: &Policy, write: Write) -> Result<Written, Failed> {
        let is_creation = matches!(write, Write::Create { .. });
        let mut pauses = NOT_THERE_YET.into_iter();
        loop {
            let error = match policy.cloud.write(write.clone()).await {
                Ok(written) => return Ok(written),
                Err(error) => error,
            };
            match pauses.next().filter(|_| error.fault == Fault::NotThere && !is_creation) {
                Some(pause) => tokio::time::sleep(pause).await,
                None if error.is_of_connection() => return Err(Failed::Organisation(error)),
                None => return Err(Failed::Record(error)),
            }
        }
    }

    /// In the store before the organisation hears of it.
    async fn intend(&self, step: &Step) {
        let entry = {
            let mut seen = self.shared.lock();
            let word = step.action.word();
            let entry = seen.known.records.entry(step.record.clone()).or_default();
            // One that a process before this has left stays: what of it had effect is not known.
            let is_new = entry.intent.as_ref().is_none_or(|intent| intent.action != word);
            if is_new {
                entry.intent = Some(Intent { action: word.to_owned(), since: now() });
            }
            let entry = entry.clone();
            if is_new {
                seen.begun.insert(step.record.clone());
            }
            entry
        };
        self.memory.put(&step.record, Some(&entry), When::Now).wait().await;
    }

    /// What to do instead of a step whose ground has changed; `None`: that cannot be told.
    async fn look_again(&self, policy: &Policy, desired: &Desired, before: &Actual, step: &Step) -> Option<Vec<Step>> {
        let record = desired.records.get(&step.record)?;
        let known = {
            let mut seen = self.shared.lock();
            // This process knows that it was not made: what is found under its name was there before.
            if seen.begun.contains(&step.record)
                && let Some(entry) = seen.known.records.get_mut(&step.record)
            {
                entry.intent = None;
            }
            seen.known.clone()
        };
        let by = known.cloud(&step.record).map_or_else(|| Find::Key(record.content.natural_key().to_owned()), |id| Find::Id(id.clone()));
        let existing = policy.cloud.find(record.id.kind, by).await.ok().flatten()?;
        let mut actual = before.clone();
        actual.add(existing);
        let plan = make(Ground {
            desired,
            known: &known,
            actual: &actual,
            examine: &Examine::Only([step.record.clone()].into()),
            kinds: &BTreeSet::new(),
            site: &policy.site,
            deletion: policy.deletion,
            limits: policy.limits,
            now: now(),
        });
        // What it is joined to is in the steps that still wait.
        let is_of_fields = |step: &Step| matches!(step.action, Action::Adopt { .. } | Action::Restore | Action::Change { .. });
        let better: Vec<Step> = plan.steps.into_iter().filter(is_of_fields).collect();
        (!better.is_empty()).then_some(better)
    }

    /// History.
    fn note(&self, cause: Cause, step: &Step, failure: Option<Reason>, correlation: Option<String>) {
        let one = Past {
            number: 0,
            at: now(),
            cause: cause.word().into(),
            record: Some(step.record.clone()),
            action: step.action.word().into(),
            reason: step.reason.clone(),
            changes: step.changes.clone(),
            failure,
            correlation,
        };
        let (one, forgotten) = history::push(&mut self.shared.lock().past, one);
        self.memory.put_past(&one, forgotten);
    }

    /// Every record's status.
    fn finish(
        &self,
        desired: &Desired,
        settled: &[RecordId],
        touched: &BTreeSet<RecordId>,
        failed: &BTreeMap<RecordId, (Reason, Option<String>)>,
        unseen: &BTreeMap<RecordId, Reason>,
    ) {
        self.mark_left_out(desired);
        let mut changed = Vec::new();
        let mut seen = self.shared.lock();
        for id in settled.iter().chain(touched).filter(|id| !failed.contains_key(id)) {
            let Some(record) = desired.records.get(id) else { continue };
            // Of a queue that was retired, or a user whose account is off, nothing more is to be said than is there already.
            let Some(entry) = seen.known.records.get_mut(id) else { continue };
            let mut reasons = desired.warnings.get(id).cloned().unwrap_or_default();
            reasons.extend(unseen.get(id).cloned());
            let before = entry.clone();
            carry_out::settle(entry, record.fingerprint(), reasons, now());
            if !touched.contains(id) {
                // Looked at, and as it should be: that is no reason to write each record of a large site anew.
                entry.last_synced = before.last_synced.or(entry.last_synced);
            }
            if *entry != before {
                changed.push((id.clone(), entry.clone()));
            }
        }
        for (id, (reason, correlation)) in failed {
            let is_known = seen.begun.remove(id);
            let entry = seen.known.records.entry(id.clone()).or_default();
            entry.status = Status::Error;
            (entry.reasons, entry.correlation, entry.written) = (vec![reason.clone()], correlation.clone(), None);
            entry.intent = entry.intent.take().filter(|_| !is_known);
            changed.push((id.clone(), entry.clone()));
        }
        drop(seen);
        for (id, entry) in changed {
            self.memory.put(&id, Some(&entry), When::Soon);
        }
    }
}

/// Why a step failed.
enum Failed {
    /// Something before it has failed.
    Before(Reason),
    /// It concerns this record.
    Record(CloudError),
    /// It concerns everything.
    Organisation(CloudError),
}

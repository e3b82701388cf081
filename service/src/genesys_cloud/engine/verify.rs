//! Reading back: a record counts as synced when the organisation shows it. It shows what was written within minutes, so this has patience.

use super::{Desired, Engine, Policy, Reason, RecordId};
use crate::genesys_cloud::{actual::Actual, cloud::Find, known::Known, plan::differences, record::Kind};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

/// When it is looked at, each after the one before.
const LOOKS: [Duration; 4] = [Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(15), Duration::from_mins(1)];
/// More than these are looked at as a list.
const ONE_BY_ONE: usize = 8;

impl Engine {
    /// Which records the organisation does not show as they were written, after the last look.
    pub(super) async fn verify(
        &mut self,
        policy: &Arc<Policy>,
        desired: &Desired,
        touched: &BTreeSet<RecordId>,
        failed: &BTreeMap<RecordId, (Reason, Option<String>)>,
    ) -> BTreeMap<RecordId, Reason> {
        let mut left: BTreeSet<&RecordId> =
            touched.iter().filter(|id| desired.records.get(id).is_some_and(|record| record.active) && !failed.contains_key(id)).collect();
        for look in LOOKS {
            if left.is_empty() {
                break;
            }
            self.pass_time(policy, look).await;
            for kind in Kind::ALL {
                let of_kind: Vec<&RecordId> = left.iter().copied().filter(|id| id.kind == kind).collect();
                let known = self.shared.lock().known.clone();
                // An organisation that cannot be read now is looked at again later.
                let actual = look_at(policy, kind, &of_kind, &known).await.unwrap_or_default();
                left.retain(|id| id.kind != kind || !is_seen(id, desired, &known, &actual));
            }
        }
        let unseen = || Reason::new("not-visible", "it has been written, and the organisation does not show it so yet");
        left.into_iter().map(|id| (id.clone(), unseen())).collect()
    }
}

async fn look_at(policy: &Policy, kind: Kind, records: &[&RecordId], known: &Known) -> Option<Actual> {
    let mut actual = Actual::default();
    if records.len() > ONE_BY_ONE {
        policy.cloud.list(kind).await.ok()?.into_iter().for_each(|existing| actual.add(existing));
        return Some(actual);
    }
    for id in records {
        let cloud = known.cloud(id)?.clone();
        if let Some(existing) = policy.cloud.find(kind, Find::Id(cloud)).await.ok()? {
            actual.add(existing);
        }
    }
    Some(actual)
}

/// Has it every field as it should? What it has beside them is somebody else's.
fn is_seen(id: &RecordId, desired: &Desired, known: &Known, actual: &Actual) -> bool {
    let existing = known.cloud(id).and_then(|cloud| actual.by_id(id.kind, cloud));
    let record = desired.records.get(id);
    existing
        .zip(record)
        .is_some_and(|(existing, record)| differences(Some(&existing.content), &record.content).iter().all(|change| change.after.is_none()))
}

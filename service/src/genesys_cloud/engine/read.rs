//! Reads of the organisation what a plan needs, with as few requests as it takes.

use crate::genesys_cloud::{
    actual::{Actual, ActualLinks},
    cloud::{Cloud, CloudError, Existing, Find},
    desired::Desired,
    known::Known,
    plan::Examine,
    record::{CloudId, Kind, OurId, RecordId},
};
use std::collections::BTreeSet;

/// More records of a kind than this are read as a list: a page of one has 25.
const ONE_BY_ONE: usize = 8;

pub(super) async fn actual(
    cloud: &dyn Cloud,
    desired: &Desired,
    known: &Known,
    examine: &Examine,
    site: &str,
) -> Result<Actual, CloudError> {
    let mut actual = Actual::default();
    for kind in Kind::ALL {
        let all = desired.records.keys().chain(known.records.keys()).filter(|id| id.kind == kind && examine.has(id));
        let records: BTreeSet<&RecordId> = all.collect();
        if records.len() > ONE_BY_ONE || (*examine == Examine::All && !records.is_empty()) {
            cloud.list(kind).await?.into_iter().for_each(|existing| actual.add(existing));
            continue;
        }
        for id in records {
            if let Some(existing) = one(cloud, id, desired, known, site).await? {
                actual.add(existing);
            }
        }
    }
    let queues: Vec<CloudId> = {
        let is_examined = |queue: &&Existing| is_wanted(queue, desired, known, examine);
        actual.of(Kind::Queue).filter(is_examined).map(|queue| queue.id.clone()).collect()
    };
    for queue in queues {
        let links =
            ActualLinks { members: cloud.members(queue.clone()).await?, codes: cloud.codes(queue.clone()).await?.into_iter().collect() };
        actual.add_links(queue, links);
    }
    Ok(actual)
}

/// By what is known, by our mark, by natural key: as the plan will look for it.
async fn one(cloud: &dyn Cloud, id: &RecordId, desired: &Desired, known: &Known, site: &str) -> Result<Option<Existing>, CloudError> {
    if let Some(there) = known.cloud(id)
        && let Some(existing) = cloud.find(id.kind, Find::Id(there.clone())).await?
    {
        return Ok(Some(existing));
    }
    let Some(record) = desired.records.get(id) else { return Ok(None) };
    if matches!(id.kind, Kind::User | Kind::Queue | Kind::OauthClient) {
        let ours = OurId { site: site.to_owned(), source: id.source.clone() };
        if let Some(existing) = cloud.find(id.kind, Find::Ours(ours)).await? {
            return Ok(Some(existing));
        }
    }
    if !id.kind.has_natural_key() {
        return Ok(None);
    }
    cloud.find(id.kind, Find::Key(record.content.natural_key().to_owned())).await
}

/// Does this queue stand for a record that is examined?
fn is_wanted(queue: &Existing, desired: &Desired, known: &Known, examine: &Examine) -> bool {
    let by_known = known.records.iter().filter(|(id, entry)| id.kind == Kind::Queue && entry.cloud.as_ref() == Some(&queue.id));
    let by_mark = queue.ours.iter().map(|ours| RecordId { kind: Kind::Queue, source: ours.source.clone() });
    let by_name = RecordId::new(Kind::Queue, queue.content.natural_key());
    let mut ids: Vec<RecordId> = by_known.map(|(id, _)| id.clone()).chain(by_mark).collect();
    ids.push(by_name);
    ids.iter().any(|id| examine.has(id) && (desired.records.contains_key(id) || known.records.contains_key(id)))
}

//! From a step of a plan to what is written, and from what was answered to what is known. Pure, so that plans can be tried on a model.

use super::{
    cloud::{Write, Written},
    known::{Entry, Known, Ownership, Status},
    plan::{Action, Step},
    reason::Reason,
    record::{CloudId, Kind, OurId, RecordId},
};

/// What a step writes; `None`: nothing, it only changes what is known.
///
/// # Errors
/// Why it cannot be done: something before it has failed.
pub fn write_of(step: &Step, known: &Known, site: &str) -> Result<Option<Write>, Reason> {
    if let Some(missing) = step.needs.iter().find(|id| known.cloud(id).is_none()) {
        return Err(needs(missing));
    }
    let ours = || OurId { site: site.to_owned(), source: step.record.source.clone() };
    let id = || known.cloud(&step.record).cloned().ok_or_else(|| needs(&step.record));
    // Who could not be made does not keep the others out of the queue.
    let all = |records: &[RecordId]| records.iter().filter_map(|id| known.cloud(id).cloned()).collect::<Vec<CloudId>>();
    let write = match &step.action {
        Action::Adopt { .. } | Action::Retire | Action::Forget => return Ok(None),
        Action::Create { content } => Write::Create { content: content.clone(), ours: ours() },
        Action::Change { content, version } => {
            Write::Change { id: id()?, version: version.clone(), content: content.clone(), ours: ours() }
        }
        Action::Restore => Write::Restore { user: id()? },
        Action::Deactivate => Write::Deactivate { user: id()? },
        Action::Delete => Write::Delete { kind: step.record.kind, id: id()? },
        Action::AddMembers { users } => Write::AddMembers { queue: id()?, users: all(users) },
        Action::RemoveMembers { users } => Write::RemoveMembers { queue: id()?, users: all(users) },
        Action::AddCodes { codes } => Write::AddCodes { queue: id()?, codes: all(codes) },
        Action::RemoveCodes { codes } => Write::RemoveCodes { queue: id()?, codes: all(codes) },
    };
    Ok(Some(write))
}

/// Members or codes that a step leaves out, because they are not there.
pub fn left_out<'a>(step: &'a Step, known: &Known) -> Vec<&'a RecordId> {
    match &step.action {
        Action::AddMembers { users: records } | Action::AddCodes { codes: records } => {
            records.iter().filter(|id| known.cloud(id).is_none()).collect()
        }
        _ => Vec::new(),
    }
}

/// Takes in that a step has been done.
pub fn note(step: &Step, written: Option<&Written>, known: &mut Known, now: i64) {
    let id = &step.record;
    if matches!(step.action, Action::Delete | Action::Forget) {
        known.records.remove(id);
        return;
    }
    let entry = known.records.entry(id.clone()).or_default();
    entry.intent = None;
    match &step.action {
        Action::Adopt { cloud, made } => {
            entry.cloud = Some(cloud.clone());
            entry.ownership = if *made { Ownership::Made } else { Ownership::Adopted };
            entry.written = None;
        }
        Action::Create { .. } => {
            entry.cloud = written.and_then(|written| written.existing.as_ref()).map(|existing| existing.id.clone());
            entry.ownership = Ownership::Made;
        }
        Action::Retire => {
            entry.removed = Some(now);
            entry.written = None;
            entry.status = Status::NotSynced;
            entry.reasons = vec![step.reason.clone()];
        }
        _ => {}
    }
    if written.is_some() {
        entry.last_synced = Some(now);
    }
}

/// Takes in that nothing of a record is left to do.
pub fn settle(entry: &mut Entry, fingerprint: super::record::Fingerprint, warnings: Vec<Reason>, now: i64) {
    entry.written = Some(fingerprint);
    entry.status = Status::Synced;
    entry.reasons = warnings;
    entry.last_synced = Some(now);
    entry.correlation = None;
    entry.removed = None;
    entry.intent = None;
}

fn needs(record: &RecordId) -> Reason {
    let what = match record.kind {
        Kind::Skill | Kind::Language => "the user needs it",
        Kind::WrapUpCode | Kind::Queue | Kind::User | Kind::OauthClient => "it must be there first",
    };
    Reason::new("needs-record", format!("{record} is not there, and {what}")).with("record", record)
}

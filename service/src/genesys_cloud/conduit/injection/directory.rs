//! What the organisation calls what the switch names. An event knows workgroups and agents by ids that are made of their names, so that the same is
//! done here with the names that the bridge knows: no name has to be kept with an event.

use super::super::ids::Ids;
use crate::genesys_cloud::record::{CloudId, Kind, RecordId};
use std::collections::HashMap;
use uuid::Uuid;

/// See the module.
#[derive(Default)]
pub(super) struct Directory {
    by_id: HashMap<(Kind, Uuid), Uuid>,
    ids: Option<Ids>,
}

// === impl Directory ===

impl Directory {
    /// Of what the bridge knows. A name counts as it is written, and all in small or capital letters: CIC tells some names of users so.
    pub(super) fn new(ids: Ids, known: Vec<(RecordId, CloudId)>) -> Self {
        let mut by_id = HashMap::new();
        for (record, cloud) in known {
            let (kind, name) = (record.kind, record.source.0);
            let Ok(cloud) = cloud.0.parse() else { continue };
            for form in [name.to_lowercase(), name.to_uppercase()] {
                by_id.entry((kind, id_of(ids, kind, &form))).or_insert(cloud);
            }
            by_id.insert((kind, id_of(ids, kind, &name)), cloud);
        }
        Self { by_id, ids: Some(ids) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// What something is there, by the id that an event has for it.
    pub(super) fn get(&self, kind: Kind, id: Uuid) -> Option<Uuid> {
        self.by_id.get(&(kind, id)).copied()
    }

    /// The same by its name.
    pub(super) fn named(&self, kind: Kind, name: &str) -> Option<Uuid> {
        self.get(kind, id_of(self.ids?, kind, name))
    }
}

fn id_of(ids: Ids, kind: Kind, name: &str) -> Uuid {
    match kind {
        Kind::Queue => ids.queue(name),
        Kind::User => ids.agent(name),
        other => ids.named(other.word(), name),
    }
}

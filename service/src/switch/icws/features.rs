//! What a server can do (icws §1.4): a list of names with versions. A server that gives none is taken for the oldest.

use super::wire::connection::Feature;

/// The abilities of one server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features(Vec<(String, i64)>);

// === impl Features ===

impl Features {
    pub(super) fn of(list: &[Feature]) -> Self {
        Self(list.iter().map(|feature| (feature.feature_id.to_lowercase(), feature.version)).collect())
    }

    /// The version of a feature; 0 where it is not there.
    pub fn version(&self, name: &str) -> i64 {
        self.0.iter().find(|(known, _)| known == name).map_or(0, |(_, version)| *version)
    }

    /// Messages as server-sent events.
    pub fn server_sent_events(&self) -> bool {
        self.version("messaging") >= 2
    }

    /// Consulting a queue and not only a number.
    pub fn consult_to_queue(&self) -> bool {
        self.version("interactions") >= 13
    }

    /// Attributes for the call of a consultation from its beginning.
    pub fn consult_attributes(&self) -> bool {
        self.version("interactions") >= 10
    }

    /// How the pair is doing.
    pub fn switchover_status(&self) -> bool {
        self.version("connection") >= 11
    }

    /// Where the user sits, told unasked.
    pub fn effective_station(&self) -> bool {
        self.version("connection") >= 10
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_not_there() {
        let list = [Feature { feature_id: "Messaging".into(), version: 2 }, Feature { feature_id: "interactions".into(), version: 12 }];
        let features = Features::of(&list);
        assert!(features.server_sent_events() && features.consult_attributes());
        assert!(!features.consult_to_queue() && !features.effective_station());
        assert!(!Features::default().server_sent_events());
    }
}

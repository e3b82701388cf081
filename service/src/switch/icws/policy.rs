//! What the file says that may change while agents are logged on; `app` makes it from `[reject]`, `[attributes]` and `[switch]`. Where the
//! servers are and who logs in is not here: a change of those begins everything anew.

use crate::domain::InteractionKind;
use std::{collections::BTreeMap, time::Duration};

/// How the adapter behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How an interaction of a workgroup that its agent rejects is given back, tried in this order until it has left him (icws §4.8). None of
    /// them helped, or there is none: it goes on ringing until its workgroup takes it back.
    pub reject: Vec<RejectStep>,
    /// Attributes that are read beside those the adapter needs: where the file looks for numbers and addresses.
    pub attributes: Vec<String>,
    /// What a site's servers call their kinds of interaction, where that is not one of the usual names (icws §10.2, 6). Compared without
    /// case and blanks.
    pub object_types: BTreeMap<String, InteractionKind>,
    /// Stations that agents may choose, beside those that are known because somebody owns them or sits there: the interface lists none
    /// (icws §5.1).
    pub stations: Vec<String>,
}

/// One way to give an interaction back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectStep {
    /// A notification to a handler on the server, which takes it back.
    Handler(Handler),
    /// A blind transfer to the queue of the workgroup.
    Transfer,
}

/// A handler on the server that begins with a custom notification. It is told the interaction, its workgroup and the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// Object id of the notification.
    pub object_id: String,
    /// Event id of the notification.
    pub event_id: String,
    /// The next step follows when the interaction has not left the agent after this long; what SAP is answered waits 3 s at most.
    pub wait: Duration,
}

impl Default for Policy {
    /// By transfer, and nothing of a site's own.
    fn default() -> Self {
        Self { reject: vec![RejectStep::Transfer], attributes: Vec::new(), object_types: BTreeMap::new(), stations: Vec::new() }
    }
}

//! What the file says of delivery.

use crate::os::identity::Identity;
use rustls::pki_types::CertificateDer;
use std::{sync::Arc, time::Duration};

/// How events are delivered; `app` makes it from `[delivery]` and `service.event_hosts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Hosts that events may go to, names and addresses; empty: only the address the subscriber called from.
    pub event_hosts: Vec<String>,
    /// One attempt's deadline, from resolving the name to the last byte of the answer.
    pub attempt: Duration,
    /// The first pause after a failure; doubles, with jitter, up to `pause_max`.
    pub pause: Duration,
    /// The longest pause.
    pub pause_max: Duration,
    /// After this long without success the subscriber counts as unreachable.
    pub unreachable_after: Duration,
    /// A POST that was never sent is dropped, with a count, when it is older than this; snapshots of live things never are.
    pub expire: Duration,
    /// Most events that wait in one lane. Ends are kept up to four times as many; snapshots give way first.
    pub lane_capacity: usize,
    /// Certificates that are trusted for `https` beside the operating system's.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// The certificate that is shown where SAP asks for one.
    pub identity: Option<Arc<Identity>>,
    /// What is changed of an event URL before it is used.
    pub rewrite: Rewrite,
}

/// What is changed of an event URL before it is used: SAP hands out an address where its certificate has a name, and http where only https
/// is open (SAP Note 1515178).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// Hosts that stand for others.
    pub hosts: Vec<(String, String)>,
    /// `http` becomes `https`.
    pub always_https: bool,
    /// At this port; `None`: 443 for 80, and any other as it is.
    pub https_port: Option<u16>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            event_hosts: Vec::new(),
            attempt: Duration::from_secs(5),
            pause: Duration::from_millis(250),
            pause_max: Duration::from_secs(10),
            unreachable_after: Duration::from_secs(15),
            expire: Duration::from_mins(10),
            lane_capacity: 256,
            extra_roots: Vec::new(),
            identity: None,
            rewrite: Rewrite::default(),
        }
    }
}

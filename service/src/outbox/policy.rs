//! What the file says of delivery.

use rustls::pki_types::CertificateDer;
use std::time::Duration;

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
        }
    }
}

//! Every metric of `/metrics`: its name, its kind, its labels, and what it means. The names are an interface. No label is an agent's name or a
//! customer's number, and no label has more values than the code, the file or [`EVENT_HOSTS`] allows.

use std::fmt::Write;

/// Machines that events go to and that have a label of their own; the rest together is `other`.
pub const EVENT_HOSTS: usize = 20;

/// One metric.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it means, in one sentence without a full stop.
    pub help: &'static str,
}

/// Kinds of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Times in buckets.
    Histogram,
}

macro_rules! metrics {
    ($($constant:ident $name:literal $kind:ident [$($label:literal)*] $help:literal,)*) => {
        $(
            #[doc = $help]
            pub const $constant: Metric = Metric { name: $name, kind: Kind::$kind, labels: &[$($label),*], help: $help };
        )*

        /// All of them, in the order in which they are written.
        pub const ALL: &[Metric] = &[$($constant),*];
    };
}

metrics! {
    BUILD "jackfield_build_info" Gauge ["version"] "Always 1; which version runs",
    PART_UP "jackfield_part_up" Gauge ["part"] "Does this part of /readyz work",
    PART_DEGRADED "jackfield_part_degraded" Gauge ["part"] "Does this part work without keeping all it promises",
    CONFIGURATION_REFUSED "jackfield_configuration_refused" Gauge [] "Is the file refused, so that the configuration before it goes on",
    RELOADS "jackfield_reloads_total" Counter ["result"] "Changes of the file, applied or rejected",
    CONNECTIONS "jackfield_connections_total" Counter [] "Connections accepted by all listeners",
    CONNECTIONS_REFUSED "jackfield_connections_refused_total" Counter [] "Connections closed at once because their address had as many as it may",
    HANDSHAKES_FAILED "jackfield_tls_handshakes_failed_total" Counter [] "Encrypted connections that did not come about",
    ACCEPT_FAILURES "jackfield_accept_failures_total" Counter [] "Times that no connection could be accepted",
    REQUESTS "jackfield_requests_total" Counter ["operation" "outcome"] "SAP's requests by operation: answered, or with a fault; none for what named no operation",
    REQUEST_SECONDS "jackfield_request_duration_seconds" Histogram [] "From SAP's whole request to its answer",
    REQUESTS_REFUSED "jackfield_requests_refused_total" Counter [] "Requests refused before they were understood: path, method, access, size, time",
    PANICS "jackfield_panics_total" Counter [] "Requests that met a fault of Jackfield's own",
    SESSIONS "jackfield_sessions" Gauge [] "Agents who are logged on from SAP",
    SESSIONS_READY "jackfield_sessions_ready" Gauge [] "Of these, agents to whom the switch could send something now",
    ITEMS "jackfield_items" Gauge ["channel"] "Interactions that agents have",
    SWITCH_REQUESTS "jackfield_switch_requests_total" Counter ["request" "outcome"] "Requests to the switch: accepted, refused, timeout or unavailable",
    SWITCH_SECONDS "jackfield_switch_request_duration_seconds" Histogram [] "From a request to the switch to its answer",
    SWITCH_UNKNOWN "jackfield_switch_messages_unknown_total" Counter [] "Messages of the switch whose type is not known",
    SWITCH_UNREADABLE "jackfield_switch_messages_unreadable_total" Counter [] "Messages of the switch that could not be read",
    EVENT_SECONDS "jackfield_event_duration_seconds" Histogram [] "From the moment at which an event is due until SAP has taken it",
    EVENTS_DELIVERED "jackfield_events_delivered_total" Counter [] "Events that SAP has taken, with a fault or without",
    EVENTS_REJECTED "jackfield_events_rejected_total" Counter [] "Of these, events that SAP answered with a fault",
    EVENTS_FAILED "jackfield_event_attempts_failed_total" Counter [] "Attempts to deliver that failed; they are repeated",
    EVENTS_COALESCED "jackfield_events_coalesced_total" Counter [] "Events that a later one about the same thing replaced",
    EVENTS_DROPPED "jackfield_events_dropped_total" Counter [] "Events that were lost: no room, too old, or nobody left to tell",
    EVENTS_KNOWN "jackfield_events_known_total" Counter [] "Events that were not sent after a restart because SAP knew all that is in them",
    EVENT_LANES "jackfield_event_lanes" Gauge [] "Subscription URLs at which something is or was just to be delivered",
    EVENTS_WAITING "jackfield_events_waiting" Gauge [] "Events that wait or are on their way",
    HOST_REACHED "jackfield_event_host_reached" Gauge ["host"] "Can this machine of SAP's be reached as far as is known; 0: its breaker is open",
    HOST_FAILURES "jackfield_event_host_failures" Gauge ["host"] "Attempts to connect that failed since the last that did not",
    HOST_WAITING "jackfield_event_host_waiting" Gauge ["host"] "Events that wait for this machine",
    STORE_DEGRADED "jackfield_store_degraded" Gauge [] "Is what must outlive a crash in memory only, though there is a file for it",
    STORE_RECORDS "jackfield_store_records" Gauge [] "Records that must outlive a crash",
    STORE_WAITING "jackfield_store_waiting" Gauge [] "Records whose change is not in the file yet",
    STORE_SECONDS "jackfield_store_commit_duration_seconds" Histogram [] "One commit of the store, whatever came of it",
    STORE_FAILURES "jackfield_store_commit_failures_total" Counter [] "Commits of the store that failed",
    CERTIFICATE_END "jackfield_certificate_end_time_seconds" Gauge ["setting"] "When the certificate that this setting names ends, seconds since 1970 UTC",
    SLD_REGISTERED "jackfield_sld_registered" Gauge ["destination"] "Is this System Landscape Directory told",
    SLD_SENT "jackfield_sld_registrations_total" Counter ["result"] "Attempts to register: sent or failed",
    CONVERSATIONS_SENT "jackfield_conversation_events_sent_total" Counter [] "Conversation events that were taken by whom they are for",
    CONVERSATIONS_DROPPED "jackfield_conversation_events_dropped_total" Counter [] "Conversation events that are lost: no room, too old, or missed",
    CONVERSATIONS_WAITING "jackfield_conversation_events_waiting" Gauge ["kind"] "Conversation events that wait",
    CONVERSATIONS_OLDEST "jackfield_conversation_events_oldest_time_seconds" Gauge [] "When the oldest of these happened, seconds since 1970 UTC",
    LOG_LOST "jackfield_log_lines_lost_total" Counter [] "Lines that did not get into a log file",
    CPU "process_cpu_seconds_total" Counter [] "Processor time of the process, user and system",
    RESIDENT "process_resident_memory_bytes" Gauge [] "Memory of the process that is in RAM",
    VIRTUAL "process_virtual_memory_bytes" Gauge [] "Address space of the process",
    THREADS "process_threads" Gauge [] "Threads of the process",
    OPEN_FILES "process_open_fds" Gauge [] "File descriptors in use",
    MOST_FILES "process_max_fds" Gauge [] "File descriptors that the process may use",
    STARTED "process_start_time_seconds" Gauge [] "When the process started, seconds since 1970 UTC",
}

/// What the list begins with.
const HEAD: &str = "\
# The metrics of Jackfield

Every metric of `GET /metrics`; generated by `jackfield reference metrics`. The `process_` metrics are there where the system tells them
(Linux). No label is an agent's name or a customer's number.

| metric | kind | labels | meaning |
|---|---|---|---|
";

/// All of them, in Markdown.
pub fn reference() -> String {
    let mut text = HEAD.to_owned();
    for Metric { name, kind, labels, help } in ALL {
        let labels = labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{name}` | {} | {} | {help}. |", kind.word(), if labels.is_empty() { "–" } else { &labels });
    }
    text
}

// === impl Kind ===

impl Kind {
    /// As Prometheus calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn the_list_of_metrics_is_fresh() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/prometheus/metrics.md");
        if fs::read_to_string(&file).ok().as_deref() != Some(&reference()) {
            fs::write(&file, reference()).unwrap();
            panic!("assets/prometheus/metrics.md was stale and has been written anew; look at it and commit it");
        }
    }

    #[test]
    fn names_follow_the_customs_of_prometheus() {
        for Metric { name, kind, help, .. } in ALL {
            assert_eq!(*kind == Kind::Counter, name.ends_with("_total"), "{name}");
            assert!(*kind != Kind::Histogram || name.ends_with("_seconds"), "{name}");
            assert!(!help.ends_with('.'), "{help}");
        }
    }
}

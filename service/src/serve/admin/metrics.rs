//! `/metrics`: figures for Prometheus. They ask nobody anything, so that a look costs agents nothing however many there are. Who may read them
//! is as for `/status`: they name machines of SAP's and settings of the file.

use super::{
    super::{Part, connection::Answer, reply},
    report::{Conversations, Delivery, Destination, Registration, ReloadResult, Report},
};
use crate::telemetry::{
    CHANNELS, COUNTERS, FIGURES,
    exposition::{CONTENT_TYPE, Exposition},
    metrics::{self, EVENT_HOSTS},
};
use hyper::StatusCode;

pub(super) const PATH: &str = "/metrics";

/// Answers somebody who has been let in.
pub(super) fn answer(report: &Report) -> Answer {
    reply::fresh(reply::answer(StatusCode::OK, CONTENT_TYPE, text(report)))
}

fn text(report: &Report) -> String {
    let mut out = Exposition::default();
    out.family(&metrics::BUILD).sample(&[env!("CARGO_PKG_VERSION")], 1);
    parts(&mut out, &report.parts);
    out.one(&metrics::CONFIGURATION_REFUSED, u8::from(report.reload.result == ReloadResult::Rejected));
    let (applied, rejected) = (COUNTERS.reloads_applied.get(), COUNTERS.reloads_rejected.get());
    out.family(&metrics::RELOADS).sample(&["applied"], applied).sample(&["rejected"], rejected);
    requests(&mut out);
    switch(&mut out);
    delivery(&mut out, &report.delivery);
    out.one(&metrics::STORE_DEGRADED, u8::from(report.store.degraded.is_some()));
    out.one(&metrics::STORE_RECORDS, report.store.records);
    out.one(&metrics::STORE_WAITING, report.store.waiting);
    out.times(&metrics::STORE_SECONDS, &FIGURES.commit);
    out.one(&metrics::STORE_FAILURES, report.store.failures);
    let mut ends = out.family(&metrics::CERTIFICATE_END);
    for certificate in &report.certificates {
        ends.sample(&[certificate.setting], certificate.until);
    }
    registrations(&mut out, &report.sld);
    conversations(&mut out, report.conversations.as_ref());
    out.one(&metrics::LOG_LOST, COUNTERS.log_lines_lost.get());
    process(&mut out, report);
    out.finish()
}

fn parts(out: &mut Exposition, parts: &[Part]) {
    let mut up = out.family(&metrics::PART_UP);
    for part in parts {
        up.sample(&[part.name], u8::from(part.up));
    }
    let mut degraded = out.family(&metrics::PART_DEGRADED);
    for part in parts {
        degraded.sample(&[part.name], u8::from(part.degraded));
    }
}

fn requests(out: &mut Exposition) {
    out.one(&metrics::CONNECTIONS, COUNTERS.connections.get());
    out.one(&metrics::CONNECTIONS_REFUSED, COUNTERS.connections_refused.get());
    out.one(&metrics::HANDSHAKES_FAILED, COUNTERS.handshakes_failed.get());
    out.one(&metrics::ACCEPT_FAILURES, COUNTERS.accept_failures.get());
    let mut requests = out.family(&metrics::REQUESTS);
    for row in FIGURES.requests.rows() {
        requests.sample(&[row.name, row.outcome], row.count);
    }
    out.times(&metrics::REQUEST_SECONDS, &FIGURES.request);
    out.one(&metrics::REQUESTS_REFUSED, COUNTERS.requests_refused.get());
    out.one(&metrics::PANICS, COUNTERS.panics.get());
    out.one(&metrics::SESSIONS, FIGURES.sessions.get());
    out.one(&metrics::SESSIONS_READY, FIGURES.ready.get());
    let mut items = out.family(&metrics::ITEMS);
    for (channel, count) in CHANNELS.iter().zip(&FIGURES.items) {
        items.sample(&[channel], count.get());
    }
}

fn switch(out: &mut Exposition) {
    let mut requests = out.family(&metrics::SWITCH_REQUESTS);
    for row in FIGURES.switch_requests.rows() {
        requests.sample(&[row.name, row.outcome], row.count);
    }
    out.times(&metrics::SWITCH_SECONDS, &FIGURES.switch_request);
    out.one(&metrics::SWITCH_UNKNOWN, COUNTERS.switch_messages_unknown.get());
    out.one(&metrics::SWITCH_UNREADABLE, COUNTERS.switch_messages_unreadable.get());
}

fn delivery(out: &mut Exposition, delivery: &Delivery) {
    out.times(&metrics::EVENT_SECONDS, &FIGURES.event);
    for (metric, value) in [
        (&metrics::EVENTS_DELIVERED, delivery.delivered),
        (&metrics::EVENTS_REJECTED, delivery.rejected),
        (&metrics::EVENTS_FAILED, delivery.failed),
        (&metrics::EVENTS_COALESCED, delivery.coalesced),
        (&metrics::EVENTS_DROPPED, delivery.dropped),
        (&metrics::EVENTS_KNOWN, delivery.known),
    ] {
        out.one(metric, value);
    }
    out.one(&metrics::EVENT_LANES, delivery.lanes);
    out.one(&metrics::EVENTS_WAITING, delivery.waiting);
    let hosts = hosts(&delivery.destinations);
    let mut reached = out.family(&metrics::HOST_REACHED);
    for host in &hosts {
        reached.sample(&[&host.host], u8::from(host.reached));
    }
    let mut failures = out.family(&metrics::HOST_FAILURES);
    for host in &hosts {
        failures.sample(&[&host.host], host.failures);
    }
    let mut waiting = out.family(&metrics::HOST_WAITING);
    for host in &hosts {
        waiting.sample(&[&host.host], host.waiting);
    }
}

/// The first ones by name, and the rest together: who may name hosts is SAP, and not the file alone.
fn hosts(all: &[Destination]) -> Vec<Destination> {
    let (named, rest) = all.split_at(all.len().min(EVENT_HOSTS));
    let other = rest.iter().cloned().reduce(|sum, next| Destination {
        reached: sum.reached && next.reached,
        lanes: sum.lanes + next.lanes,
        waiting: sum.waiting + next.waiting,
        failures: sum.failures.saturating_add(next.failures),
        ..sum
    });
    named.iter().cloned().chain(other.map(|other| Destination { host: "other".into(), ..other })).collect()
}

fn registrations(out: &mut Exposition, all: &[Registration]) {
    let mut registered = out.family(&metrics::SLD_REGISTERED);
    for registration in all {
        registered.sample(&[&registration.url], u8::from(registration.state == "registered"));
    }
    let (sent, failed) = (COUNTERS.registrations_sent.get(), COUNTERS.registrations_failed.get());
    out.family(&metrics::SLD_SENT).sample(&["sent"], sent).sample(&["failed"], failed);
}

fn conversations(out: &mut Exposition, events: Option<&Conversations>) {
    out.one(&metrics::CONVERSATIONS_SENT, COUNTERS.conversation_events_sent.get());
    out.one(&metrics::CONVERSATIONS_DROPPED, COUNTERS.conversation_events_dropped.get());
    let mut waiting = out.family(&metrics::CONVERSATIONS_WAITING);
    for kind in events.into_iter().flat_map(|events| &events.kinds) {
        waiting.sample(&[kind.kind], kind.waiting);
    }
    let mut oldest = out.family(&metrics::CONVERSATIONS_OLDEST);
    if let Some(at) = events.and_then(|events| events.oldest) {
        oldest.sample(&[], at);
    }
}

fn process(out: &mut Exposition, report: &Report) {
    if let Some(process) = &report.process {
        out.one(&metrics::CPU, process.cpu);
        out.one(&metrics::RESIDENT, process.resident);
        out.one(&metrics::VIRTUAL, process.addresses);
        out.one(&metrics::THREADS, process.threads);
        out.one(&metrics::OPEN_FILES, process.open_files);
        if let Some(most) = process.most_files {
            out.one(&metrics::MOST_FILES, most);
        }
    }
    out.one(&metrics::STARTED, report.started);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_machines_than_labels_are_told_together() {
        let machine = |number: usize| Destination {
            host: format!("h{number:03}"),
            reached: number != 99,
            lanes: 1,
            waiting: 2,
            failures: 0,
            failure: None,
        };
        let all: Vec<_> = (0..100).map(machine).collect();
        let shown = hosts(&all);
        assert_eq!(shown.len(), EVENT_HOSTS + 1);
        let other = shown.last().unwrap();
        assert_eq!((other.host.as_str(), other.reached, other.waiting), ("other", false, 2 * (100 - EVENT_HOSTS)));
        assert!(hosts(&all[..3]).iter().all(|host| host.host != "other"));
    }
}

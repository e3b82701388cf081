//! How every part is, for `/status`, `/readyz` and the service page.

use super::{
    bridge,
    conduit::Conversations,
    exchange::Exchange,
    keep,
    parts::{Shown, now},
    probation, sld,
};
use crate::{
    genesys_cloud::engine::Bridge,
    os::process,
    outbox::{Figures, Outbox},
    serve::{
        Health, Part,
        admin::{self, Inspect, ReloadResult, Report},
    },
    sld::Sld,
    store::Store,
    switch,
    telemetry::{COUNTERS, FileState, Log},
};
use std::sync::{Arc, PoisonError, atomic::Ordering};

pub(super) fn of(
    shown: Arc<Shown>,
    exchange: Exchange,
    outbox: Outbox,
    store: Store,
    landscape: Sld,
    (cloud, conversations): (Bridge, Conversations),
    log: Log,
) -> Health {
    Arc::new(move || {
        let mut parts =
            vec![service(&shown), configuration(&shown), switch(exchange.health()), keep::part(&store), delivery(&outbox.figures())];
        parts.extend(shown.certificates());
        parts.extend(sld::part(&landscape));
        parts.extend(files(&log));
        parts.extend(probation::part(&shown));
        parts.extend(bridge::part(&cloud));
        parts.extend(conversations.part());
        parts
    })
}

pub(super) fn inspect(
    shown: Arc<Shown>,
    health: Health,
    outbox: Outbox,
    store: Store,
    landscape: Sld,
    conversations: Conversations,
) -> Inspect {
    Arc::new(move || Report {
        started: shown.started,
        now: now(),
        file: shown.file.clone(),
        parts: health(),
        reload: shown.reload.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        delivery: super::delivery(outbox.figures()),
        store: keep::report(&store),
        sld: sld::report(&landscape),
        certificates: shown.certificate_report(),
        process: process::look().map(|process::Process { cpu, resident, addresses, threads, open_files, most_files }| admin::Process {
            cpu,
            resident,
            addresses,
            threads,
            open_files,
            most_files,
        }),
        conversations: conversations.report(),
    })
}

fn service(shown: &Shown) -> Part {
    if shown.stopping.load(Ordering::Relaxed) {
        Part::works("service", "stopping").down("start it again when it has ended")
    } else {
        Part::works("service", "answering")
    }
}

fn switch(health: switch::Health) -> Part {
    let part = Part::works("switch", health.detail);
    if health.up { part } else { part.down("`jackfield check` says stage by stage what it lacks; it is tried again by itself") }
}

/// What SAP does with its events is not our state: a SAP that is away must not take the service away from the others.
fn delivery(figures: &Figures) -> Part {
    let away = figures.destinations.iter().filter(|destination| destination.failures > 0).count();
    let detail = format!("{} lanes, {} events wait", figures.lanes, figures.waiting);
    if away == 0 {
        return Part::works("delivery", detail);
    }
    Part::works("delivery", format!("{detail}, machines that cannot be reached: {away}")).degraded("/status says which and why")
}

/// The file by its name alone: the service page is for everybody who can reach it. `/status` has the whole path.
fn configuration(shown: &Shown) -> Part {
    let file = shown.file.as_deref().map_or("built in", |file| file.rsplit(['/', '\\']).next().unwrap_or(file));
    match shown.reload.lock().unwrap_or_else(PoisonError::into_inner).result {
        ReloadResult::Rejected => {
            Part::works("configuration", format!("{file}: the last change was refused, the configuration before it goes on"))
                .degraded("mend the file as `jackfield config check` says")
        }
        ReloadResult::Started | ReloadResult::Applied => Part::works("configuration", file),
    }
}

/// Log files, where there are any. Lines that were lost once are no news for ever: `/metrics` counts them.
fn files(log: &Log) -> Option<Part> {
    let FileState { is_on, failure } = log.files();
    let lost = COUNTERS.log_lines_lost.get();
    let lost = if lost > 0 { format!(", lines lost since the start: {lost}") } else { String::new() };
    is_on.then(|| match failure {
        None => Part::works("log", format!("files are written{lost}")),
        Some(why) => Part::works("log", format!("files cannot be written: {why}{lost}"))
            .degraded("make room in `log.folder` and let the service write there; it is tried again by itself"),
    })
}

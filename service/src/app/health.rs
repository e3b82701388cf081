//! How every part is, for `/status`, `/readyz` and the service page.

use super::{
    exchange::Exchange,
    keep,
    parts::{Shown, now},
    sld,
};
use crate::{
    outbox::{Figures, Outbox},
    serve::{
        Health, Part,
        admin::{Inspect, ReloadResult, Report},
    },
    sld::Sld,
    store::Store,
};
use std::sync::{Arc, PoisonError, atomic::Ordering};

pub(super) fn of(shown: Arc<Shown>, exchange: Exchange, outbox: Outbox, store: Store, landscape: Sld) -> Health {
    Arc::new(move || {
        let switch = exchange.health();
        let figures = outbox.figures();
        let mut parts = vec![
            service(&shown),
            Part { name: "configuration", up: true, degraded: false, detail: configuration(&shown) },
            Part { name: "switch", up: switch.up, degraded: false, detail: switch.detail },
            keep::part(&store),
            // What SAP does with its events is not our state: a SAP that is away must not take the service away from the others.
            Part { name: "delivery", up: true, degraded: false, detail: delivery(&figures) },
        ];
        parts.extend(shown.certificates());
        parts.extend(sld::part(&landscape));
        parts
    })
}

pub(super) fn inspect(shown: Arc<Shown>, health: Health, outbox: Outbox, store: Store, landscape: Sld) -> Inspect {
    Arc::new(move || Report {
        started: shown.started,
        now: now(),
        file: shown.file.clone(),
        parts: health(),
        reload: shown.reload.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        delivery: super::delivery(outbox.figures()),
        store: keep::report(&store),
        sld: sld::report(&landscape),
    })
}

fn service(shown: &Shown) -> Part {
    let stopping = shown.stopping.load(Ordering::Relaxed);
    Part { name: "service", up: !stopping, degraded: false, detail: if stopping { "stopping" } else { "answering" }.into() }
}

fn delivery(figures: &Figures) -> String {
    let away = figures.destinations.iter().filter(|destination| destination.failures > 0).count();
    let away = if away > 0 { format!(", machines that cannot be reached: {away}") } else { String::new() };
    format!("{} lanes, {} events wait{away}", figures.lanes, figures.waiting)
}

/// The file by its name alone: the service page is for everybody who can reach it. `/status` has the whole path.
fn configuration(shown: &Shown) -> String {
    let file = shown.file.as_deref().map_or("built in", |file| file.rsplit(['/', '\\']).next().unwrap_or(file));
    match shown.reload.lock().unwrap_or_else(PoisonError::into_inner).result {
        ReloadResult::Rejected => format!("{file}: the last change was refused, the configuration before it goes on"),
        ReloadResult::Started | ReloadResult::Applied => file.to_owned(),
    }
}

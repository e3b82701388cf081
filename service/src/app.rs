//! The service as a whole: the only place that names every part.
//!
//! ```text
//! Options ─ source: read and check everything ─ parts: bind, start ─▶ App (a handle)
//!                                                  ▲
//!       watch: "look again" ── SIGHUP, App::reload ┘ reload: check, bind, publish, or change nothing
//! ```
//!
//! Everything is checked before anything is bound. `policy` hands each part its own small policy; no part sees the configuration.

mod alarms;
pub mod battery;
pub mod bridge;
mod built_in;
mod certificates;
mod conduit;
pub mod connector;
mod editor;
mod examination;
mod exchange;
mod health;
mod keep;
#[cfg(feature = "oauth")]
pub mod organisation;
mod outside;
mod parts;
mod policy;
mod probation;
mod reload;
mod roll_call;
mod secrets;
mod sign_on;
pub mod sld;
mod source;
mod stop;
#[cfg(test)]
mod tests;
mod watch;

pub use crate::store::OpenError;
pub use policy::plan as embedded_plan;
pub use reload::Outcome;
pub use source::Options;

use crate::{outbox, serve::admin, store::Store, switch::embedded::Embedded, telemetry};
use conduit::Conversations;
use exchange::Exchange;
use parts::{Before, Parts};
use probation::Decision;
use shared::Finding;
use source::Source;
use std::{io, net::SocketAddr};
use tokio::sync::{mpsc, oneshot, watch as latest};

/// The running service; cheap to clone. When all clones are gone it stops.
#[derive(Clone)]
pub struct App {
    orders: mpsc::Sender<Order>,
    places: latest::Receiver<Places>,
    exchange: Exchange,
    store: Store,
    about: About,
}

/// How the service stands, by the task that leads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where SAP reaches it.
    pub ici: String,
    /// Agents who are logged on.
    pub agents: usize,
    /// The file has been changed and is refused; what was there before is in force.
    pub file_refused: bool,
}

/// Where the service is reached; changes when the file says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The web service for SAP.
    pub ici: String,
    /// The same by HTTPS, where that is spoken beside HTTP.
    pub https: Option<String>,
    /// Where web connectors on other machines come in.
    pub remoting: Option<String>,
    /// The listener for administrators.
    pub admin: String,
    /// The one for administrators on other machines.
    pub admin_tls: Option<String>,
}

/// What a person should know who starts the service.
#[derive(Clone, Debug)]
pub struct About {
    /// The file; `None`: the built-in configuration.
    pub file: Option<String>,
    /// What is doubtful about it.
    pub warnings: Vec<Finding>,
}

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be used.
    #[error("{file} is refused\n{}", source::listed(findings))]
    Refused {
        /// Which file.
        file: String,
        /// Everything that is wrong with it, and what is doubtful.
        findings: Vec<Finding>,
    },
    /// The file is not there or cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// A listener cannot be opened.
    #[error("{what} cannot listen on {address}: {error}")]
    Listen {
        /// `the web service` or `the listener for administrators`.
        what: &'static str,
        /// Where.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The store cannot be used.
    #[error("{0}\nhint: write another file for `store.path`, or remove the line to keep everything in memory")]
    Store(OpenError),
}

enum Order {
    Stand(oneshot::Sender<Standing>),
    Save(admin::Save, oneshot::Sender<Result<admin::Begun, admin::Denied>>),
    Decide(Decision, oneshot::Sender<Result<(), admin::Denied>>),
    Reload(oneshot::Sender<Outcome>),
    Stop(oneshot::Sender<()>),
}

impl App {
    /// Reads, checks, binds and starts, inside the current tokio runtime.
    ///
    /// # Errors
    /// See [`StartError`]; nothing is left behind.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let source = Source::new(&options);
        let interrupted = probation::recover(&source).await;
        // Before the files are read: what changes in between is seen by the next look.
        let look = source.look().await;
        let loaded = source.load().await?;
        let log = telemetry::start(policy::levels(&loaded.config));
        telemetry::hide_numbers(loaded.config.log.mask_numbers);
        log.write_files(policy::log_files(&loaded.config));
        interrupted.say();
        let about = About { file: source.name(), warnings: loaded.warnings.clone() };
        let watch = watch::Watch::start(&look.files);
        let store = keep::open(&source, &loaded.config).await?;
        let conversations = Conversations::open(&loaded.config).await;
        let (orders, inbox) = mpsc::channel(16);
        let before = Before { source, orders: orders.downgrade(), probation: interrupted, conversations };
        let parts = Parts::start(before, look, loaded, log, store.clone())?;
        let (exchange, places) = (parts.exchange.clone(), parts.places.subscribe());
        tokio::spawn(lead(parts, inbox, watch));
        Ok(Self { orders, places, exchange, store, about })
    }

    /// Where SAP reaches it now.
    pub fn ici_url(&self) -> String {
        self.places.borrow().ici.clone()
    }

    /// Where administrators reach it now.
    pub fn admin_url(&self) -> String {
        self.places.borrow().admin.clone()
    }

    /// The same, with notice of changes.
    pub fn places(&self) -> latest::Receiver<Places> {
        self.places.clone()
    }

    /// File and warnings of the start.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The embedded switch, where callers come in; `None` while a CIC server is in use.
    pub fn embedded(&self) -> Option<Embedded> {
        self.exchange.embedded()
    }

    /// Looks at the file again.
    pub async fn reload(&self) -> Outcome {
        let (tell, told) = oneshot::channel();
        if self.orders.send(Order::Reload(tell)).await.is_err() {
            return Outcome::Unchanged;
        }
        told.await.unwrap_or(Outcome::Unchanged)
    }

    /// How it stands. Answered by the task that leads everything, after what it is doing; `None`: that task has ended.
    pub async fn standing(&self) -> Option<Standing> {
        let (tell, told) = oneshot::channel();
        self.orders.send(Order::Stand(tell)).await.ok()?;
        told.await.ok()
    }

    /// The process ends at once, without [`Self::stop`]: what was not delivered is told after the next start.
    pub fn abandon(&self) {
        self.store.close();
    }

    /// Answers what has come in, delivers what waits, and ends. Logs nobody off: the next start goes on.
    pub async fn stop(&self) {
        let (tell, told) = oneshot::channel();
        if self.orders.send(Order::Stop(tell)).await.is_ok() {
            // An error says that it has ended, too.
            let _ = told.await;
        }
    }
}

/// Does one thing after the other: looks, reloads, stops.
async fn lead(mut parts: Parts, mut orders: mpsc::Receiver<Order>, mut watch: watch::Watch) {
    loop {
        let order = tokio::select! {
            order = orders.recv() => order,
            () = watch.next() => {
                parts.look(&mut watch).await;
                continue;
            }
            () = probation::end(parts.probation.as_ref()) => {
                parts.expire(&mut watch).await;
                continue;
            }
        };
        match order {
            // Whoever has asked may be gone.
            Some(Order::Stand(tell)) => drop(tell.send(parts.standing())),
            Some(Order::Reload(tell)) => drop(tell.send(parts.reload(&mut watch).await)),
            Some(Order::Save(save, tell)) => drop(tell.send(parts.save(&mut watch, save).await)),
            Some(Order::Decide(decision, tell)) => drop(tell.send(parts.decide(&mut watch, decision).await)),
            Some(Order::Stop(tell)) => {
                stop::stop(parts).await;
                let _ = tell.send(());
                return;
            }
            None => return stop::stop(parts).await,
        }
    }
}

/// Figures of the outbox as the administrators' listener shows them.
fn delivery(figures: outbox::Figures) -> admin::Delivery {
    let outbox::Figures { lanes, delivered, rejected, failed, coalesced, dropped, known, waiting, destinations } = figures;
    let destinations = destinations.into_iter().map(|outbox::DestinationFigures { host, lanes, waiting, failures, failure }| {
        admin::Destination { host, reached: failures == 0, lanes, waiting, failures, failure }
    });
    let destinations = destinations.collect();
    admin::Delivery { lanes, waiting, delivered, rejected, failed, coalesced, dropped, known, destinations }
}

//! All parts, started and connected.

use super::{
    Places, StartError,
    exchange::Exchange,
    health, policy,
    source::{Loaded, Look, Source},
};
use crate::{
    agents::{self, Agents},
    capture::Recorder,
    ici::Codec,
    outbox::{self, Outbox},
    serve::{
        self,
        admin::{Reload, ReloadResult},
    },
    store::Store,
    telemetry::{
        Log, ToText,
        event::{Event, Listening},
    },
};
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{mpsc, watch};

pub(super) const ICI: &str = "the web service";
pub(super) const ADMIN: &str = "the listener for administrators";

/// Fates of lanes that may wait for the agents' attention.
const FATES: usize = 1024;

/// Everything that runs, and the senders of what it goes by.
pub(super) struct Parts {
    pub(super) source: Source,
    pub(super) loaded: Loaded,
    /// The files as they were when they were last judged.
    pub(super) look: Look,
    pub(super) log: Log,
    pub(super) to_text: ToText,
    pub(super) codec: watch::Sender<Arc<Codec>>,
    pub(super) agents: watch::Sender<Arc<agents::Policy>>,
    pub(super) delivery: watch::Sender<Arc<outbox::Policy>>,
    pub(super) exchange: Exchange,
    pub(super) people: Agents,
    pub(super) outbox: Outbox,
    pub(super) recorder: Recorder,
    pub(super) store: Store,
    pub(super) server: serve::Server,
    pub(super) admin: serve::admin::Server,
    pub(super) places: watch::Sender<Places>,
    pub(super) shown: Arc<Shown>,
}

/// What the listener for administrators shows of the service as a whole.
pub(super) struct Shown {
    pub(super) file: Option<String>,
    pub(super) started: i64,
    pub(super) stopping: AtomicBool,
    pub(super) reload: Mutex<Reload>,
}

impl Parts {
    /// Starts them; the listeners come last, so that whoever gets in finds everything there.
    pub(super) fn start(source: Source, look: Look, loaded: Loaded, log: Log, store: Store) -> Result<Self, StartError> {
        let (codec, codec_in_force) = watch::channel(Arc::new(Codec::new(Arc::clone(&loaded.profile))));
        let (agents_policy, agents_in_force) = watch::channel(Arc::new(policy::agents(&loaded)));
        let (delivery, delivery_in_force) = watch::channel(Arc::new(policy::outbox(&loaded.config)));
        let (fates, told) = mpsc::channel(FATES);
        let exchange = Exchange::start(&loaded);
        let to_text = ToText::start();
        to_text.obey(policy::to_text(&loaded.config));
        let recorder = Recorder::default();
        recorder.obey(loaded.config.log.mask_numbers, loaded.config.log.keep_captures_days);
        let outbox = Outbox::start(delivery_in_force, codec_in_force.clone(), fates, recorder.clone(), store.clone());
        let agents = Agents::start(exchange.switch(), outbox.clone(), told, agents_in_force, store.clone());
        // Before anybody is let in, so that SAP finds the sessions that it believes in.
        agents.resume();
        let shown = Arc::new(Shown::new(&source, &loaded));
        let health = health::of(Arc::clone(&shown), exchange.clone(), outbox.clone(), store.clone());
        let inspect = health::inspect(Arc::clone(&shown), Arc::clone(&health), outbox.clone(), store.clone());

        let service = policy::serve(&loaded.config);
        let at = service.listen;
        let server =
            serve::Server::start(service, codec_in_force, agents.clone(), health, recorder.clone()).map_err(cannot_listen(ICI, at))?;
        let administration = policy::admin(&loaded);
        let at = administration.listen;
        let admin = serve::admin::Server::start(administration, agents.clone(), inspect, exchange.outside(), recorder.clone())
            .map_err(cannot_listen(ADMIN, at))?;

        let (places, _) = watch::channel(Places { ici: server.url(), admin: admin.url() });
        let parts = Self {
            source,
            loaded,
            look,
            log,
            to_text,
            codec,
            agents: agents_policy,
            delivery,
            exchange,
            people: agents,
            outbox,
            recorder,
            store,
            server,
            admin,
            places,
            shown,
        };
        parts.tell_places();
        Ok(parts)
    }

    /// Says where the listeners are, after they have been opened or moved.
    pub(super) fn tell_places(&self) {
        let (ici, admin) = (self.server.url(), self.admin.url());
        Listening { what: "ici", url: &ici }.emit();
        Listening { what: "admin", url: &admin }.emit();
        self.places.send_replace(Places { ici, admin });
    }
}

impl Shown {
    fn new(source: &Source, loaded: &Loaded) -> Self {
        let started = now();
        let reload = Reload { result: ReloadResult::Started, at: started, changes: Vec::new(), findings: loaded.warnings.clone() };
        Self { file: source.name(), started, stopping: AtomicBool::new(false), reload: Mutex::new(reload) }
    }

    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

pub(super) fn cannot_listen(what: &'static str, address: SocketAddr) -> impl FnOnce(std::io::Error) -> StartError {
    move |error| StartError::Listen { what, address, error }
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

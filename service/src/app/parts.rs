//! All parts, started and connected.

use super::{
    Order, Places, Standing, StartError, bridge,
    certificates::{self, Watched},
    conduit::Conversations,
    editor::Editor,
    exchange::Exchange,
    health, policy,
    probation::{Pending, State},
    roll_call, sign_on,
    source::{Loaded, Look, Source},
};
use crate::{
    agents::{self, Agents},
    capture::Recorder,
    ici::Codec,
    outbox::{self, Outbox},
    serve::{
        self, Which,
        admin::{Reload, ReloadResult},
    },
    sld::Sld,
    store::Store,
    telemetry::{
        Log, ToText,
        event::{Event, Listening},
    },
};
use shared::Config;
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::{mpsc, watch};

pub(super) const ICI: &str = "the web service";
pub(super) const HTTPS: &str = "the web service by HTTPS";
pub(super) const REMOTING: &str = "the port for web connectors";
pub(super) const ADMIN: &str = "the listener for administrators";
pub(super) const ADMIN_FAR: &str = "the listener for administrators on other machines";

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
    /// How often the log says who is logged on.
    pub(super) log_interval: watch::Sender<Option<Duration>>,
    pub(super) exchange: Exchange,
    pub(super) people: Agents,
    pub(super) outbox: Outbox,
    pub(super) recorder: Recorder,
    pub(super) store: Store,
    pub(super) sld: Sld,
    pub(super) bridge: bridge::Running,
    pub(super) conversations: Conversations,
    pub(super) server: serve::Server,
    pub(super) admin: serve::admin::Server,
    pub(super) places: watch::Sender<Places>,
    pub(super) shown: Arc<Shown>,
    /// A change from another machine that may still go back.
    pub(super) probation: Option<Pending>,
}

/// What the listener for administrators shows of the service as a whole.
pub(super) struct Shown {
    pub(super) file: Option<String>,
    pub(super) started: i64,
    pub(super) stopping: AtomicBool,
    pub(super) reload: Mutex<Reload>,
    pub(super) certificates: Mutex<Vec<Watched>>,
    /// The configuration in force.
    pub(super) in_force: Mutex<Arc<Config>>,
    /// How it stands with a change from another machine.
    pub(super) probation: Mutex<State>,
    /// The last day on which a certificate's end was warned of, since 1970.
    warned: Mutex<i64>,
}

/// What is there before the parts.
pub(super) struct Before {
    pub(super) source: Source,
    /// Where orders for all parts go.
    pub(super) orders: mpsc::WeakSender<Order>,
    /// What became of a change that a crash has interrupted.
    pub(super) probation: State,
    /// Conversation events, and what waits of them.
    pub(super) conversations: Conversations,
}

impl Parts {
    /// Starts them; the listeners come last, so that whoever gets in finds everything there.
    pub(super) fn start(before: Before, look: Look, loaded: Loaded, log: Log, store: Store) -> Result<Self, StartError> {
        let Before { source, orders, probation, conversations } = before;
        let (codec, codec_in_force) = watch::channel(Arc::new(Codec::new(Arc::clone(&loaded.profile))));
        let (agents_policy, agents_in_force) = watch::channel(Arc::new(policy::agents(&loaded)));
        let (delivery, delivery_in_force) = watch::channel(Arc::new(policy::outbox(&loaded)));
        let (fates, told) = mpsc::channel(FATES);
        let exchange = Exchange::start(&loaded);
        let bridge = bridge::Running::start(&loaded, &exchange, store.clone());
        // Before anybody can call.
        conversations.begin(&loaded.config, &exchange, &bridge.bridge());
        let to_text = ToText::start();
        to_text.obey(policy::to_text(&loaded.config));
        let recorder = Recorder::default();
        recorder.obey(loaded.config.log.mask_numbers, loaded.config.log.keep_captures_days);
        let outbox = Outbox::start(delivery_in_force, codec_in_force.clone(), fates, recorder.clone(), store.clone());
        let agents = Agents::start(exchange.switch(), outbox.clone(), told, agents_in_force, store.clone());
        // Before anybody is let in, so that SAP finds the sessions that it believes in.
        agents.resume();
        let (log_interval, every) = watch::channel(roll_call::interval(&loaded.config.ici));
        tokio::spawn(roll_call::run(agents.clone(), every));
        let shown = Arc::new(Shown::new(&source, &loaded, probation));
        let sld = Sld::start(loaded.sld.clone(), store.clone());
        let health = health::of(
            Arc::clone(&shown),
            exchange.clone(),
            outbox.clone(),
            store.clone(),
            sld.clone(),
            (bridge.bridge(), conversations.clone()),
            log.clone(),
        );
        let inspect =
            health::inspect(Arc::clone(&shown), Arc::clone(&health), outbox.clone(), store.clone(), sld.clone(), conversations.clone());
        let register = {
            let sld = sld.clone();
            Arc::new(move || sld.send_now())
        };

        let service = sign_on::serve(&loaded, &exchange);
        let places = listens(&service);
        let server =
            serve::Server::start(service, codec_in_force, agents.clone(), health, recorder.clone()).map_err(cannot_serve(places))?;
        let administration = policy::admin(&loaded);
        let at = administration_at(&administration);
        let keeper = Arc::new(Editor::new(source.clone(), orders, Arc::clone(&shown)));
        let (outside, recording) = (exchange.outside(), recorder.clone());
        let desk = serve::admin::Parts { inspect, outside, recorder: recording, register, keeper, bridge: bridge.desk() };
        let admin = serve::admin::Server::start(administration, agents.clone(), desk).map_err(cannot_administrate(at))?;

        let (places, _) = watch::channel(found(&server, &admin));
        let parts = Self {
            source,
            loaded,
            look,
            log,
            to_text,
            codec,
            agents: agents_policy,
            delivery,
            log_interval,
            exchange,
            people: agents,
            outbox,
            recorder,
            store,
            sld,
            bridge,
            conversations,
            server,
            admin,
            places,
            shown,
            probation: None,
        };
        parts.tell_places();
        parts.shown.mind_certificates();
        Ok(parts)
    }

    /// Says where the listeners are, after they have been opened or moved.
    pub(super) fn tell_places(&self) {
        let places = self.found_at();
        Listening { what: "ici", url: &places.ici }.emit();
        if let Some(url) = &places.https {
            Listening { what: "https", url }.emit();
        }
        if let Some(url) = &places.remoting {
            Listening { what: "remoting", url }.emit();
        }
        Listening { what: "admin", url: &places.admin }.emit();
        if let Some(url) = &places.admin_tls {
            Listening { what: "admin-tls", url }.emit();
        }
        self.places.send_replace(places);
    }

    pub(super) fn standing(&self) -> Standing {
        let file_refused = self.shown.reload.lock().unwrap_or_else(PoisonError::into_inner).result == ReloadResult::Rejected;
        Standing { ici: self.server.url(), agents: self.people.count(), file_refused }
    }

    /// Where the listeners are now.
    pub(super) fn found_at(&self) -> Places {
        found(&self.server, &self.admin)
    }
}

fn found(server: &serve::Server, admin: &serve::admin::Server) -> Places {
    let (https, remoting) = (server.secure_url(), server.remoting_url());
    Places { ici: server.url(), https, remoting, admin: admin.url(), admin_tls: admin.far_url() }
}

impl Shown {
    fn new(source: &Source, loaded: &Loaded, probation: State) -> Self {
        let started = now();
        let reload = Reload { result: ReloadResult::Started, at: started, changes: Vec::new(), findings: loaded.warnings.clone() };
        let certificates = Mutex::new(loaded.certificates.watched.clone());
        let (stopping, warned) = (AtomicBool::new(false), Mutex::new(0));
        let (in_force, probation) = (Mutex::new(Arc::new(loaded.config.clone())), Mutex::new(probation));
        Self { file: source.name(), started, stopping, reload: Mutex::new(reload), certificates, in_force, probation, warned }
    }

    /// How the certificates are.
    pub(super) fn certificates(&self) -> Option<serve::Part> {
        certificates::part(&self.certificates.lock().unwrap_or_else(PoisonError::into_inner), now())
    }

    /// The same for `/status` and `/metrics`.
    pub(super) fn certificate_report(&self) -> Vec<serve::admin::Certificate> {
        certificates::report(&self.certificates.lock().unwrap_or_else(PoisonError::into_inner), now())
    }

    /// Says once a day in the log which certificates end.
    pub(super) fn mind_certificates(&self) {
        const DAY: i64 = 24 * 60 * 60;
        let now = now();
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *warned, now / DAY) == now / DAY {
            return;
        }
        for watched in self.certificates.lock().unwrap_or_else(PoisonError::into_inner).iter().filter(|watched| watched.is_due(now)) {
            tracing::warn!(target: "service", "{}", watched.sentence(now));
        }
    }

    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

/// The addresses that a policy asks for.
pub(super) fn listens(policy: &serve::Policy) -> [(&'static str, SocketAddr); 3] {
    let beside = |other: Option<SocketAddr>| other.unwrap_or(policy.listen);
    let https = policy.secure.as_ref().and_then(|secure| secure.listen);
    let remoting = policy.remoting.as_ref().map(|remoting| remoting.listen);
    [(ICI, policy.listen), (HTTPS, beside(https)), (REMOTING, beside(remoting))]
}

pub(super) fn cannot_serve([main, https, remoting]: [(&'static str, SocketAddr); 3]) -> impl FnOnce((Which, io::Error)) -> StartError {
    move |(which, error)| {
        let (what, address) = match which {
            Which::Main => main,
            Which::Secure => https,
            Which::Remoting => remoting,
        };
        cannot_listen(what, address)(error)
    }
}

/// The addresses for administrators that a policy asks for.
pub(super) fn administration_at(policy: &serve::admin::Policy) -> [SocketAddr; 2] {
    [policy.listen, policy.far.as_ref().map_or(policy.listen, |far| far.listen)]
}

pub(super) fn cannot_administrate([near, far]: [SocketAddr; 2]) -> impl FnOnce((Which, io::Error)) -> StartError {
    move |(which, error)| if which == Which::Main { cannot_listen(ADMIN, near)(error) } else { cannot_listen(ADMIN_FAR, far)(error) }
}

pub(super) fn cannot_listen(what: &'static str, address: SocketAddr) -> impl FnOnce(io::Error) -> StartError {
    move |error| StartError::Listen { what, address, error }
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

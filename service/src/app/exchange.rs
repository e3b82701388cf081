//! The switch in use: the embedded one or a site's CIC servers, and what takes its place when the file says so. Agents who are logged on go
//! over to another one by themselves.

use super::{outside::Outside, policy, secrets, source::Loaded};
use crate::{
    agents::Agents,
    serve::admin,
    switch::{
        Health, Switch,
        embedded::Embedded,
        icws::{self, AgentAuth, Icws, Network, Password, Site, SsoToken, SuperUserOnly, Template},
    },
};
use shared::config::{Agents as AgentSettings, Config, LogIn, SwitchKind};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Exchange(Arc<Inner>);

struct Inner {
    in_use: RwLock<InUse>,
    /// What may change while agents are logged on.
    policy: watch::Sender<Arc<icws::Policy>>,
    agents: watch::Sender<Arc<AgentSettings>>,
}

/// One of them.
#[derive(Clone)]
enum InUse {
    Embedded(Embedded),
    Icws(Icws),
}

// === impl Exchange ===

impl Exchange {
    /// Starts the switch that the file names. A CIC server need not be there: agents read *Server Down* until it is.
    pub(super) fn start(loaded: &Loaded) -> Self {
        let (policy, _) = watch::channel(Arc::new(policy::icws(&loaded.config)));
        let (agents, _) = watch::channel(Arc::new(loaded.config.agents.clone()));
        let in_use = InUse::start(loaded, policy.subscribe(), agents.subscribe());
        Self(Arc::new(Inner { in_use: RwLock::new(in_use), policy, agents }))
    }

    /// The switch, for agents.
    pub(super) fn switch(&self) -> Arc<dyn Switch> {
        match self.in_use() {
            InUse::Embedded(embedded) => Arc::new(embedded),
            InUse::Icws(icws) => Arc::new(icws),
        }
    }

    /// The embedded switch, when it is the one.
    pub(super) fn embedded(&self) -> Option<Embedded> {
        match self.in_use() {
            InUse::Embedded(embedded) => Some(embedded),
            InUse::Icws(_) => None,
        }
    }

    /// How it is.
    pub(super) fn health(&self) -> Health {
        match self.in_use() {
            InUse::Embedded(embedded) => embedded.health(),
            InUse::Icws(icws) => icws.health(),
        }
    }

    /// The world outside it.
    pub(super) fn outside(&self) -> Arc<dyn admin::Outside> {
        Arc::new(Outside(self.clone()))
    }

    /// Goes by another configuration; cannot fail. Where the switch itself is another one, agents are logged on there anew.
    pub(super) async fn apply(&self, old: &Loaded, new: &Loaded, agents: &Agents) {
        self.0.policy.send_replace(Arc::new(policy::icws(&new.config)));
        self.0.agents.send_replace(Arc::new(new.config.agents.clone()));
        if is_another(old, new) {
            let next = InUse::start(new, self.0.policy.subscribe(), self.0.agents.subscribe());
            let before = std::mem::replace(&mut *self.0.in_use.write().unwrap_or_else(PoisonError::into_inner), next);
            agents.use_switch(self.switch());
            if let InUse::Icws(icws) = before {
                tokio::spawn(async move { icws.stop().await });
            }
        } else if let InUse::Embedded(embedded) = self.in_use()
            && new.config.switch.embedded != old.config.switch.embedded
        {
            embedded.replan(policy::plan(&new.config.switch.embedded)).await;
        }
    }

    /// Ends what the service's own user has at the switch.
    pub(super) async fn stop(&self) {
        if let InUse::Icws(icws) = self.in_use() {
            icws.stop().await;
        }
    }

    fn in_use(&self) -> InUse {
        self.0.in_use.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

// === impl InUse ===

impl InUse {
    fn start(loaded: &Loaded, policy: watch::Receiver<Arc<icws::Policy>>, agents: watch::Receiver<Arc<AgentSettings>>) -> Self {
        let config = &loaded.config;
        match config.switch.kind {
            SwitchKind::Embedded => Self::Embedded(Embedded::start(policy::plan(&config.switch.embedded))),
            SwitchKind::Icws => {
                let auth: Arc<dyn AgentAuth> = match config.agents.log_in {
                    LogIn::StoredPassword => Arc::new(Password(secrets::passwords(agents))),
                    LogIn::SsoToken => Arc::new(SsoToken(secrets::tokens(agents))),
                    // The check lets no file pass that says "embedded" here.
                    LogIn::SuperUser | LogIn::Embedded => Arc::new(SuperUserOnly),
                };
                let proof = secrets::super_user(config.switch.user_id.clone(), config.switch.password.clone());
                Self::Icws(Icws::start(site(loaded), policy, auth, proof))
            }
        }
    }
}

/// Is it another switch, or are agents logged on in another way?
fn is_another(old: &Loaded, new: &Loaded) -> bool {
    let (before, after) = (&old.config, &new.config);
    let what = |config: &Config| {
        let switch = config.switch.clone();
        let servers = (switch.server, switch.backup, switch.port, switch.tls, switch.authority, switch.proxy);
        (servers, switch.user_id, switch.password, switch.log_ons_per_second, config.agents.log_in)
    };
    let servers = before.switch.kind == SwitchKind::Icws && (what(before) != what(after) || old.roots != new.roots);
    before.switch.kind != after.switch.kind || servers
}

fn site(loaded: &Loaded) -> Site {
    let switch = &loaded.config.switch;
    // A proxy's address has passed the check of its form.
    let proxy = switch.proxy.as_deref().and_then(|proxy| Template::parse(proxy).ok());
    let template = proxy.unwrap_or_else(|| Template::direct(switch.tls, switch.port()));
    let network = Network::new(template.port(), loaded.trust.clone().filter(|_| template.tls()));
    let hosts = switch.server.iter().chain(&switch.backup).cloned().collect();
    let mut site = Site::new(Arc::new(network), template, hosts);
    site.log_ins_per_second = switch.log_ons_per_second;
    site
}

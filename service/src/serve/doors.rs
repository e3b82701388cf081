//! All addresses of one handler: the main one, the one for HTTPS beside it, the one for web connectors. They are opened and moved together, or
//! not at all.

use super::{
    Which,
    connection::{Door, Handler},
    hall::Hall,
    listener::Listener,
};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};

/// Where to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) main: SocketAddr,
    /// Does the main address speak HTTPS?
    pub(super) main_is_secure: bool,
    pub(super) secure: Option<SocketAddr>,
    pub(super) remoting: Option<SocketAddr>,
}

/// See the module.
pub(super) struct Doors<H> {
    hall: Arc<Hall<H>>,
    plan: Plan,
    main: Listener<H>,
    secure: Option<Listener<H>>,
    remoting: Option<Listener<H>>,
}

impl<H: Handler> Doors<H> {
    /// Binds and begins to answer.
    ///
    /// # Errors
    /// Which address cannot be had, and why.
    pub(super) fn start(handler: Arc<H>, plan: Plan) -> Result<Self, (Which, io::Error)> {
        let hall = Hall::new(handler);
        let open = |address: Option<SocketAddr>, door, which| {
            address.map(|address| Listener::start(address, &hall, door)).transpose().map_err(|error| (which, error))
        };
        let secure = open(plan.secure, Door::Secure, Which::Secure)?;
        let remoting = open(plan.remoting, Door::Remoting, Which::Remoting)?;
        let main = Listener::start(plan.main, &hall, Door::Main).map_err(|error| (Which::Main, error))?;
        Ok(Self { hall, plan, main, secure, remoting })
    }

    /// Where the main one is.
    pub(super) fn main(&self) -> SocketAddr {
        self.main.address()
    }

    /// Where HTTPS is spoken beside it.
    pub(super) fn secure(&self) -> Option<SocketAddr> {
        self.secure.as_ref().map(Listener::address)
    }

    /// Where web connectors come in.
    pub(super) fn remoting(&self) -> Option<SocketAddr> {
        self.remoting.as_ref().map(Listener::address)
    }

    /// How the main one is spoken to.
    pub(super) fn scheme(&self) -> &'static str {
        if self.plan.main_is_secure { "https" } else { "http" }
    }

    /// Listens by another plan; `publish` is told the main address before the first caller is let in there.
    ///
    /// # Errors
    /// Which new address cannot be had, and why; then nothing has changed.
    pub(super) async fn apply(&mut self, plan: Plan, publish: impl FnOnce(SocketAddr)) -> Result<(), (Which, io::Error)> {
        let old = self.plan;
        if let Err(error) = beside(&self.hall, &mut self.secure, plan.secure, Door::Secure).await {
            return Err((Which::Secure, error));
        }
        // What is gone back to is still being served, so that going back cannot fail.
        if let Err(error) = beside(&self.hall, &mut self.remoting, plan.remoting, Door::Remoting).await {
            let _ = beside(&self.hall, &mut self.secure, old.secure, Door::Secure).await;
            return Err((Which::Remoting, error));
        }
        if let Err(error) = self.main.relisten(plan.main, publish).await {
            let _ = beside(&self.hall, &mut self.secure, old.secure, Door::Secure).await;
            let _ = beside(&self.hall, &mut self.remoting, old.remoting, Door::Remoting).await;
            return Err((Which::Main, error));
        }
        if plan.main_is_secure != old.main_is_secure {
            self.main.renew().await;
        }
        self.plan = plan;
        Ok(())
    }

    /// Who came by the way for web connectors is sent away with his next answer: another protection counts there now.
    pub(super) async fn renew_remoting(&self) {
        if let Some(remoting) = &self.remoting {
            remoting.renew().await;
        }
    }

    /// Takes no more connections, answers every request, and cuts off who is not done within the time.
    pub(super) async fn stop(self, within: Duration) {
        self.hall.stop(within).await;
    }
}

/// Listens at this address too, or no more.
async fn beside<H: Handler>(
    hall: &Arc<Hall<H>>,
    listener: &mut Option<Listener<H>>,
    address: Option<SocketAddr>,
    door: Door,
) -> io::Result<()> {
    match (address, &mut *listener) {
        (Some(address), Some(open)) => open.relisten(address, drop).await?,
        (Some(address), None) => *listener = Some(Listener::start(address, hall, door)?),
        (None, _) => {
            if let Some(open) = listener.take() {
                open.leave().await;
            }
        }
    }
    Ok(())
}

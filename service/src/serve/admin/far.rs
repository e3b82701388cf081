//! The door for administrators on other machines: the same desk, where only TLS is spoken. It has a hall of its own, so that whoever comes from
//! outside takes no place from who is on this machine, and is slower about guessing tokens.

use super::{
    super::{
        connection::{self, Answer, Bounds, Guest, Handler, Protection},
        hall::Hall,
        listener::Listener,
    },
    CONNECTIONS, Desk, TIME,
};
use hyper::{Request, body::Incoming};
use rustls::ServerConfig;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};

/// From one address: a wizard needs three or four.
const FROM_ONE_ADDRESS: usize = 16;
/// From one address, a second; a handshake counts as ten. Enough for a wizard that looks at everything, and slow for who guesses.
const REQUESTS: u32 = 100;

/// Where administrators on other machines come in.
#[derive(Clone, Debug)]
pub struct Far {
    /// Where to listen.
    pub listen: SocketAddr,
    /// How TLS is spoken there.
    pub config: Arc<ServerConfig>,
}

/// The door, open or not.
pub(super) struct Door {
    hall: Arc<Hall<Gate>>,
    listener: Option<Listener<Gate>>,
}

/// The desk, as it is from outside.
struct Gate(Arc<Desk>);

impl Door {
    pub(super) fn new(desk: Arc<Desk>) -> Self {
        Self { hall: Hall::new(Arc::new(Gate(desk))), listener: None }
    }

    /// Binds and begins to answer, where the file asks for it.
    pub(super) fn start(&mut self, far: Option<&Far>) -> io::Result<()> {
        self.listener = far.map(|far| Listener::start(far.listen, &self.hall, connection::Door::Secure)).transpose()?;
        Ok(())
    }

    /// Moves, opens or closes; nothing has changed where that fails.
    pub(super) async fn apply(&mut self, far: Option<&Far>) -> io::Result<()> {
        match (far, &mut self.listener) {
            (Some(far), Some(listener)) => listener.relisten(far.listen, drop).await,
            (Some(_), None) => self.start(far),
            (None, listener) => {
                if let Some(open) = listener.take() {
                    open.leave().await;
                }
                Ok(())
            }
        }
    }

    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.listener.as_ref().map(Listener::address)
    }

    pub(super) async fn renew(&self) {
        if let Some(listener) = &self.listener {
            listener.renew().await;
        }
    }

    pub(super) async fn stop(&self, within: Duration) {
        self.hall.stop(within).await;
    }
}

// === impl Gate ===

impl Handler for Gate {
    async fn answer(&self, request: Request<Incoming>, guest: Guest) -> Answer {
        self.0.answer(request, guest).await
    }

    fn broken(&self) -> Answer {
        self.0.broken()
    }

    fn too_many(&self) -> Answer {
        self.0.too_many()
    }

    fn too_slow(&self) -> (&'static str, Vec<u8>) {
        self.0.too_slow()
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            header_time: TIME,
            write_time: TIME,
            connections: CONNECTIONS,
            connections_per_address: FROM_ONE_ADDRESS,
            requests_per_second: REQUESTS,
        }
    }

    fn protection(&self, _: connection::Door) -> Protection {
        let policy = self.0.policy.borrow();
        policy.far.as_ref().map_or(Protection::Closed, |far| Protection::Tls(Arc::clone(&far.config)))
    }
}

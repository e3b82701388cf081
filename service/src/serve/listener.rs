//! The listener: an address at a time, connections within bounds, and a change of address that fails no request.
//!
//! ```text
//! relisten(new) ─ bind new beside old ─┬─ new entrance: open
//!                                      └─ old entrance: leaving for GRACE (answers say `Connection: close`), takes what waits, closes
//! ```
//!
//! The old address goes on for [`GRACE`], so that a caller who learns of the change in that time meets nobody's closed door. Where both
//! addresses overlap (`0.0.0.0:8095` and `127.0.0.1:8095`) the system lets one process hold them side by side (`SO_REUSEPORT`); where it
//! does not, the old one is closed first and opened again when the new one cannot be had.

use super::{
    connection::{self, Door, Handler},
    hall::Hall,
};
use crate::telemetry::event::{AcceptFailed, Connected, ConnectionRefused, Event};
use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{mpsc, oneshot},
    time::Instant,
};

/// How long the old address, and the old path, are still served after a change.
pub const GRACE: Duration = Duration::from_secs(2);

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A pause when the system has no room for a connection (too many open files).
const BREATH: Duration = Duration::from_millis(50);

/// Listens for one [`Handler`].
pub(super) struct Listener<H> {
    hall: Arc<Hall<H>>,
    door: Door,
    current: Entrance,
    leaving: Vec<Entrance>,
}

/// One address that is listened on, and the way to the task that does it.
struct Entrance {
    asked: SocketAddr,
    bound: SocketAddr,
    orders: mpsc::Sender<Order>,
}

enum Order {
    /// Close at this time.
    Leave(Instant),
    /// Stay after all; answers `true` while the listener is still there.
    Stay(oneshot::Sender<()>),
    /// Close now and say so.
    Close(oneshot::Sender<()>),
    /// Send away who is in, with his next answer.
    Renew,
}

impl<H: Handler> Listener<H> {
    /// Binds and begins to answer; port 0 takes any free port.
    ///
    /// # Errors
    /// The address is taken, or is none of this machine.
    pub(super) fn start(address: SocketAddr, hall: &Arc<Hall<H>>, door: Door) -> io::Result<Self> {
        let current = enter(hall, door, address, bind(address, false)?)?;
        Ok(Self { hall: Arc::clone(hall), door, current, leaving: Vec::new() })
    }

    /// The address as it is bound, with its real port.
    pub(super) fn address(&self) -> SocketAddr {
        self.current.bound
    }

    /// Listens on another address. The old one is left only when the new one is there; `publish` is told it before the first caller is
    /// let in.
    ///
    /// # Errors
    /// The new address cannot be had; the old one goes on.
    pub(super) async fn relisten(&mut self, address: SocketAddr, publish: impl FnOnce(SocketAddr)) -> io::Result<()> {
        if address == self.current.asked || address == self.current.bound {
            self.current.asked = address;
            publish(self.current.bound);
            return Ok(());
        }
        self.leaving.retain(|entrance| !entrance.orders.is_closed());
        let fresh = if let Some(entrance) = self.still_open(address).await {
            publish(entrance.bound);
            entrance
        } else {
            let listener = self.bind_beside(address).await?;
            publish(listener.local_addr()?);
            enter(&self.hall, self.door, address, listener)?
        };
        let old = std::mem::replace(&mut self.current, fresh);
        // An entrance whose task is gone has been closed already.
        let _ = old.orders.send(Order::Leave(Instant::now() + GRACE)).await;
        self.leaving.push(old);
        Ok(())
    }

    /// Whoever is in is sent away with his next answer: what is spoken here is another thing now.
    pub(super) async fn renew(&self) {
        // An entrance whose task is gone has nobody.
        let _ = self.current.orders.send(Order::Renew).await;
    }

    /// Listens no more, after the time that a changed address has.
    pub(super) async fn leave(self) {
        let _ = self.current.orders.send(Order::Leave(Instant::now() + GRACE)).await;
        let Self { hall, current, leaving, .. } = self;
        // Their tasks go on without us as long as their orders are not lost.
        hall.tasks.spawn(async move {
            current.orders.closed().await;
            drop(leaving);
        });
    }

    /// An entrance that is on its way out and can stay.
    async fn still_open(&mut self, address: SocketAddr) -> Option<Entrance> {
        let position = self.leaving.iter().position(|entrance| entrance.asked == address || entrance.bound == address)?;
        let entrance = self.leaving.swap_remove(position);
        let (staying, stays) = oneshot::channel();
        entrance.orders.send(Order::Stay(staying)).await.ok()?;
        stays.await.ok()?;
        Some(Entrance { asked: address, ..entrance })
    }

    async fn bind_beside(&mut self, address: SocketAddr) -> io::Result<TcpListener> {
        let held = self.leaving.iter().chain([&self.current]).any(|entrance| overlap(entrance.bound, address));
        match bind(address, held) {
            Ok(listener) => Ok(listener),
            Err(_) if held => {
                for entrance in self.leaving.drain(..) {
                    close(&entrance).await;
                }
                close(&self.current).await;
                match bind(address, false) {
                    Ok(listener) => Ok(listener),
                    Err(error) => {
                        let old = self.current.bound;
                        self.current = enter(&self.hall, self.door, self.current.asked, bind(old, false)?)?;
                        Err(error)
                    }
                }
            }
            Err(error) => Err(error),
        }
    }
}

// === impl Entrance ===

/// Starts the task that accepts.
fn enter<H: Handler>(hall: &Arc<Hall<H>>, door: Door, asked: SocketAddr, listener: TcpListener) -> io::Result<Entrance> {
    let bound = listener.local_addr()?;
    let (orders, inbox) = mpsc::channel(4);
    hall.tasks.spawn(accept(Arc::clone(hall), door, listener, inbox));
    Ok(Entrance { asked, bound, orders })
}

async fn close(entrance: &Entrance) {
    let (closed, done) = oneshot::channel();
    if entrance.orders.send(Order::Close(closed)).await.is_ok() {
        let _ = done.await;
    }
}

async fn accept<H: Handler>(hall: Arc<Hall<H>>, door: Door, listener: TcpListener, mut orders: mpsc::Receiver<Order>) {
    let mut leaving = Arc::new(AtomicBool::new(false));
    let mut end: Option<Instant> = None;
    let closed = loop {
        tokio::select! {
            biased;
            () = hall.stop.cancelled() => break None,
            order = orders.recv() => match order {
                Some(Order::Leave(at)) => {
                    leaving.store(true, Ordering::Relaxed);
                    end = Some(at);
                }
                Some(Order::Stay(staying)) => {
                    leaving.store(false, Ordering::Relaxed);
                    end = None;
                    let _ = staying.send(());
                }
                Some(Order::Close(closed)) => break Some(closed),
                Some(Order::Renew) => {
                    leaving.store(true, Ordering::Relaxed);
                    leaving = Arc::new(AtomicBool::new(end.is_some()));
                }
                None => break None,
            },
            () = tokio::time::sleep_until(end.unwrap_or_else(Instant::now)), if end.is_some() => break None,
            accepted = next(&hall, &listener) => match accepted {
                Ok((stream, peer)) => welcome(&hall, door, stream, peer, &leaving),
                Err(error) => {
                    AcceptFailed { error: &error }.emit();
                    tokio::time::sleep(BREATH).await;
                }
            },
        }
    };
    leaving.store(true, Ordering::Relaxed);
    // Whoever has been let in by the system is served: closing the listener would cut them off.
    while let Some(Ok((stream, peer))) = ready(listener.accept()).await {
        welcome(&hall, door, stream, peer, &leaving);
    }
    drop(listener);
    if let Some(closed) = closed {
        let _ = closed.send(());
    }
}

/// The next connection, once there is room for one.
async fn next<H: Handler>(hall: &Hall<H>, listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    hall.room().await;
    listener.accept().await
}

fn welcome<H: Handler>(hall: &Arc<Hall<H>>, door: Door, stream: TcpStream, peer: SocketAddr, leaving: &Arc<AtomicBool>) {
    Connected { peer }.emit();
    // A web connector brings everybody's requests, and bounds them itself.
    let most = if door == Door::Remoting { usize::MAX } else { hall.handler.bounds().connections_per_address };
    let Some(seat) = hall.fair.enter(peer.ip(), most) else {
        ConnectionRefused { peer }.emit();
        hall.detain(stream);
        return;
    };
    let (place, hall, leaving) = (hall.take(), Arc::clone(hall), Arc::clone(leaving));
    hall.clone().tasks.spawn(async move {
        connection::serve(stream, peer, door, hall, leaving).await;
        drop((seat, place));
    });
}

/// What a future gives at once, if it does.
async fn ready<F: Future>(future: F) -> Option<F::Output> {
    tokio::select! {
        biased;
        output = future => Some(output),
        () = std::future::ready(()) => None,
    }
}

/// Can both addresses not be held by two sockets in the plain way?
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() == other.port() && (one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified())
}

/// Binds and listens. `beside`: one of our own listeners holds the port as well.
fn bind(address: SocketAddr, beside: bool) -> io::Result<TcpListener> {
    // Every listener shares its port, or the next one could not be opened beside it. That alone would let a second process in unnoticed:
    // so first ask the system, with a socket that shares nothing and never listens, whether the address is free.
    if !beside && address.port() != 0 {
        socket(address)?.bind(address)?;
    }
    let socket = socket(address)?;
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // On Windows this would let another process take the port over.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    Ok(socket)
}

//! Traps and informs of SNMP v2c: to each receiver, in time, or said in our log that it was not.

mod ber;

use super::Alarm;
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    future::Future,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{UdpSocket, lookup_host},
    task::JoinSet,
    time::{Instant, sleep, timeout, timeout_at},
};

/// A receiver that cannot be reached is given up after this time: the machine's own network may be what is away.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);
/// Pauses between attempts; the last one repeats.
const PAUSES: [u64; 4] = [1, 3, 10, 30];
/// A name is found out, and a confirmation comes, within this time.
const ANSWER: Duration = Duration::from_secs(5);
/// A confirmation is our own message again, nearly: much less than this.
const MOST_ANSWER: usize = 4096;

/// Asks for the community, which is kept by nobody.
pub type Community = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<SecretString, String>> + Send>> + Send + Sync>;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver(pub String);

/// What is sent to whom.
pub struct Traps {
    /// To each of them.
    pub receivers: Vec<Receiver>,
    /// The community.
    pub community: Community,
    /// As informs, which are repeated until they are confirmed.
    pub confirmed: bool,
    /// The arc of our objects, see `assets/snmp/JACKFIELD-MIB.txt`.
    pub enterprise: Vec<u32>,
    /// When this process started.
    pub started: Instant,
    /// Number of the last message.
    pub last: AtomicI32,
}

impl Traps {
    /// Tells every receiver, all at once, and ends when each has been told or given up.
    pub(super) async fn tell(self: Arc<Self>, alarm: &Arc<Alarm>) {
        let mut lanes = JoinSet::new();
        for place in 0..self.receivers.len() {
            let (traps, alarm) = (Arc::clone(&self), Arc::clone(alarm));
            lanes.spawn(async move { traps.persist(place, &alarm).await });
        }
        lanes.join_all().await;
    }

    async fn persist(&self, place: usize, alarm: &Alarm) {
        let (receiver, number) = (&self.receivers[place].0, alarm.kind.number);
        let deadline = Instant::now() + PATIENCE;
        for attempt in 0.. {
            let why = match timeout_at(deadline, self.send(receiver, alarm)).await {
                Ok(Ok(())) => {
                    tracing::debug!(target: "service::genesys_cloud", receiver, event_id = number, confirmed = self.confirmed, "trap sent");
                    return;
                }
                Ok(Err(why)) => why,
                Err(_) => "there is no more time".to_owned(),
            };
            let pause = Duration::from_secs(PAUSES[attempt.min(PAUSES.len() - 1)]);
            if Instant::now() + pause >= deadline {
                tracing::error!(target: "service::genesys_cloud", receiver, event_id = number, "no trap could be sent: {why}");
                return;
            }
            tracing::debug!(target: "service::genesys_cloud", receiver, event_id = number, "a trap is to be sent again: {why}");
            sleep(pause).await;
        }
    }

    async fn send(&self, receiver: &str, alarm: &Alarm) -> Result<(), String> {
        let community = (self.community)().await?;
        let said = |error: io::Error| error.to_string();
        let found = timeout(ANSWER, lookup_host(receiver)).await.map_err(|_| "its name is not found out in time".to_owned())?;
        let address = found.map_err(said)?.next().ok_or("its name has no address")?;
        let ours =
            if address.is_ipv4() { SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)) } else { SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)) };
        let socket = UdpSocket::bind(ours).await.map_err(said)?;
        socket.connect(address).await.map_err(said)?;
        let request = self.last.fetch_add(1, Ordering::Relaxed);
        let message = ber::Message {
            community: community.expose_secret().as_bytes(),
            confirmed: self.confirmed,
            request,
            // Hundredths of a second, which begin anew after 497 days (RFC 3418, sysUpTime).
            #[expect(clippy::cast_possible_truncation, reason = "as the standard has it")]
            up_time: (self.started.elapsed().as_millis() / 10) as u32,
            enterprise: &self.enterprise,
            number: alarm.kind.number,
            text: alarm.kind.text,
            about: &alarm.about,
            why: &alarm.why,
        };
        socket.send(&message.bytes()).await.map_err(said)?;
        if self.confirmed { confirmation(&socket, request).await } else { Ok(()) }
    }
}

async fn confirmation(socket: &UdpSocket, request: i32) -> Result<(), String> {
    let deadline = Instant::now() + ANSWER;
    let mut bytes = [0; MOST_ANSWER];
    loop {
        let taken = timeout_at(deadline, socket.recv(&mut bytes)).await.map_err(|_| "nobody confirms it".to_owned())?;
        let taken = taken.map_err(|error| error.to_string())?;
        match ber::response(&bytes[..taken]) {
            Some((of, 0)) if of == request => return Ok(()),
            Some((of, status)) if of == request => return Err(format!("the receiver refuses it with error-status {status}")),
            // Late, or nothing of ours: the right one may still come.
            _ => {}
        }
    }
}

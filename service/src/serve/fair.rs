//! What one address may take for itself: so many connections, so many requests a second. Whoever wants more waits, or is sent away, and
//! nobody else notices. Pure but for the lock; time is given.
//!
//! Requests are paced (the generic cell rate algorithm): a short burst is free, then each waits for its turn. So a greedy caller slows down
//! himself. What would have to wait longer than [`PATIENCE`] is refused.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// So much of a second's requests may come at once.
const BURST: Duration = Duration::from_millis(250);
/// Nobody's request waits longer for its turn.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// A TLS handshake costs as much as so many requests.
pub(super) const HANDSHAKE: u32 = 10;
/// Addresses without connections are forgotten when there are more.
const MANY: usize = 4096;

/// See the module.
#[derive(Default)]
pub(super) struct Fair(Mutex<HashMap<IpAddr, Address>>);

#[derive(Default)]
struct Address {
    connections: usize,
    /// When everything that it has asked for would be done at its rate.
    due: Option<Instant>,
}

/// One connection of an address; gives it back when dropped.
pub(super) struct Seat {
    fair: Arc<Fair>,
    of: IpAddr,
}

/// May a request be answered?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Now.
    Now,
    /// After this long.
    After(Duration),
    /// No: too many wait already.
    Never,
}

// === impl Fair ===

impl Fair {
    /// A place for a connection of this address, of which it may have `most`.
    pub(super) fn enter(self: &Arc<Self>, from: IpAddr, most: usize) -> Option<Seat> {
        let of = whose(from);
        let mut addresses = self.addresses();
        if addresses.len() > MANY {
            let now = Instant::now();
            addresses.retain(|_, address| address.connections > 0 || address.due.is_some_and(|due| due > now));
        }
        let address = addresses.entry(of).or_default();
        if address.connections >= most {
            return None;
        }
        address.connections += 1;
        drop(addresses);
        Some(Seat { fair: Arc::clone(self), of })
    }

    /// Takes the turn of something that costs as much as `cost` requests, of which this address has `per_second`; 0: as many as it likes.
    pub(super) fn turn(&self, from: IpAddr, cost: u32, per_second: u32, now: Instant) -> Turn {
        if per_second == 0 {
            return Turn::Now;
        }
        let mut addresses = self.addresses();
        let address = addresses.entry(whose(from)).or_default();
        let due = address.due.map_or(now, |due| due.max(now)) + Duration::from_secs(1) * cost / per_second;
        let wait = (due - now).saturating_sub(BURST.max(Duration::from_secs(1) / per_second));
        if wait > PATIENCE {
            return Turn::Never;
        }
        address.due = Some(due);
        if wait.is_zero() { Turn::Now } else { Turn::After(wait) }
    }

    fn addresses(&self) -> MutexGuard<'_, HashMap<IpAddr, Address>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Seat ===

impl Drop for Seat {
    fn drop(&mut self) {
        let mut addresses = self.fair.addresses();
        let Some(address) = addresses.get_mut(&self.of) else { return };
        address.connections -= 1;
        if address.connections == 0 && address.due.is_none_or(|due| due <= Instant::now()) {
            addresses.remove(&self.of);
        }
    }
}

/// A host with IPv6 has 2^64 addresses of its own, and counts once.
fn whose(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_so_many_connections_and_leaves_the_others_theirs() {
        let fair = Arc::new(Fair::default());
        let seats: Vec<_> = (0..2).map(|_| fair.enter(ip("10.0.0.1"), 2).unwrap()).collect();
        assert!(fair.enter(ip("10.0.0.1"), 2).is_none());
        assert!(fair.enter(ip("::ffff:10.0.0.1"), 2).is_none(), "the same caller on an IPv6 socket");
        let other = fair.enter(ip("10.0.0.2"), 2);
        assert!(other.is_some());
        drop(seats);
        assert!(fair.enter(ip("10.0.0.1"), 2).is_some());
        drop(other);
        assert!(fair.addresses().is_empty(), "who is gone is forgotten");
    }

    #[test]
    fn a_host_counts_once_whichever_of_its_addresses_it_uses() {
        let fair = Arc::new(Fair::default());
        let _seat = fair.enter(ip("2001:db8::1"), 1).unwrap();
        assert!(fair.enter(ip("2001:db8::ffff:2"), 1).is_none());
        assert!(fair.enter(ip("2001:db8:0:1::1"), 1).is_some());
    }

    #[test]
    fn a_burst_is_free_then_each_waits_for_its_turn_and_too_many_are_refused() {
        let (fair, now) = (Fair::default(), Instant::now());
        let turns: Vec<_> = (0..200).map(|_| fair.turn(ip("10.0.0.1"), 1, 100, now)).collect();
        let count = |wanted: fn(&Turn) -> bool| turns.iter().filter(|turn| wanted(turn)).count();
        assert_eq!(count(|turn| *turn == Turn::Now), 25, "a quarter of a second's");
        assert_eq!(count(|turn| matches!(turn, Turn::After(_))), 100, "a second's");
        assert_eq!(count(|turn| *turn == Turn::Never), 75);
        assert_eq!(fair.turn(ip("10.0.0.2"), 1, 100, now), Turn::Now, "nobody else waits");
        assert_eq!(fair.turn(ip("10.0.0.1"), 1, 100, now + Duration::from_secs(2)), Turn::Now);
        assert_eq!(fair.turn(ip("10.0.0.1"), HANDSHAKE, 100, now + Duration::from_secs(2)), Turn::Now, "eleven are within a burst");
    }

    #[test]
    fn the_lowest_rate_lets_one_in_and_no_rate_lets_all_in() {
        let (fair, now) = (Fair::default(), Instant::now());
        assert_eq!(fair.turn(ip("10.0.0.1"), 1, 1, now), Turn::Now);
        assert_eq!(fair.turn(ip("10.0.0.1"), 1, 1, now), Turn::After(Duration::from_secs(1)));
        assert!((0..1000).all(|_| fair.turn(ip("10.0.0.2"), 1, 0, now) == Turn::Now));
    }
}

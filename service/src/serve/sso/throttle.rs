//! How often a password may be wrong. What is counted is an address, and a user at an address: counted for the user alone, a stranger could keep
//! him out. A password that is refused here never reaches the switch, which locks users out after a few wrong ones.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    time::Duration,
};
use tokio::time::Instant;

/// A wrong password is forgotten after this time.
const MEMORY: Duration = Duration::from_mins(5);
/// Wrong passwords of one user from one address. CIC's own limit is a policy of the site's; few have less than this.
const OF_USER: usize = 3;
/// Wrong passwords from one address.
const OF_ADDRESS: usize = 30;
/// Addresses, and users at addresses, that are remembered. Beyond that the one that was wrong the longest ago is forgotten.
const MOST: usize = 10_000;

/// See the module.
#[derive(Default)]
pub(super) struct Throttle {
    wrong: HashMap<Key, VecDeque<Instant>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    User(IpAddr, String),
}

// === impl Throttle ===

impl Throttle {
    /// How long this user has to wait at this address before a password is looked at; `None`: not at all.
    pub(super) fn wait(&mut self, address: IpAddr, user: &str, now: Instant) -> Option<Duration> {
        let mut of = |key: &Key, most: usize| {
            let times = self.wrong.get_mut(key)?;
            times.retain(|time| now.duration_since(*time) < MEMORY);
            let oldest = times.len().checked_sub(most).and_then(|at| times.get(at))?;
            Some(MEMORY.saturating_sub(now.duration_since(*oldest)))
        };
        let [address, user] = keys(address, user);
        of(&address, OF_ADDRESS).max(of(&user, OF_USER))
    }

    /// A password was tried and its outcome is not known yet: it counts as wrong until [`Throttle::was_right`] says otherwise, so that many at once
    /// are no way around.
    pub(super) fn tries(&mut self, address: IpAddr, user: &str, now: Instant) {
        for key in keys(address, user) {
            if self.wrong.len() >= MOST && !self.wrong.contains_key(&key) {
                self.wrong.retain(|_, times| times.back().is_some_and(|last| now.duration_since(*last) < MEMORY));
                let oldest = self.wrong.iter().min_by_key(|(_, times)| times.back().copied()).map(|(key, _)| key.clone());
                if let Some(oldest) = oldest.filter(|_| self.wrong.len() >= MOST) {
                    self.wrong.remove(&oldest);
                }
            }
            let times = self.wrong.entry(key).or_default();
            times.push_back(now);
            while times.len() > OF_ADDRESS {
                times.pop_front();
            }
        }
    }

    /// What was tried then was right, or was not judged at all.
    pub(super) fn was_right(&mut self, address: IpAddr, user: &str, tried: Instant) {
        for key in keys(address, user) {
            if let Some(times) = self.wrong.get_mut(&key) {
                if let Some(at) = times.iter().position(|time| *time == tried) {
                    times.remove(at);
                }
                if times.is_empty() {
                    self.wrong.remove(&key);
                }
            }
        }
    }
}

/// CIC's names do not tell small letters from capitals.
fn keys(address: IpAddr, user: &str) -> [Key; 2] {
    let address = address.to_canonical();
    [Key::Address(address), Key::User(address, user.to_lowercase())]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn three_wrong_passwords_make_a_user_wait_at_that_address_and_nobody_else() {
        let (mut throttle, start) = (Throttle::default(), Instant::now());
        for second in 0..3 {
            let now = start + Duration::from_secs(second);
            assert_eq!(throttle.wait(HERE, "anna", now), None);
            throttle.tries(HERE, "anna", now);
        }
        let now = start + Duration::from_secs(10);
        assert_eq!(throttle.wait(HERE, "ANNA", now), Some(Duration::from_secs(290)));
        assert_eq!((throttle.wait(THERE, "anna", now), throttle.wait(HERE, "bert", now)), (None, None));
        assert_eq!(throttle.wait(HERE, "anna", start + MEMORY), None, "the first is forgotten");
    }

    #[test]
    fn one_address_cannot_try_many_users() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for number in 0..OF_ADDRESS {
            throttle.tries(HERE, &format!("user{number}"), now);
        }
        assert_eq!(throttle.wait(HERE, "anna", now), Some(MEMORY));
        assert_eq!(throttle.wait(THERE, "anna", now), None);
    }

    #[test]
    fn right_passwords_leave_nothing_behind() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..100 {
            throttle.tries(HERE, "anna", now);
            throttle.was_right(HERE, "anna", now);
        }
        assert!(throttle.wait(HERE, "anna", now).is_none() && throttle.wrong.is_empty());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut throttle, now) = (Throttle::default(), Instant::now());
        for number in 0..u32::try_from(MOST).unwrap() {
            throttle.tries(IpAddr::from(number.to_be_bytes()), "anna", now);
        }
        assert!(throttle.wrong.len() <= MOST);
    }
}

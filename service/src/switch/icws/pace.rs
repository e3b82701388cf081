//! Turns at a steady pace: after a switchover thousands of agents want to log in, and a server that has just come up is to survive it
//! (icws §8).

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// Gives one turn after the other.
pub struct Pace {
    every: Duration,
    next: Mutex<Option<Instant>>,
}

// === impl Pace ===

impl Pace {
    /// So many turns a second; at least one.
    pub fn per_second(turns: u32) -> Self {
        Self { every: Duration::from_secs(1) / turns.max(1), next: Mutex::default() }
    }

    /// Waits for its turn. Turns are given in the order in which they are asked for; one that is given up passes unused.
    pub async fn turn(&self) {
        let now = Instant::now();
        let mine = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let mine = next.map_or(now, |next| next.max(now));
            *next = Some(mine + self.every);
            mine
        };
        sleep_until(mine).await;
    }
}

/// A number between 0 and 1, by chance: good enough that not everybody comes at once.
pub fn chance() -> f64 {
    // The keys of a hasher are the randomness that the standard library has.
    let bits = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test(start_paused = true)]
    async fn a_hundred_take_five_seconds_at_twenty_a_second_and_whoever_comes_late_waits_for_nobody() {
        let pace = Arc::new(Pace::per_second(20));
        let began = Instant::now();
        let all: Vec<_> = (0..101)
            .map(|_| {
                tokio::spawn({
                    let pace = Arc::clone(&pace);
                    async move { pace.turn().await }
                })
            })
            .collect();
        for each in all {
            each.await.unwrap();
        }
        assert_eq!(began.elapsed().as_millis() / 10, 500);
        tokio::time::sleep(Duration::from_mins(1)).await;
        let late = Instant::now();
        pace.turn().await;
        assert!(late.elapsed() < Duration::from_millis(2));
    }

    #[test]
    fn chance_stays_between_nothing_and_one_and_is_not_always_the_same() {
        let all: Vec<f64> = (0..50).map(|_| chance()).collect();
        assert!(all.iter().all(|each| (0.0..=1.0).contains(each)));
        assert!(all.iter().any(|each| (each - all[0]).abs() > 0.01));
    }
}

//! Which server to try next, and when (icws §8). Pure: no clock, no network; `cluster.rs` drives it.
//!
//! ```text
//! lost ─▶ Wait (Server Down) ─▶ LogIn host after host (Attempt Reconnect) ─▶ Wait 2, 4, 8, 15, 30 s … ─▶ the hosts again
//! ```

use super::IcwsError;
use std::time::Duration;

/// The servers that are known: those of the file, those that servers named, and the one that was good last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    good: Option<String>,
    configured: Vec<String>,
    named: Vec<String>,
}

/// One search for a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switchover {
    tried: Vec<String>,
    /// Rounds in vain.
    rounds: usize,
    begun: bool,
}

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing for so long: the agent sees "Server Down".
    Wait(Duration),
    /// Log in there: he sees "Attempt Reconnect".
    LogIn(String),
}

/// There is no way back: the agent is logged out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Over {
    /// An administrator has logged him out, or another session took over.
    #[error("the CIC server has ended the session: {0}")]
    LoggedOff(String),
    /// User, password or token are not right any more.
    #[error("the CIC server refused the log-in: {0}")]
    Authentication(String),
}

/// More servers than that no site has.
const MOST: usize = 8;
/// Before the first attempt: a server that restarts its network is there again after it, and not all agents come at the same moment.
const FIRST: Duration = Duration::from_millis(500);
/// After each round in vain, seconds; the last one stays.
const PAUSES: [u64; 5] = [2, 4, 8, 15, 30];
/// How far a pause is drawn out or shortened by chance.
const SPREAD: f64 = 0.2;

// === impl Hosts ===

impl Hosts {
    /// Those of the file, the usual one first.
    pub fn new(configured: impl IntoIterator<Item = String>) -> Self {
        Self { configured: configured.into_iter().collect(), ..Self::default() }
    }

    /// A log-in succeeded there.
    pub fn is_good(&mut self, host: &str) {
        self.good = Some(host.to_owned());
    }

    /// A server has named others. Later namings push out the oldest.
    pub fn hear_of(&mut self, alternates: &[String]) {
        for host in alternates.iter().map(|host| host.trim()).filter(|host| !host.is_empty()) {
            self.named.retain(|known| !same(known, host));
            self.named.push(host.to_owned());
        }
        let surplus = self.named.len().saturating_sub(MOST);
        self.named.drain(..surplus);
    }

    /// In the order in which they are tried: the last good one, those of the file, those that were named. None twice, no more than eight.
    pub fn in_order(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for host in self.good.iter().chain(&self.configured).chain(&self.named) {
            if all.len() < MOST && !all.iter().any(|known| same(known, host)) {
                all.push(host.clone());
            }
        }
        all
    }
}

// === impl Switchover ===

impl Switchover {
    /// A search, after a session was lost for this reason.
    ///
    /// # Errors
    /// [`Over`]: there is nothing to search for.
    pub fn after(why: &IcwsError) -> Result<Self, Over> {
        over(why).map_or_else(|| Ok(Self::default()), Err)
    }

    /// What to do now. `chance` between 0 and 1 spreads the waiting.
    pub fn next(&mut self, hosts: &Hosts, chance: f64) -> Step {
        if !std::mem::replace(&mut self.begun, true) {
            return Step::Wait(FIRST.mul_f64(chance.clamp(0.0, 1.0)));
        }
        if let Some(host) = self.choose(hosts) {
            return Step::LogIn(host);
        }
        let pause = PAUSES[self.rounds.min(PAUSES.len() - 1)];
        self.rounds += 1;
        self.tried.clear();
        Step::Wait(Duration::from_secs(pause).mul_f64(1.0 - SPREAD + 2.0 * SPREAD * chance.clamp(0.0, 1.0)))
    }

    fn choose(&mut self, hosts: &Hosts) -> Option<String> {
        // What servers name in turn could go on for ever.
        let room = self.tried.len() < MOST;
        let untried = hosts.in_order().into_iter().find(|host| room && !self.tried.iter().any(|tried| same(tried, host)))?;
        self.tried.push(untried.clone());
        Some(untried)
    }

    /// The choice of [`Step::LogIn`] once more, for whoever had to wait for his turn: others may have found the right server meanwhile.
    pub fn choose_again(&mut self, hosts: &Hosts) -> Option<String> {
        self.tried.pop();
        self.choose(hosts)
    }

    /// A log-in failed; `hosts` learns what the server said of others.
    ///
    /// # Errors
    /// [`Over`]: no other server will help.
    pub fn failed(&mut self, hosts: &mut Hosts, why: &IcwsError) -> Result<(), Over> {
        if let IcwsError::NotAccepting { alternates, .. } = why {
            hosts.hear_of(alternates);
        }
        over(why).map_or(Ok(()), Err)
    }
}

fn over(why: &IcwsError) -> Option<Over> {
    match why {
        IcwsError::LoggedOff(reason) => Some(Over::LoggedOff(reason.clone())),
        IcwsError::Authentication(reason) => Some(Over::Authentication(reason.clone())),
        _ => None,
    }
}

/// Names of machines have no case.
fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Step::{LogIn, Wait};

    const MIDDLE: f64 = 0.5;

    fn hosts() -> Hosts {
        Hosts::new(["cic1".to_owned(), "cic2".to_owned()])
    }

    fn search() -> Switchover {
        Switchover::after(&IcwsError::Unreachable(String::new())).unwrap()
    }

    fn to(host: &str) -> Step {
        LogIn(host.to_owned())
    }

    fn not_accepting(alternates: &[&str]) -> IcwsError {
        IcwsError::NotAccepting { alternates: alternates.iter().map(|&host| host.to_owned()).collect(), message: String::new() }
    }

    #[test]
    fn the_last_good_server_comes_first_and_none_comes_twice() {
        let mut hosts = hosts();
        hosts.hear_of(&["CIC2".to_owned(), " cic3 ".to_owned(), String::new()]);
        hosts.is_good("cic2");
        assert_eq!(hosts.in_order(), ["cic2", "cic1", "cic3"]);
    }

    #[test]
    fn servers_that_name_ever_new_ones_fill_nothing() {
        let mut hosts = hosts();
        let mut search = search();
        search.next(&hosts, MIDDLE);
        let mut tries = 0;
        while let LogIn(host) = search.next(&hosts, MIDDLE) {
            tries += 1;
            search.failed(&mut hosts, &not_accepting(&[&format!("{host}x"), &format!("{host}y")])).unwrap();
        }
        assert!(tries <= MOST && hosts.in_order().len() <= MOST && hosts.named.len() <= MOST, "{tries}");
    }

    #[test]
    fn an_alternate_is_tried_in_the_same_round() {
        let mut hosts = hosts();
        let mut search = search();
        assert_eq!(search.next(&hosts, MIDDLE), Wait(FIRST / 2));
        assert_eq!(search.next(&hosts, MIDDLE), to("cic1"));
        search.failed(&mut hosts, &not_accepting(&["cic3", "cic1"])).unwrap();
        assert_eq!([search.next(&hosts, MIDDLE), search.next(&hosts, MIDDLE)], [to("cic2"), to("cic3")]);
        assert!(matches!(search.next(&hosts, MIDDLE), Wait(_)));
    }

    #[test]
    fn whoever_waited_for_his_turn_goes_where_others_were_taken_meanwhile() {
        let mut hosts = hosts();
        let mut search = search();
        search.next(&hosts, MIDDLE);
        assert_eq!(search.next(&hosts, MIDDLE), to("cic1"));
        hosts.is_good("cic2");
        assert_eq!(search.choose_again(&hosts).as_deref(), Some("cic2"));
        assert_eq!(search.next(&hosts, MIDDLE), to("cic1"), "it is not forgotten");
    }

    #[test]
    fn rounds_in_vain_are_ever_further_apart_up_to_half_a_minute() {
        let hosts = Hosts::new(["cic1".to_owned()]);
        let mut search = search();
        search.next(&hosts, MIDDLE);
        let mut pauses = Vec::new();
        for _ in 0..7 {
            assert_eq!(search.next(&hosts, MIDDLE), to("cic1"));
            let Wait(pause) = search.next(&hosts, MIDDLE) else { panic!("no pause after a round") };
            pauses.push(pause.as_secs());
        }
        assert_eq!(pauses, [2, 4, 8, 15, 30, 30, 30]);
    }

    #[test]
    fn a_pause_is_spread_by_a_fifth_either_way() {
        let pause = |chance| {
            let mut search = Switchover { begun: true, ..Switchover::default() };
            search.next(&Hosts::default(), chance)
        };
        assert_eq!((pause(0.0), pause(1.0)), (Wait(Duration::from_millis(1_600)), Wait(Duration::from_millis(2_400))));
        assert_eq!(pause(7.0), pause(1.0));
    }

    #[test]
    fn whoever_was_logged_off_on_purpose_is_not_logged_in_again() {
        let why = IcwsError::LoggedOff("by an administrator".to_owned());
        assert_eq!(Switchover::after(&why), Err(Over::LoggedOff("by an administrator".to_owned())));
    }

    #[test]
    fn a_wrong_password_ends_the_search_and_nothing_else_does() {
        let mut search = search();
        let wrong = IcwsError::Authentication("no".to_owned());
        assert_eq!(search.failed(&mut hosts(), &wrong), Err(Over::Authentication("no".to_owned())));
        let others = [
            IcwsError::Timeout,
            IcwsError::Unreachable(String::new()),
            IcwsError::SessionLost(String::new()),
            IcwsError::Malformed(String::new()),
            IcwsError::Refused { status: 500, id: String::new(), code: None, message: String::new() },
            not_accepting(&[]),
        ];
        assert!(others.iter().all(|why| search.failed(&mut hosts(), why).is_ok() && Switchover::after(why).is_ok()));
    }
}

//! Who plays a claim's people at a site: the battery's agents, workgroups, statuses and numbers by the names that the site has for them.

use super::agent::{AVAILABLE, LUNCH, NO_ACD};
use crate::{domain::InteractionId, switch::embedded::Caller};
use serde::Deserialize;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The battery's agents and their numbers, in the order in which a site gives its own.
pub(super) const AGENTS: [(&str, &str); 4] = [("anna", "1001"), ("bert", "1002"), ("emil", "1003"), ("dora", "1004")];
/// Its workgroups and their numbers: the first three agents are in the one, the third in the other.
pub(super) const WORKGROUPS: [(&str, &str); 2] = [("Sales", "2001"), ("Support", "2002")];
/// A station of nobody's.
const FREE_STATION: &str = "desk-1";
/// A number outside that cannot be reached, and one that rings for ever.
const UNREACHABLE: &str = "+49000";
const SILENT: &str = "+49111";

/// What a test system has, as its administrator says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cast {
    /// Agents for the battery alone, four at most; more claims can be decided with more of them.
    pub agents: Vec<String>,
    /// One more agent, who calls the others in the place of customers.
    pub caller: String,
    /// A workgroup with the first three agents and nobody else.
    pub workgroup: Option<String>,
    /// A workgroup with the third agent and nobody else.
    pub second_workgroup: Option<String>,
    /// A station at which nobody sits.
    pub station: Option<String>,
    /// A number outside that may be called and answers by itself.
    pub outside: Option<String>,
    /// A number outside that may be called and answers never.
    pub silent: Option<String>,
    /// A number outside that cannot be reached.
    pub unreachable: Option<String>,
    /// A user who is excluded from the directory.
    pub hidden: Option<String>,
    /// A user without an extension.
    pub mute: Option<String>,
    /// A status in which workgroups offer.
    #[serde(default = "available")]
    pub available: String,
    /// A status in which only direct calls ring.
    #[serde(default = "no_acd")]
    pub no_acd: String,
    /// A do-not-disturb status.
    #[serde(default = "away")]
    pub away: String,
}

/// The cast with what the switch says of it, and the calls that have a number of the claim's own.
pub(super) struct Names {
    /// Names of the battery, and of the site.
    users: Vec<(String, String)>,
    statuses: [(String, String); 3],
    queues: Vec<(String, String)>,
    /// Numbers and stations.
    numbers: Vec<(String, String)>,
    outside: [(Option<String>, &'static str); 3],
    /// The extension of whoever plays customers.
    caller: String,
    calls: Mutex<HashMap<InteractionId, (String, String)>>,
}

/// What a claim needs and the site does not give: the claim cannot be decided there.
#[derive(Debug)]
pub(super) struct Lacks(pub(super) String);

/// Ends the claim undecided.
pub(super) fn lacks(what: impl Into<String>) -> ! {
    std::panic::panic_any(Lacks(what.into()))
}

// === impl Cast ===

impl Cast {
    /// These agents, the statuses as every CIC server has them, and nothing else.
    pub fn of(agents: Vec<String>, caller: String) -> Self {
        Self { agents, caller, available: available(), no_acd: no_acd(), away: away(), ..Self::default() }
    }
}

// === impl Names ===

impl Names {
    /// `number` gives the number of a user or workgroup of the site, `station` that of a user's own seat.
    pub(super) fn new(cast: &Cast, number: impl Fn(&str) -> Option<String>, station: impl Fn(&str) -> Option<String>) -> Self {
        let own = |(ours, theirs): (&str, &String)| (ours.to_owned(), theirs.clone());
        let mut users: Vec<_> = AGENTS.iter().zip(&cast.agents).map(|((name, _), agent)| own((name, agent))).collect();
        users.extend(
            [("hidden", &cast.hidden), ("mute", &cast.mute)].into_iter().filter_map(|(ours, theirs)| Some(own((ours, theirs.as_ref()?)))),
        );
        let workgroups = [&cast.workgroup, &cast.second_workgroup];
        let queues: Vec<_> =
            WORKGROUPS.iter().zip(workgroups).filter_map(|((name, _), queue)| Some(own((name, queue.as_ref()?)))).collect();
        let mut numbers = Vec::new();
        for ((_, ours), theirs) in AGENTS.iter().zip(&cast.agents) {
            let (extension, seat) = (number(theirs), station(theirs));
            numbers.extend(extension.clone().map(|theirs| ((*ours).to_owned(), theirs)));
            numbers.extend(seat.filter(|seat| Some(seat) != extension.as_ref()).map(|theirs| ((*ours).to_owned(), theirs)));
        }
        for ((_, ours), theirs) in WORKGROUPS.iter().zip(workgroups) {
            numbers.extend(theirs.as_deref().and_then(&number).map(|theirs| ((*ours).to_owned(), theirs)));
        }
        numbers.extend(cast.station.clone().map(|theirs| (FREE_STATION.to_owned(), theirs)));
        let statuses = [(AVAILABLE, &cast.available), (NO_ACD, &cast.no_acd), (LUNCH, &cast.away)].map(own);
        let outside = [
            (cast.unreachable.clone(), "a number outside that cannot be reached"),
            (cast.silent.clone(), "a number outside that rings and is not answered"),
            (cast.outside.clone(), "a number outside that answers"),
        ];
        let caller = number(&cast.caller).unwrap_or_default();
        Self { users, statuses, queues, numbers, outside, caller, calls: Mutex::default() }
    }

    /// A name of the battery's plan, as the site has it; in other capital and small letters where the claim has it so.
    pub(super) fn user(&self, ours: &str) -> String {
        if let Some((_, theirs)) = self.users.iter().find(|(name, _)| name == ours) {
            return theirs.clone();
        }
        if let Some((_, theirs)) = self.users.iter().find(|(name, _)| name.eq_ignore_ascii_case(ours)) {
            let other = theirs.to_lowercase();
            return if other == *theirs { theirs.to_uppercase() } else { other };
        }
        if AGENTS.iter().any(|(name, _)| name.eq_ignore_ascii_case(ours)) {
            lacks("one more agent");
        }
        match ours {
            "hidden" => lacks("a user who is excluded from the directory"),
            "mute" => lacks("a user without an extension"),
            _ => ours.to_owned(),
        }
    }

    pub(super) fn status(&self, ours: &str) -> String {
        self.statuses.iter().find(|(name, _)| name == ours).map_or_else(|| ours.to_owned(), |(_, theirs)| theirs.clone())
    }

    pub(super) fn queue(&self, ours: &str) -> String {
        match self.queues.iter().find(|(name, _)| name == ours) {
            Some((_, theirs)) => theirs.clone(),
            None if WORKGROUPS.iter().any(|(name, _)| *name == ours) => lacks(format!("a workgroup in the place of {ours}")),
            None => ours.to_owned(),
        }
    }

    pub(super) fn station(&self, ours: &str) -> String {
        // A user's seat stands behind his number, where both differ.
        match self.numbers.iter().rev().find(|(number, _)| number.eq_ignore_ascii_case(ours.trim())) {
            Some((_, theirs)) => ours.replace(ours.trim(), theirs),
            None if ours.to_lowercase().contains(FREE_STATION) => lacks("a station at which nobody sits"),
            None => ours.to_owned(),
        }
    }

    /// Where a claim calls.
    pub(super) fn destination(&self, ours: &str) -> String {
        let bare = ours.trim_matches(|letter: char| letter == '+' || letter == '/' || letter.is_whitespace());
        if let Some((_, theirs)) = self.numbers.iter().find(|(number, _)| number == bare) {
            return ours.replace(bare, theirs);
        }
        if AGENTS.iter().any(|(_, number)| *number == bare) {
            lacks("one more agent");
        }
        if WORKGROUPS.iter().any(|(_, number)| *number == bare) {
            lacks("another workgroup");
        }
        if self.users.iter().any(|(name, _)| name == ours) {
            return self.user(ours);
        }
        if !ours.starts_with("+49") {
            return ours.to_owned();
        }
        let (number, what) = &self.outside[match ours {
            UNREACHABLE => 0,
            SILENT => 1,
            _ => 2,
        }];
        number.clone().unwrap_or_else(|| lacks(*what))
    }

    /// This call is from whom the claim says, or goes where it says.
    pub(super) fn remember(&self, call: &InteractionId, caller: &Caller) {
        self.calls().insert(call.clone(), (caller.number.clone(), caller.name.clone()));
    }

    pub(super) fn remember_dialled(&self, call: &InteractionId, ours: &str) {
        if ours.starts_with("+49") {
            self.calls().insert(call.clone(), (ours.to_owned(), String::new()));
        }
    }

    pub(super) fn forget_calls(&self) {
        self.calls().clear();
    }

    /// A number or station that the site tells, as the battery has it.
    pub(super) fn number_back(&self, call: Option<&InteractionId>, theirs: &str) -> String {
        if let Some((number, _)) = call.and_then(|call| self.of_call(call))
            && (theirs == self.caller || self.outside.iter().any(|(outside, _)| outside.as_deref() == Some(theirs)))
        {
            return number;
        }
        let found = self.numbers.iter().find(|(_, number)| number.eq_ignore_ascii_case(theirs));
        found.map_or_else(|| theirs.to_owned(), |(ours, _)| ours.clone())
    }

    /// What the party of such a number is called.
    pub(super) fn party_back(&self, call: &InteractionId, address: &str, theirs: &str) -> String {
        if address == self.caller
            && let Some((_, name)) = self.of_call(call)
        {
            return name;
        }
        let place = AGENTS.iter().zip(&self.users).find(|((_, number), _)| self.number_back(None, address) == *number);
        place.map_or_else(|| theirs.to_owned(), |((name, _), _)| person(name).0 + " Agent")
    }

    pub(super) fn user_back(&self, theirs: &str) -> String {
        let found = self.users.iter().find(|(_, name)| name == theirs);
        if let Some((ours, _)) = found {
            return ours.clone();
        }
        let other = self.users.iter().find(|(_, name)| name.eq_ignore_ascii_case(theirs));
        other.map_or_else(|| theirs.to_owned(), |(ours, _)| ours.to_uppercase())
    }

    pub(super) fn status_back(&self, theirs: &str) -> String {
        let found = self.statuses.iter().find(|(_, name)| name.eq_ignore_ascii_case(theirs));
        found.map_or_else(|| theirs.to_owned(), |(ours, _)| ours.clone())
    }

    pub(super) fn queue_back(&self, theirs: &str) -> Option<String> {
        self.queues.iter().find(|(_, name)| name.eq_ignore_ascii_case(theirs)).map(|(ours, _)| ours.clone())
    }

    /// A sentence of the site's, with the battery's names.
    pub(super) fn words_back(&self, theirs: &str) -> String {
        let all = self.users.iter().chain(&self.numbers).chain(&self.queues).chain(&self.statuses);
        let mut all: Vec<_> = all.filter(|(_, theirs)| !theirs.is_empty()).collect();
        // A station's name may have its user's in it.
        all.sort_by_key(|(_, theirs)| std::cmp::Reverse(theirs.len()));
        all.into_iter().fold(theirs.to_owned(), |text, (ours, theirs)| text.replace(theirs.as_str(), ours))
    }

    /// Number and name that the claim means; of a call that is not known yet, those of the latest.
    fn of_call(&self, call: &InteractionId) -> Option<(String, String)> {
        let calls = self.calls();
        calls.get(call).or_else(|| calls.get(&InteractionId::new(""))).cloned()
    }

    fn calls(&self) -> std::sync::MutexGuard<'_, HashMap<InteractionId, (String, String)>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn available() -> String {
    AVAILABLE.to_owned()
}

fn no_acd() -> String {
    NO_ACD.to_owned()
}

fn away() -> String {
    LUNCH.to_owned()
}

/// First and last name of one of the battery's agents.
pub(super) fn person(ours: &str) -> (String, String) {
    let mut letters = ours.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().chain(letters).collect()).unwrap_or_default();
    (first, "Agent".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let cast = Cast {
            workgroup: Some("TestSales".into()),
            station: Some("T-DESK".into()),
            outside: Some("+15550100".into()),
            ..Cast::of(vec!["TEST1".into(), "TEST2".into()], "CUSTOMER".into())
        };
        let number = |name: &str| {
            let known = [("TEST1", "701"), ("TEST2", "702"), ("CUSTOMER", "709"), ("TestSales", "750")];
            known.iter().find(|(user, _)| *user == name).map(|(_, number)| (*number).to_owned())
        };
        Names::new(&cast, number, |name| Some(format!("ST-{name}")))
    }

    #[test]
    fn the_battery_speaks_of_the_sites_people_and_hears_of_its_own() {
        let names = names();
        assert_eq!((names.user("anna").as_str(), names.user("ANNA").as_str(), names.user("nobody").as_str()), ("TEST1", "test1", "nobody"));
        assert_eq!((names.user_back("TEST2").as_str(), names.user_back("test1").as_str()), ("bert", "ANNA"));
        assert_eq!((names.destination(" 1002 ").as_str(), names.destination("2001").as_str()), (" 702 ", "750"));
        assert_eq!((names.destination("+4930").as_str(), names.destination("bert").as_str()), ("+15550100", "TEST2"));
        assert_eq!((names.station("1001").as_str(), names.number_back(None, "ST-TEST1").as_str()), ("ST-TEST1", "1001"));
        assert_eq!(names.words_back("station ST-TEST1 is in use by TEST1"), "station 1001 is in use by anna");
        assert_eq!((names.queue("Sales").as_str(), names.queue_back("TestSales").as_deref()), ("TestSales", Some("Sales")));
    }

    #[test]
    fn a_customers_call_has_the_number_that_the_claim_gave_him() {
        let names = names();
        let call = InteractionId::new("17");
        names.remember(&call, &super::super::agent::caller("+4930"));
        assert_eq!((names.number_back(Some(&call), "709").as_str(), names.party_back(&call, "709", "x").as_str()), ("+4930", "Customer"));
        assert_eq!(names.number_back(Some(&InteractionId::new("18")), "709"), "709");
        assert_eq!(names.party_back(&call, "702", "Test Two"), "Bert Agent");
    }

    #[test]
    fn what_the_site_does_not_give_leaves_the_claim_undecided() {
        let names = names();
        let missing: [(&dyn Fn(), &str); 4] = [
            (&|| drop(names.user("emil")), "one more agent"),
            (&|| drop(names.queue("Support")), "a workgroup in the place of Support"),
            (&|| drop(names.destination("+49111")), "a number outside that rings and is not answered"),
            (&|| drop(names.user("mute")), "a user without an extension"),
        ];
        for (ask, expected) in missing {
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(ask)).unwrap_err();
            assert_eq!(ended.downcast_ref::<Lacks>().unwrap().0, expected);
        }
    }
}

//! When a registration is sent (sld §6): first, and after each attempt. Pure; what is remembered is in seconds since 1970.

use super::verdict::Class;
use crate::store::Registration;
use std::time::Duration;

/// When it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// Once, and again when it has changed.
    #[default]
    Once,
    /// At each start of the service, and when it has changed.
    AtStart,
    /// Again and again, about so long after it was accepted.
    Interval(Duration),
}

/// Why there is a new lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// The process starts.
    Start,
    /// The file has changed.
    Reload,
}

/// So often a user may be turned away before nothing more is sent: SAP locks users, at five by default.
pub(super) const REFUSALS: u32 = 3;

const FIRST_PAUSE: Duration = Duration::from_mins(1);
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// How long to wait before the first sending; `None`: there is none.
pub(super) fn first(when: When, occasion: Occasion, known: Option<&Registration>, content: u64, whole: u64, now: i64) -> Option<Duration> {
    let Some(known) = known else { return Some(Duration::ZERO) };
    if known.whole == whole && known.refusals >= REFUSALS {
        return None;
    }
    let accepted = known.accepted.filter(|accepted| accepted.content == content).map(|accepted| accepted.at);
    match (when, accepted) {
        (_, None) | (When::AtStart, Some(_)) if occasion == Occasion::Start || accepted.is_none() => Some(Duration::ZERO),
        (When::Once | When::AtStart, _) | (When::Interval(_), None) => None,
        (When::Interval(interval), Some(at)) => {
            // A clock that was set back does not put it off for ever.
            let gone = Duration::from_secs(u64::try_from(now.saturating_sub(at)).unwrap_or(u64::MAX));
            Some(interval.saturating_sub(gone))
        }
    }
}

/// How long to wait after an attempt; `None`: there is no other by itself. `chance` is between 0 and 1.
pub(super) fn after(when: When, known: &Registration, class: Class, chance: f64) -> Option<Duration> {
    match (class, when) {
        (Class::Sent, When::Interval(interval)) => Some(interval.mul_f64(0.9 + 0.2 * chance)),
        (Class::Sent, When::Once | When::AtStart) => None,
        (Class::Auth, _) if known.refusals >= REFUSALS => None,
        _ => Some(pause(known.failures)),
    }
}

/// 1, 2, 4 … 60 minutes.
fn pause(failures: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Accepted;

    const NOW: i64 = 1_000_000;
    const DAY: Duration = Duration::from_hours(24);

    fn known(content: Option<u64>, refusals: u32) -> Registration {
        let accepted = content.map(|content| Accepted { content, at: NOW - 3600 });
        Registration { whole: 7, accepted, refusals, ..Registration::default() }
    }

    #[test]
    fn once_is_once_for_what_was_accepted_and_anew_for_what_has_changed() {
        let first = |known: Option<&Registration>| first(When::Once, Occasion::Start, known, 1, 7, NOW);
        assert_eq!(first(None), Some(Duration::ZERO));
        assert_eq!(first(Some(&known(Some(1), 0))), None);
        assert_eq!(first(Some(&known(Some(2), 0))), Some(Duration::ZERO));
        assert_eq!(first(Some(&known(None, 0))), Some(Duration::ZERO));
    }

    #[test]
    fn at_start_is_at_each_start_and_not_at_each_reload() {
        let registered = known(Some(1), 0);
        let first = |occasion, content| first(When::AtStart, occasion, Some(&registered), content, 7, NOW);
        assert_eq!(first(Occasion::Start, 1), Some(Duration::ZERO));
        assert_eq!(first(Occasion::Reload, 1), None);
        assert_eq!(first(Occasion::Reload, 2), Some(Duration::ZERO));
    }

    #[test]
    fn an_interval_counts_from_when_it_was_accepted_also_over_a_restart() {
        let first = |known: &Registration, now| first(When::Interval(DAY), Occasion::Start, Some(known), 1, 7, now);
        assert_eq!(first(&known(Some(1), 0), NOW), Some(Duration::from_hours(23)));
        assert_eq!(first(&known(Some(1), 0), NOW + 100_000), Some(Duration::ZERO));
        assert_eq!(first(&known(Some(2), 0), NOW), Some(Duration::ZERO));
        assert_eq!(first(&known(Some(1), 0), NOW - 7200), Some(Duration::ZERO), "a clock that was set back");
        for (chance, minutes) in [(0.0, 1296.0), (0.5, 1440.0), (1.0, 1584.0)] {
            let after = after(When::Interval(DAY), &known(Some(1), 0), Class::Sent, chance).unwrap();
            assert!((after.as_secs_f64() / 60.0 - minutes).abs() < 0.01, "{after:?}");
        }
    }

    #[test]
    fn a_user_who_was_turned_away_three_times_is_left_alone_until_something_changes() {
        let first = |whole, refusals| first(When::AtStart, Occasion::Start, Some(&known(None, refusals)), 1, whole, NOW);
        assert_eq!((first(7, 3), first(7, 2), first(8, 3)), (None, Some(Duration::ZERO), Some(Duration::ZERO)));
        let after = |refusals| after(When::Once, &Registration { failures: refusals, refusals, ..known(None, 0) }, Class::Auth, 0.0);
        assert_eq!([after(1), after(2), after(3)], [Some(Duration::from_mins(1)), Some(Duration::from_mins(2)), None]);
    }

    #[test]
    fn what_fails_is_tried_again_after_1_2_4_up_to_60_minutes() {
        let minutes =
            |class, failures| after(When::Once, &Registration { failures, ..known(None, 0) }, class, 0.0).map(|pause| pause.as_secs() / 60);
        let pauses: Vec<_> = (1..=8).map(|failures| minutes(Class::Network, failures).unwrap()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!((minutes(Class::Rejected, 400), minutes(Class::Invalid, 1)), (Some(60), Some(1)));
        assert_eq!(minutes(Class::Sent, 0), None);
    }
}

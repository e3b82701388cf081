//! The service is killed and started again: a few times here, 200 times in `tests/run --long`.

use system_tests::killing::{POINTS, kill};

#[test]
fn nothing_that_was_acknowledged_is_lost_and_nothing_is_left_hanging() {
    let report = kill(2 * POINTS.len(), 4);
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!(report.checked.len(), POINTS.len(), "{report}");
    assert!(report.checked.values().all(|checked| checked.kills == 2), "{report}");
    let sum = |of: fn(&system_tests::killing::Checked) -> usize| report.checked.values().map(of).sum::<usize>();
    let counted =
        [sum(|one| one.sessions), sum(|one| one.subscriptions), sum(|one| one.data), sum(|one| one.ends), sum(|one| one.ends_with_data)];
    assert!(counted.iter().all(|count| *count > 0), "everything was looked at: {report}");
}

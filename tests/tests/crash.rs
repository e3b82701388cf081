//! The service is killed and started again: a few times here, 200 times in `tests/run --long`.

use system_tests::killing::{POINTS, kill};

#[test]
fn nothing_that_was_acknowledged_is_lost_and_nothing_is_left_hanging() {
    let report = kill(2 * POINTS.len(), 4);
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!(report.checked.len(), POINTS.len(), "{report}");
    assert!(report.checked.values().all(|checked| checked.kills == 2), "{report}");
    let sum = report.sum();
    let counted = [sum.sessions, sum.subscriptions, sum.data, sum.postings, sum.sent_again];
    assert!(counted.iter().all(|count| *count > 0), "everything was looked at: {report}");
    assert!(sum.channels.iter().all(|ends| ends.ends > 0), "on every channel: {report}");
    assert!(sum.channels.iter().any(|ends| ends.with_data > 0), "and attached data: {report}");
}

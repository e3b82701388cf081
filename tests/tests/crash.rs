//! The service is killed and started again: a few times here, 200 times in `tests/run --long`.

use system_tests::{
    killing::{Channel, Ends, POINTS, Report, kill},
    switch::Switch,
};

#[test]
fn nothing_that_was_acknowledged_is_lost_and_nothing_is_left_hanging() {
    let report = killed(Switch::Embedded);
    assert!(report.sum().channels.iter().all(|ends| ends.ends > 0), "on every channel: {report}");
}

#[test]
fn calls_chats_and_action_items_go_on_where_the_switch_does() {
    let report = killed(Switch::Icws);
    let sum = report.sum();
    let Ends { goes_on, .. } = sum.channels[Channel::Call as usize];
    assert!(goes_on > 0 && sum.channels.iter().all(|ends| ends.ends + ends.goes_on > 0), "on every channel: {report}");
}

/// Twice at each point.
fn killed(switch: Switch) -> Report {
    let report = kill(switch, 2 * POINTS.len(), 4);
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!(report.checked.len(), POINTS.len(), "{report}");
    assert!(report.checked.values().all(|checked| checked.kills == 2), "{report}");
    let sum = report.sum();
    let counted = [sum.sessions, sum.subscriptions, sum.data, sum.postings, sum.sent_again];
    assert!(counted.iter().all(|count| *count > 0), "everything was looked at: {report}");
    assert!(sum.channels.iter().any(|ends| ends.with_data > 0), "and attached data: {report}");
    report
}

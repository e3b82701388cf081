//! The CIC server of some agents is killed: twenty here, 500 in `tests/run --long`.

use system_tests::switchover::switch_over;

#[test]
fn agents_whose_server_is_killed_have_their_workmodes_and_their_calls_at_the_other_one() {
    let report = switch_over(20);
    assert!(report.failures.is_empty(), "{report}");
    assert_eq!((report.lost, report.wrongly_ready), (0, 0), "{report}");
    assert!(report.kept == 20 && report.ended > 0 && report.commands == 3, "everything was looked at: {report}");
}

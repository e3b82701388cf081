//! The service changes while it works, and nobody notices: a breeze here, the storm in `tests/run --long`.

use system_tests::storm::{Storm, rage};

#[test]
fn no_request_fails_while_file_address_and_path_change() {
    let report = rage(Storm { requests: 4000, signals: 200, files: 10, moves: 8 });
    assert!(report.failures.is_empty(), "{report}");
    assert!(report.kept > 0 && report.single > 0, "both kinds of client worked: {report}");
    assert_eq!((report.signals, report.files, report.moves), (200, 10, 8));
}

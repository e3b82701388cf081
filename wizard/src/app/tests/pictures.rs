//! One picture of every page in light and in dark, compared with those in `wizard/tests/pictures`. Drawn in software, without a display.
//!
//! `UPDATE_SNAPSHOTS=1 cargo nextest run -p wizard --features pictures pictures::` accepts what has changed; then look at the pictures.

use super::*;
use egui_kittest::SnapshotResults;

/// The site that is shown. Nobody is to be asked how he is: the answer would be another one on every machine.
const SITE: &str = concat!(include_str!("../../../../assets/pictures/site.toml"), "\n[admin]\nlisten = \"127.0.0.1:0\"\n");

#[test]
fn every_page_looks_in_light_as_it_did() {
    compare(egui::Theme::Light);
}

#[test]
fn every_page_looks_in_dark_as_it_did() {
    compare(egui::Theme::Dark);
}

fn compare(theme: egui::Theme) {
    let mut harness = Harness::builder()
        .with_size([1040.0, 784.0])
        .with_pixels_per_point(1.0)
        .with_theme(theme)
        .with_os(egui::os::OperatingSystem::Nix)
        .with_max_steps(24)
        .wgpu()
        .build_eframe(|creation| {
            let mut wizard = Wizard::new(&creation.egui_ctx, ENGLISH);
            wizard.model = Model::new(Some("/etc/jackfield/jackfield.toml".into()), Draft::parse(SITE).unwrap());
            wizard
        });
    let mut results = SnapshotResults::new();
    for page in page::all() {
        assert!(harness.state_mut().begin_on(page.id().0));
        harness.run();
        // The version changes with every release, the pictures need not.
        let version = harness.get_by_label_contains(env!("CARGO_PKG_VERSION")).rect();
        harness.mask(version);
        let theme = if theme == egui::Theme::Light { "light" } else { "dark" };
        results.add(harness.try_snapshot(format!("{}-{theme}", page.id().0)));
    }
}

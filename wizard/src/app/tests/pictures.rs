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

#[test]
fn every_tab_of_the_bridge_looks_in_light_as_it_did() {
    compare_tabs(egui::Theme::Light);
}

#[test]
fn every_tab_of_the_bridge_looks_in_dark_as_it_did() {
    compare_tabs(egui::Theme::Dark);
}

/// The bridge's tabs, as they are with a service that runs: their names, what is pressed there, and what is shown then.
const TABS: [(&str, &[&str], &str); 9] = [
    ("options", &[], "Force Complete Sync"),
    ("plan", &["Make a plan", "Action Change, Record User ANNA, Why The organisation has something else"], "Work phone: nothing"),
    ("records", &["Status Synced, Kind User, Name ANNA, Last synchronized 1970-01-01 00:17:40 UTC"], "Work phone: +49"),
    ("health", &["Details"], "Requests since the start"),
    ("history", &["Time 1970-01-01 00:16:41 UTC, Action Change, Record User ANNA, Result Too many requests"], "corr-77"),
    ("clients", &[], "Browser client applications"),
    ("dial-groups", &[], "Add Edges"),
    ("attributes", &[], "Custom attributes"),
    ("web-page", &[], "Launch Web Page"),
];

fn compare_tabs(theme: egui::Theme) {
    let service = page::tests::cloud::Service::start(60);
    let mut harness = wizard(theme);
    let site = format!("{}\n[admin]\nlisten = \"{}\"\n", include_str!("../../../../assets/pictures/site.toml"), service.address);
    harness.state_mut().model = Model::new(Some("/etc/jackfield/jackfield.toml".into()), Draft::parse(&site).unwrap());
    assert!(harness.state_mut().begin_on("genesys-cloud"));
    harness.run();
    let mut results = SnapshotResults::new();
    for (tab, pressed, shown) in TABS {
        harness.get_by_role_and_label(Role::Tab, &ENGLISH.text(&format!("cloud-tab-{tab}"))).click();
        for label in pressed {
            wait(&mut harness, label);
            harness.get_by_label(label).click();
        }
        wait(&mut harness, shown);
        mask_version(&mut harness);
        let theme = if theme == egui::Theme::Light { "light" } else { "dark" };
        results.add(harness.try_snapshot(format!("genesys-cloud-{tab}-{theme}")));
        harness.key_press(Key::Escape);
        harness.run();
    }
}

fn wait(harness: &mut Harness<'_, Wizard>, label: &str) {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        harness.run();
        if harness.query_all_by_label_contains(label).next().is_some() {
            return;
        }
        assert!(std::time::Instant::now() < until, "{label} is not shown");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// The version changes with every release, the pictures need not.
fn mask_version(harness: &mut Harness<'_, Wizard>) {
    let version = harness.get_by_label_contains(env!("CARGO_PKG_VERSION")).rect();
    harness.mask(version);
}

fn compare(theme: egui::Theme) {
    let mut harness = wizard(theme);
    let mut results = SnapshotResults::new();
    for page in page::all() {
        assert!(harness.state_mut().begin_on(page.id().0));
        harness.run();
        mask_version(&mut harness);
        let theme = if theme == egui::Theme::Light { "light" } else { "dark" };
        results.add(harness.try_snapshot(format!("{}-{theme}", page.id().0)));
    }
}

fn wizard(theme: egui::Theme) -> Harness<'static, Wizard> {
    Harness::builder()
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
        })
}

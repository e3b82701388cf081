//! The page as a person uses it, with a program that plays SAP's double: it tells what it is told to tell.

use super::*;
use crate::{command::Command, jobs::Jobs, language::Language, model::Model, theme};
use egui::accesskit::Role;
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use shared::{Draft, SettingPath};
use std::{
    fs,
    sync::mpsc::{self, Receiver},
    time::Duration,
};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Logs ANNA on, lets her phone ring at `callin`, and connects at `accept`; repeats every command on its standard error for the test.
const SAP: &str = r#"#!/bin/sh
call() {
  echo "{\"type\":\"event\",\"at\":\"2026-01-01T10:00:00.010Z\",\"name\":\"phoneCallChanged\",\"status\":200,\"body\":\"<a><b>$1</b></a>\",\"call\":{\"item\":\"7\",\"status\":\"$1\",\"is_outbound\":false,\"remote_numbers\":[\"+4930\"],\"dialed_numbers\":[\"8001\"],\"participants\":[],\"queue\":\"Support\",\"consultation_for\":\"\",\"attached_data\":\"<ItemAttachedData/>\",\"capabilities\":[$2]}}"
}
echo '{"type":"sent","at":"2026-01-01T10:00:00Z","operation":"User.getAttributes","body":"<a/>"}'
echo '{"type":"logged_on","agent":{"user":"ANNA","workmodes":[{"id":"2","description":"Available"},{"id":"3","description":"Busy"}],"workmode":{"id":"3","description":"Busy"},"queues":[{"id":"Support","description":"Support"}],"addresses":[["1","+8001"]]},"event_url":"x","requests":12,"took_ms":1.5}'
while read -r line; do
  id=$(echo "$line" | sed 's/.*"id":\([0-9]*\).*/\1/')
  case "$line" in
    *callin*) call alerting '"accept","reroute"' ;;
    *accept*) call connected '"drop","hold","consult","transfer"' ;;
    *hold*) echo "{\"type\":\"failed\",\"id\":$id,\"command\":\"hold\",\"kind\":\"fault\",\"why\":\"the switch says no\"}"; continue ;;
  esac
  echo "{\"type\":\"done\",\"id\":$id,\"command\":\"x\",\"operation\":\"Item.accept\",\"took_ms\":2.25,\"value\":null}"
done
echo '{"type":"end","user":"ANNA"}'
"#;

struct Stage {
    page: TryIt,
    model: Model,
    jobs: Jobs,
    names: crate::running::Directory,
    wanted: Option<SettingPath>,
    commands: Vec<Command>,
    is_dressed: bool,
}

impl Stage {
    fn draw(&mut self, ui: &mut Ui) {
        if !self.is_dressed {
            // The fonts are there from the next frame on.
            theme::install(ui.ctx());
            self.is_dressed = true;
            ui.ctx().request_repaint();
            return;
        }
        let mut context = Context {
            controls: &mut crate::controls::Controls::default(),
            model: &mut self.model,
            jobs: &self.jobs,
            names: &self.names,
            language: Language::English,
            wanted: &mut self.wanted,
            commands: &mut self.commands,
        };
        self.page.show(ui, &mut context);
    }
}

struct Site {
    harness: Harness<'static, Stage>,
    woken: Receiver<()>,
    _folder: tempfile::TempDir,
}

impl Site {
    fn open(script: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let program = folder.path().join("jackfield");
        if let Some(script) = script {
            use std::os::unix::fs::PermissionsExt;
            fs::write(&program, script).expect("the double is written");
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("the double is written");
        }
        let (waker, woken) = mpsc::channel();
        let stage = Stage {
            page: TryIt::new(script.is_some().then_some(program)),
            model: Model::new(None, Draft::default()),
            jobs: Jobs::new(move || waker.send(()).unwrap_or_default()),
            names: crate::running::Directory::default(),
            wanted: None,
            commands: Vec::new(),
            is_dressed: false,
        };
        let mut harness = Harness::builder()
            .with_size([760.0, 2400.0])
            .with_os(egui::os::OperatingSystem::Nix)
            .build_ui_state(|ui, stage: &mut Stage| stage.draw(ui), stage);
        harness.run();
        Self { harness, woken, _folder: folder }
    }

    fn press(&mut self, name: &str) {
        self.harness.get_by_role_and_label(Role::Button, name).click();
        self.harness.run();
    }

    fn can_press(&self, name: &str) -> bool {
        !self.harness.get_by_role_and_label(Role::Button, name).accesskit_node().is_disabled()
    }

    /// Draws again after each thing that happens, until this is to be seen.
    fn see(&mut self, text: &str) {
        while self.harness.query_all_by_label_contains(text).next().is_none() {
            self.woken.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{text:?} is not to be seen"));
            self.harness.run();
        }
    }
}

#[test]
fn a_demo_call_is_taken_by_its_buttons_and_every_message_is_to_be_read() {
    let mut site = Site::open(Some(SAP));
    assert!(!site.can_press("Log off"));
    site.press("Log on");
    site.see("No calls");
    assert!(!site.can_press("Accept") && !site.can_press("Dial"), "nothing rings, and no number is typed");
    site.press("Call");
    site.see("+4930 · rings");
    site.see("was answered in 2.2 ms");
    assert!(site.can_press("Accept") && site.can_press("Reject") && !site.can_press("Hold"));
    site.press("Accept");
    site.see("+4930 · connected");
    while site.harness.state().page.session.as_ref().unwrap().is_busy() {
        site.woken.recv_timeout(PATIENCE).unwrap();
        site.harness.run();
    }
    assert!(site.can_press("Hold") && !site.can_press("Accept") && !site.can_press("Transfer"), "a transfer needs a number");
    site.press("Hold");
    site.see("the switch says no");

    let message = site
        .harness
        .get_all_by_role(Role::ListBoxOption)
        .find(|node| node.accesskit_node().label().is_some_and(|label| label.contains("event phoneCallChanged")));
    message.unwrap().click();
    site.harness.run();
    let shown = site.harness.get_by_role_and_label(Role::MultilineTextInput, "The chosen message").value();
    assert_eq!(shown.as_deref(), Some("<a>\n  <b>connected</b>\n</a>"), "the newest event comes first");
    site.press("Clear");
    assert!(site.harness.query_by_label("None yet.").is_some());

    site.press("Log off");
    while site.harness.state().page.session.as_ref().unwrap().end().is_none() {
        site.woken.recv_timeout(PATIENCE).unwrap();
        site.harness.run();
    }
    assert!(site.can_press("Log on"));
}

#[test]
fn a_program_that_cannot_log_on_is_quoted() {
    let mut site = Site::open(Some("#!/bin/sh\necho 'http://x cannot be reached' >&2\nexit 69\n"));
    site.press("Log on");
    site.see("http://x cannot be reached");
    assert!(site.harness.query_by_label_contains("No service answers at http").is_some(), "in the wizard's own words as well");
    assert!(site.can_press("Log on"));
}

#[test]
fn a_program_of_another_version_is_said_to_be_one() {
    let mut site = Site::open(Some("#!/bin/sh\necho \"error: unexpected argument '--admin'\" >&2\nexit 64\n"));
    site.press("Log on");
    site.see("of another version");
    assert!(site.harness.query_by_label_contains(env!("CARGO_PKG_VERSION")).is_some());
}

#[test]
fn a_trial_service_that_does_not_start_is_quoted_and_can_be_stopped() {
    let mut site = Site::open(Some("#!/bin/sh\necho 'the file is refused' >&2\nexit 64\n"));
    site.press("Start a trial service");
    site.see("the file is refused");
    assert!(!site.can_press("Log on"));
    site.press("Stop the trial service");
    assert!(site.can_press("Log on"));
}

#[test]
fn a_trial_service_is_named_and_a_changed_draft_is_noticed() {
    let mut site = Site::open(Some(
        "#!/bin/sh\necho listening ici http://127.0.0.1:1/ici\necho listening admin http://127.0.0.1:2\necho ready\ncat > /dev/null\n",
    ));
    site.press("Start a trial service");
    site.see("You are trying the trial service at http://127.0.0.1:1/ici");
    assert!(site.harness.query_by_label_contains("The draft has changed").is_none());
    let listen: SettingPath = "workmodes.logout".parse().unwrap();
    site.harness.state_mut().model.set(&listen, Some("Bye".into()));
    site.harness.run();
    assert!(site.harness.query_by_label_contains("The draft has changed").is_some());
    site.harness.state_mut().page.leave();
    assert!(site.harness.state().page.trial.is_none());
}

#[test]
fn without_the_program_the_page_says_what_to_install() {
    let site = Site::open(None);
    assert!(site.harness.query_by_label_contains("is not installed").is_some());
    assert!(site.harness.query_by_label("Log on").is_none());
}

//! Secrets and paths: what leaves the window's thread, and what must never come into the document.

use super::*;
use crate::service_unit;
use shared::secret::SecretRef;
use std::{path::Path, sync::mpsc, time::Duration};

const FIELD: &str = "sld.password";

/// A page whose jobs can be waited for.
struct Site {
    folder: tempfile::TempDir,
    harness: Harness<'static, Stage>,
    woken: mpsc::Receiver<()>,
}

impl Site {
    fn new(page: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (sender, woken) = mpsc::channel();
        let mut harness = open(page, text);
        let stage = harness.state_mut();
        stage.jobs = Jobs::new(move || sender.send(()).unwrap_or_default());
        stage.controls.file = Some(folder.path().join("jackfield.toml"));
        stage.controls.secrets.unit = || None;
        Self { folder, harness, woken }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn press(&mut self, name: &str) {
        press(&mut self.harness, name);
    }

    fn shows(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    /// Waits for jobs until a text is there.
    fn wait_for(&mut self, text: &str) {
        loop {
            self.harness.run();
            if self.shows(text) {
                return;
            }
            assert!(self.woken.recv_timeout(Duration::from_secs(10)).is_ok(), "{text:?} has not come");
        }
    }

    fn written(&self, setting: &str) -> Option<String> {
        self.harness.state().model.draft().get(&setting.parse().unwrap())?.as_str().map(ToOwned::to_owned)
    }

    /// Opens the dialog of the password and types it.
    fn set(&mut self, place: &str, secret: &str) {
        let button = if self.written(FIELD).is_some() { "Replace: Password" } else { "Set: Password" };
        self.press(button);
        self.harness.get_by_role_and_label(Role::RadioButton, place).click();
        self.harness.run();
        self.harness.get_by_role_and_label(Role::PasswordInput, "Password").focus();
        self.harness.run();
        self.harness.get_by_role_and_label(Role::PasswordInput, "Password").type_text(secret);
        self.harness.run();
    }
}

fn reference(path: &Path) -> String {
    SecretRef::File(path.into()).to_string()
}

#[test]
fn a_secret_goes_into_a_protected_file_and_only_the_reference_into_the_document() {
    let mut site = Site::new("sld", "");
    site.set("In a protected file", "hunter2");
    site.press("Store");
    site.wait_for("Your account can read it");
    let file = site.path("secrets/sld-password");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "hunter2");
    assert_eq!(site.written(FIELD), Some(reference(&file)));
    assert!(!site.harness.state().model.to_toml().contains("hunter2"));
    assert!(!site.shows("hunter2"));
    site.harness.state_mut().model.undo();
    assert_eq!(site.written(FIELD), None, "storing it is one step of undo");
    assert!(site.harness.state_mut().model.redo().is_some());
    assert_eq!(site.written(FIELD), Some(reference(&file)));
}

#[test]
fn what_was_typed_is_still_there_when_it_could_not_be_stored() {
    let mut site = Site::new("sld", "");
    std::fs::write(site.path("secrets"), "a file where the folder should be").unwrap();
    site.set("In a protected file", "hunter2");
    site.press("Store");
    site.wait_for("cannot be written");
    assert_eq!(site.written(FIELD), None);
    std::fs::remove_file(site.path("secrets")).unwrap();
    site.press("Store");
    site.wait_for("Your account can read it");
    assert_eq!(std::fs::read_to_string(site.path("secrets/sld-password")).unwrap(), "hunter2");
}

#[test]
fn a_dialog_that_is_left_stores_nothing() {
    let mut site = Site::new("sld", "");
    site.set("In a protected file", "hunter2");
    key(&mut site.harness, Modifiers::NONE, Key::Escape);
    assert!(site.harness.query_by_role_and_label(Role::PasswordInput, "Password").is_none());
    assert!(!site.path("secrets").exists() && !site.harness.state().model.can_undo());
}

#[test]
fn a_hidden_password_cannot_be_copied_and_is_in_no_undo() {
    let mut site = Site::new("sld", "");
    site.set("In a protected file", "hunter2");
    key(&mut site.harness, Modifiers::COMMAND, Key::A);
    for event in [egui::Event::Copy, egui::Event::Cut] {
        site.harness.event(event);
        site.harness.run();
        let output = &site.harness.output().platform_output;
        assert!(output.commands.iter().all(|command| !format!("{command:?}").contains("hunter2")));
    }
    site.harness.get_by_role_and_label(Role::PasswordInput, "Password").type_text("other");
    site.harness.run();
    key(&mut site.harness, Modifiers::COMMAND, Key::Z);
    site.press("Store");
    site.wait_for("Your account can read it");
    assert!(!std::fs::read_to_string(site.path("secrets/sld-password")).unwrap().contains("hunter2"));
}

#[test]
fn a_place_that_takes_nothing_from_a_program_is_only_referred_to() {
    let mut site = Site::new("sld", "");
    for (place, expected) in
        [("In a systemd credential", "credential:sld-password"), ("In an environment variable", "env:JACKFIELD_SLD_PASSWORD")]
    {
        site.press(if site.written(FIELD).is_some() { "Replace: Password" } else { "Set: Password" });
        site.harness.get_by_role_and_label(Role::RadioButton, place).click();
        site.harness.run();
        assert!(site.harness.query_by_role_and_label(Role::PasswordInput, "Password").is_none(), "nothing is typed for it");
        site.press("Refer to it");
        assert_eq!(site.written(FIELD).as_deref(), Some(expected));
    }
}

#[test]
fn a_secret_is_looked_at_by_itself_and_what_is_wrong_is_said_with_a_remedy() {
    let mut site = Site::new("secrets", "");
    let file = site.path("password");
    let write = |mode: u32| {
        std::fs::write(&file, "hunter2\n").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    site.harness.state_mut().model.set(&"switch.password".parse().unwrap(), Some(reference(&file).into()));
    site.wait_for("Press Replace to store the secret");
    for (mode, expected) in [(0o600, "Your account can read it"), (0o644, "chmod 600")] {
        write(mode);
        site.press("Test: Password");
        site.wait_for(expected);
        assert!(!site.shows("hunter2"));
    }
}

#[test]
fn a_keyring_is_not_asked_before_the_person_wants_it() {
    let mut site = Site::new("sld", "[sld]\nuser_id = \"x\"\npassword = \"keyring:sld\"\n");
    site.harness.run();
    assert!(site.shows("Not tested yet"));
}

#[test]
fn what_the_service_cannot_read_is_said() {
    for (reference, expected) in [("credential:sld", "not given this credential"), ("env:NO_SUCH_VARIABLE", "does not set this variable")] {
        let mut site = Site::new("sld", "");
        site.harness.state_mut().controls.secrets.unit = || Some(service_unit::tests::of_account("jackfield"));
        site.harness.state_mut().model.set(&FIELD.parse().unwrap(), Some(reference.into()));
        site.wait_for(expected);
    }
    assert_eq!(service_unit::read(&[], ""), None);
}

#[test]
fn a_secret_is_removed_with_its_reference_or_stays() {
    for (answer, stays) in [("Remove the reference", true), ("Delete the secret too", false)] {
        let mut site = Site::new("sld", "");
        site.set("In a protected file", "hunter2");
        site.press("Store");
        site.wait_for("Your account can read it");
        site.press("Remove: Password");
        site.press(answer);
        while site.written(FIELD).is_some() {
            assert!(site.woken.recv_timeout(Duration::from_secs(10)).is_ok(), "{answer}");
            site.harness.run();
        }
        assert_eq!(site.path("secrets/sld-password").exists(), stays, "{answer}");
    }
}

#[test]
fn a_path_without_a_file_dialog_says_why_and_can_be_typed() {
    let mut site = Site::new("web-service", "");
    let button = site.harness.get_by_role_and_label(Role::Button, "Browse: Certificate file");
    assert!(button.accesskit_node().is_disabled());
    assert!(button.accesskit_node().description().is_some_and(|why| why.contains("no file dialog")));
    write(&mut site.harness, "Certificate file", "/etc/a b.pem");
    assert_eq!(site.written("service.tls.certificate").as_deref(), Some("/etc/a b.pem"));
}

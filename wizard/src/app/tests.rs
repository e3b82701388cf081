//! The document's side of the wizard as a person uses it: by labels and by keyboard, without a window.

mod above;
mod bad_input;
mod every_setting;
mod far;
mod keyboard;
mod other_hands;
#[cfg(feature = "pictures")]
mod pictures;
mod search;

use super::{disk::Seen, *};
use crate::document;
use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable};
use std::{fs, path::Path};

const FILE: &str = "# ours\n[limits]\nmailbox = 16 # enough\n";
const ENGLISH: Language = Language::English;

struct Site {
    folder: tempfile::TempDir,
    harness: Harness<'static, Wizard>,
}

impl Site {
    fn empty() -> Self {
        let harness = Harness::builder()
            .with_size([1040.0, 720.0])
            .with_os(egui::os::OperatingSystem::Nix)
            // A job that ends in the meantime wakes the window once more.
            .with_max_steps(24)
            .build_eframe(|creation| Wizard::new(&creation.egui_ctx, ENGLISH));
        Self { folder: tempfile::tempdir().unwrap(), harness }
    }

    /// With a file that is open.
    fn new() -> Self {
        let mut site = Self::empty();
        fs::write(site.file(), FILE).unwrap();
        let file = site.file();
        site.wizard().open(file);
        site.finish();
        site
    }

    fn file(&self) -> PathBuf {
        self.path("jackfield.toml")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn wizard(&mut self) -> &mut Wizard {
        self.harness.state_mut()
    }

    fn mailbox(&mut self) -> Option<i64> {
        self.wizard().model.draft().get(&mailbox())?.as_integer()
    }

    fn set_mailbox(&mut self, value: i64) {
        self.wizard().model.set(&mailbox(), Some(value.into()));
        self.wizard().model.settle();
        self.harness.run();
    }

    /// Lets files be read and written, and shows what came of it.
    fn finish(&mut self) {
        let context = self.harness.ctx.clone();
        self.wizard().finish(&context);
        self.harness.run();
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
        self.finish();
    }

    fn act(&mut self, action: Action) {
        let shortcut = action.shortcut();
        self.press(shortcut.modifiers, shortcut.logical_key);
    }

    fn click(&mut self, key: &str) {
        self.harness.get_by_role_and_label(Role::Button, &ENGLISH.text(key)).click();
        self.harness.run();
        self.finish();
    }

    fn shows(&self, key: &str) -> bool {
        self.harness.query_all_by_label(&ENGLISH.text(key)).next().is_some()
    }

    /// Types a path into the dialog that asks for one, in place of what is proposed.
    fn type_path(&mut self, path: &Path) {
        let field = ENGLISH.text("path-field");
        assert!(self.harness.get_by_role_and_label(Role::TextInput, &field).is_focused(), "the field has the focus");
        self.press(Modifiers::COMMAND, Key::A);
        self.harness.get_by_role_and_label(Role::TextInput, &field).type_text(path.to_str().unwrap());
        self.harness.run();
        self.press(Modifiers::NONE, Key::Enter);
    }

    fn another_hand_writes(&mut self, text: &str) {
        fs::write(self.file(), text).unwrap();
        let path = self.file();
        let found = document::read(&path);
        self.wizard().look_at(Seen { path, found });
        self.harness.run();
    }
}

impl Wizard {
    /// Runs a command as a menu does.
    fn run_command(&mut self, command: Command) {
        let context = egui::Context::default();
        self.run(&context, command);
    }
}

fn mailbox() -> SettingPath {
    "limits.mailbox".parse().unwrap()
}

#[test]
fn a_file_is_opened_and_saved_by_keyboard_alone() {
    let mut site = Site::empty();
    fs::write(site.file(), FILE).unwrap();
    site.act(Action::Open);
    assert!(site.shows("path-no-dialog"), "the reason why Browse is disabled is said");
    let file = site.file();
    site.type_path(&file);
    assert_eq!(site.wizard().model.file(), Some(&file));
    assert_eq!(site.wizard().preferences.recent, [file]);
    site.set_mailbox(17);
    site.act(Action::Save);
    assert_eq!(site.text(), FILE.replace("16", "17"));
    assert_eq!(fs::read_to_string(site.path("jackfield.toml.backup")).unwrap(), FILE);
    assert!(!site.wizard().model.is_changed());
    assert!(site.wizard().status.contains("jackfield.toml.backup"));
}

#[test]
fn a_new_document_is_asked_for_its_place() {
    let mut site = Site::empty();
    site.set_mailbox(17);
    site.act(Action::Save);
    let file = site.path("new");
    site.type_path(&file);
    let file = site.path("new.toml");
    assert_eq!(fs::read_to_string(&file).unwrap().trim(), "[limits]\nmailbox = 17");
    assert_eq!(site.wizard().model.file(), Some(&file));
}

#[test]
fn a_document_without_settings_is_saved_so_that_the_service_takes_it() {
    let mut site = Site::empty();
    site.act(Action::SaveAs);
    let file = site.file();
    site.type_path(&file);
    assert_eq!(site.text(), "schema = 1\n");
    assert!(shared::file::load(&file).is_ok());
    assert!(!site.wizard().model.is_changed());
}

#[test]
fn saving_as_takes_the_comments_along_and_asks_before_it_replaces() {
    let mut site = Site::new();
    let other = site.path("other.toml");
    fs::write(&other, "# theirs\n").unwrap();
    site.act(Action::SaveAs);
    site.type_path(&other);
    assert_eq!(fs::read_to_string(&other).unwrap(), "# theirs\n");
    site.click("answer-replace");
    assert_eq!(fs::read_to_string(&other).unwrap(), FILE);
    assert_eq!(fs::read_to_string(site.path("other.toml.backup")).unwrap(), "# theirs\n");
}

#[test]
fn nothing_is_saved_while_there_are_errors() {
    let mut site = Site::new();
    site.set_mailbox(0);
    site.act(Action::Save);
    assert!(site.shows("errors-text"));
    site.press(Modifiers::NONE, Key::Escape);
    assert!(!site.shows("errors-text"));
    assert_eq!(site.text(), FILE);
}

#[test]
fn a_file_that_begins_to_provision_an_organization_is_saved_only_after_a_question() {
    let mut site = Site::new();
    let before = site.text();
    let settings = [("enabled", toml::Value::Boolean(true)), ("organization", "acme".into()), ("client_id", "bridge".into())];
    for (key, value) in settings.into_iter().chain([("client_secret", "env:SECRET".into())]) {
        let path: SettingPath = format!("genesys_cloud.{key}").parse().unwrap();
        site.wizard().model.set(&path, Some(value));
    }
    site.press(Modifiers::COMMAND, Key::S);
    assert!(site.shows("cloud-provision-title") && site.text() == before);
    site.press(Modifiers::NONE, Key::Escape);
    assert!(site.text() == before && site.wizard().model.is_changed());
    site.press(Modifiers::COMMAND, Key::S);
    site.click("answer-yes");
    site.finish();
    assert!(site.text().contains("organization = \"acme\"") && !site.wizard().model.is_changed());
    // From now on it is saved as any other change.
    site.set_mailbox(7);
    site.press(Modifiers::COMMAND, Key::S);
    site.finish();
    assert!(!site.shows("cloud-provision-title") && !site.wizard().model.is_changed());
}

#[test]
fn unsaved_changes_are_asked_about_and_each_answer_does_what_it_says() {
    let mut site = Site::new();
    site.set_mailbox(17);
    site.act(Action::New);
    site.press(Modifiers::NONE, Key::Escape);
    assert_eq!(site.mailbox(), Some(17), "Escape leaves everything");
    site.act(Action::New);
    site.click("answer-save");
    assert_eq!((site.mailbox(), site.wizard().model.file()), (None, None));
    assert_eq!(site.text(), FILE.replace("16", "17"));
    site.set_mailbox(18);
    site.act(Action::Quit);
    assert!(!site.wizard().closing);
    site.click("answer-discard");
    assert!(site.wizard().closing);
    assert_eq!(site.text(), FILE.replace("16", "17"));
}

#[test]
fn a_bad_file_changes_nothing_and_says_why() {
    let mut site = Site::new();
    site.set_mailbox(17);
    let bad = site.path("bad.toml");
    for (content, part) in [("[limits\n", "not TOML"), ("[package]\nname = \"x\"\n", "not one of Jackfield's"), ("schema = 2\n", "newer")] {
        fs::write(&bad, content).unwrap();
        site.act(Action::Import);
        site.type_path(&bad);
        assert!(site.wizard().status.contains(part), "{}", site.wizard().status);
        site.press(Modifiers::NONE, Key::Escape);
        assert_eq!(site.mailbox(), Some(17));
    }
}

#[test]
fn what_was_imported_can_be_undone() {
    let mut site = Site::new();
    let other = site.path("other.toml");
    fs::write(&other, "[limits]\nmailbox = 30\n").unwrap();
    site.act(Action::Import);
    site.type_path(&other);
    assert_eq!((site.mailbox(), site.wizard().model.is_changed()), (Some(30), true));
    site.act(Action::Undo);
    assert_eq!((site.mailbox(), site.wizard().model.is_changed()), (Some(16), false));
    assert_eq!(site.text(), FILE);
}

#[test]
fn an_export_is_written_without_secrets() {
    let mut site = Site::new();
    site.wizard().model.set(&"switch.password".parse().unwrap(), Some("hunter2".into()));
    site.act(Action::Export);
    let copy = site.path("copy.toml");
    site.type_path(&copy);
    let text = fs::read_to_string(copy).unwrap();
    assert!(text.contains("mailbox = 16") && !text.contains("hunter2"), "{text}");
}

#[test]
fn a_backup_is_compared_rolled_back_and_that_undone() {
    let mut site = Site::new();
    site.set_mailbox(17);
    site.act(Action::Save);
    site.act(Action::Backups);
    site.click("answer-compare");
    assert!(site.harness.query_by_label("17 → 16").is_some());
    site.click("answer-roll-back");
    assert_eq!((site.text().as_str(), site.mailbox()), (FILE, Some(16)));
    assert!(!site.wizard().model.is_changed());
    site.act(Action::Undo);
    assert_eq!(site.mailbox(), Some(17));
}

#[test]
fn recent_files_are_opened_from_the_welcome_page() {
    let mut site = Site::new();
    site.act(Action::New);
    let file = site.file();
    site.harness.get_by_label(file.to_str().unwrap()).click();
    site.harness.run();
    site.finish();
    assert_eq!(site.wizard().model.file(), Some(&file));
    site.act(Action::New);
    fs::remove_file(&file).unwrap();
    site.harness.get_by_label(file.to_str().unwrap()).click();
    site.harness.run();
    site.finish();
    assert!(site.wizard().preferences.recent.is_empty(), "what is not there any more is forgotten");
    assert_eq!(site.wizard().model.file(), None);
}

#[test]
fn a_file_that_is_not_there_yet_is_made_by_saving() {
    let mut site = Site::empty();
    let file = site.file();
    site.wizard().open(file.clone());
    site.finish();
    assert_eq!(site.wizard().model.file(), Some(&file));
    site.set_mailbox(17);
    site.act(Action::Save);
    assert!(site.text().contains("mailbox = 17"));
}

#[test]
fn help_lists_every_shortcut() {
    let mut site = Site::new();
    site.act(Action::Shortcuts);
    for action in Action::ALL {
        let shortcut = site.harness.ctx.format_shortcut(&action.shortcut());
        assert!(site.harness.query_all_by_label(&shortcut).count() >= 1, "{shortcut}");
    }
}

#[test]
fn every_dialog_takes_the_focus_and_closes_with_escape() {
    let mut site = Site::new();
    let dialogs = [
        Action::Open,
        Action::SaveAs,
        Action::Import,
        Action::Export,
        Action::Backups,
        Action::Search,
        Action::SearchToo,
        Action::Shortcuts,
        Action::About,
    ];
    for action in dialogs {
        site.act(action);
        assert!(site.wizard().dialog.is_some(), "{action:?}");
        assert!(site.harness.ctx.memory(egui::Memory::focused).is_some(), "{action:?}");
        site.press(Modifiers::NONE, Key::Escape);
        assert!(site.wizard().dialog.is_none(), "{action:?}");
    }
}

#[test]
fn menus_run_commands() {
    let mut site = Site::new();
    site.set_mailbox(17);
    site.click("menu-file");
    let name = ENGLISH.text(Action::Revert.key());
    site.harness.get_by_label_contains(&name).click();
    site.harness.run();
    assert_eq!(site.mailbox(), Some(16));
}

#[test]
fn the_language_is_changed_at_once() {
    let mut site = Site::new();
    site.act(Action::German);
    site.act(Action::About);
    assert!(site.harness.query_by_label(&Language::German.text("about-licences")).is_some());
}

#[cfg(unix)]
#[test]
fn what_is_on_the_screen_is_tested_unsaved_and_the_result_can_be_copied() {
    use std::os::unix::fs::PermissionsExt;
    let mut site = Site::new();
    let program = site.path("jackfield");
    // Says how the draft is that it was given.
    let script = r#"#!/bin/sh
echo '{"kind":"begin","version":"0.1.0","stages":["file","tls"]}'
mailbox=$(grep -o 'mailbox = [0-9]*')
echo '{"kind":"stage","stage":"file","verdict":"failed","milliseconds":3,"details":[{"subject":"'"$mailbox"'","verdict":"failed","cause":"too odd","repair":"Even it out"}]}'
echo '{"kind":"stage","stage":"tls","verdict":"skipped","milliseconds":0,"details":[]}'
echo '{"kind":"summary","verdict":"failed","exit_code":2}'
exit 2
"#;
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    site.wizard().program = Some(program);
    site.set_mailbox(17);
    site.act(Action::TestConnection);
    let Some(Dialog::Connection(dialog)) = &mut site.wizard().dialog else { panic!("no dialog") };
    dialog.test().finish();
    site.harness.run();
    for shown in ["File: failed (3 ms)", "mailbox = 17: Too odd", "→ Even it out", "Encryption: not looked at (0 ms)"] {
        assert!(site.harness.query_by_label(shown).is_some(), "{shown}");
    }
    assert!(site.shows("connection-failed"));
    assert_eq!(site.text(), FILE, "nothing is saved by it");
    site.harness.get_by_role_and_label(Role::Button, &ENGLISH.text("connection-copy")).click();
    site.harness.step();
    let copied = site.harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert!(copied.is_some_and(|text| text.contains("mailbox = 17: Too odd\n    → Even it out")));
    site.press(Modifiers::NONE, Key::Escape);
    assert!(site.wizard().dialog.is_none());
}

#[test]
fn the_pages_end_with_the_review_that_saves_and_a_look_at_what_came_of_it() {
    let mut site = Site::new();
    let (save, next) = (ENGLISH.text(Action::Save.key()), ENGLISH.text(Action::Next.key()));
    let has = |site: &Site, name: &str| site.harness.query_by_role_and_label(Role::Button, name).is_some();
    assert!(has(&site, &next) && !has(&site, &save));
    site.wizard().begin_on("review");
    site.set_mailbox(17);
    assert!(has(&site, &next), "there is a page behind it");
    site.click(Action::Save.key());
    assert!(site.text().contains("mailbox = 17"));
    site.click(Action::Next.key());
    assert!(site.shows("page-live") && !has(&site, &next) && !has(&site, &save), "nothing is left to be done");
}

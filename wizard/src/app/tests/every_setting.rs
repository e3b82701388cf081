//! Every setting of every page: found by the search, changed by keyboard, taken back.

use super::*;
use egui::Event;
use egui_kittest::kittest::NodeT;
use shared::{
    definition::{self, Kind},
    setting_path::Step,
};

#[test]
fn every_setting_is_found_changed_and_taken_back_by_keyboard() {
    let mut site = Site::new();
    let mut changed = 0;
    for (path, setting) in definition::leaves() {
        // Rows have their own test; the version of the layout is nobody's to choose.
        if path.to_string() == "schema" || path.steps().iter().any(|step| matches!(step, Step::Index(_))) {
            continue;
        }
        site.act(Action::Search);
        site.harness.event(Event::Text(path.to_string()));
        site.harness.run();
        site.press(Modifiers::NONE, Key::Enter);
        let Some(role) = site.focused_role() else { panic!("{path} was not found") };
        match role {
            Role::TextInput | Role::MultilineTextInput | Role::PasswordInput => {
                site.harness.event(Event::Text("7".into()));
                site.harness.run();
                if matches!((role, &setting.kind), (Role::TextInput, Kind::List(_))) {
                    site.press(Modifiers::NONE, Key::Enter);
                }
            }
            Role::CheckBox => {
                site.press(Modifiers::NONE, Key::Space);
                if site.shows("answer-yes") {
                    // It asks first, and has the focus on No.
                    site.press(Modifiers::SHIFT, Key::Tab);
                    site.press(Modifiers::NONE, Key::Enter);
                }
            }
            Role::ComboBox => {
                // It opens, and one of the choices is another one than now.
                for steps in 1..4 {
                    if !site.wizard().model.is_changed() {
                        site.press(Modifiers::NONE, Key::Space);
                        (0..steps).for_each(|_| site.press(Modifiers::NONE, Key::Tab));
                        site.press(Modifiers::NONE, Key::Enter);
                    }
                }
            }
            // A list: its rows.
            Role::ListBoxOption => site.press(Modifiers::NONE, Key::Delete),
            other => panic!("{path} is a {other:?}"),
        }
        let draft = site.wizard().model.draft().clone();
        assert!(site.wizard().model.is_changed(), "{path}, a {role:?}, was not changed");
        assert_ne!(draft.get(&path), site.wizard().model.saved().get(&path), "{path}");
        site.act(Action::Undo);
        assert!(!site.wizard().model.is_changed(), "{path} was not taken back");
        site.act(Action::Redo);
        assert_eq!(site.wizard().model.draft().values(), draft.values(), "{path}");
        site.act(Action::Undo);
        changed += 1;
    }
    assert!(changed > 90, "{changed}");
}

impl Site {
    fn focused_role(&self) -> Option<Role> {
        let mut all = self.harness.root().children_recursive();
        all.find(|node| node.accesskit_node().is_focused()).map(|node| node.accesskit_node().role())
    }
}

//! Every page by keyboard alone, in the order in which Tab goes through it.

use super::*;
use crate::widget::setting;
use egui::{Event, Rect, accesskit};
use egui_kittest::kittest::NodeT;
use shared::definition;
use std::collections::BTreeMap;

/// More steps than any page has controls: whoever has not arrived by then never will.
const MOST_STEPS: usize = 250;

/// One setting of each page that has some, and what is typed where it is a field.
const CHANGES: &[(&str, &str, &str)] = &[
    ("switch", "switch.embedded.wrap_up", "7s"),
    ("workmodes", "workmodes.logout", "Gone"),
    ("ici", "ici.login_status", ""),
    ("flags", "flags.reformat_make_call_number", ""),
    ("remote-attributes", "attributes.remote", "Eic_Other"),
    ("dialed-attributes", "attributes.dialed", "Eic_Other"),
    ("channels", "channels.chat.address_extension", "example.com"),
    ("action-items", "channels.action_item.workgroup", "Sales"),
    ("sld", "sld.uri", "/sld/other"),
    ("web-service", "service.path", "/other"),
    ("web-connector", "connector.deadline", "7s"),
    ("agents", "agents.rights.listen", "BERT"),
    ("delivery", "limits.mailbox", "17"),
    ("logging", "log.keep_days", "7"),
    ("log-to-text", "log_to_text.write_interval", "7m"),
    ("genesys-cloud", "genesys_cloud.host", "example.com"),
];

#[test]
fn every_control_of_every_page_is_reached_by_tab_and_comes_into_sight() {
    let mut site = Site::new();
    let mut reached = 0;
    for page in page::all() {
        let mut left = controls(&site);
        let (top, bottom) = (bottom_of(&site, "menu-file"), top_of_steps(&site));
        for _ in 0..MOST_STEPS {
            site.tab();
            let (id, name, rect) = site.focused().unwrap_or_else(|| panic!("nothing on {:?} has the focus", page.id()));
            assert!(rect.left() >= 0.0 && rect.right() <= 1040.0 && rect.bottom() <= 720.0, "{name} at {rect:?} on {:?}", page.id());
            let is_on_page = rect.left() > theme::NAVIGATION && rect.bottom() < 720.0 - 30.0 - 64.0 + 1.0;
            assert!(!is_on_page || (rect.top() >= top && rect.bottom() <= bottom), "{name} at {rect:?} is hidden on {:?}", page.id());
            reached += usize::from(left.remove(&id).is_some());
            if left.is_empty() {
                break;
            }
        }
        assert!(left.is_empty(), "not reached on {:?}: {:?}", page.id(), left.values());
        site.act(Action::Next);
    }
    assert!(reached > 400, "only {reached} controls were found");
}

#[test]
fn every_page_is_changed_by_keyboard_alone_saved_and_read_again() {
    let mut site = Site::new();
    for page in page::all() {
        let changes: Vec<_> = CHANGES.iter().filter(|(name, ..)| page.id().0 == *name).collect();
        assert!(!changes.is_empty() || page.card().sections.is_empty(), "{:?} is not tried", page.id());
        for (_, path, typed) in changes {
            let path: SettingPath = path.parse().unwrap();
            let before = site.wizard().model.draft().get(&path).cloned();
            site.change(&path, typed);
            let after = site.wizard().model.draft().get(&path).cloned();
            assert_ne!(before, after, "{path} was not changed");
            assert_eq!(site.wizard().page, page.id());
        }
        site.act(Action::Next);
    }
    let changed = Draft::clone(site.wizard().model.draft());
    assert!(!site.wizard().model.has_errors(), "{:?}", site.wizard().model.findings());
    site.act(Action::Save);
    assert!(site.text().starts_with("# ours\n"));
    let file = site.file();
    site.act(Action::New);
    site.act(Action::Open);
    site.type_path(&file);
    assert_eq!(site.wizard().model.draft().values(), changed.values());
    assert!(!site.wizard().model.is_changed());
}

impl Site {
    fn tab(&mut self) {
        self.harness.key_press(Key::Tab);
        self.harness.run();
    }

    /// What has the focus: its id, role with name, and place.
    fn focused(&self) -> Option<(accesskit::NodeId, String, Rect)> {
        let mut all = self.harness.root().children_recursive();
        let node = all.find(|node| node.accesskit_node().is_focused())?;
        Some((node.accesskit_node().locate().0, said(&node.accesskit_node()), node.rect()))
    }

    /// Goes on by Tab until something of this name has the focus.
    fn reach(&mut self, name: &str) -> accesskit::Role {
        for _ in 0..MOST_STEPS {
            self.tab();
            let root = self.harness.root();
            let focused = root.children_recursive().find(|node| node.accesskit_node().is_focused());
            if let Some(node) = focused.filter(|node| node.accesskit_node().label().as_deref() == Some(name)) {
                return node.accesskit_node().role();
            }
        }
        panic!("{name} is not reached by Tab");
    }

    /// Changes a setting of the page that is shown, as its control wants it.
    fn change(&mut self, path: &SettingPath, typed: &str) {
        let named = |key: &str, path: &SettingPath| ENGLISH.text_with(key, [("list", ENGLISH.text(&setting::key(path)).into())]);
        let is_list = definition::at(path).is_some_and(|setting| matches!(setting.kind, definition::Kind::List(_)));
        let name = if is_list { named("list-new", path) } else { ENGLISH.text(&setting::key(path)) };
        match self.reach(&name) {
            Role::CheckBox => self.press(Modifiers::NONE, Key::Space),
            Role::ComboBox => {
                // It opens, a choice is reached like everything else, and taken.
                self.press(Modifiers::NONE, Key::Space);
                for _ in ["no workmode", "logout", "ready"] {
                    self.tab();
                }
                self.press(Modifiers::NONE, Key::Enter);
            }
            Role::TextInput if is_list => {
                self.harness.event(Event::Text(typed.into()));
                self.press(Modifiers::NONE, Key::Enter);
            }
            Role::TextInput => {
                self.press(Modifiers::COMMAND, Key::A);
                self.harness.event(Event::Text(typed.into()));
                self.harness.run();
            }
            other => panic!("{name} is a {other:?}"),
        }
    }
}

/// Everything that wants the keyboard's focus now.
fn controls(site: &Site) -> BTreeMap<accesskit::NodeId, String> {
    let nodes = site.harness.root().children_recursive().map(|node| node.accesskit_node());
    let wants = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        node.data().supports_action(accesskit::Action::Focus) && !node.is_disabled() && !node.is_hidden()
    };
    nodes.filter(wants).map(|node| (node.locate().0, said(&node))).collect()
}

fn said(node: &egui_kittest::kittest::AccessKitNode<'_>) -> String {
    format!("{:?} {:?}", node.role(), node.label().unwrap_or_default())
}

fn bottom_of(site: &Site, menu: &str) -> f32 {
    site.harness.get_by_role_and_label(Role::Button, &ENGLISH.text(menu)).rect().bottom()
}

/// Where the bar with Previous and Next begins.
fn top_of_steps(site: &Site) -> f32 {
    site.harness.get_by_role_and_label(Role::Button, &ENGLISH.text(Action::Previous.key())).rect().top() - 16.0
}

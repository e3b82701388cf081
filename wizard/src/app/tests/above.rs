//! What is shown above the page owns the keys, and gives the focus back when it is closed.

use super::*;

const FIELD: &str = "limits.mailbox";

fn focused(site: &Site) -> Option<egui::Id> {
    site.harness.ctx.memory(egui::Memory::focused)
}

#[test]
fn the_focus_returns_to_the_field_when_a_dialog_is_closed() {
    let mut site = Site::new();
    site.wizard().run_command(Command::Find(FIELD.parse().unwrap()));
    site.harness.run();
    let field = focused(&site);
    assert!(field.is_some());
    for open in [Action::Shortcuts, Action::Search, Action::About, Action::Open] {
        site.act(open);
        assert_ne!(focused(&site), field, "{open:?} takes the focus");
        site.press(Modifiers::NONE, Key::Escape);
        assert_eq!(focused(&site), field, "{open:?}");
    }
}

#[test]
fn shortcuts_do_nothing_behind_a_rows_dialog() {
    let mut site = Site::new();
    site.set_mailbox(17);
    site.wizard().begin_on("workmodes");
    site.harness.run();
    // The button lies beneath the window's edge; a screen reader presses it there.
    site.harness.get_by_role_and_label(Role::Button, &ENGLISH.text("rows-add")).click_accesskit();
    site.harness.run();
    let ok = ENGLISH.text("editor-ok");
    for action in [Action::Next, Action::Undo, Action::Shortcuts, Action::New, Action::Save] {
        site.act(action);
        assert_eq!(site.wizard().page.0, "workmodes", "{action:?}");
        assert_eq!(site.mailbox(), Some(17), "{action:?}");
        assert!(site.wizard().dialog.is_none(), "{action:?}");
        assert!(site.harness.query_by_role_and_label(Role::Button, &ok).is_some(), "{action:?}");
    }
    assert_eq!(site.text(), FILE);
    site.press(Modifiers::NONE, Key::Escape);
    assert!(site.harness.query_by_role_and_label(Role::Button, &ok).is_none());
    site.act(Action::Undo);
    assert_eq!(site.mailbox(), Some(16), "and works again behind it");
}

#[test]
fn a_shortcut_in_the_very_frame_after_a_rows_dialog_has_closed_is_the_pages() {
    let mut site = Site::new();
    site.set_mailbox(17);
    site.wizard().begin_on("workmodes");
    site.harness.run();
    site.harness.get_by_role_and_label(Role::Button, &ENGLISH.text("rows-add")).click_accesskit();
    site.harness.run();
    let undo = Action::Undo.shortcut();
    // Each key is drawn in a frame of its own, and no frame comes between them.
    for (modifiers, key) in [(Modifiers::NONE, Key::Escape), (undo.modifiers, undo.logical_key)] {
        let pressed = egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
        let input = site.harness.input_mut();
        input.events.push(pressed);
        site.harness.step();
    }
    assert_eq!(site.mailbox(), Some(16));
}

//! A file that another hand changes while it is open here.

use super::*;

#[test]
fn what_another_hand_wrote_is_read_when_nothing_is_lost_by_it() {
    let mut site = Site::new();
    site.another_hand_writes("[limits]\nmailbox = 20\n");
    assert_eq!(site.mailbox(), Some(20));
    assert!(!site.wizard().model.is_changed());
    site.act(Action::Undo);
    assert_eq!(site.mailbox(), Some(16), "it can be undone");
}

#[test]
fn between_two_hands_the_person_decides() {
    let mut site = Site::new();
    site.set_mailbox(17);
    site.another_hand_writes("# theirs\n[limits]\nmailbox = 20\n");
    assert!(site.shows("disk"));
    site.click("answer-compare");
    assert!(site.harness.query_by_label("20 → 17").is_some());
    site.click("answer-keep-mine");
    site.act(Action::Save);
    assert_eq!(site.text(), "# theirs\n[limits]\nmailbox = 17\n");
    site.set_mailbox(18);
    site.another_hand_writes("[limits]\nmailbox = 21\n");
    site.click("answer-reload");
    assert_eq!(site.mailbox(), Some(21));
    site.act(Action::Undo);
    assert_eq!(site.mailbox(), Some(18), "what was edited can be had back");
}

#[test]
fn saving_over_a_change_that_was_not_seen_yet_asks_first() {
    let mut site = Site::new();
    site.set_mailbox(17);
    fs::write(site.file(), "[limits]\nmailbox = 20\n").unwrap();
    site.act(Action::Save);
    assert!(site.shows("disk"));
    assert_eq!(site.text(), "[limits]\nmailbox = 20\n");
}

#[test]
fn the_file_is_watched() {
    let mut site = Site::new();
    let mut watch = site.wizard().watch.take().unwrap();
    fs::write(site.file(), "[limits]\nmailbox = 20\n").unwrap();
    // What was opened is seen first, unless the thread began only now; it is no change.
    while site.wizard().disk.is_none() {
        let seen = watch.wait().unwrap();
        site.wizard().look_at(seen);
    }
    site.harness.run();
    assert_eq!(site.mailbox(), Some(20));
}

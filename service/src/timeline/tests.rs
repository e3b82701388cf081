use super::{Body, Entry, Kind, Timelines, ring::Numbered};
use crate::domain::UserId;
use proptest::prelude::*;

fn entry(name: &'static str, message: usize) -> Entry {
    Entry { message: Body::of(&vec![b'x'; message]), ..Entry::new(Kind::Command, name) }
}

fn user(number: usize) -> UserId {
    UserId::from(format!("AGENT{number}"))
}

fn numbers(timelines: &Timelines, user: &UserId) -> Vec<u64> {
    timelines.view(user, 0).unwrap().entries.iter().map(|numbered| numbered.number).collect()
}

#[test]
fn each_agent_has_his_own_in_its_order_and_is_told_what_is_new() {
    let timelines = Timelines::new(1 << 20);
    for name in ["one", "two", "three"] {
        timelines.note(&user(1), entry(name, 10));
    }
    timelines.note(&user(2), entry("other", 10));
    let names = |after| timelines.view(&user(1), after).unwrap().entries.iter().map(|numbered| numbered.entry.name).collect::<Vec<_>>();
    assert_eq!((names(0), names(2), names(3)), (vec!["one", "two", "three"], vec!["three"], vec![]));
    assert_eq!(timelines.agents().into_iter().map(|(user, _)| user).collect::<Vec<_>>(), [user(1), user(2)]);
    assert!(timelines.view(&user(3), 0).is_none());
}

#[test]
fn old_messages_go_before_old_lines_and_both_before_new_ones() {
    let timelines = Timelines::new(1 << 16);
    for _ in 0..40 {
        timelines.note(&user(1), entry("long", 4000));
    }
    let view = timelines.view(&user(1), 0).unwrap();
    let with = |numbered: &&Numbered| numbered.entry.message.is_some();
    assert_eq!(view.entries.len(), 40, "the story is whole");
    let kept = view.entries.iter().filter(with).count();
    assert!((5..=8).contains(&kept), "{kept}");
    assert!(view.entries.iter().rev().take(kept).all(|numbered| numbered.entry.message.is_some()), "the latest");
    for _ in 0..1000 {
        timelines.note(&user(1), entry("short", 0));
    }
    let view = timelines.view(&user(1), 0).unwrap();
    assert_eq!(view.forgotten + view.entries.len() as u64, 1040);
    assert_eq!((view.last, view.entries.last().unwrap().number), (1040, 1040));
}

#[test]
fn a_message_of_any_length_is_kept_by_its_beginning() {
    let body = Body::of(&vec![b'x'; 100_000]).unwrap();
    assert_eq!((body.kept.len(), body.length), (8192, 100_000));
}

#[test]
fn whoever_comes_later_gets_his_share_of_what_the_first_had() {
    let budget = 1 << 20;
    let timelines = Timelines::new(budget);
    for _ in 0..2000 {
        timelines.note(&user(0), entry("alone", 500));
    }
    for round in 0..20 {
        for number in 1..200 {
            timelines.note(&user(number), entry("later", 500));
            assert!(timelines.share.used() <= budget, "in round {round}");
        }
    }
    let least = (0..200).map(|number| numbers(&timelines, &user(number)).len()).min().unwrap();
    assert!(least >= 3, "{least}");
}

#[test]
fn of_too_many_agents_the_quiet_ones_are_forgotten() {
    let timelines = Timelines::new(64 << 20);
    let most = super::PARTS * super::AGENTS;
    for number in 0..most + most / 4 {
        timelines.note(&user(number), entry("once", 0));
    }
    assert!(timelines.agents().len() <= most);
    assert!(timelines.view(&user(most + most / 4 - 1), 0).is_some(), "the latest is there");
}

proptest! {
    #[test]
    fn the_budget_holds_whatever_comes(steps in prop::collection::vec((0..12_usize, 0..9000_usize), 1..400)) {
        let budget = 96 * 1024;
        let timelines = Timelines::new(budget);
        for (number, message) in steps {
            timelines.note(&user(number), entry("step", message));
            prop_assert!(timelines.share.used() <= budget);
            let counted: usize = timelines.agents().iter().flat_map(|(user, _)| timelines.view(user, 0).unwrap().entries)
                .map(|numbered| numbered.entry.line() + numbered.entry.bodies()).sum();
            prop_assert_eq!(counted, timelines.share.used());
        }
    }
}

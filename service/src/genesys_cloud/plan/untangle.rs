//! Addresses that change hands: who gives one up comes before who takes it. Where users take each other's in a ring, the first of them goes by way of
//! an address that nobody has, for the moment in between; two users would block each other for ever otherwise.

use super::{Action, Step};
use crate::genesys_cloud::{
    reason::Reason,
    record::{Content, Kind},
};
use std::collections::{BTreeMap, VecDeque};

/// Before the address that a user has until his new one is free.
const INTERIM: &str = "jackfield-interim-";

/// Brings changes of addresses into an order in which each address is free when it is taken. They stay within the phase of users.
pub(super) fn untangle(steps: &mut Vec<Step>) {
    let is_move = |step: &Step| moved(step).is_some();
    let Some(place) = steps.iter().position(is_move) else { return };
    let (moves, others): (Vec<Step>, Vec<Step>) = std::mem::take(steps).into_iter().partition(is_move);
    *steps = others;
    let ordered = ordered(moves);
    steps.splice(place..place, ordered);
}

/// From which address to which, when it is a change of one.
fn moved(step: &Step) -> Option<(&str, &str)> {
    let is_change = step.record.kind == Kind::User && matches!(step.action, Action::Change { .. });
    let change = step.changes.iter().find(|change| is_change && change.field == "email")?;
    Some((change.before.as_deref()?, change.after.as_deref()?))
}

fn ordered(moves: Vec<Step>) -> Vec<Step> {
    let giver: BTreeMap<String, usize> =
        moves.iter().enumerate().filter_map(|(index, step)| Some((moved(step)?.0.to_owned(), index))).collect();
    // Who has the address that each takes; nobody is asked for more than one, so what comes of it are chains and rings.
    let waits_for: Vec<Option<usize>> =
        moves.iter().enumerate().map(|(index, step)| giver.get(moved(step)?.1).copied().filter(|other| *other != index)).collect();
    let mut left: Vec<Option<Step>> = moves.into_iter().map(Some).collect();
    let mut ordered = Vec::new();
    for first in 0..left.len() {
        let mut chain = VecDeque::new();
        let mut next = Some(first);
        while let Some(index) = next.filter(|index| left[*index].is_some() && !chain.contains(index)) {
            chain.push_front(index);
            next = waits_for[index];
        }
        // It came back to somebody in it, who goes by way of an interim address. Only the one it began with can be that one: who stands behind
        // another in a chain is not in a ring with him alone.
        if let Some(step) = next.filter(|index| chain.contains(index)).and_then(|index| left[index].as_mut()) {
            ordered.push(interim(step));
        }
        ordered.extend(chain.into_iter().filter_map(|index| left[index].take()));
    }
    ordered
}

/// The step by which a user gives his address up; the one by which he gets his new one goes by whatever version he has then.
fn interim(step: &mut Step) -> Step {
    let mut first = step.clone();
    first.reason =
        Reason::new("address-changes-hands", "his address goes to somebody whose address he gets, so he has another one for a moment");
    if let (Action::Change { content: Content::User(person), .. }, Some((before, _))) = (&mut first.action, moved(step)) {
        person.email = format!("{INTERIM}{before}");
        let email = person.email.clone();
        for change in first.changes.iter_mut().filter(|change| change.field == "email") {
            change.after = Some(email.clone());
        }
        first.changes.retain(|change| change.field == "email");
    }
    if let Action::Change { version, .. } = &mut step.action {
        *version = None;
    }
    first
}

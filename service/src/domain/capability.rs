//! What an agent may do with a call now. SAP lights its buttons by it, so it must agree with what [`super::call`] accepts; a test there
//! compares the two.

use super::{Capability, Interaction, InteractionState, Medium};

/// What can be done with `call` while the agent also has `others`, in a fixed order.
pub(super) fn capabilities<'a>(call: &Interaction, others: &(impl Iterator<Item = &'a Interaction> + Clone)) -> Vec<Capability> {
    use Capability::{Accept, Alternate, Conference, Consult, Drop, DropParty, Hold, ListenEnd, Reconnect, Reroute, Transfer, Unhold};
    if call.medium() != Medium::Call {
        return without_sound(call);
    }
    let with = |states: &[InteractionState]| partner(call, others, states).is_some();
    let mut can = Vec::new();
    match call.state {
        InteractionState::Alerting => can.extend([Accept, Reroute]),
        InteractionState::Dialing => {
            can.push(Drop);
            if with(HELD) {
                can.push(Reconnect);
            }
        }
        InteractionState::Connected => {
            can.extend([Drop, Hold]);
            if with(HELD) {
                can.extend([Alternate, Reconnect, Conference]);
            }
            can.extend([Consult, Transfer]);
        }
        InteractionState::Held => {
            can.extend([Drop, Unhold]);
            if with(CONNECTED) {
                can.extend([Alternate, Conference]);
            }
            if with(ACTIVE) {
                can.push(Reconnect);
            }
            can.extend([Consult, Transfer]);
        }
        InteractionState::Listening => can.extend([Drop, ListenEnd]),
        InteractionState::Ended(_) => {}
    }
    if is_conference(call) {
        can.push(DropParty);
    }
    can
}

/// What can be done with a chat or an action item. Neither is put on hold by SAP; one that the switch's own client holds goes on.
fn without_sound(item: &Interaction) -> Vec<Capability> {
    match item.state {
        InteractionState::Alerting => vec![Capability::Accept, Capability::Reroute],
        InteractionState::Connected | InteractionState::Held if item.medium() == Medium::Chat => {
            vec![Capability::Drop, Capability::Transfer, Capability::Post]
        }
        InteractionState::Connected | InteractionState::Held => vec![Capability::Drop, Capability::Transfer],
        InteractionState::Dialing => vec![Capability::Drop],
        InteractionState::Listening | InteractionState::Ended(_) => Vec::new(),
    }
}

/// On hold by the agent.
pub(super) const HELD: &[InteractionState] = &[InteractionState::Held];
/// Talking.
pub(super) const CONNECTED: &[InteractionState] = &[InteractionState::Connected];
/// Talking, or about to.
pub(super) const ACTIVE: &[InteractionState] = &[InteractionState::Connected, InteractionState::Dialing];

/// Does the agent talk with more than one, or will when he takes the call from hold?
pub(super) fn is_conference(call: &Interaction) -> bool {
    let talks = matches!(call.state, InteractionState::Connected | InteractionState::Held);
    talks && call.parties.len() > 1 && call.medium() == Medium::Call
}

/// The call that a command on two calls means beside `call`: the only one in one of `states`, or the only one of them that `call` is a
/// consultation for or has as its consultation.
pub(super) fn partner<'a>(
    call: &Interaction,
    others: &(impl Iterator<Item = &'a Interaction> + Clone),
    states: &[InteractionState],
) -> Option<&'a Interaction> {
    let mut fitting = others.clone().filter(|other| states.contains(&other.state) && other.medium() == Medium::Call);
    let related =
        |other: &&Interaction| other.consultation_for.as_ref() == Some(&call.id) || call.consultation_for.as_ref() == Some(&other.id);
    only(fitting.clone()).or_else(|| only(fitting.by_ref().filter(related)))
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

//! What happens to conversations as a whole, told while somebody wants to know it.

use super::{Call, CallNo, Exchange, Output};
use crate::{
    domain::{Level, Step, Turn},
    switch::embedded::Menu,
};
use std::sync::Arc;

/// An id that the caller's own network has given the conversation.
const UUID: &str = "Eic_InteractionUuid";

impl Exchange {
    /// Does anybody want to know? Else nothing is made.
    pub(in super::super) fn tell_turns(&mut self, heard: bool) {
        self.turns_are_heard = heard;
    }

    /// Tells what has happened to a conversation.
    pub(super) fn tell_turn(&mut self, no: CallNo, step: impl FnOnce(&Call) -> Step) {
        if let Some(turn) = self.turn(no, step) {
            self.outputs.push(Output::Turn(turn));
        }
    }

    /// What happened, to be told at once or later; `None`: nobody wants to know.
    pub(super) fn turn(&self, no: CallNo, step: impl FnOnce(&Call) -> Step) -> Option<Turn> {
        let call = self.calls.get(&no).filter(|_| self.turns_are_heard)?;
        let conversation = call.attributes.get(UUID).map_or(call.id.as_str(), String::as_str);
        let remote = if call.remote.is_empty() { call.parties.first().map(|party| &party.address) } else { Some(&call.remote) };
        let remote = remote.map_or_else(|| "".into(), Arc::clone);
        Some(Turn { conversation: conversation.into(), at: self.unix(), kind: call.kind, remote, step: step(call) })
    }

    /// Tells one that was made before: it happens now.
    pub(super) fn tell_later(&mut self, turn: Option<Turn>) {
        if let Some(turn) = turn {
            self.outputs.push(Output::Turn(Turn { at: self.unix(), ..turn }));
        }
    }

    /// The caller has gone through these voice menus before.
    pub(super) fn tell_menus(&mut self, no: CallNo, menus: &[Menu]) {
        for menu in menus {
            let level = |code| Level { path: Arc::clone(&menu.path), code };
            self.tell_turn(no, |_| Step::LevelEntered(level(menu.entered)));
            self.tell_turn(no, |_| Step::LevelLeft(level(menu.left)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Exchange, Output};
    use crate::{
        domain::{InteractionKind, QueueId, Step, SwitchRequest, Turn, UserId},
        switch::{
            LogOn,
            battery::agent::{AVAILABLE, LUNCH, plan},
            embedded::{Caller, Menu, Plan, Reach},
        },
    };
    use std::time::Duration;

    const WRAP_UP: Duration = Duration::from_secs(30);

    fn exchange() -> Exchange {
        let mut exchange = Exchange::new(Plan { wrap_up: WRAP_UP, ..plan() }, 1_700_000_000_000);
        exchange.tell_turns(true);
        exchange
    }

    fn caller() -> Caller {
        let menus = vec![Menu { path: "Main/Billing".into(), entered: 7, left: 8 }];
        Caller { number: "+4930".into(), menus, ..Caller::default() }
    }

    fn turns(exchange: &mut Exchange) -> Vec<Turn> {
        let outputs = exchange.take_outputs().into_iter();
        outputs.filter_map(|output| if let Output::Turn(turn) = output { Some(turn) } else { None }).collect()
    }

    fn words(turns: &[Turn]) -> Vec<&'static str> {
        let word = |turn: &Turn| match turn.step {
            Step::Enqueued { .. } => "enqueued",
            Step::Abandoned { .. } => "abandoned",
            Step::Connected { .. } => "connected",
            Step::Left { .. } => "gone",
            Step::WrappedUp { .. } => "wrapped up",
            Step::LevelEntered(_) => "entered",
            Step::LevelLeft(_) => "left",
        };
        turns.iter().map(word).collect()
    }

    #[test]
    fn a_call_is_told_of_from_the_menus_to_the_end_of_the_work_after_it() {
        let mut exchange = exchange();
        let anna = UserId::new("anna");
        let second = |n| Duration::from_secs(n);
        let (_, session, _) = exchange.log_on(second(0), &LogOn { user: anna.clone(), station: None }).unwrap();
        exchange.request(second(1), &anna, session, SwitchRequest::SetStatus(AVAILABLE.into())).unwrap();
        let call = exchange.call_in(second(2), caller(), Reach::Queue("Sales".into())).unwrap();
        assert_eq!(words(&turns(&mut exchange)), ["entered", "left", "enqueued"]);
        exchange.request(second(4), &anna, session, SwitchRequest::Answer(call.clone())).unwrap();
        let connected = turns(&mut exchange);
        assert_eq!(words(&connected), ["connected"]);
        let expected = Turn {
            conversation: call.as_str().into(),
            at: 1_700_000_004,
            kind: InteractionKind::Call,
            remote: "+4930".into(),
            step: Step::Connected { queue: QueueId::new("Sales"), agent: anna.clone(), wanted: Vec::new() },
        };
        assert_eq!(connected, [expected]);
        exchange.hang_up(second(60), &call);
        let gone = turns(&mut exchange);
        let step = Step::Left { queue: QueueId::new("Sales"), agent: anna.clone() };
        assert_eq!((gone.len(), gone[0].at, &gone[0].step), (1, 1_700_000_060, &step), "and she is still at it");
        exchange.request(second(70), &anna, session, SwitchRequest::SetStatus(LUNCH.into())).unwrap();
        let done = turns(&mut exchange);
        let step = Step::WrappedUp { queue: QueueId::new("Sales"), agent: anna, code: "".into() };
        assert_eq!((done.len(), done[0].at, &done[0].step), (1, 1_700_000_070, &step));
        exchange.tick(second(200));
        assert_eq!(turns(&mut exchange), [], "and never twice");
    }

    #[test]
    fn a_caller_who_gives_up_is_told_of_and_a_queue_that_is_left_and_entered_again_is_not() {
        let mut exchange = exchange();
        let call = exchange.call_in(Duration::ZERO, caller(), Reach::Queue("Support".into())).unwrap();
        exchange.hang_up(Duration::from_secs(9), &call);
        let turns = turns(&mut exchange);
        assert_eq!(words(&turns), ["entered", "left", "enqueued", "abandoned"]);
        assert!(turns.iter().all(|turn| &*turn.remote == "+4930"), "who called is known when he has left");
    }

    #[test]
    fn while_nobody_listens_nothing_is_made() {
        let mut exchange = exchange();
        exchange.tell_turns(false);
        let call = exchange.call_in(Duration::ZERO, caller(), Reach::Queue("Support".into())).unwrap();
        exchange.hang_up(Duration::ZERO, &call);
        assert_eq!(turns(&mut exchange), []);
    }
}

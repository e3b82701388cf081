//! Outcomes that come later than the answer (icws §3.2): who waits for which, and what came before anybody waited.

use super::wire::{Id, message::Message, system::Fault};
use std::collections::VecDeque;
use tokio::sync::oneshot;

/// Outcomes that nobody has asked for yet: the message can overtake the answer that names its request.
const KEPT: usize = 32;

/// Of one session.
#[derive(Default)]
pub(super) struct Outcomes {
    requests: Vec<(Id, oneshot::Sender<Option<Fault>>)>,
    statuses: Vec<(String, String, oneshot::Sender<Option<Fault>>)>,
    early: VecDeque<(Id, Option<Fault>)>,
}

/// What is waited for: `None` is success.
pub(super) struct Expected(oneshot::Receiver<Option<Fault>>);

// === impl Outcomes ===

impl Outcomes {
    /// The outcome of a request.
    pub(super) fn expect_request(&mut self, request: Id) -> Expected {
        let (sender, receiver) = oneshot::channel();
        if let Some((_, outcome)) = self.early.iter().position(|(known, _)| *known == request).and_then(|at| self.early.remove(at)) {
            // The receiver is still here.
            drop(sender.send(outcome));
        } else {
            self.requests.retain(|(_, waiting)| !waiting.is_closed());
            self.requests.push((request, sender));
        }
        Expected(receiver)
    }

    /// That this user is shown in this status.
    pub(super) fn expect_status(&mut self, user: &str, status: &str) -> Expected {
        let (sender, receiver) = oneshot::channel();
        self.statuses.retain(|(.., waiting)| !waiting.is_closed());
        self.statuses.push((user.to_owned(), status.to_owned(), sender));
        Expected(receiver)
    }

    /// Looks at a message on its way to the session's owner.
    pub(super) fn note(&mut self, message: &Message) {
        match message {
            Message::AsyncCompleted(completed) => {
                let request = &completed.request_id;
                if let Some(at) = self.requests.iter().position(|(known, _)| known == request) {
                    // Nobody waits any more: then nobody wants to know.
                    drop(self.requests.swap_remove(at).1.send(completed.error.clone()));
                } else {
                    self.early.push_back((request.clone(), completed.error.clone()));
                    if self.early.len() > KEPT {
                        self.early.pop_front();
                    }
                }
            }
            Message::UserStatuses(change) => {
                for seen in &change.user_status_list {
                    let Some(status) = &seen.status_id else { continue };
                    let fits = |(user, wanted, _): &(String, String, _)| {
                        user.eq_ignore_ascii_case(&seen.user_id) && wanted.eq_ignore_ascii_case(status)
                    };
                    while let Some(at) = self.statuses.iter().position(fits) {
                        drop(self.statuses.swap_remove(at).2.send(None));
                    }
                }
            }
            _ => {}
        }
    }
}

// === impl Expected ===

impl Expected {
    /// Waits, for ever if need be.
    pub(super) async fn wait(self) -> Option<Fault> {
        match self.0.await {
            Ok(outcome) => outcome,
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switch::icws::wire::{
        status::{UserStatus, UserStatuses},
        system::AsyncCompleted,
    };

    fn completed(request: &str, error: Option<Fault>) -> Message {
        Message::AsyncCompleted(AsyncCompleted { request_id: request.into(), error })
    }

    #[tokio::test]
    async fn an_outcome_that_overtakes_the_answer_is_found_by_its_request() {
        let mut outcomes = Outcomes::default();
        let fault = Fault { message: "no".to_owned(), ..Fault::default() };
        outcomes.note(&completed("4", Some(fault.clone())));
        outcomes.note(&completed("5", None));
        assert_eq!(outcomes.expect_request("4".into()).wait().await, Some(fault));
        assert_eq!(outcomes.expect_request("5".into()).wait().await, None);
    }

    #[tokio::test]
    async fn a_doubled_outcome_is_told_once_and_harms_nobody() {
        let mut outcomes = Outcomes::default();
        let expected = outcomes.expect_request("4".into());
        outcomes.note(&completed("4", None));
        outcomes.note(&completed("4", Some(Fault::default())));
        assert_eq!(expected.wait().await, None);
    }

    #[tokio::test]
    async fn to_be_shown_in_a_status_counts_whatever_its_case() {
        let mut outcomes = Outcomes::default();
        let expected = outcomes.expect_status("Agent1", "Do Not Disturb");
        let seen = UserStatus { user_id: "agent1".into(), status_id: Some("Do Not disturb".into()), ..UserStatus::default() };
        outcomes.note(&Message::UserStatuses(UserStatuses { is_delta: true, user_status_list: vec![seen] }));
        assert_eq!(expected.wait().await, None);
    }

    #[test]
    fn outcomes_that_nobody_asks_for_fill_no_memory() {
        let mut outcomes = Outcomes::default();
        for request in 0..1_000 {
            outcomes.note(&completed(&request.to_string(), None));
            drop(outcomes.expect_status("a", "b"));
            drop(outcomes.expect_request("x".into()));
        }
        assert!(outcomes.early.len() <= KEPT && outcomes.statuses.len() <= 1 && outcomes.requests.len() <= 1);
    }
}

//! What a session has asked the switch and is not yet answered: polled in the order in which it was asked, so that the switch hears two
//! commands of one agent in SAP's order.

use crate::{
    domain::{Refusal, SwitchAnswer},
    switch::BoxFuture,
};
use std::{
    future::poll_fn,
    task::{Context, Poll},
    time::Duration,
};

/// Operations under way, each with what is to be done with its outcome.
pub(super) struct Pending<T> {
    running: Vec<(BoxFuture<Outcome>, T)>,
}

/// What the switch said.
pub(super) type Outcome = Result<SwitchAnswer, Refusal>;

// === impl Pending ===

impl<T> Pending<T> {
    pub(super) fn new() -> Self {
        Self { running: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.running.len()
    }

    /// Adds an operation that fails with [`Refusal::SwitchTimeout`] after `deadline`.
    pub(super) fn push(&mut self, work: BoxFuture<Outcome>, deadline: Duration, then: T) {
        let work = async move { tokio::time::timeout(deadline, work).await.unwrap_or(Err(Refusal::SwitchTimeout)) };
        self.running.push((Box::pin(work), then));
    }

    /// The next outcome; waits for ever while there is nothing. Safe to drop while it waits.
    pub(super) async fn next(&mut self) -> (Outcome, T) {
        poll_fn(|context| self.poll(context)).await
    }

    /// Gives up all answers.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> {
        self.running.drain(..).map(|(_, then)| then)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<(Outcome, T)> {
        for at in 0..self.running.len() {
            if let Poll::Ready(outcome) = self.running[at].0.as_mut().poll(context) {
                return Poll::Ready((outcome, self.running.remove(at).1));
            }
        }
        Poll::Pending
    }
}

//! What a session asks of the switch, and what becomes of the answer.

use super::{Answer, Session};
use crate::{
    agents::pending::Outcome,
    crash,
    domain::{
        Command, InteractionId, ItemId, Refusal, Reply, SwitchAnswer, SwitchRequest, WorkmodeId,
        call::{Step, decide},
    },
    store::When,
    switch::BoxFuture,
    telemetry::{
        SwitchOutcome,
        event::{Event, SwitchAnswered},
    },
};
use std::sync::Arc;
use tokio::{sync::oneshot, time::Instant};

/// A pending operation: what the switch was asked, and what is to be done with the outcome.
pub(super) struct Errand {
    asked: Option<Asked>,
    pub(super) then: Then,
}

/// What the switch was asked, about what, and when.
pub(super) struct Asked {
    pub(super) request: &'static str,
    pub(super) interaction: Option<InteractionId>,
    pub(super) at: Instant,
}

/// What is to be done with the outcome of a pending operation.
pub(super) enum Then {
    /// Answer this.
    Answer(oneshot::Sender<Answer>, Reply),
    /// All calls were hung up.
    DropAll(oneshot::Sender<Answer>),
    /// A workmode was set; what SAP had chosen before, in case the switch refuses.
    Workmode(oneshot::Sender<Answer>, Option<WorkmodeId>),
    /// A call was placed; data to attach to it afterwards.
    Place(oneshot::Sender<Answer>, Option<ItemId>, Option<Arc<str>>),
    /// Another seat was taken.
    Station(oneshot::Sender<Answer>, String),
    /// Attached data was set; it must be in the store.
    Attach(oneshot::Sender<Answer>, ItemId, Option<Arc<str>>),
    /// What was put into the store is in the file: this can be answered.
    Kept(oneshot::Sender<Answer>, Box<Result<Reply, Refusal>>),
    /// Nobody waits for it.
    Quiet(&'static str),
}

impl Session {
    /// Asks the switch; what it says comes back to [`Self::finish`].
    pub(super) fn ask(&mut self, request: SwitchRequest, then: Then) {
        crash::point(crash::Point::BeforeRequest);
        let errand = Errand::asking(&request, then);
        let work = match &self.line {
            Some(line) => line.requests.request(request),
            None => Box::pin(std::future::ready(Err(Refusal::SwitchUnavailable))),
        };
        self.pending.push(work, self.policy.switch_deadline, errand);
    }

    /// As [`Self::ask`], but the switch hears of it when the intent is in the file: a call that was dialled twice cannot be taken back.
    pub(super) fn ask_when_kept(&mut self, request: SwitchRequest, then: Then) {
        let (Some(kept), Some(line)) = (self.waits_for(), &self.line) else { return self.ask(request, then) };
        let requests = Arc::clone(&line.requests);
        let errand = Errand::asking(&request, then);
        let work = async move {
            kept.wait().await;
            crash::point(crash::Point::BeforeRequest);
            requests.request(request).await
        };
        self.pending.push(Box::pin(work), self.policy.switch_deadline, errand);
    }

    /// Asks to hang all of them up, one after the other; the first refusal counts, but none keeps the rest from being tried.
    pub(super) fn hang_all_up(&mut self, requests: Vec<SwitchRequest>, then: Then) {
        // They are all of one kind.
        let errand = match requests.first() {
            Some(request) => Errand::asking(request, then),
            None => then.into(),
        };
        let Some(line) = &self.line else {
            self.pending.push(Box::pin(std::future::ready(Err(Refusal::SwitchUnavailable))), self.policy.switch_deadline, errand);
            return;
        };
        let works: Vec<BoxFuture<Outcome>> = requests.into_iter().map(|request| line.requests.request(request)).collect();
        let all = async move {
            let mut all = Ok(SwitchAnswer::Accepted);
            for work in works {
                let outcome = work.await;
                // What SAP wants is so, though the news of it is still on its way to us.
                if !matches!(outcome, Err(Refusal::CallGone(_))) {
                    all = all.and(outcome);
                }
            }
            all
        };
        self.pending.push(Box::pin(all), self.policy.switch_deadline, errand);
    }

    pub(super) fn finish(&mut self, outcome: Outcome, Errand { asked, then }: Errand) {
        if let Some(asked) = asked {
            let (user, judged) = (self.user.as_str(), judged(&outcome));
            SwitchAnswered { user, request: asked.request, outcome: judged, took: asked.at.elapsed() }.emit();
            self.story_answers(asked, &outcome, judged);
        }
        if !matches!(then, Then::Kept(..)) {
            crash::point(crash::Point::AfterRequest);
        }
        let (answer, outcome) = match then {
            Then::Answer(answer, reply) => (answer, outcome.map(|_| reply)),
            Then::DropAll(answer) => (answer, self.all_dropped(outcome)),
            Then::Workmode(answer, before) => {
                if outcome.is_err() {
                    self.agent.chosen = before;
                } else {
                    self.keep_session(When::Now);
                }
                return self.answer_when_kept(answer, outcome.map(|_| Reply::Done));
            }
            Then::Station(answer, station) => {
                if outcome.is_ok() {
                    self.station = Some(station);
                    self.keep_session(When::Now);
                }
                return self.answer_when_kept(answer, outcome.map(|_| Reply::Done));
            }
            Then::Place(answer, item, data) => {
                let outcome = self.placed(outcome, item, data);
                return self.answer_when_kept(answer, outcome);
            }
            Then::Attach(answer, item, data) => {
                if outcome.is_ok() {
                    self.keep_data(item, data);
                }
                return self.answer_when_kept(answer, outcome.map(|_| Reply::Done));
            }
            Then::Kept(answer, outcome) => (answer, *outcome),
            Then::Quiet(what) => {
                if let Err(refusal) = outcome {
                    tracing::warn!(user = %self.user, cause = %refusal, "{what}");
                }
                return;
            }
        };
        // Nobody waits any more: SAP has hung up.
        let _ = answer.send(Answer::Done(outcome));
    }

    /// What `dropCalls` came to. A call that has ended meanwhile is refused by the switch, and what SAP wants is so all the same.
    fn all_dropped(&self, outcome: Outcome) -> Result<Reply, Refusal> {
        let left = decide(&self.agent, &self.rules, &Command::DropCalls { line: None });
        if left == Ok(Step::AskAll(Vec::new())) { Ok(Reply::Done) } else { outcome.map(|_| Reply::Done) }
    }

    fn placed(&mut self, outcome: Outcome, item: Option<ItemId>, data: Option<Arc<str>>) -> Result<Reply, Refusal> {
        let (outcome, changes) = match outcome {
            Ok(SwitchAnswer::Interaction(interaction)) => {
                let id: InteractionId = interaction.id.clone();
                let (item, changes) = self.agent.placed(item, *interaction, &self.rules);
                if data.is_some() {
                    let request = SwitchRequest::SetAttachedData { interaction: id, data };
                    self.ask(request, Then::Quiet("the attached data of a new call could not be set"));
                }
                (Ok(Reply::Item(item)), changes)
            }
            Ok(SwitchAnswer::Accepted) => {
                let changes = self.agent.not_placed(item.as_ref(), false, &self.rules);
                (Ok(item.map_or(Reply::Done, Reply::Item)), changes)
            }
            Err(refusal) => {
                let certain = !refusal.leaves_it_open();
                (Err(refusal), self.agent.not_placed(item.as_ref(), certain, &self.rules))
            }
        };
        self.tell(&changes);
        outcome
    }
}

fn judged(outcome: &Outcome) -> SwitchOutcome {
    match outcome {
        Ok(_) => SwitchOutcome::Accepted,
        Err(Refusal::SwitchTimeout) => SwitchOutcome::Timeout,
        Err(Refusal::SwitchUnavailable) => SwitchOutcome::Unavailable,
        Err(_) => SwitchOutcome::Refused,
    }
}

// === impl Errand ===

impl Errand {
    fn asking(request: &SwitchRequest, then: Then) -> Self {
        Self { asked: Some(Asked { request: request.word(), interaction: request.interaction().cloned(), at: Instant::now() }), then }
    }
}

impl From<Then> for Errand {
    /// Nothing is asked of the switch.
    fn from(then: Then) -> Self {
        Self { asked: None, then }
    }
}

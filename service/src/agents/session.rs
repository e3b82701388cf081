//! One agent's session: a task that takes one thing after the other from the switch, from SAP and from the file.
//!
//! What the switch says comes first, so that a command is judged by the latest state. Nothing here awaits the switch, except at the end,
//! when there is nothing else left to do.

mod ask;
mod chats;
mod command;
mod end;
mod keep;
mod lost;
mod present;
mod story;
mod tell;
mod views;

use super::{
    AgentSummary, Policy, Shared,
    directory::Mailbox,
    figures::Watch,
    pending::{Outcome, Pending},
    subscription::Subscriptions,
};
use crate::{
    domain::{Agent, Connection, EndReason, InteractionId, Refusal, Reply, Request, Rules, Signs, SwitchEvent, UserId, ghost},
    outbox::{Fate, Pulse},
    store::Written,
    switch::{AgentLine, BoxFuture, Feed, Requests},
    timeline::States,
};
use ask::{Errand, Then};
pub(super) use end::End;
use present::Present;
use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep_until, timeout},
};
use views::Views;

/// What comes in through the mailbox.
pub(super) enum Mail {
    /// From SAP.
    Command { request: Request, answer: oneshot::Sender<Answer> },
    /// From the outbox.
    Fate(Fate),
    /// For the status page.
    Summary(oneshot::Sender<AgentSummary>),
    /// The service logs the agent off.
    LogOff { reason: EndReason, ended: oneshot::Sender<()> },
    /// There is another switch now.
    SwitchChanged,
}

/// What becomes of a command.
pub(super) enum Answer {
    /// Its outcome.
    Done(Result<Reply, Refusal>),
    /// The session ended before it was looked at.
    Again(Box<Request>),
}

impl Mail {
    /// Answers a command; other mail is dropped.
    pub(super) fn answer(self, outcome: Answer) {
        if let Self::Command { answer, .. } = self {
            // Nobody waits any more: SAP has hung up.
            let _ = answer.send(outcome);
        }
    }
}

/// See the module.
pub(super) struct Session {
    shared: Arc<Shared>,
    user: UserId,
    own: Mailbox,
    mailbox: mpsc::Receiver<Box<Mail>>,
    policies: watch::Receiver<Arc<Policy>>,
    policy: Arc<Policy>,
    rules: Arc<Rules>,
    agent: Agent,
    /// What SAP was told of him last, and what `getAttributes` answers.
    views: Views,
    subscriptions: Subscriptions,
    /// The switch; `None` while the agent is being logged on there again.
    line: Option<Line>,
    log_on: Option<BoxFuture<Result<AgentLine, Refusal>>>,
    pending: Pending<Errand>,
    /// SAP's first workmode after log-on is not obeyed (guide, "Ignore SAP's initial login workmode").
    ignore_workmode: bool,
    /// He was moved out of *ready* because SAP is gone; he must not come back to it with the switch.
    lost: bool,
    since: i64,
    /// When SAP was last heard of, for reckoning, and on the clock.
    heard: Instant,
    spoke: i64,
    /// When it took an event last.
    pulse: Arc<Pulse>,
    /// SAP has said that the session behind his events is no more, and has not subscribed since.
    gone: bool,
    /// The work centre that SAP named, in its words.
    station: Option<String>,
    /// Figures that his SAP watches, while it does.
    figures: Option<Watch>,
    /// Chats that their agent forgot to close, and when the switch was asked last to end them.
    closing: Vec<(InteractionId, Instant)>,
    /// He is in the store, from SAP's first command that changes something.
    is_kept: bool,
    /// What was put there last and somebody waits for; events wait as well.
    kept: Option<Written>,
    /// What SAP knows from the process before need not be told again.
    resuming: bool,
    /// What of him is in the figures.
    present: Present,
    /// How he stood when that was last noted in his timeline.
    stood: Option<Arc<States>>,
}

/// The agent's line at the switch.
struct Line {
    requests: Arc<dyn Requests>,
    feed: Feed,
}

/// One turn of the loop.
enum Happening {
    Heard(Option<SwitchEvent>),
    Outcome(Outcome, Errand),
    LoggedOn(Result<AgentLine, Refusal>),
    Policy,
    Mail(Box<Mail>),
    Forgotten,
    ChatIsIdle,
    Figures,
}

/// A session without subscription is ended this long after the last command: SAP has forgotten it, or only looked.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(2);

// === impl Session ===

impl Session {
    /// A session at the switch, or one that is not there (yet).
    pub(super) fn new(
        shared: Arc<Shared>,
        own: Mailbox,
        mailbox: mpsc::Receiver<Box<Mail>>,
        line: Option<AgentLine>,
        agent: Agent,
        station: Option<String>,
    ) -> Self {
        let mut policies = shared.policy.clone();
        let policy = Arc::clone(&policies.borrow_and_update());
        let rules = shared.rules(&policy);
        let user = agent.profile.user.clone();
        shared.ids.add_line(agent.line(), &user);
        Self {
            views: Views::new(&agent, &rules),
            ignore_workmode: policy.flags.ignore_initial_workmode,
            line: line.map(|line| Line { requests: line.requests, feed: line.feed }),
            log_on: None,
            pending: Pending::new(),
            subscriptions: Subscriptions::default(),
            lost: false,
            since: now(),
            heard: Instant::now(),
            spoke: now(),
            pulse: Arc::default(),
            gone: false,
            closing: Vec::new(),
            figures: None,
            is_kept: false,
            kept: None,
            resuming: false,
            present: Present::new(),
            stood: None,
            shared,
            user,
            own,
            mailbox,
            policies,
            policy,
            rules,
            agent,
            station,
        }
    }

    /// Works until the agent is logged off.
    pub(super) async fn run(mut self) {
        self.story_begins();
        let end = loop {
            let happening = self.next().await;
            let end = match happening {
                Happening::Heard(Some(event)) => self.hear(event),
                Happening::Heard(None) => {
                    self.log_on_again(Connection::Down);
                    None
                }
                Happening::Outcome(outcome, errand) => {
                    self.finish(outcome, errand);
                    None
                }
                Happening::LoggedOn(outcome) => self.logged_on_again(outcome),
                Happening::Policy => {
                    self.obey_new_policy();
                    None
                }
                Happening::Mail(mail) => self.open(*mail),
                Happening::Forgotten => Some(self.forgotten()),
                Happening::Figures => {
                    self.tell_figures();
                    None
                }
                Happening::ChatIsIdle => {
                    self.close_idle_chats();
                    None
                }
            };
            self.present.renew(&self.agent, &self.rules);
            if let Some(end) = end {
                break end;
            }
        };
        self.end(end).await;
    }

    /// Waits for the next thing. The switch first, then what was asked of it, then SAP.
    async fn next(&mut self) -> Happening {
        let forgotten_at = self.heard + FORGOTTEN_AFTER;
        let may_be_forgotten = self.subscriptions.is_empty() && self.pending.len() == 0 && self.agent.live().next().is_none();
        let chat_is_idle_at = self.chat_is_idle_at();
        tokio::select! {
            biased;
            event = next_event(&mut self.line) => Happening::Heard(event),
            (outcome, errand) = self.pending.next() => Happening::Outcome(outcome, errand),
            outcome = next_log_on(&mut self.log_on) => Happening::LoggedOn(outcome),
            Ok(()) = self.policies.changed() => Happening::Policy,
            Some(mail) = self.mailbox.recv() => Happening::Mail(mail),
            () = next_figures(&mut self.figures) => Happening::Figures,
            () = sleep_until(forgotten_at), if may_be_forgotten => Happening::Forgotten,
            () = sleep_until(chat_is_idle_at.unwrap_or(forgotten_at)), if chat_is_idle_at.is_some() => Happening::ChatIsIdle,
        }
    }

    fn hear(&mut self, event: SwitchEvent) -> Option<End> {
        self.story_hears(&event);
        if event == SwitchEvent::LoggedOff {
            tracing::warn!(user = %self.user, "the switch logged the agent off");
            return Some(End { reason: Some(EndReason::LoggedOff), log_off: false, status: None, answer: None, ended: None });
        }
        let back = matches!(event, SwitchEvent::Snapshot { .. } | SwitchEvent::Connection(Connection::Up));
        let changes = self.agent.apply(event, &self.rules);
        self.tell(&changes);
        if back && self.lost && self.agent.is_ready(&self.rules) {
            return self.leave_ready();
        }
        None
    }

    fn open(&mut self, mail: Mail) -> Option<End> {
        match mail {
            Mail::Command { request, answer } => {
                (self.heard, self.spoke) = (Instant::now(), now());
                let end = self.command(request, answer);
                self.gone &= self.subscriptions.is_empty();
                return end;
            }
            Mail::Fate(fate) => return self.learn_fate(&fate),
            Mail::Summary(answer) => {
                // The page that asked may be gone.
                let _ = answer.send(self.summary());
            }
            Mail::LogOff { reason, ended } => {
                // Every end but the service's own leaves nobody ready behind.
                let status = if reason == EndReason::Shutdown { None } else { self.status_without_sap() };
                return Some(End { reason: Some(reason), log_off: true, status, answer: None, ended: Some(ended) });
            }
            Mail::SwitchChanged => {
                if let Some(Line { requests, .. }) = &self.line {
                    tokio::spawn(timeout(self.policy.switch_deadline, requests.log_off()));
                }
                self.log_on_again(Connection::Reconnecting);
            }
        }
        None
    }

    fn obey_new_policy(&mut self) {
        self.policy = Arc::clone(&self.policies.borrow_and_update());
        let rules = self.shared.rules(&self.policy);
        if self.figures.is_some() != self.policy.may_monitor(Some(&self.user)).is_ok() {
            self.watch_figures();
        }
        // The same file read again is no news for SAP.
        if *rules != *self.rules {
            self.rules = rules;
            let changes = self.agent.reconsider(&self.rules);
            self.tell(&changes);
        }
    }

    fn summary(&self) -> AgentSummary {
        let (workmode, text) = self.agent.workmode(&self.rules);
        let signs = Signs {
            silent: self.heard.elapsed().min(self.pulse.ago()),
            subscribed: !self.subscriptions.is_empty(),
            gone: self.gone,
            reachable: self.subscriptions.is_reachable(),
            busy: self.agent.live().next().is_some(),
        };
        AgentSummary {
            user: self.user.clone(),
            workmode: workmode.0,
            workmode_text: text.to_string(),
            subscriptions: self.subscriptions.len(),
            calls: self.agent.calls(&self.rules).into_iter().map(|call| (call.item.to_string(), call.status)).collect(),
            since: self.since,
            heard: self.spoke,
            ghost: ghost(signs, self.policy.ghost_after),
        }
    }
}

/// The switch's next event; for ever without a line.
async fn next_event(line: &mut Option<Line>) -> Option<SwitchEvent> {
    match line {
        Some(line) => line.feed.next().await,
        None => std::future::pending().await,
    }
}

/// The outcome of a log-on that is under way; for ever without one.
async fn next_log_on(log_on: &mut Option<BoxFuture<Result<AgentLine, Refusal>>>) -> Result<AgentLine, Refusal> {
    match log_on {
        Some(log_on) => log_on.await,
        None => std::future::pending().await,
    }
}

/// New figures; for ever while nobody watches them.
async fn next_figures(figures: &mut Option<Watch>) {
    if let Some(watch) = figures
        && watch.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

//! Log-on: which commands begin a session, how it begins, and what it does when the switch is lost and found (ici-wire §5.1, §5.13).

use super::{
    Policy, Shared,
    directory::Mailbox,
    session::{Answer, End, Mail, Session},
};
use crate::{
    domain::{
        Agent, AgentStatus, Change, Choice, Command, Connection, EndReason, Refusal, Rules, SwitchEvent, SwitchRequest, UserId, WorkmodeId,
    },
    store::Stored,
    switch::{AgentLine, BoxFuture, LogOn},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, mpsc},
    time::{Instant, timeout, timeout_at},
};

/// What a command means for a user who has no session.
pub(super) enum Absent {
    /// It logs him on.
    LogOn,
    /// There is nothing to do.
    Done,
    /// He must log on first.
    Refuse,
}

/// The log-on sequence may begin with any of its steps: SAP's order is not published.
pub(super) fn absent(command: &Command) -> Absent {
    match command {
        Command::SetCurrentWorkmode(WorkmodeId::LOGOUT)
        | Command::UnsubscribeUser(_)
        | Command::UnsubscribeMonitor(_)
        | Command::UnsubscribeContainer { .. } => Absent::Done,
        Command::GetUserAttributes
        | Command::SubscribeUser(_)
        | Command::SubscribeContainer { .. }
        | Command::SetCurrentWorkmode(_)
        | Command::SetWorkcenter(_)
        | Command::SubscribeMonitor(_)
        | Command::SetCurrentQueues(_)
        | Command::SetCurrentChannels(_)
        | Command::SetAddresses(_) => Absent::LogOn,
        _ => Absent::Refuse,
    }
}

/// Who logs on with this command, and where he sits.
pub(super) fn of(user: &UserId, command: &Command) -> LogOn {
    let station = match command {
        Command::SetWorkcenter(station) => Some(station.clone()),
        _ => None,
    };
    LogOn { user: user.clone(), station }
}

/// Logs `user` on, at the station that SAP named if it did, and runs his session to its end. Commands wait in the mailbox meanwhile; when he
/// cannot be logged on, all get the reason.
pub(super) async fn run(shared: Arc<Shared>, who: LogOn, own: Mailbox, mut mailbox: mpsc::Receiver<Box<Mail>>) {
    let LogOn { user, station } = who.clone();
    match begin(&shared, who, None).await {
        Ok(Beginning { line, agent, .. }) => {
            tracing::info!(%user, extension = %agent.profile.extension, "agent logged on");
            Session::new(shared, own, mailbox, Some(line), agent, station).run().await;
        }
        Err(refusal) => {
            tracing::warn!(%user, cause = %refusal, "log-on refused");
            shared.directory.remove(&user, &own);
            mailbox.close();
            while let Some(mail) = mailbox.recv().await {
                mail.answer(Answer::Done(Err(refusal.clone())));
            }
        }
    }
}

/// Takes up a session again that an earlier process has left behind. When the switch is away it waits for it; when the switch does not take
/// the agent back, SAP is told the end of everything.
pub(super) async fn resume(shared: Arc<Shared>, turns: Arc<Semaphore>, stored: Stored, own: Mailbox, mailbox: mpsc::Receiver<Box<Mail>>) {
    let user = stored.session.profile.user.clone();
    let over = |reason| End { reason: Some(reason), log_off: false, status: None, answer: None, ended: None };
    if let Some(reason) = stored.session.ended {
        let (agent, changes) = left_behind(&stored, &shared.rules(&shared.policy()));
        let mut session = Session::new(shared, own, mailbox, None, agent, None);
        session.go_on(stored, &changes);
        return session.end(over(reason)).await;
    }
    let beginning = {
        // Closed never, so that an error cannot come.
        let _turn = turns.acquire().await;
        let who = LogOn { user: user.clone(), station: stored.session.station.clone() };
        match begin(&shared, who.clone(), Some(&stored)).await {
            // Somebody else may have his seat now: better at his own than not at all.
            Err(Refusal::CannotLogOn { .. }) if who.station.is_some() => {
                begin(&shared, LogOn { station: None, ..who }, Some(&stored)).await
            }
            beginning => beginning,
        }
    };
    match beginning {
        Ok(Beginning { line, agent, changes }) => {
            let mut session = Session::new(shared, own, mailbox, Some(line), agent, None);
            session.go_on(stored, &changes);
            session.run().await;
        }
        Err(refusal) => {
            tracing::warn!(%user, cause = %refusal, "the switch does not take the agent back");
            let (agent, changes) = left_behind(&stored, &shared.rules(&shared.policy()));
            let mut session = Session::new(shared, own, mailbox, None, agent, None);
            session.go_on(stored, &changes);
            if matches!(refusal, Refusal::SwitchUnavailable | Refusal::SwitchTimeout) {
                session.log_on_again(Connection::Down);
                session.run().await;
            } else {
                session.end(over(EndReason::SwitchLost)).await;
            }
        }
    }
}

/// Logs on until it succeeds or the switch gives a reason that waiting does not cure.
pub(super) fn again(shared: Arc<Shared>, mut who: LogOn) -> BoxFuture<Result<AgentLine, Refusal>> {
    Box::pin(async move {
        let mut pause = FIRST_PAUSE;
        loop {
            let deadline = shared.policy().switch_deadline;
            match timeout(deadline, shared.switch().log_on(who.clone())).await.unwrap_or(Err(Refusal::SwitchTimeout)) {
                // Another switch, or somebody else, may have his station now: better at his own than not at all.
                Err(Refusal::CannotLogOn { .. }) if who.station.take().is_some() => continue,
                Err(Refusal::SwitchUnavailable | Refusal::SwitchTimeout) => tokio::time::sleep(pause).await,
                outcome => return outcome,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    })
}

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A log-on that has succeeded.
struct Beginning {
    line: AgentLine,
    agent: Agent,
    /// What is new about an agent who was left behind.
    changes: Vec<Change>,
}

/// The agent as an earlier process has kept him, before the switch has said anything.
fn left_behind(stored: &Stored, rules: &Rules) -> (Agent, Vec<Change>) {
    let crate::store::Session { profile, status, chosen, channels, queues, addresses, .. } = &stored.session;
    let items = stored.items.iter().map(|(id, item)| (id.clone(), item.content.clone(), item.shown));
    let (mut agent, changes) = Agent::left_behind(profile.clone(), items, rules);
    agent.status = AgentStatus { name: Arc::clone(status), text: Arc::clone(status), ..agent.status };
    agent.chosen = *chosen;
    agent.channels.clone_from(channels);
    agent.queues.clone_from(queues);
    agent.addresses.clone_from(addresses);
    (agent, changes)
}

/// The switch's line for the agent, and the agent as its first snapshot shows him.
async fn begin(shared: &Arc<Shared>, who: LogOn, stored: Option<&Stored>) -> Result<Beginning, Refusal> {
    let user = &who.user.clone();
    let policy = shared.policy();
    let deadline = Instant::now() + policy.switch_deadline;
    let mut line = timeout_at(deadline, shared.switch().log_on(who)).await.unwrap_or(Err(Refusal::SwitchTimeout))?;
    let rules = shared.rules(&policy);
    let new = || (Agent::new(line.profile.clone()), Vec::new());
    let (mut agent, mut changes) = stored.map_or_else(new, |stored| left_behind(stored, &rules));
    agent.profile = line.profile.clone();
    let first = timeout_at(deadline, line.feed.next()).await.map_err(|_| Refusal::SwitchTimeout)?;
    match first.ok_or(Refusal::SwitchUnavailable)? {
        SwitchEvent::LoggedOff => return Err(Refusal::SwitchUnavailable),
        snapshot => {
            changes.extend(agent.apply(snapshot, &rules));
            for change in &changes {
                shared.note(user, change);
            }
        }
    }
    if let Some(stored) = stored {
        changes.extend(restore_status(shared, &mut line, &mut agent, &stored.session.status, deadline).await);
        return Ok(Beginning { line, agent, changes });
    }
    if let Some(Choice::Status(status)) = first_status(&policy, |id| rules.workmodes.meaning(id)) {
        let outcome = timeout_at(deadline, line.requests.request(SwitchRequest::SetStatus(status))).await;
        if let Err(refusal) = outcome.unwrap_or(Err(Refusal::SwitchTimeout)) {
            // He is logged on all the same: a status can be set later, a refused log-on cannot be worked with.
            tracing::warn!(%user, cause = %refusal, "the log-on status could not be set");
        }
    }
    Ok(Beginning { line, agent, changes })
}

/// A switch that has ended with the process has forgotten what its agents were doing, and SAP has not.
async fn restore_status(shared: &Shared, line: &mut AgentLine, agent: &mut Agent, status: &Arc<str>, deadline: Instant) -> Vec<Change> {
    let mut changes = Vec::new();
    if shared.switch().outlives_us() || agent.status.name == *status {
        return changes;
    }
    let outcome = timeout_at(deadline, line.requests.request(SwitchRequest::SetStatus(Arc::clone(status)))).await;
    if let Err(refusal) = outcome.unwrap_or(Err(Refusal::SwitchTimeout)) {
        tracing::warn!(user = %agent.profile.user, cause = %refusal, "the status from before the restart could not be set");
        return changes;
    }
    // What the switch has said of it so far; SAP shall not see the status in between.
    let rules = shared.rules(&shared.policy());
    while let Ok(Some(event)) = timeout(Duration::ZERO, line.feed.next()).await {
        changes.extend(agent.apply(event, &rules));
    }
    changes
}

/// The status at log-on, where the file says that it is not SAP's (guide, "Ignore SAP's initial login workmode").
fn first_status(policy: &Policy, meaning: impl Fn(WorkmodeId) -> Option<Choice>) -> Option<Choice> {
    policy.login_workmode.filter(|_| policy.flags.ignore_initial_workmode).and_then(meaning)
}

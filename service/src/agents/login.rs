//! Log-on: which commands begin a session, how it begins, and what it does when the switch is lost and found (ici-wire §5.1, §5.13).

use super::{
    Policy, Shared,
    directory::Mailbox,
    session::{Answer, Mail, Session},
};
use crate::{
    domain::{Agent, Choice, Command, Refusal, SwitchEvent, SwitchRequest, UserId, WorkmodeId},
    switch::{AgentLine, BoxFuture, LogOn},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
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

/// Logs `user` on, at the station that SAP named if it did, and runs his session to its end. Commands wait in the mailbox meanwhile; when he cannot be logged on, all get the reason.
pub(super) async fn run(shared: Arc<Shared>, who: LogOn, own: Mailbox, mut mailbox: mpsc::Receiver<Box<Mail>>) {
    let LogOn { user, station } = who.clone();
    match begin(&shared, who).await {
        Ok((line, agent)) => Session::new(shared, own, mailbox, line, agent, station).run().await,
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

/// The switch's line for the agent, and the agent as its first snapshot shows him.
async fn begin(shared: &Arc<Shared>, who: LogOn) -> Result<(AgentLine, Agent), Refusal> {
    let user = &who.user.clone();
    let policy = shared.policy();
    let deadline = Instant::now() + policy.switch_deadline;
    let mut line = timeout_at(deadline, shared.switch().log_on(who)).await.unwrap_or(Err(Refusal::SwitchTimeout))?;
    let mut agent = Agent::new(line.profile.clone());
    let rules = shared.rules(&policy);
    let first = timeout_at(deadline, line.feed.next()).await.map_err(|_| Refusal::SwitchTimeout)?;
    match first.ok_or(Refusal::SwitchUnavailable)? {
        SwitchEvent::LoggedOff => return Err(Refusal::SwitchUnavailable),
        snapshot => {
            for change in agent.apply(snapshot, &rules) {
                shared.note(user, &change);
            }
        }
    }
    if let Some(Choice::Status(status)) = first_status(&policy, |id| rules.workmodes.meaning(id)) {
        let outcome = timeout_at(deadline, line.requests.request(SwitchRequest::SetStatus(status))).await;
        if let Err(refusal) = outcome.unwrap_or(Err(Refusal::SwitchTimeout)) {
            // He is logged on all the same: a status can be set later, a refused log-on cannot be worked with.
            tracing::warn!(%user, cause = %refusal, "the log-on status could not be set");
        }
    }
    Ok((line, agent))
}

/// The status at log-on, where the file says that it is not SAP's (guide, "Ignore SAP's initial login workmode").
fn first_status(policy: &Policy, meaning: impl Fn(WorkmodeId) -> Option<Choice>) -> Option<Choice> {
    policy.login_workmode.filter(|_| policy.flags.ignore_initial_workmode).and_then(meaning)
}

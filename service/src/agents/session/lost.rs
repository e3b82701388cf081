//! SAP is lost, the switch is lost, or SAP has forgotten the agent: what a session does then (design §5; ici-wire §5.13, §5.14).

use super::{End, Line, Session, Then};
use crate::{
    agents::login,
    domain::{Choice, Connection, EndReason, Refusal, SwitchEvent, SwitchRequest},
    outbox::{Fate, FateKind},
    store::When,
    switch::{AgentLine, LogOn},
};
use std::sync::Arc;
use tokio::time::Instant;

// === impl Session ===

impl Session {
    /// SAP's session behind a URL is gone, or cannot be reached: an agent whom SAP does not see must not be offered anything.
    pub(super) fn learn_fate(&mut self, fate: &Fate) -> Option<End> {
        let lost = match fate.kind {
            FateKind::Gone => {
                let had = self.subscriptions.remove_url(&fate.url);
                if self.is_kept {
                    self.keep_session(When::Soon);
                }
                self.shared.directory.leave_lane(&fate.url, &self.user);
                self.heard = Instant::now();
                self.gone |= had;
                had && self.subscriptions.is_empty()
            }
            FateKind::Unreachable => self.subscriptions.set_reachable(&fate.url, false) && self.agent.is_ready(&self.rules),
            FateKind::Recovered => {
                self.subscriptions.set_reachable(&fate.url, true);
                self.lost = false;
                false
            }
        };
        if !lost {
            return None;
        }
        tracing::warn!(user = %self.user, url = %fate.url, fate = ?fate.kind, "SAP is lost for this agent");
        self.lost = true;
        self.leave_ready()
    }

    /// Sets the workmode for agents whom SAP has lost.
    pub(super) fn leave_ready(&mut self) -> Option<End> {
        match self.rules.workmodes.meaning(self.policy.lost_workmode) {
            Some(Choice::Status(status)) if status == self.agent.status.name => None,
            Some(Choice::Status(status)) => {
                self.ask(SwitchRequest::SetStatus(status), Then::Quiet("the workmode for a lost SAP session could not be set"));
                None
            }
            Some(Choice::LogOff) => Some(End { reason: None, log_off: true, status: None, answer: None, ended: None }),
            None => {
                tracing::warn!(user = %self.user, workmode = %self.policy.lost_workmode, "the workmode for lost SAP sessions is not configured");
                None
            }
        }
    }

    pub(super) fn forgotten(&self) -> End {
        tracing::info!(user = %self.user, "no subscription and no command for a while: the session ends");
        End { reason: None, log_off: true, status: self.status_without_sap(), answer: None, ended: None }
    }

    /// The status in which an agent is left at the switch whom SAP did not log off: never ready.
    pub(super) fn status_without_sap(&self) -> Option<Arc<str>> {
        match self.rules.workmodes.meaning(self.policy.lost_workmode) {
            Some(Choice::Status(status)) if self.agent.is_ready(&self.rules) => Some(status),
            _ => None,
        }
    }

    pub(in crate::agents) fn log_on_again(&mut self, shown: Connection) {
        self.line = None;
        let who = LogOn { user: self.user.clone(), station: self.station.clone() };
        self.log_on = Some(login::again(Arc::clone(&self.shared), who));
        let changes = self.agent.apply(SwitchEvent::Connection(shown), &self.rules);
        self.tell(&changes);
    }

    pub(super) fn logged_on_again(&mut self, outcome: Result<AgentLine, Refusal>) -> Option<End> {
        self.log_on = None;
        match outcome {
            Ok(line) => {
                self.shared.ids.remove_line(&self.agent.line(), &self.user);
                self.agent.profile = line.profile;
                self.shared.ids.add_line(self.agent.line(), &self.user);
                self.line = Some(Line { requests: line.requests, feed: line.feed });
                if self.is_kept {
                    self.keep_session(When::Soon);
                }
                None
            }
            Err(refusal) => {
                tracing::warn!(user = %self.user, cause = %refusal, "the switch does not take the agent back");
                Some(End { reason: Some(EndReason::SwitchLost), log_off: false, status: None, answer: None, ended: None })
            }
        }
    }
}

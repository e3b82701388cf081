//! What SAP is told of one agent: which event to which URL. Events are made only when somebody has asked for them.

use super::Session;
use crate::{
    agents::subscription::{Target, Topic},
    domain::{Change, ContainerKind, EndReason, Event, EventUrl},
    outbox::Delivery,
};
use std::sync::Arc;

/// Where calls are told of.
pub(super) const LINE: Topic = Topic::Container(ContainerKind::Line);

// === impl Session ===

impl Session {
    /// Takes note of what changed and tells SAP.
    pub(super) fn tell(&mut self, changes: &[Change]) {
        for change in changes {
            self.shared.note(&self.user, change);
            let topic = match change {
                Change::User => {
                    let view = self.agent.view(&self.rules);
                    if view == *self.view {
                        continue;
                    }
                    self.view = Arc::new(view);
                    Topic::User
                }
                Change::Call(_) | Change::Went(_, Some(_)) => LINE,
                Change::Came(..) | Change::Went(_, None) => continue,
            };
            if self.subscriptions.has(topic)
                && let Some(event) = self.agent.event(change, &self.view, &self.rules)
            {
                self.post_all(event, self.subscriptions.about(topic));
            }
        }
    }

    /// The agent as he is, whether or not that is news: to everybody who wants to know.
    pub(super) fn tell_user(&self) {
        self.post_all(Event::UserChanged(Arc::clone(&self.view)), self.subscriptions.about(Topic::User));
    }

    /// Everything about `topic` to a new subscriber, so that his picture is complete.
    pub(super) fn tell_everything(&self, topic: Topic, target: &Target) {
        match topic {
            Topic::User => self.post(Arc::new(Event::UserChanged(Arc::clone(&self.view))), target.clone()),
            Topic::Container(ContainerKind::Line) => {
                for call in self.agent.calls(&self.rules) {
                    self.post(Arc::new(Event::PhoneCallChanged(Box::new(call))), target.clone());
                }
            }
            Topic::Container(ContainerKind::Folder) => {}
        }
    }

    /// Ends the subscriptions at all URLs but `keep`, and says so there. Where there is nothing to end it writes nothing.
    pub(super) fn end_others(&mut self, keep: Option<&EventUrl>, reason: EndReason) {
        let targets = self.subscriptions.take_others(keep);
        let urls: Vec<_> = targets.iter().map(|target| target.url.clone()).collect();
        self.post_all(Event::SubscriptionEnded(reason), targets);
        for url in urls {
            self.leave(&url);
        }
    }

    /// The agent is logged off: the last events. SAP's own log-off needs no end of calls and no `subscriptionEnded`.
    pub(super) fn tell_end(&mut self, reason: Option<EndReason>) {
        if reason.is_some() {
            let changes = self.agent.lose_calls(&self.rules);
            self.tell(&changes);
        }
        let view = Event::UserChanged(Arc::new(self.agent.view_logged_off(&self.rules)));
        self.post_all(view, self.subscriptions.about(Topic::User));
        match reason {
            Some(reason) => self.end_others(None, reason),
            None => {
                for target in self.subscriptions.take_others(None) {
                    self.leave(&target.url);
                }
            }
        }
    }

    /// This agent needs the lane no more; the last one closes it.
    pub(super) fn leave(&self, url: &EventUrl) {
        if self.shared.directory.leave_lane(url, &self.user) {
            self.shared.outbox.close(url);
        }
    }

    fn post_all(&self, event: Event, targets: Vec<Target>) {
        let event = Arc::new(event);
        for target in targets {
            self.post(Arc::clone(&event), target);
        }
    }

    fn post(&self, event: Arc<Event>, target: Target) {
        let Target { url, apps, language, peer } = target;
        self.shared.outbox.post(Delivery { url, user: self.user.clone(), language, apps, peer, event });
    }
}

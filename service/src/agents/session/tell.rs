//! What SAP is told of one agent: which event to which URL. Events are made only when somebody has asked for them.

use super::Session;
use crate::{
    agents::subscription::{Target, Topic},
    domain::{Change, ContainerKind, EndCause, EndReason, Event, EventUrl, InteractionState, Medium, ReplyTo},
    outbox::{Delivery, Kept},
    store::{Key, Receipt},
};
use std::sync::Arc;

/// Where an item is told of: calls on the line, whatever is read in the folder (ici-wire §2.4).
fn topic(medium: Medium) -> Topic {
    Topic::Container(match medium {
        Medium::Call => ContainerKind::Line,
        Medium::Chat | Medium::ActionItem => ContainerKind::Folder,
    })
}

/// Has it ended for everybody, and not only for this agent?
fn is_over(state: InteractionState) -> bool {
    matches!(state, InteractionState::Ended(cause) if !matches!(cause, EndCause::Rerouted | EndCause::Transferred))
}

// === impl Session ===

impl Session {
    /// Takes note of what changed and tells SAP.
    pub(super) fn tell(&mut self, changes: &[Change]) {
        for change in changes {
            self.shared.note(&self.user, change);
            self.keep(change);
            // An end that nobody has to be told of is forgotten with this.
            let receipt = match change {
                Change::Went(item, Some(found)) => {
                    let action = found.action_item().filter(|_| is_over(found.state)).map(Key::Routed);
                    let keys = [Key::Item(self.user.clone(), item.clone())].into_iter().chain(action);
                    Some(Arc::new(self.shared.store.receipt(keys)))
                }
                _ => None,
            };
            if *change == Change::User {
                if self.views.renew(&self.agent, &self.rules) {
                    self.tell_user();
                }
                continue;
            }
            let Some(topic) = self.agent.medium(change).map(topic) else { continue };
            let reply_to = self.reply_to(change);
            if (self.subscriptions.has(topic) || reply_to.is_some())
                && let Some(event) = self.agent.event(change, &self.rules)
            {
                let mut targets = self.subscriptions.about(topic);
                // Whoever asked for an action item to be routed hears of it as well, once.
                targets.extend(reply_to.filter(|wanted| targets.iter().all(|target| target.url != wanted.url)));
                self.post_all(event, targets, receipt.as_ref());
            }
            self.follow(change);
        }
        if !changes.is_empty() {
            self.story_stands();
        }
    }

    /// The agent as he is, whether or not that is news: to everybody who wants to know, in his language.
    pub(super) fn tell_user(&mut self) {
        for target in self.subscriptions.about(Topic::User) {
            self.tell_user_to(target);
        }
    }

    /// The latest figures, to whoever watches them; when nobody does any more, they are looked at no more.
    pub(super) fn tell_figures(&mut self) {
        let latest = self.figures.as_mut().and_then(|watch| watch.borrow_and_update().clone());
        let targets = self.subscriptions.about(Topic::Figures);
        if targets.is_empty() {
            self.figures = None;
        } else if let Some(latest) = latest {
            self.post_all(Event::MonitorChanged(latest), targets, None);
        }
    }

    /// Begins to watch figures if somebody is subscribed to them, or ends it if he may not any more; the next look is told, to everybody who
    /// watches.
    pub(super) fn watch_figures(&mut self) {
        let watches = self.subscriptions.has(Topic::Figures) && self.policy.may_monitor(Some(&self.user)).is_ok();
        self.figures = watches.then(|| self.shared.figures.watch());
    }

    fn tell_user_to(&mut self, target: Target) {
        let view = self.views.of(target.language.as_ref(), &self.agent, &self.rules);
        self.post(Arc::new(Event::UserChanged(view)), target, None);
    }

    /// Everything about `topic` to a new subscriber, so that his picture is complete.
    pub(super) fn tell_everything(&mut self, topic: Topic, target: &Target) {
        match topic {
            Topic::User => self.tell_user_to(target.clone()),
            Topic::Figures => self.watch_figures(),
            Topic::Container(kind) => {
                let media: &[Medium] = match kind {
                    ContainerKind::Line => &[Medium::Call],
                    ContainerKind::Folder => &[Medium::Chat, Medium::ActionItem],
                };
                let events: Vec<_> = media.iter().flat_map(|medium| self.agent.events_of(*medium, &self.rules)).collect();
                for event in events {
                    self.post(Arc::new(event), target.clone(), None);
                }
            }
        }
    }

    /// Keeps in mind what becomes of an action item that SAP has sent through the switch.
    fn follow(&self, change: &Change) {
        let (found, state) = match change {
            Change::Item(id) => match self.agent.item(id).and_then(crate::domain::Item::interaction) {
                Some(found) => (found, found.state),
                None => return,
            },
            Change::Went(_, Some(found)) => (&**found, found.state),
            _ => return,
        };
        let Some(action) = found.action_item() else { return };
        match state {
            state if is_over(state) => self.shared.routed.ended(&action),
            // It waits, perhaps for somebody else.
            InteractionState::Alerting | InteractionState::Ended(_) => self.shared.routed.set_accepted(&action, false),
            _ => self.shared.routed.set_accepted(&action, true),
        }
    }

    /// Where SAP wanted to hear of an action item when it asked for it.
    fn reply_to(&self, change: &Change) -> Option<Target> {
        let action = match change {
            Change::Item(id) => self.agent.item(id)?.interaction()?.action_item()?,
            Change::Went(_, Some(found)) => found.action_item()?,
            _ => return None,
        };
        let ReplyTo { url, apps, peer } = self.shared.routed.reply_to(&action)?;
        Some(Target { url, apps, language: None, peer })
    }

    /// Ends the subscriptions at all URLs but `keep`, and says so there. Where there is nothing to end it writes nothing.
    pub(super) fn end_others(&mut self, keep: Option<&EventUrl>, reason: EndReason, receipt: Option<&Arc<Receipt>>) {
        let targets = self.subscriptions.take_others(keep);
        let urls: Vec<_> = targets.iter().map(|target| target.url.clone()).collect();
        self.post_all(Event::SubscriptionEnded(reason), targets, receipt);
        for url in urls {
            self.leave(&url);
        }
    }

    /// The agent is logged off: the last events. SAP's own log-off needs no end of calls and no `subscriptionEnded`.
    pub(super) fn tell_end(&mut self, reason: Option<EndReason>) {
        match reason {
            Some(reason) => {
                self.keep_end(reason);
                let changes = self.agent.lose_calls(&self.rules);
                self.tell(&changes);
                self.forget_items();
            }
            None => self.forget(),
        }
        // From here on nothing is put: with the receipt goes the session.
        self.is_kept = false;
        let receipt = Arc::new(self.shared.store.receipt([Key::Session(self.user.clone())]));
        for target in self.subscriptions.about(Topic::User) {
            let view = self.agent.view_logged_off(&self.rules, target.language.as_ref());
            self.post(Arc::new(Event::UserChanged(Arc::new(view))), target, Some(Arc::clone(&receipt)));
        }
        match reason {
            Some(reason) => self.end_others(None, reason, Some(&receipt)),
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

    fn post_all(&mut self, event: Event, targets: Vec<Target>, receipt: Option<&Arc<Receipt>>) {
        let event = Arc::new(event);
        for target in targets {
            self.post(Arc::clone(&event), target, receipt.cloned());
        }
    }

    fn post(&mut self, event: Arc<Event>, target: Target, receipt: Option<Arc<Receipt>>) {
        let Target { url, apps, language, peer } = target;
        let kept = Kept { first: self.waits_for(), receipt, unless_known: self.resuming };
        self.shared.outbox.post(Delivery {
            url,
            user: self.user.clone(),
            language,
            apps,
            peer,
            event,
            kept,
            pulse: Arc::clone(&self.pulse),
        });
    }
}

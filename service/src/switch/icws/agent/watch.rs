//! What the session tells: messages into the agent's state, what is new into his feed, and what it takes to know more.

use super::{
    super::{
        IcwsError, Messages, Policy, Session,
        picture::Chore,
        wire::{
            Id,
            media::CallbackDisposition,
            message::Message,
            queues::{QueueId, QueueType},
            subscription::Subscription,
        },
    },
    Agent, State, unix,
};
use crate::domain::SwitchEvent;
use std::sync::Arc;
use tokio::{
    sync::watch as change,
    time::{Instant, sleep_until},
};

/// The subscription of his own queue.
const OWN: &str = "own";
/// Messages that are heard before what they mean is told.
const TOGETHER: usize = 64;

impl Agent {
    /// Reads the messages of a session until it is over; `None`: because the agent is.
    pub(super) async fn read(self: &Arc<Self>, messages: &mut Messages) -> Option<IcwsError> {
        let mut policy = self.shared.policy_changes();
        // What an operation brought may have to be looked at again as well.
        let mut looked = self.changed.subscribe();
        loop {
            let again = self.look_again();
            let due = async move {
                match again {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.over.cancelled() => return None,
                message = messages.next() => {
                    let lost = self.hear_all(message, messages).await;
                    self.look();
                    if lost.is_some() {
                        return lost;
                    }
                }
                () = changed(&mut policy) => {
                    self.state().picture.policy = self.shared.policy();
                    self.watch_queue();
                }
                () = due => self.look(),
                _ = looked.changed() => {}
            }
        }
    }

    fn look_again(&self) -> Option<Instant> {
        self.state().again
    }

    /// What comes together is told together: a status before the interaction that changed with it, a conference as a whole.
    async fn hear_all(self: &Arc<Self>, mut message: Result<Message, IcwsError>, messages: &mut Messages) -> Option<IcwsError> {
        for _ in 0..TOGETHER {
            match message {
                Ok(message) => self.hear(message),
                Err(why) => return Some(why),
            }
            message = tokio::select! {
                biased;
                message = messages.next() => message,
                () = tokio::task::yield_now() => return None,
            };
        }
        match message {
            Ok(message) => self.hear(message),
            Err(why) => return Some(why),
        }
        None
    }

    fn hear(self: &Arc<Self>, message: Message) {
        let mut again = None;
        {
            let mut state = self.state();
            let now = Instant::now();
            match message {
                Message::Queue(contents) if contents.subscription_id == OWN => {
                    if !state.picture.hear_queue(contents, now) {
                        again = Some(self.queue_subscription(&state));
                    }
                }
                Message::ChatMembers(members) => state.picture.hear_members(members),
                Message::ChatContents(contents) => {
                    let chat = contents.interaction_id.clone();
                    if !state.picture.hear_contents(contents) {
                        again = Some(Subscription::Chat(chat));
                    }
                }
                Message::StatusMessages(list) => state.statuses.hear_all(list),
                Message::UserStatuses(list) => state.statuses.hear_users(list, self.user.as_str()),
                Message::InteractionChanged(change) => state.picture.hear_listened(&change.interaction_id, change.attributes),
                Message::InteractionDeallocated(gone) | Message::InteractionLostRights(gone) => {
                    state.picture.listen_no_more(&gone.interaction_id);
                }
                Message::InteractionMorphed(morph) => state.picture.hear_morph(&morph.interaction_id, &morph.new_interaction_id),
                Message::Alerting(alerting) => state.picture.hear_alerts(alerting),
                Message::Station(change) => {
                    if let Some(new) = change.new_station_info.filter(|new| !new.id.is_empty()) {
                        state.station = new.id.to_string();
                    }
                }
                Message::QueueState(queue) => {
                    if let Some(error) = queue.error {
                        tracing::warn!(user = %self.user, error = error.message, "the agent's queue cannot be watched");
                    }
                }
                Message::Resubscribe => {
                    drop(state);
                    self.subscribe_again();
                    return;
                }
                _ => return,
            }
        }
        if let Some(subscription) = again {
            tracing::debug!(user = %self.user, ?subscription, "messages do not fit together: the whole is asked for");
            self.subscribe_in_background(subscription);
        }
    }

    /// Tells what is new, and does what it takes to know more.
    pub(in super::super) fn look(&self) {
        let chores = {
            let mut state = self.state();
            let Left { chores, again } = state.tell();
            state.again = again;
            chores
        };
        self.changed.send_modify(|version| *version += 1);
        for chore in chores {
            self.begin(chore);
        }
    }

    /// What every session is told: his queue, his status, the statuses there are, what rings, his station.
    pub(super) async fn subscribe(&self, session: &Session) -> Result<(), IcwsError> {
        let queue = self.queue_subscription(&self.state());
        let users = vec![Id::from(self.user.as_str())];
        // Nothing works without these.
        tokio::try_join!(
            async { session.subscribe(&queue).await },
            async { session.subscribe(&Subscription::UserStatuses { users }).await },
            async { session.subscribe(&Subscription::StatusMessages).await },
        )?;
        // These only tell more; older servers have not all of them.
        for subscription in [Subscription::Alerting { attributes: Vec::new() }, Subscription::Station] {
            if let Err(error) = session.subscribe(&subscription).await {
                if error.is_of_the_connection() {
                    return Err(error);
                }
                tracing::debug!(user = %self.user, ?subscription, %error, "not to be had");
            }
        }
        Ok(())
    }

    fn queue_subscription(&self, state: &State) -> Subscription {
        // "My interactions", which has the station's as well; for somebody else it is the user's queue.
        let whose = if self.is_reduced { QueueType::User } else { QueueType::System };
        let queues = vec![QueueId::new(whose, self.user.as_str())];
        Subscription::Queues { id: OWN.into(), queues, attributes: state.picture.attribute_names() }
    }

    fn watch_queue(&self) {
        let subscription = self.queue_subscription(&self.state());
        self.subscribe_in_background(subscription);
    }

    fn subscribe_in_background(&self, subscription: Subscription) {
        let Ok(session) = self.session() else { return };
        let user = self.user.clone();
        tokio::spawn(async move {
            if let Err(error) = session.subscribe(&subscription).await {
                tracing::warn!(%user, ?subscription, %error, "what may have been missed cannot be asked for");
            }
        });
    }

    /// Messages may have been missed: everything is asked for anew, which replaces what is known.
    fn subscribe_again(self: &Arc<Self>) {
        let Ok(session) = self.session() else { return };
        let chats: Vec<_> = self.state().picture.chats().cloned().collect();
        let agent = Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = agent.subscribe(&session).await {
                tracing::warn!(user = %agent.user, %error, "what may have been missed cannot be asked for");
            }
            for chat in chats {
                // One that is over by now is no loss.
                let _ = session.subscribe(&Subscription::Chat(chat)).await;
            }
        });
    }

    fn begin(&self, chore: Chore) {
        let (Ok(session), Some(agent)) = (self.session(), self.myself.upgrade()) else { return };
        tokio::spawn(async move {
            match chore {
                Chore::WatchChat(id) => {
                    if let Err(error) = session.subscribe(&Subscription::Chat(id.clone())).await {
                        tracing::warn!(user = %agent.user, interaction = %id, %error, "a chat cannot be read");
                        agent.state().picture.give_up_chat(&id);
                        agent.look();
                    }
                }
                Chore::ForgetChat(id) => {
                    // It is over on the server as well.
                    let _ = session.unsubscribe(&Subscription::Chat(id)).await;
                }
                Chore::Read(id, names) => {
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    let attributes = session.attributes(&id, &names).await.unwrap_or_else(|error| {
                        tracing::warn!(user = %agent.user, interaction = %id, %error, "attributes of an interaction cannot be read");
                        super::super::attributes::Attributes::default()
                    });
                    agent.state().picture.hear_extra(&id, attributes);
                    agent.look();
                }
                Chore::FinishCallback(id, reached) => {
                    let disposition = if reached { CallbackDisposition::Success } else { CallbackDisposition::Failure };
                    if let Err(error) = session.callback_disposition(&id, disposition).await {
                        tracing::debug!(user = %agent.user, interaction = %id, %error, "what became of a callback could not be said");
                    }
                    if let Err(error) = session.disconnect(&id).await {
                        tracing::debug!(user = %agent.user, interaction = %id, %error, "a callback is over already");
                    }
                }
            }
        });
    }
}

/// Waits until the file says something else. Once whoever could tell is gone, what it says stays.
async fn changed(policy: &mut change::Receiver<Arc<Policy>>) {
    if policy.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What a look leaves to be done.
struct Left {
    chores: Vec<Chore>,
    again: Option<Instant>,
}

impl State {
    /// Sends what is new into the feed; the first thing is a snapshot, once everything for it is there.
    fn tell(&mut self) -> Left {
        let (now, unix) = (Instant::now(), unix());
        if !self.is_told {
            if !self.statuses.is_complete() {
                // Whatever else there is waits for it; chats can be read meanwhile.
                let looked = self.picture.prepare(now);
                return Left { chores: looked.chores, again: looked.again };
            }
            let (interactions, looked) = self.picture.snapshot(now, unix);
            if let Some(interactions) = interactions {
                self.is_told = true;
                let _ = self.statuses.look(unix);
                let status = self.statuses.current(unix);
                self.send(SwitchEvent::Snapshot { status, interactions });
            }
            return Left { chores: looked.chores, again: looked.again };
        }
        if let Some(status) = self.statuses.look(unix) {
            self.send(SwitchEvent::Status(status));
        }
        let looked = self.picture.look(now, unix);
        for event in looked.events {
            self.send(event);
        }
        Left { chores: looked.chores, again: looked.again }
    }

    pub(super) fn send(&mut self, event: SwitchEvent) {
        if let Some(feed) = &self.feed
            && !feed.send(event)
        {
            // Nobody reads it any more. The session goes on until it is taken over or forgotten: its calls are the agent's.
            self.feed = None;
        }
    }
}

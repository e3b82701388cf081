//! What a session does with each command of SAP: its own ones here, those on items, lines and folders by [`crate::domain::call`].

use super::{Answer, End, Session, Then};
use crate::{
    agents::{
        OlderSubscriptions,
        subscription::{LIMIT, Topic},
    },
    domain::{
        Change, Choice, Command, ContainerId, EndReason, Language, Refusal, Reply, Request, Subscription, SwitchRequest, WorkmodeId,
        call::{Step, decide},
        inbox_owner,
    },
    store::When,
};
use std::net::IpAddr;
use tokio::sync::oneshot;

/// How many channels, queues or addresses SAP may set for one agent.
const LIST_LIMIT: usize = 64;

// === impl Session ===

impl Session {
    /// Begins a command; answers it at once or when the switch has.
    pub(super) fn command(&mut self, request: Request, answer: oneshot::Sender<Answer>) -> Option<End> {
        let Request { language, peer, command, .. } = request;
        let had = self.subscriptions.len();
        let only_reads = command == Command::GetUserAttributes;
        let outcome = match command {
            Command::GetUserAttributes => Ok(self.attributes(language.as_ref())),
            Command::SubscribeUser(key) => self.subscribe(Topic::User, key, language, peer),
            Command::UnsubscribeUser(key) => Ok(self.unsubscribe(Topic::User, &key)),
            Command::SubscribeContainer { container, subscription } => {
                self.topic(&container).and_then(|topic| self.subscribe(topic, subscription, language, peer))
            }
            Command::UnsubscribeContainer { container, subscription } => match self.topic(&container) {
                Ok(topic) => Ok(self.unsubscribe(topic, &subscription)),
                // There cannot be a subscription to it.
                Err(Refusal::UnknownContainer(_)) => Ok(Reply::Done),
                Err(refusal) => Err(refusal),
            },
            Command::SubscribeMonitor(key) => {
                self.policy.may_monitor(Some(&self.user)).and_then(|()| self.subscribe(Topic::Figures, key, language, peer))
            }
            Command::UnsubscribeMonitor(key) => Ok(self.unsubscribe(Topic::Figures, &key)),
            Command::SetCurrentWorkmode(id) => return self.set_workmode(id, answer),
            Command::SetWorkcenter(station) => return self.sit(station, answer),
            Command::SetCurrentQueues(queues) => bounded("queues", queues).map(|queues| {
                self.agent.queues = queues;
                self.user_was_set()
            }),
            Command::SetCurrentChannels(channels) => bounded("channels", channels).map(|channels| {
                self.agent.channels = Some(channels);
                self.user_was_set()
            }),
            Command::SetAddresses(addresses) => bounded("addresses", addresses).map(|addresses| {
                self.agent.addresses = addresses;
                self.user_was_set()
            }),
            Command::CreateItem => {
                let item = self.shared.ids.new_item();
                self.shared.ids.add_item(item.clone(), &self.user, None);
                if let Some(forgotten) = self.agent.create(item.clone()) {
                    self.tell(&[Change::Went(forgotten, None)]);
                }
                self.keep_item(&item, When::Now);
                Ok(Reply::Item(item))
            }
            command => {
                self.step(&command, answer);
                return None;
            }
        };
        if only_reads && self.subscriptions.len() == had {
            // Nobody waits any more: SAP has hung up.
            let _ = answer.send(Answer::Done(outcome));
        } else {
            if outcome.is_ok() {
                self.keep_session(When::Now);
            }
            self.answer_when_kept(answer, outcome);
        }
        None
    }

    /// A command on an item, the line or the folder.
    fn step(&mut self, command: &Command, answer: oneshot::Sender<Answer>) {
        if self.pending.len() >= self.policy.mailbox.max(1) {
            let _ = answer.send(Answer::Done(Err(Refusal::Busy(self.user.clone()))));
            return;
        }
        match decide(&self.agent, &self.rules, command) {
            Ok(Step::Ask(SwitchRequest::SetAttachedData { interaction, data }, _)) => {
                let then = match self.agent.item_of(&interaction) {
                    Some(item) => Then::Attach(answer, item, data.clone()),
                    None => Then::Answer(answer, Reply::Done),
                };
                self.ask(SwitchRequest::SetAttachedData { interaction, data }, then);
            }
            Ok(Step::Ask(request, reply)) => self.ask(request, Then::Answer(answer, reply)),
            Ok(Step::AskAll(requests)) if !requests.is_empty() => self.hang_all_up(requests, Then::DropAll(answer)),
            Ok(Step::Place(request, item)) => {
                // A dialled call takes its data along; a consultation carries the first call's, to which the new item's come.
                let data = match (&request, &item) {
                    (SwitchRequest::Consult { .. }, Some(item)) => self.agent.item(item).map(crate::domain::Item::attached_data),
                    _ => None,
                };
                self.agent.place(item.as_ref());
                if let Some(item) = &item {
                    self.keep_item(item, When::Now);
                }
                self.ask_when_kept(request, Then::Place(answer, item, data.filter(|data| !data.is_empty())));
            }
            Ok(Step::Listen(request)) => {
                let request = self.listened(request);
                tracing::info!(target: "audit", user = %self.user, ?request, "listens to another agent's call");
                self.agent.place(None);
                self.ask(request, Then::Place(answer, None, None));
            }
            Ok(Step::Keep(item, data)) => {
                self.agent.keep(&item, data);
                self.keep_item(&item, When::Now);
                self.answer_when_kept(answer, Ok(Reply::Done));
            }
            Ok(Step::AskAll(_)) => {
                let _ = answer.send(Answer::Done(Ok(Reply::Done)));
            }
            Ok(Step::Answer(reply)) => {
                let _ = answer.send(Answer::Done(Ok(reply)));
            }
            Err(refusal) => {
                let _ = answer.send(Answer::Done(Err(self.whose(refusal))));
            }
        }
    }

    /// Everything SAP needs to log the agent on; ends what an earlier log-on has left behind (ici-wire §2.2).
    fn attributes(&mut self, language: Option<&Language>) -> Reply {
        if self.policy.end_older == OlderSubscriptions::OnGetAttributes && !self.subscriptions.is_empty() {
            self.end_others(None, EndReason::LoggedOnAgain, None);
            self.ignore_workmode = self.policy.flags.ignore_initial_workmode;
        }
        Reply::Agent(self.views.of(language, &self.agent, &self.rules))
    }

    fn subscribe(&mut self, topic: Topic, key: Subscription, language: Option<Language>, peer: Option<IpAddr>) -> Result<Reply, Refusal> {
        self.shared.outbox.admit(&key.url, peer)?;
        if topic == Topic::User && self.policy.end_older == OlderSubscriptions::OnSubscribe {
            self.end_others(Some(&key.url), EndReason::LoggedOnAgain, None);
        }
        if self.subscriptions.len() >= LIMIT && !self.subscriptions.contains(topic, &key) {
            return Err(Refusal::LimitReached { what: "subscriptions of one agent", limit: LIMIT });
        }
        self.lost = false;
        self.shared.directory.use_lane(&key.url, &self.user);
        let target = self.subscriptions.add(topic, key, language, peer);
        // Whom SAP is told about, it must be told of the end, too, even by the next process.
        self.keep_session(When::Now);
        if let Some(target) = target {
            self.tell_everything(topic, &target);
        }
        Ok(Reply::Done)
    }

    fn unsubscribe(&mut self, topic: Topic, key: &Subscription) -> Reply {
        if let Some(url) = self.subscriptions.remove(topic, key) {
            self.leave(&url);
        }
        Reply::Done
    }

    fn set_workmode(&mut self, id: WorkmodeId, answer: oneshot::Sender<Answer>) -> Option<End> {
        let outcome = match self.rules.workmodes.choose(id) {
            Ok(Choice::LogOff) => {
                return Some(End { reason: None, log_off: true, status: None, answer: Some(answer), ended: None });
            }
            Ok(Choice::Status(_)) if std::mem::take(&mut self.ignore_workmode) => {
                // SAP believes its own workmode until it is told better.
                self.tell_user();
                Ok(Reply::Done)
            }
            Ok(Choice::Status(status)) => {
                let before = self.agent.chosen.replace(id);
                // Another workmode with the same status changes nothing on the switch, but what SAP shows.
                if status == self.agent.status.name {
                    self.tell(&[Change::User]);
                }
                self.lost = false;
                self.ask(SwitchRequest::SetStatus(status), Then::Workmode(answer, before));
                return None;
            }
            Err(refusal) => Err(refusal),
        };
        let _ = answer.send(Answer::Done(outcome));
        None
    }

    /// Another seat; none for him who was just logged on there.
    fn sit(&mut self, station: String, answer: oneshot::Sender<Answer>) -> Option<End> {
        if self.station.as_ref() == Some(&station) {
            let _ = answer.send(Answer::Done(Ok(Reply::Done)));
        } else {
            self.ask(SwitchRequest::SetStation(station.clone()), Then::Station(answer, station));
        }
        None
    }

    fn user_was_set(&mut self) -> Reply {
        self.tell(&[Change::User]);
        Reply::Done
    }

    fn topic(&self, container: &ContainerId) -> Result<Topic, Refusal> {
        let kind = self.agent.container(container).ok_or_else(|| self.whose(Refusal::UnknownContainer(container.clone())));
        kind.map(Topic::Container)
    }

    /// The switch's own id of a call that SAP names by item, and whose it is.
    fn listened(&self, request: SwitchRequest) -> SwitchRequest {
        let SwitchRequest::Listen { agent: None, call: Some(call) } = request else { return request };
        match self.shared.ids.item_of_another(&call.as_str().into(), &self.user) {
            Some((owner, known)) => SwitchRequest::Listen { agent: Some(owner), call: known.or(Some(call)) },
            None => SwitchRequest::Listen { agent: None, call: Some(call) },
        }
    }

    /// What is unknown to this agent may be another's.
    fn whose(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::UnknownItem(item) if self.shared.ids.item_of_another(&item, &self.user).is_some() => Refusal::ForeignItem(item),
            Refusal::UnknownContainer(container)
                if self.shared.ids.is_line_of_another(&container, &self.user) || inbox_owner(container.as_str()).is_some() =>
            {
                Refusal::ForeignContainer(container)
            }
            other => other,
        }
    }
}

fn bounded<T>(what: &'static str, list: Vec<T>) -> Result<Vec<T>, Refusal> {
    if list.len() > LIST_LIMIT { Err(Refusal::LimitReached { what, limit: LIST_LIMIT }) } else { Ok(list) }
}

//! One agent in SAP: what he does, and what SAP knows of him for certain.

use super::{
    chance::Chance,
    customers::Customers,
    line::{Dead, Life},
    report::{Channel, Checked},
    screen::Screen,
};
use crate::{
    PATIENCE,
    agent::{leaves_of, status},
    cic::Cic,
    sink::Sink,
    soap::{Fault, Outcome, Parameters},
};
use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

/// Items that an agent has created and not dialled, at most; the service itself forgets the oldest of 32.
const CREATED: usize = 6;
/// Calls that an agent may have when another life begins.
const CALLS: usize = 3;
/// A look again at something that another process is about to do.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Something that was asked, perhaps answered: what it is for certain, and what it may be as well.
#[derive(Clone, Debug, Default)]
pub(super) struct Possible {
    pub(super) certain: Option<String>,
    perhaps: Vec<String>,
}

/// See the module.
pub(super) struct Model {
    user: String,
    url: String,
    extension: String,
    /// The extension of the colleague whom he calls.
    colleague: String,
    /// He telephones; else he rather reads and writes. Who has a call is not offered anything by a workgroup.
    telephones: bool,
    pub(super) screen: Screen,
    /// `None`: a log-on or a log-off was not answered.
    logged_on: Option<bool>,
    /// Application ids; `false`: perhaps.
    subscribed: BTreeMap<String, bool>,
    /// Items that he has created and not dialled.
    created: BTreeMap<String, Possible>,
    /// Events that had come when he logged on last.
    heard: usize,
    /// Attached data of items that are alive and that he, and nobody else, sets it for: calls that he has dialled, chats of his own
    /// customers, action items that his SAP has sent. So it is known which was the last.
    live_data: BTreeMap<String, Possible>,
    /// What he has written in each chat, counted.
    written: BTreeMap<String, usize>,
    customers: Customers,
    numbers: usize,
}

// === impl Possible ===

impl Possible {
    fn certain(data: String) -> Self {
        Self { certain: Some(data), perhaps: Vec::new() }
    }

    pub(super) fn may_be(&self, value: &str) -> bool {
        self.certain.as_deref().unwrap_or_default() == value || self.perhaps.iter().any(|perhaps| perhaps == value)
    }
}

// === impl Model ===

impl Model {
    pub(super) fn new(number: usize, sink: &Sink) -> Self {
        let (path, user) = (format!("/u{number}"), format!("U{number}"));
        Self {
            url: sink.url(&path),
            screen: Screen::new(&path),
            extension: format!("80{number}"),
            colleague: format!("80{}", number ^ 1),
            telephones: number % 4 < 2,
            logged_on: Some(false),
            subscribed: BTreeMap::new(),
            created: BTreeMap::new(),
            heard: 0,
            live_data: BTreeMap::new(),
            written: BTreeMap::new(),
            customers: Customers::new(&user, &super::queue(number)),
            numbers: 0,
            user,
        }
    }

    pub(super) fn user(&self) -> &str {
        &self.user
    }

    /// Works until the service does not answer any more.
    pub(super) fn live(&mut self, life: &Life<'_>, mut chance: Chance) {
        while self.step(life, &mut chance).is_ok() {}
    }

    /// What SAP shows him.
    pub(super) fn alive(&self) -> impl Iterator<Item = (String, Channel)> {
        self.screen.alive().map(|(item, shown)| (item.clone(), shown.channel))
    }

    /// What the data of an item has to be, when it is known here.
    pub(super) fn data_of(&self, item: &str) -> Option<&Possible> {
        self.live_data.get(item)
    }

    /// Does SAP know for certain that he is logged on?
    pub(super) fn is_logged_on(&self) -> bool {
        self.logged_on == Some(true)
    }

    /// The switch has died with the process, and with it what was alive.
    pub(super) fn all_is_over(&mut self) {
        self.live_data.clear();
        self.written.clear();
        self.customers.are_gone();
    }

    /// The switch goes on: what has come about is made room in, so that the next life has something to do.
    pub(super) fn make_room(&mut self, life: &Life<'_>, cic: &Cic, failures: &mut Vec<String>) {
        self.customers.forget_what_is_over(cic);
        let calls = self.screen.alive().filter(|(_, shown)| shown.channel == Channel::Call).count();
        if calls > CALLS
            && self.is_logged_on()
            && let Err(fault) = alive(self.ask(life, "Line", "dropCalls", &[]))
        {
            failures.push(format!("{}: his calls cannot be dropped: {fault:?}", self.user));
        }
    }

    /// What SAP has forgotten with its own log-off of this agent, or before its last log-on.
    pub(super) fn forget(&mut self, sink: &Sink) {
        self.screen.look(sink);
        let until = if self.logged_on == Some(true) { self.heard } else { self.screen.seen() };
        self.screen.forget(until);
    }

    fn ask(&self, life: &Life<'_>, interface: &str, operation: &str, parameters: Parameters<'_>) -> Result<Outcome, Dead> {
        life.ask(&self.user, interface, operation, parameters)
    }

    fn step(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<(), Dead> {
        if self.logged_on != Some(true) {
            return self.log_on(life);
        }
        match chance.below(60) {
            0 => self.log_off(life),
            1..4 => self.toggle_subscription(life, chance),
            4..7 => self.create(life),
            7..12 => self.attach_to_new(life, chance),
            12..16 if self.telephones || chance.below(8) == 0 => self.dial(life, chance),
            16 | 17 => self.set_mode(life, if chance.below(4) == 0 { "3" } else { "2" }),
            18..28 => {
                let came = self.customers.step(life, chance)?;
                self.live_data.extend(came.map(|item| (item, Possible::default())));
                Ok(())
            }
            28..46 => self.read_and_write(life, chance),
            _ => self.handle_a_call(life, chance),
        }
    }

    fn set_mode(&self, life: &Life<'_>, mode: &str) -> Result<(), Dead> {
        self.ask(life, "User", "setCurrentWorkmode", &[("userId", self.user.as_str().into()), ("workmode", mode.into())])?
            .expect("a workmode can be set");
        Ok(())
    }

    /// As SAP does it; what an earlier log-on has left behind ends with `getAttributes`.
    fn log_on(&mut self, life: &Life<'_>) -> Result<(), Dead> {
        self.logged_on = None;
        self.subscribed.values_mut().for_each(|certain| *certain = false);
        let attributes = self.ask(life, "User", "getAttributes", &[("userId", self.user.as_str().into())])?.expect("getAttributes logs on");
        self.subscribed.clear();
        self.screen.look(life.sink);
        self.heard = self.screen.seen();
        self.screen.forget(self.heard);
        self.subscribe(life, "CRM")?;
        let containers = leaves_of(&attributes, "containers", "id").zip(leaves_of(&attributes, "containers", "type"));
        let folder = containers.into_iter().find(|(_, kind)| *kind == "folder").map(|(id, _)| id.to_owned());
        let folder = folder.unwrap_or_else(|| panic!("he has a folder: {attributes:?}"));
        for container in [self.extension.clone(), folder] {
            let container = [("containerId", container.into()), ("appUrl", self.url.as_str().into()), ("appId", "CRM".into())];
            self.ask(life, "Container", "subscribe", &container)?.expect("his containers can be subscribed to");
        }
        self.set_mode(life, "2")?;
        self.logged_on = Some(true);
        Ok(())
    }

    fn log_off(&mut self, life: &Life<'_>) -> Result<(), Dead> {
        self.logged_on = None;
        self.subscribed.values_mut().for_each(|certain| *certain = false);
        self.set_mode(life, "1")?;
        self.logged_on = Some(false);
        self.subscribed.clear();
        self.created.clear();
        Ok(())
    }

    fn subscribe(&mut self, life: &Life<'_>, app: &str) -> Result<(), Dead> {
        self.subscribed.insert(app.to_owned(), false);
        self.ask(life, "User", "subscribe", &self.subscription(app))?.expect("an agent can be subscribed to");
        self.subscribed.insert(app.to_owned(), true);
        Ok(())
    }

    fn subscription(&self, app: &str) -> [(&'static str, crate::soap::Value); 3] {
        [("userId", self.user.as_str().into()), ("appUrl", self.url.as_str().into()), ("appId", app.into())]
    }

    fn toggle_subscription(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<(), Dead> {
        let app = format!("APP{}", chance.below(3));
        if !self.subscribed.contains_key(&app) {
            return self.subscribe(life, &app);
        }
        self.subscribed.insert(app.clone(), false);
        self.ask(life, "User", "unsubscribe", &self.subscription(&app))?.expect("a subscription can be ended");
        self.subscribed.remove(&app);
        Ok(())
    }

    fn create(&mut self, life: &Life<'_>) -> Result<(), Dead> {
        if self.created.len() < CREATED {
            let item = self.ask(life, "Item", "create", &[])?.expect("items can be created").answer().to_owned();
            self.created.insert(item, Possible::default());
        }
        Ok(())
    }

    fn attach_to_new(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<(), Dead> {
        let Some(item) = chance.pick(self.created.keys()).cloned() else { return Ok(()) };
        let data = self.new_data();
        self.created.entry(item.clone()).or_default().perhaps.push(data.clone());
        self.ask(life, "Item", "setAttachedData", &[("itemId", (&item).into()), ("attachedData", (&data).into())])?
            .expect("an item takes data");
        self.created.insert(item, Possible::certain(data));
        Ok(())
    }

    fn dial(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<(), Dead> {
        let Some(item) = chance.pick(self.created.keys()).cloned() else { return Ok(()) };
        // Until it is answered it may be the one or the other; whichever, its data goes with it.
        let data = self.created.remove(&item).unwrap_or_default();
        self.live_data.insert(item.clone(), data.clone());
        let parameters = [("itemId", item.as_str().into()), ("destination", self.colleague.as_str().into())];
        if self.ask(life, "PhoneCall", "dial", &parameters)?.is_err() {
            self.live_data.remove(&item);
            self.created.insert(item, data);
        }
        Ok(())
    }

    fn handle_a_call(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<(), Dead> {
        let calls = self.ask(life, "Line", "getCalls", &[])?.expect("calls can be asked for");
        let items: Vec<String> = calls.all("itemId").map(str::to_owned).collect();
        let states: Vec<String> = calls.all("processingStatus.id").map(str::to_owned).collect();
        let Some(at) = chance.pick(0..items.len()) else { return Ok(()) };
        let (item, state) = (items[at].as_str(), states.get(at).map(String::as_str).unwrap_or_default());
        let named = [("itemId", item.into())];
        // What a call can do changes while it is asked: a refusal is an answer, too.
        match (state, chance.below(6)) {
            (status::ALERTING, 0) => self.ask(life, "Item", "reroute", &named).map(drop),
            (status::ALERTING, _) => self.ask(life, "Item", "accept", &named).map(drop),
            (status::CONNECTED, 0) => self.ask(life, "PhoneCall", "hold", &named).map(drop),
            (status::CONNECTED | status::HELD, 1..5) => self.attach(life, item),
            (status::HELD, 0) => self.ask(life, "PhoneCall", "unhold", &named).map(drop),
            (_, 5) => self.ask(life, "PhoneCall", "drop", &named).map(drop),
            _ => Ok(()),
        }
    }

    /// Works on a chat or an action item that his screen shows.
    fn read_and_write(&mut self, life: &Life<'_>, chance: &mut Chance) -> Result<(), Dead> {
        self.screen.look(life.sink);
        let shown: Vec<_> = self.screen.alive().filter(|(_, shown)| shown.channel != Channel::Call).collect();
        let Some((item, shown)) = chance.pick(shown) else { return Ok(()) };
        let (item, channel, state) = (item.clone(), shown.channel, shown.status.clone());
        let named = [("itemId", (&item).into())];
        match (channel, state.as_str(), chance.below(8)) {
            (_, status::ALERTING, 0) => self.ask(life, "Item", "reroute", &named).map(drop),
            (_, status::ALERTING, _) => self.ask(life, "Item", "accept", &named).map(drop),
            (_, _, 0..3) => self.attach(life, &item),
            (Channel::Chat, _, 3..6) => self.post(life, &item),
            (Channel::Chat, _, 6) => self.hand_on(life, "Chat", "chatSessionId", &item),
            (Channel::Chat, ..) => self.ask(life, "Chat", "leave", &[("chatSessionId", item.into())]).map(drop),
            (_, _, 3) => self.hand_on(life, "ActionItem", "itemId", &item),
            (_, _, 4 | 5) => self.ask(life, "ActionItem", "end", &named).map(drop),
            _ => Ok(()),
        }
    }

    fn hand_on(&self, life: &Life<'_>, interface: &str, name: &str, item: &str) -> Result<(), Dead> {
        self.ask(life, interface, "transfer", &[(name, item.into()), ("destination", (&self.colleague).into())]).map(drop)
    }

    fn post(&mut self, life: &Life<'_>, chat: &str) -> Result<(), Dead> {
        let number = self.written.get(chat).copied().unwrap_or_default() + 1;
        let text = format!("{}/{number}", self.user);
        let posted = self.ask(life, "Chat", "post", &[("chatSessionId", chat.into()), ("contentText", text.into())])?;
        if posted.is_ok() {
            self.written.insert(chat.to_owned(), number);
        }
        Ok(())
    }

    fn attach(&mut self, life: &Life<'_>, item: &str) -> Result<(), Dead> {
        let data = self.new_data();
        let Some(kept) = self.live_data.get_mut(item) else { return Ok(()) };
        kept.perhaps.push(data.clone());
        let answer = self.ask(life, "Item", "setAttachedData", &[("itemId", item.into()), ("attachedData", data.as_str().into())])?;
        if let Some(kept) = self.live_data.get_mut(item) {
            *kept = match answer {
                Ok(_) => Possible::certain(data),
                // A switch that did not answer in time may do it all the same.
                Err(fault) if fault.text.contains("may still be carried out") => kept.clone(),
                Err(_) => Possible { perhaps: kept.perhaps.iter().filter(|perhaps| **perhaps != data).cloned().collect(), ..kept.clone() },
            };
        }
        Ok(())
    }

    fn new_data(&mut self) -> String {
        self.numbers += 1;
        format!("<data of=\"{}\" n=\"{}\"/>", self.user, self.numbers)
    }

    /// After a start: is everything there that was acknowledged?
    pub(super) fn check(&mut self, life: &Life<'_>, checked: &mut Checked, failures: &mut Vec<String>) {
        let user = self.user.clone();
        let mut fail = |text: String| failures.push(format!("{user}: {text}"));
        let calls = alive(self.ask(life, "Line", "getCalls", &[]));
        match (self.logged_on, &calls) {
            (Some(true), Ok(_)) => checked.sessions += 1,
            (Some(true), Err(fault)) => fail(format!("the session is lost: {fault:?}")),
            (Some(false), Ok(_)) => fail("he was logged off and is there again".into()),
            _ => {}
        }
        if self.logged_on != Some(true) {
            // Whatever came of it: the next life logs him on, and that ends what is left of this one.
            self.created.clear();
            return;
        }
        for (item, kept) in &mut self.created {
            match alive(life.ask(&user, "Item", "getAttachedData", &[("itemId", item.into())])) {
                Ok(data) if kept.may_be(data.answer()) => {
                    checked.data += 1;
                    *kept = Possible::certain(data.answer().to_owned());
                }
                Ok(data) => fail(format!("item {item} has the data {:?} instead of {kept:?}", data.answer())),
                Err(fault) => fail(format!("item {item} is lost: {fault:?}")),
            }
        }
        let apps = self.hear_of_a_change(life);
        for (app, certain) in std::mem::take(&mut self.subscribed) {
            let is_told = apps.contains(&app);
            match (certain, is_told) {
                (true, true) => checked.subscriptions += 1,
                (true, false) => fail(format!("the subscription of {app} is lost: {apps:?} are told")),
                (false, _) => {}
            }
            if is_told {
                self.subscribed.insert(app, true);
            }
        }
    }

    /// Makes a change that every subscription must be told of; who was told.
    fn hear_of_a_change(&mut self, life: &Life<'_>) -> Vec<String> {
        // Ready first: who is away already is told nothing when he goes away.
        alive(self.set_mode(life, "2"));
        self.screen.look(life.sink);
        let before = self.screen.seen();
        alive(self.set_mode(life, "3"));
        let deadline = Instant::now() + PATIENCE;
        while self.screen.apps_after(before).is_none() && Instant::now() < deadline {
            thread::sleep(LOOK_AGAIN);
            self.screen.look(life.sink);
        }
        alive(self.set_mode(life, "2"));
        self.screen.apps_after(before).into_iter().flatten().cloned().collect()
    }

    /// What SAP has sent can be sent again and taken back: at once where the switch has died, else when it was taken back by the id that the
    /// process before was told.
    pub(super) fn check_action_items(&mut self, life: &Life<'_>, outlived: bool, checked: &mut Checked, failures: &mut Vec<String>) {
        for id in &self.customers.sent() {
            let before = if outlived { self.take_back(life, id) } else { Ok(()) };
            if let Err(fault) = before {
                failures.push(format!("{}: the action item {id} of before cannot be taken back: {fault:?}", self.user));
            }
            match alive(self.customers.send_again(life, id)) {
                Ok(_) => checked.sent_again += 1,
                Err(fault) => failures.push(format!("{}: the action item {id} cannot be sent again: {fault}", self.user)),
            }
            if let Err(fault) = self.take_back(life, id) {
                failures.push(format!("{}: the action item {id} cannot be taken back: {fault:?}", self.user));
            }
        }
    }

    fn take_back(&self, life: &Life<'_>, id: &str) -> Result<(), Fault> {
        alive(self.ask(life, "ActionItem", "cancel", &[("actionItemId", id.into())])).map(drop)
    }
}

/// Nobody kills the process in which it is looked at what the one before has left behind.
fn alive<T>(outcome: Result<T, Dead>) -> T {
    outcome.unwrap_or_else(|Dead| panic!("the service does not answer"))
}

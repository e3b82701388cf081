//! An agent as one session knows him: status, items, what SAP set; how each thing that the switch says changes him; how SAP sees him.
//!
//! At most [`Rules::interactions`] items are shown to SAP at one time (guide, "Limitations"). The next one stays on the switch, silent,
//! until one that is shown ends. A call that SAP dials has its place from the moment in which it is asked for; the agent's own consultation
//! is shown beyond the limit: he has just asked for it.

#[cfg(test)]
mod tests;
mod view;

pub use view::inbox_owner;

use super::{
    ActionItemView, Address, AgentProfile, AgentStatus, Author, CallView, Capability, ChannelId, ChatView, Connection, Content, Direction,
    EndCause, Event, Interaction, InteractionId, InteractionKind, InteractionState, Item, ItemId, Medium, MessageView, PostingView,
    QueueId, Rules, SwitchEvent, TextElement, WorkmodeId,
    action_item::action_item_view,
    capability::capabilities,
    chat::{agent_address, chat_view, posting_view},
    item::{call_view, message_view},
};
use std::sync::Arc;

/// One agent.
#[derive(Clone, Debug)]
pub struct Agent {
    /// What the switch knows of him.
    pub profile: AgentProfile,
    /// His status on the switch.
    pub status: AgentStatus,
    /// The connection to the switch.
    pub connection: Connection,
    /// The workmode SAP chose last; tells apart two workmodes with one status.
    pub chosen: Option<WorkmodeId>,
    /// Channels SAP registered him for; `None`: all he may use.
    pub channels: Option<Vec<ChannelId>>,
    /// Queues SAP set; without effect.
    pub queues: Vec<QueueId>,
    /// Addresses SAP set; they take the place of ours channel by channel.
    pub addresses: Vec<Address>,
    /// In the order in which they came.
    items: Vec<Item>,
    /// Calls that were asked for and are not yet answered.
    placing: usize,
    /// Some of these an earlier process has asked for: the next snapshot is all the answer that there will be.
    asked_before: bool,
    /// Items that were dialled with and whose answer never came: the request may reach the switch later.
    given_up: Vec<ItemId>,
    /// Outbound calls that the switch told of while it owes an answer: one of them may become an item that SAP created.
    unclaimed: Vec<Interaction>,
}

/// What a switch event, an answer or a new rule changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The agent himself.
    User,
    /// The agent has an interaction, shown or not.
    Came(ItemId, InteractionId),
    /// A shown item began or changed, or what can be done with it did.
    Item(ItemId),
    /// Somebody has written into a shown chat.
    Posted(Box<PostingView>),
    /// An item is gone; the interaction with its last state if SAP has seen it.
    Went(ItemId, Option<Box<Interaction>>),
}

/// Items that SAP created and never dialled, at most; the oldest is forgotten.
const UNUSED_ITEMS: usize = 32;

impl Agent {
    /// An agent of whom nothing is known yet; the switch's snapshot follows.
    pub fn new(profile: AgentProfile) -> Self {
        Self {
            profile,
            status: AgentStatus { name: Arc::default(), text: Arc::default(), do_not_disturb: true, since: 0 },
            connection: Connection::Up,
            chosen: None,
            channels: None,
            queues: Vec::new(),
            addresses: Vec::new(),
            items: Vec::new(),
            placing: 0,
            asked_before: false,
            given_up: Vec::new(),
            unclaimed: Vec::new(),
        }
    }

    /// An agent whom an earlier process has left behind, with his items and whether SAP was told of them, and what changed since: ends that
    /// were on their way. The switch's snapshot follows: it ends what is not there any more, and SAP hears of the rest anew.
    pub fn left_behind(
        profile: AgentProfile,
        items: impl IntoIterator<Item = (ItemId, Content, bool)>,
        rules: &Rules,
    ) -> (Self, Vec<Change>) {
        let (mut agent, mut changes) = (Self::new(profile), Vec::new());
        for (id, content, shown) in items {
            // Of what was written, all is told anew: what SAP has acknowledged is known elsewhere.
            let item = Item { id, content, shown: shown.then(Vec::new), touched: true, told: 0 };
            if item.interaction().is_some_and(Interaction::has_ended) {
                changes.extend(agent.over(item, rules));
            } else {
                agent.placing += usize::from(matches!(item.content, Content::Placing { .. }));
                agent.items.push(item);
            }
        }
        agent.asked_before = agent.placing > 0;
        (agent, changes)
    }

    /// Takes in what the switch says. [`SwitchEvent::LoggedOff`] changes nothing here: the session ends.
    pub fn apply(&mut self, event: SwitchEvent, rules: &Rules) -> Vec<Change> {
        let mut changes = Vec::new();
        match event {
            SwitchEvent::Snapshot { status, interactions } => {
                self.connection = Connection::Up;
                self.status = status;
                changes.push(Change::User);
                self.end_all_but(&interactions, rules, &mut changes);
                for interaction in interactions {
                    self.take(interaction, rules, &mut changes);
                }
                self.give_up_placing(rules, &mut changes);
            }
            SwitchEvent::Interaction(interaction) => self.take(interaction, rules, &mut changes),
            SwitchEvent::Status(status) => {
                if self.status != status {
                    self.status = status;
                    changes.push(Change::User);
                }
            }
            SwitchEvent::Connection(connection) => {
                if self.connection != connection {
                    self.connection = connection;
                    changes.push(Change::User);
                }
            }
            SwitchEvent::LoggedOff => {}
        }
        self.show(rules, &mut changes);
        changes
    }

    /// The switch has them no more, or we have the switch no more.
    pub fn lose_calls(&mut self, rules: &Rules) -> Vec<Change> {
        let mut changes = Vec::new();
        self.end_all_but(&[], rules, &mut changes);
        self.show(rules, &mut changes);
        changes
    }

    /// The rules have changed: what is shown now, and every shown call anew.
    pub fn reconsider(&mut self, rules: &Rules) -> Vec<Change> {
        let mut changes = vec![Change::User];
        for item in &mut self.items {
            if item.interaction().is_some_and(|found| !rules.is_shown(found)) {
                item.shown = None;
            }
            item.touched = true;
        }
        self.show(rules, &mut changes);
        changes
    }

    // Items that SAP creates

    /// A new item for an outbound call. The id must be new to the whole site. Gives back the item that is forgotten for it, if any.
    pub fn create(&mut self, id: ItemId) -> Option<ItemId> {
        let unused = |item: &Item| matches!(item.content, Content::New { .. });
        let forgotten = (self.items.iter().filter(|item| unused(item)).count() >= UNUSED_ITEMS)
            .then(|| self.items.iter().position(unused))
            .flatten()
            .map(|oldest| self.items.remove(oldest).id);
        self.items.push(Item { id, content: Content::New { attached_data: None }, shown: None, touched: false, told: 0 });
        forgotten
    }

    /// Attached data of an item that was not dialled yet.
    pub fn keep(&mut self, id: &ItemId, data: Option<Arc<str>>) {
        if let Some(Item { content: Content::New { attached_data }, .. }) = self.items.iter_mut().find(|item| item.id == *id) {
            *attached_data = data;
        }
    }

    /// The switch is asked for a call that will be this item: until it has answered, calls that it tells of wait.
    pub fn place(&mut self, id: Option<&ItemId>) {
        self.placing += 1;
        if let Some(item) = self.items.iter_mut().find(|item| Some(&item.id) == id)
            && let Content::New { attached_data } = &mut item.content
        {
            item.content = Content::Placing { attached_data: attached_data.take() };
        }
    }

    /// The switch has answered [`Self::place`] with this interaction: which item it is, and what changed.
    pub fn placed(&mut self, id: Option<ItemId>, answered: Interaction, rules: &Rules) -> (ItemId, Vec<Change>) {
        self.placing = self.placing.saturating_sub(1);
        let mut changes = Vec::new();
        // What the switch has told since is newer than its answer.
        let waiting = self.unclaimed.iter().position(|call| call.id == answered.id);
        let interaction = waiting.map_or(answered, |at| self.unclaimed.remove(at));
        let item = match (self.item_of(&interaction.id), id) {
            (Some(known), created) => {
                if let Some(created) = created {
                    self.items.retain(|item| item.id != created);
                    changes.push(Change::Went(created, None));
                }
                known
            }
            (None, Some(created)) => {
                self.become_call(&created, interaction, &mut changes);
                self.take_place(&created, rules);
                created
            }
            (None, None) => {
                let item = ItemId::new(interaction.id.as_str());
                self.adopt(interaction, &mut changes);
                self.take_place(&item, rules);
                item
            }
        };
        self.release(&mut changes);
        self.show(rules, &mut changes);
        (item, changes)
    }

    /// The switch has refused [`Self::place`], or it is not certain what it did: SAP may try the item again.
    pub fn not_placed(&mut self, id: Option<&ItemId>, certain: bool, rules: &Rules) -> Vec<Change> {
        self.placing = self.placing.saturating_sub(1);
        let mut changes = Vec::new();
        if let Some(at) = self.items.iter().position(|item| Some(&item.id) == id) {
            let data = self.items[at].attached_data();
            let its_data = |call: &Interaction| !data.is_empty() && call.attached_data.as_deref() == Some(&*data);
            // The only call that came in the meantime is the one.
            let only = (self.placing == 0 && self.unclaimed.len() == 1 && may_be_for(&self.unclaimed[0], &data)).then_some(0);
            let found = self.unclaimed.iter().position(its_data).or(only);
            if let Some(found) = found.filter(|_| !certain) {
                let interaction = self.unclaimed.remove(found);
                let created = self.items[at].id.clone();
                self.become_call(&created, interaction, &mut changes);
                self.take_place(&created, rules);
            } else if let Content::Placing { attached_data } = &mut self.items[at].content {
                self.items[at].content = Content::New { attached_data: attached_data.take() };
                if !certain {
                    self.give_up(at);
                }
            }
        }
        self.release(&mut changes);
        self.show(rules, &mut changes);
        changes
    }

    /// Chats that he has accepted, each with the moment in which something was written last, seconds since 1970 UTC.
    pub fn open_chats(&self) -> impl Iterator<Item = (&InteractionId, i64)> {
        let open = |found: &&Interaction| {
            found.medium() == Medium::Chat && matches!(found.state, InteractionState::Connected | InteractionState::Held)
        };
        self.live().filter(open).map(|found| {
            let written = found.chat.as_ref().and_then(|chat| chat.postings.last()).map_or(0, |posting| posting.at);
            (&found.id, written.max(found.since))
        })
    }

    // What is known

    /// An item of his, seen by SAP or not. SAP may call an action item by its own id of it.
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        let by_action = |item: &&Item| item.interaction().and_then(Interaction::action_item).is_some_and(|own| own.as_str() == id.as_str());
        self.items.iter().find(|item| item.id == *id).or_else(|| self.items.iter().find(by_action))
    }

    /// The item of an interaction.
    pub fn item_of(&self, id: &InteractionId) -> Option<ItemId> {
        self.items.iter().find(|item| item.interaction().is_some_and(|call| call.id == *id)).map(|item| item.id.clone())
    }

    /// All items: for who ends the session.
    pub fn item_ids(&self) -> impl Iterator<Item = &ItemId> {
        self.items.iter().map(|item| &item.id)
    }

    /// Interactions in his queue.
    pub fn live(&self) -> impl Iterator<Item = &Interaction> + Clone {
        self.items.iter().filter_map(Item::interaction)
    }

    /// How many of the places that SAP shows are taken: by items that it sees, and by calls that it has asked for and does not see yet.
    pub fn places_taken(&self) -> usize {
        self.items.iter().filter(|item| item.shown.is_some()).count() + self.placing
    }

    /// The items that SAP sees, oldest first.
    pub fn shown_ids(&self) -> Vec<ItemId> {
        self.items.iter().filter(|item| item.shown.is_some()).map(|item| item.id.clone()).collect()
    }

    /// The calls SAP sees, oldest first.
    pub fn calls(&self, rules: &Rules) -> Vec<CallView> {
        self.items.iter().filter(|item| item.shown.is_some()).filter_map(|item| self.call_view(item, rules)).collect()
    }

    /// What SAP sees of this medium, oldest first: to be told anew to whoever asks from now on.
    pub fn events_of(&self, medium: Medium, rules: &Rules) -> Vec<Event> {
        let shown = self.items.iter().filter(|item| item.shown.is_some());
        let of_medium = shown.filter_map(|item| item.interaction().filter(|found| found.medium() == medium).map(|found| (item, found)));
        let event = |(item, found): (&Item, &Interaction)| {
            let written = (medium == Medium::Chat).then(|| self.postings(&item.id, found, rules)).into_iter().flatten();
            let written: Vec<_> = written.map(|posting| Event::ChatPosted(Box::new(posting))).collect();
            [self.event_of(&item.id, found, self.can(item, found), rules)].into_iter().chain(written)
        };
        of_medium.flat_map(event).collect()
    }

    /// One of his calls as SAP sees it; `None` for an item without a call.
    pub fn call_view(&self, item: &Item, rules: &Rules) -> Option<CallView> {
        let call = item.interaction().filter(|found| found.medium() == Medium::Call)?;
        Some(call_view(&item.id, call, self.can(item, call), self.line(), |id| self.item_of(id), rules))
    }

    /// One of his chats as SAP sees it.
    pub fn chat_view(&self, item: &Item, chat: &Interaction, rules: &Rules) -> ChatView {
        chat_view(&item.id, chat, self.can(item, chat), self.folder(), &self.profile, rules)
    }

    /// What was written in one of his chats, as far as SAP is told of it.
    pub fn postings(&self, item: &ItemId, chat: &Interaction, rules: &Rules) -> impl Iterator<Item = PostingView> {
        let all = chat.chat.iter().flat_map(|written| &written.postings);
        all.map(|posting| posting_view(item, chat, posting, &self.profile, rules))
    }

    /// One of his action items as SAP sees it.
    pub fn action_item_view(&self, item: &Item, found: &Interaction, rules: &Rules) -> ActionItemView {
        action_item_view(&item.id, found, self.can(item, found), self.folder(), self.as_participant(rules))
    }

    /// E-mails in his inbox.
    pub fn messages(&self) -> Vec<MessageView> {
        let mails = self.items.iter().filter_map(|item| item.interaction().map(|mail| (&item.id, mail)));
        mails.filter(|(_, mail)| mail.kind == InteractionKind::Email).map(|(id, mail)| message_view(id, mail, self.folder())).collect()
    }

    /// What SAP is told of a change of his items; `None` where there is nothing to tell.
    pub fn event(&self, change: &Change, rules: &Rules) -> Option<Event> {
        match change {
            Change::Item(id) => {
                let item = self.item(id)?;
                let found = item.interaction()?;
                Some(self.event_of(id, found, self.can(item, found), rules))
            }
            Change::Posted(posting) => Some(Event::ChatPosted(posting.clone())),
            Change::Went(id, Some(found)) => Some(self.event_of(id, found, Vec::new(), rules)),
            Change::User | Change::Came(..) | Change::Went(_, None) => None,
        }
    }

    /// What a change is about; `None`: not about anything that SAP sees in a container.
    pub fn medium(&self, change: &Change) -> Option<Medium> {
        match change {
            Change::Item(id) => Some(self.item(id)?.interaction()?.medium()),
            Change::Posted(_) => Some(Medium::Chat),
            Change::Went(_, Some(found)) => Some(found.medium()),
            Change::User | Change::Came(..) | Change::Went(_, None) => None,
        }
    }

    /// The complete event about an interaction.
    fn event_of(&self, id: &ItemId, found: &Interaction, can: Vec<Capability>, rules: &Rules) -> Event {
        match found.medium() {
            Medium::Call => Event::PhoneCallChanged(Box::new(call_view(id, found, can, self.line(), |id| self.item_of(id), rules))),
            Medium::Chat => Event::ChatChanged(Box::new(chat_view(id, found, can, self.folder(), &self.profile, rules))),
            Medium::ActionItem => {
                let agent = self.as_participant(rules);
                Event::ActionItemChanged(Box::new(action_item_view(id, found, can, self.folder(), agent)))
            }
        }
    }

    /// What can be done with an item: as SAP was told last.
    fn can(&self, item: &Item, found: &Interaction) -> Vec<Capability> {
        item.shown.clone().unwrap_or_else(|| capabilities(found, &self.others(&found.id)))
    }

    fn as_participant(&self, rules: &Rules) -> TextElement {
        TextElement::new(agent_address(&self.profile, rules), self.profile.name())
    }

    // Inside

    fn others(&self, id: &InteractionId) -> impl Iterator<Item = &Interaction> + Clone {
        self.live().filter(move |call| call.id != *id)
    }

    /// One interaction's new state.
    fn take(&mut self, new: Interaction, rules: &Rules, changes: &mut Vec<Change>) {
        if let Some(at) = self.items.iter().position(|item| item.interaction().is_some_and(|call| call.id == new.id)) {
            let item = &mut self.items[at];
            if new.has_ended() {
                let mut item = self.items.remove(at);
                item.content = Content::Live(Box::new(new));
                changes.extend(self.over(item, rules));
            } else if let Content::Live(old) = &mut item.content {
                item.touched |= differs(old, &new, rules);
                **old = new;
            }
        } else if let Some(waiting) = self.unclaimed.iter_mut().find(|call| call.id == new.id) {
            *waiting = new;
        } else if self.placing > 0 && new.direction == Direction::Outbound {
            // Even one that has ended: a merged feed may tell nothing but the end of a call whose answer is still to come.
            self.unclaimed.push(new);
        } else if let Some(id) = self.late_for(&new) {
            self.become_call(&id, new, changes);
        } else if new.has_ended() {
            // It began and ended unseen.
        } else {
            self.adopt(new, changes);
        }
    }

    /// What SAP is told of an item that is gone: what was written last, and its end.
    fn over(&self, item: Item, rules: &Rules) -> Vec<Change> {
        let Item { id, content: Content::Live(last), shown: Some(_), .. } = &item else { return vec![Change::Went(item.id, None)] };
        let written = untold(&item, last, &self.profile, rules).map(Change::Posted);
        written.chain([Change::Went(id.clone(), Some(last.clone()))]).collect()
    }

    fn end_all_but(&mut self, there: &[Interaction], rules: &Rules, changes: &mut Vec<Change>) {
        let known = self.live().chain(&self.unclaimed);
        let vanished: Vec<_> = known.filter(|known| !there.iter().any(|call| call.id == known.id)).cloned().collect();
        for call in vanished {
            self.take(Interaction { state: InteractionState::Ended(EndCause::RemoteDisconnect), ..call }, rules, changes);
        }
    }

    /// An interaction that is nobody's item becomes one under its own id.
    fn adopt(&mut self, interaction: Interaction, changes: &mut Vec<Change>) {
        let id = ItemId::new(interaction.id.as_str());
        self.items.push(Item { id: id.clone(), content: Content::New { attached_data: None }, shown: None, touched: false, told: 0 });
        self.become_call(&id, interaction, changes);
    }

    fn become_call(&mut self, id: &ItemId, interaction: Interaction, changes: &mut Vec<Change>) {
        let Some(at) = self.items.iter().position(|item| item.id == *id) else { return };
        changes.push(Change::Came(id.clone(), interaction.id.clone()));
        if interaction.has_ended() {
            // It failed before the switch had answered: SAP learns of the end of the item that it knows.
            self.items.remove(at);
            changes.push(Change::Went(id.clone(), Some(Box::new(interaction))));
            return;
        }
        // An item counts from when its call came.
        let mut item = self.items.remove(at);
        item.content = Content::Live(Box::new(interaction));
        item.touched = true;
        self.items.push(item);
    }

    /// A call that was asked for has its place before whatever has waited for one longer.
    fn take_place(&mut self, id: &ItemId, rules: &Rules) {
        let asked_for = |item: &&mut Item| item.id == *id && item.interaction().is_some_and(|call| rules.is_shown(call));
        if let Some(item) = self.items.iter_mut().find(asked_for) {
            item.shown.get_or_insert_default();
        }
    }

    /// After the snapshot: nobody will answer any more what an earlier process has asked the switch. An outbound call that is there and is
    /// nobody's item is the one that was asked for: told apart by its data, else, without any, in the order in which they were asked for.
    /// Better one that somebody has dialled by hand than that SAP dials a second time.
    fn give_up_placing(&mut self, rules: &Rules, changes: &mut Vec<Change>) {
        if !std::mem::take(&mut self.asked_before) {
            return;
        }
        let asked = self.items.iter().filter(|item| matches!(item.content, Content::Placing { .. }));
        let mut asked: Vec<(ItemId, Arc<str>)> = asked.map(|item| (item.id.clone(), item.attached_data())).collect();
        // Who has data looks first: whoever has none takes what is left.
        asked.sort_by_key(|(_, data)| data.is_empty());
        for (id, data) in asked {
            let same = |call: &&Interaction| call.attached_data.as_deref().unwrap_or_default() == &*data;
            let calls = || self.unclaimed.iter();
            let found = calls().find(same).or_else(|| calls().find(|call| may_be_for(call, &data))).cloned();
            changes.extend(match found {
                Some(call) => self.placed(Some(id), call, rules).1,
                None => self.not_placed(Some(&id), false, rules),
            });
        }
    }

    /// Nobody knows what became of the call of this item: it may still come.
    fn give_up(&mut self, at: usize) {
        let still_there = |id: &ItemId| self.items.iter().any(|item| item.id == *id);
        self.given_up.retain(|id| still_there(id) && *id != self.items[at].id);
        self.given_up.push(self.items[at].id.clone());
    }

    /// The item that a call was dialled for whose answer never came, and that was given up: its data is nobody else's. SAP may have dialled with
    /// the item again by then.
    fn late_for(&mut self, call: &Interaction) -> Option<ItemId> {
        let data = call.attached_data.as_deref().filter(|data| call.direction == Direction::Outbound && !data.is_empty())?;
        let is_it = |item: &&Item| matches!(item.content, Content::New { .. }) && &*item.attached_data() == data;
        let at = self.given_up.iter().position(|id| self.items.iter().filter(is_it).any(|item| item.id == *id))?;
        Some(self.given_up.swap_remove(at))
    }

    /// Nobody can claim what still waits once no answer is owed.
    fn release(&mut self, changes: &mut Vec<Change>) {
        if self.placing == 0 {
            for interaction in std::mem::take(&mut self.unclaimed) {
                if let Some(id) = self.late_for(&interaction) {
                    self.become_call(&id, interaction, changes);
                } else if !interaction.has_ended() {
                    self.adopt(interaction, changes);
                }
            }
        }
    }

    /// Shows what may be shown, and finds out what SAP must be told of it.
    fn show(&mut self, rules: &Rules, changes: &mut Vec<Change>) {
        let mut taken = self.places_taken();
        for at in 0..self.items.len() {
            let item = &self.items[at];
            let Some(call) = item.interaction() else { continue };
            if item.shown.is_none() {
                let own_consultation = call.consultation_for.is_some() && call.direction == Direction::Outbound;
                if !rules.is_shown(call) || (taken >= rules.interactions && !own_consultation) {
                    continue;
                }
                taken += 1;
            }
            let can = capabilities(call, &self.others(&call.id));
            let written: Vec<_> = untold(item, call, &self.profile, rules).collect();
            let last = call.chat.as_ref().map_or(0, |chat| chat.last());
            let item = &mut self.items[at];
            if item.touched || item.shown.as_ref() != Some(&can) {
                changes.push(Change::Item(item.id.clone()));
            }
            item.shown = Some(can);
            item.touched = false;
            item.told = last.max(item.told);
            changes.extend(written.into_iter().map(Change::Posted));
        }
    }
}

/// May a call be the one that was dialled with this data? A call that carries other data was dialled for another item.
fn may_be_for(call: &Interaction, data: &str) -> bool {
    data.is_empty() || call.attached_data.as_deref().is_none_or(|carried| carried.is_empty() || carried == data)
}

/// What was written since SAP was told last.
fn untold(item: &Item, chat: &Interaction, agent: &AgentProfile, rules: &Rules) -> impl Iterator<Item = Box<PostingView>> {
    let told = item.told;
    let new = chat.chat.iter().flat_map(move |written| written.after(told));
    let wanted = new.filter(|posting| rules.own_postings || !matches!(&posting.author, Author::Agent(user) if *user == agent.user));
    wanted.map(|posting| Box::new(posting_view(&item.id, chat, posting, agent, rules)))
}

/// Has anything changed that SAP sees of an interaction itself? What was written in it is told of by itself.
fn differs(old: &mut Interaction, new: &Interaction, rules: &Rules) -> bool {
    let typing = |chat: &Interaction| chat.chat.as_ref().map(|chat| chat.typing.clone()).unwrap_or_default();
    let typing_differs = rules.typing && typing(old) != typing(new);
    old.chat.clone_from(&new.chat);
    typing_differs || old != new
}

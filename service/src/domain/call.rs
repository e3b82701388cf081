//! What each command on an item, a line or a folder means in the state the agent is in: a request to the switch, an answer from what is
//! known, or a refusal (guide, appendix A; ici-wire §2.3–2.10). Accepting, rejecting, ending and transferring is the same for every channel.

#[cfg(test)]
mod tests;

use super::{
    AfterReject, Agent, Command, Content, Destination, Interaction, InteractionState, Item, ItemId, Listened, Medium, Refusal, Reply,
    Rules, SwitchRequest,
    capability::{ACTIVE, CONNECTED, HELD, is_conference, partner},
    item::{names_agent, names_party},
};
use shared::rules::phone_number;
use std::sync::Arc;

/// What a command comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Answered from what is known.
    Answer(Reply),
    /// Ask the switch; answer this when it has accepted.
    Ask(SwitchRequest, Reply),
    /// Ask the switch for all of these, in order; `Done` when it has accepted.
    AskAll(Vec<SwitchRequest>),
    /// Ask the switch for a new call that becomes this item, or one of its own.
    Place(SwitchRequest, Option<ItemId>),
    /// Ask the switch to let a supervisor listen; leaves an audit entry.
    Listen(SwitchRequest),
    /// Attached data of an item that was not dialled yet.
    Keep(ItemId, Option<Arc<str>>),
}

/// Bytes of one posting at most.
const POSTING: usize = 64 * 1024;

/// What a command means for this agent now.
///
/// # Errors
/// The refusal; an item of another agent is unknown here, the caller can tell the two apart.
pub fn decide(agent: &Agent, rules: &Rules, command: &Command) -> Result<Step, Refusal> {
    let desk = Desk { agent, rules };
    match command {
        Command::Accept(item) => desk.accept(item),
        Command::Reroute(item) => desk.reroute(item),
        Command::GetAttachedData(item) => Ok(Step::Answer(Reply::Text(desk.item(item)?.attached_data()))),
        Command::SetAttachedData { item, data } => desk.attach(item, Some(data)),
        Command::DeleteAttachedData(item) => desk.attach(item, None),
        Command::GetCalls { line } => {
            agent.check_line(line.as_ref())?;
            Ok(Step::Answer(Reply::Calls(agent.calls(rules))))
        }
        Command::DropCalls { line } => {
            agent.check_line(line.as_ref())?;
            Ok(Step::AskAll(agent.live().filter(|call| rules.is_call(call.kind)).map(hang_up).collect()))
        }
        Command::Dial { item, destination } => desk.dial(item.as_ref(), destination),
        Command::Drop(item) => desk.drop_call(item),
        Command::Hold(item) => {
            let call = desk.call_in_state(item, CONNECTED, "hold", "a connected call")?;
            Ok(Step::Ask(SwitchRequest::Hold(call.id.clone()), Reply::Done))
        }
        Command::Unhold(item) => {
            let call = desk.call_in_state(item, HELD, "unhold", "a held call")?;
            Ok(Step::Ask(SwitchRequest::Pickup(call.id.clone()), Reply::Done))
        }
        Command::Alternate { item, other } => {
            let (hold, pick_up) = desk.pair(item, other.as_ref(), CONNECTED, "alternate", "one connected and one held call")?;
            Ok(Step::Ask(SwitchRequest::Alternate { hold: hold.id.clone(), pick_up: pick_up.id.clone() }, Reply::Done))
        }
        Command::Reconnect { item, other } => {
            let (drop, pick_up) = desk.pair(item, other.as_ref(), ACTIVE, "reconnect", "one active and one held call")?;
            Ok(Step::Ask(SwitchRequest::Reconnect { drop: drop.id.clone(), pick_up: pick_up.id.clone() }, Reply::Done))
        }
        Command::Conference { item, other } => {
            let (connected, held) = desk.pair(item, other.as_ref(), CONNECTED, "conference", "one held and one connected call")?;
            let handle = agent.item_of(&held.id).unwrap_or_else(|| item.clone());
            let request = SwitchRequest::Conference { held: held.id.clone(), connected: connected.id.clone() };
            Ok(Step::Ask(request, Reply::Item(handle)))
        }
        Command::Consult { item, destination, new_item } => desk.consult(item, destination, new_item.as_ref()),
        Command::Transfer { item, to } => desk.transfer(item, to),
        Command::DropParty { item, party } => desk.drop_party(item, party),
        Command::Listen(what) => desk.listen(what),
        Command::ListenEnd(item) => {
            let call = desk.call_in_state(item, &[InteractionState::Listening], "listenEnd", "a call that is listened to")?;
            Ok(Step::Ask(SwitchRequest::ListenEnd(call.id.clone()), Reply::Done))
        }
        Command::GetPhoneCallAttributes(item) => {
            let found = desk.item(item)?;
            desk.of_medium(item, Medium::Call, "getAttributes", "a call")?;
            let view = agent.call_view(found, rules).ok_or_else(|| wrong_state(found, "getAttributes", "a call"))?;
            Ok(Step::Answer(Reply::Call(Box::new(view))))
        }
        Command::GetChatAttributes(item) => {
            let chat = desk.of_medium(item, Medium::Chat, "getAttributes", "a chat")?;
            Ok(Step::Answer(Reply::Chat(Box::new(agent.chat_view(desk.item(item)?, chat, rules)))))
        }
        Command::GetPostings(item) => {
            let chat = desk.of_medium(item, Medium::Chat, "getPostings", "a chat")?;
            Ok(Step::Answer(Reply::Postings(agent.postings(&desk.item(item)?.id, chat, rules).collect())))
        }
        Command::Post { item, text } => desk.post(item, text),
        Command::SetTyping { item, on } => {
            let chat = desk.chat_in_state(item, "setTyping")?;
            Ok(Step::Ask(SwitchRequest::SetTyping { chat: chat.id.clone(), on: *on }, Reply::Done))
        }
        Command::GetActionItemAttributes(item) => {
            let found = desk.of_medium(item, Medium::ActionItem, "getAttributes", "an action item")?;
            Ok(Step::Answer(Reply::ActionItem(Box::new(agent.action_item_view(desk.item(item)?, found, rules)))))
        }
        Command::GetMessages { folder } => {
            agent.check_folder(folder)?;
            Ok(Step::Answer(Reply::Messages(agent.messages())))
        }
        // The session's own; none of them is about an item.
        Command::ExchangeProductInformation(_)
        | Command::GetWorkcenterCapability
        | Command::GetPresenceQueueInfo { .. }
        | Command::GetUserPresence { .. }
        | Command::CreateCallBack(_)
        | Command::RouteActionItem { .. }
        | Command::CancelActionItem(_)
        | Command::GetWorkcenters { .. }
        | Command::SetWorkcenter(_)
        | Command::SubscribeMonitor(_)
        | Command::UnsubscribeMonitor(_)
        | Command::GetMonitorData
        | Command::GetUserAttributes
        | Command::SubscribeUser(_)
        | Command::UnsubscribeUser(_)
        | Command::SetCurrentWorkmode(_)
        | Command::SetCurrentQueues(_)
        | Command::SetCurrentChannels(_)
        | Command::SetAddresses(_)
        | Command::CreateItem
        | Command::SubscribeContainer { .. }
        | Command::UnsubscribeContainer { .. } => Err(Refusal::NotAvailable("This command on an item")),
    }
}

/// The agent and the rules he works by.
struct Desk<'a> {
    agent: &'a Agent,
    rules: &'a Rules,
}

// === impl Desk ===

impl<'a> Desk<'a> {
    fn accept(&self, item: &ItemId) -> Result<Step, Refusal> {
        let call = self.in_state(item, &[InteractionState::Alerting], "accept", "an alerting interaction")?;
        Ok(Step::Ask(SwitchRequest::Answer(call.id.clone()), Reply::Done))
    }

    /// An ACD item goes back to its queue, and the agent out of its way first; any other to voicemail or away.
    fn reroute(&self, item: &ItemId) -> Result<Step, Refusal> {
        let call = self.in_state(item, &[InteractionState::Alerting], "reroute", "an alerting interaction")?;
        let (status, after) = match call.queue {
            Some(_) => (self.rules.reject_status(), AfterReject::Requeue),
            None if call.medium() == Medium::Call => (None, self.rules.non_acd_reject),
            // Voicemail takes no letters.
            None => (None, AfterReject::Disconnect),
        };
        Ok(Step::Ask(SwitchRequest::Reject { interaction: call.id.clone(), status, after }, Reply::Done))
    }

    fn post(&self, item: &ItemId, text: &Arc<str>) -> Result<Step, Refusal> {
        let chat = self.chat_in_state(item, "post")?;
        if text.len() > POSTING {
            return Err(Refusal::LimitReached { what: "bytes in one posting", limit: POSTING });
        }
        if text.trim().is_empty() {
            return Ok(Step::Answer(Reply::Done));
        }
        Ok(Step::Ask(SwitchRequest::Post { chat: chat.id.clone(), text: Arc::clone(text) }, Reply::Done))
    }

    fn attach(&self, item: &ItemId, data: Option<&Arc<str>>) -> Result<Step, Refusal> {
        let limit = self.rules.attached_data;
        if data.is_some_and(|data| data.len() > limit) {
            return Err(Refusal::LimitReached { what: "bytes of attached data", limit });
        }
        let data = data.cloned();
        let found = self.item(item)?;
        match &found.content {
            Content::New { .. } => Ok(Step::Keep(item.clone(), data)),
            Content::Live(call) => Ok(Step::Ask(SwitchRequest::SetAttachedData { interaction: call.id.clone(), data }, Reply::Done)),
            Content::Placing { .. } => Err(wrong_state(found, "setAttachedData", "an item before it is dialled, or a call")),
        }
    }

    fn dial(&self, item: Option<&ItemId>, destination: &str) -> Result<Step, Refusal> {
        let attached_data = item.map(|item| self.new_item(item, "dial")).transpose()?.flatten();
        let destination = self.number(destination)?;
        if self.agent.places_taken() >= self.rules.interactions {
            return Err(Refusal::LimitReached { what: "interactions at one time", limit: self.rules.interactions });
        }
        Ok(Step::Place(SwitchRequest::Dial { destination, attached_data }, item.cloned()))
    }

    fn drop_call(&self, item: &ItemId) -> Result<Step, Refusal> {
        const HANGABLE: &[InteractionState] =
            &[InteractionState::Connected, InteractionState::Held, InteractionState::Dialing, InteractionState::Listening];
        let call = self.in_state(item, HANGABLE, "drop", "a connected, held or dialled interaction (reroute rejects an alerting one)")?;
        Ok(Step::Ask(hang_up(call), Reply::Done))
    }

    fn consult(&self, item: &ItemId, destination: &str, new_item: Option<&ItemId>) -> Result<Step, Refusal> {
        let call =
            self.call_in_state(item, &[InteractionState::Connected, InteractionState::Held], "consult", "a connected or held call")?;
        if let Some(new) = new_item {
            self.new_item(new, "consult")?;
        }
        let request = SwitchRequest::Consult { call: call.id.clone(), destination: self.number(destination)? };
        Ok(Step::Place(request, new_item.cloned()))
    }

    fn transfer(&self, item: &ItemId, to: &Destination) -> Result<Step, Refusal> {
        const NEEDS: &str = "a connected or held call";
        let states = &[InteractionState::Connected, InteractionState::Held];
        let is_call = self.live(item, "transfer", NEEDS)?.medium() == Medium::Call;
        let other = match to {
            // Only calls have consultations.
            Destination::Number(_) if !is_call => None,
            Destination::Item(other) => Some(other.clone()),
            // A client that knows one parameter only names the consultation in it.
            Destination::Number(text) => Some(ItemId::new(text.trim())).filter(|id| self.agent.item(id).is_some()),
        };
        let Some(other) = other else {
            let needs = if is_call { NEEDS } else { "an accepted item" };
            let call = self.in_state(item, states, "transfer", needs)?;
            let Destination::Number(number) = to else { return Err(Refusal::DestinationMissing) };
            let request = SwitchRequest::BlindTransfer { call: call.id.clone(), destination: self.number(number)? };
            return Ok(Step::Ask(request, Reply::Done));
        };
        let live = &[InteractionState::Connected, InteractionState::Held, InteractionState::Dialing];
        let first = self.call_in_state(item, live, "transfer", NEEDS)?;
        let second = self.call_in_state(&other, live, "transfer", "a live consultation")?;
        if first.id == second.id {
            return Err(wrong_state(self.item(item)?, "transfer", "a destination other than the call itself"));
        }
        // Either may be named first; the consultation knows what it is for.
        let (call, consultation) = if first.consultation_for.as_ref() == Some(&second.id) { (second, first) } else { (first, second) };
        if !states.contains(&call.state) {
            return Err(wrong_state(self.item(item)?, "transfer", NEEDS));
        }
        let request = SwitchRequest::CompleteTransfer { call: call.id.clone(), consultation: consultation.id.clone() };
        Ok(Step::Ask(request, Reply::Done))
    }

    fn drop_party(&self, item: &ItemId, party: &str) -> Result<Step, Refusal> {
        let call = self.of_medium(item, Medium::Call, "dropParty", "a conference")?;
        if !is_conference(call) {
            return Err(wrong_state(self.item(item)?, "dropParty", "a conference"));
        }
        let party = party.trim();
        // The number first: two parties may share a name, and one of them may be the agent's namesake.
        let request = if let Some(found) = call.parties.iter().find(|known| names_party(party, known)) {
            SwitchRequest::DropParty { call: call.id.clone(), party: found.id.clone() }
        } else if names_agent(party, &self.agent.profile) {
            SwitchRequest::Leave(call.id.clone())
        } else {
            return Err(Refusal::UnknownParty { party: party.to_owned(), item: item.clone() });
        };
        Ok(Step::Ask(request, Reply::Done))
    }

    fn listen(&self, what: &Listened) -> Result<Step, Refusal> {
        let user = &self.agent.profile.user;
        if !self.rules.may_listen.contains(user) {
            return Err(Refusal::NotPermitted { user: user.clone(), what: "listen to calls of others" });
        }
        if self.agent.places_taken() >= self.rules.interactions {
            return Err(Refusal::LimitReached { what: "interactions at one time", limit: self.rules.interactions });
        }
        Ok(Step::Listen(match what {
            Listened::Agent(agent) => SwitchRequest::Listen { agent: Some(agent.clone()), call: None },
            Listened::Call(item) => SwitchRequest::Listen { agent: None, call: Some(item.as_str().into()) },
        }))
    }

    fn item(&self, item: &ItemId) -> Result<&'a Item, Refusal> {
        self.agent.item(item).ok_or_else(|| Refusal::UnknownItem(item.clone()))
    }

    fn live(&self, item: &ItemId, operation: &'static str, needs: &'static str) -> Result<&'a Interaction, Refusal> {
        let found = self.item(item)?;
        found.interaction().ok_or_else(|| wrong_state(found, operation, needs))
    }

    /// What is behind an item, when it is of this medium.
    fn of_medium(&self, item: &ItemId, medium: Medium, operation: &'static str, needs: &'static str) -> Result<&'a Interaction, Refusal> {
        let found = self.live(item, operation, needs)?;
        match found.medium() {
            is if is == medium => Ok(found),
            Medium::ActionItem if matches!(operation, "hold" | "unhold") => Err(Refusal::ActionItemOnHold(item.clone())),
            is => Err(Refusal::WrongMedium { item: item.clone(), medium: is.word(), operation, needs: medium.word() }),
        }
    }

    /// A phone call in one of `states`.
    fn call_in_state(
        &self,
        item: &ItemId,
        states: &[InteractionState],
        operation: &'static str,
        needs: &'static str,
    ) -> Result<&'a Interaction, Refusal> {
        self.of_medium(item, Medium::Call, operation, needs)?;
        self.in_state(item, states, operation, needs)
    }

    /// A chat that the agent has accepted.
    fn chat_in_state(&self, item: &ItemId, operation: &'static str) -> Result<&'a Interaction, Refusal> {
        const NEEDS: &str = "an accepted chat";
        self.of_medium(item, Medium::Chat, operation, NEEDS)?;
        self.in_state(item, &[InteractionState::Connected, InteractionState::Held], operation, NEEDS)
    }

    fn in_state(
        &self,
        item: &ItemId,
        states: &[InteractionState],
        operation: &'static str,
        needs: &'static str,
    ) -> Result<&'a Interaction, Refusal> {
        let call = self.live(item, operation, needs)?;
        if states.contains(&call.state) { Ok(call) } else { Err(wrong_state(self.item(item)?, operation, needs)) }
    }

    /// The active and the held one of two calls, whichever is named first and also when only one is named.
    fn pair(
        &self,
        item: &ItemId,
        other: Option<&ItemId>,
        active: &[InteractionState],
        operation: &'static str,
        needs: &'static str,
    ) -> Result<(&'a Interaction, &'a Interaction), Refusal> {
        let first = self.of_medium(item, Medium::Call, operation, needs)?;
        let wanted = if first.state == InteractionState::Held { active } else { HELD };
        if first.state != InteractionState::Held && !active.contains(&first.state) {
            return Err(wrong_state(self.item(item)?, operation, needs));
        }
        let second = if let Some(other) = other {
            self.call_in_state(other, wanted, operation, needs)?
        } else {
            let others = self.agent.live().filter(|call| call.id != first.id);
            partner(first, &others, wanted).ok_or_else(|| Refusal::WrongState {
                item: item.clone(),
                state: first.state.word(),
                operation,
                needs,
            })?
        };
        Ok(if first.state == InteractionState::Held { (second, first) } else { (first, second) })
    }

    /// The attached data of an item that may be dialled.
    fn new_item(&self, item: &ItemId, operation: &'static str) -> Result<Option<Arc<str>>, Refusal> {
        let found = self.item(item)?;
        match &found.content {
            Content::New { attached_data } => Ok(attached_data.clone()),
            Content::Placing { .. } | Content::Live(_) => Err(wrong_state(found, operation, "an item that was not dialled yet")),
        }
    }

    /// A destination as the switch dials it.
    fn number(&self, destination: &str) -> Result<String, Refusal> {
        let number = phone_number::to_switch(destination, self.rules.drop_plus);
        if number.is_empty() { Err(Refusal::DestinationMissing) } else { Ok(number.to_owned()) }
    }
}

fn hang_up(call: &Interaction) -> SwitchRequest {
    match call.state {
        InteractionState::Listening => SwitchRequest::ListenEnd(call.id.clone()),
        _ => SwitchRequest::Disconnect(call.id.clone()),
    }
}

fn wrong_state(item: &Item, operation: &'static str, needs: &'static str) -> Refusal {
    Refusal::WrongState { item: item.id.clone(), state: item.word(), operation, needs }
}

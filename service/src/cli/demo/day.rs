//! The day itself: what happens, and what must be true each time. The first thing that is not ends it.

use super::{
    file::{DemoFile, NEW_WORKMODE},
    narrator::{Narrator, Said, Step},
};
use crate::simulator::{
    callers::Callers,
    sap::{Agent, Answer, Attributes, Call, Event, Status},
    telephone::screen_pop,
};
use anyhow::{Context, Result, ensure};
use std::{
    io::Write,
    time::{Duration, Instant},
};

/// The workgroup that customers call.
const QUEUE: &str = "Support";
const READY: u32 = 2;
const NOT_READY: u32 = 3;
/// The workmode that a reject brings.
const FOLLOW_UP: &str = "Follow Up";

/// Everybody in it.
pub(super) struct Day<'a, W: Write> {
    pub(super) narrator: Narrator<W>,
    pub(super) anna: &'a Agent,
    pub(super) bert: &'a Agent,
    /// The supervisor.
    pub(super) carla: &'a Agent,
    pub(super) callers: &'a Callers,
    pub(super) file: &'a DemoFile,
    /// From saving the file to the agents' screens, when it has happened.
    pub(super) reload: Option<Duration>,
}

impl<W: Write> Day<'_, W> {
    /// From log-on to log-off.
    pub(super) async fn live(&mut self) -> Result<()> {
        self.morning().await?;
        self.a_customer_calls().await?;
        self.warm_transfer().await?;
        self.reject().await?;
        self.reload().await?;
        self.outbound().await?;
        self.supervisor().await?;
        self.a_customer_chats().await?;
        self.an_email_is_routed().await?;
        self.evening().await
    }

    async fn morning(&mut self) -> Result<()> {
        self.narrator.scene("Morning: SAP logs the agents on")?;
        let (anna, bert, carla) = (self.anna, self.bert, self.carla);
        self.log_on(anna, "logs on, ready for calls", READY).await?;
        self.log_on(bert, "logs on, not ready yet", NOT_READY).await?;
        self.log_on(carla, "the supervisor logs on", NOT_READY).await
    }

    async fn a_customer_calls(&mut self) -> Result<()> {
        self.narrator.scene("A customer calls, and it takes three to help him")?;
        let (anna, bert) = (self.anna, self.bert);
        let call = self.queue_call("+493012345678", Some(&screen_pop("4711")), anna).await?;
        let item = call.item.as_str();
        self.call(anna, "accepts, SAP shows customer 4711", &anna.accept(item).await?, item, Status::Connected).await?;
        self.call(anna, "puts him on hold", &anna.hold(item).await?, item, Status::Held).await?;
        self.call(anna, "is back", &anna.unhold(item).await?, item, Status::Connected).await?;

        let consult = anna.consult(item, "8002").await?;
        let asked = consult.value.clone();
        self.call(anna, "asks BERT, the customer waits", &consult, item, Status::Held).await?;
        let (ringing, at) = bert.call_event(0, None, Status::Alerting).await?;
        self.heard(bert, "his phone rings", at - consult.begun, Status::Alerting)?;
        let item_of_bert = ringing.item.as_str();
        self.call(bert, "picks up", &bert.accept(item_of_bert).await?, item_of_bert, Status::Connected).await?;
        anna.wait_for(&asked, Status::Connected).await?;

        self.call(anna, "toggles to the customer", &anna.alternate(&asked, item).await?, item, Status::Connected).await?;
        self.call(anna, "toggles back to BERT", &anna.alternate(item, &asked).await?, item, Status::Held).await?;
        let joined = anna.conference(item, &asked).await?;
        ensure!(joined.value == item, "the conference is {}, not the held call {item}", joined.value);
        let call = self.call(anna, "joins all three", &joined, item, Status::Conferenced).await?;
        let party = call.participants.iter().find(|party| party.description.contains("8002") || party.description.contains("Bert"));
        let party = party.with_context(|| format!("BERT is not among the participants {:?}", call.participants))?.id.clone();
        self.call(anna, "lets BERT go again", &anna.drop_party(item, &party).await?, item, Status::Connected).await?;
        bert.wait_for(item_of_bert, Status::Ended).await?;
        self.call(anna, "has helped him and hangs up", &anna.drop_call(item).await?, item, Status::Ended).await?;
        Ok(())
    }

    async fn warm_transfer(&mut self) -> Result<()> {
        self.narrator.scene("A warm transfer: what SAP knows goes along")?;
        let (anna, bert) = (self.anna, self.bert);
        let call = self.queue_call("+4989987654", Some(&screen_pop("4712")), anna).await?;
        let item = call.item.as_str();
        self.call(anna, "accepts, SAP shows customer 4712", &anna.accept(item).await?, item, Status::Connected).await?;
        let data = screen_pop("4712").replace("<BPCONFIRMED></BPCONFIRMED>", "<BPCONFIRMED>X</BPCONFIRMED>");
        let set = anna.set_attached_data(item, &data).await?;
        self.call(anna, "SAP confirms who he is in the data", &set, item, Status::Connected).await?;

        let (mark, consult) = (bert.mark(), anna.consult(item, "8002").await?);
        let asked = consult.value.clone();
        self.call(anna, "asks BERT to take over", &consult, item, Status::Held).await?;
        let (ringing, at) = bert.call_event(mark, None, Status::Alerting).await?;
        self.heard(bert, "his phone rings", at - consult.begun, Status::Alerting)?;
        self.call(bert, "picks up", &bert.accept(&ringing.item).await?, &ringing.item, Status::Connected).await?;
        anna.wait_for(&asked, Status::Connected).await?;

        let (mark, transfer) = (bert.mark(), anna.transfer_to_consultation(item, &asked).await?);
        let begun = transfer.begun;
        self.call(anna, "hands the customer over", &transfer, item, Status::Ended).await?;
        anna.wait_for(&asked, Status::Ended).await?;
        let arrived = |call: &&Call| call.status == Status::Connected && call.remote_numbers == ["+4989987654"];
        let pick = |event: &Event| event.call().filter(arrived).cloned();
        let (call, at) = bert.event(mark, "the customer's call with his number", pick).await?;
        ensure!(call.attached_data == data, "the attached data did not come along: {:?}", call.attached_data);
        self.heard(bert, "has customer 4712 and all his data", at - begun, Status::Connected)?;
        let item = call.item.as_str();
        let read = bert.get_attached_data(item).await?;
        ensure!(read.value == data, "getAttachedData answers {:?}", read.value);
        self.asked(bert, "SAP reads the attached data", &read)?;
        self.call(bert, "hangs up", &bert.drop_call(item).await?, item, Status::Ended).await?;
        Ok(())
    }

    async fn reject(&mut self) -> Result<()> {
        self.narrator.scene("Rejected calls")?;
        let (anna, bert) = (self.anna, self.bert);
        let call = self.queue_call("+41441234567", None, anna).await?;
        self.workmode(bert, "is ready for calls now", READY, "Available").await?;
        let (mark, marks) = (anna.mark(), bert.mark());
        let reject = anna.reroute(&call.item).await?;
        let begun = reject.begun;
        self.call(anna, "rejects it: back to the queue", &reject, &call.item, Status::Ended).await?;
        let at = self.shows(anna, mark, FOLLOW_UP).await?;
        self.told(anna, "gets no other until she is ready", at - begun, FOLLOW_UP)?;
        let (call, at) = bert.call_event(marks, None, Status::Alerting).await?;
        self.heard(bert, "it rings at the next free agent", at - begun, Status::Alerting)?;
        self.call(bert, "accepts", &bert.accept(&call.item).await?, &call.item, Status::Connected).await?;
        self.call(bert, "hangs up", &bert.drop_call(&call.item).await?, &call.item, Status::Ended).await?;

        self.workmode(anna, "is ready again", READY, "Available").await?;
        let (mark, begun) = (anna.mark(), Instant::now());
        self.callers.call_user("+33140000000", "ANNA").await.map_err(anyhow::Error::msg)?;
        let (call, at) = anna.call_event(mark, None, Status::Alerting).await?;
        self.heard(anna, "a direct call rings", at - begun, Status::Alerting)?;
        self.call(anna, "rejects it: to her voicemail", &anna.reroute(&call.item).await?, &call.item, Status::Ended).await?;
        let messages = self.callers.voicemail("ANNA").await;
        ensure!(messages == ["+33140000000"], "ANNA's voicemail holds {messages:?}");
        self.narrator.step(&Step { who: "ANNA", what: "voicemail: 1 from +33140000000", operation: None, event: None })?;
        Ok(())
    }

    async fn reload(&mut self) -> Result<()> {
        let (id, status) = NEW_WORKMODE;
        self.narrator.scene("Noon: the administrator saves the file, nobody is logged off")?;
        let (anna, bert) = (self.anna, self.bert);
        let (mark, marks, begun) = (anna.mark(), bert.mark(), Instant::now());
        self.file.add_workmode()?;
        let id_text = id.to_string();
        let has_it = |agent: &Attributes| agent.workmodes.iter().any(|mode| mode.id == id_text);
        let (_, at_anna) = anna.user_event(mark, "the new workmode in her list", has_it).await?;
        let (_, at_bert) = bert.user_event(marks, "the new workmode in his list", has_it).await?;
        let took = at_anna.max(at_bert) - begun;
        self.reload = Some(took);
        self.told(anna, &format!("and BERT can choose workmode {id}"), None, status)?;
        self.workmode(anna, "goes to the training", id, status).await?;
        self.workmode(anna, "and comes back to work", READY, "Available").await
    }

    async fn outbound(&mut self) -> Result<()> {
        self.narrator.scene("An outbound call from the customer's record")?;
        let anna = self.anna;
        let item = anna.create_item().await?;
        let handle = item.value.clone();
        self.asked(anna, "SAP makes an item for the call", &item)?;
        let dial = anna.dial(&handle, "+442079460000").await?;
        self.call(anna, "dials +442079460000", &dial, &handle, Status::Dialing).await?;
        anna.wait_for(&handle, Status::Connected).await?;
        self.heard(anna, "the customer answers", None, Status::Connected)?;
        self.call(anna, "hangs up", &anna.drop_call(&handle).await?, &handle, Status::Ended).await?;
        self.workmode(anna, "goes for lunch", 4, "Lunch").await
    }

    async fn supervisor(&mut self) -> Result<()> {
        self.narrator.scene("The supervisor listens in")?;
        let (bert, carla) = (self.bert, self.carla);
        let call = self.queue_call("+4311234567", None, bert).await?;
        let item = call.item.as_str();
        self.call(bert, "accepts", &bert.accept(item).await?, item, Status::Connected).await?;
        let listen = carla.listen(item).await?;
        let heard = listen.value.clone();
        self.call(carla, "listens, and is not heard", &listen, &heard, Status::Listening).await?;
        self.call(carla, "has heard enough", &carla.listen_end(&heard).await?, &heard, Status::Ended).await?;
        self.call(bert, "hangs up", &bert.drop_call(item).await?, item, Status::Ended).await?;
        Ok(())
    }

    async fn a_customer_chats(&mut self) -> Result<()> {
        const ASKS: &str = "Where is my order?";
        const ANSWERS: &str = "One moment, CARLA knows.";
        self.narrator.scene("A customer chats")?;
        let (bert, carla) = (self.bert, self.carla);
        let (mark, begun) = (bert.mark(), Instant::now());
        let customer = self.callers.chat("Max Muster", QUEUE).await.map_err(anyhow::Error::msg)?;
        let (chat, at) = bert.chat_event(mark, None, Status::Alerting).await?;
        ensure!(chat.customer == "Max.Muster@customer.example", "the customer's address is {:?}", chat.customer);
        self.tell(bert, "Max Muster opens a chat", None, chat_is(Status::Alerting, at - begun))?;
        let item = chat.item.as_str();
        let accept = bert.accept(item).await?;
        let (_, at) = bert.chat_event(accept.mark, Some(item), Status::Connected).await?;
        self.tell(bert, "accepts", asked(&accept), chat_is(Status::Connected, at - accept.begun))?;
        let (mark, begun) = (bert.mark(), Instant::now());
        self.callers.say(&customer, ASKS).await;
        let (_, at) = bert.posting_event(mark, ASKS).await?;
        self.tell(bert, "reads where the order is asked for", None, written(at - begun))?;
        let post = bert.post(item, ANSWERS).await?;
        let (_, at) = bert.posting_event(post.mark, ANSWERS).await?;
        ensure!(self.callers.last_written(&customer).await.as_deref() == Some(ANSWERS), "the customer has not read the answer");
        self.tell(bert, "answers, the customer reads it", asked(&post), written(at - post.begun))?;
        let (mark, transfer) = (carla.mark(), bert.transfer_chat(item, "8003").await?);
        let (_, at) = bert.chat_event(transfer.mark, Some(item), Status::Ended).await?;
        self.tell(bert, "hands the chat to CARLA", asked(&transfer), chat_is(Status::Ended, at - transfer.begun))?;
        let (_, at) = carla.chat_event(mark, Some(item), Status::Alerting).await?;
        let (_, all) = carla.posting_event(mark, ANSWERS).await?;
        self.tell(carla, "sees it, with all that was written", None, chat_is(Status::Alerting, at.max(all) - transfer.begun))?;
        let accept = carla.accept(item).await?;
        let (_, at) = carla.chat_event(accept.mark, Some(item), Status::Connected).await?;
        self.tell(carla, "accepts", asked(&accept), chat_is(Status::Connected, at - accept.begun))?;
        let leave = carla.leave_chat(item).await?;
        let (_, at) = carla.chat_event(leave.mark, Some(item), Status::Ended).await?;
        self.tell(carla, "closes the chat", asked(&leave), chat_is(Status::Ended, at - leave.begun))
    }

    async fn an_email_is_routed(&mut self) -> Result<()> {
        const ID: &str = "0050568A3B1E1ED9B3C7A4D1E2F30415";
        self.narrator.scene("SAP has an e-mail, and the file says who gets it")?;
        let bert = self.bert;
        let sent = [("ACTION_ITEM_ATTR_TO_NAME", "support@example.com"), ("ACTION_ITEM_ATTR_SUBJECT", "Invoice 4711")];
        let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let route = bert.route_action_item(ID, &sent).await?;
        let (offered, at) = bert.action_item_event(route.mark, ID, Status::Alerting).await?;
        ensure!(offered.attributes == sent && offered.queue == QUEUE, "the e-mail came as {offered:?}");
        self.tell(bert, "is offered it for Support", asked(&route), action_item_is("alerting", at - route.begun))?;
        let item = offered.item.as_str();
        let accept = bert.accept(item).await?;
        let (_, at) = bert.action_item_event(accept.mark, ID, Status::Connected).await?;
        self.tell(bert, "accepts, SAP opens the e-mail", asked(&accept), action_item_is("accepted", at - accept.begun))?;
        let end = bert.end_action_item(item).await?;
        let (_, at) = bert.action_item_event(end.mark, ID, Status::Ended).await?;
        self.tell(bert, "has answered it", asked(&end), action_item_is("ended", at - end.begun))
    }

    async fn evening(&mut self) -> Result<()> {
        self.narrator.scene("Evening")?;
        for agent in [self.anna, self.bert, self.carla] {
            for line in agent.desk().agent.lines() {
                let calls = agent.get_calls(line).await?.value;
                ensure!(calls.is_empty(), "{} still has {calls:?}", agent.user());
            }
            let answer = agent.log_off().await?;
            self.asked(agent, "logs off", &answer)?;
        }
        Ok(())
    }

    // --- Pieces of it ---

    async fn log_on(&mut self, agent: &Agent, what: &str, workmode: u32) -> Result<()> {
        let done = agent.log_on(Some(workmode)).await?;
        let (user, at) = agent.user_event(0, "the workmode of the log-on", |user| user.workmode.id == workmode.to_string()).await?;
        let requests = format!("{} requests", done.requests);
        self.narrator.step(&Step {
            who: agent.user(),
            what,
            operation: Some((requests, done.took)),
            event: Some(agent_is(&user.workmode.description, Some(at - done.begun))),
        })?;
        Ok(())
    }

    /// A customer calls the workgroup, and it must ring at `agent` with the attached data.
    async fn queue_call(&mut self, number: &str, data: Option<&str>, agent: &Agent) -> Result<Call> {
        let (mark, begun) = (agent.mark(), Instant::now());
        self.callers.call_queue(number, QUEUE, data).await.map_err(anyhow::Error::msg)?;
        let (call, at) = agent.call_event(mark, None, Status::Alerting).await?;
        ensure!(call.remote_numbers == [number], "the caller is {:?}, not {number}", call.remote_numbers);
        ensure!(call.attached_data == data.unwrap_or_default(), "the attached data is {:?}", call.attached_data);
        self.heard(agent, &format!("{number} calls, it rings"), at - begun, Status::Alerting)?;
        Ok(call)
    }

    /// SAP asked, and must be shown the call in this state.
    async fn call<T>(&mut self, agent: &Agent, what: &str, answer: &Answer<T>, item: &str, status: Status) -> Result<Call> {
        let (call, at) = agent.call_event(answer.mark, Some(item), status).await?;
        self.narrator.step(&Step {
            who: agent.user(),
            what,
            operation: Some((answer.operation.to_string(), answer.took)),
            event: Some(call_is(status, Some(at - answer.begun))),
        })?;
        Ok(call)
    }

    async fn workmode(&mut self, agent: &Agent, what: &str, workmode: u32, status: &str) -> Result<()> {
        let answer = agent.set_current_workmode(workmode).await?;
        let at = self.shows(agent, answer.mark, status).await?;
        self.narrator.step(&Step {
            who: agent.user(),
            what,
            operation: Some((answer.operation.to_string(), answer.took)),
            event: Some(agent_is(status, Some(at - answer.begun))),
        })?;
        Ok(())
    }

    /// Until SAP shows this workmode.
    async fn shows(&self, agent: &Agent, mark: u64, status: &str) -> Result<Instant> {
        let shown = agent.user_event(mark, &format!("the workmode {status}"), |user| user.workmode.description == status).await?;
        Ok(shown.1)
    }

    /// Something that is no call happened.
    fn tell(&mut self, agent: &Agent, what: &str, operation: Option<(String, Duration)>, event: Said<'_>) -> Result<()> {
        Ok(self.narrator.step(&Step { who: agent.user(), what, operation, event: Some(event) })?)
    }

    /// SAP asked, and no event comes of it.
    fn asked<T>(&mut self, agent: &Agent, what: &str, answer: &Answer<T>) -> Result<()> {
        let operation = Some((answer.operation.to_string(), answer.took));
        Ok(self.narrator.step(&Step { who: agent.user(), what, operation, event: None })?)
    }

    /// SAP heard of a call without having asked.
    fn heard(&mut self, agent: &Agent, what: &str, after: impl Into<Option<Duration>>, status: Status) -> Result<()> {
        let event = Some(call_is(status, after.into()));
        Ok(self.narrator.step(&Step { who: agent.user(), what, operation: None, event })?)
    }

    /// SAP heard of the agent without having asked.
    fn told(&mut self, agent: &Agent, what: &str, after: impl Into<Option<Duration>>, workmode: &str) -> Result<()> {
        let event = Some(agent_is(workmode, after.into()));
        Ok(self.narrator.step(&Step { who: agent.user(), what, operation: None, event })?)
    }
}

/// What SAP asked, and how long the answer took.
#[expect(clippy::unnecessary_wraps, reason = "wrapped as the steps want it")]
fn asked<T>(answer: &Answer<T>) -> Option<(String, Duration)> {
    Some((answer.operation.to_string(), answer.took))
}

/// A chat's new state.
fn chat_is(status: Status, after: Duration) -> Said<'static> {
    Said { state: status.word(), name: "chatSessionChanged", after: Some(after) }
}

/// Somebody has written.
fn written(after: Duration) -> Said<'static> {
    Said { state: "posting", name: "chatNewPosting", after: Some(after) }
}

/// An action item's new state.
fn action_item_is(state: &'static str, after: Duration) -> Said<'static> {
    Said { state, name: "actionItemChanged", after: Some(after) }
}

/// A call's new state.
fn call_is(status: Status, after: Option<Duration>) -> Said<'static> {
    Said { state: status.word(), name: "phoneCallChanged", after }
}

/// An agent's new workmode.
fn agent_is(workmode: &str, after: Option<Duration>) -> Said<'_> {
    Said { state: workmode, name: "userChanged", after }
}

//! What an agent can do: log on, every operation of the guide's appendix A, log off. One method for each, named as the operation.

use super::{Agent, Answer, Attributes, Call, Failure, Operation, Value, xml::Element};
use std::time::{Duration, Instant};

/// A request that answers with nothing.
type Done = Result<Answer<()>, Failure>;
/// A request that answers with a handle or another text.
type Text = Result<Answer<String>, Failure>;

/// What a log-on brought.
#[derive(Clone, Debug)]
pub struct LoggedOn {
    /// The agent.
    pub agent: Attributes,
    /// Requests that it took.
    pub requests: usize,
    /// When it began.
    pub begun: Instant,
    /// All of it.
    pub took: Duration,
    /// The number of the last event before the last request, which sets the workmode.
    pub mark: u64,
}

macro_rules! on_item {
    ($($(#[$meta:meta])* $method:ident => $interface:literal . $name:literal;)*) => {
        impl Agent {
            $($(#[$meta])* pub async fn $method(&self, item: &str) -> Done {
                self.done($interface, $name, &[("itemId", item.into())]).await
            })*
        }
    };
}

on_item! {
    /// Answers an alerting item.
    accept => "Item"."accept";
    /// The button "Reject".
    reroute => "Item"."reroute";
    /// Removes the attached data.
    delete_attached_data => "Item"."deleteAttachedData";
    /// Hangs up.
    drop_call => "PhoneCall"."drop";
    /// Connected to held.
    hold => "PhoneCall"."hold";
    /// Held to connected.
    unhold => "PhoneCall"."unhold";
    /// Ends listening.
    listen_end => "PhoneCall"."listenEnd";
}

// === System and User ===

impl Agent {
    /// Logs on as SAP does (ici-wire §5.1): twelve kinds of request, the workmode last, where one is given.
    ///
    /// # Errors
    /// The first thing that goes wrong.
    pub async fn log_on(&self, workmode: Option<u32>) -> Result<LoggedOn, Failure> {
        let begun = Instant::now();
        self.exchange_product_information().await?;
        self.get_workcenter_capability().await?;
        let agent = self.get_user_attributes().await?.value;
        self.subscribe_user().await?;
        self.set_addresses(&agent.addresses).await?;
        let channels: Vec<_> = agent.channels.iter().map(|channel| channel.id.as_str()).collect();
        self.set_current_channels(&channels).await?;
        let queues: Vec<_> = agent.queues.iter().map(|queue| queue.id.as_str()).collect();
        self.set_current_queues(&queues).await?;
        let mut requests = 7;
        let mut calls = Vec::new();
        for (container, is_line) in &agent.containers {
            self.subscribe_container(container).await?;
            if *is_line {
                calls.extend(self.get_calls(container).await?.value);
            } else {
                self.get_messages(container).await?;
            }
            requests += 2;
        }
        self.begin(agent.clone(), calls);
        let mark = self.mark();
        if let Some(workmode) = workmode {
            self.set_current_workmode(workmode).await?;
            requests += 1;
        }
        Ok(LoggedOn { agent, requests, begun, took: begun.elapsed(), mark })
    }

    /// Logs off: workmode 1, then the subscriptions end.
    ///
    /// # Errors
    /// The first thing that goes wrong.
    pub async fn log_off(&self) -> Done {
        let answer = self.set_current_workmode(1).await?;
        for (container, _) in self.desk().agent.containers {
            self.unsubscribe_container(&container).await?;
        }
        self.unsubscribe_user().await?;
        Ok(answer)
    }

    /// Both sides tell their product and version.
    pub async fn exchange_product_information(&self) -> Result<Answer<Element>, Failure> {
        let ours = [("productName", "SAP CRM"), ("productVersion", "7.0"), ("vendor", "SAP AG"), ("iciVersion", "3.07")];
        self.ask(Operation::new("System", "exchangeProductInformation"), &ours.map(|(name, text)| (name, text.into()))).await
    }

    /// Is free seating available?
    pub async fn get_workcenter_capability(&self) -> Result<Answer<Element>, Failure> {
        self.ask(Operation::new("System", "getWorkcenterCapability"), &[]).await
    }

    /// Stations that the agent may sit at, by a part of their names.
    pub async fn get_workcenters(&self, filter: &str) -> Result<Answer<Element>, Failure> {
        self.ask(Operation::new("System", "getWorkcenterList"), &[self.me(), ("filter", filter.into())]).await
    }

    /// The agent sits there.
    pub async fn set_workcenter(&self, station: &str) -> Done {
        self.done("User", "setWorkcenter", &[self.me(), ("workcenterId", station.into())]).await
    }

    /// The figures of the site, as a document.
    pub async fn get_monitor_data(&self) -> Text {
        self.text("Monitoring", "getMonitorData", &[self.me()]).await
    }

    /// Queues of a channel.
    pub async fn get_presence_queue_info(&self, channel: &str) -> Result<Answer<Element>, Failure> {
        self.ask(Operation::new("System", "getPresenceQueueInfo"), &[("channel", channel.into())]).await
    }

    /// Agents by name.
    pub async fn get_user_presence(&self, search: &str) -> Result<Answer<Element>, Failure> {
        self.ask(Operation::new("System", "getUserPresence"), &[("searchTerm", search.into())]).await
    }

    /// The guide's known request.
    pub async fn get_user_attributes(&self) -> Result<Answer<Attributes>, Failure> {
        let answer = self.ask(Operation::new("User", "getAttributes"), &[self.me()]).await?;
        Ok(answer.map(|response| Attributes::read(&response)))
    }

    /// User events begin.
    pub async fn subscribe_user(&self) -> Done {
        self.done("User", "subscribe", &[self.me(), ("appUrl", self.url.as_str().into()), ("appId", self.app.as_str().into())]).await
    }

    /// User events end.
    pub async fn unsubscribe_user(&self) -> Done {
        self.done("User", "unsubscribe", &[self.me(), ("appUrl", self.url.as_str().into()), ("appId", self.app.as_str().into())]).await
    }

    /// 1 logs off, 2 ready, 3 not ready, others as the file says.
    pub async fn set_current_workmode(&self, workmode: u32) -> Done {
        self.done("User", "setCurrentWorkmode", &[self.me(), ("workmode", Value::Text(workmode.to_string()))]).await
    }

    /// The agent's channels.
    pub async fn set_current_channels(&self, channels: &[&str]) -> Done {
        self.done("User", "setCurrentChannels", &[self.me(), ("channels", texts(channels))]).await
    }

    /// The agent's queues.
    pub async fn set_current_queues(&self, queues: &[&str]) -> Done {
        self.done("User", "setCurrentQueues", &[self.me(), ("queues", texts(queues))]).await
    }

    /// The agent's address on each channel.
    pub async fn set_addresses(&self, addresses: &[(String, String)]) -> Done {
        let record = |(channel, address): &(String, String)| {
            Value::Record(vec![("channelId", channel.as_str().into()), ("address", address.as_str().into())])
        };
        self.done("User", "setAddresses", &[self.me(), ("addresses", Value::List(addresses.iter().map(record).collect()))]).await
    }

    fn me(&self) -> (&'static str, Value) {
        ("userId", self.user().into())
    }
}

// === Item, Container, Line, Folder ===

impl Agent {
    /// A new item, before an outbound call.
    pub async fn create_item(&self) -> Text {
        self.text("Item", "create", &[self.me()]).await
    }

    /// The attached data, byte for byte.
    pub async fn get_attached_data(&self, item: &str) -> Text {
        self.text("Item", "getAttachedData", &[("itemId", item.into())]).await
    }

    /// Replaces the attached data.
    pub async fn set_attached_data(&self, item: &str, data: &str) -> Done {
        self.done("Item", "setAttachedData", &[("itemId", item.into()), ("attachedData", data.into())]).await
    }

    /// Events of a container's items begin.
    pub async fn subscribe_container(&self, container: &str) -> Done {
        self.done("Container", "subscribe", &self.subscription(container)).await
    }

    /// They end.
    pub async fn unsubscribe_container(&self, container: &str) -> Done {
        self.done("Container", "unsubscribe", &self.subscription(container)).await
    }

    /// All live calls of a line.
    pub async fn get_calls(&self, line: &str) -> Result<Answer<Vec<Call>>, Failure> {
        let answer = self.ask(Operation::new("Line", "getCalls"), &[("lineId", line.into())]).await?;
        Ok(answer.map(|response| response.children.iter().filter_map(Call::read).collect()))
    }

    /// Disconnects all live calls of a line.
    pub async fn drop_calls(&self, line: &str) -> Done {
        self.done("Line", "dropCalls", &[("lineId", line.into())]).await
    }

    /// The messages in a folder: how many.
    pub async fn get_messages(&self, folder: &str) -> Result<Answer<usize>, Failure> {
        let answer = self.ask(Operation::new("Folder", "getMessages"), &[("folder", folder.into())]).await?;
        Ok(answer.map(|response| response.children.len()))
    }

    fn subscription<'a>(&self, container: &str) -> [(&'a str, Value); 3] {
        [("containerId", container.into()), ("appUrl", self.url.as_str().into()), ("appId", self.app.as_str().into())]
    }
}

// === Phone call ===

impl Agent {
    /// Calls out; the call becomes this item.
    pub async fn dial(&self, item: &str, destination: &str) -> Text {
        self.text("PhoneCall", "dial", &[("itemId", item.into()), ("destination", destination.into())]).await
    }

    /// Swaps the connected and the held call.
    pub async fn alternate(&self, item: &str, other: &str) -> Done {
        self.done("PhoneCall", "alternate", &[("itemId", item.into()), ("otherItemId", other.into())]).await
    }

    /// Holds a call and asks somebody; answers with the new call.
    pub async fn consult(&self, item: &str, destination: &str) -> Text {
        self.text("PhoneCall", "consult", &[("itemId", item.into()), ("destination", destination.into())]).await
    }

    /// Drops the active call and goes back to the held one.
    pub async fn reconnect(&self, item: &str, other: &str) -> Done {
        self.done("PhoneCall", "reconnect", &[("itemId", item.into()), ("otherItemId", other.into())]).await
    }

    /// Joins two calls; answers with the handle of the held one.
    pub async fn conference(&self, item: &str, other: &str) -> Text {
        self.text("PhoneCall", "conference", &[("itemId", item.into()), ("otherItemId", other.into())]).await
    }

    /// Blind: the call goes whether or not the destination answers.
    pub async fn transfer(&self, item: &str, destination: &str) -> Done {
        self.done("PhoneCall", "transfer", &[("itemId", item.into()), ("destination", destination.into())]).await
    }

    /// Warm: the call goes to whom the live consultation reached.
    pub async fn transfer_to_consultation(&self, item: &str, consultation: &str) -> Done {
        self.done("PhoneCall", "transfer", &[("itemId", item.into()), ("otherItemId", consultation.into())]).await
    }

    /// Removes one party from a conference.
    pub async fn drop_party(&self, item: &str, party: &str) -> Done {
        self.done("PhoneCall", "dropParty", &[("itemId", item.into()), ("party", party.into())]).await
    }

    /// Listens to another agent's call; answers with the handle of the listening.
    pub async fn listen(&self, call: &str) -> Text {
        self.text("PhoneCall", "listen", &[("itemId", call.into())]).await
    }

    /// One call's data.
    pub async fn get_phone_call_attributes(&self, item: &str) -> Result<Answer<Option<Call>>, Failure> {
        let answer = self.ask(Operation::new("PhoneCall", "getAttributes"), &[("itemId", item.into())]).await?;
        Ok(answer.map(|response| Call::read(&response)))
    }
}

// === Chat and action item ===

impl Agent {
    /// Writes to the customer.
    pub async fn post(&self, chat: &str, text: &str) -> Done {
        self.done("Chat", "post", &[("chatSessionId", chat.into()), ("contentText", text.into())]).await
    }

    /// Lets the customer see that somebody is writing.
    pub async fn set_typing(&self, chat: &str, on: bool) -> Done {
        let on = if on { "true" } else { "false" };
        self.done("Chat", "setTyping", &[("chatSessionId", chat.into()), ("typing", on.into())]).await
    }

    /// Gives the chat to somebody else.
    pub async fn transfer_chat(&self, chat: &str, destination: &str) -> Done {
        self.done("Chat", "transfer", &[("chatSessionId", chat.into()), ("destination", destination.into())]).await
    }

    /// Ends the chat.
    pub async fn leave_chat(&self, chat: &str) -> Done {
        self.done("Chat", "leave", &[("chatSessionId", chat.into())]).await
    }

    /// What SAP's response management does, not the agent: has an e-mail routed; answers with the interaction.
    pub async fn route_action_item(&self, id: &str, attributes: &[(String, String)]) -> Text {
        let pair = |(name, value): &(String, String)| Value::Record(vec![("name", name.as_str().into()), ("value", value.as_str().into())]);
        let data = Value::Record(vec![("attributes", Value::List(attributes.iter().map(pair).collect()))]);
        let scenario = Value::Record(vec![("id", "ERMS".into()), ("description", "E-mail".into())]);
        self.text("ActionItem", "route", &[("actionItemId", id.into()), ("scenarioId", scenario), ("itemData", data)]).await
    }

    /// Takes it back.
    pub async fn cancel_action_item(&self, id: &str) -> Done {
        self.done("ActionItem", "cancel", &[("actionItemId", id.into())]).await
    }

    /// Gives it to somebody else.
    pub async fn transfer_action_item(&self, item: &str, destination: &str) -> Done {
        self.done("ActionItem", "transfer", &[("itemId", item.into()), ("destination", destination.into())]).await
    }

    /// It is done.
    pub async fn end_action_item(&self, item: &str) -> Done {
        self.done("ActionItem", "end", &[("itemId", item.into())]).await
    }
}

impl Agent {
    async fn done(&self, interface: &'static str, name: &'static str, parameters: &[(&str, Value)]) -> Done {
        Ok(self.ask(Operation::new(interface, name), parameters).await?.map(drop))
    }

    async fn text(&self, interface: &'static str, name: &'static str, parameters: &[(&str, Value)]) -> Text {
        Ok(self.ask(Operation::new(interface, name), parameters).await?.map(|response| response.text))
    }
}

fn texts(values: &[&str]) -> Value {
    Value::List(values.iter().map(|value| Value::from(*value)).collect())
}

//! An agent in SAP: whoever can say a command, the log-on that SAP goes through, and an ear for what comes back.

use crate::{
    http,
    program::Program,
    sink::{Event, Sink},
    site,
    soap::{self, Outcome, Parameters, Value},
    tree::Leaves,
};
use std::net::SocketAddr;

/// Codes of `processingStatus` in the profile that is built in.
pub mod status {
    #![expect(missing_docs, reason = "each is the code of that name")]
    pub const ALERTING: &str = "1";
    pub const CONNECTED: &str = "2";
    pub const HELD: &str = "3";
    pub const ENDED: &str = "4";
    pub const DIALING: &str = "5";
    pub const CONFERENCED: &str = "6";
    pub const LISTENING: &str = "8";
}

/// Whoever can say a command for an agent: the test itself, or a foreign client that it drives.
pub trait Speaker {
    /// The agent's name.
    fn user(&self) -> &str;

    /// Says a command and gives back the answer.
    fn call(&mut self, interface: &str, operation: &str, parameters: Parameters<'_>) -> Outcome;

    /// Says a command that has to succeed.
    ///
    /// # Panics
    /// When it does not.
    fn must(&mut self, interface: &str, operation: &str, parameters: Parameters<'_>) -> Leaves {
        let outcome = self.call(interface, operation, parameters);
        outcome.unwrap_or_else(|fault| panic!("{interface}.{operation} {parameters:?} for {}: {fault:?}", self.user()))
    }
}

/// The test itself, with strings.
#[derive(Clone, Debug)]
pub struct Agent {
    address: SocketAddr,
    path: String,
    user: String,
}

impl Agent {
    /// An agent who talks to this program.
    pub fn of(program: &Program, user: &str) -> Self {
        Self { address: program.ici, path: program.path.clone(), user: user.to_owned() }
    }
}

impl Speaker for Agent {
    fn user(&self) -> &str {
        &self.user
    }

    fn call(&mut self, interface: &str, operation: &str, parameters: Parameters<'_>) -> Outcome {
        let body = soap::envelope(interface, operation, Some(&self.user), parameters);
        let request = http::post(&self.path, &soap::action(interface), body.as_bytes());
        let answer = http::exchange(self.address, &request).unwrap_or_else(|error| panic!("{interface}.{operation}: no answer: {error}"));
        soap::outcome(&answer)
    }
}

/// What one agent hears: the events that came to his URL, read on from where he was.
pub struct Ear<'a> {
    sink: &'a Sink,
    path: String,
    next: usize,
}

impl<'a> Ear<'a> {
    /// Listens from now on to what is posted to a path of the sink.
    pub fn new(sink: &'a Sink, path: &str) -> Self {
        Self { sink, path: path.to_owned(), next: sink.events().len() }
    }

    /// The URL to subscribe with.
    pub fn url(&self) -> String {
        self.sink.url(&self.path)
    }

    /// Waits until these calls are in these states, each once, in whatever order they are told.
    pub fn calls(&mut self, wanted: &[(&str, &str)]) {
        let mut last = self.next;
        for (item, status) in wanted {
            let (place, _) =
                self.find(&format!("{} hears of item {item} in status {status}", self.path), |event| is_call(event, item, status));
            last = last.max(place + 1);
        }
        self.next = last;
    }

    /// Waits for any call in this state, and gives back all that is said of it.
    pub fn any_call(&mut self, status: &str) -> Leaves {
        let fits = |event: &Event| event.name == "phoneCallChanged" && event.leaves.get("processingStatus.id") == Some(status);
        self.any(&format!("a call in status {status}"), fits).leaves
    }

    /// Waits until the agent's workmode is this.
    pub fn workmode(&mut self, id: &str) {
        self.any(&format!("workmode {id}"), |event| event.name == "userChanged" && event.leaves.get("currentWorkmode.id") == Some(id));
    }

    /// Waits for an event.
    pub fn any(&mut self, what: &str, fits: impl Fn(&Event) -> bool) -> Event {
        let (place, event) = self.find(&format!("{}: {what}", self.path), fits);
        self.next = place + 1;
        event
    }

    fn find(&self, what: &str, fits: impl Fn(&Event) -> bool) -> (usize, Event) {
        self.sink.wait(self.next, what, |event| event.path == self.path && fits(event))
    }
}

/// Where an agent's interactions are.
#[derive(Clone, Debug)]
pub struct Containers {
    /// His extension.
    pub line: String,
    /// His inbox.
    pub folder: String,
}

/// Logs an agent on as SAP does (ici-wire §5.1) and makes him ready; gives back his containers.
pub fn log_on(agent: &mut dyn Speaker, url: &str) -> Containers {
    let user = agent.user().to_owned();
    let product =
        [("productName", "SAP CRM".into()), ("productVersion", "7.0".into()), ("vendor", "SAP".into()), ("iciVersion", "3.06".into())];
    agent.must("System", "exchangeProductInformation", &product);
    agent.must("System", "getWorkcenterCapability", &[]);
    let attributes = agent.must("User", "getAttributes", &[("userId", Value::from(&user))]);
    assert_eq!(attributes.get("userId"), Some(user.as_str()), "getAttributes is about {user}: {attributes:?}");
    let subscription = [("userId", Value::from(&user)), ("appUrl", url.into()), ("appId", "CRM".into())];
    agent.must("User", "subscribe", &subscription);
    let address = Value::Structures(vec![vec![("channelId".into(), "1".into()), ("address".into(), site::OUTSIDE.into())]]);
    agent.must("User", "setAddresses", &[("userId", Value::from(&user)), ("addresses", address)]);
    agent.must("User", "setCurrentChannels", &[("userId", Value::from(&user)), ("channels", ["1"].into())]);
    agent.must("User", "setCurrentQueues", &[("userId", Value::from(&user)), ("queues", [site::QUEUE].into())]);
    let containers: Vec<&str> = leaves_of(&attributes, "containers", "id").collect();
    let of_kind = |wanted: &str| {
        let mut pairs = containers.iter().zip(leaves_of(&attributes, "containers", "type"));
        let found = pairs.find(|(_, kind)| *kind == wanted).map(|(id, _)| (*id).to_owned());
        found.unwrap_or_else(|| panic!("{user} has a {wanted}: {attributes:?}"))
    };
    for container in &containers {
        agent.must("Container", "subscribe", &[("containerId", (*container).into()), ("appUrl", url.into()), ("appId", "CRM".into())]);
    }
    agent.must("User", "setCurrentWorkmode", &[("userId", Value::from(&user)), ("workmode", "2".into())]);
    Containers { line: of_kind("line"), folder: of_kind("folder") }
}

/// The values of one field in a list of structures.
pub(crate) fn leaves_of<'a>(leaves: &'a Leaves, list: &'a str, field: &'a str) -> impl Iterator<Item = &'a str> {
    let wanted = move |path: &str| path.split('.').any(|step| step == list) && path.rsplit('.').next() == Some(field);
    leaves.iter().filter(move |(path, _)| wanted(path)).map(|(_, value)| value)
}

fn is_call(event: &Event, item: &str, status: &str) -> bool {
    event.name == "phoneCallChanged" && event.leaves.get("itemId") == Some(item) && event.leaves.get("processingStatus.id") == Some(status)
}

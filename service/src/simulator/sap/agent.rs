//! One agent in SAP: his session with the service, from log-on to log-off. What he can do is in `operations`.

use super::{
    ActionItem, Attributes, Call, Chat, Desk, Event, Failure, Operation, Posting, Sink, Status, Trace, Value,
    desk::Inbox,
    envelope,
    event::{ENVELOPE, soap_body},
    http::{Client, Url, Version},
    trace::Message,
    xml::{self, Element},
};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use tokio::net::UdpSocket;

/// Who logs on where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The service's address.
    pub url: String,
    /// The agent; upper and lower case count.
    pub user: String,
    /// SAP's two letters for the agent's language.
    pub language: String,
    /// Which HTTP.
    pub version: Version,
    /// One request's deadline.
    pub deadline: Duration,
    /// How long an event is waited for.
    pub patience: Duration,
}

/// An agent at his desk.
pub struct Agent {
    pub(super) options: Options,
    pub(super) app: String,
    pub(super) url: String,
    client: Client,
    inbox: Arc<Inbox>,
    sink: Sink,
    trace: Trace,
}

/// What the service answered, and how quickly.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The answer's content.
    pub value: T,
    /// What was asked.
    pub operation: Operation,
    /// When the request was begun.
    pub begun: Instant,
    /// From then to the last byte of the answer.
    pub took: Duration,
    /// The number of the last event before the request: what it causes comes after it.
    pub mark: u64,
}

// === impl Options ===

impl Options {
    /// The defaults: English, HTTP/1.0, 5 s for an answer and for an event.
    pub fn new(url: impl Into<String>, user: impl Into<String>) -> Self {
        let five = Duration::from_secs(5);
        Self { url: url.into(), user: user.into(), language: "EN".to_owned(), version: Version::Http10, deadline: five, patience: five }
    }
}

// === impl Agent ===

impl Agent {
    /// Seats an agent; nothing is sent yet. His events come to `sink`.
    ///
    /// # Errors
    /// [`Failure::BadUrl`], or [`Failure::Unreachable`] when no address of ours leads to the service.
    pub async fn new(options: Options, sink: &Sink) -> Result<Self, Failure> {
        let url = Url::parse(&options.url).map_err(|why| Failure::BadUrl { url: options.url.clone(), why })?;
        let unreachable = |error: io::Error| Failure::Unreachable { url: options.url.clone(), why: error.to_string() };
        let host = match sink.address().ip() {
            ip if ip.is_unspecified() => own_address(&url).await.map_err(unreachable)?,
            ip => ip,
        };
        let app = format!("CRM_IC_{}", options.user);
        let inbox = Arc::new(Inbox::new(&options.user, &app));
        let trace = Trace::new();
        let client = Client::new(url, options.version, options.deadline);
        let url = sink.open(Arc::clone(&inbox), trace.clone(), host);
        Ok(Self { options, app, url, client, inbox, sink: sink.clone(), trace })
    }

    /// His name.
    pub fn user(&self) -> &str {
        &self.options.user
    }

    /// Where his events are to be posted.
    pub fn event_url(&self) -> &str {
        &self.url
    }

    /// His screen now.
    pub fn desk(&self) -> Desk {
        self.inbox.desk()
    }

    /// Every message from now on.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The number of the last event.
    pub fn mark(&self) -> u64 {
        self.inbox.mark()
    }

    /// Until SAP shows this call in this state; at once when it does.
    ///
    /// # Errors
    /// [`Failure::NoEvent`] when patience is over, [`Failure::CallEnded`] when it will not come any more.
    pub async fn wait_for(&self, item: &str, status: Status) -> Result<Call, Failure> {
        self.inbox.call(item, status, self.options.patience).await
    }

    /// The first event after `mark` from which something is to be had, with the time when it arrived; `awaited` says in words what, should
    /// it not come.
    ///
    /// # Errors
    /// [`Failure::NoEvent`].
    pub async fn event<T>(&self, mark: u64, awaited: &str, pick: impl Fn(&Event) -> Option<T>) -> Result<(T, Instant), Failure> {
        let words = || format!("{} awaits {awaited}", self.options.user);
        self.inbox.event(mark, self.options.patience, words, |received| Some((pick(&received.event)?, received.at))).await
    }

    /// The first event after `mark` that shows a call in this state: this call, or any.
    ///
    /// # Errors
    /// [`Failure::NoEvent`].
    pub async fn call_event(&self, mark: u64, item: Option<&str>, status: Status) -> Result<(Call, Instant), Failure> {
        let awaited = item.map_or_else(|| format!("a call {status}"), |item| format!("call {item} {status}"));
        let wanted = |call: &Call| call.status == status && item.is_none_or(|item| call.item == item);
        self.event(mark, &awaited, |event| event.call().filter(|call| wanted(call)).cloned()).await
    }

    /// The first event after `mark` that shows a chat in this state: this chat, or any.
    ///
    /// # Errors
    /// [`Failure::NoEvent`].
    pub async fn chat_event(&self, mark: u64, item: Option<&str>, status: Status) -> Result<(Chat, Instant), Failure> {
        let wanted = |chat: &Chat| chat.status == status && item.is_none_or(|item| chat.item == item);
        self.event(mark, &format!("a chat {status}"), |event| event.chat().filter(|chat| wanted(chat)).cloned()).await
    }

    /// The first event after `mark` that shows something written so.
    ///
    /// # Errors
    /// [`Failure::NoEvent`].
    pub async fn posting_event(&self, mark: u64, text: &str) -> Result<(Posting, Instant), Failure> {
        self.event(mark, &format!("the posting {text:?}"), |event| event.posting().filter(|posting| posting.text == text).cloned()).await
    }

    /// The first event after `mark` that shows an action item in this state.
    ///
    /// # Errors
    /// [`Failure::NoEvent`].
    pub async fn action_item_event(&self, mark: u64, id: &str, status: Status) -> Result<(ActionItem, Instant), Failure> {
        let wanted = |item: &ActionItem| item.status == status && item.id == id;
        self.event(mark, &format!("action item {id} {status}"), |event| event.action_item().filter(|item| wanted(item)).cloned()).await
    }

    /// The first event after `mark` that shows the agent as `wanted`.
    ///
    /// # Errors
    /// [`Failure::NoEvent`].
    pub async fn user_event(
        &self,
        mark: u64,
        awaited: &str,
        wanted: impl Fn(&Attributes) -> bool,
    ) -> Result<(Attributes, Instant), Failure> {
        self.event(mark, awaited, |event| event.agent().filter(|agent| wanted(agent)).cloned()).await
    }

    /// Sends any request and reads the content of `response`.
    ///
    /// # Errors
    /// What went wrong on the way, or the fault.
    pub async fn ask(&self, operation: Operation, parameters: &[(&str, Value)]) -> Result<Answer<Element>, Failure> {
        let body = envelope(operation, &self.options.user, &self.options.language, parameters);
        self.trace.tell(|| Message::Sent { at: SystemTime::now(), operation: operation.to_string(), body: body.clone() });
        let (begun, mark) = (Instant::now(), self.inbox.mark());
        let answer = self.client.post(&operation.action(), &body).await.map_err(|error| self.failed(operation, &error))?;
        let took = begun.elapsed();
        self.trace.tell(|| Message::Answered {
            at: SystemTime::now(),
            operation: operation.to_string(),
            status: answer.status,
            took,
            body: String::from_utf8_lossy(&answer.body).into_owned(),
        });
        let value = content(operation, answer.status, &answer.body)?;
        Ok(Answer { value, operation, begun, took, mark })
    }

    pub(super) fn begin(&self, agent: Attributes, calls: Vec<Call>) {
        self.inbox.begin(agent, calls);
    }

    fn failed(&self, operation: Operation, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::TimedOut => Failure::TimedOut { operation, after: self.client.deadline() },
            io::ErrorKind::InvalidData => Failure::BadAnswer { operation, why: error.to_string() },
            _ => Failure::Unreachable { url: self.options.url.clone(), why: error.to_string() },
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.sink.close(&self.url);
    }
}

// === impl Answer ===

impl<T> Answer<T> {
    /// The same answer with another content.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        let Self { value, operation, begun, took, mark } = self;
        Answer { value: change(value), operation, begun, took, mark }
    }
}

/// Takes an answer out of its envelope.
fn content(operation: Operation, status: u16, body: &[u8]) -> Result<Element, Failure> {
    let bad = |why: String| Failure::BadAnswer { operation, why };
    let root = match xml::read(body) {
        Ok(root) => root,
        Err(_) if status != 200 => return Err(bad(format!("HTTP status {status}"))),
        Err(error) => return Err(Failure::not_soap(operation, &error)),
    };
    let content = soap_body(&root).map_err(|why| bad(if status == 200 { why } else { format!("HTTP status {status}: {why}") }))?;
    if content.name == "Fault" && &*content.namespace == ENVELOPE {
        let (code, text) = (content.text_of("faultcode").to_owned(), content.text_of("faultstring").to_owned());
        return Err(Failure::Fault { operation, code, text });
    }
    if status != 200 {
        return Err(bad(format!("HTTP status {status} without a fault")));
    }
    if content.name.strip_suffix("Response") != Some(operation.name) || *content.namespace != operation.namespace() {
        return Err(bad(format!("it is `{}` in the namespace `{}`", content.name, content.namespace)));
    }
    content.child("response").cloned().ok_or_else(|| bad("it has no `response`".to_owned()))
}

/// The address of ours from which the service is reached: the one the system would send from. No byte is sent.
async fn own_address(service: &Url) -> io::Result<IpAddr> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for target in tokio::net::lookup_host((service.host.as_str(), service.port)).await? {
        let any: IpAddr = if target.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind(SocketAddr::new(any, 0)).await?;
        match socket.connect(target).await {
            Ok(()) => return Ok(socket.local_addr()?.ip()),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

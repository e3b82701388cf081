//! What a session is told, in order, by one reader: server-sent events where the server has them, else asking every second (icws §2.2). The
//! reader also keeps the session alive and is the one who notices that it is over.
//!
//! What was missed cannot be had again (whether a server replays is not published), so a reader that may have missed something says
//! [`Message::Resubscribe`] and the session's owner subscribes anew.

use super::{
    IcwsError, Session,
    http::{Answer, LONG_ANSWER},
    sse::{Decoder, Event},
    wire::{
        connection::ConnectionState,
        message::{Message, Unread},
    },
};
use crate::telemetry::COUNTERS;
use hyper::{
    Method, StatusCode,
    header::{self, HeaderValue},
};
use serde_json::Value;
use std::{collections::HashSet, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until, timeout},
};

/// Messages that wait for the owner; then the reader waits as well.
const WAITING: usize = 256;
/// Between an answer and the next question.
const POLL: Duration = Duration::from_secs(1);
/// After so long without a word the server is asked whether it is still there.
const SILENCE: Duration = Duration::from_secs(30);
/// After so long without a word from a server that used to say something, messages count as missed (icws §10.2, 17).
const GAP: Duration = Duration::from_mins(1);
/// Before something that has just failed is tried again.
const BREATH: Duration = Duration::from_millis(500);
/// A stream that ends sooner, with nothing said, was none.
const AT_ONCE: Duration = Duration::from_secs(2);
/// So many streams that were none, or could not be opened, and the session asks instead.
const STREAMS_IN_VAIN: u32 = 2;
/// Questions in vain, one after the other, before the server counts as lost (icws §8).
const IN_VAIN: u32 = 2;
/// Types that are remembered so as to be logged once.
const TYPES: usize = 64;

/// The messages of a session. Who drops it stops the reader.
pub struct Messages {
    session: Session,
    receiver: mpsc::Receiver<Message>,
    reader: tokio::task::JoinHandle<()>,
}

// === impl Messages ===

impl Messages {
    pub(super) fn start(session: Session) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let reader = Reader { session: session.clone(), sender, unknown: HashSet::new(), missed: false, heard: Instant::now() };
        Self { session, receiver, reader: tokio::spawn(reader.run()) }
    }

    /// The next message. Safe to drop while it waits.
    ///
    /// # Errors
    /// Why the session is over, after all messages were read; the same again whenever it is asked.
    pub async fn next(&mut self) -> Result<Message, IcwsError> {
        match self.receiver.recv().await {
            Some(message) => Ok(message),
            None => Err(self.session.ended().await),
        }
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

struct Reader {
    session: Session,
    sender: mpsc::Sender<Message>,
    /// Types that were logged.
    unknown: HashSet<String>,
    /// May something have been missed?
    missed: bool,
    /// When the server last said something.
    heard: Instant,
}

/// How a stream stopped.
enum Stop {
    /// The server has none for us.
    Refused,
    /// It ended; was it a stream at all?
    Ended { worked: bool },
}

// === impl Reader ===

impl Reader {
    async fn run(mut self) {
        let session = self.session.clone();
        let why = tokio::select! {
            why = self.work() => why,
            why = session.ended() => why,
        };
        // Before the channel closes: who reads it to its end asks for the reason.
        session.finish(why);
    }

    async fn work(&mut self) -> IcwsError {
        let result = if self.session.features().server_sent_events() {
            match self.streams().await {
                Ok(()) => self.polls().await,
                Err(error) => Err(error),
            }
        } else {
            self.polls().await
        };
        result.map_or_else(|error| error, |never| match never {})
    }

    /// Reads streams, one after the other; comes back when there are none to be had.
    async fn streams(&mut self) -> Result<(), IcwsError> {
        let mut in_vain = 0;
        loop {
            match self.stream().await {
                Ok(Stop::Refused) => break,
                Ok(Stop::Ended { worked: true }) => in_vain = 0,
                Ok(Stop::Ended { worked: false }) | Err(IcwsError::Unreachable(_) | IcwsError::Timeout) => in_vain += 1,
                Err(error) => return Err(error),
            }
            self.missed = true;
            self.look_alive().await?;
            if in_vain >= STREAMS_IN_VAIN {
                break;
            }
            sleep(BREATH).await;
        }
        tracing::debug!(session = ?self.session, "no server-sent events, messages are asked for");
        Ok(())
    }

    /// Reads one stream to its end.
    async fn stream(&mut self) -> Result<Stop, IcwsError> {
        let began = Instant::now();
        let mut question = self.session.question(Method::GET, "/messaging/messages", None, LONG_ANSWER);
        question.headers.insert(header::ACCEPT, HeaderValue::from_static("text/event-stream"));
        let patience = self.session.site().deadline;
        let opened = timeout(patience, self.session.client().stream(&question)).await.map_err(|_| IcwsError::Timeout)?;
        let (mut open, response) = opened?;
        let (parts, mut body) = response.into_parts();
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if parts.status != StatusCode::OK || !kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream") {
            let (bytes, complete) = timeout(patience, open.read(&mut body, LONG_ANSWER)).await.map_err(|_| IcwsError::Timeout)??;
            let answer = Answer { status: parts.status, headers: parts.headers, body: bytes, complete };
            return match self.session.judge(&answer) {
                // What a server that knows no streams gives are the messages themselves.
                Ok(messages) => self.deliver_all(messages).await.map(|()| Stop::Refused),
                Err(error @ (IcwsError::SessionLost(_) | IcwsError::NotAccepting { .. })) => Err(error),
                Err(_) => Ok(Stop::Refused),
            };
        }
        self.heard = Instant::now();
        self.recover().await?;
        let mut decoder = Decoder::new(LONG_ANSWER);
        let (mut spoke, mut pings) = (false, false);
        loop {
            match timeout(SILENCE, open.frame(&mut body)).await {
                Ok(Some(Ok(bytes))) => {
                    (spoke, self.heard) = (true, Instant::now());
                    for event in decoder.feed(&bytes)? {
                        match event {
                            Event::Ping => pings = true,
                            Event::Data(data) => self.deliver_text(&data).await?,
                        }
                    }
                }
                Ok(Some(Err(_)) | None) => return Ok(Stop::Ended { worked: spoke || began.elapsed() > AT_ONCE }),
                Err(_) if pings && self.heard.elapsed() >= GAP => return Ok(Stop::Ended { worked: true }),
                Err(_) => self.look_alive().await?,
            }
            self.session.client().tidy();
        }
    }

    /// Asks for messages again and again.
    async fn polls(&mut self) -> Result<std::convert::Infallible, IcwsError> {
        let mut in_vain = 0;
        let patience = self.session.site().deadline;
        loop {
            let mut question = self.session.question(Method::GET, "/messaging/messages", None, LONG_ANSWER);
            question.once = true;
            let answer = timeout(patience, self.session.client().ask(&question)).await.unwrap_or(Err(IcwsError::Timeout));
            match answer.and_then(|answer| self.session.judge(&answer)) {
                Ok(messages) => {
                    in_vain = 0;
                    self.missed |= self.heard.elapsed() >= GAP;
                    self.heard = Instant::now();
                    self.recover().await?;
                    self.deliver_all(messages).await?;
                }
                Err(error @ (IcwsError::SessionLost(_) | IcwsError::NotAccepting { .. })) => return Err(error),
                Err(error) => {
                    // Messages may have been on their way.
                    self.missed = true;
                    in_vain += 1;
                    if in_vain >= IN_VAIN {
                        return Err(if error.is_of_the_connection() { error } else { IcwsError::Unreachable(error.to_string()) });
                    }
                }
            }
            self.session.client().tidy();
            sleep_until(Instant::now() + POLL).await;
        }
    }

    /// Is the session still there? A server that is asked once too early gets a second chance.
    async fn look_alive(&mut self) -> Result<(), IcwsError> {
        let mut last = IcwsError::Timeout;
        for round in 0..IN_VAIN {
            if round > 0 {
                sleep(BREATH).await;
            }
            match self.session.connection().await {
                Ok(now) if now.connection_state == ConnectionState::Down => return Err(down(now.should_reconnect, &now.reason)),
                // An older server may not know the question.
                Ok(_) | Err(IcwsError::Refused { .. } | IcwsError::Malformed(_)) => return Ok(()),
                Err(error @ (IcwsError::Unreachable(_) | IcwsError::Timeout)) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// Tells the owner, once the way is open again, that something may have been missed.
    async fn recover(&mut self) -> Result<(), IcwsError> {
        if std::mem::take(&mut self.missed) {
            self.hand_over(Message::Resubscribe).await?;
        }
        Ok(())
    }

    async fn deliver_text(&mut self, text: &str) -> Result<(), IcwsError> {
        match serde_json::from_str(text) {
            Ok(messages) => self.deliver_all(messages).await,
            Err(error) => {
                COUNTERS.switch_messages_unreadable.add();
                tracing::warn!(session = ?self.session, %error, "a message of the CIC server is no JSON");
                Ok(())
            }
        }
    }

    /// One message, a list of them, or nothing.
    async fn deliver_all(&mut self, messages: Value) -> Result<(), IcwsError> {
        match messages {
            Value::Array(all) => {
                for message in all {
                    self.deliver(message).await?;
                }
                Ok(())
            }
            Value::Null => Ok(()),
            message => self.deliver(message).await,
        }
    }

    async fn deliver(&mut self, message: Value) -> Result<(), IcwsError> {
        let message = match Message::read(message) {
            Ok(message) => message,
            Err(Unread::UnknownType(name)) => {
                COUNTERS.switch_messages_unknown.add();
                if self.unknown.len() < TYPES && self.unknown.insert(name.clone()) {
                    tracing::debug!(session = ?self.session, name, "the CIC server sends messages of a type that is not known here");
                }
                return Ok(());
            }
            Err(Unread::Malformed { name, why }) => {
                COUNTERS.switch_messages_unreadable.add();
                tracing::warn!(session = ?self.session, name, why, "a message of the CIC server cannot be read");
                return Ok(());
            }
        };
        self.session.outcomes().note(&message);
        let over = match &message {
            Message::ConnectionState(change) if change.new_connection_state == ConnectionState::Down => {
                Some(down(change.should_reconnect, &change.reason))
            }
            _ => None,
        };
        self.hand_over(message).await?;
        over.map_or(Ok(()), Err)
    }

    async fn hand_over(&mut self, message: Message) -> Result<(), IcwsError> {
        self.sender.send(message).await.map_err(|_| IcwsError::LoggedOff("nobody reads its messages".to_owned()))
    }
}

/// What it means that a session's server says "down".
fn down(should_reconnect: Option<bool>, reason: &str) -> IcwsError {
    let reason = if reason.is_empty() { "the connection is down" } else { reason }.to_owned();
    if should_reconnect == Some(false) { IcwsError::LoggedOff(reason) } else { IcwsError::SessionLost(reason) }
}

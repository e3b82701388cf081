//! SAP's System Landscape Directory: takes registrations at `/sld/ds` and `/sld/cimom` in every mood that one can be in, and keeps one record
//! for each system and its host, as an SLD does. What is not known of a real one is invented as the reference says; this is a double, no proof.

mod answer;
mod records;
mod request;

use answer::Deed;
use base64::{Engine, prelude::BASE64_STANDARD};
use clap::ValueEnum;
use records::Records;
use request::Request;
use secrecy::{ExposeSecret, SecretString};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    task::AbortHandle,
};
use tokio_rustls::TlsAcceptor;

/// Nobody has longer for his request.
const TIME: Duration = Duration::from_secs(30);
/// What is still coming when everything is said is waited for so long.
const LINGER: Duration = Duration::from_secs(2);
const CONNECTIONS: usize = 64;
/// News that wait for whoever prints them; more are dropped.
const NEWS: usize = 256;
/// Requests that are kept.
const KEPT: usize = 16;

/// How it is today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Mood {
    /// Takes everything.
    #[default]
    Well,
    /// The user is known and may not register anything: 403.
    NoRole,
    /// Is starting: 503.
    Starting,
    /// Takes nothing above a limit: 413.
    Small,
    /// Wants to be told the length beforehand: 411.
    Old,
    /// Sends everybody on to a log-on page: 302.
    Redirects,
    /// Sends everybody on to the same place with TLS: 301.
    ToTls,
    /// Shows a log-on page: 200.
    LogOnPage,
    /// Shows a page for people: 200.
    Page,
    /// Takes the request and says nothing.
    Hangs,
    /// Closes the connection in the middle of its answer.
    Breaks,
    /// CIM: knows the system already, error 11.
    AlreadyThere,
    /// CIM: may not be written to, error 2.
    Denied,
    /// CIM: fails, error 1.
    Fails,
}

/// What it is like.
#[derive(Clone)]
pub struct Site {
    /// Who may log on; `None`: everybody, with anything.
    pub user: Option<String>,
    /// With what; `None`: with anything.
    pub password: Option<SecretString>,
    /// Bytes of a document at most.
    pub largest: usize,
}

/// A directory; cheap to clone.
#[derive(Clone)]
pub struct Sld(Arc<Inner>);

struct Inner {
    site: Site,
    mood: Mutex<Mood>,
    records: Mutex<Records>,
    /// The last requests, whole.
    seen: Mutex<Vec<Seen>>,
    news: mpsc::Sender<String>,
}

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// `POST /sld/ds`.
    pub line: String,
    /// Names in small letters, in their order.
    pub fields: Vec<(String, String)>,
    /// Byte for byte.
    pub body: Vec<u8>,
}

/// A door that is open until this is dropped.
pub struct Listening {
    address: SocketAddr,
    task: AbortHandle,
}

// === impl Sld ===

impl Sld {
    /// A directory without records, and the news of what it does.
    pub fn new(site: Site, mood: Mood) -> (Self, mpsc::Receiver<String>) {
        let (news, read) = mpsc::channel(NEWS);
        let inner = Inner { site, mood: Mutex::new(mood), records: Mutex::default(), seen: Mutex::default(), news };
        (Self(Arc::new(inner)), read)
    }

    /// It is in another mood from now on.
    pub fn set_mood(&self, mood: Mood) {
        *lock(&self.0.mood) = mood;
    }

    /// Every system with its host, and how often it was registered.
    pub fn records(&self) -> Vec<(String, String, u32)> {
        lock(&self.0.records).all()
    }

    /// The last requests, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.0.seen).clone()
    }

    /// Opens a door.
    ///
    /// # Errors
    /// The address cannot be had.
    pub async fn listen(&self, address: SocketAddr, tls: Option<TlsAcceptor>) -> io::Result<Listening> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(self.clone().accept(listener, tls)).abort_handle();
        Ok(Listening { address, task })
    }

    async fn accept(self, listener: TcpListener, tls: Option<TlsAcceptor>) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            // Too many open files pass; the next one is waited for.
            let Ok((stream, _)) = listener.accept().await else { continue };
            let (sld, tls) = (self.clone(), tls.clone());
            tokio::spawn(async move {
                // Who is too slow is left.
                let _ = tokio::time::timeout(TIME, sld.serve(stream, tls)).await;
                drop(place);
            });
        }
    }

    async fn serve(&self, stream: TcpStream, tls: Option<TlsAcceptor>) -> io::Result<()> {
        match tls {
            None => self.talk(stream).await,
            Some(tls) => match tls.accept(stream).await {
                Ok(stream) => self.talk(stream).await,
                Err(error) => {
                    self.tell(format!("no TLS: {error}"));
                    Ok(())
                }
            },
        }
    }

    /// One request a connection.
    async fn talk(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let mood = *lock(&self.0.mood);
        let limit = if mood == Mood::Small { self.0.site.largest.min(256) } else { self.0.site.largest };
        let request = match request::read(&mut stream, limit).await {
            Ok(request) => request,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                self.tell(format!("400, {error}"));
                stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await?;
                return stream.shutdown().await;
            }
            Err(error) => return Err(error),
        };
        let deed = self.deed(mood, &request, limit);
        self.tell(format!("{} {}: {}", request.method, request.path, deed.news()));
        if let Request { body: Some(body), .. } = &request {
            let mut seen = lock(&self.0.seen);
            if seen.len() == KEPT {
                seen.remove(0);
            }
            let line = format!("{} {}", request.method, request.path);
            seen.push(Seen { line, fields: request.fields.clone(), body: body.clone() });
        }
        match deed {
            Deed::Hang => std::future::pending().await,
            Deed::Break { half } => {
                stream.write_all(&half).await?;
                stream.flush().await
            }
            Deed::Answer { bytes, .. } => {
                stream.write_all(&bytes).await?;
                stream.shutdown().await?;
                // Closing with something unread would take the answer back.
                let mut nowhere = tokio::io::sink();
                let rest = tokio::io::copy(&mut stream, &mut nowhere);
                let _ = tokio::time::timeout(LINGER, rest).await;
                Ok(())
            }
        }
    }

    fn deed(&self, mood: Mood, request: &Request, limit: usize) -> Deed {
        match self.stranger(request) {
            Some(why) => answer::unauthorised(why),
            None => answer::give(mood, request, limit, &mut lock(&self.0.records)),
        }
    }

    /// Why whoever asks is not let in.
    fn stranger(&self, request: &Request) -> Option<&'static str> {
        let Some(user) = &self.0.site.user else { return None };
        let Some(given) = request.field("authorization") else { return Some("without a log-on") };
        let plain = given.strip_prefix("Basic ").and_then(|given| BASE64_STANDARD.decode(given.trim()).ok());
        let plain = plain.and_then(|plain| String::from_utf8(plain).ok()).unwrap_or_default();
        let (name, password) = plain.split_once(':').unwrap_or_default();
        let right = self.0.site.password.as_ref().is_none_or(|known| known.expose_secret() == password);
        (name != user || !right).then_some("with a wrong user or password")
    }

    fn tell(&self, news: String) {
        // When nobody reads, nobody misses it.
        let _ = self.0.news.try_send(news);
    }
}

// === impl Listening ===

impl Listening {
    /// Where.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

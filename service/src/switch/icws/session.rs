//! A session at a CIC server: logging in, and asking it things. One typed method for each operation of ICWS stands in the files below; what it
//! is told by itself comes through [`Session::messages`].
//!
//! Cookie and token are kept by hand, so that a proxy which leaves the cookie's path wrong does no harm (icws §1.1). Nothing here knows what
//! the session is for.

mod configuration;
mod connection;
mod interactions;
mod media;
mod statuses;
mod system;

use super::{
    IcwsError, Site,
    answer::{judge, typed, typed_or_default},
    credentials::Credentials,
    features::Features,
    http::{ANSWER, Answer, Client, Question},
    messages::Messages,
    outcome::Outcomes,
    path::segment,
    wire::{Id, connection::ConnectionResponse, subscription::Subscription, system::Fault},
};
use hyper::{
    Method,
    body::Bytes,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::sync::CancellationToken;

/// Operations of one session that run at the same time; more wait for their turn (icws §10.3).
const AT_ONCE: usize = 4;
/// What a session wants to know at its log-in.
const INCLUDE: &str = "features,version,effective-station";
const TOKEN: HeaderName = HeaderName::from_static("inin-icws-csrf-token");
/// The number that older servers give to a wrong password.
const WRONG_PASSWORD: i64 = -2_147_221_503;

/// A session. Cheap to clone; all clones are the one session.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

pub(super) struct Inner {
    site: Site,
    host: String,
    client: Client,
    /// Below the server's interface: `/` and the id.
    path: String,
    /// Cookie and token.
    proof: HeaderMap,
    /// What the log-in answered.
    response: ConnectionResponse,
    features: Features,
    turns: Semaphore,
    /// Why it is over, once it is.
    end: OnceLock<IcwsError>,
    ended: CancellationToken,
    /// Outcomes that are awaited.
    pub(super) outcomes: Mutex<Outcomes>,
}

// === impl Session ===

impl Session {
    /// Logs in at this server of the site.
    ///
    /// # Errors
    /// [`IcwsError::Authentication`] for a wrong user, password or token; [`IcwsError::NotAccepting`] from the inactive one of a pair; else
    /// what went wrong.
    pub async fn log_in(site: &Site, host: &str, credentials: &Credentials) -> Result<Self, IcwsError> {
        let client = Client::new(Arc::clone(&site.connector), site.template.place(host)?);
        let body = credentials.body(&site.application).map_err(|error| IcwsError::Malformed(error.to_string()))?;
        let ask = |path: String| {
            let question = Question {
                method: Method::POST,
                path,
                headers: language(site),
                body: Some(Bytes::from(body.to_string())),
                limit: ANSWER,
                once: false,
            };
            let client = &client;
            async move { client.ask(&question).await }
        };
        let work = async {
            let answer = ask(format!("/connection?include={INCLUDE}")).await?;
            match judge(&answer) {
                Err(error) if error.is_status(400) && !is_about_the_user(&error) => {
                    // Before version 3 of the feature `connection` there is no `include`.
                    let plain = ask("/connection".to_owned()).await?;
                    let judged = judge(&plain);
                    // The first refusal says more, unless the second is about the user.
                    let judged = judged.map_err(|second| if is_about_the_user(&second) { second } else { error });
                    judged.map(|value| (plain, value))
                }
                judged => judged.map(|value| (answer, value)),
            }
        };
        let (answer, value) = timeout(site.deadline, work).await.unwrap_or(Err(IcwsError::Timeout)).map_err(of_log_in)?;
        let token = value["csrfToken"].as_str().or_else(|| answer.header("ININ-ICWS-CSRF-Token")).unwrap_or_default().to_owned();
        let mut response: ConnectionResponse = typed_or_default(value)?;
        if response.session_id.is_empty() {
            response.session_id = answer.header("ININ-ICWS-Session-ID").unwrap_or_default().into();
        }
        if response.session_id.is_empty() {
            return Err(IcwsError::Malformed("the log-in was accepted, but no session is named".to_owned()));
        }
        Ok(Self(Arc::new(Inner {
            site: site.clone(),
            host: host.to_owned(),
            client,
            path: format!("/{}", segment(&response.session_id)),
            proof: proof(&answer, &token)?,
            features: Features::of(&response.features),
            response,
            turns: Semaphore::new(AT_ONCE),
            end: OnceLock::new(),
            ended: CancellationToken::new(),
            outcomes: Mutex::default(),
        })))
    }

    /// The server it is at.
    pub fn host(&self) -> &str {
        &self.0.host
    }

    /// Its id.
    pub fn id(&self) -> &Id {
        &self.0.response.session_id
    }

    /// What the log-in answered: the user's name, other servers, where he sits.
    pub fn response(&self) -> &ConnectionResponse {
        &self.0.response
    }

    /// What the server can do.
    pub fn features(&self) -> &Features {
        &self.0.features
    }

    /// The site it belongs to.
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// Everything the session is told, in order. One reader for each session: a second would steal messages from the first (icws §2.2).
    pub fn messages(&self) -> Messages {
        Messages::start(self.clone())
    }

    /// Subscribes, or replaces the subscription of the same name; its full state comes as a message.
    pub async fn subscribe(&self, what: &Subscription) -> Result<(), IcwsError> {
        self.done(Method::PUT, &what.path(), what.body()).await
    }

    /// Ends a subscription.
    pub async fn unsubscribe(&self, what: &Subscription) -> Result<(), IcwsError> {
        self.done(Method::DELETE, &what.path(), None).await
    }

    /// Why the session is over; `None` while it lives, as far as is known.
    pub fn end(&self) -> Option<&IcwsError> {
        self.0.end.get()
    }

    /// The session is over; whoever waits for it learns so. The first reason counts.
    pub(super) fn finish(&self, why: IcwsError) {
        // A later reason is a consequence of the first.
        let _ = self.0.end.set(why);
        self.0.ended.cancel();
    }

    /// Waits until the session is over.
    pub async fn ended(&self) -> IcwsError {
        self.0.ended.cancelled().await;
        self.end().cloned().unwrap_or_else(|| IcwsError::SessionLost("it has ended".to_owned()))
    }

    pub(super) fn outcomes(&self) -> std::sync::MutexGuard<'_, Outcomes> {
        self.0.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn client(&self) -> &Client {
        &self.0.client
    }

    /// A question of this session.
    pub(super) fn question(&self, method: Method, path: &str, body: Option<&Value>, limit: usize) -> Question {
        let body = body.map(|body| Bytes::from(body.to_string()));
        Question { method, path: format!("{}{path}", self.0.path), headers: self.0.proof.clone(), body, limit, once: false }
    }

    /// Asks within the deadline, in its turn.
    async fn ask(&self, question: Question) -> Result<Answer, IcwsError> {
        let work = async {
            // It is never closed.
            let _turn = self.0.turns.acquire().await;
            self.0.client.ask(&question).await
        };
        timeout(self.0.site.deadline, work).await.unwrap_or(Err(IcwsError::Timeout))
    }

    /// What an answer means; a session that is gone ends with it.
    pub(super) fn judge(&self, answer: &Answer) -> Result<Value, IcwsError> {
        let judged = judge(answer);
        if let Err(lost @ IcwsError::SessionLost(_)) = &judged {
            self.finish(lost.clone());
        }
        judged
    }

    async fn value(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, IcwsError> {
        let answer = self.ask(self.question(method, path, body.as_ref(), ANSWER)).await?;
        self.judge(&answer)
    }

    /// An operation that answers something.
    async fn answered<T: DeserializeOwned>(&self, method: Method, path: &str, body: Option<Value>) -> Result<T, IcwsError> {
        typed(self.value(method, path, body).await?)
    }

    /// An operation whose answer may be empty.
    async fn perhaps<T: DeserializeOwned + Default>(&self, method: Method, path: &str, body: Option<Value>) -> Result<T, IcwsError> {
        typed_or_default(self.value(method, path, body).await?)
    }

    /// An operation of whose answer only the status counts.
    async fn done(&self, method: Method, path: &str, body: Option<Value>) -> Result<(), IcwsError> {
        match self.value(method, path, body).await {
            // It was done, whatever is said about it.
            Ok(_) | Err(IcwsError::Malformed(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {} at {}", self.0.response.session_id, self.0.host)
    }
}

/// The header that every log-in and every question outside a session needs.
pub(super) fn language(site: &Site) -> HeaderMap {
    let language = HeaderValue::from_str(&site.language).unwrap_or(HeaderValue::from_static("en-US"));
    HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, language)])
}

/// Cookie and token, as every question of the session carries them.
fn proof(answer: &Answer, token: &str) -> Result<HeaderMap, IcwsError> {
    let mut proof = HeaderMap::new();
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let pairs: Vec<&str> = cookies.filter_map(|cookie| cookie.split(';').next()).map(str::trim).filter(|pair| !pair.is_empty()).collect();
    let secret = |text: &str| {
        let value = HeaderValue::from_str(text).map_err(|_| IcwsError::Malformed("its cookie or token cannot be sent back".to_owned()));
        // So that no log of headers shows it.
        value.map(|mut value| {
            value.set_sensitive(true);
            value
        })
    };
    if !pairs.is_empty() {
        proof.insert(header::COOKIE, secret(&pairs.join("; "))?);
    }
    if !token.is_empty() {
        proof.insert(TOKEN, secret(token)?);
    }
    Ok(proof)
}

fn is_about_the_user(error: &IcwsError) -> bool {
    matches!(error, IcwsError::Refused { status: 400, id, code, .. }
        if id.to_ascii_lowercase().contains("authenticationfailure") || *code == Some(WRONG_PASSWORD))
}

/// A refused log-in says by its error's id that the user is at fault (400, not 401). A 401 here can mean nothing else.
fn of_log_in(error: IcwsError) -> IcwsError {
    match error {
        IcwsError::Refused { ref message, .. } if is_about_the_user(&error) => IcwsError::Authentication(message.clone()),
        IcwsError::SessionLost(message) => IcwsError::Authentication(message),
        other => other,
    }
}

/// The error of an operation that was accepted and failed afterwards.
pub(super) fn failed(fault: Fault) -> IcwsError {
    IcwsError::Refused { status: 202, id: fault.error_id, code: fault.error_code, message: fault.message }
}

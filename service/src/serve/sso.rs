//! Single sign-on: people of the switch log on to Genesys Cloud with us as identity provider (SAML 2.0, web browser profile).
//!
//! | request | answer |
//! |---|---|
//! | `GET /sso/login?SAMLRequest=…&RelayState=…` | a form for user and password, where the request may be answered |
//! | `GET /sso/login` | the same without a request: the answer is unsolicited |
//! | `POST /sso/login` | a form that carries the signed answer to the service provider, or the first one again |
//! | `GET /sso/metadata` | our metadata |
//!
//! Nothing is kept between the two requests: the form brings the request along, and it is judged again. A password goes to the switch and nowhere
//! else. The rules of access for SAP do not count here, since agents' browsers are elsewhere than SAP; who is admitted is who has a password.

mod once;
mod page;
mod throttle;

use super::{
    Limits, body,
    connection::{Answer, Door, Guest},
    form,
    reply::{self, Refused},
};
use crate::{
    saml::{AuthnRequest, Provider, REQUEST_LIFE, SKEW, Unusable},
    telemetry::event::{Event, SignOnRefused, SignedOn},
};
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::Incoming,
    header::{
        ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
        X_FRAME_OPTIONS,
    },
};
use jiff::Timestamp;
use once::Once;
use page::{Language, Notice, Page};
use secrecy::SecretString;
use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use throttle::Throttle;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

const LOGIN: &str = "/sso/login";
const METADATA: &str = "/sso/metadata";

/// Bytes of a form: a request, a relay state, a name, a password, each with percent signs.
const FORM: usize = 64 * 1024;
/// Bytes of a request as it comes; one that Genesys Cloud makes has some 600.
const REQUEST: usize = 16 * 1024;
/// Bytes of what the service provider wants back unchanged. SAML says 80; some send whole addresses.
const RELAY_STATE: usize = 2 * 1024;
/// Bytes of a user's name, and of a password.
const NAME: usize = 128;
const PASSWORD: usize = 256;
/// Passwords that are looked at, at a time.
const AT_ONCE: usize = 8;
/// Who waits longer for the switch is told to come again.
const PATIENCE: Duration = Duration::from_secs(9);

const CROSS_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why it is not known who somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// User or password.
    Wrong,
    /// The switch could not be asked, in words for the log.
    Unavailable(String),
    /// He has no e-mail address by which the service provider could know him.
    NoEmail,
}

/// Whose password is this? Gives his e-mail address.
pub type Prove = Arc<dyn Fn(String, SecretString) -> Pin<Box<dyn Future<Output = Result<String, Unproven>> + Send>> + Send + Sync>;

/// What the file says of it.
#[derive(Clone)]
pub struct SignOn {
    /// Who we are, and for whom.
    pub provider: Provider,
    /// Asks the switch.
    pub prove: Prove,
}

impl fmt::Debug for SignOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.provider.fmt(f)
    }
}

/// What is remembered from one request to the next, whatever the file says.
pub(super) struct Desk {
    throttle: Mutex<Throttle>,
    once: Mutex<Once>,
    at_once: Semaphore,
}

/// What a form or an address says.
#[derive(Default)]
struct Asked {
    request: Option<String>,
    relay_state: Option<String>,
    user: String,
    password: SecretString,
}

/// A page that is not the one that was hoped for.
struct Setback {
    status: StatusCode,
    notice: Notice,
    /// Seconds.
    retry: Option<u64>,
    /// For the log.
    why: String,
    /// May he try again in the same form?
    again: bool,
}

/// Is it one of our addresses?
pub(super) fn is_meant(path: &str) -> bool {
    [LOGIN, METADATA].contains(&path)
}

impl Desk {
    pub(super) fn new() -> Self {
        Self { throttle: Mutex::default(), once: Mutex::new(Once::new(REQUEST_LIFE + SKEW)), at_once: Semaphore::new(AT_ONCE) }
    }

    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        guest: Guest,
        sign_on: &SignOn,
        limits: &Limits,
    ) -> Result<Answer, Refused> {
        let language = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map_or(Language::English, Language::of);
        if guest.door == Door::Remoting {
            return Err(Refused::new(StatusCode::NOT_FOUND, "There is nothing at this address: single sign-on is not for web connectors"));
        }
        if request.uri().path() == METADATA {
            return match *request.method() {
                Method::GET | Method::HEAD => {
                    Ok(reply::answer(StatusCode::OK, "application/samlmetadata+xml", sign_on.provider.metadata()))
                }
                ref other => Err(Refused::method("GET, HEAD", other)),
            };
        }
        // A proxy on this machine has taken the encryption off.
        if !guest.secure && !guest.peer.ip().to_canonical().is_loopback() {
            return Ok(shown(StatusCode::FORBIDDEN, page::refusal(language, Notice::Insecure)));
        }
        match *request.method() {
            Method::GET | Method::HEAD => {
                let asked = Asked::of(request.uri().query().unwrap_or_default());
                let usable = asked.and_then(|asked| self.usable(sign_on, &asked).map(|_| asked));
                Ok(match usable {
                    Ok(asked) => shown(StatusCode::OK, asked.form(language, None)),
                    Err(setback) => setback.told(language, None, guest),
                })
            }
            Method::POST => {
                let (head, incoming) = request.into_parts();
                let bytes = body::read(&head.headers, incoming, FORM.min(limits.body), limits.body_time).await?;
                let asked = match Asked::of(&String::from_utf8_lossy(&bytes)) {
                    Ok(asked) => asked,
                    Err(setback) => return Ok(setback.told(language, None, guest)),
                };
                Ok(match self.log_on(&head.headers, &asked, guest, sign_on).await {
                    Ok((consumer, fields)) => {
                        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                        shown(StatusCode::OK, page::hand_over(language, &consumer, &fields))
                    }
                    Err(setback) => setback.told(language, Some(&asked), guest),
                })
            }
            ref other => Err(Refused::method("GET, HEAD, POST", other)),
        }
    }

    /// The request that came along, where one did.
    fn usable(&self, sign_on: &SignOn, asked: &Asked) -> Result<Option<AuthnRequest>, Setback> {
        let Some(packed) = &asked.request else { return Ok(None) };
        let request = sign_on.provider.request(packed, Timestamp::now()).map_err(|unusable| {
            let notice = if unusable == Unusable::Stale { Notice::Stale } else { Notice::BadRequest };
            Setback::new(StatusCode::BAD_REQUEST, notice, format!("the request cannot be answered: {unusable}"))
        })?;
        if lock(&self.once).has(&request.id, Instant::now()) {
            return Err(answered());
        }
        Ok(Some(request))
    }

    /// Gives back where the browser goes next, and with what.
    async fn log_on(
        &self,
        headers: &HeaderMap,
        asked: &Asked,
        guest: Guest,
        sign_on: &SignOn,
    ) -> Result<(String, Vec<(&'static str, String)>), Setback> {
        // Otherwise a stranger's page could log a person on as the stranger. Browsers that do not say so send no such form unasked.
        if headers.get(CROSS_SITE).is_some_and(|from| from != "same-origin") {
            return Err(Setback::new(StatusCode::FORBIDDEN, Notice::Elsewhere, "another site has sent the form"));
        }
        let request = self.usable(sign_on, asked)?;
        let email = self.prove(asked, guest, sign_on).await?;
        if let Some(request) = &request
            && !lock(&self.once).take(&request.id, Instant::now())
        {
            return Err(answered());
        }
        let answer = sign_on
            .provider
            .answer(request.as_ref(), &email, Timestamp::now())
            .map_err(|why| Setback::new(StatusCode::INTERNAL_SERVER_ERROR, Notice::Fault, why))?;
        SignedOn { user: &asked.user, email: &email, peer: guest.peer }.emit();
        let mut fields = vec![("SAMLResponse", answer.message)];
        fields.extend(asked.relay_state.clone().map(|state| ("RelayState", state)));
        Ok((answer.consumer, fields))
    }

    async fn prove(&self, asked: &Asked, guest: Guest, sign_on: &SignOn) -> Result<String, Setback> {
        let (address, user, now) = (guest.peer.ip(), asked.user.trim(), Instant::now());
        {
            let mut throttle = lock(&self.throttle);
            if let Some(wait) = throttle.wait(address, user, now) {
                let minutes = wait.as_secs().div_ceil(60).max(1);
                let setback = Setback::new(StatusCode::TOO_MANY_REQUESTS, Notice::Wait { minutes }, "too many wrong passwords");
                return Err(Setback { retry: Some(wait.as_secs() + 1), again: true, ..setback });
            }
            throttle.tries(address, user, now);
        }
        let work = async {
            // The semaphore is never closed.
            let _turn = self.at_once.acquire().await;
            (sign_on.prove)(user.to_owned(), asked.password.clone()).await
        };
        let proven = timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(Unproven::Unavailable("it did not answer in time".into())));
        if !matches!(proven, Err(Unproven::Wrong)) {
            lock(&self.throttle).was_right(address, user, now);
        }
        proven.map_err(|unproven| match unproven {
            Unproven::Wrong => Setback { again: true, ..Setback::new(StatusCode::FORBIDDEN, Notice::Wrong, "user or password is wrong") },
            Unproven::Unavailable(why) => Setback {
                again: true,
                retry: Some(60),
                ..Setback::new(StatusCode::SERVICE_UNAVAILABLE, Notice::Unavailable, format!("the switch cannot be asked: {why}"))
            },
            Unproven::NoEmail => {
                Setback::new(StatusCode::FORBIDDEN, Notice::NoEmail, format!("the user {user:?} has no business e-mail address"))
            }
        })
    }
}

fn answered() -> Setback {
    Setback::new(StatusCode::BAD_REQUEST, Notice::Answered, "the request was answered already")
}

// === impl Asked ===

impl Asked {
    /// Reads an address's question or a form; each field once, and none longer than it may be.
    fn of(text: &str) -> Result<Self, Setback> {
        let mut asked = Self::default();
        let bad = |why: &str| Setback::new(StatusCode::BAD_REQUEST, Notice::BadRequest, why);
        let mut seen = Vec::new();
        for (name, value) in form::fields(text) {
            let most = match name.as_str() {
                "SAMLRequest" => REQUEST,
                "RelayState" => RELAY_STATE,
                "user" => NAME,
                "password" => PASSWORD,
                // Algorithm and signature of a request, and whatever browsers add.
                _ => continue,
            };
            if value.len() > most || seen.contains(&name) {
                return Err(bad("a field is too long, or comes twice"));
            }
            match name.as_str() {
                "SAMLRequest" => asked.request = Some(value),
                "RelayState" => asked.relay_state = Some(value),
                "user" => asked.user = value,
                _ => asked.password = value.into(),
            }
            seen.push(name);
        }
        Ok(asked)
    }

    fn form(&self, language: Language, notice: Option<Notice>) -> Page {
        let fields = [("SAMLRequest", &self.request), ("RelayState", &self.relay_state)];
        let fields: Vec<_> = fields.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
        page::log_on(language, &fields, &self.user, notice)
    }
}

// === impl Setback ===

impl Setback {
    fn new(status: StatusCode, notice: Notice, why: impl Into<String>) -> Self {
        Self { status, notice, retry: None, why: why.into(), again: false }
    }

    fn told(self, language: Language, asked: Option<&Asked>, guest: Guest) -> Answer {
        SignOnRefused { status: self.status.as_u16(), why: &self.why, peer: guest.peer }.emit();
        let page = match asked.filter(|_| self.again) {
            Some(asked) => asked.form(language, Some(self.notice)),
            None => page::refusal(language, self.notice),
        };
        let mut answer = shown(self.status, page);
        if let Some(seconds) = self.retry {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}

/// A page that nobody keeps, frames, or lets load anything.
fn shown(status: StatusCode, page: Page) -> Answer {
    let mut answer = reply::fresh(reply::answer(status, reply::HTML, page.html));
    let headers = answer.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&page.policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    answer
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

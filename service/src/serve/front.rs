//! The web connector: SAP's side of the service in another zone of the network (guide, "Install the SAP ICI Web Connector"). It understands no
//! message. It bounds what comes, says who may call, carries it to the integration service's remoting port, and brings the answer back byte
//! by byte. The service learns the caller's address from the field `Forwarded` (RFC 7239).

mod upstream;

pub use upstream::Upstream;

use super::{
    Policy, Which, body,
    connection::{Answer, Bounds, Door, Guest, Handler, Protection},
    doors::Doors,
    reply::{self, Refused},
};
use crate::{
    domain::Side,
    ici::Codec,
    telemetry::event::{Event, RequestAnswered, RequestRefused},
};
use http_body_util::Full;
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{
        ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, FORWARDED, HOST, HeaderName,
        HeaderValue, USER_AGENT,
    },
    http::uri::PathAndQuery,
};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};
use upstream::Lines;

/// What a caller says that the service has to know.
const INWARD: [HeaderName; 7] =
    [HOST, CONTENT_TYPE, CONTENT_ENCODING, ACCEPT, ACCEPT_ENCODING, USER_AGENT, HeaderName::from_static("soapaction")];
/// What the service says that the caller has to know.
const OUTWARD: [HeaderName; 5] = [CONTENT_TYPE, CONTENT_ENCODING, CACHE_CONTROL, ALLOW, ACCEPT_ENCODING];

/// The web connector.
pub struct Front {
    known: watch::Sender<Arc<Known>>,
    doors: Doors<Desk>,
}

struct Known {
    policy: Policy,
    lines: Arc<Lines>,
}

struct Desk {
    known: watch::Receiver<Arc<Known>>,
    /// For faults of our own; what the service says is its own.
    codec: Codec,
}

impl Front {
    /// Binds and begins to carry.
    ///
    /// # Errors
    /// Which address cannot be had, and why.
    pub fn start(policy: Policy, upstream: Upstream, codec: Codec) -> Result<Self, (Which, io::Error)> {
        let plan = policy.plan();
        let (known, in_force) = watch::channel(Arc::new(Known { policy, lines: Arc::new(Lines::new(upstream)) }));
        let doors = Doors::start(Arc::new(Desk { known: in_force, codec }), plan)?;
        Ok(Self { known, doors })
    }

    /// Where SAP reaches it.
    pub fn url(&self) -> String {
        format!("{}://{}{}", self.doors.scheme(), self.doors.main(), self.known.borrow().policy.path)
    }

    /// The same by HTTPS, where that is spoken beside HTTP.
    pub fn secure_url(&self) -> Option<String> {
        Some(format!("https://{}{}", self.doors.secure()?, self.known.borrow().policy.path))
    }

    /// Works by another policy from now on.
    ///
    /// # Errors
    /// Which new address cannot be had, and why; then nothing has changed.
    pub async fn apply(&mut self, policy: Policy, upstream: Upstream) -> Result<(), (Which, io::Error)> {
        let plan = policy.plan();
        let before = Arc::clone(&self.known.borrow());
        // Lines that are open go on being used, unless they would lead elsewhere.
        let lines = if before.lines.lead_to(&upstream) { Arc::clone(&before.lines) } else { Arc::new(Lines::new(upstream)) };
        let publish = |_| drop(self.known.send_replace(Arc::new(Known { policy, lines })));
        self.doors.apply(plan, publish).await
    }

    /// Takes no more connections, answers every request, and cuts off who is not done within the time.
    pub async fn stop(self, within: Duration) {
        self.doors.stop(within).await;
    }
}

impl Desk {
    async fn carry(&self, request: Request<Incoming>, guest: Guest, known: &Known) -> Result<Answer, Refused> {
        let policy = &known.policy;
        policy.access.judge(guest.peer.ip(), guest.certified, request.headers()).await?;
        if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
            return Err(Refused::method("GET, HEAD, POST", request.method()));
        }
        let (head, body) = request.into_parts();
        let body = match head.method {
            Method::POST => body::raw(&head.headers, body, policy.limits.body, policy.limits.body_time).await?,
            _ => Bytes::new(),
        };
        let mut onward = Request::new(Full::new(body.clone()));
        *onward.method_mut() = head.method.clone();
        *onward.uri_mut() = head.uri.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/")).into();
        carry_over(&INWARD, &head.headers, onward.headers_mut());
        onward.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        onward.headers_mut().entry(HOST).or_insert(HeaderValue::from_static("localhost"));
        if let Ok(forwarded) = HeaderValue::from_str(&forwarded(guest)) {
            onward.headers_mut().insert(FORWARDED, forwarded);
        }
        let began = Instant::now();
        let (head, body) =
            known.lines.exchange(onward).await.map_err(|fault| Refused::new(StatusCode::SERVICE_UNAVAILABLE, fault.to_string()))?;
        RequestAnswered { operation: "carried", status: head.status.as_u16(), took: began.elapsed(), peer: guest.peer }.emit();
        let mut answer = Response::new(Full::new(body));
        *answer.status_mut() = head.status;
        carry_over(&OUTWARD, &head.headers, answer.headers_mut());
        Ok(answer)
    }

    fn known(&self) -> Arc<Known> {
        self.known.borrow().clone()
    }
}

// === impl Desk ===

impl Handler for Desk {
    async fn answer(&self, request: Request<Incoming>, guest: Guest) -> Answer {
        let known = self.known();
        let for_a_person = matches!(*request.method(), Method::GET | Method::HEAD);
        self.carry(request, guest, &known).await.unwrap_or_else(|refused| {
            RequestRefused { status: refused.status.as_u16(), why: &refused.why, peer: guest.peer }.emit();
            if for_a_person { refused.text() } else { refused.fault(&self.codec) }
        })
    }

    fn broken(&self) -> Answer {
        let why = "The web connector met a fault of its own: try again, and send its log to support";
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, why).fault(&self.codec)
    }

    fn too_many(&self) -> Answer {
        let why = "This address sends more requests than it may: an administrator can raise `limits.requests_per_second`";
        Refused::new(StatusCode::TOO_MANY_REQUESTS, why).fault(&self.codec)
    }

    fn too_slow(&self) -> (&'static str, Vec<u8>) {
        let why = format!("The request's header did not arrive within {:?}: send it at once", self.bounds().header_time);
        (reply::XML, self.codec.fault(Side::Client, &why).body)
    }

    fn bounds(&self) -> Bounds {
        self.known.borrow().policy.bounds()
    }

    fn protection(&self, door: Door) -> Protection {
        self.known.borrow().policy.protection(door)
    }
}

fn carry_over(names: &[HeaderName], from: &HeaderMap, to: &mut HeaderMap) {
    for name in names {
        for value in from.get_all(name) {
            to.append(name, value.clone());
        }
    }
}

/// `for="10.1.2.3:4711";proto=https`.
fn forwarded(guest: Guest) -> String {
    let scheme = if guest.secure { "https" } else { "http" };
    format!("for=\"{}\";proto={scheme}", SocketAddr::new(guest.peer.ip().to_canonical(), guest.peer.port()))
}

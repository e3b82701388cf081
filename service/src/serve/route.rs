//! What a path and a method mean at the web service.
//!
//! | request | answer |
//! |---|---|
//! | `POST` path | the command, carried out |
//! | `GET` path, or the guide's test address beside it (`….aspx`) | the service page |
//! | `GET` path`?wsdl`, `?wsdl=encoded` | the interface for SOAP clients |
//! | `GET` path`?schema=soap-encoding` | the schema that the encoded WSDL imports |
//! | `/sso/login`, `/sso/metadata` | single sign-on to Genesys Cloud (`sso`) |
//!
//! Case does not matter in paths, as it does not in the product that Jackfield replaces. For [`GRACE`] after a change of path the old one
//! is served as well.

use super::{
    GRACE, Health, Policy, body,
    connection::{Answer, Bounds, Door, Guest, Handler, Protection},
    page,
    reply::{self, Refused},
    sso,
};
use crate::{
    agents::Agents,
    capture::{Note, Recorder, Way},
    domain::{ItemId, Refusal, Reply, Side, UserId},
    ici::{Codec, Message, Style},
    telemetry::event::{Event, RequestAnswered, RequestRefused},
    timeline::{Body, Entry, Kind, TIMELINES},
};
use hyper::{
    HeaderMap, Method, Request, StatusCode, Uri,
    body::Incoming,
    header::{CONTENT_TYPE, FORWARDED, HOST},
};
use std::{borrow::Cow, net::SocketAddr, sync::Arc};
use tokio::{sync::watch, time::Instant};

/// The web service.
pub(super) struct Site {
    known: watch::Receiver<Arc<Known>>,
    codec: watch::Receiver<Arc<Codec>>,
    agents: Agents,
    health: Health,
    recorder: Recorder,
    sso: sso::Desk,
}

/// What the service goes by at the moment.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) policy: Policy,
    /// The address as it is bound.
    pub(super) bound: SocketAddr,
    /// Paths that were valid, and how long they still are.
    former: Vec<(String, Instant)>,
}

/// What a path and a query ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Service,
    Wsdl(Style),
    EncodingSchema,
    /// The guide's test address: for people only.
    Page,
}

impl Site {
    pub(super) fn new(
        known: watch::Receiver<Arc<Known>>,
        codec: watch::Receiver<Arc<Codec>>,
        agents: Agents,
        health: Health,
        recorder: Recorder,
    ) -> Self {
        Self { known, codec, agents, health, recorder, sso: sso::Desk::new() }
    }

    async fn respond(&self, request: Request<Incoming>, guest: Guest, known: &Known, codec: &Codec) -> Result<Answer, Refused> {
        let policy = &known.policy;
        if let Some(sign_on) = policy.sign_on.as_ref().filter(|_| sso::is_meant(request.uri().path())) {
            return self.sso.answer(request, guest, sign_on, &policy.limits).await;
        }
        let guest = admit(guest, request.headers(), policy).await?;
        let peer = guest.peer;
        let place = known.place(request.uri(), Instant::now()).ok_or_else(|| {
            Refused::new(StatusCode::NOT_FOUND, format!("There is nothing at this address: the web service is at {}", policy.path))
        })?;
        match (request.method(), place) {
            (&Method::POST, Place::Service | Place::Wsdl(_)) => self.command(request, peer, known, codec).await,
            (&Method::GET | &Method::HEAD, place) => Ok(self.show(place, request.headers(), guest, known, codec)),
            (method, Place::Service | Place::Wsdl(_)) => Err(Refused::method("GET, HEAD, POST", method)),
            (method, Place::Page | Place::EncodingSchema) => Err(Refused::method("GET, HEAD", method)),
        }
    }

    async fn command(&self, request: Request<Incoming>, peer: SocketAddr, known: &Known, codec: &Codec) -> Result<Answer, Refused> {
        let (head, body) = request.into_parts();
        let text = |name| head.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let content_type = text(CONTENT_TYPE.as_str()).unwrap_or_default();
        if !content_type.to_ascii_lowercase().contains("xml") {
            return Err(Refused::not_xml(&content_type));
        }
        let limits = &known.policy.limits;
        let body = body::read(&head.headers, body, limits.body, limits.body_time).await?;
        let began = Instant::now();
        let action = text("soapaction");
        let mut user = None;
        let (operation, message) = match codec.decode(&body, action.as_deref(), Some(peer.ip().to_canonical())) {
            Ok(decoded) => {
                user.clone_from(&decoded.request.user);
                let item = decoded.request.command.item().cloned();
                let outcome = self.agents.carry_out(decoded.request).await;
                let (name, answer) = (codec.name(decoded.operation), codec.answer(decoded.operation, decoded.style, &outcome));
                if let Some(user) = &user {
                    let story = story(name, item, &outcome, [&body[..], &answer.body[..]], answer.status);
                    TIMELINES.note(user, story.after(began.elapsed()));
                }
                (name, answer)
            }
            Err(fault) => ("none", fault),
        };
        RequestAnswered { operation, status: message.status, took: began.elapsed(), peer }.emit();
        if self.recorder.wants(user.as_ref().map(UserId::as_str)) {
            self.record(&body, action, user, &message, began);
        }
        Ok(reply::message(message))
    }

    fn record(&self, body: &[u8], action: Option<Cow<'_, str>>, user: Option<UserId>, answer: &Message, began: Instant) {
        self.recorder.note(Note {
            way: Way::FromSap,
            user: user.map(|user| user.as_str().to_owned()),
            to: None,
            action: action.map(Cow::into_owned),
            status: answer.status,
            began: began.into_std(),
            took: began.elapsed(),
            body: body.to_vec(),
            answer: answer.body.clone(),
        });
    }

    fn show(&self, place: Place, headers: &HeaderMap, guest: Guest, known: &Known, codec: &Codec) -> Answer {
        let address = || known.address(headers, guest.secure);
        match place {
            Place::Service | Place::Page => {
                let page = page::render(&address(), &codec.operations(), &(self.health)());
                reply::fresh(reply::answer(StatusCode::OK, reply::HTML, page))
            }
            Place::Wsdl(style) => reply::answer(StatusCode::OK, reply::XML, codec.wsdl(style, &address())),
            Place::EncodingSchema => reply::answer(StatusCode::OK, reply::XML, codec.encoding_schema()),
        }
    }

    fn known(&self) -> Arc<Known> {
        self.known.borrow().clone()
    }

    fn codec(&self) -> Arc<Codec> {
        self.codec.borrow().clone()
    }
}

impl Known {
    pub(super) fn new(policy: Policy, bound: SocketAddr) -> Self {
        Self { policy, bound, former: Vec::new() }
    }

    /// After a change of policy.
    pub(super) fn followed_by(&self, policy: Policy, bound: SocketAddr, now: Instant) -> Self {
        let mut former: Vec<_> = self.former.iter().filter(|(path, until)| *until > now && *path != policy.path).cloned().collect();
        if policy.path != self.policy.path {
            former.push((self.policy.path.clone(), now + GRACE));
        }
        Self { policy, bound, former }
    }

    fn place(&self, uri: &Uri, now: Instant) -> Option<Place> {
        let path = uri.path();
        let is =
            |known: &str| path.eq_ignore_ascii_case(known) || path.strip_suffix('/').is_some_and(|path| path.eq_ignore_ascii_case(known));
        let former = || self.former.iter().filter(|(_, until)| *until > now).map(|(path, _)| path.as_str());
        let mut paths = std::iter::once(self.policy.path.as_str()).chain(former());
        if paths.clone().any(is) {
            return Some(asked(uri.query().unwrap_or_default()));
        }
        paths.any(|known| test_address(known).is_some_and(|address| is(&address))).then_some(Place::Page)
    }

    /// How the caller reaches us: as the file says, else as he has called us, else the bound address.
    fn address(&self, headers: &HeaderMap, secure: bool) -> String {
        if let Some(public) = &self.policy.public_url {
            return public.clone();
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
        let (scheme, path) = (if secure { "https" } else { "http" }, &self.policy.path);
        host.map_or_else(|| format!("{scheme}://{}{path}", self.bound), |host| format!("{scheme}://{host}{path}"))
    }
}

// === impl Site ===

impl Handler for Site {
    async fn answer(&self, request: Request<Incoming>, guest: Guest) -> Answer {
        let (known, codec) = (self.known(), self.codec());
        let for_a_person = matches!(*request.method(), Method::GET | Method::HEAD);
        match self.respond(request, guest, &known, &codec).await {
            Ok(answer) => answer,
            Err(refused) => {
                RequestRefused { status: refused.status.as_u16(), why: &refused.why, peer: guest.peer }.emit();
                if for_a_person { refused.text() } else { refused.fault(&codec) }
            }
        }
    }

    fn broken(&self) -> Answer {
        let why = "Jackfield met a fault of its own: try again, and send its log to support";
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, why).fault(&self.codec())
    }

    fn too_many(&self) -> Answer {
        let why = "This address sends more requests than it may: an administrator can raise `limits.requests_per_second`";
        Refused::new(StatusCode::TOO_MANY_REQUESTS, why).fault(&self.codec())
    }

    fn too_slow(&self) -> (&'static str, Vec<u8>) {
        let why = format!("The request's header did not arrive within {:?}: send it at once", self.bounds().header_time);
        (reply::XML, self.codec().fault(Side::Client, &why).body)
    }

    fn bounds(&self) -> Bounds {
        self.known.borrow().policy.bounds()
    }

    fn protection(&self, door: Door) -> Protection {
        self.known.borrow().policy.protection(door)
    }
}

/// A command for its agent's timeline.
fn story(name: &'static str, item: Option<ItemId>, outcome: &Result<Reply, Refusal>, [message, answer]: [&[u8]; 2], status: u16) -> Entry {
    let made = match outcome {
        Ok(Reply::Item(item)) => Some(item.clone()),
        _ => None,
    };
    Entry {
        item: item.or(made),
        outcome: if status < 400 { "answered" } else { "fault" },
        detail: outcome.as_ref().err().map(ToString::to_string).unwrap_or_default().into(),
        message: Body::of(message),
        answer: Body::of(answer),
        ..Entry::new(Kind::Command, name)
    }
}

/// Who asks: who has come, or for whom a web connector speaks.
async fn admit(guest: Guest, headers: &HeaderMap, policy: &Policy) -> Result<Guest, Refused> {
    if guest.door != Door::Remoting {
        policy.access.judge(guest.peer.ip(), guest.certified, headers).await?;
        return Ok(guest);
    }
    let address = guest.peer.ip();
    if !policy.remoting.as_ref().is_some_and(|remoting| remoting.access.admits(address)) {
        let why = format!("The address {address} may not be a web connector: an administrator can allow it under `remoting.networks`");
        return Err(Refused::new(StatusCode::FORBIDDEN, why));
    }
    Ok(headers.get(FORWARDED).and_then(|said| said.to_str().ok()).map_or(guest, |said| forwarded(said, guest)))
}

/// What a web connector says of its caller: `for="10.1.2.3:4711";proto=https` (RFC 7239).
fn forwarded(said: &str, guest: Guest) -> Guest {
    let pairs = || said.split(';').filter_map(|pair| pair.trim().split_once('='));
    let value = |name: &str| pairs().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_matches('"'));
    let peer = value("for").and_then(|peer| peer.parse().ok()).unwrap_or(guest.peer);
    Guest { peer, secure: value("proto") == Some("https"), ..guest }
}

fn asked(query: &str) -> Place {
    let query = query.to_ascii_lowercase();
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    for pair in pairs {
        match pair {
            ("wsdl", "encoded") => return Place::Wsdl(Style::Encoded),
            ("wsdl", _) => return Place::Wsdl(Style::Literal),
            ("schema", "soap-encoding") => return Place::EncodingSchema,
            _ => {}
        }
    }
    Place::Service
}

/// The guide's test address ("Test the SAP Integration Web Connector") beside a path: `….asmx` becomes `….aspx`.
fn test_address(path: &str) -> Option<String> {
    let stem = path.len().checked_sub(".asmx".len())?;
    path.get(stem..)?.eq_ignore_ascii_case(".asmx").then(|| format!("{}.aspx", &path[..stem]))
}

/// May this stand in an address that we hand out? Only what a host and a port are made of.
fn is_host(text: &str) -> bool {
    !text.is_empty() && text.len() <= 255 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::tests::policy;

    const PATH: &str = "/SapIciWebConnector/IcSapWebService.asmx";

    fn known(path: &str) -> Known {
        Known::new(Policy { path: path.into(), ..policy() }, ([127, 0, 0, 1], 8095).into())
    }

    #[test]
    fn paths_and_queries_mean_what_the_table_says() {
        let expected = [
            (PATH, Some(Place::Service)),
            ("/sapiciwebconnector/icsapwebservice.ASMX", Some(Place::Service)),
            ("/SapIciWebConnector/IcSapWebService.asmx/", Some(Place::Service)),
            ("/SapIciWebConnector/IcSapWebService.asmx?x=1", Some(Place::Service)),
            ("/SapIciWebConnector/IcSapWebService.asmx?WSDL", Some(Place::Wsdl(Style::Literal))),
            ("/SapIciWebConnector/IcSapWebService.asmx?wsdl=encoded", Some(Place::Wsdl(Style::Encoded))),
            ("/SapIciWebConnector/IcSapWebService.asmx?schema=soap-encoding", Some(Place::EncodingSchema)),
            ("/SapIciWebConnector/IcSapWebService.aspx", Some(Place::Page)),
            ("/", None),
            ("/SapIciWebConnector", None),
            ("/SapIciWebConnector/IcSapWebService.asmx.asmx", None),
        ];
        let known = known(PATH);
        for (uri, place) in expected {
            assert_eq!(known.place(&uri.parse().unwrap(), Instant::now()), place, "{uri}");
        }
        assert_eq!(test_address("/ici"), None);
        assert_eq!(test_address("/ä"), None);
    }

    #[test]
    fn an_old_path_is_served_for_the_grace_and_no_longer() {
        let now = Instant::now();
        let first = known("/a");
        let second = first.followed_by(known("/b").policy, first.bound, now);
        let old: Uri = "/a".parse().unwrap();
        assert_eq!(second.place(&old, now), Some(Place::Service));
        assert_eq!(second.place(&"/b".parse().unwrap(), now), Some(Place::Service));
        assert_eq!(second.place(&old, now + GRACE), None);
        let back = second.followed_by(known("/a").policy, first.bound, now);
        assert_eq!(back.place(&old, now + 2 * GRACE), Some(Place::Service));
        assert_eq!(back.place(&"/b".parse().unwrap(), now), Some(Place::Service));
    }

    #[test]
    fn the_address_handed_out_is_the_public_one_or_the_callers() {
        let mut known = known("/ici");
        let mut headers = HeaderMap::new();
        assert_eq!(known.address(&headers, false), "http://127.0.0.1:8095/ici");
        headers.insert(HOST, "cti.example.com:8095".parse().unwrap());
        assert_eq!(known.address(&headers, false), "http://cti.example.com:8095/ici");
        headers.insert(HOST, "a\"><script>".parse().unwrap());
        assert_eq!(known.address(&headers, false), "http://127.0.0.1:8095/ici");
        assert_eq!(known.address(&headers, true), "https://127.0.0.1:8095/ici");
        known.policy.public_url = Some("https://cti.example.com/sap".into());
        assert_eq!(known.address(&headers, false), "https://cti.example.com/sap");
    }
}

//! The listener for whoever runs the simulator: people outside, faults, switchover. It answers on loopback only, no web page, and JSON only.
//!
//! | request | answer |
//! |---|---|
//! | `POST /callers` with `{"number": "+49…", "to": "Support"}` | 201 and `{"call": "…"}`; `kind`, `name`, `attached_data`, `attributes` may be given |
//! | `GET /callers/CALL` | 200 and how it stands; 404 when it is over |
//! | `POST /callers/CALL/postings` with `{"text": "…"}` | the customer of a chat writes |
//! | `POST /callers/CALL/answer` | the number that an agent has dialled answers |
//! | `DELETE /callers/CALL` | the caller hangs up |
//! | `POST /clients` with `{"user": "…", "station": "…"}` | a user is on with another client; without `station` he is not any more |
//! | `PUT /configuration` with users, workgroups, skills, wrap-up codes, dial groups | what administrators have set up from now on; how it routes stays |
//! | `GET`, `PUT /faults` | what goes wrong |
//! | `POST /faults/cut-streams` | all server-sent events end |
//! | `POST /switchover` with `{"how": "yields"}` | the other one takes over; `dies` and `hangs` are other ways to go |
//! | `POST /mode` with `{"mode": "active"}` | how this one stands; for a pair in two processes |
//! | `GET /heritage` | what the other one of a pair in two processes takes over: lines of JSON, for as long as this one is active |
//! | `GET /agents` | what every agent has, as his telephone and his screen would show it |
//! | `GET /status` | sessions, mode, faults, and what only a telephone would notice |

use super::{
    Cic, Going, Listening, Mode, Pair,
    faults::Faults,
    server::{Outgoing, listen_with, read},
};
use crate::{
    domain::{Author, Direction, InteractionId, InteractionKind},
    switch::{
        Configuration,
        embedded::{CallPicture, Caller, Reach, Stage},
    },
};
use http_body_util::Full;
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue, ORIGIN},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{collections::BTreeMap, io, net::SocketAddr, sync::Arc};

/// What is administered: one server, or a pair.
#[derive(Clone)]
pub enum Administered {
    /// One.
    One(Cic),
    /// Two.
    Two(Pair),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Comer {
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    number: String,
    to: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    attached_data: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Call,
    Callback,
    Chat,
    Email,
    GenericObject,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Posted {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientOf {
    user: String,
    #[serde(default)]
    station: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SwitchOver {
    how: Going,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stands {
    mode: Mode,
}

/// A status and what is said.
type Said = Result<(StatusCode, Value), (StatusCode, String)>;

// === impl Administered ===

impl Administered {
    /// Listens at an address of this machine; port 0 takes any free one.
    ///
    /// # Errors
    /// The address cannot be had, or others could reach it.
    pub async fn listen(self, address: SocketAddr) -> io::Result<Listening> {
        if !address.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "whoever runs the simulator is on this machine: give an address of loopback",
            ));
        }
        listen_with(address, move |request| {
            let here = self.clone();
            async move { here.respond(request).await }
        })
        .await
    }

    fn active(&self) -> &Cic {
        match self {
            Self::One(cic) => cic,
            Self::Two(pair) => pair.active(),
        }
    }

    fn all(&self) -> Vec<&Cic> {
        match self {
            Self::One(cic) => vec![cic],
            Self::Two(pair) => pair.servers().iter().collect(),
        }
    }

    async fn respond(&self, request: Request<Incoming>) -> io::Result<Response<Outgoing>> {
        let allowed = allowed(request.method().as_str(), request.headers());
        let ask = read(request).await?;
        let said = match allowed {
            Ok(()) if (ask.method.as_str(), ask.path.as_str()) == ("GET", "/heritage") => {
                let cic = self.active();
                if cic.mode() == Mode::Active {
                    return Ok(Response::new(Outgoing::Pieces(cic.hand_on())));
                }
                Err((StatusCode::CONFLICT, "This one is not active: it has nothing to hand on".to_owned()))
            }
            Ok(()) => self.answer(&ask).await,
            Err(refused) => Err(refused),
        };
        let (status, text, kind) = match said {
            Ok((status, body)) => (status, body.to_string(), "application/json"),
            Err((status, why)) => (status, format!("{why}\n"), "text/plain; charset=utf-8"),
        };
        let mut response = Response::new(Outgoing::Whole(Full::from(text)));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Ok(response)
    }

    async fn answer(&self, ask: &super::ask::Ask) -> Said {
        let segments = ask.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        let cic = self.active();
        let outside = cic.outside();
        match (ask.method.as_str(), path.as_slice()) {
            ("POST", ["callers"]) => {
                let comer: Comer = body(ask)?;
                let reach = Reach::Named(comer.to.clone());
                let call = outside.call_in(comer.into(), reach).await.map_err(|refusal| (StatusCode::CONFLICT, refusal.to_string()))?;
                Ok((StatusCode::CREATED, json!({ "call": call.as_str() })))
            }
            ("GET", ["callers", call]) => {
                let picture = outside.watch(&InteractionId::new(*call)).await.map(|watch| watch.borrow().clone());
                picture
                    .map(|picture| (StatusCode::OK, described(&picture)))
                    .ok_or((StatusCode::NOT_FOUND, "It is over, or there was none".to_owned()))
            }
            ("POST", ["callers", call, "postings"]) => {
                let posted: Posted = body(ask)?;
                outside.say(&InteractionId::new(*call), &posted.text).await;
                Ok(done())
            }
            ("POST", ["callers", call, "answer"]) => {
                outside.answer_outside(&InteractionId::new(*call)).await;
                Ok(done())
            }
            ("DELETE", ["callers", call]) => {
                outside.hang_up(&InteractionId::new(*call)).await;
                Ok(done())
            }
            ("POST", ["clients"]) => {
                let client: ClientOf = body(ask)?;
                let used = cic.use_client(&client.user, client.station.as_deref()).await;
                used.map_err(|refusal| (StatusCode::CONFLICT, refusal.to_string()))?;
                Ok(done())
            }
            ("PUT", ["configuration"]) => {
                let configuration: Configuration = body(ask)?;
                let configuration = Arc::new(configuration);
                self.all().into_iter().for_each(|cic| cic.configure(Arc::clone(&configuration)));
                Ok(done())
            }
            ("GET", ["faults"]) => Ok((StatusCode::OK, json!(cic.faults()))),
            ("PUT", ["faults"]) => {
                let faults: Faults = body(ask)?;
                self.all().into_iter().for_each(|cic| cic.set_faults(faults.clone()));
                Ok(done())
            }
            ("POST", ["faults", "cut-streams"]) => {
                self.all().into_iter().for_each(Cic::cut_streams);
                Ok(done())
            }
            ("POST", ["switchover"]) => {
                let over: SwitchOver = body(ask)?;
                let Self::Two(pair) = self else {
                    return Err((
                        StatusCode::CONFLICT,
                        "There is only one server: start it with --pair, or set each one's /mode".to_owned(),
                    ));
                };
                pair.switch_over(over.how);
                Ok(done())
            }
            ("POST", ["mode"]) => {
                cic.set_mode(body::<Stands>(ask)?.mode);
                Ok(done())
            }
            ("GET", ["agents"]) => Ok((StatusCode::OK, cic.agents())),
            ("GET", ["status"]) => Ok((StatusCode::OK, json!({ "servers": self.all().into_iter().map(Cic::report).collect::<Vec<_>>() }))),
            (_, ["agents" | "callers" | "clients" | "configuration" | "faults" | "switchover" | "mode" | "heritage" | "status", ..]) => {
                Err((StatusCode::METHOD_NOT_ALLOWED, "This cannot be done there".to_owned()))
            }
            _ => Err((
                StatusCode::NOT_FOUND,
                "There are /agents, /callers, /clients, /configuration, /faults, /switchover, /mode, /heritage and /status".to_owned(),
            )),
        }
    }
}

fn done() -> (StatusCode, Value) {
    (StatusCode::OK, json!({ "done": true }))
}

fn body<T: DeserializeOwned>(ask: &super::ask::Ask) -> Result<T, (StatusCode, String)> {
    let bad = |why: String| (StatusCode::BAD_REQUEST, format!("This is not understood: {why}"));
    let value = ask.json().map_err(|problem| bad(problem.message))?;
    serde_json::from_value(value).map_err(|error| bad(error.to_string()))
}

/// No web page in somebody's browser may do this.
fn allowed(method: &str, headers: &HeaderMap) -> Result<(), (StatusCode, String)> {
    if headers.contains_key(ORIGIN) {
        return Err((StatusCode::FORBIDDEN, "A web page may not do this: use `jackfield simulate cic`".to_owned()));
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if matches!(method, "POST" | "PUT") && !kind.starts_with("application/json") {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send Content-Type: application/json".to_owned()));
    }
    Ok(())
}

fn described(picture: &CallPicture) -> Value {
    let stage = match picture.stage {
        Stage::Waiting => "waiting",
        Stage::Ringing => "ringing",
        Stage::Talking => "talking",
        Stage::OnHold => "on_hold",
        Stage::Voicemail(_) => "voicemail",
        Stage::Over => "over",
    };
    let postings = picture.postings.iter().map(|posting| {
        let from = match &posting.author {
            Author::Agent(user) => user.to_string(),
            Author::Customer { .. } => "customer".to_owned(),
            Author::System => "system".to_owned(),
        };
        json!({ "from": from, "text": &*posting.text })
    });
    json!({
        "call": picture.call.as_str(),
        "stage": stage,
        "agents": picture.agents.iter().map(|(user, _)| user.as_str()).collect::<Vec<_>>(),
        "agent_types": picture.agent_types,
        "postings": postings.collect::<Vec<_>>(),
    })
}

impl From<Comer> for Caller {
    fn from(comer: Comer) -> Self {
        let kind = match comer.kind {
            Kind::Call => InteractionKind::Call,
            Kind::Callback => InteractionKind::Callback,
            Kind::Chat => InteractionKind::Chat,
            Kind::Email => InteractionKind::Email,
            Kind::GenericObject => InteractionKind::GenericObject,
        };
        let attached_data = comer.attached_data.filter(|data| !data.is_empty()).map(Into::into);
        Self { kind, number: comer.number, name: comer.name, attributes: comer.attributes, attached_data, ..Self::default() }
    }
}

// === impl Cic ===

impl Cic {
    /// Administrators have set up something else, and whoever watches that is told.
    fn configure(&self, configuration: Arc<Configuration>) {
        self.with(|state| {
            state.scene.site.plan.configuration = configuration;
            state.scene.configured += 1;
            let users: Vec<_> = state.scene.site.plan.users.iter().map(|user| user.user.clone()).collect();
            for user in &users {
                state.scene.stir(user);
            }
        });
    }

    /// What every agent has.
    fn agents(&self) -> Value {
        self.with(|state| {
            let agents = state.scene.mirror.persons.iter().map(|(user, person)| {
                let interactions = person.interactions.values().map(|each| {
                    let written = each.chat.iter().flat_map(|chat| &chat.postings).map(|posting| &*posting.text);
                    json!({
                        "interaction": each.id.as_str(),
                        "kind": match each.kind {
                            InteractionKind::Call => "call",
                            InteractionKind::Callback => "callback",
                            InteractionKind::Chat => "chat",
                            InteractionKind::Email => "email",
                            InteractionKind::GenericObject => "generic_object",
                        },
                        "state": each.state.word(),
                        "outbound": each.direction == Direction::Outbound,
                        "attached_data": each.attached_data.as_deref().unwrap_or_default(),
                        "postings": written.collect::<Vec<_>>(),
                    })
                });
                json!({ "user": user.as_str(), "interactions": interactions.collect::<Vec<_>>() })
            });
            json!({ "agents": agents.collect::<Vec<_>>() })
        })
    }

    /// How it stands, for people and tests.
    fn report(&self) -> Value {
        let mode = self.mode();
        self.with(|state| {
            let sessions: Vec<_> = state
                .scene
                .roster
                .all()
                .map(|(id, entry)| {
                    json!({
                        "session": id,
                        "user": entry.user.as_str(),
                        "application": entry.application,
                        "station": state.scene.seats.get(&entry.user).filter(|_| entry.has_station),
                        "streams": state.sessions.get(id).map_or(0, |session| session.streams),
                    })
                })
                .collect();
            json!({
                "name": state.scene.site.name,
                "mode": mode,
                "sessions": sessions,
                "calls": state.scene.mirror.calls.len(),
                "traffic": state.traffic.report(),
                "faults": state.faults,
                "noticed": state.scene.noticed,
            })
        })
    }
}

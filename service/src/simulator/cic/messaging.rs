//! Subscriptions, and fetching messages by polling or as server-sent events (reference of ICWS, §2).

use super::{
    Cic, activations,
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    chat::ChatWatch,
    configuration::ConfigurationWatch,
    desk::Desk,
    handlers::NotificationsWatch,
    queue_watch::{AlertingWatch, FaultedWatch, InteractionWatch, QueueWatch},
    server::Reply,
    session::Watch,
    sessions::{Only, SessionsWatch},
    state::State,
    station::StationWatch,
    statistics,
    status::{CatalogWatch, UserAccessWatch, UserStatusWatch},
};
use crate::domain::UserId;
use hyper::body::Bytes;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// Nothing said for so long, and `:ping` is.
const PING: Duration = Duration::from_secs(15);
/// Pieces of a stream that may wait for their reader.
const PIECES: usize = 16;

/// `GET /messaging/messages`: a list that empties the queue, or a stream.
pub(super) fn messages(desk: &Desk, ask: &Ask) -> Result<Reply, Problem> {
    if ask.method != "GET" {
        return Err(Problem::method(&ask.method));
    }
    let wants_stream = ask.header("accept").is_some_and(|accept| accept.contains("text/event-stream"));
    if wants_stream && desk.with(|state| state.scene.site.messaging >= 2 && !state.faults.no_events) {
        let (pieces, stream) = mpsc::channel(PIECES);
        tokio::spawn(stream_to(desk.cic.clone(), desk.id.clone(), pieces));
        return Ok(Reply::Stream(stream));
    }
    let all = desk.with(|state| waiting(state, &desk.id)).unwrap_or_default();
    Ok(Reply::Answer(Answer::ok(Value::Array(all))))
}

/// Writes a session's messages until it ends or nobody reads them.
async fn stream_to(cic: Cic, id: String, pieces: mpsc::Sender<Bytes>) {
    let Some((wake, cut)) = cic.with(|state| {
        let session = state.sessions.get_mut(&id)?;
        session.streams += 1;
        Some((Arc::clone(&session.wake), session.cut))
    }) else {
        return;
    };
    let mut begin = Some(Bytes::from_static(b":ping\n\n"));
    loop {
        let told = cic.with(|state| {
            let goes_on = state.sessions.get(&id).is_some_and(|session| session.cut == cut);
            if goes_on { waiting(state, &id) } else { None }
        });
        let Some(told) = told else {
            // Its last words, before it ended.
            for message in cic.with(|state| state.last_words.remove(&id)).unwrap_or_default() {
                let _ = pieces.send(Bytes::from(format!("data: {message}\n\n"))).await;
            }
            closed(&cic, &id);
            return;
        };
        let told = told.iter().map(|message| Bytes::from(format!("data: {message}\n\n")));
        for piece in begin.take().into_iter().chain(told) {
            if pieces.send(piece).await.is_err() {
                closed(&cic, &id);
                return;
            }
        }
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(PING) => begin = Some(Bytes::from_static(b":ping\n\n")),
            () = pieces.closed() => {
                closed(&cic, &id);
                return;
            }
        }
    }
}

/// What waits for a session, as it comes on its way; `None`: there is no such session.
fn waiting(state: &mut State, id: &str) -> Option<Vec<Value>> {
    let waiting = state.sessions.get_mut(id)?.messages.drain(..).collect();
    Some(state.faults.on_the_way(waiting))
}

fn closed(cic: &Cic, id: &str) {
    cic.with(|state| {
        if let Some(session) = state.sessions.get_mut(id) {
            session.streams = session.streams.saturating_sub(1);
            session.seen = tokio::time::Instant::now();
        }
    });
}

pub(super) fn answer(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    match (ask.method.as_str(), path) {
        ("POST", ["heartbeat"]) => Ok(Answer::empty(200)),
        ("PUT", ["subscriptions", rest @ ..]) => {
            let watch = watch(desk, rest, ask)?;
            let url = rest.join("/");
            desk.with(|state| state.watch(&desk.id, url, watch));
            // Seen at running servers for this one.
            Ok(Answer::empty(if rest == ["system", "handler-sent-notifications"] { 204 } else { 200 }))
        }
        ("DELETE", ["subscriptions", rest @ ..]) => {
            let url = rest.join("/");
            desk.with(|state| state.unwatch(&desk.id, &url));
            Ok(Answer::empty(200))
        }
        (method, ["heartbeat" | "subscriptions", ..]) => Err(Problem::method(method)),
        _ => Err(Problem::unsupported(&ask.path)),
    }
}

fn watch(desk: &Desk, path: &[&str], ask: &Ask) -> Result<Box<dyn Watch>, Problem> {
    let body = ask.json()?;
    let users = |name: &str| -> Result<Vec<UserId>, Problem> {
        let named = body.texts(name)?;
        Ok(desk.with(|state| named.iter().map(|user| state.scene.user_named(user).unwrap_or_else(|| user.as_str().into())).collect()))
    };
    Ok(match path {
        ["queues", id] => queues(desk, id, &body)?,
        ["interactions", id] => {
            reachable(desk, id)?;
            Box::new(InteractionWatch::new(id, body.texts("attributeNames")?))
        }
        ["interactions", id, "chat"] => {
            reachable(desk, id)?;
            Box::new(ChatWatch::new(id, desk.user.clone()))
        }
        ["interaction-alerting"] => Box::new(AlertingWatch::new(desk.user.clone(), body.texts("attributeNames")?)),
        ["status", "status-messages"] => Box::new(CatalogWatch::new(desk)),
        ["status", "status-messages-user-access"] => Box::new(UserAccessWatch::new(some(users("userIds")?, "userIds")?)),
        ["status", "user-statuses"] => {
            let users = some(users("userIds")?, "userIds")?;
            Box::new(UserStatusWatch::new(users, body.texts("userStatusProperties")?))
        }
        ["session", "sessions-users"] => Box::new(SessionsWatch::new(desk, Only::Users(users("userIds")?))?),
        ["session", "sessions-stations"] => Box::new(SessionsWatch::new(desk, Only::Stations(body.texts("stationIds")?))?),
        ["statistics", "statistic-values"] => Box::new(statistics::ValuesWatch::new(&body)?),
        ["statistics", "statistic-catalog"] => Box::new(statistics::CatalogWatch::default()),
        ["system", "handler-sent-notifications"] => Box::new(NotificationsWatch::new(&body)?),
        ["activations", "users", id] => {
            let named = body.text("userId")?;
            let user = desk.with(|state| state.scene.user_named(named)).ok_or_else(|| Problem::not_found(format_args!("User {named}")))?;
            Box::new(activations::UserWatch::new(id, user, body.texts("workgroupIds")?))
        }
        ["activations", "workgroups", id] => Box::new(activations::WorkgroupWatch::new(id, body.text("workgroupId")?, users("userIds")?)),
        ["connection", "station"] => Box::new(StationWatch::new(desk.user.clone())),
        ["configuration", kind, id] => Box::new(ConfigurationWatch::new(desk, kind, id, &body)?),
        _ => return Err(Problem::unsupported(&ask.path)),
    })
}

fn some<T>(list: Vec<T>, name: &str) -> Result<Vec<T>, Problem> {
    if list.is_empty() { Err(Problem::missing(name)) } else { Ok(list) }
}

/// There must be such an interaction; whose it is does not matter to whoever supervises it.
fn reachable(desk: &Desk, id: &str) -> Result<(), Problem> {
    let known = desk.with(|state| state.scene.queues.find_any(id).is_some());
    if known { Ok(()) } else { Err(Problem::not_found(format_args!("Interaction {id}"))) }
}

fn queues(desk: &Desk, id: &str, body: &Value) -> Result<Box<dyn Watch>, Problem> {
    let list = body["queueIds"].as_array().filter(|list| !list.is_empty()).ok_or_else(|| Problem::missing("queueIds"))?;
    let mut queues = Vec::new();
    for queue in list {
        let kind = queue["queueType"].as_i64().ok_or_else(|| Problem::missing("queueType"))?;
        let name = queue["queueName"].as_str().unwrap_or_default();
        // "My interactions" may be without a name.
        let name = if kind == 0 && name.is_empty() { desk.user.as_str() } else { name };
        let error = desk.with(|state| match state.scene.key(kind, name) {
            Ok(key) if desk.sees(state, kind, &key) => None,
            Ok(_) => Some(Problem::denied(format!("The user may not view the queue {name}."))),
            Err(words) => Some(Problem::not_found(words)),
        });
        if let Some(problem) = error {
            return Ok(Box::new(FaultedWatch { id: id.to_owned(), error: json!(problem.error()), told: false }));
        }
        queues.push((kind, name.to_owned()));
    }
    Ok(Box::new(QueueWatch::new(id, queues, body.texts("attributeNames")?)))
}

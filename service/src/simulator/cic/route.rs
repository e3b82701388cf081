//! Which part answers what, and whether the session may ask at all.

use super::{
    Cic, Mode, activations,
    answer::{Answer, Outcome, Problem},
    ask::Ask,
    configuration, connection,
    desk::Desk,
    faults::{Faults, Scripted},
    handlers, interactions, licences, messaging,
    server::Reply,
    station, statistics, status,
};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// Answers a request. Both `/icws/…` and, as behind a reverse proxy, `/api/{server}/icws/…` are served.
pub(super) async fn answer(cic: &Cic, ask: Ask) -> Reply {
    match cic.mode() {
        Mode::Dead => return Reply::Nothing,
        Mode::Hung => return std::future::pending().await,
        Mode::Active | Mode::Standby => {}
    }
    let (faults, scripted, alternates) = cic.with(|state| {
        state.traffic.note(state.scene.seconds(), ask.method == "POST" && ask.path.ends_with("/connection"));
        let scripted = state.faults.scripted(&ask);
        (state.faults.clone(), scripted, state.scene.site.alternates.clone())
    });
    if faults.delay > 0 {
        tokio::time::sleep(Duration::from_millis(faults.delay)).await;
    }
    match scripted {
        Some(Scripted::Hang) => return std::future::pending().await,
        Some(Scripted::Drop) => return Reply::Nothing,
        _ => {}
    }
    if let Some(problem) = scripted.and_then(|scripted| scripted.problem(alternates)) {
        return Reply::Answer(problem.answer(faults.old_errors));
    }
    match carry_out(cic, &ask).await {
        Ok(Reply::Answer(answer)) => {
            let answer = disturbed(&faults, answer);
            scripted.map_or_else(|| Reply::Answer(answer.clone()), |scripted| scripted.instead(answer.clone()))
        }
        Ok(reply) => reply,
        Err(problem) => Reply::Answer(problem.answer(faults.old_errors)),
    }
}

/// A good answer on its way.
fn disturbed(faults: &Faults, answer: Answer) -> Answer {
    match answer.body {
        None if faults.no_content && answer.status == 200 => Answer { status: 204, body: None, ..answer },
        _ if faults.empty_bodies => Answer { body: None, ..answer },
        _ if faults.null_bodies => Answer { body: Some(Value::Null), ..answer },
        body => Answer { body: body.map(|body| faults.disturbed(body)), ..answer },
    }
}

async fn carry_out(cic: &Cic, ask: &Ask) -> Result<Reply, Problem> {
    let segments = ask.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (["api", _, "icws", path @ ..] | ["icws", path @ ..]) = path.as_slice() else {
        return Err(Problem::unsupported(&ask.path));
    };
    match path {
        ["connection", rest @ ..] => connection::sessionless(cic, rest, ask).await.map(Reply::Answer),
        [] => Err(Problem::no_session_id()),
        [session, ..] if !session.bytes().all(|byte| byte.is_ascii_digit()) => Err(Problem::no_session_id()),
        [session, rest @ ..] => {
            let desk = admit(cic, session, rest, ask)?;
            if let ["messaging", "messages"] = rest {
                return messaging::messages(&desk, ask);
            }
            in_session(&desk, rest, ask).await.map(Reply::Answer)
        }
    }
}

/// Is there such a session, and is it the one that asks?
fn admit(cic: &Cic, id: &str, path: &[&str], ask: &Ask) -> Result<Desk, Problem> {
    let standby = cic.mode() == Mode::Standby;
    cic.with(|state| {
        if standby {
            return Err(Problem::standby(state.scene.site.alternates.clone()));
        }
        let limit = state.idle_limit();
        let session = state.sessions.get_mut(id).filter(|session| session.streams > 0 || session.seen.elapsed() < limit);
        let session = session.ok_or_else(Problem::session_gone)?;
        let name = format!("icws_{id}=");
        let cookies = ask.headers.get_all("cookie").into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
        let mut values = cookies.filter_map(|pair| pair.trim().strip_prefix(&name));
        // Some clients put the value between quotes; the language behind the bar is no part of the secret.
        let secret = |value: &str| value.trim_matches('"').split('|').next().unwrap_or_default().to_owned();
        if !values.any(|value| secret(value) == secret(&session.cookie)) {
            return Err(Problem::no_token());
        }
        // A browser's EventSource cannot add headers.
        let by_cookie_alone = path == ["messaging", "messages"];
        let token = ask.header("ININ-ICWS-CSRF-Token");
        if token.map_or(!by_cookie_alone, |token| token != session.token) {
            return Err(Problem::no_token());
        }
        session.seen = Instant::now();
        let user = session.user.clone();
        let is_super = state.scene.site.is_super(&user);
        Ok(Desk { cic: cic.clone(), id: id.to_owned(), user, is_super })
    })
}

async fn in_session(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    match path {
        ["connection", "station"] => station::answer(desk, ask).await,
        ["connection", rest @ ..] => connection::answer(desk, rest, ask).await,
        ["messaging", rest @ ..] => messaging::answer(desk, rest, ask),
        ["status", rest @ ..] => status::answer(desk, rest, ask),
        ["interactions", rest @ ..] => interactions::answer(desk, rest, ask).await,
        ["configuration", rest @ ..] => configuration::answer(desk, rest, ask),
        ["activations", rest @ ..] => activations::answer(desk, rest, ask).await,
        ["statistics", rest @ ..] => statistics::answer(desk, rest, ask),
        ["system", rest @ ..] => handlers::answer(desk, rest, ask),
        ["licenses"] => licences::answer(desk, ask),
        ["phone-numbers", rest @ ..] => licences::number_details(desk, rest, ask),
        _ => Err(Problem::unsupported(&ask.path)),
    }
}

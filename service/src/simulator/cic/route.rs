//! Which part answers what, and whether the session may ask at all.

use super::{
    Cic, activations,
    answer::{Answer, Outcome, Problem},
    ask::Ask,
    configuration, connection,
    desk::Desk,
    handlers, interactions, licences, messaging,
    server::Reply,
    station, statistics, status,
};
use tokio::time::Instant;

/// Answers a request. Both `/icws/…` and, as behind a reverse proxy, `/api/{server}/icws/…` are served.
pub(super) async fn answer(cic: &Cic, ask: Ask) -> Reply {
    let (old_errors, no_content) = cic.with(|state| (state.faults.old_errors, state.faults.no_content));
    match carry_out(cic, &ask).await {
        Ok(Reply::Answer(answer)) if no_content && answer.status == 200 && answer.body.is_none() => {
            Reply::Answer(Answer { status: 204, ..answer })
        }
        Ok(reply) => reply,
        Err(problem) => Reply::Answer(problem.answer(old_errors)),
    }
}

async fn carry_out(cic: &Cic, ask: &Ask) -> Result<Reply, Problem> {
    let segments = ask.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let path = match path.as_slice() {
        ["api", _, "icws", rest @ ..] | ["icws", rest @ ..] => rest,
        _ => return Err(Problem::unsupported(&ask.path)),
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
    cic.with(|state| {
        if !state.is_active {
            return Err(Problem::standby(state.scene.site.alternates.clone()));
        }
        let session = state.sessions.get_mut(id).ok_or_else(Problem::session_gone)?;
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
        ["status", rest @ ..] => status::answer(desk, rest, ask).await,
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

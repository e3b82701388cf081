//! Logging on and off, and what the server says of itself (reference of ICWS, §1.3, §1.4, §8).

use super::{
    Cic, Mode,
    answer::{Answer, Outcome, Problem},
    ask::{Ask, Fields},
    desk::Desk,
    picture::date,
    scene::Scene,
    site::display_name,
    state::State,
};
use crate::domain::UserId;
use serde_json::{Value, json};

/// Features and their versions; that of `messaging` is the site's.
const FEATURES: [(&str, u32); 11] = [
    ("activations", 1),
    ("configuration", 4),
    ("connection", 11),
    ("interactions", 13),
    ("licenses", 2),
    ("messaging", 2),
    ("queues", 2),
    ("session", 2),
    ("statistics", 1),
    ("status", 2),
    ("system", 2),
];

/// What needs no session.
pub(super) async fn sessionless(cic: &Cic, path: &[&str], ask: &Ask) -> Outcome {
    match (ask.method.as_str(), path) {
        ("POST", []) => log_in(cic, ask).await,
        ("GET", ["version"]) => Ok(Answer::ok(version())),
        ("GET", ["features"]) => cic.with(|state| Ok(Answer::ok(json!({ "featureInfoList": features(&state.scene) })))),
        ("GET", ["features", wanted]) => {
            let all = cic.with(|state| features(&state.scene));
            let found = all.into_iter().find(|each| each["featureId"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(wanted)));
            found.map(Answer::ok).ok_or_else(|| Problem::not_found(format_args!("Feature {wanted}")))
        }
        ("GET", ["server-info"]) => Ok(Answer::ok(json!({
            "languages": ["en-us", "de-de"],
            "acceptLanguage": ask.header("accept-language").unwrap_or("en-us"),
            "authentication": { "allowIcAuth": true, "identityProviders": [] },
        }))),
        ("GET", ["server-time"]) => Ok(Answer::ok(cic.with(|state| server_time(&state.scene)))),
        (method, [] | ["version" | "features" | "server-info" | "server-time"] | ["features", _]) => Err(Problem::method(method)),
        _ => Err(Problem::unsupported(&ask.path)),
    }
}

/// What a session asks about the connection, but for its station.
pub(super) async fn answer(desk: &Desk, path: &[&str], ask: &Ask) -> Outcome {
    match (ask.method.as_str(), path) {
        ("GET", []) => Ok(Answer::ok(json!({ "connectionState": 1, "reason": "", "shouldReconnect": true }))),
        ("DELETE", []) => {
            desk.cic.end_session(&desk.id).await;
            Ok(Answer::empty(200))
        }
        ("GET", ["version" | "features" | "server-info" | "server-time"] | ["features", _]) => sessionless(&desk.cic, path, ask).await,
        ("GET", ["switchover-status"]) => Ok(Answer::ok(desk.with(|state| switchover(state)))),
        ("POST", ["unique-auth-token"]) => {
            let seed = ask.json()?.text("authTokenSeed")?.to_owned();
            let token = desk.with(|state| {
                let token = format!("{:016x}", state.sessions[&desk.id].token.bytes().chain(seed.bytes()).fold(17_u64, fold));
                state.hand_over.push((seed, token.clone(), desk.id.clone()));
                token
            });
            Ok(Answer::ok(json!({ "authToken": token })))
        }
        (method, [] | ["switchover-status" | "unique-auth-token"]) => Err(Problem::method(method)),
        _ => Err(Problem::unsupported(&ask.path)),
    }
}

fn fold(sum: u64, byte: u8) -> u64 {
    sum.wrapping_mul(1_099_511_628_211) ^ u64::from(byte)
}

/// Who logs on, and the session that he hands over with it.
struct Caller {
    user: UserId,
    ends: Option<String>,
}

async fn log_in(cic: &Cic, ask: &Ask) -> Outcome {
    if cic.mode() == Mode::Standby {
        return Err(Problem::standby(cic.with(|state| state.scene.site.alternates.clone())));
    }
    let Some(languages) = ask.header("accept-language") else {
        return Err(Problem::invalid("Accept-Language", "this header is required"));
    };
    let language: String = languages.chars().take_while(char::is_ascii_alphabetic).collect();
    let body = ask.json()?;
    let kind = body.text("__type")?;
    let caller = cic.with(|state| who(state, kind, &body))?;
    let application = body.text("applicationName")?;
    let include: Vec<&str> = ask.query("include").unwrap_or_default().split(',').map(str::trim).collect();
    if let Some(ended) = &caller.ends {
        cic.end_session(ended).await;
    }
    cic.with(|state| {
        let id = state.add(caller.user.clone(), application, "simulated");
        if let Some(session) = state.sessions.get_mut(&id) {
            session.language = language.as_str().into();
        }
        let session = &state.sessions[&id];
        let (token, cookie) = (session.token.clone(), session.cookie.clone());
        let scene = &state.scene;
        let plan = scene.user(caller.user.as_str());
        let mut body = json!({
            "csrfToken": token,
            "sessionId": id,
            "alternateHostList": scene.site.alternates,
            "userID": caller.user.as_str(),
            "userDisplayName": plan.map_or_else(|| caller.user.to_string(), display_name),
            "icServer": scene.site.name,
        });
        let own = plan.map(|user| user.extension.as_str()).filter(|extension| !extension.is_empty());
        for (wanted, name, value) in [
            ("features", "features", json!(features(scene))),
            ("version", "version", version()),
            ("server-time", "serverTimeInfo", server_time(scene)),
            ("default-workstation", "defaultWorkstationId", json!(own)),
            ("effective-station", "effectiveStation", effective_station(scene, &caller.user)),
            ("purecloud-integration", "purecloudIntegration", json!({ "integrationEnabled": false })),
        ] {
            if include.contains(&wanted) {
                body[name] = value;
            }
        }
        let answer = Answer::with(201, body)
            .header("Set-Cookie", format!("icws_{id}={cookie}; Path=/icws/{id}; HttpOnly"))
            .header("ININ-ICWS-Session-ID", id)
            .header("ININ-ICWS-CSRF-Token", token);
        Ok(answer)
    })
}

fn who(state: &mut State, kind: &str, body: &Value) -> Result<Caller, Problem> {
    let site = &state.scene.site;
    match kind.rsplit(':').next().unwrap_or_default() {
        "icAuthConnectionRequestSettings" => {
            let (name, password) = (body.text("userID")?, body.text("password")?);
            let user = state.scene.user_named(name).filter(|_| site.is_password(password)).ok_or_else(Problem::authentication)?;
            Ok(Caller { user, ends: None })
        }
        "singleSignOnTokenConnectionRequestSettings" => {
            let token = body.text("singleSignOnToken")?;
            let user = site.tokens.get(token).cloned().ok_or_else(Problem::authentication)?;
            Ok(Caller { user, ends: None })
        }
        "authTokenConnectionRequestSettings" => {
            let (seed, token, source) = (body.text("authTokenSeed")?, body.text("authToken")?, body.text("authTokenSourceSession")?);
            let known = state.hand_over.iter().position(|(a, b, c)| a == seed && b == token && c == source);
            // A token is good for once.
            let (_, _, source) = known.map(|at| state.hand_over.swap_remove(at)).ok_or_else(Problem::authentication)?;
            let user = state.sessions.get(&source).ok_or_else(Problem::authentication)?.user.clone();
            let ends = body["disconnectSourceSession"].as_bool().unwrap_or_default().then_some(source);
            Ok(Caller { user, ends })
        }
        _ => Err(Problem::invalid("__type", "the type is not known")),
    }
}

pub(super) fn effective_station(scene: &Scene, user: &UserId) -> Value {
    match scene.seats.get(user) {
        Some(seat) => json!({ "stationId": { "id": seat, "displayName": seat, "uri": format!("/configuration/stations/{seat}") } }),
        None => Value::Null,
    }
}

fn features(scene: &Scene) -> Vec<Value> {
    let version = |id: &str, version: u32| if id == "messaging" { scene.site.messaging } else { version };
    FEATURES.iter().map(|(id, known)| json!({ "featureId": id, "version": version(id, *known) })).collect()
}

fn version() -> Value {
    json!({
        "majorVersion": "24", "minorVersion": "1", "su": "0", "build": "0", "productId": "ICWS", "codebaseId": "jackfield-simulator",
        "productReleaseDisplayString": "2024 R1 (simulated)", "productPatchDisplayString": "",
    })
}

fn server_time(scene: &Scene) -> Value {
    json!({ "serverUtcTime": date(scene.unix()) })
}

fn switchover(state: &State) -> Value {
    let site = &state.scene.site;
    json!({
        "isSwitchoverActive": !site.alternates.is_empty(),
        "primaryHost": site.name,
        "backupHost": site.alternates.first(),
        "isBackupICStopping": false,
        "isBackupICStarting": false,
        "isManualSwitchOnly": false,
        "backupState": 0,
        "subsystemsDown": [],
    })
}

//! The double by itself; what the client makes of it is the client's tests.

use super::*;
use serde_json::{Value, json};

/// Asks without HTTP.
fn ask(cloud: &Cloud, method: &str, target: &str, headers: &[(&str, &str)], body: Option<Value>) -> (u16, Value) {
    let headers = headers.iter().map(|(name, value)| (name.parse::<hyper::header::HeaderName>().unwrap(), value.parse().unwrap()));
    let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    let question = document::Question::new(method, target, headers.collect(), body);
    match route::answer(cloud, &question) {
        route::Reply::Answer(answer) => (answer.status, answer.body.unwrap_or_default()),
        route::Reply::Drop | route::Reply::Hang => (0, Value::Null),
    }
}

fn bearer(cloud: &Cloud, client: &str) -> String {
    format!("Bearer {}", cloud.with(|state| state.token(client)).unwrap())
}

#[tokio::test(start_paused = true)]
async fn who_asks_too_fast_is_told_how_long_to_wait_and_served_then() {
    let cloud = Cloud::new(Site { faults: Faults { allowed: 3, ..Faults::default() }, ..Site::default() });
    let bearer = bearer(&cloud, "a");
    let ask = || ask(&cloud, "GET", "/api/v2/organizations/me", &[("authorization", &bearer)], None).0;
    assert_eq!([ask(), ask(), ask(), ask()], [200, 200, 200, 429]);
    tokio::time::advance(std::time::Duration::from_mins(1)).await;
    assert_eq!(ask(), 200);
}

#[tokio::test(start_paused = true)]
async fn what_was_made_is_not_there_yet_for_a_while() {
    let cloud = Cloud::new(Site { faults: Faults { lag: 5000, ..Faults::default() }, ..Site::default() });
    let bearer = bearer(&cloud, "a");
    let headers = [("authorization", bearer.as_str())];
    let (status, made) = ask(&cloud, "POST", "/api/v2/routing/queues", &headers, Some(json!({ "name": "Sales" })));
    assert_eq!(status, 200);
    let path = format!("/api/v2/routing/queues/{}", made["id"].as_str().unwrap());
    assert_eq!(ask(&cloud, "GET", &path, &headers, None).0, 404);
    tokio::time::advance(std::time::Duration::from_secs(5)).await;
    assert_eq!(ask(&cloud, "GET", &path, &headers, None).1["name"], "Sales");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_served_without_a_token_that_lives() {
    let cloud = Cloud::new(Site { clients: vec![("id".into(), "secret".into())], ..Site::default() });
    let path = "/api/v2/organizations/me";
    assert_eq!(ask(&cloud, "GET", path, &[("authorization", "Bearer x")], None).0, 401);
    let token = |basic: &str| {
        let headers = [("authorization", basic), ("content-type", "application/x-www-form-urlencoded")];
        let headers = headers.iter().map(|(name, value)| (name.parse::<hyper::header::HeaderName>().unwrap(), value.parse().unwrap()));
        let question = document::Question::new("POST", "/oauth/token", headers.collect(), b"grant_type=client_credentials".to_vec());
        match route::answer(&cloud, &question) {
            route::Reply::Answer(answer) => (answer.status, answer.body.unwrap_or_default()),
            _ => unreachable!(),
        }
    };
    assert_eq!(token("Basic aWQ6d3Jvbmc=").0, 401);
    let (status, given) = token("Basic aWQ6c2VjcmV0");
    assert_eq!(status, 200);
    let bearer = format!("Bearer {}", given["access_token"].as_str().unwrap());
    assert_eq!(ask(&cloud, "GET", path, &[("authorization", &bearer)], None).0, 200);
    tokio::time::advance(std::time::Duration::from_hours(24)).await;
    assert_eq!(ask(&cloud, "GET", path, &[("authorization", &bearer)], None).0, 401);
}

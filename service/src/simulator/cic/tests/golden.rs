//! Every exchange in `tests/data/icws`, asked of the server: status, headers and members of each answer must be there, and what is no server's own
//! invention must be the same.

use super::client::{Client, json_of, plan};
use crate::{
    domain::InteractionId,
    simulator::cic::{Cic, Faults, Handler, Mode, Rule, Scripted, Site},
    switch::embedded::{Caller, Plan, Reach, StatusPlan, UserPlan, WorkgroupPlan},
};
use http_body_util::BodyExt;
use hyper::Response;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

/// Members that say the same everywhere.
const FIXED: [&str; 12] = [
    "__type",
    "errorId",
    "errorCode",
    "propertyName",
    "isDelta",
    "subscriptionId",
    "newConnectionState",
    "shouldReconnect",
    "statisticValueType",
    "objectId",
    "data",
    "Eic_State",
];

struct Exchange {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
    status: u16,
    answer_headers: Vec<String>,
    answer: String,
}

fn read(text: &str) -> Vec<Exchange> {
    let parts = text.split("\n>>>\n").skip(1);
    let one = |part: &str| {
        let (request, answer) = part.split_once("\n<<<\n").unwrap();
        let (request_head, request_body) = request.split_once("\n\n").unwrap_or((request, ""));
        let (answer_head, answer_body) = answer.split_once("\n\n").unwrap_or((answer, ""));
        let mut lines = request_head.lines();
        let mut first = lines.next().unwrap().split(' ');
        let headers = lines.map(|line| line.split_once(": ").unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut answers = answer_head.lines();
        Exchange {
            method: first.next().unwrap().to_owned(),
            path: first.next().unwrap().to_owned(),
            headers: headers.collect(),
            body: serde_json::from_str(request_body).ok(),
            status: answers.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap(),
            answer_headers: answers.map(|line| line.split(':').next().unwrap().to_owned()).collect(),
            answer: answer_body.trim().to_owned(),
        }
    };
    parts.map(one).collect()
}

/// The people, stations and workgroups of the exchanges.
fn site() -> Site {
    let user = |name: &str, first: &str, last: &str, extension: &str| UserPlan {
        user: name.into(),
        first_name: first.into(),
        last_name: last.into(),
        extension: extension.into(),
        email: String::new(),
        excluded_from_directory: false,
        status: None,
    };
    let workgroup = |name: &str, member: &str| WorkgroupPlan { queue: name.into(), extension: String::new(), members: vec![member.into()] };
    let status =
        |name: &str, do_not_disturb: bool| StatusPlan { name: name.into(), acd: !do_not_disturb, do_not_disturb, selectable: true };
    let plan = Plan {
        users: vec![
            user("Operator", "Company", "Operator", "0"),
            user("agent1", "Agent", "One", "ST1001"),
            user("agent2", "Agent", "Two", "ST1002"),
            user("Administrator", "", "", "1234"),
        ],
        statuses: vec![status("Available", false), status("Do Not disturb", true)],
        workgroups: vec![
            workgroup("CompanyOperator", "Operator"),
            workgroup("SAP1", "agent1"),
            workgroup("Sales", "agent2"),
            workgroup("Support", "agent1"),
            workgroup("Swat Team", "agent2"),
        ],
        ..plan()
    };
    Site {
        password: Some("***".into()),
        tokens: BTreeMap::from([("***".to_owned(), "agent1".into())]),
        alternates: vec!["cic2".to_owned(), "cic3".to_owned()],
        ..Site::new("cic1", plan)
    }
}

/// What the exchanges name, and what it is here.
struct Stage {
    cic: Cic,
    agent: Client,
    names: Vec<(String, String)>,
}

impl Stage {
    async fn build() -> Self {
        let cic = Cic::start(site()).await;
        let agent = Client::log_in_with(&cic, "agent1", "***").await;
        let session = agent.base.rsplit('/').next().unwrap().to_owned();
        let cookie = agent.cookie.split_once('=').unwrap().1.split('|').next().unwrap().to_owned();
        let names = [("29113001", session), ("b9ff8b8d-f899-4b52-80ab-8a7167cf7365", cookie), ("WAhhZ2VudDE=", agent.token.clone())];
        Self { cic, agent, names: names.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
    }

    fn name(&mut self, written: &str, here: &str) {
        self.names.retain(|(name, _)| name != written);
        self.names.push((written.to_owned(), here.to_owned()));
    }

    fn here(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    async fn sit(&mut self) {
        let body = serde_json::json!({ "__type": "urn:inin.com:connection:workstationSettings", "workstation": "ST1001" });
        self.agent.must("PUT", "/connection/station", Some(body)).await;
    }

    /// A call that rings, and is answered.
    async fn call(&mut self) -> InteractionId {
        let caller = Caller { number: "sip:5550123@10.0.0.9".into(), name: "Smith".into(), ..Caller::default() };
        let call = self.cic.outside().call_in(caller, Reach::User("agent1".into())).await.unwrap();
        self.name("1001234567", call.as_str());
        let _ = self.agent.ask("GET", "/connection", None).await;
        self.agent.must("POST", &format!("/interactions/{call}/pickup"), None).await;
        call
    }

    /// What has to be so before an exchange.
    async fn before(&mut self, file: &str, number: usize) {
        match (file, number) {
            ("attributes" | "hold" | "consult" | "blind_transfer", 0) => {
                self.sit().await;
                self.call().await;
            }
            ("blind_transfer", _) => drop(self.call().await),
            ("consult", 1) => tokio::time::sleep(Duration::from_secs(3)).await,
            ("dial" | "queue", 0) => self.sit().await,
            ("queue", 1) => {
                let call = self.call().await;
                let body = serde_json::json!({ "target": "5550100" });
                self.agent.must("POST", &format!("/interactions/{call}/blind-transfer"), Some(body)).await;
            }
            ("set_status", 1) | ("handler", 2) => tokio::time::sleep(Duration::from_secs(1)).await,
            ("handler", 0) => {
                let handler: Handler = Arc::new(|cic, data| {
                    Box::pin(async move { cic.notify("Test_objectId", "Test_eventId", data.into_iter().take(1).collect()) })
                });
                self.cic.on_notification("TEST_OBJECTID", "test_eventid", handler);
            }
            ("station_refused", 0) => self.cic.use_client("agent2", Some("ST1002")).await.unwrap(),
            ("user_status", 0) => {
                self.cic.use_client("Administrator", Some("1234")).await.unwrap();
                let body = serde_json::json!({ "userIds": ["Administrator"] });
                self.agent.must("PUT", "/messaging/subscriptions/status/user-statuses", Some(body)).await;
            }
            ("login_backup_server", 0) => self.cic.set_mode(Mode::Standby),
            ("login_unavailable", 0) => self.answer(Scripted::Unavailable),
            ("login_wrong_password", 0) => self.answer(Scripted::WrongPassword),
            ("removed", 0) => self.answer(Scripted::Removed),
            ("server_fault", 0) => self.answer(Scripted::ServerFault),
            ("resolve_timeout", 0) => self.answer(Scripted::TimedOut),
            _ => {}
        }
    }

    fn answer(&self, answer: Scripted) {
        let rule = Rule { method: String::new(), path: String::new(), times: 1, answer };
        self.cic.set_faults(Faults { answers: vec![rule], ..Faults::default() });
    }
}

#[tokio::test(start_paused = true)]
async fn every_exchange_of_the_reference_is_answered_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/icws");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "http"));
    files.sort();
    assert!(files.len() > 25, "{files:?}");
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let mut stage = Stage::build().await;
        for (number, exchange) in read(&text).into_iter().enumerate() {
            let place = format!("{name}, exchange {number}");
            stage.before(&name, number).await;
            play(&mut stage, &exchange, &place).await;
        }
    }
}

async fn play(stage: &mut Stage, exchange: &Exchange, place: &str) {
    let mut client = Client::connect(&stage.cic).await;
    client.base = String::new();
    let headers: Vec<_> = exchange.headers.iter().map(|(name, value)| (name.clone(), stage.here(value))).collect();
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let response = client.raw(&exchange.method, &stage.here(&exchange.path), exchange.body.as_ref(), &headers).await;
    assert_eq!(response.status().as_u16(), exchange.status, "{place}");
    for header in &exchange.answer_headers {
        assert!(response.headers().contains_key(header), "{place}: no {header}");
    }
    if exchange.answer.starts_with(":ping") {
        return events(stage, response, &exchange.answer, place).await;
    }
    let answer = json_of(response).await;
    if !exchange.answer.is_empty() {
        let expected: Value = serde_json::from_str(&exchange.answer).unwrap();
        for (written, id) in [("consult/7/", &answer["consultId"]), ("1001234572", &answer["interactionId"])] {
            if let Some(id) = id.as_str() {
                let here = if written.contains('/') { format!("consult/{id}/") } else { id.to_owned() };
                stage.name(written, &here);
            }
        }
        compare(&expected, &answer, place);
    }
}

async fn events(stage: &Stage, response: Response<hyper::body::Incoming>, expected: &str, place: &str) {
    let mut body = response.into_body();
    let mut text = String::new();
    while let Some(Ok(frame)) = body.frame().await {
        text += std::str::from_utf8(&frame.into_data().unwrap()).unwrap();
        // It has begun: now something happens.
        stage.cic.set_mode(Mode::Standby);
    }
    assert!(text.starts_with(":ping\n\n"), "{place}: {text}");
    let data =
        |text: &str| text.lines().find_map(|line| line.strip_prefix("data: ").map(|data| serde_json::from_str::<Value>(data).unwrap()));
    compare(&data(expected).unwrap(), &data(&text).unwrap(), place);
}

/// Every member is there, of the same type; [`FIXED`] ones are equal.
fn compare(expected: &Value, answer: &Value, place: &str) {
    match (expected, answer) {
        (Value::Object(expected), Value::Object(answer)) => {
            for (name, value) in expected {
                let found = answer.get(name).unwrap_or_else(|| panic!("{place}: `{name}` is missing in {answer:?}"));
                if FIXED.contains(&name.as_str()) {
                    assert_eq!(found, value, "{place}: {name}");
                }
                compare(value, found, &format!("{place}.{name}"));
            }
        }
        (Value::Array(expected), Value::Array(answer)) => {
            assert!(answer.len() >= expected.len(), "{place}: {answer:?}");
            for (at, (expected, answer)) in expected.iter().zip(answer).enumerate() {
                compare(expected, answer, &format!("{place}[{at}]"));
            }
        }
        (Value::Null, _) => {}
        (expected, answer) => assert_eq!(std::mem::discriminant(expected), std::mem::discriminant(answer), "{place}: {answer}"),
    }
}

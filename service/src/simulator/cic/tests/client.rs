//! A client that knows HTTP and nothing of ICWS: it says what it is told to, and keeps cookie and token.

use super::super::{Cic, Right, Site};
use crate::switch::embedded::{Caller, Plan, StatusPlan, UserPlan, WorkgroupPlan};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Ready for workgroups.
pub(super) const AVAILABLE: &str = "Available";
/// Rings directly, not from workgroups.
pub(super) const NO_ACD: &str = "Available, No ACD";
/// Nothing rings.
pub(super) const LUNCH: &str = "At Lunch";

/// Four agents who begin in [`NO_ACD`], and two workgroups.
pub(super) fn plan() -> Plan {
    let user = |name: &str, first: &str, extension: &str| UserPlan {
        user: name.into(),
        first_name: first.into(),
        last_name: "Agent".into(),
        extension: extension.into(),
        email: format!("{name}@example.com"),
        excluded_from_directory: false,
        status: Some(NO_ACD.into()),
    };
    let status =
        |name: &str, acd: bool, do_not_disturb: bool, selectable: bool| StatusPlan { name: name.into(), acd, do_not_disturb, selectable };
    let workgroup = |name: &str, extension: &str, members: &[&str]| WorkgroupPlan {
        queue: name.into(),
        extension: extension.into(),
        members: members.iter().map(|member| (*member).into()).collect(),
    };
    Plan {
        users: vec![user("anna", "Anna", "1001"), user("bert", "Bert", "1002"), user("emil", "Emil", "1003"), user("dora", "Dora", "1004")],
        stations: vec!["desk-1".into()],
        statuses: vec![
            status(AVAILABLE, true, false, true),
            status(NO_ACD, false, false, true),
            status(LUNCH, false, true, true),
            status(StatusPlan::NOT_ANSWERING, false, true, false),
        ],
        workgroups: vec![workgroup("Sales", "2001", &["anna", "bert", "emil"]), workgroup("Support", "2002", &["emil"])],
        failing: vec!["+49000".into()],
        silent: vec!["+49111".into()],
        ..Plan::default()
    }
}

/// Somebody outside.
pub(super) fn caller(number: &str) -> Caller {
    Caller { number: number.into(), name: "Customer".into(), dialed: "+4962277".into(), ..Caller::default() }
}

/// A server with this plan.
pub(super) async fn server() -> Cic {
    Cic::start(Site { password: Some("secret".into()), ..Site::new("cic1", plan()) }).await
}

pub(super) async fn server_without(right: Right) -> Cic {
    let rights: BTreeSet<_> = Right::ALL.into_iter().filter(|each| *each != right).collect();
    Cic::start(Site { rights, ..Site::new("cic1", plan()) }).await
}

/// A session.
pub(super) struct Client {
    cic: Cic,
    sender: http1::SendRequest<Full<Bytes>>,
    pub(super) base: String,
    pub(super) cookie: String,
    pub(super) token: String,
}

impl Client {
    /// Only connected.
    pub(super) async fn connect(cic: &Cic) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let server = cic.clone();
        tokio::spawn(async move { server.serve(theirs).await });
        let (sender, connection) = http1::handshake(TokioIo::new(ours)).await.unwrap();
        tokio::spawn(connection);
        Self { cic: cic.clone(), sender, base: "/icws".to_owned(), cookie: String::new(), token: String::new() }
    }

    /// Logged on, without a station.
    pub(super) async fn log_in(cic: &Cic, user: &str) -> Self {
        Self::log_in_with(cic, user, "secret").await
    }

    pub(super) async fn log_in_with(cic: &Cic, user: &str, password: &str) -> Self {
        let mut client = Self::connect(cic).await;
        let body = json!({
            "__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
            "applicationName": "test", "userID": user, "password": password,
        });
        let response =
            client.raw("POST", "/connection?include=features,effective-station", Some(&body), &[("Accept-Language", "en-us")]).await;
        assert_eq!(response.status(), 201);
        let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let body = json_of(response).await;
        client.cookie = cookie;
        client.token = body["csrfToken"].as_str().unwrap().to_owned();
        client.base = format!("/icws/{}", body["sessionId"].as_str().unwrap());
        client
    }

    /// Logged on at a station, watching its own queue.
    pub(super) async fn at_station(cic: &Cic, user: &str, station: &str) -> Self {
        let mut client = Self::log_in(cic, user).await;
        let body = json!({ "__type": "urn:inin.com:connection:workstationSettings", "workstation": station, "readyForInteractions": true });
        assert_eq!(client.ask("PUT", "/connection/station", Some(body)).await.0, 200);
        client.watch_queue(0, user).await;
        client.messages().await;
        client
    }

    pub(super) async fn watch_queue(&mut self, kind: u8, name: &str) {
        let body = json!({
            "queueIds": [{ "queueType": kind, "queueName": name }],
            "attributeNames": ["Eic_State", "Eic_ObjectType", "Eic_RemoteAddress", "Eic_UserName", "Eic_WorkgroupName", "Eic_ConferenceMembers", "Sap_Cad"],
        });
        assert_eq!(self.ask("PUT", &format!("/messaging/subscriptions/queues/{name}"), Some(body)).await.0, 200);
    }

    /// Status and body.
    pub(super) async fn ask(&mut self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let response = self.raw(method, path, body.as_ref(), &[]).await;
        let status = response.status().as_u16();
        (status, json_of(response).await)
    }

    pub(super) async fn raw(&mut self, method: &str, path: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> Response<Incoming> {
        if self.sender.ready().await.is_err() {
            *self =
                Self { base: self.base.clone(), cookie: self.cookie.clone(), token: self.token.clone(), ..Self::connect(&self.cic).await };
        }
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base)).header("Host", "cic1");
        if !self.cookie.is_empty() {
            request = request.header("Cookie", &self.cookie).header("ININ-ICWS-CSRF-Token", &self.token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        self.sender.send_request(request.body(Full::from(body)).unwrap()).await.unwrap()
    }

    pub(super) async fn must(&mut self, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.ask(method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    /// The messages that wait.
    pub(super) async fn messages(&mut self) -> Vec<Value> {
        self.must("GET", "/messaging/messages", None).await.as_array().cloned().unwrap()
    }

    /// The state of an interaction in one of the messages, the last one.
    pub(super) async fn state_in_messages(&mut self, id: &str) -> Option<String> {
        let messages = self.messages().await;
        let lists = messages.iter().flat_map(|message| {
            ["interactionsAdded", "interactionsChanged"].map(|name| message[name].as_array().cloned().unwrap_or_default())
        });
        let states = lists
            .flatten()
            .filter(|each| each["interactionId"] == id)
            .filter_map(|each| each["attributes"]["Eic_State"].as_str().map(str::to_owned));
        states.reduce(|_, last| last)
    }

    /// The messages of one type that wait.
    pub(super) async fn messages_of(&mut self, kind: &str) -> Vec<Value> {
        let all = self.messages().await;
        all.into_iter().filter(|message| message["__type"].as_str().is_some_and(|each| each.ends_with(kind))).collect()
    }
}

#[expect(clippy::disallowed_methods, reason = "the simulator's own short answers")]
pub(super) async fn json_of(response: Response<Incoming>) -> Value {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() }
}

//! The organisation: `jackfield simulate cloud`, what strangers have put there, and what is there in the end.

use super::site::{Person, Queue, Site};
use crate::{http, lab};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

/// The bridge's OAuth client.
pub(super) const BRIDGE: &str = "bridge";
const STRANGER: &str = "stranger";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GENESYS: &str = "urn:ietf:params:scim:schemas:extension:genesys:purecloud:2.0:User";
/// A skill that strangers have given a user of ours.
const CHESS: &str = "Chess";

/// Alive until it is dropped.
pub(super) struct Organisation {
    child: Child,
    address: SocketAddr,
}

/// What others have put there, by id.
pub(super) struct Strangers {
    token: String,
    user: String,
    before: Vec<Value>,
    /// A skill and a code of the site that were there already: they are adopted, and never deleted.
    adopted: [String; 2],
}

// === impl Organisation ===

impl Organisation {
    pub(super) fn start(allowed: u32, lag: u64) -> Self {
        let mut child = Command::new(lab::jackfield())
            .args(["simulate", "cloud", "--listen", "127.0.0.1:0", "--lag", &lag.to_string(), "--allowed", &allowed.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout is a pipe")).read_line(&mut line).expect("a line comes");
        let address = line.trim().strip_prefix("listening cloud http://").and_then(|address| address.parse().ok());
        Self { child, address: address.unwrap_or_else(|| panic!("a start-up line: {line}")) }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn ask(&self, method: &str, path: &str, token: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {0}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nConnection: close\r\n\
             Content-Length: {1}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let answer = http::exchange(self.address, request.as_bytes()).expect("the organisation answers");
        assert!(answer.status() < 300, "{method} {path}: {}", answer.text());
        serde_json::from_str(&answer.text()).unwrap_or_default()
    }

    fn token(&self) -> String {
        // `stranger:x` in base64.
        let request = format!(
            "POST /oauth/token HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic c3RyYW5nZXI6eA==\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Connection: close\r\nContent-Length: 29\r\n\r\ngrant_type=client_credentials",
            self.address
        );
        let answer = http::exchange(self.address, request.as_bytes()).expect("the organisation answers");
        let answer: Value = serde_json::from_str(&answer.text()).expect("JSON");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// Before the bridge comes, others have a user, a queue with him in it, skills, codes and an OAuth client there.
    pub(super) fn settle_strangers(&self, site: &Site) -> Strangers {
        let token = self.token();
        let make = |path: &str, body: Value| {
            let made = self.ask("POST", path, &token, &body);
            made["id"].as_str().expect("an id").to_owned()
        };
        let (skill, code) = site.common();
        for name in [CHESS, skill] {
            make("/api/v2/routing/skills", json!({ "name": name }));
        }
        let golf = make("/api/v2/routing/wrapupcodes", json!({ "name": "Golf", "description": "theirs" }));
        make("/api/v2/routing/wrapupcodes", json!({ "name": code }));
        let user = make(
            "/api/v2/scim/v2/users",
            json!({ "schemas": [USER, GENESYS], "userName": "stranger@example.com", "displayName": "Stranger",
                    GENESYS: { "routingSkills": [{ "name": CHESS, "proficiency": 5.0 }] } }),
        );
        let queue = make("/api/v2/routing/queues", json!({ "name": "Theirs" }));
        self.ask("POST", &format!("/api/v2/routing/queues/{queue}/members"), &token, &json!([{ "id": user }]));
        self.ask("POST", &format!("/api/v2/routing/queues/{queue}/wrapupcodes"), &token, &json!([{ "id": golf }]));
        make(
            "/api/v2/oauth/clients",
            json!({ "name": "Theirs", "authorizedGrantType": "CODE", "registeredRedirectUri": ["https://theirs.example.com/"] }),
        );
        let before = theirs(&self.state());
        Strangers { token, user, before, adopted: [skill.to_owned(), code.to_owned()] }
    }

    /// They join what is ours: their user is in a queue of ours, and a user of ours has a skill of theirs.
    pub(super) fn join_strangers(&self, site: &Site, strangers: &Strangers) {
        let state = self.state();
        let (email, workgroup) = site.staying();
        let queue = list(&state["queues"]).iter().find(|queue| queue["object"]["name"] == workgroup).map(|queue| &queue["object"]["id"]);
        let user = list(&state["users"]).iter().find(|user| user["user"]["userName"] == email).map(|user| &user["id"]);
        let id = |found: Option<&Value>| found.and_then(Value::as_str).expect("the first run has made it").to_owned();
        let (queue, user) = (id(queue), id(user));
        self.ask("POST", &format!("/api/v2/routing/queues/{queue}/members"), &strangers.token, &json!([{ "id": strangers.user }]));
        let operation =
            json!({ "op": "add", "path": format!("{GENESYS}:routingSkills"), "value": [{ "name": CHESS, "proficiency": 2.0 }] });
        let patch = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation] });
        self.ask("PATCH", &format!("/api/v2/scim/v2/users/{user}"), &strangers.token, &patch);
    }

    fn state(&self) -> Value {
        self.ask("GET", "/double/state", "", &Value::Null)
    }

    fn set_faults(&self, change: impl FnOnce(&mut Value)) {
        let mut faults = self.ask("GET", "/double/faults", "", &Value::Null);
        change(&mut faults);
        self.ask("PUT", "/double/faults", "", &faults);
    }

    /// The next thing of this kind is done, and nobody is told.
    pub(super) fn lose_an_answer(&self, method: &str) {
        self.set_faults(|faults| faults["answers"] = json!([{ "method": method, "path": "/api/v2/", "times": 1, "deed": "drop_after" }]));
    }

    pub(super) fn nothing_goes_wrong(&self) {
        self.set_faults(|faults| faults["answers"] = json!([]));
    }

    pub(super) fn forget_calls(&self) {
        self.ask("DELETE", "/double/calls", "", &Value::Null);
    }

    /// How often each operation was asked for since, and all of them.
    pub(super) fn calls(&self) -> (Vec<(String, u64)>, u64) {
        let state = self.state();
        let calls = state["calls"].as_object().into_iter().flatten();
        let calls = calls.map(|(operation, count)| (operation.clone(), count.as_u64().unwrap_or_default()));
        (calls.collect(), state["total"].as_u64().unwrap_or_default())
    }

    /// What is not as the site says, or is not as others left it.
    pub(super) fn differences(&self, site: &Site, strangers: &Strangers) -> Vec<String> {
        let state = self.state();
        let mut found = Vec::new();
        let emails: BTreeMap<&str, String> =
            list(&state["users"]).iter().map(|user| (text(&user["id"]), text(&user["user"]["userName"]).to_owned())).collect();
        let (staying, queue_of_both) = site.staying();
        let mut persons = BTreeMap::new();
        for user in list(&state["users"]).iter().filter(|user| user["by"] == BRIDGE && user["state"] == "active") {
            let (email, mut person) = (text(&user["user"]["userName"]).to_owned(), person(&user["user"]));
            if email == staying && person.skills.remove(CHESS) != Some(2) {
                found.push(format!("{email} has lost the skill that others gave him"));
            }
            persons.insert(email, person);
        }
        compare("user", &persons, &site.persons(), &mut found);
        let codes: BTreeMap<&str, &str> =
            list(&state["codes"]).iter().map(|code| (text(&code["object"]["id"]), text(&code["object"]["name"]))).collect();
        let mut queues = BTreeMap::new();
        for queue in list(&state["queues"]).iter().filter(|queue| queue["by"] == BRIDGE) {
            let joined = &state["joined"][text(&queue["object"]["id"])];
            let mut members: BTreeSet<String> = list(&joined["members"]).iter().map(|id| emails[text(id)].clone()).collect();
            let name = text(&queue["object"]["name"]).to_owned();
            if name == queue_of_both && !members.remove("stranger@example.com") {
                found.push(format!("{name} has lost the member whom others put in"));
            }
            let codes = list(&joined["codes"]).iter().map(|id| codes[text(id)].to_owned()).collect();
            queues.insert(name, Queue { members, codes });
        }
        compare("queue", &queues, &site.queues(), &mut found);
        for (kind, wanted) in ["skills", "languages", "codes"].into_iter().zip(site.names()) {
            let ours = list(&state[kind]).iter().filter(|thing| thing["by"] == BRIDGE);
            let ours = ours.map(|thing| text(&thing["object"]["name"])).map(|name| (name.to_owned(), name.to_owned())).collect();
            let there: BTreeSet<&str> = list(&state[kind]).iter().map(|thing| text(&thing["object"]["name"])).collect();
            // Of what was there before only that it is there can be told.
            let wanted = wanted.into_iter().filter(|name| !(there.contains(name.as_str()) && strangers.adopted.contains(name)));
            compare(kind, &ours, &wanted.map(|name| (name.clone(), name)).collect(), &mut found);
        }
        let after = theirs(&state);
        for thing in strangers.before.iter().filter(|thing| !after.contains(thing)) {
            found.push(format!("others had it otherwise: {thing}"));
        }
        found.truncate(20);
        found
    }
}

impl Drop for Organisation {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything that others have made, with what they have joined it to.
fn theirs(state: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for kind in ["users", "queues", "skills", "codes", "clients"] {
        for thing in list(&state[kind]).iter().filter(|thing| thing["by"] == STRANGER) {
            let joined = &state["joined"][text(&thing["object"]["id"])];
            all.push(json!({ "kind": kind, "thing": thing, "joined": joined }));
        }
    }
    all
}

fn person(user: &Value) -> Person {
    let stars = |name: &str| -> BTreeMap<String, u8> {
        let all = list(&user[GENESYS][name]).iter();
        // The double keeps what was written: a number of one to five, as a text 3.0.
        let star = |each: &Value| each["proficiency"].to_string().trim_end_matches(".0").parse().unwrap_or_default();
        all.map(|each| (text(&each["name"]).to_owned(), star(each))).collect()
    };
    let phone = list(&user["phoneNumbers"]).iter().find(|number| number["type"] == "work").map_or("", |number| text(&number["value"]));
    Person {
        display_name: text(&user["displayName"]).to_owned(),
        phone: phone.to_owned(),
        skills: stars("routingSkills"),
        languages: stars("routingLanguages"),
    }
}

fn compare<T: PartialEq + std::fmt::Debug>(kind: &str, there: &BTreeMap<String, T>, wanted: &BTreeMap<String, T>, found: &mut Vec<String>) {
    for (name, wanted) in wanted {
        match there.get(name) {
            None => found.push(format!("{kind} {name} is missing")),
            Some(there) if there != wanted => found.push(format!("{kind} {name} is {there:?} and should be {wanted:?}")),
            Some(_) => {}
        }
    }
    found.extend(there.keys().filter(|name| !wanted.contains_key(*name)).map(|name| format!("{kind} {name} should not be there")));
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

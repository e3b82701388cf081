//! The stage `rights`: may the user see what the service will have to see? Everything is only read or watched, and for this session alone.

use super::{
    super::{report::Detail, sentences as say, sentences::Sentence},
    ask::{Answer, Trouble, Way},
    log_in::Session,
};
use hyper::Method;
use serde_json::{Value, json};
use shared::config::Config;
use std::time::Duration;
use tokio::time::timeout;

/// One question.
const DEADLINE: Duration = Duration::from_secs(3);
/// A subscription that is refused after all; the names and numbers are those of the vendor's library.
const FAULTED: [&str; 2] = ["3", "faulted"];
/// No more names are listed to choose from.
const MOST_NAMES: usize = 12;

/// Looks at every right.
pub(super) async fn inspect(host: &str, way: &Way, session: &Session, user: &str, config: &Config) -> Vec<Detail> {
    let desk = Desk { host, way, session, user };
    let mut details = desk.statuses(config).await;
    let users = desk.list("users", say::SEES_USERS, say::NO_USERS, &mut details).await;
    let workgroups = desk.list("workgroups", say::SEES_WORKGROUPS, say::NO_WORKGROUPS, &mut details).await;
    details.push(desk.sessions(users.as_deref()).await);
    for (kind, name, seen, refused) in
        [(1, users, say::SEES_USER_QUEUES, say::NO_USER_QUEUES), (2, workgroups, say::SEES_WORKGROUP_QUEUES, say::NO_WORKGROUP_QUEUES)]
    {
        if let Some(name) = name {
            details.push(desk.queue(kind, name, seen, refused).await);
        }
    }
    details
}

/// Who asks whom.
struct Desk<'a> {
    host: &'a str,
    way: &'a Way,
    session: &'a Session,
    user: &'a str,
}

// === impl Desk ===

impl Desk<'_> {
    /// The statuses, and whether those that the file maps are among them.
    async fn statuses(&self, config: &Config) -> Vec<Detail> {
        let answer = match self.ask(Method::GET, "/status/status-messages", None).await {
            Ok(answer) => answer,
            Err(detail) => return vec![*detail],
        };
        if !answer.status.is_success() {
            return vec![self.refused(say::NO_STATUSES, &answer)];
        }
        let Some(list) = answer.body["statusMessageList"].as_array() else {
            return vec![self.detail(say::RIGHTS_BROKEN, [("why", "no statusMessageList".to_owned())])];
        };
        let known: Vec<&str> = list.iter().filter_map(|status| status["statusId"].as_str()).collect();
        let mut details = vec![self.detail(say::SEES_STATUSES, [("count", known.len().to_string())])];
        let modes = &config.workmodes;
        let standard = [("workmodes.ready".to_owned(), &modes.ready), ("workmodes.not_ready".to_owned(), &modes.not_ready)];
        let mapped = modes.mapped.iter().enumerate().map(|(row, mode)| (format!("workmodes.mapped[{row}].status"), &mode.status));
        for (setting, status) in standard.into_iter().chain(mapped) {
            // To CIC, capital and small letters are the same in a status.
            if known.iter().all(|known| !known.eq_ignore_ascii_case(status)) {
                let names = known.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
                details.push(Detail::with(setting, say::STATUS_MISSING, [("status", status.clone()), ("known", names)]));
            }
        }
        details
    }

    /// Users or workgroups; gives back the first one's id, to try its queue.
    async fn list(&self, kind: &str, seen: Sentence, refused: Sentence, details: &mut Vec<Detail>) -> Option<String> {
        let answer = match self.ask(Method::GET, &format!("/configuration/{kind}?rightsFilter=view"), None).await {
            Ok(answer) => answer,
            Err(detail) => {
                details.push(*detail);
                return None;
            }
        };
        let items = answer.body["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        if !answer.status.is_success() || items.is_empty() {
            details.push(self.refused(refused, &answer));
            return None;
        }
        details.push(self.detail(seen, [("count", items.len().to_string())]));
        Some(items.first()?["configurationId"]["id"].as_str()?.to_owned())
    }

    /// Where agents are logged on, which tells their stations.
    async fn sessions(&self, user: Option<&str>) -> Detail {
        let body = json!({ "userIds": [user.unwrap_or(self.user)] });
        match self.ask(Method::PUT, "/messaging/subscriptions/session/sessions-users", Some(body)).await {
            Ok(answer) if answer.status.is_success() => Detail::new(self.host, say::SEES_SESSIONS),
            Ok(answer) => self.refused(say::NO_SESSIONS, &answer),
            Err(detail) => *detail,
        }
    }

    /// A queue of a user (1) or of a workgroup (2). Some servers take the subscription and say afterwards that it failed.
    async fn queue(&self, kind: u8, name: String, seen: Sentence, refused: Sentence) -> Detail {
        let subscription = format!("jackfield-check-{kind}");
        let body = json!({
            "queueIds": [{ "queueType": kind, "queueName": name }],
            "attributeNames": ["Eic_InteractionId"],
        });
        let no = |why: String| self.detail(refused, [("name", name.clone()), ("why", why), ("user", self.user.to_owned())]);
        match self.ask(Method::PUT, &format!("/messaging/subscriptions/queues/{subscription}"), Some(body)).await {
            Ok(answer) if !answer.status.is_success() => return no(answer.said()),
            Ok(_) => {}
            Err(detail) => return *detail,
        }
        let messages = match self.ask(Method::GET, "/messaging/messages", None).await {
            Ok(answer) => answer.body,
            Err(detail) => return *detail,
        };
        match messages.as_array().into_iter().flatten().find_map(|message| fault(message, &subscription)) {
            Some(why) => no(why),
            None => self.detail(seen, [("name", name.clone())]),
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer, Box<Detail>> {
        match timeout(DEADLINE, self.session.ask(self.way, method, path, &[], body)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(trouble)) => Err(Box::new(self.detail(say::RIGHTS_BROKEN, [("why", unanswered(path, &trouble))]))),
            Err(_) => Err(Box::new(self.detail(say::RIGHTS_LATE, [("seconds", DEADLINE.as_secs().to_string())]))),
        }
    }

    fn detail<const N: usize>(&self, sentence: Sentence, values: [(&'static str, String); N]) -> Detail {
        Detail::with(self.host, sentence, values)
    }

    fn refused(&self, sentence: Sentence, answer: &Answer) -> Detail {
        self.detail(sentence, [("why", answer.said()), ("user", self.user.to_owned())])
    }
}

fn unanswered(path: &str, trouble: &Trouble) -> String {
    format!("{path}: {trouble}")
}

/// Why a subscription failed, when this message says that it did.
fn fault(message: &Value, subscription: &str) -> Option<String> {
    let kind = message["__type"].as_str()?;
    let state = message["state"].as_str().map_or_else(|| message["state"].to_string(), str::to_lowercase);
    let is_fault =
        kind.ends_with("queueSubscriptionStateMessage") && message["subscriptionId"] == subscription && FAULTED.contains(&state.as_str());
    let said = &message["error"]["message"];
    is_fault.then(|| said.as_str().map_or_else(|| said.to_string(), ToOwned::to_owned))
}

//! Questions within a session, each with its deadline, and the sentences about their answers.

use super::{
    super::{
        report::{Detail, Sentence},
        sentences as say,
    },
    ask::{Answer, Trouble, Way},
    log_in::Session,
};
use hyper::Method;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

/// One question.
const DEADLINE: Duration = Duration::from_secs(3);

/// Who asks whom.
pub(in crate::cli) struct Desk<'a> {
    pub(in crate::cli) host: &'a str,
    pub(in crate::cli) way: &'a Way,
    pub(in crate::cli) session: &'a Session,
    pub(in crate::cli) user: &'a str,
}

// === impl Desk ===

impl Desk<'_> {
    /// Asks within the session; `path` begins behind its id.
    pub(in crate::cli) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer, Box<Detail>> {
        match timeout(DEADLINE, self.session.ask(self.way, method, path, &[], body)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(trouble)) => Err(Box::new(self.detail(say::RIGHTS_BROKEN, [("why", unanswered(path, &trouble))]))),
            Err(_) => Err(Box::new(self.detail(say::RIGHTS_LATE, [("seconds", DEADLINE.as_secs().to_string())]))),
        }
    }

    /// A sentence about this server.
    pub(in crate::cli) fn detail<const N: usize>(&self, sentence: Sentence, values: [(&'static str, String); N]) -> Detail {
        Detail::with(self.host, sentence, values)
    }

    /// A sentence about what it refused.
    pub(in crate::cli) fn refused(&self, sentence: Sentence, answer: &Answer) -> Detail {
        self.detail(sentence, [("why", answer.said()), ("user", self.user.to_owned())])
    }
}

/// A flag, that some servers write as a text or a number.
pub(in crate::cli) fn flag(object: &Value, name: &str) -> Option<bool> {
    match &object[name] {
        Value::Bool(is) => Some(*is),
        Value::Number(number) => Some(number.as_i64() != Some(0)),
        Value::String(text) => Some(text.eq_ignore_ascii_case("true") || text == "1"),
        _ => None,
    }
}

fn unanswered(path: &str, trouble: &Trouble) -> String {
    format!("{path}: {trouble}")
}

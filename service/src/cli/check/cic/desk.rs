//! Questions within a session, each with its deadline, and the sentences about their answers.

use super::{
    super::{report::Detail, sentences as say, sentences::Sentence},
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
pub(super) struct Desk<'a> {
    pub(super) host: &'a str,
    pub(super) way: &'a Way,
    pub(super) session: &'a Session,
    pub(super) user: &'a str,
}

// === impl Desk ===

impl Desk<'_> {
    /// Asks within the session; `path` begins behind its id.
    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer, Box<Detail>> {
        match timeout(DEADLINE, self.session.ask(self.way, method, path, &[], body)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(trouble)) => Err(Box::new(self.detail(say::RIGHTS_BROKEN, [("why", unanswered(path, &trouble))]))),
            Err(_) => Err(Box::new(self.detail(say::RIGHTS_LATE, [("seconds", DEADLINE.as_secs().to_string())]))),
        }
    }

    /// A sentence about this server.
    pub(super) fn detail<const N: usize>(&self, sentence: Sentence, values: [(&'static str, String); N]) -> Detail {
        Detail::with(self.host, sentence, values)
    }

    /// A sentence about what it refused.
    pub(super) fn refused(&self, sentence: Sentence, answer: &Answer) -> Detail {
        self.detail(sentence, [("why", answer.said()), ("user", self.user.to_owned())])
    }
}

fn unanswered(path: &str, trouble: &Trouble) -> String {
    format!("{path}: {trouble}")
}

//! The stage `clock`: do this machine and the server mean the same time? Logs of both are compared when something went wrong.

use super::{
    super::{report::Detail, sentences as say},
    ask::Question,
    desk::Desk,
};
use hyper::Method;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use std::time::Duration;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(3);
/// Nobody who compares two logs is misled by less, in seconds.
const HARMLESS: i64 = 30;

/// Asks the server for its time.
pub(super) async fn inspect(desk: &Desk<'_>) -> Detail {
    let question = Question { method: Method::GET, path: "/icws/connection/server-time", headers: &[], body: None };
    let answer = timeout(DEADLINE, desk.way.ask(question)).await;
    let told = answer.ok().and_then(Result::ok).and_then(|answer| Some(answer.body["serverUtcTime"].as_str()?.to_owned()));
    let Some(theirs) = told.as_deref().and_then(read) else {
        return Detail::new(desk.host, say::CLOCK_UNKNOWN);
    };
    let apart = theirs.as_second() - Timestamp::now().as_second();
    let seconds = ("seconds", apart.abs().to_string());
    let sentence = if apart.abs() <= HARMLESS {
        say::CLOCK_RIGHT
    } else if apart > 0 {
        say::CLOCK_AHEAD
    } else {
        say::CLOCK_BEHIND
    };
    desk.detail(sentence, [seconds])
}

/// `20210706T193229Z`; dashes, colons and fractions may be there.
fn read(text: &str) -> Option<Timestamp> {
    let whole = text.trim_end_matches('Z').split('.').next()?;
    let plain: String = whole.chars().filter(|letter| !matches!(letter, '-' | ':')).collect();
    let time = DateTime::strptime("%Y%m%dT%H%M%S", plain).ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_in_every_form_that_servers_write() {
        let expected = "2021-07-06T19:32:29Z".parse().ok();
        for text in ["20210706T193229Z", "2021-07-06T19:32:29Z", "2021-07-06T19:32:29.123Z", "20210706T193229.5Z"] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(read("soon"), None);
    }
}

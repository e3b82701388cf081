//! How the registrations of a service that runs are, and letting it send them now.

use super::{Code, Exit, Refused, unwritable};
use crate::simulator::administrator::Administrator;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{io::Write, time::Duration};
use tokio::time::{Instant, sleep};

/// The service waits for a directory for a minute.
const LONGEST: Duration = Duration::from_secs(75);
const LOOK: Duration = Duration::from_millis(200);

/// One registration, as `/status` has it.
#[derive(Debug, Deserialize, Serialize)]
struct Registration {
    url: String,
    user: Option<String>,
    state: String,
    next: Option<i64>,
    accepted: Option<i64>,
    attempts: u64,
    last: Option<Attempt>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Attempt {
    at: i64,
    manual: bool,
    class: String,
    id: String,
    values: Value,
    text: String,
    status: Option<u16>,
    answer: String,
}

/// Shows them.
pub(super) async fn show(administrator: &Administrator, json: bool, out: &mut impl Write) -> Result<u8, Refused> {
    say(&ask(administrator).await?, json, out)
}

/// Lets the service send, waits for what comes of it, and shows that.
pub(super) async fn send(administrator: Administrator, json: bool, out: &mut impl Write) -> Result<u8, Refused> {
    let before = ask(&administrator).await?;
    administrator.ask("POST", "/sld", "", "").await.map_err(unavailable)?;
    let began = Instant::now();
    loop {
        let now = ask(&administrator).await?;
        let done = |each: &Registration| {
            let known = before.iter().find(|known| known.url == each.url);
            each.state == "invalid" || (each.state != "sending" && known.is_none_or(|known| each.attempts > known.attempts))
        };
        if now.iter().all(done) {
            return say(&now, json, out);
        }
        if began.elapsed() > LONGEST {
            return Err((
                Exit::Unavailable,
                format!("the service is still sending after {LONGEST:?}: look again by `jackfield sld status`"),
            ));
        }
        sleep(LOOK).await;
    }
}

async fn ask(administrator: &Administrator) -> Result<Vec<Registration>, Refused> {
    let answer = administrator.ask("GET", "/status", "", "").await.map_err(unavailable)?;
    let foreign = || unavailable(format!("what answers at {} is no Jackfield of this version", administrator.url()));
    let mut status: Value = serde_json::from_slice(&answer.body).map_err(|_| foreign())?;
    serde_json::from_value(status["sld"].take()).map_err(|_| foreign())
}

fn say(all: &[Registration], json: bool, out: &mut impl Write) -> Result<u8, Refused> {
    let mut code = Code::default();
    for each in all {
        code.note(each.exit_code());
    }
    let text = if json {
        serde_json::to_string_pretty(all).map_err(|error| unwritable(&error.into()))? + "\n"
    } else if all.is_empty() {
        "nothing is registered in a System Landscape Directory\n".to_owned()
    } else {
        all.iter().map(Registration::for_people).collect::<Vec<_>>().join("\n")
    };
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| unwritable(&error))?;
    Ok(code.0)
}

// === impl Registration ===

impl Registration {
    /// By the last attempt; what was never tried is not sent yet.
    fn exit_code(&self) -> u8 {
        match (self.state.as_str(), &self.last) {
            ("registered", _) => 0,
            (_, Some(last)) if last.class != "sent" => crate::app::sld::Class::of(&last.class).exit_code(),
            _ => 1,
        }
    }

    fn for_people(&self) -> String {
        let mut lines = vec![format!("{}: {}", self.url, self.words())];
        let mut line = |name: &str, text: String| lines.push(format!("  {name:<10} {text}"));
        if let Some(user) = &self.user {
            line("user", user.clone());
        }
        if let Some(at) = self.accepted {
            line("accepted", time(at));
        }
        if let Some(last) = &self.last {
            let by = if last.manual { ", asked for by an administrator" } else { "" };
            line("last", format!("{}{by}: {}", time(last.at), last.text));
            if let Some(said) = last.answer.lines().find(|line| !line.trim().is_empty()) {
                line("answer", said.trim().chars().take(120).collect());
            }
        }
        line("next", self.next.map_or_else(|| "not by itself".to_owned(), time));
        lines.join("\n") + "\n"
    }

    fn words(&self) -> &str {
        match self.state.as_str() {
            "registered" => "registered",
            "waiting" => "not sent yet",
            "sending" => "being sent",
            "failing" => "failed, to be tried again",
            "stopped" => "not tried any more, so that the user is not locked: correct it, then `jackfield sld send --by-service`",
            "invalid" => "there is nothing that could be sent",
            other => other,
        }
    }
}

fn time(seconds: i64) -> String {
    let Ok(time) = Timestamp::from_second(seconds) else { return "?".to_owned() };
    time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn unavailable(why: String) -> Refused {
    (Exit::Unavailable, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_what_a_program_reads() {
        let status = r#"[{"url":"http://sld:50000/sld/ds","user":"SLDDSUSER","state":"stopped","next":null,"accepted":0,"attempts":3,
            "last":{"at":60,"manual":false,"class":"auth","id":"check-sld-no-role","values":{"user":"SLDDSUSER"},"text":"no role","status":403,
            "answer":"\nForbidden\n"}}]"#;
        let all: Vec<Registration> = serde_json::from_str(status).unwrap();
        let mut out = Vec::new();
        assert_eq!(say(&all, false, &mut out).unwrap(), 3);
        let expected = "\
http://sld:50000/sld/ds: not tried any more, so that the user is not locked: correct it, then `jackfield sld send --by-service`
  user       SLDDSUSER
  accepted   1970-01-01 00:00:00 UTC
  last       1970-01-01 00:01:00 UTC: no role
  answer     Forbidden
  next       not by itself
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        let waiting =
            Registration { state: "waiting".into(), last: None, ..serde_json::from_str::<Vec<Registration>>(status).unwrap().remove(0) };
        assert_eq!(waiting.exit_code(), 1);
    }
}

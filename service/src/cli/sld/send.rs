//! Sends, or tests, or only looks, destination by destination, and says what came of it. Its lines of JSON are an interface: the wizard reads
//! them.

use super::{Code, Refused, unwritable};
use crate::app::sld::{self, Class, Outcome, Rendered, Verdict};
use serde::Serialize;
use std::{collections::BTreeMap, io::Write, time::Duration};

/// A trial is a question that needs no time.
const TRIAL: Duration = Duration::from_secs(15);

/// What to do with each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Test,
    Send,
    Look,
}

/// What came of one.
#[derive(Serialize)]
struct Told<'a> {
    kind: &'static str,
    url: &'a str,
    user: Option<&'a str>,
    /// Bytes of the document.
    bytes: usize,
    /// `sent`, `invalid`, `auth`, `network`, `rejected`; `sent` also where nothing should be sent and everything is right.
    class: &'static str,
    id: &'static str,
    values: BTreeMap<&'static str, String>,
    cause: String,
    repair: &'static str,
    status: Option<u16>,
    /// The first 2 kB.
    answer: String,
    exit_code: u8,
}

pub(super) async fn each(rendered: Vec<Rendered>, deed: Deed, json: bool, out: &mut impl Write) -> Result<u8, Refused> {
    let mut code = Code::default();
    for Rendered { planned, .. } in &rendered {
        let bytes = planned.ready.as_ref().map_or(0, |destination| destination.payload.len());
        let outcome = match &planned.ready {
            Err(verdict) => verdict.clone().into(),
            Ok(destination) => match deed {
                Deed::Test => sld::test(destination, TRIAL).await,
                Deed::Send => sld::send(destination, sld::ATTEMPT).await,
                Deed::Look => sld::look(destination, TRIAL).await,
            },
        };
        let Outcome { verdict, status, answer } = outcome;
        let exit_code = verdict.class().exit_code();
        code.note(exit_code);
        let told = Told {
            kind: "destination",
            url: &planned.url,
            user: planned.user.as_deref(),
            bytes,
            class: verdict.class().word(),
            id: verdict.words().id,
            values: verdict.values().into_iter().collect(),
            cause: verdict.cause(),
            repair: verdict.words().repair,
            status,
            answer,
            exit_code,
        };
        let text =
            if json { serde_json::to_string(&told).map_err(|error| unwritable(&error.into()))? + "\n" } else { told.for_people(&verdict) };
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| unwritable(&error))?;
    }
    Ok(code.0)
}

// === impl Told ===

impl Told<'_> {
    fn for_people(&self, verdict: &Verdict) -> String {
        let sign = if verdict.class() == Class::Sent { "[ ok ]" } else { "[FAIL]" };
        let mut text = format!("{sign} {}: {}\n", self.url, self.cause);
        if !self.repair.is_empty() {
            text.extend(["       repair: ", self.repair, "\n"]);
        }
        let answer = self.answer.trim();
        if verdict.class() != Class::Sent && !answer.is_empty() {
            let lines: Vec<_> = answer.lines().take(6).map(|line| format!("       | {line}\n")).collect();
            text += &lines.concat();
        }
        text
    }
}

//! What the service tells of its bridge, for people.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use std::fmt::Write as _;

/// Steps of a plan that are shown one by one; `--json` has all.
const SHOWN: usize = 40;

pub(super) fn is_well(status: &Value) -> bool {
    list(&status["health"]).iter().all(|part| part["ok"] == true)
}

pub(super) fn status(status: &Value) -> String {
    let counts = &status["counts"];
    let mut text = format!(
        "bridge: {}, organization: {}\nrecords: {} synced, {} with an error, {} not synced\nrequests: {} sent, {} told to wait\n",
        word(&status["state"]),
        status["organization"].as_str().unwrap_or("none yet"),
        counts["synced"],
        counts["error"],
        counts["not_synced"],
        status["pace"]["calls"],
        status["pace"]["throttled"],
    );
    if status["last_run"].is_object() {
        let _ = write!(text, "last run: {}", run(&status["last_run"]));
    }
    if status["held"].is_object() {
        let held = &status["held"];
        let _ = writeln!(text, "{} removals of {} records wait: `jackfield bridge allow` or `reject`", held["removals"], held["of"]);
    }
    for part in list(&status["health"]).iter().filter(|part| part["ok"] != true) {
        let _ = writeln!(text, "{}: {}", word(&part["id"]), word(&part["detail"]["text"]));
    }
    text
}

pub(super) fn health(health: &Value) -> String {
    let line = |part: &Value| {
        let state = if part["ok"] == true { "ok" } else { "wrong" };
        format!("{}: {state}: {}\n", word(&part["id"]), word(&part["detail"]["text"]))
    };
    list(health).iter().map(line).collect()
}

pub(super) fn records(records: &Value) -> String {
    let line = |record: &Value| {
        let reasons = reasons(&record["reasons"]);
        let why = if reasons.is_empty() { String::new() } else { format!("  {reasons}") };
        format!("{:<10}  {:<19}  {}{why}\n", word(&record["status"]), time(&record["last_synced"]), word(&record["record"]))
    };
    list(records).iter().map(line).collect()
}

pub(super) fn explained(record: &Value) -> String {
    let mut text = format!(
        "{}: {}\nlast synchronized: {}\nin the organization: {}\n",
        word(&record["record"]),
        word(&record["status"]),
        time(&record["last_synced"]),
        record["cloud"].as_str().unwrap_or("not there"),
    );
    let reasons = reasons(&record["reasons"]);
    if !reasons.is_empty() {
        let _ = writeln!(text, "why: {reasons}");
    }
    if let Some(owner) = record["known"]["ownership"].as_str() {
        let whose = if owner == "made" { "made by the bridge" } else { "was there before, and is never deleted" };
        let _ = writeln!(text, "owner: {whose}");
    }
    if record["desired"].is_object() {
        let _ = writeln!(text, "should be: {}", record["desired"]["content"]);
        let up_to_date = if record["up_to_date"] == true { "yes" } else { "no, something is to be written" };
        let _ = writeln!(text, "written so: {up_to_date}");
    }
    text + &history(&record["history"])
}

pub(super) fn history(history: &Value) -> String {
    let line = |past: &Value| {
        let outcome = past["failure"]["text"].as_str().map_or_else(String::new, |why| format!("; FAILED: {why}"));
        let correlation = past["correlation"].as_str().map_or_else(String::new, |id| format!(" [{id}]"));
        format!(
            "{}  {:<13}  {} {}: {}{outcome}{correlation}\n",
            time(&past["at"]),
            word(&past["cause"]),
            word(&past["action"]),
            word(&past["record"]),
            word(&past["reason"]["text"]),
        )
    };
    list(history).iter().map(line).collect()
}

pub(super) fn run(run: &Value) -> String {
    let failure = run["failure"]["text"].as_str().map_or_else(String::new, |why| format!("; ended early: {why}"));
    format!(
        "{} of {} steps done, {} records failed, {} were as they should be ({}, {}){failure}\n",
        run["done"],
        run["steps"],
        run["failed"],
        run["unchanged"],
        word(&run["cause"]),
        time(&run["ended"]),
    )
}

pub(super) fn plan(plan: &Value) -> String {
    let steps = list(&plan["steps"]);
    let mut text = String::new();
    for step in steps.iter().take(SHOWN) {
        let _ = writeln!(text, "{} {}: {}", word(&step["action"]["do"]), word(&step["record"]), word(&step["reason"]["text"]));
        for change in list(&step["changes"]) {
            let side = |value: &Value| value.as_str().map_or_else(|| "nothing".to_owned(), |text| format!("{text:?}"));
            let _ = writeln!(text, "    {}: {} → {}", word(&change["field"]), side(&change["before"]), side(&change["after"]));
        }
    }
    if steps.len() > SHOWN {
        let _ = writeln!(text, "… and {} more: --json shows all", steps.len() - SHOWN);
    }
    for (record, problem) in plan["problems"].as_object().into_iter().flatten() {
        let _ = writeln!(text, "cannot be done: {record}: {}", word(&problem["text"]));
    }
    if plan["held"].is_object() {
        let held = &plan["held"];
        let _ = writeln!(text, "{} removals of {} records: these are many, so they wait for you", held["removals"], held["of"]);
    }
    let minutes = plan["seconds"].as_u64().unwrap_or_default().div_ceil(60);
    let _ = writeln!(
        text,
        "{} steps, {} requests, about {minutes} min; {} records are as they should be",
        steps.len(),
        plan["calls"],
        plan["unchanged"]
    );
    text
}

pub(super) fn dial_groups(groups: &Value) -> String {
    if groups["available"].is_null() {
        return "the switch does not tell of its dial groups\n".to_owned();
    }
    list(&groups["available"]).iter().fold(String::new(), |text, group| text + word(group) + "\n")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

fn reasons(value: &Value) -> String {
    list(value).iter().map(|reason| word(&reason["text"])).collect::<Vec<_>>().join("; ")
}

/// In this machine's time.
fn time(value: &Value) -> String {
    let at = value.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok());
    at.map_or_else(|| "never".to_owned(), |at| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_plan_is_shown_with_reasons_before_and_after_requests_and_minutes() {
        let shown = plan(&json!({
            "steps": [{
                "record": "user:ANNA", "action": { "do": "change" }, "reason": { "id": "differs", "text": "the organisation has something else" },
                "changes": [{ "field": "display_name", "before": "Anna", "after": "Anna Adler" }, { "field": "phone work", "before": null, "after": "+49" }],
            }],
            "problems": { "user:BERT": { "id": "other-site", "text": "it belongs to the site munich" } },
            "held": { "removals": 9, "of": 20, "id": "x" }, "unchanged": 3, "calls": 1, "seconds": 61,
        }));
        let expected = "change user:ANNA: the organisation has something else\n    display_name: \"Anna\" → \"Anna Adler\"\n    \
                        phone work: nothing → \"+49\"\ncannot be done: user:BERT: it belongs to the site munich\n\
                        9 removals of 20 records: these are many, so they wait for you\n\
                        1 steps, 1 requests, about 2 min; 3 records are as they should be\n";
        assert_eq!(shown, expected);
    }
}

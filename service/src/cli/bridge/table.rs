//! History as a table that other programs read: CSV (RFC 4180), lines ended as it says.

use jiff::Timestamp;
use serde_json::Value;

const NAMES: [&str; 9] = ["number", "time", "cause", "record", "action", "reason", "changes", "failure", "correlation"];

/// What was done, one line each.
pub(super) fn history(history: &Value) -> String {
    let lines = history.as_array().into_iter().flatten().map(|past| line(&cells(past)));
    std::iter::once(line(&NAMES.map(str::to_owned))).chain(lines).collect()
}

fn cells(past: &Value) -> [String; 9] {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let time = past["at"].as_i64().and_then(|at| Timestamp::from_second(at).ok()).map(|at| at.to_string()).unwrap_or_default();
    let side = |value: &Value| value.as_str().map_or_else(|| "nothing".to_owned(), ToOwned::to_owned);
    let changes = past["changes"].as_array().into_iter().flatten();
    let changes = changes.map(|change| format!("{}: {} → {}", text(&change["field"]), side(&change["before"]), side(&change["after"])));
    [
        past["number"].to_string(),
        time,
        text(&past["cause"]),
        text(&past["record"]),
        text(&past["action"]),
        text(&past["reason"]["text"]),
        changes.collect::<Vec<_>>().join("; "),
        text(&past["failure"]["text"]),
        text(&past["correlation"]),
    ]
}

fn line(cells: &[String; 9]) -> String {
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n"
}

/// What a program for tables would take for a formula is a text for it; quotes are doubled.
fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn history_is_a_table_that_no_program_takes_for_formulas() {
        let past = json!([{
            "number": 7, "at": 0, "cause": "change", "record": "user:ANNA", "action": "change", "reason": { "id": "x", "text": "is \"other\", there" },
            "changes": [{ "field": "phone work", "before": null, "after": "+49" }], "failure": { "id": "y", "text": "=1+1" }, "correlation": null,
        }]);
        let expected = "number,time,cause,record,action,reason,changes,failure,correlation\r\n\
                        7,1970-01-01T00:00:00Z,change,user:ANNA,change,\"is \"\"other\"\", there\",phone work: nothing → +49,'=1+1,\r\n";
        assert_eq!(history(&past), expected);
    }
}

//! `jackfield route`: tries out where an action item would go, by the file's routes. Nothing is sent, nothing need be running.

use super::exit::{self, Exit};
use clap::Args;
use serde_json::{Value, json};
use shared::{
    Config,
    file::{self, FileError},
    rules::routing::{AsWhat, Compare, Route, Table},
};
use std::{
    fmt::Write as _,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

/// Say to which workgroup an action item with these attributes goes, and by which route.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct Arguments {
    /// The configuration file [default: /etc/jackfield/jackfield.toml].
    #[arg(long, env = "JACKFIELD_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Write one JSON document, for scripts.
    #[arg(long)]
    pub json: bool,
    /// Attributes as SAP sends them, `to=support@example.com` or `ACTION_ITEM_ATTR_SUBJECT=Hello` for example.
    #[arg(value_name = "NAME=VALUE", value_parser = attribute)]
    pub attributes: Vec<(String, String)>,
}

/// What there is to say.
struct Answer {
    exit: Exit,
    text: String,
    json: Value,
}

// === impl Arguments ===

impl Arguments {
    /// Does it and says how it went.
    pub fn run(self) -> ExitCode {
        let config = match self.configuration() {
            Ok(config) => config,
            Err(failure) => return exit::told(failure).into(),
        };
        let channel = &config.channels.action_item;
        if !channel.enabled {
            exit::say("action items are off: `channels.action_item.enabled` is not true, so that the service would refuse this one");
        }
        let answer = explain(&channel.routing(), &self.attributes);
        let text = if self.json { format!("{}\n", answer.json) } else { answer.text };
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => answer.exit.into(),
            Err(_) => Exit::InputOutput.into(),
        }
    }

    fn configuration(&self) -> Result<Config, (Exit, String)> {
        let location = file::locate(self.config.as_deref().filter(|path| !path.as_os_str().is_empty()));
        match file::load(&location.path) {
            Ok(loaded) => Ok(loaded.checked.config),
            Err(FileError::Absent(_)) if !location.named => Ok(Config::built_in()),
            Err(FileError::Refused { path, findings }) => {
                let lines: Vec<_> = findings.iter().map(|finding| format!("{}:{finding}", path.display())).collect();
                Err((Exit::Usage, lines.join("\n")))
            }
            Err(error @ FileError::InputOutput { .. }) => Err((Exit::InputOutput, error.to_string())),
            Err(error) => Err((Exit::Unavailable, error.to_string())),
        }
    }
}

/// `NAME=VALUE`; the value may have more of these signs.
fn attribute(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

fn explain(table: &Table, attributes: &[(String, String)]) -> Answer {
    let decision = table.decide(attributes);
    let decided = decision.as_ref().and_then(|decision| decision.route);
    let mut text = String::new();
    let mut rows = Vec::new();
    for (at, route) in table.routes.iter().enumerate() {
        let fits = route.fits(attributes);
        let mark = match decided {
            Some((first, _)) if first == at => "=>",
            _ if fits.is_some() => " +",
            _ => "  ",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{mark} {:>3}  {}", at + 1, words(route));
        rows.push(json!({ "route": at + 1, "workgroup": route.workgroup, "fits": fits.is_some(), "by": fits }));
    }
    let (exit, json) = if let Some(found) = &decision {
        let why = match decided {
            Some((at, name)) => format!("by route {}, because of {name}", at + 1),
            None => "as all that no route takes".to_owned(),
        };
        let _ = writeln!(text, "goes to {} as {}, {why}", found.workgroup, in_words(found.as_what));
        let route = decided.map(|(at, _)| at + 1);
        let by = decided.map(|(_, name)| name);
        (Exit::Done, json!({ "workgroup": found.workgroup, "interaction": word(found.as_what), "route": route, "by": by, "routes": rows }))
    } else {
        text.push_str("goes nowhere: no route takes it, and `channels.action_item.workgroup` names no workgroup for the rest\n");
        (Exit::Unavailable, json!({ "workgroup": null, "interaction": null, "route": null, "by": null, "routes": rows }))
    };
    Answer { exit, text, json }
}

fn words(route: &Route) -> String {
    let compare = match route.compare {
        Compare::Exact => "is",
        Compare::Prefix => "begins with",
        Compare::Contains => "contains",
    };
    format!("{} {compare} \"{}\": {}", route.attribute, route.value, route.workgroup)
}

fn word(as_what: AsWhat) -> &'static str {
    match as_what {
        AsWhat::Email => "email",
        AsWhat::GenericObject => "generic_object",
    }
}

fn in_words(as_what: AsWhat) -> &'static str {
    match as_what {
        AsWhat::Email => "an e-mail",
        AsWhat::GenericObject => "a generic object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let file = "[channels.action_item]\nenabled = true\nworkgroup = \"Support\"\n\
                    [[channels.action_item.routes]]\nattribute = \"to\"\nvalue = \"sales@example.com\"\nworkgroup = \"Sales\"\n\
                    [[channels.action_item.routes]]\nattribute = \"subject\"\ncompare = \"prefix\"\nvalue = \"order\"\nworkgroup = \"Sales\"\n\
                    interaction = \"generic_object\"\n";
        shared::check_text(file).unwrap_or_else(|findings| panic!("{findings:?}")).config.channels.action_item.routing()
    }

    fn explained(attributes: &[&str]) -> Answer {
        let attributes: Vec<_> = attributes.iter().map(|text| attribute(text).unwrap()).collect();
        explain(&table(), &attributes)
    }

    #[test]
    fn the_route_that_decides_is_named_with_its_reason() {
        let answer = explained(&["SUBJECT=Order 7", "from=max@example.com"]);
        assert!(answer.text.ends_with("goes to Sales as a generic object, by route 2, because of SUBJECT\n"), "{}", answer.text);
        assert!(answer.text.contains("=>   2  subject begins with \"order\": Sales"), "{}", answer.text);
        assert_eq!(
            (&answer.json["workgroup"], &answer.json["interaction"], &answer.json["route"]),
            (&json!("Sales"), &json!("generic_object"), &json!(2))
        );
        assert_eq!(answer.json["routes"][0]["fits"], json!(false));
    }

    #[test]
    fn what_no_route_takes_goes_with_the_rest_or_nowhere() {
        let answer = explained(&["subject=Hello"]);
        assert!(answer.text.ends_with("goes to Support as an e-mail, as all that no route takes\n"), "{}", answer.text);
        assert_eq!(answer.exit, Exit::Done);
        let nowhere = explain(&Table { rest: None, ..table() }, &[]);
        assert!(nowhere.text.contains("goes nowhere"));
        assert_eq!((nowhere.exit, &nowhere.json["workgroup"]), (Exit::Unavailable, &Value::Null));
    }

    #[test]
    fn an_attribute_is_a_name_and_a_value() {
        assert_eq!(attribute("SUBJECT=a=b"), Ok(("SUBJECT".to_owned(), "a=b".to_owned())));
        assert!(attribute("SUBJECT").is_err() && attribute("=x").is_err());
    }
}

//! Everything that goes into a bundle, each piece scrubbed before it is kept. What cannot be had is said in its place.

use super::{
    super::{check, path::escaped, patience},
    Arguments, logs, machine,
    scrub::Scrub,
};
use crate::simulator::administrator::Administrator;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::Value;
use shared::{
    Config,
    address::reachable,
    draft::Draft,
    export::{self, Export},
    file::{self, read},
    secret::{SecretRef, store},
};
use std::{path::PathBuf, time::Duration};

/// A file of the bundle.
pub(super) struct Piece {
    /// Its name in the archive.
    pub(super) name: String,
    /// What it is.
    pub(super) what: &'static str,
    /// Its content.
    pub(super) text: String,
}

/// Where the file says that a service is, and its logs. A file that is refused says it as well: that may be why somebody asks for help.
struct Service {
    admin: String,
    token: Option<SecretRef>,
    folder: Option<PathBuf>,
}

/// A key store may ask a person, who may not be there.
const SECRET: Duration = Duration::from_secs(5);
/// All logs of a bundle together, in bytes.
const LOGS: usize = 64 * 1024 * 1024;

/// All of them.
pub(super) async fn all(arguments: &Arguments) -> Vec<Piece> {
    let location = file::locate(arguments.config.as_deref());
    let text = read::text(&location.path);
    let export = text.as_ref().map_or(Err(Vec::new()), |text| export::export(text));
    let service = Service::of(text.as_deref().unwrap_or_default());
    let mut scrub = Scrub::new(secrets(text.as_deref().unwrap_or_default(), export.as_ref().ok()).await);
    arguments.agents.iter().for_each(|agent| scrub.keep(agent));

    let mut pieces =
        vec![Piece::new("versions.txt", "versions of Jackfield and of this machine", scrub.secrets(&machine::versions().await))];
    let configuration = match (export, &text) {
        (Ok(Export { toml, .. }), _) => toml,
        (Err(_), Ok(_)) => "# The file is not TOML; see check.jsonl.\n".to_owned(),
        (Err(_), Err(why)) => format!("# There is no file: {why}\n"),
    };
    pieces.push(Piece::new("jackfield.toml", "the configuration without secrets and comments", scrub.secrets(&configuration)));
    let mut report = Vec::new();
    // A report in memory is always written.
    let _ = check::Arguments::in_json(arguments.config.clone()).check(&mut report).await;
    pieces.push(Piece::new("check.jsonl", "what `jackfield check` says", lines_of_json(&mut scrub, &String::from_utf8_lossy(&report))));
    pieces.extend(from_service(arguments, &service, &mut scrub).await);
    if let Some(unit) = machine::unit().await {
        pieces.push(Piece::new("unit.txt", "how systemd has the service", scrub.secrets(&unit)));
    }
    pieces.extend(from_logs(arguments, service.folder, &mut scrub).await);
    pieces.insert(0, Piece::new("README.txt", "what this is", readme(&pieces, arguments)));
    pieces
}

/// Every secret that the file names and that can be had here, and what stands in it where a reference should.
async fn secrets(text: &str, export: Option<&Export>) -> Vec<String> {
    let Ok(draft) = Draft::parse(text) else { return Vec::new() };
    let mut known = Vec::new();
    for left in export.into_iter().flat_map(|export| &export.left_out) {
        let mut found = Vec::new();
        if let Some(value) = draft.get(&left.path) {
            texts(value, &mut found);
        }
        known.extend(found);
    }
    let mut all = Vec::new();
    draft.values().values().for_each(|value| texts(value, &mut all));
    for reference in all.iter().filter_map(|text| text.parse::<SecretRef>().ok()) {
        if let Ok(Ok(secret)) = patience::on_time(SECRET, move || store::resolve(&reference)).await {
            known.push(secret.expose_secret().to_owned());
        }
    }
    known
}

fn texts(value: &toml::Value, found: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => found.push(text.clone()),
        toml::Value::Array(all) => all.iter().for_each(|value| texts(value, found)),
        toml::Value::Table(all) => all.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// What a running service says of itself.
async fn from_service(arguments: &Arguments, service: &Service, scrub: &mut Scrub) -> Vec<Piece> {
    let place = arguments.admin.clone().unwrap_or_else(|| service.admin.clone());
    let reference = arguments.admin_token.clone().or_else(|| service.token.clone());
    let administrator = match patience::secret("admin.token", reference).await {
        Ok(token) => Administrator::new(&place, token).map_err(|why| format!("{place}: {why}")),
        Err(why) => Err(why),
    };
    let administrator = match administrator {
        Ok(administrator) => administrator,
        Err(why) => return vec![Piece::new("service.txt", "why the service was not asked", scrub.text(&format!("{why}\n")))],
    };
    // Why there is no answer stands in its place.
    let ask = async |path: &str| {
        let answer = administrator.ask("GET", path, "", "").await;
        answer.map_or_else(|why| format!("{why}\n"), |answer| String::from_utf8_lossy(&answer.body).into_owned())
    };
    let mut pieces = vec![
        Piece::new("readyz.txt", "how the service's parts are", scrub.text(&ask("/readyz").await)),
        Piece::new("status.json", "agents, items, delivery, last happenings", json(scrub, &ask("/status").await)),
        Piece::new("metrics.txt", "figures", scrub.secrets(&ask("/metrics").await)),
    ];
    for agent in &arguments.agents {
        let path = format!("/agents/{}/timeline?messages={}", escaped(agent), if arguments.messages { "yes" } else { "no" });
        let text = timeline(scrub, &ask(&path).await, arguments.since);
        pieces.push(Piece::new(&format!("timelines/{}.json", escaped(agent)), "what went on with an agent", text));
    }
    pieces
}

fn timeline(scrub: &mut Scrub, said: &str, since: Duration) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(said) else { return scrub.text(said) };
    let since = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    let oldest = value["now_ms"].as_i64().unwrap_or_default().saturating_sub(since);
    if let Some(entries) = value["entries"].as_array_mut() {
        entries.retain(|entry| entry["at_ms"].as_i64().is_some_and(|at| at >= oldest));
    }
    scrub.json(&mut value);
    format!("{value:#}\n")
}

async fn from_logs(arguments: &Arguments, folder: Option<PathBuf>, scrub: &mut Scrub) -> Vec<Piece> {
    let Some(folder) = folder else {
        let journal = machine::journal(arguments.since).await;
        return journal.map(|text| Piece::new("logs/journal.txt", "the journal of the service", scrub.text(&text))).into_iter().collect();
    };
    let since = Timestamp::now().checked_sub(arguments.since).unwrap_or(Timestamp::MIN);
    let read = patience::on_time(Duration::from_mins(1), move || logs::since(&folder, since)).await;
    let files = match read {
        Ok(Ok(files)) => files,
        Ok(Err(error)) => vec![("why-not.txt".to_owned(), format!("log.folder cannot be read: {error}\n"))],
        Err(_) => vec![("why-not.txt".to_owned(), "log.folder cannot be read in time\n".to_owned())],
    };
    let mut left = LOGS;
    let mut pieces = Vec::new();
    // The latest are the ones that matter when there are too many.
    for (name, text) in files.into_iter().rev() {
        let Some(rest) = left.checked_sub(text.len()) else { break };
        left = rest;
        pieces.push(Piece::new(&format!("logs/{name}"), "a log file of the service", scrub.text(&text)));
    }
    pieces.reverse();
    pieces
}

fn json(scrub: &mut Scrub, text: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return scrub.text(text) };
    scrub.json(&mut value);
    format!("{value:#}\n")
}

fn lines_of_json(scrub: &mut Scrub, text: &str) -> String {
    let line = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(mut value) => {
            scrub.json(&mut value);
            format!("{value}\n")
        }
        Err(_) => scrub.text(line) + "\n",
    };
    text.lines().map(line).collect()
}

fn readme(pieces: &[Piece], arguments: &Arguments) -> String {
    let since = shared::config::duration::format(arguments.since);
    let list = pieces.iter().map(|Piece { name, what, .. }| format!("  {name}: {what}\n")).collect::<Vec<_>>().concat();
    format!(
        "A support bundle of Jackfield, made at {} by `jackfield support-bundle`; logs and timelines of the last {since}.\n\n\
         Secrets are taken out of all of it. Customers' numbers are replaced, the same one by the same substitute, in logs, status, checks and\n\
         timelines. Names of agents, of machines and of workgroups are in it.\n\n{list}",
        Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC"),
    )
}

// === impl Service ===

impl Service {
    fn of(text: &str) -> Self {
        let draft = Draft::parse(text).ok();
        let value = |path: &str| draft.as_ref()?.get(&path.parse().ok()?)?.as_str();
        let listen = value("admin.listen").and_then(|listen| listen.parse().ok()).unwrap_or_else(|| Config::built_in().admin.listen);
        Self {
            admin: reachable(listen).to_string(),
            token: value("admin.token").and_then(|token| token.parse().ok()),
            folder: value("log.folder").map(PathBuf::from),
        }
    }
}

// === impl Piece ===

impl Piece {
    fn new(name: &str, what: &'static str, text: String) -> Self {
        Self { name: name.to_owned(), what, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_the_file_names_or_holds_as_a_secret_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(&secret, "in-a-file").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let text = format!("[admin]\ntoken = \"file:{}\"\n[switch]\npassword = \"literal-one\"\n", secret.display());
        let export = export::export(&text).unwrap();
        let known = secrets(&text, Some(&export)).await;
        for secret in ["in-a-file", "literal-one"] {
            assert!(known.iter().any(|one| one == secret), "{secret} in {known:?}");
        }
    }
}

//! `jackfield agents import-passwords`: agents' passwords from a table to where the file says that they are kept. Each line is reported by
//! itself; no password is ever printed.

use super::{Exit, patience};
use clap::Args;
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use shared::{
    Draft, check, file,
    passwords::{self, Line},
    secret::{SecretPattern, keep::Owner},
};
use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

/// A key store may ask a person to unlock it first.
const KEY_STORE: Duration = Duration::from_mins(1);
/// Reading a table, and keeping all that stands in it.
const DEADLINE: Duration = Duration::from_mins(10);

/// Keep agents' passwords, for `log_in = "stored_password"`.
///
/// The table has two columns, user and password, with comma, semicolon or tab between them; a heading may stand before them. Each password
/// goes to where `agents.stored_password.secrets` of the file says. Lines that cannot be used are reported, the others are kept. A password
/// that was there before is replaced. Delete the table afterwards.
#[derive(Debug, Args)]
pub struct Import {
    /// The table (CSV, UTF-8), or - for standard input.
    #[arg(value_name = "FILE.csv")]
    table: PathBuf,
    /// The configuration file [default: what `JACKFIELD_CONFIG` names, else the standard one].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to, instead of what the file says; `{user}` stands for an agent's name.
    #[arg(long, value_name = "PATTERN")]
    into: Option<SecretPattern>,
    /// The account of the service, whose files they become; root only.
    #[arg(long, value_name = "ACCOUNT")]
    owner: Option<String>,
    /// Read and judge the table, keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write one JSON object a line: each line of the table, then a summary.
    #[arg(long)]
    json: bool,
}

/// One line of the report.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "line", rename_all = "snake_case")]
struct Told {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    result: Fate,
    /// Where it is kept, or why it is not.
    #[serde(skip_serializing_if = "String::is_empty")]
    place: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    why: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Fate {
    Kept,
    WouldBeKept,
    Wrong,
    Failed,
}

#[derive(Default, Serialize)]
#[serde(tag = "kind", rename = "summary")]
struct Summary {
    kept: usize,
    wrong: usize,
    failed: usize,
    dry_run: bool,
}

// === impl Import ===

impl Import {
    /// Does it; the exit code says whether every line was kept.
    pub(super) async fn run(self, out: &mut impl Write) -> Result<Exit, (Exit, String)> {
        let Self { table, config, into, owner, dry_run, json } = self;
        let owner = owner.map(|account| Owner::of(&account).ok_or((Exit::Usage, format!("there is no account {account}")))).transpose()?;
        let work = move || -> Result<Vec<Told>, (Exit, String)> {
            let pattern = into.map_or_else(|| pattern_of(config.as_deref()), Ok)?;
            let lines = passwords::read(&read(&table)?);
            Ok(lines.into_iter().map(|line| carry_out(line, &pattern, owner, dry_run)).collect())
        };
        // A key store keeps one waiting, so that this is done on a thread of its own.
        let told = patience::on_time(DEADLINE, work).await.map_err(|late| match late {
            patience::Late::Overdue => (Exit::Unavailable, format!("not done within {DEADLINE:?}")),
            patience::Late::Fault(why) => (Exit::Internal, why),
        })??;
        let summary = Summary::of(&told, dry_run);
        let mut text = String::new();
        for told in &told {
            text += &if json { as_json(told)? } else { told.for_people() };
        }
        text += &if json { as_json(&summary)? } else { summary.for_people() };
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| (Exit::InputOutput, error.to_string()))?;
        Ok(match (summary.failed, summary.wrong) {
            (0, 0) => Exit::Done,
            (0, _) => Exit::Usage,
            _ => Exit::InputOutput,
        })
    }
}

fn carry_out(Line { number, row }: Line, pattern: &SecretPattern, owner: Option<Owner>, dry_run: bool) -> Told {
    let told = |user, result, place: String, why: String| Told { line: number, user, result, place, why };
    let row = match row {
        Ok(row) => row,
        Err(wrong) => return told(None, Fate::Wrong, String::new(), wrong.to_string()),
    };
    let (user, place) = (Some(row.user.clone()), pattern.of(&row.user).to_string());
    if dry_run {
        return told(user, Fate::WouldBeKept, place, String::new());
    }
    match passwords::keep(&row, pattern, owner, KEY_STORE) {
        Ok(()) => told(user, Fate::Kept, place, String::new()),
        Err(error) => told(user, Fate::Failed, String::new(), error.to_string()),
    }
}

/// What the configuration says.
fn pattern_of(config: Option<&Path>) -> Result<SecretPattern, (Exit, String)> {
    let location = file::locate(config);
    let path = &location.path;
    let wrong = |why: String| (Exit::Usage, format!("{}: {why}", path.display()));
    let text = file::read::text(path).map_err(|error| (Exit::Unavailable, format!("{error}; name it by --config, or use --into")))?;
    let draft = Draft::parse(&text).map_err(|findings| wrong(findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    let checked = check::check(&draft).map_err(|_| wrong("it has findings; see `jackfield config check`, or use --into".into()))?;
    Ok(checked.config.agents.stored_password.secrets)
}

fn read(table: &Path) -> Result<Zeroizing<String>, (Exit, String)> {
    let failed = |error: io::Error| (Exit::InputOutput, format!("{}: {error}", table.display()));
    let mut bytes = Zeroizing::new(Vec::new());
    if table == Path::new("-") {
        io::stdin().take(passwords::LONGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        File::open(table).map_err(failed)?.take(passwords::LONGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 > passwords::LONGEST {
        return Err((Exit::Usage, format!("{} is too long for a table of passwords", table.display())));
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| (Exit::Usage, format!("{} is not UTF-8; save it as \u{201c}CSV UTF-8\u{201d}", table.display())))?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn as_json(what: &impl Serialize) -> Result<String, (Exit, String)> {
    serde_json::to_string(what).map(|line| line + "\n").map_err(|error| (Exit::Internal, error.to_string()))
}

// === impl Told ===

impl Told {
    fn for_people(&self) -> String {
        let Self { line, user, result, place, why } = self;
        let user = user.as_ref().map_or_else(String::new, |user| format!("{user}: "));
        match result {
            Fate::Kept => format!("line {line}: {user}kept as {place}\n"),
            Fate::WouldBeKept => format!("line {line}: {user}would be kept as {place}\n"),
            Fate::Wrong => format!("line {line}: left out: {why}\n"),
            Fate::Failed => format!("line {line}: {user}not kept: {why}\n"),
        }
    }
}

// === impl Summary ===

impl Summary {
    fn of(told: &[Told], dry_run: bool) -> Self {
        let count = |fates: &[Fate]| told.iter().filter(|told| fates.contains(&told.result)).count();
        Self { kept: count(&[Fate::Kept, Fate::WouldBeKept]), wrong: count(&[Fate::Wrong]), failed: count(&[Fate::Failed]), dry_run }
    }

    fn for_people(&self) -> String {
        let Self { kept, wrong, failed, dry_run } = self;
        let mut text = if *dry_run { format!("{kept} would be kept") } else { format!("{kept} kept") };
        for (count, what) in [(wrong, "left out"), (failed, "not kept")] {
            if *count > 0 {
                // Writing to a string cannot fail.
                let _ = write!(text, ", {count} {what}");
            }
        }
        text + "\n"
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    async fn import(folder: &Path, table: &str, dry_run: bool, json: bool) -> (Exit, String) {
        let path = folder.join("agents.csv");
        std::fs::write(&path, table).unwrap();
        let into = SecretPattern::in_folder(&folder.join("agents").display().to_string());
        let import = Import { table: path, config: None, into: Some(into), owner: None, dry_run, json };
        let mut out = Vec::new();
        let exit = import.run(&mut out).await.unwrap();
        (exit, String::from_utf8(out).unwrap())
    }

    #[tokio::test]
    async fn every_line_is_reported_and_no_password_is_printed() {
        let folder = tempfile::tempdir().unwrap();
        let (exit, text) = import(folder.path(), "ANNA,hunter2\nBERT\nCARLA,hunter3\n", false, false).await;
        let place = folder.path().join("agents");
        let place = place.display();
        let expected = format!(
            "line 1: ANNA: kept as file:{place}/ANNA\nline 2: left out: there are 1 columns, and two are needed: user and password\n\
             line 3: CARLA: kept as file:{place}/CARLA\n2 kept, 1 left out\n"
        );
        assert_eq!((exit, text), (Exit::Usage, expected));
        assert_eq!(std::fs::read_to_string(folder.path().join("agents/ANNA")).unwrap(), "hunter2");
        let (exit, json) = import(folder.path(), "ANNA,hunter4\nBERT\n", false, true).await;
        assert!(!json.contains("hunter") && json.lines().count() == 3 && exit == Exit::Usage, "{json}");
        assert!(json.ends_with("{\"kind\":\"summary\",\"kept\":1,\"wrong\":1,\"failed\":0,\"dry_run\":false}\n"), "{json}");
    }

    #[tokio::test]
    async fn a_dry_run_keeps_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (exit, text) = import(folder.path(), "ANNA,hunter2\n", true, false).await;
        assert!(exit == Exit::Done && text.ends_with("1 would be kept\n"), "{text}");
        assert!(!folder.path().join("agents").exists());
    }

    #[tokio::test]
    async fn a_folder_that_others_can_write_to_is_refused_with_its_reason() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let agents = folder.path().join("agents");
        std::fs::create_dir(&agents).unwrap();
        std::fs::set_permissions(&agents, std::fs::Permissions::from_mode(0o777)).unwrap();
        let (exit, text) = import(folder.path(), "ANNA,hunter2\n", false, false).await;
        assert!(exit == Exit::InputOutput && text.contains("not kept") && text.contains("chmod go-w"), "{text}");
    }
}

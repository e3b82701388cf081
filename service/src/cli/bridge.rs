//! `jackfield bridge`: what the bridge to Genesys Cloud does in a service that runs, what it would do, and having it done.

mod ask;
mod say;
mod table;

use super::{
    agents::Service,
    exit::{self, Exit},
};
use crate::{app::bridge::saved_plan, simulator::administrator::Administrator};
use ask::{get, order};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use shared::secret::SecretRef;
use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

/// The codes of this subcommand, beside those that all have.
const CODES: &str = "Exit codes:
  0   done; for status and health: everything works
  1   something is wrong: a record with an error, removals that are held back, no connection
  64  the command line, or a plan that cannot be carried out (any more)
  69  no service answers, or its bridge cannot do it now
  74  reading or writing failed";

/// Keep Genesys Cloud in step with the switch.
#[derive(Debug, Args)]
#[command(after_help = CODES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub what: What,
    /// Write JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// The service's listener for administrators.
    #[arg(long, global = true, value_name = "ADDR", default_value = "127.0.0.1:8096")]
    pub admin: String,
    /// Where its token is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME`.
    #[arg(long, global = true, value_name = "REFERENCE")]
    pub admin_token: Option<SecretRef>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum What {
    /// How it is: records by status, the last run, what waits for you.
    Status,
    /// Health, part by part.
    Health,
    /// Every record with its status.
    Records,
    /// Everything about one record.
    Explain {
        /// Its kind and its name: `user:ANNA`, `queue:Sales`, `skill:German`, `language:…`, `wrap_up_code:…`, `oauth_client:browser`.
        record: String,
    },
    /// What was done, the oldest first; with --json or --csv to be kept.
    History {
        /// Write CSV (RFC 4180), with a line of names first.
        #[arg(long)]
        csv: bool,
    },
    /// Say what a complete run would do, and write nothing to the organization.
    Plan {
        /// Save it here, for `apply`.
        #[arg(long, value_name = "FILE")]
        save: Option<PathBuf>,
    },
    /// Carry out exactly a plan that was saved, the removals in it too. Refused when switch or organization have changed since.
    Apply {
        /// The plan.
        file: PathBuf,
    },
    /// Run now: what has changed, or everything, or one user.
    Sync {
        /// Everything, whether or not it is up to date.
        #[arg(long)]
        force: bool,
        /// The file names another organization than before, and means it: what is known of the one before is forgotten.
        #[arg(long)]
        new_organization: bool,
        /// Only this user, with his skills and queues.
        #[arg(conflicts_with = "force")]
        user: Option<String>,
    },
    /// Allow the removals that are held back because they are many.
    Allow,
    /// Reject them: nothing is done until the switch has something else.
    Reject,
    /// The user that `genesys_cloud.admin_user` names was changed on the switch, and is meant so.
    AcceptAdminUser,
    /// Which dial groups the switch has, for `genesys_cloud.dial_groups`; also while the bridge is off.
    DialGroups,
}

/// Why it ends otherwise.
type Refused = (Exit, String);

// === impl Arguments ===

impl Arguments {
    /// Does it.
    pub fn run(self) -> ExitCode {
        let mut code = 0;
        let exit = super::block_on(async {
            match self.carry_out(&mut io::stdout()).await {
                Ok(is_well) => {
                    code = u8::from(!is_well);
                    Exit::Done
                }
                Err(failure) => exit::told(failure),
            }
        });
        if exit == Exit::Done { code.into() } else { exit.into() }
    }

    async fn carry_out(self, out: &mut impl Write) -> Result<bool, Refused> {
        let service = Service { admin: self.admin, admin_token: self.admin_token };
        let administrator = service.administrator().await?;
        let (value, text, is_well) = self.what.answer(&administrator).await?;
        let text = if self.json { format!("{value:#}\n") } else { text };
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| unwritable(&error))?;
        Ok(is_well)
    }
}

// === impl What ===

impl What {
    /// What there is to say, as JSON and for people, and whether it is good.
    async fn answer(self, service: &Administrator) -> Result<(Value, String, bool), Refused> {
        Ok(match self {
            Self::Status => {
                let status = get(service, "/bridge").await?;
                let (text, is_well) = (say::status(&status), say::is_well(&status));
                (status, text, is_well)
            }
            Self::Health => {
                let mut status = get(service, "/bridge").await?;
                let is_well = say::is_well(&status);
                let health = status["health"].take();
                let text = say::health(&health);
                (health, text, is_well)
            }
            Self::Records => {
                let records = get(service, "/bridge/records").await?;
                let text = say::records(&records);
                (records, text, true)
            }
            Self::Explain { record } => {
                let explained = get(service, &format!("/bridge/records/{}", super::path::escaped(&record))).await?;
                let (text, is_well) = (say::explained(&explained), explained["status"] != "Error");
                (explained, text, is_well)
            }
            Self::History { csv } => {
                let mut history = get(service, "/bridge/history").await?;
                if let Some(history) = history.as_array_mut() {
                    history.reverse();
                }
                let text = if csv { table::history(&history) } else { say::history(&history) };
                (history, text, true)
            }
            Self::Plan { save } => {
                let plan = order(service, &json!({ "do": "plan" })).await?;
                if let Some(file) = save {
                    fs::write(&file, format!("{plan:#}\n"))
                        .map_err(|error| (Exit::InputOutput, format!("{} cannot be written: {error}", file.display())))?;
                }
                let text = say::plan(&plan);
                (plan, text, true)
            }
            Self::Apply { file } => {
                let text = fs::read_to_string(&file)
                    .map_err(|error| (Exit::InputOutput, format!("{} cannot be read: {error}", file.display())))?;
                let id = saved_plan(&text).map_err(|why| (Exit::Usage, why))?;
                run(order(service, &json!({ "do": "apply", "plan": id })).await?)
            }
            Self::Sync { force, new_organization, user } => {
                if new_organization {
                    order(service, &json!({ "do": "new_organization" })).await?;
                }
                let record = user.map(|user| if user.contains(':') { user } else { format!("user:{user}") });
                run(order(service, &json!({ "do": "sync", "force": force || new_organization, "record": record })).await?)
            }
            Self::Allow => {
                let done = order(service, &json!({ "do": "allow" })).await?;
                (done, "the removals are allowed, and a run has begun: look at `jackfield bridge status`\n".into(), true)
            }
            Self::Reject => {
                let done = order(service, &json!({ "do": "reject" })).await?;
                (done, "the removals are rejected\n".into(), true)
            }
            Self::AcceptAdminUser => {
                let done = order(service, &json!({ "do": "accept_admin_user" })).await?;
                (done, "the user is meant as he is now\n".into(), true)
            }
            Self::DialGroups => {
                let groups = order(service, &json!({ "do": "dial_groups" })).await?;
                let text = say::dial_groups(&groups);
                (groups, text, true)
            }
        })
    }
}

fn run(report: Value) -> (Value, String, bool) {
    let (text, is_well) = (say::run(&report), report["failed"] == 0);
    (report, text, is_well)
}

fn unwritable(error: &io::Error) -> Refused {
    (Exit::InputOutput, format!("standard output cannot be written: {error}"))
}

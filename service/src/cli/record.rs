//! `jackfield record`: takes down what SAP and a service that runs say to each other, without secrets, into a capture file for
//! `jackfield replay` and `jackfield learn`. The service itself writes nothing; when this program goes away the recording ends.

use super::{
    exit::{self, Exit},
    patience,
};
use crate::{
    capture::{Line, Message, Order, Way, expiry, shape::Shape},
    simulator::administrator::Administrator,
};
use clap::Args;
use serde_json::{Value, json};
use shared::secret::SecretRef;
use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    pin::pin,
    process::ExitCode,
};

/// Record what SAP and the running service say to each other, without secrets, until Ctrl-C.
///
/// Chosen agents only, or everybody; messages that the service cannot understand are recorded in any case. Passwords, tickets and the paths
/// of event URLs are hidden, and customers' numbers are masked unless the service's file says `log.mask_numbers = false`. The service is
/// never slowed down: what finds no room is counted and said. The file may be used for as many days as the service's file says
/// (`log.keep_captures_days`); captures beside it whose time is over are removed.
#[derive(Debug, Args)]
#[command(after_help = "The file holds one JSON object a line: a head, one line for each request with its answer, an end.
`jackfield learn FILE` compares it with the profile, `jackfield replay FILE` plays it against a service.")]
pub struct Arguments {
    /// Where to write; must not be there yet [default: jackfield-DATE-TIME.capture].
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Record this agent only; may be given several times.
    #[arg(long = "agent", value_name = "NAME")]
    pub agents: Vec<String>,
    /// End by itself after this many minutes.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=1440))]
    pub minutes: u64,
    /// End by itself after this many mebibytes.
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=256))]
    pub mebibytes: u64,
    /// The service's listener for administrators.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8096")]
    pub admin: String,
    /// Where its token is: `keyring:NAME`, `credential:NAME`, `file:PATH` or `env:NAME`.
    #[arg(long, value_name = "REFERENCE")]
    pub admin_token: Option<SecretRef>,
    /// Tell what happens as JSON, one object a line: `recording`, `removed` and `message` for each, `lost`, `end`.
    #[arg(long)]
    pub json: bool,
}

/// Why it ended early.
struct Broken(Exit, String);

struct Session<W> {
    administrator: Administrator,
    number: u64,
    file: BufWriter<File>,
    path: PathBuf,
    out: W,
    json: bool,
}

// === impl Arguments ===

impl Arguments {
    /// Records until it is told to stop, or enough is there.
    pub fn run(self) -> ExitCode {
        super::block_on(async { self.record(io::stdout()).await.map_or_else(|Broken(exit, why)| exit::told((exit, why)), |()| Exit::Done) })
            .into()
    }

    async fn record(self, out: impl Write) -> Result<(), Broken> {
        let mut session = self.begin(out).await?;
        let mut stop = pin!(tokio::signal::ctrl_c());
        let mut stopping = false;
        loop {
            let fetched = {
                let path = format!("/capture/{}", session.number);
                let mut fetch = pin!(session.administrator.ask("GET", &path, "", ""));
                tokio::select! {
                    fetched = &mut fetch => fetched,
                    _ = &mut stop, if !stopping => {
                        stopping = true;
                        session.administrator.ask("DELETE", &path, "", "").await.map_err(unavailable)?;
                        fetch.await
                    }
                }
            };
            let fetched = fetched.map_err(|why| {
                let so_far = session.path.display();
                Broken(Exit::Unavailable, format!("{why}\n{so_far} holds what was recorded up to here"))
            })?;
            if session.take(&String::from_utf8_lossy(&fetched.body))? {
                return Ok(());
            }
        }
    }

    async fn begin<W: Write>(self, mut out: W) -> Result<Session<W>, Broken> {
        let Self { out: path, agents, minutes, mebibytes, admin, admin_token, json } = self;
        let path = path.unwrap_or_else(|| PathBuf::from(jiff::Zoned::now().strftime("jackfield-%Y%m%d-%H%M%S.capture").to_string()));
        let token = patience::admin_token(admin_token).await.map_err(unavailable)?;
        let administrator = Administrator::new(&admin, token).map_err(|why| Broken(Exit::Usage, format!("--admin {admin}: {why}")))?;
        let file = create(&path).map_err(|error| Broken(Exit::InputOutput, format!("{} cannot be made: {error}", path.display())))?;
        let order = Order { agents, seconds: minutes * 60, bytes: mebibytes << 20 };
        let begun = administrator.ask("POST", "/capture", "Content-Type: application/json\r\n", &json!(order).to_string()).await;
        let begun = begun.and_then(|answer| {
            let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let number = told["capture"].as_u64().filter(|_| told["head"].is_object());
            number
                .map(|number| (number, told["head"].clone()))
                .ok_or_else(|| "what answers there is no Jackfield of this version".to_owned())
        });
        let (number, head) = begun.map_err(|why| {
            // Nothing was recorded: an empty file would only be in the way.
            let _ = std::fs::remove_file(&path);
            unavailable(why)
        })?;
        let masked = if head["numbers"] == "masked" { "customers' numbers are masked" } else { "customers' numbers are kept" };
        if json {
            tell(&mut out, &json!({ "type": "recording", "file": path, "head": head }).to_string())?;
        } else {
            tell(&mut out, &format!("recording into {}, {masked}; Ctrl-C ends it", path.display()))?;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        // A folder that cannot be read holds no reason not to record.
        for old in expiry::remove_from(folder, jiff::Timestamp::now()).unwrap_or_default() {
            let text = format!("{} is removed: its time is over", old.display());
            tell(&mut out, &if json { json!({ "type": "removed", "file": old }).to_string() } else { text })?;
        }
        let mut session = Session { administrator, number, file: BufWriter::new(file), path, out, json };
        session.write(&format!("{head}\n"))?;
        Ok(session)
    }
}

// === impl Session ===

impl<W: Write> Session<W> {
    /// Writes lines into the file and tells of them; `true` when they were the last.
    fn take(&mut self, lines: &str) -> Result<bool, Broken> {
        self.write(lines)?;
        for line in lines.lines() {
            match Line::parse(line) {
                Ok(Line::Message(message)) => self.message(&message)?,
                Ok(Line::Lost(lost)) => {
                    let text = format!("{lost} messages found no room and are not in the file");
                    self.say(&json!({ "type": "lost", "messages": lost }), &text)?;
                }
                Ok(Line::End(end)) => {
                    let why = match end.end.as_str() {
                        "time" => "ended after its time",
                        "size" => "ended at its size",
                        _ => "ended",
                    };
                    let text = format!("{why}: {} messages in {}, {} lost", end.messages, self.path.display(), end.lost);
                    self.say(
                        &json!({ "type": "end", "why": end.end, "messages": end.messages, "lost": end.lost, "file": self.path }),
                        &text,
                    )?;
                    return Ok(true);
                }
                Ok(Line::Head(_)) | Err(_) => {}
            }
        }
        Ok(false)
    }

    fn message(&mut self, message: &Message) -> Result<(), Broken> {
        let asked = Shape::of(&message.body).map_or_else(|_| "no SOAP message".to_owned(), |shape| shape.root);
        let fault = Shape::of(&message.answer).ok().and_then(|shape| shape.fault);
        let user = message.user.as_deref().unwrap_or("?");
        let way = if message.way == Some(Way::ToSap) { "to SAP  " } else { "from SAP" };
        let time = jiff::Timestamp::from_millisecond(message.at).unwrap_or_default().to_zoned(jiff::tz::TimeZone::system());
        let mut text = format!("{}  {way}  {user:<12} {asked}  {}", time.strftime("%H:%M:%S%.3f"), message.status);
        if let Some(fault) = &fault {
            text = format!("{text}  {fault}");
        }
        let told = json!({
            "type": "message", "at": message.at, "way": message.way, "user": message.user, "name": asked,
            "status": message.status, "took_ms": message.took_ms, "fault": fault,
        });
        self.say(&told, &text)
    }

    fn say(&mut self, json: &Value, text: &str) -> Result<(), Broken> {
        if self.json { tell(&mut self.out, &json.to_string()) } else { tell(&mut self.out, text) }
    }

    /// To the disk at once: whatever ends this program, the file holds what was recorded.
    fn write(&mut self, text: &str) -> Result<(), Broken> {
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.flush());
        written.map_err(|error| Broken(Exit::InputOutput, format!("{} cannot be written: {error}", self.path.display())))
    }
}

/// A new file that only its owner can read: conversations with customers are in it.
fn create(path: &PathBuf) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn unavailable(why: String) -> Broken {
    Broken(Exit::Unavailable, why)
}

/// One line for whoever looks; the recording goes on when nobody does.
fn tell(out: &mut impl Write, text: &str) -> Result<(), Broken> {
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Broken(Exit::InputOutput, format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

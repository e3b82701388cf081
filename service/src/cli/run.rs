//! `jackfield run`: the service.
//!
//! Its lines on standard output are an interface: `listening ici URL`, `listening admin URL`, `listening https URL` where the file asks for
//! HTTPS beside HTTP, `listening remoting URL` where it asks for a port for web connectors, `listening admin-tls URL` where it asks for one for
//! administrators on other machines, `ready`; when the file moves a listener, the line of that listener comes again. The log is on standard error.
//! A service manager that speaks systemd's protocol is told the same in its own words.

use super::{
    exit::{self, Exit},
    supervised::Supervised,
};
use crate::{
    app::{App, OpenError, Options, Places, StartError},
    os::{self, Signal, Signals, manager::Manager},
};
use clap::Args;
use std::{
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    thread,
};
use tokio::sync::oneshot;

/// Run the service. Without a file it uses the built-in configuration: an embedded switch with a few users, on loopback only.
///
/// SIGHUP looks at the file again; SIGTERM and Ctrl-C answer what has come in and end, a second one ends at once.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The configuration file [default: what `JACKFIELD_CONFIG` names, else the standard one where it exists].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where SAP reaches the service, whatever the file says; port 0 takes any free one.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Where administrators reach it, whatever the file says.
    #[arg(long, value_name = "ADDR")]
    pub admin: Option<SocketAddr>,
    /// End when standard input ends: for a program that starts the service as its child, so that it never outlives it.
    #[arg(long)]
    pub until_input_ends: bool,
}

// === impl Arguments ===

impl Arguments {
    /// Runs until it is told to stop.
    pub fn run(self) -> ExitCode {
        let options = Options { config: self.config, listen: self.listen, admin: self.admin };
        super::block_on(here(options, self.until_input_ends)).into()
    }
}

/// Runs in the foreground, as systemd and people start it.
async fn here(options: Options, until_input_ends: bool) -> Exit {
    // Before anything else: a signal that comes while we start must not kill us half-way.
    let (signals, manager) = match outside() {
        Ok(outside) => outside,
        Err(failure) => return failure.say(),
    };
    let parent = match Parent::listen(until_input_ends) {
        Ok(parent) => parent,
        Err(error) => return Failure::new(Exit::Internal, format!("standard input cannot be read: {error}")).say(),
    };
    serve(options, signals, manager, parent).await.map_or_else(|failure| failure.say(), |()| Exit::Done)
}

/// Who asks something of this process, and whom it tells how it stands.
pub(super) fn outside() -> Result<(Signals, Manager), Failure> {
    let signals =
        Signals::listen().map_err(|error| Failure::new(Exit::Internal, format!("jackfield cannot listen to signals: {error}")))?;
    let manager = os::manager().map_err(|error| {
        Failure::new(Exit::Unavailable, format!("the service manager that NOTIFY_SOCKET names cannot be told anything: {error}"))
    })?;
    Ok((signals, manager))
}

/// Why it has ended, when it was not asked to.
pub(super) struct Failure {
    /// With which code.
    pub(super) exit: Exit,
    /// For people.
    pub(super) why: String,
}

// === impl Failure ===

impl Failure {
    fn new(exit: Exit, why: String) -> Self {
        Self { exit, why }
    }

    /// On standard error.
    pub(super) fn say(&self) -> Exit {
        exit::say(&self.why);
        self.exit
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let exit = match error {
            // Trying again helps with neither; a service manager knows by this number.
            StartError::Refused { .. } | StartError::Store(OpenError::Newer { .. }) => Exit::Usage,
            StartError::Unreadable(_) => Exit::InputOutput,
            StartError::Listen { .. } | StartError::Store(_) => Exit::Unavailable,
        };
        Self::new(exit, error.to_string())
    }
}

/// Runs until somebody wants its end.
pub(super) async fn serve(options: Options, mut signals: Signals, manager: Manager, mut parent: Parent) -> Result<(), Failure> {
    let app = App::start(options).await?;
    let mut places = app.places();
    let mut said = places.borrow_and_update().clone();
    line(&format!("listening ici {}", said.ici));
    line(&format!("listening admin {}", said.admin));
    for (what, url) in beside(&said) {
        line(&format!("listening {what} {url}"));
    }
    line("ready");
    introduce(&app);
    let supervised = Supervised::start(app.clone(), manager);
    loop {
        tokio::select! {
            signal = signals.next() => match signal {
                Signal::Reload => supervised.reload(),
                Signal::Stop => break,
            },
            () = parent.ended() => break,
            Ok(()) = places.changed() => {
                let now = places.borrow_and_update().clone();
                tell_moves(&said, &now);
                said = now;
            }
        }
    }
    tokio::select! {
        () = supervised.end(app.stop()) => {}
        () = second(&mut signals) => {
            app.abandon();
            exit::say("stopped at once, as asked twice");
        }
    }
    Ok(())
}

/// Whoever has started us, if we are to end with him.
pub(super) struct Parent(Option<oneshot::Receiver<()>>);

impl Parent {
    /// Nobody.
    #[cfg(windows)]
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Reads standard input until its end, on a thread that is left behind: such reading cannot be interrupted.
    fn listen(wanted: bool) -> io::Result<Self> {
        if !wanted {
            return Ok(Self(None));
        }
        let (gone, going) = oneshot::channel();
        thread::Builder::new().name("stdin".to_owned()).spawn(move || {
            // An input that cannot be read has ended, too.
            let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            let _ = gone.send(());
        })?;
        Ok(Self(Some(going)))
    }

    async fn ended(&mut self) {
        match &mut self.0 {
            // An error says that the thread is gone.
            Some(going) => drop(going.await),
            None => std::future::pending().await,
        }
    }
}

/// Waits for another wish to stop.
async fn second(signals: &mut Signals) {
    while signals.next().await != Signal::Stop {}
}

fn introduce(app: &App) {
    let about = app.about();
    if let Some(file) = &about.file {
        tracing::info!(target: "service", file, "configuration");
    } else {
        let text = "no configuration file: the built-in configuration is used, an embedded switch with a few users, on loopback only";
        tracing::info!(target: "service", "{text}");
    }
    for warning in &about.warnings {
        tracing::warn!(target: "service", "{warning}");
    }
}

fn tell_moves(before: &Places, now: &Places) {
    if before.ici != now.ici {
        line(&format!("listening ici {}", now.ici));
    }
    for (what, url) in beside(now).filter(|place| beside(before).all(|other| other != *place)) {
        line(&format!("listening {what} {url}"));
    }
    if before.admin != now.admin {
        line(&format!("listening admin {}", now.admin));
    }
}

/// The listeners that the file may ask for beside the two that are always there.
fn beside(places: &Places) -> impl Iterator<Item = (&'static str, &String)> {
    let also = [("https", &places.https), ("remoting", &places.remoting), ("admin-tls", &places.admin_tls)];
    also.into_iter().filter_map(|(what, url)| Some((what, url.as_ref()?)))
}

/// One line on standard output. When nobody reads any more the service goes on.
pub(super) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
